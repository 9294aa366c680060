"""What is owed, in words: without a database, from rows as they come out of it."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from reports.case_kinds import KINDS
from tests import world
from tests.victims.cases import MONDAY, merge, offer_to
from victims.models import Clock, Entitlement, Referral
from victims.reading.rights import SINCE, Rights, right_view, rights_of

ROWS = Path(__file__).resolve().parents[2] / "seeds" / "victims.entitlement.csv"
TUESDAY = date(2026, 12, 22)
NOON = datetime(2026, 12, 22, 12, tzinfo=UTC)


def clock(started_at=MONDAY, event_kind="", **values):
    """A clock that is in no database: two working days from Monday 21 December 2026 unless told otherwise."""
    right = {
        "code": "referral", "family": "code", "right_number": 4, "title": "Referred to support",
        "trigger": "police-told", "owed_by": "welfare", "evidence_form": "referral", "needs_yes": True,
    }  # fmt: skip
    right |= {name: values.pop(name) for name in list(values) if name in right}
    given = {"unit": "working-days", "amount": 2, "due_on": date(2026, 12, 23), "owed_by": right["owed_by"]} | values
    made = Clock(entitlement=Entitlement(**right), started_at=started_at, **given)
    made.event_kind = event_kind
    return made


def view(*, today=TUESDAY, now=NOON, chosen_at=None, to_person=True, private=True, **values):
    return right_view(clock(**values), today=today, now=now, chosen_at=chosen_at, to_person=to_person, private=private)


@pytest.mark.parametrize(
    ("today", "state", "status", "due"),
    [
        (date(2026, 12, 21), "due", "2 days left", "By Wednesday 23 December 2026"),
        (date(2026, 12, 22), "due", "Due tomorrow", "By Wednesday 23 December 2026"),
        (date(2026, 12, 23), "due", "Due today", "By Wednesday 23 December 2026"),
        (date(2026, 12, 24), "overdue", "Late by 1 day", "It was due by Wednesday 23 December 2026"),
        (date(2027, 1, 2), "overdue", "Late by 10 days", "It was due by Wednesday 23 December 2026"),
    ],
)
def test_a_day_is_told_as_it_stands(today, state, status, due):
    told = view(today=today)
    assert (told.state, told.status, told.due, told.late) == (state, status, due, state == "overdue")
    assert told.who == "The welfare desk"
    assert told.right == "Right 4 of the Victims’ Code"
    assert told.started == (
        "2 working days after the police were first told, on Monday 21 December 2026. "
        "Weekends and bank holidays do not count."
    )


@pytest.mark.parametrize(
    ("hours", "status", "late"), [(24, "2 hours left", False), (22, "Due today", False), (21, "Late", True)]
)
def test_a_limit_of_hours_is_a_moment_of_the_london_clock(hours, status, late):
    due_at = NOON + timedelta(hours=hours - 22, minutes=30)
    told = view(unit="hours", amount=24, due_on=TUESDAY, due_at=due_at, owed_by="officer_in_case")
    assert (told.status, told.late) == (status, late)
    assert f"{due_at:%H:%M} on Tuesday 22 December 2026" in told.due
    assert told.started.startswith("24 hours after the police were first told, at ")


def test_an_hour_that_comes_twice_is_told_by_the_wall():
    told = view(
        unit="hours", amount=1, due_on=date(2026, 10, 25), due_at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        now=datetime(2026, 10, 25, 0, 45, tzinfo=UTC), today=date(2026, 10, 25),
    )  # fmt: skip
    assert told.due == "By 01:30 on Sunday 25 October 2026"


@pytest.mark.parametrize(
    ("values", "started"),
    [
        ({"unit": "duty", "amount": 1}, ": within 12 hours, as no end of duty was given."),
        ({"unit": "duty", "amount": 1, "end_of_duty_at": NOON}, ": before the end of duty."),
        ({"unit": "days", "amount": -2, "trigger": "hearing"}, "2 days before the hearing, on "),
        ({"unit": "days", "amount": 1, "trigger": "hearing"}, "1 day after the hearing, on "),
        ({"unit": "days", "amount": 0, "trigger": "out-of-court-disposal"}, "By the day of the decision to settle it"),
        ({"unit": "days", "amount": 0, "trigger": "first-contact"}, "On the day on which a supervisor first spoke to"),
        ({"unit": "months", "amount": 24}, "24 months after the police were first told, on Monday"),
        ({"trigger": "arrested", "event_kind": "arrested"}, "2 working days after somebody was arrested, on Monday"),
        ({"trigger": "charge-decided", "event_kind": "charge-dropped"}, "after the decision, on"),
        ({"trigger": "something-new"}, "2 working days after it began, on"),
        ({"enhanced_at": NOON, "enhanced_amount": 1}, "1 working day after the rights were enhanced."),
    ],
)
def test_from_when_it_counts_is_told_in_plain_words(values, started):
    assert started in view(**values).started


def test_every_trigger_of_the_rules_has_words():
    with ROWS.open(encoding="utf-8") as rows:
        triggers = {row["trigger"] for row in csv.DictReader(rows)}
    assert not triggers - SINCE.keys() - KINDS.keys()


def test_a_yes_that_came_later_is_what_it_counts_from():
    assert "after you said yes, on" in view(chosen_at=MONDAY).started
    assert "after the person said yes, on" in view(chosen_at=MONDAY, to_person=False).started


def test_what_was_done_late_stays_late_and_is_told_with_its_evidence():
    told = view(
        met_at=datetime(2026, 12, 24, 9, tzinfo=UTC), channel="call", evidence={"words": "An arrest."},
        evidence_form="update", today=date(2027, 6, 1),
    )  # fmt: skip
    assert (told.state, told.status, told.late) == ("met", "Done late", True)
    assert told.met == "On Thursday 24 December 2026, by phone. That was after the limit, and stays on record."
    assert told.evidence == (("What they were told, in short", "An arrest."),)
    assert told.due == "It was due by Wednesday 23 December 2026"


def test_what_was_said_at_a_check_in_is_not_for_a_manager():
    said = {
        "family": "check-in", "right_number": None, "evidence_form": "check-in", "met_at": NOON,
        "evidence": {"concern": "high", "words": "I do not sleep.", "adjustment": "No nights for a while"},
    }  # fmt: skip
    assert "I do not sleep." in str(view(**said).evidence)
    told = view(private=False, **said)
    assert told.evidence == (("What would help at work", "No nights for a while"),)


def test_what_is_not_owed_says_why_and_what_had_been_missed_stays():
    told = view(not_applicable="declined", not_applicable_at=NOON)
    assert (told.status, told.late) == ("Not owed", False)
    assert told.why == "You said no to support for now. Since Tuesday 22 December 2026."
    late = view(not_applicable="not-owed", not_applicable_reason="No crime.", not_applicable_at=NOON + timedelta(2))
    assert (late.status, late.late) == ("Was late, not owed now", True)
    assert late.why.startswith("It does not apply here: No crime. Since Thursday 24 December 2026. It was late")


def test_who_else_must_act_is_told_beside_the_limit():
    told = view(waiting_on="court", waiting_since_at=MONDAY)
    assert told.waiting.startswith("For the court, since Monday 21 December 2026.")
    assert told.state == "due"


def test_enhanced_rights_keep_the_first_day():
    told = view(enhanced_at=NOON, enhanced_amount=1, first_due_on=date(2026, 12, 30))
    assert told.enhanced.endswith("Until then it was due by Wednesday 30 December 2026.")


def test_what_was_done_late_is_counted_apart_from_what_was_done_in_time():
    in_time, late = view(met_at=NOON), view(met_at=NOON + timedelta(days=3))
    assert Rights((view(), in_time, late)).summary == "1 to come, 1 done, 1 done late"
    assert Rights((late,)).summary == "1 done late"


def test_without_known_holidays_there_is_no_date_and_it_says_so():
    told = view(due_on=None)
    assert (told.state, told.status, told.late, told.days_left) == ("no date yet", "No date yet", False, None)
    assert told.due.startswith("Within 2 working days. There is no date yet")


# From the database ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_everything_owed_is_one_query_and_grouped(django_assert_num_queries):
    offer = offer_to(world.make_person(world.make_force().team), conducts=[["spit"]])
    with django_assert_num_queries(1):
        found = rights_of(offer, today=date(2026, 12, 22), now=NOON)
        assert [family.code for family in found.families] == ["code", "plan", "check-in", "exposure"]
    assert {view.code for view in found.theirs} == {"claim-for-compensation", "first-aid"}
    assert "claim-for-compensation" not in {view.code for view in found.due}
    assert [view.code for view in found.overdue][:1] == ["first-contact"]
    assert all(a.order <= b.order for a, b in zip(found.due, found.due[1:], strict=False))
    assert len(found.all) == len(found.overdue) + len(found.due) + len(found.theirs)
    assert "late" in found.summary


@pytest.mark.django_db
def test_what_was_missed_in_a_report_that_was_joined_stays_to_be_read():
    sam = world.make_person(world.make_force().team)
    stays, ends = offer_to(sam), offer_to(sam)
    late = MONDAY + timedelta(days=9)
    merge(ends.assault.incident, stays.assault.incident, by=sam, at=late)
    stays, ends = Referral.objects.get(pk=stays.pk), Referral.objects.get(pk=ends.pk)
    assert ends.state == "merged"
    found = rights_of(stays, today=date(2026, 12, 30), now=late)
    keys = {view.key for view in found.all}
    missed = ends.clocks.filter(due_on__lt=date(2026, 12, 30))
    assert missed.exists()
    assert {str(row.key) for row in missed} <= keys
    assert not {str(row.key) for row in ends.clocks.filter(due_on__gt=date(2026, 12, 31))} & keys
