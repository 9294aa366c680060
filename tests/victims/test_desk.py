"""Who carries a case: claims, handing over, a leaver's cases, closing; the desk's pages and those of its lead."""

import re
from datetime import date, timedelta

import pytest
from time_machine import travel

from campion import actions as kernel
from campion.models import AuditEvent, Message
from campion.roles import Role
from reports import actions as reports
from reports.models import Conflict
from tests import world
from tests.stage import once
from tests.victims.cases import MONDAY, assault_of, fresh, merge, offer_to
from victims import actions
from victims.models import Appointment, Clock, Consent, Handover, OnwardReferral, Referral, SupportService

pytestmark = pytest.mark.django_db
NOON = MONDAY + timedelta(hours=9)


@once
def place():
    return world.make_force()


@once
def sam(place):
    return world.make_person(place.team, Role.REPORTER)


@once
def offer(sam):
    return offer_to(sam, support="yes")


@once
def ann(place):
    return world.make_person(place.root, Role.WELFARE, given_name="Ann", family_name="Able")


@once
def ben(place):
    return world.make_person(place.root, Role.WELFARE, given_name="Ben", family_name="Baker")


def lead_of(unit, **name):
    """Somebody who looks after the desk of a unit."""
    person = world.make_person(unit, **name)
    kernel.give_role(
        user=person, role=Role.WELFARE, unit=unit, from_on=date(2020, 1, 1), leads=True, by=None, at=MONDAY
    )
    return world.fresh(person)


@once
def lead(place):
    return lead_of(place.root, given_name="Lea", family_name="Leading")


def again(person):
    """Load somebody as their next request would."""
    return world.fresh(person)


def claimed(offer, by, at=NOON):
    return actions.claim(referral=offer, by=again(by), at=at)


def refused(sentence, act, /, **given):
    with pytest.raises(actions.Refused, match=re.escape(sentence)) as caught:
        act(**given)
    return caught.value


def lines(action):
    return AuditEvent.objects.filter(action=action, object_type="referral", outcome="done")


# Claiming ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("support", ["", "yes", "later", "no"])
def test_a_case_is_claimed_whatever_its_person_chose(sam, ann, support):
    offer = offer_to(sam, support=support)
    claimed(offer, ann)
    offer = fresh(offer)
    assert (offer.owner, offer.claimed_at) == (ann, NOON)
    line = lines("claim").get()
    assert (line.object_id, line.subject_ids, line.actor_id) == (offer.reference, [sam.pk], ann.pk)


def test_a_second_press_changes_nothing(offer, ann):
    claimed(offer, ann)
    claimed(offer, ann, at=NOON + timedelta(minutes=1))
    assert fresh(offer).claimed_at == NOON
    assert lines("claim").count() == 1


def test_whoever_comes_second_reads_a_sentence_that_names_nobody(offer, ann, ben):
    claimed(offer, ann)
    refusal = refused("A colleague has just taken this one.", actions.claim, referral=offer, by=ben, at=NOON)
    assert ann.family_name not in str(refusal)
    assert fresh(offer).owner == ann


def test_a_claim_that_read_before_the_other_wrote_loses(offer, ann, ben, monkeypatch):
    """Whoever saw the case free and was overtaken gets the sentence: the update itself asks again."""
    check = actions.desk.case_workflow.check

    def overtaken(verb, by, record, **given):
        Referral.objects.filter(pk=offer.pk).update(owner=ben, claimed_at=NOON)
        return check(verb, by, record, **given)

    monkeypatch.setattr(actions.desk.case_workflow, "check", overtaken)
    refused("A colleague has just taken this one.", actions.claim, referral=offer, by=ann, at=NOON)
    assert fresh(offer).owner != ann


def test_nobody_claims_what_is_not_on_their_desk(offer, place, sam):
    own = offer_to(world.make_person(place.root, Role.WELFARE))
    strangers = [
        (offer, sam),
        (offer, world.make_person(place.team, Role.SUPERVISOR)),
        (offer, world.make_person(place.other_team, Role.WELFARE)),
        (offer, world.make_person(world.make_force("elsewhere").root, Role.WELFARE)),
        (own, own.person),
    ]
    for case, person in strangers:
        refused("There is no such case", actions.claim, referral=case, by=again(person), at=NOON)
    assert not lines("claim").exists()


def test_a_conflict_keeps_a_case_from_being_claimed(offer, ann, sam):
    Conflict.objects.create(incident=assault_of(offer).incident, user=ann, why="named", by=sam, at=NOON)
    refused("There is no such case", actions.claim, referral=offer, by=again(ann), at=NOON)


def test_a_conflict_named_later_puts_the_case_back_on_the_desk(offer, ann, ben, sam):
    claimed(offer, ann)
    reports.name_conflict(incident=assault_of(offer).incident, user=ann, by=again(sam), at=NOON)
    assert (fresh(offer).owner, fresh(offer).claimed_at) == (None, None)
    assert lines("release").get().reason_code == "kept-from"
    actions.claim(referral=offer, by=again(ben), at=NOON)
    reports.restrict(incident=assault_of(offer).incident, by=again(sam), at=NOON)
    assert fresh(offer).owner == ben, "their own yes let the desk know of it"
    Referral.objects.update(desk_may_know=False)
    reports.restrict(incident=assault_of(offer).incident, by=again(sam), at=NOON)
    assert fresh(offer).owner is None


def test_a_conflict_of_the_other_report_comes_with_a_merge(offer, sam, place, ann):
    claimed(offer, ann)
    draft = world.make_draft(world.make_person(place.team), colleagues=[sam], among=False)
    reports.name_conflict(incident=draft, user=ann, by=again(draft.reporter), at=NOON)
    other = world.submit(draft, by=draft.reporter)
    supervisor = world.make_person(place.team, Role.SUPERVISOR)
    reports.merge(
        incident=other, into=assault_of(offer).incident, reason="One event", by=supervisor, at=NOON
    )  # fmt: skip
    assert fresh(offer).owner is None


def test_somebody_assaulted_never_comes_to_carry_their_own_case(offer, ann):
    """Whoever carried it turns out to be its person: it goes back on the desk."""
    claimed(offer, ann)
    assault = assault_of(offer)
    assault.person = ann
    assault.save(update_fields=["person"])
    actions.follow_person(assault=assault, by=ann, at=NOON)
    assert (fresh(offer).person, fresh(offer).owner) == (ann, None)


def test_a_merge_leaves_the_case_with_whoever_carried_one_of_the_two(offer, sam, place, ann):
    colleague = world.make_person(place.team)
    incident = world.make_submitted_incident(colleague, colleagues=[sam], among=False)
    other = Referral.objects.get(assault__incident=incident)
    claimed(other, ann)
    merge(incident, assault_of(offer).incident, by=colleague, at=NOON)
    assert fresh(offer).owner == ann


# Handing over and putting back ---------------------------------------------------------------------------------------


def test_a_case_is_handed_over_with_words_and_the_colleague_is_told(offer, ann, ben):
    claimed(offer, ann)
    later = NOON + timedelta(hours=1)
    made = actions.hand_over(referral=offer, to=ben, words="Ring after noon.", by=again(ann), at=later)
    assert (fresh(offer).owner, fresh(offer).claimed_at) == (ben, later)
    assert (made.from_whom, made.to_whom, made.words, list(made.referrals.all())) == (
        ann, ben, "Ring after noon.", [fresh(offer)],
    )  # fmt: skip
    assert Message.objects.get(kind="case-handed-over").to == ben
    assert lines("hand_over").count() == 1


def test_a_case_goes_only_to_somebody_who_may_carry_it(offer, ann, ben, sam, place):
    claimed(offer, ann)
    Conflict.objects.create(incident=assault_of(offer).incident, user=ben, why="named", by=sam, at=NOON)
    nobody = [ben, sam, world.make_person(place.team, Role.SUPERVISOR), world.make_person(place.south, Role.WELFARE)]
    for person in nobody:
        given = {"referral": offer, "to": again(person), "words": "", "by": again(ann), "at": NOON}
        refused("They cannot carry this case.", actions.hand_over, **given)
    given = {"referral": offer, "to": ann, "words": "", "by": again(ann), "at": NOON}
    refused("They carry it already.", actions.hand_over, **given)


def test_only_whoever_carries_it_or_stands_in_hands_it_over(offer, ann, ben, place):
    claimed(offer, ann)
    given = {"referral": offer, "to": ben, "words": "", "at": NOON}
    refused("You may not hand over", actions.hand_over, by=again(ben), **given)
    kernel.name_deputy(
        user=ann, deputy=ben, from_on=NOON.date(), until_on=NOON.date() + timedelta(days=3), by=ann, at=NOON
    )
    with travel(NOON, tick=False):
        actions.hand_over(by=again(ben), **given)
    assert fresh(offer).owner == ben


def test_a_case_is_put_back_with_the_reason(offer, ann, ben):
    claimed(offer, ann)
    refused("Say why you put it back.", actions.release, referral=offer, reason=" ", by=again(ann), at=NOON)
    refused("You may not release", actions.release, referral=offer, reason="x", by=again(ben), at=NOON)
    made = actions.release(referral=offer, reason="They asked for somebody else.", by=again(ann), at=NOON)
    assert (fresh(offer).owner, fresh(offer).claimed_at) == (None, None)
    assert (made.to_whom, made.words) == (None, "They asked for somebody else.")
    claimed(offer, ben)


# A leaver ------------------------------------------------------------------------------------------------------------


@once
def load(place, ann):
    """Three cases that Ann carries."""
    made = [offer_to(world.make_person(place.team), support="yes") for _ in range(3)]
    for offer in made:
        claimed(offer, ann)
    return made


def give(load, ann, ben, lead, at=NOON + timedelta(hours=1)):
    return actions.reassign(
        references=[offer.reference for offer in load], from_whom=ann, to=again(ben), by=again(lead), at=at
    )


def test_a_lead_gives_a_leavers_cases_to_a_colleague_at_once(load, ann, ben, lead):
    done = give(load, ann, ben, lead)
    assert (done.count, done.left) == (3, ())
    assert {fresh(offer).owner for offer in load} == {ben}
    assert lines("reassign").count() == 3
    assert Message.objects.filter(kind="case-handed-over", to=ben).count() == 1


def test_what_changed_since_the_preview_is_named_and_left(load, ann, ben, lead, place):
    cat = world.make_person(place.root, Role.WELFARE)
    actions.hand_over(referral=load[0], to=cat, words="", by=again(ann), at=NOON)
    done = give(load, ann, ben, lead)
    assert (done.count, done.left) == (2, (load[0].reference,))
    assert fresh(load[0]).owner == cat


def test_a_case_that_the_other_may_not_know_of_is_left(load, ann, ben, lead):
    incident = assault_of(load[1]).incident
    Conflict.objects.create(incident=incident, user=ben, why="named", by=load[1].person, at=NOON)
    assert give(load, ann, ben, lead).left == (load[1].reference,)
    assert fresh(load[1]).owner == ann


def test_only_a_lead_of_that_desk_reassigns(load, ann, ben, place):
    refused("Only whoever leads a desk", give, load=load, ann=ann, ben=ben, lead=ann)
    refused("None of these can go", give, load=load, ann=ann, ben=ben, lead=lead_of(place.south))
    refused("None of these can go", give, load=load, ann=ann, ben=ben, lead=lead_of(world.make_force("else").root))
    assert {fresh(offer).owner for offer in load} == {ann}


def test_a_list_may_be_too_short_and_too_long(ann, ben, lead):
    given = {"from_whom": ann, "to": ben, "by": lead, "at": NOON}
    refused("Choose at least one case.", actions.reassign, references=[], **given)
    refused("At most 500", actions.reassign, references=[f"SU-{n:04}-XXXX" for n in range(501)], **given)
    given["to"] = ann
    refused("They carry these already.", actions.reassign, references=["SU-2222-2222"], **given)


def test_a_lead_takes_it_back_but_for_what_was_worked_on(load, ann, ben, lead, place):
    done = give(load, ann, ben, lead)
    touched, moved, free = load
    clock = Clock.objects.get(referral=touched, entitlement__code="referral")
    at = NOON + timedelta(hours=2)
    actions.set_aside(clock=clock, why="not-wanted", reason="They said so.", by=again(ben), at=at)
    actions.hand_over(referral=moved, to=world.make_person(place.root, Role.WELFARE), words="", by=again(ben), at=at)
    back = actions.undo_reassign(handover=done.handover, by=again(lead), at=at)
    assert (back.count, set(back.left)) == (1, {touched.reference, moved.reference})
    assert fresh(free).owner == ann
    assert fresh(touched).owner == ben
    made = Handover.objects.get(pk=done.handover.pk)
    assert (made.undone_at, made.undone_by) == (at, lead)
    refused("taken back already", actions.undo_reassign, handover=made, by=again(lead), at=at)


def test_what_the_person_did_themself_does_not_hold_a_case(load, ann, ben, lead):
    done = give(load, ann, ben, lead)
    actions.decline(referral=load[0], by=load[0].person, at=NOON + timedelta(hours=2))
    assert actions.undo_reassign(handover=done.handover, by=again(lead), at=NOON + timedelta(hours=2)).count == 3


def test_it_is_taken_back_within_a_day_by_a_lead_alone(load, ann, ben, lead, place):
    made = give(load, ann, ben, lead).handover
    soon = NOON + timedelta(hours=2)
    refused(
        "24 hours", actions.undo_reassign, handover=made, by=again(lead), at=made.at + timedelta(hours=24, seconds=1)
    )
    for person in (again(ben), lead_of(place.south)):
        refused("nothing here", actions.undo_reassign, handover=made, by=person, at=soon)
    for membership in ann.memberships.all():
        kernel.end_role(membership=membership, by=None, at=soon)
    with travel(soon, tick=False):
        refused("All stay", actions.undo_reassign, handover=made, by=again(lead), at=soon)


def test_cases_that_nobody_carries_are_given_and_taken_back(offer, ben, lead):
    done = actions.reassign(references=[offer.reference], from_whom=None, to=ben, by=lead, at=NOON)
    assert fresh(offer).owner == ben
    actions.undo_reassign(handover=done.handover, by=again(lead), at=NOON)
    assert fresh(offer).owner is None


# Closing -------------------------------------------------------------------------------------------------------------


def nothing_owed(offer):
    """End what is owed, as if each had been done or set aside."""
    Clock.objects.filter(referral=offer, met_at=None).update(not_applicable="not-wanted", not_applicable_at=NOON)


def close(offer, by, outcome="helped"):
    return actions.close(referral=offer, outcome=outcome, by=again(by), at=NOON)


def test_a_case_is_closed_once_nothing_is_owed(offer, ann):
    claimed(offer, ann)
    nothing_owed(offer)
    close(offer, ann)
    closed = fresh(offer)
    assert (closed.closed_at, closed.closed_by, closed.outcome, closed.due_on) == (NOON, ann, "helped", None)
    assert lines("close").get().reason_code == "helped"


def test_closing_is_refused_while_something_is_owed_and_says_what(offer, ann):
    claimed(offer, ann)
    nothing_owed(offer)
    Clock.objects.filter(referral=offer, entitlement__code="referral").update(not_applicable="", not_applicable_at=None)
    service = SupportService.objects.order_by("pk").first()
    consent = Consent.objects.create(referral=offer, service=service, how="self", given_at=NOON, recorded_by=ann)
    OnwardReferral.objects.create(referral=offer, service=service, consent=consent, sent_at=NOON, sent_by=ann)
    Appointment.objects.create(referral=offer, meets_at=NOON + timedelta(days=2), added_at=NOON, added_by=ann)
    with pytest.raises(actions.StillOwed) as caught:
        close(offer, ann)
    duty, onward, meeting = caught.value.lines
    assert str(duty) == "Referred to support: the welfare desk owes it, by Wednesday 23 December 2026"
    assert duty.key
    assert str(onward) == f"Referral to {service.name}: the service has not said that it has it"
    assert "Wednesday 23 December 2026" in str(meeting)
    assert "Still open: Referred to support" in str(caught.value)
    assert fresh(offer).closed_at is None


@pytest.mark.parametrize(
    ("owed_by", "closes"), [("court", True), ("cps", True), ("person", True), ("officer_in_case", False)]
)
def test_what_others_outside_owe_holds_no_case_open(offer, ann, owed_by, closes):
    claimed(offer, ann)
    nothing_owed(offer)
    last = Clock.objects.filter(referral=offer).order_by("pk")[:1]
    Clock.objects.filter(pk__in=last.values("pk")).update(not_applicable="", not_applicable_at=None, owed_by=owed_by)
    if closes:
        assert close(offer, ann).closed_at
    else:
        with pytest.raises(actions.StillOwed):
            close(offer, ann)


def test_only_whoever_carries_it_closes_it_with_an_outcome(offer, ann, ben):
    nothing_owed(offer)
    refused("can no longer be done", close, offer=offer, by=ann)
    claimed(offer, ann)
    refused("You may not close", close, offer=offer, by=ben)
    refused("Choose how it ended.", close, offer=offer, by=ann, outcome="tired")


@pytest.mark.parametrize("who", ["whoever carried it", "a lead", "the person"])
def test_a_closed_case_is_taken_up_again(offer, ann, ben, lead, who):
    claimed(offer, ann)
    nothing_owed(offer)
    actions.decline(referral=offer, by=offer.person, at=NOON)
    close(offer, ann)
    refused("can no longer be done", actions.claim, referral=offer, by=again(ben), at=NOON)
    refused("You may not reopen", actions.reopen, referral=offer, by=again(ben), at=NOON)
    if who == "the person":
        actions.agree(referral=offer, by=offer.person, at=NOON)
    else:
        actions.reopen(referral=offer, by=again(ann if who == "whoever carried it" else lead), at=NOON)
    offer = fresh(offer)
    assert (offer.closed_at, offer.outcome, offer.owner) == (None, "", ann)
