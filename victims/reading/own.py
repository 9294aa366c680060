"""An offer of support as its person reads it: how it stands, what is next, what they chose, who looked."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from campion.working_days import london_date
from victims.deadlines import ClockState, clock_state, was_late
from victims.models import Clock, Referral
from victims.permissions import Facet, referral_facets
from victims.reading.desk import TO_THE_DESK, due_for_desk
from victims.reading.looks import looks
from victims.reading.words import Event, age, long_day, working_days
from victims.workflow import referral_workflow

SUPPORT = ("referral", "self-referral-answered")
"""The rights whose limit an offer tells: those that are met by reaching the person."""


@dataclass(frozen=True)
class ClockView:
    """A clock in words: how it stands, and the sentences that say so to the person and to the desk."""

    state: str
    day: str
    by_when: str
    for_desk: str
    late: bool


@dataclass(frozen=True)
class ReferralView:
    """An offer of support, as far as one person may read it. What they may not read is empty."""

    reference: str
    href: str
    state: str
    status: str
    colour: str
    urgent: bool
    offered_at: datetime
    age: str
    clock: ClockView
    channel: str
    is_mine: bool = False
    right: str = ""
    after: str = ""
    report: str = ""
    next_step: str = ""
    ask_again_on: date | None = None
    chosen_at: datetime | None = None
    contact: str = ""
    safe_times: str = ""
    may_leave_message: bool = False
    contact_at: datetime | None = None
    history: tuple[Event, ...] = ()
    looks: tuple[Event, ...] = ()
    may: frozenset[str] = frozenset()

    @property
    def facts(self):
        """What is offered, by when and what is next, as rows of a summary list."""
        right = f" It is your right: {self.right}." if self.right else ""
        return [
            {"key": "What", "value": WHAT + right},
            {"key": "By when", "value": self.clock.by_when},
            {"key": "What is next", "value": self.next_step},
            {"key": "Reference", "value": self.reference},
        ]

    @property
    def ways(self):
        """How to reach the person safely, as rows of a summary list."""
        return [
            {"key": "Best way", "value": self.channel},
            {"key": "Where", "value": self.contact},
            {"key": "When it is safe", "value": self.safe_times},
            {"key": "Leave a message", "value": self.may_leave_message},
        ]

    @property
    def queue(self):
        """What the desk may read, as rows of a summary list."""
        urgent = "Urgent: exposed to blood, spit or a needle, or hurt in body"
        return [
            {"key": "Urgency", "value": urgent if self.urgent else "Usual"},
            {"key": "Offered", "value": f"{self.offered_on.day} {self.offered_on:%B %Y} ({self.age})"},
            {"key": "By when", "value": self.clock.for_desk},
            {"key": "Prefers", "value": self.channel or "Not said"},
        ]

    @property
    def offered_on(self):
        """The London date of the offer."""
        return london_date(self.offered_at)


WHAT = "Someone from the welfare desk finds out with you what would help, and puts you in touch with it."

TO_THE_PERSON = {
    "offered": ("Not answered yet", "blue"),
    "accepted": ("You said yes", "green"),
    "later": ("We will ask again", "purple"),
    "declined": ("You said no, for now", "grey"),
    "supported": ("You have support", "grey"),
    "merged": ("Joined with another", "grey"),
}
NEXT_STEPS = {
    "offered": "You choose. There is no wrong answer, and you can change it whenever you like.",
    "later": "We ask you here again on {day}. Until then nobody contacts you about this.",
    "declined": "Nothing. Nobody will press you. You can say yes whenever you like, however long it has been.",
    "supported": "Nothing more from us, unless you ask. You can change this whenever you like.",
    "merged": "This offer was joined with another about the same assault. What you chose is kept there.",
}
REACHED_BY = {
    "call": "rings you",
    "text": "sends you a text message",
    "email": "emails you",
    "in-person": "comes to see you",
    "": "gets in touch with you",
}


def view_of(user, referral, *, today) -> ReferralView:
    """Give what this person may read of a referral. Four queries at most for the person, one for the desk.

    :param referral: loaded by `visible_to(user)` and `with_report`
    :param today: the London date
    """
    standing = referral.standing_of(user)
    facets = referral_facets(standing)
    clocks = list(
        Clock.objects.filter(Q(referral=referral) | Q(referral__merged_into=referral), entitlement__code__in=SUPPORT)
        .select_related("entitlement")
        .order_by("started_at", "pk")
    )
    status, colour = (TO_THE_PERSON if standing.person else TO_THE_DESK)[referral.state]
    view = {
        "reference": referral.reference,
        "href": referral.get_absolute_url(),
        "state": referral.state,
        "status": status,
        "colour": colour,
        "urgent": referral.urgent,
        "offered_at": referral.offered_at,
        "age": age((today - london_date(referral.offered_at)).days),
        "clock": _clock_view(referral, clocks, today=today),
        "channel": referral.get_channel_display(),
        "is_mine": standing.person,
    }
    if Facet.CHOICE in facets:
        right = next((clock.entitlement for clock in clocks), None)
        view |= {
            "right": _right_words(right),
            "after": _assault_day(referral),
            "report": referral.report_reference,
            "next_step": _next_step(referral),
            "ask_again_on": referral.ask_again_on,
            "chosen_at": referral.chosen_at,
            "may": referral_verbs(user, referral),
        }
    if Facet.CONTACT in facets:
        referral.refresh_from_db(fields=["contact", "safe_times"])  # left sealed until now
        view |= {
            "contact": referral.contact,
            "safe_times": referral.safe_times,
            "may_leave_message": referral.may_leave_message,
            "contact_at": referral.contact_at,
        }
    if Facet.HISTORY in facets:
        view["history"] = tuple(_history(referral, clocks))
    if Facet.LOOKS in facets:
        view["looks"] = tuple(looks(referral))
    return ReferralView(**view)


def short_views(user, referrals, *, today) -> list[ReferralView]:
    """Give a person's own offers without history or looks: one query more than the rows."""
    referrals = list(referrals)
    clocks = {}
    rows = Clock.objects.filter(referral__in=referrals, entitlement__code__in=SUPPORT)
    for clock in rows.select_related("entitlement").order_by("started_at", "pk"):
        clocks.setdefault(clock.referral_id, []).append(clock)
    views = []
    for referral in referrals:
        status, colour = TO_THE_PERSON[referral.state]
        own = clocks.get(referral.pk, [])
        views.append(
            ReferralView(
                reference=referral.reference,
                href=referral.get_absolute_url(),
                state=referral.state,
                status=status,
                colour=colour,
                urgent=referral.urgent,
                offered_at=referral.offered_at,
                age=age((today - london_date(referral.offered_at)).days),
                clock=_clock_view(referral, own, today=today),
                channel=referral.get_channel_display(),
                is_mine=referral.standing_of(user).person,
                right=_right_words(own[0].entitlement if own else None),
                after=_assault_day(referral),
                report=referral.report_reference,
                next_step=_next_step(referral),
            )
        )
    return views


def referral_verbs(user, referral) -> frozenset[str]:
    """Give the verbs open to this person on this referral now."""
    return referral_workflow.allowed(user, referral)


# Words ---------------------------------------------------------------------------------------------------------------


def _clock_view(referral, clocks, *, today):
    running = next(
        (
            clock
            for clock in clocks
            if not clock.not_applicable and not clock.met_at and clock.referral_id == referral.pk
        ),
        None,
    )
    for_desk, overdue = due_for_desk(referral.state, referral.due_on, today=today)
    if referral.state == Referral.State.LATER:
        day = long_day(referral.ask_again_on)
        return ClockView(ClockState.NOT_APPLICABLE, day, f"We ask you again on {day}.", for_desk, overdue)
    if referral.state not in Referral.WAITING:
        by_when = "No limit runs while this is your choice."
        return ClockView(ClockState.NOT_APPLICABLE, "", by_when, for_desk, False)
    if running is None:
        by_when = "No time limit was in force when the police were told. We still answer as soon as we can."
        return ClockView(ClockState.NOT_APPLICABLE, "", by_when, "No limit was in force", False)
    state = clock_state(due_on=running.due_on, met=False, not_applicable=False, today=today)
    limit = working_days(running.amount)
    if state == ClockState.NO_DATE:
        by_when = (
            f"Within {limit}. We cannot give you the date yet, because the bank holidays of those days are not known "
            "here. An administrator has been told."
        )
        return ClockView(state, "", by_when, f"No date yet: {limit}, bank holidays not known", False)
    start = long_day(london_date(running.started_at))
    anew = running.pk != clocks[0].pk and running.started_at == referral.chosen_at
    since = "you said yes" if anew else "the police were first told"
    day = long_day(running.due_on)
    counted = f"{limit} after {since}, on {start}. Weekends and bank holidays do not count."
    if state == ClockState.OVERDUE:
        by_when = (
            f"It was due by {day}, and that day has passed. We are late, and the record says so. The limit was "
            f"{counted} You need not wait for us: you can ring any of the services in these pages now."
        )
    else:
        by_when = f"By {day}. That is {counted}"
    return ClockView(state, day, by_when, for_desk, overdue)


def _next_step(referral):
    if referral.state == Referral.State.ACCEPTED:
        sentence = f"Someone from the welfare desk {REACHED_BY[referral.channel]}"
        sentence += ", at the times you said are safe." if referral.safe_times else "."
        if not referral.channel:
            sentence += " Tell us below how to reach you safely."
        return sentence
    day = long_day(referral.ask_again_on) if referral.ask_again_on else ""
    return NEXT_STEPS[referral.state].format(day=day)


def _right_words(right):
    if right is None or not right.right_number:
        return ""
    return f"Right {right.right_number} of the Victims’ Code"


def _assault_day(referral):
    return long_day(london_date(referral.assaulted_at)) if referral.assaulted_at else ""


CHOSEN = {
    "accepted": "{who} said yes to support",
    "later": "{who} asked to be asked again on {day}",
    "declined": "{who} said no for now",
    "supported": "{who} said that support is there already",
}


def _history(referral, clocks):
    """Tell the offer's own story, newest first."""
    told, before = [], None
    rows = Referral.pgh_event_model.objects.filter(pgh_obj=referral.pk, person=referral.person_id)
    for row in rows.order_by("pgh_id"):
        if before is None:
            told.append(Event("Support was offered to you", row.offered_at))
        if row.chosen_at and (before is None or row.chosen_at != before.chosen_at) and row.state in CHOSEN:
            mine = row.chosen_by_id == row.person_id
            day = long_day(row.ask_again_on) if row.ask_again_on else ""
            who = "You" if mine else "Whoever reported for you"
            told.append(Event(CHOSEN[row.state].format(who=who, day=day), row.chosen_at))
        if row.contact_at and (before is None or row.contact_at != before.contact_at):
            told.append(Event("How to reach you safely was set", row.contact_at))
        before = row
    for clock in clocks:
        if clock.not_applicable_at and clock.due_on and was_late(clock.due_on, clock.not_applicable_at):
            text = f"It was due by {long_day(clock.due_on)}. That stays on record."
            told.append(Event("A limit had been missed", clock.not_applicable_at, text=text))
    return sorted(told, key=lambda event: event.at)[::-1]
