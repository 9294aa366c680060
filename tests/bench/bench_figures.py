"""Figures of very many reports: how long counting takes, and that the dashboard neither knows nor cares how many.

Run by `make bench` alone, not with the tests: it fills a database first. CAMPION_BENCH says with how many reports.
"""

import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock

import pytest
from django.utils import timezone

from campion.models import Force
from campion.working_days import london_date
from demo import bulk, making, releasing
from demo.people import FORCE
from figures import actions
from reports.models import Assault
from tests.bench.bench_lists import DEMONSTRATION, FEW, MANY
from tests.bench.pages import Page, cost_of, person
from tests.people import signed_in

MOST = 5
"""Statements that read the released tables for the dashboard; session, person, roles and audit are every page's."""
DASHBOARD = Page("pcc", "/dashboard/")
PAGES = (DASHBOARD, Page("pcc", "/figures/"))

pytestmark = pytest.mark.django_db(transaction=True)


class Watch:
    """Keeps when each stage of a draw began to tell how far it is, and when it ended."""

    def __init__(self):
        self.began, self.ended, self.steps = {}, {}, {}

    def __call__(self, stage, done, of):
        now = time.perf_counter()
        self.began.setdefault(stage, now)
        self.ended[stage], self.steps[stage] = now, of

    def seconds(self, stage):
        return self.ended[stage] - self.began[stage]


def put_out(force, span):
    """Draw a period and publish it; give what watched it."""
    by, publisher = releasing.signatories(force)
    at, watch = datetime.combine(span.drawn_from + timedelta(days=7), clock(12), UTC), Watch()
    drawn = actions.draw(draw=actions.ask(force=force, period=span.code, by=by, at=at), by=by, at=at, progress=watch)
    assert drawn.passed, drawn.verdict
    actions.approve(draw=drawn, by=by, at=at + timedelta(days=1))
    actions.publish(draw=drawn, by=publisher, at=at + timedelta(days=2))
    return watch


def dashboard():
    """Give what each page of released figures costs now, of those of today's newest release."""
    client = signed_in(person("pcc"))
    return {page: cost_of(client, page, times=9) for page in PAGES}


def test_the_dashboard_costs_the_same_whatever_was_counted(settings, capsys):
    settings.DEMO = True
    for _ in making.make(size=DEMONSTRATION, seed=1, at=timezone.now(), processes=1, releases=False):
        pass
    force = Force.objects.get(code=FORCE)
    earlier, later = actions.periods_due(force=force, on=london_date(timezone.now()))[-2:]
    lines, costs = [], []
    for size, more, span in ((FEW, FEW, earlier), (MANY, MANY - FEW, later)):
        list(bulk.make(size=more, seed=size))
        watch = put_out(force, span)
        costs.append(dashboard())
        lines.append(
            f"{size:>9,} reports, {Assault.objects.counted().count():>9,} assaults counted: {span.code} counted in "
            f"{watch.seconds('count'):.1f} s ({watch.steps['count']} steps), audited in {watch.seconds('audit'):.1f} s"
        )
    few, many = costs
    with capsys.disabled():
        print("\n\n" + "\n".join(lines))
        for page in PAGES:
            times = many[page].seconds / few[page].seconds
            print(f"{many[page].queries:>3} statements {many[page].seconds:>7.3f} s {times:>5.1f} times  {page.path}")
    for costs in (few, many):
        assert sum('"figures_' in statement for statement in costs[DASHBOARD].statements) <= MOST
    assert {page: cost.queries for page, cost in few.items()} == {page: cost.queries for page, cost in many.items()}
