"""What a release says, as one value: built once, hashed, signed, published, and read again. Pure.

The canonical JSON of it is the same bytes each time: keys sorted, no spaces, numbers as they are shown. Its SHA-256 is
what is signed. Rows of the published schema are made of it and of nothing else.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from figures import measures
from figures.cubes import CUBES
from figures.disclosure import Verdict
from figures.measures import Measured
from figures.periods import Period
from figures.vintages import CodeList, cells_of


@dataclass(frozen=True)
class Heading:
    """Which release it is."""

    force_code: str
    force_name: str
    period: Period
    edition: int
    kind: str
    drawn_on: date
    corrects: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Earlier:
    """The release of a year before that changes are counted from: its name, its period, and what its cubes showed.

    :ivar versions: cube -> its version; only a cube of the same version is compared
    """

    name: str
    period: Period
    shown: Mapping[str, Mapping[tuple[str, ...], int | str]]
    versions: Mapping[str, int]


def content_of(
    heading: Heading,
    verdict: Verdict,
    lists: Mapping[str, CodeList],
    headcounts: Sequence[Mapping],
    earlier: Earlier | None,
    happened: Sequence[Mapping] = (),
) -> dict:
    """Give all that a release says, as plain values.

    A cube that is held has its words and no cells.

    :param happened: as `happenings.beside` gives it
    """
    cubes = [cube for block in verdict.vintage.blocks for cube in block.cubes]
    used = sorted({name for cube in cubes for name in cube.dimensions})
    return {
        "force": {"code": heading.force_code, "name": heading.force_name},
        "period": heading.period.code,
        "label": heading.period.label,
        "edition": heading.edition,
        "kind": heading.kind,
        "corrects": heading.corrects,
        "reason": heading.reason,
        "drawn_on": heading.drawn_on.isoformat(),
        "compared_with": earlier.name if earlier else None,
        "verdict": list(verdict.words),
        "hidden_share": {code: round(share, 4) for code, share in verdict.hidden_share.items()},
        "held": dict(verdict.held),
        "headcounts": [dict(row) for row in headcounts],
        "dimensions": {name: lists[name].as_json() for name in used},
        "cubes": {cube.code: _words(cube.code) for cube in cubes},
        **({"happened": [dict(row) for row in happened]} if happened else {}),
        "cells": [
            cell
            for cube in cubes
            if cube.shown
            for cell in _cells(cube, cells_of(cube.dimensions, lists), headcounts, earlier, heading.period)
        ],
    }


def _words(code):
    cube = CUBES[code]
    return {
        "title": cube.title,
        "dimensions": list(cube.dimensions),
        "counts": cube.counts,
        "definition": cube.definition,
        "scope": cube.scope,
        "audience": cube.audience,
        "version": cube.version,
    }


def _cells(cube, order, headcounts, earlier, period) -> Iterator[list]:
    shown = {cell: cube.shown[cell] for cell in order}
    by_measure: dict[str, Iterable[Measured]] = {
        "number": measures.numbers(shown),
        "percent": measures.percentages(shown),
        "rate": measures.rates(cube.code, shown, headcounts),
    }
    if earlier and earlier.versions.get(cube.code) == CUBES[cube.code].version and earlier.shown.get(cube.code):
        then = measures.a_year_on(earlier.shown[cube.code], cube.dimensions, earlier.period, period)
        by_measure["change"] = measures.changes(shown, then)
    places = {cell: place for place, cell in enumerate(order)}
    for measure, found in by_measure.items():
        for each in found:
            yield [
                cube.code,
                measure,
                places[each.codes],
                list(each.codes),
                each.symbol or plain(each.value),
                plain(each.low),
                plain(each.high),
                each.says,
            ]


def plain(number: Decimal | None) -> int | float | None:
    """Give a number as JSON has it: whole where it is whole."""
    if number is None:
        return None
    return int(number) if number == int(number) else float(number)


def canonical(content: Mapping) -> str:
    """Write the one JSON text of a content: the same bytes each time."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def hash_of(text: str) -> str:
    """Give the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def release_fields(content: Mapping) -> dict:
    """Give the columns of the published row that come from the content."""
    return {
        "force_code": content["force"]["code"],
        "force_name": content["force"]["name"],
        "period": content["period"],
        "edition": content["edition"],
        "kind": content["kind"],
        "reason": content["reason"],
        "verdict": content["verdict"],
        "hidden_share": content["hidden_share"],
        "held": content["held"],
        "dimensions": content["dimensions"],
        "cubes": content["cubes"],
        "headcounts": content["headcounts"],
        "happened": content.get("happened", []),
    }


def cell_fields(content: Mapping) -> Iterator[dict]:
    """Give the columns of each published cell."""
    for cube, measure, place, codes, shown, low, high, says in content["cells"]:
        yield {
            "cube": cube,
            "measure": measure,
            "place": place,
            "codes": codes,
            "value": None if isinstance(shown, str) else Decimal(str(shown)),
            "symbol": shown if isinstance(shown, str) else "",
            "low": None if low is None else Decimal(str(low)),
            "high": None if high is None else Decimal(str(high)),
            "says": says,
        }


def shown_in(content: Mapping) -> dict[str, dict[tuple[str, ...], int | str]]:
    """Give cube -> cell -> the number shown or its symbol."""
    found: dict[str, dict[tuple[str, ...], int | str]] = {code: {} for code in content["cubes"]}
    for cube, measure, _, codes, shown, *_ in content["cells"]:
        if measure == "number":
            found[cube][tuple(codes)] = shown
    return found


def numbers_of(content: Mapping) -> set[str]:
    """Give every number that a release shows or computes, as it is written."""
    return {
        str(number)
        for *_, shown, low, high, _says in content["cells"]
        for number in (shown, low, high)
        if isinstance(number, int | float)
    }


def differing(before: Mapping, after: Mapping) -> list[list]:
    """Name the figures in which two editions differ, as [cube, [codes]]; a cube that one has not, as a whole."""
    first, second = shown_in(before), shown_in(after)
    found = []
    for cube in dict.fromkeys([*first, *second]):
        if bool(first.get(cube)) != bool(second.get(cube)):
            found.append([cube, []])
            continue
        cells = dict.fromkeys([*first.get(cube, ()), *second.get(cube, ())])
        found += [[cube, list(cell)] for cell in cells if first[cube].get(cell) != second[cube].get(cell)]
    return found
