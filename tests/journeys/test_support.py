"""Support, on a phone: what is offered, a choice, a way to be reached, and the desk's list."""

import pytest

from campion.roles import Role
from tests import world
from tests.victims.cases import offer_to


@pytest.fixture
def place(transactional_db):
    return world.make_force()


def test_somebody_says_later_and_then_yes(page, sign_in, check_page, place):
    sam = world.make_person(place.team, Role.REPORTER)
    offer = offer_to(sam, conducts=[["spit"]])
    sign_in(page, sam)
    page.goto("/support/")
    check_page(page, "support-home")
    page.get_by_role("link", name="Say yes, no or later").click()
    check_page(page, "support-offer")
    page.get_by_role("button", name="Save my answer").click()
    assert page.get_by_text("There is a problem").is_visible()
    check_page(page, "support-choose-nothing")
    page.get_by_label("Not now. Ask me again on a date").check()
    page.get_by_label("Year").fill("")
    page.get_by_role("button", name="Save my answer").click()
    check_page(page, "support-choose-no-year")
    page.get_by_label("Yes, I would like support").check()
    page.get_by_role("button", name="Save my answer").click()
    check_page(page, "support-contact")
    page.get_by_role("radio", name="Phone call").check()
    page.get_by_label("Number or email address").fill("none")
    page.get_by_role("button", name="Save").click()
    check_page(page, "support-contact-wrong")
    page.get_by_label("Number or email address").fill("01632 960123")
    page.get_by_role("radio", name="No", exact=True).check()
    page.get_by_role("button", name="Save").click()
    assert "You said yes" in page.inner_text("main")
    check_page(page, "support-offer-accepted")
    offer.refresh_from_db()
    assert (offer.state, offer.channel) == ("accepted", "call")


def test_the_desk_and_its_pages(page, sign_in, check_page, place):
    sam = world.make_person(place.team, Role.REPORTER)
    offer = offer_to(sam, conducts=[["spit"]])
    desk = world.make_person(place.root, Role.WELFARE)
    sign_in(page, desk)
    page.goto("/support/desk/")
    check_page(page, "support-desk")
    page.get_by_label("Only urgent").check()
    page.get_by_role("button", name="Filter").click()
    check_page(page, "support-desk-filtered")
    page.goto(offer.get_absolute_url())
    check_page(page, "support-desk-offer")
    page.goto(f"{offer.get_absolute_url()}choose/")
    check_page(page, "support-not-yours")
    page.goto("/support/SU-2222-2222/")
    check_page(page, "support-unknown")


def test_it_works_without_javascript(browser, browser_context_args, sign_in, check_page, place):
    sam = world.make_person(place.team, Role.REPORTER)
    offer = offer_to(sam)
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, sam)
    page.goto(offer.get_absolute_url())
    page.get_by_label("No, thank you").check()
    page.get_by_role("button", name="Save my answer").click()
    assert "You said no for now" in page.content()
    offer.refresh_from_db()
    assert offer.state == "declined"
    context.close()


def test_the_calendar_of_an_administrator(page, sign_in, check_page, place):
    sign_in(page, world.make_person(place.root, Role.ADMINISTRATOR))
    page.goto("/support/calendar/")
    check_page(page, "support-calendar")
