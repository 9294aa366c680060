"""Say how many of what the demonstration holds."""

from django.db.models import Count, F, Q
from django.utils import timezone

from campion.models import User
from demo.people import FORCE
from reports.models import Assault, Incident, Kind, Task
from victims.models import Clock, Referral


def summary() -> list[str]:
    """Give a few lines of counts, for whoever made it."""
    incidents = Incident.objects.filter(force__code=FORCE)
    states = dict(incidents.order_by().values_list("status").annotate(n=Count("pk")))
    kinds = dict(
        Assault.objects.counted()
        .filter(incident__force__code=FORCE)
        .order_by()
        .values_list("kind")
        .annotate(n=Count("pk"))
    )
    offers = dict(Referral.objects.filter(force__code=FORCE).order_by().values_list("state").annotate(n=Count("pk")))
    clocks = Clock.objects.filter(referral__force__code=FORCE)
    met, today = clocks.filter(met_at__isnull=False), timezone.localdate()
    met_late = met.filter(Q(due_at=None, due_on__lt=F("met_at__date")) | Q(due_at__lt=F("met_at"))).count()
    ended_late = clocks.filter(due_on__lt=F("not_applicable_at__date")).count()
    return [
        f"{User.objects.filter(force__code=FORCE).count()} invented people.",
        f"{sum(kinds.values())} assaults counted: {_list(kinds, dict(Kind.choices))}.",
        f"{sum(states.values())} reports: {_list(states, dict(Incident.Status.choices))}.",
        f"{incidents.filter(quick_log=True).count()} of them are entries of the 20-second log, "
        f"{incidents.filter(restricted=True).count()} are closed to all but a list.",
        f"{sum(offers.values())} offers of support: {_list(offers, dict(Referral.State.choices))}.",
        f"{clocks.running().count()} clocks run, {clocks.running().filter(due_on__lt=today).count()} of them late.",
        f"{met.count()} were met, {met_late} of them late; {ended_late} ended late in another way.",
        f"{Task.objects.open().filter(incident__force__code=FORCE).count()} tasks are open.",
    ]


def _list(counts, names):
    return ", ".join(f"{counts[code]} {names[code].lower()}" for code in names if counts.get(code))
