"""A case as whoever carries it reads it: how to reach the person now, what is next, and what was done so far.

The rows around a case come with one query, sealed words and all; they are opened here and given as views.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Case, Count, F, IntegerField, OuterRef, Subquery, When
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils import timezone

from campion import kept
from campion.models import WorkerType
from campion.sealed import SecretText
from campion.working_days import LONDON, london_date
from victims import needs
from victims.evidence import FORMS
from victims.models import (
    Appointment,
    Clock,
    Consent,
    Contact,
    Goal,
    NeedsAssessment,
    OnwardReferral,
    Referral,
    RelatedPerson,
    Representative,
)
from victims.permissions import Facet, referral_facets
from victims.reading.desk import words_left
from victims.reading.directory import services_column
from victims.reading.facts import conducts_of
from victims.reading.rights import rights_of
from victims.reading.words import Event, counted, long_day, moment
from victims.safe_times import Said, reach

CONTACTS_SHOWN = 10
SOON = timedelta(days=14)
REVIEW_SOON = timedelta(days=7)
NO_RECEIPT_AFTER = timedelta(days=2)
"""After how long the desk is reminded to ask a service whether it has what was sent: a habit of the desk, no right."""

OURS = ("welfare", "occupational_health")
WAYS = {"call": "a call", "text": "a text message", "email": "an email", "in-person": "a meeting"}
CHOSEN = {
    "offered": ("No answer yet", "blue"),
    "accepted": ("Wants support", "green"),
    "later": ("Ask again later", "purple"),
    "declined": ("Declined for now", "grey"),
    "supported": ("Already supported", "grey"),
    "merged": ("Joined with another", "grey"),
}
RISKS = {"low": ("Low risk", "grey"), "medium": ("Medium risk", "yellow"), "high": ("High risk", "red")}
ONWARD = {
    "sent": "blue", "received": "blue", "accepted": "green", "declined": "orange", "transferred": "grey",
    "ended": "grey", "withdrawn": "purple", "joined": "grey",
}  # fmt: skip
NOT_SHARED = "(They do not read this on their page.)"
HEARS = {"support": "Support and appointments", "case": "The case", "court": "Court dates"}
"""What a representative may be told: codes of Representative.may_hear."""
GOALS = {"open": ("Under way", "blue"), "done": ("Reached", "green"), "dropped": ("Not wanted any more", "grey")}


@dataclass(frozen=True)
class ReachView:
    """Whether the person may be rung at this moment, in a sentence that stands alone; and everything they said of it.

    `good`: they may be. `ring`: a number that a tap calls, or "". `mind`: what to mind when reaching them.
    """

    line: str
    good: bool
    ring: str = ""
    facts: tuple[dict, ...] = ()
    mind: tuple[str, ...] = ()


@dataclass(frozen=True)
class Head:
    """What stands above every page of a case."""

    reference: str
    href: str
    name: str
    reach: ReachView
    open: bool


@dataclass(frozen=True)
class Next:
    """One thing to do: what, by when in words, how it stands, and where it is done; without an address by others."""

    title: str
    hint: str
    status: str
    colour: str
    href: str = ""
    order: datetime | None = None

    @property
    def as_task(self):
        """As an item of a task list."""
        return {"title": self.title, "hint": self.hint, "status": self.status, "colour": self.colour, "href": self.href}


@dataclass(frozen=True)
class GoalView:
    """One thing that the person wants."""

    key: str
    words: str
    status: str
    colour: str
    open: bool
    by: str = ""


@dataclass(frozen=True)
class AssessmentView:
    """One assessment, or its line in the list."""

    number: int
    at: datetime
    by: str
    risk: str
    colour: str
    enhanced: str
    areas: tuple[tuple[str, str], ...] = ()
    vulnerable: tuple[str, ...] = ()
    words: str = ""
    suggested: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    review_on: date | None = None

    @property
    def rows(self):
        """Everything that was answered and decided, as rows of a summary list."""
        asked = [{"key": title, "value": words} for title, words in self.areas if words != needs.NOT_ASKED_WORDS]
        left = [title for title, words in self.areas if words == needs.NOT_ASKED_WORDS]
        return [
            *asked,
            *([{"key": "Not asked", "value": left}] if left else []),
            {"key": "Harder to take part", "value": list(self.vulnerable)},
            {"key": "In their words", "value": self.words},
            {"key": "Enhanced rights", "value": self.enhanced},
            {"key": "Why", "value": list(self.basis)},
            {"key": "Suggested by", "value": list(self.suggested)},
            {"key": "Ask again on", "value": long_day(self.review_on) if self.review_on else "When something changes"},
        ]


@dataclass(frozen=True)
class ContactLine:
    """One contact, as a line of the log."""

    at: datetime
    title: str
    by: str
    words: str
    shared: bool


@dataclass(frozen=True)
class MeetingView:
    """An appointment, and whether it took place."""

    key: str
    at: datetime
    with_whom: str
    place: str
    outcome: str
    over: bool
    service: str = ""
    reason: str = ""

    @property
    def asks(self):
        """Whether it is over and nobody said whether it took place."""
        return self.over and not self.outcome


@dataclass(frozen=True)
class OnwardLine:
    """A referral to a service, and how it stands."""

    key: str
    service: str
    status: str
    colour: str
    state: str
    sent_at: datetime
    whom: str
    open: bool
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class ConsentView:
    """A yes to one service: what it may be told, since when."""

    key: str
    service: str
    service_id: int
    whom: str
    related_id: int | None
    shares: tuple[str, ...]
    how: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class RelatedView:
    """Somebody close to the person. Nothing but name and relation before they said yes themselves."""

    key: str
    pk: int
    name: str
    relation: str
    agreed: str
    contact: str
    needs: str
    ended: bool


@dataclass(frozen=True)
class SpeakerView:
    """Somebody who may speak for the person. The check word stands on a page of its own."""

    key: str
    name: str
    kind: str
    contact: str
    hears: tuple[str, ...]
    ended: bool
    check_word: str = ""

    @property
    def rows(self):
        """Who they are and what they may hear, as rows of a summary list; the check word while they speak."""
        rows = [{"key": "Who", "value": self.kind}, {"key": "How to reach them", "value": self.contact}]
        if not self.ended:
            rows.insert(0, {"key": "Check word", "value": self.check_word})
            rows.append({"key": "May hear", "value": list(self.hears) or "Nothing: they only bring messages"})
        return rows


@dataclass(frozen=True)
class CaseView:
    """A case to whoever carries it."""

    head: Head
    status: str
    colour: str
    urgent: bool
    about: tuple[dict, ...]
    carriage: str
    carrier: str
    stands_in: bool
    risk: str = ""
    risk_colour: str = "grey"
    enhanced: str = ""
    ours: tuple[Next, ...] = ()
    later: tuple[Next, ...] = ()
    theirs: tuple[Next, ...] = ()
    families: tuple = ()
    review: str = ""
    goals: tuple[GoalView, ...] = ()
    assessments: tuple[AssessmentView, ...] = ()
    contacts: tuple[ContactLine, ...] = ()
    contacts_page: object = None
    coming: tuple[MeetingView, ...] = ()
    past: tuple[MeetingView, ...] = ()
    onward: tuple[OnwardLine, ...] = ()
    consents: tuple[ConsentView, ...] = ()
    taken_back: tuple[ConsentView, ...] = ()
    related: tuple[RelatedView, ...] = ()
    speakers: tuple[SpeakerView, ...] = ()
    done: str = ""
    outcome: str = ""

    @property
    def contact_events(self):
        """The contacts as lines of a timeline."""
        return [
            Event(line.title, line.at, line.by, line.words if line.shared else f"{line.words}\n{NOT_SHARED}".strip())
            for line in self.contacts
        ]


# Loading -------------------------------------------------------------------------------------------------------------


def carried_row(user, reference, path, *names) -> Referral | None:
    """Load a case that this person carries, or stands in for, with what its pages say above everything: one query, and
    for somebody who stands in another.

    :param names: what hangs on the case and comes along, for `parts_of`
    """
    rows = Referral.objects.on_desk(user).filter(reference=reference)
    row = (
        rows.select_related("person", "owner")
        .annotate(
            report_reference=F("assault__incident__reference"),
            # of a restricted report the person's yes lets the desk know nothing but that it exists
            assaulted_at=Case(When(assault__incident__restricted=False, then=F("assault__incident__occurred_from"))),
            outside_name=F("assault__outside_name"),
            assault_worker=F("assault__worker_type"),
            kept_values=kept.subquery(user, path),
            left=words_left(),
            services=services_column(timezone.localdate()),
            **columns_of(*names),
        )
        .first()
    )
    return row if row is not None and row.standing_of(user).carries else None


_PARTS = {
    "latest": (NeedsAssessment, ("-number",), ("number", "answers", "risk", "words", "enhanced", "basis"), 1),
    "assessments": (NeedsAssessment, ("-number",), ("number", "at", "risk", "enhanced", "review_on", "by__given_name",
                    "by__family_name")),
    "goals": (Goal, ("added_at", "pk"), ("key", "words", "by_on", "state", "ended_at")),
    "appointments": (Appointment, ("meets_at", "pk"), ("key", "meets_at", "with_whom", "place", "attended",
                     "reason", "onward__service__name")),
    "onward": (OnwardReferral, ("-sent_at", "-pk"), ("key", "service_id", "related_person_id", "state", "sent_at",
               "received_at", "answered_at", "ended_at", "declined_for", "result", "by_the_person", "service__name",
               "transferred_to__service__name", "related_person__name", "related_person__relation")),
    "consents": (Consent, ("-given_at", "-pk"), ("id", "key", "shares", "how", "given_at", "withdrawn_at",
                 "service_id", "service__name", "related_person_id", "related_person__name",
                 "related_person__relation")),
    "related_people": (RelatedPerson, ("added_at", "pk"), ("id", "key", "name", "relation", "contact", "needs",
                       "consented_at", "consent_how", "ended_at")),
    "representatives": (Representative, ("added_at", "pk"), ("key", "name", "kind", "contact", "may_hear",
                        "ended_at")),
}  # fmt: skip
"""What hangs on a case: the rows, their order, the columns that its pages read, and how many at most."""
ALL = tuple(name for name in _PARTS if name != "latest")


def columns_of(*names) -> dict:
    """Give, as columns of a case, what hangs on it: a page's own query brings it along, for `parts_of`."""
    return {f"the_{name}": _listed(*_PARTS[name]) for name in names}


def parts_of(referral, *names) -> SimpleNamespace:
    """Give what hangs on a case, each kind as a list of rows with opened words: one query for all of them, or none
    where `carried_row` brought it along."""
    wanted = {name: _PARTS[name] for name in names or ALL}
    if names and all(hasattr(referral, f"the_{name}") for name in names):
        return SimpleNamespace(
            **{
                name: [_opened(part[0], item) for item in getattr(referral, f"the_{name}")]
                for name, part in wanted.items()
            }
        )
    columns = columns_of(*wanted)
    if not names:
        counted_rows = Contact.objects.filter(referral=OuterRef("pk")).order_by().values("referral")
        columns["contact_count"] = Coalesce(
            Subquery(counted_rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0
        )
        columns["the_last"] = _listed(Contact, ("-happened_at", "-pk"), ("direction", "channel", "happened_at"), most=1)
    (row,) = Referral.objects.filter(pk=referral.pk).values(**columns)
    found = {name: [_opened(part[0], item) for item in row[f"the_{name}"]] for name, part in wanted.items()}
    last = [_opened(Contact, item) for item in row.get("the_last", ())]
    return SimpleNamespace(**found, contact_count=row.get("contact_count"), last_contact=last[0] if last else None)


def _listed(model, order, names, most=None):
    rows = model.objects.filter(referral=OuterRef("pk")).order_by(*order)[:most]
    return ArraySubquery(rows.values(one=JSONObject(**{name.replace("__", "_of_"): F(name) for name in names})))


def _opened(model, item):
    """Give a row of JSON its Python values: times, days, keys, and opened words."""
    values = {}
    for name, value in item.items():
        owner = model
        *path, last = name.split("_of_")
        for step in path:
            owner = owner._meta.get_field(step).related_model
        column = owner._meta.get_field(last)
        if isinstance(column, SecretText):
            value = column.from_db_value(value, None, None)
        elif value is not None and isinstance(column, models.DateTimeField):
            value = datetime.fromisoformat(value)
        elif value is not None and isinstance(column, models.DateField):
            value = date.fromisoformat(value)
        elif value is not None and isinstance(column, models.UUIDField):
            value = UUID(value)
        values[name] = value
    return SimpleNamespace(**values)


# Views ---------------------------------------------------------------------------------------------------------------


def head_of(row, *, now) -> Head:
    """Give what stands above every page of a case, from `carried_row`. No query."""
    return Head(
        reference=row.reference,
        href=row.get_absolute_url(),
        name=_name(row),
        reach=reach_view(row, now=now),
        open=row.closed_at is None,
    )


def case_view(user, row, *, now, page="1") -> CaseView:
    """Give a case to whoever carries it, from `carried_row`: three queries, and one more for a page of contacts.

    :param page: which page of contacts, as it stands in the address
    """
    standing = row.standing_of(user)
    facets = referral_facets(standing)
    status, colour = CHOSEN[row.state]
    view = {
        "head": head_of(row, now=now),
        "status": status,
        "colour": colour,
        "urgent": row.urgent,
        "about": tuple(_about(row)),
        "carriage": row.carriage.status,
        "carrier": row.owner.name if row.owner else "",
        "stands_in": row.owner_id != user.pk,
        "outcome": row.get_outcome_display(),
    }
    if not {Facet.CARE, Facet.CONTACT, Facet.RIGHTS} <= facets:
        return CaseView(**view)
    today = london_date(now)
    parts = parts_of(row)
    owed = rights_of(row, today=today, now=now, to_person=False, shown=False)
    assessments = tuple(_assessment_line(item) for item in parts.assessments)
    if parts.assessments:
        view["risk"], view["risk_colour"] = RISKS[parts.assessments[0].risk]
    contacts = _contacts(row, parts.contact_count, page)
    meetings = [_meeting(item, now=now) for item in parts.appointments]
    consents = [_consent(item) for item in parts.consents]
    ours = [*_owed_here(row, owed, now=now), *_also_next(row, parts, meetings, today=today, now=now)]
    ours = sorted(ours, key=lambda item: item.order or _NEVER) if row.closed_at is None else []
    soon = now + SOON
    return CaseView(
        **view,
        enhanced="Enhanced rights" if row.enhanced_at else "",
        ours=tuple(item for item in ours if item.order is None or item.order == _NEVER or item.order <= soon),
        later=tuple(item for item in ours if item.order is not None and soon < item.order < _NEVER),
        theirs=tuple(_owed_elsewhere(owed)) if row.closed_at is None else (),
        review=long_day(row.plan_review_on) if row.plan_review_on else "",
        goals=tuple(_goal(item) for item in parts.goals),
        assessments=assessments,
        contacts=tuple(_contact(item) for item in contacts.object_list),
        contacts_page=contacts,
        coming=tuple(item for item in meetings if not item.outcome),
        past=tuple(item for item in reversed(meetings) if item.outcome),
        onward=tuple(_onward(item) for item in parts.onward),
        consents=tuple(item for item in consents if item.withdrawn_at is None),
        taken_back=tuple(item for item in consents if item.withdrawn_at is not None),
        related=tuple(_related(item) for item in parts.related_people),
        speakers=tuple(_speaker(item) for item in parts.representatives),
        done=owed.summary,
        families=tuple(owed.families),
    )


def reach_view(row, *, now) -> ReachView:
    """Say how to reach the person safely now."""
    if not row.contact_at:
        return ReachView("They have not said how to reach them safely. Try a way that only they read, and ask.", False)
    said = Said(
        best=row.channel,
        ways=tuple(row.safe_ways),
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
        nights_until_on=row.nights_until_on,
    )
    found = reach(said, now)
    ways = {row.channel, *row.safe_ways} - {""}
    facts, mind = tuple(_reach_facts(row)), tuple(_to_mind(row))
    number = row.contact if row.channel in ("call", "text") else ""
    if ways and "call" not in ways:
        best = WAYS.get(row.channel, "another way")
        if row.channel == "text" and not found.now:
            return ReachView(
                f"Do not ring: they asked for {best}. {_not_before(row, found, now)}", False, "", facts, mind
            )
        return ReachView(f"Do not ring: they asked for {best}.", row.channel == "email" or found.now, "", facts, mind)
    if not found.now:
        return ReachView(_not_before(row, found, now), False, number, facts, mind)
    line = "You may ring now"
    if found.closes_at and found.closes_at - now < timedelta(days=1):
        line += f", until {_clock(found.closes_at, now)}"
    return ReachView(f"{line}.", True, number, facts, mind)


def assessment_view(row) -> AssessmentView:
    """Give one assessment whole, from its row with `by` loaded. No query."""
    answers = row.answers or {}
    labels = dict(needs.VULNERABILITIES)
    risk, colour = RISKS[row.risk]
    return AssessmentView(
        number=row.number,
        at=row.at,
        by=row.by.name,
        risk=risk,
        colour=colour,
        enhanced=row.get_enhanced_display(),
        areas=tuple((area.title, area.words(answers.get(area.code))) for area in needs.AREAS),
        vulnerable=tuple(labels[code] for code in answers.get(needs.VULNERABLE) or () if code in labels),
        words=row.words,
        suggested=tuple(because_words(route, because) for route, because in row.suggested or ()),
        basis=tuple(needs.ROUTE_WORDS[code] for code in row.basis or () if code in needs.ROUTE_WORDS),
        review_on=row.review_on,
    )


def because_words(route, because) -> str:
    """Say one suggestion: the route, and the fact that points to it."""
    return f"{needs.ROUTE_WORDS.get(route, route)}: {because[:1].lower()}{because[1:]}"


def onward_view(row) -> OnwardLine:
    """Give one referral to a service, from its row with service and related person loaded. No query."""
    related = row.related_person
    return _onward(
        SimpleNamespace(
            key=row.key,
            state=row.state,
            sent_at=row.sent_at,
            received_at=row.received_at,
            answered_at=row.answered_at,
            ended_at=row.ended_at,
            declined_for=row.declined_for,
            result=row.result,
            by_the_person=row.by_the_person,
            service_of_name=row.service.name,
            transferred_to_of_service_of_name=row.transferred_to.service.name if row.transferred_to else None,
            related_person_of_name=related.name if related else "",
            related_person_of_relation=related.relation if related else None,
        )
    )


def speaker_view(row) -> SpeakerView:
    """Give one representative with the check word. No query."""
    view = _speaker(row)
    return SpeakerView(**{**view.__dict__, "check_word": row.check_word})


def related_view(row) -> RelatedView:
    """Give somebody close to the person. No query."""
    return _related(row)


def consent_views(referral) -> list[ConsentView]:
    """Give every standing yes of a case: one query, or none where it came along."""
    return [_consent(item) for item in parts_of(referral, "consents").consents if item.withdrawn_at is None]


def consent_view(row) -> ConsentView:
    """Give one yes, from its row with service and related person loaded. No query."""
    related = row.related_person
    return _consent(
        SimpleNamespace(
            id=row.pk,
            key=row.key,
            shares=row.shares,
            how=row.how,
            given_at=row.given_at,
            withdrawn_at=row.withdrawn_at,
            service_id=row.service_id,
            service_of_name=row.service.name,
            related_person_id=row.related_person_id,
            related_person_of_name=related.name if related else "",
            related_person_of_relation=related.relation if related else None,
        )
    )


@dataclass(frozen=True)
class Pack:
    """What one service may be told of one person: only what they let it be told.

    `left_out`: what they did not allow, for whoever passes it on; it never stands on the pack itself.
    """

    reference: str
    service: str
    rows: tuple[dict, ...]
    left_out: tuple[str, ...] = field(default=())


def pack_of(user, onward, row) -> Pack:
    """Give what goes to a service, from its referral with consent, service and related person loaded. Two queries at
    most, for what happened and for the latest assessment, and only where they may be told.

    :param row: the case, from `carried_row`
    """
    shares, related = set(onward.consent.shares), onward.related_person
    rows = []
    if Consent.Share.NAME in shares:
        rows.append({"key": "Name", "value": related.name if related else _name(row)})
    if Consent.Share.CONTACT in shares:
        rows.extend([{"key": "How to reach them", "value": related.contact}] if related else _reach_facts(row))
    if Consent.Share.WHAT in shares:
        rows.extend(_what_happened(user, row, related))
    if Consent.Share.NEEDS in shares:
        rows.extend([{"key": "What they need", "value": related.needs}] if related else _needs_told(row))
    left_out = tuple(label for code, label in Consent.Share.choices if code not in shares)
    return Pack(str(onward.key)[:8].upper(), onward.service.name, tuple(rows), left_out)


def _what_happened(user, row, related):
    if related is not None:
        yield {"key": "What happened", "value": "Somebody close to them was assaulted at work"}
        return
    if row.assault_id is None:
        yield {"key": "What happened", "value": "Not told to us in a report"}
        return
    day = long_day(london_date(row.assaulted_at)) if row.assaulted_at else ""
    yield {"key": "What happened", "value": "Assaulted at work" + (f" on {day}" if day else "")}
    how = conducts_of(row, by=user)
    if how:
        yield {"key": "How", "value": how}


def _needs_told(row):
    latest = row.assessments.order_by("-number").first()
    if latest is None:
        yield {"key": "What they need", "value": ""}
        return
    answers = latest.answers or {}
    needed = [
        f"{area.title}: {area.words(answers[area.code])}"
        for area in needs.AREAS
        if answers.get(area.code) in (needs.SOME, needs.URGENT)
    ]
    yield {"key": "What they need", "value": needed or "Nothing was named"}


# Words ---------------------------------------------------------------------------------------------------------------


def _name(row):
    return row.person.name if row.person else row.outside_name or "Somebody who is not in the directory"


def _about(row):
    worker = row.person.worker_type if row.person else row.assault_worker
    rank = row.person.rank_or_grade if row.person else ""
    yield {
        "key": "Who",
        "value": ", ".join(part for part in (rank, WorkerType(worker).label if worker else "") if part),
    }
    if row.report_reference:
        if row.assaulted_at:
            yield {"key": "Assaulted", "value": long_day(london_date(row.assaulted_at))}
        yield {"key": "Report", "value": row.report_reference}
    else:
        yield {"key": "Report", "value": "None: they asked for support themself"}
    if row.enhanced_at:
        yield {"key": "Enhanced rights", "value": f"Since {long_day(london_date(row.enhanced_at))}"}


def _reach_facts(row):
    ways = [Referral.Channel(code).label for code in row.safe_ways if code != row.channel]
    yield {"key": "Best way", "value": row.get_channel_display()}
    yield {"key": "Where", "value": row.contact}
    if ways:
        yield {"key": "Also safe", "value": ways}
    yield {"key": "Leave a message", "value": row.may_leave_message}
    yield {"key": "Say who rings", "value": "Yes" if row.say_who_calls else "No: give your first name alone"}
    if row.safe_times:
        yield {"key": "In their words", "value": row.safe_times}
    if row.quiet_from is not None:
        yield {"key": "Nobody rings", "value": f"{row.quiet_from:%H:%M} to {row.quiet_until:%H:%M}"}
    if row.nights_until_on:
        yield {"key": "Works nights until", "value": long_day(row.nights_until_on)}
    if row.needs:
        yield {"key": "To talk easily", "value": row.needs.split("\n")}


def _to_mind(row):
    """What to mind when reaching them, most binding first."""
    if row.safe_times:
        yield f"They said: “{row.safe_times}”"
    if not row.say_who_calls:
        yield "Give only your first name until you know that it is them."
    if not row.may_leave_message:
        yield "Leave no message."
    if row.needs:
        yield f"To talk easily: {', '.join(row.needs.splitlines())}."


def _not_before(row, found, now):
    why = "they work nights" if found.why == "nights" else "they asked not to be rung before"
    return f"Not before {_clock(found.opens_at, now)}: {why}."


def _clock(at, now):
    wall, today = at.astimezone(LONDON), now.astimezone(LONDON).date()
    if wall.date() == today:
        return f"{wall:%H:%M}"
    if wall.date() == today + timedelta(days=1):
        return f"{wall:%H:%M} tomorrow"
    return moment(at)


def _day(day):
    return f"{day.day} {day:%B %Y}"


_NEVER = datetime.max.replace(tzinfo=LONDON)


def _owed_here(row, owed, *, now):
    """What the desk owes in this case, each with the page on which it is done."""
    for right in [*owed.overdue, *owed.due]:
        if right.owed_by not in OURS:
            continue
        own = FORMS[right.form].own if right.form in FORMS else ""
        page = {"assess": "assess", "contact": "record-contact"}.get(own)
        href = reverse(f"victims:{page}", args=[row.reference]) if page else reverse("victims:duty", args=[right.key])
        hint = " ".join(part for part in (right.due.rstrip(".") + ".", right.waiting) if part)
        yield Next(right.title, hint, right.status, right.colour, href, right.order)


def _owed_elsewhere(owed):
    """What others owe the person and are late with, or owe by tomorrow: to be asked after, not done here."""
    for right in [*owed.overdue, *owed.due]:
        if right.owed_by in OURS or (not right.is_overdue and (right.days_left is None or right.days_left > 1)):
            continue
        yield Next(right.title, f"{right.who}. {right.due.rstrip('.')}.", right.status, right.colour, "", right.order)


def _also_next(row, parts, meetings, *, today, now):
    def on(day):
        return datetime.combine(day, datetime.max.time(), LONDON)

    def page(name, *more):
        return reverse(f"victims:{name}", args=[row.reference, *more])

    if row.state == Referral.State.LATER:
        late = row.ask_again_on < today
        tag = ("Late", "red") if late else ("Today", "orange") if row.ask_again_on == today else ("To come", "grey")
        yield Next(
            "Ask again whether they want support", f"On {long_day(row.ask_again_on)}", *tag, page("record-contact"),
            on(row.ask_again_on),
        )  # fmt: skip
    last = parts.last_contact
    if last and last.direction == Contact.Direction.IN and not last.channel:
        yield Next(
            "Answer them: they wrote to you", f"At {moment(last.happened_at)}", "New", "yellow", "#contacts",
            last.happened_at,
        )  # fmt: skip
    for item in parts.consents:
        if item.withdrawn_at is None and not any(_used(item, onward) for onward in parts.onward):
            given = long_day(london_date(item.given_at))
            for_whom = f", for {item.related_person_of_name}" if item.related_person_of_name else ""
            yield Next(
                f"Refer them to {item.service_of_name}{for_whom}", f"They said yes on {given}", "To do", "yellow",
                page("refer-on"), item.given_at,
            )  # fmt: skip
    if row.plan_review_on and row.plan_review_on <= today + REVIEW_SOON:
        yield Next(
            "Look at the plan again", f"On {long_day(row.plan_review_on)}", *_due_tag(row.plan_review_on, today),
            page("plan-review"), on(row.plan_review_on),
        )  # fmt: skip
    latest = parts.assessments[0] if parts.assessments else None
    if latest and latest.review_on and latest.review_on <= today + REVIEW_SOON:
        yield Next(
            "Ask about their needs again", f"On {long_day(latest.review_on)}", *_due_tag(latest.review_on, today),
            page("assess"), on(latest.review_on),
        )  # fmt: skip
    for item in parts.goals:
        if item.state == Goal.State.OPEN and item.by_on and item.by_on <= today + REVIEW_SOON:
            yield Next(
                "See how a goal stands", f"By {long_day(item.by_on)}", *_due_tag(item.by_on, today),
                page("goal", item.key), on(item.by_on),
            )  # fmt: skip
    for meeting in meetings:
        if meeting.asks:
            yield Next(
                "Say whether an appointment took place", f"At {moment(meeting.at)}", "To say", "yellow",
                page("appointment-outcome", meeting.key), meeting.at,
            )  # fmt: skip
    for item in parts.onward:
        if (
            item.state == OnwardReferral.State.SENT
            and not item.by_the_person
            and item.sent_at <= now - NO_RECEIPT_AFTER
        ):
            sent = long_day(london_date(item.sent_at))
            yield Next(
                f"Ask {item.service_of_name} whether they have it", f"Sent on {sent}; nothing was heard",
                "Waiting", "yellow", page("onward", item.key), item.sent_at + NO_RECEIPT_AFTER,
            )  # fmt: skip


def _used(consent, onward):
    """Whether a referral to a service was sent under this yes, or is open under the one before it."""
    same = (consent.service_of_name, consent.related_person_of_name) == (
        onward.service_of_name, onward.related_person_of_name
    )  # fmt: skip
    return same and (onward.sent_at >= consent.given_at or onward.state in OnwardReferral.OPEN)


def _due_tag(day, today):
    if day < today:
        return f"Late by {counted((today - day).days, 'day')}", "red"
    return ("Today", "orange") if day == today else (f"In {counted((day - today).days, 'day')}", "blue")


def _assessment_line(item):
    risk, colour = RISKS[item.risk]
    by = f"{item.by_of_given_name} {item.by_of_family_name}".strip()
    enhanced = NeedsAssessment.Enhanced(item.enhanced).label
    return AssessmentView(item.number, item.at, by, risk, colour, enhanced, review_on=item.review_on)


def _goal(item):
    status, colour = GOALS[item.state]
    by = f"By {long_day(item.by_on)}" if item.by_on else ""
    return GoalView(str(item.key), item.words, status, colour, item.state == Goal.State.OPEN, by)


def _contacts(row, count, page):
    paginator = Paginator(row.contacts.select_related("entered_by").order_by("-happened_at", "-pk"), CONTACTS_SHOWN)
    paginator.count = count
    return paginator.get_page(page)


def _contact(row):
    how = row.get_channel_display()
    if not row.channel:
        title = "They wrote on their own page"
    elif row.direction == Contact.Direction.IN:
        title = f"{how} from them: {row.get_outcome_display().lower()}"
    else:
        title = f"{how}: {row.get_outcome_display().lower()}"
    return ContactLine(row.happened_at, title, row.entered_by.name, row.words, row.shared)


def _meeting(item, *, now):
    outcome = Appointment.Attended(item.attended).label if item.attended else ""
    return MeetingView(
        str(item.key), item.meets_at, item.with_whom, item.place, outcome, item.meets_at <= now,
        item.onward_of_service_of_name or "", item.reason,
    )  # fmt: skip


def _whom(name, relation):
    return f"{name}, {RelatedPerson.Relation(relation).label.lower()}" if relation else ""


def _onward(item):
    told = [f"Sent on {_day(london_date(item.sent_at))}"]
    if item.by_the_person:
        told = [f"They went there themself: told to us on {_day(london_date(item.sent_at))}"]
    if item.received_at:
        told.append(f"received on {_day(london_date(item.received_at))}")
    if item.answered_at and item.state != OnwardReferral.State.DECLINED:
        told.append(f"accepted on {_day(london_date(item.answered_at))}")
    if item.declined_for:
        why = OnwardReferral.DeclinedFor(item.declined_for).label.lower()
        told.append(f"declined on {_day(london_date(item.ended_at))}: {why}")
    if item.transferred_to_of_service_of_name:
        told.append(f"passed on to {item.transferred_to_of_service_of_name}")
    if item.result:
        told.append(f"over on {_day(london_date(item.ended_at))}: {OnwardReferral.Result(item.result).label.lower()}")
    if item.state == OnwardReferral.State.JOINED:
        told.append(f"goes on in the other one to them since {_day(london_date(item.ended_at))}")
    if item.state == OnwardReferral.State.WITHDRAWN:
        told.append(f"taken back on {_day(london_date(item.ended_at))}: tell them, if nobody has")
    return OnwardLine(
        key=str(item.key),
        service=item.service_of_name,
        status=OnwardReferral.State(item.state).label,
        colour=ONWARD[item.state],
        state=item.state,
        sent_at=item.sent_at,
        whom=_whom(item.related_person_of_name, item.related_person_of_relation),
        open=item.state in OnwardReferral.OPEN,
        told=tuple(told),
    )


def _consent(item):
    return ConsentView(
        key=str(item.key),
        service=item.service_of_name,
        service_id=item.service_id,
        whom=_whom(item.related_person_of_name, item.related_person_of_relation),
        related_id=item.related_person_id,
        shares=tuple(Consent.Share(code).label for code in item.shares),
        how=Consent.How(item.how).label,
        given_at=item.given_at,
        withdrawn_at=item.withdrawn_at,
    )


def _related(item):
    agreed = ""
    if item.consented_at:
        how = Clock.Channel(item.consent_how).label.lower()
        agreed = f"Said yes on {_day(london_date(item.consented_at))} ({how})"
    key = getattr(item, "id", None) or item.pk
    relation = RelatedPerson.Relation(item.relation).label
    return RelatedView(
        str(item.key), key, item.name, relation, agreed, item.contact, item.needs, item.ended_at is not None
    )  # fmt: skip


def _speaker(item):
    hears = tuple(HEARS[code] for code in item.may_hear if code in HEARS)
    kind = Representative.Kind(item.kind).label
    return SpeakerView(str(item.key), item.name, kind, item.contact, hears, item.ended_at is not None)
