"""Bank holidays of the three nations, as the `holidays` package computes them: pure."""

from datetime import date

import holidays

NATIONS = {"england-and-wales": "ENG", "scotland": "SCT", "northern-ireland": "NIR"}
"""Each nation of the calendar, and the package's name for it; Wales keeps the days of England."""

SUBSTITUTE = " (observed)"
NAMES = {
    "New Year Holiday": "2 January",
    "Saint Patrick's Day": "St Patrick's Day",
    "May Day": "Early May bank holiday",
    "Spring Bank Holiday": "Spring bank holiday",
    "Platinum Jubilee of Elizabeth II": "Platinum Jubilee bank holiday",
    "Battle of the Boyne": "Battle of the Boyne (Orangemen's Day)",
    "Summer Bank Holiday": "Summer bank holiday",
    "Late Summer Bank Holiday": "Summer bank holiday",
    "State Funeral of Queen Elizabeth II": "State funeral of Queen Elizabeth II",
    "Coronation of Charles III": "Coronation of King Charles III",
    "Saint Andrew's Day": "St Andrew's Day",
    "Scotland's participation in the FIFA World Cup final": "World Cup bank holiday",
}
"""The names people in the United Kingdom know these days by, where the package's differ."""


def bank_holidays(nation: str, first_year: int, last_year: int) -> dict[date, str]:
    """Give the bank holidays that fall on weekdays, by date, in order.

    A day that falls on a weekend is left out and its substitute day is in: weekends are never working days.

    :raises KeyError: for a nation that is not in NATIONS
    """
    days = holidays.country_holidays("GB", subdiv=NATIONS[nation], years=range(first_year, last_year + 1))
    return {on: _name(days[on]) for on in sorted(days) if on.weekday() < 5 and first_year <= on.year <= last_year}


def _name(names: str) -> str:
    """Name a day on which one holiday falls, or several ("; " between them in the package)."""
    return "; ".join(map(_one_name, names.split("; ")))


def _one_name(name: str) -> str:
    plain = name.removesuffix(SUBSTITUTE)
    return NAMES.get(plain, plain) + (" (substitute day)" if plain != name else "")
