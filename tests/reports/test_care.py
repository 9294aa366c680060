"""Who may see a report, who must not, who investigates, and what the person assaulted makes their own."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from campion.models import Message
from campion.roles import Role
from reports import actions, reading
from reports.models import Incident, NamedReader, SupportWish, Suspect
from tests import world
from tests.reports.browsing import Person, read
from tests.world import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return world.make_force()


def sees(user, incident):
    return Incident.objects.visible_to(world.fresh(user)).filter(pk=incident.pk).exists()


def reviews(user, incident):
    return Incident.objects.reviewed_by(world.fresh(user)).filter(pk=incident.pk).exists()


class TestWhoSees:
    def test_a_draft_is_its_writers_alone(self, place):
        officer, supervisor = world.make_person(place.team), world.make_person(place.team, Role.SUPERVISOR)
        colleague = world.make_person(place.team)
        draft = world.make_draft(officer, colleagues=[colleague], conducts=[["punch"], ["punch"]])
        assert sees(officer, draft)
        assert not sees(supervisor, draft)
        assert not sees(colleague, draft)

    def test_another_force_knows_nothing(self, place):
        other = world.make_force("otherton")
        governance = world.make_person(other.root, Role.SUPERVISOR)
        report = world.make_submitted_incident(world.make_person(place.team))
        assert not sees(governance, report)

    def test_a_supervisor_whose_role_ended_sees_nothing_from_that_day(self, place):
        from datetime import date

        from campion import actions as kernel

        supervisor = world.make_person(place.team, Role.SUPERVISOR)
        report = world.make_submitted_incident(world.make_person(place.team))
        assert sees(supervisor, report)
        kernel.end_role(membership=supervisor.memberships.get(), by=None, at=MONDAY, until_on=date(2020, 2, 1))
        assert not sees(supervisor, report)

    @pytest.mark.parametrize("role", [r for r in Role if r != Role.SUPERVISOR])
    def test_no_other_role_opens_a_report(self, place, role):
        somebody = world.make_person(place.root, role)
        assert not sees(somebody, world.make_submitted_incident(world.make_person(place.team)))

    def test_somebody_who_was_shut_out_sees_nothing_of_their_own(self, place):
        from campion import actions as kernel

        officer = world.make_person(place.team)
        report = world.make_submitted_incident(officer)
        kernel.deactivate(user=officer, by=None, at=MONDAY)
        assert not sees(officer, report)


class TestConflict:
    def test_a_supervisor_who_is_named_sees_nothing_and_it_goes_to_a_colleague_in_the_unit(self, place):
        named, alternate = (world.make_person(place.team, Role.SUPERVISOR) for _ in range(2))
        officer = world.make_person(place.team)
        report = world.make_submitted_incident(officer)
        assert reviews(named, report)
        actions.name_conflict(incident=report, user=named, by=world.fresh(officer), at=MONDAY)
        assert not sees(named, report)
        assert reviews(alternate, report)
        assert world.seen_by(officer, report).unit == place.team

    def test_with_nobody_else_in_the_unit_it_goes_to_the_unit_above(self, place):
        named = world.make_person(place.team, Role.SUPERVISOR)
        above = world.make_person(place.north, Role.SUPERVISOR)
        officer = world.make_person(place.team)
        report = world.make_submitted_incident(officer)
        actions.name_conflict(incident=report, user=named, by=world.fresh(officer), at=MONDAY)
        moved = world.seen_by(officer, report)
        assert moved.unit == place.north
        assert {task.unit_id for task in moved.tasks.all()} == {place.north.pk}
        assert reviews(above, report)

    def test_a_supervisor_who_was_assaulted_sees_their_own_part_and_reviews_nothing(self, place):
        hurt = world.make_person(place.team, Role.SUPERVISOR)
        above = world.make_person(place.north, Role.SUPERVISOR)
        officer = world.make_person(place.team)
        report = world.make_submitted_incident(officer, colleagues=[hurt], conducts=[["punch"], ["punch"]])
        assert sees(hurt, report)
        assert not reviews(hurt, report)
        assert reviews(above, report)
        assert report.unit == place.north

    def test_naming_them_in_the_draft_keeps_it_from_them_for_good(self, place):
        named = world.make_person(place.team, Role.SUPERVISOR)
        world.make_person(place.north, Role.SUPERVISOR)
        officer = world.make_person(place.team)
        draft = world.make_draft(officer)
        actions.name_conflict(incident=draft, user=named, by=world.fresh(officer), at=MONDAY)
        assert not sees(named, world.submit(draft, by=officer))

    def test_who_was_assaulted_cannot_be_kept_from_it(self, place):
        officer, colleague = world.make_person(place.team), world.make_person(place.team)
        report = world.make_submitted_incident(officer, colleagues=[colleague], conducts=[["punch"], ["punch"]])
        with pytest.raises(actions.Refused, match="own part"):
            actions.name_conflict(incident=report, user=colleague, by=world.fresh(officer), at=MONDAY)


class TestRestricted:
    def test_a_sexual_offence_is_closed_to_all_but_one_supervisor(self, place):
        first, second = (world.make_person(place.team, Role.SUPERVISOR) for _ in range(2))
        officer = world.make_person(place.team)
        report = world.make_submitted_incident(officer, conducts=[["sexual-touching"]])
        assert report.restricted and report.restricted_for == ["sexual"]
        assert [sees(first, report), sees(second, report)] == [True, False]

    def test_a_wish_for_few_readers_is_kept(self, place):
        first, second = (world.make_person(place.team, Role.SUPERVISOR) for _ in range(2))
        officer = world.make_person(place.team)
        report = world.make_submitted_incident(officer)
        assert sees(second, report)
        actions.restrict(incident=report, by=world.fresh(officer), at=MONDAY)
        assert [sees(first, report), sees(second, report)] == [True, False]

    def test_a_protected_post_restricts(self, place):
        world.make_person(place.team, Role.SUPERVISOR)
        covert = world.make_person(place.team, protected_post=True)
        assert world.make_submitted_incident(covert).restricted_for == ["protected-post"]

    def test_somebody_is_added_to_the_list_by_two_people_of_governance(self, place):
        one, two = (world.make_person(place.root, Role.GOVERNANCE) for _ in range(2))
        world.make_person(place.team, Role.SUPERVISOR)
        asked = world.make_person(place.north, Role.SUPERVISOR)
        report = world.make_submitted_incident(world.make_person(place.team), conducts=[["sexual-touching"]])
        reader = actions.propose_reader(incident=report, user=asked, by=one, at=MONDAY)
        assert not sees(asked, report)
        with pytest.raises(actions.Refused, match="somebody else"):
            actions.approve_reader(reader=reader, by=world.fresh(one), at=MONDAY)
        actions.approve_reader(reader=reader, by=two, at=MONDAY)
        assert sees(asked, report)

    def test_the_database_refuses_one_person_as_both(self, place):
        governance = world.make_person(place.root, Role.GOVERNANCE)
        world.make_person(place.team, Role.SUPERVISOR)
        report = world.make_submitted_incident(world.make_person(place.team), conducts=[["sexual-touching"]])
        reader = actions.propose_reader(incident=report, user=world.make_person(place.team), by=governance, at=MONDAY)
        with pytest.raises(IntegrityError, match="named_reader_takes_two_people"), transaction.atomic():
            NamedReader.objects.filter(pk=reader.pk).update(approved_by=governance, approved_at=MONDAY)

    def test_the_last_reader_stays(self, place):
        governance = world.make_person(place.root, Role.GOVERNANCE)
        world.make_person(place.team, Role.SUPERVISOR)
        report = world.make_submitted_incident(world.make_person(place.team), conducts=[["sexual-touching"]])
        with pytest.raises(actions.Refused, match="last reader"):
            actions.remove_reader(reader=report.named_readers.get(), by=governance, at=MONDAY)

    def test_a_reader_with_a_conflict_does_not_count_as_one_who_stays(self, place):
        one, two = (world.make_person(place.root, Role.GOVERNANCE) for _ in range(2))
        world.make_person(place.team, Role.SUPERVISOR)
        asked, officer = world.make_person(place.north), world.make_person(place.team)
        report = world.make_submitted_incident(officer, conducts=[["sexual-touching"]])
        reader = actions.propose_reader(incident=report, user=asked, by=one, at=MONDAY)
        actions.approve_reader(reader=reader, by=two, at=MONDAY)
        actions.name_conflict(incident=report, user=asked, by=world.fresh(officer), at=MONDAY)
        first = report.named_readers.get(by_rule=True)
        with pytest.raises(actions.Refused, match="last reader"):
            actions.remove_reader(reader=first, by=world.fresh(one), at=MONDAY)


class TestOfficerInTheCase:
    @pytest.fixture
    def supervisor(self, place):
        return world.make_person(place.team, Role.SUPERVISOR)

    def test_they_see_the_report_from_then_on(self, place, supervisor):
        detective = world.make_person(place.south)
        report = world.make_submitted_incident(world.make_person(place.team))
        assert not sees(detective, report)
        actions.assign_officer(incident=report, officer=detective, by=supervisor, at=MONDAY)
        assert sees(detective, report)

    def test_nobody_investigates_their_own_assault(self, supervisor, place):
        officer = world.make_person(place.team)
        report = world.make_submitted_incident(officer)
        with pytest.raises(actions.Refused, match="was assaulted"):
            actions.assign_officer(incident=report, officer=officer, by=supervisor, at=MONDAY)

    def test_a_line_manager_only_with_a_reason(self, supervisor, place):
        manager = world.make_person(place.team)
        report = world.make_submitted_incident(world.make_person(place.team, line_manager=manager))
        with pytest.raises(actions.Refused, match="say why"):
            actions.assign_officer(incident=report, officer=manager, by=supervisor, at=MONDAY)
        actions.assign_officer(
            incident=report, officer=manager, by=world.fresh(supervisor), at=MONDAY, set_aside_reason="Nobody else on"
        )
        assert sees(manager, report)

    def test_somebody_kept_from_it_may_not_investigate_and_the_refusal_does_not_say_why(self, supervisor, place):
        named, officer = world.make_person(place.team), world.make_person(place.team)
        report = world.make_submitted_incident(officer)
        actions.name_conflict(incident=report, user=named, by=world.fresh(officer), at=MONDAY)
        with pytest.raises(actions.Refused, match="may not investigate this incident"):
            actions.assign_officer(incident=report, officer=named, by=supervisor, at=MONDAY)


class TestTakingOver:
    def test_a_report_by_a_colleague_becomes_the_persons_own(self, place):
        world.make_person(place.team, Role.SUPERVISOR)
        writer, person = world.make_person(place.team), world.make_person(place.team)
        report = world.make_submitted_incident(writer, among=False, colleagues=[person])
        assert world.seen_by(writer, report).standing_of(writer).owns
        actions.take_over(incident=report, by=world.fresh(person), at=MONDAY)
        assert world.seen_by(person, report).standing_of(person).owns
        assert not world.seen_by(writer, report).standing_of(writer).owns

    def test_the_report_can_be_accepted_and_submitted_again_all_the_same(self, place):
        supervisor = world.make_person(place.team, Role.SUPERVISOR)
        writer, person = world.make_person(place.team), world.make_person(place.team)
        report = world.make_submitted_incident(writer, among=False, colleagues=[person])
        actions.take_over(incident=report, by=world.fresh(person), at=MONDAY)
        actions.return_for_changes(incident=report, reason="Where?", by=supervisor, at=MONDAY)
        world.submit(report, by=person)
        actions.accept(incident=report, by=world.fresh(supervisor), at=MONDAY)
        assert Incident.objects.get(pk=report.pk).status == "accepted"

    def test_of_several_only_who_filed_it_submits_it_again_and_hears_when_a_part_is_ready(self, place):
        supervisor = world.make_person(place.team, Role.SUPERVISOR)
        writer, one, other = (world.make_person(place.team) for _ in range(3))
        report = world.make_submitted_incident(
            writer, among=False, colleagues=[one, other], conducts=[["punch"], ["punch"]]
        )
        for person in (one, other):
            actions.take_over(incident=report, by=world.fresh(person), at=MONDAY)
        actions.return_for_changes(incident=report, reason="Where?", by=supervisor, at=MONDAY)
        with pytest.raises(actions.Refused, match="may not submit"):
            world.submit(report, by=one)
        assert "Only" in reading.view_of(one, world.seen_by(one, report)).next_step.text
        assert "Nobody else can" in reading.view_of(writer, world.seen_by(writer, report)).next_step.text
        actions.say_ready(incident=report, by=world.fresh(one), at=MONDAY)
        with pytest.raises(actions.Refused, match="said so already"):
            actions.say_ready(incident=report, by=world.fresh(one), at=MONDAY)
        assert Message.objects.filter(kind="part-ready", to=writer).count() == 1
        assert [row.by for row in reading.view_of(writer, world.seen_by(writer, report)).notes[-1:]] == [one.name]
        with pytest.raises(actions.Refused, match="may not say ready"):
            actions.say_ready(incident=report, by=world.fresh(writer), at=MONDAY)
        world.submit(report, by=writer)
        assert Incident.objects.get(pk=report.pk).status == "submitted"

    def test_each_answers_for_their_own_support_and_never_reads_the_others_wish(self, place):
        supervisor = world.make_person(place.team, Role.SUPERVISOR)
        writer, person = world.make_person(place.team), world.make_person(place.team)
        report = world.make_submitted_incident(
            writer, colleagues=[person], conducts=[["punch"], ["punch"]], support="yes"
        )
        actions.take_over(incident=report, by=world.fresh(person), at=MONDAY)
        actions.return_for_changes(incident=report, reason="Where?", by=supervisor, at=MONDAY)
        hers = Person(person)
        answers = {"support": "yes", "channel": "email", "contact": "her@example.org"}
        answer = hers.fill(f"/reports/{report.reference}/edit/support/", **answers)
        assert answer.status_code == 302, read(answer)[1]
        stale = hers.send(f"/reports/{report.reference}/edit/support/", answers | {"channel": "call", "seen": "old"})
        assert stale.status_code == 409 and "01632 960123" not in stale.content.decode()
        assert {wish.contact for wish in SupportWish.objects.all()} == {"01632 960123", "her@example.org"}

    def test_whoever_took_only_their_own_part_over_names_nobody_else(self, place):
        supervisor = world.make_person(place.team, Role.SUPERVISOR)
        writer, person, third = (world.make_person(place.team) for _ in range(3))
        report = world.make_submitted_incident(writer, among=False, colleagues=[person])
        actions.take_over(incident=report, by=world.fresh(person), at=MONDAY)
        actions.return_for_changes(incident=report, reason="Where?", by=supervisor, at=MONDAY)
        with pytest.raises(actions.Refused, match="may not name anybody"):
            actions.add_colleague(incident=report, person=third, by=world.fresh(person), at=MONDAY)

    def test_only_by_the_person_and_once(self, place):
        world.make_person(place.team, Role.SUPERVISOR)
        writer, person = world.make_person(place.team), world.make_person(place.team)
        report = world.make_submitted_incident(writer, among=False, colleagues=[person])
        with pytest.raises(actions.Refused):
            actions.take_over(incident=report, by=world.fresh(writer), at=MONDAY)
        actions.take_over(incident=report, by=world.fresh(person), at=MONDAY)
        with pytest.raises(actions.Refused):
            actions.take_over(incident=report, by=world.fresh(person), at=MONDAY)


class TestWithdrawing:
    def test_one_of_several_who_took_their_part_over_does_not_take_back_what_concerns_the_others(self, place):
        world.make_person(place.team, Role.SUPERVISOR)
        writer, one, two = (world.make_person(place.team) for _ in range(3))
        report = world.make_submitted_incident(
            writer, among=False, colleagues=[one, two], conducts=[["punch"], ["punch"]]
        )
        actions.take_over(incident=report, by=world.fresh(one), at=MONDAY)
        with pytest.raises(actions.Refused, match="may not withdraw"):
            actions.withdraw(incident=report, reason="x", by=world.fresh(one), at=MONDAY)
        actions.withdraw(incident=report, reason="Filed twice", by=world.fresh(writer), at=MONDAY)

    def test_the_only_person_assaulted_takes_back_what_they_took_over(self, place):
        world.make_person(place.team, Role.SUPERVISOR)
        writer, person = world.make_person(place.team), world.make_person(place.team)
        report = world.make_submitted_incident(writer, among=False, colleagues=[person])
        actions.take_over(incident=report, by=world.fresh(person), at=MONDAY)
        actions.withdraw(incident=report, reason="I would rather not", by=world.fresh(person), at=MONDAY)


class TestDiscarding:
    def test_a_draft_goes_for_good(self, place):
        officer = world.make_person(place.team)
        draft = world.make_draft(officer)
        actions.discard(incident=draft, by=world.fresh(officer), at=MONDAY)
        assert not Incident.objects.filter(pk=draft.pk).exists()

    def test_it_goes_by_itself_thirty_days_after_the_last_save_and_no_sooner(self, place):
        draft = world.make_draft(world.make_person(place.team))
        report = world.make_submitted_incident(world.make_person(place.team))
        assert actions.expire_drafts(at=MONDAY + timedelta(days=30)) == 0
        assert actions.expire_drafts(at=MONDAY + timedelta(days=30, seconds=1)) == 1
        assert list(Incident.objects.values_list("pk", flat=True)) == [report.pk]
        assert draft.pk != report.pk

    def test_a_submitted_report_is_never_deleted_by_the_service(self, place):
        officer = world.make_person(place.team)
        report = world.make_submitted_incident(officer)
        with pytest.raises(actions.Refused):
            actions.discard(incident=report, by=world.fresh(officer), at=MONDAY)
        from django.db import connection

        refusal = pytest.raises(Exception, match="never deleted|permission denied")
        with refusal, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM reports_incident WHERE id = %s", [report.pk])


def test_a_suspect_who_is_a_colleague_restricts_and_conflicts(place):
    supervisor = world.make_person(place.team, Role.SUPERVISOR)
    world.make_person(place.north, Role.SUPERVISOR)
    officer = world.make_person(place.team)
    draft = world.make_draft(officer)
    Suspect.objects.create(
        incident=draft, position=1, known="identified", colleague=supervisor, relationship="colleague"
    )
    actions.name_conflict(incident=draft, user=supervisor, why="suspect", by=world.fresh(officer), at=MONDAY)
    report = world.submit(draft, by=officer)
    assert report.restricted_for == ["colleague"]
    assert not sees(supervisor, report)
