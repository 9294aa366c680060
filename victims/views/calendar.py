"""For an administrator: how far the bank holidays are known, and the offers that wait for a date because they end."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from campion.roles import Role
from victims import actions
from victims.calendars import england_and_wales
from victims.models import Clock
from victims.views._common import page, unknown


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request):
    """Show the last year whose bank holidays are known, and set the dates that waited for more. A count, no case."""
    if not request.user.plays(Role.ADMINISTRATOR):
        unknown(request, "calendar", "calendar")
    if request.method == "POST":
        dated = actions.date_waiting_clocks(by=request.user, at=timezone.now())
        messages.success(request, f"{dated} date{'' if dated == 1 else 's'} set.")
        return redirect("victims:calendar")
    known = england_and_wales()
    undated = Clock.objects.without_a_date().filter(referral__force=request.user.force_id)
    waiting = undated.values("referral").distinct().count()
    context = {"known": known if known.holidays else None, "days": len(known.holidays), "waiting": waiting}
    return page(request, "victims/calendar.html", context)
