"""Drafts: begun, found again, listed with their end, and deleted; and the blank form."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campion.models import AuditEvent
from campion.roles import Role
from reports import actions
from reports.models import Incident
from tests import world
from tests.reports.browsing import Person, read
from tests.stage import once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def night():
    """It is three in the morning on Monday 21 December 2026."""
    with time_machine.travel(world.MONDAY, tick=False):
        yield


@once
def place():
    return world.make_force()


@once
def writer(place):
    return world.make_person(place.team, Role.REPORTER, family_name="Writer")


@pytest.fixture
def sam(writer):
    return Person(writer)


@once
def draft(writer):
    return world.make_draft(writer)


def test_a_double_click_begins_one_report(sam):
    assert sam.begin() == sam.begin()
    draft = Incident.objects.get()
    assert (draft.status, draft.unit, draft.reporter) == ("draft", sam.user.unit, sam.user)
    sam.fill(f"/reports/{draft.reference}/edit/who/", who="me")
    assert sam.begin() != f"/reports/{draft.reference}/"


def test_opening_the_start_page_begins_nothing(sam):
    said = sam.says("/reports/new/")
    assert "Who will see it" in said
    assert not Incident.objects.exists()


def test_home_is_empty_at_first_and_says_what_will_be_there(sam):
    said = sam.says("/reports/")
    assert "You have no drafts." in said
    assert "You have no reports yet." in said
    assert "Log verbal abuse (20 seconds)" in said


def test_home_lists_drafts_with_their_end_and_reports_with_their_state(sam, place):
    draft = world.make_draft(sam.user)
    boss = world.make_person(place.team, Role.SUPERVISOR)
    report = world.make_submitted_incident(sam.user)
    actions.accept(incident=report, by=boss, at=world.MONDAY)
    said = sam.says("/reports/")
    assert f"Carry on with {draft.reference}" in said
    assert "Kept until 20 January 2027, then deleted unless you save it again." in said
    assert "will be deleted soon" not in said
    assert f"{report.reference} Accepted" in said
    assert "A supervisor agreed" in said


def test_the_end_of_a_draft_is_told_from_day_23(sam):
    world.make_draft(sam.user)
    for days, told in ((22, False), (23, True), (29, True)):
        with time_machine.travel(world.MONDAY + timedelta(days=days), tick=False):
            assert ("will be deleted soon" in Person(sam.user).says("/reports/")) is told


def test_the_list_of_reports_is_paged_and_a_wrong_page_is_answered(sam):
    for _ in range(3):
        world.make_submitted_incident(sam.user)
    for page in ("1", "0", "-1", "99999999999999999999", "x", "2"):
        assert sam.get(f"/reports/?page={page}").status_code == 200


def test_the_home_page_asks_no_more_with_more_reports(sam):
    world.make_submitted_incident(sam.user)
    sam.get("/reports/")

    def asked():
        with CaptureQueriesContext(connection) as queries:
            sam.get("/reports/")
        return len(queries)

    before = asked()
    for _ in range(3):
        world.make_submitted_incident(sam.user)
        world.make_draft(sam.user)
    assert asked() - before <= 1  # the drafts' people, where there were no drafts before


def test_somebody_named_by_a_colleague_finds_the_report_on_their_own_list(sam, place):
    jo = world.make_person(place.team)
    report = world.make_submitted_incident(sam.user, among=False, colleagues=[jo])
    said = Person(jo).says("/reports/")
    assert report.reference in said
    assert "About you, by somebody else" in said


def test_the_task_list_says_what_is_done_and_links_to_what_is_not(sam, draft):
    page = sam.get(f"/reports/{draft.reference}/tasks/")
    said = read(page)[1]
    assert "Check and submit" in said
    assert "What was done" in said
    assert "Weapons" in said
    links = {part.split('"')[0] for part in page.content.decode().split(f'href="/reports/{draft.reference}/')[1:]}
    for link in links:
        assert sam.get(f"/reports/{draft.reference}/{link}").status_code in (200, 302), link


def test_an_unfinished_draft_is_not_offered_for_submitting(sam):
    start = sam.begin()
    said = sam.says(f"{start}tasks/")
    assert "Check and submit" not in said
    assert "Answer the questions first" in said


def test_a_draft_is_deleted_after_being_asked_and_a_report_never(sam):
    draft = world.make_draft(sam.user)
    page = f"/reports/{draft.reference}/discard/"
    assert "It cannot be undone" in sam.says(page)
    assert Incident.objects.filter(pk=draft.pk).exists()
    assert sam.fill(page)["Location"] == "/reports/"
    assert not Incident.objects.filter(pk=draft.pk).exists()
    assert sam.get(page).status_code == 404
    report = world.make_submitted_incident(sam.user)
    page = f"/reports/{report.reference}/discard/"
    assert sam.get(page).status_code == 409
    assert sam.send(page, {}).status_code == 409
    assert Incident.objects.filter(pk=report.pk).exists()


def test_the_blank_form_holds_every_question_and_nobodys_data(sam):
    said = sam.says("/reports/blank/")
    for words in ("Who was assaulted", "Spat at", "Pub, club or bar", "first aid first"):
        assert words in said
    assert sam.user.family_name not in said


def test_nobody_begins_a_report_signed_out(client, db):
    for path in ("/reports/", "/reports/new/", "/reports/log/", "/reports/blank/"):
        response = client.get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/sign-in/")
    assert not Incident.objects.exists()


def test_a_list_that_names_what_others_filed_is_a_look_and_ones_own_reports_are_none(place):
    officer, mate = (world.make_person(place.team) for _ in range(2))
    world.make_submitted_incident(officer)
    about = world.make_submitted_incident(mate, among=False, colleagues=[officer])
    Person(officer).get("/reports/")
    looks = AuditEvent.objects.filter(action="list", actor_id=officer.pk).values_list("object_id", flat=True)
    assert list(looks) == [about.reference]
