"""Small vintages made by hand: one table, its margins, and the blocks that a vintage must have."""

from collections.abc import Mapping, Sequence
from itertools import product

from figures.disclosure import ALL, BlockCounts, Cell, Count, CubeCounts, Vintage

MONTH = "2025-04"


def cube_of(
    code: str,
    dimensions: Mapping[str, Sequence[str]],
    atoms: Mapping[Cell, int],
    cube_dimensions: Sequence[str] | None = None,
    *,
    people: Mapping[Cell, int] | None = None,
    incidents: Mapping[Cell, int] | None = None,
    **options,
) -> CubeCounts:
    """Count a cube of atoms. Each is a person and an incident of its own, unless said otherwise for a cell."""
    names = list(cube_dimensions if cube_dimensions is not None else dimensions)
    places = [list(dimensions).index(name) for name in names]
    cells = {}
    for cell in product(*((*dimensions[name], ALL) for name in names)):
        number = sum(
            count
            for atom, count in atoms.items()
            if all(code in (ALL, atom[place]) for code, place in zip(cell, places, strict=True))
        )
        cells[cell] = Count(number, (people or {}).get(cell, number), (incidents or {}).get(cell, number))
    return CubeCounts(code, tuple(names), cells, **options)


def block_of(
    name: str,
    dimensions: Mapping[str, Sequence[str]],
    atoms: Mapping[Cell, int],
    *cubes: CubeCounts,
    parent: str = "",
    unit: str = "assaults",
    **options,
) -> BlockCounts:
    """Make a block without levels."""
    codes = {each: dict.fromkeys(given, "") for each, given in dimensions.items()}
    return BlockCounts(name, unit, codes, atoms, cubes, parent=parent, **options)


def vintage_of(
    *blocks: BlockCounts, name: str = "2025-26-Q1/1", main: Mapping[Cell, int] | None = None, known=(), **main_options
) -> Vintage:
    """Make a vintage of one month, one area and one kind, unless `main` counts more, with further blocks."""
    atoms = dict(main or {(MONTH, "a", "k"): 0})
    dimensions = {
        "month": sorted({atom[0] for atom in atoms}),
        "area": sorted({atom[1] for atom in atoms}),
        "kind": sorted({atom[2] for atom in atoms}),
    }
    cubes = main_options.pop("cubes", ())
    main_block = block_of("main", dimensions, atoms, *cubes, **main_options)
    return Vintage(name, tuple(dimensions["month"]), (main_block, *blocks), "main", tuple(known))


def table(
    atoms: Mapping[Cell, int],
    dimensions: Mapping[str, Sequence[str]],
    *,
    name: str = "2025-26-Q1/1",
    known=(),
    **options,
) -> Vintage:
    """Make a vintage of one cube T over one block that is tied to nothing but the total."""
    return vintage_of(
        block_of("block", dimensions, atoms, cube_of("T", dimensions, atoms, **options), parent="main"),
        name=name,
        main={(MONTH, "a", "k"): sum(atoms.values())},
        known=known,
    )
