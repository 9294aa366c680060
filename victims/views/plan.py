"""The force's assault plan, for supervisors: each report's points, and the reports in which points are open."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.views.decorators.http import require_safe

from campion import audit
from campion.roles import Role
from reports.content import with_people
from reports.models import Incident
from victims.reading import plan as reading
from victims.views._common import page, unknown
from victims.views._duties import answer

PAGE = 50
LIST = "plan"
"""What stands in the audit log in place of a key when the list was looked at."""


def waiting(user) -> int:
    """Count the reports in which a point of the plan is overdue, for this person."""
    late = Q(due_on__lt=timezone.localdate()) | Q(due_at__lt=timezone.now())
    return reading.open_points(user).filter(late).aggregate(many=reading.HOW_MANY_REPORTS)["many"]


@require_safe
def plan_desk(request):
    """List the reports of this person's units in which points of the plan are open, the nearest limit first."""
    if not request.user.plays(Role.SUPERVISOR):
        unknown(request, "look_at_duties", LIST)
    now = timezone.now()
    rows = reading.reports_with_open_points(request.user, today=timezone.localdate(), now=now)
    shown = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"page": shown, "rows": [reading.plan_row(row) for row in shown.object_list]}
    return answer(request, "victims/plan_desk.html", context, look=(LIST, ["rights"], ()))


@require_safe
def plan(request, reference):
    """Show the plan of each person assaulted in a report that this person reviews."""
    rows = with_people(Incident.objects.visible_to(request.user)).filter(reference=reference)
    incident = rows.first()
    if incident is None or not incident.standing_of(request.user).reviews:
        audit.refused("look", by=request.user, object_type="incident", object_id=audit.hashed(reference))
        raise Http404
    people = reading.plan_of(request.user, incident, now=timezone.now())
    context = {
        "reference": incident.reference,
        "report_href": incident.get_absolute_url(),
        "happened_at": incident.occurred_from,
        "people": people,
        "back_href": incident.get_absolute_url(),
    }
    response = page(request, "victims/plan.html", context)
    audit.seen(
        "look_at_plan",
        by=request.user,
        object_type="incident",
        object_id=incident.reference,
        facets=["rights"],
        subject_ids=[part.person_id for part in incident.assaults.all() if part.person_id],
    )
    return response
