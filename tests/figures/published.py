"""Releases for tests of what readers see, put straight into the published schema with numbers made up from a seed."""

import hashlib
import itertools
import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction

from campion.months import month_label
from figures import charts, headcount, measures, reading
from figures.cubes import ALL, BLOCKS, CUBES, DIMENSIONS, RIGHTS, cubes_of
from figures.models import Cell, Chart, Correction, Release
from figures.periods import period

AREAS = (
    ("north", "North area", ""), ("south", "South area", ""), ("north-a", "Hill district", "north"),
    ("north-b", "Lake district", "north"), ("south-a", "Coast & Moor", "south"),
)  # fmt: skip
OUT = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)


def codes_of(name, span):
    """Give the codes of a dimension for a period, as a release keeps them."""
    if name == "month":
        given = [(code, month_label(code), "") for code in span.months]
    elif name == "area":
        given = AREAS
    elif name == "right":
        given = [(code.code, code.label, "") for code in RIGHTS]
    else:
        given = [(code.code, code.label, code.parent) for code in DIMENSIONS[name].codes]
    return [{"code": code, "label": label, "parent": parent} for code, label, parent in given]


TOTALS = {"quarter": 240, "year": 940}
LEANING = {
    "day": (8, 7, 8, 9, 16, 20, 12), "band": (6, 9, 14, 24, 26, 11), "kind": (48, 9, 14, 29), "role": (85, 15),
    "injury": (30, 62, 8), "outcome": (38, 9, 24, 29), "place": (40, 18, 12, 14, 9, 4, 3), "kept": (70, 14, 16),
    "activity": (34, 22, 14, 16, 9, 5), "crewing": (21, 55, 17, 7), "camera": (63, 29, 8), "answer": (46, 54),
    "offered": (88, 12), "contact": (76, 24), "delay": (81, 12, 5, 2), "lost": (74, 15, 8, 3), "times": (78, 16, 6),
    "spat": (16, 84), "abused": (52, 48), "threatened": (27, 73), "crimed": (84, 7, 9), "area": (34, 26, 40),
    "gravest": (48, 9, 43),
    "month": (9, 8, 10, 9, 8, 8, 7, 9, 8, 7, 8, 9),
}  # fmt: skip
"""How often each code comes, of a hundred or so: what is invented looks like a force of some size."""


PER_ASSAULT = {"incidents": 0.8, "people": 0.7, "clocks": 4, "answers": 3}


def invented(span, *, seed=1, hidden=0.0, scale=1):
    """Give what is shown of every cube of a period, by mode R: (cube, codes) -> a multiple of five or [c].

    :param hidden: how many more cells than those under five are hidden, 0 to 1
    """
    told = random.Random(f"{span.code} {seed}")
    size = int(TOTALS[span.level] * scale * told.uniform(0.9, 1.1))
    found = {}
    for cube in cubes_of(span.level):
        unit = BLOCKS[cube.block].unit
        counted = int(size * PER_ASSAULT.get(unit, 1))
        lists = [codes_of(name, span) for name in cube.dimensions]
        finest = [[row["code"] for row in rows if row["code"] not in {r["parent"] for r in rows}] for rows in lists]
        whole = set(cube.dimensions) == set(BLOCKS[cube.block].dimensions)
        atoms = [atom for atom in itertools.product(*finest) if not (whole and _impossible(cube, atom))]
        weights = [_weight(cube.dimensions, finest, atom) * told.uniform(0.7, 1.3) for atom in atoms]
        numbers = [round(counted * weight / sum(weights)) for weight in weights]
        parents = [{row["code"]: row["parent"] for row in rows} for rows in lists]
        for codes in itertools.product(*[[row["code"] for row in rows] + [ALL] for rows in lists]):
            inside = [n for atom, n in zip(atoms, numbers, strict=True) if _within(atom, codes, parents)]
            number = sum(inside)
            hides = number < 5 or (told.random() < hidden and any(code != ALL for code in codes))
            found[cube.code, codes] = "[z]" if not inside else "[c]" if hides else 5 * ((number + 2) // 5)
    return found


def _impossible(cube, atom):
    return BLOCKS[cube.block].impossible(dict(zip(cube.dimensions, atom, strict=True)))


def _weight(dimensions, finest, atom):
    weight = 1
    for name, codes, code in zip(dimensions, finest, atom, strict=True):
        leaning = LEANING.get(name)
        weight *= leaning[codes.index(code) % len(leaning)] if leaning else 1
    return weight


def _within(atom, codes, parents):
    return all(code in (ALL, own, of[own]) for own, code, of in zip(atom, codes, parents, strict=True))


def publish(code, *, drawn=True, before=(), **given):
    """Publish a release of these or invented cells, with its charts unless `drawn` is False; give the row.

    Charts are drawn outside of the transaction, as the service does, and once for equal figures.
    """
    release = _publish(code, **given)
    if drawn:
        key = (
            release.period,
            release.content_hash,
            repr(release.happened),
            tuple(other.content_hash for other in before),
        )
        if key not in _drawn:
            _wait_for_charts()
            _drawn[key] = charts.charts_of(release.in_words, [other.in_words for other in before])
        Chart.objects.bulk_create(
            Chart(release=release, name=name, svg=svg, sha256=hashlib.sha256(svg.encode()).hexdigest())
            for name, svg in _drawn[key]
        )
    return release


_drawn = {}


def _wait_for_charts():
    """Let the transaction around a test wait while charts are drawn: a busy machine takes longer than R12 allows."""
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


@transaction.atomic
def _publish(code, *, cells=None, seed=1, hidden=0.05, scale=1, force="testshire", edition=1, corrects=None,
            out_at=None, reason="Numbers that were wrong", withdrawn="", derived=True,
            corrects_latest=False, percents=None, earlier=None, happened=(), withdrawn_at=None):  # fmt: skip
    span = period(code)
    cells = invented(span, seed=seed, hidden=hidden, scale=scale) if cells is None else cells
    if corrects_latest:
        corrects = Release.objects.filter(force_code=force, period=code).latest("edition")
    used = [CUBES[cube] for cube in dict.fromkeys(cube for cube, _ in cells)]
    content = json.dumps([[cube, codes, shown] for (cube, codes), shown in cells.items()])
    out_at = out_at or OUT
    release = Release.objects.create(
        force_code=force, force_name=f"{force.title()} Police", period=code, edition=edition,
        kind="first" if edition == 1 else "replacement", corrects=corrects, reason="" if edition == 1 else reason,
        drawn_at=out_at - timedelta(days=9), approved_at=out_at - timedelta(days=3), published_at=out_at,
        publish_at=out_at,
        withdrawn_at=(withdrawn_at or out_at + timedelta(days=2)) if withdrawn else None, withdrawn_for=withdrawn,
        verdict=["No number that is hidden can be told from those that are shown."],
        hidden_share={cube.code: round(share(cells, cube.code), 3) for cube in used},
        dimensions={
            name: {"label": DIMENSIONS[name].label, "note": DIMENSIONS[name].note, "codes": codes_of(name, span)}
            for name in {name for cube in used for name in cube.dimensions}
        },
        cubes={
            cube.code: {
                "title": cube.title, "dimensions": list(cube.dimensions), "counts": cube.counts,
                "definition": cube.definition, "scope": cube.scope, "audience": cube.audience, "version": cube.version,
            }
            for cube in used
        },
        headcounts=HEADS, happened=list(happened),
        content=content, content_hash=hashlib.sha256(content.encode()).hexdigest(),
    )  # fmt: skip
    rows = list(_cells(release, cells, earlier, derived))
    rows += [
        Cell(release=release, cube=cube, measure="percent", place=0, codes=list(codes), **_cell(shown))
        for (cube, codes), shown in (percents or {}).items()
    ]
    Cell.objects.bulk_create(rows)
    release.in_words = reading.shown_of(release, rows)
    return release


def correct(release, text, tables, replaced_by=None):
    """Say what was wrong in a release."""
    return Correction.objects.create(
        release=release, at=OUT + timedelta(days=5), text=text, touched=[[table, []] for table in tables],
        replaced_by=replaced_by,
    )  # fmt: skip


def share(cells, cube):
    """Give the share of the cells of a cube that show no number."""
    shown = [value for (code, _), value in cells.items() if code == cube]
    return sum(isinstance(value, str) for value in shown) / len(shown)


def _cell(shown):
    return {"symbol": shown} if isinstance(shown, str) else {"value": Decimal(shown)}


def _cells(release, cells, earlier, derived):
    """Give the rows of what is shown, and of what the service computes from it (measures.py)."""
    span = release.span
    then = earlier if earlier is not None else invented(span.year_before)
    for cube in dict.fromkeys(cube for cube, _ in cells):
        shown = {codes: value for (code, codes), value in cells.items() if code == cube}
        before = {codes: value for (code, codes), value in then.items() if code == cube}
        before = measures.a_year_on(before, CUBES[cube].dimensions, span.year_before, span)
        made = {"number": measures.numbers(shown)}
        if derived:
            made |= {
                "percent": measures.percentages(shown),
                "rate": measures.rates(cube, shown, HEADS),
                "change": measures.changes(shown, before),
            }
        places = {codes: place for place, codes in enumerate(shown)}
        for measure, found in made.items():
            for row in found:
                yield Cell(
                    release=release, cube=cube, measure=measure, place=places[row.codes], codes=list(row.codes),
                    value=row.value, symbol=row.symbol, low=row.low, high=row.high, says=row.says,
                )  # fmt: skip


HEADS = [
    {"type": kind, "label": headcount.BASES[kind][0], "on": "2026-03-31", "headcount": heads, "counts": "headcount",
     "source": "Police workforce, England and Wales"}
    for kind, heads in (("all", 4550), ("constable", 2600), ("staff", 1940))
]  # fmt: skip
