"""Arithmetic over working days: pure, with the holidays given (docs/rules.md, Time).

A working day is a weekday that is not a bank holiday. Day 0 is the London date of what starts a clock,
whatever the hour; the first working day counted is the next one. A date beyond the holidays that are known is
refused, never guessed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class BeyondTheCalendar(Exception):
    """The bank holidays of that year are not known, so a working day cannot be told from a holiday."""


@dataclass(frozen=True)
class Calendar:
    """The bank holidays of one nation, known from the first of January `first_year` to the end of `last_year`."""

    nation: str
    holidays: Collection[date]
    first_year: int
    last_year: int

    @property
    def edition(self) -> str:
        """A name for what this calendar knows, stored with each clock that used it."""
        return f"{self.nation} {self.first_year}-{self.last_year} ({len(self.holidays)})"

    def is_working_day(self, on: date) -> bool:
        """Whether people work on that date.

        :raises BeyondTheCalendar: if the holidays of its year are not known
        """
        if not self.first_year <= on.year <= self.last_year:
            raise BeyondTheCalendar(f"The bank holidays of {on.year} are not known for {self.nation}.")
        return on.weekday() < 5 and on not in self.holidays


def london_date(at: datetime) -> date:
    """Give the date on a London wall at that moment.

    :raises ValueError: if the time has no zone
    """
    if at.tzinfo is None:
        raise ValueError("a time without a zone has no London date")
    return at.astimezone(LONDON).date()


def working_days_after(start: date, days: int, calendar: Calendar) -> date:
    """Give the date on which the `days`-th working day after `start` falls.

    :param days: whole working days, 1 or more
    :raises BeyondTheCalendar: if the count runs past the known holidays
    """
    if days < 1:
        raise ValueError("a limit is at least one working day")
    on = start
    while days:
        on += timedelta(days=1)
        days -= calendar.is_working_day(on)
    return on
