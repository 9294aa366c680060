"""The directory of services: open to this person, and to their family. Nobody learns that it was read."""

from django.urls import reverse
from django.views.decorators.http import require_safe

from victims.views._common import page


@require_safe
def services(request):
    """Show every service that is open to this person today, crisis lines first; nothing of this is in the log."""
    return page(request, "victims/services.html", {"back_href": reverse("victims:home")})
