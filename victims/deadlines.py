"""When something is owed, and how that stands today: pure (docs/rules.md, Time).

A limit is counted in working days from what starts it: day 0 is the London date of the trigger, whatever the hour.
Limits are given, as rows have them; holidays are given, as a Calendar. What was computed is kept with both editions.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from campion.working_days import BeyondTheCalendar, Calendar, london_date, working_days_after

ASK_AGAIN_AFTER = timedelta(days=7)
"""When somebody said "later" and no day: the seventh day, the fourth of the default check-ins."""


class ClockState(StrEnum):
    """How a clock stands."""

    DUE = "due"
    OVERDUE = "overdue"
    MET = "met"
    NOT_APPLICABLE = "not applicable"
    NO_DATE = "no date yet"


@dataclass(frozen=True)
class Limit:
    """A limit as a row of entitlements has it: which edition, which right, how many working days."""

    edition: str
    code: str
    working_days: int

    @property
    def rule_edition(self) -> str:
        """A name for the rule, stored with each clock that it made."""
        return f"{self.edition} {self.code}: {self.working_days}"


@dataclass(frozen=True)
class Deadline:
    """What a clock is given once and keeps. No date and no calendar where the known holidays end before the limit."""

    started_at: datetime
    working_days: int
    due_on: date | None
    calendar_edition: str
    rule_edition: str


def deadline(started_at: datetime, limit: Limit, calendar: Calendar) -> Deadline:
    """Give the date by which something is owed.

    A limit beyond the known holidays has no date: it is neither guessed nor a reason to refuse anybody (docs/adr).

    :param started_at: the moment of the trigger, with its zone
    :raises ValueError: for a time without a zone, or a limit below one working day
    """
    try:
        due_on, calendar_edition = due_date(started_at, limit.working_days, calendar), calendar.edition
    except BeyondTheCalendar:
        due_on, calendar_edition = None, ""
    return Deadline(started_at, limit.working_days, due_on, calendar_edition, limit.rule_edition)


def due_date(started_at: datetime, working_days: int, calendar: Calendar) -> date:
    """Give the London date on which the limit ends; the whole of that day is still in time.

    :raises BeyondTheCalendar: if the known holidays do not reach the trigger or the limit
    """
    start = london_date(started_at)
    calendar.is_working_day(start)  # a trigger outside the known years is refused too
    return working_days_after(start, working_days, calendar)


def clock_state(*, due_on: date | None, met: bool, not_applicable: bool, today: date) -> ClockState:
    """Say how a clock stands on a London date."""
    if met:
        return ClockState.MET
    if not_applicable:
        return ClockState.NOT_APPLICABLE
    if due_on is None:
        return ClockState.NO_DATE
    return ClockState.OVERDUE if today > due_on else ClockState.DUE


def was_late(due_on: date | None, ended_at: datetime | None) -> bool:
    """Whether a clock had passed its limit when it was met or ceased to apply: that stays true for ever."""
    return bool(due_on and ended_at and london_date(ended_at) > due_on)
