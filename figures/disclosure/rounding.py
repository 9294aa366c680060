"""Mode R: what one cell shows, and what a reader who knows the rule learns from it alone (security.md 4.4, D3, D5)."""

from collections.abc import Mapping
from dataclasses import replace

from figures.disclosure.contract import HIDDEN, IMPOSSIBLE, Cell, Count, CubeCounts, NotAuditable, Vintage

FEWEST_PEOPLE, FEWEST_INCIDENTS, FEWEST_SHOWN = 5, 3, 5
WITHOUT_END = 10**9
"""No upper end, as a number that exact arithmetic can carry."""


def is_small(count: Count) -> bool:
    """Whether a cell stands for 1 to 4 people, or for people in fewer than 3 incidents (D3)."""
    return 0 < count.people < FEWEST_PEOPLE or (count.people > 0 and count.incidents < FEWEST_INCIDENTS)


def nearest_five(number: int) -> int:
    """Round to the nearest 5; nothing lies half way between two."""
    return 5 * ((number + 2) // 5)


def shown(count: Count, *, possible: bool = True, zero_shown: bool = False) -> int | str:
    """Give what one cell shows: a number rounded to 5, a zero where zeros are shown, or a symbol (security.md 4.4)."""
    if not possible:
        return IMPOSSIBLE
    if zero_shown and count.number == 0:
        return 0
    if count.number < FEWEST_SHOWN or is_small(count):
        return HIDDEN
    return nearest_five(count.number)


def is_number(value: object) -> bool:
    """Whether a cell shows a number, rather than a symbol."""
    return isinstance(value, int)


def band(cube: CubeCounts, cell: Cell) -> tuple[int, int]:
    """Give the lowest and highest number that a cell may have for a reader who knows the rule and sees this cell alone.

    Where zeros are shown, a hidden cell is not zero. A number that is hidden for the sake of few people is taken to be
    recognised as such, and then says nothing of its size.
    """
    value = cube.shown[cell]
    if value == IMPOSSIBLE or value == 0:
        return 0, 0
    if is_number(value):
        return max(FEWEST_SHOWN, value - 2), value + 2
    if value != HIDDEN:
        return 0, WITHOUT_END
    count = cube.cells.get(cell)
    large = count is not None and count.number >= FEWEST_SHOWN
    if cell in cube.withheld or (large and not is_small(count)):
        return FEWEST_SHOWN, WITHOUT_END
    return int(shows_zeros(cube)), WITHOUT_END if large or cell in cube.few else FEWEST_SHOWN - 1


def shows_zeros(cube: CubeCounts) -> bool:
    """Whether a hidden cell of a cube cannot be zero, as a zero would be shown."""
    return cube.zero_shown and not any(
        value == HIDDEN and cell in cube.cells and cube.cells[cell].number == 0 for cell, value in cube.shown.items()
    )


def control(vintage: Vintage, possible: Mapping[tuple[str, Cell], bool]) -> Vintage:
    """Fill in what each cube of a new vintage shows by rule alone, where that is still to be decided.

    :param possible: (cube, cell) -> whether any of its atoms can be
    :raises NotAuditable: if a sensitive cube would show zeros
    """
    return of_cubes(vintage, lambda cube: _controlled(cube, possible) if cube.cells and not cube.shown else cube)


def _controlled(cube: CubeCounts, possible: Mapping[tuple[str, Cell], bool]) -> CubeCounts:
    if cube.sensitive and cube.zero_shown:
        raise NotAuditable(f"{cube.code} may not show whether there is anybody, so it may not show zeros.")
    return replace(
        cube,
        shown={
            cell: shown(count, possible=possible[cube.code, cell], zero_shown=cube.zero_shown)
            for cell, count in cube.cells.items()
        },
        few=frozenset(cell for cell, count in cube.cells.items() if count.number >= FEWEST_SHOWN and is_small(count)),
    )


def of_cubes(vintage: Vintage, change) -> Vintage:
    """Give the same vintage with each of its cubes as `change(cube)` answers it."""
    return replace(
        vintage,
        blocks=tuple(replace(block, cubes=tuple(change(cube) for cube in block.cubes)) for block in vintage.blocks),
    )


def withhold(vintage: Vintage, cells: frozenset[tuple[str, Cell]]) -> Vintage:
    """Hide cells, as (cube, cell), that show five or more."""

    def change(cube):
        gone = frozenset(cell for code, cell in cells if code == cube.code)
        return replace(cube, shown={**cube.shown, **dict.fromkeys(gone, HIDDEN)}, withheld=cube.withheld | gone)

    return of_cubes(vintage, change)


def show_again(vintage: Vintage, cells: frozenset[tuple[str, Cell]]) -> Vintage:
    """Show cells, as (cube, cell), that were withheld."""

    def change(cube):
        back = {cell: nearest_five(cube.cells[cell].number) for code, cell in cells if code == cube.code}
        return replace(cube, shown={**cube.shown, **back}, withheld=cube.withheld - back.keys())

    return of_cubes(vintage, change)


def hold(vintage: Vintage, codes: frozenset[str]) -> Vintage:
    """Show nothing of some cubes."""
    return of_cubes(
        vintage,
        lambda cube: replace(cube, shown={}, withheld=frozenset(), few=frozenset()) if cube.code in codes else cube,
    )


def without_zeros(vintage: Vintage, codes: frozenset[str]) -> Vintage:
    """Hide the zeros of cubes that showed them."""
    return of_cubes(
        vintage,
        lambda cube: (
            replace(
                cube,
                shown={cell: HIDDEN if value == 0 else value for cell, value in cube.shown.items()},
                zero_shown=False,
            )
            if cube.code in codes
            else cube
        ),
    )
