"""The pages that anybody may read: the front page, help, accessibility and privacy."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe


@dataclass(frozen=True)
class HelpLine:
    """Somebody to ring now. `source` says where the number was read, for whoever checks it next."""

    name: str
    number: str
    words: str
    source: str
    checked_on: str


EMERGENCY = HelpLine(
    "Emergency",
    "999",
    "You or a colleague are hurt or in danger now. For anything that can wait, call 101.",
    "gov.uk, Contact the police",
    "2026-11-22",
)

# Each stands outside every force: none of them tells an employer who rang.
HELP_NOW = (
    HelpLine(
        "Mental Health Crisis Line for policing",
        "0300 131 2789",
        "Day and night, for officers and staff in crisis. Run apart from policing: nothing goes to your force.",
        "Nottinghamshire Police Federation, 23 July 2025; oscarkilo.org.uk/crisis-line",
        "2026-11-22",
    ),
    HelpLine(
        "Samaritans",
        "116 123",
        "Day and night, free, for anyone, about anything. You need not give your name.",
        "samaritans.org",
        "2026-11-22",
    ),
    HelpLine(
        "Police Care UK",
        "0300 012 0030",
        "A charity for serving and former officers and staff harmed by policing, and for their families.",
        "policecare.org.uk",
        "2026-11-22",
    ),
    HelpLine(
        "Victim Support",
        "0808 168 9111",
        "Day and night, free. An independent charity for anyone affected by crime, reported or not.",
        "victimsupport.org.uk",
        "2026-11-22",
    ),
)


# What the privacy page tells, part by part: the retention defaults that each force signs off.
KEPT = tuple(
    {
        "what": what,
        "rows": [
            {"key": "Why", "value": why},
            {"key": "Who reads it", "value": who},
            {"key": "How long", "value": long},
        ],
    }
    for what, why, who, long in (
        ("Your unfinished report", "So that you can finish it", "You", "30 days after you last saved it"),
        (
            "The submitted report",
            "To investigate, and to keep people safe at work",
            "You, the person assaulted, and the supervisor of the unit",
            "Reviewed after 6 or 10 years, by kind of crime",
        ),
        (
            "Injury and treatment",
            "Health and safety law, and your care",
            "You. Your supervisor sees whether you were hurt, and no more; the welfare team, only whether it is urgent",
            "At least 3 years; longer after an exposure or a claim",
        ),
        (
            "The offer of support, and your choice",
            "Your rights as a victim of crime",
            "You and the welfare team",
            "2 years after it is closed",
        ),
        (
            "Who opened what, and when",
            "So that misuse is found",
            "You, for your own report; information governance",
            "As long as your force’s records rules say",
        ),
    )
)


@login_not_required
@require_safe
def front(request):
    """Show what this service is, help that is there now, and the way in."""
    return TemplateResponse(request, "front.html", {"emergency": EMERGENCY, "help_now": HELP_NOW})


@login_not_required
@require_safe
def help_page(request):
    """Show who helps now, and how to use the service."""
    return TemplateResponse(request, "help.html", {"emergency": EMERGENCY, "help_now": HELP_NOW})


@login_not_required
@require_safe
def accessibility(request):
    """Show the accessibility statement."""
    return TemplateResponse(request, "accessibility.html")


@login_not_required
@require_safe
def privacy(request):
    """Show what is kept about whom, why, for how long, and who reads it."""
    return TemplateResponse(request, "privacy.html", {"kept": KEPT})
