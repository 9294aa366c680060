"""The reader's part: how narrowly can each figure be known from everything that was shown (security.md 4.6)?

A figure is proved wide by two tables that fit all that is known and lie far enough apart on it. Each table is checked
in exact arithmetic, so the solver can make a release fail by its faults, and cannot make one pass. Tables found for one
figure serve all others. Limits are nodes, never seconds, and what is drawn at random is seeded, so that the answer is
the same everywhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix, vstack
from scipy.sparse.csgraph import connected_components

from figures.disclosure.contract import ALL, Cell, CubeCounts, Vintage
from figures.disclosure.rounding import FEWEST_INCIDENTS, FEWEST_PEOPLE, FEWEST_SHOWN, WITHOUT_END, band
from figures.disclosure.system import Rows, System, cells_of

APART = 3
"""Two tables must differ by this much on a figure: it then has four values at least (security.md 4.6)."""
NODES = 2_000
"""How many nodes an integer program may search before it counts as failed."""
SKETCHES, SKETCH_NODES = 12, 30
"""How many tables are first made at random, and how many nodes each may take."""
BASES = 2
"""Near how many tables an insider's target is tried before everything is set free."""


@dataclass(frozen=True)
class Target:
    """A figure that nobody may know too narrowly: a sum of variables.

    :param vintage, cube, cell: where it is
    :param what: cell; rest: of its line without it; other months: of it without those of an earlier release; insider:
        the rest of it for somebody who is in it
    :param terms: (variable, factor)
    :param need: how far apart two tables must lie: 3, or what its own figure leaves if that is less
    :param may_be_none: that there is anybody must not show, so one table must have none
    :param own: variables of which the reader knows that they are at least so many: his own record
    """

    vintage: str
    cube: str
    cell: Cell
    what: str
    terms: tuple[tuple[int, int], ...]
    need: int = APART
    may_be_none: bool = False
    own: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Failure:
    """A target that is known too narrowly, or not proved wide: its lowest and highest value found.

    :param stopped: the solver stopped early, so its true ends may lie further out
    """

    target: Target
    low: int
    high: int
    stopped: bool = False


def targets_of(system: System) -> tuple[Target, ...]:
    """Give every figure that stands for few, or for none: hidden cells, and of each line what is left without one code.

    What stands for five people or more in three incidents or more gives nobody away, however closely it is known:
    the Home Office publishes the exact total of each force. A zero that is shown and a cell that cannot be are exact
    by design. The rest of a line needs four values unless the figures of its other codes, taken alone, leave fewer.
    """
    return tuple(
        target
        for number, vintage in enumerate(system.vintages)
        for target in (*_targets_of(system, vintage), *_other_months(system, system.vintages[:number], vintage))
    )


def _other_months(system: System, earlier: Sequence[Vintage], vintage: Vintage) -> Iterator[Target]:
    """Give what is left of each cell of a year without the months of a quarter, or of all quarters, if it is few.

    Whoever has both can take one from the other, and the rest may never have been shown.
    """
    parts = [set(each.months) for each in earlier if set(each.months) < set(vintage.months)]
    parts += [set().union(*parts)] if len(parts) > 1 else []
    block = next(block for block in vintage.blocks if block.name == vintage.main)
    shape = system.shape(vintage, vintage.main)
    month = list(block.dimensions).index("month")
    for cube in block.cubes:
        if not cube.shown or cube.kept_from or "month" in cube.dimensions:
            continue
        for months in {frozenset(part): None for part in parts}:
            for cell in cells_of(block, cube):
                places = system.cell_sums[vintage.name, cube.code, cell]
                rest = [place for place in places if shape.atoms[place - shape.first][month] not in months]
                few = system.truth is None or system.truth[rest].sum() < FEWEST_SHOWN
                if rest and few and (low_high := band(cube, cell))[0] < low_high[1]:
                    terms = tuple((place, 1) for place in rest)
                    yield Target(vintage.name, cube.code, cell, "other months", terms, APART, cube.sensitive)


def _targets_of(system: System, vintage: Vintage) -> Iterator[Target]:
    for block in vintage.blocks:
        for cube in block.cubes:
            if not cube.shown or cube.kept_from:
                continue
            ends = {cell: band(cube, cell) for cell in cells_of(block, cube)}
            sums = {cell: system.cell_sums[vintage.name, cube.code, cell] for cell in ends}
            for cell, (low, high) in ends.items():
                if low < FEWEST_SHOWN and low < high:
                    terms = tuple((place, 1) for place in sums[cell])
                    yield Target(vintage.name, cube.code, cell, "cell", terms, min(APART, high - low), cube.sensitive)
                for whole, others in _lines(block.dimensions, cube.dimensions, cell):
                    need = min(APART, sum(ends[other][1] - ends[other][0] for other in others))
                    without = set(sums[cell])
                    terms = tuple((place, 1) for place in sums[whole] if place not in without)
                    if need and len(others) > 1 and _may_be_few(cube, ends, whole, cell, others):
                        hidden = cube.sensitive and not any(ends[other][0] for other in others)
                        yield Target(vintage.name, cube.code, cell, "rest", terms, need, hidden)


def _may_be_few(cube: CubeCounts, ends, whole: Cell, cell: Cell, others: Sequence[Cell]) -> bool:
    """Whether a line without one of its cells may stand for few people or incidents; in doubt it does.

    How many people are behind the rest is not counted. There are as many as behind the largest of its cells, and at
    least those who are behind the whole line and not behind the one cell.
    """
    if not cube.cells:
        return sum(ends[other][0] for other in others) < FEWEST_SHOWN
    counts, all_of, one = [cube.cells[other] for other in others], cube.cells[whole], cube.cells[cell]
    people = max(all_of.people - one.people, *(count.people for count in counts))
    incidents = max(all_of.incidents - one.incidents, *(count.incidents for count in counts))
    number = all_of.number - one.number
    return number < FEWEST_SHOWN or people < FEWEST_PEOPLE or incidents < FEWEST_INCIDENTS


def _lines(codes, dimensions, cell: Cell) -> Iterator[tuple[Cell, list[Cell]]]:
    """For each way to go up from a cell, give the cell above, and the others that with this one make it up."""
    for place, name in enumerate(dimensions):
        line, here, others = codes[name], cell[place], []
        while here and here != ALL:
            others += [other for other, above in line.items() if above == line[here] and other != here]
            here = line[here]
            yield (
                (*cell[:place], here or ALL, *cell[place + 1 :]),
                [(*cell[:place], other, *cell[place + 1 :]) for other in others],
            )


class Programs:
    """Integer programs over one set of rows, counted."""

    def __init__(self, nodes: int = NODES):
        self.nodes, self.solved = nodes, 0

    def solve(
        self, objective, matrix, low, high, *, least=0, most=np.inf, nodes: int | None = None, gap: float = 0.0
    ) -> tuple[np.ndarray | None, bool]:
        """Minimise; give whole numbers or None, and whether the solver came to an end."""
        self.solved += 1
        answer = milp(
            objective,
            constraints=LinearConstraint(matrix, low, high) if matrix.shape[0] else None,
            integrality=np.ones(len(objective)),
            bounds=Bounds(least, most),
            options={"node_limit": nodes or self.nodes, "mip_rel_gap": gap},
        )
        table = None if answer.x is None else np.rint(answer.x).astype(np.int64)
        return table, answer.status in (0, 2)


def ends_of(numbers: np.ndarray) -> np.ndarray:
    """Give the ends of rows as the solver takes them: what has no end is infinite."""
    ends = numbers.astype(float)
    ends[numbers >= WITHOUT_END] = np.inf
    ends[numbers <= -WITHOUT_END] = -np.inf
    return ends


def row_of(target: Target, width: int) -> np.ndarray:
    """Give a target as one row of numbers."""
    row = np.zeros(width)
    for place, factor in target.terms:
        row[place] = factor
    return row


def least_of(target: Target, width: int) -> np.ndarray:
    """Give the least that each variable has for somebody who knows his own record."""
    least = np.zeros(width)
    for place, own in target.own:
        least[place] = own
    return least


class Audit:
    """A system, its targets, and the tables found so far that fit it.

    :param pool: tables found for other systems of the same vintages: those that fit are taken over
    """

    def __init__(
        self,
        system: System,
        targets: Sequence[Target] | None = None,
        *,
        pool: Iterable[np.ndarray] = (),
        programs: Programs | None = None,
        seed: int = 0,
    ):
        self.system = system
        self.targets = tuple(targets_of(system) if targets is None else targets)
        self.programs = programs or Programs()
        self.random = np.random.default_rng(seed)
        self.low, self.high = ends_of(system.low), ends_of(system.high)
        rows = Rows()
        for target in self.targets:
            rows.add(target.terms, 0, 0)
        self.sums = rows.matrix(system.width)
        self.least = np.full(len(self.targets), WITHOUT_END, dtype=np.int64)
        self.most = np.full(len(self.targets), -1, dtype=np.int64)
        self.insiders: dict[tuple[tuple[int, int], ...], list[int]] = {}
        for number, target in enumerate(self.targets):
            if target.own:
                self.insiders.setdefault(target.own, []).append(number)
        self.outsiders = np.array([not target.own for target in self.targets], dtype=bool)
        self.pool: list[np.ndarray] = []
        self.pieces: dict[tuple[int, int], tuple[csr_matrix, np.ndarray]] = {}
        self.parts: np.ndarray | None = None
        if system.truth is not None:
            self.take(system.truth)
        self._take_over(list(pool))
        if not self.pool:
            self._first()

    def take(self, table: np.ndarray | None) -> bool:
        """Add a table to the pool if it fits exactly; say whether it did."""
        if table is None or not self.system.fits(table):
            return False
        self._take_over([table])
        return True

    def _take_over(self, tables: list[np.ndarray]) -> None:
        """Add those of some tables to the pool that fit exactly."""
        if not tables:
            return
        stack = np.stack(tables, axis=1)
        stack = stack[:, self.system.fit(stack)]
        if not stack.shape[1]:
            return
        self.pool += list(stack.T)
        values = self.sums @ stack
        self._widen(np.flatnonzero(self.outsiders), values)
        for own, numbers in self.insiders.items():
            places, least = np.array(own).T
            inside = (stack[places] >= least[:, None]).all(axis=0)
            if inside.any():
                self._widen(np.array(numbers), values[:, inside])

    def _widen(self, numbers: np.ndarray, values: np.ndarray) -> None:
        self.least[numbers] = np.minimum(self.least[numbers], values[numbers].min(axis=1))
        self.most[numbers] = np.maximum(self.most[numbers], values[numbers].max(axis=1))

    def _first(self) -> None:
        """Find a table where the true one is not kept."""
        table, _ended = self.programs.solve(
            np.zeros(self.system.width), self.system.matrix, self.low, self.high, most=self.system.most
        )
        self.take(table)

    def is_proved(self, number: int) -> bool:
        """Whether the pool proves a target wide enough."""
        target = self.targets[number]
        return bool(
            self.most[number] - self.least[number] >= target.need
            and (self.least[number] == 0 or not target.may_be_none)
        )

    def open(self) -> list[int]:
        """Give the targets that are not proved yet."""
        return [number for number in range(len(self.targets)) if not self.is_proved(number)]

    def run(self, *, first_only: bool = False) -> list[Failure]:
        """Try every target; give those that are not wide enough, in order, or only the first of them."""
        if not self.pool:
            return [Failure(target, 0, 0, stopped=True) for target in self.targets]
        for number in self.open():
            self._try_near(number, bases=1)
        self._sketch()
        failures = {}
        for number in self.open():
            if failure := self.ask(number):
                failures[number] = failure
                if first_only:
                    break
        return [failure for number, failure in failures.items() if not self.is_proved(number)]

    def ask(self, number: int) -> Failure | None:
        """Try one target with all free that it hangs together with; an insider's first near what others found."""
        if self.targets[number].own:
            self._try_near(number, bases=BASES)
        base, stopped = next(self._suitable(number), None), False
        for sign in (-1, 1):
            if not self.is_proved(number) and not self._push(number, sign, base, self._together(number)):
                stopped = True
        if self.is_proved(number):
            return None
        return Failure(self.targets[number], int(self.least[number]), int(self.most[number]), stopped)

    def _suitable(self, number: int) -> Iterator[np.ndarray]:
        """Give the tables that have the reader's own record in them: the true one, then the latest first."""
        own = self.targets[number].own
        for table in [*self.pool[:1], *reversed(self.pool[1:])]:
            if all(table[place] >= least for place, least in own):
                yield table

    def _try_near(self, number: int, bases: int) -> None:
        """Try a target within its block, all other blocks standing as in the true table, or in the last of the pool."""
        place = self.targets[number].terms[0][0]
        shape = next(shape for shape in self.system.shapes.values() if place < shape.end)
        for base in list(islice(self._suitable(number), bases)):
            for sign in (-1, 1):
                if not self.is_proved(number):
                    self._push(number, sign, base, np.arange(shape.first, shape.end))

    def _together(self, number: int) -> np.ndarray:
        """Give the variables that hang together with a target through rows; blocks that stand apart are left out."""
        if self.parts is None:
            entries = self.system.matrix.tocoo()
            size = self.system.width + self.system.matrix.shape[0]
            edges = csr_matrix((np.ones(entries.nnz), (entries.col, self.system.width + entries.row)), (size, size))
            _count, parts = connected_components(edges, directed=False)
            self.parts = parts[: self.system.width]
        return np.flatnonzero(self.parts == self.parts[self.targets[number].terms[0][0]])

    def _push(self, number: int, sign: int, base: np.ndarray | None, free: np.ndarray) -> bool:
        """Look for a table with a target as high (sign -1) or as low (1) as proves it; say whether the solver ended.

        :param base: a table that stands still outside the variables that are free
        """
        if base is None:
            return False
        target = self.targets[number]
        wish = self.most[number] - target.need if sign > 0 else self.least[number] + target.need
        if sign > 0 and target.may_be_none:
            wish = 0
        row, least = row_of(target, self.system.width)[free], least_of(target, self.system.width)[free]
        matrix, low, high = self._piece(free, base)
        found, ended = self.programs.solve(
            sign * row,
            vstack([matrix, csr_matrix(row)], format="csr"),
            np.append(low, wish if sign > 0 else -np.inf),
            np.append(high, np.inf if sign > 0 else wish),
            least=least,
            most=self.system.most,
        )
        if found is not None:
            table = base.copy()
            table[free] = found
            self.take(table)
        return ended

    def _piece(self, free: np.ndarray, base: np.ndarray) -> tuple[csr_matrix, np.ndarray, np.ndarray]:
        """Give the rows that bind some variables, all others standing as in a table."""
        key = (int(free[0]), len(free))
        if key not in self.pieces:
            part = self.system.matrix[:, free]
            touched = np.flatnonzero(np.diff(part.indptr))
            self.pieces[key] = part[touched], touched
        part, touched = self.pieces[key]
        rest = (self.system.matrix @ base)[touched] - part @ base[free]
        return part, self.low[touched] - rest, self.high[touched] - rest

    def _sketch(self) -> None:
        """Make tables far from the true one at random, each of which may prove many targets at once."""
        for _round in range(SKETCHES // 2):
            open_targets = [number for number in self.open() if not self.targets[number].own]
            if len(open_targets) < SKETCHES:
                return
            weights = self.random.choice([-1.0, 1.0], size=len(open_targets))
            objective = weights @ self.sums[open_targets].astype(float)
            for sign in (1, -1):
                table, _ended = self.programs.solve(
                    sign * objective,
                    self.system.matrix,
                    self.low,
                    self.high,
                    most=self.system.most,
                    nodes=SKETCH_NODES,
                    gap=0.2,
                )
                self.take(table)
