"""What still stands open in a case: why it cannot be closed yet, a line for each."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from victims.models import Appointment, Clock, Entitlement, OnwardReferral, Referral
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
    """Give what is owed and open, in the order of its days: duties, referrals to services, appointments. One query.

    What the court, the prosecution service or the person themself owes closes no door: it goes on after the case.
    """
    case = OuterRef("pk")
    running = Clock.objects.running().filter(referral=case).exclude(owed_by__in=Entitlement.ELSEWHERE)
    running = running.order_by("due_on", "entitlement__order", "pk")
    sent = OnwardReferral.objects.filter(referral=case, state__in=OnwardReferral.OPEN).order_by("sent_at", "pk")
    ahead = Appointment.objects.filter(referral=case, attended="").order_by("meets_at")
    duties, services, meetings = (
        Referral.objects.filter(pk=referral.pk)
        .values_list(
            _as_rows(running, key="key", title="entitlement__title", owed_by="owed_by", due_on="due_on"),
            _as_rows(sent, name="service__name", state="state"),
            _as_rows(ahead, meets_at="meets_at"),
        )
        .get()
    )
    return [
        *(_duty(**duty) for duty in duties),
        *(StillOpen(f"Referral to {service['name']}", WAITS_FOR[service["state"]]) for service in services),
        *(_meeting(**meeting) for meeting in meetings),
    ]


def _as_rows(rows, **columns):
    return ArraySubquery(rows.values(one=JSONObject(**columns)))


def _duty(key, title, owed_by, due_on):
    by_when = f", by {long_day(date.fromisoformat(due_on))}" if due_on else ", and has no date yet"
    mine = key if owed_by in (OwedBy.WELFARE, OwedBy.OCCUPATIONAL_HEALTH) else ""
    return StillOpen(title, f"{BY_WHOM[owed_by]} owes it{by_when}", mine)


def _meeting(meets_at):
    when = moment(datetime.fromisoformat(meets_at))
    return StillOpen(f"Appointment at {when}", "say whether it took place, or cancel it")


WAITS_FOR = {
    OnwardReferral.State.SENT: "the service has not said that it has it",
    OnwardReferral.State.RECEIVED: "the service has not said yes or no",
    OnwardReferral.State.ACCEPTED: "the service still works on it; end it with what came of it",
}
