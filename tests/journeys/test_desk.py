"""The welfare desk in a browser: a case is claimed, handed over, given away and taken back; every page through axe."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from campion.roles import Role
from tests import world
from tests.victims.cases import offer_to
from tests.victims.test_desk import lead_of
from victims import actions
from victims.models import Referral


@pytest.fixture
def desk(transactional_db):
    """A desk of three with cases in every list: (lead, colleague, a case that nobody carries)."""
    place, now = world.make_force(), timezone.now()
    lead = lead_of(place.root, given_name="Lea", family_name="Leading")
    ben = world.make_person(place.root, Role.WELFARE, given_name="Ben", family_name="Baker")
    made = []
    for support, days, conducts in (("yes", 0, "punch"), ("", 9, "punch"), ("yes", 1, "spit"), ("later", 3, "punch")):
        at = now - timedelta(days=days, minutes=5)
        made.append(offer_to(world.make_person(place.team), support=support, at=at, conducts=[[conducts]]))
    for offer in made[1:3]:
        actions.claim(referral=offer, by=ben, at=now)
    return lead, ben, made[0]


WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def test_the_desk_from_claim_to_hand_over_and_a_leavers_cases(desk, page, sign_in, check_page):
    lead, ben, free = desk

    def both_widths(name):
        check_page(page, f"desk-{name}")
        page.set_viewport_size(WIDE)
        check_page(page, f"desk-{name}-wide")
        page.set_viewport_size(PHONE)

    sign_in(page, lead)
    page.goto("/support/desk/?tab=waiting")
    both_widths("list")
    page.goto("/support/desk/?tab=closed")
    check_page(page, "desk-empty")
    page.goto(f"/support/{free.reference}/")
    both_widths("case")
    page.get_by_role("button", name="Claim this case").click()
    page.get_by_text(f"You carry {free.reference} now.").wait_for()
    assert Referral.objects.get(pk=free.pk).owner == lead
    page.goto(f"/support/{free.reference}/close/")
    both_widths("close")
    page.goto(f"/support/{free.reference}/put-back/")
    page.get_by_role("button", name="Put it back").click()
    check_page(page, "desk-put-back-sent")
    page.goto(f"/support/{free.reference}/hand-over/")
    both_widths("hand-over")
    page.get_by_label("Ben Baker").check()
    page.get_by_role("button", name="Hand it over").click()
    page.get_by_text(f"Ben Baker carries {free.reference} now.").wait_for()
    page.goto("/support/team/")
    both_widths("team")
    page.get_by_role("link", name="Figures of your teams by month").click()
    page.get_by_role("heading", name="Figures of your teams", level=1).wait_for()
    both_widths("figures")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_label("Months").select_option(index=len(page.get_by_label("Months").locator("option").all()) - 1)
    page.get_by_role("button", name="Show").click()
    page.get_by_text("Nobody was offered support in these months").wait_for()
    check_page(page, "desk-figures-none")
    page.get_by_role("link", name="Back to your team").click()
    page.get_by_role("link", name=re.compile("Give them to others.*Ben Baker")).click()
    both_widths("reassign")
    page.get_by_label("Lea Leading").check()
    page.get_by_role("button", name="See what it comes to").click()
    page.get_by_role("heading", name="Check before you give 3 cases away").wait_for()
    both_widths("preview")
    page.get_by_role("button", name="Give them away").click()
    page.get_by_text("3 cases went to Lea Leading.").wait_for()
    page.get_by_role("button", name=re.compile("Take back.*3 cases from Lea Leading")).click()
    page.get_by_text("3 cases went back.").wait_for()
    assert Referral.objects.filter(owner=ben).count() == 3


def test_somebody_names_a_deputy(desk, page, sign_in, check_page):
    lead, _, _ = desk
    sign_in(page, lead)
    page.goto("/support/deputies/")
    page.get_by_label("Staff number, or the first letters of the surname").fill("Baker")
    page.get_by_role("button", name="Find").click()
    check_page(page, "desk-deputies-found")
    page.get_by_role("radio", name="Ben Baker").check()
    last = timezone.localdate() + timedelta(days=3)
    for group, day in (("First day", timezone.localdate()), ("Last day", last)):
        boxes = page.get_by_role("group", name=group)
        for label, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            boxes.get_by_label(label, exact=True).fill(str(value))
    page.get_by_role("button", name="Name this deputy").click()
    page.get_by_text("Ben Baker stands in for you on those days.").wait_for()
    check_page(page, "desk-deputies")
