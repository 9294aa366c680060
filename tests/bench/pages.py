"""The pages that list, and what each costs: statements, time, and what the database read for it."""

import json
import statistics
import time
from dataclasses import dataclass

from django.db import connection
from django.test.utils import CaptureQueriesContext

from campion.models import Unit, User
from demo.people import DOMAIN
from reports.models import Incident
from victims.models import Referral
from victims.reading.desk import TABS
from victims.views.desk import SORTS

DESK = "/support/desk/"
ASIDE = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", 'UPDATE "django_session"')
"""What is no part of a page: transactions, and the session, which is touched once a minute."""


@dataclass(frozen=True)
class Page:
    """One address, as one person opens it."""

    who: str
    path: str


@dataclass(frozen=True)
class Cost:
    """What a page took: how many statements, the median of the seconds, and the statements themselves."""

    queries: int
    seconds: float
    statements: tuple[str, ...]


def offered_sorts(tab) -> list[str]:
    """Give the orders that a list of the desk offers, each in both directions."""
    names = [name for name in SORTS if (name == "closed") <= (tab.key == "closed")]
    return [sign + name for name in names for sign in ("", "-")]


def pages() -> list[Page]:
    """Give every list of support and of a supervisor, with its filters and orders, and a person's own pages."""
    found = [
        Page("welfare", f"{DESK}?tab={tab.key}&state=all&sort={sort}") for tab in TABS for sort in offered_sorts(tab)
    ]
    area = Unit.objects.filter(force__is_demo=True, kind=Unit.Kind.AREA, until_on=None).order_by("pk").first()
    carrier = person("welfare2").pk
    narrowed = (
        "state=offered",
        "state=accepted",
        "state=declined",
        "urgent=on",
        f"unit={area.pk}",
        f"carrier={carrier}",
    )
    found += [Page("welfare", f"{DESK}?tab=waiting&{query}") for query in (*narrowed, "page=2", "page=100000")]
    found += [
        Page("welfare", f"{DESK}?tab=waiting&state=accepted&urgent=on&unit={area.pk}&sort=-offered"),
        Page("welfare2", DESK),
        Page("welfare", "/support/team/"),
        Page("welfare", "/support/team/figures/"),
        Page("welfare", "/support/team/reassign/?from=nobody"),
        Page("welfare", f"/support/team/reassign/?from={carrier}"),
    ]
    found += [Page(who, "/support/late/") for who in ("inspector", "spoc")]
    owing = ("supervisor", "witness.care", "occupational.health", "governance", "officer")
    found += [
        Page(who, f"/support/duties/?show={show}") for who in owing for show in ("all", "overdue", "week", "done")
    ]
    found += [Page("supervisor", "/support/plan/"), Page("governance", "/support/complaints/")]
    found += [
        Page("supervisor", f"/reports/queue/?tab={tab}&sort={sort}")
        for tab, names in {
            "submitted": ("submitted", "occurred"), "duties": ("due",), "returned": ("returned", "occurred"),
            "accepted": ("accepted", "occurred"), "log": ("occurred",),
        }.items()
        for name in names
        for sort in (name, f"-{name}")
    ]  # fmt: skip
    found += [Page("supervisor", f"/reports/queue/{path}") for path in ("figures/", "?tab=accepted&period=13-months")]
    found += [Page(who, "/reports/duties/") for who in ("inspector", "spoc")]
    found += [Page("officer", "/reports/cases/"), Page("witness.care", "/reports/court/")]
    found += [Page("health.safety", "/reports/safety/")]
    found += [
        Page(who, "/home/") for who in ("welfare", "spoc", "inspector", "supervisor", "witness.care", "governance")
    ]
    own = Referral.objects.filter(person=person("reporter"), merged_into=None).order_by("pk").first()
    paths = ("", "rights/", "who-looked/", "contacts/", "consents/", "people/")
    found += [Page("reporter", path) for path in ("/support/", "/reports/")]
    found += [Page("reporter", f"/support/{own.reference}/{path}") for path in paths]
    mine = Referral.objects.filter(owner=person("welfare"), closed_at=None, state="accepted").order_by("pk").first()
    found.append(Page("welfare", f"/support/{mine.reference}/"))
    return found


def person(who) -> User:
    """Give somebody by the first part of their address; `officer` is whoever investigates most."""
    if who == "officer":
        busiest = Incident.objects.filter(force__is_demo=True, officer_in_case__is_active=True)
        key = busiest.values_list("officer_in_case", flat=True).order_by("pk").first()
        return User.objects.get(pk=key)
    return User.objects.get(email=f"{who}@{DOMAIN}")


def cost_of(client, page, *, times=3) -> Cost:
    """Open a page some times, after once to warm it up; give its statements, those about transactions aside."""
    assert client.get(page.path).status_code == 200, page
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            status = client.get(page.path).status_code
        taken.append(time.perf_counter() - started)
        assert status == 200, page
    statements = tuple(query["sql"] for query in captured if not query["sql"].startswith(ASIDE))
    return Cost(len(statements), statistics.median(taken), statements)


def nodes_of(statement) -> list[dict]:
    """Run a statement once more and give every node of its plan, with what it read."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}")
        (told,) = cursor.fetchone()
    plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    found, waiting = [], [plan]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting += node.get("Plans", ())
    return found
