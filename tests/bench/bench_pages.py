"""Every list and the figures, over very many copied reports: no more statements than over few, orders from indexes.

What is copied is the demonstration of the usual size, so that each team has its usual share. Run by `make bench` alone,
not with the tests: it fills a database first. CAMPION_BENCH says with how many reports.
"""

import os
from contextlib import closing

import psycopg2
import pytest
from django.utils import timezone

from campion.models import Force
from campion.settings import env
from campion.working_days import london_date
from demo import bulk, making
from demo.people import FORCE
from demo.plan import DEFAULT_SEED, DEFAULT_SIZE
from figures import actions
from tests.bench.pages import DESK, cost_of, nodes_of, pages, person
from tests.bench.released import DASHBOARD, MOST, dashboard, put_out
from tests.people import signed_in

MANY = int(os.environ.get("CAMPION_BENCH") or 100_000)
FEW = 1_000
SMALL_SORT = 10_000
"""Rows that may be put in order for a page without an index: what one person carries or owes."""

pytestmark = pytest.mark.django_db(transaction=True)


def measured(known):
    """Give what each page costs now, once the database has counted its rows, as it does by itself after a minute."""
    with closing(psycopg2.connect(env.str("DATABASE_OWNER_URL"))) as owner, owner.cursor() as cursor:
        cursor.execute("ANALYZE")
        owner.commit()
    clients, found = {}, {}
    for page in known:
        if page.who not in clients:
            clients[page.who] = signed_in(person(page.who))
        found[page] = cost_of(clients[page.who], page)
    return found


def faults_of(page, cost):
    """Say what is wrong with how the database finds the rows of a page: read whole, or put in order by hand."""
    for statement in cost.statements:
        if "victims_" not in statement or ("LIMIT 50" not in statement and not page.path.startswith("/support/SU-")):
            continue
        for node in nodes_of(statement):
            if node["Node Type"] == "Seq Scan" and node["Relation Name"] in ("victims_referral", "victims_clock"):
                yield f"{page.path}: reads all of {node['Relation Name']}"
            # One's own cases are few, and on the way to the last page all before it are read in any case.
            far = "tab=mine" in page.path or "page=100000" in page.path
            if node["Node Type"] in ("Sort", "Incremental Sort") and not far:
                rows = sum(child["Actual Rows"] for child in node["Plans"])
                if rows > SMALL_SORT:
                    yield f"{page.path}: puts {rows:,.0f} rows in order"


def test_pages_take_no_more_statements_and_each_order_comes_from_its_index(settings, capsys):
    settings.DEMO = True
    for _ in making.make(size=DEFAULT_SIZE, seed=DEFAULT_SEED, at=timezone.now(), processes=2, releases=False):
        pass
    force = Force.objects.get(code=FORCE)
    earlier, later = actions.periods_due(force=force, on=london_date(timezone.now()))[-2:]
    list(bulk.make(size=FEW, seed=1))
    known = pages()
    few, counted = measured(known), [(FEW, earlier, put_out(force, earlier))]
    few |= dashboard()
    list(bulk.make(size=MANY - FEW, seed=2))
    counted.append((MANY, later, put_out(force, later)))
    many = dashboard() | measured(known)
    looked_into = [page for page in known if page.path.startswith((DESK, "/support/SU-"))]
    faults = [fault for page in looked_into for fault in faults_of(page, many[page])]
    with capsys.disabled():
        print(f"\n\n{'':>24}{'statements':>12}{'seconds':>9}{'times':>7}  at {MANY:,} reports, against {FEW:,}")
        for page in sorted(many, key=lambda page: -many[page].seconds):
            cost, times = many[page], many[page].seconds / few[page].seconds
            print(f"{page.who:>24}{cost.queries:>12}{cost.seconds:>9.3f}{times:>7.1f}  {page.path}")
        for size, span, watch in counted:
            print(f"Figures of {span.code} among {size:,} reports: {watch}")
    assert not faults, "\n".join(faults)
    assert {page: cost.queries for page, cost in few.items()} == {page: cost.queries for page, cost in many.items()}
    assert all(many[page].queries <= 10 for page in known if page.path.startswith((DESK, "/support/team/")))
    assert sum('"figures_' in statement for statement in many[DASHBOARD].statements) <= MOST
