"""From a draft to a supervisor's decision."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection

from campion.models import AuditEvent, Delivery
from campion.roles import Role
from reports import actions, events, reading
from reports.content import content_hash, content_of
from reports.models import Assault, Incident, Task, Version
from tests import world
from tests.stage import once
from tests.world import MONDAY

pytestmark = pytest.mark.django_db


@once
def place():
    return world.make_force()


@once
def supervisor(place):
    return world.make_person(place.team, Role.SUPERVISOR)


@once
def officer(place):
    return world.make_person(place.team)


@once
def colleague(place):
    return world.make_person(place.other_team)


@once
def draft(officer):
    return world.make_draft(officer)


@once
def report(officer, supervisor):
    return world.make_submitted_incident(officer)


class TestSubmitting:
    def test_two_people_assaulted_are_two_assaults_each_under_its_gravest_kind(self, supervisor, officer, colleague):
        report = world.make_submitted_incident(
            officer, conducts=[["verbal-abuse", "punch", "spit"], ["spit", "verbal-abuse"]], colleagues=[colleague]
        )
        assert [assault.kind for assault in report.assaults.all()] == ["physical", "spitting"]
        assert report.status == "submitted"
        assert report.police_told_at == MONDAY

    def test_the_same_submission_again_gives_the_same_receipt(self, supervisor, officer, draft):
        key, seen = draft.submit_key, content_hash(content_of(draft))
        for again in (False, True, True):
            done = actions.submit(incident=draft, key=key, seen_hash=seen, by=world.fresh(officer), at=MONDAY)
            assert (done.again, done.incident.reference) == (again, draft.reference)
        assert Version.objects.count() == 1
        assert Task.objects.count() == 2

    def test_the_same_key_with_other_answers_is_told_so(self, supervisor, officer, draft):
        key = draft.submit_key
        world.submit(draft, by=officer)
        with pytest.raises(actions.AlreadySubmitted, match="Add a note"):
            actions.submit(incident=draft, key=key, seen_hash="other", by=world.fresh(officer), at=MONDAY)

    def test_answers_that_changed_since_they_were_checked_are_not_submitted(self, officer, draft):
        seen = content_hash(content_of(draft))
        world.answer(draft, "words", {"narrative": "and then"}, by=officer)
        with pytest.raises(actions.ChangedMeanwhile):
            actions.submit(incident=draft, key=draft.submit_key, seen_hash=seen, by=world.fresh(officer), at=MONDAY)
        assert world.seen_by(officer, draft).status == "draft"

    def test_a_stranger_cannot_submit_somebody_elses_draft(self, officer, draft, colleague):
        with pytest.raises(actions.Refused, match="no such report"):
            actions.submit(incident=draft, key=draft.submit_key, seen_hash="x", by=colleague, at=MONDAY)

    def test_a_draft_with_nothing_in_it_says_what_is_missing_and_where(self, officer):
        from reports.actions import drafts

        draft = drafts.start(by=officer, at=MONDAY)
        loaded = world.seen_by(officer, draft)
        with pytest.raises(actions.Incomplete) as refusal:
            actions.submit(
                incident=loaded,
                key=loaded.submit_key,
                seen_hash=content_hash(content_of(loaded)),
                by=world.fresh(officer),
                at=MONDAY,
            )
        assert {problem.page.name for problem in refusal.value.problems} >= {"who", "when"}

    def test_a_fault_in_whoever_listens_takes_the_submission_back(self, supervisor, officer):
        def broken(**kwargs):
            raise ZeroDivisionError

        draft = world.make_draft(officer)
        events.incident_submitted.connect(broken)
        try:
            with pytest.raises(ZeroDivisionError):
                world.submit(draft, by=officer)
        finally:
            events.incident_submitted.disconnect(broken)
        assert world.seen_by(officer, draft).status == "draft"
        assert not Version.objects.exists() and not Task.objects.exists()

    def test_somebody_listens_when_a_report_is_submitted(self):
        assert events.incident_submitted.has_listeners()

    def test_the_first_words_are_kept_as_they_were(self, supervisor, officer):
        report = world.make_submitted_incident(officer, words="He spat at me twice.")
        assert Version.objects.get().content["narrative"] == "He spat at me twice."
        with pytest.raises(Exception, match="never altered"):
            Incident.objects.filter(pk=report.pk).update(narrative="something else")

    def test_the_supervisors_of_the_unit_and_nobody_else_are_told(self, place, supervisor, officer, colleague):
        world.make_person(place.other_team, Role.SUPERVISOR)
        world.make_submitted_incident(officer, colleagues=[colleague], conducts=[["punch"], ["punch"]])
        told = set(Delivery.objects.values_list("message__to", "message__kind"))
        assert told == {(supervisor.pk, "report-waiting"), (colleague.pk, "about-you")}


class TestContactOwed:
    def test_it_is_due_twelve_hours_after_police_were_told_if_nobody_said_when_duty_ends(
        self, supervisor, officer, report
    ):
        due = dict(report.tasks.values_list("kind", "due_at"))
        assert due == {"first-contact": MONDAY + timedelta(hours=12), "escalation": MONDAY + timedelta(hours=24)}

    def test_it_is_due_before_the_end_of_duty_if_that_is_known(self, supervisor, officer):
        draft = world.make_draft(officer, support="yes")
        ends = MONDAY + timedelta(hours=4)
        world.answer(draft, "support", {"end_of_duty_at": ends.isoformat()}, by=officer)
        report = world.submit(draft, by=officer)
        assert report.tasks.get(kind="first-contact").due_at == ends

    def test_recording_it_ends_the_escalation_too(self, supervisor, officer, report):
        task = report.tasks.get(kind="first-contact")
        actions.record_contact(incident=report, task=task, how="phone", by=supervisor, at=MONDAY)
        assert not report.tasks.open().exists()
        with pytest.raises(actions.Refused, match="already"):
            actions.record_contact(incident=report, task=task, how="phone", by=world.fresh(supervisor), at=MONDAY)


class TestDeciding:
    def test_it_comes_back_with_a_reason_and_goes_again(self, supervisor, officer, report):
        actions.return_for_changes(incident=report, reason="Which pub?", by=supervisor, at=MONDAY)
        back = world.seen_by(officer, report)
        assert (back.status, back.notes.get().body) == ("returned", "Which pub?")
        world.answer(back, "words", {"narrative": "The one by the river."}, by=officer)
        again = world.submit(back, by=officer)
        assert again.status == "submitted"
        assert list(again.versions.order_by("number").values_list("number", flat=True)) == [1, 2]
        assert Assault.objects.count() == 1

    def test_a_reason_is_needed(self, supervisor, officer, report):
        with pytest.raises(actions.Refused, match="reason"):
            actions.return_for_changes(incident=report, reason=" ", by=supervisor, at=MONDAY)

    def test_nobody_accepts_their_own_report(self, place):
        own = world.make_person(place.team, Role.SUPERVISOR)
        report = world.make_submitted_incident(own)
        with pytest.raises(actions.Refused, match="may not accept"):
            actions.accept(incident=report, by=world.fresh(own), at=MONDAY)

    def test_a_supervisor_of_another_unit_does_not_know_of_it(self, place, supervisor, officer):
        other = world.make_person(place.other_team, Role.SUPERVISOR)
        report = world.make_submitted_incident(officer)
        with pytest.raises(actions.Refused, match="no such report"):
            actions.accept(incident=report, by=other, at=MONDAY)

    def test_withdrawing_leaves_the_counts_and_ends_the_tasks(self, supervisor, officer, report):
        actions.withdraw(incident=report, reason="Filed twice", by=world.fresh(officer), at=MONDAY)
        assert not Assault.objects.counted().exists()
        assert not Task.objects.open().exists()

    def test_every_change_is_on_the_log_without_a_word(self, supervisor, officer):
        report = world.make_submitted_incident(officer, words="Canary words")
        actions.accept(incident=report, by=supervisor, at=MONDAY)
        lines = list(AuditEvent.objects.filter(object_id=report.reference).values())
        assert {"submit", "accept"} <= {line["action"] for line in lines}
        assert "Canary" not in str(lines)


class TestMerging:
    def test_people_in_both_are_paired_and_the_others_move_over(self, supervisor, officer, colleague, place):
        third = world.make_person(place.team)
        kept = world.make_submitted_incident(officer, colleagues=[colleague], conducts=[["punch"], ["spit"]])
        earlier = MONDAY - timedelta(hours=1)
        ends = world.make_submitted_incident(colleague, colleagues=[third], conducts=[["punch"], ["kick"]], at=earlier)
        head = world.make_person(place.team, Role.SUPERVISOR, over=place.root)
        actions.merge(incident=ends, into=kept, reason="One fight", by=head, at=MONDAY)
        kept = Incident.objects.get(pk=kept.pk)
        assert {a.person_id for a in kept.assaults.all()} == {officer.pk, colleague.pk, third.pk}
        assert kept.police_told_at == earlier
        assert Incident.objects.get(pk=ends.pk).status == "merged"
        assert Assault.objects.counted().count() == 3

    def test_a_report_about_one_that_somebody_joins_can_be_accepted(self, place, supervisor, officer):
        kept, ends = (world.make_submitted_incident(row) for row in (officer, world.make_person(place.team)))
        actions.merge(incident=ends, into=kept, reason="One fight", by=supervisor, at=MONDAY)
        actions.accept(incident=kept, by=world.fresh(supervisor), at=MONDAY)
        assert Incident.objects.get(pk=kept.pk).status == "accepted"

    def test_a_part_that_moved_is_not_read_by_who_filed_the_report_that_stays(self, place, supervisor, officer):
        kept, mate = world.make_submitted_incident(officer), world.make_person(place.team)
        ends = world.make_submitted_incident(mate, support="yes")
        actions.merge(incident=ends, into=kept, reason="One fight", by=supervisor, at=MONDAY)
        moved = reading.view_of(officer, world.seen_by(officer, kept)).people[1]
        assert (moved.facets, moved.name, moved.wish) == (frozenset({"core"}), "", None)
        own = reading.view_of(mate, world.seen_by(mate, kept)).own
        assert own.wish.contact == "01632 960123"

    def test_whoever_was_kept_out_of_one_is_kept_out_of_both(self, place, supervisor, officer):
        named, second = (world.make_person(place.team, Role.SUPERVISOR) for _ in range(2))
        kept, mate = world.make_submitted_incident(officer), world.make_person(place.team)
        ends = world.make_submitted_incident(mate)
        actions.name_conflict(incident=ends, user=named, by=world.fresh(mate), at=MONDAY)
        actions.merge(incident=ends, into=kept, reason="One fight", by=supervisor, at=MONDAY)
        visible = Incident.objects.filter(pk=kept.pk)
        assert not Incident.objects.visible_to(world.fresh(named)).filter(pk__in=visible).exists()
        assert Incident.objects.visible_to(world.fresh(second)).filter(pk__in=visible).exists()

    def test_why_a_report_was_closed_goes_with_it_and_stays(self, place, supervisor, officer):
        world.make_person(place.root, Role.SUPERVISOR)
        kept, mate = world.make_submitted_incident(officer), world.make_person(place.team)
        draft = world.make_draft(mate)
        draft.suspects.create(position=1, known="identified", relationship="colleague")
        draft.suspects.create(position=2, known="identified", relationship="personal")
        ends = world.submit(draft, by=mate)
        reader = world.fresh(ends.named_readers.get().user)
        actions.merge(incident=ends, into=kept, reason="One fight", by=reader, at=MONDAY)
        stays = Incident.objects.get(pk=kept.pk)
        assert stays.restricted and stays.restricted_for == ["colleague", "domestic"]
        actions.restrict(incident=stays, by=world.fresh(officer), at=MONDAY)
        assert Incident.objects.get(pk=kept.pk).restricted_for == ["colleague", "domestic", "wish"]

    def test_what_was_closed_stays_closed_to_the_same_list(self, place, supervisor, officer):
        second = world.make_person(place.team, Role.SUPERVISOR)
        kept, mate = world.make_submitted_incident(officer), world.make_person(place.team)
        ends = world.make_submitted_incident(mate)
        actions.restrict(incident=ends, by=world.fresh(mate), at=MONDAY)
        reader = world.fresh(ends.named_readers.get().user)
        actions.merge(incident=ends, into=kept, reason="One fight", by=reader, at=MONDAY)
        stays = Incident.objects.get(pk=kept.pk)
        assert stays.restricted and stays.restricted_for == ["wish"]
        assert [row.user_id for row in stays.named_readers.all()] == [reader.pk]
        other = second if reader == supervisor else supervisor
        assert not Incident.objects.visible_to(world.fresh(other)).filter(pk=kept.pk).exists()

    def test_not_into_itself(self, supervisor, officer, report):
        with pytest.raises(actions.Refused, match="itself"):
            actions.merge(incident=report, into=report, reason="x", by=supervisor, at=MONDAY)


class TestCorrecting:
    def test_what_stood_before_is_kept_beside_the_reason(self, supervisor, officer, report):
        from reports.models import PlaceType

        street = PlaceType.objects.exclude(pk=report.place_type_id).first()
        actions.correct(
            incident=report, field="place_type", value=street, reason="It was outside", by=supervisor, at=MONDAY
        )
        note = world.seen_by(officer, report).notes.get()
        assert (note.was, note.becomes, note.body) == (str(report.place_type), str(street), "It was outside")
        assert Version.objects.get().content["where"]["place_type_id"] == report.place_type_id

    def test_conducts_carry_the_kind_with_them(self, supervisor, officer, report):
        from reports.models import ConductType

        actions.correct(
            incident=report,
            assault=report.assaults.all()[0],
            field="conducts",
            value=[ConductType.objects.get(code="spit")],
            reason="No punch landed",
            by=supervisor,
            at=MONDAY,
        )
        assert Assault.objects.get().kind == "spitting"

    def test_a_correction_to_the_same_is_refused(self, supervisor, officer, report):
        with pytest.raises(actions.Refused, match="already"):
            actions.correct(
                incident=report, field="place_type", value=report.place_type, reason="x", by=supervisor, at=MONDAY
            )


class TestUpgrading:
    def test_a_log_entry_becomes_a_full_report_and_stays_one_assault(self, supervisor, officer):
        from campion.local_time import moment
        from reports.actions import drafts

        entry = drafts.log_abuse(
            key=uuid.uuid4(),
            conducts=["verbal-abuse"],
            occurred=moment((MONDAY - timedelta(minutes=5)).replace(tzinfo=None)),
            precision="about",
            place_type_id=None,
            words="",
            by=officer,
            at=MONDAY,
        ).incident
        assert entry.quick_log and entry.status == "submitted"
        back = actions.upgrade(incident=entry, by=world.fresh(officer), at=MONDAY)
        world.answer(back, "where", {"elsewhere": True}, by=officer)
        full = world.submit(back, by=officer)
        assert not full.quick_log
        assert Assault.objects.counted().count() == 1


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def at_once(self, *calls):
        results, gate = [], threading.Barrier(len(calls))

        def run(call):
            gate.wait()
            try:
                results.append(call())
            except actions.Refused as refusal:
                results.append(refusal)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=[call]) for call in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    def test_two_supervisors_accepting_at_once_one_succeeds_and_the_other_reads_a_sentence(self):
        place = world.make_force()
        first, second = (world.make_person(place.team, Role.SUPERVISOR) for _ in range(2))
        report = world.make_submitted_incident(world.make_person(place.team))
        results = self.at_once(
            *(lambda by=by: actions.accept(incident=report, by=by, at=MONDAY) for by in (first, second))
        )
        refusals = [result for result in results if isinstance(result, actions.Refused)]
        assert len(refusals) == 1
        assert "Accepted" in str(refusals[0])

    def test_a_double_click_files_one_report(self):
        place = world.make_force()
        officer = world.make_person(place.team)
        draft = world.make_draft(officer)
        key, seen = draft.submit_key, content_hash(content_of(draft))

        def click():
            return actions.submit(incident=draft, key=key, seen_hash=seen, by=world.fresh(officer), at=MONDAY)

        results = self.at_once(*[click] * 4)
        assert sorted(done.again for done in results) == [False, True, True, True]
        assert Version.objects.count() == 1
