"""Each named constraint of the welfare side, broken once: what Postgres refuses by itself."""

import uuid
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from campion.roles import Role
from tests import world
from tests.stage import once
from tests.victims.cases import MONDAY, assault_of, clock_of, offer_to
from victims import models as rows
from victims.models import Clock, ClockNotice, Entitlement, NoticeStep, Referral, SupportService

pytestmark = pytest.mark.django_db


@once
def place():
    return world.make_force()


@once
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
        ("referral_owner_and_claimed_at_together", {"claimed_at": MONDAY}),
        ("referral_carried_by_somebody_else", {"owner": "the person", "claimed_at": MONDAY}),
        ("referral_closed_at_and_by_together", {"closed_at": MONDAY, "due_on": None}),
        (
            "referral_closed_at_and_by_together",
            {"closed_at": MONDAY, "closed_by": "the person", "outcome": "", "due_on": None},
        ),
        ("referral_due_only_while_waiting", {"closed_at": MONDAY, "closed_by": "the person", "outcome": "helped"}),
        ("referral_quiet_hours_have_both_ends", {"quiet_from": time(7)}),
        ("referral_quiet_hours_have_both_ends", {"quiet_from": time(7), "quiet_until": time(7)}),
        ("referral_without_a_report_is_somebodys", {"assault": None, "person": None}),
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
    return Clock.objects.create(**kept | {"key": uuid.uuid4()} | changes)


def test_a_trigger_starts_one_clock(offer):
    clock = clock_of(offer)
    refused("clock_once_a_trigger", lambda: again(clock, not_applicable="declined", not_applicable_at=MONDAY))


def test_one_clock_of_a_right_runs_at_a_time(offer):
    clock = clock_of(offer)
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
            {
                "met_at": MONDAY,
                "met_by": 0,
                "met_entered_at": MONDAY,
                "not_applicable": "declined",
                "not_applicable_at": MONDAY,
            },
        ),
        ("clock_due_on_with_its_calendar", {"due_on": None}),
        ("clock_due_on_with_its_calendar", {"calendar_edition": ""}),
        ("clock_limit_is_a_working_day_at_least", {"amount": 0}),
        (
            "clock_met_after_it_started_and_before_it_was_entered",
            {"met_at": MONDAY - timedelta(minutes=1), "met_by": 0, "met_entered_at": MONDAY},
        ),
        ("clock_not_owed_gives_a_reason", {"not_applicable": "not-owed", "not_applicable_at": MONDAY}),
        ("clock_moment_has_its_day", {"due_on": None, "calendar_edition": "", "due_at": MONDAY}),
        ("clock_waiting_on_and_since_together", {"waiting_on": "court"}),
        ("clock_waiting_on_and_since_together", {"waiting_since_at": MONDAY}),
        ("clock_enhanced_keeps_its_first_day", {"enhanced_at": MONDAY}),
        ("clock_enhanced_keeps_its_first_day", {"first_due_on": MONDAY.date()}),
    ],
)
def test_a_clock_cannot_be(offer, name, values):
    if "met_by" in values:
        values = values | {"met_by": offer.person}
    refused(name, lambda: Clock.objects.filter(pk=clock_of(offer).pk).update(**values))


def test_a_notice_is_written_once(offer):
    clock = clock_of(offer)
    ClockNotice.objects.create(clock=clock, kind="late", at=MONDAY)
    refused("clock_notice_once", lambda: ClockNotice.objects.create(clock=clock, kind="late", at=MONDAY))


@pytest.mark.parametrize(("code", "days"), [("remind", 0), ("remind", 1), ("late", -1)])
def test_a_reminder_comes_before_and_the_rest_after(code, days):
    step = NoticeStep.objects.filter(code=code)
    refused("notice_step_reminds_before_and_tells_after", lambda: step.update(working_days=days))


def test_a_step_stands_once_in_an_edition():
    step = NoticeStep.objects.get(code="late")
    step.pk = None
    refused("notice_step_once_in_an_edition", step.save)


# Care -----------------------------------------------------------------------------------------------------------------


class Cared:
    """One of each row of care, as a case may hold them; `made` gives another with some values changed."""

    def __init__(self, referral, by):
        self.referral, self.by = referral, by
        self.service = SupportService.objects.order_by("pk").first()
        self.added = {"added_at": MONDAY, "added_by": by}

    def made(self, model, **values):
        whole = {
            rows.NeedsAssessment: {
                "number": 1, "at": MONDAY, "by": self.by, "risk": "low", "answers": {}, "words": "", "suggested": [],
                "basis": [], "enhanced": "no",
            },
            rows.Goal: {"words": "Sleep", **self.added},
            rows.RelatedPerson: {"name": "Alex", "relation": "partner", "contact": "", "needs": "", **self.added},
            rows.Consent: {
                "service": self.service, "shares": ["name"], "how": "call", "given_at": MONDAY, "recorded_by": self.by,
            },
            rows.Appointment: {"meets_at": MONDAY, "with_whom": "", "place": "", **self.added},
            rows.PersonalStatement: {"offered_at": MONDAY, "offered_by": self.by},
            rows.Complaint: {"words": "Nobody rang", "made_at": MONDAY, "made_by": self.referral.person, "answer": ""},
            rows.Satisfaction: {"asked": "end", "score": 4, "words": "", "at": MONDAY},
        }[model]  # fmt: skip
        return model.objects.create(referral=self.referral, **whole | values)

    def sent(self, **values):
        consent = values.pop("consent", None) or rows.Consent.objects.filter(referral=self.referral).first()
        whole = {"service": self.service, "sent_at": MONDAY, "sent_by": self.by, "receipt": "", "declined_words": ""}
        consent = consent or self.made(rows.Consent)
        return rows.OnwardReferral.objects.create(referral=self.referral, consent=consent, **whole | values)


@once
def cared(offer, place):
    return Cared(offer, world.make_person(place.team, Role.WELFARE, over=place.root))


@pytest.mark.parametrize(
    ("name", "model", "values"),
    [
        ("goal_ended_at_and_by_together", rows.Goal, {"state": "done"}),
        ("goal_ended_at_and_by_together", rows.Goal, {"ended_at": MONDAY}),
        ("related_person_consent_says_how", rows.RelatedPerson, {"consented_at": MONDAY}),
        ("related_person_consent_says_how", rows.RelatedPerson, {"consent_how": "call"}),
        ("consent_withdrawn_at_and_by_together", rows.Consent, {"withdrawn_at": MONDAY}),
        ("appointment_recorded_at_and_by_together", rows.Appointment, {"attended": "yes"}),
        ("appointment_reason_of_one_cancelled", rows.Appointment, {"reason": "x"}),
        ("personal_statement_choice_says_when", rows.PersonalStatement, {"choice": "yes"}),
        ("personal_statement_added_to_once_taken", rows.PersonalStatement, {"added_to_on": MONDAY.date()}),
        (
            "personal_statement_added_to_once_taken", rows.PersonalStatement,
            {"taken_on": MONDAY.date(), "added_to_on": MONDAY.date() - timedelta(days=1)},
        ),
        ("complaint_answered_at_and_by_together", rows.Complaint, {"answered_at": MONDAY}),
        ("complaint_answered_by_somebody_else", rows.Complaint, {"answered_at": MONDAY, "answered_by": "the person"}),
        ("satisfaction_is_one_to_five", rows.Satisfaction, {"score": 0}),
        ("satisfaction_is_one_to_five", rows.Satisfaction, {"score": 6}),
    ],
)  # fmt: skip
def test_care_cannot_be(cared, name, model, values):
    values = {key: cared.referral.person if value == "the person" else value for key, value in values.items()}
    refused(name, lambda: cared.made(model, **values))
    cared.made(model)


def test_only_a_meeting_that_was_moved_leads_to_another(cared):
    other = cared.made(rows.Appointment)
    refused("appointment_moved_to_of_one_moved", lambda: cared.made(rows.Appointment, moved_to=other))


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("needs_assessment_number_once", rows.NeedsAssessment),
        ("consent_once_a_recipient", rows.Consent),
        ("satisfaction_once_a_time", rows.Satisfaction),
    ],
)
def test_care_is_there_once(cared, name, model):
    cared.made(model)
    refused(name, lambda: cared.made(model))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("onward_state_is_known", {"state": "lost"}),
        ("onward_declined_says_why", {"state": "declined", "ended_at": MONDAY}),
        ("onward_declined_says_why", {"declined_for": "full"}),
        ("onward_transferred_says_where", {"state": "transferred", "ended_at": MONDAY}),
        ("onward_ended_says_when", {"state": "ended"}),
        ("onward_ended_says_when", {"ended_at": MONDAY}),
    ],
)
def test_a_referral_to_a_service_cannot_be(cared, name, values):
    refused(name, lambda: cared.sent(**values))


def test_one_referral_to_a_service_is_open_at_a_time(cared):
    cared.sent()
    refused("onward_one_open_a_service", cared.sent)


def test_a_handover_is_undone_by_somebody(cared):
    made = {"to_whom": cared.by, "words": "", "at": MONDAY, "by": cared.by}
    refused("handover_undone_at_and_by_together", lambda: rows.Handover.objects.create(undone_at=MONDAY, **made))


def test_a_right_stands_once_in_an_edition():
    right = Entitlement.objects.get(edition="code-2021", code="referral")
    right.pk = None
    refused("entitlement_once_in_an_edition", right.save)


@pytest.mark.parametrize("model", [Entitlement, NoticeStep, SupportService])
def test_a_dated_row_ends_after_it_starts(model):
    name = f"victims_{model.__name__.lower()}_ends_after_it_starts"
    row = model.objects.order_by("pk").first()
    refused(name, lambda: model.objects.filter(pk=row.pk).update(until_on=row.from_on - timedelta(days=1)))


def test_every_named_constraint_is_broken_here():
    """Read this file for the name of each constraint that the models declare."""
    text = Path(__file__).read_text(encoding="utf-8")
    models = list(apps.get_app_config("victims").get_models())
    assert len(models) > 16
    for model in models:
        for constraint in model._meta.constraints:
            generic = constraint.name.endswith("_ends_after_it_starts")
            assert generic or f'"{constraint.name}"' in text, constraint.name


@pytest.mark.parametrize(
    "table",
    [
        "victims_referralevent",
        "victims_clockevent",
        "victims_needsassessmentevent",
        "victims_onwardreferralevent",
    ],
)
@pytest.mark.parametrize("statement", ["UPDATE {} SET pgh_label = ''", "DELETE FROM {}", "TRUNCATE {}"])
def test_history_is_only_ever_added_to(offer, table, statement):
    refusal = pytest.raises(Exception, match="permission denied|append-only|cannot")
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


@pytest.mark.parametrize(
    "table",
    [
        "victims_referral",
        "victims_clock",
        "victims_clocknotice",
        "victims_needsassessment",
        "victims_contact",
        "victims_consent",
        "victims_onwardreferral",
        "victims_complaint",
        "victims_satisfaction",
        "victims_handover",
    ],
)
def test_no_offer_no_clock_and_nothing_of_care_is_deleted(offer, table):
    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", ["victims_clocknotice", "victims_needsassessment", "victims_contact"])
def test_what_was_noted_is_never_changed(table):
    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET at = at" if table != "victims_contact" else f"UPDATE {table} SET shared = true"
        )
