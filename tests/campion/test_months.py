"""The months and quarters that a desk may choose, without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from campion.months import ALL, chosen, month_label, month_of, months_until, periods

TODAY = date(2026, 11, 28)


def test_thirteen_months_end_with_this_one_so_that_last_years_stands_beside_it():
    months = months_until(TODAY)
    assert (len(months), months[0], months[-1]) == (13, "2025-11", "2026-11")
    assert months_until(date(2026, 1, 31), 2) == ("2025-12", "2026-01")


def test_the_whole_the_quarters_that_begin_in_it_and_each_month_are_offered_the_latest_first():
    offered = periods(TODAY)
    assert offered[0].code == ALL and offered[0].label == "Last 13 months"
    assert [period.code for period in offered[1:5]] == ["2026-27-Q3", "2026-27-Q2", "2026-27-Q1", "2025-26-Q4"]
    assert [period.label for period in offered[1:3]] == [
        "October to November 2026 so far", "July to September 2026",
    ]  # fmt: skip
    assert [period.code for period in offered[5:]] == list(reversed(months_until(TODAY)))
    assert offered[5].label == "November 2026 so far" and offered[-1].label == "November 2025"
    assert [period.unfinished for period in offered[:7]] == [True, True, False, False, False, True, False]
    assert len({period.code for period in offered}) == len(offered)
    assert [period.span for period in offered[:2]] == ["November 2025 to November 2026", "October to November 2026"]


def test_a_quarter_that_began_before_the_months_shown_is_not_offered_by_halves():
    for day in (TODAY, date(2026, 1, 1), date(2026, 12, 31), date(2027, 2, 28), date(2028, 2, 29)):
        for period in periods(day)[1:]:
            assert len(period.months) in (1, 3) or period.unfinished
            assert period.months[-1] <= month_of(day)


def test_a_month_begins_and_ends_by_the_london_clock():
    july = chosen("2026-07", periods(TODAY))
    assert july.starts_at == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert july.ends_at == datetime(2026, 7, 31, 23, tzinfo=UTC)
    assert (july.starts_on, july.ends_on) == (date(2026, 7, 1), date(2026, 7, 31))
    assert july.starts_at <= datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 00:30 on 1 July in London
    year = periods(TODAY)[0]
    assert year.ends_at - year.starts_at == timedelta(days=395)
    assert (year.starts_on, year.ends_on) == (date(2025, 11, 1), date(2026, 11, 30))


@pytest.mark.parametrize("code", ["", "2026-13", "2025-10", "2025-26-Q3", "12-months", "2026-12", "２０２６-07"])
def test_what_is_not_offered_is_no_choice(code):
    assert chosen(code, periods(TODAY)) is None


def test_a_month_is_said_in_words():
    assert month_label("2026-07") == "July 2026"
