"""To sign a release and to put it out: one person draws and approves, another publishes. Or to let it go, or withdraw.

What is published is made of the content that was signed and of nothing else. Charts are drawn beforehand, outside any
transaction, and go in with it.
"""

import hashlib
import json
from datetime import timedelta

from campion.workflow import Refused
from campion.working_days import london_date
from figures import charts, reading
from figures import content as contents
from figures.actions._common import changing, facts_of_year, refuse_strange_numbers, releases_of_year
from figures.actions.correcting import note_replacement
from figures.models import Announcement, Cell, Chart, Draw, Release

LONGEST_EMBARGO = timedelta(days=92)


def approve(*, draw, by, at) -> Draw:
    """Sign what will be shown.

    A replacement may be as it was before: that puts back what was withdrawn by mistake.

    :raises Refused: if this person may not, it did not pass the audit, or it is a revision that would change nothing
    """
    with changing(draw, "approve", by=by) as locked:
        if not locked.passed:
            raise Refused("It did not pass the audit, so it cannot be approved. Set it aside.")
        if locked.kind == Draw.Kind.REVISION and len(locked.counters["kept"]) == len(locked.hidden_share):
            raise Refused("Too few records changed in every table, so it would show nothing new. Set it aside.")
        locked.state, locked.approved_at, locked.approved_by = Draw.State.APPROVED, at, by
        locked.save(update_fields=["state", "approved_at", "approved_by"])
    return locked


def publish(*, draw, by, at, publish_at=None) -> Release:
    """Put an approved release out, at once or from the moment at which its embargo ends.

    :param publish_at: the end of the embargo; nobody reads it through the published role before
    :raises Refused: if this person drew or approved it or may not, it would be out before the day that was announced,
        or what it was audited with has changed
    """
    goes_out = publish_at or at
    if goes_out < at:
        raise Refused("The embargo must end later than now.")
    if goes_out > at + LONGEST_EMBARGO:
        raise Refused(f"An embargo ends within {LONGEST_EMBARGO.days} days.")
    said = json.loads(draw.content or "{}")
    pictures = _pictures(draw, said, goes_out) if said else []
    with changing(draw, "publish", by=by) as locked:
        _refuse_before_the_day(locked, goes_out)
        _refuse_what_moved_on(locked, said, at)
        release = Release.objects.create(
            **contents.release_fields(said), corrects=locked.corrects, drawn_at=locked.drawn_at,
            approved_at=locked.approved_at, published_at=at, publish_at=goes_out, content=locked.content,
            content_hash=locked.content_hash,
        )  # fmt: skip
        Cell.objects.bulk_create(Cell(release=release, **fields) for fields in contents.cell_fields(said))
        Chart.objects.bulk_create(
            Chart(release=release, name=name, svg=svg, sha256=hashlib.sha256(svg.encode()).hexdigest())
            for name, svg in pictures
        )
        locked.state, locked.published_at, locked.published_by = Draw.State.PUBLISHED, at, by
        locked.publish_at, locked.release = goes_out, release
        locked.save(update_fields=["state", "published_at", "published_by", "publish_at", "release"])
        if locked.kind == Draw.Kind.REPLACEMENT:
            note_replacement(draw=locked, release=release, at=goes_out)
    return release


def _refuse_before_the_day(draw, goes_out):
    """Nobody reads a release before the day that was announced for it."""
    said = Announcement.objects.filter(force_code=draw.force.code, period=draw.period).order_by("-pk")
    if (announced := said.first()) and london_date(goes_out) < announced.due_on:
        raise Refused(
            f"{announced.due_on:%-d %B %Y} was announced. Choose that day as the end of an embargo, or announce "
            "another with a reason."
        )


def _refuse_what_moved_on(draw, said, at):
    """What was signed was audited and computed with what was known then: that must still be all, and stand."""
    known = list(releases_of_year(draw.force, draw.span).values_list("pk", flat=True))
    if known != draw.audited_with:
        raise Refused("Another release of the year came out since it was drawn. Set this one aside and draw it again.")
    if facts_of_year(draw.force, draw.span, at=at) != draw.known:
        raise Refused(
            "A number that others published was entered since it was drawn. Set this one aside and draw it again."
        )
    before = draw.compared_with
    if before and before.withdrawn_at:
        raise Refused("The release it is compared with was withdrawn. Set this one aside and draw it again.")
    if any("change" in row for row in said.get("happened", ())) and _withdrawn_since(draw):
        raise Refused(
            "A release was withdrawn since it was drawn, and what it says of the months before may rest on that. "
            "Set this one aside and draw it again."
        )


def _withdrawn_since(draw) -> bool:
    return Release.objects.filter(force_code=draw.force.code, withdrawn_at__gt=draw.drawn_at).exists()


def preview(draw) -> tuple[Release, list[Cell]]:
    """Give the rows that publishing would make of what was drawn, unsaved: what the review page shows."""
    said = json.loads(draw.content)
    moments = dict.fromkeys(("drawn_at", "approved_at", "published_at", "publish_at"), draw.drawn_at)
    release = Release(**contents.release_fields(said), **moments, content=draw.content, content_hash=draw.content_hash)
    return release, [Cell(release=release, **fields) for fields in contents.cell_fields(said)]


def _pictures(draw, said, goes_out):
    """Draw the charts of what will be shown, with the months of the releases that are out by then."""
    release, cells = preview(draw)
    rows = [row for row in reading.listed(draw.force.code) if row.out_at <= goes_out]
    mine = reading.Listed(
        0, draw.force.code, draw.force.name, draw.span, draw.edition, draw.kind, draw.reason, goes_out, None, ""
    )
    trend = reading.read([], reading.quarters_before(mine, [row for row in rows if row.period != draw.span]))
    return charts.charts_of(reading.shown_of(release, cells), list(trend.values()))


def set_aside(*, draw, reason, by, at) -> Draw:
    """Let a release on its way go; nothing of it was published.

    :raises Refused: if this person may not, it was published, or no reason is given
    """
    with changing(draw, "set aside", by=by, reason=reason) as locked:
        locked.state, locked.set_aside_at, locked.set_aside_by = Draw.State.SET_ASIDE, at, by
        locked.set_aside_for, locked.leased_until = reason.strip(), None
        locked.save(update_fields=["state", "set_aside_at", "set_aside_by", "set_aside_for", "leased_until"])
    return locked


def withdraw(*, draw, reason, by, at) -> Draw:
    """Say to the readers of a release that it was wrong. It stays, marked so, and the audit knows it for ever (D10).

    :param reason: for its readers
    :raises Refused: if this person may not, it is not published, or no reason is given
    """
    with changing(draw, "withdraw", by=by, reason=reason) as locked:
        refuse_strange_numbers(reason, locked)
        locked.state, locked.withdrawn_at, locked.withdrawn_by = Draw.State.WITHDRAWN, at, by
        locked.withdrawn_for = reason.strip()
        locked.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "withdrawn_for"])
        Release.objects.filter(pk=locked.release_id).update(withdrawn_at=at, withdrawn_for=reason.strip())
    return locked
