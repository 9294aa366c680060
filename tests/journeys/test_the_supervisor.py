"""What a supervisor does with a report, without scripts and by keyboard alone, each page and each error looked at."""

import re
from datetime import timedelta

import pytest
import time_machine

from campion.roles import Role
from reports.models import Incident
from tests import world
from tests.journeys.walking import KeyboardWalk, Walk
from tests.world import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def three_in_the_morning():
    with time_machine.travel(MONDAY, tick=True):
        yield


@pytest.fixture
def desk():
    """A supervisor, another who may be the officer in the case, and two reports of one event."""
    place = world.make_force()
    supervisor = world.make_person(place.team, Role.SUPERVISOR, family_name="Sergeant")
    world.make_person(place.team, Role.SUPERVISOR)
    world.make_person(place.other_team, family_name="Finder")
    writer, other = (world.make_person(place.team) for _ in range(2))
    return supervisor, writer, world.make_submitted_incident(writer), world.make_submitted_incident(other)


def every_verb(walk, report, second, *, again):
    """Do every verb that a supervisor has, from the queue on; `again` has the writer submit the report again."""
    page, base = walk.page, f"/reports/{report.reference}/"
    page.goto("/reports/queue/")
    walk.arrive("Reports to review")
    walk.press(report.reference)
    walk.arrive("Report of")

    walk.press("Ask for changes")
    walk.arrive("Ask for changes")
    walk.press("Send it back")
    walk.arrive("Ask for changes")
    walk.fill("What should be changed?", "Say which door it was.")
    walk.press("Send it back")
    walk.arrive("Report of")
    again()

    page.goto(base)
    walk.press(f"Record that you spoke to {report.assaults.get().person.name}")
    walk.arrive("Record that you spoke")
    walk.press("Record it")
    walk.arrive("Record that you spoke")
    walk.choose("By phone")
    walk.press("Record it")
    walk.arrive("Report of")

    walk.press("Correct an answer")
    walk.arrive("Correct an answer")
    page.goto(f"{base}correct/place_type/")
    walk.press("Correct it")
    walk.arrive("Correct kind of place")
    walk.choose("Custody block")
    walk.fill("Why is it corrected?", "The officer said so.")
    walk.press("Correct it")
    walk.arrive("Report of")

    walk.press("Name the officer in the case")
    walk.arrive("Name the officer")
    walk.fill("Staff number, or the first letters of the surname", "Finder")
    walk.press("Find")
    walk.arrive("Name the officer")
    walk.press("Name this officer")
    walk.arrive("Name the officer")
    walk.choose("Sam Finder")
    walk.press("Name this officer")
    walk.arrive("Report of")

    walk.press("Merge it with another report")
    walk.arrive("Merge it")
    walk.press("Compare the two")
    walk.arrive("Merge it")
    walk.choose(second.reference)
    walk.press("Compare the two")
    walk.arrive("the same event")
    walk.press("Merge them")
    walk.arrive("the same event")
    walk.choose(report.reference)
    walk.fill("How do you know that it is the same event?", "One call, two reports.")
    walk.press("Merge them")
    walk.arrive("Report of")

    walk.press("Accept this report")
    walk.arrive("Accept this report")
    walk.press("Accept")
    walk.arrive("Report of")
    walk.press("Keep this to a few people")
    walk.arrive("Keep this to a few people")
    walk.press("Keep it to a few people")
    page.wait_for_url(lambda address: "few-readers" not in address)


def done(report, second):
    report, second = (Incident.objects.get(pk=row.pk) for row in (report, second))
    assert (report.status, second.status, report.restricted) == ("accepted", "merged", True)
    assert report.officer_in_case.family_name == "Finder"
    assert report.place_type.label == "Custody block"


def test_every_verb_works_without_javascript(browser, browser_context_args, sign_in, desk):
    supervisor, writer, report, second = desk
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, supervisor)
    every_verb(Walk(page, lambda *_: None, "no-script"), report, second, again=lambda: world.submit(report, by=writer))
    done(report, second)
    context.close()


def test_every_verb_works_by_keyboard_alone_and_every_page_and_error_is_accessible(page, sign_in, check_page, desk):
    supervisor, writer, report, second = desk
    sign_in(page, supervisor)
    every_verb(
        KeyboardWalk(page, check_page, "supervisor"), report, second, again=lambda: world.submit(report, by=writer)
    )
    done(report, second)


WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def test_the_figures_of_a_supervisors_units_and_the_lists_that_they_lead_to(page, sign_in, check_page, desk):
    supervisor, writer, report, _ = desk
    told = [
        (40, "threat-to-kill"),
        (45, "spit"),
        (100, "verbal-abuse"),
        (101, "push-grab"),
        (160, "punch"),
        (300, "bite"),
    ]
    for days, conduct in told:
        world.make_submitted_incident(writer, conducts=[[conduct]], happened=MONDAY - timedelta(days=days))
    sign_in(page, supervisor)
    page.goto("/reports/queue/")
    page.get_by_role("link", name="Figures of your units").click()
    page.get_by_role("heading", name="Figures of your units", level=1).wait_for()
    for size, name in ((PHONE, "figures"), (WIDE, "figures-wide")):
        page.set_viewport_size(size)
        check_page(page, f"supervisor-{name}")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_role("link", name=re.compile("8.*see to review")).click()
    page.get_by_role("heading", name="8 reports, December 2025 to December 2026").wait_for()
    check_page(page, "supervisor-figures-list")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.goto("/reports/queue/figures/")
    page.get_by_label("Months").select_option(label="November 2026")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=re.compile("2.*see to review")).wait_for()
    check_page(page, "supervisor-figures-month")
    page.get_by_label("Months").select_option(label="January 2026")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("No report that you may review happened in these months.").wait_for()
    check_page(page, "supervisor-figures-none")
    page.goto("/reports/queue/figures/?period=yesterday")
    check_page(page, "supervisor-figures-no-choice")
    assert report.reference not in page.content()
