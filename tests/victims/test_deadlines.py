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
from victims.deadlines import (
    ClockState,
    Limit,
    clock_state,
    deadline,
    due_date,
    enhanced,
    limits_called_for,
    months_after,
    notices_due,
    was_late,
)

NATION = "england-and-wales"
KNOWN = Calendar(NATION, frozenset(bank_holidays(NATION, 2015, 2036)), 2015, 2036)
with (Path(__file__).parent / "deadlines.csv").open(encoding="utf-8", newline="") as _file:
    CASES = list(csv.DictReader(_file, strict=True))
CODE = Limit("code-2021", "referral", 2)


CALENDARS = {
    NATION: KNOWN,
    "scotland": Calendar("scotland", frozenset(bank_holidays("scotland", 2015, 2036)), 2015, 2036),
}
UNITS = ("working-days", "days", "hours", "months", "duty")


def wall(cell, which=""):
    """Give the moment of a cell such as "2026-10-25 01:30 second"; None for an empty one."""
    if not cell:
        return None
    return moment(
        datetime.fromisoformat(cell.removesuffix(" second")), "second" if cell.endswith("second") else which
    ).at


def worked_out(case):
    """Give the deadline of a row of the table, switched to enhanced part-way if the row says so."""
    limit = Limit("code-2021", "referral", int(case["amount"]), case["unit"])
    calendar = CALENDARS[case["calendar"]]
    found = deadline(wall(case["started"], case["which"]), limit, calendar, end_of_duty=wall(case["end_of_duty"]))
    if case["switched"]:
        anew = Limit("code-2021", "referral, enhanced", int(case["enhanced_amount"]), case["unit"])
        found = enhanced(found, anew, wall(case["switched"]), calendar)
    return found


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_a_limit_ends_on_the_day_that_the_business_says(case):
    found = worked_out(case)
    assert (found.due_on.isoformat() if found.due_on else "") == case["due"], case["why"]
    assert found.due_at == wall(case["due_at"]), case["why"]
    assert (found.calendar_edition == "") == (case["due"] == "")


def test_there_are_cases_enough():
    assert len(CASES) >= 60
    assert len({case["case"] for case in CASES}) == len(CASES)
    assert all(case["why"] for case in CASES)
    assert {case["unit"] for case in CASES} == set(UNITS)
    assert {case["calendar"] for case in CASES} == set(CALENDARS)
    assert sum(bool(case["switched"]) for case in CASES) >= 8


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


# Enhanced rights part-way ---------------------------------------------------------------------------------------------


def end_of(found):
    return found.due_on, found.due_at or datetime.max.replace(tzinfo=UTC)


units = st.sampled_from(["working-days", "days", "hours", "months"])


@given(moments, st.timedeltas(timedelta(0), timedelta(days=60)), units, limits, limits)
def test_enhanced_rights_never_make_a_limit_later(at, passed, unit, amount, fast):
    first = deadline(at, Limit("code-2021", "update", amount, unit), KNOWN)
    anew = enhanced(first, Limit("code-2021", "update, enhanced", fast, unit), at + passed, KNOWN)
    assert end_of(anew) <= end_of(first)
    if anew is not first:
        alone = deadline(at + passed, Limit("code-2021", "update, enhanced", fast, unit), KNOWN)
        assert anew == alone
        assert anew.started_at == at + passed


@given(moments, st.timedeltas(timedelta(0), timedelta(days=60)), limits, limits)
def test_a_later_switch_never_gives_a_nearer_limit(at, passed, amount, fast):
    first = deadline(at, Limit("code-2021", "update", amount), KNOWN)
    anew = Limit("code-2021", "update, enhanced", fast)
    assert enhanced(first, anew, at, KNOWN).due_on <= enhanced(first, anew, at + passed, KNOWN).due_on


# Months ---------------------------------------------------------------------------------------------------------------

days = st.dates(date(2015, 1, 1), date(2060, 12, 31))


@given(days, st.integers(0, 60))
def test_months_keep_the_day_or_end_with_the_month(start, count):
    end = months_after(start, count)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == count
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


@given(days, st.integers(0, 30), st.timedeltas(timedelta(0), timedelta(days=400)))
def test_months_from_a_later_day_never_end_sooner(start, count, later):
    assert months_after(start, count) <= months_after(start + later, count)


# Notices --------------------------------------------------------------------------------------------------------------

STEPS = (("reminder", -1), ("late", 0), ("inspector", 1), ("spoc", 3))
due_days = st.dates(date(2016, 1, 1), date(2035, 1, 1))


def called(due_on, today, **given):
    given = {"started_on": due_on - timedelta(days=30), "steps": STEPS, **given}
    return notices_due(due_on=due_on, today=today, calendar=KNOWN, **given)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-04-01", ()),
        ("2026-04-02", ("reminder",)),  # Thursday: the working day before the Tuesday after Easter
        ("2026-04-05", ("reminder",)),
        ("2026-04-07", ("reminder",)),
        ("2026-04-08", ("late", "inspector")),
        ("2026-04-09", ("late", "inspector")),
        ("2026-04-10", ("late", "inspector", "spoc")),
    ],
)
def test_notices_are_counted_in_working_days_from_the_limit(today, expected):
    assert called(date(2026, 4, 7), date.fromisoformat(today)) == expected


def test_a_limit_on_a_friday_goes_upward_on_monday():
    friday = date(2026, 11, 20)
    assert called(friday, friday + timedelta(days=1)) == ("late",)
    assert called(friday, friday + timedelta(days=2)) == ("late",)
    assert called(friday, friday + timedelta(days=3)) == ("late", "inspector")


def test_nobody_is_reminded_before_it_is_owed():
    due = date(2026, 11, 18)
    assert called(due, date(2026, 11, 17), started_on=date(2026, 11, 18)) == ()
    assert called(due, date(2026, 11, 18), started_on=date(2026, 11, 18)) == ("reminder",)


def test_a_moment_is_late_within_its_day():
    due_at = datetime(2026, 11, 18, 10, tzinfo=UTC)
    given = {"due_at": due_at, "today": due_at.date()}
    assert called(due_at.date(), now=due_at, **given) == ("reminder",)
    assert called(due_at.date(), now=due_at + timedelta(minutes=1), **given) == ("late",)


@given(due_days, st.integers(0, 60))
def test_what_was_called_for_stays_called_for(due_on, after):
    """Day by day after the limit a notice is added and none is taken away."""
    today = due_on + timedelta(days=after)
    before, then = called(due_on, today), called(due_on, today + timedelta(days=1))
    assert set(before) - {"reminder"} <= set(then)
    assert [kind for kind, _ in STEPS if kind in then] == list(then)


@given(due_days, st.integers(-40, 40))
def test_exactly_one_of_reminded_and_late_once_the_reminder_is_due(due_on, after):
    found = called(due_on, due_on + timedelta(days=after))
    assert ("late" in found) == (after > 0)
    assert not ("reminder" in found and "late" in found)


@given(due_days, st.integers(1, 5), st.integers(0, 40))
def test_a_step_upward_waits_so_many_working_days(due_on, wait, after):
    """Counted the other way: forward from the limit, day by day."""
    today = due_on + timedelta(days=after)
    passed = sum(KNOWN.is_working_day(due_on + timedelta(days=n)) for n in range(1, after + 1))
    assert ("spoc" in called(due_on, today, steps=[("spoc", wait)])) == (passed >= wait)


@given(due_days, st.integers(1, 10), st.integers(0, 40))
def test_a_reminder_comes_so_many_working_days_before(due_on, ahead, before):
    today = due_on - timedelta(days=before)
    left = sum(KNOWN.is_working_day(today + timedelta(days=n)) for n in range(1, before + 1))
    first, last = limits_called_for(-ahead, today=today, calendar=KNOWN)
    assert (first <= due_on <= last) == ("reminder" in called(due_on, today, steps=[("reminder", -ahead)]))
    if KNOWN.is_working_day(due_on):
        assert (first <= due_on <= last) == (left <= ahead)


def test_beyond_the_known_holidays_only_lateness_is_told():
    assert called(date(2036, 12, 31), date(2037, 1, 5)) == ("late",)


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
