"""The attack of a reader with a solver: what do the figures that were shown give away (security.md 4.9)?

Written apart from the gate, and sharing none of its code, so that a fault of the gate is found. It reads of a vintage
only what was shown, how its blocks hang together, and by how many records two vintages of the same months differ: in
month, area and kind, in each block of two editions of one period, and in what a year counts as its quarters do.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from figures.disclosure import ALL, HIDDEN, IMPOSSIBLE, Cell, CubeCounts, Known, Vintage

NO_END = 10**7


@dataclass(frozen=True)
class Found:
    """A hidden cell, what it truly counts, and the lowest and highest number that fit all that was shown."""

    vintage: str
    cube: str
    cell: Cell
    true: int
    low: int
    high: int

    @property
    def width(self) -> int:
        """How many values are left, less one: 0 is known exactly."""
        return self.high - self.low


def as_rounded(cube: CubeCounts, cell: Cell) -> tuple[int, int]:
    """What mode R says to one who knows the rule, which figures were withheld, and which stand for few people."""
    value = cube.shown[cell]
    if value == IMPOSSIBLE:
        return 0, 0
    if value == HIDDEN:
        if cell in cube.withheld:
            return 5, NO_END
        return (1 if cube.zero_shown else 0), (NO_END if cell in cube.few else 4)
    return (value, value) if value == 0 else (max(5, value - 2), value + 2)


class Attack:
    """Everything that was shown, as one integer program.

    :param read: what a cell says to the reader: its lowest and highest number
    :param told: whether the reader is told how many records changed between vintages
    """

    def __init__(
        self,
        vintages: Sequence[Vintage],
        *,
        read: Callable[[CubeCounts, Cell], tuple[int, int]] = as_rounded,
        told: bool = True,
        facts: Iterable[Known] = (),
    ):
        self.atoms: dict[tuple[str, str], list[tuple[Cell, int]]] = {}
        self.steps: dict[tuple[str, ...], list[int]] = {}
        self.changed: dict[tuple[str, ...], int] = {}
        self.true: list[int] = []
        self.upper: list[float] = []
        self.rows: list[tuple[dict[int, int], float, float]] = []
        self.hidden: list[tuple[str, str, Cell, list[int]]] = []
        for vintage in vintages:
            for block in vintage.blocks:
                self.atoms[vintage.name, block.name] = [
                    (atom, self._variable(block.atoms.get(atom, 0), atom not in block.impossible))
                    for atom in product(*(self._lowest(codes) for codes in block.dimensions.values()))
                ]
        for vintage in vintages:
            self._read(vintage, read)
            self._tie(vintage)
            for fact in (*vintage.known, *facts):
                self._know(vintage, fact)
        if told:
            for number, after in enumerate(vintages):
                for month in after.months:
                    for before in reversed(vintages[:number]):
                        if month in before.months:
                            self._follow(before, after, month)
                            break
                again = [before for before in vintages[:number] if before.months == after.months]
                if again:
                    self._follow_blocks(again[-1], after)
                parts = {
                    before.months: before for before in vintages[:number] if set(before.months) < set(after.months)
                }
                if sum(len(months) for months in parts) == len(after.months):
                    self._add_up(list(parts.values()), after)
            for key, steps in self.steps.items():
                self.rows.append((dict.fromkeys(steps, 1), 0, self.changed[key]))
        self.tables = [np.array(self.true)]
        self.matrix = self._matrix([row for row, _low, _high in self.rows])
        self.low = np.array([low for _row, low, _high in self.rows], dtype=float)
        self.high = np.array([high for _row, _low, high in self.rows], dtype=float)
        assert self.fits(self.tables[0]), "the truth does not fit what was shown"

    def fits(self, table: np.ndarray) -> bool:
        """Whether a table of whole numbers fits."""
        sums = self.matrix @ table
        return bool(
            (table >= 0).all()
            and (table <= np.array(self.upper)).all()
            and (sums >= self.low).all()
            and (sums <= self.high).all()
        )

    def span(self, places: Sequence[int], enough: int = 3, own: Sequence[int] = ()) -> tuple[int, int]:
        """Give the lowest and highest sum of some variables, as far as `enough` apart.

        :param own: variables that the reader knows to be one at least
        """
        places, least = list(places), np.zeros(len(self.true))
        least[list(own)] = 1
        values = [int(table[places].sum()) for table in self.tables if (table >= least).all()]
        wish = np.zeros(len(self.true))
        wish[places] = 1
        for sign in (-1, 1):
            if max(values) - min(values) >= enough:
                break
            limit = (-np.inf, min(values) + enough) if sign < 0 else (max(values) - enough, np.inf)
            answer = milp(
                sign * wish,
                constraints=[
                    LinearConstraint(self.matrix, self.low, self.high),
                    LinearConstraint(csr_matrix(wish), *limit),
                ],
                integrality=np.ones(len(wish)),
                bounds=Bounds(least, np.array(self.upper)),
                options={"node_limit": 20_000},
            )
            assert answer.status == 0, answer.message
            table = np.rint(answer.x).astype(int)
            assert self.fits(table)
            self.tables.append(table)
            values.append(int(table[places].sum()))
        return min(values), max(values)

    def run(self, enough: int = 3) -> list[Found]:
        """Try every hidden cell."""
        return [
            Found(vintage, cube, cell, sum(self.true[place] for place in places), *self.span(places, enough))
            for vintage, cube, cell, places in self.hidden
        ]

    @staticmethod
    def _lowest(codes) -> list[str]:
        return [code for code in codes if code not in set(codes.values())]

    def _variable(self, true: int, possible: bool = True) -> int:
        self.true.append(true)
        self.upper.append(NO_END if possible else 0)
        return len(self.true) - 1

    def _within(self, vintage: Vintage, block, where: dict[str, str]) -> list[int]:
        """Give the variables of a block that lie under some codes."""
        names = list(block.dimensions)
        tests = [(names.index(name), block.dimensions[name], code) for name, code in where.items() if code != ALL]
        return [
            place
            for atom, place in self.atoms[vintage.name, block.name]
            if all(self._under(codes, atom[number], code) for number, codes, code in tests)
        ]

    @staticmethod
    def _under(codes, code: str, above: str) -> bool:
        while code and code != above:
            code = codes[code]
        return bool(code)

    def _read(self, vintage: Vintage, read) -> None:
        for block in vintage.blocks:
            for cube in block.cubes:
                for cell in cube.shown if not cube.kept_from else ():
                    places = self._within(vintage, block, dict(zip(cube.dimensions, cell, strict=True)))
                    low, high = read(cube, cell)
                    self.rows.append((dict.fromkeys(places, 1), low, high))
                    if low < 5 and low < high:
                        self.hidden.append((vintage.name, cube.code, cell, places))

    def _tie(self, vintage: Vintage) -> None:
        blocks = {block.name: block for block in vintage.blocks}
        for block in vintage.blocks:
            parent = blocks.get(block.parent)
            if parent is None:
                continue
            common = [name for name in block.dimensions if name in parent.dimensions]
            for cell in product(*(self._lowest(block.dimensions[name]) for name in common)):
                where = dict(zip(common, cell, strict=True))
                row = dict.fromkeys(self._within(vintage, parent, where), -1)
                for code, places in self._by_weight(vintage, block, where):
                    row.update(dict.fromkeys(places, code))
                self.rows.append((row, 0 if block.unit == parent.unit else -NO_END, 0))
                if block.unit != parent.unit:
                    most = max(block.weights.values(), default=1)
                    row = {place: 1_000 if weight == most else weight for place, weight in row.items() if weight > 0}
                    self.rows.append((row | dict.fromkeys(self._within(vintage, parent, where), -1), 0, NO_END))

    def _by_weight(self, vintage, block, where):
        if not block.weights:
            return [(1, self._within(vintage, block, where))]
        (name,) = block.dimensions
        return [(weight, self._within(vintage, block, {**where, name: code})) for code, weight in block.weights.items()]

    def _know(self, vintage: Vintage, fact: Known) -> None:
        block = next((block for block in vintage.blocks if block.name == fact.block), None)
        if block is not None:
            places: set[int] = set()
            for cell in product(*fact.where.values()):
                places.update(self._within(vintage, block, dict(zip(fact.where, cell, strict=True))))
            self.rows.append((dict.fromkeys(places, 1), fact.low, fact.high))

    def _follow(self, before: Vintage, after: Vintage, month: str) -> None:
        """The same month in two vintages: each area that both name, and each kind, by what came and what went."""
        blocks = [next(block for block in each.blocks if block.name == each.main) for each in (before, after)]
        areas = [set(block.dimensions["area"]) for block in blocks]
        common = areas[0] & areas[1]
        finest = {
            area
            for area in common
            if not any(self._under(blocks[0].dimensions["area"], other, area) for other in common - {area})
        }
        for area, kind in product(sorted(finest), blocks[0].dimensions["kind"]):
            where = {"month": month, "area": area, "kind": kind}
            first, second = (
                self._within(vintage, block, where) for vintage, block in zip((before, after), blocks, strict=True)
            )
            self._step((before.name, after.name), first, second)

    def _step(self, key: tuple[str, ...], first: Sequence[int], second: Sequence[int]) -> None:
        """What the second counts is what the first counted, and what came, without what went."""
        more = sum(self.true[place] for place in second) - sum(self.true[place] for place in first)
        came, went = (self._variable(max(number, 0)) for number in (more, -more))
        self.rows.append(({**dict.fromkeys(second, 1), **dict.fromkeys(first, -1), came: -1, went: 1}, 0, 0))
        self.steps.setdefault(key, []).extend((came, went))
        self.changed[key] = self.changed.get(key, 0) + abs(more)

    def _follow_blocks(self, before: Vintage, after: Vintage) -> None:
        """The same period in two editions: each block by what came and what went, and what nobody changed."""
        earlier = {block.name: block for block in before.blocks}
        for block in after.blocks:
            if block.name in earlier and earlier[block.name].dimensions == block.dimensions:
                first, second = (dict(self.atoms[each.name, block.name]) for each in (before, after))
                for atom in second:
                    self._step((before.name, after.name, block.name), [first[atom]], [second[atom]])
            for cube in block.cubes:
                old = before.cubes.get(cube.code)
                same = old and [count.number for count in cube.cells.values()] == [
                    count.number for count in old.cells.values()
                ]
                for cell in cube.cells if cube.kept_from and same else ():
                    where = dict(zip(cube.dimensions, cell, strict=True))
                    places = [self._within(each, each_block, where) for each, each_block in (
                        (after, block), (before, earlier[block.name])
                    )]  # fmt: skip
                    self.rows.append((dict.fromkeys(places[0], 1) | dict.fromkeys(places[1], -1), 0, 0))

    def _add_up(self, parts: Sequence[Vintage], whole: Vintage) -> None:
        """The quarters of a year: injuries add up to its own, and nobody is in more quarters than he was assaulted."""
        for block in whole.blocks:
            for name in set(block.dimensions) - {"month", "area", "kind"} if block.unit == "assaults" else ():
                others = [(part, other) for part in parts for other in part.blocks
                          if other.unit == "assaults" and name in other.dimensions]  # fmt: skip
                for code in block.dimensions[name] if len(others) == len(parts) else ():
                    first = [place for part, other in others for place in self._within(part, other, {name: code})]
                    self._step((whole.name, name), first, self._within(whole, block, {name: code}))
            alike = [(part, other) for part in parts for other in part.blocks
                     if other.unit == "assaults" == block.unit and other.dimensions == block.dimensions]  # fmt: skip
            names = list(block.dimensions)
            if len(alike) == len(parts) and len(names) > 1 and set(names) - {"month", "area", "kind"}:
                for cell in product(*block.dimensions.values()):
                    where = dict(zip(names, cell, strict=True))
                    first = [place for part, other in alike for place in self._within(part, other, where)]
                    self._step((whole.name, *names), first, self._within(whole, block, where))
            if block.weights:
                row = {}
                for code, weight in block.weights.items():
                    often = len(parts) if weight == max(block.weights.values()) else weight
                    row.update(dict.fromkeys(self._within(whole, block, {"times": code}), -often))
                for part in parts:
                    for other in part.blocks:
                        if other.unit == "people":
                            row.update(dict.fromkeys(self._within(part, other, {}), 1))
                over = sum(self.true[place] * weight for place, weight in row.items())
                self.rows.append((row, -NO_END, max(0, over)))

    def _matrix(self, rows: list[dict[int, int]]) -> csr_matrix:
        places = [place for row in rows for place in row]
        values = [value for row in rows for value in row.values()]
        starts = np.cumsum([0, *(len(row) for row in rows)])
        return csr_matrix((values, places, starts), shape=(len(rows), len(self.true)))


def exactly(found: Iterable[Found]) -> list[Found]:
    """Give the cells of 1 to 4 that are known exactly."""
    return [each for each in found if each.low == each.high and 1 <= each.true <= 4]


def narrowed(found: Iterable[Found]) -> list[Found]:
    """Give the cells that have fewer than four values left."""
    return [each for each in found if each.width < 3]
