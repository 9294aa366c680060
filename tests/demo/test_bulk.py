"""Very many reports by copying: the same shape, other days, and a database that guards them as before."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from campion import references
from campion.roles import Role
from demo import bulk, making
from reports.models import Assault, Health, Incident, SupportWish, Task, Version
from tests import world
from tests.people import signed_in
from tests.victims.cases import MONDAY
from victims import actions
from victims.models import Clock, Referral

pytestmark = pytest.mark.django_db(transaction=True)
COPIES = 60


@pytest.fixture
def force(settings, monkeypatch):
    """Three reports of a small invented force, committed, as templates: one spat at, one of two people, one agreed."""
    settings.DEMO = True
    monkeypatch.setattr(bulk, "FORCE", "testshire")
    monkeypatch.setattr(making, "is_made", lambda: True)
    monkeypatch.setattr(making, "refuse_elsewhere", lambda: None)
    place = world.make_force()
    sam, kim = (world.make_person(place.team, Role.REPORTER) for _ in range(2))
    world.make_submitted_incident(sam, conducts=[["spit"]], support="yes", words="The first words.")
    world.make_submitted_incident(sam, conducts=[["punch"], ["kick"]], colleagues=[kim], at=MONDAY + timedelta(days=1))
    last = world.make_submitted_incident(kim, at=MONDAY + timedelta(days=2))
    referral = Referral.objects.get(assault__incident=last)
    actions.agree(referral=referral, by=world.fresh(kim), at=MONDAY + timedelta(days=2, hours=3))
    return place, sam, kim


def guards():
    """What the database itself holds against wrong rows: constraints, indexes, and triggers with how they are set."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"
        )
        constraints = cursor.fetchall()
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
        indexes = cursor.fetchall()
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal"
            " ORDER BY 1, 2"
        )
        return constraints, indexes, cursor.fetchall()


def test_copies_have_the_shape_of_what_was_born_and_are_guarded_as_before(force, capsys):
    before = guards()
    born = {model: model.objects.count() for model in (Incident, Assault, Referral, Clock, Version, Task, Health)}
    wishes = SupportWish.objects.count()

    told = list(bulk.make(size=COPIES, seed=1))

    assert told[-1].done == told[-1].total and (told[0].done, told[0].total) == (COPIES, COPIES)
    assert guards() == before
    times = COPIES // 3 + 1
    assert {model: model.objects.count() for model in born} == {model: count * times for model, count in born.items()}
    assert SupportWish.objects.count() == wishes * times
    for model in (Incident, Referral):
        names = list(model.objects.values_list("reference", flat=True))
        assert len(set(names)) == len(names) and all(references.read(name) == name for name in names)
    assert Incident.objects.values("submit_key").distinct().count() == Incident.objects.count()
    assert not Assault.objects.exclude(incident__in=Incident.objects.all()).exists()
    for days in Referral.objects.filter(state="accepted").values_list("due_on", "offered_at"):
        assert days[0] is not None
    call_command("check_clocks")
    assert f"{Clock.objects.count():,}" in capsys.readouterr().out.replace("\xa0", ",")


def test_a_copy_is_a_report_like_another_and_the_next_one_born_follows_it(force):
    _, sam, kim = force
    list(bulk.make(size=9, seed=2))
    copy = Incident.objects.visible_to(world.fresh(sam)).order_by("-pk").first()
    assert copy.occurred_from < MONDAY - timedelta(days=6)
    assert copy.told_from == f"{copy.occurred_from.astimezone(world.LONDON):%Y-%m-%d %H:%M}"
    assert signed_in(sam).get(f"/reports/{copy.reference}/").status_code == 200
    with pytest.raises(ProgrammingError, match="first words"), transaction.atomic():
        Incident.objects.filter(narrative__isnull=False).update(narrative="Other words.")
    events = Incident.pgh_event_model.objects.count()
    Incident.objects.filter(pk=copy.pk).update(crime_recorded="yes")
    assert Incident.pgh_event_model.objects.count() == events + 1
    highest = Incident.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert world.make_submitted_incident(kim, at=MONDAY + timedelta(days=3)).pk > highest


def test_a_second_time_copies_what_was_born_and_no_copies(force):
    list(bulk.make(size=3, seed=3))
    list(bulk.make(size=3, seed=4))
    assert Incident.objects.count() == 9
    assert Clock.objects.values("key").distinct().count() == Clock.objects.count()


def test_a_stop_in_the_middle_leaves_everything_as_it_was(force):
    before, born = guards(), Incident.objects.count()
    making_ = bulk.make(size=30, seed=5)
    next(making_)
    making_.close()
    assert (guards(), Incident.objects.count()) == (before, born)
