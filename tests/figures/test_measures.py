"""What is computed from shown numbers: no database, and never a true count."""

from decimal import Decimal

import pytest

from figures import measures
from figures.cubes import ALL, CUBES
from figures.periods import period

SHOWN = {("a", "x"): 40, ("a", "y"): "[c]", ("a", ALL): 60, ("b", "x"): 20, ("b", "y"): 20, ("b", ALL): 45,
         (ALL, "x"): 65, (ALL, "y"): "[c]", (ALL, ALL): 100}  # fmt: skip


def by_codes(found):
    return {each.codes: each for each in found}


@pytest.mark.parametrize(
    ("number", "low", "high"), [(0, 0, 4), (5, 2, 12), (10, 5, 18), (100, 81, 122), (1000, 939, 1064)]
)
def test_a_poisson_interval(number, low, high):
    """Compared with the exact intervals of the chi-squared distribution, to the whole number."""
    from scipy.stats import chi2

    found = [int(measures.whole(each)) for each in measures.interval(number)]
    exact = [chi2.ppf(0.025, 2 * number) / 2 if number else 0, chi2.ppf(0.975, 2 * number + 2) / 2]
    assert found == [low, high]
    assert all(abs(one - other) < 0.7 for one, other in zip(measures.interval(number), exact, strict=True))


def test_numbers_have_an_interval_and_symbols_none():
    found = by_codes(measures.numbers({("a",): 10, ("b",): "[z]"}))
    assert (found[("a",)].value, found[("a",)].low, found[("a",)].high) == (10, 5, 18)
    assert (found[("b",)].value, found[("b",)].symbol, found[("b",)].low) == (None, "[z]", None)


def test_percentages_are_of_the_row_where_it_shows_fifty():
    found = by_codes(measures.percentages(SHOWN))
    assert found[("a", "x")].value == 67 and found[("a", "y")].symbol == "[c]"
    assert found[("b", "x")].symbol == "[x]"  # of 45
    assert found[("a", ALL)].value == 60 and found[(ALL, "x")].value == 65
    assert (ALL, ALL) not in found


def test_a_part_that_was_rounded_above_its_whole_is_all_of_it():
    found = by_codes(measures.percentages({("a",): 55, (ALL,): 50}))
    assert found[("a",)].value == 100


def test_rates_per_thousand_heads_with_their_interval():
    (rate,) = measures.rates("C1", {(ALL,): 100, ("2026-04",): 30}, [{"type": "all", "headcount": 4560}])
    assert (rate.codes, rate.value, rate.low, rate.high) == ((ALL,), Decimal("21.9"), Decimal("17.8"), Decimal("26.7"))


def test_no_rate_without_a_headcount_nor_of_what_is_hidden():
    assert [each.symbol for each in measures.rates("C1", {(ALL,): 100}, [])] == ["[x]"]
    assert [each.symbol for each in measures.rates("C1", {(ALL,): "[c]"}, [])] == ["[c]"]
    assert list(measures.rates("C2", {(ALL,): 100}, [])) == []
    for cube, cells in measures.RATED.items():
        assert {len(cell) for cell in cells} == {len(CUBES[cube].dimensions)}


@pytest.mark.parametrize(
    ("now", "then", "by", "says"),
    [
        (105, 100, 5, "no-clear-change"),
        (100, 109, -9, "no-clear-change"),
        (110, 100, 10, "chance"),
        (200, 100, 100, "up"),
        (100, 200, -100, "down"),
    ],
)
def test_changes_say_whether_they_could_be_chance(now, then, by, says):
    (change,) = measures.changes({(ALL,): now}, {(ALL,): then})
    assert (change.value, change.says) == (by, says)
    assert change.low < change.value < change.high


def test_a_change_of_what_is_hidden_or_was_not_there_is_none():
    found = by_codes(measures.changes({("a",): 50, ("b",): "[c]", ("d",): 50}, {("a",): "[c]", ("b",): 20}))
    assert [found[(code,)].symbol for code in "abd"] == ["[c]", "[c]", "[x]"]


def test_months_are_compared_with_the_same_month_of_the_year_before():
    then = measures.a_year_on(
        {("2025-04", ALL): 5, (ALL, ALL): 9}, ("month", "kind"), period("2025-26-Q1"), period("2026-27-Q1")
    )
    assert then == {("2026-04", ALL): 5, (ALL, ALL): 9}
