"""The 20-second log: one page, one entry, counted once."""

from datetime import timedelta

import pytest
import time_machine

from campion.models import KeptForm
from campion.roles import Role
from reports.models import Incident
from tests import world
from tests.reports.browsing import Person, read
from tests.stage import once

pytestmark = pytest.mark.django_db
LOG = "/reports/log/"


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


def test_abuse_is_logged_on_one_page_and_submitted_at_once(sam):
    response = sam.fill(LOG, conducts=["verbal-abuse"], when="now")
    entry = Incident.objects.get()
    assert response["Location"] == f"/reports/{entry.reference}/logged/"
    assert (entry.status, entry.quick_log, entry.who, entry.precision) == ("submitted", True, "me", "exact")
    part = entry.assaults.get()
    assert (part.person, part.kind, part.consent) == (sam.user, "verbal", "self")
    said = sam.says(response["Location"])
    assert "your 1st this month" in said
    assert "Make it a full report" in said


def test_what_is_typed_is_kept_until_it_is_logged(sam):
    hidden, _ = read(sam.client.get(LOG))
    assert sam.send("/typed/", hidden | {"words": "He said"}, autosave=True).status_code == 200
    assert "He said" in sam.client.get(LOG).content.decode()
    sam.fill(LOG, conducts=["verbal-abuse"], when="now", words="He said what he said.")
    assert "He said" not in sam.client.get(LOG).content.decode()


def test_the_tally_is_the_persons_own_count_of_the_month(sam, place):
    with time_machine.travel(world.MONDAY - timedelta(days=30), tick=False):
        Person(sam.user).fill(LOG, conducts=["verbal-abuse"], when="now")
    Person(world.make_person(place.team)).fill(LOG, conducts=["verbal-abuse"], when="now")
    for ending in ("1st", "2nd", "3rd", "4th"):
        response = sam.fill(LOG, conducts=["verbal-abuse"], when="now")
        assert f"your {ending} this month" in sam.says(response["Location"])


def test_a_double_click_is_one_entry_and_the_same_key_with_other_answers_is_refused(sam):
    hidden, _ = read(sam.get(LOG))
    sent = hidden | {"conducts": ["verbal-abuse"], "when": "now"}
    assert sam.send(LOG, sent)["Location"] == sam.send(LOG, sent)["Location"]
    assert Incident.objects.count() == 1
    response = sam.send(LOG, sent | {"words": "And another thing."})
    assert response.status_code == 409
    assert "And another thing." in response.content.decode()
    assert Incident.objects.count() == 1


def test_a_key_of_somebody_else_or_of_nobody_is_refused(sam, place):
    other = Person(world.make_person(place.team))
    hidden, _ = read(other.get(LOG))
    for key in (hidden["key"], "x", "", "a:b:c"):
        response = sam.send(LOG, {"conducts": ["verbal-abuse"], "when": "now", "key": key})
        assert response.status_code == 422
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"when": "now"}, "Choose what it was."),
        ({"when": "now", "conducts": ["punch"]}, "Choose from the answers in the list."),
        ({"conducts": ["verbal-abuse"], "when": ""}, "Choose when it was."),
        ({"conducts": ["verbal-abuse"], "when": "earlier"}, "Enter the time."),
        ({"conducts": ["verbal-abuse"], "when": "earlier", "time": "soon"}, "Enter a time like"),
        ({"conducts": ["verbal-abuse"], "when": "earlier", "time": "23:00"}, "that time has not come yet"),
        ({"conducts": ["verbal-abuse"], "when": "now", "place": "moon"}, "Choose a place in the list."),
        ({"conducts": ["verbal-abuse"], "when": "now", "words": "x" * 2001}, "1 too long"),
    ],
)
def test_what_is_missing_is_asked_in_words_and_what_was_typed_stays(sam, fields, sentence):
    response = sam.fill(LOG, **fields)
    assert response.status_code == 422
    assert sentence in read(response)[1]
    assert KeptForm.objects.filter(user=sam.user, path=LOG).exists()
    assert not Incident.objects.exists()


def test_earlier_today_is_taken_as_about_then_with_place_and_words(sam):
    sam.fill(LOG, conducts=["online-abuse"], when="earlier", time="0115", place="online", words="On the force’s page.")
    entry = Incident.objects.get()
    assert (entry.told_from, entry.precision, entry.place_type.code) == ("2026-12-21 01:15", "about", "online")
    assert entry.narrative == "On the force’s page."


def test_just_now_in_the_hour_that_comes_twice_is_known_by_our_clock(sam):
    for hour, mark in ((0, "first"), (1, "second")):
        with time_machine.travel(f"2026-10-25T0{hour}:30:00+00:00", tick=False):
            Person(sam.user).fill(LOG, conducts=["verbal-abuse"], when="now")
        assert Incident.objects.latest("pk").clock_mark == mark


def test_an_entry_becomes_a_full_report_under_its_reference(sam):
    entry = sam.fill(LOG, conducts=["threat-to-kill"], when="now")["Location"].removesuffix("logged/")
    response = sam.send(f"{entry}upgrade/", {})
    assert response["Location"] == f"{entry}edit/where/"
    sam.fill(f"{entry}edit/where/", place="street")
    assert sam.fill(f"{entry}check/").status_code == 302
    report = Incident.objects.get()
    assert (report.status, report.quick_log) == ("submitted", False)
    assert sam.send(f"{entry}upgrade/", {}).status_code == 409


def test_an_entry_is_its_writers_and_no_report_is_an_entry(sam, place):
    entry = sam.fill(LOG, conducts=["verbal-abuse"], when="now")["Location"]
    boss = Person(world.make_person(place.team, Role.SUPERVISOR))
    assert boss.get(entry).status_code == 404
    assert boss.send(entry.replace("logged", "upgrade"), {}).status_code in (404, 409)
    assert sam.client.get(entry.replace("logged", "upgrade")).status_code == 405
    report = world.make_submitted_incident(sam.user)
    assert sam.get(f"/reports/{report.reference}/logged/").status_code == 404
