"""Months, quarters and financial years, by the London date of an incident: pure (domain.md 4.6, security.md 4.3).

A financial year runs from 1 April: 2025-26 is April 2025 to March 2026, and its first quarter is 2025-26-Q1.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from campion.months import next_month, span_label

NOT_SOONER_THAN = timedelta(weeks=6)
"""A period is drawn this long after its end, at the soonest: late reports come in meanwhile."""

_YEAR = re.compile(r"(20\d\d)-(\d\d)(?:-Q([1-4]))?", re.ASCII)


@dataclass(frozen=True, order=True)
class Period:
    """A quarter of a financial year, or with `quarter` 0 all of it.

    :param year: in which the financial year begins
    """

    year: int
    quarter: int = 0

    @property
    def code(self) -> str:
        """2025-26-Q1, or 2025-26."""
        whole = f"{self.year}-{(self.year + 1) % 100:02}"
        return f"{whole}-Q{self.quarter}" if self.quarter else whole

    @property
    def level(self) -> str:
        """quarter or year: which cubes it has."""
        return "quarter" if self.quarter else "year"

    @property
    def months(self) -> tuple[str, ...]:
        """Its months in order, as 2025-04."""
        first, count = (3 * (self.quarter - 1), 3) if self.quarter else (0, 12)
        return tuple(
            f"{self.year + (3 + number) // 12}-{(3 + number) % 12 + 1:02}" for number in range(first, first + count)
        )

    @property
    def starts_on(self) -> date:
        """Its first day."""
        return date.fromisoformat(f"{self.months[0]}-01")

    @property
    def ends_before(self) -> date:
        """The day after its last."""
        return date.fromisoformat(f"{next_month(self.months[-1])}-01")

    @property
    def drawn_from(self) -> date:
        """The first day on which it may be drawn."""
        return self.ends_before + NOT_SOONER_THAN

    @property
    def label(self) -> str:
        """April to June 2025, or April 2025 to March 2026."""
        return span_label(self.months)

    @property
    def whole_year(self) -> "Period":
        """The financial year that it lies in."""
        return Period(self.year)

    @property
    def year_before(self) -> "Period":
        """The same period a year earlier."""
        return Period(self.year - 1, self.quarter)

    @property
    def before(self) -> "Period":
        """The quarter before this quarter, or the year before this year."""
        if not self.quarter:
            return self.year_before
        return Period(self.year, self.quarter - 1) if self.quarter > 1 else Period(self.year - 1, 4)


def period(code: str) -> Period:
    """Read a code back.

    :raises ValueError: if it is no code of a quarter or a financial year from 2000 on
    """
    found = _YEAR.fullmatch(code)
    if not found or (int(found[1]) + 1) % 100 != int(found[2]):
        raise ValueError("no period")
    return Period(int(found[1]), int(found[3] or 0))


def quarter_of(day: date) -> Period:
    """Give the quarter that a London date lies in."""
    year, month = (day.year, day.month - 4) if day.month >= 4 else (day.year - 1, day.month + 8)
    return Period(year, month // 3 + 1)
