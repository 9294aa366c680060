"""Releases for tests of what readers see, put straight into the published schema with numbers made up from a seed."""

import hashlib
import itertools
import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from figures import charts, reading
from figures.cubes import ALL, CUBES, DIMENSIONS, cubes_of
from figures.models import Cell, Chart, Correction, Release
from figures.periods import month_label, period

AREAS = (
    ("north", "North area", ""), ("south", "South area", ""), ("north-a", "Hill district", "north"),
    ("north-b", "Lake district", "north"), ("south-a", "Coast & Moor", "south"),
)  # fmt: skip
RIGHTS = tuple((f"right-{number}", f"Right {number}", "") for number in range(1, 13))
OUT = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)


def codes_of(name, span):
    """Give the codes of a dimension for a period, as a release keeps them."""
    if name == "month":
        given = [(code, month_label(code), "") for code in span.months]
    elif name == "area":
        given = AREAS
    elif name == "right":
        given = RIGHTS
    else:
        given = [(code.code, code.label, code.parent) for code in DIMENSIONS[name].codes]
    return [{"code": code, "label": label, "parent": parent} for code, label, parent in given]


def invented(span, *, seed=1, hidden=0.2, scale=1):
    """Give cells for every cube of a period: (cube, codes) -> a multiple of five or [c], margins with them."""
    told = random.Random(f"{span.code} {seed}")
    found = {}
    for cube in cubes_of(span.level):
        lists = [[code["code"] for code in codes_of(name, span)] + [ALL] for name in cube.dimensions]
        for codes in itertools.product(*lists):
            wide = sum(code == ALL for code in codes)
            size = 5 * told.randrange(2, 30) * scale * (1 + 3 * wide)
            found[cube.code, codes] = "[c]" if told.random() < hidden and wide < len(codes) else size
    return found


def publish(code, *, cells=None, seed=1, hidden=0.2, scale=1, force="testshire", edition=1, corrects=None, out_at=None,
            drawn=True, before=(), reason="Numbers that were wrong", withdrawn="", derived=True):  # fmt: skip
    """Publish a release of these or invented cells, with its charts; give the row."""
    span = period(code)
    cells = invented(span, seed=seed, hidden=hidden, scale=scale) if cells is None else cells
    used = [CUBES[cube] for cube in dict.fromkeys(cube for cube, _ in cells)]
    content = json.dumps([[cube, codes, shown] for (cube, codes), shown in cells.items()])
    out_at = out_at or OUT
    release = Release.objects.create(
        force_code=force, force_name=f"{force.title()} Police", period=code, edition=edition,
        kind="first" if edition == 1 else "replacement", corrects=corrects, reason="" if edition == 1 else reason,
        drawn_at=out_at - timedelta(days=9), approved_at=out_at - timedelta(days=3), published_at=out_at,
        publish_at=out_at,
        withdrawn_at=out_at + timedelta(days=2) if withdrawn else None, withdrawn_for=withdrawn,
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
        headcounts=[{"type": "police-officer", "label": "Police officers", "on": "2026-03-31", "headcount": 2540,
                     "fte": None, "source": "Police workforce, England and Wales"}],
        content=content, content_hash=hashlib.sha256(content.encode()).hexdigest(),
    )  # fmt: skip
    rows = [
        Cell(release=release, cube=cube, measure="number", place=place, codes=list(codes), **_cell(shown))
        for place, ((cube, codes), shown) in enumerate(cells.items())
    ]
    if derived:
        rows += list(_derived(release, cells))
    Cell.objects.bulk_create(rows)
    if drawn:
        shown = reading.shown_of(release, rows)
        others = [reading.shown_of(other, other.cells.all()) for other in before]
        Chart.objects.bulk_create(
            Chart(release=release, name=name, svg=svg, sha256=hashlib.sha256(svg.encode()).hexdigest())
            for name, svg in charts.charts_of(shown, others)
        )
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


def _derived(release, cells):
    """Give shares of the tables of one dimension, and of the first the change on a year before and the rate."""
    for place, ((cube, codes), shown) in enumerate(cells.items()):
        total = cells.get((cube, tuple(ALL for _ in codes)))
        if len(codes) == 1 and codes != (ALL,) and isinstance(total, int) and total >= 50:
            percent = shown if isinstance(shown, str) else min(100, round(100 * shown / total))
            yield Cell(release=release, cube=cube, measure="percent", place=place, codes=list(codes),
                       **_cell(percent))  # fmt: skip
        if codes in ((ALL,), ()) and isinstance(shown, int):
            yield Cell(release=release, cube=cube, measure="change", place=place, codes=list(codes), value=Decimal(15),
                       low=Decimal(-10), high=Decimal(40), says="chance")  # fmt: skip
            yield Cell(release=release, cube=cube, measure="rate", place=place, codes=list(codes),
                       value=Decimal("31.5"), low=Decimal("27.1"), high=Decimal("36.4"))  # fmt: skip
