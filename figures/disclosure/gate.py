"""Mode R, audit, repair, audit: whether a new vintage may go out, and what of it (security.md 4.7, D15)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import log

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack

from figures.disclosure.audit import NODES, Audit, Failure, Programs, Target, ends_of, least_of, row_of, targets_of
from figures.disclosure.contract import ALL, HIDDEN, IMPOSSIBLE, Cell, CubeCounts, Verdict, Vintage
from figures.disclosure.insiders import insiders_of
from figures.disclosure.revision import LEAST_CHANGED, kept
from figures.disclosure.rounding import (
    FEWEST_SHOWN,
    control,
    hold,
    is_number,
    show_again,
    withhold,
    without_zeros,
)
from figures.disclosure.system import System, cells_of, check, shape_of

WITHHELD_AT_MOST = 0.05
"""A cube of which repair would withhold more is held: it asks for a coarser code list (security.md 4.7)."""
MARGIN_COSTS, TOTAL_COSTS = 3.0, 100.0
FURTHER = 40
"""How far a withheld figure may lie from the shown one in the table that shows that withholding helps."""


def gate(
    published: Sequence[Vintage],
    new: Vintage,
    *,
    insiders: int = 50,
    pairs: bool = False,
    nodes: int = NODES,
    seed: int = 0,
    least_changed: int = LEAST_CHANGED,
) -> Verdict:
    """Decide what of a new vintage may be shown beside everything of its financial year that was ever shown.

    Deterministic: the same counts give the same verdict. What was published is never changed; where it is to blame,
    cells of the new vintage are withheld.

    :param published: every vintage of the same financial year, in the order in which they were drawn
    :param new: its cubes with `shown` empty
    :param insiders: how many contributors to small cells are tried
    :param pairs: contributors compare what they know, two at a time
    :param nodes: how far an integer program may search before it counts as failed
    :param least_changed: a cube that was shown before stays as it was if fewer records changed (D9, see `kept`)
    :raises NotAuditable: if the vintages cannot be audited
    """
    new = kept(published, new, least=least_changed)
    programs = Programs(nodes)
    return _Gate(
        published, new, insiders=insiders, pairs=pairs, programs=programs, seed=seed, least_changed=least_changed
    ).decide()


class _Gate:
    """One decision: the vintage as it stands by now, and the tables that were found on the way."""

    def __init__(self, published, new, *, insiders, pairs, programs, seed, least_changed):
        check(new)
        self.least_changed = least_changed
        self.published, self.vintage = tuple(published), control(new, possible_cells(new))
        self.insiders, self.pairs, self.programs, self.seed = insiders, pairs, programs, seed
        self.pool: list[np.ndarray] = []
        self.held: dict[str, str] = {}
        self.withheld: list[tuple[str, Cell]] = []
        self.zeros_hidden: list[str] = []
        self.lost = 0

    def decide(self) -> Verdict:
        """Audit, repair, and audit again from the start."""
        failures = self._try_zeros(self._audit().run())
        for failure in failures:
            self._repair(failure.target)
        self._hold_what_hides_too_much()
        if self.held:
            self._put_back()
        audit = self._audit()
        return self._verdict(audit, audit.run())

    def _audit(self, targets: Sequence[Target] | None = None, vintage: Vintage | None = None) -> Audit:
        vintage = vintage or self.vintage
        system = System([*self.published, vintage])
        if targets is None:
            targets = list(targets_of(system))
            for together in (1, 2) if self.pairs else (1,):
                targets += insiders_of(system, self.insiders, newest=vintage.name, together=together)
        audit = Audit(system, targets, pool=self.pool, programs=self.programs, seed=self.seed)
        self.pool = audit.pool
        return audit

    def _try_zeros(self, failures: list[Failure]) -> list[Failure]:
        """Hide the zeros of the new vintage if it fails with them and fares better without (D5)."""
        codes = frozenset(
            code
            for code, cube in self.vintage.cubes.items()
            if cube.zero_shown and not cube.kept_from and any(value in (0, HIDDEN) for value in cube.shown.values())
        )
        if not failures or not codes:
            return failures
        without = without_zeros(self.vintage, codes)
        fewer = self._audit(vintage=without).run()
        if len(fewer) >= len(failures):
            return failures
        self.vintage, self.zeros_hidden = without, sorted(codes)
        return fewer

    def _repair(self, target: Target) -> None:
        """Free one target: withhold what costs least, or hold a cube (security.md 4.7)."""
        while (failure := self._still_fails(target)) is not None:
            cells = self._cheapest(failure)
            if cells and self._still_fails(target, withhold(self.vintage, cells)) is None:
                self.vintage = withhold(self.vintage, cells)
                self.withheld += sorted(cells)
            elif target.vintage != self.vintage.name and self._still_fails(target, hold(self.vintage, self._fresh())):
                self.lost += 1
                return
            elif not self._hold_for(target):
                return

    def _fresh(self) -> frozenset[str]:
        """Name the cubes of the new vintage that say something of it."""
        return frozenset(code for code, cube in self.vintage.cubes.items() if cube.shown and not cube.kept_from)

    def _still_fails(self, target: Target, vintage: Vintage | None = None) -> Failure | None:
        vintage = vintage or self.vintage
        cube = vintage.cubes.get(target.cube) if target.vintage == vintage.name else None
        if cube is not None and not cube.shown:
            return None
        audit = self._audit([target], vintage)
        return next(iter(audit.run()), None)

    def _cheapest(self, failure: Failure) -> frozenset[tuple[str, Cell]]:
        """Find the cells of the new vintage whose withholding frees a target at least cost; none if nothing does.

        One integer program for each direction: a table on which the target lies far enough out, where each shown
        figure may be left behind at its cost. Figures that say the same in several cubes are withheld together.
        """
        system = System([*self.published, self.vintage])
        groups = self._groups(system)
        must_reach_none = failure.target.may_be_none and failure.low > 0
        found = [self._program(system, failure, groups, sign) for sign in ((1,) if must_reach_none else (-1, 1))]
        found = [each for each in found if each is not None]
        if not found:
            return frozenset()
        _cost, chosen = min(found, key=lambda each: (each[0], sorted(each[1])))
        return chosen

    def _groups(self, system: System) -> list[tuple[float, list[tuple[str, Cell]]]]:
        """Give what can be withheld: the cost, and the cells that say the same."""
        groups: dict[tuple, list[tuple[str, Cell]]] = {}
        costs: Counter = Counter()
        tops = _tops(self.vintage)
        for code, cube in self.vintage.cubes.items():
            for cell, value in cube.shown.items() if not cube.kept_from else ():
                if is_number(value) and value >= FEWEST_SHOWN:
                    key = _says(tops, self.vintage, code, cell)
                    groups.setdefault(key, []).append((code, cell))
                    costs[key] += _cost(cell, value)
        return [(costs[key], cells) for key, cells in groups.items()]

    def _program(self, system: System, failure: Failure, groups, sign: int):
        """Push a target out (-1 up, 1 down) where figures may be left behind; give the cost and the cells, or None."""
        target, count = failure.target, len(groups)
        aim = failure.low + target.need if sign < 0 else failure.high - target.need
        if sign > 0 and target.may_be_none:
            aim = min(aim, 0)
        if aim < 0:
            return None
        rows = {
            system.cell_rows[self.vintage.name, code, cell]: column
            for column, (_group_cost, cells) in enumerate(groups)
            for code, cell in cells
        }
        low, high = ends_of(system.low), ends_of(system.high)
        touched, columns = list(rows), list(rows.values())
        shape = system.matrix.shape[0], count
        lower = csr_matrix((low[touched] - FEWEST_SHOWN, (touched, columns)), shape=shape)
        higher = csr_matrix((np.full(len(rows), -FURTHER), (touched, columns)), shape=shape)[touched]
        wish = csr_matrix(row_of(target, system.width + count))
        matrix = vstack([hstack([system.matrix, lower]), hstack([system.matrix[touched], higher]), wish]).tocsr()
        upper = high.copy()
        upper[touched] = np.inf
        ends = (
            np.concatenate([low, np.full(len(rows), -np.inf), [aim if sign < 0 else -np.inf]]),
            np.concatenate([upper, high[touched], [np.inf if sign < 0 else aim]]),
        )
        answer, _ended = self.programs.solve(
            np.append(np.zeros(system.width), [cost for cost, _cells in groups]),
            matrix,
            *ends,
            least=np.append(least_of(target, system.width), np.zeros(count)),
            most=np.append(np.full(system.width, float(system.most)), np.ones(count)),
        )
        if answer is None:
            return None
        self.pool.append(answer[: system.width])
        chosen = [group for group, picked in zip(groups, answer[system.width :], strict=True) if picked]
        return sum(cost for cost, _cells in chosen), frozenset(cell for _group_cost, cells in chosen for cell in cells)

    def _hold_for(self, target: Target) -> bool:
        """Hold the cube of the new vintage that frees a target, its own first; say whether any is left to hold."""
        cubes = [self.vintage.cubes[code] for code in sorted(self._fresh())]
        cubes.sort(key=lambda cube: (cube.code != target.cube or target.vintage != self.vintage.name, len(cube.shown)))
        if not cubes:
            return False
        best = next(
            (cube for cube in cubes if self._still_fails(target, hold(self.vintage, frozenset([cube.code]))) is None),
            cubes[-1],
        )
        self._hold(best.code, "it would let a small number be known too closely, and no withheld cell would mend that")
        return True

    def _hold(self, code: str, reason: str) -> None:
        self.vintage = hold(self.vintage, frozenset([code]))
        self.held[code] = reason
        self.withheld = [each for each in self.withheld if each[0] != code]

    def _hold_what_hides_too_much(self) -> None:
        """Hold each cube of which repair took over 5%, and more than one cell: its codes are too fine."""
        for code, cube in self.vintage.cubes.items():
            if len(cube.withheld) > max(1, WITHHELD_AT_MOST * len(cube.cells)):
                self._hold(code, "too many of its figures would have to be withheld")

    def _put_back(self) -> None:
        """Show again what was withheld in vain, because a cube was held afterwards; figures that say the same together.

        What is shown again is audited again in full.
        """
        groups: dict[tuple, list[tuple[str, Cell]]] = {}
        tops = _tops(self.vintage)
        for code, cell in self.withheld:
            groups.setdefault(_says(tops, self.vintage, code, cell), []).append((code, cell))
        for cells in groups.values():
            again = show_again(self.vintage, frozenset(cells))
            if not self._audit(vintage=again).run(first_only=True):
                self.vintage = again
                self.withheld = [each for each in self.withheld if each not in cells]

    def _verdict(self, audit: Audit, failures: list[Failure]) -> Verdict:
        if failures:
            for code in sorted(self._fresh()):
                self._hold(code, "the figures together do not pass the audit")
        share = {code: hidden_share(cube) for code, cube in self.vintage.cubes.items()}
        wide = [
            int(audit.most[number] - audit.least[number]) + 1
            for number, target in enumerate(audit.targets)
            if target.need >= 3
        ]
        verdict = Verdict(
            passed=not failures,
            vintage=self.vintage,
            held=dict(self.held),
            withheld=tuple(self.withheld),
            hidden_share=share,
            targets=len(audit.targets),
            programs=self.programs.solved,
            narrowest=min([4, *wide]),
            words=(),
        )
        words = _words(verdict, failures, self.zeros_hidden, self.lost, self.least_changed)
        return replace(verdict, words=tuple(words))


def possible_cells(vintage: Vintage) -> dict[tuple[str, Cell], bool]:
    """Say of each cell of each cube, as (cube, cell), whether any of its atoms can be."""
    found = {}
    for block in vintage.blocks:
        shape = shape_of(block)
        for cube in block.cubes:
            sums = shape.sums(cube.dimensions)
            found.update({(cube.code, cell): cell in sums for cell in cells_of(block, cube)})
    return found


def hidden_share(cube: CubeCounts) -> float:
    """Give the share of a cube's cells that show no number, of those that can be; all of a cube that is held."""
    possible = [value for value in cube.shown.values() if value != IMPOSSIBLE]
    if not possible:
        return 1.0
    return sum(not is_number(value) for value in possible) / len(possible)


def _tops(vintage: Vintage) -> dict[str, str]:
    """Name for each cube the topmost block that its own is tied to by equality."""
    blocks = {block.name: block for block in vintage.blocks}
    tops = {}
    for block in vintage.blocks:
        top = block
        while top.parent and blocks[top.parent].unit == top.unit:
            top = blocks[top.parent]
        tops.update(dict.fromkeys((cube.code for cube in block.cubes), top.name))
    return tops


def _says(tops: dict[str, str], vintage: Vintage, code: str, cell: Cell) -> tuple[str, frozenset[tuple[str, str]]]:
    """Give what a cell says, alike for the same figure in another cube."""
    names = vintage.cubes[code].dimensions
    return tops[code], frozenset((name, each) for name, each in zip(names, cell, strict=True) if each != ALL)


def _cost(cell: Cell, value: int) -> float:
    """What it costs the reader that a cell is withheld: more for larger ones and margins, most for the total."""
    weight = 1.0
    if cell and all(code == ALL for code in cell):
        weight = TOTAL_COSTS
    elif ALL in cell:
        weight = MARGIN_COSTS
    return weight * (1 + log(1 + value))


def _words(
    verdict: Verdict, failures: Sequence[Failure], zeros_hidden: Sequence[str], lost: int, least_changed: int
) -> Iterator[str]:
    """Say what the gate did, in sentences that a person can sign.

    What passes is published with them, so they say how much was tried only of what did not: how many figures there are
    to try depends on the true counts (insiders are tried where somebody is in a cell), and would tell of them.
    """
    if verdict.passed:
        yield f"Every small figure was tried; none can be known more closely than {verdict.narrowest} values."
    else:
        tried = f"{counted(verdict.targets, 'small figure was', 'small figures were')} tried"
        stopped = sum(failure.stopped for failure in failures)
        yield f"{tried}; {len(failures)} can be known more closely than 4 values. Nothing may go out."
        if lost:
            yield f"{counted(lost, 'was', 'were')} known so closely before, and will be whatever is withheld now."
        if stopped:
            yield f"For {stopped} of them the solver stopped before it was done, which counts as a failure."
    if zeros_hidden:
        yield f"Zeros are not shown in {', '.join(zeros_hidden)}: with them, a small figure could be known too closely."
    if verdict.withheld:
        where = Counter(code for code, _cell in verdict.withheld)
        by_cube = ", ".join(f"{number} in {code}" for code, number in where.items())
        cells = counted(len(verdict.withheld), "figure of five or more was", "figures of five or more were")
        yield f"{cells} withheld so that a smaller one cannot be worked out: {by_cube}."
    for code, reason in verdict.held.items():
        yield f"{code} is held and shows nothing this time: {reason}."
    kept = {code: cube.kept_from for code, cube in verdict.vintage.cubes.items() if cube.kept_from}
    if kept:
        few = f"fewer than {least_changed} records" if least_changed > 1 else "no record"
        yield f"{', '.join(kept)} stand as they were first shown: {few} changed."
    hidden = [
        f"{code} {share:.0%}"
        for code, share in verdict.hidden_share.items()
        if share and code not in verdict.held and code not in kept
    ]
    yield f"Hidden in each cube: {', '.join(hidden)}." if hidden else "No figure is hidden."


def counted(number: int, one: str, many: str) -> str:
    """Say how many of something."""
    return f"{number:,} {one if number == 1 else many}"
