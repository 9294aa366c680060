"""Somebody who is in a small cell, and knows his own record: what can he tell of the others (security.md 4.6, X4)?"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

import numpy as np

from figures.disclosure.audit import Target
from figures.disclosure.contract import HIDDEN, Cell, Vintage
from figures.disclosure.rounding import FEWEST_SHOWN
from figures.disclosure.system import Shape, System

KEPT = 2
"""The rest of a cell must keep 3 values for one who is in it: two tables 2 apart."""

Record = tuple[int, ...]
"""The variables that count one record, one for each block that it can be followed to."""


def insiders_of(system: System, most: int = 50, *, newest: str = "", together: int = 1) -> tuple[Target, ...]:
    """Give, for contributors to small cells, the rest of each small cell that they are in and that has 1 to 3 others.

    A contributor is a way through the blocks: an atom that somebody is in, in each block of each vintage that counts
    his month, with the same codes where blocks share them.

    :param most: how many contributors, or groups of them, are tried
    :param newest: the vintage whose contributors come first
    :param together: how many people of one cell compare what they know: 1, or 2 for a pair
    """
    if system.truth is None:
        return ()
    groups: dict[tuple[Record, ...], None] = {}
    first = sorted(system.vintages, key=lambda vintage: vintage.name != newest)
    for group in chain.from_iterable(_contributors(system, vintage, together) for vintage in first):
        if len(groups) >= most:
            break
        groups.setdefault(group)
    small = [(key, set(places)) for key, places in _small_cells(system)]
    return tuple(target for group in groups for target in _targets(system, group, small))


def _targets(system: System, group: tuple[Record, ...], small: Iterable) -> Iterator[Target]:
    own = Counter(place for record in group for place in record)
    for (vintage, cube, cell), places in small:
        inside = sum(number for place, number in own.items() if place in places)
        others = int(system.truth[list(places)].sum()) - inside
        if inside == len(group) and 1 <= others <= FEWEST_SHOWN - 2:
            terms = tuple((place, 1) for place in sorted(places))
            yield Target(vintage, cube, cell, "insider", terms, KEPT, own=tuple(sorted(own.items())))


def _small_cells(system: System) -> Iterator[tuple[tuple[str, str, Cell], list[int]]]:
    """Give each hidden cell that counts 1 to 4, and its variables."""
    for vintage in system.vintages:
        for code, cube in vintage.cubes.items():
            for cell, value in cube.shown.items():
                places = system.cell_sums.get((vintage.name, code, cell), [])
                if value == HIDDEN and 0 < system.truth[places].sum() < FEWEST_SHOWN:
                    yield (vintage.name, code, cell), places


def _contributors(system: System, vintage: Vintage, together: int) -> Iterator[tuple[Record, ...]]:
    """For each small cell of a vintage with others in it, give so many people who are in it."""
    blocks = {cube.code: block.name for block in vintage.blocks for cube in block.cubes}
    for (name, code, _cell), places in _small_cells(system):
        if name != vintage.name or system.truth[places].sum() <= together:
            continue
        left, group = system.truth.copy(), []
        for _person in range(together):
            record = _way(system, vintage, system.shape(vintage, blocks[code]), _rarest(left, places), left)
            left[list(record)] -= 1
            group.append(record)
        yield tuple(group)


def _rarest(left: np.ndarray, places: Iterable[int]) -> int | None:
    """Give the variable that counts fewest people, but somebody."""
    return min(((int(left[place]), place) for place in places if left[place]), default=(0, None))[1]


def _way(system: System, vintage: Vintage, shape: Shape, start: int, left: np.ndarray) -> Record:
    """Follow one record from an atom through the tied blocks, and from the main block into other vintages."""
    found = {(vintage.name, shape.block.name): start}
    waiting = [(vintage, shape)]
    while waiting:
        vintage, shape = waiting.pop(0)
        here = found[vintage.name, shape.block.name]
        codes = dict(zip(shape.block.dimensions, shape.atoms[here - shape.first], strict=True))
        beside = [
            (vintage, block.name, _alike(system.shape(vintage, block.name), codes))
            for block in vintage.blocks
            if shape.block.name in (block.parent, block.name) or block.name == shape.block.parent
            if block.unit == shape.block.unit
        ]
        if shape.block.name == vintage.main:
            beside += _elsewhere(system, vintage, here)
        for other, name, places in beside:
            if (other.name, name) not in found and (place := _rarest(left, places)) is not None:
                found[other.name, name] = place
                waiting.append((other, system.shape(other, name)))
    return tuple(sorted(found.values()))


def _elsewhere(system: System, vintage: Vintage, place: int) -> Iterator[tuple[Vintage, str, Iterable[int]]]:
    """Give what counts the same month, area and kind in the vintages that this one is linked to."""
    vintages = {each.name: each for each in system.vintages}
    for link in system.links:
        for this, that, side in ((link.before, link.after, 0), (link.after, link.before, 1)):
            if this == vintage.name:
                for pair in link.pairs:
                    if place in pair[side]:
                        yield vintages[that], vintages[that].main, pair[1 - side]


def _alike(shape: Shape, codes: Mapping[str, str]) -> list[int]:
    """Give the variables of a block whose codes are those given, where it has them."""
    names = list(shape.block.dimensions)
    return [
        place
        for place, atom in enumerate(shape.atoms, shape.first)
        if all(codes.get(name, code) == code for name, code in zip(names, atom, strict=True))
    ]
