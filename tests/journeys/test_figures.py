"""Figures in a browser: the dashboard, the panel's page and the open data, on a phone, on a desk and on paper."""

import re

import pytest

from campion.roles import Role
from tests import people
from tests.figures import published
from tests.figures.published import publish
from tests.figures.test_open_data import HAPPENED

pytestmark = pytest.mark.django_db(transaction=True)
DESK = {"width": 1280, "height": 900}
OFFICE = ("/dashboard/", "/dashboard/?release=2026-27-Q1&beside=2025-26-Q4", "/dashboard/dictionary/",
          "/dashboard/pack/2026-27-Q1/")  # fmt: skip
OPEN = ("/figures/", "/figures/testshire/2026-27-Q1/", "/figures/method/", "/figures/dictionary/")


@pytest.fixture
def released():
    before = [publish(code, drawn=False, hidden=0) for code in ("2025-26-Q1", "2025-26-Q2", "2025-26-Q3", "2025-26-Q4")]
    year = publish("2025-26", hidden=0.12)
    return publish("2026-27-Q1", before=before, hidden=0.08, happened=HAPPENED), year


def widths(page):
    """Give the width of the page and of what it shows: the same, or it slides sideways."""
    return page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")


def test_the_office_on_a_phone_on_a_desk_and_on_paper(page, sign_in, check_page, released):
    sign_in(page, people.make_person(Role.PCC, unit="testshire"))
    for size in (None, DESK):
        if size:
            page.set_viewport_size(size)
        width = "desk" if size else "phone"
        for number, address in enumerate(OFFICE):
            assert page.goto(address).status == 200
            shown, fits = widths(page)
            assert shown == fits, f"{address} slides sideways on a {width}"
            check_page(page, f"figures-{width}-{number}")
    page.goto("/dashboard/")
    assert page.locator(".campion-chart--wide svg").first.is_visible()
    assert not page.locator(".campion-chart--narrow svg").first.is_visible()
    page.emulate_media(media="print")
    assert page.locator("#kinds table").first.is_visible(), "on paper the table stands beside its chart"
    assert not page.locator(".campion-choose").is_visible()
    check_page(page, "figures-print")
    page.goto("/dashboard/pack/2026-27-Q1/")
    check_page(page, "figures-print-pack")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1, "it says that it prints on one page"


def test_a_period_is_chosen_with_the_keyboard_alone(page, sign_in, check_page, released):
    sign_in(page, people.make_person(Role.PCC, unit="testshire"))
    page.goto("/dashboard/")
    page.get_by_label("Period").focus()
    page.keyboard.type("January to March")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Assaults and abuse, January to March 2026", exact=True).wait_for()
    page.locator("#kinds summary").focus()
    page.keyboard.press("Enter")
    assert page.locator("#kinds table").is_visible()
    check_page(page, "figures-chosen")


def test_the_open_data_on_a_phone_and_on_a_desk_without_a_cookie(page, check_page, released):
    published.correct(released[0], "One area was counted twice.", ["C3"])
    for size in (None, DESK):
        if size:
            page.set_viewport_size(size)
        for number, address in enumerate(OPEN):
            assert page.goto(address).status == 200
            shown, fits = widths(page)
            assert shown == fits, f"{address} slides sideways"
            check_page(page, f"open-figures-{'desk' if size else 'phone'}-{number}")
    assert page.context.cookies() == []
    page.emulate_media(media="print")
    page.goto("/figures/testshire/2026-27-Q1/")
    check_page(page, "open-figures-print")


def test_before_the_first_release(page, sign_in, check_page):
    page.goto("/figures/")
    check_page(page, "open-figures-none")
    sign_in(page, people.make_person(Role.PCC, unit="testshire"))
    page.goto("/dashboard/")
    check_page(page, "figures-none")
    page.goto("/dashboard/?area=north")
    check_page(page, "figures-refused")
