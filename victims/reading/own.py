"""A case as its own person reads it: what is next, what is owed, what they chose, who helps, who looked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Q, Subquery

from campion import kept
from campion.working_days import london_date
from victims.deadlines import ClockState
from victims.models import Appointment, Clock, Complaint, Contact, OnwardReferral, Referral, Satisfaction
from victims.reading.care import parts_of
from victims.reading.rights import DONE_BY, Rights, right_view, rights_of
from victims.reading.words import Event, counted, long_day, moment

SUPPORT = ("referral", "self-referral-answered")
"""The rights that are met by reaching the person."""

STATES = {
    "offered": ("Not answered yet", "blue"),
    "accepted": ("You said yes", "green"),
    "later": ("We will ask again", "purple"),
    "declined": ("You said no, for now", "grey"),
    "supported": ("You have support", "grey"),
    "merged": ("Joined with another", "grey"),
}
CHOSE = {
    "offered": "Not answered yet",
    "accepted": "Yes, please",
    "declined": "No, for now",
    "supported": "I have support already",
}
NEXT = {
    "offered": "You choose whether you want support. There is no wrong answer, and you can change it.",
    "later": "We ask you here again on {day}. Until then nobody contacts you about support.",
    "declined": "Nothing: nobody will press you. You can say yes whenever you like, however long it has been.",
    "supported": "Nothing more from us, unless you ask. You can change this whenever you like.",
}
REACHED_BY = {
    "call": "rings you",
    "text": "sends you a text message",
    "email": "emails you",
    "in-person": "comes to see you",
    "": "gets in touch with you",
}
STATEMENT = {"yes": "Yes, I want to make one", "later": "Not yet", "no": "No"}
DESK = "the welfare desk"
SOON = timedelta(days=7)
"""A meeting within this time is what is next, whatever else is owed before."""
FIRST_ASKED = timedelta(days=28)
"""When somebody is first asked how it was (docs/rules.md, Care)."""


@dataclass(frozen=True)
class CaseCard:
    """One case in the list of a person's own."""

    reference: str
    href: str
    title: str
    status: str
    colour: str
    state: str
    late_line: str
    next_step: str
    late: int
    summary: str
    report: str = ""


@dataclass(frozen=True)
class OnwardView:
    """A service that was told, or may be told: how it stands, and what it may know."""

    key: str
    service: str
    status: str
    colour: str
    given_at: datetime
    shares: tuple[str, ...]
    steps: tuple[Event, ...] = ()
    standing: bool = True
    for_whom: str = ""


@dataclass(frozen=True)
class ContactView:
    """One time that somebody tried to reach the person, or that they wrote."""

    key: str
    at: datetime
    title: str
    outcome: str
    words: str
    mine: bool


@dataclass(frozen=True)
class AppointmentView:
    """A meeting: with whom, where, when, and whether it took place."""

    meets_at: datetime
    with_whom: str
    place: str
    outcome: str = ""
    reason: str = ""

    @property
    def when(self):
        return moment(self.meets_at)


@dataclass(frozen=True)
class OwnCase:
    """Everything that the first page of a case says to its person. Empty where there is nothing to say."""

    reference: str
    href: str
    title: str
    status: str
    colour: str
    state: str
    late_line: str
    next_step: str
    report: str
    carrier: str
    closed_on: date | None
    rights: Rights
    choices: tuple[dict, ...]
    appointment: AppointmentView | None
    contact: Event | None
    services: tuple[OnwardView, ...]
    complaints: tuple[tuple[str, datetime, datetime | None], ...]
    asks: tuple[str, ...]
    ask_again_on: date | None = None

    @property
    def is_offered(self):
        """Whether the person has not answered yet."""
        return self.state == Referral.State.OFFERED


# Loading -------------------------------------------------------------------------------------------------------------


def own_row(user, reference, path) -> Referral | None:
    """Load a person's own case with what its first page says beside it, sealed words and all: one query."""
    meeting = Appointment.objects.filter(referral=OuterRef("pk"), attended="").order_by("meets_at")
    spoke = Contact.objects.filter(referral=OuterRef("pk"), shared=True).order_by("-happened_at", "-pk")
    complaint = Complaint.objects.filter(referral=OuterRef("pk")).order_by("-made_at", "-pk")
    said = Satisfaction.objects.filter(referral=OuterRef("pk")).values("asked")
    rows = Referral.objects.visible_to(user).filter(person=user, reference=reference)
    return (
        rows.select_related("owner", "merged_into", "personal_statement")
        .annotate(
            report_reference=F("assault__incident__reference"),
            assaulted_at=F("assault__incident__occurred_from"),
            officer_given=F("assault__incident__officer_in_case__given_name"),
            officer_family=F("assault__incident__officer_in_case__family_name"),
            kept_values=kept.subquery(user, path),
            meets_at=Subquery(meeting.values("meets_at")[:1]),
            meets_whom=Subquery(meeting.values("with_whom")[:1]),
            meets_where=Subquery(meeting.values("place")[:1]),
            spoke_at=Subquery(spoke.values("happened_at")[:1]),
            spoke_how=Subquery(spoke.values("channel")[:1]),
            spoke_way=Subquery(spoke.values("direction")[:1]),
            spoke_outcome=Subquery(spoke.values("outcome")[:1]),
            complaint_key=Subquery(complaint.values("key")[:1]),
            complaint_at=Subquery(complaint.values("made_at")[:1]),
            complaint_answered_at=Subquery(complaint.values("answered_at")[:1]),
            satisfaction_said=ArraySubquery(said),
            speakers=Count("representatives", filter=Q(representatives__ended_at=None), distinct=True),
            close_people=Count("related_people", filter=Q(related_people__ended_at=None), distinct=True),
        )
        .first()
    )


def cards(user, *, today, now) -> list[CaseCard]:
    """Give a person's own cases, newest first: two queries, however many there are."""
    rows = Referral.objects.visible_to(user).filter(person=user).exclude(state=Referral.State.MERGED)
    officer = "assault__incident__officer_in_case"
    rows = rows.with_report().select_related("owner").order_by("-offered_at", "-pk")
    rows = list(rows.annotate(officer_given=F(f"{officer}__given_name"), officer_family=F(f"{officer}__family_name")))
    owed = rights_of_each(rows, today=today, now=now)
    return [
        CaseCard(
            reference=row.reference,
            href=row.get_absolute_url(),
            title=title_of(row),
            status=_status(row)[0],
            colour=_status(row)[1],
            state=row.state,
            next_step=next_step(row, owed[row.pk], now=now),
            late=len(owed[row.pk].overdue),
            late_line=late_words(row, owed[row.pk]),
            summary=owed[row.pk].summary,
            report=row.report_reference or "",
        )
        for row in rows
    ]


def rights_of_each(rows, *, today, now) -> dict[int, Rights]:
    """Give what is owed in each of these cases, without what shows it done: one query."""
    found = {row.pk: [] for row in rows}
    chosen = {row.pk: row.chosen_at for row in rows}
    names = {row.pk: names_of(row) for row in rows}
    clocks = (
        Clock.objects.filter(referral__in=found).select_related("entitlement").annotate(event_kind=F("event__kind"))
    )
    for clock in clocks.defer("evidence", "not_applicable_reason").order_by("pk"):
        key, name = clock.referral_id, names[clock.referral_id].get(clock.owed_by, "")
        view = right_view(clock, today=today, now=now, chosen_at=chosen[key], shown=False, name=name)
        found[key].append(view)
    return {key: Rights(tuple(views)) for key, views in found.items()}


def own_case(row, *, today, now) -> OwnCase:
    """Give the first page of a case to its person, from `own_row`: two queries, what is owed and who may be told."""
    owed = rights_of(row, today=today, now=now, shown=False, names=names_of(row))
    services = services_told(row)
    appointment = None
    if row.meets_at and row.meets_at >= now:
        appointment = AppointmentView(row.meets_at, row.meets_whom, row.meets_where)
    status, colour = _status(row)
    return OwnCase(
        reference=row.reference,
        href=row.get_absolute_url(),
        title=title_of(row),
        status=status,
        colour=colour,
        state=row.state,
        late_line=late_words(row, owed),
        next_step=next_step(row, owed, appointment, now=now),
        report=row.report_reference or "",
        carrier=row.owner.name if row.owner else "",
        closed_on=london_date(row.closed_at) if row.closed_at else None,
        rights=owed,
        choices=tuple(_choices(row, services)),
        appointment=appointment,
        contact=_last_contact(row),
        services=services,
        complaints=((row.complaint_key, row.complaint_at, row.complaint_answered_at),) if row.complaint_key else (),
        asks=tuple(asked for asked in asked_so_far(row, now) if asked not in row.satisfaction_said),
        ask_again_on=row.ask_again_on,
    )


def services_told(referral) -> tuple[OnwardView, ...]:
    """Give the services that were told of the person, or that they let be told, newest first: one query.

    A yes that was taken back is left out unless something was sent under it.
    """
    rows = referral.consents.exclude(withdrawn_at__isnull=False, onward=None)
    fields = (
        "key", "service__name", "given_at", "withdrawn_at", "shares", "related_person__relation", "onward__key",
        "onward__state", "onward__sent_at", "onward__received_at", "onward__answered_at", "onward__ended_at",
        "onward__by_the_person", "service_id", "related_person_id",
    )  # fmt: skip
    rows = list(rows.order_by("-given_at", "-onward__sent_at").values(*fields))
    standing = {(row["service_id"], row["related_person_id"]) for row in rows if row["withdrawn_at"] is None}
    return tuple(_onward_view(row, renewed=(row["service_id"], row["related_person_id"]) in standing) for row in rows)


def contacts_of(referral) -> tuple[ContactView, ...]:
    """Give every contact that the person may read, newest first: one query."""
    rows = referral.contacts.filter(shared=True).order_by("-happened_at", "-pk")
    return tuple(
        ContactView(
            key=str(row.key),
            at=row.happened_at,
            title=_contact_title(row.channel, row.direction, row.outcome),
            outcome=_outcome(row),
            words=row.words,
            mine=row.direction == Contact.Direction.IN,
        )
        for row in rows
    )


def appointments_of(referral, *, now) -> tuple[list[AppointmentView], list[AppointmentView]]:
    """Give the meetings to come, nearest first, and those that are over, newest first: one query, or none where they
    came along."""
    rows = parts_of(referral, "appointments").appointments
    views = [
        (row, AppointmentView(row.meets_at, row.with_whom, row.place, OVER.get(row.attended, ""), row.reason))
        for row in rows
    ]
    coming = [view for row, view in views if not row.attended and row.meets_at >= now]
    return coming, [view for row, view in reversed(views) if view not in coming]


OVER = {
    "": "",
    "yes": "It took place",
    "no": "You could not come",
    "cancelled": "Cancelled",
    "moved": "Moved to another time",
}


def history_of(referral) -> list[Event]:
    """Tell the case's own story, newest first: what the person chose, who carried it, how it ended; and that of a case
    that was joined with it. One query."""
    told, before = [], None
    joined = Referral.objects.joined_in(referral.pk).values("pk")
    rows = Referral.pgh_event_model.objects.filter(pgh_obj__in=joined, person=referral.person_id)
    for row in rows.order_by("pgh_obj", "pgh_id"):
        if before is not None and before.pgh_obj_id != row.pgh_obj_id:
            before = None
        if before is None:
            words = "Support was offered to you" if row.assault_id else "You asked for support yourself"
            told.append(Event(words, row.offered_at))
        if row.chosen_at and (before is None or row.chosen_at != before.chosen_at) and row.state in CHOSEN:
            day = long_day(row.ask_again_on) if row.ask_again_on else ""
            who = "You" if row.chosen_by_id == row.person_id else "Whoever reported for you"
            if before is not None or row.assault_id:
                told.append(Event(CHOSEN[row.state].format(who=who, day=day), row.chosen_at))
        if row.contact_at and (before is None or row.contact_at != before.contact_at):
            told.append(Event("How to reach you safely was set", row.contact_at))
        if row.claimed_at and (before is None or row.claimed_at != before.claimed_at):
            again = before is not None and before.owner_id
            told.append(Event(f"Somebody {'else ' if again else ''}of {DESK} took your case on", row.claimed_at))
        if row.enhanced_at and (before is None or row.enhanced_at != before.enhanced_at):
            told.append(Event("Your rights were enhanced", row.enhanced_at, text="Limits that ran were counted anew."))
        if row.closed_at and (before is None or row.closed_at != before.closed_at):
            told.append(Event("The welfare desk closed the case", row.closed_at))
        before = row
    return sorted(told, key=lambda event: event.at)[::-1]


CHOSEN = {
    "accepted": "{who} said yes to support",
    "later": "{who} asked to be asked again on {day}",
    "declined": "{who} said no for now",
    "supported": "{who} said that support is there already",
}


# Words ---------------------------------------------------------------------------------------------------------------


def title_of(referral) -> str:
    """Name a case to its person: by the day of the assault, or of their own request."""
    if referral.assaulted_at:
        return f"After {long_day(london_date(referral.assaulted_at))}"
    if referral.assault_id is None:
        return f"You asked for support on {long_day(london_date(referral.offered_at))}"
    return f"Support offered on {long_day(london_date(referral.offered_at))}"


def names_of(referral) -> dict[str, str]:
    """Give the names of those who owe something by what they are in this case, where the person may know them."""
    officer = f"{referral.officer_given or ''} {referral.officer_family or ''}".strip()
    names = {"welfare": referral.owner.name if referral.owner else "", "officer_in_case": officer}
    return {owed_by: name for owed_by, name in names.items() if name}


def next_step(referral, owed: Rights, appointment=None, *, now) -> str:
    """Say in one sentence, two at most, what happens next."""
    if referral.closed_at:
        day = long_day(london_date(referral.closed_at))
        return f"The welfare desk closed this on {day}. If you want more, say yes again: it is taken up."
    support = next((view for view in owed.all if view.code in SUPPORT and view.is_open), None)
    if referral.state != Referral.State.ACCEPTED:
        words = NEXT[referral.state].format(day=long_day(referral.ask_again_on) if referral.ask_again_on else "")
        if referral.state == Referral.State.OFFERED and support is not None and support.state == ClockState.DUE:
            words += f" Say yes, and somebody {REACHED_BY[referral.channel]} by {long_day(support.due_on)}."
        return words
    who = f"{referral.owner.name} of {DESK}" if referral.owner else f"Somebody from {DESK}"
    if support is not None:
        return _reach_step(referral, who, support)
    first = next(iter(owed.due), None)
    if appointment is not None and (first is None or appointment.meets_at < max(first.order, now + SOON)):
        return f"You meet {appointment.with_whom}, at {appointment.when}."
    if first is not None:
        when = f", {_lower(first.due)}" if first.due_on else ""
        return f"Next{when}: {_quoted(first.title)}. {_who_owes(first)} sees to it."
    whom = referral.owner.name if referral.owner else "us"
    return f"Nothing has a date now. You can write to {whom} here whenever you like."


def late_words(referral, owed: Rights) -> str:
    """Say what is late and whose it is to do, in two sentences, three at most; empty if nothing is.

    That nobody has reached somebody who wants support is said in `next_step`, and not a second time here.
    """
    reaching = SUPPORT if referral.state == Referral.State.ACCEPTED and not referral.closed_at else ()
    late = [view for view in owed.overdue if view.code not in reaching]
    if not late:
        return ""
    first, more = late[0], len(late) - 1
    day = long_day(first.due_on)
    words = f"Something is late, and that is not your doing. {_who_owes(first)} owed you this by {day}:"
    words += f" {_quoted(first.title)}."
    if more:
        words += f" {counted(more, 'other thing')} {'is' if more == 1 else 'are'} late too."
    return words


def _who_owes(right):
    """Name whoever owes something as the subject of a sentence, by what they are where no name is known."""
    role, _, name = right.who.partition(": ")
    return f"{name}, {_lower(role)}," if name else role


def _quoted(title):
    return f"“{title.replace('“', '‘').replace('”', '’')}”"


def _lower(words):
    return words[0].lower() + words[1:]


def _reach_step(referral, who, support):
    if support.state == ClockState.OVERDUE:
        day = long_day(support.due_on)
        late = f"{who} was to get in touch by {day}. We are late."
        return f"{late} You need not wait for us: every line on this page is open to you."
    when = f" by {long_day(support.due_on)}" if support.due_on else " as soon as possible"
    said = referral.safe_times or referral.quiet_from or referral.nights_until_on
    safe = ", at times that you said are safe" if said else ""
    ask = "" if referral.contact_at else " Tell us below how to reach you safely."
    return f"{who} {REACHED_BY[referral.channel]}{when}{safe}.{ask}"


def _status(referral):
    if referral.closed_at:
        return "Ended", "grey"
    return STATES[referral.state]


def chose_words(referral) -> str:
    """Say what the person chose."""
    if referral.state == Referral.State.LATER:
        return f"Ask me again on {long_day(referral.ask_again_on)}"
    return CHOSE[referral.state]


def reach_words(referral) -> list[str]:
    """Say how to reach the person safely, line by line; empty if they have not said."""
    if not referral.contact_at:
        return []
    lines = []
    if referral.channel:
        best = referral.get_channel_display()
        lines.append(f"{best}: {referral.contact}" if referral.contact else best)
    elif referral.contact:
        lines.append(referral.contact)
    others = [Referral.Channel(way).label for way in referral.safe_ways if way != referral.channel]
    if others:
        lines.append(f"Also safe: {', '.join(others).lower()}")
    if referral.safe_times:
        lines.append(referral.safe_times)
    if referral.quiet_from:
        lines.append(f"Not between {referral.quiet_from:%H:%M} and {referral.quiet_until:%H:%M}")
    if referral.nights_until_on:
        lines.append(f"On nights until {long_day(referral.nights_until_on)}: not while I sleep")
    lines.append("A message may be left" if referral.may_leave_message else "No message")
    lines.append("A caller may say who they are" if referral.say_who_calls else "A caller does not say where from")
    lines += referral.needs.split("\n") if referral.needs else []
    return lines


def _choices(row, services):
    """What the person chose and can change, as rows: a key, the words, and the name of the page that changes it."""
    statement = getattr(row, "personal_statement", None)
    told = [view.service for view in services if view.standing and not view.for_whom]
    return [
        {"key": "Support", "value": chose_words(row), "page": "choose"},
        {"key": "How to reach me safely", "value": reach_words(row), "page": "contact"},
        {"key": "Services that may know", "value": told, "page": "consents"},
        {"key": "Who speaks for me", "value": counted(row.speakers, "person").replace("persons", "people")
         if row.speakers else "", "page": "people"},
        {"key": "People close to me", "value": counted(row.close_people, "person").replace("persons", "people")
         if row.close_people else "", "page": "people"},
        {"key": "Victim Personal Statement",
         "value": STATEMENT.get(statement.choice, "") if statement else "", "page": "statement"},
    ]  # fmt: skip


def _last_contact(row):
    if not row.spoke_at:
        return None
    return Event(_contact_title(row.spoke_how, row.spoke_way, row.spoke_outcome), row.spoke_at)


def _outcome(contact):
    """What came of trying to reach the person, where the title does not say it."""
    tried = contact.direction == Contact.Direction.OUT and contact.outcome != Contact.Outcome.SPOKE
    return contact.get_outcome_display() if tried else ""


def _contact_title(channel, direction, outcome):
    if direction == Contact.Direction.IN:
        return "You wrote here" if not channel else f"You got in touch {DONE_BY[channel]}"
    if outcome == Contact.Outcome.SPOKE:
        return f"We spoke, {DONE_BY[channel]}" if channel else "We spoke"
    return f"We tried to reach you {DONE_BY[channel]}" if channel else "We tried to reach you"


def asked_so_far(referral, now) -> list[str]:
    """Give what somebody who wanted support has been asked of how it was: after four weeks, and once it has ended."""
    wanted = referral.state == Referral.State.ACCEPTED
    due = [Satisfaction.When.WEEKS] if wanted and now >= referral.offered_at + FIRST_ASKED else []
    return [*due, Satisfaction.When.END] if referral.closed_at else due


SHARES = {
    "name": "your name",
    "contact": "how to reach you safely",
    "what": "that you were assaulted at work, and how",
    "needs": "what you need",
}
CLOSE = {
    "partner": "your partner",
    "parent": "your parent",
    "child": "your child",
    "sibling": "your brother or sister",
    "friend": "your friend",
    "colleague": "your colleague",
}
ONWARD = {
    "sent": ("Told, no answer yet", "blue"),
    "received": ("They have it", "blue"),
    "accepted": ("They will help", "green"),
    "declined": ("They cannot help", "orange"),
    "transferred": ("Passed on", "grey"),
    "ended": ("Over", "grey"),
    "withdrawn": ("You took it back", "grey"),
    "joined": ("Goes on in the other one", "grey"),
}


def _onward_view(row, *, renewed):
    state = row["onward__state"]
    standing = row["withdrawn_at"] is None
    status, colour = ONWARD[state] if state else ("You said yes; not told yet", "blue")
    if not standing and not renewed and state != OnwardReferral.State.WITHDRAWN:
        status, colour = f"{status}. You took your yes back", "grey"
    if row["onward__by_the_person"] and state == OnwardReferral.State.SENT:
        status = "You went there yourself"
    steps = [
        Event("You said yes", row["given_at"]),
        Event("Sent", row["onward__sent_at"]),
        Event("Received by them", row["onward__received_at"]),
        Event("Answered by them", row["onward__answered_at"]),
        Event("Ended", row["onward__ended_at"]),
    ]
    return OnwardView(
        key=str(row["key"]),
        service=row["service__name"],
        status=status,
        colour=colour,
        given_at=row["given_at"],
        shares=tuple(SHARES[code] for code in row["shares"]),
        steps=tuple(step for step in steps if step.at),
        standing=standing,
        for_whom=CLOSE.get(row["related_person__relation"], "somebody close to you")
        if row["related_person__relation"]
        else "",
    )
