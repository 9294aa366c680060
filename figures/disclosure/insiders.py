"""Somebody who is in a small cell, and knows his own record: what can he tell of the others (security.md 4.6, X4)?"""

from collections.abc import Iterator, Mapping
from itertools import combinations

from figures.disclosure.audit import Target
from figures.disclosure.contract import HIDDEN, Cell, Vintage
from figures.disclosure.rounding import FEWEST_SHOWN
from figures.disclosure.system import Shape, System

KEPT = 2
"""The rest of a cell must keep 3 values for one who is in it: two tables 2 apart."""


def insiders_of(system: System, most: int = 50, *, newest: str = "", pairs: bool = False) -> tuple[Target, ...]:
    """Give, for contributors to small cells, the rest of each small cell that they are in and that has 1 to 3 others.

    A contributor is a way through the blocks: an atom that somebody is in, in each block of each vintage that counts
    his month, with the same codes where blocks share them.

    :param most: how many contributors, or pairs of them, are tried
    :param newest: the vintage whose contributors come first
    :param pairs: two of them compare what they know
    """
    if system.truth is None:
        return ()
    vintages = sorted(system.vintages, key=lambda vintage: vintage.name != newest)
    records: dict[tuple[int, ...], None] = {}
    for vintage in vintages:
        for record in _contributors(system, vintage):
            if len(records) < most:
                records.setdefault(record)
    small = dict(_small_cells(system))
    known = [list(pair) for pair in combinations(records, 2)][:most] if pairs else [[record] for record in records]
    return tuple(target for people in known for target in _targets(people, small))


def _targets(people: list[tuple[int, ...]], small: Mapping) -> Iterator[Target]:
    own: dict[int, int] = {}
    for place in (place for record in people for place in record):
        own[place] = own.get(place, 0) + 1
    facts = tuple(sorted(own.items()))
    for (vintage, cube, cell), (places, number) in small.items():
        inside = sum(own.get(place, 0) for place in places)
        if inside == len(people) and 1 <= number - inside <= FEWEST_SHOWN - 2:
            yield Target(vintage, cube, cell, "insider", tuple((place, 1) for place in places), KEPT, own=facts)


def _small_cells(system: System) -> Iterator[tuple[tuple[str, str, Cell], tuple[tuple[int, ...], int]]]:
    """Give each hidden cell that counts 1 to 4: its variables and its true number."""
    for vintage in system.vintages:
        for code, cube in vintage.cubes.items():
            for cell, value in cube.shown.items():
                key = (vintage.name, code, cell)
                if value == HIDDEN and key in system.cell_sums:
                    places = tuple(system.cell_sums[key])
                    number = int(system.truth[list(places)].sum())
                    if 0 < number < FEWEST_SHOWN:
                        yield key, (places, number)


def _contributors(system: System, vintage: Vintage) -> Iterator[tuple[int, ...]]:
    """For each small cell of a vintage, give somebody who is in it, as the variables that count him."""
    for block in vintage.blocks:
        shape = system.shape(vintage, block.name)
        for cube in block.cubes:
            for cell, value in cube.shown.items():
                places = system.cell_sums.get((vintage.name, cube.code, cell), ())
                if value == HIDDEN and 0 < system.truth[list(places)].sum() < FEWEST_SHOWN:
                    yield tuple(sorted(_way(system, vintage, shape, min(_counted(system, places)))))


def _counted(system: System, places) -> Iterator[tuple[int, int]]:
    """Give (number, variable) of the atoms that count somebody: the rarest is the least."""
    return ((int(system.truth[place]), place) for place in places if system.truth[place])


def _way(system: System, vintage: Vintage, shape: Shape, start: tuple[int, int]) -> set[int]:
    """Follow one record from an atom through the tied blocks, and from the main block into other vintages."""
    found = {(vintage.name, shape.block.name): start[1]}
    waiting = [(vintage, shape)]
    while waiting:
        vintage, shape = waiting.pop(0)
        atom = shape.atoms[found[vintage.name, shape.block.name] - shape.first]
        codes = dict(zip(shape.block.dimensions, atom, strict=True))
        for other in vintage.blocks:
            tied = other.name == shape.block.parent or other.parent == shape.block.name
            if tied and other.unit == shape.block.unit and (vintage.name, other.name) not in found:
                near = system.shape(vintage, other.name)
                if places := list(_counted(system, _alike(near, codes))):
                    found[vintage.name, other.name] = min(places)[1]
                    waiting.append((vintage, near))
        if shape.block.name == vintage.main:
            for link in system.links:
                for this, that, side in ((link.before, link.after, 0), (link.after, link.before, 1)):
                    other = next(each for each in system.vintages if each.name == that)
                    if this != vintage.name or (that, other.main) in found:
                        continue
                    place = found[vintage.name, shape.block.name]
                    pair = next((pair for pair in link.pairs if place in pair[side]), None)
                    if pair and (places := list(_counted(system, pair[1 - side]))):
                        found[that, other.main] = min(places)[1]
                        waiting.append((other, system.shape(other, other.main)))
    return set(found.values())


def _alike(shape: Shape, codes: Mapping[str, str]) -> list[int]:
    """Give the variables of a block whose codes are those given, where it has them."""
    names = list(shape.block.dimensions)
    return [
        place
        for place, atom in enumerate(shape.atoms, shape.first)
        if all(codes.get(name, code) == code for name, code in zip(names, atom, strict=True))
    ]
