"""A release as its review page shows it: every table with every measure, what the audit says, and who did what when."""

from collections.abc import Mapping

from figures.cubes import ALL
from figures.models import Kind
from figures.shown import WORDS, Shown, say

MEASURES = {
    "number": "Numbers",
    "percent": "Percentages of each row",
    "rate": "Rates per 1,000",
    "change": "Changes on the same period a year before",
}
COLUMNS = {"number": "Number", "percent": "Share", "rate": "Per 1,000", "change": "Change on a year before"}
SAYS = {"no-clear-change": "no clear change", "chance": "could be chance", "up": "more", "down": "fewer"}
TOO_MUCH = 0.3
"""A table that hides more than this is too fine for the force."""


def tables(shown: Shown) -> list[dict]:
    """Give every cube: its words, the share that is hidden, and a grid for each measure that it has."""
    return [
        {
            "code": table.code,
            "title": table.title,
            "counts": table.counts,
            "definition": table.definition,
            "audience": "everybody" if table.audience == "public" else "the Commissioner’s office",
            "hidden": f"{shown.hidden_share.get(table.code, 0):.0%}",
            "too_much": shown.hidden_share.get(table.code, 0) > TOO_MUCH and table.code not in shown.held,
            "held": shown.held.get(table.code, ""),
            "grids": _grids(table),
        }
        for table in shown.tables.values()
    ]


def _grids(table):
    """Give one grid for a table of one dimension, with a column for each measure; else one for each measure."""
    measures = [measure for measure in MEASURES if table.cells.get(measure)]
    names = [dimension.name for dimension in table.dimensions]
    rows = _codes(table.dimensions[0]) if names else [(ALL, "All", 0)]
    label = table.dimensions[0].label if names else ""
    if len(names) < 2:

        def key(code):
            return (code,) if names else ()

        lines = [
            {
                "label": row,
                "depth": depth,
                "cells": [_cell(table.cells[each].get(key(code)), each) for each in measures],
            }
            for code, row, depth in rows
        ]
        columns = [COLUMNS[measure] for measure in measures]
        return [{"heading": table.title, "rows": label, "columns": columns, "lines": lines}] if measures else []
    return [_wide(table, measure, rows, label) for measure in measures]


def _wide(table, measure, rows, label):
    """Give the grid of one measure of a table of two dimensions, without rows that have nothing of it."""
    columns = _codes(table.dimensions[1])
    lines = [
        {
            "label": row,
            "depth": depth,
            "cells": [_cell(table.cells[measure].get((code, other)), measure) for other, _, _ in columns],
        }
        for code, row, depth in rows
    ]
    return {
        "heading": MEASURES[measure],
        "rows": label,
        "columns": [column for _, column, _ in columns],
        "lines": [line for line in lines if any(cell["text"] for cell in line["cells"])],
    }


def _codes(dimension):
    return [(code.code, code.label, depth) for code, depth in dimension.in_order()] + [(ALL, "All", 0)]


def _cell(figure, measure):
    if figure is None:
        return {"text": "", "meaning": "", "more": ""}
    text = say(figure.shown)
    if not figure.is_number:
        return {"text": text, "meaning": WORDS.get(text, ""), "more": ""}
    sign = "+" if measure == "change" and figure.shown > 0 else ""
    more = f"{say(figure.low)} to {say(figure.high)}" if figure.low is not None else ""
    if figure.says:
        more = f"{more}; {SAYS[figure.says]}"
    return {"text": f"{sign}{text}{'%' if measure == 'percent' else ''}", "meaning": "", "more": more}


def about(row, shown: Shown) -> dict:
    """Give what the audit says, in words and in numbers."""
    counters = row.counters
    return {
        "passed": row.passed,
        "out": row.published_at is not None,
        "verdict": row.verdict,
        "targets": counters.get("targets", 0),
        "programs": counters.get("programs", 0),
        "withheld": len(counters.get("withheld", ())),
        "hash": row.content_hash,
        "facts": len(row.known),
        "unfit": counters.get("unfit", 0),
        "audited_with": len(row.audited_with),
        "compared_with": row.compared_with.span.label if row.compared_with else "",
        "over": [code for code in shown.tables if shown.hidden_share.get(code, 0) > TOO_MUCH],
    }


def history(row, user) -> list[dict]:
    """Give who did what, when, the last first: names are for the desk alone, and never published."""
    steps = [
        ("Asked for", row.asked_at, row.asked_by, row.reason if row.kind != Kind.FIRST else ""),
        ("Drawn", row.drawn_at, None, ""),
        ("Approved", row.approved_at, row.approved_by, ""),
        ("Published", row.published_at, row.published_by, ""),
        ("Withdrawn", row.withdrawn_at, row.withdrawn_by, row.withdrawn_for),
        ("Set aside", row.set_aside_at, row.set_aside_by, row.set_aside_for),
    ]
    return [
        {"title": title, "at": at, "by": "" if by is None else "you" if by.pk == user.pk else by.name, "text": text}
        for title, at, by, text in reversed(steps)
        if at
    ]


def what(fact, parts: Mapping[str, str]) -> str:
    """Say what a fact from outside counts.

    :param parts: as `actions.parts_of` gives them
    """
    return parts.get(f"{fact.dimension}/{fact.code}", fact.code) if fact.dimension else "All assaults and abuse"
