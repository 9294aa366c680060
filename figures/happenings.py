"""What happened beside the figures, such as cameras issued or an Act in force, with the months after and before. Pure.

The months after it are set beside the same months a year before, all of them before it, so that the season plays no
part. That is all that is said: what brought a difference about, no count can tell.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from figures import measures

FEWEST = 3
"""How many months after it are compared at least: fewer say nothing."""


@dataclass(frozen=True)
class Happening:
    """Something that happened on a day, from a source."""

    code: str
    title: str
    on: date
    source: str


def beside(happened: Iterable[Happening], months: Sequence[str], shown: Mapping[str, int | str]) -> list[dict]:
    """Give what happened within these months, as a release keeps it: in order, each with what was shown around it.

    :param months: of the trend, in order, as 2025-04
    :param shown: what is shown of each month; a month of which nothing is published is missing
    """
    inside = sorted((each for each in happened if _month(each.on) in months), key=lambda each: (each.on, each.code))
    return [
        {"code": each.code, "title": each.title, "on": each.on.isoformat(), "source": each.source}
        | _around(each.on, months, shown)
        for each in inside
    ]


def _month(day):
    return f"{day:%Y-%m}"


def _around(on, months, shown):
    """Give the sums of what was shown after and before, and their difference with its interval; nothing if too few."""
    after = [month for month in months if month > _month(on) or (month == _month(on) and on.day == 1)]
    pairs = [(month, f"{int(month[:4]) - 1}{month[4:]}") for month in after]
    pairs = [(month, before) for month, before in pairs if before < _month(on)]  # not one that it happened in, or since
    if len(pairs) < FEWEST or not all(isinstance(shown.get(month), int) for pair in pairs for month in pair):
        return {}
    sums = [sum(shown[pair[place]] for pair in pairs) for place in (0, 1)]
    [changed] = measures.changes({(): sums[0]}, {(): sums[1]})
    return {
        "from": pairs[0][0],
        "until": pairs[-1][0],
        "after": sums[0],
        "before": sums[1],
        "change": int(changed.value),
        "low": int(changed.low),
        "high": int(changed.high),
        "says": changed.says,
    }
