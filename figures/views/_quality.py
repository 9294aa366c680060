"""How good the figures are: what is hidden, missing, late, revised, or hard to believe. From released cells alone."""

from collections.abc import Sequence

from figures import panels, reading
from figures.cubes import NOT_KNOWN
from figures.shown import Shown, say
from figures.views import _outside

LIKELY_HURT = (5, 80)
"""Percent of assaults that hurt somebody: years published for a force lie between 25 and 36 (domain.md 8.3, 8.6)."""


def quality(releases: Sequence[Shown], editions: Sequence[reading.Listed]) -> dict:
    """Give what a reader should know before trusting the figures of these releases.

    :param editions: all that are out for the force, by which revisions are told
    """
    return {
        "hidden": [row for shown in releases for row in _hidden(shown)],
        "missing": [row for shown in releases for row in _missing(shown)],
        "late": [row for shown in releases for row in _late(shown)],
        "revised": [row for shown in releases for row in _revised(shown, editions)],
        "implausible": [row for shown in releases for row in implausible(shown)],
        "held": [row for shown in releases for row in _outside.held(shown)],
    }


def _hidden(shown):
    return [
        {"title": shown.tables[code].title, "period": shown.period.label, "share": f"{round(100 * share)}%"}
        for code, share in sorted(shown.hidden_share.items(), key=lambda pair: (len(pair[0]), pair[0]))
        if code in shown.tables
    ]


def _missing(shown):
    """Give how often something is not known, for each dimension that can be not known."""
    for panel in panels.PANELS:
        grid = panel.grid(shown)
        if grid is None or panel.columns or not panel.rows:
            continue
        table = grid.tables[0]
        dimension = table.dimension(panel.rows)
        unknown = next((code for code in dimension.codes if code.code == NOT_KNOWN), None)
        if unknown is None:
            continue
        where = {dimension.name: unknown.code}
        yield {
            "title": dimension.label,
            "period": shown.period.label,
            "number": _outside.cell(table.at(**where)),
            "share": _outside.percent(table.at("percent", **where)),
        }


def _late(shown):
    """Give how many assaults were told of late."""
    if table := shown.tables.get("C22"):
        for code in table.dimension("delay").codes[1:]:
            yield {
                "title": code.label,
                "period": shown.period.label,
                "number": _outside.cell(table.at(delay=code.code)),
                "share": _outside.percent(table.at("percent", delay=code.code)),
            }


def _revised(shown, editions):
    yield from (
        {
            "period": row.period.label,
            "name": row.name,
            "out_at": row.out_at,
            "why": row.withdrawn_for if row.withdrawn_at else row.reason,
            "what": "withdrawn" if row.withdrawn_at else "came in place of an earlier one",
        }
        for row in editions
        if row.period == shown.period and (row.edition > 1 or row.withdrawn_at)
    )


def implausible(shown: Shown) -> list[str]:
    """Say of each figure that lies far from what any force has had, that it does, and what may be behind it."""
    share = shown.tables["C5"].at("percent", injury="physical") if "C5" in shown.tables else None
    least, most = LIKELY_HURT
    if share is None or not share.is_number or least <= share.shown <= most:
        return []
    why = (
        "Often this means that only assaults with an injury are reported, and the others are missing."
        if share.shown > most
        else "Often this means that injuries are not written down when the report is made."
    )
    return [
        f"{say(share.shown)}% of assaults in {shown.period.label} are said to have hurt somebody. "
        f"That is unlike any year published for a police force. {why}"
    ]
