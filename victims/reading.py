"""What pages are given in place of rows: made from the facets that this person may read, in words (docs/access.md)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse

from campion.models import AuditEvent
from campion.roles import Role
from campion.working_days import london_date
from victims.deadlines import ClockState, clock_state, was_late
from victims.models import Clock, Referral, SupportService
from victims.permissions import Facet, referral_facets

DESK = "desk"
"""What stands in the audit log in place of a reference when the desk's list was looked at."""

LOOKS_SHOWN = 50

SUPPORT = ("referral", "self-referral-answered")
"""The rights whose limit an offer tells: those that are met by reaching the person."""


@dataclass(frozen=True)
class ServiceView:
    """Somewhere to turn to."""

    name: str
    summary: str
    phone: str
    website: str
    site: str
    independent: bool
    round_the_clock: bool
    family: bool

    @property
    def is_crisis_line(self):
        """Whether somebody outside the force answers its telephone at any hour."""
        return bool(self.phone) and self.round_the_clock and self.independent


@dataclass(frozen=True)
class Services:
    """The services open to somebody: lines that answer at any hour, others outside the force, the force's own."""

    crisis: list[ServiceView]
    outside: list[ServiceView]
    inside: list[ServiceView]


@dataclass(frozen=True)
class Event:
    """One line of a timeline."""

    title: str
    at: datetime
    by: str = ""
    text: str = ""


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


@dataclass(frozen=True)
class DeskRow:
    """One line of the desk's list: the fields of its queue and no others."""

    reference: str
    href: str
    urgent: bool
    offered_on: date
    age: str
    status: str
    due: str
    overdue: bool
    channel: str


WHAT = "Someone from the welfare desk finds out with you what would help, and puts you in touch with it."

TO_THE_PERSON = {
    "offered": ("Not answered yet", "blue"),
    "accepted": ("You said yes", "green"),
    "later": ("We will ask again", "purple"),
    "declined": ("You said no, for now", "grey"),
    "supported": ("You have support", "grey"),
    "merged": ("Joined with another", "grey"),
}
TO_THE_DESK = {
    "offered": ("No answer yet", "blue"),
    "accepted": ("Accepted", "green"),
    "later": ("Ask again later", "purple"),
    "declined": ("Declined for now", "grey"),
    "supported": ("Already supported", "grey"),
    "merged": ("Joined with another", "grey"),
}
WHY_NO_CLOCK = {
    "declined": "Not applicable: declined for now",
    "supported": "Not applicable: already supported",
    "merged": "Not applicable: joined with another",
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
        "age": _age((today - london_date(referral.offered_at)).days),
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
        view["looks"] = tuple(_looks(referral))
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
                age=_age((today - london_date(referral.offered_at)).days),
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


def desk_rows(rows, *, today) -> list[DeskRow]:
    """Give the lines of the desk's list from `DESK_FIELDS` of each referral. No query."""
    lines = []
    for row in rows:
        offered_on = london_date(row["offered_at"])
        due, overdue = _due_for_desk(row["state"], row["due_on"], today=today)
        lines.append(
            DeskRow(
                reference=row["reference"],
                href=reverse("victims:referral", args=[row["reference"]]),
                urgent=row["urgent"],
                offered_on=offered_on,
                age=_age((today - offered_on).days),
                status=TO_THE_DESK[row["state"]][0],
                due=due,
                overdue=overdue,
                channel=Referral.Channel(row["channel"]).label if row["channel"] else "Not said",
            )
        )
    return lines


DESK_FIELDS = ("reference", "urgent", "offered_at", "state", "due_on", "channel", "person_id")


def services_for(worker_type, *, on) -> Services:
    """Give the services open to somebody of this worker type on a London date: one query.

    A line that answers at any hour is always there, and so is a way outside the force: if none is open to this worker
    type, those open to anybody are shown rather than nothing.
    """
    rows = list(SupportService.objects.in_force(on).order_by("name"))
    open_to_all = [_service_view(row) for row in rows]
    mine = [_service_view(row) for row in rows if worker_type in row.eligible.split()]
    crisis = [view for view in mine if view.is_crisis_line] or [view for view in open_to_all if view.is_crisis_line]
    outside = [view for view in mine if view.independent and not view.is_crisis_line]
    inside = [view for view in mine if not view.independent]
    if not crisis and not outside:
        outside = [view for view in open_to_all if view.independent]
    return Services(crisis, outside, inside)


def referral_verbs(user, referral) -> frozenset[str]:
    """Give the verbs open to this person on this referral now."""
    from victims.workflow import referral_workflow

    return referral_workflow.allowed(user, referral)


def long_day(day) -> str:
    """Write a date out: Wednesday 8 April 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"


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
    for_desk, overdue = _due_for_desk(referral.state, referral.due_on, today=today)
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
    limit = _working_days(running.amount)
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


def _due_for_desk(state, due_on, *, today):
    if state in WHY_NO_CLOCK:
        return WHY_NO_CLOCK[state], False
    if due_on is None:
        return "No date", False
    day = f"{due_on.day} {due_on:%b %Y}"
    overdue = today > due_on
    if state == Referral.State.LATER:
        return (f"Overdue: ask again since {day}" if overdue else f"Ask again on {day}"), overdue
    if overdue:
        return f"Overdue since {day}", True
    return ("Due today" if due_on == today else f"Due {day}"), False


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


def _looks(referral):
    """Say who looked at the offer, as roles and times, newest first; the person's own looks are left out."""
    about = Q(object_id=referral.reference)
    if referral.person_id:
        offered = AuditEvent.objects.filter(object_type="referral", object_id=referral.reference).order_by("id")
        about |= Q(object_id=DESK, subject_ids__contains=[referral.person_id], id__gt=offered.values("id")[:1])
    rows = (
        AuditEvent.objects.filter(about, object_type="referral", outcome="seen")
        .exclude(actor_id=referral.person_id)
        .order_by("-id")
        .values_list("at", "actor_roles", "object_id")[:LOOKS_SHOWN]
    )
    return [
        Event(
            _role_words(roles),
            at,
            text="In the list of the welfare desk"
            if where == DESK
            else "Opened this offer, without your contact details",
        )
        for at, roles, where in rows
    ]


def _role_words(roles):
    if Role.WELFARE in roles:
        return Role.WELFARE.label
    return ", ".join(Role(role).label for role in roles if role in Role.values) or "Somebody"


def _service_view(row):
    site = row.website.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    return ServiceView(
        name=row.name,
        summary=row.summary,
        phone=row.phone,
        website=row.website,
        site=site,
        independent=row.independent,
        round_the_clock=row.round_the_clock,
        family=row.family,
    )


def _working_days(days):
    return "1 working day" if days == 1 else f"{days} working days"


def _age(days):
    if days <= 0:
        return "today"
    return "1 day ago" if days == 1 else f"{days} days ago"
