"""The command that draws a release in place of the queue: what it says, and what it refuses."""

import pytest
from django.core.management import CommandError, call_command

from figures import actions
from figures.actions import drawing
from figures.models import Draw
from tests.figures.releasing import DAY, DUE, QUARTER, by_rule, make_desk, quick  # noqa: F401
from tests.stage import once
from tests.world import fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick")]


@once
def desk():
    return make_desk()


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(DUE + DAY, tick=False)


def run(desk, period=QUARTER, **given):
    said = {"force_code": desk.place.force.code, "by": desk.gail.email} | given
    call_command("draw_figures", period, **said)


def test_draws_and_says_what_the_audit_says(desk, capsys):
    run(desk)
    said = capsys.readouterr().out
    draw = Draw.objects.get()
    assert draw.state == "drawn" and draw.asked_by == desk.gail
    for words in ("Counting: done", "Auditing: done", "Every small figure was tried.", draw.content_hash, "/releases/"):
        assert words in said, words


def test_draws_what_the_desk_asked_for(desk):
    actions.ask(force=desk.place.force, period=QUARTER, by=fresh(desk.drew), at=DUE)
    run(desk)
    assert Draw.objects.get().asked_by == desk.drew


@pytest.mark.parametrize(
    ("period", "given", "words"),
    [
        (QUARTER, {"force_code": "moonshire"}, "No force has the code"),
        (QUARTER, {"by": "nobody@testshire.test"}, "Nobody of Testshire signs in as"),
        ("2026-27-Q2", {}, "are drawn from 12 November 2026 on"),
        ("2026-27-Q5", {}, "Choose one of the periods"),
    ],
)
def test_refuses_with_a_sentence(desk, period, given, words):
    with pytest.raises(CommandError, match=words):
        run(desk, period, **given)


def test_only_for_governance(desk):
    with pytest.raises(CommandError, match="Only information governance"):
        run(desk, by=desk.sam.email)


def test_what_did_not_pass_ends_as_a_failure(desk, monkeypatch):
    def gate(published, new, **given):
        verdict = by_rule(published, new, **given)
        return type(verdict)(**{**vars(verdict), "passed": False})

    monkeypatch.setattr(drawing, "gate", gate)
    with pytest.raises(CommandError, match="It did not pass"):
        run(desk)
    assert Draw.objects.get().passed is False


def test_a_terminal_has_a_bar(desk, capsys, monkeypatch):
    monkeypatch.setattr("django.core.management.base.OutputWrapper.isatty", lambda self: True)
    run(desk)
    said = capsys.readouterr().out
    assert "[........................] 0/" in said and "[########################]" in said
