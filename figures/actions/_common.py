"""What the actions of figures share: the lock, the frame of a change to a release on its way, and its audit line."""

import json
from contextlib import contextmanager

from django.db import connection, transaction

from campion import audit
from campion.workflow import Refused
from figures import content as contents
from figures.models import Draw, OutsideFact, Release
from figures.periods import Period
from figures.prose import strange_numbers
from figures.workflow import release_workflow


def lock_figures_of(force) -> None:
    """Let one change at a time be made to the releases of a force, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('campion.figures'), %s)", [force.pk])


@contextmanager
def changing(draw, verb, *, by, reason="", recorded=""):
    """Lock a release on its way, check that this person may do this to it now, and give it to the caller to change.

    :param recorded: the name of the audit line, if it is not that of the verb
    :raises Refused: if they may not, not now, or do not know of it
    """
    with transaction.atomic():
        lock_figures_of(draw.force)
        locked = Draw.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=draw.pk).first()
        if locked is None:
            raise Refused("You may not do that, so nothing was changed.")
        release_workflow.check(verb, by, locked, reason=reason)
        yield locked
        record(recorded or f"{verb.replace(' ', '_')}_release", locked, by=by)


def refuse_strange_numbers(text: str, draw=None) -> None:
    """Let no figure out in words for readers that the gate did not let out (D1).

    :param draw: the release that they are about: what it shows may be named
    :raises Refused: with the numbers that are neither shown there, nor part of a date or a name
    """
    shown = contents.numbers_of(json.loads(draw.content)) if draw and draw.content else ()
    if strange := strange_numbers(text, shown):
        raise Refused(
            f"Readers will see this, and a figure comes out in a release alone. Write it without {', '.join(strange)}."
        )


def record(verb, draw, *, by):
    """Write the audit line of a change: the hash of what is signed once there is one, the period and the edition."""
    audit.record(
        verb,
        by=by,
        object_type="release",
        object_id=draw.content_hash or str(draw.key),
        reason_code=f"{draw.period}/{draw.edition}",
    )


def releases_of_year(force, span: Period):
    """Give every release of the financial year of a period, in the order in which they were drawn: what a reader of
    them all knows, the withdrawn ones too."""
    year = span.whole_year.code
    rows = Release.objects.filter(force_code=force.code, period__startswith=year)
    return rows.defer("content").order_by("drawn_at", "pk")


def facts_of_year(force, span: Period, *, at) -> list[dict]:
    """Give what is known from outside about the financial year of a period, as it was known at a moment (D6)."""
    rows = OutsideFact.objects.filter(force=force, period__startswith=span.whole_year.code, said_at__lte=at)
    return list(rows.order_by("pk").values("period", "dimension", "code", "low", "high"))
