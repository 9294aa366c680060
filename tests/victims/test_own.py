"""The person's own side: what they read and do, what nobody else can, and what is left in the log."""

import re
import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from time_machine import travel

from campion.models import AuditEvent, Message
from campion.roles import Role
from reports import actions as reports
from reports.models import Assault
from tests import world
from tests.people import signed_in
from tests.stage import once
from tests.victims.cases import MONDAY, assault_of, fresh, merge, offer_to
from victims import actions
from victims.actions import care, clocks
from victims.models import Complaint, Consent, Contact, PersonalStatement, Referral, Satisfaction, SupportService

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
NOON = MONDAY + timedelta(hours=9)
READ = ("referral", "rights", "looked", "contacts", "consents", "people")
FORMS = ("choose", "contact", "go-to-service", "add-close", "add-speaker", "statement", "complain")
KEY = "7f3b9c1e-2a44-4e0b-9d61-0d8f1c2b3a45"


@pytest.fixture
def at_noon():
    with travel(NOON, tick=False):
        yield


@once
def place():
    return world.make_force()


@once
def sam(place):
    return world.make_person(place.team, Role.REPORTER)


@once
def offer(sam):
    return offer_to(sam)


@once
def desk(place):
    """A welfare officer of the whole force."""
    return world.make_person(place.root, Role.WELFARE, given_name="Robin", family_name="Desk")


@once
def carried(offer, sam, desk):
    """The case of somebody who said yes, carried by the desk."""
    actions.agree(referral=offer, by=sam, at=NOON)
    actions.claim(referral=offer, by=desk, at=NOON)
    return fresh(offer)


def address(name, offer, *more):
    return reverse(f"victims:{name}", args=[offer if isinstance(offer, str) else offer.reference, *more])


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


def get(client, name, offer, *more):
    response = client.get(address(name, offer, *more))
    assert response.status_code == 200, (name, response.status_code)
    return text_of(response)


# The first page ------------------------------------------------------------------------------------------------------


def test_the_first_page_says_what_is_next_what_is_owed_and_what_was_chosen(offer, sam):
    page = get(signed_in(sam), "referral", offer)
    for words in (
        "You choose whether you want support",
        "Say yes, and somebody gets in touch with you by Wednesday 23 December 2026.",
        "Due next",
        "Your rights under the Victims’ Code",
        "The force’s assault plan",
        "Yours to do, if you want",
        "731 days left",
        "How to reach me safely",
        "Say that a right was not met",
    ):
        assert words in page, words
    assert "Nobody has written down a contact with you yet" in page


def test_what_is_late_comes_first_and_says_by_how_much(offer, sam):
    with travel(NOON + timedelta(days=9), tick=False):
        client = signed_in(sam)
        page = get(client, "referral", offer)
        assert page.index(">Late<") < page.index(">Due next<")
        assert "Late by 9 days" in page
        assert "Something is late" in text_of(client.get("/support/"))


def test_the_first_line_says_what_is_late_and_whose_it_was_to_do(carried, sam, place):
    supervisor, officer = world.make_person(place.team, Role.SUPERVISOR), world.make_person(place.other_team)
    incident = assault_of(carried).incident
    reports.assign_officer(incident=incident, officer=officer, by=supervisor, at=MONDAY)
    others = carried.clocks.running().exclude(entitlement__code__in=["crime-recorded", "referral"])
    others.update(not_applicable="not-wanted", not_applicable_at=NOON)
    line = (
        f"Something is late, and that is not your doing. {officer.name}, the officer in the case, owed you this by "
        "Tuesday 22 December 2026: “Your crime recorded without unjustified delay”."
    )
    with travel(NOON + timedelta(days=1), tick=False):
        client = signed_in(sam)
        page = get(client, "referral", carried)
        first = page.split("What is next</h2>")[1]
        assert first.split("</p>")[0].endswith(f"<bdi>{line}</bdi>")
        assert line in text_of(client.get("/support/"))
    with travel(NOON + timedelta(days=9), tick=False):
        page = get(signed_in(sam), "referral", carried)
        assert line in page and "We are late." in page, "that nobody reached them is said once, beside it"
        assert "other thing" not in page
    clocks.settle_all(
        fresh(carried), codes=["crime-recorded"], met_at=NOON, by=officer, at=NOON, facts={"number": "1"}
    )  # fmt: skip
    assert "Something is late" not in get(signed_in(sam), "referral", carried)


def test_several_late_things_are_counted_in_the_first_line(offer, sam):
    with travel(NOON + timedelta(days=9), tick=False):
        page = get(signed_in(sam), "referral", offer)
        assert re.search(r"[\w ]+ owed you this by .*?: “[^”]+”\. \d+ other things are late too\.", page)


def test_who_carries_the_case_is_named_and_can_be_written_to(carried, sam):
    page = get(signed_in(sam), "referral", carried)
    assert "<bdi>Robin Desk</bdi> of the welfare desk carries your case." in page
    assert "Robin Desk of the welfare desk gets in touch with you by Wednesday 23 December 2026." in page
    assert "Tell us below how to reach you safely." in page


def test_after_reaching_them_the_next_thing_owed_is_what_is_next(carried, sam, desk):
    care.record_contact(
        referral=carried, happened_at=NOON, channel="call", direction="out", outcome="spoke", words="A long talk.",
        shared=True, key=uuid.uuid4(), by=desk, at=NOON, confirmed=True,
    )  # fmt: skip
    client = signed_in(sam)
    page = get(client, "referral", carried)
    assert "We spoke, by phone" in page
    assert "sees to it." in page
    assert "A long talk." in get(client, "contacts", carried)
    care.arrange(
        referral=carried, meets_at=NOON + timedelta(days=1), with_whom="Robin", place="The library", key=uuid.uuid4(),
        by=desk, at=NOON,
    )  # fmt: skip
    assert "You meet Robin, at 12:" in get(client, "referral", carried)


def test_a_contact_that_is_not_shared_is_not_shown(carried, sam, desk):
    care.record_contact(
        referral=carried, happened_at=NOON, channel="call", direction="out", outcome="no-answer", words="Not for them.",
        shared=False, key=uuid.uuid4(), by=desk, at=NOON, confirmed=True,
    )  # fmt: skip
    client = signed_in(sam)
    assert "Not for them." not in get(client, "contacts", carried)
    assert "We tried" not in get(client, "referral", carried)


def test_somebody_who_did_not_file_the_report_has_the_same_page(place, sam):
    colleague = world.make_person(place.team)
    world.make_submitted_incident(sam, colleagues=[colleague], among=False)
    theirs = Referral.objects.get(person=colleague)
    assert "What is owed to you" in get(signed_in(colleague), "referral", theirs)
    assert signed_in(sam).get(address("referral", theirs)).status_code == 404


def test_each_case_stands_alone_in_the_list(offer, sam):
    second = offer_to(sam)
    page = text_of(signed_in(sam).get("/support/"))
    assert address("referral", offer) in page
    assert address("referral", second) in page


def test_a_yes_after_the_end_opens_the_case_again(carried, sam, desk):
    ended = {"closed_at": NOON, "closed_by": desk, "outcome": "helped", "due_on": None}
    Referral.objects.filter(pk=carried.pk).update(**ended)
    client = signed_in(sam)
    page = get(client, "referral", carried)
    assert "The welfare desk closed this on Monday 21 December 2026. If you want more, say yes again" in page
    assert "How has it been for you?" in page
    assert "Your case has ended." in get(client, "satisfaction", carried)
    client.post(address("choose", carried), {"choice": "agree"})
    assert fresh(carried).closed_at is None
    assert "took your case on" in get(client, "looked", carried)


def test_a_joined_case_leads_to_the_one_that_stays(offer, sam):
    other = offer_to(sam)
    merge(assault_of(other).incident, assault_of(offer).incident, by=sam, at=NOON)
    assert signed_in(sam).get(address("referral", other)).url == address("referral", offer)


# Asking without a report ---------------------------------------------------------------------------------------------


def test_support_without_a_report_tells_nobody_but_the_desk(sam, desk, place):
    supervisor = world.make_person(place.team, Role.SUPERVISOR)
    client = signed_in(sam)
    page = text_of(client.get("/support/refer/"))
    assert "No supervisor and no manager is told" in page
    response = client.post("/support/refer/")
    own = Referral.objects.get(person=sam)
    assert response.url == address("contact", own)
    assert client.post("/support/refer/").url == address("contact", own)
    assert Referral.objects.count() == 1
    assert not Message.objects.filter(to=supervisor).exists()
    assert own.reference in text_of(signed_in(desk).get("/support/desk/"))
    assert own.reference not in text_of(signed_in(supervisor).get("/support/"))
    page = get(client, "referral", own)
    assert "You asked for support on Monday 21 December 2026" in page
    assert "The report that it goes with" not in page
    for name in (*READ, *FORMS):
        assert client.get(address(name, own)).status_code == 200, name
    assert "You asked for support yourself" in get(client, "looked", own)


@pytest.mark.parametrize("act", [actions.decline, actions.already_supported])
def test_asking_again_after_a_no_is_a_yes_that_the_desk_sees(sam, desk, act):
    own = actions.refer_oneself(by=sam, at=MONDAY)
    act(referral=own, by=sam, at=MONDAY)
    assert own.reference not in text_of(signed_in(desk).get("/support/desk/"))
    signed_in(sam).post("/support/refer/")
    again = Referral.objects.get(person=sam)
    assert (again.state, again.chosen_at) == ("accepted", NOON)
    assert again.clocks.running().get(entitlement__code="self-referral-answered").started_at == NOON
    assert own.reference in text_of(signed_in(desk).get("/support/desk/"))


def test_somebody_from_outside_cannot_ask(place):
    outside = signed_in(world.make_person(place.root, Role.PCC))
    assert outside.get("/support/refer/").status_code == outside.post("/support/refer/").status_code == 404
    assert not Referral.objects.exists()


# What is owed --------------------------------------------------------------------------------------------------------


def test_everything_owed_is_there_with_who_and_from_when(offer, sam):
    page = get(signed_in(sam), "rights", offer)
    for words in (
        "Your crime recorded without unjustified delay",
        "24 hours after the police were first told, at ",
        "2 working days after the police were first told, on Monday 21 December 2026. Weekends and bank",
        "Point 4 of the assault plan",
        "The officer in the case",
        "The rule says",
    ):
        assert words in page, words
    for clock in offer.clocks.select_related("entitlement"):
        assert clock.entitlement.title in page
    with travel(NOON + timedelta(days=9), tick=False):
        client = signed_in(sam)
        assert f"{address('complain', offer)}?about=crime-recorded" in get(client, "rights", offer)
        form = text_of(client.get(f"{address('complain', offer)}?about=crime-recorded"))
        assert re.search(r'value="crime-recorded" selected', form)


# Reaching them safely ------------------------------------------------------------------------------------------------


def test_every_way_and_hour_is_kept_and_shown_again(offer, sam):
    client = signed_in(sam)
    answer = {
        "channel": "text", "contact": "07700 900 982", "safe_ways": ["text", "email"], "may_leave_message": "no",
        "say_who_calls": "no", "safe_times": "not at home", "quiet_from": "9pm", "quiet_until": "7am",
        "nights_until_on-day": "3", "nights_until_on-month": "1", "nights_until_on-year": "2027",
        "helps": ["bsl", "companion"], "needs": "Polish",
    }  # fmt: skip
    assert client.post(address("contact", offer), answer).status_code == 302
    kept = fresh(offer)
    assert kept.safe_ways == ["text", "email"]
    assert (kept.quiet_from.hour, kept.quiet_until.hour, kept.nights_until_on) == (21, 7, date(2027, 1, 3))
    assert kept.needs == "British Sign Language\nSomebody comes along with me\nPolish"
    page = get(client, "referral", offer)
    for words in ("07700 900 982", "Also safe: email", "Not between 21:00 and 07:00", "No message", "Polish"):
        assert words in page, words
    form = get(client, "contact", offer)
    assert 'value="Polish"' in form
    assert re.search(r'value="bsl"[^>]* checked', form)
    assert 'value="21:00"' in form


def test_anything_may_be_skipped(offer, sam):
    assert signed_in(sam).post(address("contact", offer), {}).status_code == 302
    kept = fresh(offer)
    assert kept.contact_at is not None
    assert (kept.channel, kept.may_leave_message, kept.say_who_calls) == ("", False, False)


# Writing to whoever carries it ---------------------------------------------------------------------------------------


def test_a_note_waits_for_whoever_carries_it_and_is_kept_once(carried, sam, desk):
    client = signed_in(sam)
    for _ in range(2):
        client.post(address("contacts", carried), {"key": KEY, "words": "I sleep <badly>."})
    note = Contact.objects.get(referral=carried)
    assert (note.direction, note.words, note.entered_by) == ("in", "I sleep <badly>.", sam)
    assert "I sleep &lt;badly&gt;." in get(client, "contacts", carried)
    assert Message.objects.get(kind="case-note").to == desk


def test_a_note_before_anybody_carries_it_is_kept(offer, sam):
    client = signed_in(sam)
    assert "Whoever takes it on reads this first" in get(client, "contacts", offer)
    client.post(address("contacts", offer), {"key": KEY, "words": "Please ring after nights."})
    assert Contact.objects.filter(referral=offer).count() == 1
    assert not Message.objects.filter(kind="case-note").exists()


def test_a_key_of_another_case_is_refused_with_a_sentence(offer, sam):
    other = offer_to(sam)
    client = signed_in(sam)
    client.post(address("contacts", other), {"key": KEY, "words": "There."})
    response = client.post(address("contacts", offer), {"key": KEY, "words": "Here."})
    assert response.status_code == 422
    assert "This page belongs to another case" in text_of(response)
    assert "Here." in text_of(response)


# Services and consent ------------------------------------------------------------------------------------------------


def yes_to(code, *, how="desk", shares=("name", "contact")):
    return {"service": code, "how": how, "shares": list(shares)}


def test_a_yes_to_a_service_is_kept_and_taken_back_with_one_press(offer, sam):
    client = signed_in(sam)
    response = client.post(address("go-to-service", offer), yes_to("victim-support"))
    assert response.url == address("consents", offer)
    given = Consent.objects.get(referral=offer)
    assert (given.how, given.shares, given.recorded_by) == ("self", ["name", "contact"], sam)
    page = get(client, "consents", offer)
    assert "You said yes; not told yet" in page
    assert "May know: your name; how to reach you safely." in page
    response = client.post(address("take-back", offer, given.key), follow=True)
    assert "You took your yes back. Victim Support is told nothing more from now on." in text_of(response)
    assert Consent.objects.get(pk=given.pk).withdrawn_at is not None
    assert client.post(address("take-back", offer, given.key)).status_code == 302
    assert "Victim Support" not in get(client, "referral", offer).split("Services that may know")[1][:600]


def test_a_yes_in_a_case_that_was_joined_is_shown_in_the_other_and_taken_back_there(offer, sam):
    other = offer_to(sam)
    actions.go_to_service(
        referral=other, code="victim-support", shares=["name"], by_the_person=True, by=sam, at=NOON
    )  # fmt: skip
    merge(assault_of(other).incident, assault_of(offer).incident, by=sam, at=NOON)
    client, given = signed_in(sam), Consent.objects.get()
    assert str(given.key) in get(client, "consents", offer)
    assert client.post(address("take-back", offer, given.key)).url == address("consents", offer)
    given.refresh_from_db()
    assert given.withdrawn_at == NOON and given.onward.get().state == "withdrawn"


def test_somebody_who_went_there_themselves_says_so(offer, sam):
    client = signed_in(sam)
    client.post(address("go-to-service", offer), yes_to("victim-support", how="self", shares=["name"]))
    assert offer.onward.get().by_the_person
    assert "You went there yourself" in get(client, "consents", offer)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({}, "Choose a service"),
        (yes_to("unison"), "Choose one of the answers in the list"),
        (yes_to("mind-blue-light"), "Choose one of the answers in the list"),
        (yes_to("victim-support", shares=()), "Tick at least one"),
        (yes_to("victim-support", how="post"), "Choose one of the answers in the list"),
        (yes_to("victim-support", shares=("everything",)), "Choose from the answers in the list"),
    ],
)
def test_a_yes_that_cannot_be_taken_says_why(offer, sam, answer, sentence):
    response = signed_in(sam).post(address("go-to-service", offer), answer)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert not Consent.objects.exists()


def test_the_action_itself_refuses_a_service_that_ended(offer, sam):
    with pytest.raises(actions.Refused, match="not there any more"):
        actions.go_to_service(
            referral=offer, code="mind-blue-light", shares=["name"], by_the_person=False, by=sam, at=NOON
        )


# People --------------------------------------------------------------------------------------------------------------


def test_somebody_speaks_for_the_person_until_they_do_not(offer, sam):
    client = signed_in(sam)
    answer = {"key": KEY, "name": "Alex Rep", "kind": "federation", "check_word": "heron", "may_hear": ["support"]}
    assert client.post(address("add-speaker", offer), answer).url == address("people", offer)
    page = get(client, "people", offer)
    assert "Alex Rep" in page
    assert "heron" in page
    assert "1 person" in get(client, "referral", offer)
    who = offer.representatives.get()
    client.post(address("end-speaker", offer, who.key))
    assert "Alex Rep" not in get(client, "people", offer)
    assert offer.representatives.get().ended_at is not None


def test_somebody_close_is_named_and_their_number_kept_only_after_their_yes(offer, sam):
    client = signed_in(sam)
    answer = {"key": KEY, "name": "Kim", "relation": "partner", "how": "", "contact": "07700 900 111"}
    response = client.post(address("add-close", offer), answer)
    assert response.status_code == 422
    assert "Ask them first" in text_of(response)
    assert client.post(address("add-close", offer), answer | {"how": "in-person"}).status_code == 302
    kim = offer.related_people.get()
    assert (kim.name, kim.contact, kim.consent_how) == ("Kim", "07700 900 111", "in-person")
    client.post(address("end-close", offer, kim.key))
    assert offer.related_people.get().ended_at is not None


def test_an_unknown_key_is_unknown(offer, sam):
    client = signed_in(sam)
    for name in ("take-back", "end-speaker", "end-close"):
        assert client.post(address(name, offer, uuid.uuid4())).status_code == 404
        assert client.get(address(name, offer, uuid.uuid4())).status_code == 405
    assert client.get(address("complaint", offer, uuid.uuid4())).status_code == 404


# Statement, complaint, how it was ------------------------------------------------------------------------------------


def test_the_person_chooses_about_a_statement_and_the_officer_still_owes_their_word(offer, sam):
    client = signed_in(sam)
    client.post(address("statement", offer), {"choice": "yes", "reading": "other"})
    made = PersonalStatement.objects.get(referral=offer)
    assert (made.choice, made.reading, made.chosen_at) == ("yes", "other", NOON)
    assert offer.clocks.running().filter(entitlement__code="victim-personal-statement").exists()
    assert "Yes, I want to make one" in get(client, "referral", offer)
    client.post(address("statement", offer), {"choice": "no", "reading": "other"})
    made.refresh_from_db()
    assert (made.choice, made.reading) == ("no", "")


def test_a_no_to_a_statement_that_was_taken_is_the_officers_to_hear(offer, sam):
    PersonalStatement.objects.create(
        referral=offer, offered_at=NOON, offered_by=sam, choice="yes", chosen_at=NOON, taken_on=NOON.date()
    )
    response = signed_in(sam).post(address("statement", offer), {"choice": "no"})
    assert response.status_code == 422
    assert "You have made a statement already" in text_of(response)


def test_a_complaint_goes_past_the_line_and_has_a_limit(offer, sam, place):
    supervisor = world.make_person(place.team, Role.SUPERVISOR)
    client = signed_in(sam)
    response = client.post(address("complain", offer), {"about": "crime-recorded", "words": "Nobody gave a number."})
    made = Complaint.objects.get()
    assert response.url == address("complaint", offer, made.key)
    assert made.about.code == "crime-recorded"
    assert (made.clock.entitlement.code, made.clock.owed_by) == ("complaint-acknowledged", "governance")
    page = get(client, "complaint", offer, made.key)
    for words in ("With information governance", "Right 2 of the Victims’ Code", "Nobody gave a number.", "By "):
        assert words in page, words
    assert "Your complaint of 21 December 2026" in get(client, "referral", offer)
    assert signed_in(supervisor).get(address("complaint", offer, made.key)).status_code == 404
    assert not Message.objects.filter(to=supervisor, kind__contains="complaint").exists()


def test_more_words_go_to_the_complaint_that_waits(offer, sam):
    client = signed_in(sam)
    for words in ("The first thing.", "And another.", "And another."):
        client.post(address("complain", offer), {"about": "", "words": words})
    made = Complaint.objects.get()
    assert made.words == "The first thing.\n\nAdded on 21 December 2026:\nAnd another."


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [({"about": ""}, "Say what was not done"), ({"about": "told-of-outcome", "words": "x"}, "Choose from the list")],
)
def test_a_complaint_that_cannot_be_taken_says_why(offer, sam, answer, sentence):
    response = signed_in(sam).post(address("complain", offer), answer)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert not Complaint.objects.exists()


def test_how_it_was_is_asked_after_four_weeks_and_once(offer, sam):
    client = signed_in(sam)
    assert client.get(address("satisfaction", offer)).url == address("referral", offer)
    with travel(NOON + timedelta(days=28), tick=False):
        client = signed_in(sam)
        assert "How has it been for you?" not in get(client, "referral", offer)
        actions.agree(referral=offer, by=sam, at=NOON)
        assert "How has it been for you?" in get(client, "referral", offer)
        assert "It has been four weeks" in get(client, "satisfaction", offer)
        assert client.post(address("satisfaction", offer), {"score": "4", "words": "Kind."}).status_code == 302
        said = Satisfaction.objects.get()
        assert (said.asked, said.score, said.words) == ("28-days", 4, "Kind.")
        assert client.post(address("satisfaction", offer), {"score": "1"}).status_code == 302
        assert Satisfaction.objects.count() == 1
        assert "How has it been for you?" not in get(client, "referral", offer)


# The directory -------------------------------------------------------------------------------------------------------


def test_the_directory_is_for_ones_own_kind_of_work_and_leaves_no_line(place):
    client = signed_in(world.make_person(place.team, worker_type="pcso"))
    before = AuditEvent.objects.count()
    page = text_of(client.get("/support/services/"))
    assert AuditEvent.objects.count() == before
    for words in (
        "UNISON",
        "Samaritans",
        'href="tel:116123"',
        "For your family and friends",
        "A way outside the force",
    ):
        assert words in page, words
    assert "Mind Blue Light" not in page
    assert page.index("Samaritans") < page.index("UNISON")
    assert "31 May 2027" in page


def test_a_service_whose_check_is_overdue_says_so(place):
    SupportService.objects.filter(code="unison").update(review_on=date(2026, 1, 1))
    client = signed_in(world.make_person(place.team, worker_type="pcso"))
    assert "This was to be checked by 1 January 2026" in text_of(client.get("/support/services/"))


# Everybody else ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.INSPECTOR, Role.GOVERNANCE, Role.ADMINISTRATOR])
def test_no_page_of_a_case_is_known_to_anybody_else(offer, place, role):
    client = signed_in(world.make_person(place.team, role))
    for name in (*READ, *FORMS, "satisfaction"):
        for method in (client.get, client.post):
            assert method(address(name, offer)).status_code in (404, 405), name
    assert client.post(address("take-back", offer, KEY)).status_code == 404
    assert not AuditEvent.objects.filter(outcome="refused", object_id=offer.reference).exists()


def test_the_desk_does_none_of_it_for_them(carried, desk):
    client = signed_in(desk)
    for name in (*READ[1:], *FORMS, "satisfaction"):
        assert client.get(address(name, carried)).status_code == 403, name
        assert client.post(address(name, carried)).status_code in (403, 405), name


@pytest.mark.parametrize("name", [*READ, *FORMS])
def test_every_page_has_lines_to_ring_a_way_to_leave_and_is_in_the_log(offer, sam, name):
    page = get(signed_in(sam), name, offer)
    assert 'href="tel:116123"' in page
    assert "data-leave-page" in page
    assert AuditEvent.objects.filter(object_type="referral", object_id=offer.reference, outcome="seen").count() == 1


def test_nobody_acts_in_anothers_case(offer, place):
    stranger = world.make_person(place.team)
    for act, given in (
        (actions.write, {"words": "x", "key": uuid.uuid4()}),
        (actions.choose_statement, {"choice": "yes", "reading": ""}),
        (actions.complain, {"about": None, "words": "x"}),
        (actions.say_how_it_was, {"asked": "28-days", "score": 3, "words": ""}),
    ):
        with pytest.raises(actions.Refused, match="Only the person"):
            act(referral=offer, by=stranger, at=NOON, **given)
    assert Assault.objects.count() == 1


# Few queries ---------------------------------------------------------------------------------------------------------

MOST = {"referral": 10, "contacts": 9, "people": 9, "looked": 9, "choose": 7, "contact": 7, "go-to-service": 7}


@pytest.mark.parametrize("name", [*READ, *FORMS])
def test_a_page_takes_few_queries(offer, sam, name):
    from tests.victims.test_doors import queries_on

    client = signed_in(sam)
    client.get("/support/services/")
    found = queries_on(client, address(name, offer))
    assert len(found) <= MOST.get(name, 8), "\n".join(found)


def test_more_contacts_services_and_meetings_take_no_more_queries(carried, sam, desk):
    from tests.victims.test_doors import queries_on

    client = signed_in(sam)
    client.get("/support/services/")
    few = {name: len(queries_on(client, address(name, carried))) for name in READ}
    for number in range(12):
        care.record_contact(
            referral=carried, happened_at=NOON, channel="call", direction="out", outcome="no-answer", words="",
            shared=True, key=uuid.uuid4(), by=desk, at=NOON, confirmed=True,
        )  # fmt: skip
        care.arrange(
            referral=carried, meets_at=NOON + timedelta(days=number + 1), with_whom="Robin", place="",
            key=uuid.uuid4(), by=desk, at=NOON,
        )  # fmt: skip
    for code in ("victim-support", "samaritans", "police-care-uk", "trim"):
        actions.go_to_service(referral=carried, code=code, shares=["name"], by_the_person=True, by=sam, at=NOON)
    many = {name: len(queries_on(client, address(name, carried))) for name in READ}
    assert many == few


def test_the_list_takes_no_more_queries_for_more_cases(sam):
    from tests.victims.test_doors import queries_on

    offer_to(sam)
    client = signed_in(sam)
    client.get("/support/services/")
    few = queries_on(client, "/support/")
    for _ in range(3):
        offer_to(sam)
    assert len(queries_on(client, "/support/")) == len(few) <= 10, few
