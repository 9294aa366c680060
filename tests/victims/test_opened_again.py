"""A closed case in which the desk comes to owe something is open again: nothing owed lies where no list shows it."""

from datetime import date, timedelta

import pytest

from campion.models import AuditEvent, Membership, Message
from campion.roles import Role
from reports import events
from reports.models import Assault, ConductType
from tests import world
from tests.people import signed_in
from tests.stage import once
from tests.victims.duty_cast import LATER, NOON, Duties
from tests.victims.test_desk import nothing_owed
from tests.world import fresh
from victims import actions
from victims.models import Clock, Referral

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
COURT = NOON + 30 * DAY


@once
def cast():
    """The case of `writer`, who wants support, closed by whoever carried it."""
    made = Duties()
    case = made.referral()
    actions.claim(referral=case, by=fresh(made.welfare), at=LATER)
    nothing_owed(case)
    actions.close(referral=case, outcome="helped", by=fresh(made.welfare), at=LATER)
    return made


def list_hearing(cast):
    return cast.enter(
        "hearing-listed", by="supervisor", at=NOON, hearing_at=COURT, received_at=NOON, facts={"court": "Hereford"}
    )


def test_a_hearing_opens_the_case_again_for_whoever_carried_it(cast):
    list_hearing(cast)
    case = cast.referral()
    assert (case.closed_at, case.outcome, case.owner) == (None, "", cast.welfare)
    check = Clock.objects.running().get(referral=case, entitlement__code="check-before-court")
    assert case.due_on == check.due_on
    assert case.reference in signed_in(cast.welfare).get("/support/desk/?tab=mine").content.decode()
    assert Message.objects.get(kind="case-reopened").to == cast.welfare
    line = AuditEvent.objects.get(action="reopen")
    assert (line.object_id, line.reason_code) == (case.reference, "owed")


def test_it_lies_on_the_desk_where_whoever_carried_it_does_so_no_more(cast):
    Membership.objects.filter(user=cast.welfare).update(until_on=date(2026, 1, 1))
    list_hearing(cast)
    case = cast.referral()
    assert (case.closed_at, case.owner) == (None, None)
    ann = world.make_person(cast.place.root, Role.WELFARE)
    assert case.reference in signed_in(ann).get("/support/desk/").content.decode()


def test_what_others_owe_leaves_it_closed(cast):
    cast.arrest()
    assert Clock.objects.running().filter(entitlement__code="told-of-arrest", referral=cast.referral()).exists()
    assert cast.referral().closed_at == LATER


def test_a_hearing_owes_no_call_to_somebody_who_said_no_and_leaves_it_closed(cast):
    case = cast.referral()
    Referral.objects.filter(pk=case.pk).update(state="declined", due_on=None)
    list_hearing(cast)
    assert cast.referral().closed_at == LATER


def test_an_exposure_that_is_told_late_opens_it_too(cast):
    assault = cast.part(1)
    assault.conducts.add(ConductType.objects.get(code="spit"))
    events.assault_changed.send(Assault, assault=assault, by=cast.writer, at=NOON)
    assert cast.referral().closed_at is None
