"""The whole of X1, X3 and X4: years of releases against a solver of the test (security.md 4.9). For `make soak`."""

from itertools import product

import pytest

from tests.figures.synthetic import made
from tests.figures.test_disclosure_attacks import (
    SHAPES,
    changes_are_wide,
    released,
    revised,
    with_known_total,
    withstood,
    withstood_by_insiders,
)

SIZES = (50, 140, 400, 900, 2_000)
LARGE = 400
"""Up to so many assaults a year there is always something small to try."""


@pytest.mark.parametrize(("shape", "size"), list(product(SHAPES, SIZES)))
def test_225_releases_withstand_a_solver(shape, size):
    """X1: nine shapes in five sizes, five releases each; all that a year publishes, taken together."""
    seed = list(SHAPES).index(shape) * 10 + SIZES.index(size)
    published = released(made(seed=seed, size=size, **SHAPES[shape]).vintages())

    assert len(published) == 5
    withstood(published)


@pytest.mark.parametrize(("seed", "size"), [(31, 570), (32, 300), (33, 360)])
def test_three_years_each_with_late_reports_and_a_revision(seed, size):
    """X3: nine releases a year, most quarters with 25 changed records or more (D9).

    A larger force may have no cell that is small in both editions.
    """
    first, again, year = revised(seed=seed, size=size, quarters=(1, 2, 3, 4))
    published = released([*first, year, *again])

    withstood(published)
    assert changes_are_wide(published) or size > LARGE


@pytest.mark.parametrize(("seed", "size"), [(42, 200), (43, 570), (44, 200), (45, 570), (46, 280), (47, 120)])
def test_whole_years_with_exact_totals_and_insiders_in_pairs(seed, size):
    """X4: the Home Office's total of the year is known, and two who are in one small cell compare notes."""
    vintages = made(seed=seed, size=size).vintages()
    published = released([*vintages[:4], with_known_total(vintages[4])], pairs=True)

    withstood(published)
    tried = [withstood_by_insiders(published, together=together) for together in (1, 2)]
    assert all(tried) or size > LARGE
