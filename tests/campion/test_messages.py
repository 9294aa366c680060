"""A message leaves from its row, once, whoever sends and however often it is tried."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction

from campion import messages
from campion.models import Delivery
from tests import world

pytestmark = pytest.mark.django_db
LATER = world.MONDAY + timedelta(minutes=1)


@pytest.fixture
def somebody():
    return world.make_person(world.make_force().team, family_name="Canary-Surname")


def test_it_names_nobody_and_no_case(somebody):
    messages.tell([somebody], kind="report-waiting", cause="AR-2222-2222/1", at=world.MONDAY)
    assert messages.send_due(at=LATER) == 1
    (sent,) = mail.outbox
    words = sent.subject + sent.body
    assert sent.to == [somebody.email]
    for private in ("Canary-Surname", "AR-2222", "assault", "report", "injur", "support"):
        assert private not in words.lower().replace("canary-surname", "Canary-Surname")
    assert "/home/" in sent.body


def test_the_same_cause_tells_a_person_once(somebody):
    for _ in range(3):
        messages.tell([somebody], kind="report-waiting", cause="x/1", at=world.MONDAY)
    messages.send_due(at=LATER)
    assert messages.send_due(at=LATER + timedelta(hours=1)) == 0
    assert len(mail.outbox) == 1


def test_it_is_gone_with_the_cause_that_was_rolled_back(somebody):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        messages.tell([somebody], kind="report-waiting", cause="x/1", at=world.MONDAY)
        raise ZeroDivisionError
    assert messages.send_due(at=LATER) == 0


def test_somebody_without_an_address_is_passed_over():
    nobody = world.make_person(world.make_force().team, sign_in=False)
    messages.tell([nobody], kind="report-waiting", cause="x/1", at=world.MONDAY)
    assert not Delivery.objects.exists()


def test_a_server_that_is_down_is_tried_again_by_plan_and_at_last_shown_to_a_person(somebody, monkeypatch):
    def down(self):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", down)
    messages.tell([somebody], kind="report-waiting", cause="x/1", at=world.MONDAY)
    for attempt in range(1, 13):
        Delivery.objects.update(next_try_at=world.MONDAY)
        messages.send_due(at=LATER)
        assert Delivery.objects.get().attempts == attempt
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.fault) == ("failed", "SMTPServerDisconnected")


def test_a_message_that_another_sender_holds_is_left_alone(somebody):
    messages.tell([somebody], kind="report-waiting", cause="x/1", at=world.MONDAY)
    Delivery.objects.update(leased_until=LATER + timedelta(minutes=1))
    assert messages.send_due(at=LATER) == 0
    assert messages.send_due(at=LATER + timedelta(minutes=2)) == 1  # its lease ended: it died
