"""What the desk says beside a release: the day on which one will come, what others published, headcounts."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction

from campion import audit
from campion.months import month_label
from campion.roles import Role
from campion.workflow import Refused
from campion.working_days import london_date
from figures.actions._common import lock_figures_of, refuse_strange_numbers
from figures.cubes import BLOCKS, DIMENSIONS
from figures.headcount import Heads
from figures.models import Announcement, OutsideFact, Release, Workforce
from figures.periods import Period
from figures.periods import period as read_period
from reports import counts


def announce(*, force, period: str, due_on, reason: str = "", by, at) -> Announcement:
    """Say to everybody on which day a period will be released. Said again, the later word counts, with its reason.

    :raises Refused: if this person does not run the desk, the day is too early, or moved without a reason
    """
    span = _span(period)
    with transaction.atomic():
        _of_the_desk(force, by)
        lock_figures_of(force)
        if Release.objects.filter(force_code=force.code, period=span.code).exists():
            raise Refused(f"The figures for {span.label} were released already.")
        if due_on < max(span.drawn_from, london_date(at)):
            raise Refused(
                f"Choose a day from {max(span.drawn_from, london_date(at)):%-d %B %Y} on: no figures are drawn earlier."
            )
        refuse_strange_numbers(reason)
        before = Announcement.objects.filter(force_code=force.code, period=span.code).order_by("-pk").first()
        if before and before.due_on != due_on and not reason.strip():
            raise Refused("Say why the day is moved: readers are told.")
        if before and before.due_on == due_on:
            return before
        said = Announcement.objects.create(
            force_code=force.code, period=span.code, due_on=due_on, at=at, reason=reason.strip()
        )
        audit.record("announce_release", by=by, object_type="release", object_id=str(said.pk), reason_code=span.code)
    return said


def state_fact(*, force, period: str, low: int, high: int, source: str, by, at, dimension="", code="") -> OutsideFact:
    """Keep something that others published about the same assaults, so that the audit knows it too (D6).

    :param low, high: between which the number lies, both included
    :param dimension, code: of what part of the period; empty for all of it
    :raises Refused: if this person does not run the desk, or it says nothing that can be audited
    """
    span = _span(period)
    if not source.strip():
        raise Refused("Say where it was published.")
    if not 0 <= low <= high:
        raise Refused("The smaller number comes first.")
    if bool(dimension) != bool(code):
        raise Refused("Choose what it was counted by, and which part of that.")
    if dimension and not _counted_by(force, span, dimension, code):
        raise Refused("Nothing of this period is counted so.")
    with transaction.atomic():
        _of_the_desk(force, by)
        lock_figures_of(force)
        said = OutsideFact.objects.create(
            force=force, period=span.code, dimension=dimension, code=code, low=low, high=high, source=source.strip(),
            said_at=at, said_by=by,
        )  # fmt: skip
        audit.record("state_fact", by=by, object_type="outside_fact", object_id=str(said.pk), reason_code=span.code)
    return said


def parts_of(*, force, spans: Iterable[Period]) -> dict[str, str]:
    """Give the parts of these periods that others may have counted: "dimension/code" -> in words."""
    names = dict.fromkeys(name for block in BLOCKS.values() if block.unit == "assaults" for name in block.dimensions)
    return {
        f"{name}/{code}": f"{DIMENSIONS[name].label}: {label}"
        for name in names
        for span in spans
        for code, label in _codes(force, span, name).items()
    }


def _counted_by(force, span, dimension, code) -> bool:
    blocks = [block for block in BLOCKS.values() if block.level == span.level and block.unit == "assaults"]
    return any(dimension in block.dimensions for block in blocks) and code in _codes(force, span, dimension)


def _codes(force, span, dimension) -> dict[str, str]:
    """Give the codes of a dimension in a period, with their words; of areas the finest."""
    if dimension == "month":
        return {month: month_label(month) for month in span.months}
    if dimension == "area":
        areas = counts.areas_on(force, span.ends_before - timedelta(days=1))
        return {area.code: area.label for area in areas}
    return {code.code: code.label for code in DIMENSIONS[dimension].codes} if dimension in DIMENSIONS else {}


@transaction.atomic
def load_workforce(*, rows: Iterable[tuple[object, Heads]], source: str, by, at) -> int:
    """Keep headcounts, each in the place of the same force, day and type; give how many changed or are new.

    :param rows: (force, line)
    :param source: where they were published
    """
    changed = 0
    for force, heads in rows:
        key = {"force": force, "on": heads.on, "worker_type": heads.worker_type}
        said = {"headcount": heads.headcount, "fte": heads.fte, "source": source}
        if not Workforce.objects.filter(**key, **said).exists():
            Workforce.objects.update_or_create(**key, defaults=said | {"from_on": heads.on, "checked": True})
            changed += 1
    audit.record("load_workforce", by=by, object_type="workforce", object_id=str(changed))
    return changed


def _span(code):
    try:
        return read_period(code)
    except ValueError:
        raise Refused("There is no such period.") from None


def _of_the_desk(force, by):
    if not by.plays(Role.GOVERNANCE) or by.force_id != force.pk:
        raise Refused("Only information governance of the force does that.")
