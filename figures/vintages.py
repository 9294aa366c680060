"""A vintage from what was counted, and back from where it was frozen. Pure.

What was counted comes as atoms and cells, the missing ones nought; a vintage has every cell of every table. Frozen, a
block is JSON that a later audit reads again to the last number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from campion.months import month_label
from figures.cubes import ALL, BLOCKS, CUBES, DIMENSIONS, LARGEST_BLOCK, NOT_KNOWN, RIGHTS, Block, Code, Cube, cubes_of
from figures.disclosure import BlockCounts, Cell, Count, CubeCounts, Known, NotAuditable, Vintage
from figures.periods import Period
from figures.periods import period as read_period

NONE = Count(0, 0, 0)


@dataclass(frozen=True)
class CodeList:
    """A dimension as it was used: its words, and its codes in the order in which they are shown."""

    label: str
    note: str
    codes: tuple[Code, ...]

    @property
    def levels(self) -> dict[str, str]:
        """Code -> the code one level up, or empty."""
        return {code.code: code.parent for code in self.codes}

    @property
    def finest(self) -> list[str]:
        """The codes that no other lies below."""
        above = {code.parent for code in self.codes}
        return [code.code for code in self.codes if code.code not in above]

    def as_json(self) -> dict:
        """Give it as a release keeps it."""
        codes = [{"code": code.code, "label": code.label, "parent": code.parent} for code in self.codes]
        return {"label": self.label, "note": self.note, "codes": codes}

    @classmethod
    def read(cls, kept: Mapping) -> "CodeList":
        """Give the list of what `as_json` made."""
        return cls(kept["label"], kept["note"], tuple(Code(**code) for code in kept["codes"]))


def code_lists(period: Period, areas: Sequence[Code]) -> dict[str, CodeList]:
    """Give every dimension that a period is counted by, with its codes.

    :param areas: those in force on the last day of the period, and above them those that they became part of
    """
    own = {
        "month": tuple(Code(month, month_label(month)) for month in period.months),
        "area": (*areas, Code(NOT_KNOWN, "Elsewhere, or not known")),
        "right": RIGHTS,
    }
    names = {name for block in BLOCKS.values() if block.level == period.level for name in block.dimensions}
    return {
        name: CodeList(dimension.label, dimension.note, own.get(name, dimension.codes))
        for name, dimension in DIMENSIONS.items()
        if name in names
    }


def cells_of(dimensions: Sequence[str], lists: Mapping[str, CodeList]) -> list[Cell]:
    """Give every cell of a table with its margins, in the order in which they are shown: by the code lists."""
    return list(product(*([code.code for code in lists[name].codes] + [ALL] for name in dimensions)))


def block_counts(
    block: Block,
    lists: Mapping[str, CodeList],
    atoms: Mapping[Cell, int],
    tables: Mapping[str, Mapping[Cell, tuple[int, int, int]]],
) -> BlockCounts:
    """Make the block of a vintage of what was counted.

    :param atoms: what is missing is nought
    :param tables: cube -> cell -> number, people, incidents; what is missing is nought
    :raises NotAuditable: if something was counted under a code that the lists do not have, or the block is too large
    """
    finest = [lists[name].finest for name in block.dimensions]
    possible = list(product(*finest))
    if len(possible) > LARGEST_BLOCK:
        raise NotAuditable(f"The block {block.name} has {len(possible):,} atoms, and {LARGEST_BLOCK:,} is the most.")
    if unknown := sorted(set(atoms) - set(possible)):
        raise NotAuditable(f"The block {block.name} was counted under a code that it does not have: {unknown[0]}.")
    return BlockCounts(
        name=block.name,
        unit=block.unit,
        dimensions={name: lists[name].levels for name in block.dimensions},
        atoms=dict(atoms),
        cubes=tuple(
            _cube_counts(cube, lists, tables.get(cube.code, {}))
            for cube in cubes_of(block.level)
            if cube.block == block.name
        ),
        impossible=frozenset(
            atom for atom in possible if block.impossible(dict(zip(block.dimensions, atom, strict=True)))
        ),
        parent=block.parent,
        weights=dict(block.weights),
    )


def _cube_counts(cube: Cube, lists, counted) -> CubeCounts:
    cells = cells_of(cube.dimensions, lists)
    if unknown := sorted(set(counted) - set(cells)):
        raise NotAuditable(f"The cube {cube.code} was counted under a code that it does not have: {unknown[0]}.")
    return CubeCounts(
        code=cube.code,
        dimensions=cube.dimensions,
        cells={cell: Count(*counted[cell]) if cell in counted else NONE for cell in cells},
        zero_shown=cube.zero_shown,
        sensitive=cube.sensitive,
    )


def known_of(facts: Sequence[Mapping], span: Period, blocks: Sequence[BlockCounts]) -> tuple[Known, ...]:
    """Give facts from outside about a period, or about a part of it, as the audit of a vintage of it takes them.

    A fact that its counts do not bear out is left out: it was mistyped, counts something else, or counts what was
    recorded by another day. Whoever believes it is led astray by it, and the audit could not go on with it.

    :param facts: {period, dimension, code, low, high}, dimension and code empty for all of a period
    :param blocks: the counts of the vintage
    :raises NotAuditable: if no block of the period has the dimension of a fact about it
    """
    by_name = {block.name: block for block in blocks}
    known = [_known(fact, span) for fact in facts]
    return tuple(fact for fact in known if fact and _fits(fact, by_name[fact.block]))


def unfit(facts: Sequence[Mapping], span: Period, blocks: Sequence[BlockCounts]) -> int:
    """Count the facts about a period itself that its counts do not bear out."""
    own = [fact for fact in facts if fact["period"] == span.code]
    return len(own) - len(known_of(own, span, blocks))


def _known(fact, span):
    about, name = read_period(fact["period"]), fact["dimension"]
    if not set(about.months) <= set(span.months):
        return None
    where = {} if about == span else {"month": frozenset(about.months)}
    where |= {name: frozenset([fact["code"]])} if name else {}
    blocks = [block for block in BLOCKS.values() if block.level == span.level and block.unit == "assaults"]
    block = next((block for block in blocks if set(where) <= set(block.dimensions)), None)
    if block is None and about == span:
        raise NotAuditable(f"Nothing of this period is counted by {name}.")
    return block and Known(block.name, where, fact["low"], fact["high"])


def _fits(fact: Known, block: BlockCounts) -> bool:
    names = list(block.dimensions)
    number = sum(
        count
        for atom, count in block.atoms.items()
        if all(
            {atom[names.index(name)], block.dimensions[name].get(atom[names.index(name)])} & codes
            for name, codes in fact.where.items()
        )
    )
    return fact.low <= number <= fact.high


# Frozen --------------------------------------------------------------------------------------------------------------


def frozen(block: BlockCounts) -> dict:
    """Give a block as JSON: everything of it, in an order that is the same each time."""
    return {
        "unit": block.unit,
        "dimensions": [[name, list(levels.items())] for name, levels in block.dimensions.items()],
        "atoms": [[list(atom), number] for atom, number in sorted(block.atoms.items())],
        "impossible": [list(atom) for atom in sorted(block.impossible)],
        "parent": block.parent,
        "weights": list(block.weights.items()),
        "cubes": [
            {
                "code": cube.code,
                "dimensions": list(cube.dimensions),
                "cells": [
                    [list(cell), count.number, count.people, count.incidents] for cell, count in cube.cells.items()
                ],
                "shown": [[list(cell), value] for cell, value in cube.shown.items()],
                "withheld": [list(cell) for cell in sorted(cube.withheld)],
                "few": [list(cell) for cell in sorted(cube.few)],
                "kept_from": cube.kept_from,
                "zero_shown": cube.zero_shown,
                "sensitive": cube.sensitive,
            }
            for cube in block.cubes
        ],
    }


def thawed(name: str, kept: Mapping) -> BlockCounts:
    """Give the block of what `frozen` made."""
    return BlockCounts(
        name=name,
        unit=kept["unit"],
        dimensions={name: dict(levels) for name, levels in kept["dimensions"]},
        atoms={tuple(atom): number for atom, number in kept["atoms"]},
        impossible=frozenset(map(tuple, kept["impossible"])),
        parent=kept["parent"],
        weights=dict(kept["weights"]),
        cubes=tuple(
            CubeCounts(
                code=cube["code"],
                dimensions=tuple(cube["dimensions"]),
                cells={tuple(cell): Count(*three) for cell, *three in cube["cells"]},
                shown={tuple(cell): value for cell, value in cube["shown"]},
                withheld=frozenset(map(tuple, cube["withheld"])),
                few=frozenset(map(tuple, cube["few"])),
                kept_from=cube["kept_from"],
                zero_shown=cube["zero_shown"],
                sensitive=cube["sensitive"],
            )
            for cube in kept["cubes"]
        ),
    )


def main_block(level: str) -> str:
    """Name the block whose atoms have month, area and kind."""
    return "events" if level == "quarter" else "events-year"


def name_of(period: str, edition: int) -> str:
    """Name a vintage: the period and the edition."""
    return f"{period}/{edition}"


def undecided(vintage: Vintage) -> Vintage:
    """Give the same counts with nothing decided: what the gate was given at first."""

    def again(cube):
        zero_shown = CUBES[cube.code].zero_shown
        return CubeCounts(
            cube.code, cube.dimensions, cube.cells, zero_shown=zero_shown, sensitive=CUBES[cube.code].sensitive
        )

    blocks = [replace(block, cubes=tuple(map(again, block.cubes))) for block in vintage.blocks]
    return replace(vintage, blocks=tuple(blocks))
