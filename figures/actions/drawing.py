"""To draw a release: count at one moment, freeze, control, audit, and keep it for review.

Asking and drawing are two steps, since an audit takes minutes: the queue draws what the desk asked for. The counts are
taken in one durable transaction whose first statement sets repeatable read; the audit runs outside of any.
"""

import json
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django_q.tasks import async_task

from campion.roles import Role
from campion.workflow import Refused
from campion.working_days import london_date
from figures import content as contents
from figures import happenings, headcount, panels, pulse, reading, vintages
from figures.actions._common import changing, facts_of_year, lock_figures_of, record, releases_of_year
from figures.cubes import Code, blocks_of, cubes_of
from figures.disclosure import LEAST_CHANGED, NotAuditable, Verdict, Vintage, gate
from figures.models import Cell, Draw, DrawnBlock, Happening, Release, Workforce
from figures.periods import Period, quarter_of
from figures.periods import period as read_period
from figures.workflow import release_workflow
from reports import counts
from reports.counts import Uncountable
from victims import counts as welfare

LEASE = timedelta(hours=2)
"""How long one attempt at drawing may take before another may begin."""
TASK_SECONDS = 2 * 60 * 60


def ask(*, force, period: str, by, at) -> Draw:
    """Ask for the first release of a period; the queue draws it.

    :param period: a code such as 2025-26-Q1 or 2025-26
    :raises Refused: if this person does not run the desk, the period is none, not due, on its way or released
    """
    try:
        span = read_period(period)
    except ValueError:
        raise Refused("Choose one of the periods that are due.") from None
    with transaction.atomic():
        return ask_for(force=force, span=span, kind=Draw.Kind.FIRST, corrects=None, reason="", by=by, at=at)


def ask_for(*, force, span, kind, corrects, reason, by, at) -> Draw:
    """Put an edition of a period on its way, inside the transaction of whoever asks.

    :raises Refused: as `ask`
    """
    if not by.plays(Role.GOVERNANCE) or by.force_id != force.pk:
        raise Refused("Only information governance of the force draws its figures.")
    lock_figures_of(force)
    if london_date(at) < span.drawn_from:
        raise Refused(
            f"The figures for {span.label} are drawn from {span.drawn_from:%-d %B %Y} on: late reports come in until "
            "then."
        )
    if Draw.objects.open().filter(force=force, period=span.code).exists():
        raise Refused(f"A release of {span.label} is on its way already.")
    editions = Release.objects.filter(force_code=force.code, period=span.code).order_by("-edition")
    last = editions.defer("content").first()
    if kind == Draw.Kind.FIRST and last:
        raise Refused(f"The figures for {span.label} were released. They can be revised, or withdrawn and replaced.")
    if kind != Draw.Kind.FIRST and (last is None or last.pk != corrects.pk):
        raise Refused("There is a later edition of it. Only the last one is replaced or revised.")
    made = Draw.objects.create(
        force=force, period=span.code, edition=last.edition + 1 if last else 1, kind=kind, corrects=corrects,
        reason=reason, asked_at=at, asked_by=by,
    )  # fmt: skip
    record("ask_for_release", made, by=by)
    _queue(made)
    return made


def ask_again(*, draw, by, at) -> Draw:
    """Have the queue try once more to draw what it could not.

    :raises Refused: if this person may not, or it is being drawn or was drawn
    """
    with changing(draw, "draw", by=by, recorded="ask_again_for_release") as locked:
        if locked.leased_until and locked.leased_until > at:
            raise Refused("It is being drawn now.")
        Draw.objects.filter(pk=locked.pk).update(fault="", leased_until=None)
        _queue(locked)
    return locked


def _queue(made):
    async_task("figures.tasks.draw_release", made.pk, q_options={"timeout": TASK_SECONDS})


def draw(*, draw, by, at, progress: Callable[[str, int, int], None] = lambda stage, done, of: None) -> Draw:
    """Count what was asked for as it is now, control it, audit it with everything released of its year, and keep it.

    :param progress: is told the stage, how much is done, and of how much
    :raises Refused: if this person may not, it is being drawn or was drawn, or it cannot be counted or audited
    """
    with transaction.atomic(durable=True):
        _lease(draw, by=by, at=at)
    try:
        with _snapshot():
            counted = _Counted(draw, at=at, progress=progress)
        progress("audit", 0, 1)
        verdict = _gated(draw, counted.published, counted.vintage)
        progress("audit", 1, 1)
    except (NotAuditable, Uncountable) as problem:
        _give_up(draw, str(problem))
        raise Refused(f"It could not be drawn. {problem}") from problem
    except Exception:
        _give_up(draw, "It stopped before it was done.")
        raise
    happened = _happened(draw, verdict, at=at)
    text = contents.canonical(
        contents.content_of(_heading(draw, at), verdict, counted.lists, counted.headcounts, counted.earlier, happened)
    )
    with transaction.atomic(durable=True):
        return _keep(draw, counted, verdict, text, by=by, at=at)


def _lease(draw, *, by, at):
    locked = Draw.objects.select_for_update(of=("self",)).get(pk=draw.pk)
    release_workflow.check("draw", by, locked)
    if locked.leased_until and locked.leased_until > at:
        raise Refused("It is being drawn already.")
    locked.leased_until, locked.fault = at + LEASE, ""
    locked.save(update_fields=["leased_until", "fault"])


def _give_up(draw, fault):
    Draw.objects.filter(pk=draw.pk, state=Draw.State.ASKED).update(fault=fault[:300], leased_until=None)


@contextmanager
def _snapshot():
    """See the database as it is at one moment, and let a statement take its time."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SET LOCAL statement_timeout = '10min'")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        yield


def _gated(draw, published, vintage) -> Verdict:
    """Ask the gate, with insiders in pairs too (X4). A replacement shows whatever changed at all: what it mends."""
    least = 1 if draw.kind == Draw.Kind.REPLACEMENT else LEAST_CHANGED
    return gate(published, vintage, pairs=True, least_changed=least)


class _Counted:
    """What was read at one moment: the new vintage, those before it, and what else the release is made of."""

    def __init__(self, draw, *, at, progress):
        span = draw.span
        scope = counts.scope_of(draw.force, span.months, at=at)
        self.lists = vintages.code_lists(span, _area_codes(scope.areas))
        self.known = facts_of_year(draw.force, span, at=at)
        blocks = []
        asked = blocks_of(span.level)
        for number, block in enumerate(asked):
            progress("count", number, len(asked))
            blocks.append(_count(block, scope, self.lists))
        progress("count", len(asked), len(asked))
        self.vintage = _vintage(draw.period, draw.edition, blocks, self.known)
        self.unfit = vintages.unfit(self.known, span, blocks)
        self.released = list(releases_of_year(draw.force, span).values_list("pk", flat=True))
        self.published = _published(self.released, self.known)
        rows = Workforce.objects.filter(force=draw.force).values("on", "worker_type", "headcount", "source")
        self.headcounts = headcount.bases(rows, until=span.ends_before - timedelta(days=1))
        self.compared_with = earlier_release(force=draw.force, span=span, at=at)
        self.earlier = _earlier_of(self.compared_with) if self.compared_with else None


def _area_codes(areas) -> list[Code]:
    """Put each area below the one that it became part of."""
    codes = []
    for above, label in sorted({(area.above, area.above_label) for area in areas}):
        codes += [Code(above, label)] if above else []
        codes += [Code(area.code, area.label, above) for area in areas if area.above == above]
    return codes


def _count(block, scope, lists):
    cubes = [cube for cube in cubes_of(block.level) if cube.block == block.name]
    tables = [cube.dimensions for cube in cubes]
    if block.unit == "answers":
        found = pulse.count(scope.force_id, scope.months, block.dimensions, tables)
    elif block.unit == "clocks":
        found = welfare.count_rights(scope, block.dimensions, tables)
    elif set(block.dimensions) & set(welfare.DIMENSIONS):
        found = welfare.count(scope, block.dimensions, tables)
    else:
        found = counts.count(scope, block.unit, block.dimensions, tables)
    by_cube = {cube.code: cells for cube, cells in zip(cubes, found.cells, strict=True)}
    return vintages.block_counts(block, lists, found.atoms, by_cube)


def _vintage(code, edition, blocks, facts) -> Vintage:
    span = read_period(code)
    known = vintages.known_of(facts, span, blocks)
    name, main = vintages.name_of(code, edition), vintages.main_block(span.level)
    return Vintage(name, span.months, tuple(blocks), main, known)


def _published(released, facts) -> list[Vintage]:
    rows = Draw.objects.filter(release__in=released).without_content().prefetch_related("blocks")
    return [
        _vintage(row.period, row.edition, _blocks(row), facts)
        for row in sorted(rows, key=lambda row: (row.drawn_at, row.pk))
    ]


def _blocks(row):
    return [vintages.thawed(kept.name, kept.counts) for kept in sorted(row.blocks.all(), key=lambda kept: kept.place)]


def earlier_release(*, force, span, at) -> Release | None:
    """Give the release of the same period a year before that was out at a moment and stands: changes count from it."""
    rows = Release.objects.filter(force_code=force.code, period=span.year_before.code).out(at=at).standing()
    return rows.defer("content").order_by("-edition").first()


def _earlier_of(row) -> contents.Earlier:
    shown = {}
    for cell in Cell.objects.filter(release=row, measure="number"):
        shown.setdefault(cell.cube, {})[tuple(cell.codes)] = cell.shown
    versions = {code: words["version"] for code, words in row.cubes.items()}
    return contents.Earlier(vintages.name_of(row.period, row.edition), row.span, shown, versions)


def _happened(draw, verdict, *, at) -> list[dict]:
    """Give what happened within the two years of the trend, with what is shown of the months around it."""
    cube = verdict.vintage.cubes.get(panels.TREND_CUBE)
    if cube is None:
        return []
    rows = [row for row in reading.listed(draw.force.code) if row.out_at <= at and row.period != draw.span]
    stand = [row for row in reading.standing(rows) if row.period.quarter and row.withdrawn_at is None]
    trend = reading.read([], stand)
    shown = {month: number for release in trend.values() for month, number in panels.months_of(release).items()}
    shown |= {codes[0]: number for codes, number in cube.shown.items()}
    known = Happening.objects.filter(Q(force=draw.force) | Q(force=None))
    marks = [happenings.Happening(row.code, row.title, row.from_on, row.source) for row in known]
    months = [month for span in panels.two_years(draw.span) for month in span.months]
    return happenings.beside(marks, months, shown)


def _heading(draw, at) -> contents.Heading:
    return contents.Heading(
        force_code=draw.force.code,
        force_name=draw.force.name,
        period=draw.span,
        edition=draw.edition,
        kind=draw.kind,
        drawn_on=london_date(at),
        corrects=draw.corrects.edition if draw.corrects else None,
        reason=draw.reason,
    )


def _keep(draw, counted, verdict, text, *, by, at) -> Draw:
    lock_figures_of(draw.force)
    locked = Draw.objects.select_for_update(of=("self",)).get(pk=draw.pk)
    if locked.state != Draw.State.ASKED:
        raise Refused("It was set aside while it was being drawn.")
    if list(releases_of_year(draw.force, draw.span).values_list("pk", flat=True)) != counted.released:
        _give_up(draw, "Another release of the year came out meanwhile: draw it again.")
        return Draw.objects.get(pk=draw.pk)
    locked.state, locked.drawn_at, locked.passed, locked.leased_until = Draw.State.DRAWN, at, verdict.passed, None
    locked.verdict, locked.held = list(verdict.words), dict(verdict.held)
    locked.hidden_share = {code: round(share, 4) for code, share in verdict.hidden_share.items()}
    locked.counters = {
        "targets": verdict.targets,
        "programs": verdict.programs,
        "narrowest": verdict.narrowest,
        "withheld": [[cube, list(cell)] for cube, cell in verdict.withheld],
        "unfit": counted.unfit,
        "kept": {code: cube.kept_from for code, cube in verdict.vintage.cubes.items() if cube.kept_from},
    }
    locked.known, locked.audited_with, locked.compared_with = counted.known, counted.released, counted.compared_with
    locked.content, locked.content_hash = text, contents.hash_of(text)
    locked.save(
        update_fields=[
            "state", "drawn_at", "passed", "leased_until", "verdict", "held", "hidden_share", "counters", "known",
            "audited_with", "compared_with", "content", "content_hash",
        ]
    )  # fmt: skip
    DrawnBlock.objects.bulk_create(
        DrawnBlock(draw=locked, place=place, name=block.name, counts=vintages.frozen(block))
        for place, block in enumerate(verdict.vintage.blocks)
    )
    record("draw_release", locked, by=by)
    return locked


def rebuilt(draw) -> str:
    """Make the canonical JSON of a drawn release again from what was frozen, with the audit anew; writes nothing."""
    kept = Draw.objects.select_related("force", "corrects", "compared_with").get(pk=draw.pk)
    published = _published(kept.audited_with, kept.known)
    vintage = vintages.undecided(_vintage(kept.period, kept.edition, _blocks(kept), kept.known))
    verdict = _gated(kept, published, vintage)
    said = json.loads(kept.content)
    lists = {name: vintages.CodeList.read(given) for name, given in said["dimensions"].items()}
    earlier = _earlier_of(kept.compared_with) if kept.compared_with else None
    heading = _heading(kept, kept.drawn_at)
    happened = said.get("happened", ())
    return contents.canonical(contents.content_of(heading, verdict, lists, said["headcounts"], earlier, happened))


def periods_due(*, force, on, in_part: bool = False) -> list[Period]:
    """Give the periods that may be drawn on a London date and were neither released nor are on their way, in order.

    The first is the quarter that begins with the month of the first report, or else the next: before, reporting had
    only begun, and too much of the tables would be hidden. A year is due that has such a quarter.

    :param in_part: with the quarter in which reporting began, and its year
    """
    first = counts.first_counted_on(force)
    if first is None:
        return []
    taken = set(Draw.objects.open().filter(force=force).values_list("period", flat=True))
    taken |= set(Release.objects.filter(force_code=force.code).values_list("period", flat=True))
    found, span = [], quarter_of(first)
    while span.drawn_from <= on:
        if in_part or span.months[0] >= f"{first:%Y-%m}":
            found += [span, span.whole_year] if span.quarter == 4 else [span]
        span = Period(span.year, span.quarter + 1) if span.quarter < 4 else Period(span.year + 1, 1)
    return [span for span in found if span.code not in taken]
