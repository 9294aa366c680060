"""The people around what is owed after one report: who owes it, who must not know of it."""

import uuid
from datetime import timedelta

from campion.roles import Role
from reports import actions as reports
from reports.models import CaseEvent
from tests import world
from tests.reports.cast import Cast
from tests.world import MONDAY, fresh
from victims.models import Clock, Referral

NOON = MONDAY + timedelta(hours=9)
LATER = MONDAY + timedelta(hours=6)


class Duties(Cast):
    """The report of Cast: `writer` was punched, `colleague` spat at, `officer` investigates; and everybody who owes."""

    def __init__(self):
        super().__init__(marked=False)
        person = world.make_person
        self.witness_care = person(self.place.root, Role.WITNESS_CARE, family_name="Usher")
        self.health = person(self.place.root, Role.OCCUPATIONAL_HEALTH, family_name="Nurse")
        self.welfare = person(self.place.root, Role.WELFARE, family_name="Helper")
        self.deputy = person(self.place.other_team, family_name="Deputy")

    def referral(self, position=1):
        return Referral.objects.get(assault__incident=self.incident, assault__position=position)

    def clock(self, code, position=1, **wanted):
        return Clock.objects.get(referral=self.referral(position), entitlement__code=code, **wanted)

    def carry(self, position=1):
        """Have the welfare officer carry a case."""
        Referral.objects.filter(pk=self.referral(position).pk).update(owner=self.welfare, claimed_at=MONDAY)

    def enter(self, kind, *, by="officer", at=LATER, **given):
        given.setdefault("happened_at", at - timedelta(hours=1))
        return reports.enter_event(
            incident=self.incident, kind=kind, by=fresh(getattr(self, by)), at=at, key=uuid.uuid4(), **given
        )

    def arrest(self):
        return self.enter("arrested", facts={})

    def charge(self):
        return self.enter("charged", facts={"charge": "Assault", "decided_by": "police"})

    def sentence(self, *, received_at=LATER):
        facts = {"sentence": "fine", "meaning": "They pay a fine."}
        return self.enter("sentence", facts=facts, received_at=received_at)

    @property
    def events(self):
        return CaseEvent.objects.filter(incident=self.incident)
