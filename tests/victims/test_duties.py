"""What is owed and by whom: the list, each duty and its evidence, several at once; who may see each, and who not."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from campion import actions as kernel
from campion.models import AuditEvent
from campion.roles import Role
from campion.working_days import LONDON
from reports import actions as reports
from reports.models import Conflict, Incident, NamedReader
from tests import world
from tests.people import signed_in
from tests.stage import once
from tests.victims.duty_cast import LATER, NOON, Duties
from tests.world import MONDAY, fresh
from victims import actions, evidence
from victims.forms.evidence import Evidence, WaitingOn
from victims.models import Clock, Entitlement
from victims.models.clocks import OPEN
from victims.views import duties as pages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
EVERYBODY = ("supervisor", "second", "conflicted", "neighbour", "inspector", "governor", "stranger", "foreigner",
             "officer", "writer", "colleague", "witness_care", "health", "welfare", "deputy")  # fmt: skip


@pytest.fixture
def at_noon():
    with travel(NOON, tick=False):
        yield


@once
def cast():
    return Duties()


def href(name, *args):
    return reverse(f"victims:{name}", args=args)


def told_at(moment=NOON, channel="call", **answers):
    """What a browser sends for a duty that was done at that moment."""
    wall = moment.astimezone(LONDON)
    sent = {"met_on-day": wall.day, "met_on-month": wall.month, "met_on-year": wall.year, "met_time": f"{wall:%H:%M}"}
    return sent | ({"channel": channel} if channel else {}) | answers


def text_of(response):
    return response.content.decode()


def opens(person, address):
    return signed_in(fresh(person)).get(address).status_code


# The form, made from the table ---------------------------------------------------------------------------------------


def form_of(code, data, **given):
    given.setdefault("started_at", MONDAY)
    return Evidence(data=data, asks=evidence.FORMS[code], now=NOON, **given)


@pytest.mark.parametrize("code", [code for code, form in evidence.FORMS.items() if not form.own])
def test_every_form_can_be_drawn_and_says_of_an_empty_answer_which_question_it_is(code):
    form = form_of(code, {})
    assert not form.is_valid()
    drawn = [block["field"].name for block in form.blocks]
    drawn += [field.name for block in form.blocks for shown in block["reveals"].values() for field in shown]
    assert sorted(drawn) == sorted(question.name for question in form.asks.questions)
    for question in form.asks.questions:
        if question.required and question.only_if is None:
            assert form.errors[question.name] == [f"Answer “{question.label}”."]
    assert form.errors["met_on"] and form.errors["met_time"]


def test_a_question_is_asked_only_after_the_answer_that_it_follows():
    answers = told_at(asked="no", **{"asked_on-day": "99"}, channel="")
    form = form_of("review", answers)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["facts"] == {"asked": "no"}
    form = form_of("review", answers | {"asked": "yes"})
    assert set(form.errors) == {"asked_on"}


def test_a_question_that_several_answers_ask_for_stands_once_and_says_when_to_leave_it_empty():
    blocks = {block["field"].name: block for block in form_of("understanding", {}).blocks}
    assert blocks["met"]["hint"] == "Leave it empty if you answered “No”."
    assert not blocks["language"]["reveals"]


def test_dates_and_several_answers_are_kept_as_the_table_wants_them():
    answers = told_at(channel="") | {
        "claimed_on-day": "1", "claimed_on-month": "dec", "claimed_on-year": "2026",
        "paid_on-day": "21", "paid_on-month": "12", "paid_on-year": "26",
    }  # fmt: skip
    form = form_of("expenses", answers)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["facts"] == {"claimed_on": "2026-12-01", "paid_on": "2026-12-21"}
    form = form_of("hearing", told_at(told=["time", "place"]))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["facts"] == {"told": ["time", "place"]}
    assert form.cleaned_data["channel"] == "call"


def test_what_is_still_to_come_and_what_was_before_it_was_owed_are_refused_by_their_field():
    assert "met_time" in form_of("update", told_at(NOON + timedelta(minutes=1), words="Told")).errors
    early = form_of("update", told_at(MONDAY - timedelta(hours=1), words="Told"))
    assert early.errors["met_on"] == ["That is before it was owed: it has been since 21 December 2026 at 03:00."]
    assert form_of("view", told_at(MONDAY - timedelta(days=3), taken="declined"), started_at=None).is_valid()


def test_in_the_hour_that_comes_twice_it_asks_which():
    night = datetime(2026, 10, 25, 0, 30, tzinfo=LONDON)
    wall = {"met_on-day": "25", "met_on-month": "10", "met_on-year": "2026", "met_time": "01:30", "channel": "call"}
    form = form_of("update", wall | {"words": "Told"}, started_at=night)
    assert not form.is_valid() and form.asks_which and set(form.errors) == {"met_which"}
    first = form_of("update", wall | {"words": "Told", "met_which": "first"}, started_at=night)
    second = form_of("update", wall | {"words": "Told", "met_which": "second"}, started_at=night)
    assert first.is_valid() and second.is_valid()
    assert second.cleaned_data["met_at"] - first.cleaned_data["met_at"] == timedelta(hours=1)


def test_waiting_for_nobody_needs_no_day():
    assert WaitingOn(data={"whom": "nobody", "since_on-day": "x"}, now=NOON).is_valid()
    assert set(WaitingOn(data={"whom": "court"}, now=NOON).errors) == {"since_on"}


# Who owes what -------------------------------------------------------------------------------------------------------


def test_each_sees_what_is_theirs_and_nobody_else_anything(cast):
    cast.arrest()
    cast.charge()
    cast.sentence()
    seen = {}
    for who in EVERYBODY:
        rows = Clock.objects.owed_by(fresh(getattr(cast, who)))
        seen[who] = set(rows.values_list("owed_by", flat=True))
        assert rows.count() == rows.distinct().count(), who
    assert seen.pop("supervisor") == seen.pop("second") == {"supervisor"}
    assert seen.pop("officer") == {"officer_in_case"}
    assert seen.pop("witness_care") == {"witness_care"}
    assert seen.pop("health") == {"occupational_health"}
    assert not any(seen.values()), seen


def test_an_exposure_is_never_a_supervisors_nor_an_officers_whatever_an_edition_says(cast):
    Clock.objects.of_family("exposure").update(owed_by="supervisor")
    for who in ("supervisor", "officer", "witness_care", "governor"):
        assert not Clock.objects.open_to(fresh(getattr(cast, who))).of_family("exposure").exists(), who
    Clock.objects.of_family("exposure").update(owed_by="officer_in_case")
    for who in ("supervisor", "officer"):
        assert not Clock.objects.open_to(fresh(getattr(cast, who))).of_family("exposure").exists(), who


def test_a_list_holds_what_is_owed_and_nothing_else(cast):
    over = [Q(met_at__isnull=False), ~Q(not_applicable="")]
    for who in EVERYBODY:
        user = fresh(getattr(cast, who))
        owed = Clock.objects.owed_by(user)
        assert set(Clock.objects.listed_for(user, [OPEN])) == set(owed.running()), who
        assert set(Clock.objects.listed_for(user, [OPEN, *over])) == set(owed), who
    assert Clock.objects.listed_for(fresh(cast.officer), [OPEN]).exists()


def test_whether_one_duty_is_open_to_somebody_is_asked_of_that_one_and_not_of_all_that_they_owe(cast):
    """A list of keys inside an OR would be made whole for each page: all clocks of a unit, however many."""
    for who in ("supervisor", "officer", "witness_care", "welfare", "deputy"):
        asked = str(Clock.objects.open_to(fresh(getattr(cast, who))).filter(pk=1).query)
        assert asked.count('FROM "victims_clock"') == 1, who
        assert '"victims_referral"."id" IN (SELECT' not in asked, who


@pytest.mark.parametrize("restricted", [False, True])
@pytest.mark.parametrize("investigated", [False, True])
def test_whatever_is_open_to_somebody_no_supervisor_or_officer_reads_of_exposure_or_welfare(
    cast, restricted, investigated
):
    cast.arrest()
    if restricted:
        reports.restrict(incident=cast.incident, by=fresh(cast.writer), at=MONDAY)
    if not investigated:
        Incident.objects.update(officer_in_case=None)
    for who in ("supervisor", "second", "officer", "neighbour", "inspector", "deputy"):
        rows = Clock.objects.open_to(fresh(getattr(cast, who)))
        assert not rows.of_family("exposure").exists(), who
        assert not rows.filter(owed_by__in=("welfare", "occupational_health", "person", "court")).exists(), who
        client = signed_in(fresh(getattr(cast, who)))
        assert client.get(href("duty", Clock.objects.of_family("exposure")[0].key)).status_code == 404
        for name in ("duties", "plan-desk"):
            page = text_of(client.get(href(name)))
            assert "SU-" not in page and "exposure" not in page.lower() and "blood" not in page.lower(), (who, name)


def test_a_conflict_ends_it_at_once(cast):
    key = cast.clock("told-of-arrest", event=cast.arrest()).key
    client = signed_in(fresh(cast.officer))
    assert client.get(href("duty", key)).status_code == 200
    Conflict.objects.create(
        incident=cast.incident, user=cast.officer, why=Conflict.Why.NAMED, by=cast.writer, at=MONDAY
    )
    assert client.get(href("duty", key)).status_code == 404
    assert client.post(href("duty", key), told_at(words="Told")).status_code == 404
    assert "Crime" not in text_of(client.get(href("duties")))


def test_a_restricted_report_owes_only_through_those_who_are_named(cast):
    reports.restrict(incident=cast.incident, by=fresh(cast.writer), at=MONDAY)
    NamedReader.objects.all().delete()
    for who in ("supervisor", "witness_care", "health"):
        assert not Clock.objects.open_to(fresh(getattr(cast, who))).exists(), who
    assert Clock.objects.open_to(fresh(cast.officer)).exists(), "the officer owes by a relation of their own"
    NamedReader.objects.create(
        incident=cast.incident, user=cast.supervisor, proposed_at=MONDAY, proposed_by=cast.writer,
        approved_at=MONDAY, approved_by=cast.governor,
    )  # fmt: skip
    assert set(Clock.objects.open_to(fresh(cast.supervisor)).values_list("owed_by", flat=True)) == {"supervisor"}


def test_a_deputy_sees_it_for_as_long_as_they_stand_in(cast):
    key = cast.clock("told-of-arrest", event=cast.arrest()).key
    assert opens(cast.deputy, href("duty", key)) == 404
    kernel.name_deputy(
        user=fresh(cast.officer), deputy=cast.deputy, from_on=date(2026, 12, 21), until_on=date(2026, 12, 22),
        by=fresh(cast.officer), at=NOON,
    )  # fmt: skip
    page = text_of(signed_in(fresh(cast.deputy)).get(href("duties")))
    assert "Told of an arrest" in page and "You stand in for the officer in the case" in page
    assert "Writer" not in page, "a deputy reads nothing of the report"
    assert "victims:duties" in {entry.url_name for entry in _places(cast.deputy)}
    with travel(NOON + timedelta(days=3), tick=False):
        assert opens(cast.deputy, href("duty", key)) == 404


def test_a_deputy_owes_nothing_of_what_is_closed_to_them(cast):
    key = cast.clock("told-of-arrest", event=cast.arrest()).key
    for deputy in (cast.deputy, cast.colleague):
        kernel.name_deputy(
            user=fresh(cast.officer), deputy=deputy, from_on=date(2026, 12, 21), until_on=date(2026, 12, 22),
            by=fresh(cast.officer), at=NOON,
        )  # fmt: skip
    assert opens(cast.deputy, href("duty", key)) == 200
    assert opens(cast.colleague, href("duty", key)) == 404, "one of those assaulted in the report"
    reports.restrict(incident=cast.incident, by=fresh(cast.writer), at=MONDAY)
    assert opens(cast.deputy, href("duty", key)) == 404
    assert "Told of an arrest" not in text_of(signed_in(fresh(cast.deputy)).get(href("duties")))
    assert opens(cast.officer, href("duty", key)) == 200


def test_witness_care_owes_nothing_in_a_report_about_them(cast):
    cast.charge()
    cast.sentence()
    assert Clock.objects.owed_by(fresh(cast.witness_care)).exists()
    kernel.give_role(
        user=fresh(cast.colleague), role=Role.WITNESS_CARE, unit=cast.place.root, from_on=MONDAY.date(), by=None,
        at=MONDAY,
    )  # fmt: skip
    assert not Clock.objects.owed_by(fresh(cast.colleague)).exists()


def test_only_whoever_deals_with_a_complaint_learns_of_it_from_what_is_owed(cast):
    made = actions.complain(referral=cast.referral(), about=None, words="Nobody rang", by=fresh(cast.writer), at=MONDAY)
    kernel.give_role(
        user=fresh(cast.writer.line_manager), role=Role.GOVERNANCE, unit=cast.place.root, from_on=MONDAY.date(),
        by=None, at=MONDAY,
    )  # fmt: skip
    assert "A complaint" in text_of(signed_in(fresh(cast.governor)).get(href("duties")))
    manager = fresh(cast.writer.line_manager)
    assert "A complaint" not in text_of(signed_in(manager).get(href("duties")))
    for page in ("duty", "duty-set-aside", "duty-waiting"):
        assert opens(cast.governor, href(page, made.clock.key)) in (200, 302)
        assert opens(manager, href(page, made.clock.key)) == 404


def _places(person):
    from campion.context import places_of_work_for

    return places_of_work_for(fresh(person))


def test_the_navigation_offers_it_to_whoever_owes(cast):
    offered = {
        who
        for who in EVERYBODY
        if "victims:duties" in {entry.url_name for entry in _places(getattr(cast, who))}
    }  # fmt: skip
    assert offered == {
        "supervisor", "second", "conflicted", "neighbour", "governor", "foreigner", "officer", "witness_care", "health",
    }  # fmt: skip
    assert pages.waiting(fresh(cast.officer)) == Clock.objects.running().filter(
        owed_by="officer_in_case", due_on__lte=date(2026, 12, 28)
    ).count()  # fmt: skip


# The list ------------------------------------------------------------------------------------------------------------


def test_the_list_says_what_whose_since_when_and_by_when_and_no_more(cast):
    cast.arrest()
    page = text_of(signed_in(fresh(cast.officer)).get(href("duties")))
    assert "Told of an arrest, with reasons" in page and "Right 6 of the Victims’ Code" in page
    assert f"Report {cast.reference}" in page and "Person 1, " in page
    assert "Somebody was arrested, 21 Dec 2026" in page
    assert not any(word in page for word in ("SU-", "referral", "offer of support", "welfare", "accepted"))


def test_the_crime_number_stands_in_place_of_the_report_once_there_is_one(cast):
    cast.enter("crime-recorded", facts={"number": "22/1234/26"})
    page = text_of(signed_in(fresh(cast.officer)).get(href("duties") + "?report=22/1234/26"))
    assert "Crime 22/1234/26" in page
    assert "You owe nothing" not in page
    assert "Nothing of that report" in text_of(signed_in(fresh(cast.officer)).get(href("duties") + "?report=nothing"))


def test_filters_stand_in_the_address_and_anything_odd_is_left_out(cast):
    with travel(NOON + timedelta(days=2), tick=False):
        client = signed_in(fresh(cast.officer))
        overdue = text_of(client.get(href("duties") + "?show=overdue"))
        assert "Your crime recorded" in overdue and "Your property" not in overdue
        assert "Told about compensation" not in overdue
        week = text_of(client.get(href("duties") + "?show=week"))
        assert "Your crime recorded" in week and "Told about compensation" not in week
    client = signed_in(fresh(cast.officer))
    for query in ("show=nothing", "show=%00", "report=%00", "report=" + "x" * 5000, "page=-1", "page=9999"):
        assert client.get(f"{href('duties')}?{query}").status_code in (200, 400), query


def test_what_nobody_investigates_is_the_supervisors_to_give_to_somebody(cast):
    Incident.objects.update(officer_in_case=None)
    page = text_of(signed_in(fresh(cast.supervisor)).get(href("duties")))
    assert "Name an officer" in page and reverse("reports:assign", args=[cast.reference]) in page
    assert "No officer is named" in page


def test_what_somebody_investigated_who_left_is_the_supervisors_to_give_to_somebody(cast):
    key = cast.clock("told-of-arrest", event=cast.arrest()).key
    assert opens(cast.supervisor, href("duty", key)) == 404
    kernel.deactivate(user=cast.officer, by=None, at=NOON)
    page = text_of(signed_in(fresh(cast.supervisor)).get(href("duty", key)))
    assert "Nobody yet: a supervisor of" in page and reverse("reports:assign", args=[cast.reference]) in page


def test_an_empty_list_says_so(cast):
    page = text_of(signed_in(fresh(cast.stranger)).get(href("duties")))
    assert "You owe nothing today." in page
    outsider = world.make_person(cast.place.root, Role.PCC)
    assert opens(outsider, href("duties")) == 404


def test_the_list_has_as_many_queries_for_over_a_hundred_as_for_fifty(cast):
    right = Entitlement.objects.get(code="told-of-interview")
    referral = cast.referral()

    def more(many, since):
        Clock.objects.bulk_create(
            Clock(
                referral=referral, entitlement=right, owed_by="officer_in_case",
                started_at=MONDAY - timedelta(minutes=since + number), unit="working-days", amount=5,
                due_on=date(2026, 12, 24), calendar_edition="x", rule_edition="x",
                not_applicable="struck", not_applicable_at=NOON,
            )
            for number in range(many)
        )  # fmt: skip
        Clock.objects.filter(entitlement=right).update(not_applicable="struck")

    client = signed_in(fresh(cast.officer))
    client.get(href("duties"))
    counted = {}
    for many in (50, 70):
        more(many, since=many * 10)
        for show in ("all", "done"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"{href('duties')}?show={show}").status_code == 200
            counted.setdefault(show, []).append(_real(queries))
    assert counted["all"][0] == counted["all"][1] <= 10, counted
    assert counted["done"][0] == counted["done"][1] <= 10, counted


def _real(queries):
    words = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return sum(not query["sql"].startswith(words) for query in queries.captured_queries)


# One duty ------------------------------------------------------------------------------------------------------------


def test_a_duty_says_what_why_and_by_when_and_takes_what_shows_it(cast):
    clock = cast.clock("told-of-arrest", event=cast.arrest())
    client = signed_in(fresh(cast.officer))
    page = text_of(client.get(href("duty", clock.key)))
    for words in ("Told of an arrest, with reasons", "You are the officer in the case", "5 working days after somebody",
                  "By Wednesday 30 December 2026", "Code of Practice for Victims", "Person 1, "):  # fmt: skip
        assert words in page, words
    answer = client.post(href("duty", clock.key), told_at(words="He was arrested for assault."))
    assert answer.status_code == 302, text_of(answer)
    clock.refresh_from_db()
    assert (clock.met_at, clock.met_by, clock.channel) == (NOON, cast.officer, "call")
    assert clock.evidence == {"words": "He was arrested for assault."}
    page = text_of(client.get(href("duty", clock.key)))
    assert "He was arrested for assault." in page and "nobody can change it" in page
    assert "Record it" not in page
    again = client.post(href("duty", clock.key), told_at(words="Something else"))
    assert again.status_code == 302
    clock.refresh_from_db()
    assert clock.evidence == {"words": "He was arrested for assault."}
    line = AuditEvent.objects.filter(object_type="duty", object_id=str(clock.key), outcome="done").get()
    assert (line.action, line.reason_code, line.subject_ids) == ("duty_meet", "told-of-arrest", [cast.writer.pk])


def test_what_is_missing_is_said_by_its_question_and_what_was_typed_stays(cast):
    clock = cast.clock("told-of-arrest", event=cast.arrest())
    answer = signed_in(fresh(cast.officer)).post(href("duty", clock.key), told_at(channel="", words="Half a sentence"))
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Choose how they were told." in page and "There is a problem" in page
    assert "Half a sentence" in page
    assert Clock.objects.get(pk=clock.pk).met_at is None


def test_a_colleague_who_was_quicker_is_said_so(cast):
    clock = cast.clock("command-and-union-told")
    answers = told_at(channel="", command="told", association="offered", hospital="no")
    assert signed_in(fresh(cast.supervisor)).post(href("duty", clock.key), answers).status_code == 302
    answer = signed_in(fresh(cast.second)).post(href("duty", clock.key), answers)
    assert answer.status_code == 409 and "Nothing was changed" in text_of(answer)
    assert Clock.objects.get(pk=clock.pk).met_by == cast.supervisor


def test_the_stranger_gets_the_bytes_of_what_never_existed(cast):
    clock = cast.clock("told-of-arrest", event=cast.arrest())
    unknown = "00000000-0000-4000-8000-000000000000"
    for who in ("supervisor", "stranger", "foreigner", "writer", "welfare", "witness_care", "health"):
        client = signed_in(fresh(getattr(cast, who)))
        for name in ("duty", "duty-set-aside", "duty-waiting", "duty-statement"):
            seen, never = client.get(href(name, clock.key)), client.get(href(name, unknown))
            assert (seen.status_code, never.status_code) == (404, 404), (name, who)
            assert _plain(seen) == _plain(never), (name, who)
            assert client.post(href(name, clock.key), told_at(words="x")).status_code == 404


def _plain(response):
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"', "", text_of(response))


def test_it_is_set_aside_with_a_reason_that_the_person_reads(cast):
    clock = cast.clock("few-interviews")
    client = signed_in(fresh(cast.officer))
    assert client.get(href("duty-set-aside", clock.key)).status_code == 200
    assert client.post(href("duty-set-aside", clock.key), {"why": "not-owed"}).status_code == 422
    sent = {"why": "not-owed", "reason": "Nobody was interviewed."}
    assert client.post(href("duty-set-aside", clock.key), sent).status_code == 302
    clock.refresh_from_db()
    assert (clock.not_applicable, clock.not_applicable_reason) == ("not-owed", "Nobody was interviewed.")
    assert client.post(href("duty-set-aside", clock.key), sent).status_code == 409
    page = text_of(client.get(href("duty", clock.key)))
    assert "Nobody was interviewed." in page and "Record it" not in page


def test_waiting_for_somebody_does_not_stop_the_limit(cast):
    clock = cast.clock("best-evidence")
    client = signed_in(fresh(cast.officer))
    assert client.get(href("duty-waiting", clock.key)).status_code == 200
    day = {"since_on-day": "21", "since_on-month": "12", "since_on-year": "2026"}
    assert client.post(href("duty-waiting", clock.key), {"whom": "health"} | day).status_code == 302
    clock.refresh_from_db()
    assert clock.waiting_on == "health" and clock.status == "running"
    assert "Occupational health or a hospital, since 21 Dec 2026" in text_of(client.get(href("duties")))
    assert client.post(href("duty-waiting", clock.key), {"whom": "nobody"}).status_code == 302
    clock.refresh_from_db()
    assert clock.waiting_on == ""


def test_that_the_court_was_late_is_another_fact(cast):
    cast.charge()
    happened = MONDAY - timedelta(days=20)
    Incident.objects.update(occurred_from=happened - timedelta(days=1))
    event = cast.enter("verdict", facts={"verdict": "guilty"}, happened_at=happened, received_at=LATER)
    clock = cast.clock("told-of-outcome", event=event)
    page = text_of(signed_in(fresh(cast.witness_care)).get(href("duty", clock.key)))
    assert "The court told us on Monday 21 December 2026" in page and "kept as its lateness" in page
    assert "Writer" not in page, "witness care knows people by number"


def test_what_was_told_before_is_listed(cast):
    first = cast.clock("told-of-arrest", event=cast.arrest())
    client = signed_in(fresh(cast.officer))
    client.post(href("duty", first.key), told_at(words="Arrested"))
    second = cast.clock("told-of-charge-decision", event=cast.charge())
    assert "What they were told before" in text_of(client.get(href("duty", second.key)))


def test_a_shorter_limit_is_shown_without_saying_why(cast):
    cast.carry()
    clock = cast.clock("told-of-arrest", event=cast.arrest())
    from victims.actions import clocks

    clocks.enhance(cast.referral(), by=fresh(cast.welfare), at=LATER)
    page = text_of(signed_in(fresh(cast.officer)).get(href("duty", clock.key)))
    assert "The limit was shortened on" in page and "enhanced" not in page.lower()


def test_whoever_carries_the_case_and_the_person_do_theirs_here_too(cast):
    cast.carry(2)
    advice = cast.clock("exposure-advice", 2)
    client = signed_in(fresh(cast.welfare))
    page = text_of(client.get(href("duty", advice.key)))
    assert "You carry this case." in page and cast.referral(2).reference in page
    assert client.post(
        href("duty", advice.key), told_at(channel="", where="emergency", treatment="started")
    ).status_code == 302  # fmt: skip
    claim = cast.clock("claim-for-compensation")
    client = signed_in(fresh(cast.writer))
    assert "This is yours to do, if you want to." in text_of(client.get(href("duty", claim.key)))
    assert client.post(href("duty", claim.key), told_at(channel="", claimed="no")).status_code == 302
    assert opens(cast.colleague, href("duty", claim.key)) == 404


def test_occupational_health_knows_whom_to_test_and_nothing_of_the_report(cast):
    baseline = cast.clock("baseline-test", 2)
    client = signed_in(fresh(cast.health))
    page = text_of(client.get(href("duty", baseline.key)))
    assert "Colleague" in page and "He spat." not in page and "Writer" not in page
    listed = text_of(client.get(href("duties")))
    assert "A first blood sample" in listed and "Colleague" not in listed
    assert opens(cast.health, reverse("reports:report", args=[cast.reference])) == 404


def test_what_was_said_at_a_check_in_is_read_by_no_manager(cast):
    clock = cast.clock("check-7-days")
    answers = told_at(duty="adjusted", adjustment="No nights for a month")
    assert signed_in(fresh(cast.supervisor)).post(href("duty", clock.key), answers).status_code == 302
    page = text_of(signed_in(fresh(cast.second)).get(href("duty", clock.key)))
    assert "No nights for a month" in page and "With changes" not in page


# One telling for several ---------------------------------------------------------------------------------------------


def test_one_call_is_recorded_for_everybody_who_was_told(cast):
    event = cast.arrest()
    address = href("duties-of-event", event.key)
    clocks = [cast.clock("told-of-arrest", position, event=event) for position in (1, 2)]
    client = signed_in(fresh(cast.officer))
    page = text_of(client.get(address))
    assert "Person 1, " in page and "Person 2, " in page
    assert client.post(address, told_at(words="Arrested")).status_code == 422
    sent = told_at(words="Arrested at 8", told_whom=[str(clock.key) for clock in clocks])
    assert client.post(address, sent).status_code == 302
    for clock in clocks:
        clock.refresh_from_db()
        assert (clock.met_at, clock.evidence) == (NOON, {"words": "Arrested at 8"})
    assert "Everybody was told." in text_of(client.get(address))
    assert client.post(address, sent).status_code == 200, "there is no form any more: nothing is recorded twice"
    for who in ("supervisor", "stranger", "foreigner", "writer", "welfare"):
        assert opens(getattr(cast, who), address) == 404, who


def test_several_are_recorded_together_or_not_at_all(cast):
    from victims.actions.telling import tell_several

    event = cast.arrest()
    clocks = [cast.clock("told-of-arrest", position, event=event) for position in (1, 2)]
    facts = {"words": "Arrested"}
    actions.set_aside(clock=clocks[1], why="not-wanted", reason="No calls", by=fresh(cast.officer), at=NOON)
    given = {"met_at": NOON, "facts": facts, "channel": "call", "by": fresh(cast.officer), "at": NOON}
    with pytest.raises(actions.Refused):
        tell_several(clocks=clocks, **given)
    assert Clock.objects.get(pk=clocks[0].pk).met_at is None
    with pytest.raises(actions.Refused, match="Tick who"):
        tell_several(clocks=[], **given)
    other = cast.clock("told-of-charge-decision", event=cast.charge())
    with pytest.raises(actions.Refused, match="apart"):
        tell_several(clocks=[clocks[0], other], **given)
