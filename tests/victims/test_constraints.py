"""Each named constraint of the welfare side, broken once: what Postgres refuses by itself."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from campion.roles import Role
from tests import world
from tests.victims.cases import MONDAY, assault_of, offer_to
from victims.models import Clock, Entitlement, Referral, SupportService

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return world.make_force()


@pytest.fixture
def offer(place):
    return offer_to(world.make_person(place.team, Role.REPORTER))


def refused(name, change):
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        change()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("referral_state_is_known", {"state": "lost", "due_on": None, "chosen_at": MONDAY, "chosen_by": "the person"}),
        ("referral_chosen_at_and_by_together", {"chosen_at": MONDAY}),
        ("referral_choice_says_when", {"state": "accepted"}),
        ("referral_later_says_when", {"ask_again_on": date(2027, 1, 5)}),
        (
            "referral_later_says_when",
            {"state": "later", "chosen_at": MONDAY, "chosen_by": "the person", "ask_again_on": None},
        ),
        (
            "referral_due_only_while_waiting",
            {"state": "declined", "chosen_at": MONDAY, "chosen_by": "the person", "due_on": date(2026, 12, 23)},
        ),
        ("referral_channel_is_known", {"channel": "pigeon"}),
        ("referral_merged_says_into_which", {"state": "merged", "due_on": None}),
        ("referral_not_merged_into_itself", {"state": "merged", "due_on": None, "merged_into": "itself"}),
    ],
)
def test_a_referral_cannot_be(offer, name, values):
    values = {
        key: offer.person if value == "the person" else offer.pk if value == "itself" else value
        for key, value in values.items()
    }
    if "merged_into" in values:
        values["merged_into_id"] = values.pop("merged_into")
    refused(name, lambda: Referral.objects.filter(pk=offer.pk).update(**values))


def test_an_assault_has_one_referral_for_ever(offer):
    other = Referral(
        reference="SU-2222-2222", force=offer.force, unit=offer.unit, assault=assault_of(offer), offered_at=MONDAY
    )
    refused("victims_referral_assault_id_key", other.save)


def test_a_reference_belongs_to_one_referral(offer, place):
    other = offer_to(world.make_person(place.team))
    refused(
        "victims_referral_reference_[0-9a-f]+_uniq|victims_referral_reference_key",
        lambda: Referral.objects.filter(pk=other.pk).update(reference=offer.reference),
    )


def test_an_assault_with_an_offer_is_not_deleted(offer):
    with pytest.raises(ProtectedError):
        assault_of(offer).delete()


def again(clock, **changes):
    kept = {
        field.attname: getattr(clock, field.attname) for field in Clock._meta.concrete_fields if not field.primary_key
    }
    return Clock.objects.create(**kept | changes)


def test_a_trigger_starts_one_clock(offer):
    clock = Clock.objects.get(referral=offer)
    refused("clock_once_a_trigger", lambda: again(clock, not_applicable="declined", not_applicable_at=MONDAY))


def test_one_clock_of_a_right_runs_at_a_time(offer):
    clock = Clock.objects.get(referral=offer)
    refused("clock_one_running", lambda: again(clock, started_at=MONDAY + timedelta(days=1)))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("clock_met_at_and_by_together", {"met_at": MONDAY}),
        ("clock_not_applicable_says_why_and_when", {"not_applicable": "declined"}),
        ("clock_not_applicable_says_why_and_when", {"not_applicable_at": MONDAY}),
        ("clock_not_applicable_says_why_and_when", {"not_applicable": "bored", "not_applicable_at": MONDAY}),
        (
            "clock_ends_once",
            {"met_at": MONDAY, "met_by": 0, "not_applicable": "declined", "not_applicable_at": MONDAY},
        ),
        ("clock_due_on_with_its_calendar", {"due_on": None}),
        ("clock_due_on_with_its_calendar", {"calendar_edition": ""}),
        ("clock_limit_is_a_working_day_at_least", {"working_days": 0}),
    ],
)
def test_a_clock_cannot_be(offer, name, values):
    if "met_by" in values:
        values = values | {"met_by": offer.person}
    refused(name, lambda: Clock.objects.filter(referral=offer).update(**values))


def test_a_right_stands_once_in_an_edition():
    right = Entitlement.objects.get(edition="code-2021", code="referral")
    right.pk = None
    refused("entitlement_once_in_an_edition", right.save)


@pytest.mark.parametrize("model", [Entitlement, SupportService])
def test_a_dated_row_ends_after_it_starts(model):
    name = f"victims_{model.__name__.lower()}_ends_after_it_starts"
    row = model.objects.order_by("pk").first()
    refused(name, lambda: model.objects.filter(pk=row.pk).update(until_on=row.from_on - timedelta(days=1)))


def test_every_named_constraint_is_broken_here():
    """Read this file for the name of each constraint that the models declare."""
    text = Path(__file__).read_text(encoding="utf-8")
    for model in (Referral, Clock, Entitlement, SupportService):
        for constraint in model._meta.constraints:
            generic = constraint.name.endswith("_ends_after_it_starts")
            assert generic or constraint.name in text, constraint.name


@pytest.mark.parametrize("table", ["victims_referralevent", "victims_clockevent"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET pgh_label = ''", "DELETE FROM {}", "TRUNCATE {}"])
def test_history_is_only_ever_added_to(offer, table, statement):
    refusal = pytest.raises(Exception, match="permission denied|append-only|cannot")
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


@pytest.mark.parametrize("table", ["victims_referral", "victims_clock"])
def test_no_offer_and_no_clock_is_deleted(offer, table):
    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
