"""What happens in the case against a suspect, and who is unfit for duty: pure, and made by a seeded generator.

Only where an officer in the case was named. Most people are told in time, some late, a few never. The shapes are
nobody's figures.
"""

import math
from datetime import timedelta

from demo.stories import Step, Story

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_TOLD_BY_COURT = frozenset({"court-bail", "verdict", "sentence"})
"""What the court owes witness care the news of."""
_SLOW = frozenset({"plea", "sentence", "expenses-claimed", "property-no-longer-needed"})
"""What something is owed after whose limit is weeks, not days: it is done within those, or well after them."""
_RARE = frozenset({"appeal", "bail-changed", "released"})
"""What happens seldom: late more often than the rest, so that both are there to look at."""
COURTS = ("Invented: Oakbridge Magistrates’ Court", "Invented: Marlow Hill Crown Court")


def steps(rng, story: Story) -> list[Step]:
    """Give what happens in the case of a story and to the fitness for duty of its people, in no order."""
    done = {step.verb: step.at for step in story.steps}
    if story.stops_after or "withdraw" in done or "merge" in done:
        return []
    found: list[Step] = []
    submitted = story.opened_at + timedelta(minutes=5)
    for position, part in enumerate(story.parts, 1):
        if part.injury in ("physical", "both") and rng.random() < 0.3:
            _duties(rng, found, story.happened_at, max(submitted, done.get("submit", submitted)), position)
    if "assign" in done:
        _investigation(rng, found, done["assign"])
    return found


def _duties(rng, found, began, since, position):
    """Off sick or restricted from the next day, back after a week or two; now and then restricted in between."""
    begins = began + _DAY

    def change(on, duty):
        found.append(
            Step(max(on, since) + _DAY, "case", {"does": "duty", "position": position, "duty": duty, "on": on})
        )

    first = rng.choice(("sick", "restricted", "recuperative"))
    change(begins, first)
    lasts = max(1, round(rng.lognormvariate(math.log(6), 0.8)))
    if first == "sick" and lasts > 5 and rng.random() < 0.5:
        change(begins + (lasts // 2) * _DAY, "restricted")
    change(begins + lasts * _DAY, "full")
    if rng.random() < 0.6:
        decided = begins + max(lasts, 2) * _DAY + rng.uniform(0.2, 4) * _DAY
        found.append(
            Step(max(decided, since) + _DAY, "case", {"does": "decide", "position": position, "lasted": lasts})
        )


def _investigation(rng, found, assigned):
    def enter(at, kind, court=False, **given):
        slow = kind in _TOLD_BY_COURT and rng.random() < 0.15
        entered = at + (rng.uniform(9, 14) * _DAY if slow else rng.uniform(0.3, 20) * _HOUR)
        by = "court" if court else "officer"
        found.append(Step(entered, "case", {"does": "enter", "kind": kind, "happened": at, "by": by, **given}))
        _tell(rng, found, entered, kind, by)
        return entered

    enter(
        assigned + rng.uniform(0.5, 12) * _HOUR,
        "crime-recorded",
        facts={"number": f"22/{rng.randint(10000, 99999)}/26"},
    )
    arrested = assigned + rng.uniform(0.2, 6) * _DAY
    if rng.random() < 0.25:
        if rng.random() < 0.5:
            reasons = {"reasons": "Invented: nobody could be identified."}
            enter(assigned + rng.uniform(20, 60) * _DAY, "not-investigated", facts=reasons)
        return
    enter(arrested, "arrested", facts={"reasons": "Invented: identified on body-worn video."})
    enter(arrested + rng.uniform(3, 20) * _HOUR, "interviewed")
    out = arrested + rng.uniform(20, 30) * _HOUR
    chance = rng.random()
    if chance < 0.45:
        enter(out, "bailed", facts={"conditions": "Invented: not to go near the station."})
        if rng.random() < 0.2:
            facts = {"conditions": "Invented: to sleep at home as well."}
            enter(out + rng.uniform(5, 18) * _DAY, "bail-changed", facts=facts)
    elif chance < 0.75:
        enter(out, "released-under-investigation")
    elif chance < 0.8:
        enter(out, "released", facts={"reasons": "Invented: the evidence did not suffice yet."})
    _decision(rng, enter, out + (rng.uniform(0, 1) if chance >= 0.8 else rng.uniform(20, 70)) * _DAY)


def _decision(rng, enter, decided):
    chance = rng.random()
    if chance < 0.25:
        facts = {"decided_by": "cps", "reasons": "Invented: the evidence did not suffice."}
        enter(decided, "not-prosecuted", facts=facts)
    elif chance < 0.4:
        view = {"view": "given", "words": "Invented: an apology would be enough."}
        enter(decided - 2 * _DAY, "view-taken", everyone=True, facts=view)
        facts = {"disposal": "conditional-caution", "reasons": "Invented: admitted at once, first offence."}
        enter(decided + _DAY, "disposal", facts=facts)
    elif chance < 0.9:
        charge = {"charge": "Assault of an emergency worker", "decided_by": rng.choice(("cps", "police"))}
        charged = enter(decided, "charged", facts=charge)
        _court(rng, enter, charged)


def _court(rng, enter, charged):
    court = {"court": rng.choice(COURTS)}
    heard, hearing = charged + rng.uniform(1, 5) * _DAY, charged + rng.uniform(20, 40) * _DAY
    enter(heard, "hearing-listed", court=True, facts=court, hearing=hearing)
    guilty = rng.random() < 0.65
    if rng.random() < 0.4:
        facts = {"court_bail": rng.choice(("bail-granted", "bail-refused")), **court}
        enter(heard + rng.uniform(1, 8) * _DAY, "court-bail", court=True, facts=facts)
    enter(hearing, "plea", court=True, facts={"plea": "guilty" if guilty else "not-guilty"})
    if not guilty:
        trial = hearing + rng.uniform(60, 110) * _DAY
        enter(hearing + rng.uniform(1, 6) * _DAY, "hearing-listed", court=True, facts=court, hearing=trial)
        enter(hearing + 10 * _DAY, "evidence-needed", court=True, facts=court)
        if rng.random() < 0.6:
            enter(trial + rng.uniform(2, 9) * _DAY, "expenses-claimed", court=True, everyone=True)
        convicted = rng.random() < 0.7
        enter(trial, "verdict", court=True, facts={"verdict": "guilty" if convicted else "not-guilty"})
        if not convicted:
            return
        hearing = trial
    sentence, months, meaning = rng.choice(
        (
            ("custody", 14, "Invented: fourteen months in prison; half is served there."),
            ("suspended", 6, "Invented: no prison unless they offend again within a year."),
            ("community-order", None, "Invented: 120 hours of work without pay."),
            ("fine", None, "Invented: a fine of £400."),
        )
    )
    facts = {"sentence": sentence, "meaning": meaning, "compensation": "£150"}
    if months:
        facts |= {"months": months, "violent_or_sexual": "yes"}
    sentenced = hearing + rng.uniform(0, 28) * _DAY
    enter(sentenced, "sentence", court=True, facts=facts)
    if rng.random() < 0.5:
        appeal = {"stage": "lodged", "against": "sentence"}
        enter(sentenced + rng.uniform(5, 20) * _DAY, "appeal", court=True, facts=appeal)
    if rng.random() < 0.5:
        kept = {"property": "Invented: body armour and a phone."}
        enter(sentenced + rng.uniform(3, 15) * _DAY, "property-no-longer-needed", facts=kept)


def _tell(rng, found, entered, kind, by):
    """The people are told of it: mostly within a day or some, now and then after the limit, hardly ever not at all."""
    chance = rng.random()
    if chance < 0.04:
        return
    most = 0.6 if by == "court" else 3
    if kind in _SLOW and chance < 0.35:
        told = entered + rng.uniform(30, 45) * _DAY
    elif chance < (0.35 if kind in _RARE else 0.14):
        told = entered + rng.uniform(8, 16) * _DAY
    else:
        told = entered + rng.uniform(0.05, most) * _DAY
    found.append(Step(told, "case", {"does": "told", "kind": kind, "by": by}))
