"""To keep releases of the demonstration in a file, and to put them out again from it: the gate takes minutes, and a
first start has none. Nothing of a real force comes this way.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from campion.workflow import Refused
from figures import content as contents
from figures.actions._common import lock_figures_of, record, releases_of_year
from figures.actions.drawing import earlier_release
from figures.actions.signing import approve, publish
from figures.models import Draw, DrawnBlock, Release
from figures.periods import period as read_period

COUNTERS = ("targets", "programs", "narrowest", "withheld", "kept")


def kept(draw: Draw) -> dict:
    """Give a published first release as plain values, with the true counts that a later audit needs.

    :raises Refused: if it is not of a demonstration, whose counts are of nobody
    """
    _refuse_real(draw.force)
    return {
        "period": draw.period,
        "drawn_at": draw.drawn_at.isoformat(),
        "counters": {name: draw.counters[name] for name in COUNTERS},
        "hidden_share": draw.hidden_share,
        "held": draw.held,
        "verdict": draw.verdict,
        "sha256": draw.content_hash,
        "content": draw.content,
        "blocks": [[row.name, row.counts] for row in draw.blocks.order_by("place")],
    }


def put_out(*, force, release: Mapping, by, publisher) -> Release | None:
    """Put out a release that was kept, signed by one person and published by another on the days after it was drawn.

    None if its period is released already. Charts are drawn anew.

    :param release: as `kept` gives it
    :raises Refused: if the force is real, the content is not what its hash says, or the people may not
    """
    _refuse_real(force)
    if contents.hash_of(release["content"]) != release["sha256"]:
        raise Refused(f"The kept release of {release['period']} is not what was signed: its hash is another.")
    span, drawn_at = read_period(release["period"]), datetime.fromisoformat(release["drawn_at"])
    if Release.objects.filter(force_code=force.code, period=span.code).exists():
        return None
    with transaction.atomic():
        lock_figures_of(force)
        draw = Draw.objects.create(
            force=force, period=span.code, edition=1, state=Draw.State.DRAWN, asked_at=drawn_at, asked_by=by,
            drawn_at=drawn_at, passed=True, verdict=release["verdict"], hidden_share=release["hidden_share"],
            held=release["held"], counters=release["counters"], content=release["content"],
            content_hash=release["sha256"], compared_with=earlier_release(force=force, span=span, at=drawn_at),
            audited_with=list(releases_of_year(force, span).values_list("pk", flat=True)),
        )  # fmt: skip
        DrawnBlock.objects.bulk_create(
            DrawnBlock(draw=draw, place=place, name=name, counts=counts)
            for place, (name, counts) in enumerate(release["blocks"])
        )
        record("load_release", draw, by=by)
    approve(draw=draw, by=by, at=drawn_at + timedelta(days=1))
    return publish(draw=draw, by=publisher, at=drawn_at + timedelta(days=2))


def _refuse_real(force):
    if not force.is_demo:
        raise Refused("Releases are kept in a file for the demonstration alone.")
