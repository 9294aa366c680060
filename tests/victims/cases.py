"""Short ways to an offer of support, all of them through a report that is submitted."""

from datetime import date

from campion.models import BankHoliday
from reports.models import Assault, Incident
from tests import world
from victims.models import Clock, Referral

MONDAY = world.MONDAY
DUE = date(2026, 12, 23)
"""Two working days after MONDAY."""


def offer_to(person, **draft) -> Referral:
    """Have this person report an assault on themself, and give the offer that comes of it."""
    incident = world.make_submitted_incident(person, **draft)
    return Referral.objects.get(assault__incident=incident, person=person)


def again(incident, *, by, at) -> Incident:
    """Announce another submission of the same report, as after a return."""
    from reports import events

    incident = Incident.objects.get(pk=incident.pk)
    events.incident_submitted.send(Incident, incident=incident, by=by, at=at)
    return incident


def merge(ends, stays, *, by, at):
    """Announce that two reports were one event, each person paired with themself."""
    from reports import events

    kept = {assault.person_id: assault for assault in stays.assaults.all()}
    pairs = [(assault, kept[assault.person_id]) for assault in ends.assaults.all() if assault.person_id in kept]
    events.incidents_merged.send(Incident, incident=stays, merged=ends, pairs=pairs, by=by, at=at)


def forget_holidays(nation="england-and-wales"):
    """Know no bank holidays, as an installation that was never filled."""
    BankHoliday.objects.filter(nation=nation).delete()


def assault_of(referral) -> Assault:
    return Assault.objects.get(referral=referral)


def fresh(referral) -> Referral:
    return Referral.objects.get(pk=referral.pk)


def clock_of(referral, code="referral") -> Clock:
    """The one clock of that entitlement; where several ran, the latest of them."""
    return Clock.objects.filter(referral=referral, entitlement__code=code).order_by("-started_at", "-pk")[0]


def clocks_of(referral, code="referral"):
    """Every clock of that entitlement, as it was started."""
    return Clock.objects.filter(referral=referral, entitlement__code=code).order_by("started_at", "pk")
