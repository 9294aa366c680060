"""What is computed from the numbers that are shown: percentages, rates, changes, intervals. Pure (security.md 4.4).

Nothing here sees a true count: an interval or a percentage of one would tell it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from figures.cubes import ALL
from figures.disclosure import HIDDEN, NOT_COLLECTED
from figures.periods import Period

PERCENT_BASE = 50
"""The smallest shown number that percentages are made of."""
CLEAR_CHANGE = 10
"""A smaller difference than this is no clear change."""
Z = 1.96
"""Of a 95% interval."""
RATED: Mapping[str, Mapping[tuple[str, ...], str]] = {
    "C1": {(ALL,): "all"},
    "C4": {(ALL, ALL): "all"},
    "C29": {("constables",): "constable"},
    "C30": {("constables",): "constable"},
    "C28": {(ALL, ALL): "all", ("constable", ALL): "constable", ("staff", ALL): "staff"},
}
"""Cube -> cell -> the headcount that its rate per 1,000 is made with (headcount.BASES)."""

Shown = int | str
Cell = tuple[str, ...]


@dataclass(frozen=True)
class Measured:
    """A cell of one measure: a value or a symbol, and perhaps an interval and what a change says."""

    codes: Cell
    value: Decimal | None = None
    symbol: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    says: str = ""


def whole(number: float | Decimal) -> Decimal:
    """Round to a whole number, halves away from nought."""
    return Decimal(str(number)).quantize(Decimal(1), ROUND_HALF_UP)


def tenths(number: float | Decimal) -> Decimal:
    """Round to one decimal place, halves away from nought."""
    return Decimal(str(number)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def interval(number: int) -> tuple[float, float]:
    """Give the 95% interval of a count as of a Poisson distribution, by Byar's approximation."""
    low = number * (1 - 1 / (9 * number) - Z / (3 * number**0.5)) ** 3 if number else 0.0
    more = number + 1
    return max(0.0, low), more * (1 - 1 / (9 * more) + Z / (3 * more**0.5)) ** 3


def numbers(shown: Mapping[Cell, Shown]) -> Iterable[Measured]:
    """Give the numbers themselves, each with its interval."""
    for cell, value in shown.items():
        if isinstance(value, str):
            yield Measured(cell, symbol=value)
        else:
            low, high = interval(value)
            yield Measured(cell, Decimal(value), low=whole(low), high=whole(high))


def base_of(cell: Cell) -> Cell | None:
    """Give the cell that a percentage is made of: the row, that is all codes of the last dimension that is narrowed."""
    narrowed = [place for place, code in enumerate(cell) if code != ALL]
    if not narrowed:
        return None
    return tuple(ALL if place == narrowed[-1] else code for place, code in enumerate(cell))


def percentages(shown: Mapping[Cell, Shown]) -> Iterable[Measured]:
    """Give whole percentages of each row, of shown numbers; [x] where the row shows fewer than 50.

    Shown numbers are rounded, so that a part may come out above its whole: it is 100% then.
    """
    for cell, value in shown.items():
        base = base_of(cell)
        if base is None:
            continue
        of = shown.get(base, HIDDEN)
        if isinstance(value, str):
            yield Measured(cell, symbol=value)
        elif isinstance(of, str):
            yield Measured(cell, symbol=of)
        elif of < PERCENT_BASE:
            yield Measured(cell, symbol=NOT_COLLECTED)
        else:
            yield Measured(cell, min(Decimal(100), whole(Decimal(100 * value) / of)))


def rates(cube: str, shown: Mapping[Cell, Shown], headcounts: Iterable[Mapping]) -> Iterable[Measured]:
    """Give rates per 1,000 heads, one decimal place, with the interval of the number; [x] where no headcount is known.

    :param headcounts: as `headcount.bases` gives them
    """
    heads = {row["type"]: row["headcount"] for row in headcounts}
    for cell, name in RATED.get(cube, {}).items():
        value = shown.get(cell)
        if value is None:
            continue
        if isinstance(value, str):
            yield Measured(cell, symbol=value)
        elif name not in heads:
            yield Measured(cell, symbol=NOT_COLLECTED)
        else:
            low, high = interval(value)
            value, low, high = (tenths(Decimal(str(each)) * 1000 / heads[name]) for each in (value, low, high))
            yield Measured(cell, value, low=low, high=high)


def changes(shown: Mapping[Cell, Shown], before: Mapping[Cell, Shown]) -> Iterable[Measured]:
    """Give the difference of each number on the one a year before, with the interval of a difference of two counts.

    :param before: the same cube of the release of a year before, by the codes of now (`a_year_on`)
    """
    for cell, value in shown.items():
        then = before.get(cell, NOT_COLLECTED)
        if isinstance(value, str) or isinstance(then, str):
            yield Measured(cell, symbol=value if isinstance(value, str) else then)
            continue
        by = value - then
        reach = Z * (value + then) ** 0.5
        low, high = whole(by - reach), whole(by + reach)
        yield Measured(cell, Decimal(by), low=low, high=high, says=_says(by, low, high))


def _says(by, low, high):
    if abs(by) < CLEAR_CHANGE:
        return "no-clear-change"
    if low <= 0 <= high:
        return "chance"
    return "up" if by > 0 else "down"


def a_year_on(shown: Mapping[Cell, Shown], dimensions: Sequence[str], then: Period, now: Period) -> dict[Cell, Shown]:
    """Give the cells of a release of a year before under the codes of now: its months are a year older."""
    months = dict(zip(then.months, now.months, strict=True))
    return {
        tuple(months.get(code, code) if name == "month" else code for name, code in zip(dimensions, cell, strict=True)):
        value
        for cell, value in shown.items()
    }  # fmt: skip
