"""Coming in for the first time, being signed out in the middle of things, and the page from which everybody starts."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from campion.roles import Role
from tests.journeys.conftest import PHONE, take_picture
from tests.people import PASSWORD, make_person

DESK = {"width": 1280, "height": 900}


@pytest.fixture
def look(check_page):
    """Check a page on a phone, and take a picture of it on a desk too."""

    def look(page, name):
        check_page(page, name)
        page.set_viewport_size(DESK)
        take_picture(page, f"{name}-wide")
        page.set_viewport_size(PHONE)

    return look


def sign_in_by_password(page, person):
    page.get_by_label("Work email address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_the_first_time_with_an_app(page, look):
    person = make_person()
    page.goto("/sign-in/devices/")
    sign_in_by_password(page, person)
    expect(page.get_by_text("choose a second step of signing in")).to_be_visible()
    look(page, "coming-in-second-step")
    page.get_by_role("link", name=re.compile("Set up an authenticator app")).click()
    page.get_by_text("I cannot point my phone at the picture").click()
    secret = page.locator("details .campion-code").inner_text().replace(" ", "")
    look(page, "coming-in-app")
    page.get_by_label("Code from the app").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    look(page, "coming-in-codes")
    page.get_by_role("link", name=re.compile("carry on")).click()
    expect(page).to_have_url(re.compile("/sign-in/devices/$"))
    look(page, "coming-in-devices")

    page.goto("/sign-in/out/")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/sign-in/devices/")
    sign_in_by_password(page, person)
    look(page, "coming-in-code-asked")
    page.get_by_role("textbox").fill("000000")
    page.get_by_role("button", name=re.compile("Continue|Sign in")).first.click()
    expect(page.get_by_text("That code is not correct").first).to_be_visible()
    look(page, "coming-in-code-wrong")


def test_with_a_passkey(page, settings, look):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    person = make_person()
    page.goto("/sign-in/devices/")
    sign_in_by_password(page, person)
    page.get_by_role("link", name="Add a passkey or security key").click()
    page.get_by_role("textbox").first.fill("My phone")
    if page.get_by_role("checkbox").count():
        page.get_by_role("checkbox").first.check()
    page.get_by_role("button").filter(has_text=re.compile("Add|Continue|Create")).first.click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto("/sign-in/out/")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/sign-in/?next=/sign-in/devices/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile("/sign-in/devices/$|/home/$|/reports/$"))


def test_signed_out_in_the_middle_and_where_everybody_starts(page, look, sign_in):
    for role in (Role.SUPERVISOR, Role.PCC, Role.WELFARE):
        sign_in(page, make_person(role))
        page.goto("/home/")
        expect(page.locator("h1")).to_have_count(1)
        look(page, f"home-{role}")
    Session.objects.all().delete()
    page.goto("/home/")
    expect(page.get_by_text("You have been signed out. Sign in to go on where you were.")).to_be_visible()
    look(page, "signed-out")
