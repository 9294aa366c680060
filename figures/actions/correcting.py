"""To put right what was published: a line on the list of corrections, a replacement, the annual revision (D9, D10)."""

import json
from collections.abc import Sequence

from campion.workflow import Refused
from campion.working_days import london_date
from figures import content as contents
from figures.actions._common import changing, refuse_strange_numbers
from figures.actions.drawing import ask_for
from figures.models import Correction, Draw
from figures.periods import Period


def correct(*, draw, text: str, cubes: Sequence[str], by, at) -> Correction:
    """Tell the readers of a release what was wrong in it, and which figures that touched.

    :param text: for its readers
    :param cubes: codes of the tables in which it was
    :raises Refused: if this person may not, nothing is said, a figure is, or no table of the release is named
    """
    with changing(draw, "correct", by=by, reason=text) as locked:
        if not cubes or not set(cubes) <= set(json.loads(locked.content)["cubes"]):
            raise Refused("Choose the tables in which the error was.")
        refuse_strange_numbers(text, locked)
        touched = [[cube, []] for cube in cubes]
        return Correction.objects.create(release=locked.release, at=at, text=text.strip(), touched=touched)


def replace(*, draw, reason: str, by, at) -> Draw:
    """Draw a withdrawn period again, as its next edition; the gate knows the withdrawn one too.

    :param reason: for its readers
    :raises Refused: if this person may not, it was not withdrawn, a later edition exists, or no reason is given
    """
    with changing(draw, "replace", by=by, reason=reason) as locked:
        refuse_strange_numbers(reason, locked)
        return ask_for(
            force=locked.force, span=locked.span, kind=Draw.Kind.REPLACEMENT, corrects=locked.release,
            reason=reason.strip(), by=by, at=at,
        )  # fmt: skip


def revise(*, draw, reason: str, by, at) -> Draw:
    """Draw a period again with what was recorded since: once a year, when a financial year itself is due (D9).

    :param reason: for its readers
    :raises Refused: if this person may not, it is too early, a later edition exists, or no reason is given
    """
    with changing(draw, "revise", by=by, reason=reason) as locked:
        refuse_strange_numbers(reason, locked)
        year = revised_with(locked)
        if london_date(at) < year.drawn_from:
            raise Refused(
                f"Late records wait for the annual revision: from {year.drawn_from:%-d %B %Y} on, with the figures for "
                f"{year.label}."
            )
        return ask_for(
            force=locked.force, span=locked.span, kind=Draw.Kind.REVISION, corrects=locked.release,
            reason=reason.strip(), by=by, at=at,
        )  # fmt: skip


def revised_with(draw) -> Period:
    """Give the financial year with whose figures a release can be revised: the first that was not due when drawn."""
    year = draw.span.whole_year
    while year.drawn_from <= london_date(draw.drawn_at):
        year = Period(year.year + 1)
    return year


def note_replacement(*, draw, release, at) -> None:
    """Name on the list of corrections the figures in which a replacement differs from what it replaces."""
    before, after = (json.loads(row.content) for row in (draw.corrects, release))
    if touched := contents.differing(before, after):
        Correction.objects.create(release=draw.corrects, at=at, text=draw.reason, touched=touched, replaced_by=release)
