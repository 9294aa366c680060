"""X1 to X4, X10 and X11: a solver of the test's own against what the gate lets out (security.md 4.9).

Here in a short seeded form; soak_disclosure.py has the whole of it, and CAMPION_SOAK=1 lengthens what is here too.
"""

import os
from collections import Counter
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from figures.disclosure import ALL, HIDDEN, Known, changed, gate
from figures.disclosure.gate import possible_cells
from figures.disclosure.guessing import guess
from figures.disclosure.rounding import control, of_cubes
from figures.periods import Period
from tests.figures.attacks import NO_END, Attack, as_rounded, exactly, narrowed
from tests.figures.synthetic import ODDS, made

SOAK = bool(os.environ.get("CAMPION_SOAK"))
FIRST = Period(2025, 1)


def big_incident(random, rows, people, incidents):
    """A sixth of the year happens in one night, in one place."""
    for number in range(len(rows) // 6):
        rows[number].update({name: rows[0][name] for name in ("month", "area", "day", "band", "place", "kind")})
        incidents[number] = incidents[0]
        people[number] = 5_000 + number


def one_person(random, rows, people, incidents):
    """One officer is assaulted again and again, always by the same kind of thing."""
    for number in range(0, len(rows), 9):
        rows[number].update(kind="spitting", role="staff", area=rows[0]["area"])
        people[number] = 7_000


def units_of_two(random, rows, people, incidents):
    """All of the staff are two people, and so are all who were hurt among the others."""
    for number, codes in enumerate(rows):
        if codes["role"] == "staff" or codes["injury"] == "physical":
            people[number] = (8_000 if codes["role"] == "staff" else 9_000) + number % 2


SHAPES = {
    "as it is": {},
    "skewed": {"odds": {name: [10 ** -min(place, 3) for place in range(len(odds))] for name, odds in ODDS.items()}},
    "flat": {"odds": {name: [1] * len(odds) for name, odds in ODDS.items()}},
    "one area nearly empty": {"odds": {"area": (40, 30, 20, 10, 0.3)}},
    "all in one category": {"odds": {name: [1, *[0] * (len(odds) - 1)] for name, odds in ODDS.items()}},
    "one big incident": {"twist": big_incident},
    "one person repeated": {"twist": one_person},
    "units of two people": {"twist": units_of_two},
    "areas change in mid-year": {"changed_in": 3},
}
SIZES = (50, 140, 400, 900, 2_000)


def released(vintages, **options):
    """Put vintages through the gate one after another, each beside what went before."""
    published = []
    for vintage in vintages:
        verdict = gate(published, vintage, **options)
        assert verdict.passed, verdict.words
        published.append(verdict.vintage)
    return published


def withstood(published, **options):
    """Attack what was published: no small cell is known exactly, none has fewer than four values left."""
    found = Attack(published, **options).run()
    assert not exactly(found) and not narrowed(found)
    return found


class TestX1:
    @pytest.mark.parametrize("shape", SHAPES)
    def test_a_quarter_of_every_shape_withstands_a_solver(self, shape):
        year = made(seed=len(shape), size=170, **SHAPES[shape])
        withstood(released([year.vintage(Period(2025, 3))]))

    def test_a_year_after_its_quarters_withstands_a_solver(self):
        vintages = made(seed=11, size=570).vintages()
        assert withstood(released([vintages[1], vintages[4]]))


def hide_only(vintage, *, by_hand=False):
    """What is often done: 1 to 4 are hidden, zeros and all else exact; by hand, one more cell in each line as well."""

    def change(cube):
        hidden = {cell for cell, count in cube.cells.items() if 1 <= count.number <= 4}
        for place, cell in product(range(len(cube.dimensions)), sorted(hidden) if by_hand else ()):
            line = [other for other in cube.cells if all(
                one == two for number, (one, two) in enumerate(zip(other, cell, strict=True)) if number != place
            )]  # fmt: skip
            if len(hidden & set(line)) == 1:
                others = [other for other in line if other != cell and ALL not in other and cube.cells[other].number]
                hidden |= set(sorted(others, key=lambda other: cube.cells[other].number)[:1])
        return replace(
            cube, shown={cell: HIDDEN if cell in hidden else count.number for cell, count in cube.cells.items()}
        )

    return of_cubes(vintage, change)


def as_exact(cube, cell):
    """What hide-only tables say: a number is that number, a hidden cell 1 to 4."""
    value = cube.shown[cell]
    return (1, 4) if value == HIDDEN else (value, value)


def as_by_hand(cube, cell):
    """What tables hidden by hand say: a hidden cell is not zero, and may be one that was hidden for another's sake."""
    value = cube.shown[cell]
    return (1, NO_END) if value == HIDDEN else (value, value)


class TestX2:
    """Does the attack bite? If not, X1 proves nothing.

    At the size of the target force, as in M2. In a force with a fifth of its reports whole lines of a table are hidden,
    and between 4 and 5 in 10 small cells are recovered.
    """

    def recovered(self, by_hand):
        small, exact = 0, 0
        for seed in range(12 if SOAK else 4):
            vintages = made(seed=100 + seed, size=(570, 650, 400, 900)[seed % 4]).vintages()
            shown = [hide_only(vintage, by_hand=by_hand) for vintage in vintages[0 if SOAK else 3 :]]
            found = Attack(shown, read=as_by_hand if by_hand else as_exact).run(enough=1)
            small += sum(1 <= each.true <= 4 for each in found)
            exact += len(exactly(found))
        assert small >= 20
        return exact / small

    def test_it_recovers_half_of_what_is_only_hidden(self):
        assert self.recovered(by_hand=False) >= 0.5

    def test_it_recovers_some_of_what_is_hidden_by_hand(self):
        assert self.recovered(by_hand=True) >= 0.05


def revised(seed, size, quarters):
    """Give some quarters, the same again with late reports and without withdrawn ones, and the year."""
    year = made(seed=seed, size=size, late=0.3, gone=0.05)
    first = [year.vintage(Period(2025, number)) for number in quarters]
    again = [year.vintage(Period(2025, number), edition=2, draw=1) for number in quarters]
    return first, again, year.vintage(year.period, draw=1)


def changes_are_wide(published):
    """Check that every change of a small cell from one edition to the next keeps four values; say how many there are.

    The reader is not told how many records changed.
    """
    attack = Attack(published, told=False)
    spans = {}
    for vintage, cube, cell, places in attack.hidden:
        spans.setdefault((vintage.split("/")[0], cube, cell), []).append(attack.span(places))
    pairs = [found for found in spans.values() if len(found) > 1]
    assert all(sum(high - low for low, high in found) >= 3 for found in pairs)
    return len(pairs)


class TestX3:
    """Releases of one year taken together. What withstands all of them withstands each pair and triple: fewer rows."""

    def test_a_quarter_and_its_revision(self):
        first, again, _year = revised(seed=21, size=420, quarters=(1,))
        assert changed(first[0], again[0], "C1") >= 25
        published = released([*first, *again])

        withstood(published)
        assert changes_are_wide(published)


def with_known_total(vintage):
    """Tell the reader the exact total, as the Home Office does."""
    total = sum(next(block for block in vintage.blocks if block.name == vintage.main).atoms.values())
    return replace(vintage, known=(Known(vintage.main, {}, total, total),))


def withstood_by_insiders(published, together=1):
    """Check that whoever is in a small cell leaves the rest of it three values; say how many cells were tried."""
    attack, tried = Attack(published), 0
    for _vintage, _cube, cell, places in attack.hidden:
        inside = [place for place in places if attack.true[place]]
        others = sum(attack.true[place] for place in inside) - together
        if 1 <= others <= 3 and len(inside) >= together:
            low, high = attack.span(places, enough=2, own=inside[:together])
            assert high - low >= 2, cell
            tried += 1
    return tried


class TestX4:
    """One who knows the exact totals of the Home Office, and one who is in a small cell himself."""

    def test_a_quarter_with_its_exact_total_known(self):
        published = released([with_known_total(made(seed=41, size=120).vintage(FIRST))])

        withstood(published)
        assert withstood_by_insiders(published)


class TestX10:
    def test_nobody_can_say_of_a_whole_row_that_it_is_in_one_category(self):
        """All of one area are of one kind, and everybody's outcome is the same: there may always be others."""
        year = made(seed=51, size=1_500, odds={"kind": (1, 0, 0, 0), "role": (1, 0), "outcome": (1, 0, 0, 0)})
        rows = Counter()
        for period in (FIRST, year.period):
            attack = Attack(released([year.vintage(period)], insiders=5))
            for _vintage, cube, cell, places in attack.hidden:
                if cube in ("C28", "C6") and ALL not in cell and not any(attack.true[place] for place in places):
                    low, high = attack.span(places)
                    assert low == 0 and high >= 3, (cube, cell)
                    rows[cube] += 1
        assert rows["C28"] > 2 and rows["C6"] > 5


class TestX11:
    """Two releases that differ by one record: refused by D9, and with D9 off the attack shows why."""

    def with_and_without(self, seed, number):
        year = made(seed=seed, size=120, late=0, gone=0)
        records = [each for each in year.records if each.codes["month"] in FIRST.months]
        less = replace(year, records=tuple(each for each in year.records if each is not records[number % len(records)]))
        return year.vintage(FIRST), less.vintage(FIRST, edition=2)

    def pairs(self):
        random = np.random.default_rng(61)
        for seed in range(20 if SOAK else 1):
            for number in random.integers(0, 1_000, size=4 if SOAK else 2):
                yield self.with_and_without(60 + seed, int(number))

    def test_no_pair_is_let_out(self):
        for one, other in self.pairs():
            first = gate([], one).vintage
            second = gate([first], other)
            assert second.passed
            for code, cube in first.cubes.items():
                assert changed(one, other, code) <= 1
                if cube.shown:
                    again = second.vintage.cubes[code]
                    assert (again.kept_from, again.shown) == (one.name, cube.shown)

    def test_without_that_rule_cells_are_narrowed(self):
        pairs = [[control(each, possible_cells(each)) for each in pair] for pair in self.pairs()]
        assert sum(len(narrowed(Attack(pair).run())) for pair in pairs)

    def test_and_the_gate_would_see_it_by_itself(self):
        """With D9 off, the gate that lets out the second must hide what would give the difference away."""
        one, other = self.with_and_without(60, 5)
        first = gate([], one).vintage
        second = gate([first], other, least_changed=0)

        assert second.passed
        withstood([first, second.vintage])


def test_the_attack_reads_what_the_gate_says_it_does():
    """The two were written apart: a cell must say the same to both."""
    (vintage,) = released([made(seed=71, size=150).vintage(FIRST)])
    for cube in vintage.cubes.values():
        for cell, count in cube.cells.items():
            if cube.shown:
                low, high = as_rounded(cube, cell)
                assert low <= count.number <= high


def test_guesses_are_reported():
    """How often the commonest value is right, against one who sees nothing: told, and no reason to refuse (4.6)."""
    published = released([made(seed=3, size=300).vintage(FIRST)])
    guesses = guess(published, tables=1_000 if SOAK else 60)

    assert guesses.cells and 0 <= guesses.informed <= 1 and 0 <= guesses.blind <= 1
    assert guess(published, tables=20) == guess(published, tables=20)
