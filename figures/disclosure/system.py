"""All that is known of one financial year, as rows low <= A x <= high over whole numbers (security.md 4.6, ADR 14).

One variable for each atom of each block of each vintage. What was shown bounds sums of atoms; a block is tied to its
parent by the margin that both have; vintages of the same months differ by no more than the records that changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from scipy.sparse import csr_matrix

from figures.disclosure.contract import (
    ALL,
    IMPOSSIBLE,
    LARGEST_BLOCK,
    BlockCounts,
    Cell,
    CubeCounts,
    NotAuditable,
    Vintage,
)
from figures.disclosure.rounding import FEWEST_INCIDENTS, FEWEST_PEOPLE, FEWEST_SHOWN, WITHOUT_END, band, is_number

HEAVIEST = 1_000
"""How many assaults one incident may be, or one person may suffer, in an audit."""
LINKED_BY = ("month", "area", "kind")
MEANT_BY_SHOWN = {"people": FEWEST_PEOPLE, "incidents": FEWEST_INCIDENTS}
"""What a shown number says of the people and incidents behind it, by D3."""


def lineage(codes: Mapping[str, str], code: str) -> tuple[str, ...]:
    """Give a code, the codes above it, and the margin.

    :raises NotAuditable: if a code lies above itself, or below one that is not there
    """
    line = [code]
    while codes[line[-1]]:
        line.append(codes[line[-1]])
        if line[-1] not in codes or line[-1] in line[:-1]:
            raise NotAuditable(f"The levels above {code} do not lead up to the whole.")
    return (*line, ALL)


def finest(codes: Mapping[str, str]) -> tuple[str, ...]:
    """Give the codes that lie above no other, in order."""
    above = set(codes.values())
    return tuple(code for code in codes if code not in above)


@dataclass(frozen=True)
class Shape:
    """A block as variables: its atoms that can be, in order, from variable `first` on."""

    block: BlockCounts
    first: int
    atoms: tuple[Cell, ...]

    @property
    def end(self) -> int:
        """The variable after its last."""
        return self.first + len(self.atoms)

    def sums(self, dimensions: Sequence[str], *, levels: bool = True) -> dict[Cell, list[int]]:
        """Give the variables of each cell over some of the dimensions, with every margin and level, or the finest."""
        places = [list(self.block.dimensions).index(name) for name in dimensions]
        lines = {
            name: {code: lineage(codes, code) if levels else (code,) for code in finest(codes)}
            for name, codes in self.block.dimensions.items()
        }
        lines = [lines[name] for name in dimensions]
        found = defaultdict(list)
        for number, atom in enumerate(self.atoms, self.first):
            for cell in product(*(line[atom[place]] for line, place in zip(lines, places, strict=True))):
                found[cell].append(number)
        return found


def shape_of(block: BlockCounts, first: int = 0) -> Shape:
    """Lay out the atoms of a block.

    :raises NotAuditable: if it has over 5,000, names a code as a margin, or counts an atom that it does not have
    """
    codes = [finest(codes) for codes in block.dimensions.values()]
    if any(ALL in each for each in block.dimensions.values()):
        raise NotAuditable(f"The block {block.name} has a code named {ALL!r}, which means every code together.")
    size = int(np.prod([len(each) for each in codes], dtype=object)) if codes else 1
    if size > LARGEST_BLOCK:
        raise NotAuditable(f"The block {block.name} has {size:,} atoms; at most {LARGEST_BLOCK:,} can be audited.")
    atoms = tuple(atom for atom in product(*codes) if atom not in block.impossible)
    strange = [atom for atom, number in block.atoms.items() if number and atom not in set(atoms)]
    if strange:
        raise NotAuditable(f"The block {block.name} counts {strange[0]}, which is no atom of it or cannot be.")
    if any(number < 0 for number in block.atoms.values()):
        raise NotAuditable(f"The block {block.name} counts fewer than none of something.")
    return Shape(block, first, atoms)


def cells_of(block: BlockCounts, cube: CubeCounts) -> Iterator[Cell]:
    """Give every cell of a cube with every margin and level, in the order of its codes."""
    return product(*((*block.dimensions[name], ALL) for name in cube.dimensions))


def check(vintage: Vintage) -> None:
    """Refuse a vintage that cannot be audited: see `NotAuditable`.

    :raises NotAuditable: if blocks make no tree, share a dimension that no tie carries, are too large, or a cube does
        not match the atoms of its block
    """
    blocks = {block.name: block for block in vintage.blocks}
    if len(blocks) < len(vintage.blocks):
        raise NotAuditable(f"{vintage.name} has two blocks of one name.")
    if len(vintage.cubes) < sum(len(block.cubes) for block in vintage.blocks):
        raise NotAuditable(f"{vintage.name} has two cubes of one code.")
    if vintage.main not in blocks or not set(LINKED_BY) <= set(blocks[vintage.main].dimensions):
        raise NotAuditable(f"The main block of {vintage.name} must be one by month, area and kind.")
    for block in vintage.blocks:
        _check_ancestors(block, blocks)
        shape = shape_of(block)
        for cube in block.cubes:
            _check_cube(shape, cube)
    _check_shared_dimensions(blocks)
    for fact in vintage.known:
        dimensions = blocks[fact.block].dimensions if fact.block in blocks else None
        if dimensions is None or any(not codes <= set(dimensions.get(name, ())) for name, codes in fact.where.items()):
            raise NotAuditable(f"A fact about {fact.block} names what {vintage.name} does not count.")


def _check_ancestors(block: BlockCounts, blocks: Mapping[str, BlockCounts]) -> None:
    seen = [block.name]
    while (parent := blocks[seen[-1]].parent) != "":
        if parent not in blocks:
            raise NotAuditable(f"The block {seen[-1]} is tied to {parent}, which is not there.")
        if parent in seen:
            raise NotAuditable(f"The blocks {', '.join(seen)} are tied in a circle.")
        seen.append(parent)
        for name in set(block.dimensions) & set(blocks[parent].dimensions):
            if dict(block.dimensions[name]) != dict(blocks[parent].dimensions[name]):
                raise NotAuditable(f"{block.name} and {parent} count by different codes of {name}.")


def _check_shared_dimensions(blocks: Mapping[str, BlockCounts]) -> None:
    """A dimension of two blocks of one tree must be in every block on the way between them, or no tie carries it."""
    tops = defaultdict(list)
    for block in blocks.values():
        for name in block.dimensions:
            parent = blocks.get(block.parent)
            if parent is None or parent.unit != block.unit or name not in parent.dimensions:
                tops[_root(block, blocks), name].append(block.name)
    for (_root_name, name), found in tops.items():
        if len(found) > 1:
            raise NotAuditable(f"{' and '.join(found)} both count by {name}, but no tie between them carries it.")


def _root(block: BlockCounts, blocks: Mapping[str, BlockCounts]) -> str:
    """Name the topmost block that this one is tied to by equality."""
    while block.parent and blocks[block.parent].unit == block.unit:
        block = blocks[block.parent]
    return block.name


def _check_cube(shape: Shape, cube: CubeCounts) -> None:
    block = shape.block
    if not set(cube.dimensions) <= set(block.dimensions) or len(set(cube.dimensions)) < len(cube.dimensions):
        raise NotAuditable(f"{cube.code} counts by what its block {block.name} does not: {cube.dimensions}.")
    cells = set(cells_of(block, cube))
    for given in (cube.cells, cube.shown):
        if given and set(given) != cells:
            raise NotAuditable(f"{cube.code} must have each of its {len(cells)} cells once, with every margin.")
    if cube.kept_from or not cube.cells:
        return
    sums = shape.sums(cube.dimensions)
    for cell, count in cube.cells.items():
        number = sum(block.atoms.get(shape.atoms[place], 0) for place in sums.get(cell, ()))
        if count.number != number:
            raise NotAuditable(f"{cube.code} counts {count.number} at {cell}, its block {block.name} {number}.")
        if cube.shown and is_number(value := cube.shown[cell]) and not _fits(value, number):
            raise NotAuditable(f"{cube.code} shows {value} at {cell}, which does not stand for {number}.")
        if cube.shown and (cube.shown[cell] == IMPOSSIBLE) != (cell not in sums):
            raise NotAuditable(f"{cube.code} shows {cube.shown[cell]} at {cell}, but that cell can be, or cannot.")


def _fits(value: int, number: int) -> bool:
    return number == 0 if value == 0 else max(FEWEST_SHOWN, value - 2) <= number <= value + 2


@dataclass
class Rows:
    """Rows as they are gathered: sparse sums, each with its ends."""

    places: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    low: list[int] = field(default_factory=list)
    high: list[int] = field(default_factory=list)

    def add(self, terms: Iterable[tuple[int, int]], low: int, high: int) -> int:
        """Add low <= sum of factor * variable <= high, from (variable, factor); give the row's number."""
        for place, number in terms:
            self.places.append(place)
            self.numbers.append(number)
        self.starts.append(len(self.places))
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def matrix(self, width: int) -> csr_matrix:
        """Give all rows as one sparse matrix of whole numbers."""
        return csr_matrix(
            (np.array(self.numbers, dtype=np.int64), np.array(self.places, dtype=np.int64), np.array(self.starts)),
            shape=(len(self.starts) - 1, width),
        )


@dataclass(frozen=True)
class Link:
    """Two vintages of the same months: the variables of each shared cell before and after, and how much changed.

    Of one block: the main one, by what both vintages have in common, or of two editions of one period any other.
    """

    before: str
    after: str
    pairs: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    changed: int


class System:
    """Everything that a reader of some vintages of one financial year knows.

    The variables depend on the atoms alone, never on what is shown, so that a table that fits one system can be tried
    on another of the same vintages.

    :param linked: whether vintages of the same months are linked, the reader being told how many records changed
    :raises NotAuditable: if a vintage cannot be audited, or its true numbers do not fit what is known
    """

    def __init__(self, vintages: Sequence[Vintage], *, linked: bool = True):
        if len({vintage.name for vintage in vintages}) < len(vintages):
            raise NotAuditable("Two vintages have one name.")
        self.vintages = tuple(vintages)
        self.shapes: dict[tuple[str, str], Shape] = {}
        width = 0
        for vintage in vintages:
            check(vintage)
            for block in vintage.blocks:
                shape = self.shapes[vintage.name, block.name] = shape_of(block, width)
                width = shape.end
        self.atoms = width
        self.links = tuple(self._links()) if linked else ()
        self.width = width + 2 * sum(len(link.pairs) for link in self.links if link.changed)
        rows = Rows()
        self.cell_rows: dict[tuple[str, str, Cell], int] = {}
        self.cell_sums: dict[tuple[str, str, Cell], list[int]] = {}
        for vintage in vintages:
            self._tie(vintage, rows)
            self._show(vintage, rows)
            self._tell(vintage, rows)
        self._link(rows)
        for after, before in self._covers() if linked else ():
            self._link_people_and_incidents(after, before, rows)
            self._link_what_both_count_by(after, before, rows)
        self.matrix = rows.matrix(self.width)
        self.low = np.array(rows.low, dtype=np.int64)
        self.high = np.array(rows.high, dtype=np.int64)
        self.truth = self._truth()
        largest = max((high for high in rows.high if high < WITHOUT_END), default=0)
        self.most = 2 * max(largest, int(self.truth.max(initial=0)) if self.truth is not None else 0) + 1_000
        if self.truth is not None and not self.fits(self.truth):
            raise NotAuditable("The true numbers do not fit what is said to be known; a fact from outside is wrong.")

    def fits(self, table: np.ndarray) -> bool:
        """Whether whole numbers satisfy every row exactly."""
        return bool(self.fit(table[:, None])[0])

    def fit(self, tables: np.ndarray) -> np.ndarray:
        """Say of each of several tables, as columns, whether it satisfies every row exactly."""
        sums = self.matrix @ tables
        within = (sums >= self.low[:, None]) & (sums <= self.high[:, None])
        return within.all(axis=0) & (tables >= 0).all(axis=0)

    def shape(self, vintage: Vintage, block: str) -> Shape:
        """Give the variables of one block."""
        return self.shapes[vintage.name, block]

    def _tie(self, vintage: Vintage, rows: Rows) -> None:
        blocks = {block.name: block for block in vintage.blocks}
        for block in vintage.blocks:
            if not block.parent:
                continue
            parent = blocks[block.parent]
            common = [name for name in block.dimensions if name in parent.dimensions]
            own, theirs = (self.shape(vintage, name).sums(common, levels=False) for name in (block.name, parent.name))
            shape = self.shape(vintage, block.name)
            for cell in sorted({*own, *theirs}):
                terms = [(place, -1) for place in theirs.get(cell, ())]
                if block.unit == parent.unit:
                    rows.add([*terms, *((place, 1) for place in own.get(cell, ()))], 0, 0)
                else:
                    heavy = [(place, _weight(shape, place)) for place in own.get(cell, ())]
                    rows.add([*terms, *heavy], -WITHOUT_END, 0)
                    rows.add([*terms, *self._open_ended(shape, heavy, parent)], 0, WITHOUT_END)

    @staticmethod
    def _open_ended(shape: Shape, heavy, parent: BlockCounts) -> list[tuple[int, int]]:
        """Where there is more of the parent's unit than each of this one weighs, there is one that weighs more.

        The heaviest may weigh anything (an incident, somebody assaulted three times or more); the others weigh what
        they weigh. So there is no assault without an incident, nor one too many without somebody assaulted often.
        """
        most = max(shape.block.weights.values(), default=1)
        anything = max(HEAVIEST, sum(parent.atoms.values()))
        return [(place, anything if weight == most else weight) for place, weight in heavy]

    def _show(self, vintage: Vintage, rows: Rows) -> None:
        blocks = {block.name: block for block in vintage.blocks}
        at_least_shown = defaultdict(bool)
        for block in vintage.blocks:
            shape = self.shape(vintage, block.name)
            for cube in block.cubes:
                if cube.kept_from:
                    self._show_again(vintage, block, cube, rows)
                if not cube.shown or cube.kept_from:
                    continue
                sums = shape.sums(cube.dimensions)
                for cell in cells_of(block, cube):
                    low, high = band(cube, cell)
                    places = sums.get(cell, [])
                    self.cell_sums[vintage.name, cube.code, cell] = places
                    self.cell_rows[vintage.name, cube.code, cell] = rows.add([(p, 1) for p in places], low, high)
                    at_least_shown[_root(block, blocks)] |= low >= FEWEST_SHOWN
        for block in vintage.blocks:
            parent = blocks.get(block.parent)
            if parent is not None and parent.unit != block.unit and at_least_shown[_root(parent, blocks)]:
                shape = self.shape(vintage, block.name)
                fewest = MEANT_BY_SHOWN.get(block.unit, 0)
                if not _has_truth(vintage) or sum(block.atoms.values()) >= fewest:
                    rows.add([(place, 1) for place in range(shape.first, shape.end)], fewest, WITHOUT_END)

    def _show_again(self, vintage: Vintage, block: BlockCounts, cube: CubeCounts, rows: Rows) -> None:
        """Take a cube that was kept because nothing in it changed to count here what it counted before.

        A replacement keeps no other, so its reader knows that.
        """
        before = next((other.cubes[cube.code] for other in self.vintages if other.name == cube.kept_from), None)
        numbers = [{cell: count.number for cell, count in each.cells.items()} for each in (before, cube) if each]
        if len(numbers) < 2 or not numbers[0] or numbers[0] != numbers[1]:
            return
        sums = self.shape(vintage, block.name).sums(cube.dimensions)
        for cell in cells_of(block, cube):
            then = self.cell_sums[cube.kept_from, cube.code, cell]
            rows.add([*((place, 1) for place in sums.get(cell, ())), *((place, -1) for place in then)], 0, 0)

    def _tell(self, vintage: Vintage, rows: Rows) -> None:
        for fact in vintage.known:
            shape = self.shape(vintage, fact.block)
            names = list(shape.block.dimensions)
            wanted = [fact.where.get(name) for name in names]
            lines = [
                {code: set(lineage(codes, code)) for code in finest(codes)} for codes in shape.block.dimensions.values()
            ]
            places = [
                (place, 1)
                for place, atom in enumerate(shape.atoms, shape.first)
                if all(
                    codes is None or line[code] & codes for codes, line, code in zip(wanted, lines, atom, strict=True)
                )
            ]
            rows.add(places, fact.low, fact.high)

    def _links(self) -> Iterator[Link]:
        """Link each month of each vintage to the last vintage before it that has that month.

        A removal is bounded by what stood before, because what stands after is never below zero.
        """
        for number, after in enumerate(self.vintages):
            last: dict[str, Vintage] = {}
            for before in self.vintages[:number]:
                last.update(dict.fromkeys(set(before.months) & set(after.months), before))
            for before in self.vintages[:number]:
                months = {month for month, vintage in last.items() if vintage is before}
                if months and _has_truth(before) and _has_truth(after):
                    yield self._linked(before, after, months)
            same = [vintage for vintage in self.vintages[:number] if set(vintage.months) == set(after.months)]
            if same and _has_truth(same[-1]) and _has_truth(after):
                yield from self._linked_blocks(same[-1], after)

    def _linked(self, before: Vintage, after: Vintage, months: set[str]) -> Link:
        shapes = [self.shape(vintage, vintage.main) for vintage in (before, after)]
        groups = [_grouped(shape, other.block, months) for shape, other in (shapes, reversed(shapes))]
        return self._paired(before, after, shapes, groups)

    def _linked_blocks(self, before: Vintage, after: Vintage) -> Iterator[Link]:
        """Link two editions of one period atom by atom, in each block that counts by the same codes in both.

        A replacement may differ by a single record: without this, a reader would tell from every block but the main
        one what that record is.
        """
        blocks = {block.name: block for block in before.blocks}
        for block in after.blocks:
            same = blocks.get(block.name)
            if block.name == after.main or same is None or dict(same.dimensions) != dict(block.dimensions):
                continue
            shapes = [self.shape(vintage, block.name) for vintage in (before, after)]
            yield self._paired(before, after, shapes, [_by_atom(shape) for shape in shapes])

    def _paired(self, before: Vintage, after: Vintage, shapes, groups) -> Link:
        pairs, changed = [], 0
        for cell in sorted({*groups[0], *groups[1]}):
            pair = tuple(tuple(group.get(cell, ())) for group in groups)
            pairs.append(pair)
            numbers = [
                sum(shape.block.atoms.get(shape.atoms[place - shape.first], 0) for place in places)
                for shape, places in zip(shapes, pair, strict=True)
            ]
            changed += abs(numbers[1] - numbers[0])
        return Link(before.name, after.name, tuple(pairs), changed)

    def _link(self, rows: Rows) -> None:
        free = self.atoms
        for link in self.links:
            first = free
            for before, after in link.pairs:
                terms = [*((place, 1) for place in after), *((place, -1) for place in before)]
                if link.changed:
                    terms += [(free, -1), (free + 1, 1)]
                    free += 2
                rows.add(terms, 0, 0)
            if link.changed:
                rows.add([(place, 1) for place in range(first, free)], 0, link.changed)

    def _covers(self) -> Iterator[tuple[Vintage, list[Vintage]]]:
        """Give each vintage with those before it whose months it has, each month in the last of them alone."""
        for number, after in enumerate(self.vintages):
            free, found = set(after.months), []
            for before in reversed(self.vintages[:number]):
                if set(before.months) <= free and _has_truth(before) and _has_truth(after):
                    found.append(before)
                    free -= set(before.months)
            if found:
                yield after, found

    def _link_people_and_incidents(self, after: Vintage, before: Sequence[Vintage], rows: Rows) -> None:
        """Incidents of parts add up to those of the whole; people are no fewer than in a part, no more than in all.

        Where records changed in between, the reader is told by how much that is off.
        """
        whole = _make_up(before, after)
        for unit in MEANT_BY_SHOWN:
            groups = [self._all_of(vintage, unit) for vintage in (after, *before)]
            if not all(groups):
                continue
            own, parts = groups[0], groups[1:]
            (total, *numbers) = [sum(number for _place, number in group) for group in groups]
            for part, number in zip(parts, numbers, strict=True) if unit == "people" else ():
                rows.add(_less(own, part), min(0, total - number), WITHOUT_END)
            off = total - sum(numbers)
            together = [pair for part in parts for pair in part]
            if unit == "incidents":
                rows.add(_less(own, together), -abs(off), abs(off) if whole else WITHOUT_END)
                continue
            if whole:
                rows.add(_less(own, together), -WITHOUT_END, max(0, off))
            self._link_to_times(after, own, together, len(parts), rows)

    def _link_to_times(self, after: Vintage, own, together, parts: int, rows: Rows) -> None:
        """Whoever was assaulted once is in one part alone, and nobody is in more parts than there are."""
        block = next(block for block in after.blocks if block.unit == "people")
        shape = self.shape(after, block.name)
        most = max(block.weights.values(), default=0)
        times = [_weight(shape, place) if block.weights else most for place, _number in own]
        times = [parts if each == most else min(each, parts) for each in times]
        over = sum(number for _place, number in together) - sum(
            each * number for each, (_place, number) in zip(times, own, strict=True)
        )
        terms = [(place, -each) for each, (place, _number) in zip(times, own, strict=True)]
        rows.add([*terms, *((place, 1) for place, _number in together)], -WITHOUT_END, max(0, over))

    def _link_what_both_count_by(self, after: Vintage, before: Sequence[Vintage], rows: Rows) -> None:
        """What the parts count by other dimensions too, such as injury, adds up to what the whole counts.

        That is so of each dimension, and of several together where one block of both counts by all of them. Where
        records changed in between, the reader is told by how much that is off.
        """
        whole = _make_up(before, after)
        alone = [(name,) for block in after.blocks for name in block.dimensions if name not in LINKED_BY]
        together = [tuple(block.dimensions) for block in after.blocks if not set(block.dimensions) <= set(LINKED_BY)]
        for names in dict.fromkeys([*alone, *together]):
            found = [self._by_code(vintage, names) for vintage in (after, *before)]
            if not all(found) or any(set(each) != set(found[0]) for each in found):
                continue
            off = sum(abs(own[1] - sum(part[code][1] for part in found[1:])) for code, own in found[0].items())
            for code, (own, _number) in found[0].items():
                parts = [place for part in found[1:] for place in part[code][0]]
                terms = [*((place, 1) for place in own), *((place, -1) for place in parts)]
                rows.add(terms, -off, off if whole else WITHOUT_END)

    def _by_code(self, vintage: Vintage, names: Sequence[str]) -> dict[Cell, tuple[list[int], int]]:
        """Give codes -> (variables, true number) of the first block that counts by some dimensions in the main unit."""
        blocks = {block.name: block for block in vintage.blocks}
        main = blocks[vintage.main]
        for block in vintage.blocks:
            if set(names) <= set(block.dimensions) and _root(block, blocks) == _root(main, blocks):
                shape = self.shape(vintage, block.name)
                return {
                    cell: (places, sum(block.atoms.get(shape.atoms[place - shape.first], 0) for place in places))
                    for cell, places in shape.sums(names, levels=False).items()
                }
        return {}

    def _all_of(self, vintage: Vintage, unit: str) -> list[tuple[int, int]]:
        """Give (variable, true number) of the atoms of the first block of a unit."""
        for block in vintage.blocks:
            if block.unit == unit:
                shape = self.shape(vintage, block.name)
                return [(place, block.atoms.get(atom, 0)) for place, atom in enumerate(shape.atoms, shape.first)]
        return []

    def _truth(self) -> np.ndarray | None:
        if not all(_has_truth(vintage) for vintage in self.vintages):
            return None
        table = np.zeros(self.width, dtype=np.int64)
        for shape in self.shapes.values():
            table[shape.first : shape.end] = [shape.block.atoms.get(atom, 0) for atom in shape.atoms]
        free = self.atoms
        for link in self.links:
            for before, after in link.pairs if link.changed else ():
                more = int(table[list(after)].sum() - table[list(before)].sum())
                table[free], table[free + 1] = max(more, 0), max(-more, 0)
                free += 2
        return table


def _has_truth(vintage: Vintage) -> bool:
    """Whether the true counts are given, not only what was shown."""
    return any(cube.cells for block in vintage.blocks for cube in block.cubes)


def _make_up(parts: Sequence[Vintage], whole: Vintage) -> bool:
    """Whether some vintages have every month of another between them."""
    return {month for part in parts for month in part.months} == set(whole.months)


def _less(one: Iterable[tuple[int, int]], other: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give the terms of the sum of some variables less the sum of others, from pairs that begin with a variable."""
    return [*((place, 1) for place, _number in one), *((place, -1) for place, _number in other)]


def _weight(shape: Shape, place: int) -> int:
    weights = shape.block.weights
    return max((weights[code] for code in shape.atoms[place - shape.first] if code in weights), default=1)


def _by_atom(shape: Shape) -> dict[Cell, list[int]]:
    """Give the variable of each atom."""
    return {atom: [number] for number, atom in enumerate(shape.atoms, shape.first)}


def _grouped(shape: Shape, other: BlockCounts, months: set[str]) -> dict[Cell, list[int]]:
    """Give the variables of each cell that both vintages have: by month, kind, and the finest area that both know."""
    names = list(shape.block.dimensions)
    places = [names.index(name) for name in LINKED_BY]
    found = defaultdict(list)
    for number, atom in enumerate(shape.atoms, shape.first):
        month, area, kind = (atom[place] for place in places)
        if month in months:
            line = lineage(shape.block.dimensions["area"], area)
            found[month, next(code for code in line if code in other.dimensions["area"] or code == ALL), kind].append(
                number
            )
    return found
