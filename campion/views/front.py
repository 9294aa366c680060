"""The pages that anybody may read: the front page, help, accessibility and privacy."""

from django.contrib.auth.decorators import login_not_required
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def front(request):
    """Show what this service is, help that is there now, and the way in."""
    return TemplateResponse(request, "front.html")


@login_not_required
@require_safe
def support(request):
    """Show who helps now, and how to use the service."""
    return TemplateResponse(request, "help.html")


@login_not_required
@require_safe
def accessibility(request):
    """Show the accessibility statement."""
    return TemplateResponse(request, "accessibility.html")


@login_not_required
@require_safe
def privacy(request):
    """Show what is kept about whom, why, for how long, and who reads it."""
    return TemplateResponse(request, "privacy.html")
