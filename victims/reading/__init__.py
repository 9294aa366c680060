"""What pages are given in place of rows: made from the facets that this person may read, in words (docs/access.md)."""

from victims.reading.desk import DESK_FIELDS, DeskRow, desk_rows
from victims.reading.looks import DESK
from victims.reading.own import ReferralView, short_views, view_of
from victims.reading.services import Services, ServiceView, services_for
from victims.reading.words import Event, long_day

__all__ = [
    "DESK",
    "DESK_FIELDS",
    "DeskRow",
    "Event",
    "ReferralView",
    "ServiceView",
    "Services",
    "desk_rows",
    "long_day",
    "services_for",
    "short_views",
    "view_of",
]
