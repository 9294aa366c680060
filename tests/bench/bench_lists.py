"""Every list over very many copied reports: the same statements as over few, each order from its index, and a table.

Run by `make bench` alone, not with the tests: it fills a database first. CAMPION_BENCH says with how many reports.
"""

import os
from contextlib import closing

import psycopg2
import pytest
from django.utils import timezone

from campion.settings import env
from demo import bulk, making
from tests.bench.pages import DESK, cost_of, nodes_of, pages, person
from tests.people import signed_in

MANY = int(os.environ.get("CAMPION_BENCH") or 100_000)
FEW = 1_000
DEMONSTRATION = 60
"""Assaults born through actions, of which the others are copies."""
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
            if node["Node Type"] in ("Sort", "Incremental Sort") and "tab=mine" not in page.path:
                rows = sum(child["Actual Rows"] for child in node["Plans"])
                if rows > SMALL_SORT:
                    yield f"{page.path}: puts {rows:,.0f} rows in order"


def test_lists_take_no_more_statements_and_each_order_comes_from_its_index(settings, capsys):
    settings.DEMO = True
    for _ in making.make(size=DEMONSTRATION, seed=1, at=timezone.now(), processes=1, releases=False):
        pass
    list(bulk.make(size=FEW, seed=1))
    known = pages()
    few = measured(known)
    list(bulk.make(size=MANY - FEW, seed=2))
    many = measured(known)
    looked_into = [page for page in known if page.path.startswith((DESK, "/support/SU-"))]
    faults = [fault for page in looked_into for fault in faults_of(page, many[page])]
    with capsys.disabled():
        print(f"\n\n{'':>24}{'statements':>12}{'seconds':>9}{'times':>7}  at {MANY:,} reports, against {FEW:,}")
        for page in sorted(known, key=lambda page: -many[page].seconds):
            cost, times = many[page], many[page].seconds / few[page].seconds
            print(f"{page.who:>24}{cost.queries:>12}{cost.seconds:>9.3f}{times:>7.1f}  {page.path}")
    assert not faults, "\n".join(faults)
    assert {page: cost.queries for page, cost in few.items()} == {page: cost.queries for page, cost in many.items()}
    assert all(many[page].queries <= 10 for page in known if page.path.startswith((DESK, "/support/team/")))
