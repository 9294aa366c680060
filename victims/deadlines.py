"""When something is owed, and how that stands today: pure (docs/rules.md, Time).

A limit is so many working days, days, hours or months from what starts it, or the end of a tour of duty. Working days
are counted from day 0, the London date of the trigger, whatever the hour; hours are counted as they pass, so that the
night on which the clocks change is neither longer nor shorter. Limits are given, as rows have them; holidays are given,
as a Calendar. What was computed is kept with both editions, and can be computed again from what was kept.
"""

import calendar as months
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from campion.working_days import BeyondTheCalendar, Calendar, london_date, working_days_after

ASK_AGAIN_AFTER = timedelta(days=7)
"""When somebody said "later" and no day: the seventh day, the fourth of the default check-ins."""

SAME_SHIFT = timedelta(hours=12)
"""How long a tour of duty lasts from the trigger when its end was not said (docs/rules.md)."""


class Unit(StrEnum):
    """What a limit is counted in."""

    WORKING_DAYS = "working-days"
    DAYS = "days"
    HOURS = "hours"
    MONTHS = "months"
    DUTY = "duty"


class ClockState(StrEnum):
    """How a clock stands."""

    DUE = "due"
    OVERDUE = "overdue"
    MET = "met"
    NOT_APPLICABLE = "not applicable"
    NO_DATE = "no date yet"


@dataclass(frozen=True)
class Limit:
    """A limit as a row of entitlements has it: which edition, which right, how much of which unit."""

    edition: str
    code: str
    amount: int
    unit: str = Unit.WORKING_DAYS

    @property
    def rule_edition(self) -> str:
        """A name for the rule, stored with each clock that it made."""
        return f"{self.edition} {self.code}: {self.amount} {self.unit}"


@dataclass(frozen=True)
class Deadline:
    """What a clock is given once and keeps. No date and no calendar where the known holidays end before the limit.

    `due_at` is set where the limit is a moment; then `due_on` is its London date.
    """

    started_at: datetime
    amount: int
    unit: str
    due_on: date | None
    due_at: datetime | None
    calendar_edition: str
    rule_edition: str


def deadline(
    started_at: datetime, limit: Limit, calendar: Calendar, *, end_of_duty: datetime | None = None
) -> Deadline:
    """Give the date, and for hours the moment, by which something is owed.

    A limit beyond the known holidays has no date: it is neither guessed nor a reason to refuse anybody (docs/adr).

    :param started_at: the moment of the trigger, with its zone
    :param end_of_duty: for a limit of one tour of duty, when that tour ends, if it was said
    :raises ValueError: for a time without a zone, or a limit that is none
    """
    due_on, due_at, edition = None, None, ""
    if limit.unit == Unit.WORKING_DAYS:
        with contextlib.suppress(BeyondTheCalendar):
            due_on, edition = due_date(started_at, limit.amount, calendar), calendar.edition
    elif limit.unit in (Unit.HOURS, Unit.DUTY):
        due_at = due_moment(started_at, limit, end_of_duty=end_of_duty)
        due_on, edition = london_date(due_at), EVERY_DAY
    elif limit.unit == Unit.DAYS:
        due_on, edition = london_date(started_at) + timedelta(days=limit.amount), EVERY_DAY
    elif limit.unit == Unit.MONTHS:
        due_on, edition = months_after(london_date(started_at), limit.amount), EVERY_DAY
    else:
        raise ValueError(f"{limit.unit} is not a unit of limits")
    return Deadline(started_at, limit.amount, limit.unit, due_on, due_at, edition, limit.rule_edition)


EVERY_DAY = "every day"
"""The calendar of limits for which weekends and holidays count."""


def due_date(started_at: datetime, working_days: int, calendar: Calendar) -> date:
    """Give the London date on which the limit ends; the whole of that day is still in time.

    :raises BeyondTheCalendar: if the known holidays do not reach the trigger or the limit
    """
    start = london_date(started_at)
    calendar.is_working_day(start)  # a trigger outside the known years is refused too
    return working_days_after(start, working_days, calendar)


def due_moment(started_at: datetime, limit: Limit, *, end_of_duty: datetime | None = None) -> datetime:
    """Give the moment at which a limit of hours, or of one tour of duty, ends.

    :raises ValueError: for a time without a zone
    """
    london_date(started_at)  # refuses a time without a zone
    if limit.unit == Unit.HOURS:
        return started_at.astimezone(UTC) + timedelta(hours=limit.amount)
    if end_of_duty and end_of_duty > started_at:
        return end_of_duty
    return started_at.astimezone(UTC) + SAME_SHIFT


def months_after(start: date, count: int) -> date:
    """Give the same day so many months later, or the last of that month where it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    return date(year, month + 1, min(start.day, months.monthrange(year, month + 1)[1]))


def enhanced(first: Deadline, limit: Limit, switched_at: datetime, calendar: Calendar) -> Deadline:
    """Give what a running clock becomes when its person gets enhanced rights: counted anew from the switch.

    It never ends later than it would have: a limit that was nearer stays (docs/rules.md, Time).

    :param first: what the clock was given when it started
    :param limit: the enhanced limit of the same row
    """
    anew = deadline(switched_at, limit, calendar)
    if anew.due_on is None or (first.due_on is not None and _end(first) <= _end(anew)):
        return first
    return anew


def _end(found):
    return found.due_on, found.due_at or datetime.max.replace(tzinfo=UTC)


def clock_state(
    *, due_on: date | None, met: bool, not_applicable: bool, today: date, due_at: datetime | None = None, now=None
) -> ClockState:
    """Say how a clock stands on a London date, and at a moment where its limit is one."""
    if met:
        return ClockState.MET
    if not_applicable:
        return ClockState.NOT_APPLICABLE
    if due_on is None:
        return ClockState.NO_DATE
    over = now > due_at if due_at and now else today > due_on
    return ClockState.OVERDUE if over else ClockState.DUE


def was_late(due_on: date | None, ended_at: datetime | None, due_at: datetime | None = None) -> bool:
    """Whether a clock had passed its limit when it was met or ceased to apply: that stays true for ever."""
    if due_at and ended_at:
        return ended_at > due_at
    return bool(due_on and ended_at and london_date(ended_at) > due_on)


def notices_due(
    *,
    due_on: date,
    started_on: date,
    today: date,
    calendar: Calendar,
    steps: Iterable[tuple[str, int]],
    due_at: datetime | None = None,
    now: datetime | None = None,
) -> tuple[str, ...]:
    """Give the notices that a running clock calls for by this London date, in the order of the steps.

    :param steps: (kind, working days from the limit): below nought before it, nought as soon as it has passed, above
        nought so long after it; where the holidays for it are not known, that one is not called for
    :param due_at: where the limit is a moment, that moment; with `now`
    """
    over = now > due_at if due_at and now else today > due_on
    called = []
    for kind, days in steps:
        if (days < 0) == over or (days < 0 and today < started_on):
            continue
        with contextlib.suppress(BeyondTheCalendar):
            first, last = limits_called_for(days, today=today, calendar=calendar)
            if first <= due_on <= last:
                called.append(kind)
    return tuple(called)


def limits_called_for(days: int, *, today: date, calendar: Calendar) -> tuple[date, date]:
    """Give the first and the last day of the limits for which a notice so many working days away is called for today.

    :param days: as in `notices_due`
    :raises BeyondTheCalendar: if the count leaves the known holidays
    """
    if days < 0:
        return today, working_days_after(today, -days, calendar)
    return date.min, _before_so_many(today, days, calendar)


def _before_so_many(day, count, calendar):
    """Give the last day after which that many working days have begun by the end of `day`."""
    while count:
        count -= calendar.is_working_day(day)
        day -= timedelta(days=1)
    return day
