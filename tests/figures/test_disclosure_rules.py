"""Mode R and what it says to a reader, as tables (security.md 4.4, D3, D5)."""

import pytest

from figures import cubes
from figures.disclosure import (
    ALL,
    HIDDEN,
    IMPOSSIBLE,
    LARGEST_BLOCK,
    Count,
    CubeCounts,
    NotAuditable,
    gate,
    is_small,
    nearest_five,
    shown,
)
from figures.disclosure.rounding import WITHOUT_END, band
from tests.figures.small import table
from tests.figures.synthetic import made


def test_the_words_that_both_rooms_use_are_the_same():
    assert (ALL, LARGEST_BLOCK) == (cubes.ALL, cubes.LARGEST_BLOCK)


def test_no_table_is_finer_than_was_agreed():
    """Security.md 4.3: three dimensions and 150 cells at most, and no area by injury, role or answer."""
    for vintage in made(seed=1, size=60).vintages():
        for code, cube in vintage.cubes.items():
            assert len(cube.dimensions) <= 3 and len(cube.cells) <= 150, code
            assert "area" not in cube.dimensions or set(cube.dimensions) <= {"month", "area", "kind"}, code


@pytest.mark.parametrize(
    ("number", "people", "incidents", "expected"),
    [
        (0, 0, 0, HIDDEN),
        (1, 1, 1, HIDDEN),
        (4, 4, 4, HIDDEN),
        (5, 5, 5, 5),
        (5, 5, 3, 5),
        (7, 7, 7, 5),
        (8, 8, 8, 10),
        (12, 12, 12, 10),
        (13, 13, 13, 15),
        (569, 400, 380, 570),
        (6, 1, 6, HIDDEN),  # one officer, assaulted six times
        (9, 4, 9, HIDDEN),
        (8, 8, 1, HIDDEN),  # one disorder with eight victims
        (8, 8, 2, HIDDEN),
        (40, 30, 2, HIDDEN),
    ],
)
def test_what_a_cell_shows(number, people, incidents, expected):
    assert shown(Count(number, people, incidents)) == expected


def test_a_zero_is_shown_only_where_zeros_are():
    assert shown(Count(0, 0, 0), zero_shown=True) == 0
    assert shown(Count(1, 1, 1), zero_shown=True) == HIDDEN


def test_what_cannot_be_looks_like_nothing_else():
    assert shown(Count(0, 0, 0), possible=False, zero_shown=True) == IMPOSSIBLE


def test_every_number_is_at_most_two_from_what_is_shown():
    assert all(abs(nearest_five(number) - number) <= 2 for number in range(1_000))


@pytest.mark.parametrize(
    ("people", "incidents", "small"),
    [(0, 0, False), (1, 1, True), (4, 4, True), (5, 2, True), (5, 3, False), (4, 9, True)],
)
def test_small_is_said_of_people_and_of_incidents(people, incidents, small):
    assert is_small(Count(10, people, incidents)) is small


@pytest.mark.parametrize(
    ("value", "options", "expected"),
    [
        (HIDDEN, {}, (0, 4)),
        (HIDDEN, {"zero_shown": True}, (1, 4)),
        (HIDDEN, {"withheld": frozenset({()})}, (5, WITHOUT_END)),
        (HIDDEN, {"few": frozenset({()})}, (0, WITHOUT_END)),
        (IMPOSSIBLE, {}, (0, 0)),
        (0, {"zero_shown": True}, (0, 0)),
        (5, {}, (5, 7)),
        (10, {}, (8, 12)),
        (570, {}, (568, 572)),
    ],
)
def test_what_a_cell_says_to_one_who_knows_the_rule(value, options, expected):
    assert band(CubeCounts("T", (), {}, shown={(): value}, **options), ()) == expected


def test_a_zero_that_was_hidden_says_that_zeros_are_not_shown():
    cube = CubeCounts("T", (), {(): Count(0, 0, 0)}, shown={(): HIDDEN}, zero_shown=True)

    assert band(cube, ()) == (0, 4)


def test_few_people_are_told_from_what_was_withheld():
    few = CubeCounts("T", (), {(): Count(8, 8, 1)}, shown={(): HIDDEN})
    withheld = CubeCounts("T", (), {(): Count(8, 8, 8)}, shown={(): HIDDEN})

    assert (band(few, ()), band(withheld, ())) == ((0, WITHOUT_END), (5, WITHOUT_END))


def test_a_cube_that_may_not_show_that_there_is_anybody_shows_no_zeros():
    with pytest.raises(NotAuditable, match="whether there is anybody"):
        gate([], table({("a",): 3}, {"x": ("a",)}, sensitive=True, zero_shown=True))
