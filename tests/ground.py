"""The ground that the tests stand on: an environment, a database server, and a fresh database for each worker.

A pytest plugin that comes first (`-p tests.ground`), so that the environment is there when settings are read. The
embedded server keeps its data in var/test, shared by the workers and by test runs at the same time. A database is
migrated and seeded once for each state of the code, kept as a template, and cloned: tests connect as `campion_app`,
the role that owns nothing. A test that commits is undone by cloning again, because the audit log refuses the TRUNCATE
that Django would use and the seeds have to stay. Where workers share a run, the template is begun before them, so that
it is made while they collect and test rules.
"""

import contextlib
import fcntl
import hashlib
import ipaddress
import os
import socket
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import sql

from campion import local_server
from campion.database_roles import APPLICATION, OWNER, close_database, create_roles

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "var" / "test"
MADE_FROM = (
    "*/migrations/*.py",
    "seeds/**/*",
    "*/seeds.py",
    "campion/bank_holidays.py",
    "campion/database_roles.py",
    "campion/management/commands/load_seeds.py",
    "requirements.lock",
    "tests/ground.py",
)
SERVER, RUN, FINGERPRINT = "CAMPION_TEST_SERVER", "CAMPION_TEST_RUN", "CAMPION_TEST_FINGERPRINT"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
_held, _builders = contextlib.ExitStack(), []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config, parser, args):
    """Stand the ground up before pytest-django reads the settings."""
    if WORKER == "main":
        _stand_up()
    os.environ |= _environment()
    if WORKER == "main" and getattr(early_config.known_args_namespace, "numprocesses", None):
        _begin_template()
    _refuse_the_outside()
    return (yield)


def pytest_unconfigure(config):
    """Drop the run's databases and, if no other run uses the server, stop it."""
    if WORKER != "main" or RUN not in os.environ:
        return
    for builder in _builders:
        builder.terminate()  # a run so short that it was not waited for
        builder.wait()
    with _superuser() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", [rf"campion\_test\_%\_{os.environ[RUN]}\_%"]
        )
        for (name,) in cursor.fetchall():
            _drop(cursor, name)
    _sign().unlink(missing_ok=True)
    _held.close()
    with open(PLACE / "in-use.lock", "w") as lock, contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        local_server.stop(PLACE / "database")


def pytest_terminal_summary(terminalreporter):
    """Say how many tests ran, and name every one that did not, with its reason."""
    counts = {kind: len(terminalreporter.stats.get(kind, ())) for kind in ("passed", "failed", "error", "xfailed")}
    terminalreporter.section("what ran")
    terminalreporter.line(f"{sum(counts.values())} tests ran: {counts['passed']} passed, {counts['failed']} failed.")
    skipped = terminalreporter.stats.get("skipped", ())
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        terminalreporter.line(f"Left out: {report.nodeid}: {reason.removeprefix('Skipped: ')}")
    if not skipped:
        terminalreporter.line("Nothing was left out.")


def _stand_up():
    PLACE.parent.mkdir(mode=0o711, exist_ok=True)
    PLACE.mkdir(mode=0o711, exist_ok=True)
    lock = _held.enter_context((PLACE / "in-use.lock").open("w"))
    fcntl.flock(lock, fcntl.LOCK_SH)
    try:
        os.environ[SERVER] = local_server.start(PLACE / "database")
    except local_server.NoServer as problem:
        pytest.exit(str(problem), returncode=1)
    os.environ[RUN] = str(os.getpid())
    digest = hashlib.sha256()
    for path in sorted({path for pattern in MADE_FROM for path in ROOT.glob(pattern) if path.is_file()}):
        digest.update(os.fsencode(path.relative_to(ROOT)) + b"\0" + path.read_bytes() + b"\0")
    os.environ[FINGERPRINT] = digest.hexdigest()[:12]
    _sign().touch()


def _sign():
    """Give the file that says which template this run uses, as long as it runs."""
    return PLACE / f"run-{os.environ[RUN]}-{os.environ[FINGERPRINT]}"


def _environment():
    """Return production's shape, with secrets that guard nothing and what makes tests quick."""
    files, static = PLACE / "files", PLACE / "static"
    for folder in (files, static):
        folder.mkdir(mode=0o700, exist_ok=True)
    foreign = [name for name in os.environ if name.startswith(("OIDC_", "NOTIFY_"))]
    for name in [*foreign, "CAMPION_OWNER", "CSRF_TRUSTED_ORIGINS"]:
        os.environ.pop(name, None)
    return {
        "CAMPION_READ_DOT_ENV": "0",
        "SECRET_KEY": "for-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
        "FIELD_KEYS": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "AUDIT_SEAL_KEY": "for-tests-only-0123456789-abcdefghijkl",
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "SITE_ADDRESS": "https://campion.example",
        "DATABASE_URL": _url(APPLICATION, database_name()),
        "DATABASE_OWNER_URL": _url(OWNER, database_name()),
        "CAMPION_DEMO": "0",
        "CAMPION_GALLERY": "1",  # every component is looked at by a browser
        "CAMPION_HTTPS": "0",
        "CAMPION_SECOND_FACTOR": "1",
        "CAMPION_FILES": str(files),
        "CAMPION_PASSWORD_HASHER": "django.contrib.auth.hashers.MD5PasswordHasher",
        "CAMPION_STATIC_ROOT": str(static),
        "CAMPION_STATIC_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
        "EMAIL_URL": "memorymail://",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # Playwright keeps an event loop in the thread of the test
    }


# The database --------------------------------------------------------------------------------------------------------


def database_name():
    """Give the name of this worker's database."""
    return f"campion_test_{os.environ[FINGERPRINT]}_{os.environ[RUN]}_{WORKER}"


def make_database():
    """Make this worker's database from the template, and the template first if the code has changed."""
    with open(PLACE / "template.lock", "w") as lock, _superuser() as cursor:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever makes the template holds it
        if not _exists(cursor, _template()):
            command, environment = _making(cursor)
            done = subprocess.run(
                command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
            )
            if done.returncode != 0:
                pytest.exit(f"No database was made, so no test can run:\n{done.stdout[-3000:]}", returncode=1)
        _drop_orphans(cursor)
        _clone(cursor)


def _template():
    return f"campion_template_{os.environ[FINGERPRINT]}"


def restore_database():
    """Throw this worker's database away and clone the template again."""
    with _superuser() as cursor:
        _drop(cursor, database_name())
        _clone(cursor)


def drop_database():
    """Throw this worker's database away."""
    with _superuser() as cursor:
        _drop(cursor, database_name())


def role_url(role):
    """Give the URL of this worker's database for another role, for tests about roles."""
    return _url(role, database_name())


def _begin_template():
    """Begin to make the template where there is none; whoever needs it waits for the lock, which its maker inherits."""
    with open(PLACE / "template.lock", "w") as lock, _superuser() as cursor, contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not _exists(cursor, _template()):
            command, environment = _making(cursor)
            said = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}  # a worker tries again, and tells
            _builders.append(subprocess.Popen(command, env=environment, pass_fds=[lock.fileno()], **said))


def _making(cursor):
    """Make an empty database, and give the command and environment with which it becomes the template."""
    building = _template().replace("template", "building")
    _drop(cursor, building)
    urls = {"owner_url": _url(OWNER, building), "application_url": _url(APPLICATION, building)}
    create_roles(os.environ[SERVER], **urls)
    environment = os.environ | {
        "DATABASE_URL": urls["application_url"],
        "DATABASE_OWNER_URL": urls["owner_url"],
        "DJANGO_SETTINGS_MODULE": "campion.settings",
        "CAMPION_OWNER": "1",
        "PYTHONPATH": str(ROOT),
    }
    return [sys.executable, "-m", "tests.ground"], environment


def _make_template():
    """Migrate and seed the database of this environment, and give it the template's name. In a process of its own."""
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0, skip_checks=True)
    call_command("load_seeds")
    building = connection.settings_dict["NAME"]
    connection.close()
    with _superuser() as cursor:
        names = map(sql.Identifier, (building, _template()))
        cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))


def _clone(cursor):
    name = database_name()
    names = map(sql.Identifier, (name, _template(), OWNER))
    cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(*names))
    close_database(cursor, name)


def _drop(cursor, name):
    cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _drop_orphans(cursor):
    """Drop databases of runs that are gone, and templates that neither this run nor another uses."""
    cursor.execute(r"SELECT datname FROM pg_database WHERE datname LIKE 'campion\_%'")
    names = [name for (name,) in cursor.fetchall()]
    kept = {os.environ[FINGERPRINT]}
    for sign in PLACE.glob("run-*"):
        _, run, fingerprint = sign.name.split("-")
        if _alive(int(run)):
            kept.add(fingerprint)
        else:
            sign.unlink(missing_ok=True)
    for name in names:
        if name.startswith("campion_test_") and not _alive(int(name.split("_")[3])):
            _drop(cursor, name)
    for name in names:
        if name.startswith(("campion_template_", "campion_building_")) and name.split("_")[2] not in kept:
            _drop(cursor, name)


def _alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _exists(cursor, name):
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return cursor.fetchone() is not None


def _url(role, database):
    return os.environ[SERVER].replace("postgres@/postgres", f"{role}@/{database}")


@contextlib.contextmanager
def _superuser():
    with contextlib.closing(psycopg2.connect(os.environ[SERVER])) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


# The outside ---------------------------------------------------------------------------------------------------------


class OutsideRefused(Exception):
    """A test reached for another machine."""


def _refuse_the_outside():
    """Let sockets reach this machine only, so that no test depends on another or tells it anything."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connect_here(self, address):
        if self.family != socket.AF_UNIX and not _is_here(address[0]):
            raise OutsideRefused(f"A test reached for {address[0]}.")
        return connect(self, address)

    def look_up_here(host, *args, **kwargs):
        if not _is_here(host):
            raise OutsideRefused(f"A test asked for the address of {host}.")
        return look_up(host, *args, **kwargs)

    socket.socket.connect, socket.getaddrinfo = connect_here, look_up_here


def _is_here(host):
    host = host.decode() if isinstance(host, bytes) else host
    if host in (None, "", "localhost", "0.0.0.0", socket.gethostname()):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


if __name__ == "__main__":
    _make_template()
