"""The invented cases: the same seed gives the same, and what is planned can be told through the actions."""

import random
from datetime import datetime, timedelta

import pytest

from campion.roles import Role
from demo import casework
from demo.investigating import Investigating
from demo.stories import Part, Step, Story
from reports import actions
from reports.models import CaseEvent, DutySpell, SafetyDecision
from tests import world
from tests.world import MONDAY, fresh
from victims.models import Clock


def story(*, assigned=True):
    steps = [Step(MONDAY + timedelta(days=1), "assign", {"officer": "x"})] if assigned else []
    began = datetime(2026, 12, 21, 2, 45)
    return Story(who="x", opened_at=MONDAY, began=began, parts=[Part(injury="physical")], steps=steps)


def test_the_same_seed_gives_the_same_case():
    for seed in range(20):
        assert casework.steps(random.Random(seed), story()) == casework.steps(random.Random(seed), story())


def test_without_an_officer_there_is_no_case_and_what_was_withdrawn_has_none():
    found = [step for seed in range(20) for step in casework.steps(random.Random(seed), story(assigned=False))]
    assert {step.what["does"] for step in found} <= {"duty", "decide"}
    ended = story()
    ended.steps.append(Step(MONDAY, "withdraw", {}))
    assert casework.steps(random.Random(1), ended) == []


def test_every_sort_of_event_comes():
    kinds = {step.what.get("kind") for seed in range(150) for step in casework.steps(random.Random(seed), story())}
    assert kinds >= {"arrested", "bailed", "released-under-investigation", "not-prosecuted", "disposal", "charged",
                     "hearing-listed", "plea", "verdict", "sentence", "not-investigated", "view-taken"}  # fmt: skip


@pytest.mark.django_db
def test_what_is_planned_can_be_told():
    place = world.make_force()
    place.force.is_demo = True
    place.force.save(update_fields=["is_demo"])
    supervisor = world.make_person(place.team, Role.SUPERVISOR)
    world.make_person(place.root, Role.WITNESS_CARE)
    world.make_person(place.root, Role.HEALTH_SAFETY)
    officer = world.make_person(place.other_team)
    for seed in range(6):
        report = world.make_submitted_incident(world.make_person(place.team))
        assigned = MONDAY + timedelta(days=1)
        actions.assign_officer(incident=report, officer=officer, by=fresh(supervisor), at=assigned)
        rng = random.Random(seed)
        case = Investigating(report, reviewer=lambda at: fresh(supervisor), rng=rng)
        for step in sorted(casework.steps(rng, story()), key=lambda step: step.at):
            case.do(**step.what, at=step.at)
    assert CaseEvent.objects.count() > 20 and DutySpell.objects.exists() and SafetyDecision.objects.exists()
    clocks = Clock.objects.filter(entitlement__trigger__in=["arrested", "interviewed", "charge-decided"])
    assert clocks.filter(met_at__isnull=False).count() > clocks.filter(met_at=None).count()
