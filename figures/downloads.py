"""A release as files: CSV with its CSVW description, a spreadsheet, JSON. Each holds the cells of the page, no more.

Text that a spreadsheet would take for a formula is written so that it stays text.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable

import tablib

from campion.working_days import london_date
from figures import panels
from figures.disclosure import HIDDEN, IMPOSSIBLE, NOT_COLLECTED
from figures.shown import SYMBOLS, Figure, Shown, Table

MEANINGS = {
    HIDDEN: "Hidden to protect people: mostly 0 to 4, sometimes more",
    IMPOSSIBLE: "Cannot be",
    NOT_COLLECTED: "Not collected, not published, or a share of fewer than 50",
}
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"

_COLUMNS = (
    ("release", "The period and the edition"),
    ("status", "published, corrected or withdrawn"),
    ("table", "The code of the table"),
    ("title", "What the table counts by"),
    ("measure", "number, percent, rate per 1,000, or change on the same period a year before"),
    ("dimension_1", "What is counted by"),
    ("code_1", "Its category; “all” for all together"),
    ("label_1", "The category in words"),
    ("dimension_2", "What else is counted by, where there is a second"),
    ("code_2", "Its category; “all” for all together"),
    ("label_2", "The category in words"),
    ("value", "The number as shown: a count is to the nearest 5. [c], [z] or [x] where there is none"),
    ("low", "The lower end of the 95% interval, where there is one"),
    ("high", "The upper end of the 95% interval, where there is one"),
    ("says", "What may be said of a change"),
)
COLUMNS = tuple(name for name, _ in _COLUMNS)


def safe(text: str) -> str:
    """Give text that no spreadsheet takes for a formula: one that begins like one gets an apostrophe before it."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"} else text


def status(shown: Shown, table: Table) -> str:
    """Say of a table whether it stands as it was published."""
    if shown.withdrawn_at:
        return "withdrawn"
    return "corrected" if any(table.code in row.tables for row in shown.corrections) else "published"


def rows_of(shown: Shown) -> Iterable[tuple]:
    """Give every cell of every table as a row, in the order of the tables, the measures and the code lists."""
    for table in shown.tables.values():
        labels = [{code.code: code.label for code in dimension.codes} for dimension in table.dimensions]
        for measure, cells in table.cells.items():
            for codes, figure in cells.items():
                by = []
                for place in range(2):
                    if place < len(table.dimensions):
                        code = codes[place]
                        by += [table.dimensions[place].label, code, labels[place].get(code, "All")]
                    else:
                        by += ["", "", ""]
                words = [shown.name, status(shown, table), table.code, table.title, measure, *by]
                yield (*map(safe, words), figure.shown, _blank(figure.low), _blank(figure.high), figure.says)


def _blank(number):
    return "" if number is None else number


def as_csv(shown: Shown) -> str:
    """Give the whole release as CSV, in UTF-8 without a mark of its order of bytes."""
    return _csv(COLUMNS, rows_of(shown))


def panel_csv(shown: Shown, panel: panels.Panel) -> str:
    """Give what one chart draws as CSV, all in one table as on the page."""
    grid = panel.grid(shown)
    heads = [grid.row_label]
    for column in grid.columns:
        heads += (
            [column or "Number", f"{column} (% of its row)" if column else "Share (%)"]
            if grid.has_shares
            else [column or "Number"]
        )
    rows = []
    for line in grid.lines:
        cells = [safe(line.label)]
        for figure, share in zip(line.figures, line.shares, strict=True):
            cells += [_value(figure), _value(share)] if grid.has_shares else [_value(figure)]
        rows.append(cells)
    return _csv(map(safe, heads), rows)


def trend_csv(months: Iterable[panels.TrendMonth]) -> str:
    """Give the months of the trend as CSV."""
    return _csv(("Month", "Number"), ((month.code, month.figure.shown) for month in months))


def _value(figure: Figure | None):
    return "" if figure is None else figure.shown


def _csv(head, rows):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def csvw(shown: Shown, url: str) -> str:
    """Describe the CSV for machines (W3C, CSV on the Web): what each column holds, and what a symbol means."""
    numbers = {"value", "low", "high"}
    columns = [
        {"name": name, "titles": name, "dc:description": words, "datatype": "decimal" if name in numbers else "string"}
        | ({"null": [*SYMBOLS, ""]} if name in numbers else {})
        for name, words in _COLUMNS
    ]
    described = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": url,
        "dc:title": f"Assaults and abuse, {shown.force_name}, {shown.period.label}",
        "dc:publisher": shown.force_name,
        "dc:issued": london_date(shown.out_at).isoformat(),
        "dc:license": {"@id": LICENCE},
        "dc:description": "Counts to the nearest 5. " + " ".join(f"{key}: {words}." for key, words in MEANINGS.items()),
        "dialect": {"header": True, "encoding": "utf-8"},
        "tableSchema": {"columns": columns},
    }
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def as_json(shown: Shown) -> str:
    """Give the whole release as JSON; the same release gives the same bytes."""
    told = {
        "force": {"code": shown.force_code, "name": shown.force_name},
        "period": {"code": shown.period.code, "label": shown.period.label, "months": list(shown.period.months)},
        "edition": shown.edition,
        "reason": shown.reason,
        "released": shown.out_at.isoformat(),
        "frozen": shown.drawn_at.isoformat(),
        "withdrawn": {"at": shown.withdrawn_at.isoformat(), "why": shown.withdrawn_for} if shown.withdrawn_at else None,
        "corrections": [
            {"at": row.at.isoformat(), "text": row.text, "tables": list(row.tables)} for row in shown.corrections
        ],
        "symbols": MEANINGS,
        "licence": LICENCE,
        "headcounts": [
            {"label": row.label, "on": row.on.isoformat(), "headcount": row.headcount, "source": row.source}
            for row in shown.headcounts
        ],
        "happened": [
            {"title": row.title, "on": row.on.isoformat(), "source": row.source}
            | (
                {"from": row.from_month, "until": row.until_month, "after": row.after, "before": row.before}
                | {"change": row.changed.shown, "low": row.changed.low, "high": row.changed.high}
                | {"says": row.changed.says}
                if row.changed
                else {}
            )
            for row in shown.happened
        ],
        "hidden_share": dict(sorted(shown.hidden_share.items())),
        "held": dict(sorted(shown.held.items())),
        "tables": [_told(shown, table) for table in shown.tables.values()],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _told(shown, table):
    return {
        "code": table.code,
        "title": table.title,
        "status": status(shown, table),
        "counts": table.counts,
        "definition": table.definition,
        "scope": table.scope,
        "version": table.version,
        "dimensions": [
            {
                "name": dimension.name,
                "label": dimension.label,
                "note": dimension.note,
                "codes": [{"code": code.code, "label": code.label, "part_of": code.parent} for code in dimension.codes],
            }
            for dimension in table.dimensions
        ],
        "cells": [
            {"measure": measure, "codes": list(codes)}
            | ({"value": figure.shown} if figure.is_number else {"symbol": figure.shown})
            | ({"low": figure.low, "high": figure.high} if figure.low is not None else {})
            | ({"says": figure.says} if figure.says else {})
            for measure, cells in table.cells.items()
            for codes, figure in cells.items()
        ],
    }


def as_ods(shown: Shown) -> bytes:
    """Give the whole release as a spreadsheet: a sheet about it, then one for each table."""
    about = tablib.Dataset(title="About", headers=("About", ""))
    for row in (
        ("What", "Assaults and abuse"),
        ("Force", shown.force_name),
        ("Period", shown.period.label),
        ("Release", shown.name),
        ("Released on", london_date(shown.out_at).isoformat()),
        ("Status", "withdrawn: " + shown.withdrawn_for if shown.withdrawn_at else "published"),
        ("Counts", "To the nearest 5, so parts need not add up to their total"),
        *MEANINGS.items(),
        ("Licence", LICENCE),
        *((table.code, table.title) for table in shown.tables.values()),
    ):
        about.append([safe(str(cell)) for cell in row])
    book = tablib.Databook([about])
    rows = list(rows_of(shown))
    for table in shown.tables.values():
        sheet = tablib.Dataset(title=table.code, headers=COLUMNS)
        for row in rows:
            if row[COLUMNS.index("table")] == table.code:
                sheet.append(row)
        book.add_sheet(sheet)
    return book.export("ods")


def tag(*parts: str) -> str:
    """Give an ETag of what is shown: equal for equal figures, so that it tells nothing that they do not."""
    return '"' + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32] + '"'
