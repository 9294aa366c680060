"""Every page of a report and of support, and what each says to an empty answer, looked at by axe on a phone."""

import uuid

import pytest
import time_machine

from campion.roles import Role
from tests import world
from tests.world import MONDAY
from victims import actions as support
from victims.actions import care
from victims.models import Referral

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def three_in_the_morning():
    with time_machine.travel(MONDAY, tick=True):
        yield


@pytest.fixture
def place():
    return world.make_force()


def test_the_questions_and_sections(page, sign_in, look, place):
    officer, colleague = world.make_person(place.team), world.make_person(place.team)
    draft = world.make_draft(officer, colleagues=[colleague], conducts=[["spit"], ["punch"]], support="yes")
    sign_in(page, officer)
    base = f"/reports/{draft.reference}/"
    core = [
        "edit/who/",
        "edit/people/",
        "edit/when/",
        "edit/where/",
        "edit/what/1/",
        "edit/injured/2/",
        "edit/exposure/1/",
    ]
    sections = [
        f"section/{n}/" for n in ("place", "told", "activity", "weapons", "suspects", "crime", "witnesses", "privacy")
    ]
    parts = ["section/detail/1/", "section/injury/1/", "section/equipment/1/", "section/suspects/add/", "evidence/"]
    look("part", [base + page for page in (*core, *sections, *parts)])
    look(
        "list",
        ["/reports/", "/reports/new/", "/reports/blank/", f"{base}tasks/", f"{base}check/", f"{base}discard/"],
        send=False,
    )
    look("log", ["/reports/log/"])


def test_after_submission_on_both_sides(page, sign_in, look, place):
    supervisor = world.make_person(place.team, Role.SUPERVISOR)
    world.make_person(place.north, Role.SUPERVISOR)
    officer, colleague = world.make_person(place.team), world.make_person(place.team)
    other = world.make_submitted_incident(colleague)
    report = world.make_submitted_incident(officer, colleagues=[colleague], conducts=[["punch"], ["spit"]])
    base = f"/reports/{report.reference}/"

    sign_in(page, officer)
    look("own", [base + p for p in ("", "who-looked/", "receipt/", "sections/", "few-readers/")], send=False)
    look("own", [base + p for p in ("add/", "withdraw/", "who-must-not-see/")])
    sign_in(page, colleague)
    look("about-me", [base, base + "take-over/"], send=False)

    sign_in(page, supervisor)
    look(
        "queue",
        [f"/reports/queue/?tab={tab}" for tab in ("submitted", "duties", "returned", "accepted", "log")],
        send=False,
    )
    verbs = ["return/", "officer/", "contact/1/", "correct/", "correct/place_type/", "correct/conducts/1/", "merge/"]
    look("review", [base, *(base + verb for verb in verbs), f"{base}merge/{other.reference}/"])
    look("accept", [base + "accept/"], send=False)


def test_duties_restricted_reports_and_support(page, sign_in, look, place):
    world.make_person(place.team, Role.SUPERVISOR)
    officer = world.make_person(place.team)
    report = world.make_submitted_incident(officer, conducts=[["sexual-touching"]])
    late = world.make_submitted_incident(world.make_person(place.team))
    sign_in(page, world.make_person(place.root, Role.GOVERNANCE))
    look("governance", ["/home/", "/reports/restricted/", f"/reports/restricted/{report.reference}/"])
    with time_machine.travel(MONDAY.replace(day=23), tick=True):
        sign_in(page, world.make_person(place.root, Role.INSPECTOR))
        look("inspector", ["/reports/duties/"], send=False)
        assert late.reference in page.inner_text("main")
        sign_in(page, world.make_person(place.root, Role.WELFARE))
        look("welfare", ["/support/desk/"], send=False)
    sign_in(page, officer)
    offer = Referral.objects.get(person=officer).reference
    look("support", ["/support/", f"/support/{offer}/choose/", f"/support/{offer}/"])


OWN = (
    "", "rights/", "who-looked/", "contacts/", "consents/", "consents/give/", "people/", "people/close/",
    "people/speaks/", "my-statement/", "complain/", "how-it-was/", "choose/",
)  # fmt: skip
"""Every page of a person's own case, after its address, but for the one on which anything may be skipped."""


def test_the_persons_own_side(page, sign_in, look, check_page, place):
    """Late, carried, with somebody who speaks for them, a service that knows and a complaint: nothing is left empty."""
    sam, desk = world.make_person(place.team), world.make_person(place.root, Role.WELFARE)
    own = full_case(sam, desk)
    with time_machine.travel(MONDAY.replace(year=2027, month=1, day=20), tick=True):
        sign_in(page, sam)
        look("own-side", ["/support/", "/support/services/", "/support/refer/"], send=False)
        look("own-side", [f"/support/{own.reference}/{part}" for part in OWN])
        look("own-side", [f"/support/{own.reference}/complaint/{own.complaints.get().key}/"], send=False)
        look("own-side", [f"/support/{own.reference}/contact/"], send=False)
        page.get_by_label("Nobody should ring from").fill("teatime")
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Enter a time like").first.wait_for()
        check_page(page, "own-side-contact-sent")
        page.route("https://www.bbc.co.uk/**", lambda route: route.fulfill(body="Sunny"))
        page.goto("/support/services/")
        for _ in range(3):
            page.keyboard.press("Escape")
        page.wait_for_url("https://www.bbc.co.uk/weather")


def full_case(sam, desk):
    """Give the case of somebody who was spat at and said yes, in which everything was used once."""
    report = world.make_submitted_incident(sam, conducts=[["spit"]])
    own, by = Referral.objects.get(assault__incident=report), {"by": sam, "at": MONDAY}
    support.change_contact(referral=own, said=support.SafeContact("text", "07700 900 982", "after 3pm"), **by)
    support.agree(referral=own, **by)
    support.claim(referral=own, by=desk, at=MONDAY)
    care.record_contact(
        referral=own, happened_at=MONDAY, channel="text", direction="out", outcome="spoke", shared=True,
        words="How the night went, and what comes next.", key=uuid.uuid4(), by=desk, at=MONDAY, confirmed=True,
    )  # fmt: skip
    care.arrange(
        referral=own, meets_at=MONDAY.replace(year=2027, month=2), with_whom="A counsellor", place="The library",
        key=uuid.uuid4(), by=desk, at=MONDAY,
    )  # fmt: skip
    support.write(referral=own, words="Please not before three.", key=uuid.uuid4(), **by)
    support.go_to_service(referral=own, code="victim-support", shares=["name"], by_the_person=True, **by)
    support.add_representative(
        referral=own, name="Alex Rep", kind="federation", contact="07700 900 555", check_word="heron",
        may_hear=["support"], key=uuid.uuid4(), **by,
    )  # fmt: skip
    support.add_related(
        referral=own, name="Kim", relation="partner", how="in-person", contact="07700 900 111", needs="Somebody to ask",
        key=uuid.uuid4(), **by,
    )  # fmt: skip
    support.choose_statement(referral=own, choice="yes", reading="self", **by)
    support.complain(referral=own, about=None, words="Nobody told me who investigates.", **by)
    return Referral.objects.get(pk=own.pk)


def test_a_second_tab_and_a_stranger(page, sign_in, check_page, place):
    officer = world.make_person(place.team)
    draft = world.make_draft(officer, words="The first tab.")
    sign_in(page, officer)
    page.goto(f"/reports/{draft.reference}/edit/words/")
    world.answer(draft, "words", {"narrative": "The second tab."}, by=officer)
    page.get_by_role("textbox").fill("The third text.")
    page.get_by_role("button", name="Continue", exact=True).click()
    page.get_by_text("The second tab.").wait_for()
    assert "The third text." in page.content()
    check_page(page, "two-texts")
    sign_in(page, world.make_person(place.other_team))
    assert page.goto(f"/reports/{draft.reference}/").status == 404
    check_page(page, "unknown")
