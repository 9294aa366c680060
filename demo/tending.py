"""Does for one person of a report what `demo.caring` planned, through the actions of victims."""

import uuid
from datetime import timedelta

from django.db.models import Q

from campion.models import User
from campion.roles import Role
from campion.working_days import london_date
from reports.models import Incident
from victims import actions
from victims.actions import care, sharing
from victims.actions.clocks import HEARING
from victims.actions.complaints import acknowledge_complaint, answer_complaint
from victims.actions.statement import offer_statement
from victims.models import Complaint, Entitlement, OnwardReferral, Referral, SupportService

TOLD = ("written-confirmation", "information-for-victims", "compensation-information", "updates-agreed")
BEGUN = ("same-care", "code-applies", "best-evidence")
IN_PASSING = ("few-interviews", "crime-recorded", *BEGUN)
FACTS = {
    "crime": {"number": "22/00001/26"},
    "understanding": {"language": "no", "companion": "yes"},
    "interviews": {"count": 1, "apart": "yes", "support": "yes"},
    "confirmation": {"holds": ["offence", "number", "officer"], "edition": "Letter V1, 2026"},
    "information": {"given": ["services", "rights"], "edition": "Leaflet for victims, 2026"},
    "compensation": {"ways": ["court", "cica", "duty"]},
    "preference": {"way": "call", "often": "events"},
    "same-care": {"own_crime": "yes", "not_added": "yes"},
    "code-applies": {"told": "yes", "officer_knows": "yes"},
    "own-officer": {"statements": "yes"},
    "first-contact": {"how": "in-person", "looked": "yes"},
    "told": {"command": "told", "association": "offered", "hospital": "no"},
    "best-evidence": {"gathered": ["bwv", "photos", "witnesses"]},
    "learned": {"record": "yes"},
    "check-in": {"concern": "none", "words": "Invented: sleeping better, back with the team."},
    "check-in-trim": {"trim": "accepted", "concern": "some", "adjustment": "Invented: no late shifts this week"},
    "check-in-manager": {"duty": "yes", "adjustment": ""},
    "exposure-advice": {"where": "occupational-health", "treatment": "not-needed"},
    "blood-test": {"done": "done"},
}
"""Answers of the evidence forms, by the form's code: invented."""


class Tending:
    """One person's case while it is told. What the person did not want, or what was ended meanwhile, is left out.

    :param report: the incident, and who may review it (demo.telling)
    """

    def __init__(self, incident: Incident, position: int, *, desk, reviewer, rng):
        self.incident, self.position, self.rng = incident, position, rng
        self.desk, self.reviewer = desk, reviewer
        self.referral: Referral | None = None

    def do(self, does: str, *, at, **what) -> None:
        """Do one step of the plan, unless there is no case of this person's any more."""
        rows = Referral.objects.exclude(state=Referral.State.MERGED).filter(
            assault__incident=self.incident, assault__position=self.position
        )
        self.referral = rows.select_related("owner", "person").first()
        if self.referral is not None:
            getattr(self, f"_{does.replace(' ', '_')}")(at=at, **what)

    # The officer in the case and the supervisor ----------------------------------------------------------------------

    def _investigator(self, at):
        officer = Incident.objects.select_related("officer_in_case").get(pk=self.incident.pk).officer_in_case
        return officer or self.reviewer(at)

    def _tell(self, *, at, how, everything=False):
        by = self._investigator(at)
        self._meet((*TOLD, *IN_PASSING) if everything else TOLD, by=by, at=at, channel=how)
        offer = self._running(["victim-personal-statement"], at).first()
        if offer:
            offer_statement(clock=offer, offered_at=at, channel=how, by=by, at=at)

    def _crime(self, *, at):
        for clock in self._running(["crime-recorded"], at):
            number = f"22/{self.rng.randint(10000, 99999)}/26"
            actions.meet(clock=clock, met_at=at, facts={"number": number}, by=self._investigator(at), at=at)

    def _interviews(self, *, at):
        self._meet(("few-interviews",), by=self._investigator(at), at=at)

    def _own_duty(self, *, at, code, facts):
        """What the person does for themselves and tells of."""
        person = self.referral.person
        for clock in self._running([code], at) if person is not None else ():
            actions.meet(clock=clock, met_at=at, facts=facts, by=person, at=at)

    def _complain(self, *, at):
        about = Entitlement.objects.filter(code="written-confirmation").first()
        words = "Invented: nobody wrote to me for weeks."
        if self.referral.person is not None:
            actions.complain(referral=self.referral, about=about, words=words, by=self.referral.person, at=at)

    def _acknowledge(self, *, at):
        for complaint, by in self._complaints():
            if complaint.clock and complaint.clock.status == "running":
                told = {"words": "Invented: we have it, and look into it."}
                acknowledge_complaint(complaint=complaint, met_at=at, facts=told, channel="email", by=by, at=at)

    def _answer_complaint(self, *, at):
        for complaint, by in self._complaints():
            words = "Invented: it was late, and we are sorry."
            answer_complaint(complaint=complaint, words=words, by=by, at=at)

    def _complaints(self):
        """The complaint that nobody has answered yet, with somebody of governance who may deal with it."""
        for complaint in self.referral.complaints.filter(answered_at=None).select_related("clock")[:1]:
            mine = Complaint.objects.filter(pk=complaint.pk)
            by = next((user for user in self._governance() if mine.handled_by(user).exists()), None)
            if by is not None:
                yield complaint, by

    def _ask_alone(self, *, at):
        """Ask for support without a report."""
        if self.referral.person is not None:
            actions.refer_oneself(by=self.referral.person, at=at)

    def _ring_back(self, *, at):
        case = Referral.objects.filter(person=self.referral.person, assault=None, owner=None).open().first()
        free = [user for user in self.desk if case and Referral.objects.on_desk(user).filter(pk=case.pk).exists()]
        if not free:
            return
        by = self.rng.choice(free)
        care.record_contact(
            referral=actions.claim(referral=case, by=by, at=at), happened_at=at, channel="call", direction="out",
            outcome="spoke", words="Invented: talked about how things are.", shared=True, key=self._key(),
            confirmed=True, by=by, at=at,
        )  # fmt: skip

    @staticmethod
    def _governance():
        return User.objects.filter(memberships__role=Role.GOVERNANCE, force__is_demo=True).order_by("pk")

    def _begin(self, *, at):
        self._meet(BEGUN, by=self._investigator(at), at=at)

    def _plan(self, *, at, codes):
        self._meet(codes, by=self.reviewer(at), at=at, owed_by=Entitlement.OwedBy.SUPERVISOR, channel="in-person")

    # The welfare desk ------------------------------------------------------------------------------------------------

    def _claim(self, *, at):
        if self.referral.owner_id or self.referral.closed_at:
            return
        free = [user for user in self.desk if Referral.objects.on_desk(user).filter(pk=self.referral.pk).exists()]
        if free:
            actions.claim(referral=self.referral, by=self.rng.choice(free), at=at)

    def _health(self, *, at, code):
        if self._is_open():
            self._meet((code,), by=self.referral.owner, at=at)

    def _ring(self, *, at, outcome):
        if not self._is_open():
            return
        words = "Invented: talked about how things are." if outcome == "spoke" else ""
        care.record_contact(
            referral=self.referral, happened_at=at, channel="call", direction="out", outcome=outcome, words=words,
            shared=True, key=self._key(), confirmed=True, by=self.referral.owner, at=at,
        )  # fmt: skip

    def _assess(self, *, at, enhanced, high):
        if not self._is_open():
            return
        levels = {"safety": "well", "health": "some", "feelings": "urgent" if high else "some", "work": "some"}
        care.assess(
            referral=self.referral,
            answers=levels,
            risk="high" if high else self.rng.choice(("low", "medium")),
            words="Invented: what would help was talked through.",
            enhanced="yes" if enhanced else "no",
            basis=["targeted"] if enhanced else [],
            review_on=london_date(at) + timedelta(days=28),
            by=self.referral.owner,
            at=at,
        )
        care.add_goal(
            referral=self.referral, words="Invented: sleep through the night again",
            by_on=london_date(at) + timedelta(days=42), key=self._key(), by=self.referral.owner, at=at,
        )  # fmt: skip

    def _send_on(self, *, at, service):
        if not self._is_open() or self.referral.person is None:
            return
        row = SupportService.objects.in_force(london_date(at)).filter(code=service).first()
        if row is None or self.referral.person.worker_type not in row.eligible.split():
            return
        yes = sharing.give_consent(
            referral=self.referral, service=row, shares=["name", "contact"], how="call", by=self.referral.owner, at=at
        )
        sharing.refer_on(referral=self.referral, service=row, consent=yes, by=self.referral.owner, at=at)

    def _answer(self, *, at, service, answer):
        onward = self._onward(service, OnwardReferral.State.SENT)
        if onward is None:
            return
        by = self.referral.owner
        if answer == "declined":
            words = "Invented: no room this month"
            sharing.turn_down(onward=onward, declined_for="full", words=words, by=by, at=at)
        else:
            sharing.receive(onward=onward, receipt=f"VS-{self.rng.randint(1000, 9999)}", by=by, at=at)
            if answer == "accepted":
                sharing.take_up(onward=OnwardReferral.objects.get(pk=onward.pk), by=by, at=at + timedelta(hours=1))

    def _meet_with(self, *, at, days):
        if not self._is_open():
            return
        care.arrange(
            referral=self.referral, meets_at=at + timedelta(days=days), with_whom="Invented: counsellor",
            place="Invented: by video", key=self._key(), by=self.referral.owner, at=at,
        )  # fmt: skip

    def _finish(self, *, at, service):
        onward = self._onward(service, OnwardReferral.State.ACCEPTED)
        if onward is not None:
            result = self.rng.choice(("helped", "helped", "partly", "not-taken-up"))
            sharing.end_onward(onward=onward, result=result, by=self.referral.owner, at=at)
        for meeting in self.referral.appointments.filter(recorded_at=None, meets_at__lte=at):
            care.record_appointment(appointment=meeting, attended="yes", by=self.referral.owner, at=at)

    def _check_in(self, *, at, code):
        if self._is_open():
            self._meet((code,), by=self.referral.owner, at=at, channel="call")

    def _satisfied(self, *, at, asked, score):
        person = self.referral.person
        if person is not None and not self.referral.closed_at and asked in actions.asks_now(self.referral, at=at):
            actions.say_how_it_was(referral=self.referral, asked=asked, score=score, words="", by=person, at=at)

    def _close(self, *, at, outcome):
        if not self._is_open():
            return
        try:
            actions.close(referral=self.referral, outcome=outcome, by=self.referral.owner, at=at)
        except actions.StillOwed:
            return  # it stays open, as it would

    # Steps -----------------------------------------------------------------------------------------------------------

    def _is_open(self):
        return self.referral.owner_id is not None and self.referral.closed_at is None

    def _running(self, codes, at):
        begun = Q(started_at__lte=at) | Q(entitlement__trigger=HEARING)  # a call is owed before the day in court
        rows = self.referral.clocks.running().filter(begun, entitlement__code__in=codes)
        return rows.select_related("entitlement", "referral").order_by("pk")

    def _meet(self, codes, *, by, at, channel="", owed_by=None):
        rows = self._running(codes, at)
        clocks = list(rows.filter(owed_by=owed_by) if owed_by else rows)
        clocks = [clock for clock in clocks if clock.owed_by != Entitlement.OwedBy.OFFICER or self._may(by)]
        if clocks:
            answers = {clock.pk: FACTS[clock.entitlement.evidence_form] for clock in clocks}
            answers = {key: {name: fact for name, fact in facts.items() if fact} for key, facts in answers.items()}
            actions.meet_together(clocks=clocks, met_at=at, answers=answers, channel=channel, by=by, at=at)

    def _may(self, by):
        return by.pk != self.referral.person_id

    def _onward(self, service, state):
        if not self._is_open():
            return None
        return self.referral.onward.filter(service__code=service, state=state).first()

    def _key(self):
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)
