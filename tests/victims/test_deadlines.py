"""The dates by which support is owed: no database, and nothing from inside the rule to check it with."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from govuk_bank_holidays.bank_holidays import BankHolidays
from hypothesis import given
from hypothesis import strategies as st

from campion.bank_holidays import bank_holidays
from campion.local_time import moment
from campion.working_days import LONDON, BeyondTheCalendar, Calendar, london_date
from victims.deadlines import ClockState, Limit, clock_state, deadline, due_date, was_late

NATION = "england-and-wales"
KNOWN = Calendar(NATION, frozenset(bank_holidays(NATION, 2015, 2036)), 2015, 2036)
with (Path(__file__).parent / "deadlines.csv").open(encoding="utf-8", newline="") as _file:
    CASES = list(csv.DictReader(_file, strict=True))
CODE = Limit("code-2021", "referral", 2)


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_a_limit_ends_on_the_day_that_the_business_says(case):
    told = moment(datetime.fromisoformat(case["started"]), case["which"])
    assert due_date(told.at, int(case["working_days"]), KNOWN).isoformat() == case["due"], case["why"]


def test_there_are_cases_enough():
    assert len(CASES) >= 25
    assert len({case["case"] for case in CASES}) == len(CASES)


@pytest.fixture(scope="module")
def oracle():
    return BankHolidays(locale="en", use_cached_holidays=True)


def test_the_days_are_those_of_the_government_list(oracle):
    """Compare each day over the range that the cached list of GOV.UK knows, and each limit from it."""
    known = {row["date"] for row in oracle.get_holidays(division=oracle.ENGLAND_AND_WALES)}
    first, last = date(min(known).year, 1, 1), date(max(known).year, 12, 31)
    calendar = Calendar(NATION, frozenset(bank_holidays(NATION, first.year, last.year)), first.year, last.year)
    day, compared = first, 0
    while day <= last - timedelta(days=60):
        assert calendar.is_working_day(day) == oracle.is_work_day(day, division=oracle.ENGLAND_AND_WALES), day
        for days in (1, 2, 5, 20):
            expected = day
            for _ in range(days):
                expected = oracle.get_next_work_day(division=oracle.ENGLAND_AND_WALES, date=expected)
            at = datetime.combine(day, datetime.min.time(), LONDON) + timedelta(hours=12)
            assert due_date(at, days, calendar) == expected, (day, days)
            compared += 1
        day += timedelta(days=1)
    assert compared > 10_000


moments = st.datetimes(datetime(2015, 1, 1), datetime(2036, 6, 1), timezones=st.just(UTC))
limits = st.integers(1, 40)


@given(moments, limits)
def test_a_limit_ends_on_a_working_day_with_that_many_after_the_start(at, days):
    due = due_date(at, days, KNOWN)
    start = london_date(at)
    between = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
    assert KNOWN.is_working_day(due)
    assert sum(KNOWN.is_working_day(day) for day in between) == days


@given(moments, limits, limits)
def test_a_limit_may_be_counted_in_parts(at, first, second):
    half_way = datetime.combine(due_date(at, first, KNOWN), datetime.min.time(), LONDON)
    assert due_date(half_way, second, KNOWN) == due_date(at, first + second, KNOWN)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=30)), limits)
def test_what_starts_later_never_ends_sooner(at, later, days):
    assert due_date(at, days, KNOWN) <= due_date(at + later, days, KNOWN)


@given(moments, limits)
def test_the_hour_of_the_day_does_not_matter(at, days):
    start = london_date(at)
    edges = {
        due_date(datetime.combine(start, datetime.min.time(), LONDON), days, KNOWN),
        due_date(datetime.combine(start, datetime.max.time(), LONDON), days, KNOWN),
        due_date(at, days, KNOWN),
    }
    assert len(edges) == 1


def test_the_repeated_hour_is_one_hour_and_gives_one_day():
    first, second = (moment(datetime(2026, 10, 25, 1, 30), which).at for which in ("first", "second"))
    assert second - first == timedelta(hours=1)
    assert due_date(first, 2, KNOWN) == due_date(second, 2, KNOWN)


@pytest.mark.parametrize("year", [2014, 2037, 2100])
def test_a_trigger_outside_the_known_years_is_refused(year):
    with pytest.raises(BeyondTheCalendar, match=str(year)):
        due_date(datetime(year, 6, 6, 12, tzinfo=UTC), 2, KNOWN)


def test_a_limit_that_runs_past_the_known_years_is_refused():
    with pytest.raises(BeyondTheCalendar, match="2037"):
        due_date(datetime(2036, 12, 31, 12, tzinfo=UTC), 1, KNOWN)


def test_a_clock_beyond_the_calendar_has_no_date_and_no_calendar():
    found = deadline(datetime(2036, 12, 31, 12, tzinfo=UTC), CODE, KNOWN)
    assert (found.due_on, found.calendar_edition) == (None, "")
    assert (found.amount, found.unit, found.rule_edition) == (2, "working-days", "code-2021 referral: 2 working-days")


def test_a_clock_keeps_the_editions_that_made_it():
    found = deadline(datetime(2026, 4, 2, 22, 30, tzinfo=UTC), CODE, KNOWN)
    assert found.due_on == date(2026, 4, 8)
    assert found.calendar_edition == KNOWN.edition
    assert "2015-2036" in found.calendar_edition


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        due_date(datetime(2026, 4, 2, 22, 30), 2, KNOWN)


@pytest.mark.parametrize("days", [0, -1])
def test_a_limit_below_one_day_is_refused(days):
    with pytest.raises(ValueError, match="at least one"):
        due_date(datetime(2026, 4, 2, 22, 30, tzinfo=UTC), days, KNOWN)


TODAY = date(2026, 4, 8)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"due_on": TODAY}, ClockState.DUE),
        ({"due_on": TODAY + timedelta(days=1)}, ClockState.DUE),
        ({"due_on": TODAY - timedelta(days=1)}, ClockState.OVERDUE),
        ({"due_on": None}, ClockState.NO_DATE),
        ({"due_on": TODAY - timedelta(days=1), "met": True}, ClockState.MET),
        ({"due_on": TODAY - timedelta(days=1), "not_applicable": True}, ClockState.NOT_APPLICABLE),
    ],
)
def test_a_clock_says_how_it_stands(facts, state):
    assert clock_state(**{"met": False, "not_applicable": False, **facts}, today=TODAY) == state


def test_the_whole_last_day_is_in_time():
    due = date(2026, 7, 1)
    assert not was_late(due, datetime(2026, 7, 1, 22, 59, tzinfo=UTC))  # 23:59 in London
    assert was_late(due, datetime(2026, 7, 1, 23, 1, tzinfo=UTC))  # 00:01 on 2 July in London
    assert not was_late(None, datetime(2026, 7, 1, 23, 1, tzinfo=UTC))
    assert not was_late(due, None)
