"""What a page of figures is given: releases as plain values, in as many queries for one release as for a hundred.

The functions that ask the database are called inside `models.as_published()`: then the database itself shows them what
is out and nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from figures import panels
from figures.models import Announcement, Cell, Chart, Correction, Release
from figures.periods import Period, period
from figures.shown import Code, Dimension, Figure, Happening, Headcount, Key, Shown, Table
from figures.shown import Correction as ShownCorrection

_LIST = (
    "pk", "force_code", "force_name", "period", "edition", "kind", "reason", "publish_at", "withdrawn_at",
    "withdrawn_for", "content_hash",
)  # fmt: skip
"""What a list of releases needs: not the words of every cube, nor the whole of every release."""


@dataclass(frozen=True)
class Listed:
    """One edition of one period, as a list of releases knows it."""

    key: int
    force_code: str
    force_name: str
    period: Period
    edition: int
    kind: str
    reason: str
    out_at: object
    withdrawn_at: object
    withdrawn_for: str

    @property
    def name(self) -> str:
        """Name this edition of its period, such as 2025-26-Q1.2: a name that never means another."""
        return f"{self.period.code}.{self.edition}"


def listed(force_code: str | None = None) -> list[Listed]:
    """Give every release that is out, the newest period first and its editions from the last: one query.

    One that was withdrawn under its embargo is none: nobody was to see it.
    """
    rows = Release.objects.for_readers().only(*_LIST)
    if force_code is not None:
        rows = rows.filter(force_code=force_code)
    found = [
        Listed(
            row.pk, row.force_code, row.force_name, period(row.period), row.edition, row.kind, row.reason,
            row.publish_at, row.withdrawn_at, row.withdrawn_for,
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda row: (row.period.ends_before, bool(row.period.quarter), row.edition), reverse=True)


def standing(rows: Iterable[Listed]) -> list[Listed]:
    """Give of each period of each force the edition that stands: the last that was not withdrawn, or else the last."""
    chosen: dict[tuple[str, Period], Listed] = {}
    for row in rows:
        held = chosen.get((row.force_code, row.period))
        if held is None or (row.withdrawn_at is None, row.edition) > (held.withdrawn_at is None, held.edition):
            chosen[row.force_code, row.period] = row
    return list(chosen.values())


def named(rows: Sequence[Listed], name: str) -> Listed | None:
    """Give the edition of that name; the name of a period alone means the edition of it that stands."""
    found = {row.period.code: row for row in standing(rows)} | {row.name: row for row in rows}
    return found.get(name)


def latest(rows: Sequence[Listed], level: str) -> Listed | None:
    """Give the newest release of quarters or of years that stands, or None if there is none."""
    good = [row for row in standing(rows) if row.period.level == level and row.withdrawn_at is None]
    return max(good, key=lambda row: row.period.ends_before, default=None)


def withdrawn_since(row: Listed, rows: Sequence[Listed]) -> list[Listed]:
    """Give what was withdrawn of periods after a release, if it is the newest of its force and level that stands."""
    force, level = row.force_code, row.period.level
    alike = [other for other in rows if (other.force_code, other.period.level) == (force, level)]
    if row != latest(alike, level):
        return []
    return [other for other in standing(alike) if other.period.ends_before > row.period.ends_before]


def companion(row: Listed, rows: Sequence[Listed]) -> Listed | None:
    """Give the release that belongs beside one.

    Beside a quarter stands its own year, or else the last one before it; beside a year its last quarter.
    """
    chosen = [other for other in standing(rows) if other.withdrawn_at is None]
    if row.period.quarter:
        years = [other for other in chosen if not other.period.quarter]
        own = [other for other in years if other.period == row.period.whole_year]
        earlier = [other for other in years if other.period.ends_before <= row.period.ends_before]
        return max(own or earlier, key=lambda other: other.period.ends_before, default=None)
    quarters = [other for other in chosen if other.period.quarter and other.period.whole_year == row.period]
    return max(quarters, key=lambda other: other.period.quarter, default=None)


def quarters_before(row: Listed, rows: Sequence[Listed]) -> list[Listed]:
    """Give the quarters of the two years that end with a release, without itself: what its trend goes on from."""
    span = {month for other in panels.two_years(row.period) for month in other.months}
    return [
        other
        for other in standing(rows)
        if other.period.quarter
        and other.key != row.key
        and other.withdrawn_at is None
        and set(other.period.months) <= span
    ]


def moved_since(row: Listed, rows: Sequence[Listed]) -> bool:
    """Whether other months of a release's trend came out, were replaced or were withdrawn after it.

    Its charts were drawn once, of what was out then.
    """
    span = {month for other in panels.two_years(row.period) for month in other.months}
    return any(
        other.out_at > row.out_at or (other.withdrawn_at is not None and other.withdrawn_at > row.out_at)
        for other in rows
        if other.period.quarter and other.period != row.period and set(other.period.months) <= span
    )


def read(whole: Sequence[Listed], trend: Sequence[Listed] = ()) -> dict[int, Shown]:
    """Give releases by key, `whole` with all that they show and `trend` with their months alone: three queries."""
    keys = {row.key for row in whole}
    months = {row.key for row in trend} - keys
    releases = list(Release.objects.filter(pk__in=keys | months).defer("content"))
    wanted = Cell.objects.filter(Q(release__in=keys) | Q(release__in=months, cube=panels.TREND_CUBE))
    cells: dict[int, list[Cell]] = {}
    for cell in wanted.order_by("release", "cube", "measure", "place"):
        cells.setdefault(cell.release_id, []).append(cell)
    corrections: dict[int, list[Correction]] = {}
    for row in Correction.objects.filter(release__in=keys).order_by("-at", "-pk"):
        corrections.setdefault(row.release_id, []).append(row)
    return {row.pk: shown_of(row, cells.get(row.pk, ()), corrections.get(row.pk, ())) for row in releases}


def charts(keys: Iterable[int]) -> dict[tuple[int, str], str]:
    """Give the charts of releases as they were drawn, by release and name: one query."""
    rows = Chart.objects.filter(release__in=list(keys)).values_list("release", "name", "svg")
    return {(release, name): svg for release, name, svg in rows}


def chart(key: int, name: str) -> str | None:
    """Give one chart of a release, or None if it has no such chart."""
    return Chart.objects.filter(release=key, name=name).values_list("svg", flat=True).first()


@dataclass(frozen=True)
class Due:
    """The day on which a period will be released, as it was last announced."""

    force_code: str
    period: Period
    on: date
    reason: str


def announced(force_code: str | None, out: Iterable[Listed]) -> list[Due]:
    """Give the days announced for periods that are not out yet, the next first: one query."""
    rows = Announcement.objects.order_by("force_code", "period", "-pk").distinct("force_code", "period")
    if force_code is not None:
        rows = rows.filter(force_code=force_code)
    known = {(row.force_code, row.period) for row in out}
    due = [Due(row.force_code, period(row.period), row.due_on, row.reason) for row in rows]
    return sorted(
        (row for row in due if (row.force_code, row.period) not in known), key=lambda row: (row.on, row.period)
    )


def shown_of(release: Release, cells: Iterable[Cell], corrections: Iterable[Correction] = ()) -> Shown:
    """Give a release and its cells as plain values; asks the database nothing."""
    dimensions = {
        name: Dimension(
            name,
            given["label"],
            tuple(Code(code["code"], code["label"], code.get("parent", "")) for code in given["codes"]),
            given.get("note", ""),
        )
        for name, given in release.dimensions.items()
    }
    by_table: dict[str, dict[str, dict[Key, Figure]]] = {}
    for cell in cells:
        figure = Figure(cell.shown, _plain(cell.low), _plain(cell.high), cell.says)
        by_table.setdefault(cell.cube, {}).setdefault(cell.measure, {})[tuple(cell.codes)] = figure
    tables = {
        code: Table(
            code, given["title"], given["counts"], given["definition"], given["scope"], given["audience"],
            given.get("version", 1), tuple(dimensions[name] for name in given["dimensions"]), by_table.get(code, {}),
        )
        for code, given in sorted(release.cubes.items(), key=lambda pair: (len(pair[0]), pair[0]))
    }  # fmt: skip
    return Shown(
        key=release.pk,
        force_code=release.force_code,
        force_name=release.force_name,
        period=release.span,
        edition=release.edition,
        kind=release.kind,
        reason=release.reason,
        drawn_at=release.drawn_at,
        out_at=release.publish_at,
        withdrawn_at=release.withdrawn_at,
        withdrawn_for=release.withdrawn_for,
        verdict=tuple(release.verdict),
        hidden_share=release.hidden_share,
        held=release.held,
        headcounts=tuple(
            Headcount(row["type"], row["label"], date.fromisoformat(row["on"]), row["headcount"], row.get("source", ""))
            for row in release.headcounts
        ),
        content_hash=release.content_hash,
        tables=tables,
        happened=tuple(_happening(place, row) for place, row in enumerate(release.happened)),
        corrections=tuple(
            ShownCorrection(row.at, row.text, tuple(dict.fromkeys(pair[0] for pair in row.touched)), row.replaced_by_id)
            for row in corrections
        ),
    )


def _happening(place, row):
    known = {"letter": chr(ord("A") + place), "title": row["title"], "source": row["source"]}
    around = {}
    if "change" in row:
        around = {
            "from_month": row["from"],
            "until_month": row["until"],
            "after": row["after"],
            "before": row["before"],
            "changed": Figure(row["change"], row["low"], row["high"], row["says"]),
        }
    return Happening(**known, on=date.fromisoformat(row["on"]), **around)


def _plain(value):
    return None if value is None else int(value) if value == int(value) else float(value)
