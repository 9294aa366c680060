"""Everything owed to a person after an assault, in words: what, by whom, by when, from when it counts, how it stands.

Shared by every page that shows a clock. What was late stays late, whatever became of it (docs/rules.md, Time).
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import F

from campion.working_days import LONDON, london_date
from reports.case_kinds import KINDS
from victims import evidence
from victims.deadlines import ClockState, Unit, clock_state, was_late
from victims.models import Clock, Entitlement, Referral
from victims.reading.words import counted, long_day, moment, working_days

Family, OwedBy = Entitlement.Family, Entitlement.OwedBy

FAMILIES = {
    Family.CODE: ("Your rights under the Victims’ Code", "rights-code"),
    Family.PLAN: ("The force’s assault plan", "rights-plan"),
    Family.CHECK_IN: ("Check-ins: how you are", "rights-check-ins"),
    Family.EXPOSURE: ("After the exposure", "rights-exposure"),
}
"""Each family of what is owed: its heading to the person, and the anchor of its part of a page."""

NAMES = {
    Family.CODE: "Victims’ Code",
    Family.PLAN: "Assault plan",
    Family.CHECK_IN: "Check-ins",
    Family.EXPOSURE: "After the exposure",
}

SINCE = {
    "police-told": "the police were first told",
    "self-referred": "{you} asked for support",
    "exposed": "the police were told of the exposure",
    "first-contact": "a supervisor first spoke to {you}",
    "decided-against": "the decision",
    "complaint-made": "{you} complained",
    "hearing": "the hearing",
    "out-of-court-disposal": "the decision to settle it out of court",
    "charge-decided": "the decision",
    "not-guilty-plea": "the plea of not guilty",
    "court-decided-bail": "the court’s decision",
    "court-decided": "the court’s decision",
    "sentenced-12-months-or-more": "the sentence",
    "expenses-claimed": "the expenses were claimed",
    "witness-care-told-of-hearing": "witness care heard of the hearing",
    "witness-care-told-of-bail": "witness care heard of the court’s decision",
    "witness-care-told-evidence-needed": "witness care heard that {you} {are} needed",
    "witness-care-told-of-outcome": "witness care heard the outcome",
    "witness-care-told-of-appeal": "witness care heard of the appeal",
}
"""What starts a limit, after the word "after"; other triggers are events of the case, told in their own words."""

NOUNS = ("hearing", "out-of-court-disposal")
"""Those of SINCE that are no sentence of their own."""

BY_OTHERS = {
    OwedBy.SUPERVISOR: "The supervisor",
    OwedBy.PERSON: "The person assaulted",
}
"""Who owes something, said to somebody who is not the person."""

DONE_BY = {"call": "by phone", "text": "by text message", "email": "by email", "in-person": "in person",
           "letter": "by letter"}  # fmt: skip

PRIVATE = ("words", "concern")
"""Questions of a check-in that only the person and whoever carries the case read the answers of."""

WHY = {
    Clock.Why.DECLINED: ("You said no to support for now", "The person said no to support for now"),
    Clock.Why.LATER: ("You asked to be asked again later", "The person asked to be asked again later"),
    Clock.Why.SUPPORTED: ("You have support already", "The person has support already"),
    Clock.Why.MERGED: ("It goes on under another report of the same assault",) * 2,
    Clock.Why.STRUCK: ("What started it was entered by mistake",) * 2,
    Clock.Why.MOVED: ("The hearing was moved or cancelled",) * 2,
    Clock.Why.NOT_WANTED: ("You did not want it", "The person did not want it"),
    Clock.Why.NOT_OWED: ("It does not apply here",) * 2,
}
"""Why something is not owed any more: to the person, and to others."""


@dataclass(frozen=True)
class RightView:
    """One thing owed, in words. `late` stays true for ever; what the reader may not read is empty.

    `due` says when and stands alone; `started` says from when it counts; `status` and `colour` make its tag.
    """

    key: str
    code: str
    family: str
    title: str
    right: str
    owed_by: str
    who: str
    state: str
    late: bool
    status: str
    colour: str
    due_on: date | None
    due_at: datetime | None
    due: str
    started: str
    rule: str = ""
    days_left: int | None = None
    waiting: str = ""
    met_at: datetime | None = None
    met: str = ""
    evidence: tuple[tuple[str, str], ...] = ()
    why: str = ""
    enhanced: str = ""
    form: str = ""

    @property
    def is_open(self):
        """Whether it is still to be done."""
        return self.state in (ClockState.DUE, ClockState.OVERDUE, ClockState.NO_DATE)

    @property
    def is_overdue(self):
        return self.state == ClockState.OVERDUE

    @property
    def is_theirs(self):
        """Whether the person assaulted does it themself, if they want to."""
        return self.owed_by == OwedBy.PERSON

    @property
    def order(self):
        """The nearest limit first; what has no date last."""
        return (self.due_at or datetime.combine(self.due_on, datetime.max.time(), LONDON)) if self.due_on else _NEVER

    @property
    def facts(self):
        """Everything but the title and the tag, as rows of a summary list; rows without an answer are left out."""
        rows = [
            ("Who", self.who),
            ("By when", self.due),
            ("Counted", self.started),
            ("The rule says", self.rule),
            ("Waiting", self.waiting),
            ("Done", self.met),
            *self.evidence,
            ("Why not", self.why),
            ("Counted anew", self.enhanced),
            ("Which right", self.right),
        ]
        return [{"key": key, "value": value} for key, value in rows if value]


_NEVER = datetime.max.replace(tzinfo=LONDON)


@dataclass(frozen=True)
class FamilyView:
    """One family of what is owed, in the order of its limits: what is late, what is due, then what is over."""

    code: str
    title: str
    name: str
    anchor: str
    rights: tuple[RightView, ...]

    @property
    def summary(self):
        """How the family stands, in one line."""
        return _summary(self.rights)


@dataclass(frozen=True)
class Rights:
    """Everything owed to one person in one case, by family and by state."""

    all: tuple[RightView, ...] = field(default=())

    def _open(self, *states):
        found = (view for view in self.all if view.state in states and not view.is_theirs)
        return sorted(found, key=lambda view: view.order)

    @property
    def overdue(self):
        """What somebody owes and is late with, longest first."""
        return self._open(ClockState.OVERDUE)

    @property
    def due(self):
        """What somebody owes and is still in time for, nearest first; then what has no date yet."""
        return self._open(ClockState.DUE, ClockState.NO_DATE)

    @property
    def theirs(self):
        """What the person may do themself, still open, nearest first."""
        found = (view for view in self.all if view.is_theirs and view.is_open)
        return sorted(found, key=lambda view: view.order)

    @property
    def met(self):
        """What was done, newest first."""
        found = (view for view in self.all if view.state == ClockState.MET)
        return sorted(found, key=lambda view: view.met_at, reverse=True)

    @property
    def not_applicable(self):
        """What is not owed here, or not any more."""
        return [view for view in self.all if view.state == ClockState.NOT_APPLICABLE]

    @property
    def ever_late(self):
        """Everything that missed its limit, done since or not."""
        return [view for view in self.all if view.late]

    @property
    def families(self):
        """What is owed, in the families that there are."""
        found = []
        for code, (title, anchor) in FAMILIES.items():
            rows = [view for view in self.all if view.family == code]
            if rows:
                rows.sort(key=lambda view: (_RANK[view.state], view.order))
                found.append(FamilyView(code, title, NAMES[code], anchor, tuple(rows)))
        return found

    @property
    def summary(self):
        """How everything stands, in one line."""
        return _summary(self.all)


_RANK = {
    ClockState.OVERDUE: 0,
    ClockState.DUE: 1,
    ClockState.NO_DATE: 2,
    ClockState.MET: 3,
    ClockState.NOT_APPLICABLE: 4,
}


def rights_of(referral, *, today, now, to_person=True, private=True, shown=True, names=None) -> Rights:
    """Give everything owed in a case, and what was done or missed in a report that was joined with it: one query.

    :param today: the London date; :param now: the moment, for limits of hours
    :param to_person: whether the words are said to the person assaulted ("you"), or to somebody who helps them
    :param private: whether the reader may read what was said at a check-in: the person, and whoever carries the case
    :param shown: whether what shows it done, and the reason why it is not owed, are wanted; else they stay sealed
    :param names: the name of whoever owes something, by the code of who owes it, where the reader may know it
    """
    rows = Clock.objects.filter(referral__in=Referral.objects.joined_in(referral.pk).values("pk"))
    rows = rows.select_related("entitlement").annotate(event_kind=F("event__kind"))
    if not shown:
        rows = rows.defer("evidence", "not_applicable_reason")
    views = []
    for clock in rows.order_by("entitlement__family", "entitlement__order", "started_at", "pk"):
        view = right_view(
            clock, today=today, now=now, chosen_at=referral.chosen_at, to_person=to_person, private=private,
            shown=shown, name=(names or {}).get(clock.owed_by, ""),
        )  # fmt: skip
        if clock.referral_id != referral.pk and not (view.late or view.met):
            continue  # it goes on in this case, where it is told
        if clock.not_applicable == Clock.Why.MERGED and not view.late:
            continue
        views.append(view)
    return Rights(tuple(views))


def right_view(
    clock, *, today, now, chosen_at=None, to_person=True, private=True, shown=True, name=""
) -> RightView:  # fmt: skip
    """Give one clock in words. No query, if its entitlement is loaded and `event_kind` stands on it.

    :param chosen_at: when the person last chose, where that may have started it
    """
    right = clock.entitlement
    state = clock_state(
        due_on=clock.due_on,
        due_at=clock.due_at,
        met=bool(clock.met_at),
        not_applicable=bool(clock.not_applicable),
        today=today,
        now=now,
    )
    ended_at = clock.met_at or clock.not_applicable_at
    late = state == ClockState.OVERDUE or was_late(clock.due_on, ended_at, clock.due_at)
    days_left = (clock.due_on - today).days if clock.due_on else None
    status, colour = _tag(clock, state, late=late, days_left=days_left, now=now)
    who = who_words(clock.owed_by, to_person=to_person)
    return RightView(
        key=str(clock.key),
        code=right.code,
        family=right.family,
        title=right.title,
        right=right_words(right),
        owed_by=clock.owed_by,
        who=f"{who}: {name}" if name else who,
        state=state,
        late=late,
        status=status,
        colour=colour,
        due_on=clock.due_on,
        due_at=clock.due_at,
        due=due_words(clock, state),
        started=started_words(clock, chosen_at=chosen_at, to_person=to_person),
        rule=right.limit_words,
        days_left=days_left,
        waiting=_waiting(clock, to_person=to_person) if state not in _OVER else "",
        met_at=clock.met_at,
        met=_met(clock, late=late),
        evidence=evidence_words(clock, private=private) if clock.met_at and shown else (),
        why=_why(clock, late=late, to_person=to_person, shown=shown),
        enhanced=_enhanced(clock, to_person=to_person),
        form=right.evidence_form,
    )


_OVER = (ClockState.MET, ClockState.NOT_APPLICABLE)


# Words ---------------------------------------------------------------------------------------------------------------


def right_words(right) -> str:
    """Say which right or point of the plan it is; empty where it has no number."""
    if not right.right_number:
        return ""
    if right.family == Family.PLAN:
        return f"Point {right.right_number} of the assault plan"
    return f"Right {right.right_number} of the Victims’ Code"


def who_words(owed_by, *, to_person=True) -> str:
    """Say who owes something, by what they are and never by name."""
    return OwedBy(owed_by).label if to_person else BY_OTHERS.get(owed_by, OwedBy(owed_by).label)


def due_words(clock, state) -> str:
    """Say by when, or that it was missed: a day, and a moment of the London clock where the limit is one."""
    if clock.due_on is None:
        if state == ClockState.NO_DATE:
            return (
                f"Within {working_days(clock.amount)}. There is no date yet: the bank holidays of those days are not "
                "known here. An administrator has been told."
            )
        return "It had no date."
    when = moment(clock.due_at) if clock.due_at else long_day(clock.due_on)
    if state == ClockState.DUE:
        return f"By {when}"
    return f"It was due by {when}"


def started_words(clock, *, chosen_at=None, to_person=True) -> str:
    """Say from when a limit counts, and how much it is."""
    since = since_words(clock, chosen_at=chosen_at, to_person=to_person)
    if clock.enhanced_at:
        return f"{_limit(clock.enhanced_amount, clock.unit)} after the rights were enhanced."
    if clock.unit in (Unit.HOURS, Unit.DUTY):
        when = f"at {moment(clock.started_at)}"
    else:
        when = f"on {long_day(london_date(clock.started_at))}"
    if clock.unit == Unit.DUTY:
        duty = "before the end of duty" if clock.end_of_duty_at else "within 12 hours, as no end of duty was given"
        return f"Once {since}, {when}: {duty}."
    if clock.amount == 0:
        day = "By the day of" if clock.entitlement.trigger in NOUNS else "On the day on which"
        return f"{day} {since}, {when}."
    before = clock.amount < 0
    words = f"{_limit(abs(clock.amount), clock.unit)} {'before' if before else 'after'} {since}, {when}."
    if clock.unit == Unit.WORKING_DAYS:
        words += " Weekends and bank holidays do not count."
    return words


def since_words(clock, *, chosen_at=None, to_person=True) -> str:
    """Say what set a limit running, as the end of a sentence: "the police were first told", "somebody was arrested"."""
    you, are = ("you", "are") if to_person else ("the person", "is")
    trigger = clock.entitlement.trigger
    if trigger == "police-told" and chosen_at and clock.started_at == chosen_at and clock.entitlement.needs_yes:
        return f"{you} said yes"
    if trigger in SINCE:
        return SINCE[trigger].format(you=you, are=are)
    kind = KINDS.get(getattr(clock, "event_kind", None) or trigger)
    if kind is None:
        return "it began"
    return kind.plain[0].lower() + kind.plain[1:]


def evidence_words(clock, *, private=True) -> tuple[tuple[str, str], ...]:
    """Give what shows that it was done, as pairs of question and words.

    :param private: whether the reader may read what was said at a check-in
    """
    form = evidence.FORMS.get(clock.entitlement.evidence_form)
    facts = clock.evidence or {}
    if form is None:
        return ()
    if clock.entitlement.family == Family.CHECK_IN and not private:
        facts = {name: answer for name, answer in facts.items() if name not in PRIVATE}
    return tuple(evidence.in_words(form, facts))


def _limit(amount, unit):
    if unit == Unit.WORKING_DAYS:
        return working_days(amount)
    return counted(amount, str(unit).removesuffix("s"))


def _tag(clock, state, *, late, days_left, now):
    """The tag of a clock: how it stands in two or three words, and its colour."""
    if state == ClockState.MET:
        return ("Done late", "orange") if late else ("Done", "green")
    if state == ClockState.NOT_APPLICABLE:
        return ("Was late, not owed now", "orange") if late else ("Not owed", "grey")
    if state == ClockState.NO_DATE:
        return "No date yet", "grey"
    if state == ClockState.OVERDUE:
        over = -days_left
        return ("Late" if over <= 0 else f"Late by {counted(over, 'day')}"), "red"
    if days_left <= 0:
        hours = int((clock.due_at - now).total_seconds() // 3600) if clock.due_at else None
        return (f"{counted(hours, 'hour')} left" if hours else "Due today"), "yellow"
    if days_left == 1:
        return "Due tomorrow", "yellow"
    return f"{counted(days_left, 'day')} left", "blue"


def _waiting(clock, *, to_person):
    if not clock.waiting_on:
        return ""
    whom = Clock.WaitingOn(clock.waiting_on).label
    if to_person and clock.waiting_on == Clock.WaitingOn.PERSON:
        whom = "you"
    since = long_day(london_date(clock.waiting_since_at))
    return f"For {whom}, since {since}. The limit goes on: their lateness is another fact."


def _met(clock, *, late):
    if not clock.met_at:
        return ""
    when = moment(clock.met_at) if clock.due_at else long_day(london_date(clock.met_at))
    how = f", {DONE_BY[clock.channel]}" if clock.channel else ""
    return f"On {when}{how}.".replace("On at ", "At ") + (
        " That was after the limit, and stays on record." if late else ""
    )


def _why(clock, *, late, to_person, shown):
    if not clock.not_applicable:
        return ""
    words = WHY[clock.not_applicable][0 if to_person else 1]
    if shown and clock.not_applicable_reason:
        words = f"{words}: {clock.not_applicable_reason}"
    words = words.rstrip(".") + f". Since {long_day(london_date(clock.not_applicable_at))}."
    return f"{words} It was late by then, and that stays on record." if late else words


def _enhanced(clock, *, to_person):
    if not clock.enhanced_at:
        return ""
    first = moment(clock.first_due_at) if clock.first_due_at else ""
    first = first or (long_day(clock.first_due_on) if clock.first_due_on else "")
    whose = "your" if to_person else "the person’s"
    words = f"On {long_day(london_date(clock.enhanced_at))}, when {whose} rights were enhanced."
    return f"{words} Until then it was due by {first}." if first else words


def _summary(views):
    theirs = [view for view in views if not view.is_theirs]
    late = sum(view.state == ClockState.OVERDUE for view in theirs)
    due = sum(view.state in (ClockState.DUE, ClockState.NO_DATE) for view in theirs)
    met = [view for view in views if view.state == ClockState.MET]
    done_late = sum(view.late for view in met)
    counts = {"late": late, "to come": due, "done": len(met) - done_late, "done late": done_late}
    parts = [f"{count} {words}" if count else "" for words, count in counts.items()]
    return ", ".join(part for part in parts if part) or "nothing open"
