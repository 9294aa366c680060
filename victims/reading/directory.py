"""The services open to somebody today, lines that answer at any hour first."""

from dataclasses import dataclass
from datetime import date

from victims.models import SupportService

INDEPENDENT = "victim-support"
"""The service that is named above all others where it is open: it arranges support, and is no part of the force."""


@dataclass(frozen=True)
class ServiceView:
    """Somewhere to turn to."""

    name: str
    summary: str
    phone: str
    website: str
    site: str
    independent: bool
    round_the_clock: bool
    family: bool
    code: str = ""
    confirmed: bool = True
    review_on: date | None = None

    @property
    def is_crisis_line(self):
        """Whether somebody outside the force answers its telephone at any hour."""
        return bool(self.phone) and self.round_the_clock and self.independent


@dataclass(frozen=True)
class Services:
    """The services open to somebody: lines that answer at any hour, others outside the force, the force's own."""

    crisis: list[ServiceView]
    outside: list[ServiceView]
    inside: list[ServiceView]
    for_family: list[ServiceView]

    @property
    def independent(self):
        """A way outside the force that stands above all others: one that anybody may ring, at any hour if there is."""
        ways = [view for view in [*self.crisis, *self.outside] if view.phone and view.family]
        return next((view for view in ways if view.code == INDEPENDENT), next(iter(ways), None))

    @property
    def all(self):
        """Every service that is open to them."""
        return [*self.crisis, *self.outside, *self.inside]


def services_for(worker_type, *, on) -> Services:
    """Give the services open to somebody of this worker type on a London date: one query.

    A line that answers at any hour is always there, and so is a way outside the force: if none is open to this worker
    type, those open to anybody are shown rather than nothing.
    """
    rows = list(SupportService.objects.in_force(on).order_by("name"))
    open_to_all = [_service_view(row) for row in rows]
    mine = [_service_view(row) for row in rows if worker_type in row.eligible.split()]
    crisis = [view for view in mine if view.is_crisis_line] or [view for view in open_to_all if view.is_crisis_line]
    outside = [view for view in mine if view.independent and not view.is_crisis_line]
    inside = [view for view in mine if not view.independent]
    if not crisis and not outside:
        outside = [view for view in open_to_all if view.independent]
    return Services(crisis, outside, inside, [view for view in mine if view.family])


def _service_view(row):
    site = row.website.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    return ServiceView(
        name=row.name,
        summary=row.summary,
        phone=row.phone,
        website=row.website,
        site=site,
        independent=row.independent,
        round_the_clock=row.round_the_clock,
        family=row.family,
        code=row.code,
        confirmed=row.checked,
        review_on=row.review_on,
    )
