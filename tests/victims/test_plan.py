"""The assault plan for supervisors, the Victim Personal Statement for the officer, complaints for governance."""

import re
from datetime import date, timedelta

import pytest
from time_machine import travel

from campion.models import AuditEvent
from reports import actions as reports
from reports.models import Conflict, Incident, NamedReader, Task
from tests import world
from tests.people import signed_in
from tests.stage import once
from tests.victims.duty_cast import NOON, Duties
from tests.victims.test_duties import href, opens, text_of, told_at
from tests.world import MONDAY, fresh
from victims import actions
from victims.actions import complaints as complaint_actions
from victims.actions import statement as statement_actions
from victims.actions.clocks import COMPLAINT, meet, start
from victims.models import Clock, Complaint, Entitlement, PersonalStatement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
NEVER = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def at_noon():
    with travel(NOON, tick=False):
        yield


@once
def cast():
    return Duties()


def plain(response):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"', "", text_of(response))


# The plan ------------------------------------------------------------------------------------------------------------


def test_a_supervisor_reads_seven_points_for_each_person_and_ticks_them_with_who_and_when(cast):
    client = signed_in(fresh(cast.supervisor))
    page = text_of(client.get(href("plan", cast.reference)))
    for words in ("1. Investigated with the same care", "2. The Victims’ Code is used", "3. Somebody else investigates",
                  "4. The first word with them", "5. Who was told", "6. Best evidence",
                  "7. Recorded, and learned from"):  # fmt: skip
        assert page.count(words) == 2, words
    assert "Writer" in page and "Colleague" in page and "1 of 7 points done" in page, "an officer is named already"
    clock = cast.clock("recorded-and-learned", 2)
    assert client.post(
        href("duty", clock.key), told_at(channel="", record="yes", lesson="Two to a crew")
    ).status_code == 302  # fmt: skip
    page = text_of(client.get(href("plan", cast.reference)))
    assert "2 of 7 points done" in page and "Two to a crew" in page
    assert "12:00 on Monday 21 December 2026, by Sergeant Sam Sample" in page
    line = AuditEvent.objects.filter(action="look_at_plan").last()
    assert (line.object_id, set(line.subject_ids)) == (cast.reference, {cast.writer.pk, cast.colleague.pk})


def first_words(cast, position):
    """The report's own tasks of a first contact, as (kind, done at, done by, how, ended at)."""
    rows = Task.objects.filter(assault=cast.part(position)).order_by("kind")
    return {row.kind: (row.done_at, row.done_by, row.how, row.ended_at) for row in rows}


def test_the_first_word_counts_in_the_report_too_when_it_is_told_on_the_duty(cast):
    supervisor = signed_in(fresh(cast.supervisor))
    point = cast.clock("first-contact", 2)
    answers = told_at(channel="", how="phone", looked="yes", met_time="10:30")
    assert supervisor.post(href("duty", point.key), answers).status_code == 302
    spoke_at = NOON - timedelta(minutes=90)
    assert first_words(cast, 2) == {
        "escalation": (None, None, "", NOON),
        "first-contact": (spoke_at, cast.supervisor, "phone", None),
    }
    point.refresh_from_db()
    assert (point.met_at, point.evidence) == (spoke_at, {"how": "phone", "looked": "yes"})
    assert cast.clock("updates-agreed", 2).started_at == spoke_at, "what a first contact owes under the Code"
    assert first_words(cast, 1)["first-contact"][0] is None
    with pytest.raises(reports.Refused, match="already"):
        task = Task.objects.get(assault=cast.part(2), kind="first-contact")
        reports.record_contact(incident=cast.incident, task=task, how="phone", by=fresh(cast.second), at=NOON)


def test_the_first_word_counts_on_the_duty_too_when_it_is_told_in_the_report(cast):
    task = Task.objects.get(assault=cast.part(1), kind="first-contact")
    spoke_at = NOON - timedelta(hours=1)
    reports.record_contact(
        incident=cast.incident, task=task, how="in-person", by=fresh(cast.supervisor), at=NOON, happened_at=spoke_at
    )
    assert cast.clock("first-contact").met_at == spoke_at
    with pytest.raises(actions.Refused, match="no longer be done"):
        facts = {"how": "phone", "looked": "yes"}
        meet(clock=cast.clock("first-contact"), met_at=NOON, facts=facts, by=fresh(cast.second), at=NOON)
    with pytest.raises(reports.Refused, match="still to come"):
        later = NOON + timedelta(hours=1)
        reports.record_contact(
            incident=cast.incident, task=task, how="phone", by=fresh(cast.supervisor), at=NOON, happened_at=later
        )


def test_one_conversation_that_does_several_things_counts_in_the_report_too(cast):
    points = [cast.clock(code) for code in ("first-contact", "command-and-union-told")]
    told = {"command": "told", "association": "offered", "hospital": "no"}
    answers = {points[0].pk: {"how": "video", "looked": "no"}, points[1].pk: told}
    actions.meet_together(clocks=points, met_at=NOON, answers=answers, by=fresh(cast.supervisor), at=NOON)
    assert first_words(cast, 1)["first-contact"] == (NOON, cast.supervisor, "video", None)


def test_what_was_late_stays_marked(cast):
    clock = cast.clock("command-and-union-told")
    with travel(NOON + timedelta(days=2), tick=False):
        client = signed_in(fresh(cast.supervisor))
        assert "Overdue" in text_of(client.get(href("plan", cast.reference)))
        at = NOON + timedelta(days=2)
        facts = {"command": "told", "association": "declined", "hospital": "no"}
        meet(clock=clock, met_at=at, facts=facts, by=fresh(cast.supervisor), at=at)
        page = text_of(client.get(href("plan", cast.reference)))
        assert "Done late" in page and "after the limit, and stays on record" in page


def test_the_plan_says_nothing_of_support_nor_of_an_exposure(cast):
    cast.carry()
    for position in (1, 2):
        actions.decline(referral=cast.referral(position), by=fresh(cast.referral(position).person), at=NOON)
    declined = text_of(signed_in(fresh(cast.supervisor)).get(href("plan", cast.reference)))
    for position in (1, 2):
        actions.agree(referral=cast.referral(position), by=fresh(cast.referral(position).person), at=NOON)
    agreed = text_of(signed_in(fresh(cast.supervisor)).get(href("plan", cast.reference)))
    strip = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|data-left="\d+"')
    assert strip.sub("", declined) == strip.sub("", agreed), "what they chose changes no byte of it"
    for words in ("SU-", "referral", "welfare desk", "exposure", "blood", "declined"):
        assert words not in agreed, words


def test_of_a_check_in_a_manager_reads_the_line_about_work_and_no_other(cast):
    cast.carry()
    at = NOON + timedelta(hours=1)
    facts = {"trim": "accepted", "concern": "high", "words": "He cannot sleep.", "adjustment": "No nights"}
    with travel(at, tick=False):
        meet(clock=cast.clock("check-72-hours"), met_at=at, facts=facts, channel="call", by=fresh(cast.welfare), at=at)
        page = text_of(signed_in(fresh(cast.supervisor)).get(href("plan", cast.reference)))
        assert "No nights" in page and "21 Dec 2026" in page
        for words in ("cannot sleep", "Trauma risk", "act today", "Helper"):
            assert words not in page, words
        carrier = text_of(signed_in(fresh(cast.welfare)).get(href("duty", cast.clock("check-72-hours").key)))
        assert "He cannot sleep." in carrier and "Very: act today" in carrier
        assert opens(cast.supervisor, href("duty", cast.clock("check-72-hours").key)) == 404


def test_nobody_else_reads_a_plan_and_they_learn_nothing_by_asking(cast):
    for who in ("conflicted", "neighbour", "inspector", "governor", "stranger", "foreigner", "officer", "writer",
                "colleague", "witness_care", "health", "welfare"):  # fmt: skip
        client = signed_in(fresh(getattr(cast, who)))
        seen, never = client.get(href("plan", cast.reference)), client.get(href("plan", "AR-2345-678B"))
        assert (seen.status_code, never.status_code) == (404, 404), who
        assert plain(seen) == plain(never), who
    Conflict.objects.create(
        incident=cast.incident, user=cast.supervisor, why=Conflict.Why.NAMED, by=cast.writer, at=MONDAY
    )
    assert opens(cast.supervisor, href("plan", cast.reference)) == 404
    reports.restrict(incident=cast.incident, by=fresh(cast.writer), at=MONDAY)
    NamedReader.objects.all().delete()
    assert opens(cast.second, href("plan", cast.reference)) == 404


def test_the_list_of_plans_has_what_is_open_the_nearest_limit_first(cast):
    other = world.make_submitted_incident(world.make_person(cast.place.team), at=NOON)
    with travel(NOON + timedelta(hours=8), tick=False):
        page = text_of(signed_in(fresh(cast.supervisor)).get(href("plan-desk")))
        assert page.index(cast.reference) < page.index(other.reference)
        assert "4 overdue" in page, "two points for two people: first contact, and who was told"
    Clock.objects.of_family("plan").update(met_at=NOON, met_by=cast.supervisor, met_entered_at=NOON)
    assert "Every point of the plan is done." in text_of(signed_in(fresh(cast.supervisor)).get(href("plan-desk")))
    assert cast.reference not in text_of(signed_in(fresh(cast.neighbour)).get(href("plan-desk")))
    for who in ("stranger", "officer", "governor", "welfare"):
        assert opens(getattr(cast, who), href("plan-desk")) == 404, who


# The statement -------------------------------------------------------------------------------------------------------


def test_the_officer_records_that_it_was_offered_taken_and_added_to(cast):
    clock = cast.clock("victim-personal-statement")
    client = signed_in(fresh(cast.officer))
    address = href("duty-statement", clock.key)
    assert address in text_of(client.get(href("duty", clock.key)))
    assert "Record that you offered it" in text_of(client.get(address))
    assert client.post(address, told_at(channel="")).status_code == 422
    assert client.post(address, told_at()).status_code == 302
    clock.refresh_from_db()
    stands = PersonalStatement.objects.get()
    assert (clock.met_at, clock.channel, stands.offered_at, stands.offered_by) == (NOON, "call", NOON, cast.officer)
    day = {"on-day": "21", "on-month": "12", "on-year": "2026"}
    assert "Record that it was taken" in text_of(client.get(address))
    assert client.post(address, day | {"on-year": "2025"}).status_code == 422
    assert client.post(address, day).status_code == 302
    assert "Record that something was added" in text_of(client.get(address))
    assert client.post(address, day).status_code == 302
    stands.refresh_from_db()
    assert (stands.taken_on, stands.added_to_on) == (date(2026, 12, 21), date(2026, 12, 21))
    told = AuditEvent.objects.filter(object_type="duty", object_id=str(clock.key), outcome="done")
    assert list(told.order_by("id").values_list("action", flat=True)) == [
        "duty_meet", "duty_take_statement", "duty_add_to_statement",
    ]  # fmt: skip


def test_a_statement_that_nobody_wants_is_not_taken(cast):
    clock = cast.clock("victim-personal-statement")
    given = {"clock": clock, "by": fresh(cast.officer), "at": NOON}
    with pytest.raises(actions.Refused, match="Offer it first"):
        statement_actions.take_statement(on=NOON.date(), **given)
    statement_actions.offer_statement(offered_at=NOON, channel="letter", **given)
    PersonalStatement.objects.update(choice="no", chosen_at=NOON)
    with pytest.raises(actions.Refused, match="do not want"):
        statement_actions.take_statement(on=NOON.date(), **given)
    page = text_of(signed_in(fresh(cast.officer)).get(href("duty-statement", clock.key)))
    assert "nothing for you to record now" in page
    with pytest.raises(actions.Refused, match="taken before"):
        statement_actions.add_to_statement(on=NOON.date(), **given)
    with pytest.raises(actions.Refused, match="no such duty"):
        statement_actions.take_statement(clock=clock, on=NOON.date(), by=fresh(cast.supervisor), at=NOON)


def test_only_the_right_it_is_about_has_a_page_of_the_statement(cast):
    assert opens(cast.officer, href("duty-statement", cast.clock("few-interviews").key)) == 404


# Complaints ----------------------------------------------------------------------------------------------------------


def complain(cast, position=1, about="told-of-arrest", at=MONDAY):
    """Have the person complain, as their own page does."""
    referral = cast.referral(position)
    start(referral, trigger=COMPLAINT, started_at=at, at=at)
    clock = referral.clocks.filter(entitlement__code="complaint-acknowledged").latest("pk")
    return Complaint.objects.create(
        referral=referral, about=Entitlement.objects.get(code=about), words="Nobody rang me for a week.",
        made_at=at, made_by=referral.person, clock=clock,
    )  # fmt: skip


def test_governance_acknowledges_and_answers_and_reads_nothing_else(cast):
    event = cast.arrest()
    row = complain(cast)
    client = signed_in(fresh(cast.governor))
    listed = text_of(client.get(href("complaints")))
    assert "Told of an arrest, with reasons" in listed and "Nobody rang me" not in listed
    page = text_of(client.get(href("complaint-desk", row.key)))
    assert "Nobody rang me for a week." in page and "9 days left" in page
    for words in ("Writer", cast.reference, "SU-", "He spat"):
        assert words not in page, words
    assert client.get(href("complaint-acknowledge", row.key)).status_code == 200
    assert client.post(href("complaint-acknowledge", row.key), told_at()).status_code == 422
    assert client.post(href("complaint-acknowledge", row.key), told_at(words="I have it.")).status_code == 302
    row.clock.refresh_from_db()
    assert (row.clock.met_by, row.clock.evidence) == (cast.governor, {"words": "I have it."})
    assert client.get(href("complaint-acknowledge", row.key)).status_code == 302
    assert client.post(href("complaint-answer", row.key), {"words": " "}).status_code == 422
    assert client.post(href("complaint-answer", row.key), {"words": "You were right."}).status_code == 302
    row.refresh_from_db()
    assert (row.answer, row.answered_by, row.answered_at) == ("You were right.", cast.governor, NOON)
    assert client.post(href("complaint-answer", row.key), {"words": "Again"}).status_code == 302
    row.refresh_from_db()
    assert row.answer == "You were right."
    assert "Told of an arrest" in text_of(client.get(href("complaints") + "?show=answered"))
    assert event.pk


def test_an_answer_acknowledges_too(cast):
    row = complain(cast)
    complaint_actions.answer_complaint(complaint=row, words="Yes.", by=fresh(cast.governor), at=NOON)
    row.clock.refresh_from_db()
    assert row.clock.met_at == NOON
    with pytest.raises(actions.Refused, match="already"):
        complaint_actions.acknowledge_complaint(
            complaint=row, met_at=NOON, facts={"words": "x"}, channel="call", by=fresh(cast.governor), at=NOON
        )


def test_the_duty_of_a_complaint_leads_to_its_page(cast):
    row = complain(cast)
    answer = signed_in(fresh(cast.governor)).get(href("duty", row.clock.key))
    assert (answer.status_code, answer["Location"]) == (302, href("complaint-desk", row.key))
    listed = text_of(signed_in(fresh(cast.governor)).get(href("duties")))
    assert "Your complaint acknowledged" in listed and href("complaint-desk", row.key) in listed
    assert cast.reference not in listed and "Person 1" not in listed and "Writer" not in listed


def test_nobody_of_the_line_nor_of_the_case_reads_a_complaint(cast):
    row = complain(cast, position=2, about="referral")
    for who in ("supervisor", "officer", "witness_care", "health", "welfare", "stranger", "foreigner", "colleague"):
        client = signed_in(fresh(getattr(cast, who)))
        for name in ("complaint-desk", "complaint-acknowledge", "complaint-answer"):
            seen, never = client.get(href(name, row.key)), client.get(href(name, NEVER))
            assert (seen.status_code, never.status_code) == (404, 404), (who, name)
            assert plain(seen) == plain(never), (who, name)
        if who != "foreigner":
            assert client.get(href("complaints")).status_code == 404, who
    assert opens(cast.other_governor, href("complaint-desk", row.key)) == 200


def test_a_complaint_about_a_restricted_report_or_without_one_reaches_governance_too(cast):
    reports.restrict(incident=cast.incident, by=fresh(cast.writer), at=MONDAY)
    row = complain(cast)
    assert opens(cast.governor, href("complaint-desk", row.key)) == 200
    alone = actions.refer_oneself(by=fresh(cast.stranger), at=MONDAY)
    start(alone, trigger=COMPLAINT, started_at=MONDAY, at=MONDAY)
    clock = alone.clocks.get(entitlement__code="complaint-acknowledged")
    row = Complaint.objects.create(
        referral=alone, words="No call", made_at=MONDAY, made_by=cast.stranger, clock=clock
    )  # fmt: skip
    assert opens(cast.governor, href("complaint-desk", row.key)) == 200
    complaint_actions.answer_complaint(complaint=row, words="Yes.", by=fresh(cast.governor), at=NOON)


@pytest.mark.parametrize("tie", ["made", "carries", "investigates", "manages", "conflict"])
def test_nobody_deals_with_a_complaint_that_they_are_tied_to(cast, tie):
    row, governor = complain(cast), cast.governor
    if tie == "made":
        Complaint.objects.filter(pk=row.pk).update(made_by=governor)
    elif tie == "carries":
        type(row.referral).objects.filter(pk=row.referral_id).update(owner=governor, claimed_at=MONDAY)
    elif tie == "investigates":
        Incident.objects.update(officer_in_case=governor)
    elif tie == "manages":
        type(governor).objects.filter(pk=cast.writer.pk).update(line_manager=governor)
    else:
        Conflict.objects.create(
            incident=cast.incident, user=governor, why=Conflict.Why.NAMED, by=cast.writer, at=MONDAY
        )  # fmt: skip
    assert opens(governor, href("complaint-desk", row.key)) == 404
    with pytest.raises(actions.Refused, match="no such complaint"):
        complaint_actions.answer_complaint(complaint=row, words="Yes.", by=fresh(governor), at=NOON)


def test_lists_answer_odd_addresses(cast):
    client = signed_in(fresh(cast.governor))
    for query in ("page=-1", "page=NaN", "show=nothing", "page=99999"):
        assert client.get(f"{href('complaints')}?{query}").status_code == 200
    client = signed_in(fresh(cast.supervisor))
    assert client.get(f"{href('plan-desk')}?page=NaN").status_code == 200
