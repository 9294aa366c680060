"""Install what Campion needs on a machine that has Python, make and git: packages, and the built CSS and JavaScript.

Run by the Makefile with the machine's own Python, so it imports the standard library only, and says what is wrong in
one sentence. Each step leaves a stamp of what it was made from, and is left out next time while that has not changed.

    python3 campion/local_install.py local   packages to run it          (requirements-local.lock)
    python3 campion/local_install.py dev     and packages to test it     (requirements-dev.lock)
    python3 campion/local_install.py static  the built CSS and JavaScript, with the Node of the packages
    python3 campion/local_install.py browser Chromium for the journeys, by apt, where that is allowed
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
NODE_MODULES = ROOT / "node_modules"
BUILT = ROOT / "static" / "built"
OLDEST_PYTHON = (3, 11)
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

NO_NETWORK = (
    "Temporary failure in name resolution",
    "Name or service not known",
    "NewConnectionError",
    "ConnectTimeoutError",
    "Network is unreachable",
    "Connection refused",
    "Could not find a version",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ETIMEDOUT",
    "ENETUNREACH",
)


class CannotInstall(Exception):
    """A step failed; the message is one sentence fit to show."""


def main(wanted):
    """Install what is wanted, and return the process's exit code."""
    try:
        if sys.version_info < OLDEST_PYTHON:
            raise CannotInstall(f"Campion needs Python 3.11 or newer, and this is {sys.version.split()[0]}.")
        for step in wanted:
            {"local": _packages_to_run, "dev": _packages_to_test, "static": _built_files, "browser": _browser}[step]()
    except CannotInstall as problem:
        print(f"Stopped: {problem}", file=sys.stderr)
        return 1
    except OSError as problem:
        full = "The disk is full: make room and start again."
        print(f"Stopped: {full if problem.errno == 28 else problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped, as you asked. Start again to go on from here.", file=sys.stderr)
        return 1
    return 0


def _packages_to_run():
    if _stamp(VENV, "requirements-dev.lock") and _installed():  # the larger set holds the smaller, at the same versions
        return
    _packages("requirements-local.lock", "Installing the Python packages")


def _packages_to_test():
    _packages("requirements-dev.lock", "Installing the Python packages, with those for tests")


def _packages(lock, words):
    if _stamp(VENV, lock) and _installed():
        return
    if not _installed():
        shutil.rmtree(VENV, ignore_errors=True)
        _run([sys.executable, "-m", "venv", VENV], "Making the Python environment (.venv)", why=_why_no_venv)
    command = [VENV / "bin" / "python", "-m", "pip", "install", "--require-hashes", "-r", ROOT / lock]
    _run(
        [*command, "--no-input", "--retries=2", "--disable-pip-version-check", "--progress-bar=off"],
        words,
        counts="Collecting ",
    )
    _write_stamp(VENV, lock)


def _installed():
    return (VENV / "bin" / "python").exists() and (VENV / "bin" / "pip").exists()


def _built_files():
    """Fetch the npm packages and build the CSS and JavaScript, with the Node and npm of the environment alone."""
    npm = VENV / "bin" / "npm"
    if not npm.exists():
        raise CannotInstall("There is no npm in .venv: run make setup.")
    if not _stamp(NODE_MODULES, "package-lock.json"):
        command = [npm, "ci", "--ignore-scripts", "--omit=peer", "--no-audit", "--no-fund", "--loglevel=error"]
        _run(command, "Fetching the GOV.UK and Ministry of Justice styles")
        _write_stamp(NODE_MODULES, "package-lock.json")
    sources = [path for path in sorted((ROOT / "static").rglob("*")) if BUILT not in path.parents and path.is_file()]
    made_from = [ROOT / "package-lock.json", ROOT / "package.json", *sources]
    stamp = NODE_MODULES / ".campion-built"
    if not (any(BUILT.glob("*.css")) and stamp.exists() and stamp.read_text() == _hash(made_from)):
        _run([npm, "run", "--silent", "build"], "Building the CSS and JavaScript")
        stamp.write_text(_hash(made_from))


def find_browser():
    """Return the path of a Chromium that the journeys can drive, or None."""
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return path
    return None


def _browser():
    """Install Debian's Chromium where this user may; elsewhere the run of the tests says what was left out, and why."""
    if find_browser() or not shutil.which("apt-get"):
        return
    root = []
    if os.geteuid() != 0:
        root = ["sudo", "-n"]
        if (
            not shutil.which("sudo")
            or subprocess.run([*root, "true"], capture_output=True, check=False).returncode != 0
        ):
            return
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y", "-o", "Dpkg::Use-Pty=0"]
    try:
        _run([*apt, "update"], "Asking Debian for its list of packages")
        install = [*apt, "install", "--no-install-recommends"]
        try:
            _run([*install, BROWSERS[0]], "Installing Chromium without a window, for the journeys")
        except CannotInstall:  # an older Debian has it with a window alone
            _run([*install, BROWSERS[1]], "Installing Chromium, for the journeys")
    except CannotInstall as problem:
        print(f"  Chromium was not installed, so the journeys will be left out: {problem}")


def _run(command, words, *, counts="", why=None):
    """Run one long step behind one line of progress, and keep everything that it said in var/install.log."""
    started = time.monotonic()
    terminal = sys.stdout.isatty()
    print(f"  {words} …", end="" if terminal else "\n", flush=True)
    log = ROOT / "var" / "install.log"
    log.parent.mkdir(mode=0o711, exist_ok=True)
    environment = os.environ | {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    said = []
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as running:
        seen = 0
        for line in running.stdout:
            said.append(line)
            if counts and line.startswith(counts):
                seen += 1
                if terminal:
                    print(f"\r  {words} … {seen}", end="", flush=True)
    log.write_text("".join(said))
    if running.returncode != 0:
        print(flush=True)
        raise CannotInstall((why or _why)("".join(said), log.relative_to(ROOT)))
    seconds = f"done in {time.monotonic() - started:.0f} s"
    print(f"\r  {words} … {seconds}" if terminal else f"    {seconds}", flush=True)


def _why(said, log):
    if "No space left on device" in said or "ENOSPC" in said:
        return "The disk is full: make room and start again."
    if "do not match the hashes" in said or "EINTEGRITY" in said:
        return f"A package is not the one that was locked, so nothing of it was installed: see {log}."
    if any(sign in said for sign in NO_NETWORK):
        return "The packages could not be fetched: the first start needs the network. Connect, and start again."
    last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "no reason given")
    return f"{last} (all of it is in {log})"


def _why_no_venv(said, log):
    if "ensurepip" in said or "No module named venv" in said:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return (
            "This Python cannot make an environment, because its venv part is not installed: "
            f"on Debian or Ubuntu, install python{version}-venv and start again."
        )
    return _why(said, log)


def _hash(paths):
    digest = hashlib.sha256()
    for path in paths:
        digest.update(os.fsencode(path.relative_to(ROOT)) + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _stamp(folder, lock):
    stamp = folder / f".campion-{lock}"
    return stamp.exists() and stamp.read_text() == _hash([ROOT / lock])


def _write_stamp(folder, lock):
    (folder / f".campion-{lock}").write_text(_hash([ROOT / lock]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
