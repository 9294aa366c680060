"""What pages are given in place of rows: made from the facets that this person may read, in words (docs/access.md)."""

from victims.reading.desk import DESK_FIELDS, DeskRow, desk_rows
from victims.reading.directory import Services, ServiceView, services_for
from victims.reading.looks import DESK, looks
from victims.reading.own import (
    AppointmentView,
    CaseCard,
    ContactView,
    OnwardView,
    OwnCase,
    appointments_of,
    cards,
    contacts_of,
    history_of,
    names_of,
    own_case,
    own_row,
    services_told,
    title_of,
)
from victims.reading.queue import QueueView, queue_view
from victims.reading.rights import FAMILIES, Rights, RightView, right_view, rights_of
from victims.reading.words import Event, long_day, moment

__all__ = [
    "DESK",
    "DESK_FIELDS",
    "FAMILIES",
    "AppointmentView",
    "CaseCard",
    "ContactView",
    "DeskRow",
    "Event",
    "OnwardView",
    "OwnCase",
    "QueueView",
    "RightView",
    "Rights",
    "ServiceView",
    "Services",
    "appointments_of",
    "cards",
    "contacts_of",
    "desk_rows",
    "history_of",
    "long_day",
    "looks",
    "moment",
    "names_of",
    "own_case",
    "own_row",
    "queue_view",
    "right_view",
    "rights_of",
    "services_for",
    "services_told",
    "title_of",
]
