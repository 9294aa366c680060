"""The gate on small tables made by hand, each with the reason why it must pass, hide or refuse (security.md 4)."""

from figures.disclosure import HIDDEN, gate
from tests.figures.small import table

TWO = {"x": ("a", "b")}


def test_two_fours_under_a_total_of_ten_are_not_given_away():
    """Rounding alone leaks: 8 is shown as 10, so each of the two must be 4 (security.md 4.10)."""
    verdict = gate([], table({("a",): 4, ("b",): 4}, TWO))

    assert verdict.passed
    assert verdict.vintage.cubes["T"].shown == {("a",): HIDDEN, ("b",): HIDDEN, ("all",): HIDDEN}
    assert verdict.withheld == (("T", ("all",)),)


def test_what_gives_nobody_away_goes_out_as_it_is_rounded():
    verdict = gate([], table({("a",): 12, ("b",): 33}, TWO))

    assert verdict.passed and not verdict.withheld and not verdict.held
    assert verdict.vintage.cubes["T"].shown == {("a",): 10, ("b",): 35, ("all",): 45}
