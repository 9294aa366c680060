"""The day counter of a reportable injury: pure arithmetic over dates; it decides nothing (the adviser does).

RIDDOR 2013, as the Health and Safety Executive explains it: over 7 consecutive days unfit for normal duties, the day of
the accident left out, weekends and rest days counted, is reported within 15 days of the accident; a specified injury
without delay and in writing within 10. Restricted duty is not normal duty. The limits are dated rows, and arguments.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

FULL = "full"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Limits:
    """The numbers of days that the rules name.

    `unfit`: reportable when unfit for more than this; `record`: recorded when unfit for more than this;
    `specified_report`, `unfit_report`: the report is due this many days after the accident.
    """

    unfit: int
    record: int
    specified_report: int
    unfit_report: int


@dataclass(frozen=True)
class Spell:
    """A duty from a date until a date, both included; `until_on` None: it still is so."""

    from_on: date
    until_on: date | None
    duty: str


class State(StrEnum):
    """How far a case is from having to be reported."""

    CLEAR = "clear"
    WATCH = "watch"
    ASK = "ask"
    SPECIFIED = "specified"


STATE_WORDS = {
    State.CLEAR: "Not reportable yet",
    State.WATCH: "Watch",
    State.ASK: "Over the limit: the adviser decides",
    State.SPECIFIED: "It may be a specified injury: the adviser decides at once",
}


@dataclass(frozen=True)
class Count:
    """Where a case stands on one day.

    `day`: consecutive days unfit so far, 0 while at normal duties; `longest`: the longest such spell since the
    accident; `lost`: all days unfit; `ask_on`: the day on which it passes the limit, if it goes or went on so long;
    `record`: long enough to be recorded; `due_on`: when the report would be due, None while nothing points to one.
    """

    state: State
    day: int
    longest: int
    lost: int
    ask_on: date | None
    record: bool
    specified_due_on: date
    unfit_due_on: date
    limits: Limits

    @property
    def due_on(self) -> date | None:
        return {State.SPECIFIED: self.specified_due_on, State.ASK: self.unfit_due_on}.get(self.state)


def count(*, happened_on: date, today: date, spells: Iterable[Spell], specified: bool, limits: Limits) -> Count:
    """Count the days unfit for normal duties.

    A day not covered by any spell is a day at normal duties. Of two spells on one day the later entry in `spells` wins.

    :param happened_on: the London date of the accident, which is not counted
    :param today: the last day counted
    :param specified: whether the injury may be a specified one
    """
    unfit = _days_unfit(spells, happened_on + DAY, today)
    runs = _runs(unfit)
    current = runs[-1] if runs and runs[-1][-1] == today else []
    longest = max(map(len, runs), default=0)
    over = next((run for run in runs if len(run) > limits.unfit), None)
    if specified:
        state = State.SPECIFIED
    elif over:
        state = State.ASK
    else:
        state = State.WATCH if current else State.CLEAR
    ask_on = over[limits.unfit] if over else current[0] + limits.unfit * DAY if current else None
    return Count(
        state=state,
        day=len(current),
        longest=longest,
        lost=len(unfit),
        ask_on=ask_on,
        record=longest > limits.record,
        specified_due_on=happened_on + limits.specified_report * DAY,
        unfit_due_on=happened_on + limits.unfit_report * DAY,
        limits=limits,
    )


def _days_unfit(spells, first, last):
    duty = {}
    for spell in spells:
        on = max(spell.from_on, first)
        while on <= min(spell.until_on or last, last):
            duty[on] = spell.duty
            on += DAY
    return sorted(on for on, what in duty.items() if what != FULL)


def _runs(days):
    runs = []
    for on in days:
        if runs and runs[-1][-1] + DAY == on:
            runs[-1].append(on)
        else:
            runs.append([on])
    return runs
