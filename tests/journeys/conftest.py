"""The ground of the journeys: the service on a port of its own, a phone-sized Chromium, and a check of every page.

Pictures are taken where they are asked for: `CAMPION_PICTURES=1 pytest tests/journeys` leaves one of each page in
test-results/. Taking them costs as much as a quarter of the journeys.
"""

import os
import re
import time

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator

from campion.local_install import find_browser
from tests import ground

PHONE = {"width": 390, "height": 844}
PICTURES = ground.ROOT / "test-results"
WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    "selectors": False,  # the element itself is shown; a selector for it is dear to find
}
ONLY_NEW_LOOKS = """;axe.configure({rules: [{id: "color-contrast", selector: "*:not([data-judged])"}]});"""
VIOLATIONS = """async ([options, judged]) => {
    const known = new Set(judged), looks = new Map(), fresh = new Set();
    for (const element of document.body.querySelectorAll("*")) {
        const {localName, className, type, disabled, parentElement} = element;
        const look = `${looks.get(parentElement)}>${[localName, className, type, disabled]}`;
        looks.set(element, look);
        known.has(look) ? element.setAttribute("data-judged", "") : fresh.add(look);
    }
    const found = await axe.run(document, options);
    return [[...fresh], found.violations.flatMap(
        violation => violation.nodes.map(node => [violation.id, violation.help, node.html]))];
}"""
_judged = set()
"""The looks whose contrast was found to be good: the elements and classes from the body down. It is most of a check."""


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """Start the machine's own Chromium; it can reach this machine and no other."""
    arguments = ["--disable-gpu", "--disable-dev-shm-usage"]
    arguments += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {"executable_path": find_browser(), "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(live_server):
    """Hold a phone, in London; `page.goto("/home/")` is enough."""
    return {"viewport": PHONE, "locale": "en-GB", "timezone_id": "Europe/London", "base_url": live_server.url}


@pytest.fixture
def context(context, transactional_db):
    """A browser context that fails its test on any error in the console: a refused script, a missing file, a slip."""
    context.set_default_timeout(15_000)
    errors = watch_console(context)
    yield context
    assert not errors, "the browser's console has errors:\n" + "\n".join(errors)


def watch_console(context):
    """Collect the errors that pages of this context put into the console; an answer of 4xx to a person is not one."""
    errors = []

    def note(message):
        refused = re.match(r"Failed to load resource: the server responded with a status of 4\d\d", message.text)
        if message.type == "error" and not (refused and "/static/" not in message.location.get("url", "")):
            errors.append(f"{message.text} ({message.location.get('url', '')})")

    context.on("console", note)
    context.on("weberror", lambda raised: errors.append(str(raised.error)))
    return errors


@pytest.fixture(autouse=True)
def _taps_last(monkeypatch):
    """Have a tap last until the page that it leads to is there: what a story reads next, it reads of that page."""
    click = Locator.click

    def click_and_wait(self, **options):
        click(self, **options)
        self.page.wait_for_load_state()

    monkeypatch.setattr(Locator, "click", click_and_wait)


@pytest.fixture
def sign_in(live_server):
    """Give a function that signs a person in, second factor and all, without walking through the pages for it."""

    def sign_in(page, person):
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session["account_authentication_methods"] = [
            {"method": "password", "at": time.time(), "email": person.email},
            {"method": "mfa", "at": time.time(), "type": "totp"},
        ]
        session["account_authentication_methods_user"] = str(person.pk)
        session.save()
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])

    return sign_in


@pytest.fixture
def check_page(context):
    """Give a function that fails on anything that axe finds against WCAG 2.2 AA, and takes a picture if asked to."""
    context.add_init_script(AXE_SCRIPT + ONLY_NEW_LOOKS)  # into each page as it loads, which is quicker than to send it

    def check_page(page, name):
        page.wait_for_load_state()  # a page that a key led to may have nothing in it yet
        take_picture(page, name)
        fresh, violations = page.evaluate(VIOLATIONS, [WCAG, list(_judged)])
        found = [
            f"{rule}: {says}: {html[:200]}" for rule, says, html in violations if not _is_of_govuk_frontend(rule, html)
        ]
        assert not found, f"{name} ({page.url}) is not accessible:\n" + "\n".join(found)
        _judged.update(fresh)

    return check_page


def take_picture(page, name):
    """Leave a picture of the whole page in test-results/, where CAMPION_PICTURES asks for pictures."""
    if os.environ.get("CAMPION_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def _is_of_govuk_frontend(rule, html):
    """Say whether this is GOV.UK Frontend's own choice: a radio or checkbox that reveals more says whether it has."""
    return rule == "aria-allowed-attr" and html.startswith("<input") and "aria-expanded" in html


@pytest.fixture
def look(page, check_page):
    """Give a function that checks each page, and what it says when its form is sent as it is and with nothing in it."""

    def look(name, pages, *, send=True):
        for address in pages:
            at = f"{name}-{address.strip('/').split('/', 2)[-1].replace('/', '-').replace('?', '-')}"
            answer = page.goto(address)
            assert answer.status == 200, f"{address} answers {answer.status}"
            check_page(page, at)
            form = page.locator("main form[method=post]:has(input:not([type=hidden]), textarea, select)").first
            if send and form.count():
                with page.expect_navigation():
                    form.evaluate(
                        """form => {
                            form.noValidate = true;
                            form.querySelectorAll('input[type=text], textarea').forEach(field => field.value = '');
                            form.querySelectorAll('input:checked').forEach(field => field.checked = false);
                            form.requestSubmit();
                        }"""
                    )
                check_page(page, f"{at}-sent")

    return look
