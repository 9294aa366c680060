"""The panels of a release: which table each draws, how, and the sentence that says what it shows. Pure.

A panel is one chart with its heading, its sentence and its table. Sentences are made from the numbers that are shown
and from nothing else, and say nothing of what is hidden but that it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from campion.months import month_label
from figures.cubes import ALL
from figures.disclosure import HIDDEN, NOT_COLLECTED
from figures.periods import Period
from figures.shown import Figure, Number, Shown, Table, listed, say


@dataclass(frozen=True)
class GridLine:
    """One row of a panel: its words, how deep it stands, its figures by column, and the share of each in its row."""

    label: str
    figures: tuple[Figure | None, ...]
    shares: tuple[Figure | None, ...]
    depth: int = 0
    total: bool = False


@dataclass(frozen=True)
class Grid:
    """What a panel shows: the words of its columns and its rows, all in the order of the code lists.

    :ivar tables: the cubes that it was made of
    :ivar all_column: the last column is the sum of the others, counted by itself
    """

    tables: tuple[Table, ...]
    columns: tuple[str, ...]
    lines: tuple[GridLine, ...]
    row_label: str
    all_column: bool = False

    @property
    def parts(self) -> tuple[GridLine, ...]:
        """The rows that are no total."""
        return tuple(line for line in self.lines if not line.total)

    @property
    def has_shares(self) -> bool:
        """Whether the release has any share of this."""
        return any(share for line in self.lines for share in line.shares)

    def line(self, label: str) -> GridLine | None:
        """Give the row of that label."""
        return next((line for line in self.lines if line.label == label), None)


@dataclass(frozen=True)
class Panel:
    """One chart with its table.

    :ivar sources: cubes in the order of preference: a quarter and a year have different ones
    :ivar rows: the dimension down, `columns`: the one across, if any
    :ivar draw: bars or heat
    :ivar sentence: takes the grid, gives what it shows in a sentence; without one, the largest number shown is named
    :ivar note: what a reader must know before drawing a conclusion
    :ivar short: shorter words of a column
    :ivar shares: the share of each number in its row says something
    """

    name: str
    heading: str
    section: str
    sources: tuple[str, ...]
    rows: str
    columns: str = ""
    draw: str = "bars"
    most: str = ""
    sentence: Callable[[Grid], str] | None = None
    note: str = ""
    short: Mapping[str, str] = field(default_factory=dict)
    shares: bool = True

    def grid(self, shown: Shown) -> Grid | None:
        """Give what this panel shows of a release, or None if the release has nothing for it."""
        table = next((shown.tables[code] for code in self.sources if code in shown.tables), None)
        if table is None:
            return None
        rows = table.dimension(self.rows)
        across = table.dimension(self.columns) if self.columns else None
        finest = across.finest() if across else []
        columns = [code.code for code in finest] or [""]
        lines = [_line(self, table, code.code, columns, code.label, depth) for code, depth in rows.in_order()]
        words = [self.short.get(code.code, code.label) for code in finest] + ["All"] if across else [""]
        return Grid(
            tables=(table,),
            columns=tuple(words),
            lines=(*lines, _line(self, table, ALL, columns, "All", 0)),
            row_label=rows.label,
            all_column=across is not None,
        )

    def says(self, grid: Grid) -> str:
        """Say in one sentence what the grid shows."""
        return self.sentence(grid) if self.sentence else _largest(self, grid)


def _line(panel, table, row, columns, label, depth):
    def at(measure, column):
        return table.at(measure, **{panel.rows: row}, **({panel.columns: column} if column else {}))

    of_row = panel.shares and (not panel.columns or table.dimensions[-1].name == panel.columns)  # measures.base_of
    figures = [at("number", column) for column in columns]
    shares = [at("percent", column) if of_row else None for column in columns]
    if panel.columns:
        figures.append(table.at(**{panel.rows: row}))
        shares.append(None)
    return GridLine(label, tuple(figures), tuple(shares), depth, row == ALL)


@dataclass(frozen=True)
class Mentions(Panel):
    """A panel of one row for each of several cubes: whatever was mentioned at all, each by itself.

    :ivar parts: (cube, dimension, words)
    """

    parts: tuple[tuple[str, str, str], ...] = ()

    def grid(self, shown: Shown) -> Grid | None:
        """Give what this panel shows of a release, or None if the release has nothing for it."""
        tables = [
            (shown.tables[code], dimension, words) for code, dimension, words in self.parts if code in shown.tables
        ]
        if not tables:
            return None
        lines = [
            GridLine(words, (table.at(**{dimension: "yes"}),), (table.at("percent", **{dimension: "yes"}),))
            for table, dimension, words in tables
        ]
        total = GridLine("All assaults and abuse", (tables[0][0].at(),), (None,), total=True)
        return Grid(tuple(table for table, _, _ in tables), ("",), (*lines, total), "Mentioned")


# Sentences -----------------------------------------------------------------------------------------------------------

NOTHING = "Every number here is hidden, to protect people."
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def in_words(number: int) -> str:
    """Write a small number in words, so that it is not taken for a figure."""
    return _NUMBERS[number] if number < len(_NUMBERS) else "many"


def _counted(grid: Grid) -> list[tuple[int, str, str]]:
    """Give every number shown that is no total and no part of another row, with the words of its row and its column."""
    width = len(grid.columns) - grid.all_column
    return [
        (figure.shown, line.label, grid.columns[place])
        for line in grid.parts
        for place, figure in enumerate(line.figures[:width])
        if figure and figure.is_number and not line.depth
    ]


def _hides(grid: Grid) -> bool:
    return any(figure and figure.shown == HIDDEN for line in grid.parts for figure in line.figures)


def _largest(panel, grid):
    counted = _counted(grid)
    if not counted:
        return NOTHING
    top = max(number for number, _, _ in counted)
    if not top:
        return "Every number shown here is 0."
    first = [f"{row}, {column}" if column else row for number, row, column in counted if number == top]
    total = grid.lines[-1].figures[-1]
    start = "Of the numbers shown, the largest is " if _hides(grid) else f"{panel.most or 'Most often'}: "
    if len(first) > 2:
        return f"{start}{say(top)}, in {in_words(len(first))} places."
    if len(first) == 2:
        return f"{start}{listed(first)} ({say(top)} each)."
    return f"{start}{first[0]} ({say(top)}{_of(total)})."


def _of(total):
    return f" of {say(total.shown)}" if total and total.is_number else ""


def _part(words: str, figure: Figure | None, total: Figure | None, share: Figure | None) -> str:
    """Say of one number how many of how many it is, and in percent."""
    if not figure or not figure.is_number:
        return f"{words}: hidden, to protect people."
    percent = f" ({say(share.shown)}%)" if share and share.is_number else ""
    return f"{words}: {say(figure.shown)}{_of(total)}{percent}."


def _row(words: str, label: str) -> Callable[[Grid], str]:
    """Make a sentence about one row of a panel of a single column."""

    def sentence(grid):
        line = grid.line(label)
        return _part(words, line.figures[0], grid.lines[-1].figures[0], line.shares[0]) if line else NOTHING

    return sentence


def _two_measures(grid):
    """Say how many assaults there were, and how much abuse."""
    if not any(figure and figure.is_number for line in grid.lines for figure in line.figures):
        return NOTHING
    lines = [line for line in grid.parts if not line.depth]
    return " ".join(_part(line.label, line.figures[0], grid.lines[-1].figures[0], line.shares[0]) for line in lines)


def _mentions(grid):
    """Say of each thing how often it was mentioned."""
    return " ".join(_part(line.label, line.figures[0], None, line.shares[0]) for line in grid.parts)


def _charged(grid):
    """Say how often somebody was charged with a camera that recorded, and without."""
    place = grid.columns.index("Charged or summonsed")
    pairs = [(label, grid.line(label)) for label in ("Recording", "Not recording")]
    shares = [(label, line.shares[place]) for label, line in pairs if line]
    if len(shares) < 2 or not all(share and share.is_number for _, share in shares):
        return "There are too few to compare what came of it with a camera that recorded and without."
    with_it, without = (say(share.shown) for _, share in shares)
    return f"Charged or summonsed: {with_it}% where the person’s camera recorded, {without}% where it did not."


def _kept(grid):
    """Say how much was kept in time, and which right was kept late most often of those shown."""
    in_time, late = grid.columns.index("In time"), grid.columns.index("Late")
    total = grid.lines[-1]
    said = _part("Kept in time", total.figures[in_time], total.figures[-1], total.shares[in_time])
    counted = [(line.figures[late].shown, line.label) for line in grid.parts
               if line.figures[late] and line.figures[late].is_number]  # fmt: skip
    top = max((number for number, _ in counted), default=0)
    if not top:
        return said
    first = [label for number, label in counted if number == top]
    return f"{said} Late most often, of the numbers shown: {_some(first, 'rights')} ({say(top)})."


def _some(labels, kind):
    return listed(labels) if len(labels) < 4 else f"{in_words(len(labels))} {kind}"


# The panels ----------------------------------------------------------------------------------------------------------

SECTIONS = {
    "trend": "Month by month",
    "what": "What happened",
    "where": "Where and when",
    "who": "Who, and how badly",
    "law": "What came of it in law",
    "care": "How victims were looked after",
    "unreported": "What is not reported",
}

_BANDS = {"07": "07–11", "11": "11–15", "15": "15–19", "19": "19–23", "23": "23–03", "03": "03–07"}
PANELS = (
    Panel("kinds", "What kinds", "what", ("C2", "C4"), "kind", sentence=_two_measures,
          note="Each under the gravest of what was done to one person."),
    Panel("constables", "Constables alone", "what", ("C29", "C30"), "constables",
          sentence=_row("Assaults on constables", "Assaults on constables"),
          note="The Home Office’s figure is about assaults on constables, and counts crimes that were recorded. Here "
          "what was reported is counted, so the two need not agree."),
    Mentions("mentions", "Spitting, threats and abuse at all", "what", (), "", sentence=_mentions,
             note="Counted whatever else was done, so these are more than the kinds above, and one assault may be in "
             "several.",
             parts=(("C17", "spat", "Spitting or bodily fluid"), ("C19", "threatened", "Threats"),
                    ("C18", "abused", "Verbal or online abuse"))),
    Panel("areas", "Which areas", "where", ("C3", "C4"), "area", most="The most were in",
          note="A larger area has more police and more people in it, so this does not measure risk."),
    Panel("area-kinds", "Which kinds in which area", "where", ("C4",), "area", "kind", most="The most", shares=False),
    Panel("week", "When in the week", "where", ("C13",), "day", "band", "heat", most="The busiest time", short=_BANDS,
          note="A policing day runs from 07:00 to 07:00, so a Friday night is all Friday.", shares=False),
    Panel("places", "What kind of place", "where", ("C14",), "place", most="The most were in"),
    Panel("activities", "What the person was doing", "where", ("C15",), "activity", most="The most often"),
    Panel("crewing", "On their own or not", "where", ("C16",), "crewing", sentence=_row("On their own", "On their own"),
          note="How many people patrol alone is not known here, so this does not show how risky it is."),
    Panel("hurt", "Hurt or not", "who", ("C5",), "injury", sentence=_row("Physically hurt", "Physically hurt"),
          note="As the report says it. Being shaken without being physically hurt is counted as not physically hurt."),
    Panel("injuries", "Who was assaulted, and hurt", "who", ("C28",), "role", "injury", most="The most"),
    Panel("days-lost", "Days unfit for normal duties", "who", ("C23",), "lost", most="Most often",
          note="Counted are assaults, in bands. No days are added up."),
    Panel("repeats", "Assaulted more than once", "who", ("C20",), "times",
          sentence=_row("Assaulted three times or more in the year", "Three times or more"),
          note="Counted are people, and not assaults."),
    Panel("outcomes", "What came of it", "law", ("C6",), "outcome",
          sentence=_row("Charged or summonsed", "Charged or summonsed")),
    Panel("outcomes-by-kind", "What came of each kind", "law", ("C6",), "gravest", "outcome", most="The most"),
    Panel("cameras", "Body-worn video and what came of it", "law", ("C12",), "camera", "outcome", sentence=_charged,
          note="That a camera and an outcome go together does not show that one brought the other about."),
    Panel("crimed", "Recorded as a crime", "law", ("C24",), "crimed", sentence=_row("Recorded as a crime", "Yes")),
    Panel("contact", "First contact by a supervisor", "care", ("C9",), "contact",
          sentence=_row("A supervisor spoke to the person within 24 hours", "Within 24 hours")),
    Panel("offered", "Support offered in time", "care", ("C27",), "offered",
          sentence=_row("Support offered within two working days", "In time")),
    Panel("offers", "Answers to the offer of support", "care", ("C7",), "answer", most="The most common answer",
          note="Saying no is a choice, and nobody need explain it."),
    Panel("rights", "The Victims’ Code, right by right", "care", ("C25",), "right", "kept", sentence=_kept,
          note="The limits are those owed to any victim of crime: support offered within two working days (Right 4); "
          "told within five of an arrest, bail or a decision, within one by enhanced rights (Right 6); hearings and "
          "their outcome within one (Rights 8 and 9)."),
    Panel("delays", "How soon police were told", "care", ("C22",), "delay",
          sentence=_row("Told within 24 hours", "Within 24 hours")),
    Panel("asked", "Asked anonymously", "unreported", ("C26",), "happened", "reported", most="The most answers",
          note="Whoever answers chooses to, so it is no sample: it shows that there is more, and not how much."),
)  # fmt: skip
BY_NAME = {panel.name: panel for panel in PANELS}


# The trend -----------------------------------------------------------------------------------------------------------

TREND = "trend"
TREND_CUBE = "C1"
TREND_HEADING = "The last two years"


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


def months_of(shown: Shown) -> dict[str, Number]:
    """Give what a release shows of each of its months."""
    table = shown.tables.get(TREND_CUBE)
    if table is None:
        return {}
    cells = ((code.code, table.at(month=code.code)) for code in table.dimension("month").codes)
    return {code: figure.shown for code, figure in cells if figure}


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
        f"Of the latest 12 months shown, the most were in {_some(high, 'months')} ({say(most)}) "
        f"and the fewest in {_some(low, 'months')} ({say(least)})."
    )
