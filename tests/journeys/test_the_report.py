"""From a phone at three in the morning to a supervisor and an offer of support, in a real browser."""

import re
from datetime import date

import pytest
import time_machine

from campion.roles import Role
from reports.models import Assault, Incident
from tests import world
from tests.journeys.walking import KeyboardWalk, Walk
from victims.models import Referral

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def three_in_the_morning():
    with time_machine.travel(world.MONDAY, tick=True):
        yield


@pytest.fixture
def place():
    return world.make_force()


@pytest.fixture
def officer(place):
    world.make_person(place.team, Role.SUPERVISOR)
    return world.make_person(place.team)


def spat_at(walk):
    """Report being spat at, as shortly as a person would, from the list of reports to the receipt."""
    walk.page.goto("/reports/")
    walk.arrive("reports")
    walk.press("Report an assault")
    walk.arrive("Who was assaulted")
    walk.choose("Me")
    walk.press("Continue")
    walk.arrive("When")
    walk.fill("What time?", "02:40")
    walk.press("Continue")
    walk.arrive("Where")
    walk.choose("Custody block")
    walk.press("Continue")
    walk.arrive("What was done to you")
    walk.choose("Spat at")
    walk.press("Continue")
    walk.arrive("First aid")
    walk.press("Continue")
    walk.arrive("Were you hurt")
    walk.choose("No")
    walk.press("Continue")
    walk.arrive("How did it reach you")
    walk.choose("Into an eye")
    walk.press("Continue")
    walk.arrive("Do you want support")
    walk.choose("Yes")
    walk.choose("Phone call")
    walk.fill("Your number or email address", "01632 960123")
    walk.press("Continue")
    walk.arrive("in your own words")
    walk.fill("Anything else, in your own words?", "He spat through the hatch.")
    walk.press("Continue")
    walk.arrive("Check your answers")
    walk.press("Submit")
    walk.arrive("Report submitted")


def test_being_spat_at_is_reported_in_twelve_pages_and_twenty_five_interactions(
    page, sign_in, check_page, officer, capsys
):
    sign_in(page, officer)
    walk = Walk(page, check_page, "spat-at")
    spat_at(walk)
    with capsys.disabled():
        print(f"\nSpat at, on a phone: {len(walk.pages)} pages, {walk.interactions} interactions.")
    assert len(walk.pages) <= 12
    assert walk.interactions <= 25
    assert Referral.objects.get().state == "accepted"


def test_it_works_without_javascript(browser, browser_context_args, sign_in, check_page, officer, transactional_db):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, officer)
    # axe itself is a script, so what it would find is checked with scripts on; here the way through is the test
    spat_at(Walk(page, lambda *_: None, "no-script"))
    assert Assault.objects.get().kind == "spitting"
    context.close()


def test_it_works_by_keyboard_alone(page, sign_in, officer):
    sign_in(page, officer)
    spat_at(KeyboardWalk(page, lambda *_: None, "keyboard"))
    assert Assault.objects.get().kind == "spitting"


def test_two_people_one_spat_at_and_all_that_follows(page, context, sign_in, check_page, place):
    supervisor = world.make_person(place.team, Role.SUPERVISOR, family_name="Sergeant")
    welfare = world.make_person(place.root, Role.WELFARE)
    officer = world.make_person(place.team, family_name="Reporter")
    colleague = world.make_person(place.team, family_name="Colleague")

    sign_in(page, officer)
    walk = Walk(page, check_page, "two-people")
    page.goto("/reports/")
    walk.press("Report an assault")
    walk.choose("Several of us")
    walk.choose("Yes, I was assaulted too")
    walk.press("Continue")
    walk.arrive("Who else was assaulted")
    walk.fill("Staff number, or the start of their surname", "Coll")
    walk.press("Find")
    walk.arrive("Who else was assaulted")
    page.get_by_role("button", name=re.compile("Add .*Colleague")).click()
    walk.arrive("Who else was assaulted")
    walk.choose("Yes, and they agree")
    walk.press("Continue")
    walk.fill("What time?", "02:40")
    walk.press("Continue")
    walk.choose("Custody block")
    walk.press("Continue")
    walk.arrive("What was done to you")
    walk.choose("Punched")
    walk.press("Continue")
    walk.choose("Yes, physically")
    walk.press("Continue")
    walk.arrive("What was done to Sam Colleague")
    walk.choose("Spat at")
    walk.press("Continue")
    walk.arrive("First aid")
    walk.press("Continue")
    walk.choose("I do not know yet")
    walk.press("Continue")
    walk.choose("Into an eye")
    walk.press("Continue")
    walk.arrive("Do you want support")
    walk.choose("Not now. Ask me later")
    walk.press("Continue")
    walk.press("Continue")
    walk.arrive("Check your answers")
    walk.press("Submit")
    walk.arrive("Report submitted")
    page.go_back()
    page.wait_for_load_state()
    walk.arrive("Report submitted|Check your answers|submitted already")

    report = Incident.objects.get()
    referrals = Referral.objects.order_by("assault__position")
    assert [r.person_id for r in referrals] == [officer.pk, colleague.pk]
    owed = [r.clocks.get(entitlement__code="referral").due_on for r in referrals]
    assert owed == [date(2026, 12, 23)] * 2

    sign_in(page, supervisor)
    page.goto("/reports/queue/")
    walk.arrive("")
    page.get_by_role("link", name=report.reference).click()
    page.wait_for_load_state()
    walk.arrive("")
    assert "support" not in page.locator("main").inner_text().lower().replace("your support", "")
    page.goto(f"/reports/{report.reference}/accept/")
    walk.arrive("Accept this report")
    walk.press("Accept")
    assert Incident.objects.get().status == "accepted"

    sign_in(page, officer)
    page.goto(f"/reports/{report.reference}/")
    walk.arrive("")
    assert "Accepted" in page.inner_text("main")
    page.goto(f"/reports/{report.reference}/who-looked/")
    walk.arrive("")
    assert "Sergeant" in page.inner_text("main") or "Supervisor" in page.inner_text("main")

    sign_in(page, colleague)
    page.goto(f"/support/{Referral.objects.get(person=colleague).reference}/")
    walk.arrive("After Monday 21 December 2026")
    assert "23 December" in page.inner_text("main")
    walk.choose("Yes, I would like support")
    walk.press("Save my answer")
    assert Referral.objects.get(person=colleague).state == "accepted"

    sign_in(page, welfare)
    page.goto("/support/desk/")
    walk.arrive("")
    shown = page.inner_text("main")
    assert all(r.reference in shown for r in referrals)
    assert "Colleague" not in shown and "spat" not in shown.lower()
