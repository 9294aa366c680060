"""Days, moments, ages and limits in words, and one line of a timeline: shared by every page of the support area."""

from dataclasses import dataclass
from datetime import datetime

from campion.working_days import LONDON


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


def moment(at) -> str:
    """Write a moment out, by the London clock: 03:12 on Wednesday 8 April 2026."""
    wall = at.astimezone(LONDON)
    return f"{wall:%H:%M} on {long_day(wall)}"


def counted(amount, noun) -> str:
    """Say how many: 1 day, 2 days."""
    return f"1 {noun}" if amount == 1 else f"{amount} {noun}s"


def working_days(days) -> str:
    """Say how many working days."""
    return counted(days, "working day")


def age(days) -> str:
    """Say how long ago something was, in days."""
    return "today" if days <= 0 else f"{counted(days, 'day')} ago"
