"""A sender that is killed at each point, with a real server on the other side (docs/rules.md, R5): never lost, and
twice only when it dies between the server's acceptance and our commit, and then with one Message-ID."""

import os
import signal
import socket
import threading
from contextlib import contextmanager, suppress
from datetime import timedelta
from email import message_from_string

import pytest
from django.db import connections

from campion import messages, post
from campion.models import Delivery
from tests import world

pytestmark = pytest.mark.django_db(transaction=True)
LATER = world.MONDAY + timedelta(minutes=1)
FREE = LATER + messages.LEASE + timedelta(seconds=1)
LEASED, CONNECTED, ACCEPTED, COMMITTED = "leased", "connected", "accepted", "committed"


class Sink(threading.Thread):
    """A mail server on this machine that keeps what it accepts, and kills its client at one point if it is told to."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.mails, self.point, self.victim = [], None, None
        self.known = threading.Event()

    def run(self):
        with suppress(OSError):
            while True:
                client, _ = self.listening.accept()
                with client, suppress(OSError):
                    self._speak(client)

    def _speak(self, client):
        self._reached(CONNECTED)
        lines = client.makefile("r", encoding="utf-8", newline="\r\n")

        def say(words):
            client.sendall(f"{words}\r\n".encode())

        say("220 sink")
        for line in lines:
            verb = line[:4].upper().strip()
            if verb == "DATA":
                say("354 go on")
                self.mails.append(message_from_string("".join(iter(lambda: lines.readline(), ".\r\n"))))
                self._reached(ACCEPTED)
            say("221 bye" if verb == "QUIT" else "250 sink")
            if verb == "QUIT":
                return

    def _reached(self, point):
        if self.point == point:
            self.point = None
            self.known.wait(10)
            os.kill(self.victim, signal.SIGKILL)


@pytest.fixture
def sink(settings):
    server = Sink()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    server.start()
    yield server
    server.listening.close()


@contextmanager
def forked(work):
    """Run something in a process of its own; give its key and a pipe on which it says that it is done."""
    connections.close_all()  # neither may use the other's connection
    said, says = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(30)
            work(lambda: (os.write(says, b"."), signal.pause()))
        finally:
            os._exit(1)
    os.close(says)
    try:
        yield child, said
    finally:
        os.close(said)


def send_until_killed(sink, point):
    """Start a sender and kill it with -9 at that point; nothing of it runs after."""

    def work(stop):
        if point == LEASED:
            post.EmailMessage.send = lambda mail: stop()
        messages.send_due(at=LATER)
        stop()

    sink.point, sink.victim = point, None
    sink.known.clear()
    with forked(work) as (child, said):
        sink.victim = child
        sink.known.set()
        if point in (LEASED, COMMITTED):
            assert os.read(said, 1) == b"."
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.parametrize(
    ("point", "by_the_killed", "in_all"), [(LEASED, 0, 1), (CONNECTED, 0, 1), (ACCEPTED, 1, 2), (COMMITTED, 1, 1)]
)
def test_a_killed_sender_loses_nothing_and_repeats_only_what_it_could_not_commit(sink, point, by_the_killed, in_all):
    somebody = world.make_person(world.make_force().team)
    messages.tell([somebody], kind="report-waiting", cause="x/1", at=world.MONDAY)
    send_until_killed(sink, point)
    assert len(sink.mails) == by_the_killed
    state = Delivery.objects.get().state
    assert state == ("sent" if point == COMMITTED else "waiting")
    if point != COMMITTED:
        assert messages.send_due(at=LATER) == 0, "while the lease runs, nobody else sends it"
    messages.send_due(at=FREE)
    assert len(sink.mails) == in_all
    assert {mail["To"] for mail in sink.mails} == {somebody.email}
    assert len({mail["Message-ID"] for mail in sink.mails}) == 1
    assert Delivery.objects.get().state == "sent"
    assert messages.send_due(at=FREE + timedelta(days=1)) == 0
