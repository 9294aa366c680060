"""Every page of signing in, with and without errors: one product, and open to everybody."""

from playwright.sync_api import expect

from tests.people import make_person

SIGNED_OUT = {
    "sign-in": "/sign-in/",
    "forgotten": "/sign-in/password/forgotten/",
    "forgotten-sent": "/sign-in/password/forgotten/sent/",
    "link-too-old": "/sign-in/password/new/1-abc/",
    "new-password-done": "/sign-in/password/new/done/",
    "force-cancelled": "/sign-in/force/cancelled/",
    "force-error": "/sign-in/force/error/",
}

SIGNED_IN = {
    "second-step": "/sign-in/second-step/",
    "app": "/sign-in/second-step/app/",
    "keys": "/sign-in/second-step/keys/",
    "key-add": "/sign-in/second-step/keys/add/",
    "devices": "/sign-in/devices/",
    "password": "/sign-in/password/",
    "sign-out": "/sign-in/out/",
}


# One test walks through several pages: a browser and a clean database cost more than a page does.


def test_the_pages_of_signing_in(page, check_page):
    for name, path in SIGNED_OUT.items():
        page.goto(path)
        expect(page.locator("h1")).to_have_count(1)
        check_page(page, f"account-{name}")
    leave_empty(page, check_page, "sign-in", "/sign-in/", "Sign in")
    leave_empty(page, check_page, "forgotten", "/sign-in/password/forgotten/", "Send the link")


def test_the_pages_of_ones_own_sign_in(page, check_page, sign_in):
    sign_in(page, make_person("reporter"))
    for name, path in SIGNED_IN.items():
        page.goto(path)
        expect(page.locator("h1")).to_have_count(1)
        check_page(page, f"account-{name}")
    leave_empty(page, check_page, "app", "/sign-in/second-step/app/", "Continue")
    leave_empty(page, check_page, "password", "/sign-in/password/", "Change the password")


def leave_empty(page, check_page, name, path, button):
    """Send a page's form with nothing in it, and follow each link of its error summary."""
    page.goto(path)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="There is a problem")).to_be_visible()
    assert page.title().startswith("Error: ")
    for link in page.locator(".govuk-error-summary a").all():
        expect(page.locator(link.get_attribute("href"))).to_be_visible()
    check_page(page, f"account-{name}-wrong")


def test_the_gallery(page, check_page):
    page.goto("/gallery/")
    check_page(page, "gallery")
    page.get_by_role("button", name="Send this form").click()
    assert page.title().startswith("Error: ")
    check_page(page, "gallery-wrong")
    page.get_by_role("link", name="Enter the date it happened.").first.click()
    expect(page.locator("#id_own-when-day")).to_be_focused()


def test_the_public_pages(page, check_page):
    for name in ("help", "accessibility", "privacy", "no-such-page"):
        page.goto(f"/{name}/")
        expect(page.locator("h1")).to_have_count(1)
        check_page(page, f"public-{name}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it slides sideways"
