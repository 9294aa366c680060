"""Desk figures: exact counts of the reports that one person may review, for that person alone and never published.

Counted are submitted, returned and accepted reports (Incident.COUNTED), in the London month in which it happened. None
in which the person has a part or from which they are kept, as in their queue; and none that is kept to a few readers,
even for one of those few (security.md 2.3).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, CharField, Count, F, Q, Value, When
from django.db.models.functions import Coalesce, TruncMonth

from campion.local_time import LONDON
from campion.months import Period, month_label, month_of
from reports.models import Assault, Incident, Kind, Task

Status = Incident.Status
STANDS = {
    "submitted": Q(status=Status.SUBMITTED, quick_log=False),
    "returned": Q(status=Status.RETURNED),
    "accepted": Q(status=Status.ACCEPTED, quick_log=False),
    "log": Q(status__in=[Status.SUBMITTED, Status.ACCEPTED], quick_log=True),
}
"""How a counted report stands, one of these and no two: the lists of the queue that hold it, by their keys."""
ASSAULTS = (Kind.SEXUAL, Kind.PHYSICAL, Kind.SPITTING)
"""Kinds that are assaults; all others are abuse (docs/glossary.md)."""
HOUR = timedelta(hours=1)
WAITS = {"4": 4 * HOUR, "12": 12 * HOUR, "24": 24 * HOUR}
"""The bands of time from when police were told to the first word of a supervisor."""
LATER, TO_COME, OVERDUE = "later", "to-come", "overdue"
"""First contact that took longer than any band; that is not yet due; and that should have been made by now."""


@dataclass(frozen=True)
class Month:
    """What happened in one London month: reports, and in them people, each once a report."""

    label: str
    reports: int
    assaults: int
    abuse: int

    @property
    def people(self) -> int:
        """Everybody to whom something was done."""
        return self.assaults + self.abuse


@dataclass(frozen=True)
class DeskFigures:
    """What one person may know in numbers of the reports that they review, in one period.

    :ivar stands: the number of reports by how they stand (STANDS)
    :ivar kinds: the number of people by what was done to them
    :ivar contact: the number of people by how long they waited for a first word (WAITS, LATER, TO_COME, OVERDUE)
    :ivar in_time: of those spoken to, how many heard within the limit
    :ivar units: the number of reports by the name of the unit that reviews them, in the order of the directory
    """

    months: tuple[Month, ...]
    stands: Mapping[str, int]
    kinds: Mapping[str, int]
    contact: Mapping[str, int]
    in_time: int
    units: Mapping[str, int]

    @property
    def reports(self) -> int:
        """All reports that are counted."""
        return sum(self.stands.values())

    @property
    def spoken_to(self) -> int:
        """All people who heard from a supervisor."""
        return sum(number for wait, number in self.contact.items() if wait not in (TO_COME, OVERDUE))


def happened_in(period: Period, of: str = "") -> Q:
    """Give the condition under which an incident happened in a period, by the London clock.

    :param of: the way to the incident from the row that asks, such as "incident__"
    """
    return Q(**{f"{of}occurred_from__gte": period.starts_at, f"{of}occurred_from__lt": period.ends_at})


def figures_of(user, period: Period, *, at: datetime) -> DeskFigures:
    """Count what this person may review of a period, as it stands at a moment: three statements for any number."""
    reports = _by_month_stand_and_unit(user, period)
    people = _by_month_and_kind(user, period)
    contact = _by_wait(user, period, at)
    stands, units, kinds = Counter(), Counter(), Counter()
    reports_in, assaults_in, abuse_in = Counter(), Counter(), Counter()
    for month, stand, _, unit, number in reports:
        stands[stand] += number
        units[unit] += number
        reports_in[month] += number
    for month, kind, number in people:
        kinds[kind] += number
        (assaults_in if kind in ASSAULTS else abuse_in)[month] += number
    waits = Counter()
    for wait, _, number in contact:
        waits[wait] += number
    months = (Month(month_label(m), reports_in[m], assaults_in[m], abuse_in[m]) for m in period.months)
    in_time = sum(number for _, kept, number in contact if kept)
    return DeskFigures(tuple(months), stands, kinds, waits, in_time, units)


def _by_month_stand_and_unit(user, period):
    whens = (When(condition, then=Value(key)) for key, condition in STANDS.items())
    rows = (
        Incident.objects.reviewed_by(user)
        .counted()
        .filter(happened_in(period), restricted=False)
        .annotate(month=TruncMonth("occurred_from", tzinfo=LONDON), stand=Case(*whens, output_field=CharField()))
        .order_by("unit__path")
        .values_list("month", "stand", "unit__path", "unit__name")
        .annotate(number=Count("pk"))
    )
    return [(month_of(month), *rest) for month, *rest in rows]


def _by_month_and_kind(user, period):
    rows = (
        Assault.objects.reviewed_by(user)
        .counted()
        .filter(happened_in(period, "incident__"), incident__restricted=False)
        .annotate(month=TruncMonth("incident__occurred_from", tzinfo=LONDON))
        .order_by()
        .values_list("month", "kind")
        .annotate(number=Count("pk"))
    )
    return [(month_of(month), *rest) for month, *rest in rows]


def _by_wait(user, period, at):
    told = Coalesce("incident__police_told_at", "incident__submitted_at")
    wait = Case(
        When(done_at=None, due_at__lt=at, then=Value(OVERDUE)),
        When(done_at=None, then=Value(TO_COME)),
        *(When(done_at__lte=told + limit, then=Value(code)) for code, limit in WAITS.items()),
        default=Value(LATER),
        output_field=CharField(),
    )
    rows = (
        Task.objects.reviewed_by(user)
        .filter(Q(done_at__isnull=False) | Q(ended_at=None), kind=Task.Kind.FIRST_CONTACT)
        .filter(happened_in(period, "incident__"), incident__restricted=False)
        .filter(incident__status__in=Incident.COUNTED)
        .annotate(wait=wait, kept=Case(When(done_at__lte=F("due_at"), then=Value(True)), default=Value(False)))
        .order_by()
        .values_list("wait", "kept")
        .annotate(number=Count("pk"))
    )
    return list(rows)
