"""Saving as you type, and the warning before a session ends, in a real browser with a clock that is moved."""

import re

import pytest
from django.template import Context, Template
from playwright.sync_api import expect

PAGE = Template("""{% extends "base.html" %}{% block title %}Trial{% endblock %}{% block content %}
<h1 class="govuk-heading-l">Trial</h1>
<form method="post" action="/trial/"{{ autosave }} novalidate>
  <input type="hidden" name="seen" value="1">
  <label class="govuk-label" for="words">Words</label>
  <textarea class="govuk-textarea" id="words" name="words"></textarea>
  {% govuk "button" text="Continue" %}
</form>{% endblock %}""")


class Server:
    """Stands in for the service at /trial/ and /session/, and keeps what it was sent."""

    def __init__(self, page, *, autosave=" data-autosave", left=900, at_most=36000):
        self.saves, self.submitted, self.stays = [], [], 0
        self.answers, self.loads = [], 0
        session = {"left": left, "at_most": at_most, "idle": 900, "warn": 120}
        self.html = PAGE.render(
            Context({"signed_in": True, "session": session, "navigation": [], "autosave": autosave})
        )
        page.route("**/trial/", self.trial)
        page.route("**/session/", self.session)

    def trial(self, route):
        request = route.request
        if request.method == "GET":
            self.loads += 1
            route.fulfill(body=self.html, content_type="text/html")
        elif request.headers.get("x-autosave") == "1":
            self.saves.append(request.post_data)
            answer = self.answers.pop(0) if self.answers else None
            if answer == "lost":
                route.abort()
            elif answer:
                route.fulfill(status=answer[0], json=answer[1])
            else:
                number = len(self.saves) + 1
                route.fulfill(json={"saved_at": "2026-03-27T03:12:09Z", "seen": str(number)})
        else:
            self.submitted.append(request.post_data)
            route.fulfill(body="<title>x</title><h1>Sent</h1>", content_type="text/html")

    def session(self, route):
        self.stays += 1
        route.fulfill(json={"seconds_left": 900})


@pytest.fixture
def open_page(page):
    """Give a function that opens the page with its clock under control."""

    def open_page(**given):
        server = Server(page, **given)
        page.clock.install()
        page.goto("/trial/")
        page.locator("body.js-enabled").wait_for()
        return server

    return open_page


def test_what_is_typed_is_saved_two_seconds_after_the_last_change(page, open_page):
    server = open_page()
    page.get_by_label("Words").fill("He spat")
    page.clock.run_for(1500)
    page.get_by_label("Words").press_sequentially(" at me")
    page.clock.run_for(1500)
    assert server.saves == []
    page.clock.run_for(1000)
    expect(page.get_by_role("status")).to_have_text("Saved 03:12")
    assert server.saves == ["seen=1&words=He+spat+at+me"]
    expect(page.locator("[name=seen]")).to_have_value("2")
    page.clock.run_for(60000)
    assert len(server.saves) == 1, "nothing changed, so nothing was sent"
    page.get_by_label("Words").press_sequentially("!")
    page.clock.run_for(3000)
    expect(page.locator("[name=seen]")).to_have_value("3")
    assert server.saves[1].startswith("seen=2&")


def test_a_save_that_fails_is_tried_again_and_nothing_is_stopped(page, open_page):
    server = open_page()
    server.answers = [(429, {}), (429, {})]
    page.get_by_label("Words").fill("one")
    page.clock.run_for(2500)
    expect(page.get_by_role("status")).to_have_text("Not saved yet. We will try again")
    page.get_by_label("Words").press_sequentially(" two")
    expect(page.get_by_label("Words")).to_have_value("one two")
    page.clock.run_for(3000)
    page.wait_for_function("true")
    page.clock.run_for(15000)
    expect(page.get_by_role("status")).to_have_text("Saved 03:12")
    assert "one+two" in server.saves[-1]


def test_a_refusal_is_told_in_the_servers_own_words_and_not_repeated(page, open_page):
    server = open_page()
    server.answers = [(401, {"message": "You have been signed out. What you typed is kept."})]
    page.get_by_label("Words").fill("one")
    page.clock.run_for(2500)
    expect(page.get_by_role("status")).to_have_text("You have been signed out. What you typed is kept.")
    page.clock.run_for(120000)
    assert len(server.saves) == 1


def test_the_form_goes_off_once_and_with_the_newest_token(page, open_page):
    server = open_page()
    page.get_by_label("Words").fill("one")
    page.clock.run_for(2500)
    expect(page.locator("[name=seen]")).to_have_value("2")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading")).to_have_text("Sent")
    assert server.submitted == ["seen=2&words=one"]


def test_the_page_is_saved_when_it_is_left(page, open_page):
    server = open_page()
    page.get_by_label("Words").fill("leaving")
    with page.expect_request(lambda request: request.headers.get("x-autosave") == "1"):
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    expect(page.get_by_role("status")).to_have_text("Saved 03:12")
    assert server.saves == ["seen=1&words=leaving"]


def test_the_warning_comes_at_13_minutes_holds_the_focus_and_gives_it_back(page, open_page, check_page):
    server = open_page(autosave="")
    page.get_by_label("Words").focus()
    page.clock.run_for(12 * 60000)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_hidden()
    page.clock.run_for(65000)
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("heading", name="You will be signed out soon")).to_be_focused()
    expect(dialog).to_contain_text("2 minutes")
    check_page(page, "session-warning")
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_label("Words")).to_be_focused()
    assert server.stays == 1
    page.clock.run_for(12 * 60000)
    expect(dialog).to_be_hidden()


def test_escape_means_i_am_here(page, open_page):
    server = open_page(left=100)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert server.stays == 1


def test_a_page_with_nothing_unsaved_is_left_when_the_session_ends(page, open_page):
    server = open_page(left=10)
    page.clock.run_for(5000)
    with page.expect_navigation():
        page.clock.run_for(10000)
    assert server.loads == 2


def test_what_is_saved_nowhere_stays_on_the_page_when_the_session_ends(page, open_page):
    server = open_page(autosave="", left=100)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_label("Words").fill("still here")
    page.clock.run_for(16 * 60000)
    expect(page.get_by_role("dialog")).to_contain_text("You have been signed out")
    page.get_by_role("button", name="Go back to the page").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_label("Words")).to_have_value("still here")
    assert server.loads == 1


def test_a_contact_in_one_tab_is_known_in_the_other(page, open_page):
    open_page(left=300)
    second = page.context.new_page()
    server = Server(second, left=900)
    second.goto("/trial/")
    second.locator("body.js-enabled").wait_for()
    page.clock.run_for(200000)
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert server.loads == 1


def test_leaving_a_public_page_leaves_no_way_back(page):
    page.route("https://www.bbc.co.uk/**", lambda route: route.fulfill(body="<title>x</title>weather"))
    page.goto("/privacy/")
    page.goto("/help/")
    page.locator("body.js-enabled").wait_for()
    page.get_by_role("link", name="Leave this page").click()
    page.wait_for_url(re.compile("bbc"))
    page.go_back()
    assert page.url.endswith("/privacy/")
