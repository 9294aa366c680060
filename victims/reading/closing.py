"""What still stands open in a case: why it cannot be closed yet, a line for each."""

from dataclasses import dataclass

from victims.models import Clock, Entitlement, OnwardReferral, Referral
from victims.reading.words import long_day, moment

OwedBy = Entitlement.OwedBy

BY_WHOM = {
    OwedBy.OFFICER: "the officer in the case",
    OwedBy.WELFARE: "the welfare desk",
    OwedBy.WITNESS_CARE: "witness care",
    OwedBy.SUPERVISOR: "the supervisor",
    OwedBy.OCCUPATIONAL_HEALTH: "occupational health",
    OwedBy.GOVERNANCE: "information governance",
}


@dataclass(frozen=True)
class StillOpen:
    """One thing that keeps a case open: what it is, and what would end it. `key` is the duty's, for one of the desk."""

    what: str
    ends: str
    key: str = ""

    def __str__(self):
        return f"{self.what}: {self.ends}"


def still_open(referral: Referral) -> list[StillOpen]:
    """Give what is owed and open, in the order of its days: duties, referrals to services, appointments. Three queries.

    What the court, the prosecution service or the person themself owes closes no door: it goes on after the case.
    """
    lines = []
    running = Clock.objects.running().filter(referral=referral).exclude(owed_by__in=Entitlement.ELSEWHERE)
    fields = ("key", "entitlement__title", "owed_by", "due_on")
    for key, title, owed_by, due_on in running.order_by("due_on", "entitlement__order", "pk").values_list(*fields):
        by_when = f", by {long_day(due_on)}" if due_on else ", and has no date yet"
        mine = str(key) if owed_by in (OwedBy.WELFARE, OwedBy.OCCUPATIONAL_HEALTH) else ""
        lines.append(StillOpen(title, f"{BY_WHOM[owed_by]} owes it{by_when}", mine))
    onward = referral.onward.filter(state__in=OnwardReferral.OPEN).order_by("sent_at", "pk")
    for name, state in onward.values_list("service__name", "state"):
        lines.append(StillOpen(f"Referral to {name}", WAITS_FOR[state]))
    for meets_at in referral.appointments.filter(attended="").order_by("meets_at").values_list("meets_at", flat=True):
        lines.append(StillOpen(f"Appointment at {moment(meets_at)}", "say whether it took place, or cancel it"))
    return lines


WAITS_FOR = {
    OnwardReferral.State.SENT: "the service has not said that it has it",
    OnwardReferral.State.RECEIVED: "the service has not said yes or no",
    OnwardReferral.State.ACCEPTED: "the service still works on it; end it with what came of it",
}
