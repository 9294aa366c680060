"""`/dashboard/pack/<period>/`: one page to print for the scrutiny panel, from one quarter's release."""

from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from campion.chosen import NotAChoice, choices_in
from figures import panels, reading
from figures.models import as_published
from figures.views import _outside, dashboard
from figures.views._outside import Place
from figures.views._quality import implausible

PANELS = ("kinds", "areas", "hurt", "contact", "offers")
"""What fits on one page, in this order; the trend stands above them."""


@require_safe
def pack(request, code):
    """Show one quarter on one page: headline, trend, five small tables, and what to ask."""
    force_code = dashboard.force_of(request, "look", f"pack/{code}")
    try:
        choices_in(request)
    except NotAChoice as refusal:
        return _outside.not_a_choice(request, refusal)
    with as_published():
        rows = reading.listed(force_code)
        row = next((row for row in reading.standing(rows) if row.period.code == code), None)
        if row is None or not row.period.quarter:
            raise Http404
        before = reading.quarters_before(row, rows)
        releases = reading.read([row], before)
        drawn = reading.charts([row.key])
    shown = releases[row.key]
    place = Place(dashboard.files_of(shown))
    others, moved = [releases[other.key] for other in before], reading.moved_since(row, rows)
    values = [_outside.panel_values(panels.BY_NAME[name], shown, drawn, place) for name in PANELS]
    context = {
        "about": _outside.about(shown, [other for other in rows if other.period == row.period], dashboard.address),
        "headline": _outside.headline(shown),
        "trend": _outside.trend_values(shown, others, drawn, place, moved=moved),
        "panels": [value for value in values if value],
        "rates": _outside.rates(shown),
        "implausible": implausible(shown),
        "held": _outside.held(shown),
        "back": f"{reverse('figures:dashboard')}?release={shown.name}",
    }
    response = TemplateResponse(request, "figures/pack.html", context).render()
    dashboard.looked(request, shown)
    return response
