"""Invented assaults of one financial year, and vintages of the real cubes counted from them: pure and seeded.

    year = made(seed=1, size=570)
    vintages = year.vintages()          # four quarters and the year, as they would be drawn
    verdict = gate(vintages[:-1], vintages[-1])

Everything here is invented. The same seed gives the same records.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

import numpy as np

from figures.cubes import ALL, BLOCKS, DIMENSIONS, RIGHTS, Block, blocks_of, cubes_of
from figures.disclosure import BlockCounts, Cell, Count, CubeCounts, Vintage
from figures.periods import Period

FIVE = {"central": "north", "coast": "north", "forest": "north", "harbour": "south", "moor": "south"}
"""Five areas of an invented force, and of which of the two later areas each became part."""
TWO = ("north", "south")
YEAR = Period(2025)

ODDS: Mapping[str, Sequence[float]] = {
    "area": (34, 26, 20, 12, 8),
    "kind": (46, 14, 12, 28),
    "role": (85, 15),
    "injury": (38, 56, 6),
    "outcome": (44, 12, 16, 28),
    "answer": (40, 60),
    "offered": (85, 15),
    "contact": (80, 20),
    "day": (12, 11, 11, 12, 15, 20, 19),
    "band": (8, 10, 15, 27, 30, 10),
    "place": (38, 24, 14, 11, 6, 4, 3),
    "activity": (42, 22, 12, 12, 8, 4),
    "crewing": (18, 56, 18, 8),
    "camera": (66, 22, 12),
    "spat": (10, 90),
    "abused": (50, 50),
    "threatened": (25, 75),
    "delay": (78, 16, 4, 2),
    "lost": (74, 17, 6, 3),
    "crimed": (81, 9, 10),
}
MENTIONED = {"spat": "spitting", "abused": "verbal", "threatened": "threat"}


@dataclass(frozen=True)
class Record:
    """One assault, or one thing owed after it: its codes, the person, the incident, and when it is first counted.

    :param known_from: the number of the draw from which it is counted, 0 for the first of its month, 1 for the next
    :param gone_from: the number of the draw from which it is counted no more
    """

    codes: Mapping[str, str]
    person: int
    incident: int
    known_from: int = 0
    gone_from: int = 99


@dataclass(frozen=True)
class Year:
    """The assaults of one financial year, and what is counted apart from them, by block.

    :param five: the areas with the later area of each, or without where nothing changed
    :param changed_in: the quarter at whose end the two areas are in force; 0 for never
    """

    period: Period
    records: tuple[Record, ...]
    others: Mapping[str, Sequence[Record]]
    five: Mapping[str, str]
    changed_in: int = 0

    def counted(self, draw: int) -> tuple[Record, ...]:
        """Give the assaults that count at a draw."""
        return tuple(each for each in self.records if each.known_from <= draw < each.gone_from)

    def areas(self, period: Period) -> dict[str, str]:
        """Give the areas in force on the last day of a period, each with the one above it."""
        if self.changed_in and (not period.quarter or period.quarter >= self.changed_in):
            return dict.fromkeys(dict.fromkeys(self.five.values()), "")
        above = {area: "" for area in self.five.values() if area}
        return {**above, **self.five}

    def vintage(self, period: Period, *, edition: int = 1, draw: int = 0) -> Vintage:
        """Count a quarter or the year at one draw."""
        areas = self.areas(period)
        records = [
            replace(each, codes={**each.codes, "area": _area(areas, self.five, each.codes["area"])})
            for each in self.counted(draw)
            if each.codes["month"] in period.months
        ]
        codes = {"month": dict.fromkeys(period.months, ""), "area": areas}
        return counted(f"{period.code}/{edition}", period, records, self.others, codes)

    def vintages(self) -> list[Vintage]:
        """Give the four quarters at the first draw, and the year at the second."""
        quarters = [self.vintage(Period(self.period.year, number)) for number in (1, 2, 3, 4)]
        return [*quarters, self.vintage(self.period, draw=1)]


def _area(areas: Mapping[str, str], five: Mapping[str, str], area: str) -> str:
    return area if area in areas else five[area]


@cache
def _dimension(name: str) -> dict[str, str]:
    codes = RIGHTS if name == "right" else DIMENSIONS[name].codes
    return {code.code: code.parent for code in codes}


def _finest(name: str) -> list[str]:
    codes = _dimension(name)
    return [code for code in codes if code not in codes.values()]


def counted(
    name: str,
    period: Period,
    records: Sequence[Record],
    others: Mapping[str, Sequence[Record]],
    codes: Mapping[str, Mapping[str, str]],
) -> Vintage:
    """Count records as one vintage, with the blocks and cubes of its period that there are.

    :param others: what is counted in blocks that stand apart, of which those of its months count
    :param codes: of the dimensions that come with the period
    """
    blocks = []
    for block in blocks_of(period.level):
        dimensions = {each: dict(codes.get(each) or _dimension(each)) for each in block.dimensions}
        apart = [each for each in others.get(block.name, ()) if each.codes["month"] in period.months]
        if block.unit == "incidents":
            rows = [((), each) for each in {each.incident: each for each in records}.values()]
        elif block.unit == "people":
            rows = list(_people(block.dimensions, records))
        else:
            rows = [(_atom(block.dimensions, each.codes), each) for each in (records if _is_tied(block) else apart)]
        behind = [((), each) for each in records] if block.unit == "incidents" else rows
        cubes = [cube for cube in cubes_of(period.level) if cube.block == block.name]
        blocks.append(_block(block, dimensions, rows, behind, cubes))
    return Vintage(name, period.months, tuple(blocks), "events" if period.quarter else "events-year")


def _is_tied(block: Block) -> bool:
    """Whether a block counts assaults; others stand apart, or count incidents or people."""
    return block.unit == "assaults"


def _people(dimensions: Sequence[str], records: Sequence[Record]) -> Iterable[tuple[Cell, Record]]:
    times: dict[int, list[Record]] = {}
    for each in records:
        times.setdefault(each.person, []).append(each)
    for each in times.values():
        yield (("once", "twice", "more")[min(len(each), 3) - 1],) if dimensions else (), each[0]


def _atom(dimensions: Sequence[str], codes: Mapping[str, str]) -> Cell:
    return tuple(codes[name] for name in dimensions)


def _block(block: Block, dimensions, rows, behind, cubes) -> BlockCounts:
    atoms: dict[Cell, int] = {}
    for atom, _record in rows:
        atoms[atom] = atoms.get(atom, 0) + 1
    finest = [[code for code in codes if code not in codes.values()] for codes in dimensions.values()]
    impossible = frozenset(
        atom for atom in product(*finest) if block.impossible(dict(zip(block.dimensions, atom, strict=True)))
    )
    return BlockCounts(
        block.name,
        block.unit,
        dimensions,
        atoms,
        tuple(_cube(cube, dimensions, rows, behind) for cube in cubes),
        impossible,
        block.parent,
        block.weights,
    )


def _cube(cube, dimensions, rows, behind) -> CubeCounts:
    names = list(dimensions)
    found = {cell: [0, set(), set()] for cell in product(*((*dimensions[name], ALL) for name in cube.dimensions))}

    def cells(atom):
        return product(*(_line(dimensions[name], atom[names.index(name)]) for name in cube.dimensions))

    for atom, _record in rows:
        for cell in cells(atom):
            found[cell][0] += 1
    for atom, record in behind:
        for cell in cells(atom):
            found[cell][1].add(record.person)
            found[cell][2].add(record.incident)
    counts = {cell: Count(number, len(people), len(events)) for cell, (number, people, events) in found.items()}
    return CubeCounts(cube.code, cube.dimensions, counts, zero_shown=cube.zero_shown, sensitive=cube.sensitive)


def _line(codes: Mapping[str, str], code: str) -> Iterable[str]:
    while code:
        yield code
        code = codes[code]
    yield ALL


def made(
    seed: int = 0,
    size: int = 570,
    *,
    period: Period = YEAR,
    odds: Mapping[str, Sequence[float]] | None = None,
    late: float = 0.03,
    gone: float = 0.01,
    changed_in: int = 0,
    five: Mapping[str, str] = FIVE,
    twist: Callable[[np.random.Generator, list[dict], list[int], list[int]], None] | None = None,
) -> Year:
    """Make a year of `size` assaults.

    :param odds: weights of the codes of a dimension, in place of `ODDS`
    :param late, gone: the share of records that the first draw does not have yet, or that the second has no more
    :param changed_in: the quarter in which five areas became two
    :param twist: changes codes, persons and incidents before they are counted
    """
    random = np.random.default_rng(seed)
    weights = {**{name: [1] * len(_finest(name)) for name in _counted_by()}, **ODDS, **(odds or {})}
    rows: list[dict] = []
    for month in random.integers(0, 12, size=size):
        codes = {"month": period.months[month]}
        for name, given in weights.items():
            share = np.asarray(given, dtype=float)
            options = list(five) if name == "area" else _finest(name)
            codes[name] = options[random.choice(len(options), p=share / share.sum())]
        rows.append(codes)
    people = [int(each) for each in random.integers(0, max(3, int(size * 0.8)), size=size)]
    incidents = list(range(size))
    for number in range(1, size):
        if random.random() < 0.22:
            incidents[number] = incidents[number - 1]
            same = {name: rows[number - 1][name] for name in ("month", "area", "day", "band", "place")}
            rows[number].update(same)
    if twist:
        twist(random, rows, people, incidents)
    kinds = _finest("kind")
    for codes in rows:
        codes["constables"] = _constables(codes)
        codes["gravest"] = "abuse" if _dimension("kind")[codes["kind"]] == "abuse" else codes["kind"]
        place = kinds.index(codes["kind"])
        for name, kind in MENTIONED.items():
            if place >= kinds.index(kind):
                codes[name] = "yes" if codes["kind"] == kind else "no"
    taken: set[tuple[int, int]] = set()
    records = []
    for codes, person, incident in zip(rows, people, incidents, strict=True):
        while (person, incident) in taken:
            person += 1_000_000
        taken.add((person, incident))
        draw = random.random()
        records.append(Record(codes, person, incident, int(draw < late), 1 if draw > 1 - gone else 99))
    return Year(period, tuple(records), _others(random, records), five, changed_in)


def _constables(codes: Mapping[str, str]) -> str:
    """Of whom an assault is counted alone: it follows from its kind and from who was assaulted."""
    if _dimension("kind")[codes["kind"]] == "abuse":
        return "abuse"
    return "constables" if codes["role"] == "constable" else "others"


def _counted_by() -> Iterable[str]:
    """Name the dimensions of assaults that come with no force and no period."""
    names = dict.fromkeys(name for block in BLOCKS.values() if _is_tied(block) for name in block.dimensions)
    return [name for name in names if name not in ("month", "area", "constables", "gravest")]


def _others(random: np.random.Generator, records: Sequence[Record]) -> dict[str, list[Record]]:
    """Make what is counted in the blocks that stand apart, the first atoms the commonest."""
    found: dict[str, list[Record]] = {}
    for block in BLOCKS.values():
        if block.parent or _is_tied(block):
            continue
        atoms = list(product(*(_dimension(name) for name in block.dimensions)))
        atoms = [atom for atom in atoms if not block.impossible(dict(zip(block.dimensions, atom, strict=True)))]
        odds = 1 / np.arange(1.0, len(atoms) + 1)
        for record in records:
            for _each in range(random.integers(0, 5)):
                atom = atoms[random.choice(len(atoms), p=odds / odds.sum())]
                codes = {"month": record.codes["month"], **dict(zip(block.dimensions, atom, strict=True))}
                found.setdefault(block.name, []).append(replace(record, codes=codes))
    return found
