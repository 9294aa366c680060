"""One release as a reader is given it: tables of what is shown, with their words. Pure: it knows no rows.

Whatever is drawn, written or said of a release is made of this, so nothing else can be said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from figures.cubes import ALL
from figures.disclosure import HIDDEN, IMPOSSIBLE, NOT_COLLECTED
from figures.periods import Period

Number = int | float | str
"""A number as it is shown, or the symbol in its place."""
Key = tuple[str, ...]

SYMBOLS = (HIDDEN, IMPOSSIBLE, NOT_COLLECTED)
WORDS = {HIDDEN: "hidden", IMPOSSIBLE: "cannot be", NOT_COLLECTED: "not collected"}


@dataclass(frozen=True)
class Code:
    """One category, as it was used: its code, its words, and the code that it is a part of."""

    code: str
    label: str
    parent: str = ""


@dataclass(frozen=True)
class Dimension:
    """What a table is counted by, with its codes in the order in which they are shown."""

    name: str
    label: str
    codes: tuple[Code, ...]
    note: str = ""

    def finest(self) -> list[Code]:
        """Give the codes that have no parts."""
        above = {code.parent for code in self.codes}
        return [code for code in self.codes if code.code not in above]

    def in_order(self) -> list[tuple[Code, int]]:
        """Give each code with how deep it stands: parts follow what they are a part of."""
        known = {code.code for code in self.codes}
        tops = [code for code in self.codes if code.parent not in known]
        parts = {top.code: [code for code in self.codes if code.parent == top.code] for top in tops}
        return [pair for top in tops for pair in [(top, 0), *((part, 1) for part in parts[top.code])]]


@dataclass(frozen=True)
class Figure:
    """One cell: its number or symbol, and for a computed one its interval and what it says."""

    shown: Number
    low: Number | None = None
    high: Number | None = None
    says: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it is a number, and no symbol."""
        return not isinstance(self.shown, str)


@dataclass(frozen=True)
class Table:
    """One cube of one release: its words, its dimensions, and its cells by measure."""

    code: str
    title: str
    counts: str
    definition: str
    scope: str
    audience: str
    version: int
    dimensions: tuple[Dimension, ...]
    cells: Mapping[str, Mapping[Key, Figure]] = field(default_factory=dict)

    def key(self, where: Mapping[str, str]) -> Key:
        """Give the key of the cell at these codes; whatever is not named is its margin."""
        return tuple(where.get(dimension.name, ALL) for dimension in self.dimensions)

    def at(self, measure: str = "number", **where: str) -> Figure | None:
        """Give the cell of a measure at these codes, or None if the release has none."""
        return self.cells.get(measure, {}).get(self.key(where))

    def dimension(self, name: str) -> Dimension:
        """Give the dimension of that name."""
        return next(dimension for dimension in self.dimensions if dimension.name == name)


@dataclass(frozen=True)
class Headcount:
    """How many people a rate was made with, on which day, and from which source.

    :ivar group: whose rate it makes: all, constable, staff
    """

    group: str
    label: str
    on: date
    headcount: int
    source: str


@dataclass(frozen=True)
class Happening:
    """What happened beside the figures on a day, and what was shown of the months after it and of a year before those.

    :ivar letter: by which a chart marks it
    :ivar changed: the difference with its interval and what it says; None where there were too few months to compare
    """

    letter: str
    title: str
    on: date
    source: str
    from_month: str = ""
    until_month: str = ""
    after: int = 0
    before: int = 0
    changed: Figure | None = None


@dataclass(frozen=True)
class Correction:
    """What was wrong in a release, and which figures that touched."""

    at: datetime
    text: str
    tables: tuple[str, ...]
    replaced_by: int | None = None


@dataclass(frozen=True)
class Shown:
    """One edition of one period of one force, and what is known about it."""

    key: int
    force_code: str
    force_name: str
    period: Period
    edition: int
    kind: str
    reason: str
    drawn_at: datetime
    out_at: datetime
    withdrawn_at: datetime | None
    withdrawn_for: str
    verdict: tuple[str, ...]
    hidden_share: Mapping[str, float]
    held: Mapping[str, str]
    headcounts: tuple[Headcount, ...]
    content_hash: str
    tables: Mapping[str, Table]
    corrections: tuple[Correction, ...] = ()
    happened: tuple[Happening, ...] = ()

    @property
    def name(self) -> str:
        """Name this edition of its period, such as 2025-26-Q1.2: a name that never means another."""
        return f"{self.period.code}.{self.edition}"

    def number(self, table: str, **where: str) -> Figure | None:
        """Give the number at these codes of a table, or None if the release has none."""
        found = self.tables.get(table)
        return found.at(**where) if found else None

    def for_audience(self, *audiences: str) -> "Shown":
        """Give the same without the tables that are not for these readers, nor what was wrong in those alone."""
        kept = {code: table for code, table in self.tables.items() if table.audience in audiences}
        shares = {code: share for code, share in self.hidden_share.items() if code in kept}
        held = {code: why for code, why in self.held.items() if code in kept}
        wrong = [replace(row, tables=tuple(code for code in row.tables if code in kept)) for row in self.corrections]
        corrections = tuple(row for row in wrong if row.tables)
        return replace(self, tables=kept, hidden_share=shares, held=held, corrections=corrections)


def say(number: Number | None) -> str:
    """Write a number as it stands in a sentence or a table, or its symbol."""
    if number is None:
        return ""
    if isinstance(number, str):
        return number
    return f"{number:,}" if number == int(number) and isinstance(number, int) else f"{number:,.1f}"


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does: one, two and three."""
    return ", ".join(words[:-1]) + (" and " if len(words) > 1 else "") + words[-1] if words else ""
