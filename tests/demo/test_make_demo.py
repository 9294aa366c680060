"""The demonstration as it is made: at its smallest, with every scene in it."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from campion.models import AuditEvent, Force, Unit, User
from campion.roles import Role
from demo import making
from demo import people as cast
from demo.people import PASSWORD, SIGN_INS
from demo.plan import plan
from reports.models import Assault, Incident, NamedReader, Task, Version
from tests import world
from victims.models import Clock, Referral

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 11, 40, tzinfo=UTC)
SIZE = 40


@pytest.fixture(scope="module")
def outside_of_tests(django_db_setup, django_db_blocker):
    """The database for fixtures that live as long as this file, as in a demonstration."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "DEMO", True)
        yield


@pytest.fixture(scope="module")
def made(outside_of_tests):
    """The demonstration, made once for this file by a run that was stopped in the middle and one that took it up again;
    taken back after the last."""
    with transaction.atomic():
        stopped = making.make(size=SIZE, seed=7, at=NOW)
        for progress in stopped:
            if progress.of == "assaults" and progress.done > 10:
                break
        stopped.close()
        assert Incident.objects.exists() and not making.is_made()
        yield list(making.make(size=900, seed=1, at=NOW + timedelta(days=1)))  # what was begun is what is finished
        transaction.set_rollback(True)


def signed(name):
    return User.objects.get(email=f"{name}@demoshire.example")


class TestWhereItBelongs:
    def test_refuses_outside_a_demonstration(self, settings):
        settings.DEMO = False
        with pytest.raises(CommandError, match="demonstration alone"):
            call_command("make_demo")
        with pytest.raises(CommandError, match="demonstration alone"):
            call_command("make_demo", list_sign_ins=True)
        assert not Force.objects.filter(is_demo=True).exists()

    def test_refuses_beside_people_of_a_real_force(self, settings):
        settings.DEMO = True
        world.make_person(world.make_force().team)
        with pytest.raises(CommandError, match="people of a real force"):
            call_command("make_demo")

    def test_refuses_a_size_without_room_for_the_scenes(self, settings):
        settings.DEMO = True
        with pytest.raises(CommandError, match="smallest demonstration has 40"):
            call_command("make_demo", size=12)

    def test_says_that_there_is_none_to_list(self, settings):
        settings.DEMO = True
        with pytest.raises(CommandError, match="no demonstration yet"):
            call_command("make_demo", list_sign_ins=True)


class TestTheWhole:
    def test_everybody_shows_that_they_are_invented(self, made):
        people = User.objects.all()
        assert people.count() >= 220 and not people.filter(force__is_demo=False).exists()
        assert not people.exclude(family_name__endswith="-Demo").exists()
        assert not people.filter(email__isnull=False).exclude(email__endswith=".example").exists()
        outside = [row.outside_name for row in Assault.objects.filter(person=None)]
        assert outside and all("Example" in name for name in outside)

    def test_each_submission_left_one_version_one_offer_a_person_and_two_tasks(self, made):
        told = Incident.objects.exclude(status=Incident.Status.DRAFT)
        submitted = AuditEvent.objects.filter(action="submit", object_type="incident")
        assert Version.objects.count() == submitted.count() >= told.count()
        for incident in told:
            assert incident.versions.exists()
        people = Assault.objects.filter(incident__in=told)
        assert Referral.objects.count() == people.count()
        assert Clock.objects.values("referral").distinct().count() == people.count()
        assert Counter(Task.objects.values_list("kind", flat=True)) == {
            "first-contact": people.count(), "escalation": people.count(),
        }  # fmt: skip
        assert not Referral.objects.filter(assault__incident__status="draft").exists()

    def test_every_state_is_there(self, made):
        assert set(Incident.objects.values_list("status", flat=True)) == set(Incident.Status.values)
        assert set(Referral.objects.values_list("state", flat=True)) == set(Referral.State.values)
        assert Incident.objects.filter(quick_log=True).exists()
        reasons = {reason for row in Incident.objects.values_list("restricted_for", flat=True) for reason in row}
        assert {"sexual", "wish", "colleague"} <= reasons
        assert NamedReader.objects.filter(by_rule=True).count() == Incident.objects.filter(restricted=True).count()
        assert Incident.objects.filter(officer_in_case__isnull=False).exists()

    def test_the_areas_are_those_of_the_day(self, made):
        areas = Unit.objects.filter(force__is_demo=True, kind=Unit.Kind.AREA)
        assert areas.in_force(datetime(2026, 1, 18).date()).count() == 5
        assert areas.in_force(datetime(2026, 1, 19).date()).count() == 2
        for incident in Incident.objects.filter(area__isnull=False).select_related("area"):
            assert incident.area in areas.in_force(incident.occurred_from.date())

    def test_the_supervisor_finds_twelve_reports_and_two_overdue_duties(self, made):
        first, second = signed("supervisor"), signed("supervisor2")
        queue = Incident.objects.reviewed_by(first).awaiting_review().filter(quick_log=False)
        assert queue.count() == 12
        late = Task.objects.overdue(at=NOW).filter(incident__in=Incident.objects.reviewed_by(first))
        assert list(late.values_list("kind", flat=True)) == ["first-contact"] * 2
        others = Incident.objects.reviewed_by(second).awaiting_review().filter(quick_log=False)
        alternate = others.exclude(pk__in=queue)
        assert alternate.filter(conflicts__user=first).count() == 1
        assert not Incident.objects.visible_to(first).filter(conflicts__user=first).exists()

    def test_an_inspector_has_something_late_to_look_into(self, made):
        units = signed("inspector").reach[Role.INSPECTOR]
        assert Task.objects.overdue(at=NOW).filter(unit__in=units, kind="escalation").count() == 1

    def test_the_reporter_finds_every_state_of_their_own(self, made):
        reporter = signed("reporter")
        mine = Incident.objects.mine(reporter)
        assert set(mine.values_list("status", flat=True)) == set(Incident.Status.values) - {"draft"}
        assert sorted(
            (NOW - saved).days for saved in Incident.objects.drafts_of(reporter).values_list("saved_at", flat=True)
        ) == [0, 27]
        given = Assault.objects.filter(person=reporter, taken_over_at=None).exclude(incident__reporter=reporter)
        assert given.exclude(incident__status__in=["merged", "withdrawn"]).exists()

    def test_the_desk_has_offers_that_wait_and_some_that_are_late(self, made):
        desk = Referral.objects.on_desk(signed("welfare"))
        assert desk.waiting().count() >= 15 and desk.overdue(on=NOW.date()).exists()

    def test_nothing_happens_after_now(self, made):
        assert not Incident.objects.filter(saved_at__gt=NOW).exists()
        assert not Referral.objects.filter(chosen_at__gt=NOW).exists()

    def test_a_second_run_does_nothing_and_says_so(self, made, capsys):
        before = AuditEvent.objects.count()
        call_command("make_demo", size=SIZE, processes=1)
        assert "already" in capsys.readouterr().out
        assert AuditEvent.objects.count() == before

    def test_the_sign_ins_are_listed_and_one_of_them_opens_the_door(self, made, capsys):
        call_command("make_demo", list_sign_ins=True)
        listed = capsys.readouterr().out
        assert len(listed.splitlines()) == len(SIGN_INS) + 1
        assert all(f"{name}@demoshire.example" in listed for name, *_ in SIGN_INS)
        for name, *_ in SIGN_INS:
            assert signed(name).check_password(PASSWORD)
        assert Client().login(
            username="reporter@demoshire.example", email="reporter@demoshire.example", password=PASSWORD
        )

    def test_a_stopped_run_is_taken_up_again_with_its_own_plan_and_tells_each_story_once(self, made):
        planned = plan(cast.everybody(), at=NOW, size=SIZE, seed=7)
        stories = planned + [story.double for story in planned if story.double]
        told = Counter(Incident.objects.values_list("reporter__staff_number", "opened_at"))
        assert making.is_made() and set(told.values()) == {1}
        assert {who for who, _ in told} == {story.who for story in stories}
        assert len(told) == len({(story.who, story.opened_at) for story in stories})
