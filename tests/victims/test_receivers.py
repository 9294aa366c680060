"""What happens here when reports announces something."""

from datetime import UTC, date, datetime, timedelta

import pytest

from campion.models import AuditEvent
from campion.roles import Role
from reports import actions as reports
from reports import events
from reports.models import Assault, Health, Incident, SupportWish
from tests import world
from tests.stage import once
from tests.victims.cases import DUE, MONDAY, again, assault_of, clock_of, fresh, merge, offer_to
from victims import actions
from victims.actions import clocks
from victims.models import Clock, Entitlement, Referral

pytestmark = pytest.mark.django_db
NEXT_DAY = MONDAY + timedelta(days=1)


@once
def place():
    return world.make_force()


@once
def sam(place):
    return world.make_person(place.team, Role.REPORTER)


def offers_of(incident):
    return list(Referral.objects.filter(assault__incident=incident).order_by("assault__position"))


def test_each_announcement_has_its_receiver():
    for signal in (events.incident_submitted, events.incidents_merged, events.assault_taken_over):
        assert signal.has_listeners(), signal


def test_a_report_offers_support_to_each_person_assaulted(sam, place):
    colleague = world.make_person(place.other_team)
    incident = world.make_submitted_incident(sam, colleagues=[colleague], conducts=[["punch"], ["spit"]])
    mine, theirs = offers_of(incident)
    assert (mine.person, theirs.person) == (sam, colleague)
    assert (mine.unit, theirs.unit) == (place.team, place.other_team)
    assert mine.reference.startswith("SU-")
    assert mine.reference != theirs.reference
    for offer in (mine, theirs):
        first_due = DUE if offer is mine else NEXT_DAY.date()  # spat at: advice on infection within a day
        assert (offer.state, offer.offered_at, offer.due_on, offer.force) == ("offered", MONDAY, first_due, place.force)
        clock = clock_of(offer)
        assert (clock.started_at, clock.due_on, clock.amount, clock.unit) == (MONDAY, DUE, 2, "working-days")
        assert clock.rule_edition == "code-2021 referral: 2 working-days"
        assert clock.calendar_edition.startswith("england-and-wales")


def test_the_clock_starts_when_police_were_told_and_not_when_the_form_was_filled_in(sam):
    draft = world.make_draft(sam)
    told = datetime(2026, 4, 3, 1, 0, tzinfo=UTC)  # 02:00 on Good Friday
    Incident.objects.filter(pk=draft.pk).update(police_told_at=told)
    incident = world.submit(draft, by=sam)
    (offer,) = offers_of(incident)
    assert set(offer.clocks.values_list("started_at", flat=True)) == {told}
    assert clock_of(offer).due_on == date(2026, 4, 8)


def test_a_second_submission_offers_nothing_twice(sam):
    offer = offer_to(sam)
    actions.decline(referral=offer, by=sam, at=NEXT_DAY)
    before = Referral.objects.values().get(), list(Clock.objects.order_by("pk").values())
    again(assault_of(offer).incident, by=sam, at=NEXT_DAY)
    assert (Referral.objects.values().get(), list(Clock.objects.order_by("pk").values())) == before


def test_whoever_is_new_at_a_second_submission_is_offered_support(sam, place):
    offer = offer_to(sam)
    incident = assault_of(offer).incident
    Assault.objects.create(
        incident=incident, position=2, person=world.make_person(place.team), worker_type="police-officer"
    )
    again(incident, by=sam, at=NEXT_DAY)
    assert len(offers_of(incident)) == 2


def test_somebody_from_outside_is_offered_support_too(sam):
    incident = world.make_draft(sam)
    Assault.objects.create(
        incident=incident, position=2, outside_name="A paramedic", worker_type="other-emergency-worker"
    )
    again(incident, by=sam, at=MONDAY)
    offer = offers_of(incident)[1]
    assert offer.person is None
    assert offer.unit == incident.unit


@pytest.mark.parametrize(
    ("conducts", "injury", "urgent"),
    [
        (["punch"], "none", False),
        (["punch"], "psychological", False),
        (["punch"], "not-yet-known", False),
        (["punch"], "physical", True),
        (["punch"], "both", True),
        (["spit"], "none", True),
        (["spit", "punch"], "", True),
    ],
)
def test_an_exposure_or_a_hurt_body_is_urgent(sam, conducts, injury, urgent):
    draft = world.make_draft(sam, conducts=[conducts])
    Assault.objects.filter(incident=draft).update(injury=injury)
    again(draft, by=sam, at=MONDAY)
    assert offers_of(draft)[0].urgent is urgent


def test_first_aid_is_met_by_the_report_that_shows_it_and_is_never_late_at_the_desk(sam):
    draft = world.make_draft(sam, conducts=[["spit"]])
    world.answer(draft, "advice", {}, by=sam, position=1, at=MONDAY + timedelta(minutes=2))
    incident = world.submit(draft, by=sam, at=MONDAY + timedelta(minutes=20))
    first_aid = clock_of(offers_of(incident)[0], "first-aid")
    assert (first_aid.owed_by, first_aid.unit, first_aid.evidence) == ("person", "duty", {"given": "shown"})
    assert (first_aid.met_at, first_aid.met_by) == (first_aid.started_at, sam)
    assert not Clock.objects.running().filter(owed_by="welfare", due_at__lt=MONDAY + timedelta(hours=20)).exists()


def test_first_aid_is_the_persons_own_to_tell_of_where_the_report_showed_nothing(sam):
    offer = offer_to(sam, conducts=[["spit"]])
    first_aid = clock_of(offer, "first-aid")
    assert (first_aid.owed_by, first_aid.status) == ("person", "running")
    facts = {"given": "yes", "who": "A colleague"}
    actions.meet(clock=first_aid, met_at=MONDAY + timedelta(hours=1), facts=facts, by=sam, at=NEXT_DAY)


def test_first_aid_that_the_report_shows_later_counts_then(sam):
    offer = offer_to(sam, conducts=[["spit"]])
    assault = assault_of(offer)
    Health.objects.create(assault=assault, advice_shown_at=MONDAY + timedelta(hours=1))
    events.assault_changed.send(Assault, assault=assault, by=sam, at=MONDAY + timedelta(hours=1))
    assert clock_of(offer, "first-aid").met_at == MONDAY + timedelta(hours=1)


def test_an_offer_becomes_urgent_when_a_hurt_is_known_later(sam):
    offer = offer_to(sam)
    Assault.objects.filter(referral=offer).update(injury="physical")
    again(assault_of(offer).incident, by=sam, at=NEXT_DAY)
    assert fresh(offer).urgent


@pytest.mark.parametrize(
    ("support", "state", "ask_again_on", "due_on"),
    [
        ("yes", "accepted", None, DUE),
        ("later", "later", date(2026, 12, 28), date(2026, 12, 28)),
        ("no", "declined", None, None),
    ],
)
def test_what_was_asked_for_in_the_report_is_the_choice(sam, support, state, ask_again_on, due_on):
    offer = offer_to(sam, support=support)
    assert (offer.state, offer.ask_again_on, offer.due_on) == (state, ask_again_on, due_on)
    assert (offer.chosen_at, offer.chosen_by) == (MONDAY, sam)
    if support == "yes":
        assert (offer.channel, offer.contact, offer.safe_times) == ("call", "01632 960123", "after noon")
        assert offer.contact_at == MONDAY


def test_only_a_yes_may_be_said_for_somebody_else(sam, place):
    for support, state in (("yes", "accepted"), ("later", "offered"), ("no", "offered")):
        colleague = world.make_person(place.team)
        draft = world.make_draft(sam, colleagues=[colleague], among=False)
        SupportWish.objects.create(
            assault=draft.assaults.get(person=colleague), support=support, contact="01632 960123"
        )
        incident = world.submit(draft, by=sam)
        (offer,) = offers_of(incident)
        assert (offer.state, offer.contact) == (state, "01632 960123")


def test_a_second_submission_leaves_a_choice_alone(sam):
    offer = offer_to(sam, support="no")
    actions.agree(referral=offer, by=sam, at=NEXT_DAY)
    again(assault_of(offer).incident, by=sam, at=NEXT_DAY)
    assert fresh(offer).state == "accepted"


def test_an_offer_follows_the_report_when_it_named_the_wrong_person(sam, place):
    wrong, right = world.make_person(place.team), world.make_person(place.team)
    incident = world.make_submitted_incident(sam, colleagues=[wrong], among=False)
    (offer,) = offers_of(incident)
    actions.change_contact(
        referral=offer, said=actions.SafeContact("call", "01632 960999", "", True), by=wrong, at=MONDAY
    )
    actions.decline(referral=offer, by=wrong, at=MONDAY)
    Assault.objects.filter(referral=offer).update(person=right)
    again(incident, by=sam, at=NEXT_DAY)
    offer = fresh(offer)
    assert (offer.person, offer.state, offer.contact, offer.chosen_at, offer.due_on) == (
        right,
        "offered",
        "",
        None,
        DUE,
    )
    assert not Referral.objects.visible_to(wrong).exists()


def test_no_edition_in_force_means_no_clock_and_still_an_offer(sam):
    Entitlement.objects.update(until_on=date(2026, 1, 1))
    offer = offer_to(sam)
    assert offer.due_on is None
    assert not Clock.objects.exists()


def test_the_edition_in_force_on_the_day_is_the_one_that_counts(sam, place):
    old = Entitlement.objects.get(edition="code-2021", code="referral")
    Entitlement.objects.create(
        edition="code-next", code="referral", family=old.family, right_number=4, title=old.title, trigger=old.trigger,
        limit_unit=old.limit_unit, limit=1, owed_by=old.owed_by, evidence_form=old.evidence_form, needs_yes=True,
        from_on=MONDAY.date() + timedelta(days=1),
    )  # fmt: skip
    Entitlement.objects.filter(pk=old.pk).update(until_on=MONDAY.date())
    before = offer_to(sam)
    after = offer_to(world.make_person(place.team), at=NEXT_DAY)
    assert clock_of(before).rule_edition == "code-2021 referral: 2 working-days"
    assert clock_of(after).rule_edition == "code-next referral: 1 working-days"
    assert clock_of(after).due_on == date(2026, 12, 23)


def test_a_withdrawn_report_leaves_the_offer_as_it_was(sam):
    offer = offer_to(sam)
    before = Referral.objects.values().get()
    reports.withdraw(incident=assault_of(offer).incident, reason="Wrong day", by=sam, at=NEXT_DAY)
    assert Referral.objects.values().get() == before
    assert Clock.objects.running().count() == Clock.objects.count()


def test_taking_a_report_over_makes_the_offer_ones_own(sam, place):
    incident = world.make_draft(sam)
    assault = Assault.objects.create(
        incident=incident, position=2, outside_name="A colleague", worker_type="police-officer"
    )
    again(incident, by=sam, at=MONDAY)
    colleague = world.make_person(place.team)
    assault.person = colleague
    assault.save(update_fields=["person"])
    events.assault_taken_over.send(Assault, assault=assault, by=colleague, at=NEXT_DAY)
    assert Referral.objects.get(assault=assault).person == colleague
    assert AuditEvent.objects.filter(action="give", subject_ids=[colleague.pk]).exists()


# Two reports of one event --------------------------------------------------------------------------------------------


@once
def twice(sam, place):
    """One event, reported twice: by the person on Monday, and by a colleague the day before."""
    first = offer_to(sam)
    colleague = world.make_person(place.team)
    sunday = MONDAY - timedelta(days=3)  # Friday 18 December
    incident = world.make_submitted_incident(colleague, colleagues=[sam], among=False, at=sunday)
    return first, Referral.objects.get(assault__incident=incident)


def merge_offers(ends, stays, by, at=NEXT_DAY):
    merge(assault_of(ends).incident, assault_of(stays).incident, by=by, at=at)
    return fresh(ends), fresh(stays)


def test_merging_keeps_the_earliest_clock(twice, sam):
    stays, ends = twice
    assert ends.due_on < stays.due_on
    ends, stays = merge_offers(ends, stays, by=sam)
    assert (ends.state, ends.merged_into, ends.due_on) == ("merged", stays, None)
    assert (stays.due_on, stays.offered_at) == (date(2026, 12, 21), MONDAY - timedelta(days=3))
    running = Clock.objects.running()
    assert set(running.values_list("referral", "started_at")) == {(stays.pk, MONDAY - timedelta(days=3))}
    assert running.count() == running.values("entitlement").distinct().count() == stays.clocks.count() / 2
    assert set(Clock.objects.exclude(pk__in=running).values_list("not_applicable", flat=True)) == {"merged"}


def test_merging_the_other_way_keeps_it_too(twice, sam):
    ends, stays = twice
    ends, stays = merge_offers(ends, stays, by=sam)
    assert ends.state == "merged"
    assert stays.due_on == date(2026, 12, 21)
    assert set(Clock.objects.running().values_list("referral", flat=True)) == {stays.pk}


def test_merging_keeps_the_latest_choice_and_the_latest_contact(twice, sam):
    stays, ends = twice
    for offer, number, hours in ((stays, "01632 960001", 1), (ends, "01632 960002", 2)):
        said = actions.SafeContact("text", number)
        actions.change_contact(referral=offer, said=said, by=sam, at=MONDAY + timedelta(hours=hours))
    actions.agree(referral=ends, by=sam, at=MONDAY + timedelta(hours=3))
    actions.decline(referral=stays, by=sam, at=MONDAY + timedelta(hours=4))
    _, stays = merge_offers(ends, stays, by=sam)
    assert (stays.state, stays.due_on, stays.contact) == ("declined", None, "01632 960002")
    assert not Clock.objects.running().filter(entitlement__needs_yes=True).exists()


def test_merging_a_no_into_a_later_yes_keeps_the_yes(twice, sam):
    stays, ends = twice
    actions.decline(referral=stays, by=sam, at=MONDAY + timedelta(hours=1))
    actions.agree(referral=ends, by=sam, at=MONDAY + timedelta(hours=2))
    _, stays = merge_offers(ends, stays, by=sam)
    assert (stays.state, stays.due_on) == ("accepted", date(2026, 12, 21))
    assert set(Clock.objects.running().values_list("referral", flat=True)) == {stays.pk}


def test_merging_keeps_enhanced_rights_and_no_limit_grows(twice, sam):
    ends, stays = twice
    Referral.objects.filter(pk=ends.pk).update(enhanced_at=MONDAY)
    clocks.enhance(fresh(ends), by=sam, at=MONDAY)
    assert clock_of(ends, "needs-assessment").due_on == DUE < clock_of(stays, "needs-assessment").due_on
    arrested_at = MONDAY - timedelta(days=1)
    clocks.start(stays, trigger="arrested", started_at=arrested_at, at=MONDAY)
    before = clock_of(stays, "told-of-arrest").due_on
    _, stays = merge_offers(ends, stays, by=sam)
    running = Clock.objects.running().filter(referral=stays)
    assert running.get(entitlement__code="needs-assessment").due_on == DUE
    told = running.get(entitlement__code="told-of-arrest")
    assert (told.enhanced_at, told.first_due_on) == (NEXT_DAY, before)
    assert told.due_on < before


def test_merging_keeps_urgency_and_happens_once(twice, sam):
    stays, ends = twice
    Referral.objects.filter(pk=ends.pk).update(urgent=True)
    ends, stays = merge_offers(ends, stays, by=sam)
    assert stays.urgent
    lines = AuditEvent.objects.count()
    merge_offers(ends, stays, by=sam)
    assert AuditEvent.objects.count() == lines


def test_nothing_is_chosen_on_an_offer_that_was_merged(twice, sam):
    stays, ends = twice
    ends, _ = merge_offers(ends, stays, by=sam)
    with pytest.raises(actions.Refused, match="Merged with another"):
        actions.agree(referral=ends, by=sam, at=NEXT_DAY)


def test_a_merge_of_reports_merges_the_offers(twice, sam, place):
    stays, ends = twice
    supervisor = world.make_person(place.team, Role.SUPERVISOR)
    reports.merge(
        incident=assault_of(ends).incident,
        into=assault_of(stays).incident,
        reason="One event",
        by=supervisor,
        at=NEXT_DAY,
    )
    running = Clock.objects.running().get(referral=stays, entitlement__code="referral")
    assert (fresh(ends).state, running.due_on) == ("merged", date(2026, 12, 22))
