"""The page of one report and the list of who looked: each reader their parts, their buttons, within its queries."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campion import audit
from reports import actions
from reports.models import Incident
from reports.views.report import BUTTONS, ELSEWHERE
from reports.workflow import incident_workflow
from tests import people, world
from tests.reports.cast import Cast
from tests.stage import once
from tests.world import MONDAY, fresh

pytestmark = pytest.mark.django_db

NOW = MONDAY + timedelta(hours=2)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@once
def cast():
    return Cast()


def page(cast, who, path=""):
    response = people.signed_in(getattr(cast, who)).get(f"/reports/{cast.reference}/{path}")
    assert response.status_code == 200
    return response.content.decode()


def leads_to(text, reference):
    """The verbs whose pages a page leads to."""
    found = set()
    for verb, _, name in BUTTONS:
        args = [reference, 77] if verb == "record contact" else [reference]
        address = re.escape(reverse(name, args=args)).replace("77", r"\d+")
        if re.search(f'(href|action)="{address}"', text):
            found.add(verb)
    return found


def test_the_buttons_are_what_may_be_done_and_nothing_else(cast):
    def check(*readers):
        for who in readers:
            user = fresh(getattr(cast, who))
            incident = Incident.objects.visible_to(user).get(reference=cast.reference)
            allowed = incident_workflow.allowed(user, incident) - set(ELSEWHERE)
            assert leads_to(page(cast, who), cast.reference) == allowed, (who, incident.status)

    everybody = ("writer", "colleague", "supervisor", "officer")
    check(*everybody)
    by = {"by": fresh(cast.supervisor), "at": NOW}
    actions.return_for_changes(incident=cast.incident, reason="Where?", **by)
    check(*everybody)
    actions.withdraw(incident=cast.incident, reason="No.", by=fresh(cast.writer), at=NOW)
    check(*everybody)


def test_a_report_page_takes_at_most_fifteen_queries_however_many_people(cast):
    colleagues = [world.make_person(cast.place.team) for _ in range(5)]
    long = world.make_submitted_incident(cast.writer, conducts=[["spit"]] * 6, colleagues=colleagues)
    for who in ("writer", "supervisor", "colleague", "officer"):
        client = people.signed_in(getattr(cast, who))
        client.get(f"/reports/{cast.reference}/")
        for reference in (cast.reference, long.reference):
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/reports/{reference}/")
            real = [q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
            assert len(real) <= 15, (who, [q["sql"][:90] for q in real])


def test_a_draft_leads_its_writer_to_what_is_left(cast):
    draft = world.make_draft(cast.writer)
    response = people.signed_in(cast.writer).get(f"/reports/{draft.reference}/")
    assert response["Location"] == reverse("reports:tasks", args=[draft.reference])
    for who in ("supervisor", "colleague", "governor"):
        assert people.signed_in(getattr(cast, who)).get(f"/reports/{draft.reference}/").status_code == 404


def test_a_status_is_given_with_its_meaning_and_who_does_what_next(cast):
    text = page(cast, "writer")
    assert "It is with a supervisor" in text and "A supervisor of North A" in text
    assert "Who does it</dt>" in re.sub(r"\s+<", "<", page(cast, "supervisor"))
    actions.accept(incident=cast.incident, by=fresh(cast.supervisor), at=NOW)
    assert f"Speak to {cast.writer.name}." in page(cast, "supervisor")
    assert "A supervisor speaks to you." in page(cast, "writer")


def test_the_reporter_and_the_people_assaulted_read_who_looked(cast):
    page(cast, "supervisor")
    people.signed_in(cast.supervisor).get("/reports/queue/")
    page(cast, "colleague")
    for who in ("writer", "colleague"):
        text = page(cast, who, "who-looked/")
        assert f"Sergeant {cast.supervisor.name}" in text and "(Supervisor)" in text
        assert "in a list of reports" in text and "the words written" in text
    assert f"{cast.colleague.name}" in page(cast, "writer", "who-looked/")
    theirs = page(cast, "colleague", "who-looked/")
    assert ">You<" in theirs
    without = page(cast, "colleague", "who-looked/?own=out&lists=out")
    assert ">You<" not in without and "in a list of reports" not in without


def test_who_looked_is_paged(cast):
    for _ in range(60):
        audit.seen("look", by=cast.supervisor, object_type="incident", object_id=cast.reference, facets=["core"])
    assert "page=2" in page(cast, "writer", "who-looked/")
    assert page(cast, "writer", "who-looked/?page=2").count("<time") < 50


def test_the_page_of_a_merged_report_points_on_for_those_who_may_follow(cast):
    other = world.make_submitted_incident(cast.stranger, conducts=[["punch"]])
    actions.merge(incident=other, into=cast.incident, reason="Same call.", by=fresh(cast.supervisor), at=NOW)
    supervisor = people.signed_in(cast.supervisor).get(f"/reports/{other.reference}/").content.decode()
    assert f"/reports/{cast.reference}/" in supervisor
    writer = people.signed_in(cast.stranger).get(f"/reports/{other.reference}/").content.decode()
    assert "Merged into another report" in writer
