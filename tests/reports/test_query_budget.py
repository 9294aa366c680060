"""What a GET may ask of the database: a page with a form at most six queries, the line of the audit log among them."""

import time

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from reports import actions
from reports.models import Evidence, Footage, SourceReference, Suspect, Witness
from tests import people, world
from tests.reports.cast import Cast
from tests.stage import once
from tests.world import MONDAY, fresh

pytestmark = pytest.mark.django_db

A_FORM_PAGE = 6
OF_A_TRANSACTION = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
NO_FORMS = {"home", "blank", "resume", "tasks", "receipt", "logged", "upgrade", "say-ready", "evidence_file",
            "evidence_thumbnail", "queue", "desk-figures", "duties", "restricted", "report", "who-looked"}  # fmt: skip
"""Addresses of pages without a form: lists and records, with budgets of their own; steps that lead on; files."""
COUNTED_ELSEWHERE = ("case", "court", "safety")
"""Addresses whose names begin so: the case and the safety helper, counted in test_case_events.py."""

CORE = ["who", "people", "when", "where", "what/1", "advice/2", "injured/1", "exposure/2", "support", "words", "late"]
LISTS = ["suspects", "crime", "footage", "witnesses"]
WHOLE = ["activity", "place", "told", "weapons"]
PARTS = ["detail/1", "injury/1", "exposure/2", "equipment/1"]
ANSWERS = [f"edit/{name}/" for name in CORE] + ["check/"]
SECTIONS = [
    "sections/",
    *(f"section/{name}/" for name in (*WHOLE, *LISTS)),
    *(f"section/{name}/{rest}" for name in LISTS for rest in ("add/", "1/", "1/remove/")),
    "evidence/",
]
OF_EVIDENCE = ["evidence/{key}/remove/", "evidence/{key}/original/"]
OWN = [*(f"section/{part}/" for part in PARTS), "section/privacy/", "who-must-not-see/", "few-readers/"]
OF_ALL = ["/reports/new/", "/reports/log/"]

PAGES = {
    ("writer", "draft"): [*ANSWERS, *SECTIONS, *OWN, *OF_EVIDENCE[:1], "discard/"],
    ("writer", "submitted"): [*SECTIONS, *OWN, *OF_EVIDENCE[:1], "add/", "withdraw/", *OF_ALL],
    ("writer", "returned"): [*ANSWERS, *SECTIONS, *OWN, *OF_EVIDENCE[:1]],
    ("colleague", "submitted"): ["take-over/", "add/", "who-must-not-see/", "few-readers/"],
    ("supervisor", "submitted"): [
        *SECTIONS, *OF_EVIDENCE, "section/detail/1/", "return/", "accept/", "officer/", "contact/1/", "correct/",
        *(f"correct/{field}/" for field in ("occurred", "district", "place_type", "conducts/1", "injury/1")),
        "merge/", "merge/{other}/", "few-readers/",
    ],
    ("governor", "restricted"): ["/reports/restricted/{reference}/"],
}  # fmt: skip
"""Every page with a form, by who opens it and how the report stands."""


def _write_lists(incident, writer):
    """Put two rows into every list, so that a page that asks for each row shows itself."""
    for n in (1, 2):
        Suspect.objects.create(incident=incident, position=n + 5, known="unknown")
        SourceReference.objects.create(incident=incident, kind="crime", value=str(n))
        Footage.objects.create(incident=incident, source="bwv", reference=str(n))
        Witness.objects.create(incident=incident, description=str(n))
        Evidence.objects.create(
            incident=incident, name="a photo", content_type="image/jpeg", size=1, sha256=str(n) * 64, state="clean",
            added_at=MONDAY, added_by=writer,
        )  # fmt: skip


@once
def cast():
    return Cast(marked=False)


@once
def draft(cast):
    """A draft of two people, late so that every question is asked, with something in each list."""
    happened = MONDAY.replace(day=MONDAY.day - 3)
    made = world.make_draft(
        cast.writer, conducts=[["punch"], ["spit"]], colleagues=[cast.colleague], support="yes", happened=happened
    )
    _write_lists(made, cast.writer)
    return made


def _brought_to(state, report, cast):
    """Bring a draft to the state in which its pages are counted."""
    if state == "restricted":
        actions.restrict(incident=report, by=fresh(cast.writer), at=MONDAY)
    if state != "draft":
        report = world.submit(report, by=cast.writer)
    if state == "returned":
        actions.return_for_changes(incident=report, reason="Where?", by=fresh(cast.supervisor), at=MONDAY)
    return report


@pytest.mark.parametrize(("who", "state"), PAGES)
def test_a_page_with_a_form_takes_at_most_six_queries(cast, draft, who, state):
    with time_machine.travel(MONDAY, tick=True):
        _count(cast, _brought_to(state, draft, cast), who, state)


def _count(cast, report, who, state):
    names = {"reference": report.reference, "other": cast.reference, "key": report.evidence.first().key}
    client = people.signed_in(getattr(cast, who))
    session = client.session  # the original of a photo asks a supervisor to sign in again
    session["account_authentication_methods"] += [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session.save()
    client.get("/reports/")  # the first page of a session also writes down that the person is there
    over = {}
    for page in PAGES[who, state]:
        path = (page if page.startswith("/") else f"/reports/{report.reference}/{page}").format(**names)
        real = _asked_for(client, path)
        if len(real) > A_FORM_PAGE:  # the first look at one thing may cost more than those that follow
            real = _asked_for(client, path)
        if len(real) > A_FORM_PAGE:
            over[path] = [sql.strip()[:120] for sql in real]
    assert not over, over


def _asked_for(client, path):
    """Give the queries of a page, without those of its transaction."""
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.get("Location"))
    return [query["sql"] for query in asked if not query["sql"].startswith(OF_A_TRANSACTION)]


def test_every_address_is_counted_here_or_has_no_form():
    counted = {page for pages in PAGES.values() for page in pages}
    missing = []
    _, addresses = get_resolver().namespace_dict["reports"]
    for pattern in addresses.url_patterns:
        words = [word for word in str(pattern.pattern).split("/") if word and "<" not in word]
        known = any(all(word in page.split("/") for word in words) for page in counted)
        if pattern.name not in NO_FORMS and not known and not pattern.name.startswith(COUNTED_ELSEWHERE):
            missing.append(str(pattern.pattern))
    assert not missing, f"count the queries of {missing}, or say why they have no form"
