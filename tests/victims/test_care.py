"""What whoever carries a case does: needs, plan, contacts, appointments, services, people close to the person."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from campion import actions as kernel
from campion.models import AuditEvent, WorkerType
from campion.roles import Role
from reports.models import Assault, Conflict, HateStrand, Incident, Suspect
from tests import world
from tests.stage import once
from tests.victims.carried import (
    LATER,
    Scene,
    assess,
    consent,
    contact,
    refer,
    related,
    representative,
    service,
)
from tests.victims.cases import MONDAY, assault_of, clock_of, fresh
from victims import actions
from victims.actions import Refused, care, sharing
from victims.models import (
    Appointment,
    Clock,
    Consent,
    Contact,
    Goal,
    NeedsAssessment,
    OnwardReferral,
    Referral,
    RelatedPerson,
    Representative,
    SupportService,
)
from victims.reading import appointments_of
from victims.reading.facts import facts_for

pytestmark = pytest.mark.django_db


@once
def scene():
    return Scene()


# Needs ---------------------------------------------------------------------------------------------------------------


def test_an_assessment_is_another_row_and_meets_the_right_to_one(scene):
    first, second = assess(scene), assess(scene, risk="high")
    assert (first.number, second.number) == (1, 2)
    clock = clock_of(scene.case, "needs-assessment")
    assert clock.met_at == LATER and clock.evidence == {"number": 1}
    assert fresh(scene.case).enhanced_at is None


def test_enhanced_rights_count_running_clocks_anew(scene):
    before = clock_of(scene.case, "crime-recorded").due_on
    assess(scene, enhanced="yes", basis=["gravest"])
    case = fresh(scene.case)
    assert case.enhanced_at == LATER
    hastened = Clock.objects.filter(referral=case, enhanced_at=LATER)
    assert all(clock.due_on <= clock.first_due_on for clock in hastened)
    assert clock_of(case, "crime-recorded").due_on == before


def test_a_person_may_decline_the_label_and_it_can_be_taken_back(scene):
    assess(scene, enhanced="yes", basis=["targeted"])
    kept = assess(scene, enhanced="declined", basis=["targeted"])
    assert (kept.enhanced, kept.basis) == ("declined", ["targeted"])
    assert fresh(scene.case).enhanced_at is None


@pytest.mark.parametrize(
    "changes",
    [
        {"answers": {"weather": "well"}},
        {"answers": {"safety": "dreadful"}},
        {"risk": "extreme"},
        {"enhanced": "perhaps"},
        {"enhanced": "yes"},
        {"enhanced": "declined"},
        {"enhanced": "no", "basis": ["gravest"]},
        {"enhanced": "yes", "basis": ["noble birth"]},
        {"review_on": date(2026, 12, 20)},
        {"review_on": date(2030, 1, 1)},
    ],
)
def test_an_assessment_that_does_not_fit_is_refused(scene, changes):
    with pytest.raises(Refused):
        assess(scene, **changes)
    assert not NeedsAssessment.objects.exists()


def test_the_button_pressed_twice_keeps_one_and_two_people_are_told(scene):
    one = assess(scene, number=1)
    assert assess(scene, number=1).pk == one.pk
    with pytest.raises(Refused, match="while this page was open"):
        assess(scene, number=1, risk="high")


def test_the_facts_suggest_by_codes_alone(scene):
    assault = assault_of(scene.case)
    assault.hate_strands = ["race"]
    assault.save()
    kept = assess(scene, answers={"safety": "urgent"})
    assert kept.suggested == [
        ["gravest", "Hate crime: the report names what it was about"],
        ["vulnerable", "They are not safe now"],
    ]


def test_the_third_assault_in_a_year_and_the_same_suspect_are_facts(scene):
    for back in (40, 80, 400):
        world.make_submitted_incident(scene.sam, at=MONDAY - timedelta(days=back))
    assert facts_for(scene.case, by=scene.carrier).assaults == 3
    incidents = list(Incident.objects.order_by("occurred_from"))
    for incident in (incidents[0], incidents[-1]):
        Suspect.objects.create(incident=incident, position=1, known="identified", nominal_reference="NOM/123 ")
    assert facts_for(scene.case, by=scene.carrier).same_suspect == 1


def test_what_is_kept_from_the_reader_is_no_fact_and_no_number(scene):
    other = world.make_submitted_incident(scene.sam, at=MONDAY - timedelta(days=40))
    Conflict.objects.create(incident=other, user=scene.carrier, why="named", by=scene.sam, at=MONDAY)
    assert facts_for(scene.case, by=scene.carrier).assaults == 1
    Incident.objects.filter(assaults=assault_of(scene.case)).update(restricted=True)
    assert facts_for(scene.case, by=scene.carrier).conducts == ()


def test_somebody_without_a_report_is_assessed_too(scene):
    case = actions.refer_oneself(by=world.fresh(scene.sam), at=MONDAY)
    case = actions.claim(referral=case, by=world.fresh(scene.carrier), at=MONDAY)
    kept = care.assess(
        referral=case, answers={}, risk="low", words="", enhanced="no", basis=[], review_on=None, **scene.by()
    )
    assert (kept.number, kept.suggested) == (1, [])


def test_strands_that_suggest_are_known():
    assert HateStrand.objects.filter(code="race").exists()


# The plan ------------------------------------------------------------------------------------------------------------


def test_goals_are_added_once_and_end_once(scene):
    key = uuid4()
    goal = care.add_goal(referral=scene.case, words="Sleep again", by_on=None, key=key, **scene.by())
    assert care.add_goal(referral=scene.case, words="Sleep again", by_on=None, key=key, **scene.by()).pk == goal.pk
    assert care.end_goal(goal=goal, state="done", **scene.by()).ended_by_id == scene.carrier.pk
    assert care.end_goal(goal=goal, state="done", **scene.by()).state == "done"
    with pytest.raises(Refused, match="ended already"):
        care.end_goal(goal=goal, state="dropped", **scene.by())
    with pytest.raises(Refused):
        care.add_goal(referral=scene.case, words="  ", by_on=None, key=uuid4(), **scene.by())


def test_a_key_of_another_case_is_refused(scene):
    other = scene.carried(world.make_person(scene.place.team))
    key = uuid4()
    care.add_goal(referral=other, words="Theirs", by_on=None, key=key, **scene.by())
    with pytest.raises(Refused, match="another case"):
        care.add_goal(referral=scene.case, words="Mine", by_on=None, key=key, **scene.by())


def test_the_plan_is_reviewed_on_a_day_ahead(scene):
    care.set_plan_review(referral=scene.case, review_on=date(2027, 1, 20), **scene.by())
    assert fresh(scene.case).plan_review_on == date(2027, 1, 20)
    with pytest.raises(Refused):
        care.set_plan_review(referral=scene.case, review_on=date(2026, 12, 1), **scene.by())


# Contacts ------------------------------------------------------------------------------------------------------------


def test_having_spoken_meets_the_two_day_right_with_its_evidence(scene):
    made = contact(scene)
    clock = clock_of(scene.case)
    assert (clock.met_at, clock.met_by_id, clock.channel) == (made.happened_at, scene.carrier.pk, "call")
    assert clock.evidence == {"contact": str(made.key)}


@pytest.mark.parametrize("outcome", ["message", "sent", "no-answer", "not-safe", "wrong"])
def test_an_attempt_alone_meets_nothing(scene, outcome):
    contact(scene, outcome=outcome)
    assert clock_of(scene.case).met_at is None


def test_the_same_form_keeps_one_contact(scene):
    key = uuid4()
    assert contact(scene, key=key).pk == contact(scene, key=key).pk
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "changes", "why"),
    [
        ({"channel": "text", "contact": "07700 900982"}, {}, ("way",)),
        ({"channel": "call", "contact": "07700 900982", "safe_ways": ("call",)}, {}, ()),
        ({"channel": "call", "contact": "1", "quiet_from": time(11), "quiet_until": time(13)}, {}, ("quiet",)),
        ({"channel": "call", "contact": "1", "nights_until_on": date(2026, 12, 23)}, {}, ("nights",)),
        ({"channel": "call", "contact": "1"}, {"outcome": "message"}, ("message",)),
        ({"channel": "call", "contact": "1", "may_leave_message": True}, {"outcome": "message"}, ()),
        ({"channel": "email", "contact": "a@b.example", "quiet_from": time(11), "quiet_until": time(13)},
         {"channel": "email", "outcome": "sent"}, ()),
        ({"channel": "text", "contact": "07700 900982"}, {"direction": "in"}, ()),
    ],
)  # fmt: skip
def test_a_contact_against_their_wish_needs_a_confirmation(scene, said, changes, why):
    scene.said(**said)
    if not why:
        assert contact(scene, confirmed=False, **changes).pk
        return
    with pytest.raises(care.NotSafe) as refusal:
        contact(scene, confirmed=False, **changes)
    assert refusal.value.why == why
    assert not Contact.objects.exists()
    assert contact(scene, confirmed=True, **changes).pk


@pytest.mark.parametrize(
    "changes",
    [
        {"channel": "pigeon"},
        {"outcome": "shouted"},
        {"direction": "sideways"},
        {"happened_at": LATER + timedelta(minutes=1)},
        {"happened_at": LATER - timedelta(days=400)},
    ],
)
def test_a_contact_that_does_not_fit_is_refused(scene, changes):
    with pytest.raises(Refused):
        contact(scene, **changes)


def test_what_was_owed_to_somebody_else_is_not_the_reason(scene):
    other = scene.carried(world.make_person(scene.place.team))
    with pytest.raises(Refused, match="no such duty"):
        contact(scene, clock=clock_of(other))
    assert contact(scene, clock=clock_of(scene.case)).clock_id


# Who may -------------------------------------------------------------------------------------------------------------


def test_only_whoever_carries_it_or_stands_in_records(scene):
    for person in (scene.colleague, scene.sam, world.make_person(scene.place.team, Role.SUPERVISOR)):
        with pytest.raises(Refused):
            care.add_goal(
                referral=scene.case, words="x", by_on=None, key=uuid4(), by=world.fresh(person), at=LATER
            )  # fmt: skip
    today = timezone.localdate()
    kernel.name_deputy(
        user=scene.carrier, deputy=scene.colleague, from_on=today, until_on=today + timedelta(days=30),
        by=world.fresh(scene.carrier), at=timezone.now(),
    )  # fmt: skip
    assert care.add_goal(
        referral=scene.case, words="x", by_on=None, key=uuid4(), by=world.fresh(scene.colleague), at=LATER
    ).pk


def test_nothing_is_recorded_in_a_closed_case(scene):
    Referral.objects.filter(pk=scene.case.pk).update(
        closed_at=LATER, closed_by=scene.carrier, outcome="helped", due_on=None
    )
    with pytest.raises(Refused, match="Closed"):
        contact(scene)


def test_every_action_leaves_a_line_without_words(scene):
    contact(scene, words="a secret")
    line = AuditEvent.objects.get(action="record_contact")
    assert (line.object_id, line.subject_ids, line.reason_code) == (scene.case.reference, [scene.sam.pk], "")


# Appointments --------------------------------------------------------------------------------------------------------


def test_an_appointment_took_place_or_did_not(scene):
    meets_at = datetime(2027, 1, 5, 14, tzinfo=UTC)
    row = care.arrange(
        referral=scene.case, meets_at=meets_at, with_whom="A counsellor", place="By phone", key=uuid4(), **scene.by()
    )
    with pytest.raises(Refused, match="still to come"):
        care.record_appointment(appointment=row, attended="yes", **scene.by())
    with pytest.raises(Refused, match="whether it took place"):
        care.record_appointment(appointment=row, attended="moved", **scene.by())
    done = care.record_appointment(
        appointment=row, attended="yes", by=world.fresh(scene.carrier), at=meets_at + timedelta(hours=1)
    )
    assert (done.attended, done.recorded_by_id) == ("yes", scene.carrier.pk)
    with pytest.raises(Refused):
        care.arrange(
            referral=scene.case, meets_at=datetime(2035, 1, 1, tzinfo=UTC), with_whom="x", place="", key=uuid4(),
            **scene.by(),
        )  # fmt: skip


@pytest.fixture
def meeting(scene):
    meets_at = datetime(2027, 1, 5, 14, tzinfo=UTC)
    given = consent(scene)
    return care.arrange(
        referral=scene.case, meets_at=meets_at, with_whom="A counsellor", place="By phone", onward=refer(scene, given),
        key=uuid4(), **scene.by(),
    )  # fmt: skip


def test_a_meeting_that_moves_is_another_and_the_first_stays_to_be_read(scene, meeting):
    given = {"meets_at": meeting.meets_at + timedelta(days=1), "with_whom": "A counsellor", "place": "At the station"}
    made = [care.change_appointment(appointment=meeting, **given, **scene.by()) for _ in range(2)]
    assert made[0] == made[1], "sent twice, it is moved once"
    meeting.refresh_from_db()
    assert (meeting.attended, meeting.moved_to, meeting.place) == ("moved", made[0], "By phone")
    assert (made[0].attended, made[0].onward, made[0].place) == ("", meeting.onward, "At the station")
    with pytest.raises(Refused, match="Change that one instead"):
        care.change_appointment(appointment=meeting, **given | {"place": "x"}, **scene.by())
    with pytest.raises(Refused, match="Change that one instead"):
        care.record_appointment(appointment=meeting, attended="yes", **scene.by())
    assert AuditEvent.objects.filter(action="change_appointment", object_id=scene.case.reference).exists()


def test_another_place_or_person_is_the_same_meeting(scene, meeting):
    given = {"meets_at": meeting.meets_at, "with_whom": "Her colleague", "place": "Room 2"}
    assert care.change_appointment(appointment=meeting, **given, **scene.by()).pk == meeting.pk
    meeting.refresh_from_db()
    assert (meeting.with_whom, meeting.place, meeting.attended) == ("Her colleague", "Room 2", "")


def test_a_meeting_is_cancelled_with_a_reason_that_the_person_reads(scene, meeting):
    with pytest.raises(Refused, match="Say why"):
        care.cancel_appointment(appointment=meeting, reason=" ", **scene.by())
    for _ in range(2):
        care.cancel_appointment(appointment=meeting, reason="She is ill.", **scene.by())
    meeting.refresh_from_db()
    assert (meeting.attended, meeting.reason) == ("cancelled", "She is ill.")
    coming, over = appointments_of(scene.case, now=scene.later)
    assert (coming, over[0].outcome, over[0].reason) == ([], "Cancelled", "She is ill.")
    with pytest.raises(Refused, match="Arrange another one"):
        care.change_appointment(
            appointment=meeting, meets_at=meeting.meets_at, with_whom="x", place="", **scene.by()
        )  # fmt: skip


def test_only_whoever_carries_the_case_changes_a_meeting(scene, meeting):
    for person in (scene.colleague, scene.sam):
        by = {"by": world.fresh(person), "at": scene.later}
        with pytest.raises(Refused):
            care.cancel_appointment(appointment=meeting, reason="x", **by)
        with pytest.raises(Refused):
            care.change_appointment(appointment=meeting, meets_at=meeting.meets_at, with_whom="x", place="", **by)


# Consent and services ------------------------------------------------------------------------------------------------


def test_nothing_is_sent_without_a_yes_for_that_very_service(scene):
    given = consent(scene)
    with pytest.raises(Refused, match="no standing yes"):
        refer(scene, given, "police-care-uk")
    assert refer(scene, given).state == "sent"
    assert clock_of(scene.case).met_at == LATER


def test_sent_twice_it_is_one(scene):
    given = consent(scene)
    assert refer(scene, given).pk == refer(scene, given).pk


@pytest.mark.parametrize(
    ("code", "words"),
    [("mind-blue-light", "not there any more"), ("unison", "not for somebody who works in this way")],
)
def test_a_service_that_ended_or_is_not_for_them_is_refused(scene, code, words):
    with pytest.raises(Refused, match=words):
        consent(scene, code)


def test_a_service_that_ends_meanwhile_is_not_sent_to(scene):
    given = consent(scene)
    SupportService.objects.filter(code="victim-support").update(until_on=date(2026, 12, 20))
    with pytest.raises(Refused, match="not there any more"):
        refer(scene, given)


def test_who_says_yes_says_how(scene):
    with pytest.raises(Refused, match="only the person themself"):
        consent(scene, how="self")
    given = sharing.give_consent(
        referral=scene.case, service=service(), shares=["name"], how="self", by=world.fresh(scene.sam), at=LATER
    )
    assert given.recorded_by_id == scene.sam.pk
    with pytest.raises(Refused):
        consent(scene, shares=[])
    with pytest.raises(Refused):
        consent(scene, shares=["bank account"])


def test_a_later_yes_stands_in_place_of_the_earlier_and_what_was_sent_goes_on(scene):
    given = consent(scene)
    onward = refer(scene, given)
    assert consent(scene).pk == given.pk
    wider = consent(scene, shares=["needs", "name"])
    assert wider.shares == ["name", "needs"]
    given.refresh_from_db()
    onward.refresh_from_db()
    assert given.withdrawn_at == LATER
    assert (onward.state, onward.consent_id) == ("sent", wider.pk)


def test_a_yes_taken_back_ends_what_was_sent(scene):
    given = consent(scene)
    onward = refer(scene, given)
    sharing.withdraw_consent(consent=given, by=world.fresh(scene.sam), at=LATER)
    sharing.withdraw_consent(consent=given, **scene.by())
    onward.refresh_from_db()
    assert (onward.state, onward.ended_at) == ("withdrawn", LATER)
    with pytest.raises(Refused, match="no standing yes"):
        refer(scene, given)
    with pytest.raises(Refused):
        sharing.take_up(onward=onward, **scene.by())


def test_the_person_may_take_a_yes_back_from_a_closed_case(scene):
    given = consent(scene)
    Referral.objects.filter(pk=scene.case.pk).update(
        closed_at=LATER, closed_by=scene.carrier, outcome="helped", due_on=None
    )
    with pytest.raises(Refused, match="Closed"):
        sharing.withdraw_consent(consent=given, **scene.by())
    assert sharing.withdraw_consent(consent=given, by=world.fresh(scene.sam), at=LATER).withdrawn_at


def test_a_service_receives_accepts_and_ends(scene):
    onward = refer(scene, consent(scene))
    sharing.receive(onward=onward, receipt="VS/1", **scene.by())
    sharing.take_up(onward=onward, **scene.by())
    done = sharing.end_onward(onward=onward, result="helped", **scene.by())
    assert (done.state, done.result, done.receipt, done.ended_at) == ("ended", "helped", "VS/1", LATER)
    with pytest.raises(Refused, match="Ended"):
        sharing.turn_down(onward=onward, declined_for="full", words="", **scene.by())


def test_a_service_declines_with_a_reason(scene):
    onward = refer(scene, consent(scene))
    with pytest.raises(Refused):
        sharing.turn_down(onward=onward, declined_for="", words="", **scene.by())
    with pytest.raises(Refused):
        sharing.end_onward(onward=onward, result="helped", **scene.by())
    done = sharing.turn_down(onward=onward, declined_for="full", words="In March", **scene.by())
    assert (done.state, done.declined_words) == ("declined", "In March")
    assert refer(scene, onward.consent).pk != onward.pk


def test_passing_on_needs_its_own_yes(scene):
    first = consent(scene)
    onward = refer(scene, first)
    other = service("police-care-uk")
    with pytest.raises(Refused, match="no standing yes"):
        sharing.transfer(onward=onward, service=other, consent=first, **scene.by())
    with pytest.raises(Refused, match="already"):
        sharing.transfer(onward=onward, service=service(), consent=first, **scene.by())
    made = sharing.transfer(
        onward=onward, service=other, consent=consent(scene, "police-care-uk"), **scene.by()
    )  # fmt: skip
    onward.refresh_from_db()
    assert (onward.state, onward.transferred_to_id, made.state) == ("transferred", made.pk, "sent")


def test_two_services_do_not_both_pass_on_to_the_same_referral(scene):
    other = consent(scene, "police-care-uk")
    first = refer(scene, consent(scene))
    into = sharing.transfer(onward=first, service=other.service, consent=other, **scene.by())
    again = refer(scene, first.consent)
    with pytest.raises(Refused, match="with that service already"):
        sharing.transfer(onward=again, service=other.service, consent=other, **scene.by())
    again.refresh_from_db()
    assert (again.state, into.state) == ("sent", "sent")


def test_somebody_outside_the_directory_gets_services_by_their_worker_type(scene):
    Referral.objects.filter(pk=scene.case.pk).update(person=None)
    Assault.objects.filter(referral=scene.case).update(worker_type=WorkerType.AGENCY)
    scene.case = fresh(scene.case)
    with pytest.raises(Refused, match="works in this way"):
        consent(scene, "police-federation")
    assert consent(scene).pk


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(4))
def test_a_yes_taken_back_against_a_send_has_one_winner(turn):
    scene = Scene()
    given = consent(scene)
    results, gate = [], threading.Barrier(2)

    def run(call):
        try:
            gate.wait(10)
            results.append(call())
        except Refused as refusal:
            results.append(refusal)
        finally:
            connection.close()

    calls = [
        lambda: refer(scene, given),
        lambda: sharing.withdraw_consent(consent=given, by=world.fresh(scene.sam), at=LATER),
    ]
    threads = [threading.Thread(target=run, args=(call,)) for call in (calls if turn % 2 else calls[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == 2
    assert not OnwardReferral.objects.filter(state__in=OnwardReferral.OPEN).exists()
    assert Consent.objects.get().withdrawn_at


# People close to the person ------------------------------------------------------------------------------------------


def test_nothing_of_somebody_close_is_kept_before_their_own_yes(scene):
    with pytest.raises(Refused, match="said yes themselves"):
        related(scene, how="")
    jo = related(scene, how="", contact="")
    assert (jo.consented_at, jo.consent_how) == (None, "")
    with pytest.raises(Refused, match="Ask them first"):
        consent(scene, related_person=jo)
    jo = sharing.ask_related(related=jo, how="in-person", contact="01632 960456", needs="", **scene.by())
    assert (jo.consented_at, jo.contact) == (LATER, "01632 960456")
    assert consent(scene, related_person=jo).related_person_id == jo.pk


def test_family_gets_only_services_for_family_and_meets_no_right_of_the_person(scene):
    jo = related(scene)
    with pytest.raises(Refused, match="not for family"):
        consent(scene, "flint-house", related_person=jo)
    given = consent(scene, related_person=jo)
    onward = refer(scene, given)
    assert onward.related_person_id == jo.pk
    assert clock_of(scene.case).met_at is None
    with pytest.raises(Refused, match="somebody else’s"):
        sharing.transfer(
            onward=onward, service=service("police-care-uk"), consent=consent(scene, "police-care-uk"), **scene.by()
        )


def test_when_somebody_close_leaves_their_yes_goes_too(scene):
    jo = related(scene)
    onward = refer(scene, consent(scene, related_person=jo))
    sharing.end_related(related=jo, **scene.by())
    onward.refresh_from_db()
    assert onward.state == "withdrawn"
    with pytest.raises(Refused, match="not supported here any more"):
        sharing.ask_related(related=jo, how="call", contact="", needs="", **scene.by())


# Representatives -----------------------------------------------------------------------------------------------------


def test_somebody_speaks_for_the_person_until_it_ends(scene):
    row = representative(scene)
    assert (row.check_word, row.may_hear) == ("heron", ["case"])
    sharing.end_representative(representative=row, by=world.fresh(scene.sam), at=LATER)
    row.refresh_from_db()
    assert row.ended_at == LATER


@pytest.mark.parametrize(
    "changes", [{"name": " "}, {"kind": "wizard"}, {"check_word": "abc"}, {"may_hear": ["everything"]}]
)
def test_a_representative_that_does_not_fit_is_refused(scene, changes):
    with pytest.raises(Refused):
        representative(scene, **changes)


# What Postgres refuses -----------------------------------------------------------------------------------------------


def refused(name, change):
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        change()


def test_what_cannot_be_in_the_rows_of_care(scene):
    kept = assess(scene)
    refused(
        "needs_assessment_number_once",
        lambda: NeedsAssessment.objects.create(
            referral=scene.case, number=kept.number, at=LATER, by=scene.carrier, risk="low", enhanced="no"
        ),
    )
    goal = care.add_goal(referral=scene.case, words="x", by_on=None, key=uuid4(), **scene.by())
    refused("goal_ended_at_and_by_together", lambda: Goal.objects.filter(pk=goal.pk).update(state="done"))
    jo = related(scene)
    refused(
        "related_person_consent_says_how",
        lambda: RelatedPerson.objects.filter(pk=jo.pk).update(consent_how=""),
    )
    given = consent(scene)
    refused(
        "consent_once_a_recipient",
        lambda: Consent.objects.create(
            referral=scene.case, service=given.service, shares=["name"], how="call", given_at=LATER,
            recorded_by=scene.carrier,
        ),
    )  # fmt: skip
    refused(
        "consent_withdrawn_at_and_by_together",
        lambda: Consent.objects.filter(pk=given.pk).update(withdrawn_at=LATER),
    )
    row = care.arrange(
        referral=scene.case, meets_at=LATER, with_whom="x", place="", key=uuid4(), **scene.by()
    )  # fmt: skip
    refused(
        "appointment_recorded_at_and_by_together",
        lambda: Appointment.objects.filter(pk=row.pk).update(attended="yes"),
    )
    assert representative(scene) and Representative.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("onward_state_is_known", {"state": "lost"}),
        ("onward_declined_says_why", {"state": "declined", "ended_at": LATER}),
        ("onward_declined_says_why", {"declined_for": "full"}),
        ("onward_transferred_says_where", {"state": "transferred", "ended_at": LATER}),
        ("onward_ended_says_when", {"state": "ended"}),
        ("onward_ended_says_when", {"ended_at": LATER}),
    ],
)
def test_an_onward_referral_cannot_be(scene, name, values):
    onward = refer(scene, consent(scene))
    refused(name, lambda: OnwardReferral.objects.filter(pk=onward.pk).update(**values))


def test_one_open_referral_a_service(scene):
    onward = refer(scene, consent(scene))
    refused(
        "onward_one_open_a_service",
        lambda: OnwardReferral.objects.create(
            referral=scene.case, service=onward.service, consent=onward.consent, sent_at=LATER, sent_by=scene.carrier
        ),
    )


@pytest.mark.parametrize("table", ["victims_needsassessment", "victims_contact"])
def test_assessments_and_contacts_are_only_ever_added_to(scene, table):
    assess(scene)
    contact(scene)
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
