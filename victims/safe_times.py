"""When somebody may be reached, and in which way: arithmetic over what they said. Pure: knows no rows and no Django.

Hours are those of the wall clock in London, each day, and may run over midnight. Somebody who works nights sleeps in
the day, unless they said other hours.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from campion.working_days import LONDON

AFTER_NIGHTS = (time(7, 0), time(16, 0))
"""When somebody who works nights sleeps, unless they said otherwise (Referral.QUIET_AFTER_NIGHTS)."""

WRITTEN = ("email", "letter")
"""Ways that wake nobody: quiet hours do not stop them."""


@dataclass(frozen=True)
class Said:
    """What somebody said about being reached. An empty `ways` says nothing; `best` is a way that they chose."""

    best: str = ""
    ways: Collection[str] = ()
    quiet_from: time | None = None
    quiet_until: time | None = None
    nights_until_on: date | None = None


@dataclass(frozen=True)
class Reach:
    """Whether somebody may be reached at a moment; if not, from which moment on, and why not.

    `why`: "nights", "quiet", or "" if they may.
    """

    now: bool
    why: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def reach(said: Said, at: datetime) -> Reach:
    """Say whether somebody may be rung at a moment, and until or from when, in the time of London.

    :param at: a moment with its zone
    """
    wall = at.astimezone(LONDON)
    starts = [
        (start, end, why)
        for day in (wall.date() - timedelta(days=1), wall.date(), wall.date() + timedelta(days=1))
        for start, end, why in _quiet(said, day)
    ]
    current = next((row for row in starts if row[0] <= wall < row[1]), None)
    if current is not None:
        return Reach(False, current[2], opens_at=current[1])
    after = [start for start, _, _ in starts if start > wall]
    return Reach(True, closes_at=min(after, default=None))


def unsafe(said: Said, *, channel: str, at: datetime) -> list[str]:
    """Give why a contact was against what somebody said, as codes: "way", "nights", "quiet"; empty if it was not.

    :param channel: call, text, email, in-person or letter
    """
    why = []
    ways = {*said.ways, said.best} - {""}
    if ways and channel not in ways:
        why.append("way")
    if channel not in WRITTEN:
        found = reach(said, at)
        if not found.now:
            why.append(found.why)
    return why


def _quiet(said, day):
    """The quiet stretches that begin on a day, as moments."""
    if said.quiet_from is not None:
        yield _stretch(day, said.quiet_from, said.quiet_until, "quiet")
    elif said.nights_until_on is not None and day <= said.nights_until_on + timedelta(days=1):
        yield _stretch(day, *AFTER_NIGHTS, "nights")  # the morning after the last night is slept through too


def _stretch(day, start, end, why):
    over_midnight = end <= start
    last = day + timedelta(days=1) if over_midnight else day
    return datetime.combine(day, start, LONDON), datetime.combine(last, end, LONDON), why
