"""The welfare desk: what waits, in the order of need, and nothing about anybody beyond the fields of its queue."""

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.utils import timezone
from django.views.decorators.http import require_safe

from campion.roles import Role
from victims import forms, reading
from victims.models import Referral
from victims.permissions import Facet
from victims.views._common import page, unknown

PAGE = 50
SORTS = {
    "urgency": ("-urgent", "due_on", "id"),
    "due": ("due_on", "id"),
    "offered": ("offered_at", "id"),
    "state": ("state", "due_on", "id"),
}
"""Each order has its index (Referral.Meta.indexes); backwards it is read from the other end."""


@require_safe
def desk(request):
    """List what the desk carries: filters and order in the address, 50 on a page."""
    if not request.user.plays(Role.WELFARE):
        unknown(request, "desk", reading.DESK)
    today = timezone.localdate()
    form, wanted = forms.DeskFilter.read(request.GET)
    carried = Referral.objects.on_desk(request.user)
    late = Q(state__in=Referral.WAITING, due_on__lt=today)
    counts = carried.waiting().aggregate(
        waiting=Count("pk"), urgent=Count("pk", filter=Q(urgent=True)), overdue=Count("pk", filter=late)
    )
    rows = _filtered(carried, wanted, today)
    shown = Paginator(rows.order_by(*order_of(request.GET.get("sort", ""))).values(*reading.DESK_FIELDS), PAGE)
    shown = shown.get_page(request.GET.get("page"))
    lines = list(shown.object_list)
    context = {
        "filter": form,
        "filtered": wanted != {"state": forms.DeskFilter.WAITING, "urgent": False, "overdue": False},
        "counts": counts,
        "page": shown,
        "rows": reading.desk_rows(lines, today=today),
        "sort": request.GET.get("sort", "") if _known(request.GET.get("sort", "")) else "urgency",
    }
    subjects = [line["person_id"] for line in lines if line["person_id"]]
    return page(request, "victims/desk.html", context, look=(reading.DESK, [Facet.QUEUE], subjects))


def _filtered(rows, wanted, today):
    if wanted["state"] == forms.DeskFilter.WAITING:
        rows = rows.waiting()
    elif wanted["state"] != forms.DeskFilter.ALL:
        rows = rows.filter(state=wanted["state"])
    if wanted["urgent"]:
        rows = rows.filter(urgent=True)
    if wanted["overdue"]:
        rows = rows.overdue(on=today)
    return rows


def _known(sort):
    return sort.removeprefix("-") in SORTS


def order_of(sort):
    """Give the columns of an order, as `key` or `-key`; urgency for one that is not known."""
    if not _known(sort):
        return SORTS["urgency"]
    columns = SORTS[sort.removeprefix("-")]
    if not sort.startswith("-"):
        return columns
    return tuple(column[1:] if column.startswith("-") else f"-{column}" for column in columns)
