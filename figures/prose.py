"""Words for the readers of releases: a number in them must be one that is shown, a date or a name (D1, X9). Pure.

A reason or a correction is published by one person, past the gate and past the second signature: a true count in it
would be a way round both.
"""

import re
from collections.abc import Collection

from campion.months import MONTHS

_MONTH = "|".join(name for month in MONTHS for name in (month, month[:3]))
_NAMES = re.compile(
    rf"""
      \b\d{{1,2}}(?:st|nd|rd|th)?\s(?:{_MONTH})\b          # 13 May
    | \b\d{{1,2}}:\d\d\b                                   # 07:00
    | \b(?:19|20)\d\d(?:-\d\d)?(?:-Q[1-4])?(?:\.\d+)?\b    # 2026, 2025-26, 2025-26-Q1.2
    | \bC\d{{1,2}}\b | \bQ[1-4]\b                          # C5, Q1
    | \b(?:[Ee]dition|[Rr]ight|[Tt]able|[Qq]uarter)\s\d{{1,2}}\b
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def strange_numbers(text: str, shown: Collection[str] = ()) -> list[str]:
    """Give the numbers in a text that are neither shown in the release that it is about, nor part of a date or a name.

    :param shown: the numbers of the release as they are written, such as "1250" and "21.9"
    """
    left = _NAMES.sub(" ", text)
    return [number for number in _NUMBER.findall(left) if number.replace(",", "") not in shown]
