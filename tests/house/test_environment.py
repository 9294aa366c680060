"""The environment, the locks and the driver are what the documents say."""

import itertools
import re
from importlib.metadata import distributions

from django.db.backends.postgresql.psycopg_any import is_psycopg3

from campion import local_locks
from tests.ground import ROOT

READ = re.compile(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"')
NAMED = re.compile(r"^#?([A-Z_]+)=", re.MULTILINE)


def test_every_variable_that_settings_read_is_explained():
    read = set(READ.findall((ROOT / "campion" / "settings.py").read_text())) | {"DATABASE_URL", "DATABASE_OWNER_URL"}
    named = NAMED.findall((ROOT / ".env.example").read_text())
    assert len(named) == len(set(named))
    assert set(named) == read | {"PORT"}


def test_every_variable_has_a_sentence_above_it():
    lines = (ROOT / ".env.example").read_text().splitlines()
    for above, line in itertools.pairwise(lines):
        if NAMED.match(line):
            assert re.match(r"# \S.*\.$", above), line


def test_the_locks_are_of_this_project_and_name_no_host():
    assert list(local_locks._problems()) == []


def test_psycopg_3_is_absent():
    assert not is_psycopg3
    assert "psycopg" not in {found.metadata["Name"].lower() for found in distributions()}


def test_ci_runs_the_two_commands_that_people_run():
    assert (ROOT / ".ci" / "run").read_text() == "#!/bin/sh\nset -eu\nmake check test\n"
