"""Every page about what is owed, and what each says to an empty answer, looked at by axe on a phone."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from tests.victims.duty_cast import NOON, Duties
from victims.actions.clocks import COMPLAINT, start
from victims.models import Complaint, Entitlement

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def two_days_later():
    with time_machine.travel(NOON + timedelta(days=2), tick=True):
        yield


def test_every_page_about_what_is_owed(page, sign_in, look):
    cast = Duties()
    event = cast.arrest()
    cast.carry(2)
    clock = cast.clock("told-of-arrest", event=event)
    bare = [cast.clock(code).key for code in ("few-interviews", "crime-recorded")]
    statement = cast.clock("victim-personal-statement").key
    referral = cast.referral()
    start(referral, trigger=COMPLAINT, started_at=NOON, at=NOON)
    complaint = Complaint.objects.create(
        referral=referral, about=Entitlement.objects.get(code="told-of-arrest"), words="Nobody rang me.",
        made_at=NOON, made_by=cast.writer, clock=referral.clocks.get(entitlement__code="complaint-acknowledged"),
    )  # fmt: skip

    def at(name, *args):
        return reverse(f"victims:{name}", args=args)

    sign_in(page, cast.officer)
    look("duties", [at("duties"), f"{at('duties')}?show=done", *(at("duty", key) for key in bare)], send=False)
    look("duty", [at("duty", clock.key), at("duty-set-aside", clock.key), at("duty-waiting", clock.key),
                  at("duty-statement", statement), at("duties-of-event", event.key)])  # fmt: skip
    sign_in(page, cast.supervisor)
    look("plan", [at("plan-desk"), at("plan", cast.reference), at("duties")], send=False)
    look("point", [at("duty", cast.clock("command-and-union-told").key)])
    sign_in(page, cast.governor)
    look("complaints", [at("complaints"), at("complaint-desk", complaint.key)], send=False)
    look("complaint", [at("complaint-acknowledge", complaint.key), at("complaint-answer", complaint.key)])
    sign_in(page, cast.health)
    look("health", [at("duties"), at("duty", cast.clock("baseline-test", 2).key)])
