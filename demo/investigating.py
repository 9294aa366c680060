"""Does for one report what `demo.casework` planned, through the actions of reports and victims."""

import uuid

from campion.models import User
from campion.roles import Role
from campion.working_days import london_date
from reports import actions
from reports.case_kinds import KINDS
from reports.models import Incident
from victims import actions as support
from victims.models import Clock, Entitlement, Referral

OWED_HERE = (Entitlement.OwedBy.OFFICER, Entitlement.OwedBy.WITNESS_CARE, Entitlement.OwedBy.CPS)
FACTS = {
    "update": {"words": "Invented: told what happened and what comes next."},
    "update-reasons": {"words": "Invented: told of it.", "reasons": "Invented: why.", "support": "yes"},
    "update-bail": {"conditions": "Invented: not to go near the station.", "breach": "yes"},
    "update-decision": {"words": "Invented: told what was decided, and why.", "review": "yes"},
    "view": {"taken": "taken", "view": "Invented: an apology would be enough."},
    "hearing": {"told": ["time", "place", "coming"]},
    "property": {"items": "Invented: body armour and a phone", "receipt": "Invented: signed for at the station"},
    "trial-needs": {"needs": "yes", "witness_service": "referred", "measures": "none"},
    "contact-scheme": {"choice": "referred", "reference": "Invented-1"},
    "witness": {"dates": "Invented: as listed", "roster": "yes"},
    "outcome": {"verdict": "Invented: as the court gave it.", "meaning": "Invented: what it means, in plain words."},
}
"""Answers of the forms by which it is proved that somebody was told, by the form's code: invented."""


class Investigating:
    """One case while it is told. What an action of the day refuses, since the report went another way, is left out.

    :param reviewer: gives who may review the report at a moment (demo.telling)
    """

    def __init__(self, incident: Incident, *, reviewer, rng):
        self.key, self.reviewer, self.rng = incident.pk, reviewer, rng
        self.court = _one(Role.WITNESS_CARE)
        self.adviser = _one(Role.HEALTH_SAFETY)

    def do(self, does: str, *, at, **what) -> None:
        """Do one step of the plan, if the report still takes it."""
        self.incident = Incident.objects.get(pk=self.key)
        if self.incident.status not in Incident.COUNTED:
            return
        getattr(self, f"_{does}")(at=at, **what)

    def _by(self, by, at):
        """The officer in the case; witness care for what a court did, unless the report is closed to them."""
        if by == "court" and Incident.objects.court_cases_of(self.court).filter(pk=self.key).exists():
            return self.court
        return self.incident.officer_in_case or self.reviewer(at)

    def _enter(self, *, at, kind, happened, by, facts=None, hearing=None, everyone=False):
        known = KINDS[kind]
        given = {"received_at": at} if known.heard else {}
        given |= {} if known.at_once else {"happened_at": happened}
        given |= {"hearing_at": hearing} if hearing else {}
        for assault in self.incident.assaults.order_by("position") if everyone else [None]:
            actions.enter_event(
                incident=self.incident, kind=kind, facts=facts, assault=assault, source="demo",
                key=uuid.UUID(int=self.rng.getrandbits(128), version=4), by=self._by(by, at), at=at, **given,
            )  # fmt: skip

    def _told(self, *, at, kind, by):
        triggers = [trigger.code for trigger in KINDS[kind].triggers]
        user = self._by(by, at)
        own = Clock.objects.open_to(user).running()
        for referral in Referral.objects.filter(assault__incident=self.incident).exclude(state="merged"):
            rows = own.filter(
                referral=referral,
                entitlement__trigger__in=triggers, entitlement__evidence_form__in=[*FACTS, "expenses"],
                owed_by__in=OWED_HERE,
                started_at__lte=at,
            )  # fmt: skip
            clocks = list(rows.select_related("entitlement", "referral").order_by("pk"))
            if clocks and user.pk != referral.person_id:
                paid = {
                    "claimed_on": london_date(clocks[0].started_at).isoformat(),
                    "paid_on": london_date(at).isoformat(),
                }
                facts = FACTS | {"expenses": paid}
                answers = {clock.pk: facts[clock.entitlement.evidence_form] for clock in clocks}
                support.meet_together(clocks=clocks, met_at=at, answers=answers, channel="call", by=user, at=at)

    def _duty(self, *, at, position, duty, on):
        assault = self.incident.assaults.get(position=position)
        actions.change_duty(assault=assault, duty=duty, from_on=london_date(on), by=self.reviewer(at), at=at)

    def _decide(self, *, at, position, lasted):
        if not Incident.objects.advised_by(self.adviser).filter(pk=self.key).exists():
            return
        assault = self.incident.assaults.get(position=position)
        if lasted > 7:
            given = {"state": "reported", "reference": f"Invented-{self.rng.randint(10000, 99999)}"}
        else:
            given = {"state": "not-reportable", "reason": "Invented: back within seven days."}
        actions.decide_safety(
            assault=assault, key=uuid.UUID(int=self.rng.getrandbits(128), version=4), by=self.adviser, at=at, **given
        )


def _one(role):
    """The first person of the invented force who plays a role and signs in."""
    people = User.objects.filter(memberships__role=role, email__isnull=False, force__is_demo=True)
    return people.order_by("pk").first()
