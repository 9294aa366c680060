"""The directory and its roles: enrolled, given, ended, shut out; who reaches what, in one query; two forces apart."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from campion import actions
from campion.models import AuditEvent, Membership, Unit, User, WorkerType
from campion.roles import OUTSIDERS, Role
from campion.workflow import Refused
from tests import people

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 27, 3, 12, tzinfo=UTC)
TODAY = date(2026, 3, 27)


@pytest.fixture
def force(db):
    return people.make_force()


@pytest.fixture
def sam(force):
    return people.make_person()


@pytest.fixture
def team(force):
    return force.units.get(code="east-a")


@pytest.fixture
def today(time_machine):
    time_machine.move_to(AT, tick=False)


def enrol(force, **fields):
    given = {"staff_number": "77", "family_name": "Example", "worker_type": WorkerType.POLICE_OFFICER}
    return actions.enrol(force=force, by=None, at=AT, **(given | fields))


def give(user, role=Role.SUPERVISOR, unit=None, from_on=TODAY, by=None, **more):
    unit = unit or user.force.units.get(code="east-a")
    return actions.give_role(user=user, role=role, unit=unit, from_on=from_on, by=by, at=AT, **more)


class TestEnrol:
    def test_puts_somebody_in_the_directory(self, force, team, sam):
        user = enrol(force, unit=team, email=" Kim@Testshire.Example ", password=people.PASSWORD, line_manager=sam)
        assert (user.email, user.name, user.unit, user.line_manager) == ("kim@testshire.example", "Example", team, sam)
        assert user.check_password(people.PASSWORD) and not user.is_superuser and not user.is_staff
        line = AuditEvent.objects.filter(action="enrol").latest("id")
        assert (line.subject_ids, line.actor_id, line.object_id) == ([user.pk], None, str(user.pk))

    def test_without_a_sign_in_nobody_signs_in(self, force):
        user = enrol(force)
        assert user.email is None and not user.has_usable_password()

    def test_several_people_may_have_no_address(self, force):
        enrol(force)
        assert enrol(force, staff_number="78").email is None

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"staff_number": "77"}, "staff number"),
            ({"staff_number": "78", "email": "KIM@testshire.example"}, "email address"),
        ],
    )
    def test_refuses_what_is_somebodys_already(self, force, fields, words):
        enrol(force, email="kim@testshire.example")
        with pytest.raises(Refused, match=words):
            enrol(force, **fields)

    def test_refuses_a_unit_of_another_force(self, force):
        with pytest.raises(Refused, match="another force"):
            enrol(force, unit=people.make_force("othershire").units.get(code="east"))

    def test_two_forces_number_their_staff_apart(self, force):
        enrol(force)
        assert enrol(people.make_force("othershire")).staff_number == "77"

    def test_nobody_is_a_superuser(self, sam):
        with pytest.raises(IntegrityError, match="user_nobody_is_superuser"), transaction.atomic():
            User.objects.filter(pk=sam.pk).update(is_superuser=True)

    def test_an_address_is_kept_in_small_letters(self, sam):
        with pytest.raises(IntegrityError, match="user_email_is_lower_case"), transaction.atomic():
            User.objects.filter(pk=sam.pk).update(email="Sam@Testshire.example")


class TestGiveRole:
    def test_lets_somebody_play_it(self, sam, team, today):
        give(sam)
        assert User.objects.get(pk=sam.pk).reach == {Role.SUPERVISOR: frozenset({team.pk})}
        line = AuditEvent.objects.filter(action="give_role").latest("id")
        assert (line.reason_code, line.subject_ids) == ("supervisor", [sam.pk])

    def test_nobody_gives_one_to_themselves(self, sam):
        with pytest.raises(Refused, match="themselves"):
            give(sam, by=sam)
        assert give(sam, by=people.make_person(Role.ADMINISTRATOR))

    def test_refuses_a_role_that_is_none(self, sam):
        with pytest.raises(Refused, match="no such role"):
            give(sam, role="superuser")

    def test_refuses_a_unit_of_another_force(self, sam):
        with pytest.raises(Refused, match="another force"):
            give(sam, unit=people.make_force("othershire").units.get(code="east"))

    def test_refuses_somebody_shut_out(self, sam):
        actions.deactivate(user=sam, by=None, at=AT)
        with pytest.raises(Refused, match="not active"):
            give(sam)

    def test_refuses_an_end_before_the_start(self, sam):
        with pytest.raises(Refused, match="ends on or after"):
            give(sam, until_on=TODAY - timedelta(days=1))

    @pytest.mark.parametrize(
        ("start", "end", "free"),
        [(-5, -1, True), (-5, 0, False), (0, None, False), (10, None, False), (11, None, True)],
    )
    def test_the_same_days_once(self, sam, start, end, free):
        give(sam, until_on=TODAY + timedelta(days=10))
        days = {
            "from_on": TODAY + timedelta(days=start),
            "until_on": None if end is None else TODAY + timedelta(days=end),
        }
        if free:
            assert give(sam, **days)
        else:
            with pytest.raises(Refused, match="already"):
                give(sam, **days)


class TestEndRole:
    def test_ends_now_and_the_next_request_obeys(self, sam, today):
        role = give(sam, from_on=TODAY - timedelta(days=3))
        actions.end_role(membership=role, by=None, at=AT)
        assert not User.objects.get(pk=sam.pk).plays(Role.SUPERVISOR)
        assert AuditEvent.objects.filter(action="end_role", reason_code="supervisor").exists()

    def test_one_given_today_is_taken_back(self, sam, today):
        actions.end_role(membership=give(sam), by=None, at=AT)
        assert not Membership.objects.exists() and AuditEvent.objects.filter(action="give_role").exists()

    def test_may_end_later(self, sam, today):
        role = actions.end_role(membership=give(sam), by=None, at=AT, until_on=TODAY + timedelta(days=7))
        assert role.until_on == date(2026, 4, 3) and User.objects.get(pk=sam.pk).plays(Role.SUPERVISOR)

    def test_ends_once(self, sam):
        role = give(sam, until_on=TODAY)
        with pytest.raises(Refused, match="ended already"):
            actions.end_role(membership=role, by=None, at=AT, until_on=TODAY + timedelta(days=7))

    def test_now_is_a_day_in_london(self, sam):
        late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # 00:30 on the second, in London
        role = actions.end_role(membership=give(sam), by=None, at=late)
        assert role.until_on == date(2026, 7, 1)


class TestDeactivate:
    def test_shuts_somebody_out_at_once(self, sam):
        client = people.signed_in(sam)
        assert client.get("/sign-in/devices/").status_code == 200
        actions.deactivate(user=sam, by=None, at=AT)
        assert client.get("/sign-in/devices/")["Location"].startswith("/sign-in/?")
        assert Client().post("/sign-in/", {"login": sam.email, "password": people.PASSWORD}).status_code != 302

    def test_takes_their_roles_from_them(self):
        person = people.make_person(Role.SUPERVISOR)
        actions.deactivate(user=person, by=None, at=AT)
        person = User.objects.get(pk=person.pk)
        assert person.roles == frozenset() and not person.may_report

    def test_once_and_not_oneself(self, sam):
        with pytest.raises(Refused, match="themselves"):
            actions.deactivate(user=sam, by=sam, at=AT)
        actions.deactivate(user=sam, by=people.make_person(Role.ADMINISTRATOR), at=AT)
        with pytest.raises(Refused, match="not active"):
            actions.deactivate(user=sam, by=None, at=AT)


class TestReach:
    def test_is_the_unit_and_all_below_it(self, sam, force, today):
        give(sam, unit=force.units.get(code="east"))
        below = set(force.units.filter(code__in=["east", "east-a"]).values_list("pk", flat=True))
        assert User.objects.get(pk=sam.pk).reach == {Role.SUPERVISOR: frozenset(below)}

    def test_is_of_today(self, sam, force, today, time_machine):
        give(sam, until_on=TODAY + timedelta(days=1))
        give(sam, role=Role.WELFARE, from_on=TODAY + timedelta(days=2))
        for day, roles in ((0, {"supervisor"}), (1, {"supervisor"}), (2, {"welfare"}), (30, {"welfare"})):
            time_machine.move_to(AT + timedelta(days=day), tick=False)
            assert User.objects.get(pk=sam.pk).roles == roles, day

    def test_changes_day_in_london(self, sam, time_machine):
        give(sam, from_on=date(2026, 7, 2))
        time_machine.move_to(datetime(2026, 7, 1, 22, 59, tzinfo=UTC), tick=False)
        assert not User.objects.get(pk=sam.pk).plays(Role.SUPERVISOR)
        time_machine.move_to(datetime(2026, 7, 1, 23, 1, tzinfo=UTC), tick=False)
        assert timezone.localdate() == date(2026, 7, 2) and User.objects.get(pk=sam.pk).plays(Role.SUPERVISOR)

    def test_comes_in_one_query_however_many_roles(self, force, today, django_assert_num_queries):
        person = people.make_person(*Role.values)
        for code in ("testshire", "east"):
            give(person, unit=force.units.get(code=code), from_on=TODAY)
        person = User.objects.get(pk=person.pk)
        with django_assert_num_queries(1):
            assert person.plays(Role.SUPERVISOR) and person.reach and person.roles and person.may_report
            assert len(person.reach[Role.SUPERVISOR]) == 3

    def test_stays_within_the_force(self, sam, force):
        other = people.make_force("othershire")
        give(sam, unit=force.units.get(code="testshire"))
        theirs = set(Unit.objects.filter(force=other).values_list("pk", flat=True))
        assert theirs.isdisjoint(User.objects.get(pk=sam.pk).reach[Role.SUPERVISOR])


class TestMayReport:
    @pytest.mark.parametrize("role", Role.values)
    def test_everybody_but_those_from_outside(self, role):
        assert people.make_person(role).may_report == (role not in OUTSIDERS)

    def test_without_any_role(self, sam):
        assert sam.may_report


class TestFoundBy:
    def test_by_staff_number_or_three_letters_of_a_surname(self, sam):
        kim = people.make_person(family_name="Sampleson")
        for words, found in (("Sam", True), ("sampleson", True), (kim.staff_number, True), ("Sa", False), ("", False)):
            assert (kim in User.objects.found_by(words, by=sam)) == found, words

    @pytest.mark.parametrize("words", ["%", "___", "'; --", "(a+)+$", "\\", "Sam%"])
    def test_takes_what_is_typed_literally(self, sam, words):
        people.make_person(family_name="Sampleson")
        assert not User.objects.found_by(words, by=sam)

    def test_leaves_out_other_forces_protected_posts_and_people_who_left(self, sam):
        people.make_person(family_name="Sampleson", force=people.make_force("othershire"))
        people.make_person(family_name="Sampleson", protected_post=True)
        actions.deactivate(user=people.make_person(family_name="Sampleson"), by=None, at=AT)
        assert not User.objects.found_by("Sampleson", by=sam)
