"""A supervisor's queue and the late duties: own units alone, nothing withheld in any count, quick at any length."""

import copy
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campion import references
from campion.models import AuditEvent
from campion.roles import Role
from reports import actions
from reports.models import Assault, Incident, Task
from reports.views.queue import TABS
from tests import people, world
from tests.reports.cast import Cast
from tests.stage import once
from tests.world import MONDAY, fresh

pytestmark = pytest.mark.django_db

NOW = MONDAY + timedelta(hours=20)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@once
def cast():
    return Cast(marked=False)


def copies(incident, number):
    """Make a report many times over in the table itself: for its length alone."""
    rows, told = [], Incident.objects.get(pk=incident.pk)
    for index in range(number):
        row = copy.copy(told)
        row._state = copy.copy(told._state)
        row.pk = row.id = None
        row._state.adding = True
        row.reference, row.submit_key = references.make("AR"), uuid.uuid4()
        row.submitted_at = row.occurred_from = MONDAY + timedelta(minutes=index)
        rows.append(row)
    made = Incident.objects.bulk_create(rows)
    source = incident.assaults.first()
    parts = [
        Assault(
            incident=row, position=1, person_id=source.person_id, worker_type=source.worker_type, kind="physical",
            unit_id=source.unit_id,
        )
        for row in made
    ]  # fmt: skip
    parts = Assault.objects.bulk_create(parts)
    done = source.conducts.first()
    Assault.conducts.through.objects.bulk_create(
        Assault.conducts.through(assault=part, conducttype=done) for part in parts
    )
    Task.objects.bulk_create(
        Task(incident_id=part.incident_id, assault=part, kind="first-contact", unit_id=incident.unit_id, due_at=MONDAY)
        for part in parts
    )


def test_the_queue_takes_as_many_queries_at_50_reports_as_at_150(cast):
    client = people.signed_in(cast.supervisor)
    client.get("/reports/queue/")
    counts = {}
    for number, more in ((50, 49), (150, 100)):
        copies(cast.incident, more)
        for tab in TABS:
            with CaptureQueriesContext(connection) as queries:
                response = client.get(f"/reports/queue/?tab={tab}&kind=physical")
            assert response.status_code == 200
            real = [q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
            counts[number, tab] = len(real)
        assert f"To review ({number})" in response.content.decode()
    assert max(counts.values()) <= 10, counts
    assert all(counts[50, tab] == counts[150, tab] for tab in TABS), counts
    page = client.get("/reports/queue/").content.decode()
    assert page.count('<th scope="row"') == 50 and "page=3" in page


def test_every_order_that_is_offered_has_an_index_behind_it():
    indexes = {index.name: [name.removeprefix("-") for name in index.fields]
               for model in (Incident, Task) for index in model._meta.indexes}  # fmt: skip
    for tab in TABS.values():
        for key, (column, index) in tab.sorts.items():
            assert indexes[index][:2] == ["unit", column], (tab.key, key)
        assert tab.start.removeprefix("-") in tab.sorts


def test_a_row_tells_no_names(cast):
    page = people.signed_in(cast.supervisor).get("/reports/queue/").content.decode()
    assert cast.reference in page and "Physical assault, spitting or bodily fluid" in page
    for person in (cast.writer, cast.colleague, cast.officer):
        assert person.family_name not in page
    assert "Overdue (2)" in page


def test_only_ones_own_units_are_there(cast):
    alone = world.make_submitted_incident(cast.officer, conducts=[["punch"]])
    neighbour = people.signed_in(cast.neighbour).get("/reports/queue/").content.decode()
    assert alone.reference in neighbour and cast.reference not in neighbour
    assert "To review (1)" in neighbour
    foreign = people.signed_in(cast.foreigner).get("/reports/queue/").content.decode()
    assert "No reports are waiting for you." in foreign and "To review (0)" in foreign


def test_a_conflict_or_a_restriction_leaves_no_trace_in_any_list_or_count(cast):
    conflicted, second = people.signed_in(cast.conflicted), people.signed_in(cast.second)
    nothing = {tab: people.signed_in(cast.foreigner).get(f"/reports/queue/?tab={tab}") for tab in TABS}
    actions.restrict(incident=cast.incident, by=fresh(cast.writer), at=NOW)
    on_list = Incident.objects.get(pk=cast.incident.pk).named_readers.get().user_id
    left_out = second if on_list == cast.supervisor.pk else people.signed_in(cast.supervisor)
    for client in (conflicted, left_out):
        for tab in TABS:
            page = client.get(f"/reports/queue/?tab={tab}").content.decode()
            assert cast.reference not in page
            assert page.count("(0)") == len(TABS) == nothing[tab].content.decode().count("(0)")
    duties = people.signed_in(cast.inspector).get("/reports/duties/").content.decode()
    assert cast.reference not in duties and "No duty is late." in duties
    reader = people.signed_in(cast.supervisor if on_list == cast.supervisor.pk else cast.second)
    page = reader.get("/reports/queue/").content.decode()
    assert cast.reference in page and "Few readers" in page


def test_lists_filters_and_orders_are_in_the_address(cast):
    client = people.signed_in(cast.supervisor)
    later = world.make_submitted_incident(cast.stranger, conducts=[["threat-to-kill"]], at=MONDAY + timedelta(hours=2))

    def order(query):
        page = client.get(f"/reports/queue/?{query}").content.decode()
        found = {reference: page.find(reference) for reference in (cast.reference, later.reference)}
        return [reference for reference, place in sorted(found.items(), key=lambda row: row[1]) if place >= 0]

    both = [cast.reference, later.reference]
    assert order("") == order("sort=submitted") == order("sort=occurred") == both
    assert order("sort=-submitted") == order("sort=-occurred") == both[::-1]
    assert order("kind=threat") == [later.reference]
    assert order(f"unit={cast.place.team.pk}") == both
    assert order("tab=returned") == order("tab=accepted") == order("tab=log") == []
    page = client.get("/reports/queue/?sort=-submitted&kind=threat").content.decode()
    assert "1 report, any mention of threat" in page and "#results" in page and 'tabindex="-1"' in page
    actions.return_for_changes(incident=cast.incident, reason="Where?", by=fresh(cast.supervisor), at=NOW)
    actions.accept(incident=later, by=fresh(cast.supervisor), at=NOW)
    assert order("tab=returned") == [cast.reference] and order("tab=accepted") == [later.reference]
    assert order("tab=duties") == both


@pytest.mark.parametrize(
    "query", ["tab=x", "sort=id;drop", "sort=--submitted", "kind=%00", "unit=99999999999999999999", "page=-1", "page=x"]
)
def test_an_address_that_means_nothing_shows_the_queue(cast, query):
    response = people.signed_in(cast.supervisor).get(f"/reports/queue/?{query}")
    assert response.status_code in (200, 400)
    assert response.status_code == 400 or "Reports to review" in response.content.decode()


def test_each_report_shown_is_a_look_at_it(cast):
    people.signed_in(cast.supervisor).get("/reports/queue/")
    line = AuditEvent.objects.get(action="list", object_id=cast.reference)
    assert (line.outcome, line.facets) == ("seen", ["core"])
    assert set(line.subject_ids) == {cast.writer.pk, cast.colleague.pk}


def test_whoever_supervises_nobody_finds_no_queue(cast):
    for who in ("writer", "inspector", "governor"):
        assert people.signed_in(getattr(cast, who)).get("/reports/queue/").status_code == 404
    for who in ("writer", "supervisor", "governor"):
        assert people.signed_in(getattr(cast, who)).get("/reports/duties/").status_code == 404
    for who in ("writer", "supervisor", "inspector"):
        assert people.signed_in(getattr(cast, who)).get("/reports/restricted/").status_code == 404


def test_late_duties_say_which_report_and_when_and_nothing_else(cast):
    client = people.signed_in(cast.inspector)
    page = client.get("/reports/duties/").content.decode()
    assert cast.reference in page and "2 late duties" in page and cast.incident.unit.name in page
    for word in ("Physical", "Spitting", cast.writer.family_name, cast.colleague.family_name):
        assert word not in page
    assert client.get(f"/reports/{cast.reference}/").status_code == 404
    assert AuditEvent.objects.filter(action="list_duties", object_id=cast.reference).exists()
    actions.name_conflict(incident=cast.incident, user=cast.inspector, by=fresh(cast.writer), at=NOW)
    assert cast.reference not in client.get("/reports/duties/").content.decode()


def test_an_inspector_of_another_area_is_told_nothing(cast):
    other = world.make_person(cast.place.other_team, Role.INSPECTOR, over=cast.place.south)
    assert "No duty is late." in people.signed_in(other).get("/reports/duties/").content.decode()
    assert "No duty is late." in people.signed_in(cast.foreigner).get("/reports/duties/").content.decode()


# The list of a restricted report -------------------------------------------------------------------------------------


def test_two_people_of_governance_let_a_reader_in(cast):
    actions.restrict(incident=cast.incident, by=fresh(cast.writer), at=NOW)
    first, second = people.signed_in(cast.governor), people.signed_in(cast.other_governor)
    address = f"/reports/restricted/{cast.reference}/"
    page = first.get("/reports/restricted/").content.decode()
    assert cast.reference in page and "Somebody involved asked for it" in page
    for word in ("Physical", cast.writer.family_name):
        assert word not in page
    proposed = {"words": "Neighbour", "person": str(cast.neighbour.pk)}
    assert first.post(address, proposed).status_code == 302
    assert first.post(address, proposed).status_code == 422
    reader = Incident.objects.get(pk=cast.incident.pk).named_readers.get(user=cast.neighbour)
    own = first.post(address, {"reader": reader.pk, "decision": "approve"})
    assert own.status_code == 409 and "somebody else must approve" in own.content.decode()
    neighbour = people.signed_in(cast.neighbour)
    assert neighbour.get(f"/reports/{cast.reference}/").status_code == 404
    assert "To decide" in second.get("/reports/restricted/").content.decode()
    assert second.post(address, {"reader": reader.pk, "decision": "approve"}).status_code == 302
    assert neighbour.get(f"/reports/{cast.reference}/").status_code == 200
    assert second.post(address, {"reader": reader.pk, "decision": "remove"}).status_code == 302
    assert neighbour.get(f"/reports/{cast.reference}/").status_code == 404
    barred = {"words": "Conflicted", "person": str(cast.conflicted.pk)}
    refused = first.post(address, barred)
    assert refused.status_code == 422 and "must not see this report" in refused.content.decode()
    for forged in ({"reader": "x", "decision": "approve"}, {"reader": "1", "decision": "eat"}):
        assert first.post(address, forged).status_code == 404


def test_governance_finds_no_report_that_is_not_restricted(cast):
    client = people.signed_in(cast.governor)
    assert client.get(f"/reports/restricted/{cast.reference}/").status_code == 404
    assert client.get(f"/reports/restricted/{references.make('AR')}/").status_code == 404
    assert "No report is restricted." in client.get("/reports/restricted/").content.decode()


def test_footage_that_nobody_keeps_shows_in_the_row_and_in_the_next_step_in_its_last_days(cast):
    client, today = people.signed_in(cast.supervisor), timezone.localdate()
    footage = cast.incident.footage.create(source="bwv", reference="1", deleted_on=today + timedelta(days=8))
    pages = ("/reports/queue/", f"/reports/{cast.reference}/")

    ends = "ask for it to be kept as evidence before then"
    assert "Footage ends" not in client.get(pages[0]).content.decode()
    assert ends not in client.get(pages[1]).content.decode()
    footage.deleted_on = today + timedelta(days=7)
    footage.save(update_fields=["deleted_on"])
    assert "Footage ends" in client.get(pages[0]).content.decode()
    assert ends in client.get(pages[1]).content.decode()
    footage.kept_as_evidence = True
    footage.save(update_fields=["kept_as_evidence"])
    assert "Footage ends" not in client.get(pages[0]).content.decode()
    assert ends not in client.get(pages[1]).content.decode()
