"""`/home/`: leads each person to where their work is; with several places or none, says what waits and where."""

from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from campion import context, middleware
from campion.accounts import is_safe_path
from campion.roles import Role

NOTHING_HERE = {
    Role.INSPECTOR: "Reports stay with their supervisors. Nothing has been passed to you as late.",
    Role.SPOC: "Reports stay with their supervisors. Nothing has been passed to you as late.",
    Role.WELFARE: "No offer of support waits for you.",
    Role.HEALTH_SAFETY: (
        "Campion opens no report to you. What a RIDDOR report needs, ask of the supervisor of the person hurt."
    ),
    Role.OCCUPATIONAL_HEALTH: (
        "Campion opens no report to you. Whoever was exposed to blood or saliva comes to you, or their supervisor does."
    ),
    Role.WITNESS_CARE: "Campion opens no report to you. Hearings are arranged with the officer in the case.",
    Role.PCC: (
        "No figures have been released yet. Figures reach the Commissioner’s office as releases, after a check that "
        "nobody can be recognised in them. Records about people never do."
    ),
    Role.EDITOR: "There is no campaign page to edit. You see no reports, and no figures that are not released.",
    Role.ADMINISTRATOR: (
        "You see no reports. People, units and roles are entered by whoever runs Campion for your force: "
        "tell them who comes, who goes and who changes role."
    ),
    Role.GOVERNANCE: "You see the content of no report. Nothing waits for your decision.",
    Role.API_CLIENT: "This sign-in belongs to another system. No page here is meant for it.",
}
"""What to say to somebody whose role has no place of work of its own: what is so, and what they may do."""


@require_safe
def home(request):
    """Go to the one place of work, or show them all; first of all to where a second factor was asked for.

    Where there is something to ask, the page stays for once, with the question below the work.
    """
    path = request.session.pop(middleware.AFTER_ENROLMENT, "")
    if is_safe_path(path) and path != request.path:
        return redirect(path)
    user = request.user
    entries = context.places_of_work_for(user)
    served = {role for entry in entries for role in entry.roles}
    rows = user.memberships.in_force(timezone.localdate()).select_related("unit").order_by("unit__path", "pk")
    memberships = [row for row in rows if row.role != Role.REPORTER]
    unserved = [role for role in dict.fromkeys(row.role for row in memberships) if role not in served]
    questions = [asked for question in context.QUESTIONS if (asked := question(request))]
    if len(entries) == 1 and not unserved and not questions:
        return redirect(entries[0].href())
    places = []
    for entry in entries:
        count = entry.waiting(user) if entry.waiting else None
        status, colour = ("", None) if count is None else ("Nothing waiting", None)
        if count:
            status, colour = f"{count} waiting", "blue"
        places.append(
            {"title": entry.text, "href": entry.href(), "hint": entry.hint, "status": status, "colour": colour}
        )
    return TemplateResponse(
        request,
        "home.html",
        {
            "places": places,
            "questions": questions,
            "roles": [f"{row.get_role_display()}, {row.unit.name}" for row in memberships],
            "nothing_here": [
                {"role": Role(role).label, "words": NOTHING_HERE[role]} for role in unserved if role in NOTHING_HERE
            ],
        },
    )
