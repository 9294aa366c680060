"""The panels of a release: which table each draws, how, and the sentence that says what it shows. Pure.

A panel is one chart with its heading, its sentence and its table. Sentences are made from the numbers that are shown
and from nothing else, and say nothing of what is hidden but that it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from figures.cubes import ALL
from figures.disclosure import HIDDEN, NOT_COLLECTED
from figures.periods import Period, month_label
from figures.shown import Figure, Shown, Table, listed, say


@dataclass(frozen=True)
class GridLine:
    """One row of a panel: its words, how deep it stands, and its figures in the order of the columns."""

    label: str
    figures: tuple[Figure | None, ...]
    depth: int = 0
    total: bool = False


@dataclass(frozen=True)
class Grid:
    """What a panel shows: the words of its columns and its rows, all in the order of the code lists.

    :param tables: the cubes that it was made of
    :param shares: of each row, its share in percent, where the release has one
    """

    tables: tuple[Table, ...]
    columns: tuple[str, ...]
    lines: tuple[GridLine, ...]
    row_label: str
    column_label: str = ""
    shares: tuple[Figure | None, ...] = ()

    @property
    def parts(self) -> tuple[GridLine, ...]:
        """The rows that are no total."""
        return tuple(line for line in self.lines if not line.total)


@dataclass(frozen=True)
class Panel:
    """One chart with its table.

    :param sources: (cube, margins) in the order of preference: a quarter and a year have different cubes
    :param rows: the dimension down, `columns`: the one across, if any
    :param draw: bars, heat or trend
    :param sentence: takes the grid, gives what it shows in a sentence; without one, the largest number shown is named
    :param note: what a reader must know before drawing a conclusion
    """

    name: str
    heading: str
    section: str
    sources: tuple[tuple[str, Mapping[str, str]], ...]
    rows: str
    columns: str = ""
    draw: str = "bars"
    most: str = ""
    sentence: Callable[[Grid], str] | None = None
    note: str = ""
    short: Mapping[str, str] = field(default_factory=dict)

    def grid(self, shown: Shown) -> Grid | None:
        """Give what this panel shows of a release, or None if the release has nothing for it."""
        for code, fixed in self.sources:
            if table := shown.tables.get(code):
                return _grid(self, table, fixed)
        return None

    def says(self, grid: Grid) -> str:
        """Say in one sentence what the grid shows."""
        return self.sentence(grid) if self.sentence else _largest(self, grid)


def _grid(panel, table, fixed):
    rows = table.dimension(panel.rows)
    across = table.dimension(panel.columns) if panel.columns else None
    columns = [(code.code, panel.short.get(code.code, code.label)) for code in across.codes] if across else [("", "")]

    def line(code, label, depth=0, total=False):
        figures = [
            table.at(**fixed, **{rows.name: code}, **({across.name: column} if across else {})) for column, _ in columns
        ]
        if across:
            figures.append(table.at(**fixed, **{rows.name: code}))
        return GridLine(label, tuple(figures), depth, total)

    lines = [line(code.code, code.label, depth) for code, depth in rows.in_order()]
    lines.append(line(ALL, "All", total=True))
    shares = ()
    if not across:
        codes = [code.code for code, _ in rows.in_order()]
        shares = tuple(table.at("percent", **fixed, **{rows.name: code}) for code in codes)
        shares = (*shares, None) if any(shares) else ()
    return Grid(
        tables=(table,),
        columns=tuple(label for _, label in columns) + (("All",) if across else ()),
        lines=tuple(lines),
        row_label=rows.label,
        column_label=across.label if across else "",
        shares=shares,
    )


# Sentences -----------------------------------------------------------------------------------------------------------

NOTHING = "Every number here is hidden, to protect people."


def _counted(grid: Grid) -> list[tuple[int, str, str]]:
    """Give every number shown that is no total, with the words of its row and its column."""
    width = len(grid.columns) - (1 if len(grid.columns) > 1 else 0)
    return [
        (figure.shown, line.label, grid.columns[place])
        for line in grid.parts
        for place, figure in enumerate(line.figures[:width])
        if figure and figure.is_number
    ]


def _total(grid: Grid) -> Figure | None:
    return grid.lines[-1].figures[-1]


def _hides(grid: Grid) -> bool:
    return any(figure and figure.shown == HIDDEN for line in grid.parts for figure in line.figures)


def _largest(panel, grid):
    counted = _counted(grid)
    if not counted:
        return NOTHING
    top = max(number for number, _, _ in counted)
    if not top:
        return "Every number shown here is 0."
    first = [f"{row}, {column.lower()}" if column else row for number, row, column in counted if number == top]
    total = _total(grid)
    of = f" of {say(total.shown)}" if total and total.is_number and len(first) == 1 else ""
    where = f"{panel.most}: " if panel.most else "Most often: "
    among = "Of the numbers shown, the largest is " if _hides(grid) else where
    if len(first) > 2:
        return f"{among}{say(top)}, in {len_words(len(first))} places."
    return f"{among}{listed(first)} ({say(top)}{of}{' each' if len(first) > 1 else ''})."


_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def len_words(number: int) -> str:
    """Write a small number in words, so that it is not taken for a figure."""
    return _NUMBERS[number] if number < len(_NUMBERS) else "many"


def _yes(word: str, label: str) -> Callable[[Grid], str]:
    """Make a sentence about one row of a panel of a single column: how many of all, and their share."""

    def sentence(grid):
        line = next((line for line in grid.lines if line.label == label), None)
        total = _total(grid)
        figure = line and line.figures[0]
        if not figure or not figure.is_number:
            return f"{word}: hidden, to protect people."
        share = grid.shares[grid.lines.index(line)] if grid.shares else None
        said = f"{word}: {say(figure.shown)}"
        if total and total.is_number:
            said += f" of {say(total.shown)}"
        return said + (f" ({say(share.shown)}%)." if share and share.is_number else ".")

    return sentence


def _kept_late(grid):
    """Say which right was kept late most often of those shown."""
    late = [(line.figures[1].shown, line.label) for line in grid.parts if line.figures[1] and line.figures[1].is_number]
    if not late:
        return "How often a right was kept late is hidden for every right, to protect people."
    top = max(number for number, _ in late)
    if not top:
        return "No right was kept late in any of the numbers shown."
    first = [label for number, label in late if number == top]
    return f"Kept late most often, of the numbers shown: {listed(first)} ({say(top)})."


# The panels ----------------------------------------------------------------------------------------------------------

SECTIONS = {
    "trend": "Month by month",
    "what": "What happened",
    "where": "Where and when",
    "who": "Who, and how badly",
    "law": "What came of it in law",
    "care": "How victims were looked after",
}

_BANDS = {"07": "07–11", "11": "11–15", "15": "15–19", "19": "19–23", "23": "23–03", "03": "03–07"}
PANELS = (
    Panel("kinds", "What kinds", "what", (("C2", {}), ("C4", {})), "kind", most="The most common kind"),
    Panel("spitting", "Spitting at all", "what", (("C17", {}),), "spat",
          sentence=_yes("Spitting or another bodily fluid was mentioned", "Mentioned"),
          note="Counted whatever the gravest kind was, so this is more than is counted under spitting above."),
    Panel("abuse", "Abuse at all", "what", (("C18", {}),), "abused",
          sentence=_yes("Verbal or online abuse was mentioned", "Mentioned"),
          note="Counted whatever the gravest kind was, so this is more than is counted under abuse above."),
    Panel("threats", "Threats at all", "what", (("C19", {}),), "threatened",
          sentence=_yes("A threat was mentioned", "Mentioned"),
          note="Counted whatever the gravest kind was, so this is more than is counted under threats above."),
    Panel("areas", "Which areas", "where", (("C3", {}), ("C4", {})), "area", most="The most were in",
          note="A larger area has more police and more people in it: so this does not measure risk."),
    Panel("area-kinds", "Which kinds in which area", "where", (("C4", {}),), "area", "kind", most="The most"),
    Panel("week", "When in the week", "where", (("C13", {}),), "day", "band", "heat", most="The busiest time",
          short=_BANDS, note="A policing day runs from 07:00 to 07:00, so a Friday night is all Friday."),
    Panel("places", "What kind of place", "where", (("C14", {}),), "place", most="The most were in"),
    Panel("activities", "What the person was doing", "where", (("C15", {}),), "activity", most="The most often"),
    Panel("crewing", "On their own or not", "where", (("C16", {}),), "crewing",
          sentence=_yes("On their own", "On their own"),
          note="How many people patrol alone is not known here, so this does not show how risky it is."),
    Panel("hurt", "Hurt or not", "who", (("C5", {}),), "injury", sentence=_yes("Physically hurt", "Physically hurt"),
          note="As the report says it. Being shaken without being physically hurt is counted as not physically hurt."),
    Panel("injuries", "Who was assaulted, and hurt", "who", (("C5", {}),), "role", "injury", most="The most"),
    Panel("days-lost", "Days unfit for normal duties", "who", (("C23", {}),), "lost", most="Most had",
          note="Counted are assaults, in bands. No days are added up."),
    Panel("repeats", "Assaulted more than once", "who", (("C20", {}),), "times",
          sentence=_yes("Assaulted three times or more in the year", "Three times or more"),
          note="Counted are people, and not assaults."),
    Panel("outcomes", "What came of it", "law", (("C6", {}),), "outcome", most="Most were"),
    Panel("outcomes-by-kind", "What came of each kind", "law", (("C6", {}),), "kind", "outcome", most="The most"),
    Panel("cameras", "Body-worn video and what came of it", "law", (("C12", {}),), "camera", "outcome", most="The most",
          note="That a camera and an outcome go together does not show that one brought the other about."),
    Panel("crimed", "Recorded as a crime", "law", (("C24", {}),), "crimed",
          sentence=_yes("Recorded as a crime", "Yes")),
    Panel("contact", "First contact by a supervisor", "care", (("C9", {}),), "contact",
          sentence=_yes("A supervisor spoke to the person within 24 hours", "Within 24 hours")),
    Panel("offers", "Support offered, and the answer", "care", (("C7", {}),), "answer", "offered", most="The most",
          note="Saying no is a choice, and nobody need explain it. What is measured is whether support was offered."),
    Panel("rights", "The Victims’ Code, right by right", "care", (("C25", {}),), "right", "kept", sentence=_kept_late,
          note="Somebody assaulted at work has the rights of any victim of crime, with the same time limits."),
    Panel("delays", "How soon police were told", "care", (("C22", {}),), "delay",
          sentence=_yes("Told within 24 hours", "Within 24 hours")),
)  # fmt: skip
BY_NAME = {panel.name: panel for panel in PANELS}


# The trend -----------------------------------------------------------------------------------------------------------

TREND = "trend"
TREND_CUBE = "C1"
TREND_HEADING = "Month by month"


@dataclass(frozen=True)
class TrendMonth:
    """One month of the trend: what is shown for it, or that nothing was published; `new` if this release has it."""

    code: str
    figure: Figure
    new: bool

    @property
    def label(self) -> str:
        """April 2025."""
        return month_label(self.code)


def trend(shown: Shown, others: Sequence[Shown]) -> list[TrendMonth]:
    """Give the 24 months that end with the period of a release, from it and from the quarters released before.

    A month of which nothing is published is `[x]`.
    """
    by_month = {}
    for release in sorted([*others, shown], key=lambda release: (release.key == shown.key, release.edition)):
        if table := release.tables.get(TREND_CUBE):
            for code in table.dimension("month").codes:
                if (figure := table.at(month=code.code)) and code.code <= shown.period.months[-1]:
                    by_month[code.code] = (figure, release.key == shown.key)
    months = [month for period in two_years(shown.period) for month in period.months]
    return [TrendMonth(month, *by_month.get(month, (Figure(NOT_COLLECTED), False))) for month in months]


def two_years(period: Period) -> list[Period]:
    """Give the periods that make the two years which end with this one."""
    if not period.quarter:
        return [period.year_before, period]
    found = [period]
    while len(found) < 8:
        found.insert(0, found[0].before)
    return found


def trend_says(months: Sequence[TrendMonth]) -> str:
    """Say which of the latest twelve months has the most and which the fewest, of those shown."""
    latest = [month for month in months[-12:] if month.figure.is_number]
    if not latest:
        return NOTHING
    most = max(month.figure.shown for month in latest)
    least = min(month.figure.shown for month in latest)
    if most == least:
        return f"Each of the latest months shown has {say(most)}."
    high = [month.label for month in latest if month.figure.shown == most]
    low = [month.label for month in latest if month.figure.shown == least]
    return (
        f"Of the latest 12 months shown, the most were in {_some(high)} ({say(most)}) "
        f"and the fewest in {_some(low)} ({say(least)})."
    )


def _some(labels):
    return listed(labels) if len(labels) < 4 else f"{len_words(len(labels))} months"
