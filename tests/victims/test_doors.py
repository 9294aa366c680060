"""Every address of the support area: the stranger, the refused, the success; and what the log keeps of each."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from campion import references
from campion.models import AuditEvent, BankHoliday, WorkerType
from campion.roles import Role
from reports.models import Assault
from tests import world
from tests.people import signed_in
from tests.stage import once
from tests.victims.cases import MONDAY, assault_of, fresh, merge, offer_to
from victims import actions
from victims.models import Clock, Referral, SupportService
from victims.permissions import Facet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
NOON = MONDAY + timedelta(hours=9)
PAGES = ("referral", "choose", "contact")


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
    return world.make_person(place.root, Role.WELFARE)


def address(name, offer):
    return reverse(f"victims:{name}", args=[offer if isinstance(offer, str) else offer.reference])


def text_of(response):
    return response.content.decode()


def later(day, month, year):
    """What a browser sends for "ask me again" with these three boxes."""
    return {
        "choice": "later", "ask_again_on-day": day, "ask_again_on-month": month, "ask_again_on-year": year,
    }  # fmt: skip


def looks_at(object_id):
    return AuditEvent.objects.filter(object_type="referral", object_id=object_id, outcome="seen")


# The person's own pages ----------------------------------------------------------------------------------------------


def test_the_person_reads_what_is_offered_by_when_and_what_is_next(offer, sam):
    page = text_of(signed_in(sam).get("/support/"))
    assert "After Monday 21 December 2026" in page
    assert "You choose whether you want support" in page
    assert "Owed to you:" in page
    assert "Say yes, no or later" in page
    assert looks_at("own").get().subject_ids == [sam.pk]


def test_somebody_without_an_offer_still_finds_services_and_leaves_no_line(sam):
    page = text_of(signed_in(sam).get("/support/"))
    assert "Nothing is offered to you here yet" in page
    assert 'href="tel:116123"' in page
    assert not AuditEvent.objects.filter(object_type="referral").exists()


@pytest.mark.parametrize(
    ("worker_type", "there", "not_there"),
    [
        (WorkerType.POLICE_OFFICER, ["Police Federation", "Victim Support"], ["UNISON"]),
        (WorkerType.PCSO, ["UNISON", "Victim Support"], ["Police Federation"]),
        (WorkerType.AGENCY, ["Victim Support", "Samaritans"], ["UNISON", "Police Federation"]),
    ],
)
def test_services_are_those_open_to_ones_worker_type_today(place, worker_type, there, not_there):
    page = text_of(signed_in(world.make_person(place.team, worker_type=worker_type)).get("/support/services/"))
    assert all(name in page for name in there)
    assert not any(name in page for name in [*not_there, "Mind Blue Light"])


def test_a_way_outside_the_force_is_shown_even_when_none_is_open_to_a_worker_type(sam):
    SupportService.objects.filter(independent=True).update(eligible="volunteer")
    assert 'href="tel:116123"' in text_of(signed_in(sam).get("/support/"))


@pytest.mark.parametrize("path", ["/support/", "referral", "choose", "contact"])
def test_every_page_has_lines_to_ring_and_a_way_to_leave(offer, sam, path):
    page = text_of(signed_in(sam).get(path if path.startswith("/") else address(path, offer)))
    assert 'href="tel:116123"' in page
    assert "data-leave-page" in page


def test_the_person_reads_one_offer_and_the_look_is_recorded_first(offer, sam):
    response = signed_in(sam).get(address("referral", offer))
    page = text_of(response)
    assert response.status_code == 200
    assert "What is next" in page
    line = looks_at(offer.reference).get()
    assert (line.actor_id, line.subject_ids) == (sam.pk, [sam.pk])
    assert set(line.facets) == set(Facet)


@pytest.mark.parametrize(
    ("answer", "state", "said"),
    [
        ({"choice": "agree"}, "accepted", "You said yes"),
        ({"choice": "decline"}, "declined", "You said no for now"),
        ({"choice": "supported"}, "supported", "You said that you have support already"),
        (
            later("5", "1", "2027"),
            "later",
            "We will ask you again on Tuesday 5 January 2027",
        ),
    ],
)
def test_the_person_chooses_and_may_choose_again(offer, sam, answer, state, said):
    client = signed_in(sam)
    response = client.post(address("choose", offer), answer, follow=True)
    assert response.status_code == 200
    assert said in text_of(response)
    assert fresh(offer).state == state
    client.post(address("choose", offer), {"choice": "agree"})
    assert fresh(offer).state == "accepted"


def test_a_yes_without_a_way_to_be_reached_asks_for_one(offer, sam):
    response = signed_in(sam).post(address("choose", offer), {"choice": "agree"})
    assert response.url == address("contact", offer)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({}, "Choose an answer"),
        ({"choice": "perhaps"}, "Choose one of the answers in the list"),
        ({"choice": "later"}, "Enter the date on which to ask you again"),
        (later("31", "2", "2027"), "real date"),
        (later("21", "12", "2026"), "on or after"),
        (later("1", "1", "9999"), "on or before"),
        (later("9" * 5000, "1", "10000"), "day"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_taken_says_why_and_changes_nothing(offer, sam, answer, sentence):
    response = signed_in(sam).post(address("choose", offer), answer)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert "There is a problem" in text_of(response)
    assert fresh(offer).state == "offered"


def test_a_date_typed_before_another_answer_was_chosen_is_no_fault(offer, sam):
    answer = {"choice": "decline", "ask_again_on-day": "99", "ask_again_on-month": "", "ask_again_on-year": "x"}
    assert signed_in(sam).post(address("choose", offer), answer).status_code == 302
    assert fresh(offer).state == "declined"


def test_the_person_says_how_to_be_reached(offer, sam):
    client = signed_in(sam)
    answer = {"channel": "text", "contact": "07700 900 982", "safe_times": "after nights", "may_leave_message": "no"}
    page = text_of(client.post(address("contact", offer), answer, follow=True))
    assert "We will reach you only in the way you said." in page
    assert "07700 900 982" in page
    offer = fresh(offer)
    assert (offer.channel, offer.contact, offer.may_leave_message) == ("text", "07700 900 982", False)
    assert "07700 900 982" in text_of(client.get(address("contact", offer)))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"channel": "pigeon"}, "Choose one of the answers in the list"),
        ({"quiet_from": "9pm"}, "Give both ends of the hours, or neither"),
        ({"quiet_from": "9pm", "quiet_until": "21:00"}, "these hours begin and end at the same time"),
        ({"quiet_from": "teatime", "quiet_until": "21:00"}, "Enter a time like"),
        ({"nights_until_on-day": "31", "nights_until_on-month": "2", "nights_until_on-year": "2027"}, "real date"),
        ({"safe_ways": ["call", "pigeon"]}, "Choose from the answers in the list"),
        ({"channel": "call", "contact": "", "may_leave_message": "no"}, "Enter a phone number"),
        ({"channel": "call", "contact": "my mum", "may_leave_message": "no"}, "Enter a phone number"),
        ({"channel": "email", "contact": "07700 900982", "may_leave_message": "no"}, "Enter an email address"),
        ({"channel": "call", "contact": "0" * 5000, "may_leave_message": "no"}, "200 characters or fewer"),
        ({"channel": "in-person", "safe_times": "x" * 501, "may_leave_message": "no"}, "500 characters or fewer"),
    ],
)
def test_a_way_to_be_reached_that_cannot_be_used_is_named(offer, sam, answer, sentence):
    response = signed_in(sam).post(address("contact", offer), answer)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert fresh(offer).contact_at is None


def test_half_a_character_is_refused_and_nothing_is_changed(offer, sam):
    form = "application/x-www-form-urlencoded"
    response = signed_in(sam).post(address("contact", offer), "channel=call&contact=%ED%A0%80", content_type=form)
    assert response.status_code == 400
    assert fresh(offer).contact_at is None


def test_what_was_typed_stays_on_the_page(offer, sam):
    answer = {
        "channel": "email",
        "contact": "not an address",
        "safe_times": "after <nights>",
        "may_leave_message": "no",
    }
    page = text_of(signed_in(sam).post(address("contact", offer), answer))
    assert "not an address" in page
    assert "after &lt;nights&gt;" in page


def test_a_late_offer_says_that_it_is_late(offer, sam):
    actions.agree(referral=offer, by=sam, at=NOON)
    with travel(MONDAY + timedelta(days=3, hours=12), tick=False):
        page = text_of(signed_in(sam).get(address("referral", offer)))
    assert "was to get in touch by Wednesday 23 December 2026. We are late." in page


def test_who_looked_is_told_as_roles_and_times(offer, sam, desk):
    client = signed_in(desk)
    client.get("/support/desk/")
    client.get(address("referral", offer))
    page = text_of(signed_in(sam).get(address("looked", offer)))
    assert "Welfare officer" in page
    assert "In the list of the welfare desk" in page
    assert "Opened this, without your contact details" in page
    assert desk.family_name not in page


def test_an_offer_that_was_merged_leads_to_the_one_that_stays(offer, sam, place):
    colleague = world.make_person(place.team)
    incident = world.make_submitted_incident(colleague, colleagues=[sam], among=False)
    other = Referral.objects.get(assault__incident=incident)
    merge(assault_of(other).incident, assault_of(offer).incident, by=colleague, at=NOON)
    client = signed_in(sam)
    assert client.get(address("referral", other)).url == address("referral", offer)
    assert other.reference not in text_of(client.get("/support/"))
    assert client.post(address("choose", other), {"choice": "agree"}).status_code == 302
    assert (fresh(offer).state, fresh(other).state) == ("accepted", "merged")


# Unseen is unknown ---------------------------------------------------------------------------------------------------


def unknown_reference():
    return references.make("SU")


STRANGERS = {
    "a supervisor of the unit": lambda place: world.make_person(place.team, Role.SUPERVISOR),
    "a supervisor of the force": lambda place: world.make_person(place.root, Role.SUPERVISOR, over=place.root),
    "a colleague": lambda place: world.make_person(place.team, Role.REPORTER),
    "an administrator": lambda place: world.make_person(place.root, Role.ADMINISTRATOR),
    "governance": lambda place: world.make_person(place.root, Role.GOVERNANCE),
    "the commissioner's office": lambda place: world.make_person(place.root, Role.PCC),
    "the desk of another area": lambda place: world.make_person(place.other_team, Role.WELFARE),
    "the desk of another force": lambda place: world.make_person(world.make_force("elsewhere").root, Role.WELFARE),
}


@pytest.mark.parametrize("stranger", STRANGERS, ids=list(STRANGERS))
def test_a_stranger_cannot_tell_an_offer_from_none(offer, place, stranger):
    client = signed_in(STRANGERS[stranger](place))
    unknown = unknown_reference()
    for name in PAGES:
        for method in (client.get, client.head, client.post):
            theirs, nobodys = method(address(name, offer)), method(address(name, unknown))
            if name == "referral" and method == client.post:
                assert theirs.status_code == nobodys.status_code == 405
            else:
                assert theirs.status_code == nobodys.status_code == 404
            hide = (offer.reference.encode(), unknown.encode())
            assert theirs.content.replace(hide[0], b"") == nobodys.content.replace(hide[1], b"")
    assert fresh(offer).state == "offered"
    assert not looks_at(offer.reference).exists()
    refusals = AuditEvent.objects.filter(outcome="refused", object_type="referral")
    assert refusals.exists()
    assert not refusals.filter(object_id__in=[offer.reference, unknown]).exists()


def test_a_supervisor_reads_their_own_offer_like_anybody(place):
    supervisor = world.make_person(place.team, Role.SUPERVISOR)
    own = offer_to(supervisor)
    assert signed_in(supervisor).get(address("referral", own)).status_code == 200


@pytest.mark.parametrize("path", ["/support/", "/support/desk/", "/support/calendar/", *PAGES])
def test_nobody_comes_in_without_signing_in(client, offer, path):
    response = client.get(path if path.startswith("/") else address(path, offer))
    assert response.status_code == 302
    assert response.url.startswith("/sign-in/")


@pytest.mark.parametrize("reference", ["SU-0000-0000", "su-2222-2223", "SU-22222222", "1", "AR-2222-2222"])
def test_what_is_no_reference_is_unknown(sam, reference):
    assert signed_in(sam).get(f"/support/{reference}/").status_code == 404


# Few queries ---------------------------------------------------------------------------------------------------------


def queries_on(client, path):
    """Give the statements that a page takes, those about transactions aside."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    aside = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [query["sql"] for query in queries if not query["sql"].startswith(aside)]


@pytest.mark.parametrize(("name", "most"), [("referral", 10), ("choose", 7), ("contact", 7)])
def test_a_page_takes_few_queries(offer, sam, name, most):
    client = signed_in(sam)
    client.get("/support/")
    found = queries_on(client, address(name, offer))
    assert len(found) <= most, found


# The calendar --------------------------------------------------------------------------------------------------------


def test_an_administrator_sees_how_far_the_calendar_reaches_and_sets_dates(sam, place):
    kept = list(BankHoliday.objects.filter(nation="england-and-wales"))
    client = signed_in(world.make_person(place.root, Role.ADMINISTRATOR))
    assert "to the end of 2036" in text_of(client.get("/support/calendar/"))
    BankHoliday.objects.filter(nation="england-and-wales").delete()
    offer = offer_to(sam)
    page = text_of(client.get("/support/calendar/"))
    assert "No bank holidays are known yet" in page
    assert "1 offer of support has no date because of that" in page
    assert offer.reference not in page
    assert "There is no date yet" in text_of(signed_in(sam).get(address("rights", offer)))
    BankHoliday.objects.bulk_create(BankHoliday(nation=day.nation, on=day.on, name=day.name) for day in kept)
    undated = Clock.objects.without_a_date().count()
    assert f"{undated} dates set." in text_of(client.post("/support/calendar/", follow=True))
    assert Clock.objects.get(referral=offer, entitlement__code="referral").due_on == date(2026, 12, 23)


def test_the_calendar_is_for_administrators_alone(sam, desk):
    for person in (sam, desk):
        client = signed_in(person)
        assert client.get("/support/calendar/").status_code == 404
        assert client.post("/support/calendar/").status_code == 404


def test_a_look_that_cannot_be_recorded_shows_nothing(offer, sam, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("no log")

    monkeypatch.setattr("campion.audit.seen", fail)
    client = signed_in(sam)
    client.raise_request_exception = False
    response = client.get(address("referral", offer))
    assert response.status_code == 500
    assert offer.reference not in text_of(response)


def test_a_choice_is_not_taken_over_by_the_history_of_another(offer, sam, place):
    """What a person who was named by mistake chose is not told to the right one."""
    wrong = sam
    right = world.make_person(place.team)
    actions.decline(referral=offer, by=wrong, at=NOON)
    Assault.objects.filter(referral=offer).update(person=right)
    actions.follow_person(assault=assault_of(offer), by=wrong, at=NOON)
    page = text_of(signed_in(right).get(address("referral", offer)))
    assert "You said no" not in page
    assert "Not answered yet" in page
    assert "You said no" not in text_of(signed_in(right).get(address("looked", offer)))
