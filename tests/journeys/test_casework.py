"""A case in the hands of whoever carries it, in a browser: each page and each error through axe, phone and wide."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.victims import carried
from victims.models import Contact

WIDE = {"width": 1280, "height": 900}


@pytest.fixture
def scene(transactional_db):
    """A case with something of each kind, as of this morning."""
    made = carried.Scene(at=timezone.now() - timedelta(hours=10))
    made.said(
        channel="text", contact="07700 900982", safe_ways=("call",), safe_times="After noon; not at home",
        needs="An interpreter\nPolish",
    )  # fmt: skip
    return made


def test_every_page_of_a_case_and_what_it_says_to_an_empty_answer(scene, page, sign_in, look, check_page):
    sign_in(page, scene.carrier)
    pages = carried.everything(scene)
    case = scene.case.get_absolute_url()
    look("casework", [case, *pages.values()])
    page.set_viewport_size(WIDE)
    for name in ("assess", "record-contact", "consent"):
        page.goto(pages[name])
        check_page(page, f"casework-wide-{name}")


def test_from_a_call_that_was_not_safe_to_a_pack(scene, page, sign_in, check_page):
    sign_in(page, scene.carrier)
    case = scene.case.get_absolute_url()
    page.set_viewport_size(WIDE)
    page.goto(case)
    page.get_by_role("button", name="Record a contact").click()
    page.get_by_label("Phone call", exact=True).check()
    page.get_by_label("Left a message", exact=True).check()
    page.get_by_role("button", name="Keep it in the log").click()
    page.get_by_text("They did not say that a message may be left.").first.wait_for()
    check_page(page, "casework-not-safe")
    page.get_by_label("It was needed all the same. Keep it.").check()
    page.get_by_role("button", name="Keep it in the log").click()
    page.get_by_text("The contact is in the log.").wait_for()
    assert Contact.objects.count() == 1
    page.get_by_role("link", name="Record a yes to a service").click()
    page.get_by_label("Victim Support", exact=True).check()
    page.get_by_label("Name", exact=True).check()
    page.get_by_label("What they need", exact=True).check()
    page.get_by_label("By phone", exact=True).check()
    page.get_by_role("button", name="Keep their yes").click()
    page.get_by_role("link", name="Refer them to a service").click()
    check_page(page, "casework-refer")
    page.get_by_label("Victim Support", exact=True).check()
    page.get_by_role("button", name="Refer them").click()
    check_page(page, "casework-onward")
    page.get_by_role("link", name="Open the referral pack").click()
    page.get_by_label("To send it to the service").check()
    page.get_by_role("button", name="Open the pack").click()
    page.get_by_text("OFFICIAL-SENSITIVE").first.wait_for()
    check_page(page, "casework-pack")
    carried.everything(scene)
    page.goto(case)
    check_page(page, "casework-wide")
