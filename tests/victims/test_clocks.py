"""The engine of clocks: what starts each one, what meets it, what ends it, and that none is an orphan."""

import io
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from campion.models import AuditEvent, BankHoliday
from campion.roles import Role
from reports import actions as reports
from reports.case_kinds import KINDS, all_triggers
from tests import world
from tests.stage import once
from tests.victims.cases import DUE, clock_of, clocks_of, forget_holidays, fresh, merge, offer_to
from tests.victims.duty_cast import LATER, Duties
from tests.world import MONDAY
from victims import actions, evidence, notices
from victims.actions import clocks, own
from victims.deadlines import was_late
from victims.models import Clock, Entitlement, NoticeStep, Referral

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OwedBy = Entitlement.OwedBy
COURT = {"court": "Worcester"}


@once
def cast():
    return Duties()


@once
def sam():
    return world.make_person(world.make_force().team, Role.REPORTER)


def hearing(cast, on, *, at=LATER, **given):
    return cast.enter("hearing-listed", facts=COURT, hearing_at=on, received_at=at, happened_at=None, at=at, **given)


# No orphans ----------------------------------------------------------------------------------------------------------


def test_every_trigger_of_the_seeds_can_be_entered_by_somebody():
    own = {clocks.TOLD, clocks.SELF_REFERRED, clocks.EXPOSED, clocks.FIRST_CONTACT, clocks.HEARING,
           clocks.DECIDED_AGAINST, clocks.COMPLAINT}  # fmt: skip
    named = set(Entitlement.objects.values_list("trigger", flat=True))
    assert named <= all_triggers() | own
    assert own <= named
    assert all_triggers() <= named, "an event that starts nothing"


def test_every_row_has_a_form_an_owner_and_somebody_who_is_reminded():
    for right in Entitlement.objects.all():
        assert right.evidence_form in evidence.FORMS, right.code
        assert right.evidence, right.code
        assert right.owed_by in {*notices.ROLES, OwedBy.PERSON, OwedBy.COURT}, right.code
    used = set(Entitlement.objects.values_list("evidence_form", flat=True))
    assert used == set(evidence.FORMS), "a form that shows nothing"


def test_each_owner_is_named_in_a_step_before_the_limit_or_after_it():
    told = {owed_by for step in NoticeStep.objects.all() for owed_by in step.owed_by}
    assert told == set(OwedBy.values) - {OwedBy.COURT}, "the court is heard, and not reminded"


def test_whoever_owes_it_sees_it(cast):
    """Each owner of a row of the seeds is shown a clock of theirs as a duty; the desk through its case."""
    cast.carry()
    cast.carry(2)
    cast.charge()
    hearing(cast, MONDAY + 10 * DAY)
    cast.enter("expenses-claimed", by="witness_care", assault=cast.part(1), facts={})
    own.complain(referral=cast.referral(), about=None, words="Nobody told me.", by=world.fresh(cast.writer), at=LATER)
    owner = {
        OwedBy.OFFICER: cast.officer, OwedBy.SUPERVISOR: cast.supervisor, OwedBy.WITNESS_CARE: cast.witness_care,
        OwedBy.CPS: cast.witness_care, OwedBy.OCCUPATIONAL_HEALTH: cast.health, OwedBy.GOVERNANCE: cast.governor,
        OwedBy.WELFARE: cast.welfare, OwedBy.PERSON: cast.writer,
    }  # fmt: skip
    for owed_by, user in owner.items():
        rows = Clock.objects.open_to(world.fresh(user)).running().filter(owed_by=owed_by)
        assert rows.exists(), owed_by


# What an event starts and meets --------------------------------------------------------------------------------------


def test_an_event_starts_its_clock_for_each_person_from_its_own_moment(cast):
    event = cast.arrest()
    for position in (1, 2):
        clock = cast.clock("told-of-arrest", position)
        assert (clock.started_at, clock.event, clock.amount) == (event.happened_at, event, 5)
    again = cast.arrest()
    assert cast.clock("told-of-arrest", 1, event=again).started_at == again.happened_at


def test_an_event_of_one_person_starts_nothing_for_another(cast):
    cast.charge()
    cast.enter("expenses-claimed", by="witness_care", assault=cast.part(2), facts={})
    assert not clocks_of(cast.referral(1), "witness-expenses").exists()
    assert clocks_of(cast.referral(2), "witness-expenses").exists()


def test_the_lateness_of_the_court_and_ours_are_two_facts(cast):
    cast.charge()
    heard = LATER + 14 * DAY
    cast.enter(
        "verdict", by="witness_care", facts={"verdict": "guilty"}, happened_at=LATER, received_at=heard, at=heard
    )
    courts, ours = cast.clock("court-tells-of-outcome"), cast.clock("told-of-outcome")
    assert courts.met_at == heard
    assert was_late(courts.due_on, courts.met_at)
    assert (ours.started_at, ours.met_at) == (heard, None)
    assert ours.due_on > heard.date()


def test_a_view_taken_before_a_disposal_meets_what_the_disposal_starts(cast):
    for position in (1, 2):
        view = cast.enter("view-taken", assault=cast.part(position), facts={"view": "given", "words": "Fair."})
    cast.enter("disposal", facts={"disposal": "caution", "reasons": "A first offence"}, happened_at=LATER)
    clock = cast.clock("view-before-disposal", 2)
    assert (clock.met_at, clock.met_by) == (view.happened_at, cast.officer)
    assert not was_late(clock.due_on, clock.met_at, clock.due_at)
    assert clock.evidence == {"taken": "taken", "view": "Fair."}


def test_what_was_done_before_the_trigger_is_done_in_time(cast):
    clock = cast.clock("referral")
    clocks.settle(clock, met_at=MONDAY - DAY, by=cast.welfare, at=LATER)
    clock.refresh_from_db()
    assert clock.met_at == clock.started_at == MONDAY


def test_a_struck_event_ends_its_running_clocks_alone(cast):
    event = cast.arrest()
    actions.meet(
        clock=cast.clock("told-of-arrest", 1), met_at=LATER, facts={"words": "An arrest."}, channel="call",
        by=world.fresh(cast.officer), at=LATER,
    )  # fmt: skip
    reports.strike_event(event=event, reason="Another case", by=world.fresh(cast.officer), at=LATER)
    met, ended = (cast.clock("told-of-arrest", position) for position in (1, 2))
    assert (met.status, ended.status, ended.not_applicable) == ("met", "ended", "struck")
    assert cast.clock("written-confirmation").status == "running"


def test_a_hearing_that_moved_takes_its_check_ins_along(cast):
    cast.charge()
    first = hearing(cast, MONDAY + 20 * DAY)
    second = hearing(cast, MONDAY + 40 * DAY, replaces=first)
    for code in ("check-before-court", "check-after-court"):
        old, new = clocks_of(cast.referral(), code)
        assert (old.not_applicable, new.status, new.event) == ("moved", "running", second)
    assert cast.clock("told-of-hearing", event=first).status == "running", "they are still told of both"


# What a person chooses -----------------------------------------------------------------------------------------------


def test_a_no_ends_what_needs_a_yes_and_a_yes_starts_it_anew(cast):
    cast.charge()
    hearing(cast, MONDAY + 20 * DAY)
    writer, offer = world.fresh(cast.writer), cast.referral()
    late = MONDAY + 5 * DAY
    actions.decline(referral=offer, by=writer, at=late)
    ended = offer.clocks.exclude(not_applicable="")
    assert set(ended.values_list("not_applicable", flat=True)) == {"declined"}
    assert set(ended.values_list("entitlement__needs_yes", flat=True)) == {True}
    assert offer.clocks.running().filter(entitlement__needs_yes=False).exists()
    hearing(cast, MONDAY + 30 * DAY, at=late + HOUR)
    assert not offer.clocks.running().filter(entitlement__needs_yes=True).exists()
    actions.agree(referral=offer, by=writer, at=late + DAY)
    missed, anew = clocks_of(offer)
    assert was_late(missed.due_on, missed.not_applicable_at)
    assert (anew.started_at, anew.status) == (late + DAY, "running")
    before = offer.clocks.running().filter(entitlement__code="check-before-court")
    assert before.count() == 2, "the hearing that was listed before the no, and the one listed while it stood"


def test_a_first_yes_lets_the_clocks_run_on(cast):
    offer, before = cast.referral(2), list(Clock.objects.filter(referral=cast.referral(2)).order_by("pk").values())
    actions.agree(referral=offer, by=world.fresh(cast.colleague), at=LATER)
    assert list(Clock.objects.filter(referral=offer).order_by("pk").values()) == before


def test_who_asks_for_support_without_a_report_has_one_clock_and_no_case(sam):
    referral = actions.refer_oneself(by=sam, at=MONDAY)
    assert [clock.entitlement.code for clock in referral.clocks.all()] == ["self-referral-answered"]
    assert referral.due_on == referral.clocks.get().due_on


# Enhanced rights -----------------------------------------------------------------------------------------------------


def enhance(referral, by, at):
    Referral.objects.filter(pk=referral.pk).update(enhanced_at=at)
    return clocks.enhance(fresh(referral), by=by, at=at)


def test_enhanced_rights_count_what_runs_anew_and_say_so_in_the_log(cast):
    cast.arrest()
    cast.enter("interviewed", facts={})
    told = cast.clock("told-of-interview")
    clocks.settle(told, met_at=LATER, by=cast.officer, at=LATER)
    lines = AuditEvent.objects.filter(action="duty_enhance").count()
    changed = enhance(cast.referral(), cast.welfare, LATER)
    arrest = cast.clock("told-of-arrest")
    assert (arrest.amount, arrest.enhanced_amount, arrest.enhanced_at) == (5, 1, LATER)
    assert arrest.due_on < arrest.first_due_on
    assert cast.clock("told-of-interview").enhanced_at is None
    assert cast.clock("referral").enhanced_at is None, "the same limit from a later moment would be later"
    assert AuditEvent.objects.filter(action="duty_enhance").count() - lines == changed > 0
    assert enhance(cast.referral(), cast.welfare, LATER + HOUR) == 0
    new = cast.enter("bailed", facts={})
    assert cast.clock("told-of-bail", event=new).amount == 1


@pytest.fixture
def forgotten_holidays(db):
    """Know no bank holidays, until the function that it gives is called."""
    kept = list(BankHoliday.objects.filter(nation="england-and-wales"))
    forget_holidays()

    def know():
        BankHoliday.objects.bulk_create(BankHoliday(nation=day.nation, on=day.on, name=day.name) for day in kept)

    return know


def test_a_clock_that_waited_for_its_date_gets_the_enhanced_limit_that_came_meanwhile(sam, forgotten_holidays):
    offer = offer_to(sam)
    assert enhance(offer, sam, MONDAY + HOUR) == 0, "without holidays nothing can be counted anew"
    forgotten_holidays()
    administrator = world.make_person(sam.unit, Role.ADMINISTRATOR)
    actions.date_waiting_clocks(by=administrator, at=LATER)
    clock = clock_of(offer, "needs-assessment")
    assert (clock.due_on, clock.enhanced_amount, clock.enhanced_at) == (DUE, 2, MONDAY + HOUR)
    assert (clock.amount, clock.first_due_on) == (5, date(2026, 12, 30))
    lines = AuditEvent.objects.filter(action="duty_enhance", object_id=str(clock.key))
    assert lines.get().actor_id == administrator.pk
    plain = clock_of(offer, "written-confirmation")
    assert (plain.due_on, plain.enhanced_at) == (date(2026, 12, 30), None)
    late = clocks.start(fresh(offer), trigger="arrested", started_at=LATER, at=LATER)
    assert late[0].amount == 1 and late[0].enhanced_at is None
    assert " 0 do not agree" in check()


# Editions ------------------------------------------------------------------------------------------------------------


def test_a_later_edition_leaves_open_clocks_to_the_one_that_made_them(cast):
    old = Entitlement.objects.get(code="told-of-arrest")
    first = cast.arrest()
    Entitlement.objects.filter(edition="code-2021").update(until_on=LATER.date())
    Entitlement.objects.create(
        edition="code-next", code=old.code, family=old.family, right_number=6, title="Told sooner", trigger=old.trigger,
        limit_unit="hours", limit=24, owed_by=old.owed_by, evidence_form=old.evidence_form,
        from_on=LATER.date() + DAY,
    )  # fmt: skip
    second = cast.enter("arrested", facts={}, at=LATER + 2 * DAY)
    kept, new = cast.clock("told-of-arrest", event=first), cast.clock("told-of-arrest", event=second)
    assert (kept.entitlement, kept.amount, kept.unit, kept.status) == (old, 5, "working-days", "running")
    assert (new.entitlement.edition, new.amount, new.unit) == ("code-next", 24, "hours")
    assert new.rule_edition == "code-next told-of-arrest: 24 hours"


def test_a_forces_own_plan_stands_for_the_default_one(sam):
    plan = Entitlement.objects.filter(family="plan")
    for number, right in enumerate(plan.filter(trigger=clocks.TOLD)[:2]):
        right.pk, right.edition, right.force = None, "testshire-plan", sam.force
        right.limit_unit, right.limit = "hours", 4 + number
        right.save()
    mine = offer_to(sam).clocks.filter(entitlement__family="plan")
    assert set(mine.values_list("entitlement__edition", "unit")) == {("testshire-plan", "hours")}
    assert mine.count() == 2
    other = offer_to(world.make_person(world.make_force("elsewhere").team)).clocks.filter(entitlement__family="plan")
    assert set(other.values_list("entitlement__edition", flat=True)) == {"assault-plan-1"}
    assert other.count() == 7


# Two reports, and another person -------------------------------------------------------------------------------------


@once
def twice(sam):
    """One event, reported by the person on Monday and by a colleague on the Friday before."""
    first = offer_to(sam)
    colleague = world.make_person(sam.unit)
    incident = world.make_submitted_incident(colleague, colleagues=[sam], among=False, at=MONDAY - 3 * DAY)
    return first, Referral.objects.get(assault__incident=incident)


def joined(stays, ends, by):
    merge(ends.assault.incident, stays.assault.incident, by=by, at=LATER)
    return fresh(stays)


def test_merging_keeps_what_enhanced_rights_made_nearer(twice, sam):
    stays, ends = twice
    assert enhance(ends, sam, MONDAY - 3 * DAY) > 0
    stays = joined(stays, ends, sam)
    assert stays.enhanced_at == MONDAY - 3 * DAY
    clock = stays.clocks.running().get(entitlement__code="needs-assessment")
    assert (clock.enhanced_amount, clock.started_at) == (2, MONDAY - 3 * DAY)


def test_what_was_done_under_either_report_was_done(twice, sam):
    stays, ends = twice
    desk = world.make_person(sam.unit, Role.WELFARE)
    clocks.settle(clock_of(ends), met_at=MONDAY - 2 * DAY, by=desk, at=MONDAY - 2 * DAY, channel="call")
    clock = clock_of(joined(stays, ends, sam))
    assert (clock.met_by, clock.channel, clock.met_at) == (desk, "call", clock.started_at)


def test_what_was_said_of_one_person_is_never_shown_to_another(cast):
    cast.carry(2)
    referral, right = cast.referral(2), world.make_person(cast.place.team)
    clocks.settle(
        cast.clock("referral", 2), met_at=LATER, by=cast.welfare, at=LATER, channel="call", facts={"words": "Private"}
    )
    event = cast.arrest()
    assault = cast.part(2)
    assault.person = right
    assault.save(update_fields=["person"])
    actions.follow_person(assault=assault, by=world.fresh(cast.supervisor), at=LATER + HOUR)
    old, new = fresh(referral), Referral.objects.get(assault=assault)
    assert (old.assault, old.person) == (None, cast.colleague)
    assert not old.clocks.running().exists()
    assert (new.person, new.state, new.owner, new.offered_at) == (right, "offered", None, LATER + HOUR)
    assert clock_of(new).started_at == MONDAY
    assert clock_of(new).evidence is None
    assert clock_of(new, "told-of-arrest").event == event
    assert not Referral.objects.visible_to(world.fresh(right)).filter(pk=old.pk).exists()
    assert not Referral.objects.visible_to(world.fresh(cast.colleague)).filter(pk=new.pk).exists()


def test_the_yes_of_another_person_tells_the_desk_nothing(cast):
    reports.restrict(incident=cast.incident, by=world.fresh(cast.writer), at=LATER)
    referral = cast.referral(2)
    assert not Referral.objects.on_desk(world.fresh(cast.welfare)).filter(pk=referral.pk).exists()
    actions.agree(referral=referral, by=world.fresh(cast.colleague), at=LATER)
    assert Referral.objects.on_desk(world.fresh(cast.welfare)).filter(pk=referral.pk).exists()
    assault, right = cast.part(2), world.make_person(cast.place.team)
    assault.person = right
    assault.save(update_fields=["person"])
    actions.follow_person(assault=assault, by=world.fresh(cast.supervisor), at=LATER + HOUR)
    assert fresh(referral).person == right
    assert not Referral.objects.on_desk(world.fresh(cast.welfare)).filter(pk=referral.pk).exists()


def test_an_exposure_that_is_told_later_starts_what_it_owes(sam):
    from reports import events
    from reports.models import Assault, ConductType

    offer = offer_to(sam)
    assert not offer.clocks.filter(entitlement__family="exposure").exists()
    assault = Assault.objects.get(referral=offer)
    assault.conducts.add(ConductType.objects.get(code="spit"))
    events.assault_changed.send(Assault, assault=assault, by=sam, at=LATER)
    exposed = offer.clocks.filter(entitlement__family="exposure")
    assert exposed.count() == Entitlement.objects.filter(family="exposure").count()
    assert fresh(offer).urgent


# Every clock again from what is stored -------------------------------------------------------------------------------


def check(**given):
    said, progress = io.StringIO(), io.StringIO()
    call_command("check_clocks", stdout=said, stderr=progress, **given)
    return said.getvalue()


def test_every_clock_agrees_and_one_that_was_tampered_with_is_named_by_its_key(cast, capsys):
    cast.arrest()
    enhance(cast.referral(), cast.welfare, LATER)
    total = Clock.objects.count()
    assert check().startswith(f"{total:,} clocks: {total:,} agree, 0 wait")
    assert check(force="farshire").startswith("0 clocks")
    clock = cast.clock("told-of-arrest")
    for field, value in (("due_on", clock.due_on + DAY), ("amount", 4), ("first_due_on", clock.first_due_on + DAY),
                         ("enhanced_amount", 3)):  # fmt: skip
        Clock.objects.filter(pk=clock.pk).update(**{field: value})
        said = io.StringIO()
        with pytest.raises(CommandError, match="1 do not agree"):
            call_command("check_clocks", stdout=said, stderr=io.StringIO())
        assert f"{clock.key} does not agree" in said.getvalue()
        assert cast.writer.family_name not in said.getvalue()
        Clock.objects.filter(pk=clock.pk).update(**{field: getattr(clock, field)})
    assert check().startswith(f"{total:,} clocks: {total:,} agree")


def test_a_clock_of_holidays_that_are_not_known_any_more_is_said_apart(cast):
    clock = cast.clock("referral")
    Clock.objects.filter(pk=clock.pk).update(calendar_edition="england-and-wales 2015-2036 (9)")
    assert " 1 were made with holidays that are not known so any more, 0 do not" in check()
    with pytest.raises(CommandError, match="no force"):
        check(force="nowhere")


def test_every_kind_of_event_that_triggers_is_entered_by_somebody():
    for kind in KINDS.values():
        assert kind.label and kind.plain, kind.code
