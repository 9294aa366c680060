"""Who stands in for whom, and who looks after the others: named by the person themself, dated, and of today."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from campion import actions
from campion.models import AuditEvent, Deputy, Membership, User
from campion.roles import Role
from campion.workflow import Refused
from tests import people

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 27, 3, 12, tzinfo=UTC)
TODAY = date(2026, 3, 27)
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(AT, tick=False)


@pytest.fixture
def sam():
    return people.make_person()


@pytest.fixture
def kim():
    return people.make_person()


def fresh(user):
    return User.objects.get(pk=user.pk)


def name(sam, kim, **given):
    return actions.name_deputy(**{"user": sam, "deputy": kim, "from_on": TODAY, "until_on": TODAY + WEEK, "by": sam,
                                  "at": AT, **given})  # fmt: skip


class TestDeputies:
    def test_stand_in_on_their_days_and_no_others(self, sam, kim, time_machine):
        name(sam, kim, from_on=TODAY + timedelta(days=1))
        for day, stands in ((0, False), (1, True), (7, True), (8, False)):
            time_machine.move_to(AT + timedelta(days=day), tick=False)
            assert fresh(kim).stands_in_for == (frozenset({sam.pk}) if stands else frozenset()), day
        assert not fresh(sam).stands_in_for

    def test_change_day_in_london(self, sam, kim, time_machine):
        name(sam, kim, from_on=date(2026, 7, 2), until_on=date(2026, 7, 2))
        time_machine.move_to(datetime(2026, 7, 1, 22, 59, tzinfo=UTC), tick=False)
        assert not fresh(kim).stands_in_for
        time_machine.move_to(datetime(2026, 7, 1, 23, 1, tzinfo=UTC), tick=False)
        assert fresh(kim).stands_in_for

    def test_get_no_role_and_no_reach_by_it(self, sam, kim):
        actions.give_role(user=sam, role=Role.WELFARE, unit=sam.unit, from_on=TODAY, by=None, at=AT, leads=True)
        name(fresh(sam), kim)
        assert not fresh(kim).roles
        assert not fresh(kim).leads(Role.WELFARE)

    def test_are_asked_for_in_one_query(self, sam, kim, django_assert_num_queries):
        name(sam, kim)
        user = fresh(kim)
        with django_assert_num_queries(1):
            assert user.stands_in_for and user.stands_in_for

    def test_who_was_shut_out_stands_in_for_nobody(self, sam, kim):
        name(sam, kim)
        actions.deactivate(user=kim, by=None, at=AT)
        assert not fresh(kim).stands_in_for

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"by": "kim"}, "your own deputy"),
            ({"deputy": "sam"}, "somebody else"),
            ({"deputy": "abroad"}, "this force"),
            ({"deputy": "unsigned"}, "signs in here"),
            ({"until_on": TODAY - timedelta(days=1)}, "days from today"),
            ({"until_on": TODAY + timedelta(days=367)}, "at most a year"),
            ({"from_on": TODAY + 2 * WEEK}, "on or after the first"),
        ],
    )
    def test_are_refused_with_a_sentence(self, sam, kim, given, words):
        made = {
            "kim": lambda: kim, "sam": lambda: sam, "unsigned": lambda: people.make_person(sign_in=False),
            "abroad": lambda: people.make_person(force=people.make_force("othershire")),
        }  # fmt: skip
        given = {key: made[value]() if value in made else value for key, value in given.items()}
        with pytest.raises(Refused, match=words):
            name(sam, kim, **given)
        assert not Deputy.objects.exists()

    def test_are_named_once_for_a_day(self, sam, kim):
        name(sam, kim)
        with pytest.raises(Refused, match="already"):
            name(sam, kim, from_on=TODAY + WEEK, until_on=TODAY + 2 * WEEK)
        name(sam, kim, from_on=TODAY + WEEK + timedelta(days=1), until_on=TODAY + 2 * WEEK)
        name(sam, people.make_person())

    def test_end_by_either_and_by_nobody_else(self, sam, kim, time_machine):
        row = name(sam, kim)
        with pytest.raises(Refused, match="no such deputy"):
            actions.end_deputy(deputy=row, by=people.make_person(), at=AT)
        later = AT + timedelta(days=2)
        time_machine.move_to(later, tick=False)
        actions.end_deputy(deputy=row, by=kim, at=later)
        row.refresh_from_db()
        assert row.until_on == TODAY + timedelta(days=1)
        assert not fresh(kim).stands_in_for

    def test_ended_on_the_first_day_it_never_was(self, sam, kim):
        actions.end_deputy(deputy=name(sam, kim), by=sam, at=AT)
        assert not Deputy.objects.exists()
        lines = AuditEvent.objects.filter(subject_ids=[kim.pk], action__endswith="_deputy").order_by("id")
        assert [(line.action, line.actor_id) for line in lines] == [("name_deputy", sam.pk), ("end_deputy", sam.pk)]

    @pytest.mark.parametrize(
        ("constraint", "given"),
        [
            ("deputy_is_somebody_else", {"deputy": "sam"}),
            ("deputy_once_from_a_day", {}),
            ("campion_deputy_ends_after_it_starts", {"from_on": TODAY + WEEK, "until_on": TODAY}),
        ],
    )
    def test_the_database_refuses_what_cannot_be(self, sam, kim, constraint, given):
        name(sam, kim)
        row = {"user": sam, "deputy": sam if given.pop("deputy", None) else kim, "from_on": TODAY, **given}
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Deputy.objects.create(**row)


class TestLeads:
    def give(self, user, unit, **given):
        force = user.force
        given = {"role": Role.WELFARE, "from_on": TODAY, **given}
        return actions.give_role(user=user, unit=force.units.get(code=unit), by=None, at=AT, **given)

    def test_are_over_the_unit_and_all_below_it_for_that_role_alone(self, sam):
        self.give(sam, "east", leads=True)
        self.give(sam, "testshire", role=Role.SUPERVISOR)
        user = fresh(sam)
        below = sam.force.units.filter(code__in=["east", "east-a"]).values_list("pk", flat=True)
        assert user.leads(Role.WELFARE) == set(below)
        assert user.leads(Role.SUPERVISOR) == frozenset()

    def test_whoever_plays_it_without_leading_leads_nobody(self, sam):
        self.give(sam, "east")
        assert fresh(sam).leads(Role.WELFARE) == frozenset()

    def test_end_with_the_role(self, sam):
        membership = self.give(sam, "east", leads=True)
        actions.end_role(membership=membership, by=None, at=AT)
        assert fresh(sam).leads(Role.WELFARE) == frozenset()
        assert not Membership.objects.filter(user=sam, leads=True).exists()

    def test_somebody_shut_out_leads_nobody(self, sam):
        self.give(sam, "east", leads=True)
        actions.deactivate(user=sam, by=None, at=AT)
        assert fresh(sam).leads(Role.WELFARE) == frozenset()

    def test_cost_no_query_beyond_that_of_the_reach(self, sam, django_assert_num_queries):
        self.give(sam, "east", leads=True)
        user = fresh(sam)
        with django_assert_num_queries(1):
            assert user.leads(Role.WELFARE) and user.reach and user.leads(Role.SPOC) == frozenset()
