"""Every way in stands in doors.csv: what it is for, who may use it, and whether somebody may who is not signed in."""

import csv
import inspect
from itertools import cycle
from pathlib import Path

import pytest
from django.urls import URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter

from tests import people

LISTED = {row["name"]: row for row in csv.DictReader((Path(__file__).parent / "doors.csv").read_text().splitlines())}
ARGUMENTS = {
    "reference": "AR-2345-678B", "other": "AR-2345-678B", "name": "where", "field": "district", "position": 1,
    "number": 1, "kind": "arrested", "key": "00000000-0000-4000-8000-000000000000",
    "code": "2026-27-Q1", "chart": "kinds", "file": "figures.csv", "force": "testshire",
}  # fmt: skip


def doors(resolver=None, space=""):
    """Yield the name, pattern and view of every URL."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from doors(pattern, space + (f"{pattern.namespace}:" if pattern.namespace else ""))
        else:
            yield space + (pattern.name or str(pattern.pattern)), pattern, pattern.callback


def test_every_door_is_listed():
    missing = sorted({name for name, _, _ in doors()} - set(LISTED))
    assert not missing, f"say in doors.csv what these are for and who may use them: {missing}"


def test_every_line_of_the_list_is_a_door():
    gone = sorted(set(LISTED) - {name for name, _, _ in doors()})
    assert not gone, f"these stand in doors.csv and lead nowhere: {gone}"


def test_a_door_is_public_if_and_only_if_the_list_says_so():
    for name, _, view in doors():
        public = not getattr(view, "login_required", True)
        assert public == (LISTED[name]["public"] == "yes"), name


def test_every_line_says_who_may_do_what_to_what():
    for name, row in LISTED.items():
        assert all(row[column].strip() for column in ("methods", "object", "action", "who", "public")), name
        assert set(row["methods"].split()) <= {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}, name
        assert row["public"] in ("yes", "no"), name


@pytest.mark.django_db
def test_a_door_answers_only_to_the_methods_on_the_list():
    client = people.signed_in(people.make_person())
    rare = cycle(("PUT", "PATCH", "DELETE"))
    for name, pattern, view in doors():
        module = inspect.getmodule(inspect.unwrap(view)).__name__
        if not module.startswith(("campion.", "reports.", "victims.", "figures.")):
            continue  # the sign-in library's own doors
        wanted = pattern.pattern.converters
        given = {key: 1 if isinstance(kind, IntConverter) else ARGUMENTS[key] for key, kind in wanted.items()}
        address = reverse(name, kwargs=given)
        listed = set(LISTED[name]["methods"].split())
        for method in sorted({"GET", "POST", next(rare), *listed} - {"HEAD"}):  # each of the rare ones in turn
            refused = client.generic(method, address).status_code == 405
            assert refused == (method not in listed), (name, method)
