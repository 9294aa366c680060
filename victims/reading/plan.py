"""The force's assault plan as a supervisor reads it: seven points for each person assaulted, ticked with who and when.

It says nothing of support: neither that it was offered nor what was chosen. Of check-ins it says what the manager owes,
whether that was done, and the one line about work that the person let them read (docs/access.md).
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Min, Q
from django.urls import reverse
from django.utils import timezone

from campion.working_days import london_date
from reports.models import Incident
from victims import evidence
from victims.deadlines import ClockState
from victims.models import Clock, Entitlement
from victims.reading.duties import readable_evidence, short_day
from victims.reading.rights import right_view
from victims.reading.words import moment

Family, OwedBy = Entitlement.Family, Entitlement.OwedBy

HOW_MANY_REPORTS = Count("referral__assault__incident", distinct=True)


@dataclass(frozen=True)
class PointView:
    """One point of the plan, or a check-in that a manager owes: how it stands, and who ticked it when."""

    number: str
    title: str
    promise: str
    who: str
    status: str
    colour: str
    due: str
    done: str
    recorded: tuple[dict, ...]
    why: str
    href: str
    is_open: bool


@dataclass(frozen=True)
class PersonPlan:
    """The plan for one person assaulted."""

    position: int
    name: str
    points: tuple[PointView, ...]
    check_ins: tuple[PointView, ...]
    adjustments: tuple[dict, ...]

    @property
    def done(self):
        """How many points are ticked or do not apply."""
        return sum(not point.is_open for point in self.points)

    @property
    def summary(self):
        """How many of the points are done, in words."""
        return f"{self.done} of {len(self.points)} points done"


@dataclass(frozen=True)
class PlanRow:
    """One report with points still open, in the list of a supervisor."""

    reference: str
    href: str
    happened: str
    people: int
    open: int
    overdue: int
    due: str


def open_points(user):
    """Clocks of the plan that are still running, in reports that this person reviews. What is owed only to those who
    want support is left out: that it is owed would tell what somebody chose."""
    reviewed = Incident.objects.reviewed_by(user).values("pk")
    rows = Clock.objects.running().of_family(Family.PLAN).filter(entitlement__needs_yes=False)
    return rows.filter(referral__merged_into=None, referral__assault__incident__in=reviewed)


def reports_with_open_points(user, *, today, now):
    """Give the reports of this person's units in which points are open, the nearest limit first, as rows of values."""
    incident = "referral__assault__incident"
    rows = open_points(user).values(
        incident_id=F(incident), reference=F(f"{incident}__reference"), occurred_from=F(f"{incident}__occurred_from")
    )
    return rows.annotate(
        points=Count("pk"),
        overdue=Count("pk", filter=Q(due_on__lt=today) | Q(due_at__lt=now)),
        persons=Count("referral", distinct=True),
        nearest=Min("due_on"),
    ).order_by("nearest", "incident_id")


def plan_row(row) -> PlanRow:
    """Give one line of the list from a row of `reports_with_open_points`."""
    return PlanRow(
        reference=row["reference"],
        href=reverse("victims:plan", args=[row["reference"]]),
        happened=short_day(london_date(row["occurred_from"])) if row["occurred_from"] else "",
        people=row["persons"],
        open=row["points"],
        overdue=row["overdue"],
        due=short_day(row["nearest"]) if row["nearest"] else "No date yet",
    )


def plan_of(user, incident, *, now) -> list[PersonPlan]:
    """Give the plan of each person assaulted in a report that this person reviews: two queries.

    :param incident: loaded with its people
    """
    today: date = london_date(now)
    rows = Clock.objects.filter(referral__assault__incident=incident, referral__merged_into=None)
    rows = rows.exclude(not_applicable=Clock.Why.MERGED).annotate(
        assault_id=F("referral__assault"), family=F("entitlement__family")
    )
    mine = Q(family=Family.PLAN, entitlement__needs_yes=False)
    mine |= Q(family=Family.CHECK_IN, owed_by=OwedBy.SUPERVISOR, entitlement__needs_yes=False)
    said = Q(family=Family.CHECK_IN, met_at__isnull=False)
    rows = rows.filter(mine | said).select_related("entitlement", "met_by")
    rows = list(rows.order_by("entitlement__right_number", "entitlement__order", "started_at", "pk"))
    open_to = set(Clock.objects.open_to(user).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    return [
        _person(part, [row for row in rows if row.assault_id == part.pk], open_to, today=today, now=now)
        for part in incident.assaults.all()
    ]


def _person(part, rows, open_to, *, today, now):
    points = [row for row in rows if row.family == Family.PLAN]
    check_ins = [row for row in rows if row.family == Family.CHECK_IN and row.owed_by == OwedBy.SUPERVISOR]
    return PersonPlan(
        position=part.position,
        name=part.person.name if part.person else part.outside_name,
        points=tuple(_point(row, open_to, today=today, now=now) for row in points),
        check_ins=tuple(_point(row, open_to, today=today, now=now) for row in check_ins),
        adjustments=tuple(_adjustments(rows)),
    )


def _point(clock, open_to, *, today, now):
    right = clock.entitlement
    form = evidence.FORMS[right.evidence_form]
    view = right_view(clock, today=today, now=now, to_person=False, private=False)
    check_in = right.family == Family.CHECK_IN
    return PointView(
        number=str(right.right_number or ""),
        title=right.title if check_in else form.title,
        promise="" if check_in else right.title,
        who="The officer in the case" if clock.owed_by == OwedBy.OFFICER else "A supervisor",
        status="Overdue" if view.state == ClockState.OVERDUE else view.status,
        colour=view.colour,
        due=view.due,
        done=_done(clock, late=view.late),
        recorded=()
        if check_in
        else tuple({"key": q, "value": words} for q, words in readable_evidence(clock, private=False)),
        why=clock.not_applicable_reason or view.why if clock.not_applicable else "",
        href=reverse("victims:duty", args=[clock.key]) if clock.pk in open_to else "",
        is_open=view.is_open,
    )


def _done(clock, *, late):
    if not clock.met_at:
        return ""
    who = clock.met_by
    words = f"At {moment(clock.met_at)}, by {f'{who.rank_or_grade} {who.name}'.strip()}"
    return f"{words}. That was after the limit, and stays on record." if late else words


def _adjustments(rows):
    """What the person let their manager read about work, newest first: not who asked, nor what else was said."""
    said = [row for row in rows if row.family == Family.CHECK_IN and row.met_at]
    for row in sorted(said, key=lambda row: row.met_at, reverse=True):
        for _, words in readable_evidence(row, private=False):
            yield {"key": short_day(timezone.localdate(row.met_at)), "value": words}
