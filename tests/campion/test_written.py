"""Parts of queries whose SQL is written once: the same rows as if built anew each time, wherever they stand."""

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, Exists, F, OuterRef

from campion.models import Membership, Unit, User
from campion.roles import Role
from campion.written import AnyOf, Given, written
from tests.people import make_force, make_person
from tests.stage import once

pytestmark = pytest.mark.django_db
UNIT = Given("unit", BigIntegerField())
UNITS = Given("units", ArrayField(BigIntegerField()))
asked = []


def _roles():
    asked.append("roles")
    return ArraySubquery(Membership.objects.filter(user=OuterRef("pk")).order_by("role").values("role"))


def _plays():
    return Exists(Membership.objects.filter(user=OuterRef("pk"), unit=UNIT))


def _plays_in_one_of():
    return AnyOf("unit", UNITS) & Exists(Membership.objects.filter(AnyOf("unit", UNITS), user=OuterRef("pk")))


def _of_the_force():
    return Exists(Unit.objects.filter(force=OuterRef("unit__force")))


@once
def officer():
    return make_person()


@once
def supervisor(officer):
    return make_person(Role.WELFARE, Role.SUPERVISOR)


def test_it_is_built_once_and_gives_the_same(officer, supervisor):
    rows = User.objects.filter(pk__in=[officer.pk, supervisor.pk]).order_by("pk").annotate(played=written(_roles))
    first, second = list(rows.values_list("played", flat=True)), [row.played for row in rows.annotate(more=F("pk"))]
    assert first == second == [[], sorted([Role.WELFARE, Role.SUPERVISOR])]
    assert len(asked) == 1


def test_each_use_has_its_own_parameters(supervisor):
    team, root = supervisor.unit_id, Unit.objects.get(kind=Unit.Kind.FORCE, force=supervisor.force).pk
    for make, given in ((_plays, lambda pk: {"unit": pk}), (_plays_in_one_of, lambda pk: {"units": [pk, 0]})):
        rows = User.objects.annotate(here=written(make, **given(team)), there=written(make, **given(root)))
        assert rows.filter(here=True, there=False).get() == supervisor
        assert not rows.filter(there=True).exists()


def test_it_stands_in_a_query_inside_another(officer, supervisor):
    playing = User.objects.annotate(here=written(_plays, unit=supervisor.unit_id)).filter(here=True)
    known = {officer, supervisor}
    assert set(User.objects.filter(Exists(playing.filter(pk=OuterRef("pk"))))) & known == {supervisor}
    assert set(User.objects.filter(~Exists(playing.filter(pk=OuterRef("pk"))))) & known == {officer}
    assert set(User.objects.filter(pk__in=playing.values("pk"))) == {supervisor}
    assert playing.count() == playing.aggregate(n=Count("pk"))["n"] == 1


def test_what_a_row_points_to_is_refused_when_it_is_written():
    make_force()
    with pytest.raises(ValueError, match="_of_the_force looks at what a row of User points to"):
        User.objects.annotate(known=written(_of_the_force))


def test_its_parameters_never_reach_the_text():
    rows = User.objects.annotate(here=written(_plays_in_one_of, units=[417_001, 417_002])).filter(here=True)
    sql, parameters = rows.query.sql_with_params()
    assert "417" not in sql and [417_001, 417_002] in parameters
