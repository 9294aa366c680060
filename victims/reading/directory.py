"""The services open to somebody today, lines that answer at any hour first."""

from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject

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


FIELDS = (
    "name", "summary", "phone", "website", "independent", "round_the_clock", "family", "code", "checked", "review_on",
    "eligible",
)  # fmt: skip


def services_column(on) -> ArraySubquery:
    """Give, as a column of any row, the services of a London date: they stand on every page, and cost no query so."""
    rows = SupportService.objects.in_force(on).order_by("name")
    return ArraySubquery(rows.values(one=JSONObject(**{name: name for name in FIELDS})))


def services_for(worker_type, *, on, rows=None) -> Services:
    """Give the services open to somebody of this worker type on a London date: one query, or none.

    :param rows: what `services_column` gave, where a row of the page brought it along
    A line that answers at any hour is always there, and so is a way outside the force: if none is open to this worker
    type, those open to anybody are shown rather than nothing.
    """
    if rows is None:
        rows = list(SupportService.objects.in_force(on).order_by("name").values(*FIELDS))
    open_to_all = [_service_view(row) for row in rows]
    mine = [_service_view(row) for row in rows if worker_type in row["eligible"].split()]
    crisis = [view for view in mine if view.is_crisis_line] or [view for view in open_to_all if view.is_crisis_line]
    outside = [view for view in mine if view.independent and not view.is_crisis_line]
    inside = [view for view in mine if not view.independent]
    if not crisis and not outside:
        outside = [view for view in open_to_all if view.independent]
    return Services(crisis, outside, inside, [view for view in mine if view.family])


def _service_view(row):
    site = row["website"].removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    as_they_are = ("name", "summary", "phone", "website", "independent", "round_the_clock", "family", "code")
    review_on = row["review_on"]
    return ServiceView(
        **{name: row[name] for name in as_they_are},
        site=site,
        confirmed=row["checked"],
        review_on=date.fromisoformat(review_on) if isinstance(review_on, str) else review_on,
    )
