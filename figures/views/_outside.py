"""What the pages for the Commissioner's office and for the public have in common: figures as values for a template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import HttpResponse
from django.utils.safestring import SafeString, mark_safe

from campion import chosen
from campion.chosen import NotAChoice
from campion.months import month_label
from figures import charts, downloads, panels, reading
from figures.shown import WORDS, Figure, Shown, say

SAYS = {
    "no-clear-change": "no clear change",
    "chance": "could be chance",
    "up": "more than chance alone would often bring",
    "down": "fewer than chance alone would often bring",
}
FILES = {
    "csv": ("figures.csv", "CSV", "text/csv; charset=utf-8"),
    "metadata": ("figures.csv-metadata.json", "Description of the CSV (CSVW)", "application/csvm+json"),
    "ods": ("figures.ods", "Spreadsheet (ODS)", "application/vnd.oasis.opendocument.spreadsheet"),
    "json": ("figures.json", "JSON", "application/json"),
}
"""A release as files: their names, what they are called on a page, and their types."""
CHART_TYPES = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv; charset=utf-8"}


# What was asked for --------------------------------------------------------------------------------------------------


def not_a_choice(request, refusal: NotAChoice) -> HttpResponse:
    """Answer 400 with the sentence that says what may be chosen."""
    return chosen.not_a_choice(
        request, refusal, "Figures are released for whole quarters and years. Choose one of them on the page."
    )


# Figures -------------------------------------------------------------------------------------------------------------


def cell(figure: Figure | None) -> dict:
    """Give one cell of a table: its text, and for a symbol what it means and how it looks."""
    if figure is None:
        return {"text": "", "symbol": "", "meaning": ""}
    text = say(figure.shown)
    return {"text": text, "symbol": "" if figure.is_number else text[1:2], "meaning": WORDS.get(text, "")}


def percent(figure: Figure | None) -> dict:
    """Give one share of a table, with its sign."""
    given = cell(figure)
    return given | {"text": f"{given['text']}%"} if given["text"] and not given["symbol"] else given


@dataclass(frozen=True)
class Place:
    """Where the charts of a release can be had: its address of files, without the name of the file."""

    files: str

    def of(self, name: str) -> list[dict]:
        """Give the links to one chart."""
        return [{"text": kind.upper(), "href": f"{self.files}charts/{name}.{kind}"} for kind in CHART_TYPES]


def panel_values(
    panel: panels.Panel, shown: Shown, drawn: Mapping[tuple[int, str], str], place: Place, beside: Shown | None = None
) -> dict | None:
    """Give one panel as a template shows it, or None if the release has nothing for it."""
    grid = panel.grid(shown)
    if grid is None:
        return None
    other = panel.grid(beside) if beside else None
    table = grid.tables[0]
    return {
        "name": panel.name,
        "heading": panel.heading,
        "period": shown.period.label,
        "sentence": panel.says(grid),
        "note": panel.note,
        "held": shown.held.get(table.code, ""),
        "status": downloads.status(shown, table),
        "wide": picture(drawn.get((shown.key, panel.name))),
        "narrow": picture(drawn.get((shown.key, f"{panel.name}-narrow"))),
        "tables": _tables(panel, grid, shown, other, beside),
        "counts": table.counts,
        "definition": " ".join(dict.fromkeys(each.definition for each in grid.tables)),
        "scope": table.scope,
        "notes": [dimension.note for dimension in table.dimensions if dimension.note],
        "symbols": symbols_in(grid),
        "links": place.of(panel.name),
    }


def picture(svg: str | None) -> SafeString:
    """Give a chart for a page: it was drawn by figures.charts and never changed since (its row cannot be)."""
    return mark_safe(svg or "")  # noqa: S308 - our own drawing; every word in it was escaped when it was drawn


def symbols_in(grid: panels.Grid) -> list[str]:
    """Give the symbols that stand in a grid, so that a page explains those and no others."""
    found = {figure.shown for line in grid.lines for figure in line.figures if figure and not figure.is_number}
    return [symbol for symbol in WORDS if symbol in found]


def _tables(panel, grid, shown, other, beside):
    """Give the table of a panel; beside another release, one table with both, or two where there are columns."""
    if other and not grid.all_column:
        rest = {line.label: line.figures[0] for line in other.lines}
        head = [shown.period.label, *(["Share"] if grid.has_shares else []), beside.period.label]
        rows = [_row(line, [*_cells(grid, line), cell(rest.get(line.label))]) for line in grid.lines]
        return [{"caption": panel.heading, "row_label": grid.row_label, "head": head, "rows": rows}]
    tables = [_table(panel, grid, shown)]
    return [*tables, _table(panel, other, beside)] if other else tables


def _table(panel, grid, shown):
    head = list(grid.columns) if grid.all_column else ["Number", *(["Share"] if grid.has_shares else [])]
    rows = [_row(line, _cells(grid, line)) for line in grid.lines]
    caption = f"{panel.heading}, {shown.period.label}"
    return {"caption": caption, "row_label": grid.row_label, "head": head, "rows": rows}


def _cells(grid, line):
    """Give the cells of a row: with columns, the share stands below each number; without, in a column of its own."""
    if not grid.all_column:
        return [cell(line.figures[0]), *([percent(line.shares[0])] if grid.has_shares else [])]
    return [
        cell(figure) | {"share": percent(share)["text"] if share and share.is_number else ""}
        for figure, share in zip(line.figures, line.shares, strict=True)
    ]


def _row(line, cells):
    return {"label": line.label, "depth": line.depth, "total": line.total, "cells": cells}


MOVED = "The chart is as it was drawn with this release: some months came out or changed since. The table has them."


def trend_values(shown: Shown, others: Sequence[Shown], drawn, place: Place, *, moved: bool) -> dict | None:
    """Give the trend as a template shows it, or None if the release has no months.

    :param moved: other months of it changed since its chart was drawn (reading.moved_since)
    """
    table = shown.tables.get(panels.TREND_CUBE)
    if table is None:
        return None
    months = panels.trend(shown, others)
    pairs = list(zip(months[-12:], months[-24:-12] if len(months) > 12 else [None] * 12, strict=True))
    rows = [
        {
            "label": month.label,
            "depth": 0,
            "total": False,
            "cells": [cell(month.figure), cell(before.figure if before else None)],
        }
        for month, before in pairs
    ]
    figures = [month.figure for month in months]
    return {
        "name": panels.TREND,
        "heading": panels.TREND_HEADING,
        "period": shown.period.label,
        "sentence": panels.trend_says(months),
        "note": "Two months can differ by chance alone. The scale begins at nought." + (f" {MOVED}" if moved else ""),
        "moved": moved,
        "held": shown.held.get(table.code, ""),
        "status": downloads.status(shown, table),
        "wide": picture(drawn.get((shown.key, panels.TREND))),
        "narrow": picture(drawn.get((shown.key, f"{panels.TREND}-narrow"))),
        "tables": [
            {
                "caption": "Each month, beside the same month a year before",
                "row_label": "Month",
                "head": ["Number", "A year before"],
                "rows": rows,
            }
        ],
        "counts": table.counts,
        "definition": table.definition,
        "scope": table.scope,
        "notes": [dimension.note for dimension in table.dimensions if dimension.note],
        "symbols": [symbol for symbol in WORDS if any(figure.shown == symbol for figure in figures)],
        "links": place.of(panels.TREND),
        "events": events(shown),
    }


def events(shown: Shown) -> list[dict]:
    """Give what happened beside the figures, each with what may be said of the months after it."""
    return [_event(row) for row in shown.happened]


def _event(row):
    """Say of something that happened how the months after it compare, and that this proves nothing of it."""
    words = "There are not yet enough months after it to compare."
    if row.changed:
        first, last = month_label(row.from_month), month_label(row.until_month)
        words = (
            f"In {first} to {last} {say(row.after)} are shown, and {say(row.before)} in the same months a year before: "
            f"{_more_or_fewer(row.changed.shown)}, {SAYS[row.changed.says]}. {_change_interval(row.changed)}. "
            "Whether one has to do with the other, these figures cannot say."
        )
    return {"letter": row.letter, "title": row.title, "on": row.on, "source": row.source, "words": words}


def sections(values: Sequence[dict | None]) -> list[dict]:
    """Put panels into the sections of a page, in order, leaving out sections that have none."""
    by_name = {value["name"]: value for value in values if value}
    found = []
    for key, heading in panels.SECTIONS.items():
        names = [panels.TREND] if key == panels.TREND else [p.name for p in panels.PANELS if p.section == key]
        if inside := [by_name[name] for name in names if name in by_name]:
            found.append({"key": key, "heading": heading, "panels": inside})
    return found


# The headline --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Headline:
    """One measure of the headline: its words, what it takes in, and of which group its rate is, if it has one.

    :ivar where: the code that is counted; of everything if there is none
    """

    label: str
    takes_in: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    group: str = "all"


ALL_OF_IT = Headline("Assaults and abuse", "Assaults, threats and abuse together")
ASSAULTS = Headline("Assaults", "Physical, sexual, and by spitting or bodily fluid", {"kind": "assault"})
ABUSE = Headline("Threats and abuse", "Threats, and abuse in words or online", {"kind": "abuse"})
CONSTABLES = Headline(
    "Assaults on constables", "Police officers and special constables alone, whom the Home Office’s figure is about",
    {"constables": "constables"}, "constable",
)  # fmt: skip
INCIDENTS, PEOPLE = Headline("Incidents"), Headline("People assaulted or abused")
HEADLINES = {
    "quarter": {"C1": [ALL_OF_IT], "C2": [ASSAULTS, ABUSE], "C29": [CONSTABLES], "C10": [INCIDENTS], "C11": [PEOPLE]},
    "year": {"C4": [ALL_OF_IT, ASSAULTS, ABUSE], "C30": [CONSTABLES], "C21": [INCIDENTS], "C20": [PEOPLE]},
}
"""Level -> cube -> the measures that it gives."""


def headline(shown: Shown) -> list[dict]:
    """Give the measures of a release, each with its change on the year before, its interval and its rate, if any.

    A release that does not have a measure says nothing of it.
    """
    measures = [(code, measure) for code, given in HEADLINES[shown.period.level].items() for measure in given]
    found = [(shown.tables[code], measure) for code, measure in measures if code in shown.tables]
    return [
        {
            "label": measure.label,
            "takes_in": measure.takes_in,
            "number": cell(number),
            "interval": _by_chance(number),
            "change": change(table.at("change", **measure.where), shown),
            "rate": _rate(table.at("rate", **measure.where), shown, measure.group),
        }
        for table, measure in found
        if (number := table.at(**measure.where))
    ]


def _interval(figure):
    if figure is None or figure.low is None or not figure.is_number:
        return ""
    return f"{say(figure.low)} to {say(figure.high)}"


def _rate_interval(figure):
    """Give the interval of a rate, each end with the one decimal that the rate itself has."""
    return f"{figure.low:,.1f} to {figure.high:,.1f}" if _interval(figure) else ""


def _by_chance(figure):
    span = _interval(figure)
    return f"By chance alone it could have been {span}" if span else ""


def _more_or_fewer(number):
    return "no change" if not number else f"{say(abs(number))} {'more' if number > 0 else 'fewer'}"


def _change_interval(figure):
    if figure.low is None:
        return ""
    return f"The true change lies most likely between {_more_or_fewer(figure.low)} and {_more_or_fewer(figure.high)}"


def change(figure: Figure | None, shown: Shown) -> dict | None:
    """Say how a number differs from the same period a year before, and what may be said of it."""
    if figure is None:
        return None
    before = shown.period.year_before.label
    if not figure.is_number:
        return {"text": f"Not comparable with {before}: one of the two numbers is hidden", "says": "", "interval": ""}
    number = figure.shown
    size = say(abs(number))
    text = (
        f"The same number as in {before}"
        if not number
        else f"{size} {'more' if number > 0 else 'fewer'} than in {before}"
    )
    return {"text": text, "says": SAYS.get(figure.says, ""), "interval": _change_interval(figure)}


def _rate(figure, shown, group):
    who = next((head.label for head in shown.headcounts if head.group == group), "")
    if figure is None or not figure.is_number or not who:
        return None
    return {
        "text": f"{figure.shown:,.1f} for every 1,000 {who[:1].lower()}{who[1:]}",
        "interval": _rate_interval(figure),
    }


_RATED = {
    "all": (("C1", {}), ("C4", {})),
    "constable": (("C28", {"role": "constable"}),),
    "staff": (("C28", {"role": "staff"}),),
}
"""Where the rate of each group stands, in the order of preference."""


def rates(shown: Shown) -> list[dict]:
    """Give the rates per 1,000, each with its interval and the headcount that it was made with, its day and source."""
    rows = []
    for head in shown.headcounts:
        places = ((shown.tables.get(code), where) for code, where in _RATED.get(head.group, ()))
        table, where = next(((table, where) for table, where in places if table), (None, {}))
        figure = table.at("rate", **where) if table else None
        if figure:
            rows.append(
                {
                    "label": head.label,
                    "period": shown.period.label,
                    "rate": cell(figure) | ({"text": f"{figure.shown:,.1f}"} if figure.is_number else {}),
                    "interval": _rate_interval(figure),
                    "headcount": f"{head.headcount:,}",
                    "on": head.on,
                    "source": head.source,
                }
            )
    return rows


# About a release -----------------------------------------------------------------------------------------------------


def gone(row, rows, address) -> list[dict]:
    """Say which later releases were withdrawn, where the newest that stands is shown in their place."""
    return [
        {"label": other.period.label, "at": other.withdrawn_at, "why": other.withdrawn_for, "href": address(other)}
        for other in reading.withdrawn_since(row, rows)
    ]


def about(shown: Shown, editions: Sequence[reading.Listed], href) -> dict:
    """Give what a page says about a release itself: when, which edition, and what was wrong with it.

    :param href: takes a listed edition, gives its address
    """
    by_key = {row.key: row for row in editions}
    newer = max((row for row in editions if row.edition > shown.edition), key=lambda row: row.edition, default=None)
    return {
        "force": shown.force_name,
        "period": shown.period.label,
        "name": shown.name,
        "edition": shown.edition,
        "kind": shown.kind,
        "reason": shown.reason,
        "out_at": shown.out_at,
        "drawn_at": shown.drawn_at,
        "withdrawn_at": shown.withdrawn_at,
        "withdrawn_for": shown.withdrawn_for,
        "newer": {"text": newer.name, "href": href(newer), "out_at": newer.out_at} if newer else None,
        "corrections": [
            {
                "at": row.at,
                "text": row.text,
                "titles": [shown.tables[code].title for code in row.tables if code in shown.tables],
                "href": href(by_key[row.replaced_by]) if row.replaced_by in by_key else "",
            }
            for row in shown.corrections
        ],
        "verdict": shown.verdict,
    }


def held(shown: Shown) -> list[dict]:
    """Give the tables that say nothing this time, with the reason."""
    return [{"title": shown.tables[code].title, "why": why} for code, why in shown.held.items() if code in shown.tables]


def chart_file(shown: Shown, months, drawn: str | None, name: str, kind: str) -> HttpResponse | None:
    """Give one chart as a file, or None if the release has no such chart."""
    panel = panels.BY_NAME.get(name)
    if kind not in CHART_TYPES:
        return None
    if kind == "csv":
        if name == panels.TREND and panels.TREND_CUBE in shown.tables:
            body = downloads.trend_csv(months())
        elif panel and panel.grid(shown):
            body = downloads.panel_csv(shown, panel)
        else:
            return None
    elif drawn is None or not (name == panels.TREND or (panel and panel.grid(shown))):
        return None
    else:
        body = charts.for_download(drawn) if kind == "svg" else charts.as_png(drawn)
    return file(body, CHART_TYPES[kind], f"{shown.force_code}-{shown.name}-{name}.{kind}")


def release_file(shown: Shown, name: str, url: str) -> HttpResponse:
    """Give a release as one of the files of FILES.

    :param url: of the CSV, for its description
    """
    kind = next(kind for kind, (known, _, _) in FILES.items() if known == name)
    body = {
        "csv": lambda: downloads.as_csv(shown),
        "metadata": lambda: downloads.csvw(shown, url),
        "ods": lambda: downloads.as_ods(shown),
        "json": lambda: downloads.as_json(shown),
    }[kind]()
    return file(body, FILES[kind][2], f"{shown.force_code}-{shown.name}-{name}")


def release_tag(shown: Shown, name: str) -> str:
    """Give the ETag of a file of a release: made of its cells, since a spreadsheet also holds when it was written."""
    return downloads.tag(name, downloads.as_json(shown))


def file(body: str | bytes, kind: str, name: str) -> HttpResponse:
    """Answer with a file to keep, named."""
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def release_links(files: str) -> list[dict]:
    """Give the links to a release as files."""
    return [{"text": words, "href": files + name} for name, words, _ in FILES.values()]
