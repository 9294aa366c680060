"""Charts as SVG: drawn from what a release shows, text kept as text, with a title and a description (ADR 14).

A chart is drawn in `currentColor`, so that the page, a printer and a reader's own colours decide; a download is fixed
to black on white (`for_download`). Shades, dashes and hatches carry what colour would, and each mark has its number
beside it. What is hidden is drawn by a rule that knows no number: always the same hatch, whatever it hides. Nothing of
a mark is told but by its text: there is no tooltip, no value in an attribute, and the drawing is one image to a screen
reader, with a real table beside it on the page.
"""

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import altair
import vl_convert
from altair.utils import schemapi

from figures import panels
from figures.disclosure import HIDDEN, IMPOSSIBLE, NOT_COLLECTED
from figures.shown import Shown

WIDE, NARROW = 630, 350
"""Widths in CSS pixels at which a chart is drawn: for a desk and for a phone, so that its text keeps its size."""

FONT = "Helvetica Neue, Helvetica, Arial, sans-serif"
_INK = "currentColor"
_TEXT = 16
_SMALL = 14
_MARK = 26
"""How wide the mark of what has no number is, in pixels: the same for all, whatever they hide."""
_SVG = "http://www.w3.org/2000/svg"
_SYMBOLS = (HIDDEN, IMPOSSIBLE, NOT_COLLECTED)

Drawn = int | str


@dataclass(frozen=True)
class Line:
    """One row of a chart: its words, how deep it stands under the row above, and what is shown in each column."""

    label: str
    shown: tuple[Drawn, ...]
    depth: int = 0


@dataclass(frozen=True)
class Month:
    """One month of a trend: 2025-04, and what is shown; `new` if this release brought it."""

    code: str
    shown: Drawn
    new: bool = False


@dataclass(frozen=True)
class Mark:
    """Something that happened, marked on a trend by a letter: from which month on."""

    letter: str
    month: str


@dataclass(frozen=True)
class Words:
    """What a chart is called and what it says, for whoever cannot see it."""

    title: str
    desc: str


# All charts of a release ---------------------------------------------------------------------------------------------


def charts_of(shown: Shown, others: Sequence[Shown] = ()) -> list[tuple[str, str]]:
    """Draw every chart of a release, each for a desk and (`-narrow`) for a phone: (name, SVG), once, when it is made.

    :param others: releases of the quarters before, as they stand: the trend goes on from them
    """
    drawn = []
    with schemapi.debug_mode(False):  # altair need not check again what is always built alike
        if panels.TREND_CUBE in shown.tables:
            months = panels.trend(shown, others)
            words = Words(panels.TREND_HEADING, panels.trend_says(months))
            points = [Month(month.code, month.figure.shown, month.new) for month in months]
            marks = [Mark(row.letter, f"{row.on:%Y-%m}") for row in shown.happened]
            for narrow in (False, True):
                name = _name(panels.TREND, narrow)
                drawn.append((name, trend(name, words, points, marks, narrow=narrow)))
        for panel in panels.PANELS:
            if grid := panel.grid(shown):
                drawn += [(_name(panel.name, narrow), _drawn(panel, grid, narrow)) for narrow in (False, True)]
    return drawn


def _name(name, narrow):
    return f"{name}-narrow" if narrow else name


def _drawn(panel, grid, narrow):
    columns = grid.columns[:-1] if grid.all_column else grid.columns
    lines = [
        Line(line.label, tuple(figure.shown if figure else NOT_COLLECTED for figure in line.figures[: len(columns)]),
             line.depth)
        for line in grid.parts
    ]  # fmt: skip
    draw = heat if panel.draw == "heat" else bars
    return draw(_name(panel.name, narrow), Words(panel.heading, panel.says(grid)), columns, lines, narrow=narrow)


# Bars ----------------------------------------------------------------------------------------------------------------


def bars(name: str, words: Words, columns: Sequence[str], lines: Sequence[Line], *, narrow: bool = False) -> str:
    """Draw rows of bars, in one column or several that share a scale, in the order given.

    The words of a row stand beside its bars on a desk, and above them on a phone.

    :param name: of the chart; what it refers to inside itself is named after it
    :param columns: the words above each column; one empty text for a single column
    """
    width = NARROW if narrow else WIDE
    wrapped = [_wrapped(line, 44 if narrow else 29) for line in lines]
    gutter = 0 if narrow else min(max((len(part) for parts in wrapped for part in parts), default=0) * 9 + 28, 280)
    most = max((len(parts) for parts in wrapped), default=1)
    step = 40 + 18 * most if narrow else max(40, 18 + 18 * most)
    gap = 12
    room = (width - gutter - gap * (len(columns) - 1)) // len(columns)
    numbers = [shown for line in lines for shown in line.shown if isinstance(shown, int)]
    beside = 14 + 10 * max((len(f"{number:,}") for number in numbers), default=3)
    rows = [
        {
            "row": str(place),
            "column": str(column),
            **_shown(line.shown[column]),
            "words": "\n".join(wrapped[place]) if column == 0 else "",
            "depth": line.depth,
            "lines": len(wrapped[place]),
        }
        for place, line in enumerate(lines)
        for column in range(len(columns))
    ]
    # The order is the code list's: left to the data, what has no number would come last, and say so.
    order = altair.Scale(domain=[str(place) for place in range(len(lines))], paddingInner=1 - 22 / step, paddingOuter=0)
    base = altair.Chart().encode(y=altair.Y("row:N", axis=None, scale=order))
    scale = altair.Scale(domain=[0, max(numbers, default=0) or 1], range=[0, max(room - beside, 20)], nice=False)
    x = altair.X("number:Q", scale=scale, axis=None)
    counted = base.transform_filter("isValid(datum.number)")
    layers = [
        counted.mark_bar(fill=_INK).encode(x=x),
        counted.mark_text(align="left", baseline="middle", dx=6, fill=_INK, fontSize=_TEXT, fontWeight="bold").encode(
            x=x, text=altair.Text("text:N")
        ),
        *_symbols(base, rows),
    ]
    for depth, number in sorted({(line.depth, len(parts)) for line, parts in zip(lines, wrapped, strict=True)}):
        above = -20 - 18 * (number - 1) if narrow else -9 * (number - 1)
        layers.append(
            base.transform_filter(f"datum.words !== '' && datum.depth === {depth} && datum.lines === {number}")
            .mark_text(
                align="left", baseline="middle", dy=above, fill=_INK, fontSize=_TEXT - 1 if narrow else _TEXT,
                lineHeight=18, lineBreak="\n",
            )
            .encode(x=altair.XValue(18 * depth - gutter), text=altair.Text("words:N"))
        )  # fmt: skip
    chart = altair.layer(*layers).properties(width=room, height=altair.Step(step))
    if len(columns) > 1:
        heads = [textwrap.wrap(column, max(room // 8, 8)) for column in columns]
        header = altair.Header(
            title=None, labelExpr=f"{json.dumps(heads)}[toNumber(datum.value)]", labelAlign="left", labelAnchor="start",
            labelFontSize=_SMALL, labelFontWeight="bold", labelColor=_INK, labelLimit=0,
            labelPadding=18 + 18 * most if narrow else 12, labelBaseline="bottom", labelLineHeight=16,
        )  # fmt: skip
        ordered = [str(place) for place in range(len(columns))]
        chart = chart.facet(
            data=altair.Data(values=rows), column=altair.Column("column:N", header=header, sort=ordered), spacing=gap,
            bounds="flush",
        )  # fmt: skip
    else:
        chart = chart.properties(data=altair.Data(values=rows))
    return _finish(name, words, chart)


def _wrapped(line, most):
    return textwrap.wrap(line.label, most - 2 * line.depth) or [""]


def _shown(shown):
    """Give a cell as a chart draws it: a number with its text, or a symbol."""
    if isinstance(shown, int):
        return {"number": shown, "symbol": "", "text": f"{shown:,}"}
    return {"number": None, "symbol": shown, "text": shown}


_STYLES = {
    HIDDEN: {"fill": "url(#hatch)", "stroke": _INK, "strokeWidth": 1},
    IMPOSSIBLE: {"fill": None, "stroke": _INK, "strokeWidth": 1},
    NOT_COLLECTED: {"fill": None, "stroke": _INK, "strokeWidth": 1.5, "strokeDash": [2, 3]},
}
"""What has no number: a hatch for hidden, an outline for impossible, dots for not collected."""


def _symbols(base, rows):
    for symbol in sorted({row["symbol"] for row in rows} - {""}):
        chosen = base.transform_filter(f"datum.symbol === '{symbol}'")
        yield chosen.mark_bar(**_STYLES[symbol]).encode(x=altair.XValue(0), x2=altair.X2Value(_MARK))
        yield chosen.mark_text(align="left", baseline="middle", dx=6, fill=_INK, fontSize=_TEXT).encode(
            x=altair.XValue(_MARK), text=altair.Text("text:N")
        )


# The heat of the week ------------------------------------------------------------------------------------------------


def heat(name: str, words: Words, columns: Sequence[str], lines: Sequence[Line], *, narrow: bool = False) -> str:
    """Draw a grid in which a darker cell is a larger number, and each cell says its number."""
    gutter, size = (44, _SMALL - 1) if narrow else (110, _TEXT)
    labels = [line.label[:3] if narrow else line.label for line in lines]
    cells = [
        {"row": label, "column": column, **_shown(shown)}
        for label, line in zip(labels, lines, strict=True)
        for column, shown in zip(columns, line.shown, strict=True)
    ]
    top = max((cell["number"] or 0 for cell in cells), default=0) or 1
    label = {"title": None, "domain": False, "ticks": False, "labelColor": _INK, "labelLimit": 0}
    across = altair.Axis(**label, orient="top", labelAngle=0, labelFontSize=size - 1, labelPadding=6)
    down = altair.Axis(**label, labelFontSize=size, labelAlign="left", offset=gutter - 8, labelPadding=0)
    base = altair.Chart().encode(
        x=altair.X("column:N", axis=across, scale=altair.Scale(domain=list(columns), paddingInner=0.06)),
        y=altair.Y("row:N", axis=down, scale=altair.Scale(domain=labels, paddingInner=0.1)),
    )
    shade = altair.Scale(domain=[0, top], range=[0, 0.5], nice=False)
    layers = [
        base.transform_filter("isValid(datum.number)")
        .mark_rect(fill=_INK, stroke=_INK, strokeWidth=1, strokeOpacity=0.6)
        .encode(fillOpacity=altair.FillOpacity("number:Q", scale=shade, legend=None)),
        *(
            base.transform_filter(f"datum.symbol === '{symbol}'").mark_rect(**_STYLES[symbol], strokeOpacity=0.6)
            for symbol in sorted({cell["symbol"] for cell in cells} - {""})
        ),
        base.mark_text(fill=_INK, fontSize=size, baseline="middle").encode(text=altair.Text("text:N")),
    ]
    width = (NARROW if narrow else WIDE) - gutter
    chart = altair.layer(*layers).properties(
        data=altair.Data(values=cells), width=width, height=altair.Step(38 if narrow else 44)
    )
    return _finish(name, words, chart)


# The trend -----------------------------------------------------------------------------------------------------------

_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def trend(name: str, words: Words, months: Sequence[Month], marks: Sequence[Mark] = (), *, narrow: bool = False) -> str:
    """Draw the last twelve of the months as a line, and those before them dashed.

    A month that is hidden or was not published breaks the line: it has a hatch or a box of dots at the foot instead.
    Numbers stand at the months that are new, and at the highest and the lowest; the scale begins at nought.
    """
    width, height = (NARROW, 220) if narrow else (WIDE, 270)
    numbers = [month.shown for month in months if isinstance(month.shown, int)]
    split = len(months) - 12
    letters: dict[str, str] = {}
    for mark in marks:
        letters[mark.month] = " ".join(filter(None, (letters.get(mark.month), mark.letter)))
    to_say = {max(numbers, default=0), min(numbers, default=0)}
    rows = []
    for place, month in enumerate(months):
        row = {"month": month.code, **_shown(month.shown), "new": month.new, "earlier": place < split}
        if month.shown in to_say and not month.new:
            to_say.remove(month.shown)
        elif not month.new:
            row["text"] = ""
        near = [other.shown for other in months[max(place - 1, 0) : place + 2] if isinstance(other.shown, int)]
        row["below"] = bool(near) and month.shown == min(near) < max(near)
        rows.append(row | {"mark": letters.get(month.code, ""), "span": ""})
    if rows:
        rows[max(split, 0)]["span"] = "Latest 12 months"
    if split > 0:
        rows[0]["span"] = "12 months before"
    scale = altair.Scale(domain=[0, max(max(numbers, default=0) * 1.3, 1)], nice=False)
    y = altair.Y("number:Q", axis=None, scale=scale)
    base = altair.Chart().encode(x=altair.X("month:O", axis=_months(months, narrow), scale=_points(months)))
    earlier, later = base.transform_filter("datum.earlier"), base.transform_filter("!datum.earlier")
    counted = base.transform_filter("isValid(datum.number)")
    layers = [
        earlier.mark_line(stroke=_INK, strokeWidth=2, strokeDash=[5, 4], strokeOpacity=0.75).encode(y=y),
        later.mark_line(stroke=_INK, strokeWidth=3).encode(y=y),
        counted.transform_filter("datum.new").mark_point(fill=_INK, stroke=_INK, size=70, opacity=1).encode(y=y),
        counted.transform_filter("!datum.new").mark_point(fill=_INK, stroke=_INK, size=14, opacity=1).encode(y=y),
        *(
            counted.transform_filter(f"datum.text !== '' && {'' if below else '!'}datum.below")
            .mark_text(fill=_INK, fontSize=_SMALL if narrow else _TEXT, fontWeight="bold", dy=17 if below else -13)
            .encode(y=y, text=altair.Text("text:N"))
            for below in (False, True)
        ),
        base.transform_filter("datum.span !== ''")
        .mark_text(fill=_INK, fontSize=_SMALL, align="left", baseline="top", dx=-4)
        .encode(y=altair.YValue(0), text=altair.Text("span:N")),
    ]
    for symbol in sorted({row["symbol"] for row in rows} - {""}):
        feet = base.transform_filter(f"datum.symbol === '{symbol}'").mark_bar(width=12, **_STYLES[symbol])
        layers.append(feet.encode(y=altair.YValue(height - 24), y2=altair.Y2Value(height)))
    if letters:
        marked = base.transform_filter("datum.mark !== ''")
        layers += [
            marked.mark_rule(stroke=_INK, strokeWidth=1, strokeDash=[1, 3]).encode(
                y=altair.YValue(20), y2=altair.Y2Value(height)
            ),
            marked.mark_text(fill=_INK, fontSize=_SMALL, fontWeight="bold", align="left", baseline="top", dx=5).encode(
                y=altair.YValue(20), text=altair.Text("mark:N")
            ),
        ]
    chart = altair.layer(*layers).properties(data=altair.Data(values=rows), width=width - 14, height=height)
    return _finish(name, words, chart)


def _points(months):
    return altair.Scale(type="point", domain=[month.code for month in months], padding=0.6)


def _months(months, narrow):
    """Give the axis of months: initials on a desk, every third by name on a phone, the year under January."""
    labels = {}
    for place, month in enumerate(months):
        year, number = month.code.split("-")
        said = _NAMES[int(number) - 1][: 3 if narrow else 1] if place % 3 == 0 or not narrow else ""
        labels[month.code] = [said, year] if said and (place == 0 or number == "01") else [said]
    return altair.Axis(
        title=None, ticks=False, domainColor=_INK, labelColor=_INK, labelFontSize=_SMALL, labelAngle=0,
        labelExpr=f"{json.dumps(labels)}[datum.value]", labelOverlap=False, labelPadding=8, labelLineHeight=17,
        labelLimit=0,
    )  # fmt: skip


# What all have -------------------------------------------------------------------------------------------------------


def _finish(name, words, chart):
    """Draw what altair describes, and make it one image with a name; a number is in its text or nowhere in it."""
    described = chart.configure(
        aria=False,
        background="transparent",
        font=FONT,
        padding={"left": 2, "top": 4, "right": 6, "bottom": 2},
        view=altair.ViewConfig(stroke=None),
    )
    drawn = vl_convert.vegalite_to_svg(described.to_json(validate=False))
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(drawn)  # noqa: S314 - made in the line above
    _strip(root)
    named = {"title": f"{name}-title", "desc": f"{name}-desc"}
    for place, (tag, key) in enumerate(named.items()):
        element = ElementTree.Element(f"{{{_SVG}}}{tag}", {"id": key})
        element.text = getattr(words, tag)
        root.insert(place, element)
    root.insert(2, _hatch(f"{name}-hatch"))
    root.set("role", "img")
    root.set("aria-labelledby", " ".join(named.values()))
    for element in root.iter():
        for attribute in ("fill", "stroke"):
            if element.get(attribute) == "url(#hatch)":
                element.set(attribute, f"url(#{name}-hatch)")
    return ElementTree.tostring(root, encoding="unicode")


_SAYS_NOTHING = {"class", "role", "pointer-events", "aria-hidden", "aria-roledescription", "aria-label"}


def _strip(element):
    """Take away what the drawing has for scripts and screen readers, and the empty frames around its parts."""
    for attribute in _SAYS_NOTHING & set(element.attrib):
        del element.attrib[attribute]
    for child in list(element):
        path = child.get("d")
        frame = child.tag.endswith("}path") and not child.get("fill") and not child.get("stroke")
        _strip(child)
        empty = child.tag.endswith("}g") and not len(child) and not child.text
        if frame or empty or (path is not None and not path.strip()):
            element.remove(child)


def _hatch(key):
    defs = ElementTree.Element(f"{{{_SVG}}}defs")
    pattern = ElementTree.SubElement(
        defs,
        f"{{{_SVG}}}pattern",
        {"id": key, "width": "6", "height": "6", "patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"},
    )
    ElementTree.SubElement(
        pattern,
        f"{{{_SVG}}}line",
        {"x1": "0", "y1": "0", "x2": "0", "y2": "6", "stroke": _INK, "stroke-width": "1.4"},
    )
    return defs


def for_download(svg: str) -> str:
    """Fix a chart of a page to black on white, with nothing that a page would have to decide."""
    fixed = svg.replace(_INK, "#000")
    after = fixed.index("</defs>") + len("</defs>")
    return f'{fixed[:after]}<rect width="100%" height="100%" fill="#fff" />{fixed[after:]}'


def as_png(svg: str) -> bytes:
    """Give a chart of a page as a picture, black on white, at twice its size."""
    return vl_convert.svg_to_png(for_download(svg), scale=2)
