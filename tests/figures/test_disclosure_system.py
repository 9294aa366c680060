"""What is known of a year as rows: ties, levels, links, and what is refused (security.md 4.6, ADR 14)."""

from dataclasses import replace

import pytest

from figures import cubes
from figures.disclosure import (
    ALL,
    HIDDEN,
    BlockCounts,
    Known,
    NotAuditable,
    changed,
    gate,
    kept,
)
from figures.disclosure.audit import Audit, targets_of
from figures.disclosure.gate import possible_cells
from figures.disclosure.insiders import insiders_of
from figures.disclosure.rounding import control
from figures.disclosure.system import System
from figures.periods import Period
from tests.figures.attacks import Attack, narrowed
from tests.figures.small import MONTH, block_of, cube_of, table, vintage_of
from tests.figures.synthetic import made

X = {"x": ("a", "b")}
TIMES, WEIGHTS = {"times": ("once", "twice", "more")}, {"once": 1, "twice": 2, "more": 3}
ATOMS = {("a",): 20, ("b",): 31}
MAIN = {(MONTH, "a", "k"): 51}


def tied(name, parent, dimensions=X, atoms=ATOMS, **options):
    return block_of(name, dimensions, atoms, cube_of(name, dimensions, atoms), parent=parent, **options)


def rounded(vintage):
    """Mode R alone, without audit."""
    return control(vintage, possible_cells(vintage))


class TestRefused:
    def refused(self, vintage, words):
        with pytest.raises(NotAuditable, match=words):
            gate([], vintage)

    def test_a_circle_of_blocks(self):
        self.refused(vintage_of(tied("one", "two"), tied("two", "one"), main=MAIN), "tied in a circle")

    def test_a_block_tied_to_itself(self):
        self.refused(vintage_of(tied("one", "one"), main=MAIN), "tied in a circle")

    def test_a_block_tied_to_nothing(self):
        self.refused(vintage_of(tied("one", "gone"), main=MAIN), "which is not there")

    def test_a_block_of_over_5000_atoms(self):
        dimensions = {name: tuple(f"{name}{number}" for number in range(18)) for name in "xyz"}
        block = BlockCounts(
            "large",
            "assaults",
            {name: dict.fromkeys(codes, "") for name, codes in dimensions.items()},
            {},
            (),
            parent="main",
        )
        self.refused(vintage_of(block), "5,832 atoms; at most 5,000")

    def test_a_cube_by_what_its_block_does_not_count(self):
        block = block_of("one", X, ATOMS, cube_of("T", {"y": ("p",)}, {("p",): 51}), parent="main")
        self.refused(vintage_of(block, main=MAIN), "counts by what its block one does not")

    def test_cells_that_do_not_match_the_atoms(self):
        block = block_of("one", X, ATOMS, cube_of("T", X, {("a",): 20, ("b",): 30}), parent="main")
        self.refused(vintage_of(block, main=MAIN), r"T counts 30 at \('b',\), its block one 31")

    def test_a_cube_without_one_of_its_cells(self):
        cube = cube_of("T", X, ATOMS)
        cube = replace(cube, cells={cell: count for cell, count in cube.cells.items() if cell != (ALL,)})
        self.refused(vintage_of(block_of("one", X, ATOMS, cube, parent="main"), main=MAIN), "each of its 3 cells once")

    def test_a_shown_figure_that_stands_for_another(self):
        block = tied("one", "main")
        wrong = replace(block.cubes[0], shown={("a",): 25, ("b",): 30, (ALL,): 50})
        self.refused(vintage_of(replace(block, cubes=(wrong,)), main=MAIN), "shows 25 at .* does not stand for 20")

    def test_an_atom_that_is_none(self):
        self.refused(vintage_of(block_of("one", X, {("c",): 3}, parent="main")), "no atom of it or cannot be")

    def test_an_atom_that_cannot_be(self):
        block = tied("one", "main", impossible=frozenset({("a",)}))
        self.refused(vintage_of(block, main=MAIN), "no atom of it or cannot be")

    def test_a_code_that_is_named_as_a_margin(self):
        self.refused(table({("all",): 9, ("b",): 9}, {"x": ("all", "b")}), "means every code together")

    def test_fewer_than_none(self):
        self.refused(vintage_of(block_of("one", X, {("a",): -1}, parent="main")), "fewer than none")

    def test_blocks_that_count_by_one_thing_with_no_tie_to_carry_it(self):
        """Both count by x, their parent does not: their margins over x would be two, and are one."""
        self.refused(vintage_of(tied("one", "main"), tied("two", "main"), main=MAIN), "no tie between them carries it")

    def test_blocks_of_one_name(self):
        self.refused(vintage_of(tied("one", "main"), tied("one", "main"), main=MAIN), "two blocks of one name")

    def test_cubes_of_one_code(self):
        again = block_of("two", {"y": ("p",)}, {("p",): 51}, cube_of("one", {"y": ("p",)}, {("p",): 51}), parent="main")
        self.refused(vintage_of(tied("one", "main"), again, main=MAIN), "two cubes of one code")

    def test_numbers_of_tied_blocks_that_differ(self):
        self.refused(vintage_of(tied("one", "main"), main={(MONTH, "a", "k"): 50}), "do not fit")

    def test_a_fact_from_outside_that_is_not_so(self):
        self.refused(table(ATOMS, X, known=[Known("block", {}, 52, 60)]), "a fact from outside is wrong")

    def test_a_fact_about_what_is_not_counted(self):
        self.refused(table(ATOMS, X, known=[Known("block", {"x": frozenset("q")}, 1, 2)]), "names what")

    def test_levels_that_go_round(self):
        vintage = table(ATOMS, X)
        block = replace(vintage.blocks[1], dimensions={"x": {"a": "b", "b": "a"}})
        self.refused(replace(vintage, blocks=(vintage.blocks[0], block)), "counts|levels|atom")

    def test_two_vintages_of_one_name(self):
        first = gate([], table(ATOMS, X)).vintage
        with pytest.raises(NotAuditable, match="Two vintages have one name"):
            gate([first], table(ATOMS, X), least_changed=0)

    def test_a_main_block_without_months(self):
        vintage = table(ATOMS, X)
        self.refused(replace(vintage, main="block"), "by month, area and kind")


def test_the_real_blocks_make_trees_and_none_is_too_large():
    year = made(seed=1, size=60)
    names = {block.name for vintage in year.vintages() for block in vintage.blocks}

    assert names == set(cubes.BLOCKS)
    System(year.vintages())


@pytest.mark.parametrize(("tied_together", "found"), [(True, True), (False, False)])
def test_variables_for_each_cube_apart_would_pass_what_tied_blocks_find(tied_together, found):
    """Two cells of four, their sum hidden beside them, and shown as 10 in another cube: only a common margin tells."""
    first = {"outcome": ("charged", "open"), "sort": ("k", "l")}
    second = {"camera": ("on", "off"), "outcome" if tied_together else "result": ("charged", "open")}
    atoms = {("charged", "k"): 4, ("charged", "l"): 4, ("open", "k"): 40, ("open", "l"): 30}
    others = {("on", "charged"): 8, ("off", "charged"): 0, ("on", "open"): 50, ("off", "open"): 20}
    hidden = cube_of("C6", first, atoms)
    hidden = replace(hidden, shown=dict.fromkeys(hidden.cells, HIDDEN), withheld=frozenset(
        cell for cell, count in hidden.cells.items() if count.number > 4
    ))  # fmt: skip
    told = cube_of("C12", second, others, list(second)[1:])
    told = replace(told, shown={("charged",): 10, ("open",): 70, (ALL,): 80})
    system = System(
        [
            vintage_of(
                block_of("outcomes", first, atoms, hidden, parent="main"),
                block_of("cameras", second, others, told, parent="outcomes" if tied_together else "main"),
                main={(MONTH, "a", "k"): 78},
            )
        ]
    )
    narrow = {failure.target.cell for failure in Audit(system).run() if failure.target.cube == "C6"}

    assert ({("charged", "k"), ("charged", "l")} <= narrow) is found
    assert found or not narrow


def test_people_are_no_more_than_assaults_and_weigh_what_they_were_assaulted():
    """Ten assaults on people of whom some were assaulted three times: no more than three such."""
    people = {("once",): 1, ("twice",): 0, ("more",): 3}
    block = block_of(
        "repeats",
        {"times": ("once", "twice", "more")},
        people,
        cube_of("C20", {"times": ("once", "twice", "more")}, people),
        parent="main",
        unit="people",
        weights={"once": 1, "twice": 2, "more": 3},
    )
    system = System([gate([], vintage_of(block, main={(MONTH, "a", "k"): 10})).vintage])
    audit = Audit(system)
    shape = system.shape(system.vintages[0], "repeats")

    assert system.fits(system.truth)
    more = shape.first + shape.atoms.index(("more",))
    heavier = system.truth.copy()
    heavier[more] += 1
    assert not system.fits(heavier)
    assert audit.pool


def test_a_shown_number_says_that_there_are_five_people_and_three_incidents():
    """By D3: 40 assaults are shown, so there are three incidents; hidden as fewer than five, they are 3 or 4."""
    incidents = block_of("incidents", {}, {(): 3}, cube_of("C10", {}, {(): 3}), parent="main", unit="incidents")
    vintage = vintage_of(
        incidents, main={(MONTH, "a", "k"): 40}, cubes=(cube_of("C1", {"month": (MONTH,)}, {(MONTH,): 40}, ("month",)),)
    )
    verdict = gate([], vintage)

    assert verdict.passed and set(verdict.held) == {"C10"}


def test_a_person_assaulted_often_is_there_if_the_others_do_not_account_for_all():
    """Ten assaults, of which one person has one: the other nine are of somebody assaulted three times or more."""
    people = {("once",): 1, ("twice",): 0, ("more",): 3}
    block = block_of("repeats", TIMES, people, cube_of("C20", TIMES, people), parent="main", unit="people",
                     weights=WEIGHTS)  # fmt: skip
    system = System([rounded(vintage_of(block, main={(MONTH, "a", "k"): 10}))])
    first = system.shape(system.vintages[0], "repeats").first
    nobody = system.truth.copy()
    nobody[first : first + 3] = (1, 0, 0)

    assert system.fits(system.truth) and not system.fits(nobody)


class TestVintages:
    def test_areas_that_changed_are_linked_where_both_have_them(self):
        year = made(seed=4, size=200, changed_in=3)
        vintages = year.vintages()
        system = System(vintages)
        areas = [set(vintage.blocks[0].dimensions["area"]) for vintage in vintages]

        assert areas[0] > areas[2] == areas[4] == {"north", "south"}
        assert [len(link.pairs) for link in system.links] == [3 * 2 * 4] * 4
        assert all(link.changed < 20 for link in system.links)

    def test_a_code_that_is_new_is_a_change(self):
        def by_area(name, code, main):
            dimensions = {"month": (MONTH,), "area": ("a",), "kind": ("k", "l")}
            return vintage_of(main=main, name=name, cubes=(cube_of(code, dimensions, main, ("area",)),))

        first = by_area("2025-26-Q1/1", "P", {(MONTH, "a", "k"): 20})
        second = by_area("2025-26/1", "Q", {(MONTH, "a", "k"): 14, (MONTH, "a", "l"): 6})

        assert [link.changed for link in System([first, second]).links] == [12]
        assert gate([gate([], first).vintage], second).passed

    def test_how_many_records_changed_bounds_the_second(self):
        year = made(seed=6, size=300, late=0, gone=0)
        system = System(year.vintages())
        assert [link.changed for link in system.links] == [0] * 4
        assert system.width == system.atoms

    def test_nobody_was_assaulted_in_more_quarters_than_times(self):
        """Eight people in each of two quarters, and of seven in the year one was assaulted often: others were twice."""
        quarters = [
            vintage_of(block_of("people", {}, {(): 8}, parent="main", unit="people"), name=f"2025-26-Q{number}/1",
                       main={(f"2025-0{number}", "a", "k"): 10},
                       cubes=(cube_of(f"P{number}", {}, {(): 10}, ()),))
            for number in (1, 2)
        ]  # fmt: skip
        people = {("once",): 0, ("twice",): 7, ("more",): 1}
        block = block_of("repeats", TIMES, people, parent="main", unit="people", weights=WEIGHTS)
        main = {("2025-01", "a", "k"): 10, ("2025-02", "a", "k"): 10}
        year = vintage_of(block, name="2025-26/1", main=main, cubes=(cube_of("Y", {}, {(): 20}, ()),))
        system = System([rounded(vintage) for vintage in (*quarters, year)])
        first = system.shape(system.vintages[-1], "repeats").first
        never_twice = system.truth.copy()
        never_twice[first : first + 3] = (7, 0, 1)

        assert system.fits(system.truth) and not system.fits(never_twice)

    def test_injuries_of_the_quarters_add_up_to_those_of_the_year(self):
        """The first shows 10 and the year 25, so the three that are hidden would be 3 or 4 each."""
        injury, published = {"injury": ("hurt", "well")}, []
        for number, hurt in enumerate((12, 4, 4, 4), 1):
            atoms = {("hurt",): hurt, ("well",): 60}
            quarter = vintage_of(
                block_of("hurt", injury, atoms, cube_of("C5", injury, atoms), parent="main"),
                name=f"2025-26-Q{number}/1", main={(f"2025-0{number}", "a", "k"): hurt + 60},
            )  # fmt: skip
            published.append(gate(published, quarter).vintage)
        atoms = {("hurt",): 24, ("well",): 240}
        main = {(f"2025-0{number}", "a", "k"): 60 + hurt for number, hurt in enumerate((12, 4, 4, 4), 1)}
        block = block_of("people-hurt", injury, atoms, cube_of("C28", injury, atoms), parent="main")
        verdict = gate(published, vintage_of(block, name="2025-26/1", main=main))

        assert verdict.passed and ("C28", ("hurt",)) in verdict.withheld
        assert not narrowed(Attack([*published, verdict.vintage]).run())

    def test_what_quarters_and_year_count_by_two_things_together_adds_up_too(self):
        """As above, of one kind of worker alone, while each of the two things by itself is many."""
        both, published, main = {"injury": ("hurt", "well"), "who": ("p", "q")}, [], {}
        atoms = {("hurt", "q"): 40, ("well", "p"): 60, ("well", "q"): 60}
        for number, hurt in enumerate((12, 4, 4, 4), 1):
            quarter = {(f"2025-0{number}", "a", "k"): hurt + 160}
            counted, main = atoms | {("hurt", "p"): hurt}, main | quarter
            block = block_of("hurt", both, counted, cube_of("C5", both, counted), parent="main")
            published.append(gate(published, vintage_of(block, name=f"2025-26-Q{number}/1", main=quarter)).vintage)
        counted = {cell: 4 * number for cell, number in atoms.items()} | {("hurt", "p"): 24}
        block = block_of("people-hurt", both, counted, cube_of("C28", both, counted), parent="main")
        verdict = gate(published, vintage_of(block, name="2025-26/1", main=main))

        assert verdict.passed and ("C28", ("hurt", "p")) in verdict.withheld
        assert not narrowed(Attack([*published, verdict.vintage]).run())

    def test_the_months_that_no_other_release_shows_are_tried(self):
        """A year less its first three quarters is the last, which was never released."""
        vintages = [rounded(vintage) for vintage in made(seed=7, size=90).vintages()]
        targets = targets_of(System([*vintages[:3], vintages[4]]))

        assert {target.vintage for target in targets if target.what == "other months"} == {"2025-26/1"}

    def test_a_quarter_alone_and_a_year_alone_are_audited(self):
        year = made(seed=8, size=80)
        assert gate([], year.vintages()[4]).passed


class TestRevision:
    """D9: a period is published once; 25 changed records or more make a revision."""

    def pair(self, late, size=300):
        year = made(seed=9, size=size, late=late, gone=0)
        period = Period(2025, 1)
        return year.vintage(period), year.vintage(period, edition=2, draw=1)

    def test_a_few_late_reports_wait(self):
        before, after = self.pair(late=0.1)
        first = gate([], before).vintage
        assert 0 < changed(before, after, "C1") < 25
        verdict = gate([first], after)

        assert verdict.passed
        for code, cube in verdict.vintage.cubes.items():
            assert cube.shown == first.cubes[code].shown and cube.kept_from == before.name
        assert "fewer than 25 records changed" in " ".join(verdict.words)

    def test_twenty_five_make_a_revision(self):
        before, after = self.pair(late=0.5)
        first = gate([], before).vintage
        assert changed(before, after, "C1") >= 25
        verdict = gate([first], after)

        assert verdict.passed and not verdict.vintage.cubes["C1"].kept_from
        assert verdict.vintage.cubes["C1"].shown != first.cubes["C1"].shown

    def test_a_record_that_moved_is_one_change_and_not_two(self):
        before = table({("a",): 30, ("b",): 30}, X)
        after = table({("a",): 29, ("b",): 31}, X, name="2025-26-Q1/2")
        assert changed(before, after, "T") == 1

    def test_somebody_recoded_after_publication_changes_only_where_it_shows(self):
        """An officer who is found to be staff moves in one cube, in which one is too few to be shown."""
        before = table({("officer",): 30, ("staff",): 30}, {"x": ("officer", "staff")})
        after = table({("officer",): 29, ("staff",): 31}, {"x": ("officer", "staff")}, name="2025-26-Q1/2")
        first = gate([], before).vintage
        assert kept([first], after).cubes["T"].kept_from == before.name
        assert gate([first], after).vintage.cubes["T"].shown == first.cubes["T"].shown

    def test_a_replacement_says_that_nothing_changed_where_nothing_did(self):
        """It shows anew whatever changed at all, so what it does not is not said to have changed a little."""
        before = table(ATOMS, X)
        verdict = gate([gate([], before).vintage], table(ATOMS, X, name="2025-26-Q1/2"), least_changed=1)
        assert "T stand as they were first shown: no record changed." in verdict.words

    def test_a_replacement_by_one_record_gives_nobody_away_in_any_block(self):
        """Four were hidden, and with one more there are five: whoever is shown both knows of the four.

        Withheld, the five would be told from fewer, and so give as much away: the table waits.
        """
        first = gate([], table({("a",): 4, ("b",): 40}, X)).vintage
        again = table({("a",): 5, ("b",): 40}, X, name="2025-26-Q1/2")
        shown = rounded(again)
        assert narrowed(Attack([first, shown]).run())

        verdict = gate([first], again, least_changed=1)
        assert verdict.passed and set(verdict.held) == {"T"}
        assert not narrowed(Attack([first, verdict.vintage]).run())

    def test_what_a_replacement_keeps_says_that_nothing_changed_in_it(self):
        """One record was of another kind; its month stays as it was, to the last one, and the reader knows it."""
        kinds = {"month": (MONTH,), "area": ("a",), "kind": ("k", "l")}

        def made_of(name, k, l):  # noqa: E741
            main = {(MONTH, "a", "k"): k, (MONTH, "a", "l"): l}
            cubes = cube_of("C1", kinds, main, ("month",)), cube_of("C2", kinds, main, ("kind",))
            return vintage_of(main=main, name=name, cubes=cubes)

        first = gate([], made_of("2025-26-Q1/1", 30, 10)).vintage
        second = rounded(kept([first], made_of("2025-26-Q1/2", 29, 11), least=1))
        assert second.cubes["C1"].kept_from and not second.cubes["C2"].kept_from
        system = System([first, second])
        came = system.truth.copy()
        came[2:4] = (30, 12)  # two came and none changed: as many changes, and another month
        came[4:8] = (0, 0, 2, 0)

        assert system.fits(system.truth) and not system.fits(came)

    def test_small_changes_add_up_from_the_vintage_that_was_last_made_anew(self):
        numbers = {"2025-26-Q1/1": 30, "2025-26-Q1/2": 45, "2025-26-Q1/3": 60}
        vintages = [table({("a",): number, ("b",): 30}, X, name=name) for name, number in numbers.items()]
        published = []
        for vintage in vintages:
            published.append(gate(published, vintage).vintage)

        assert [each.cubes["T"].kept_from for each in published] == ["", "2025-26-Q1/1", ""]

    def test_what_was_held_is_shown_for_the_first_time(self):
        before, after = self.pair(late=0.02)
        first = gate([], before).vintage
        held = replace(
            first,
            blocks=tuple(
                replace(block, cubes=tuple(replace(cube, shown={}) for cube in block.cubes)) for block in first.blocks
            ),
        )
        assert not any(cube.kept_from for cube in kept([held], after).cubes.values())

    def test_a_cube_that_is_not_there_is_refused(self):
        with pytest.raises(NotAuditable, match="has no cube"):
            changed(table(ATOMS, X), table(ATOMS, X), "gone")


class TestInsiders:
    def test_one_who_is_in_a_cell_of_four_cannot_count_the_others(self):
        """16 are shown as 15 and 10 as 10: somebody in the cell of four knows that there are 1 to 4."""
        verdict = gate([], table({("a",): 33, ("b",): 3}, X))
        system = System([verdict.vintage])
        (target,) = insiders_of(system)

        assert (target.cell, target.what, target.need) == (("b",), "insider", 2)
        assert target.own and all(system.truth[place] >= least for place, least in target.own)

    def test_he_is_followed_through_tied_blocks_and_into_the_year(self):
        year = made(seed=3, size=200)
        published = [rounded(vintage) for vintage in year.vintages()]
        system = System(published)
        targets = insiders_of(system, 20, newest=published[0].name)

        assert targets
        for target in targets:
            assert all(system.truth[place] >= least for place, least in target.own)
        assert max(len(target.own) for target in targets) >= 15

    def test_a_pair_is_two_people_of_one_cell(self):
        system = System([gate([], table({("a",): 33, ("b",): 4}, X)).vintage])
        (target,) = insiders_of(system, together=2)

        assert sum(least for place, least in target.own if (place, 1) in target.terms) == 2

    def test_what_he_could_tell_is_mended(self):
        """He who is in one small cell of two can tell little of his own, and as little of the other."""
        atoms = {("a",): 2, ("b",): 3, ("c",): 30}
        verdict = gate([], table(atoms, {"x": ("a", "b", "c")}))
        assert verdict.passed
        attack = Attack([verdict.vintage])
        for _vintage, _cube, cell, places in attack.hidden:
            low, high = attack.span(places, own=places)
            assert high - low >= 2, cell


def test_a_change_from_one_vintage_to_the_next_is_as_wide_as_both_cells_together():
    """Untold how many records changed, a reader has two systems apart, so changes need no targets of their own."""
    first = gate([], table({("a",): 2, ("b",): 40}, X)).vintage
    second = gate([first], table({("a",): 4, ("b",): 70}, X, name="2025-26-Q1/2")).vintage
    attack = Attack([first, second], told=False)
    before, after = [places for *_names, cell, places in attack.hidden if cell == ("a",)]
    spans = [attack.span(places, enough=9) for places in (before, after)]

    tables = attack.tables
    changes = [one[after].sum() - other[before].sum() for one in tables for other in tables]
    assert max(changes) - min(changes) == sum(high - low for low, high in spans) >= 6
    for one in tables:
        for other in tables:
            mixed = one.copy()
            places = [
                place for (name, _block), atoms in attack.atoms.items() if name == first.name for _a, place in atoms
            ]
            mixed[places] = other[places]
            assert attack.fits(mixed)
