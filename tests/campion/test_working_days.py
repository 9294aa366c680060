"""Working days: the vectors of the domain, without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campion.working_days import BeyondTheCalendar, Calendar, london_date, working_days_after

HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in (
        "2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28 "
        "2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28"
    ).split()
)
ENGLAND = Calendar("england-and-wales", HOLIDAYS, 2026, 2027)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-04-02", 1, "2026-04-07"),  # Maundy Thursday: Good Friday and Easter Monday are passed over
        ("2026-04-02", 2, "2026-04-08"),
        ("2026-04-02", 3, "2026-04-09"),
        ("2026-05-02", 1, "2026-05-05"),  # a Saturday before a bank holiday Monday
        ("2026-12-24", 1, "2026-12-29"),  # 28 December is the substitute day
        ("2026-12-24", 4, "2027-01-04"),
        ("2026-11-20", 1, "2026-11-23"),  # a Friday
        ("2026-12-21", 2, "2026-12-23"),
    ],
)
def test_the_limit_falls_on(start, days, due):
    assert working_days_after(date.fromisoformat(start), days, ENGLAND) == date.fromisoformat(due)


def test_half_past_midnight_in_june_belongs_to_the_new_day_in_london():
    assert london_date(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 7, 1)


def test_a_date_beyond_the_calendar_is_refused_not_guessed():
    with pytest.raises(BeyondTheCalendar, match="2028"):
        working_days_after(date(2027, 12, 31), 1, ENGLAND)


def test_a_time_without_a_zone_has_no_london_date():
    with pytest.raises(ValueError, match="zone"):
        london_date(datetime(2026, 6, 30, 23, 30))


def test_a_limit_of_no_days_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        working_days_after(date(2026, 1, 5), 0, ENGLAND)


@given(start=st.dates(date(2026, 1, 1), date(2027, 6, 1)), days=st.integers(1, 60))
def test_between_start_and_limit_lie_just_that_many_working_days(start, days):
    due = working_days_after(start, days, ENGLAND)
    between = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
    assert sum(ENGLAND.is_working_day(day) for day in between) == days
    assert ENGLAND.is_working_day(due)
