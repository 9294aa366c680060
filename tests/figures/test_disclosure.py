"""The gate on small tables made by hand, each with the reason why it must pass, hide or refuse (security.md 4.10)."""

from dataclasses import replace
from itertools import product

import pytest

from figures.disclosure import ALL, HIDDEN, IMPOSSIBLE, Count, Known, gate
from figures.disclosure.audit import Audit, Programs, targets_of
from figures.disclosure.gate import possible_cells
from figures.disclosure.rounding import control
from figures.disclosure.system import System
from tests.figures.attacks import Attack
from tests.figures.small import MONTH, block_of, cube_of, table, vintage_of
from tests.figures.synthetic import made

TWO = {"x": ("a", "b")}
THREE = {"x": ("a", "b", "c")}


def span(verdict, *cell, published=(), cube="T"):
    """What an attacker can tell of a cell, by code of his own."""
    attack = Attack([*published, verdict.vintage])
    vintage = verdict.vintage.name
    places = next(places for name, code, each, places in attack.hidden if (name, code, each) == (vintage, cube, cell))
    return attack.span(places, enough=9)


def test_two_fours_under_a_total_of_ten_are_not_given_away():
    """Rounding alone leaks: 8 is shown as 10, so each of the two must be 4."""
    verdict = gate([], table({("a",): 4, ("b",): 4}, TWO))

    assert verdict.passed
    assert verdict.vintage.cubes["T"].shown == {("a",): HIDDEN, ("b",): HIDDEN, ("all",): HIDDEN}
    assert verdict.withheld == (("T", ("all",)),)
    assert "1 figure of five or more was withheld" in verdict.words[1]


def test_what_gives_nobody_away_goes_out_as_it_is_rounded():
    verdict = gate([], table({("a",): 12, ("b",): 33}, TWO))

    assert verdict.passed and not verdict.withheld and not verdict.held
    assert verdict.vintage.cubes["T"].shown == {("a",): 10, ("b",): 35, ("all",): 45}
    assert verdict.words == (
        "Every small figure was tried; none can be known more closely than 4 values.",
        "No figure is hidden.",
    )


def test_a_total_of_five_beside_a_part_of_five_gives_two_hidden_parts_away():
    """The total is 5 to 7 and the part at least 5: the other two have 2 between them, unless the total goes."""
    verdict = gate([], table({("a",): 5, ("b",): 1, ("c",): 1}, THREE))

    assert verdict.passed and verdict.withheld == (("T", ("all",)),)
    assert span(verdict, "b") == (0, 4)


def test_a_part_is_withheld_before_the_total():
    """18 is shown as 20 and 12 as 10: the two threes have 6 at least between them."""
    verdict = gate([], table({("a",): 12, ("b",): 3, ("c",): 3}, THREE))

    assert verdict.passed and verdict.withheld == (("T", ("a",)),)


def test_a_row_with_all_its_people_in_one_cell_leaves_it_open_that_there_are_others():
    """Group disclosure (X10): nobody can say of everybody in a row that he is in this column."""
    dimensions = {"x": ("a", "b"), "y": ("p", "q", "r")}
    atoms = {("a", "p"): 13, ("b", "p"): 20, ("b", "q"): 15, ("b", "r"): 30}
    verdict = gate([], table(atoms, dimensions))

    attack = Attack([verdict.vintage])
    for _vintage, _cube, cell, places in attack.hidden:
        low, high = attack.span(places)
        assert low == 0 and high >= 3, cell
    others = {("a", "q"), ("a", "r")}
    low, high = attack.span([place for *_names, cell, places in attack.hidden if cell in others for place in places])
    assert low == 0 and high >= 3


def test_nothing_at_all_is_not_shown_as_nothing_where_that_gives_every_cell_away():
    """A total of zero says that all is zero: the zeros go, in the cube that could show them too (D5)."""
    atoms = dict.fromkeys(product([MONTH, "2025-05", "2025-06"], ["north", "south"], ["k"]), 0)
    dimensions = {"month": (MONTH, "2025-05", "2025-06"), "area": ("north", "south"), "kind": ("k",)}
    verdict = gate(
        [],
        vintage_of(
            main=atoms,
            cubes=(
                cube_of("C1", dimensions, atoms, ("month",), zero_shown=True),
                cube_of("C3", dimensions, atoms, ("area",)),
            ),
        ),
    )

    assert verdict.passed and not verdict.held
    assert not verdict.vintage.cubes["C1"].zero_shown
    assert set(verdict.vintage.cubes["C1"].shown.values()) == {HIDDEN}
    assert "Zeros are not shown in C1" in verdict.words[1]
    assert span(verdict, "north", cube="C3") == (0, 4)


def test_a_month_without_reports_is_shown_where_that_gives_nobody_away():
    atoms = {(MONTH, "a", "k"): 0, ("2025-05", "a", "k"): 40, ("2025-06", "a", "k"): 31}
    dimensions = {"month": (MONTH, "2025-05", "2025-06"), "area": ("a",), "kind": ("k",)}
    verdict = gate([], vintage_of(main=atoms, cubes=(cube_of("C1", dimensions, atoms, ("month",), zero_shown=True),)))

    assert verdict.passed
    assert verdict.vintage.cubes["C1"].shown == {(MONTH,): 0, ("2025-05",): 40, ("2025-06",): 30, (ALL,): 70}


def test_one_officer_assaulted_six_times_is_hidden_with_what_would_show_it():
    """Six reports and one person: one that nobody can tell from none, or from sixty."""
    verdict = gate([], table({("a",): 6, ("b",): 30}, TWO, people={("a",): 1, ("all",): 31}))

    cube = verdict.vintage.cubes["T"]
    assert cube.shown[("a",)] == HIDDEN and cube.few == {("a",)}
    low, high = span(verdict, "a")
    assert high - low >= 3


def test_what_cannot_be_is_no_small_number():
    dimensions = {"x": ("a", "b"), "y": ("p", "q")}
    atoms = {("a", "p"): 20, ("b", "p"): 17, ("b", "q"): 14}
    block = block_of(
        "block", dimensions, atoms, cube_of("T", dimensions, atoms), parent="main", impossible=frozenset({("a", "q")})
    )
    verdict = gate([], vintage_of(block, main={(MONTH, "a", "k"): 51}))

    assert verdict.passed and verdict.hidden_share["T"] == 0
    assert verdict.vintage.cubes["T"].shown[("a", "q")] == IMPOSSIBLE


def test_an_area_with_one_report_in_a_year_is_hidden_among_four():
    dimensions = {"x": ("a", "b", "c"), "y": ("k", "l")}
    atoms = dict.fromkeys(product(*dimensions.values()), 30) | {("c", "k"): 1, ("c", "l"): 0}
    verdict = gate([], table(atoms, dimensions))

    assert verdict.passed
    low, high = span(verdict, "c", ALL)
    assert high - low >= 3


def test_not_known_is_a_code_like_others_and_can_be_small():
    verdict = gate([], table({("a",): 60, ("b",): 31, ("not-known",): 2}, {"x": ("a", "b", "not-known")}))

    assert verdict.vintage.cubes["T"].shown[("not-known",)] == HIDDEN
    low, high = span(verdict, "not-known")
    assert high - low >= 3


def test_what_is_published_is_never_changed_and_the_new_one_gives_way():
    """The first withheld a total that the second would show."""
    first = gate([], table({("a",): 4, ("b",): 4}, TWO)).vintage
    main = {(MONTH, "a", "k"): 8}
    dimensions = {"month": (MONTH,), "area": ("a",), "kind": ("k",)}
    new = vintage_of(main=main, cubes=(cube_of("U", dimensions, main, ()),), name="2025-26/1")
    verdict = gate([first], new)

    assert verdict.passed
    assert first.cubes["T"].withheld == {("all",)}
    assert verdict.vintage.cubes["U"].shown == {(): HIDDEN}
    assert Attack([first, verdict.vintage]).run()[0].width >= 3


def test_what_was_lost_before_is_no_reason_to_blame_the_new_and_no_reason_to_pass():
    """Two fours under a ten went out ungated: whatever the next release shows, they stay known."""
    first = table({("a",): 4, ("b",): 4}, TWO)
    first = control(first, possible_cells(first))
    verdict = gate([first], table({("a",): 60, ("b",): 31}, TWO, name="2025-26-Q2/1"), least_changed=0)

    assert not verdict.passed and verdict.narrowest == 1
    assert not verdict.vintage.cubes["T"].shown and set(verdict.held) == {"T"}
    assert "4 can be known more closely than 4 values. Nothing may go out." in verdict.words[0]
    assert "4 were known so closely before" in verdict.words[1]


def test_a_fact_from_outside_is_a_row_like_any_other():
    """With the exact total known, 4 and 5 are as good as shown; without it they are not."""
    atoms = {("a",): 3, ("b",): 5}
    fact = Known("block", {}, 8, 8)
    plain, told = gate([], table(atoms, TWO)), gate([], table(atoms, TWO, known=[fact]))

    assert plain.passed and told.passed
    assert told.withheld and set(told.withheld) >= set(plain.withheld)


def test_an_exact_total_that_is_known_is_no_failure():
    verdict = gate([], table({("a",): 60, ("b",): 43}, TWO, known=[Known("block", {}, 103, 103)]))

    assert verdict.passed and not verdict.withheld


@pytest.mark.parametrize("sensitive", [False, True])
def test_in_a_sensitive_cube_nobody_can_tell_that_there_is_anybody(sensitive):
    """13 is shown as 15 and 12 as 10: there is one at least, one of 1 to 4."""
    verdict = gate([], table({("a",): 12, ("b",): 1}, TWO, sensitive=sensitive))

    assert verdict.passed
    assert bool(verdict.withheld) is sensitive
    assert span(verdict, "b") == ((0, 4) if sensitive else (1, 4))


def test_a_sensitive_cube_is_held_if_hiding_still_shows_that_there_is_somebody():
    """Seven in all, none of the three shown: of any two there must be one."""
    verdict = gate([], table({("a",): 4, ("b",): 3, ("c",): 0}, THREE, sensitive=True))

    assert verdict.passed and set(verdict.held) == {"T"} and not verdict.vintage.cubes["T"].shown


def test_a_cube_that_would_hide_too_much_is_held():
    """Each row is two fours under a ten: all four totals would go."""
    dimensions = {"x": tuple("abcd"), "y": tuple("pq")}
    verdict = gate([], table(dict.fromkeys(product(*dimensions.values()), 4), dimensions))

    assert verdict.passed
    assert set(verdict.held) == {"T"} and "too many of its figures" in verdict.held["T"]
    assert not verdict.vintage.cubes["T"].shown and verdict.hidden_share["T"] == 1
    assert any("T is held and shows nothing this time" in sentence for sentence in verdict.words)


def test_a_solver_that_stops_early_has_failed():
    """Four values are there, but with the true table alone nothing is proved."""

    class Lame(Programs):
        def solve(self, *given, **options):
            return None, False

    vintage = gate([], table({("a",): 2, ("b",): 33}, TWO)).vintage
    system = System([vintage])
    failures = Audit(system, targets_of(system), programs=Lame()).run()

    assert failures and all(failure.stopped for failure in failures)


def test_a_solver_that_answers_wrongly_makes_nothing_pass():
    class Liar(Programs):
        def solve(self, objective, *given, **options):
            table, ended = super().solve(objective, *given, **options)
            return (None if table is None else table + 7), ended

    vintage = gate([], table({("a",): 2, ("b",): 33}, TWO)).vintage
    system = System([vintage])

    assert Audit(system, targets_of(system), programs=Liar()).run()


def test_only_what_was_shown_is_enough_to_audit_it_again():
    """Of an old release the true counts may be gone: the union is audited all the same."""
    first = gate([], table({("a",): 4, ("b",): 4}, TWO)).vintage
    block = next(block for block in first.blocks if block.name == "block")
    blind = replace(
        first,
        blocks=(
            replace(first.blocks[0], atoms={}),
            replace(block, atoms={}, cubes=tuple(replace(cube, cells={}) for cube in block.cubes)),
        ),
    )
    second = gate([blind], table({("a",): 9, ("b",): 14}, TWO, name="2025-26-Q2/1"))

    assert second.passed and second.targets == 2


def test_what_is_said_of_two_tables_that_show_the_same_is_the_same():
    """The words go out with the figures: none may depend on what is hidden, as the number of targets tried does."""
    verdicts = [gate([], table({("a",): 33, ("b",): small}, TWO)) for small in (0, 1, 2)]

    assert len({verdict.targets for verdict in verdicts}) > 1  # an insider is tried only where there are two
    assert len({(verdict.words, str(verdict.vintage.cubes["T"].shown)) for verdict in verdicts}) == 1


def test_the_same_counts_give_the_same_verdict():
    year = made(seed=5, size=120).vintages()

    assert gate([], year[0]) == gate([], year[0])


def test_areas_are_summed_by_level_and_a_level_less_one_area_is_tried():
    """North is 8 and would be shown as 10, its two parts are 4 each."""
    line = {"north": "", "south": "", "n1": "north", "n2": "north", "s1": "south", "s2": "south"}
    main = {(MONTH, area, "k"): number for area, number in (("n1", 4), ("n2", 4), ("s1", 60), ("s2", 28))}
    vintage = vintage_of(main=main)
    codes = {**vintage.blocks[0].dimensions, "area": line}
    numbers = {"north": 8, "south": 88, "n1": 4, "n2": 4, "s1": 60, "s2": 28, ALL: 96}
    cells = {(area,): Count(number, number, number) for area, number in numbers.items()}
    cube = replace(cube_of("C3", {"area": line}, {}), cells=cells)
    vintage = replace(vintage, blocks=(replace(vintage.blocks[0], dimensions=codes, cubes=(cube,)),))
    verdict = gate([], vintage)

    assert verdict.passed and verdict.withheld == (("C3", ("north",)),)
    assert all(span(verdict, area, cube="C3") == (1, 4) for area in ("n1", "n2"))


@pytest.mark.parametrize("size", [1, 3])
def test_a_year_of_next_to_nothing_passes_with_everything_hidden(size):
    quarter = made(seed=2, size=size).vintages()[0]
    verdict = gate([], quarter)

    assert verdict.passed
    assert all(
        value in (HIDDEN, IMPOSSIBLE, 0) for cube in verdict.vintage.cubes.values() for value in cube.shown.values()
    )
