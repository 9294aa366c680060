"""What is done for the people in a report afterwards: pure, and made by a seeded generator.

Who tells them what and when, what supervisors tick, what the welfare desk does with those who said yes. Most of it in
time, some late, a little never. The shapes are nobody's figures.
"""

import math
from datetime import timedelta

from demo.stories import Step, Story

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_EXPOSES = frozenset({"spit", "bite", "throw-fluid", "needle-stick"})
_AFTER_EXPOSURE = (
    (0.9, "exposure-advice"),
    (5, "baseline-test"),
    (41, "follow-up-6-weeks"),
    (88, "follow-up-3-months"),
    (178, "follow-up-6-months"),
)
SUPPORT = ("victim-support", "police-care-uk", "victim-advice-line")
"""Services that people are sent on to, while they are open to them."""


def steps(rng, story: Story, now) -> list[Step]:
    """Give what is done afterwards for each person of a story, in no order; nothing for one that was not kept.

    Of what lies more than six weeks back, what was done in the same days is told as one conversation.
    """
    old = now - story.opened_at > 42 * _DAY
    done = {step.verb: step.at for step in story.steps}
    if story.stops_after or "withdraw" in done or "merge" in done:
        return []
    submitted = story.opened_at + timedelta(minutes=5)
    contacted = done.get("contact", submitted + 3 * _HOUR)
    accepted = done.get("accept", done.get("submit", submitted) + 3 * _DAY)
    found: list[Step] = []
    for position, part in enumerate(story.parts, 1):

        def tend(at, does, position=position, **what):
            found.append(Step(at, "tend", {"position": position, "does": does, **what}))

        (_in_short if old else _at_length)(rng, tend, contacted, accepted)
        wants = story.wish if part.person == story.who else None
        yes_at = submitted if wants and wants.get("support") == "yes" else None
        for step in story.steps:
            if step.verb == "choose" and step.what["position"] == position and step.what["verb"] == "agree":
                yes_at = step.at
        if part.person:
            _their_own(rng, tend, story, submitted, accepted)
        exposed = bool(_EXPOSES & set(part.conducts))
        if yes_at or exposed:
            _the_desk(rng, tend, yes_at, submitted, exposed=exposed)
            if yes_at:
                _around_court(rng, tend, story)
        elif rng.random() < 0.2:
            tend(submitted + rng.uniform(0.3, 4) * _DAY, "claim")
    return found


def _their_own(rng, tend, story, submitted, accepted):
    """What somebody does for themselves: a claim, a review, a complaint, and support asked for without a report."""
    if rng.random() < 0.1:
        at = accepted + rng.uniform(20, 120) * _DAY
        tend(at, "own duty", code="claim-for-compensation", facts={"claimed": "yes"})
    for step in story.steps:
        if step.verb == "case" and step.what.get("kind") in ("not-prosecuted", "charge-dropped"):
            asked = step.at + (rng.uniform(95, 115) if rng.random() < 0.12 else rng.uniform(1, 12)) * _DAY
            facts = {"asked": "yes", "asked_on": asked.date().isoformat()} if rng.random() < 0.4 else {"asked": "no"}
            tend(asked + _DAY, "own duty", code="right-to-review", facts=facts)
    if rng.random() < 0.04:
        made = accepted + rng.uniform(10, 60) * _DAY
        tend(made, "complain")
        tend(made + rng.choice((2, 4, 6, 18)) * _DAY, "acknowledge")
        if rng.random() < 0.7:
            tend(made + rng.uniform(19, 30) * _DAY, "answer complaint")
    if rng.random() < 0.02:
        asked = submitted + rng.uniform(30, 200) * _DAY
        tend(asked, "ask alone")
        tend(asked + rng.choice((0.4, 1, 6)) * _DAY, "ring back")


def _around_court(rng, tend, story):
    for step in story.steps:
        hearing = step.what.get("hearing") if step.verb == "case" else None
        if hearing:
            for code, days in (("check-before-court", -2.4), ("check-after-court", 1.5)):
                at = hearing + (days + (rng.uniform(2, 5) if rng.random() < 0.1 else 0)) * _DAY
                tend(max(at, step.at + _HOUR), "check in", code=code)


def _soon(rng, since, days, *, late, after, never=0.04):
    """Give a moment within so many days mostly, after them now and then, and None for never."""
    chance = rng.random()
    if chance < never:
        return None
    if chance < never + late:
        return since + rng.uniform(*after) * _DAY
    return since + min(rng.lognormvariate(math.log(days / 2), 0.6), days) * _DAY


def _in_short(rng, tend, contacted, accepted):
    """The supervisor on the day and after a week, and the officer once, for everything."""
    told = _soon(rng, contacted, 0.3, late=0.15, after=(0.8, 3), never=0.02)
    if told:
        tend(told, "plan", codes=_ON_THE_DAY)
    asked = _soon(rng, max(accepted, contacted + 3 * _DAY), 3, late=0.12, after=(6, 30), never=0.04)
    if asked:
        tend(asked, "plan", codes=_AFTER_A_WEEK)
    spoken = _soon(rng, max(contacted, accepted), 3, late=0.12, after=(8, 20))
    if spoken:
        tend(spoken, "tell", how=rng.choice(("call", "in-person", "email")), everything=True)


def _at_length(rng, tend, contacted, accepted):
    _the_officer(rng, tend, contacted, accepted)
    _the_supervisor(rng, tend, contacted, accepted)


_ON_THE_DAY = ("command-and-union-told", "understand", "not-your-own-case")
_AFTER_A_WEEK = ("recorded-and-learned", "check-7-days")


def _the_officer(rng, tend, contacted, accepted):
    told = _soon(rng, max(contacted, accepted), 3, late=0.12, after=(8, 20))
    if told:
        tend(told, "tell", how=rng.choice(("call", "in-person", "email")))
    crimed = _soon(rng, contacted, 0.8, late=0.15, after=(1.2, 6))
    if crimed:
        tend(crimed, "crime")
    started = _soon(rng, accepted, 2, late=0.1, after=(6, 12))
    if started:
        tend(started, "begin")
    looked = _soon(rng, accepted, 12, late=0.1, after=(30, 45), never=0.08)
    if looked:
        tend(looked, "interviews")


def _the_supervisor(rng, tend, contacted, accepted):
    told = _soon(rng, contacted, 0.3, late=0.15, after=(0.8, 3))
    if told:
        tend(told, "plan", codes=_ON_THE_DAY)
    learned = _soon(rng, accepted, 14, late=0.1, after=(30, 50), never=0.08)
    if learned:
        tend(learned, "plan", codes=("recorded-and-learned",))
    asked = _soon(rng, accepted + 4 * _DAY, 2, late=0.12, after=(4, 10), never=0.06)
    if asked:
        tend(asked, "plan", codes=("check-7-days",))


def _the_desk(rng, tend, yes_at, submitted, *, exposed):
    """The welfare desk: claim, reach, assess, send on, look in again, close; and after an exposure its steps."""
    since = yes_at or submitted
    claimed = _soon(rng, since, 1, late=0.1, after=(3, 6), never=0.02)
    if claimed is None:
        return
    tend(claimed, "claim")
    if exposed:
        for after, code in _AFTER_EXPOSURE:
            if rng.random() < 0.93:
                tend(max(claimed, submitted + (after + rng.uniform(-0.1, 0.3)) * _DAY), "health", code=code)
    if yes_at is None:
        if not exposed:
            return
        tend(submitted + rng.uniform(190, 230) * _DAY, "close", outcome="not-needed")
        return
    reached = claimed + rng.uniform(0.5, 20) * _HOUR
    if rng.random() < 0.25:
        tend(reached, "ring", outcome=rng.choice(("no-answer", "message", "not-safe")))
        reached += rng.uniform(4, 30) * _HOUR
    tend(reached, "ring", outcome="spoke")
    assessed = reached + rng.uniform(0.2, 60) * _HOUR
    tend(assessed, "assess", enhanced=rng.random() < 0.15, high=rng.random() < 0.1)
    if rng.random() < 0.6:
        service = rng.choice(SUPPORT)
        sent = assessed + rng.uniform(0.2, 40) * _HOUR
        tend(sent, "send on", service=service)
        answered = sent + rng.uniform(1, 6) * _DAY
        ends = rng.choices(("accepted", "declined", "received", ""), (70, 10, 10, 10))[0]
        if ends:
            tend(answered, "answer", service=service, answer=ends)
        if ends == "accepted":
            tend(answered + rng.uniform(20, 80) * _DAY, "finish", service=service)
            tend(answered + _DAY, "meet with", days=rng.randint(3, 14))
    for after, code in ((2.6, "check-72-hours"), (27, "check-28-days"), (90, "check-3-months")):
        chance = rng.random()
        if chance < 0.92:
            slip = rng.uniform(1, 6) if chance < 0.08 else rng.uniform(-0.4, 0.3)
            tend(max(assessed + _HOUR, since + (after + slip) * _DAY), "check in", code=code)
    if rng.random() < 0.3:
        tend(since + rng.uniform(29, 40) * _DAY, "satisfied", asked="28-days", score=rng.choice((2, 3, 4, 4, 5, 5)))
    tend(since + rng.uniform(95, 160) * _DAY, "close", outcome=rng.choice(("helped", "helped", "some", "lost-touch")))
