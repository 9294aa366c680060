"""Days, ages and limits in words, and one line of a timeline: shared by every page of the support area."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Event:
    """One line of a timeline."""

    title: str
    at: datetime
    by: str = ""
    text: str = ""


def long_day(day) -> str:
    """Write a date out: Wednesday 8 April 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def working_days(days):
    return "1 working day" if days == 1 else f"{days} working days"


def age(days):
    if days <= 0:
        return "today"
    return "1 day ago" if days == 1 else f"{days} days ago"
