"""The messages as an administrator finds them on a phone and on a desk: each list, full and empty, and the words."""

import pytest
from django.utils import timezone

from campion import messages
from campion.models import Delivery
from campion.roles import Role
from tests import world
from tests.notify import Notify

pytestmark = pytest.mark.django_db(transaction=True)
DESK = {"width": 1280, "height": 900}
STATES = ("failed", "bounced", "waiting", "sent")


@pytest.fixture
def there(settings):
    server = Notify().use(settings)
    yield server
    server.end()


@pytest.fixture
def place():
    return world.make_force()


@pytest.fixture
def admin(page, sign_in, place):
    person = world.make_person(place.root, Role.ADMINISTRATOR)
    sign_in(page, person)
    return person


def outcome(place, cause, **fields):
    person = world.make_person(place.team, given_name="Wilhelmina", family_name="Featherstonehaugh-Cholmondeley")
    messages.tell([person], kind="late", cause=cause, at=timezone.now())
    delivery = Delivery.objects.get(message__to=person)
    Delivery.objects.filter(pk=delivery.pk).update(**fields)
    return delivery


def fill(place):
    now = timezone.now()
    for number, fault in enumerate(("NotifyKey", "NotifyValidationError", "Notify500")):
        outcome(place, f"f{number}", state="failed", attempts=12 if number else 1, fault=fault)
    for fault in ("permanent-failure", "temporary-failure", "technical-failure"):
        outcome(place, fault, state="bounced", attempts=1, sent_at=now, receipt="x", fault=fault)
    outcome(place, "w1", attempts=3, fault="Notify429")
    outcome(place, "w2")
    for number in range(3):
        outcome(place, f"s{number}", state="sent", attempts=1, sent_at=now, receipt="x")


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_the_lists(page, check_page, there, place, admin, size):
    if size == "desk":
        page.set_viewport_size(DESK)
    for state in STATES:
        page.goto(f"/messages/?state={state}")
        check_page(page, f"messages-empty-{state}-{size}")
    fill(place)
    for state in STATES:
        page.goto(f"/messages/?state={state}")
        check_page(page, f"messages-{state}-{size}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it slides sideways"


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_the_words(page, check_page, admin, size):
    if size == "desk":
        page.set_viewport_size(DESK)
    page.goto("/messages/words/")
    check_page(page, f"words-{size}")
    page.get_by_label("Subject").fill("About your assault")
    page.get_by_role("button", name="Look at it first").click()
    check_page(page, f"words-refused-{size}")
    page.get_by_label("Subject").fill("Something waits")
    page.get_by_role("button", name="Look at it first").click()
    check_page(page, f"words-looked-at-{size}")
    page.get_by_role("button", name="Use these words").click()
    check_page(page, f"words-kept-{size}")


def test_a_message_that_came_back_is_tried_again_and_arrives(page, there, place, admin):
    person = world.make_person(place.team, family_name="Moved")
    messages.tell([person], kind="late", cause="x", at=timezone.now())
    messages.send_due(at=timezone.now())
    there.became("permanent-failure")
    messages.learn_what_became(at=timezone.now() + messages.FIRST_ASK)
    page.goto("/messages/")
    page.get_by_role("link", name="Bounced (1)").click()
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("It is tried again within a minute.").wait_for()
    assert messages.send_due(at=timezone.now()) == 1
    assert len(there.accepted) == 2
