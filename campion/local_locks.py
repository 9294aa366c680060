"""Write under each requirement lock what it was made from, and check that it still is: `make lock`, `make check`.

A lock carries the hash of the dependency lists of pyproject.toml, so that a change there without a new lock is noticed
without asking the network. No lock may name a host: the same file has to install from any mirror.
"""

import hashlib
import json
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MARK = "# made from the dependencies of pyproject.toml, sha256 "


def main(arguments):
    """Mark the locks (`mark`) or check them (`check`); return the process's exit code."""
    if arguments == ["mark"]:
        for lock in _locks():
            lines = [line for line in lock.read_text().splitlines() if not line.startswith(MARK)]
            lock.write_text("\n".join([MARK + _dependencies(), *lines]) + "\n")
        return 0
    problems = list(_problems())
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _problems():
    for lock in _locks():
        text = lock.read_text()
        if not text.startswith(MARK + _dependencies()):
            yield f"{lock.name} was not made from the present pyproject.toml: run make lock."
        if "://" in text:
            yield f"{lock.name} names a host: run make lock."
        if "--hash=sha256:" not in text:
            yield f"{lock.name} has no hashes: run make lock."
    npm = json.loads((ROOT / "package-lock.json").read_text())
    package = json.loads((ROOT / "package.json").read_text())
    for kind in ("dependencies", "devDependencies"):
        if npm["packages"][""].get(kind) != package.get(kind):
            yield f"package-lock.json was not made from the {kind} of the present package.json: run make lock."
    if any("resolved" in entry for entry in npm["packages"].values()):
        yield "package-lock.json names a host: .npmrc has omit-lockfile-registry-resolved=true; run make lock."


def _locks():
    return [ROOT / name for name in ("requirements.lock", "requirements-local.lock", "requirements-dev.lock")]


def _dependencies():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lists = [project["project"]["requires-python"], project["project"]["dependencies"], project["dependency-groups"]]
    return hashlib.sha256(json.dumps(lists, sort_keys=True).encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
