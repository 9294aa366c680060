"""`manage.py run` refuses in one sentence, keeps its secrets to itself, and knows its own processes."""

import errno
import signal
import socket
import subprocess
import sys

import pytest

from campion import launcher, local_install


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder of its own in place of var/."""
    monkeypatch.setattr(launcher, "VAR", tmp_path)
    return tmp_path


@pytest.mark.parametrize("given", ["0", "65536", "abc", "8000.5", "-1", "٨"])
def test_a_port_that_is_none(monkeypatch, given):
    monkeypatch.setenv("PORT", given)
    with pytest.raises(launcher.CannotRun, match="from 1 to 65535"):
        launcher._port()


def test_the_port_is_8000_unless_one_is_given(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    assert launcher._port() == 8000
    monkeypatch.setenv("PORT", "8123")
    assert launcher._port() == 8123


def test_a_port_in_use_names_another():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(launcher.CannotRun, match=f"Another program uses port {port}"):
            launcher._check_port_is_free(port)


def test_secrets_are_made_once_and_for_this_user_alone(folder):
    made = launcher._secrets()
    assert launcher._secrets() == made
    assert (folder / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert all(len(secret) >= 32 for secret in made.values())


def test_one_run_at_a_time():
    with (
        launcher._only_one_run(),
        pytest.raises(launcher.CannotRun, match="make stop ends it"),
        launcher._only_one_run(),
    ):
        pass


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "Stopped: the disk is full: make room and start again.\n"),
        (launcher.CannotRun("The moon is full."), "Stopped: The moon is full.\n"),
        (KeyboardInterrupt(), "\nStopped.\n"),
    ],
)
def test_every_refusal_is_one_sentence_and_exit_code_1(monkeypatch, capsys, problem, sentence):
    def fail():
        raise problem

    monkeypatch.setattr(launcher, "run", fail)
    assert launcher.main(["run"]) == 1
    assert capsys.readouterr().err == sentence


def test_a_process_of_another_program_is_never_ours(folder):
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as other:
        launcher._note_process("web server", other.pid)
        assert launcher._process("web server") is None
        launcher._clear_strays()
        assert other.poll() is None
        other.kill()


def test_a_stray_of_ours_is_ended():
    command = [sys.executable, "-c", "import time; time.sleep(60)", "gunicorn", "campion.wsgi"]
    with subprocess.Popen(command, cwd=launcher.ROOT, start_new_session=True) as stray:
        launcher._note_process("web server", stray.pid)
        assert launcher._clear_strays() == ["web server"]
        assert stray.wait(10) == -signal.SIGTERM
    assert launcher._process("web server") is None


def test_a_child_that_ended_is_told_with_its_reason(folder, monkeypatch):
    monkeypatch.setattr(launcher, "ROOT", folder)
    (folder / "web-server.log").write_text("x\ndjango.core.exceptions.ImproperlyConfigured: FIELD_KEYS is empty.\n")
    with subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"]) as child:
        child.wait()
        with pytest.raises(launcher.CannotRun) as told:
            launcher._check_children({"web server": child})
    assert str(told.value) == (
        "The web server ended, so everything was stopped. FIELD_KEYS is empty. See web-server.log."
    )


def test_what_was_prepared_is_remembered(folder):
    launcher.Prepared(folder / "prepared.json").keep("tables", "one")
    again = launcher.Prepared(folder / "prepared.json")
    assert again.is_current("tables", "one")
    assert not again.is_current("tables", "two")
    (folder / "prepared.json").write_text("{half")
    assert not launcher.Prepared(folder / "prepared.json").is_current("tables", "one")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("ERROR: [Errno 28] No space left on device", "The disk is full"),
        ("Failed to establish: Temporary failure in name resolution", "needs the network"),
        ("npm error code ENOTFOUND", "needs the network"),
        ("THESE PACKAGES DO NOT MATCH: do not match the hashes from the requirements file", "is not the one"),
        ("one\nlast words\n\n", "last words"),
        ("", "no reason given"),
    ],
)
def test_the_installer_says_why_in_one_sentence(said, sentence):
    assert sentence in local_install._why(said, "var/install.log")


def test_the_installer_says_which_part_of_python_is_missing():
    assert "-venv" in local_install._why_no_venv("ensurepip is not available", "var/install.log")


def test_an_old_python_is_refused(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert local_install.main(["local"]) == 1
    assert "needs Python 3.11 or newer" in capsys.readouterr().err
