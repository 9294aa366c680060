"""Every form about what is owed is sent what nobody should send: a clear answer, or the form again; never a 500."""

import pytest
from django.urls import reverse
from time_machine import travel

from tests.house.test_bad_input import QUERIES, Sender
from tests.people import signed_in
from tests.stage import once
from tests.victims.duty_cast import NOON, Duties
from tests.victims.test_plan import complain
from tests.world import fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def at_noon():
    with travel(NOON, tick=False):
        yield


@once
def cast():
    return Duties()


def at(name, *args):
    return reverse(f"victims:{name}", args=args)


def test_the_pages_of_duties_answer_whatever_is_sent(cast):
    event = cast.arrest()
    arrest = cast.clock("told-of-arrest", event=event).key
    row = complain(cast)
    pages = {
        "officer": [
            at("duty", arrest), at("duty-set-aside", arrest), at("duty-waiting", arrest),
            at("duty", cast.clock("few-interviews").key), at("duties-of-event", event.key),
            at("duty-statement", cast.clock("victim-personal-statement").key),
        ],
        "supervisor": [at("duty", cast.clock("command-and-union-told").key)],
        "governor": [at("complaint-acknowledge", row.key), at("complaint-answer", row.key)],
        "writer": [at("duty", cast.clock("claim-for-compensation").key)],
    }  # fmt: skip
    sender = Sender()
    for who, addresses in pages.items():
        client = signed_in(fresh(getattr(cast, who)))
        for address in addresses:
            sender.send(client, address)
    assert sender.tried >= 4 * sum(map(len, pages.values()))
    assert {"text", "radio", "textarea"} <= sender.kinds_that_met_all()


def test_the_lists_answer_whatever_stands_in_the_address(cast):
    event = cast.arrest()
    for who, pages in {
        "officer": [at("duties"), at("duties-of-event", event.key)],
        "supervisor": [at("plan-desk"), at("plan", cast.reference)],
        "governor": [at("complaints")],
    }.items():
        client = signed_in(fresh(getattr(cast, who)))
        for turn, address in enumerate(pages):
            own = ("report=%00", "report=%ED%A0%80", "show=x", "form=%00", "form=update")
            for query in (*(QUERIES[::2] if turn else QUERIES), *own):
                assert client.get(f"{address}?{query}").status_code < 500, f"{address}?{query}"
