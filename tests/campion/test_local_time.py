"""The wall clock and the two awkward hours of the year, without a database."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campion.local_time import ClockMark, comes_twice, moment, never_comes, policing_day


def test_the_repeated_hour_is_one_hour_apart():
    wall = datetime(2026, 10, 25, 1, 30)
    assert comes_twice(wall)
    assert moment(wall, "first").at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert moment(wall, "second").at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_somebody_who_is_not_sure_which_is_taken_at_their_word_and_marked():
    told = moment(datetime(2026, 10, 25, 1, 30), "unsure")
    assert (told.mark, told.told) == (ClockMark.UNSURE, "2026-10-25 01:30")


def test_the_repeated_hour_asks_which():
    with pytest.raises(ValueError, match="say which"):
        moment(datetime(2026, 10, 25, 1, 30))


def test_the_hour_that_does_not_exist_is_kept_and_marked():
    wall = datetime(2026, 3, 29, 1, 30)
    told = moment(wall)
    assert never_comes(wall)
    assert told.mark is ClockMark.MISSING
    assert told.at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 02:30 by summer time


def test_an_ordinary_hour_needs_no_answer_to_which():
    assert moment(datetime(2026, 11, 22, 3, 12), "second").mark is ClockMark.PLAIN


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 22, 1, 30, tzinfo=UTC), date(2026, 11, 21)),  # Sunday 01:30 is Saturday night
        (datetime(2026, 11, 22, 6, 59, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 22, 7, 0, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 7, 1, 6, 0, tzinfo=UTC), date(2026, 7, 1)),  # 07:00 in summer
        (datetime(2026, 7, 1, 5, 59, tzinfo=UTC), date(2026, 6, 30)),
    ],
)
def test_the_policing_day_runs_from_seven_to_seven(at, day):
    assert policing_day(at) == day


@given(st.datetimes(datetime(1990, 1, 1), datetime(2035, 12, 31)))
def test_a_wall_time_comes_back_as_it_was_told(wall):
    wall = wall.replace(second=0, microsecond=0)
    told = moment(wall, "first" if comes_twice(wall) else "")
    assert told.told == f"{wall:%Y-%m-%d %H:%M}"
    assert told.at.tzinfo is UTC
