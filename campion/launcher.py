"""`manage.py run` and `manage.py stop`: the whole of Campion on one machine, as a demonstration.

`run` makes whatever is missing (secrets, database, roles, tables, reference data, invented people, static files), then
keeps the web server and the queue worker in the foreground until Ctrl-C or SIGTERM, which stops all of it, the
database last. `stop` clears up after a `run` that was killed. Both work before any setting exists: they make the
environment that settings.py reads. What they make lies in var/, which git ignores.

DATABASE_URL and DATABASE_OWNER_URL, when both are set, name a server of yours, and no embedded one is started.
"""

import base64
import contextlib
import errno
import fcntl
import hashlib
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
DATABASE = VAR / "database"
FREE_BYTES_NEEDED = 300 * 1024 * 1024
SECONDS_TO_START, SECONDS_TO_STOP = 60, 30
SCENES, REST = ["make_demo", "--scenes"], "rest of the demonstration"
SHOWN_OUTSIDE = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "VIRTUAL_ENV", "LOG_LEVEL", "PYTHONWARNINGS")
"""What the children get of the caller's environment; everything else that Campion reads is set here."""


class CannotRun(Exception):
    """Campion cannot start here; the message is one sentence fit to show."""


def main(arguments):
    """Run or stop Campion, and return the process's exit code."""
    try:
        return {"run": run, "stop": stop}[arguments[0]]()
    except CannotRun as problem:
        print(f"Stopped: {problem}", file=sys.stderr)
    except OSError as problem:
        full = problem.errno in (errno.ENOSPC, errno.EDQUOT)
        print(f"Stopped: {'the disk is full: make room and start again.' if full else problem}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
    return 1


def run():
    """Make what is missing, serve until asked to stop, and return 0 after an orderly end."""
    signal.signal(signal.SIGTERM, _ask_to_stop)
    signal.signal(signal.SIGHUP, _ask_to_stop)
    port = _port()
    VAR.mkdir(mode=0o711, exist_ok=True)
    with _only_one_run():
        _clear_strays()
        _check_port_is_free(port)
        if shutil.disk_usage(VAR).free < FREE_BYTES_NEEDED:
            raise CannotRun("Campion needs 300 MB of free disk: make room and start again.")
        environment = _environment(port)
        children, asked = {}, False
        try:
            embedded = _start_database(environment)
            _prepare(environment, embedded)
            children = _start(environment, port)
            _tell(environment, port)
            children |= _go_on_inventing(environment)
            return _watch(children)
        except KeyboardInterrupt:
            asked = True
            print("\nStopping …", flush=True)
            return 0
        finally:
            _stop_all(children)
            print("Stopped.", flush=True) if asked else None


def stop():
    """Stop what a run of this folder left behind, in order, the database last, and return 0."""
    runner = _process("run")
    if runner:
        os.kill(runner, signal.SIGTERM)
        _wait_for_end([runner], SECONDS_TO_STOP + 30)
    stopped = _clear_strays()
    stopped += [] if not _stop_database() else ["database"]
    print("Stopped." if runner or stopped else "Nothing was running.")
    return 0


# Before anything starts ----------------------------------------------------------------------------------------------


def _port():
    given = os.environ.get("PORT", "").strip() or "8000"
    if not (given.isascii() and given.isdigit() and 1 <= int(given) <= 65535):
        raise CannotRun(f"PORT is a number from 1 to 65535, and {given!r} is not.")
    return int(given)


def _check_port_is_free(port):
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except PermissionError:
            raise CannotRun(f"Port {port} is not yours to use: choose another above 1023, as in PORT=8080.") from None
        except OSError:
            another = port + 1 if port < 65535 else 8000
            raise CannotRun(
                f"Another program uses port {port}: choose another, as in PORT={another} make run."
            ) from None


@contextlib.contextmanager
def _only_one_run():
    with (VAR / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRun("Campion runs from this folder already: make stop ends it.") from None
        _note_process("run", os.getpid())
        try:
            yield
        finally:
            _forget_process("run")


def _environment(port):
    """Return the environment of every child: the demonstration's settings, with secrets made on first use."""
    import environ

    if (ROOT / ".env").exists():
        environ.Env.read_env(ROOT / ".env")
    given = dict(os.environ)
    kept = _secrets()
    made = {name: given[name] for name in SHOWN_OUTSIDE if name in given}
    made["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{given.get('PATH', os.defpath)}"
    made |= {name: kept[name] for name in ("SECRET_KEY", "FIELD_KEYS", "AUDIT_SEAL_KEY")}
    made |= {
        "DJANGO_SETTINGS_MODULE": "campion.settings",
        "CAMPION_READ_DOT_ENV": "0",
        "CAMPION_DEMO": "1",
        "CAMPION_SECOND_FACTOR": "0",
        "CAMPION_FILES": str(VAR / "files"),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "EMAIL_URL": "dummymail://",
        "SITE_ADDRESS": f"http://localhost:{port}",
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        if given.get(name):
            made[name] = given[name]
    if ("DATABASE_URL" in made) != ("DATABASE_OWNER_URL" in made):
        raise CannotRun("Set DATABASE_URL and DATABASE_OWNER_URL both, to use a server of yours, or neither.")
    (VAR / "files").mkdir(mode=0o700, exist_ok=True)
    return made


def _secrets():
    """Return this folder's own random secrets, made on first use and readable by this user alone."""
    kept = VAR / "secrets.json"
    with contextlib.suppress(FileNotFoundError):
        return json.loads(kept.read_text())
    made = {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "AUDIT_SEAL_KEY": secrets.token_urlsafe(48),
        "owner_password": secrets.token_urlsafe(24),
        "application_password": secrets.token_urlsafe(24),
    }
    part = kept.with_suffix(".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(made, file)
        file.flush()
        os.fsync(file.fileno())
    part.rename(kept)
    return made


# Making what is missing ----------------------------------------------------------------------------------------------


def _start_database(environment):
    """Start the embedded server and make the roles, unless a server is named; return whether it is the embedded one."""
    if "DATABASE_URL" in environment:
        return False
    from campion import local_server
    from campion.database_roles import APPLICATION, OWNER, create_roles

    with _step("Starting the database"):
        try:
            superuser = local_server.start(DATABASE)
        except local_server.NoServer as problem:
            raise CannotRun(str(problem)) from None
        kept = _secrets()
        for name, role, password in (
            ("DATABASE_OWNER_URL", OWNER, kept["owner_password"]),
            ("DATABASE_URL", APPLICATION, kept["application_password"]),
        ):
            environment[name] = superuser.replace("postgres@/postgres", f"{role}:{quote(password)}@/campion")
        create_roles(
            superuser, owner_url=environment["DATABASE_OWNER_URL"], application_url=environment["DATABASE_URL"]
        )
    return True


def _prepare(environment, embedded):
    """Bring tables, reference data, invented people and static files up to date, leaving out what has not changed.

    A server of yours is always looked at: it can have changed behind our back.
    """
    done = Prepared(VAR / "prepared.json")
    code = _fingerprint("*/migrations/*.py", "requirements*.lock")
    seeds = code + _fingerprint("seeds/**/*", "campion/management/commands/load_seeds.py", "*/seeds.py")
    static = _fingerprint("static/**/*", "requirements*.lock", "campion/settings.py")
    for name, fingerprint, words, command, may_be_left_out in (
        ("tables", code, "Making the tables", ["migrate", "--verbosity=0"], embedded),
        ("seeds", seeds, "Loading the reference data", ["load_seeds"], embedded),
        ("people", "made", "Inventing a force, its people and what they are sent to look at", SCENES, True),
        ("static", static, "Gathering the static files", ["collectstatic", "--noinput", "--clear", "-v0"], True),
    ):
        if may_be_left_out and done.is_current(name, fingerprint):
            continue
        with _step(words) as progress:
            _manage(environment, *command, progress=progress)
        done.keep(name, fingerprint)


class Prepared:
    """Which steps were done, and from what, in one small file."""

    def __init__(self, path):
        """Read the file, if there is one."""
        self.path = path
        self.steps = {}
        with contextlib.suppress(FileNotFoundError, ValueError):
            self.steps = json.loads(path.read_text())

    def is_current(self, name, fingerprint):
        """Say whether this step was done from exactly this."""
        return self.steps.get(name) == fingerprint

    def keep(self, name, fingerprint):
        """Note that this step was done from this."""
        self.steps[name] = fingerprint
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(self.steps))
        part.rename(self.path)


def _fingerprint(*patterns):
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}):
        digest.update(os.fsencode(path.relative_to(ROOT)) + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _manage(environment, *arguments, progress=None):
    """Run one command of manage.py; what it said is shown only when it fails, and kept in var/run.log.

    :param progress: called with each line that ends with a share, such as "120 of 862 assaults, 13 %"
    """
    child = subprocess.Popen(
        [sys.executable, ROOT / "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    said = ""
    with child:
        try:
            for line in child.stdout:
                said += line
                if progress and line.endswith(" %\n"):
                    progress(line.strip())
        except BaseException:
            child.terminate()
            raise
    if child.returncode != 0:
        log = VAR / "run.log"
        log.write_text(said)
        if "No space left on device" in said:
            raise CannotRun("The disk is full: make room and start again.")
        last = next((line for line in reversed(said.splitlines()) if line.strip()), "it gave no reason")
        raise CannotRun(f"manage.py {arguments[0]} failed: {last.strip()} (all of it is in {log.relative_to(ROOT)})")
    return said


@contextlib.contextmanager
def _step(words):
    """Show one long step as one line, with its time; give a function that shows how far it is."""
    started, terminal = time.monotonic(), sys.stdout.isatty()
    print(f"  {words} …", end="" if terminal else "\n", flush=True)

    def progress(line):
        print(f"\r  {words} … {line:<36}" if terminal else f"    {line}", end="" if terminal else "\n", flush=True)

    try:
        yield progress
    except BaseException:
        print(flush=True) if terminal else None
        raise
    seconds = f"done in {time.monotonic() - started:.0f} s"
    print(f"\r  {words} … {seconds:<36}" if terminal else f"    {seconds}", flush=True)


# Serving -------------------------------------------------------------------------------------------------------------


def _start(environment, port):
    """Start the web server and the queue worker, each out of the terminal's reach, so that this process ends them."""
    python = sys.executable
    web = [python, "-m", "gunicorn", "campion.wsgi", f"--bind=127.0.0.1:{port}", "--workers=1", "--threads=8"]
    web += ["--timeout=30", "--graceful-timeout=25", "--log-level=warning", "--no-control-socket"]
    commands = {"web server": web, "queue worker": [python, str(ROOT / "manage.py"), "qcluster"]}
    children = {}
    for name, command in commands.items():
        children[name] = _child(name, command, environment)
    with _step("Starting the web server and the queue"):
        end = time.monotonic() + SECONDS_TO_START
        while not _answers(port):
            _check_children(children)
            if time.monotonic() > end:
                raise CannotRun(
                    f"The web server did not answer within {SECONDS_TO_START} seconds: see var/web-server.log."
                )
            time.sleep(0.2)
    return children


def _child(name, command, environment, *, niceness=0):
    """Start one process out of the terminal's reach, with a log of its own, and note it for `make stop`."""
    with (VAR / f"{name.replace(' ', '-')}.log").open("w") as log:
        child = subprocess.Popen(
            command if not niceness else ["nice", "-n", str(niceness), *command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _note_process(name, child.pid)
    return child


def _answers(port):
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    with contextlib.closing(asked), contextlib.suppress(OSError, http.client.HTTPException):
        asked.request("GET", "/live")
        return asked.getresponse().status == 200
    return False


def _tell(environment, port):
    print(f"\nCampion is at http://localhost:{port}/ and every person in it is invented. Ctrl-C stops it.\n")
    print(_manage(environment, "make_demo", "--list-sign-ins").rstrip(), flush=True)


def _go_on_inventing(environment):
    """Let the rest of the 18 months be told beside the service, which is there meanwhile; nothing once it is made."""
    done = Prepared(VAR / "prepared.json")
    if done.is_current(REST, "made"):
        return {}
    print("\nThe other reports of 18 months are being invented meanwhile: lists grow while you look.", flush=True)
    return {REST: _child(REST, [sys.executable, str(ROOT / "manage.py"), "make_demo"], environment, niceness=10)}


def _watch(children):
    while True:
        _check_children(children)
        inventing = children.get(REST)
        if inventing is not None and inventing.poll() == 0:
            _forget_process(REST)
            del children[REST]
            Prepared(VAR / "prepared.json").keep(REST, "made")
            print("All 18 months of reports are there now.", flush=True)
        time.sleep(0.5)


def _check_children(children):
    for name, child in children.items():
        if child.poll() is not None and not (name == REST and child.returncode == 0):
            log = VAR / f"{name.replace(' ', '-')}.log"
            lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
            told = next((line for line in reversed(lines) if "ImproperlyConfigured" in line), "")
            reason = f"{told.rpartition('ImproperlyConfigured: ')[2]} " if told else ""
            raise CannotRun(f"The {name} ended, so everything was stopped. {reason}See {log.relative_to(ROOT)}.")


def _ask_to_stop(number, frame):
    raise KeyboardInterrupt


# Stopping ------------------------------------------------------------------------------------------------------------


def _stop_all(children):
    """End the children in good order, then the database; a second Ctrl-C ends them at once."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(KeyboardInterrupt):
        for child in children.values():
            if child.poll() is None:
                child.terminate()
        end = time.monotonic() + SECONDS_TO_STOP
        for child in children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, end - time.monotonic()))
    for name, child in children.items():
        with contextlib.suppress(ProcessLookupError):  # whatever the child left in its group, in any case
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        _forget_process(name)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _stop_database()


def _stop_database():
    from campion import local_server

    try:
        return local_server.stop(DATABASE)
    except local_server.NoServer as problem:
        print(f"The database did not stop: {problem}", file=sys.stderr)
        return False


def _clear_strays():
    """End what a killed run left behind; return the names of the processes that still ran."""
    found = {name: process for name in ("web server", "queue worker", REST) if (process := _process(name))}
    if found:
        print("  Ending what an earlier run left behind …", flush=True)
    for process in found.values():  # each ends its own workers; a signal to those as well would confuse it
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
    _wait_for_end(found.values(), SECONDS_TO_STOP)
    for name, process in found.items():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)
        _forget_process(name)
    return list(found)


def _wait_for_end(processes, seconds):
    end = time.monotonic() + seconds
    while any(_alive(process) for process in processes) and time.monotonic() < end:
        time.sleep(0.1)


def _note_process(name, process):
    (VAR / f"{name.replace(' ', '-')}.pid").write_text(str(process))


def _forget_process(name):
    (VAR / f"{name.replace(' ', '-')}.pid").unlink(missing_ok=True)


def _process(name):
    """Return the number of this folder's process of that name, if it lives and is ours: numbers are used again."""
    sign = {"run": "manage.py", "web server": "campion.wsgi", "queue worker": "qcluster", REST: "make_demo"}[name]
    try:
        process = int((VAR / f"{name.replace(' ', '-')}.pid").read_text())
    except (FileNotFoundError, ValueError):
        return None
    return process if _alive(process) and sign in _command_line(process) and _folder(process) == ROOT else None


def _alive(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


def _command_line(process):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    command = ["ps", "-o", "command=", "-p", str(process)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _folder(process):
    try:
        return Path(os.readlink(f"/proc/{process}/cwd"))
    except OSError:
        return ROOT  # a system without /proc: the command line has to be enough
