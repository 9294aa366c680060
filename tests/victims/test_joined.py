"""What hangs on a case whose report was merged goes on in the other one: read there, acted on there, by nobody else."""

import copy
import html
from datetime import timedelta
from uuid import uuid4

import pytest

from campion.models import AuditEvent, Message
from campion.roles import Role
from reports import actions as reports
from tests import world
from tests.people import signed_in
from tests.stage import once
from tests.victims.carried import Scene, address, assess, consent, contact, everything, refer
from tests.victims.cases import MONDAY, assault_of, fresh, merge, offer_to
from victims import actions
from victims.actions import care, complaints, sharing
from victims.models import Appointment, Clock, Complaint, Consent, OnwardReferral, PersonalStatement, Referral

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(hours=9)
EVENING = MONDAY + timedelta(hours=12)
HOUR = timedelta(hours=1)


def text_of(response):
    assert response.status_code == 200, response.status_code
    return html.unescape(response.content.decode())


class Twice:
    """One assault on Sam, reported twice: `kept` goes on and is carried by one, `lost` by a colleague."""

    def __init__(self):
        self.kept = Scene()
        self.sam, self.place = self.kept.sam, self.kept.place
        self.lost = copy.copy(self.kept)
        self.lost.carrier = self.kept.colleague
        self.lost.case = self.lost.carried(self.sam)

    def join(self, at=EVENING):
        """Say that both were one event."""
        lost, kept = self.lost.case, self.kept.case
        merge(assault_of(lost).incident, assault_of(kept).incident, by=self.sam, at=at)
        self.kept.case, self.lost.case = fresh(kept), fresh(lost)
        return self.kept.case


@once
def twice():
    return Twice()


def test_all_that_hangs_on_it_is_read_and_worked_on_where_the_case_goes_on(twice):
    pages = everything(twice.lost)
    kept = twice.join()
    client = signed_in(twice.kept.carrier)
    page = text_of(client.get(kept.get_absolute_url()))
    for words in ("Sleep again", "Will ring again", "A counsellor", "Victim Support", "Jo", "Fed", "Assessment of"):
        assert words in page, words
    for name, path in pages.items():
        moved = path.replace(twice.lost.case.reference, kept.reference)
        assert client.get(moved).status_code == 200, name
    goal = kept.goals.get()
    care.end_goal(goal=goal, state="done", **twice.kept.by())
    care.record_appointment(appointment=kept.appointments.get(), attended="yes", **twice.kept.by())
    sharing.receive(onward=kept.onward.get(), receipt="7", **twice.kept.by())
    sharing.end_representative(representative=kept.representatives.get(), **twice.kept.by())


def test_the_person_reads_it_there_too(twice):
    everything(twice.lost)
    actions.write(referral=twice.lost.case, words="Ring me after noon", key=uuid4(), by=twice.sam, at=LATER)
    kept = twice.join()
    client = signed_in(twice.sam)
    assert "Ring me after noon" in text_of(client.get(address(twice.kept, "contacts")))
    assert "A counsellor" in text_of(client.get(address(twice.kept, "contacts")))
    assert "Fed" in text_of(client.get(address(twice.kept, "people")))
    assert "Victim Support" in text_of(client.get(address(twice.kept, "consents")))
    assert text_of(client.get(address(twice.kept, "looked"))).count("took your case on") == 2
    assert client.get(address(twice.lost, "contacts")).status_code == 200
    given = kept.consents.get()
    client.post(address(twice.lost, "take-back", given.key))
    assert Consent.objects.get().withdrawn_at is not None, "a page that was open before still does what it says"


def test_nobody_else_reads_any_of_it(twice):
    pages = everything(twice.lost)
    kept = twice.join()
    other = signed_in(twice.lost.carrier)
    assert other.get(twice.lost.case.get_absolute_url()).url == kept.get_absolute_url()
    page = text_of(other.get(kept.get_absolute_url()))
    assert "Sleep again" not in page and "Claim" not in page
    supervisor = signed_in(world.make_person(twice.place.team, Role.SUPERVISOR))
    for path in pages.values():
        moved = path.replace(twice.lost.case.reference, kept.reference)
        assert other.get(moved).status_code == 403 and other.get(path).status_code == 403
        assert supervisor.get(moved).status_code == supervisor.get(path).status_code == 404
    with pytest.raises(actions.Refused):
        care.end_goal(goal=kept.goals.get(), state="done", **twice.lost.by())


def test_both_who_carried_are_told_and_the_log_has_both(twice):
    twice.join()
    assert twice.kept.case.owner == twice.kept.carrier
    assert set(Message.objects.filter(kind="case-joined").values_list("to", flat=True)) == {
        twice.kept.carrier.pk, twice.lost.carrier.pk,
    }  # fmt: skip
    lines = AuditEvent.objects.filter(action="merge", object_type="referral")
    assert set(lines.values_list("object_id", flat=True)) == {twice.kept.case.reference, twice.lost.case.reference}


def test_of_two_who_carry_it_goes_to_the_one_who_may_know_of_both(twice):
    lost, kept = assault_of(twice.lost.case).incident, assault_of(twice.kept.case).incident
    reports.name_conflict(incident=kept, user=twice.kept.carrier, by=world.fresh(twice.sam), at=LATER)
    Referral.objects.filter(pk=twice.kept.case.pk).update(owner=twice.kept.carrier, claimed_at=LATER)
    assert twice.join().owner == twice.lost.carrier
    assert lost.pk != kept.pk


def test_where_neither_may_know_of_it_the_case_is_nobodys_and_lies_on_the_desk(twice):
    for scene in (twice.kept, twice.lost):
        incident = assault_of(twice.kept.case).incident
        reports.name_conflict(incident=incident, user=scene.carrier, by=world.fresh(twice.sam), at=LATER)
    Referral.objects.filter(pk=twice.kept.case.pk).update(owner=twice.kept.carrier, claimed_at=LATER)
    assert twice.join().owner is None
    ann = world.make_person(twice.place.root, Role.WELFARE)
    assert Referral.objects.on_desk(ann).unassigned().get().pk == twice.kept.case.pk


def test_a_case_that_was_closed_goes_on_with_whoever_works_on_the_other(twice):
    contact(twice.lost, words="They ask for more")
    ended = {"closed_at": LATER, "closed_by": twice.kept.carrier, "outcome": "helped", "due_on": None}
    Referral.objects.filter(pk=twice.kept.case.pk).update(**ended)
    kept = twice.join()
    assert (kept.closed_at, kept.owner) == (None, twice.lost.carrier)


# What there may be once only -----------------------------------------------------------------------------------------


def test_of_two_yeses_to_one_service_the_later_stands(twice):
    first = consent(twice.lost)
    twice.kept.later += HOUR
    second = consent(twice.kept, shares=["name"])
    going = refer(twice.lost, first)
    kept = twice.join()
    first.refresh_from_db(), going.refresh_from_db()
    assert (first.withdrawn_at, first.referral, going.consent) == (second.given_at, kept, second)
    page = text_of(signed_in(twice.sam).get(address(twice.kept, "consents")))
    assert "You took your yes back" not in page
    assert page.count("Victim Support") >= 1


def test_of_two_referrals_to_one_service_the_one_that_came_further_goes_on(twice):
    further = refer(twice.lost, consent(twice.lost))
    sharing.take_up(onward=further, **twice.lost.by())
    over = refer(twice.kept, consent(twice.kept))
    meeting = care.arrange(
        referral=twice.kept.case, meets_at=EVENING + HOUR, with_whom="Them", place="", onward=over, key=uuid4(),
        **twice.kept.by(),
    )  # fmt: skip
    kept = twice.join()
    assert set(kept.onward.values_list("pk", "state")) == {(further.pk, "accepted"), (over.pk, "joined")}
    assert OnwardReferral.objects.get(pk=over.pk).ended_at == EVENING
    assert Appointment.objects.get(pk=meeting.pk).onward_id == further.pk
    sharing.end_onward(onward=fresh(kept).onward.get(pk=further.pk), result="helped", **twice.kept.by())
    assert "goes on in another" in text_of(signed_in(twice.kept.carrier).get(kept.get_absolute_url())).lower()
    assert "Goes on in the other one" in text_of(signed_in(twice.sam).get(address(twice.kept, "consents")))


def test_assessments_stand_in_the_order_in_which_they_were_made(twice):
    assess(twice.lost, words="first")
    twice.kept.later += HOUR
    assess(twice.kept, words="second")
    twice.lost.later += 2 * HOUR
    assess(twice.lost, words="third")
    kept = twice.join()
    rows = kept.assessments.order_by("number")
    assert [(row.number, row.words) for row in rows] == [(1, "first"), (2, "second"), (3, "third")]
    twice.kept.later += 3 * HOUR
    assert assess(twice.kept, words="fourth", number=4).number == 4


def test_two_statements_make_one(twice):
    offered = {"offered_by": twice.kept.carrier}
    PersonalStatement.objects.create(referral=twice.kept.case, offered_at=EVENING, choice="later", chosen_at=EVENING,
                                     **offered)  # fmt: skip
    PersonalStatement.objects.create(referral=twice.lost.case, offered_at=LATER, choice="yes", chosen_at=LATER,
                                     reading="self", taken_on=LATER.date(), **offered)  # fmt: skip
    statement = twice.join().personal_statement
    assert (statement.offered_at, statement.choice, statement.taken_on) == (LATER, "later", LATER.date())


def test_a_statement_of_the_lost_case_alone_comes_along(twice):
    actions.choose_statement(referral=twice.lost.case, choice="yes", reading="self", by=twice.sam, at=LATER)
    assert twice.join().personal_statement.choice == "yes"


def test_a_complaint_is_still_owed_an_acknowledgement_and_by_the_same_day(twice):
    governor = world.make_person(twice.place.root, Role.GOVERNANCE)
    mine = [
        actions.complain(referral=scene.case, about=None, words="Late", by=twice.sam, at=at)
        for scene, at in ((twice.lost, LATER), (twice.kept, LATER + timedelta(days=1)))
    ]
    due_on = mine[0].clock.due_on
    kept = twice.join(at=LATER + timedelta(days=2))
    assert set(Complaint.objects.handled_by(world.fresh(governor))) == set(mine)
    clock = Clock.objects.running().get(entitlement__trigger="complaint-made")
    first = Complaint.objects.get(pk=mine[0].pk)
    assert (clock.referral, clock.due_on, first.clock) == (kept, due_on, clock)
    assert Clock.objects.owed_by(world.fresh(governor)).running().get() == clock
    at = LATER + timedelta(days=3)
    complaints.acknowledge_complaint(
        complaint=first, met_at=at, facts={"words": "We have it"}, channel="call", by=world.fresh(governor), at=at
    )
    for complaint in mine:
        complaints.answer_complaint(complaint=complaint, words="Sorry", by=world.fresh(governor), at=at)


def test_what_was_said_of_how_it_was_is_kept_once_for_each_time_of_asking(twice):
    for scene, score in ((twice.lost, 2), (twice.kept, 4)):
        scene.case.satisfaction.create(asked="28-days", score=score, words="", at=LATER)
    twice.lost.case.satisfaction.create(asked="end", score=5, words="", at=LATER)
    assert set(twice.join().satisfaction.values_list("asked", "score")) == {("28-days", 4), ("end", 5)}


def test_what_was_left_in_words_is_read_by_whoever_carries_it_now(twice):
    ben = world.make_person(twice.place.root, Role.WELFARE)
    actions.hand_over(referral=twice.lost.case, to=ben, words="She works nights.", **twice.lost.by())
    kept = twice.join()
    assert "She works nights." in text_of(signed_in(twice.kept.carrier).get(kept.get_absolute_url()))


def test_a_case_that_took_one_in_before_brings_that_along(twice):
    everything(twice.lost)
    twice.join()
    third = offer_to(twice.sam)
    merge(assault_of(twice.kept.case).incident, assault_of(third).incident, by=twice.sam, at=EVENING + HOUR)
    assert set(Referral.objects.filter(merged_into=third)) == {twice.kept.case, twice.lost.case}
    assert fresh(third).goals.get().words == "Sleep again"


def test_what_was_done_for_somebody_else_goes_nowhere(twice):
    """The report that ends named Sam; it names a colleague by the time of the merge, as the other report does."""
    contact(twice.lost, words="Between Sam and us")
    colleague = world.make_person(twice.place.team)
    theirs = offer_to(colleague)
    assault = assault_of(twice.lost.case)
    assault.person = colleague
    assault.save(update_fields=["person"])
    merge(assault.incident, assault_of(theirs).incident, by=colleague, at=EVENING)
    assert not fresh(theirs).contacts.exists()
    lost = fresh(twice.lost.case)
    assert (lost.state, lost.assault, lost.person, lost.contacts.count()) == ("accepted", None, twice.sam, 1)
