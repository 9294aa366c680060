"""Messages by GOV.UK Notify: taken, refused, tried again, never twice, and what came back is shown to a person."""

import os
import re
import signal
from datetime import timedelta

import pytest
import requests
import time_machine
from django.core import mail

from campion import accounts_mail, messages, notify, post, tasks
from campion.models import Delivery
from campion.roles import Role
from campion.workflow import Refused
from tests import people, world
from tests.campion.test_messages_killed import forked
from tests.notify import Notify

pytestmark = pytest.mark.django_db
LATER = world.MONDAY + timedelta(minutes=1)
FREE = LATER + messages.LEASE + timedelta(seconds=1)


@pytest.fixture
def there(settings):
    server = Notify().use(settings)
    yield server
    server.end()


@pytest.fixture
def place():
    return world.make_force()


@pytest.fixture
def somebody(place):
    return world.make_person(place.team, family_name="Canary-Surname")


@pytest.fixture
def told(somebody):
    messages.tell([somebody], kind="report-waiting", cause="AR-2222-2222/1", at=world.MONDAY)
    return Delivery.objects.get()


def now(delivery):
    return Delivery.objects.get(pk=delivery.pk)


def page_of(place, state):
    admin = world.make_person(place.root, Role.ADMINISTRATOR)
    return people.signed_in(admin).get(f"/messages/?state={state}").content.decode()


def test_it_is_taken_under_a_reference_and_not_by_smtp(there, told, somebody):
    assert messages.send_due(at=LATER) == 1
    (sent,), row = there.sent(), now(told)
    assert sent["email_address"] == somebody.email and sent["reference"] == str(row.reference)
    assert row.state == "sent" and row.receipt in there.accepted and not mail.outbox
    assert there.asked() == [], "it was never handed over before, so there is nothing to ask"


def test_what_is_said_names_nobody_and_no_case(there, told, somebody):
    messages.send_due(at=LATER)
    (sent,) = there.sent()
    said = sent["personalisation"]
    assert set(said) == {"subject", "body"} and said["body"].count("https://campion.example/home/") == 1
    words = messages.Words(said["subject"], said["body"].replace("https://campion.example/home/", "{address}"))
    assert messages.why_not(words) == []
    for private in (somebody.family_name, somebody.given_name, somebody.staff_number, "AR-", "waiting", str(told.pk)):
        assert private not in f"{said['subject']} {said['body']} {sent['reference']} {sent['template_id']}".replace(
            sent["reference"], ""
        )


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (400, "GOV.UK Notify refuses our template, or it may not send to everybody yet."),
        (403, "GOV.UK Notify refused our key."),
        (404, "GOV.UK Notify gave a fault: 404."),
    ],
)
def test_what_is_refused_for_ever_is_shown_at_once(there, told, place, answer, sentence):
    there.answer = answer
    assert messages.send_due(at=LATER) == 0
    assert (now(told).state, now(told).attempts) == ("failed", 1)
    assert sentence in page_of(place, "failed")
    assert messages.send_due(at=LATER + timedelta(days=1)) == 0 and len(there.sent()) == 1


def test_an_address_that_notify_refuses_is_told_from_a_template(there, told, somebody, place):
    type(somebody).objects.filter(pk=somebody.pk).update(email="nowhere")
    messages.send_due(at=LATER)
    assert "GOV.UK Notify refuses the address." in page_of(place, "failed")


def test_a_key_of_another_service_is_refused(there, told, settings):
    settings.NOTIFY_API_KEY = settings.NOTIFY_API_KEY[:-1] + "f"
    messages.send_due(at=LATER)
    assert (now(told).state, now(told).fault) == ("failed", "NotifyKey")


@pytest.mark.parametrize(
    ("answer", "fault"),
    [(429, "Notify429"), (500, "Notify500"), (503, "Notify503"), (302, "Notify302"), ("nonsense", "NotifyAnswer")],
)
def test_what_passes_is_tried_again_after_the_usual_waits_under_one_reference(there, told, answer, fault):
    there.answer, at, references = answer, LATER, set()
    for wait in messages.WAITS[:3]:
        messages.send_due(at=at)
        row = now(told)
        assert (row.state, row.fault, row.next_try_at) == ("waiting", fault, at + wait)
        references.add(row.reference)
        at = row.next_try_at
    there.answer = None
    assert messages.send_due(at=at) == 1
    assert {sent["reference"] for sent in there.sent()} == {str(reference) for reference in references}
    assert len(references) == len(there.accepted) == 1


def test_after_the_twelfth_try_a_person_must_look(there, told, place):
    there.answer, at = 500, LATER
    for _ in range(12):
        messages.send_due(at=at)
        at = now(told).next_try_at
    assert (now(told).state, now(told).attempts) == ("failed", 12)
    assert "GOV.UK Notify gave a fault: 500." in page_of(place, "failed")


def test_nobody_there_is_tried_again(told, settings):
    gone = Notify().use(settings)
    gone.end()
    messages.send_due(at=LATER)
    assert (now(told).state, now(told).fault) == ("waiting", "NotifyAway")


@pytest.mark.parametrize("answer", ["hang", "hang after accepting"])
def test_an_answer_that_never_comes_is_not_waited_for_and_never_makes_two(there, told, answer, monkeypatch):
    monkeypatch.setattr(notify, "TIMEOUT", (1, 0.2))
    there.answer = answer
    messages.send_due(at=LATER)
    assert (now(told).state, now(told).fault) == ("waiting", "NotifyTimeout")
    there.answer = None
    assert messages.send_due(at=LATER + timedelta(hours=1)) == 1
    assert len(there.accepted) == 1 and now(told).receipt in there.accepted


@pytest.mark.django_db(transaction=True)
def test_a_sender_that_is_killed_after_acceptance_makes_no_second_message(there, told):
    with forked(lambda stop: messages.send_due(at=LATER)) as (child, _):
        there.reached = lambda: os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    there.reached = None
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert now(told).state == "waiting" and len(there.accepted) == 1
    assert messages.send_due(at=LATER) == 0, "while the lease runs, nobody else sends it"
    assert messages.send_due(at=FREE) == 1
    assert len(there.accepted) == len(there.sent()) == 1
    assert now(told).state == "sent" and now(told).receipt in there.accepted


@pytest.mark.django_db(transaction=True)
def test_a_sender_that_is_killed_before_acceptance_loses_nothing(there, told):
    there.answer = "hang"
    with forked(lambda stop: messages.send_due(at=LATER)) as (child, _):
        while not there.requests:
            assert os.waitpid(child, os.WNOHANG) == (0, 0)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    there.answer = None
    assert messages.send_due(at=FREE) == 1 and len(there.accepted) == 1
    assert {sent["reference"] for sent in there.sent()} == {str(now(told).reference)}


def test_another_message_that_notify_gives_is_not_taken_for_ours(there, told, monkeypatch):
    stranger = {"id": "11111111-1111-4111-8111-111111111111", "reference": "another", "status": "delivered"}
    monkeypatch.setattr(notify, "_ask", lambda *args, **given: {"notifications": [stranger]})
    assert notify.find("ours") is None


class TestWhatBecameOfIt:
    @pytest.fixture(autouse=True)
    def sent(self, there, told):
        messages.send_due(at=LATER)

    @pytest.mark.parametrize(
        ("status", "sentence"),
        [
            ("permanent-failure", "No mailbox has this address."),
            ("temporary-failure", "The mailbox was full, or refused it."),
            ("technical-failure", "GOV.UK Notify could not pass it on."),
        ],
    )
    def test_what_came_back_is_shown_in_neutral_words(self, there, told, place, status, sentence):
        there.became(status)
        assert messages.learn_what_became(at=LATER) == 0, "it is too early to ask"
        assert messages.learn_what_became(at=LATER + timedelta(minutes=1)) == 1
        page = page_of(place, "bounced")
        main = page.split("<main")[1].split("</main>")[0]
        assert "Bounced (1)" in page and sentence in main and "Canary-Surname" in main
        assert "AR-2222" not in page and "report" not in re.sub(r"<[^>]+>", "", main).lower()
        assert messages.learn_what_became(at=LATER + timedelta(days=1)) == 0

    def test_it_is_tried_again_as_a_new_message(self, there, told, place):
        there.became("permanent-failure")
        messages.learn_what_became(at=LATER + timedelta(minutes=1))
        first, admin = now(told).reference, world.make_person(place.root, Role.ADMINISTRATOR)
        client = people.signed_in(admin)
        answer = client.post(f"/messages/{told.pk}/again/")
        assert answer.headers["Location"] == "/messages/?state=bounced"
        row = now(told)
        assert (row.state, row.attempts, row.sent_at, row.receipt, row.ask_at) == ("waiting", 0, None, "", None)
        assert messages.send_due(at=row.next_try_at) == 1
        assert len(there.accepted) == 2 and now(told).reference not in (None, first)

    def test_what_arrived_is_asked_after_once(self, there, told):
        there.became("delivered")
        for minutes in (1, 2, 60):
            messages.learn_what_became(at=LATER + timedelta(minutes=minutes))
        assert len(there.asked()) == 1 and now(told).state == "sent"

    def test_what_is_on_its_way_is_asked_after_ever_less_and_not_for_ever(self, there, told):
        at, asked_at = LATER, []
        while (row := now(told)).ask_at:
            at = row.ask_at
            messages.learn_what_became(at=at)
            asked_at.append(at - LATER)
        assert [age.total_seconds() / 60 for age in asked_at[:5]] == [1, 2, 4, 8, 16]
        assert len(there.asked()) == len(asked_at) < 20
        assert timedelta(days=4) <= asked_at[-1] < timedelta(days=7), "Notify forgets after seven days"
        assert now(told).state == "sent"

    def test_what_notify_forgot_is_not_asked_after_again(self, there, told):
        there.accepted.clear()
        messages.learn_what_became(at=LATER + timedelta(minutes=1))
        assert (now(told).state, now(told).ask_at) == ("sent", None)

    @pytest.mark.parametrize("answer", [403, 429, 500, "nonsense"])
    def test_a_fault_ends_the_run_and_is_asked_again(self, there, told, somebody, answer):
        messages.tell([somebody], kind="x", cause="another", at=world.MONDAY)
        messages.send_due(at=LATER)
        there.answer = answer
        messages.learn_what_became(at=LATER + timedelta(minutes=1))
        assert len(there.asked()) == 1 and now(told).state == "sent"
        there.answer = None
        there.became("permanent-failure")
        assert messages.learn_what_became(at=LATER + timedelta(minutes=2)) == 2

    def test_a_run_is_bounded_and_the_rest_comes_next(self, there, told, somebody, monkeypatch):
        monkeypatch.setattr(messages, "ASKS", 2)
        for number in range(4):
            messages.tell([somebody], kind="x", cause=number, at=world.MONDAY)
        messages.send_due(at=LATER)
        there.became("permanent-failure")
        at = LATER + timedelta(minutes=1)
        assert [messages.learn_what_became(at=at) for _ in range(4)] == [2, 2, 1, 0]

    def test_the_worker_asks_each_time_it_wakes(self, there, told):
        there.became("permanent-failure")
        with time_machine.travel(LATER + timedelta(minutes=1)):
            tasks.send_messages()
        assert now(told).state == "bounced"

    def test_only_what_failed_or_came_back_is_tried_again(self, told, somebody):
        with pytest.raises(Refused):
            messages.try_again(delivery=told, by=somebody, at=LATER)


def test_what_failed_and_was_taken_after_all_is_not_sent_twice_by_a_person(there, told, somebody, monkeypatch):
    monkeypatch.setattr(notify, "TIMEOUT", (1, 0.2))
    Delivery.objects.update(attempts=11)
    there.answer = "hang after accepting"
    messages.send_due(at=LATER)
    assert now(told).state == "failed"
    there.answer = None
    messages.try_again(delivery=told, by=somebody, at=LATER)
    assert messages.send_due(at=LATER) == 1 and len(there.accepted) == 1


def test_without_notify_nothing_is_asked_and_no_tab_promises_it(told, place):
    messages.send_due(at=LATER)
    assert now(told).reference is None and now(told).ask_at is None and len(mail.outbox) == 1
    assert messages.learn_what_became(at=LATER + timedelta(days=1)) == 0
    assert "Bounced" not in page_of(place, "sent")


def test_mails_about_signing_in_take_the_same_way_out(there, somebody):
    accounts_mail.send_reset(somebody.pk)
    accounts_mail.tell_of_change(somebody.pk)
    reset, change = there.sent()
    assert "https://campion.example/sign-in/password/new/" in reset["personalisation"]["body"] and not mail.outbox
    assert somebody.family_name not in str(reset) + str(change) and reset["reference"] != change["reference"]
    there.answer = 500
    with pytest.raises(post.NotTaken, match="^Notify500$"):
        accounts_mail.send_reset(somebody.pk)


def test_no_fault_names_an_address(there, somebody, settings, caplog):
    for answer in (400, 500, "nonsense"):
        there.answer = answer
        with pytest.raises(notify.Fault) as fault:
            notify.send(to=somebody.email, subject="s", body="b", reference="r")
        assert somebody.email not in f"{fault.value!r}{fault.value.__cause__}{caplog.text}"


def test_a_netrc_of_this_machine_does_not_take_the_place_of_our_token(there, told, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert requests.utils.get_netrc_auth(there.url) == ("somebody", "else")
    assert messages.send_due(at=LATER) == 1
