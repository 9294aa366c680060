"""A supervisor's queue, and the late duties of an inspector or single point of contact: small rows, no content."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Paginator
from django.db.models import Count, Exists, Min, OuterRef, Q, Subquery, Sum
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from campion import audit
from campion.chosen import period_choices
from campion.models import Unit
from campion.months import chosen, periods
from campion.roles import Role
from campion.working_days import london_date
from reports import reading
from reports.desk_figures import happened_in
from reports.models import Assault, Footage, Incident, Kind, Task

ROWS = 50
LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Tab:
    """One list of the queue: its words, which reports, the order it starts in and the orders it offers.

    `sorts` names the column behind each key, and the index that serves it (a test holds that each exists).
    """

    key: str
    text: str
    heading: str
    empty: str
    hint: str
    condition: Q
    start: str
    sorts: dict[str, tuple[str, str]]


_DAY = ("occurred_from", "incident_by_unit_and_day")
TABS = {
    tab.key: tab
    for tab in (
        Tab(
            "submitted", "To review", "Reports to review", "No reports are waiting for you.",
            "New reports of your units appear here, the oldest first.",
            Q(status="submitted", quick_log=False), "submitted",
            {"submitted": ("submitted_at", "incident_queue"), "occurred": _DAY},
        ),
        Tab(
            "duties", "Overdue", "Overdue contact", "Nothing is overdue.",
            "Somebody who was assaulted should hear from a supervisor before the end of their shift.",
            Q(), "due", {"due": ("due_at", "task_open_by_unit")},
        ),
        Tab(
            "returned", "Returned", "Returned for changes", "No report is out for changes.",
            "A report that you return stands here until it is submitted again.",
            Q(status="returned"), "returned",
            {"returned": ("returned_at", "incident_returned"), "occurred": _DAY},
        ),
        Tab(
            "accepted", "Accepted", "Accepted in the last 30 days", "No report was accepted in the last 30 days.", "",
            Q(status="accepted", quick_log=False), "-accepted",
            {"accepted": ("accepted_at", "incident_accepted"), "occurred": _DAY},
        ),
        Tab(
            "log", "Abuse log", "Log of verbal abuse", "Nobody in your units has logged verbal abuse.",
            "Entries of the 20-second log. Each can become a full report.",
            Q(quick_log=True, status__in=["submitted", "accepted"]), "-occurred", {"occurred": _DAY},
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One report in the queue: what it takes to choose which to open, and nothing about anybody."""

    reference: str
    href: str
    kinds: tuple[str, ...]
    people: int
    occurred_from: datetime
    moved_at: datetime
    age: str
    due_at: datetime | None
    overdue: bool
    restricted: bool
    unit: str
    footage_on: date | None
    """When footage that nobody keeps is deleted, if that is within a few days."""


@dataclass(frozen=True)
class DutyRow:
    """Something owed and late, by reference."""

    reference: str
    href: str
    what: str
    unit: str
    due_at: datetime
    late: str


class _CountedPaginator(Paginator):
    """A paginator that is told how many rows there are, when the page has counted them already."""

    def __init__(self, *args, known=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.known = known

    @cached_property
    def count(self):
        return super().count if self.known is None else self.known


@require_safe
def queue(request):
    """Show a supervisor what waits in their own units: five lists, each with filters and orders in the address."""
    user, at = request.user, timezone.now()
    if not user.plays(Role.SUPERVISOR) and not _is_named_reader(user):
        audit.refused("list", by=user, object_type="queue")
        raise Http404
    mine = Incident.objects.reviewed_by(user)
    tab = TABS.get(request.GET.get("tab", ""), TABS["submitted"])
    units = _units_of(user)
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else ""
    unit = next((row for row in units if str(row.pk) == request.GET.get("unit", "")), None)
    offered = periods(london_date(at))
    period = chosen(request.GET.get("period", ""), offered)
    sort = request.GET.get("sort", "")
    sort = sort if sort.removeprefix("-") in tab.sorts else tab.start
    counts = _counts(mine, at)
    if tab.key == "duties":
        rows = _overdue(user, at, sort, kind, unit, period)
    else:
        rows = _reports(mine, at, tab, sort, kind, unit, period)
    known = None if kind or unit or period else counts[tab.key]
    page = _CountedPaginator(rows, ROWS, known=known).get_page(request.GET.get("page"))
    found = list(page.object_list)
    if tab.key == "duties":
        shown = [_duty_row(row, at) for row in found]
        subjects = {row.incident.reference: [row.assault.person_id] for row in found}
    else:
        shown = [_row(row, tab, at) for row in found]
        subjects = {row.reference: row.people_ids for row in found}
    context = {
        "tab": tab,
        "heading": "Accepted" if period and tab.key == "accepted" else tab.heading,
        "tabs": [
            {"key": other.key, "text": other.text, "count": counts[other.key], "current": other is tab}
            for other in TABS.values()
        ],
        "rows": shown,
        "page": page,
        "sort": sort,
        "summary": _summary(tab, page.paginator.count, sort, kind, unit, period),
        "kinds": Kind.choices,
        "kind": kind,
        "units": units,
        "unit": unit,
        "periods": period_choices(offered),
        "period": period.code if period else "",
        "filtered": bool(kind or unit or period),
        "figures": user.plays(Role.SUPERVISOR),
        "moved": {"returned": "Returned", "accepted": "Accepted"}.get(tab.key, "Submitted"),
        "moved_sort": {"returned": "returned", "accepted": "accepted"}.get(tab.key, "submitted"),
        "sorts": tab.sorts,
    }
    response = TemplateResponse(request, "reports/queue.html", context)
    response.render()
    people = {reference: [key for key in keys if key] for reference, keys in subjects.items()}
    audit.seen_each("list", by=user, object_type="incident", objects=people, facets=["core"])
    return response


def _is_named_reader(user):
    return Incident.objects.reviewed_by(user).filter(is_named_reader=True).exists()


def _units_of(user):
    reach = user.reach.get(Role.SUPERVISOR, frozenset())
    return list(Unit.objects.filter(pk__in=reach, until_on=None).order_by("path")) if len(reach) > 1 else []


def _counts(mine, at):
    conditions = {key: Count("pk", filter=tab.condition) for key, tab in TABS.items() if key != "duties"}
    conditions["accepted"] = Count("pk", filter=TABS["accepted"].condition & Q(accepted_at__gte=at - LATELY))
    late = Task.objects.overdue(at=at).filter(incident=OuterRef("pk"), kind=Task.Kind.FIRST_CONTACT)
    late = late.order_by().values("incident").annotate(number=Count("pk")).values("number")
    rows = mine.annotate(late=Subquery(late)).aggregate(**conditions, duties=Sum("late"))
    return {key: number or 0 for key, number in rows.items()}


def _reports(mine, at, tab, sort, kind, unit, period):
    rows = mine.filter(tab.condition)
    if period:
        rows = rows.filter(happened_in(period))
    elif tab.key == "accepted":
        rows = rows.filter(accepted_at__gte=at - LATELY)
    if unit:
        rows = rows.filter(unit__path__startswith=unit.path)
    assaults = Assault.objects.filter(incident=OuterRef("pk")).order_by("position")
    if kind:
        rows = rows.filter(Exists(assaults.order_by().filter(conducts__kind=kind)))
    due = Task.objects.open().filter(incident=OuterRef("pk"), kind=Task.Kind.FIRST_CONTACT).order_by()
    column = tab.sorts[sort.removeprefix("-")][0]
    down = sort.startswith("-")
    return (
        rows.select_related("unit")
        .only(
            "reference", "restricted", "occurred_from", "submitted_at", "returned_at", "accepted_at", "unit__name",
            "status",
        )
        .annotate(
            kinds_of=ArraySubquery(assaults.values("kind")),
            people_ids=ArraySubquery(assaults.values("person_id")),
            footage_on=Subquery(_footage_ending(at).values("deleted_on")[:1]),
            next_due=Subquery(due.values("incident").annotate(first=Min("due_at")).values("first")),
        )
        .order_by(f"-{column}" if down else column, "-id" if down else "id")
    )  # fmt: skip


def _overdue(user, at, sort, kind, unit, period):
    rows = Task.objects.overdue(at=at).filter(kind=Task.Kind.FIRST_CONTACT).reviewed_by(user)
    if period:
        rows = rows.filter(happened_in(period, "incident__"))
    if kind:
        rows = rows.filter(Exists(Assault.objects.filter(pk=OuterRef("assault"), conducts__kind=kind)))
    if unit:
        rows = rows.filter(unit__path__startswith=unit.path)
    rows = rows.select_related("incident", "assault", "unit").only(
        "kind", "due_at", "incident__reference", "assault__person_id", "assault__position", "unit__name"
    )
    down = sort.startswith("-")
    return rows.order_by("-due_at" if down else "due_at", "-id" if down else "id")


def _row(row, tab, at):
    moved = {"returned": row.returned_at, "accepted": row.accepted_at}.get(tab.key) or row.submitted_at
    order = list(Kind.values)
    kinds = sorted({kind for kind in row.kinds_of if kind}, key=order.index)
    return Row(
        reference=row.reference,
        href=reverse("reports:report", args=[row.reference]),
        kinds=tuple(str(Kind(kind).label) for kind in kinds),
        people=len(row.kinds_of),
        occurred_from=row.occurred_from,
        moved_at=moved,
        age=reading.span(at - moved),
        due_at=row.next_due,
        overdue=bool(row.next_due and row.next_due < at),
        restricted=row.restricted,
        unit=row.unit.name,
        footage_on=row.footage_on,
    )


def _footage_ending(at):
    """Footage of an incident that is deleted within a few days and kept by nobody, the first first."""
    today = london_date(at)
    soon = (today, today + reading.FOOTAGE_URGENT)
    rows = Footage.objects.filter(incident=OuterRef("pk"), kept_as_evidence=False, deleted_on__range=soon)
    return rows.order_by("deleted_on")


def _duty_row(row, at):
    return DutyRow(
        reference=row.incident.reference,
        href=reverse("reports:report", args=[row.incident.reference]),
        what=row.get_kind_display(),
        unit=row.unit.name,
        due_at=row.due_at,
        late=reading.span(at - row.due_at),
    )


_ORDERS = {
    "submitted": "the oldest first",
    "-submitted": "the newest first",
    "returned": "the longest out first",
    "-returned": "the newest first",
    "accepted": "the oldest first",
    "-accepted": "the newest first",
    "occurred": "by when it happened, the earliest first",
    "-occurred": "by when it happened, the latest first",
    "due": "the longest overdue first",
    "-due": "the longest overdue last",
}


def _summary(tab, count, sort, kind, unit, period):
    """Say what the list shows, for whoever cannot see that it changed."""
    noun = "person" if tab.key == "duties" else "report" if tab.key != "log" else "entry"
    plural = {"person": "people", "report": "reports", "entry": "entries"}[noun]
    words = f"{count} {noun if count == 1 else plural}"
    if kind:
        words += f", any mention of {Kind(kind).label.lower()}"
    if unit:
        words += f", {unit.name}"
    if period:
        words += f", {period.span}"
    return f"{words}, {_ORDERS[sort]}" if count > 1 else words


# Late duties ---------------------------------------------------------------------------------------------------------


@require_safe
def duties(request):
    """Show an inspector or single point of contact which contact is late: reference, unit, duty, due; no content."""
    user, at = request.user, timezone.now()
    if not user.plays(Role.INSPECTOR, Role.SPOC):
        audit.refused("list_duties", by=user, object_type="queue")
        raise Http404
    rows = (
        Task.objects.overdue(at=at)
        .looked_after_by(user)
        .select_related("incident", "assault", "unit")
        .only("kind", "due_at", "incident__reference", "assault__person_id", "unit__name")
        .order_by("due_at", "id")
    )
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    found = list(page.object_list)
    shown = [
        DutyRow(row.incident.reference, "", _DUTY_WORDS[row.kind], row.unit.name, row.due_at,
                reading.span(at - row.due_at))
        for row in found
    ]  # fmt: skip
    response = TemplateResponse(request, "reports/duties.html", {"rows": shown, "page": page})
    response.render()
    people = {}
    for row in found:
        people.setdefault(row.incident.reference, []).extend(key for key in [row.assault.person_id] if key)
    audit.seen_each("list_duties", by=user, object_type="incident", objects=people, facets=["core"])
    return response


_DUTY_WORDS = {
    Task.Kind.FIRST_CONTACT: "A supervisor speaks to the person assaulted in the same shift",
    Task.Kind.ESCALATION: "Not spoken to within 24 hours: an inspector looks into it",
}


def waiting(user) -> int:
    """How many reports wait for this supervisor."""
    return Incident.objects.reviewed_by(user).filter(TABS["submitted"].condition).count()


def late(user) -> int:
    """How many late duties this inspector or single point of contact is told of."""
    return Task.objects.overdue(at=timezone.now()).looked_after_by(user).count()
