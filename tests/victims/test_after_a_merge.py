"""What happened in the case before two reports became one is owed to everybody who is in it since."""

from datetime import timedelta

import pytest

from reports import actions as reports
from tests import world
from tests.stage import once
from tests.victims.duty_cast import LATER, Duties
from tests.world import MONDAY, fresh
from victims.actions import clocks
from victims.models import Clock, Referral

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT = LATER + DAY


class Scene(Duties):
    """The report of Duties; and another of the same event, about a newcomer, and about `colleague` again."""

    def __init__(self):
        super().__init__()
        self.newcomer = world.make_person(self.place.team, family_name="Newcomer")
        writer = world.make_person(self.place.team)
        people = {"colleagues": [self.newcomer, self.colleague], "conducts": [["punch"], ["spit"]], "among": False}
        self.other = world.make_submitted_incident(writer, **people)

    def enter_elsewhere(self, kind, **given):
        given.setdefault("happened_at", LATER - HOUR)
        return reports.enter_event(incident=self.other, kind=kind, by=fresh(self.supervisor), at=LATER, **given)

    def merge(self):
        by = fresh(self.supervisor)
        reports.merge(incident=fresh(self.other), into=fresh(self.incident), reason="One event", by=by, at=AT)

    def case_of(self, person):
        return Referral.objects.get(person=person, merged_into=None)

    def clocks_of(self, person, code):
        return Clock.objects.filter(referral=self.case_of(person), entitlement__code=code)


@once
def scene():
    return Scene()


def test_whoever_came_along_is_owed_what_had_happened_in_the_report_that_goes_on(scene):
    event = scene.arrest()
    scene.merge()
    clock = scene.clocks_of(scene.newcomer, "told-of-arrest").get()
    assert (clock.event, clock.started_at, clock.status) == (event, event.happened_at, "running")
    assert clock in Clock.objects.owed_by(fresh(scene.officer))


def test_whoever_was_there_is_owed_what_had_happened_in_the_report_that_came(scene):
    event = scene.enter_elsewhere("arrested")
    scene.merge()
    for person in (scene.writer, scene.colleague, scene.newcomer):
        assert scene.clocks_of(person, "told-of-arrest").get().event == event


def test_what_somebody_was_told_before_is_not_owed_to_them_again(scene):
    scene.enter_elsewhere("arrested")
    told = Clock.objects.get(
        referral__assault__incident=scene.other, referral__person=scene.colleague, entitlement__code="told-of-arrest"
    )
    clocks.settle(told, met_at=LATER, by=scene.supervisor, at=LATER, channel="call", facts={"words": "Arrested"})
    scene.merge()
    assert not scene.clocks_of(scene.colleague, "told-of-arrest").exists()
    assert scene.clocks_of(scene.writer, "told-of-arrest").get().status == "running"


def test_a_crime_that_was_recorded_for_all_counts_for_whoever_came(scene):
    event = scene.enter("crime-recorded", facts={"number": "22/1/26"})
    scene.merge()
    met = scene.clocks_of(scene.newcomer, "crime-recorded").get()
    assert (met.met_at, met.met_by, met.evidence) == (event.happened_at, scene.officer, {"number": "22/1/26"})


def test_an_event_about_one_person_is_owed_to_nobody_else(scene):
    scene.enter("arrested", facts={}, assault=scene.part(1))
    scene.merge()
    assert not scene.clocks_of(scene.newcomer, "told-of-arrest").exists()


def test_a_hearing_that_was_moved_owes_nothing_to_somebody_who_never_heard_of_it(scene):
    given = {"by": "supervisor", "facts": {"court": "Hereford"}, "received_at": LATER - HOUR}
    first = scene.enter("hearing-listed", hearing_at=AT + 20 * DAY, **given)
    second = scene.enter("hearing-listed", hearing_at=AT + 30 * DAY, replaces=first, **given)
    scene.merge()
    assert scene.clocks_of(scene.newcomer, "told-of-hearing").get().event == second
    assert {row.event for row in scene.clocks_of(scene.newcomer, "check-before-court")} == {second}


def test_a_hearing_that_is_over_owes_no_call_around_it(scene):
    received = {"by": "supervisor", "facts": {"court": "Hereford"}, "received_at": LATER - HOUR}
    scene.enter("hearing-listed", hearing_at=MONDAY + 12 * HOUR, **received)
    scene.merge()
    assert scene.clocks_of(scene.newcomer, "told-of-hearing").exists()
    assert not scene.clocks_of(scene.newcomer, "check-before-court").exists()
