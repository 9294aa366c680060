"""From what a wall clock said to a moment in time: pure (R9).

Twice a year a London wall clock misleads. In the hour that comes twice the person is asked which one; in the hour that
does not exist the answer is kept and marked. Nobody is refused for having been assaulted at an awkward moment.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from campion.working_days import LONDON


class ClockMark(StrEnum):
    """What is special about a time as it was told."""

    PLAIN = ""
    FIRST = "first"
    SECOND = "second"
    UNSURE = "unsure"
    MISSING = "missing"


@dataclass(frozen=True)
class Moment:
    """A moment: `at` in UTC, `told` as the wall clock said it (2026-10-25 01:30), and what is special about it."""

    at: datetime
    told: str
    mark: ClockMark


def comes_twice(wall: datetime) -> bool:
    """Whether this wall time happens twice in London: the night the clocks go back."""
    first, second = (wall.replace(tzinfo=LONDON, fold=fold) for fold in (0, 1))
    return first.utcoffset() > second.utcoffset()


def never_comes(wall: datetime) -> bool:
    """Whether this wall time does not exist in London: the night the clocks go forward."""
    first, second = (wall.replace(tzinfo=LONDON, fold=fold) for fold in (0, 1))
    return first.utcoffset() < second.utcoffset()


def moment(wall: datetime, which: str = "") -> Moment:
    """Give the moment of a wall time in London.

    :param wall: a time without a zone, as it was told
    :param which: in the hour that comes twice, "first", "second" or "unsure" (taken as the first, and marked)
    :raises ValueError: if the time has a zone, or comes twice and `which` does not say which
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall time has no zone")
    told = f"{wall:%Y-%m-%d %H:%M}"
    if comes_twice(wall):
        mark = ClockMark(which)
        if mark not in (ClockMark.FIRST, ClockMark.SECOND, ClockMark.UNSURE):
            raise ValueError("this hour came twice: say which")
        fold = int(mark is ClockMark.SECOND)
        return Moment(wall.replace(tzinfo=LONDON, fold=fold).astimezone(UTC), told, mark)
    mark = ClockMark.MISSING if never_comes(wall) else ClockMark.PLAIN
    return Moment(wall.replace(tzinfo=LONDON).astimezone(UTC), told, mark)


def policing_day(at: datetime) -> date:
    """Give the policing day: 07:00 to 07:00 by the London clock, named for the date on which it starts."""
    wall = at.astimezone(LONDON).replace(tzinfo=None)
    return (wall - timedelta(hours=7)).date()
