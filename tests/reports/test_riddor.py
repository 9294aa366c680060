"""The day counter against a table that a person can read (riddor_cases.csv): no database."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from reports.riddor import Limits, Spell, State, count

LIMITS = Limits(unfit=7, record=3, specified_report=10, unfit_report=15)
CASES = Path(__file__).with_name("riddor_cases.csv")


def rows():
    with CASES.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def spells_of(text):
    """Read "2026-03-03 sick to 2026-03-09; 2026-03-10 restricted": each duty from a day, perhaps to a day."""
    for part in filter(None, (part.strip() for part in text.split(";"))):
        start, duty, *until = part.split()
        yield Spell(date.fromisoformat(start), date.fromisoformat(until[1]) if until else None, duty)


def counted(row, **changes):
    given = {
        "happened_on": date.fromisoformat(row["happened_on"]),
        "today": date.fromisoformat(row["today"]),
        "spells": list(spells_of(row["duties"])),
        "specified": row["specified"] == "yes",
        "limits": LIMITS,
    }
    return count(**given | changes)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["case"])
def test_the_table(row):
    found = counted(row)
    assert {
        "state": found.state.value,
        "day": str(found.day),
        "longest": str(found.longest),
        "lost": str(found.lost),
        "ask_on": found.ask_on.isoformat() if found.ask_on else "",
        "record": "yes" if found.record else "no",
        "due_on": found.due_on.isoformat() if found.due_on else "",
    } == {name: row[name] for name in ("state", "day", "longest", "lost", "ask_on", "record", "due_on")}


def test_the_table_is_long_enough_and_says_what_each_case_is_for():
    assert len(rows()) >= 25
    assert len({row["case"] for row in rows()}) == len(rows())
    assert {row["state"] for row in rows()} == {state.value for state in State}


def test_the_limits_are_those_that_are_given():
    over_three = Limits(unfit=3, record=1, specified_report=10, unfit_report=14)
    row = {"happened_on": "2011-06-06", "today": "2011-06-10", "duties": "2011-06-07 sick", "specified": "no"}
    found = counted(row, limits=over_three)
    assert (found.state, found.due_on) == (State.ASK, date(2011, 6, 20))
    assert counted(row).state is State.WATCH


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["case"])
def test_a_day_more_never_shortens_what_was_counted(row):
    today = date.fromisoformat(row["today"])
    then, later = counted(row), counted(row, today=today + timedelta(days=1))
    assert later.lost - then.lost in (0, 1)
    assert later.longest >= then.longest
    assert not (then.state is State.ASK and later.state is not State.ASK)
