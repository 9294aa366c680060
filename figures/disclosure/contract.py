"""What the gate is given and what it answers: the contract between those who count and those who audit (ADR 14)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

HIDDEN, IMPOSSIBLE, NOT_COLLECTED = "[c]", "[z]", "[x]"
"""Not shown, to protect people; cannot be; not collected. They look different, and none of them is zero."""

ALL = "all"
"""The code of a margin, as in `cubes.ALL`."""
LARGEST_BLOCK = 5_000
"""How many atoms a block may have, as in `cubes.LARGEST_BLOCK`."""

Cell = tuple[str, ...]
"""The codes of one cell in the order of its dimensions; `ALL` for a margin."""


class NotAuditable(ValueError):
    """What was given cannot be audited: its blocks make no tree, or its numbers contradict each other."""


@dataclass(frozen=True)
class Count:
    """The three counts of a cell (D3): what the cube counts, and how many people and incidents that is."""

    number: int
    people: int
    incidents: int


@dataclass(frozen=True)
class CubeCounts:
    """One cube of one release: its true counts, and once it is published what was shown.

    :param dimensions: a subset of its block's, in the cube's order
    :param cells: every cell with every margin; empty for a release of which only what was shown is kept
    :param shown: an int or one of the three symbols for each cell; empty while it is to be decided
    :param withheld: cells whose symbol stands for five or more; the reader is assumed to be able to tell them
    :param zero_shown: a true zero may be shown as 0 (D5); the gate answers False where that gave somebody away
    :param few: cells of five or more that are small by D3 (few people, or few incidents); set by the gate, and needed
        again where only what was shown is kept
    :param kept_from: the name of the vintage that this cube was first shown in, if a revision changed too little of it
        to be shown anew (D9): it then says nothing about this vintage
    """

    code: str
    dimensions: tuple[str, ...]
    cells: Mapping[Cell, Count]
    shown: Mapping[Cell, int | str] = field(default_factory=dict)
    withheld: frozenset[Cell] = frozenset()
    zero_shown: bool = False
    sensitive: bool = False
    few: frozenset[Cell] = frozenset()
    kept_from: str = ""


@dataclass(frozen=True)
class BlockCounts:
    """One block of one release: its atoms, and the cubes that are margins of it.

    :param dimensions: name -> {code: parent code or ""}: the finest codes and, where there are levels, those above
    :param atoms: the true number of each atom; what is missing is 0
    :param impossible: atoms that cannot be
    :param parent: the name of the block of the same release that it is tied to, or ""
    :param weights: of each code, for a block of another unit than its parent's (cubes.Block)
    """

    name: str
    unit: str
    dimensions: Mapping[str, Mapping[str, str]]
    atoms: Mapping[Cell, int]
    cubes: tuple[CubeCounts, ...]
    impossible: frozenset[Cell] = frozenset()
    parent: str = ""
    weights: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """A fact from outside (D6): the sum of the cells of a block lies between two numbers, both included.

    :param where: {dimension: codes}; a dimension that is not named counts all of its codes
    """

    block: str
    where: Mapping[str, frozenset[str]]
    low: int
    high: int


@dataclass(frozen=True)
class Vintage:
    """One release of one period, as counted at one moment. Records that came later belong to another vintage.

    :param name: such as "2025-26-Q1/1": the period and the edition
    :param months: the months that it covers, by which vintages of the same records are found
    :param main: the name of the block whose atoms have month, area and kind
    """

    name: str
    months: tuple[str, ...]
    blocks: tuple[BlockCounts, ...]
    main: str
    known: tuple[Known, ...] = ()

    @property
    def cubes(self) -> dict[str, CubeCounts]:
        """Its cubes by code, in the order of its blocks."""
        return {cube.code: cube for block in self.blocks for cube in block.cubes}


@dataclass(frozen=True)
class Verdict:
    """What the gate decided about a new vintage, in numbers and in words that a person can sign.

    :param vintage: the new one, with what may be shown; a cube that is held shows nothing at all
    :param held: codes of cubes that must wait for the next period, with the reason
    :param withheld: (cube, cell) that repair hid though they are five or more
    :param hidden_share: cube -> share of its cells that show no number, 0 to 1
    :param passed: everything that is shown may be shown; what is held is not shown
    :param targets: how many were asked about; `programs`: how many integer programs that took
    :param narrowest: the fewest values that any of them may still have, 4 at most, aside from those whose own figure
        allows fewer (a shown 5 stands for 5, 6 or 7; a shown zero for itself)
    :param words: one sentence each
    """

    passed: bool
    vintage: Vintage
    held: Mapping[str, str]
    withheld: tuple[tuple[str, Cell], ...]
    hidden_share: Mapping[str, float]
    targets: int
    programs: int
    narrowest: int
    words: tuple[str, ...]
