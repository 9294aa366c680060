"""What is late under the Victims' Code and the assault plan, for an inspector and the single point of contact."""

from collections import defaultdict

from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from campion import audit
from campion.roles import Role
from victims.models import Clock
from victims.reading.late import row_of, rows_for
from victims.views._common import unknown

ROWS = 50


@require_safe
def late(request):
    """List late steps of one's units, the longest late first: by reference, without content or name."""
    if not request.user.plays(Role.INSPECTOR, Role.SPOC):
        unknown(request, "list_late", "late")
    today = timezone.localdate()
    page = Paginator(rows_for(request.user, on=today), ROWS).get_page(request.GET.get("page"))
    found = list(page.object_list)
    context = {"page": page, "rows": [row_of(values, on=today) for values in found]}
    response = TemplateResponse(request, "victims/late.html", context).render()
    people = defaultdict(list)
    for values in found:
        key = values["referral__person"]
        people[values["referral__assault__incident__reference"]].extend([key] if key else [])
    audit.seen_each("list_late", by=request.user, object_type="incident", objects=people, facets=["core"])
    return response


def waiting(user) -> int:
    """How many late steps this inspector or single point of contact is told of."""
    return Clock.objects.late_in_units_of(user, on=timezone.localdate()).count()
