"""The lines of a table of numbers with a bar beside each: pure. `components/bar_table.html` shows them."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line: its words, its number, how long its bar is in per cent of the longest, and the list that it counts.

    :ivar total: whether it sums up those below it, and so has no bar
    """

    text: str
    number: int
    length: int = 0
    href: str = ""
    total: bool = False


def length(number: int, longest: int) -> int:
    """Give how long a bar is, in per cent of the longest; something is never as short as nothing."""
    return max(round(100 * number / longest), 1) if number else 0


def lines(pairs: Iterable[tuple[str, int]]) -> list[Line]:
    """Give the lines of some words and their numbers, the longest bar being that of the largest number."""
    pairs = list(pairs)
    longest = max((number for _, number in pairs), default=0)
    return [Line(text, number, length(number, longest)) for text, number in pairs]
