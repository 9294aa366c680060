"""What somebody owes to people assaulted, as they may read it: in lists, and one duty with all that shows it done.

A list says what is owed, by when, and whose it is by crime number and person number: never a referral, never what the
person chose, and a name only to somebody who reads it in the report (docs/access.md).
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Case, Count, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import JSONObject
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from campion.roles import Role
from campion.working_days import london_date
from reports.case_kinds import KINDS
from reports.models import Assault, Incident, SourceReference
from victims import evidence
from victims.deadlines import was_late
from victims.models import Clock, Entitlement, Referral
from victims.reading.directory import services_column
from victims.reading.rights import evidence_words, right_view, right_words, since_words, who_words
from victims.reading.words import counted, long_day, moment

Family, OwedBy = Entitlement.Family, Entitlement.OwedBy

TOLD_BEFORE = 10
"""How many earlier tellings a duty's page lists."""


@dataclass(frozen=True)
class DutyRow:
    """One line of a list of duties."""

    key: str
    href: str
    title: str
    right: str
    about: str
    report: str
    person: str
    started: str
    due: str
    status: str
    colour: str
    waiting: str
    for_whom: str
    officer_href: str
    done: str = ""


@dataclass(frozen=True)
class DutyView:
    """One duty in full. What the reader may not read is empty."""

    key: str
    href: str
    title: str
    right: str
    is_open: bool
    state: str
    status: str
    colour: str
    about: str
    report: str
    report_href: str
    person: str
    as_what: str
    mine: bool
    """Whether the reader is the person whom it is owed to."""
    facts: tuple[dict, ...]
    recorded: tuple[dict, ...]
    told_before: tuple[tuple[str, str], ...]
    others_late: str
    own: str
    own_href: str
    event_href: str
    officer_href: str
    plan_href: str


def for_list(rows):
    """Have clocks bring what a line of a list says of them, in their one query; what is sealed stays sealed."""
    incident = "referral__assault__incident"
    officer = f"{incident}__officer_in_case"
    there = Q(**{f"{officer}__is_active": True})  # of somebody who has left nothing can be asked
    crimes = SourceReference.objects.filter(incident=OuterRef(incident), kind=SourceReference.Kind.CRIME)
    people = Assault.objects.filter(incident=OuterRef(incident)).order_by().values("incident")
    return rows.select_related("entitlement").annotate(
        event_kind=F("event__kind"),
        event_key=F("event__key"),
        complaint_key=F("complaint__key"),
        incident_id=F(incident),
        officer_id=Case(When(there, then=F(officer))),
        report_reference=F(f"{incident}__reference"),
        unit_name=F("referral__unit__name"),
        person_id=F("referral__person"),
        assault_id=F("referral__assault"),
        position=F("referral__assault__position"),
        crime_numbers=ArraySubquery(crimes.order_by("value").values("value").distinct()[:2]),
        people=Subquery(people.annotate(many=Count("pk")).values("many")),
    )


def for_one(rows, user):
    """Have the few clocks of one page bring all that it says of them, in the same query as for a list: whether this
    reader reads the names in the report, who the person is, and, of each, what came before."""
    incident = OuterRef("referral__assault__incident")
    theirs = Clock.objects.filter(referral=OuterRef("referral"), event=OuterRef("event"), met_at__isnull=False)
    theirs = theirs.filter(owed_by__in=(OwedBy.COURT, OwedBy.CPS)).order_by("pk")
    # to whom one thing owed in a case is open, all that the same people owe in it is
    told = Clock.objects.filter(referral=OuterRef("referral"), owed_by=OuterRef("owed_by"))
    told = told.filter(entitlement__family=Family.CODE)
    told = told.filter(met_at__isnull=False).exclude(channel="").exclude(pk=OuterRef("pk")).order_by("-met_at")
    return rows.annotate(
        reviews=Exists(Incident.objects.reviewed_by(user).filter(pk=incident)),
        carries=Exists(Referral.objects.carried_by(user).filter(pk=OuterRef("referral")))
        if user.plays(Role.WELFARE)
        else Value(False),
        investigates=Exists(Incident.objects.investigated_by(user).filter(pk=incident)),
        given_name=F("referral__assault__person__given_name"),
        family_name=F("referral__assault__person__family_name"),
        outside_name=F("referral__assault__outside_name"),
        others=_as_rows(theirs, owed_by="owed_by", due_on="due_on", due_at="due_at", met_at="met_at"),
        told=_as_rows(told[:TOLD_BEFORE], key="key", title="entitlement__title", met_at="met_at", channel="channel"),
        services=services_column(timezone.localdate()),
    )


def _as_rows(rows, **columns):
    return ArraySubquery(rows.values(one=JSONObject(**columns)))


def duty_rows(user, clocks, *, today, now) -> list[DutyRow]:
    """Give the lines of a list, from rows made by `for_list`: one query, for the names that this reader may read; none
    from rows made by `for_one` as well."""
    clocks = list(clocks)
    names, reviewed = _names(user, clocks)
    return [_row(user, clock, names, reviewed, today=today, now=now) for clock in clocks]


def duty_view(user, clock, *, today, now) -> DutyView:
    """Give one duty in full, from a row made by `for_list` and `for_one` with its `referral` and `met_by`. No query."""
    names, reviewed = _names(user, [clock])
    readable = clock.assault_id in names
    mine = clock.person_id is not None and clock.person_id == user.pk
    private = mine or clock.carries
    view = right_view(clock, today=today, now=now, to_person=mine, private=private)
    form = evidence.FORMS[clock.entitlement.evidence_form]
    own, own_href = _own(clock, form, view, private=private)
    row = _row(user, clock, names, reviewed, today=today, now=now)
    return DutyView(
        key=row.key,
        href=row.href,
        title=view.title,
        right=view.right,
        is_open=view.is_open,
        state=view.state,
        status=view.status,
        colour=view.colour,
        about=row.about,
        report=clock.referral.reference if private else (clock.report_reference or ""),
        report_href=_way_back(clock, readable=readable, private=private),
        person=_person(user, clock, row),
        as_what=_as_what(user, clock, mine=mine, private=private),
        mine=mine,
        facts=tuple(_facts(user, clock, view, row, private=private)),
        recorded=tuple(_recorded(clock, view, mine=mine, private=private)),
        told_before=tuple(_told_before(user, clock)) if view.is_open and form.told and not mine else (),
        others_late=_others_late(clock),
        own=own,
        own_href=own_href,
        event_href=_event_href(clock, form) if view.is_open else "",
        officer_href=row.officer_href,
        plan_href=_plan_href(clock, reviewed),
    )


_WORKS_THE_CASE = (OwedBy.OFFICER, OwedBy.WITNESS_CARE)
"""Who tells people of what happened in a case, often several of them in one call."""


# Lines ---------------------------------------------------------------------------------------------------------------


def _row(user, clock, names, reviewed, *, today, now):
    view = right_view(clock, today=today, now=now, to_person=False, private=False)
    return DutyRow(
        key=str(clock.key),
        href=_href(clock),
        title=view.title,
        right=right_words(clock.entitlement) or Family(clock.entitlement.family).label,
        about=about(clock),
        report=clock.report_reference or "",
        person=names.get(clock.assault_id, "") if clock.people == 1 else _number(clock, names),
        started=_started(clock),
        due=_due(clock, view),
        status=view.status,
        colour=view.colour,
        waiting=_waiting(clock) if view.is_open else "",
        for_whom=_for_whom(user, clock),
        officer_href=_officer_href(clock, reviewed) if view.is_open else "",
        done=view.met or ("Set aside" if clock.not_applicable else ""),
    )


def _href(clock):
    """A duty's own page; of a complaint, the complaint's."""
    if clock.owed_by == OwedBy.GOVERNANCE and clock.complaint_key:
        return reverse("victims:complaint-desk", args=[clock.complaint_key])
    return reverse("victims:duty", args=[clock.key])


def _officer_href(clock, reviewed):
    """Where to name the officer in the case, for something owed by one whom nobody has named."""
    if clock.owed_by != OwedBy.OFFICER or clock.officer_id is not None or clock.incident_id not in reviewed:
        return ""
    return reverse("reports:assign", args=[clock.report_reference])


def about(clock) -> str:
    """Say which case it is: by its crime number, or by the reference of the report until there is one."""
    if clock.owed_by == OwedBy.GOVERNANCE:
        return "A complaint"  # whoever deals with it reads nothing else of the case
    if len(clock.crime_numbers) == 1:
        return f"Crime {clock.crime_numbers[0]}"
    return f"Report {clock.report_reference}" if clock.report_reference else "A request without a report"


def _number(clock, names):
    if clock.position is None or clock.owed_by == OwedBy.GOVERNANCE:
        return ""
    name = names.get(clock.assault_id)
    return f"Person {clock.position}" + (f", {name}" if name else "")


def _names(user, clocks):
    """Give the names of those assaulted, by the key of their assault, in reports that this reader reads; and the keys
    of the reports that they review."""
    incidents = {clock.incident_id for clock in clocks if clock.incident_id}
    if not incidents:
        return {}, frozenset()
    if all(hasattr(clock, "reviews") for clock in clocks):
        names = {
            clock.assault_id: clock.outside_name or f"{clock.given_name} {clock.family_name}"
            for clock in clocks
            if clock.reviews or clock.investigates
        }
        return names, frozenset(clock.incident_id for clock in clocks if clock.reviews)
    reviewed = Incident.objects.reviewed_by(user).filter(pk__in=incidents).values("pk")
    works = Incident.objects.investigated_by(user).filter(pk__in=incidents).values("pk")
    rows = Assault.objects.filter(Q(incident__in=reviewed) | Q(incident__in=works)).select_related("person")
    is_reviewed = ExpressionWrapper(Q(incident__in=reviewed), output_field=BooleanField())
    rows = list(rows.annotate(is_reviewed=is_reviewed))
    names = {row.pk: row.person.name if row.person else row.outside_name for row in rows}
    return names, frozenset(row.incident_id for row in rows if row.is_reviewed)


def _started(clock):
    """Say in a line what set the limit running, and on which day."""
    words = since_words(clock, to_person=False)
    kind = KINDS.get(clock.event_kind)
    words = kind.label if kind else words[0].upper() + words[1:]
    return f"{words}, {short_day(london_date(clock.started_at))}"


def _due(clock, view):
    if clock.due_on is None:
        return "No date yet" if view.is_open else ""
    if clock.due_at:
        wall = timezone.localtime(clock.due_at)
        return f"{short_day(clock.due_on)}, {wall:%H:%M}"
    return short_day(clock.due_on)


def short_day(day) -> str:
    """Write a date for a list: 8 Apr 2026."""
    return f"{day.day} {day:%b %Y}"


def _waiting(clock):
    if not clock.waiting_on:
        return ""
    whom = Clock.WaitingOn(clock.waiting_on).label
    return f"{whom[0].upper()}{whom[1:]}, since {short_day(london_date(clock.waiting_since_at))}"


def _for_whom(user, clock):
    """Say why it stands in this reader's list where that is not plain: for a colleague, or for nobody yet."""
    if clock.owed_by != OwedBy.OFFICER:
        return ""
    if clock.officer_id is None:
        return "No officer is named"
    return "" if clock.officer_id == user.pk else "You stand in for the officer in the case"


def _event_href(clock, form):
    """Where to record one telling for several people, for what an event of the case owes."""
    if not clock.event_key or not form.told or clock.owed_by not in _WORKS_THE_CASE:
        return ""
    return reverse("victims:duties-of-event", args=[clock.event_key])


def _plan_href(clock, reviewed):
    """Where the whole plan stands, for a point of it and somebody who reviews the report."""
    if clock.entitlement.family != Family.PLAN or clock.incident_id not in reviewed:
        return ""
    return reverse("victims:plan", args=[clock.report_reference])


# One duty ------------------------------------------------------------------------------------------------------------


def _facts(user, clock, view, row, *, private):
    right = clock.entitlement
    yield {"key": "Whose", "value": [part for part in (row.about, _person(user, clock, row)) if part]}
    yield {"key": "Who owes it", "value": _who(clock)}
    if view.is_open or clock.due_on:
        yield {"key": "By when", "value": view.due}
    yield {"key": "Counted", "value": _counted(clock, view, private=private)}
    if right.limit_words:
        yield {"key": "The rule says", "value": right.limit_words}
    if clock.enhanced_at:
        yield {"key": "Changed", "value": view.enhanced if private else _shortened(clock)}
    if view.waiting:
        yield {"key": "Waiting", "value": view.waiting}
    yield {"key": "Where it comes from", "value": right.source}


def _person(user, clock, row):
    if clock.owed_by == OwedBy.OCCUPATIONAL_HEALTH and user.plays(Role.OCCUPATIONAL_HEALTH):
        # Nobody can be tested by a person number: the pathway names them to occupational health, and nothing else does.
        person = clock.referral.person
        return f"{person.name}, {person.staff_number}" if person else row.person
    return row.person


def _who(clock):
    words = {
        OwedBy.OFFICER: "The officer in the case, or whoever stands in for them",
        OwedBy.SUPERVISOR: f"Any supervisor of {clock.unit_name}",
        OwedBy.WITNESS_CARE: f"Any witness care officer of {clock.unit_name}",
        OwedBy.OCCUPATIONAL_HEALTH: "Occupational health",
        OwedBy.WELFARE: "Whoever carries the case",
        OwedBy.PERSON: "You, if you want to",
    }
    if clock.owed_by == OwedBy.OFFICER and clock.officer_id is None:
        return f"Nobody yet: a supervisor of {clock.unit_name} names the officer in the case"
    return words.get(clock.owed_by) or who_words(clock.owed_by, to_person=False)


def _as_what(user, clock, *, mine, private):
    if mine:
        return "This is yours to do, if you want to."
    if private:
        return "You carry this case."
    if clock.owed_by == OwedBy.OFFICER:
        return _for_whom(user, clock) or "You are the officer in the case."
    return ""


def _counted(clock, view, *, private):
    if clock.enhanced_at and not private:
        # A shorter limit is known to whoever must keep it; why it is shorter is not (Victims' Code, enhanced rights).
        return f"{_amount(clock)} after {long_day(london_date(clock.enhanced_at))}."
    return view.started


def _amount(clock):
    noun = "working day" if clock.unit == "working-days" else str(clock.unit).removesuffix("s")
    return counted(clock.enhanced_amount, noun)


def _shortened(clock):
    first = moment(clock.first_due_at) if clock.first_due_at else long_day(clock.first_due_on)
    return f"The limit was shortened on {long_day(london_date(clock.enhanced_at))}. Until then it was due by {first}."


def _recorded(clock, view, *, mine, private):
    """What was recorded once it was done or set aside: of a check-in a manager reads one line of it alone."""
    if clock.met_at:
        yield {"key": "Done", "value": view.met}
        yield {"key": "Recorded", "value": _by_whom(clock, clock.met_by, clock.met_entered_at, mine=mine)}
        for words, answer in readable_evidence(clock, private=private):
            yield {"key": words, "value": answer}
    elif clock.not_applicable:
        yield {"key": "Not owed", "value": view.why}


def readable_evidence(clock, *, private):
    """Give what was recorded, as pairs of question and words, as far as it may be read.

    :param private: whether the reader is the person or carries their case: what was said at a check-in is for them
    """
    form = evidence.FORMS[clock.entitlement.evidence_form]
    if private or clock.entitlement.family != Family.CHECK_IN:
        return evidence_words(clock)
    line = {name: answer for name, answer in (clock.evidence or {}).items() if name == "adjustment"}
    return evidence.in_words(form, line)


def _by_whom(clock, person, at, *, mine):
    who = who_words(clock.owed_by) if mine else f"{person.rank_or_grade} {person.name}".strip()
    return f"By {who}, {moment(at)}" if who != "You" else f"By you, {moment(at)}"


def _told_before(user, clock):
    """What this person was told before by whoever owes it, newest first: nobody should be told the same twice."""
    for row in clock.told:
        day = short_day(london_date(datetime.fromisoformat(row["met_at"])))
        words = f"{row['title']}: {day}, {Clock.Channel(row['channel']).label.lower()}"
        yield words, reverse("victims:duty", args=[row["key"]])


def _others_late(clock):
    """Say that the court or the prosecution was late before us, where it was: another fact, on another clock."""
    if not clock.event_id or clock.owed_by in (OwedBy.COURT, OwedBy.CPS):
        return ""
    for other in clock.others:
        met_at = datetime.fromisoformat(other["met_at"])
        due_on = date.fromisoformat(other["due_on"]) if other["due_on"] else None
        due_at = datetime.fromisoformat(other["due_at"]) if other["due_at"] else None
        if was_late(due_on, met_at, due_at):
            return (
                f"{OwedBy(other['owed_by']).label} told us on {long_day(london_date(met_at))}. That was after its "
                f"own limit of {long_day(due_on)}, and is kept as its lateness. Ours counts from when we heard."
            )
    return ""


def _own(clock, form, view, *, private):
    """Where something is recorded that its own page does, and what the link says."""
    if not form.own or not view.is_open:
        return "", ""
    if form.own == "statement":
        return "The Victim Personal Statement", reverse("victims:duty-statement", args=[clock.key])
    if form.own == "assess" and private:
        return "Assess what they need", _case_page("victims:assess", clock)
    if form.own == "contact" and private:
        return "Record a contact", _case_page("victims:record-contact", clock)
    return "", ""


def _case_page(name, clock):
    try:
        return reverse(name, args=[clock.referral.reference])
    except NoReverseMatch:
        return ""


def _way_back(clock, *, readable, private):
    if private:
        return clock.referral.get_absolute_url()
    return reverse("reports:report", args=[clock.report_reference]) if readable else ""
