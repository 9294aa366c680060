"""Who is told of what is owed, and when: pure rules first, then the messages and the page behind them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campion import actions as kernel
from campion.models import AuditEvent, Message
from campion.roles import Role
from reports import actions as reports
from reports.models import Conflict
from tests import world
from tests.people import signed_in
from tests.stage import once
from tests.victims.cases import offer_to
from tests.victims.duty_cast import LATER, Duties
from tests.world import MONDAY, fresh
from victims import actions
from victims.models import Clock, ClockNotice, Entitlement, NoticeStep, Referral
from victims.notices import Cast, Owed, Post, whom_to_tell

DAY = timedelta(days=1)
OwedBy, To = Entitlement.OwedBy, NoticeStep.To

# Whom to tell, without a database ------------------------------------------------------------------------------------

TEAM, AREA, FORCE = "/1/2/3/", "/1/2/", "/1/"
CAST = Cast(
    (
        Post(10, Role.SUPERVISOR, TEAM), Post(11, Role.SUPERVISOR, AREA), Post(20, Role.INSPECTOR, AREA),
        Post(21, Role.INSPECTOR, FORCE), Post(30, Role.SPOC, FORCE), Post(40, Role.WELFARE, FORCE, leads=True),
        Post(41, Role.WELFARE, FORCE), Post(42, Role.WELFARE, FORCE), Post(50, Role.WITNESS_CARE, FORCE),
        Post(60, Role.OCCUPATIONAL_HEALTH, FORCE), Post(70, Role.SUPERVISOR, "/1/9/"), Post(80, Role.GOVERNANCE, FORCE),
    ),
    {5: (6,), 41: (42, 99)},
)  # fmt: skip


def told(to, owed_by, **facts):
    return set(whom_to_tell(to, Owed(owed_by, TEAM, **{"person": 1, "reporter": 2, **facts}), CAST))


@pytest.mark.parametrize(
    ("to", "owed_by", "facts", "expected"),
    [
        (To.OWNER, OwedBy.OFFICER, {"officer": 5}, {5, 6}),
        (To.OWNER, OwedBy.OFFICER, {"officer": 5, "barred": frozenset({5})}, {6}),
        (To.OWNER, OwedBy.OFFICER, {}, {10}),
        (To.OWNER, OwedBy.OFFICER, {"reporter": 10}, {11}),
        (To.OWNER, OwedBy.SUPERVISOR, {}, {10}),
        (To.OWNER, OwedBy.SUPERVISOR, {"barred": frozenset({10})}, {11}),
        (To.OWNER, OwedBy.SUPERVISOR, {"person": 10, "barred": frozenset({11})}, set()),
        (To.OWNER, OwedBy.SUPERVISOR, {"named": frozenset({11})}, {11}),
        (To.OWNER, OwedBy.SUPERVISOR, {"named": frozenset({2})}, set()),
        (To.OWNER, OwedBy.WITNESS_CARE, {}, {50}),
        (To.OWNER, OwedBy.CPS, {}, {50}),
        (To.OWNER, OwedBy.PERSON, {}, {1}),
        (To.OWNER, OwedBy.PERSON, {"named": frozenset()}, {1}),
        (To.OWNER, OwedBy.COURT, {}, set()),
        (To.OWNER, OwedBy.WELFARE, {"carrier": 41}, {41, 42}),
        (To.OWNER, OwedBy.WELFARE, {}, {40}),
        (To.OWNER, OwedBy.WELFARE, {"person": 40}, {41, 42}),
        (To.OWNER, OwedBy.WELFARE, {"carrier": 41, "barred": frozenset({41, 42})}, {40}),
        (To.OWNER, OwedBy.WELFARE, {"carrier": 41, "named": frozenset()}, set()),
        (To.OWNER, OwedBy.WELFARE, {"carrier": 41, "named": frozenset(), "desk_may_know": True}, {41, 42}),
        (To.LEAD, OwedBy.WELFARE, {"carrier": 41}, {40}),
        (To.LEAD, OwedBy.OCCUPATIONAL_HEALTH, {}, set()),
        (To.INSPECTOR, OwedBy.OFFICER, {"officer": 5}, {20}),
        (To.INSPECTOR, OwedBy.OFFICER, {"barred": frozenset({20})}, {21}),
        (To.INSPECTOR, OwedBy.OFFICER, {"reporter": 20, "person": 21}, set()),
        (To.INSPECTOR, OwedBy.OFFICER, {"named": frozenset({21})}, {21}),
        (To.INSPECTOR, OwedBy.OFFICER, {"named": frozenset(), "desk_may_know": True}, set()),
        (To.INSPECTOR, OwedBy.SUPERVISOR, {"exposure": True}, set()),
        (To.OWNER, OwedBy.GOVERNANCE, {}, {80}),
        (To.OWNER, OwedBy.GOVERNANCE, {"named": frozenset()}, {80}),
        (To.OWNER, OwedBy.GOVERNANCE, {"named": frozenset(), "barred": frozenset({80})}, set()),
        (To.INSPECTOR, OwedBy.GOVERNANCE, {}, set()),
        (To.SPOC, OwedBy.WELFARE, {"carrier": 41}, {30}),
        (To.SPOC, OwedBy.WELFARE, {"self_referred": True}, set()),
    ],
)
def test_whom_to_tell(to, owed_by, facts, expected):
    assert told(to, owed_by, **facts) == expected


# The messages --------------------------------------------------------------------------------------------------------

on_rows = pytest.mark.django_db


@once
def cast():
    made = Duties()
    made.lead = world.make_person(made.place.root, family_name="Leader")
    kernel.give_role(
        user=made.lead, role=Role.WELFARE, unit=made.place.root, from_on=date(2020, 1, 1), leads=True, by=None,
        at=MONDAY,
    )  # fmt: skip
    made.spoc = world.make_person(made.place.root, Role.SPOC)
    return made


def london(day, hour=9):
    return datetime(2026, 12, day, hour, tzinfo=UTC)


def heard(kind=None):
    """Who was told, by the kind of notice."""
    rows = Message.objects.filter(kind__startswith="notice-")
    return set((rows.filter(kind=f"notice-{kind}") if kind else rows).values_list("to", flat=True))


@on_rows
def test_whoever_owes_it_is_reminded_with_their_deputy_and_told_when_it_is_late(cast):
    kernel.name_deputy(
        user=cast.officer, deputy=cast.deputy, from_on=MONDAY.date(), until_on=date(2027, 1, 2), by=cast.officer,
        at=MONDAY,
    )  # fmt: skip
    cast.arrest()
    due = cast.clock("told-of-arrest").due_on  # Wednesday 30 December, five working days on
    assert due == date(2026, 12, 30)
    Message.objects.all().delete()
    actions.send_notices(at=london(24))
    assert not ClockNotice.objects.filter(clock=cast.clock("told-of-arrest")).exists()
    actions.send_notices(at=london(29))
    assert {cast.officer.pk, cast.deputy.pk} <= heard("reminder")
    actions.send_notices(at=london(30, 22))
    kinds = ClockNotice.objects.filter(clock=cast.clock("told-of-arrest")).values_list("kind", flat=True)
    assert list(kinds) == ["reminder"]
    actions.send_notices(at=london(31))
    assert list(kinds.order_by("pk")) == ["reminder", "late", "inspector"]
    assert cast.inspector.pk in heard("inspector")
    assert cast.spoc.pk not in heard("inspector")
    actions.send_notices(at=datetime(2027, 1, 5, 9, tzinfo=UTC))
    assert list(kinds.order_by("pk")) == ["reminder", "late", "inspector", "spoc"]


@on_rows
def test_each_notice_is_written_once_and_each_person_hears_once_a_step_and_day(cast):
    assert actions.send_notices(at=london(23)) > 3
    before = Message.objects.count(), ClockNotice.objects.count()
    assert actions.send_notices(at=london(23)) == 0
    assert (Message.objects.count(), ClockNotice.objects.count()) == before
    rows = Message.objects.filter(kind__startswith="notice-").values_list("kind", "to")
    assert len([1 for kind, to in rows if (kind, to) == ("notice-reminder", cast.officer.pk)]) <= 2


@on_rows
def test_a_call_before_a_day_in_court_is_reminded_of_before_that_day(cast):
    cast.enter(
        "hearing-listed", facts={"court": "Worcester"}, hearing_at=london(31), received_at=LATER, happened_at=None
    )
    before, after = cast.clock("check-before-court"), cast.clock("check-after-court")
    assert before.due_on == date(2026, 12, 29)
    cast.carry()
    Clock.objects.running().exclude(pk__in=[before.pk, after.pk]).update(
        not_applicable="struck", not_applicable_at=MONDAY
    )
    assert actions.send_notices(at=london(23)) == 0
    assert actions.send_notices(at=london(24)) == 1, "the last working day before it"
    assert list(before.notices.values_list("kind", flat=True)) == ["reminder"]
    assert cast.welfare.pk in heard("reminder")


@on_rows
def test_what_is_met_ended_or_merged_calls_for_nothing(cast):
    Clock.objects.filter(met_at=None).update(not_applicable="struck", not_applicable_at=MONDAY)
    assert actions.send_notices(at=london(31)) == 0
    Clock.objects.update(not_applicable="", not_applicable_at=None)
    Referral.objects.filter(pk=cast.referral(2).pk).update(
        state="merged", merged_into=cast.referral(1), due_on=None, ask_again_on=None
    )
    actions.send_notices(at=london(31))
    assert not ClockNotice.objects.filter(clock__referral=cast.referral(2)).exists()
    assert ClockNotice.objects.filter(clock__referral=cast.referral(1)).exists()


@on_rows
def test_no_step_is_told_of_what_waits_for_a_date_or_of_a_closed_case(cast):
    cast.carry()
    Referral.objects.filter(pk=cast.referral(1).pk).update(
        closed_at=MONDAY, closed_by=cast.welfare, outcome="helped", due_on=None
    )
    Clock.objects.filter(entitlement__code="same-care").update(due_on=None, calendar_edition="")
    actions.send_notices(at=london(31))
    told = ClockNotice.objects.filter(clock__referral=cast.referral(1))
    assert not told.filter(clock__owed_by="welfare").exists()
    assert told.filter(clock__owed_by="officer_in_case").exists(), "the officer still owes what they owed"
    assert not ClockNotice.objects.filter(clock__entitlement__code="same-care").exists()


@on_rows
def test_what_somebody_owed_who_left_goes_to_whoever_names_another(cast):
    cast.arrest()
    kernel.deactivate(user=cast.officer, by=None, at=MONDAY)
    Clock.objects.running().exclude(entitlement__code="told-of-arrest").update(
        not_applicable="struck", not_applicable_at=MONDAY
    )
    actions.send_notices(at=london(31))
    assert heard("late") == {cast.supervisor.pk, cast.second.pk}


@on_rows
def test_what_the_desk_owes_goes_to_who_leads_it_and_never_to_an_inspector(cast):
    Clock.objects.running().exclude(owed_by="welfare").update(not_applicable="struck", not_applicable_at=MONDAY)
    actions.send_notices(at=london(24))
    assert heard("late") == {cast.lead.pk}, "nobody carries it yet"
    cast.carry()
    actions.send_notices(at=london(31))
    assert cast.welfare.pk in heard("late")
    assert heard("inspector") == set()
    assert heard("spoc") == {cast.spoc.pk}


@on_rows
def test_a_conflict_goes_round_whoever_has_it_and_a_restricted_report_to_its_list(cast):
    for user in (cast.officer, cast.supervisor, cast.inspector):
        Conflict.objects.create(incident=cast.incident, user=user, why="named", by=cast.writer, at=MONDAY)
    actions.send_notices(at=london(31))
    assert not heard() & {cast.officer.pk, cast.supervisor.pk, cast.inspector.pk, cast.conflicted.pk}
    assert cast.second.pk in heard("late")
    assert not heard() & {cast.writer.pk, cast.colleague.pk, cast.foreigner.pk}
    Message.objects.all().delete()
    reports.restrict(incident=cast.incident, by=fresh(cast.writer), at=MONDAY)
    named = set(cast.incident.named_readers.filter(removed_at=None).values_list("user", flat=True))
    Clock.objects.update(due_on=date(2026, 12, 22))
    actions.send_notices(at=datetime(2027, 1, 20, 9, tzinfo=UTC))
    assert heard() <= named | {cast.welfare.pk, cast.lead.pk}, "the writer's own yes lets the desk know"


@on_rows
def test_who_asked_for_support_alone_is_known_to_the_desk_alone(cast):
    own = actions.refer_oneself(by=fresh(cast.stranger), at=MONDAY)
    Clock.objects.running().exclude(referral=own).update(not_applicable="struck", not_applicable_at=MONDAY)
    actions.send_notices(at=datetime(2027, 1, 20, 9, tzinfo=UTC))
    assert heard() == {cast.lead.pk}


@on_rows
def test_a_force_may_have_steps_of_its_own(cast):
    late = NoticeStep.objects.get(code="late")
    late.pk, late.edition, late.force, late.working_days = None, "testshire-notices", cast.place.force, 5
    late.save()
    actions.send_notices(at=london(24))
    assert not ClockNotice.objects.exists(), "no reminder, and late only after five working days"
    actions.send_notices(at=datetime(2027, 1, 20, 9, tzinfo=UTC))
    assert set(ClockNotice.objects.values_list("kind", flat=True)) == {"late"}


@on_rows
def test_the_queries_do_not_grow_with_the_clocks(cast):
    def queries(at):
        with CaptureQueriesContext(connection) as captured:
            actions.send_notices(at=at)
        return len(captured)

    few = queries(london(31))
    for _ in range(5):
        offer_to(world.make_person(cast.place.team))
    assert queries(london(31) + timedelta(minutes=10)) <= few


# The page behind them ------------------------------------------------------------------------------------------------

LATE = "/support/late/"


@pytest.fixture
def today(time_machine):
    time_machine.move_to(datetime(2027, 1, 20, 9, tzinfo=UTC), tick=False)


def page(user):
    return signed_in(fresh(user)).get(LATE)


@on_rows
def test_late_steps_by_reference_alone(cast, today):
    cast.arrest()
    for user, desk in ((cast.inspector, False), (cast.spoc, True)):
        response = page(user)
        text = response.content.decode()
        assert response.status_code == 200
        assert cast.incident.reference in text
        assert "Told of an arrest" in text
        assert ("A step of the welfare desk" in text) is desk
        for private in ("SU-", "Writer", "Colleague", "Finder", "Referred to support", "Your needs assessed", "TRiM",
                        "First aid", "blood", "complaint", "He spat"):  # fmt: skip
            assert private not in text, private
        line = AuditEvent.objects.filter(action="list_late", actor_id=user.pk).latest("id")
        assert line.object_id == cast.incident.reference
        assert set(line.subject_ids) == {cast.writer.pk, cast.colleague.pk}


@on_rows
def test_nobody_else_is_shown_the_page(cast, today):
    unknown = signed_in(fresh(cast.supervisor)).get("/support/never/")
    for user in (cast.supervisor, cast.officer, cast.welfare, cast.governor, cast.stranger):
        response = page(user)
        assert response.status_code == 404, user
        assert len(response.content) == len(unknown.content) or user != cast.supervisor
    assert AuditEvent.objects.filter(action="list_late", outcome="refused").count() == 5


@on_rows
def test_a_restricted_a_conflicted_and_ones_own_report_are_left_out(cast, today):
    south = world.make_person(cast.place.south, Role.INSPECTOR)
    assert "No duty" not in page(cast.inspector).content.decode()
    assert cast.incident.reference not in page(south).content.decode()
    abroad = world.make_person(cast.elsewhere.root, Role.INSPECTOR)
    assert "Nothing is late" in page(abroad).content.decode()
    Conflict.objects.create(incident=cast.incident, user=cast.inspector, why="named", by=cast.writer, at=MONDAY)
    assert "Nothing is late" in page(cast.inspector).content.decode()
    reports.restrict(incident=cast.incident, by=fresh(cast.writer), at=MONDAY)
    assert "Nothing is late" in page(cast.spoc).content.decode()
    kernel.give_role(
        user=cast.stranger, role=Role.SPOC, unit=cast.place.root, from_on=MONDAY.date(), by=None, at=MONDAY
    )
    offer_to(fresh(cast.stranger))
    assert "Nothing is late" in page(cast.stranger).content.decode()


@on_rows
def test_fifty_on_a_page_with_as_many_queries_for_over_a_hundred(cast, today):
    client = signed_in(fresh(cast.inspector))
    client.get(LATE)

    def queries(address=LATE):
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address)
        assert response.status_code == 200
        return response, [query for query in captured if "SAVEPOINT" not in query["sql"]]

    first = Clock.objects.filter(owed_by="officer_in_case", referral=cast.referral()).first()
    kept = {field.attname: getattr(first, field.attname) for field in Clock._meta.concrete_fields}
    dropped = {"id", "key", "started_at"}

    def more(count, start):
        Clock.objects.bulk_create(
            Clock(
                **{name: value for name, value in kept.items() if name not in dropped},
                started_at=MONDAY - timedelta(minutes=start + n),
            )
            for n in range(count)
        )

    Clock.objects.filter(owed_by="officer_in_case").update(not_applicable="struck", not_applicable_at=MONDAY)
    kept |= {"not_applicable": "", "not_applicable_at": None, "event_id": cast.arrest().pk}
    more(50, 1)
    response, few = queries()
    assert response.content.count(b'role="row"') == 51
    more(70, 100)
    response, many = queries(f"{LATE}?page=2")
    assert b"page 2 of 3" in response.content
    assert len(few) == len(many) <= 10, [query["sql"][:100] for query in many]


@on_rows
def test_it_is_offered_as_work_with_a_count(cast, today):
    from victims.views.late import waiting

    assert waiting(fresh(cast.inspector)) > 0
    home = signed_in(fresh(cast.inspector)).get("/home/", follow=True).content.decode()
    assert reverse("victims:late") in home


@on_rows
def test_the_queue_sends_them_every_ten_minutes():
    from django_q.models import Schedule

    schedule = Schedule.objects.get(func="victims.tasks.send_notices")
    assert (schedule.schedule_type, schedule.minutes) == ("I", 10)
    from victims import tasks

    assert tasks.send_notices() == 0
