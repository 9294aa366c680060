"""What a revision may change: a cube only if enough records changed in it, else it stays as it was (D9, M4)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from figures.disclosure.contract import BlockCounts, Cell, NotAuditable, Vintage
from figures.disclosure.rounding import of_cubes

LEAST_CHANGED = 25
"""A smaller revision would show in which cell the few new records fell (security.md D9)."""


def changed(before: Vintage, after: Vintage, code: str) -> int:
    """Give how many records changed in a cube at least: came, went, or moved from one of its cells to another.

    :raises NotAuditable: if one of the two does not have the cube, or counts it by other codes
    """
    first, second = (_finest_cells(vintage, code) for vintage in (before, after))
    differences = [second.get(cell, 0) - first.get(cell, 0) for cell in {*first, *second}]
    return max(sum(each for each in differences if each > 0), -sum(each for each in differences if each < 0))


def kept(published: Sequence[Vintage], new: Vintage, *, least: int = LEAST_CHANGED) -> Vintage:
    """Give a new vintage in which each cube that was shown before, and changed too little, shows what it showed.

    It is compared with the last vintage of the same months in which the cube was made anew, so that small changes add
    up. A cube that was never shown, or held, is shown for the first time.
    """

    def decide(cube):
        before = next(
            (
                vintage
                for vintage in reversed(published)
                if vintage.months == new.months
                and cube.code in vintage.cubes
                and vintage.cubes[cube.code].shown
                and not vintage.cubes[cube.code].kept_from
            ),
            None,
        )
        if before is None or changed(before, new, cube.code) >= least:
            return cube
        old = before.cubes[cube.code]
        return replace(
            cube,
            shown=old.shown,
            withheld=old.withheld,
            few=old.few,
            zero_shown=old.zero_shown,
            kept_from=before.name,
        )

    return of_cubes(new, decide)


def _finest_cells(vintage: Vintage, code: str) -> dict[Cell, int]:
    """Count the atoms of a cube's block by the dimensions of the cube."""
    block = _block_of(vintage, code)
    cube = vintage.cubes[code]
    places = [list(block.dimensions).index(name) for name in cube.dimensions]
    found: dict[Cell, int] = defaultdict(int)
    for atom, number in block.atoms.items():
        found[tuple(atom[place] for place in places)] += number
    return found


def _block_of(vintage: Vintage, code: str) -> BlockCounts:
    for block in vintage.blocks:
        if any(cube.code == code for cube in block.cubes):
            return block
    raise NotAuditable(f"{vintage.name} has no cube {code}.")
