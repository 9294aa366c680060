"""The core questions: each page asks, refuses in words, saves, and leads to the next."""

from datetime import timedelta

import pytest
import time_machine

from campion.models import AuditEvent, KeptForm
from campion.roles import Role
from reports.models import Assault, Incident
from tests import world
from tests.reports.browsing import Person, read
from tests.stage import once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def night():
    """It is three in the morning on Monday 21 December 2026."""
    with time_machine.travel(world.MONDAY, tick=False):
        yield


@once
def place():
    return world.make_force()


@once
def writer(place):
    return world.make_person(place.team, Role.REPORTER, family_name="Writer")


@pytest.fixture
def sam(writer):
    return Person(writer)


@once
def draft(writer):
    return world.make_draft(writer)


def the(start):
    return Incident.objects.get(reference=start.split("/")[2])


def to(response):
    """Give the address that a page led on to, without the report's own start."""
    assert response.status_code == 302, read(response)[1]
    return "/".join(response["Location"].split("/")[3:])


# From page to page


def test_somebody_spat_at_goes_from_question_to_question_to_the_receipt(sam):
    start = sam.begin()
    assert to(sam.fill(f"{start}edit/who/", who="me")) == "edit/when/"
    assert to(sam.fill(f"{start}edit/when/", day="today", time="01:30", precision="about")) == "edit/where/"
    assert to(sam.fill(f"{start}edit/where/", district="elsewhere", place="licensed")) == "edit/what/1/"
    assert to(sam.fill(f"{start}edit/what/1/", spitting=["spit"])) == "edit/advice/1/"
    advice = sam.says(f"{start}edit/advice/1/")
    assert "rinse with plenty of water" in advice
    assert to(sam.fill(f"{start}edit/advice/1/")) == "edit/injured/1/"
    assert to(sam.fill(f"{start}edit/injured/1/", injury="none")) == "edit/exposure/1/"
    assert to(sam.fill(f"{start}edit/exposure/1/", fluids=["saliva"], routes=["eye"])) == "edit/support/"
    answers = {"support": "yes", "channel": "call", "contact": "01632 960001", "end_of_duty": "7am"}
    assert to(sam.fill(f"{start}edit/support/", **answers)) == "edit/words/"
    assert to(sam.fill(f"{start}edit/words/", narrative="He turned round and spat.")) == "check/"
    draft = the(start)
    part = draft.assaults.get()
    assert (part.kind, part.injury, part.contact) == ("spitting", "none", "contact")
    assert part.health.exposure_routes == ["eye"]
    assert part.health.advice_shown_at == world.MONDAY
    assert (part.wish.support, part.wish.contact) == ("yes", "01632 960001")
    assert draft.end_of_duty_at == world.MONDAY + timedelta(hours=4)
    assert draft.narrative == "He turned round and spat."
    assert (draft.told_from, draft.precision) == ("2026-12-21 01:30", "about")
    assert draft.policing_day.isoformat() == "2026-12-20"
    assert draft.reporter_role == "victim"


def test_every_detail_but_who_when_where_and_what_can_be_skipped(sam):
    start = sam.begin()
    sam.fill(f"{start}edit/who/", who="me")
    sam.fill(f"{start}edit/when/", day="yesterday", time="2340", precision="about")
    sam.fill(f"{start}edit/where/", place="unsure")
    sam.fill(f"{start}edit/what/1/", physical=["punch"])
    for name in ("injured/1", "support", "words"):
        response = sam.fill(f"{start}edit/{name}/")
        assert response.status_code == 302
    assert to(response) == "check/"
    assert "Submit" in sam.says(f"{start}check/")


def test_a_change_from_the_check_page_comes_back_to_it(sam, draft):
    start = f"/reports/{draft.reference}/"
    for name in ("injured/1", "support", "words"):
        sam.fill(f"{start}edit/{name}/")
    assert to(sam.fill(f"{start}edit/where/?then=check", place="street")) == "check/"
    assert to(sam.fill(f"{start}edit/where/?then=tasks", place="street")) == "tasks/"


def test_a_change_that_calls_for_first_aid_shows_it_before_coming_back(sam, draft):
    start = f"/reports/{draft.reference}/"
    for name in ("injured/1", "support", "words"):
        sam.fill(f"{start}edit/{name}/")
    assert to(sam.fill(f"{start}edit/what/1/?then=check", physical=["bite"])) == "edit/advice/1/?then=check"
    assert to(sam.fill(f"{start}edit/advice/1/?then=check")) == "edit/exposure/1/?then=check"
    assert to(sam.fill(f"{start}edit/exposure/1/?then=check", routes=["broken-skin"])) == "check/"


def test_a_page_that_is_not_called_for_leads_on_and_an_unknown_one_is_not_found(sam, draft):
    start = f"/reports/{draft.reference}/"
    assert to(sam.get(f"{start}edit/exposure/1/")) == "edit/support/"
    for wrong in ("nothing/", "what/", "who/1/", "what/9/", "what/0/"):
        assert sam.get(f"{start}edit/{wrong}").status_code == 404


def test_first_aid_is_shown_after_pressure_on_the_neck_too(sam):
    start = f"/reports/{world.make_draft(sam.user, conducts=[('strangle',)]).reference}/"
    said = sam.says(f"{start}edit/advice/1/")
    assert "Go to A&E now, even if you feel well" in said
    assert "rinse" not in said


def test_saving_for_later_goes_home_and_says_so(sam):
    start = sam.begin()
    response = sam.fill(f"{start}edit/who/", who="me", do="later")
    assert response["Location"] == "/reports/"
    assert "Saved. Come back whenever you like" in sam.says("/reports/")


def test_coming_back_goes_to_the_first_page_not_answered(sam):
    start = sam.begin()
    sam.fill(f"{start}edit/who/", who="me")
    assert to(sam.get(f"{start}continue/")) == "edit/when/"


# Who may


def test_a_draft_is_its_writers_alone(sam, place):
    start = sam.begin()
    for other in (
        world.make_person(place.team, Role.SUPERVISOR),
        world.make_person(world.make_force("otherton").team, Role.SUPERVISOR),
    ):
        somebody = Person(other)
        for path in ("edit/who/", "check/", "tasks/", "discard/", "receipt/", "continue/", "logged/"):
            assert somebody.get(start + path).status_code == 404
        assert somebody.client.post(f"{start}edit/who/", {"who": "me"}).status_code == 404
    assert the(start).who == ""


def test_a_colleague_named_in_a_returned_report_cannot_answer_it(sam, place):
    other = world.make_person(place.team)
    boss = world.make_person(place.team, Role.SUPERVISOR)
    report = world.make_submitted_incident(sam.user, conducts=[("punch",), ("bite",)], colleagues=[other])
    from reports import actions

    actions.return_for_changes(incident=report, reason="Which door?", by=boss, at=world.MONDAY)
    somebody = Person(other)
    assert somebody.get(f"/reports/{report.reference}/edit/what/1/").status_code in (302, 404)
    assert somebody.client.post(f"/reports/{report.reference}/edit/words/", {"narrative": "x y"}).status_code in (
        404,
        409,
    )
    assert world.fresh(report).narrative == ""


def test_a_report_that_was_returned_can_be_answered_again(sam, place):
    boss = world.make_person(place.team, Role.SUPERVISOR)
    report = world.make_submitted_incident(sam.user)
    from reports import actions

    actions.return_for_changes(incident=report, reason="Which door?", by=boss, at=world.MONDAY)
    start = f"/reports/{report.reference}/"
    assert to(sam.fill(f"{start}edit/words/?then=check", narrative="The back door.")).startswith("edit/")
    assert world.fresh(report).narrative == "The back door."


# Who


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Choose who was assaulted."),
        ({"who": "nobody"}, "Choose one of the answers in the list."),
        ({"who": "several"}, "Say whether you were one of the people assaulted."),
        ({"who": "several", "among": "maybe"}, "Choose one of the answers in the list."),
    ],
)
def test_who_is_asked_until_it_is_clear(sam, fields, sentence):
    start = sam.begin()
    response = sam.fill(f"{start}edit/who/", **fields)
    assert response.status_code == 422
    assert sentence in read(response)[1]
    assert not the(start).assaults.exists()


def test_changing_who_takes_ones_own_empty_part_out_and_keeps_one_with_answers(sam, draft):
    start = sam.begin()
    sam.fill(f"{start}edit/who/", who="me")
    sam.fill(f"{start}edit/who/", who="colleague")
    assert not the(start).assaults.exists()
    start = f"/reports/{draft.reference}/"
    sam.fill(f"{start}edit/who/", who="colleague")
    assert draft.assaults.count() == 1
    assert "your own part is still here" in sam.says(f"{start}check/")


# People


def test_a_colleague_is_found_by_number_or_by_three_letters_and_added(sam, place):
    jo = world.make_person(place.other_team, family_name="Bakerfield", given_name="Jo", sign_in=False)
    start = sam.begin()
    assert to(sam.fill(f"{start}edit/who/", who="colleague")) == "edit/people/"
    page = f"{start}edit/people/"
    for words in (jo.staff_number, "bak", "BAKERF", f" {jo.staff_number} "):
        found = read(sam.fill(page, do="find", words=words))[1]
        assert "Jo Bakerfield" in found
        assert jo.staff_number in found
    response = sam.fill(page, do=f"add:{jo.pk}")
    assert response["Location"] == page
    said = sam.says(page)
    assert "Does Jo Bakerfield know that you are reporting this?" in said
    assert to(sam.fill(page, consent__1="unaware")) == "edit/when/"
    part = the(start).assaults.get()
    assert (part.person, part.consent, part.unit) == (jo, "unaware", place.other_team)
    assert the(start).reporter_role == "colleague"
    sam.fill(f"{start}edit/when/", day="today", time="01:30", precision="about")
    assert "What was done to Jo Bakerfield?" in sam.says(f"{start}edit/what/1/")


def test_people_of_other_forces_and_protected_posts_are_never_found(sam, place):
    world.make_person(place.team, family_name="Hiddenham", protected_post=True)
    far = world.make_person(world.make_force("otherton").team, family_name="Hiddenly")
    start = sam.begin()
    sam.fill(f"{start}edit/who/", who="colleague")
    page = f"{start}edit/people/"
    response = sam.fill(page, do="find", words="hidden")
    assert response.status_code == 200
    assert "Nobody found" in read(response)[1]
    hidden = place.team.people.get(family_name="Hiddenham")
    for person in (far, hidden):
        response = sam.fill(page, do=f"add:{person.pk}")
        assert response.status_code == 422
        assert "There is nobody of that name or number" in read(response)[1]
    assert not the(start).assaults.exists()


@pytest.mark.parametrize("words", ["", "   ", "ba", "%", "_", "(a+)+$", "'; --", "x" * 41])
def test_a_search_that_finds_nobody_says_what_to_type(sam, place, words):
    start = sam.begin()
    sam.fill(f"{start}edit/who/", who="colleague")
    response = sam.fill(f"{start}edit/people/", do="find", words=words)
    assert response.status_code in (200, 422)
    said = read(response)[1]
    assert "letters" in said or "Nobody found" in said or "too long" in said


def test_somebody_from_outside_is_named_with_a_safe_contact(sam):
    start = sam.begin()
    sam.fill(f"{start}edit/who/", who="several", among="yes")
    page = f"{start}edit/people/"
    response = sam.fill(page, do="outside", name="", worker_type="")
    assert response.status_code == 422
    assert "Enter their name." in read(response)[1]
    sam.fill(page, do="outside", name="Null O’Brien-Smith", worker_type="agency", contact="null@agency.example")
    part = the(start).assaults.get(position=2)
    assert (part.outside_name, part.outside_contact, part.worker_type) == (
        "Null O’Brien-Smith", "null@agency.example", "agency",
    )  # fmt: skip
    assert "Null O’Brien-Smith" in sam.says(page)


def test_somebody_can_be_taken_out_of_a_draft_with_their_answers(sam, place):
    jo = world.make_person(place.team)
    draft = world.make_draft(sam.user, conducts=[("punch",), ("bite",)], colleagues=[jo])
    page = f"/reports/{draft.reference}/edit/people/"
    assert sam.fill(page, do="remove:2").status_code == 302
    draft = world.fresh(draft)
    assert draft.assaults.count() == 1
    assert "what/2" not in draft.answered
    for wrong in ("remove:2", "remove:x", "remove:", "add:", "add:999999999", "add:x", "add:" + "9" * 30, "dance"):
        assert sam.fill(page, do=wrong).status_code in (302, 422)


def test_nobody_can_be_taken_out_once_support_was_offered(sam, place):
    jo = world.make_person(place.team)
    boss = world.make_person(place.team, Role.SUPERVISOR)
    report = world.make_submitted_incident(sam.user, conducts=[("punch",), ("bite",)], colleagues=[jo])
    from reports import actions

    actions.return_for_changes(incident=report, reason="Who else?", by=boss, at=world.MONDAY)
    response = sam.fill(f"/reports/{report.reference}/edit/people/", do="remove:2")
    assert response.status_code == 422
    assert "support was offered to everybody" in read(response)[1]
    assert report.assaults.count() == 2


def test_going_on_without_naming_anybody_is_refused(sam):
    start = sam.begin()
    sam.fill(f"{start}edit/who/", who="colleague")
    response = sam.fill(f"{start}edit/people/")
    assert response.status_code == 422
    assert "Name at least one person" in read(response)[1]


# When


def when(sam, **fields):
    start = sam.begin()
    sam.fill(f"{start}edit/who/", who="me")
    answers = {"day": "today", "precision": "about"} | fields
    return start, sam.fill(f"{start}edit/when/", **answers)


@pytest.mark.parametrize("text", ["01:30", "0130", "1.30am", "1:30", "01.30", "1:30 a.m.", " 01:30 "])
def test_a_time_is_read_as_people_write_it(sam, text):
    start, response = when(sam, time=text)
    assert to(response) == "edit/where/"
    assert the(start).told_from == "2026-12-21 01:30"


def on(day, month, year, name="date"):
    """Fill three boxes of a date."""
    return {f"{name}__day": day, f"{name}__month": month, f"{name}__year": year}


OTHER = {"time": "01:30", "day": "other"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"time": ""}, "Enter the time"),
        ({"time": "half past"}, "Enter a time like"),
        ({"time": "25:00"}, "Enter a time like"),
        ({"time": "05:00"}, "that time has not come yet"),
        ({"time": "01:30", "day": ""}, "Choose which day it was."),
        ({"time": "01:30", "day": "tomorrow"}, "Choose one of the answers in the list."),
        ({"time": "01:30", "precision": ""}, "Choose how sure you are"),
        (OTHER | on("", "", ""), "Enter the date."),
        (OTHER | on("31", "6", "2026"), "must be a real date"),
        (OTHER | on("29", "2", "2025"), "must be a real date"),
        (OTHER | on("1", "1", "10000"), "The year must have 4 numbers"),
        (OTHER | on("1", "1", "1989"), "on or after 1 January 1990"),
        (OTHER | on("1", "1", "2027"), "must be today or in the past"),
        ({"time": "01:30", "precision": "between", "end_time": ""}, "Enter the time until which"),
        ({"time": "01:30", "precision": "between", "end_time": "06:00"}, "The end has not come yet"),
        (
            {"time": "01:30", "precision": "between", "end_time": "00:30"} | on("21", "12", "2026", "end_date"),
            "The end is before the start",
        ),
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_is_refused_in_words_and_stays_on_the_page(sam, fields, sentence):
    start, response = when(sam, **fields)
    assert response.status_code == 422
    assert sentence in read(response)[1]
    assert the(start).occurred_from is None
    if fields.get("time"):
        assert f'value="{fields["time"]}"' in response.content.decode()


def test_a_span_over_midnight_needs_no_second_date(sam):
    start, response = when(sam, day="yesterday", time="23:30", precision="between", end_time="00:30")
    assert to(response) == "edit/where/"
    assert (the(start).told_from, the(start).told_to) == ("2026-12-20 23:30", "2026-12-21 00:30")


def test_the_hour_that_comes_twice_is_asked_about_and_only_then(sam):
    with time_machine.travel("2026-10-25T06:00:00+00:00", tick=False):
        sam = Person(sam.user)
        start, response = when(sam, time="01:30")
        assert response.status_code == 422
        assert "came twice that night" in read(response)[1]
        assert "The second time" in read(response)[1]
        for which, hour in (("first", 0), ("second", 1), ("unsure", 0)):
            response = sam.fill(f"{start}edit/when/", day="today", time="01:30", precision="about", which=which)
            assert to(response) == "edit/where/"
            assert (the(start).occurred_from.hour, the(start).clock_mark) == (hour, which)
        assert "The second time" in sam.says(f"{start}edit/when/")
        sam.fill(f"{start}edit/when/", day="today", time="02:30", precision="about", which="second")
        assert the(start).clock_mark == ""
        assert "The second time" not in sam.says(f"{start}edit/when/")


def test_the_hour_that_does_not_exist_is_kept_and_explained(sam):
    with time_machine.travel("2026-03-29T06:00:00+00:00", tick=False):
        sam = Person(sam.user)
        start, response = when(sam, time="01:30")
        assert to(response) == "edit/where/"
        assert (the(start).told_from, the(start).clock_mark) == ("2026-03-29 01:30", "missing")
        assert "never showed 01:30" in sam.says(f"{start}edit/where/")


def test_a_late_report_is_asked_why_once_and_when_police_were_told(sam):
    start, response = when(sam, day="other", date__day="1", date__month="12", date__year="2026", time="22:00")
    assert to(response) == "edit/late/"
    page = f"{start}edit/late/"
    wrong = sam.fill(page, told="earlier", told_date__day="30", told_date__month="11", told_date__year="2026")
    assert wrong.status_code == 422
    assert "That is before it happened" in read(wrong)[1]
    right = {"told_date__day": "2", "told_date__month": "12", "told_date__year": "2026", "told_time": "9am"}
    assert to(sam.fill(page, told="earlier", late_reason="On leave.", **right)) == "edit/where/"
    assert the(start).police_told_at.isoformat() == "2026-12-02T09:00:00+00:00"
    assert the(start).late_reason == "On leave."
    assert to(sam.fill(page)) == "edit/where/"


# Where, what


@pytest.mark.parametrize("kind", ["", "moon", "licensed' --"])
def test_a_place_is_one_of_the_list(sam, draft, kind):
    start = f"/reports/{draft.reference}/"
    response = sam.fill(f"{start}edit/where/", place=kind)
    assert response.status_code == 422


def test_districts_stand_under_the_areas_of_the_day_it_happened(db):
    from datetime import datetime

    from campion.models import Force, Unit

    force = Force.objects.get(code="west-mercia")
    user = world.make_person(Unit.objects.get(force=force, code="west-mercia"))
    sam = Person(user)
    for year, area in ((2025, "Telford &amp; Wrekin"), (2026, "Shropshire &amp; Telford")):
        at = datetime(year, 6, 1, 12, tzinfo=world.MONDAY.tzinfo)
        draft = world.make_draft(user, happened=at)
        page = sam.get(f"/reports/{draft.reference}/edit/where/").content.decode()
        assert f'<optgroup label="{area}">' in page
        sam.fill(f"/reports/{draft.reference}/edit/where/", district="E06000020", place="street")
        draft = world.fresh(draft)
        assert (draft.district.name, draft.elsewhere) == ("Telford and Wrekin", False)
        assert draft.area.name == area.replace("&amp;", "&")


def test_another_forces_district_is_refused(sam, draft):
    start = f"/reports/{draft.reference}/"
    response = sam.fill(f"{start}edit/where/", district="E06000020", place="street")
    assert response.status_code == 422


@pytest.mark.parametrize("fields", [{}, {"physical": ["nothing"]}, {"physical": ["spit"]}, {"spitting": "spit' --"}])
def test_what_was_done_is_chosen_from_the_list(sam, draft, fields):
    start = f"/reports/{draft.reference}/"
    response = sam.fill(f"{start}edit/what/1/", **fields)
    assert response.status_code == 422
    assert world.seen_by(sam.user, the(start)).assaults.all()[0].conduct_codes == ["punch"]


def test_the_gravest_kind_counts_and_an_exposure_that_is_taken_back_is_forgotten(sam):
    draft = world.make_draft(sam.user, conducts=[("spit",)])
    start = f"/reports/{draft.reference}/"
    sam.fill(f"{start}edit/advice/1/")
    sam.fill(f"{start}edit/exposure/1/", fluids=["blood"], routes=["eye"])
    sam.fill(f"{start}edit/what/1/", physical=["punch"], verbal=["verbal-abuse"])
    part = draft.assaults.get()
    assert part.kind == "physical"
    assert part.health.exposure_routes is None
    assert "advice/1" not in world.fresh(draft).answered


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"routes": ["missed", "eye"]}, "Choose either “It missed”"),
        ({"routes": ["missed", "unknown"]}, "Choose"),
        ({"fluids": ["unknown", "blood"]}, "Choose either “I am not sure”"),
        ({"routes": ["ear"]}, "Choose from the answers in the list."),
    ],
)
def test_an_exposure_that_contradicts_itself_is_asked_again(sam, fields, sentence):
    start = f"/reports/{world.make_draft(sam.user, conducts=[('spit',)]).reference}/"
    response = sam.fill(f"{start}edit/exposure/1/", **fields)
    assert response.status_code == 422
    assert sentence in read(response)[1]


def test_a_spit_that_missed_is_still_an_assault(sam):
    draft = world.make_draft(sam.user, conducts=[("spit",)])
    sam.fill(f"/reports/{draft.reference}/edit/exposure/1/", fluids=["saliva"], routes=["missed"])
    part = draft.assaults.get()
    assert (part.contact, part.kind, part.health.exposure_routes) == ("missed", "spitting", None)


# Words


def test_words_up_to_the_limit_are_kept_exactly_and_one_more_is_refused_with_a_count(sam, draft):
    page = f"/reports/{draft.reference}/edit/words/"
    reference = page.split("/")[2]
    long = "🕊é" * 10_000
    assert sam.fill(page, narrative=long).status_code == 302
    assert Incident.objects.get(reference=reference).narrative == long
    response = sam.fill(page, narrative=long + "x")
    assert response.status_code == 422
    assert "must be 20,000 characters or fewer. It is 1 too long" in read(response)[1]
    assert long + "x" in response.content.decode()


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{ 7*7 }} {% debug %}", "‮evil", "=cmd()", "a\r\nb", "Llanfair ŵ ŷ"]
)
def test_odd_but_honest_words_are_shown_as_they_were_typed(sam, draft, text):
    page = f"/reports/{draft.reference}/edit/words/"
    sam.fill(page, narrative=text)
    check = sam.get(page.replace("edit/words/", "check/")).content.decode()
    assert "<script>alert" not in check
    assert Incident.objects.get(reference=page.split("/")[2]).narrative == text.replace("\r\n", "\n")


# Nothing typed is lost


def test_typing_is_saved_in_between_and_the_page_is_not_passed(sam, draft):
    start = f"/reports/{draft.reference}/"
    answer = sam.fill(f"{start}edit/words/", narrative="He tur", autosave=True)
    assert answer.json()["saved_at"]
    assert the(start).narrative == "He tur"
    assert "words" not in the(start).answered
    hidden, _ = read(sam.get(f"{start}edit/words/"))
    assert hidden["seen"] == answer.json()["seen"]


def test_typing_that_is_not_valid_yet_is_kept_for_its_writer_and_shown_again(sam):
    start = sam.begin()
    sam.fill(f"{start}edit/who/", who="me")
    page = f"{start}edit/when/"
    assert sam.fill(page, day="other", time="23", date__day="3", autosave=True).json()["saved_at"]
    assert the(start).occurred_from is None
    shown = sam.get(page)
    assert shown.status_code == 200
    assert 'value="23"' in shown.content.decode()
    assert "There is a problem" not in read(shown)[1]
    assert "When" in sam.says(f"{start}check/")
    assert "that was not saved" in sam.says(f"{start}check/")
    sam.fill(page, do="fresh")
    assert not KeptForm.objects.filter(user=sam.user).exists()


def test_what_another_tab_saved_is_shown_beside_what_was_typed_here(sam, draft):
    page = f"/reports/{draft.reference}/edit/words/"
    reference = page.split("/")[2]
    hidden, _ = read(sam.get(page))
    sam.fill(page, narrative="From my phone.")
    response = sam.send(page, hidden | {"narrative": "From my desk."})
    assert response.status_code == 409
    fields, said = read(response)
    assert "From my phone." in said
    assert "From my desk." in said
    assert Incident.objects.get(reference=reference).narrative == "From my phone."
    assert sam.send(page, fields | {"do": "mine"}).status_code == 302
    assert Incident.objects.get(reference=reference).narrative == "From my desk."


def test_the_same_answer_from_two_tabs_is_no_conflict(sam, draft):
    page = f"/reports/{draft.reference}/edit/words/"
    hidden, _ = read(sam.get(page))
    sam.fill(page, narrative="The same.")
    assert sam.send(page, hidden | {"narrative": "The same."}).status_code == 302


def test_an_autosave_that_meets_another_tabs_answer_says_so_and_keeps_the_text(sam, draft):
    page = f"/reports/{draft.reference}/edit/words/"
    hidden, _ = read(sam.get(page))
    sam.fill(page, narrative="From my phone.")
    response = sam.send(page, hidden | {"narrative": "From my desk."}, autosave=True)
    assert response.status_code == 409
    assert "changed in another tab" in response.json()["message"]
    assert KeptForm.objects.get(user=sam.user).values["fields"]["narrative"] == ["From my desk."]


def test_an_old_tab_after_submission_is_told_and_its_words_are_shown(sam, draft):
    page = f"/reports/{draft.reference}/edit/words/"
    hidden, _ = read(sam.get(page))
    world.submit(draft, by=sam.user)
    response = sam.send(page, hidden | {"narrative": "One thing more."})
    assert response.status_code == 409
    assert "One thing more." in read(response)[1]
    assert world.fresh(draft).narrative == ""
    assert sam.get(page)["Location"] == f"/reports/{draft.reference}/receipt/"
    assert sam.send(page, hidden | {"narrative": "x"}, autosave=True).status_code == 409


def test_each_save_is_in_the_audit_log_without_a_word_of_it(sam, draft):
    before = AuditEvent.objects.count()
    sam.fill(f"/reports/{draft.reference}/edit/words/", narrative="A secret.")
    event = AuditEvent.objects.order_by("-id")[0]
    assert AuditEvent.objects.count() == before + 1
    assert (event.action, event.object_id, event.subject_ids) == ("edit", draft.reference, [sam.user.pk])


# The measure


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options", "trace"])
def test_other_methods_are_refused(sam, method):
    start = sam.begin()
    response = getattr(sam.client, method)(f"{start}edit/who/")
    assert response.status_code == 405


def test_bad_positions_and_references_are_not_found(sam):
    for path in (
        "AR-2222-2222/edit/who/",
        "AR-7K3M-92QF/check/",
        "xx/edit/who/",
        "AR-2222-2222/edit/what/99999999999999999999/",
    ):
        assert sam.get(f"/reports/{path}").status_code == 404


def test_a_person_with_a_part_is_told_apart_by_position(sam, place):
    jo = world.make_person(place.team, family_name="Second")
    draft = world.make_draft(sam.user, conducts=[("punch",), ("bite",)], colleagues=[jo])
    sam.fill(f"/reports/{draft.reference}/edit/injured/2/", injury="both")
    assert list(Assault.objects.filter(incident=draft).order_by("position").values_list("injury", flat=True)) == [
        "",
        "both",
    ]


def test_a_look_at_a_page_of_a_returned_report_is_recorded_and_one_at_a_draft_is_not(sam, place, draft):
    from reports import actions

    boss = world.make_person(place.team, Role.SUPERVISOR)
    report = draft
    looks = AuditEvent.objects.filter(object_id=report.reference, outcome="seen", actor_id=sam.user.pk)
    sam.get(f"/reports/{report.reference}/edit/support/")
    assert not looks.exists()
    report = world.submit(report, by=sam.user)
    actions.return_for_changes(incident=report, reason="Which door?", by=boss, at=world.MONDAY)
    sam.get(f"/reports/{report.reference}/edit/support/")
    assert looks.get().facets == ["wish"]


def test_typed_text_that_waited_for_a_sign_in_is_on_its_page(sam, draft):
    page = f"/reports/{draft.reference}/edit/words/"
    hidden, _ = read(sam.get(page))
    sam.client.logout()
    response = sam.send(page, hidden | {"narrative": "Typed as the session ended."})
    assert response.status_code in (302, 403)
    assert Incident.objects.get(reference=page.split("/")[2]).narrative == ""
    again = Person(sam.user)
    assert "Typed as the session ended." in again.says(page)


def test_taking_somebody_off_the_list_keeps_what_was_chosen_about_the_others(sam, place):
    jo, ali = world.make_person(place.team), world.make_person(place.team)
    draft = world.make_draft(sam.user, conducts=[["punch"]] * 3, colleagues=[jo, ali])
    path = f"/reports/{draft.reference}/edit/people/"
    assert sam.fill(path, **{"consent-2": "agrees", "consent-3": "objects"}, do="remove:3").status_code == 302
    assert [(row.person_id, row.consent) for row in world.seen_by(sam.user, draft).assaults.all()] == [
        (sam.user.pk, "self"),
        (jo.pk, "agrees"),
    ]
