"""Months and quarters by the London calendar, as somebody at a desk chooses them: pure.

A month is 2026-07. A quarter is that of a financial year, which begins on 1 April: 2026-27-Q1 is April to June 2026.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from campion.working_days import LONDON

SHOWN = 13
"""This month, and the twelve before it: so the same month of the year before stands beside it."""
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
ALL = "13-months"
"""The code of all of them together."""


@dataclass(frozen=True)
class Period:
    """Some months in order, without a gap: one, a quarter, or all that are shown.

    :ivar unfinished: whether its last month still goes on
    """

    code: str
    label: str
    months: tuple[str, ...]
    unfinished: bool = False

    @property
    def span(self) -> str:
        """Its months in words: July 2026, or July to September 2026."""
        return span_label(self.months)

    @property
    def starts_at(self) -> datetime:
        """Its first moment, by the London clock."""
        return first_moment(self.months[0])

    @property
    def ends_at(self) -> datetime:
        """The first moment after it, by the London clock."""
        return first_moment(next_month(self.months[-1]))

    @property
    def starts_on(self) -> date:
        """Its first day."""
        return self.starts_at.date()

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return self.ends_at.date() - timedelta(days=1)


def month_of(day: date) -> str:
    """Give the month that a London date lies in."""
    return f"{day.year}-{day.month:02}"


def month_label(month: str) -> str:
    """Say 2026-07 as July 2026."""
    return f"{MONTHS[int(month[5:]) - 1]} {month[:4]}"


def months_until(day: date, number: int = SHOWN) -> tuple[str, ...]:
    """Give the month of a London date and those before it, the earliest first."""
    last = day.year * 12 + day.month - 1
    return tuple(f"{count // 12}-{count % 12 + 1:02}" for count in range(last - number + 1, last + 1))


def periods(today: date) -> tuple[Period, ...]:
    """Give what may be chosen on a London date: the last 13 months; the quarters that begin in them; each of them.

    The latest stands first among the quarters and among the months; the last month goes on still.
    """
    months = months_until(today)
    whole = Period(ALL, f"Last {SHOWN} months", months, unfinished=True)
    quarters = [
        tuple(months[place : place + 3])
        for place, month in enumerate(months)
        if int(month[5:]) % 3 == 1  # a quarter begins in January, April, July and October
    ]
    return (
        whole,
        *(_period(_quarter(part[0]), span_label(part), part, months[-1]) for part in reversed(quarters)),
        *(_period(month, month_label(month), (month,), months[-1]) for month in reversed(months)),
    )


def chosen(code: str, offered: Iterable[Period]) -> Period | None:
    """Give the period of a code among those offered, or None."""
    return next((period for period in offered if period.code == code), None)


def _period(code, label, months, current):
    unfinished = months[-1] == current
    return Period(code, f"{label} so far" if unfinished else label, months, unfinished)


def span_label(months: Sequence[str]) -> str:
    """Say months in order as July 2026, July to September 2026, or December 2025 to March 2026."""
    first, last = month_label(months[0]), month_label(months[-1])
    if first == last:
        return first
    return f"{first.split()[0]} to {last}" if months[0][:4] == months[-1][:4] else f"{first} to {last}"


def _quarter(month):
    year, number = int(month[:4]), int(month[5:])
    begins, quarter = (year, (number - 4) // 3 + 1) if number >= 4 else (year - 1, 4)
    return f"{begins}-{(begins + 1) % 100:02}-Q{quarter}"


def next_month(month: str) -> str:
    """Give the month after a month."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02}"


def first_moment(month: str) -> datetime:
    """Give the moment at which a month begins, by the London clock."""
    return datetime.fromisoformat(f"{month}-01").replace(tzinfo=LONDON)
