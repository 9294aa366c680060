"""The release desk in a browser: from the period that is due to what is out, by two people; on a phone and a desk."""

from datetime import timedelta

import pytest
from django.urls import reverse

from figures import actions
from figures.actions import drawing
from figures.models import Draw, Release
from tests.figures.releasing import DAY, DUE, MAY, QUARTER, by_rule, make_desk, released
from tests.world import fresh

pytestmark = pytest.mark.django_db(transaction=True)
DESK = {"width": 1280, "height": 900}


@pytest.fixture
def desk(monkeypatch, transactional_db):
    monkeypatch.setattr(drawing, "gate", by_rule)
    made = make_desk()
    made.more(1, at=MAY - 30 * DAY)  # so reporting began with the quarter, and it is offered
    return made


def widths(page):
    """Give the width of the page and of what it shows: the same, or it slides sideways."""
    return page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")


def test_two_people_put_a_release_out(page, sign_in, check_page, desk):
    sign_in(page, desk.gail)
    page.goto("/home/")
    page.get_by_role("link", name="Releases").first.click()
    check_page(page, "releases-due")
    page.get_by_role("button", name="Draw a release").click()
    page.get_by_label("April to June 2026").check()
    check_page(page, "releases-draw")
    page.get_by_role("button", name="Draw it").click()
    check_page(page, "releases-asked")
    draw = Draw.objects.get()
    actions.draw(draw=draw, by=fresh(desk.gail), at=DUE + timedelta(hours=1))  # as the queue would
    page.reload()
    page.get_by_role("button", name="Approve this release").click()
    page.get_by_label("I have read every table").check()
    page.get_by_role("button", name="Approve").click()
    assert page.get_by_text("Approved. Somebody else of information governance publishes it.").is_visible()
    assert not page.get_by_role("button", name="Publish this release").count()
    page.context.clear_cookies()
    sign_in(page, desk.drew)
    page.goto(draw.get_absolute_url())
    page.get_by_role("button", name="Publish this release").click()
    page.get_by_label("Now").check()
    page.get_by_role("button", name="Publish").click()
    assert page.get_by_text("Published.", exact=True).is_visible()
    assert Release.objects.get().charts.exists()


def test_every_page_of_the_desk_on_a_phone_and_on_a_desk(page, sign_in, check_page, look, desk):
    out = Draw.objects.get(release=released(desk))
    actions.correct(draw=out, text="Months were shifted.", cubes=["C1"], by=fresh(desk.gail), at=DUE + 2 * DAY)
    late = DUE.replace(month=11, day=13)
    asked = actions.ask(force=desk.place.force, period="2026-27-Q2", by=fresh(desk.gail), at=late)
    waits = actions.draw(draw=asked, by=fresh(desk.gail), at=late)
    sign_in(page, desk.gail)

    def step(draw, name):
        return reverse("figures:release-step", args=[draw.key, name])

    shown = ["/releases/", out.get_absolute_url(), waits.get_absolute_url(), "/releases/draw/"]
    for size in (None, DESK):
        if size:
            page.set_viewport_size(size)
        for number, address in enumerate([*shown, "/releases/dates/", "/releases/facts/", step(waits, "set-aside")]):
            page.goto(address)
            width, fits = widths(page)
            assert width == fits, f"{address} slides sideways"
            check_page(page, f"release-desk-{'desk' if size else 'phone'}-{number}")
    asks = [step(waits, name) for name in ("approve", "set-aside")]
    asks += [step(out, name) for name in ("withdraw", "correct", "revise")]
    look("release", [*asks, "/releases/dates/", "/releases/facts/"])
    actions.approve(draw=waits, by=fresh(desk.gail), at=late)
    page.context.clear_cookies()
    sign_in(page, desk.drew)
    look("release", [step(waits, "publish")])
    assert out.period == QUARTER
