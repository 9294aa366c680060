"""The pages of a case, of witness care, of fitness for duty and of the adviser, by axe, and after an empty answer."""

from datetime import timedelta

import pytest
import time_machine

from campion.roles import Role
from reports import actions
from reports.case_kinds import KINDS
from reports.models import Assault, Health, Incident, Suspect
from tests import world
from tests.world import MONDAY, fresh

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
LATER = MONDAY + timedelta(days=9)


class Scene:
    """A case that was charged, with hearings, duties and injuries, and those who work on it."""

    def __init__(self):
        place = world.make_force()
        self.supervisor = world.make_person(place.team, Role.SUPERVISOR, family_name="Sample", rank_or_grade="Sergeant")
        self.usher = world.make_person(place.root, Role.WITNESS_CARE)
        self.adviser = world.make_person(place.root, Role.HEALTH_SAFETY)
        self.officer = world.make_person(place.other_team, family_name="Finder", rank_or_grade="Constable")
        self.writer, colleague = world.make_person(place.team), world.make_person(place.team)
        self.report = world.make_submitted_incident(
            self.writer, colleagues=[colleague], conducts=[["punch"], ["spit", "strangle"]]
        )
        Assault.objects.filter(incident=self.report).update(injury="physical")
        Health.objects.update_or_create(
            assault=self.report.assaults.get(position=2), defaults={"injury_types": ["unconscious"]}
        )
        Suspect.objects.create(incident=self.report, position=1, known="identified")
        by = fresh(self.supervisor)
        actions.assign_officer(incident=self.report, officer=self.officer, by=by, at=MONDAY)
        self.first = self.enter("crime-recorded", 2, facts={"number": "22/104213/26"})
        self.enter("arrested", 3, facts={"reasons": "Seen by two colleagues."})
        struck = self.enter("interviewed", 5)
        actions.strike_event(event=struck, reason="That was another suspect.", by=by, at=MONDAY + 7 * HOUR)
        self.enter("bailed", 9, facts={"conditions": "Not to enter the High Street.\nTo live at home."})
        for position in (1, 2):
            self.enter("view-taken", 20, facts={"view": "given", "words": "I want it to go to court."},
                       assault=self.report.assaults.get(position=position))  # fmt: skip
        self.enter("charged", 30, facts={"charge": "Assault of an emergency worker", "decided_by": "cps"})
        self.hearing = self.enter(
            "hearing-listed", 40, by=self.usher, facts={"court": "Kidderminster Magistrates’ Court"},
            hearing_at=LATER + timedelta(days=30, hours=7),
        )  # fmt: skip
        self.spell = actions.change_duty(
            assault=self.report.assaults.get(position=1), duty="sick", from_on=MONDAY.date() + timedelta(days=1),
            by=by, at=LATER,
        )  # fmt: skip
        actions.decide_safety(
            assault=self.report.assaults.get(position=1), state="watch", by=fresh(self.adviser), at=LATER
        )

    def enter(self, kind, hours, *, by=None, **given):
        at = MONDAY + hours * HOUR
        given |= {"received_at": at} if KINDS[kind].heard else {}
        given |= {} if KINDS[kind].at_once else {"happened_at": at - HOUR}
        incident = Incident.objects.get(pk=self.report.pk)
        return actions.enter_event(incident=incident, kind=kind, by=fresh(by or self.officer), at=at, **given)


def test_the_pages_of_a_case(page, sign_in, look):
    with time_machine.travel(LATER, tick=True):
        scene = Scene()
        base, court = f"/reports/{scene.report.reference}/", f"/reports/court/{scene.report.reference}/"
        sign_in(page, scene.officer)
        look("cases", ["/home/", "/reports/cases/", f"{base}case/", base], send=False)
        look("case", [f"{base}case/add/", f"{base}case/{scene.first.key}/strike/"])
        look("case", [f"{base}case/add/{kind}/" for kind in ("arrested", "sentence", "hearing-listed", "disposal")])
        sign_in(page, scene.usher)
        look("court", ["/home/", "/reports/court/", "/reports/court/?tab=all", court], send=False)
        look("court", [f"{court}add/", f"{court}add/verdict/", f"{court}{scene.hearing.key}/strike/"])


def test_the_pages_of_fitness_for_duty(page, sign_in, look):
    with time_machine.travel(LATER, tick=True):
        scene = Scene()
        base = f"/reports/{scene.report.reference}/"
        sign_in(page, scene.supervisor)
        look("duty", [f"{base}safety/", f"{base}safety/1/{scene.spell.pk}/strike/", base], send=False)
        look("duty", [f"{base}safety/1/"])
        sign_in(page, scene.writer)
        look("own-duty", [f"{base}safety/", base], send=False)
        sign_in(page, scene.adviser)
        look("adviser", ["/home/", "/reports/safety/", "/reports/safety/?tab=older"], send=False)
        look("adviser", [f"/reports/safety/{scene.report.reference}/{position}/" for position in (1, 2)])
