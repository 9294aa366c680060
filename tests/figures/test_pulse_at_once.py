"""The anonymous question at the same moment twice, over connections of their own: asked once, answered once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from campion.roles import Role
from figures import pulse
from figures.models import PulseAnswer, PulseAsked
from figures.views import pulse as pages
from tests import world
from tests.people import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officer():
    return world.make_person(world.make_force().team, Role.REPORTER)


def at_once(*calls):
    """Make calls at the same moment, each with a connection of its own; give what each gave."""

    def run(call):
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(timeout=30) for future in [pool.submit(run, call) for call in calls]]


def test_two_answers_of_one_asking_are_one(officer, monkeypatch):
    """Somebody presses the button twice: both requests find the question open before either has answered it."""
    home, both = signed_in(officer), threading.Barrier(2)
    assert "One question" in home.get("/home/").content.decode()

    def found_open(request, look=pages._month):
        month = look(request)
        both.wait(timeout=20)
        return month

    monkeypatch.setattr(pages, "_month", found_open)

    def send():
        browser = Client()
        browser.cookies = home.cookies
        return browser.post("/home/question/", {"happened": "abused", "reported": "none"}).status_code

    assert at_once(send, send) == [302, 302]
    assert PulseAnswer.objects.count() == 1
    monkeypatch.undo()
    assert send() == 302 and PulseAnswer.objects.count() == 1


def test_two_pages_ask_once(officer):
    both = threading.Barrier(2)

    def ask():
        both.wait(timeout=20)
        return pulse.ask(world.fresh(officer), at=timezone.now())

    for _ in range(10):
        PulseAsked.objects.all().delete()
        assert sum(month is not None for month in at_once(ask, ask)) == 1
        assert PulseAsked.objects.count() == 1
