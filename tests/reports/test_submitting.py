"""Check answers, submit once, and the receipt."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campion.models import AuditEvent
from campion.roles import Role
from reports import actions
from reports.models import Incident, Version
from reports.views.submitting import spelt
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


@once
def report(writer):
    return world.make_submitted_incident(writer)


def start_of(incident):
    return f"/reports/{incident.reference}/"


def test_answers_are_checked_submitted_and_acknowledged_with_what_comes_next(sam):
    start = start_of(world.make_draft(sam.user, conducts=[("spit",)], support="yes", words="<b>He spat.</b>"))
    said = sam.says(f"{start}check/")
    for words in ("about 02:45", "Spat at", "Pub, club or bar", "<b>He spat.</b>", "Yes"):
        assert words in said
    response = sam.fill(f"{start}check/")
    assert response["Location"] == f"{start}receipt/"
    said = sam.says(f"{start}receipt/")
    reference = start.split("/")[2]
    assert reference in said
    assert "Alfa Romeo" in said
    assert "Monday 21 December, 15:00" in said  # same shift: twelve hours after police were told
    assert "Wednesday 23 December" in said  # two working days


def test_sent_twice_it_is_one_report_and_the_same_receipt(sam, draft):
    start = start_of(draft)
    hidden, _ = read(sam.get(f"{start}check/"))
    first, second = (sam.send(f"{start}check/", hidden) for _ in range(2))
    assert first["Location"] == second["Location"] == f"{start}receipt/"
    assert Version.objects.filter(incident=draft).count() == 1
    with time_machine.travel(world.MONDAY + timedelta(days=1), tick=False):
        later = Person(sam.user)
        assert later.send(f"{start}check/", hidden)["Location"] == f"{start}receipt/"
        assert later.get(f"{start}check/")["Location"] == f"{start}receipt/"  # the back button
    assert Version.objects.filter(incident=draft).count() == 1


def test_the_same_key_with_other_answers_is_refused_with_a_way_to_add(sam, draft):
    start = start_of(draft)
    hidden, _ = read(sam.get(f"{start}check/"))
    sam.send(f"{start}check/", hidden)
    response = sam.send(f"{start}check/", hidden | {"seen": "0" * 64})
    assert response.status_code == 409
    assert "submitted already" in read(response)[1]
    assert start in response.content.decode()


def test_answers_changed_meanwhile_are_shown_again_before_they_are_submitted(sam, draft):
    start = start_of(draft)
    hidden, _ = read(sam.get(f"{start}check/"))
    world.answer(draft, "words", {"narrative": "From my phone."}, by=sam.user)
    response = sam.send(f"{start}check/", hidden)
    assert response.status_code == 409
    fresh, said = read(response)
    assert "changed in another tab" in said
    assert "From my phone." in said
    assert world.fresh(draft).status == "draft"
    assert sam.send(f"{start}check/", fresh).status_code == 302


def test_a_draft_that_lacks_answers_says_which_and_where_to_mend_them(sam):
    start = sam.begin()
    sam.fill(f"{start}edit/who/", who="me")
    page = sam.get(f"{start}check/")
    said = read(page)[1]
    for sentence in ("Say when it happened.", "Say what kind of place it was.", "Say what was done to you."):
        assert sentence in said
    for name in ("when", "where", "what/1"):
        assert f'href="{start}edit/{name}/?then=check"' in page.content.decode()
    assert 'name="key"' not in page.content.decode()


def test_a_forged_submission_of_a_draft_that_lacks_answers_is_refused(sam):
    start = sam.begin()
    draft = Incident.objects.get(reference=start.split("/")[2])
    from reports.content import content_hash, content_of

    forged = {"key": str(draft.submit_key), "seen": content_hash(content_of(draft))}
    response = sam.send(f"{start}check/", forged)
    assert response.status_code == 422
    assert "Say who was assaulted." in read(response)[1]
    assert world.fresh(draft).status == "draft"


@pytest.mark.parametrize("key", ["", "x", "{12345678-1234-5678-1234-567812345678", "1" * 5000])
def test_a_key_that_is_none_is_refused(sam, draft, key):
    start = start_of(draft)
    assert sam.send(f"{start}check/", {"key": key, "seen": ""}).status_code == 422


def test_another_key_than_the_drafts_own_submits_nothing(sam, draft):
    response = sam.send(f"{start_of(draft)}check/", {"key": str(uuid.uuid4()), "seen": ""})
    assert response.status_code == 409
    assert world.fresh(draft).status == "draft"


def test_somebody_elses_key_is_unknown(sam, place, draft):
    hidden, _ = read(sam.get(f"{start_of(draft)}check/"))
    other = Person(world.make_person(place.team, Role.SUPERVISOR))
    assert other.send(f"{start_of(draft)}check/", hidden).status_code == 404


def test_a_returned_report_is_submitted_again(sam, place):
    boss = world.make_person(place.team, Role.SUPERVISOR)
    report = world.make_submitted_incident(sam.user)
    actions.return_for_changes(incident=report, reason="Where?", by=boss, at=world.MONDAY)
    assert "Submit it again" in sam.says(f"{start_of(report)}check/")
    assert sam.fill(f"{start_of(report)}check/").status_code == 302
    assert Version.objects.filter(incident=report).count() == 2


# Has this been reported already?


def test_a_report_of_the_same_people_place_and_time_is_shown_before_submitting(sam):
    first = world.make_submitted_incident(sam.user)
    second = world.make_draft(sam.user)
    said = sam.says(f"{start_of(second)}check/")
    assert "Has this been reported already?" in said
    assert f"{first.reference} (yours)" in said
    assert sam.fill(f"{start_of(second)}check/").status_code == 302  # the reporter decides


def test_a_colleagues_report_that_one_may_not_see_is_hinted_at_without_a_word_of_it(sam, place):
    jo = world.make_person(place.team)
    other = world.make_person(place.other_team)
    first = world.make_submitted_incident(other, among=False, colleagues=[jo], conducts=[("bite",)])
    draft = world.make_draft(sam.user, among=False, colleagues=[jo])
    said = sam.says(f"{start_of(draft)}check/")
    assert "A colleague may have reported this already." in said
    assert first.reference not in said
    assert "Bitten" not in said


def test_a_restricted_report_is_not_hinted_at(sam, place):
    jo = world.make_person(place.team)
    other = world.make_person(place.other_team)
    world.make_person(place.team, Role.SUPERVISOR)
    world.make_submitted_incident(other, among=False, colleagues=[jo], conducts=[("sexual-touching",)])
    draft = world.make_draft(sam.user, among=False, colleagues=[jo])
    assert "reported" not in sam.says(f"{start_of(draft)}check/").replace("reported by", "")


def test_a_report_that_is_kept_from_one_is_not_hinted_at(sam, place):
    jo, other = world.make_person(place.team), world.make_person(place.other_team)
    first = world.make_submitted_incident(other, among=False, colleagues=[jo])
    actions.name_conflict(incident=first, user=sam.user, by=world.fresh(jo), at=world.MONDAY)
    draft = world.make_draft(sam.user, among=False, colleagues=[jo])
    assert "reported" not in sam.says(f"{start_of(draft)}check/").replace("reported by", "")


@pytest.mark.parametrize("apart", [timedelta(hours=4), timedelta(days=1)])
def test_an_event_at_another_time_is_not_taken_for_the_same(sam, apart):
    world.make_submitted_incident(sam.user, happened=world.MONDAY - apart)
    draft = world.make_draft(sam.user)
    assert "Has this been reported already?" not in sam.says(f"{start_of(draft)}check/")


# The receipt


def test_the_receipt_is_for_those_involved_and_a_look_at_it_is_recorded(sam, place, report):
    boss = Person(world.make_person(place.team, Role.SUPERVISOR))
    assert boss.get(f"{start_of(report)}receipt/").status_code == 404
    sam.says(f"{start_of(report)}receipt/")
    seen = AuditEvent.objects.filter(outcome="seen", object_id=report.reference, actor_id=sam.user.pk)
    assert seen.count() == 1


def test_the_receipt_of_a_draft_is_its_check_page(sam, draft):
    assert sam.get(f"{start_of(draft)}receipt/")["Location"] == f"{start_of(draft)}check/"


def test_the_check_page_asks_the_database_a_bounded_number_of_times(sam, place):
    draft = world.make_draft(
        sam.user, conducts=[("spit",), ("bite",), ("punch",)], colleagues=[world.make_person(place.team) for _ in "12"]
    )
    sam.get(f"{start_of(draft)}check/")
    with CaptureQueriesContext(connection) as queries:
        sam.get(f"{start_of(draft)}check/")
    assert len([q for q in queries if q["sql"].startswith("SELECT")]) <= 15


def test_a_reference_is_read_out_letter_by_letter():
    assert spelt("AR-7K3M-92QF") == ["Alfa Romeo", "seven Kilo three Mike", "nine two Quebec Foxtrot"]
