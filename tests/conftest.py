"""What every test may use: this worker's database, and the owner's connection to it."""

import contextlib
import gc
import os

import psycopg2
import pytest
from xdist.scheduler import LoadFileScheduling

from campion.local_install import find_browser
from tests import ground
from tests.stage import needed, stage


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Clone this worker's database, and restore it from the template after each test that commits."""
    from django.db import connections
    from django.test import TransactionTestCase

    def restore(test):
        connections.close_all()
        ground.restore_database()

    ground.make_database()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", restore)
        yield
    with django_db_blocker.unblock():
        connections.close_all()
    ground.drop_database()


@pytest.fixture
def _django_db_helper(_stage_is_set, _django_db_helper):
    """Have the stage set before pytest-django opens the transaction of a test."""


@pytest.fixture
def _stage_is_set(request, django_db_setup, django_db_blocker):
    marker = request.node.get_closest_marker("django_db")
    commits = bool(marker and marker.kwargs.get("transaction"))
    commits = commits or bool({"transactional_db", "live_server"} & set(request.fixturenames))
    with django_db_blocker.unblock():
        stage.set(request.node, commits=commits)

    def strike():
        with django_db_blocker.unblock():
            stage.strike()

    request.node.getparent(pytest.Module).addfinalizer(strike)


@pytest.fixture
def owner_connection(transactional_db):
    """A psycopg2 connection as the owner of the tables, in autocommit; what it does is undone after the test."""
    with contextlib.closing(psycopg2.connect(os.environ["DATABASE_OWNER_URL"])) as connection:
        connection.autocommit = True
        yield connection


@pytest.fixture
def superuser_connection(transactional_db):
    """A psycopg2 connection as the server's superuser to this worker's database, in autocommit."""
    with contextlib.closing(psycopg2.connect(ground.role_url("postgres"))) as connection:
        connection.autocommit = True
        yield connection


def pytest_collection_finish():
    """Spare the collector of garbage what stays for the whole run; it took a twentieth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


LONG = (
    "journeys/test_victim_care.py",
    "demo/test_make_demo.py",
    "journeys/test_every_page.py",
    "house/test_bad_input.py",
    "journeys/",
    "demo/",
)
"""What takes longest, in that order: it begins first, so that the workers end together."""


def pytest_collection_modifyitems(items):
    """Put rules first, which need no database, then what takes long, then what has many tests.

    Put tests of a module that share what is made once side by side. Leave the journeys out, by name and with the
    reason, where there is no browser to make them in.
    """
    modules = {}
    for item in items:
        modules.setdefault(item.module, []).append(item)

    def place_of(module):
        here = modules[module]
        rules = not any(item.get_closest_marker("django_db") or "db" in item.fixturenames for item in here)
        turn = next((turn for turn, part in enumerate(LONG) if part in here[0].nodeid), len(LONG))
        return not rules, turn, -len(here), here[0].nodeid

    places = {module: place_of(module) for module in modules}
    items.sort(key=lambda item: (places[item.module], needed(item)))
    if find_browser():
        return
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.skip(reason="no Chromium here, and it could not be installed by apt"))


class InOrder(LoadFileScheduling):
    """Whoever is free takes the next file, in the order of the collection; what a file makes once is made once."""

    def __init__(self, config, log=None):
        super().__init__(config, log)
        config.option.loadscopereorder = False


@pytest.hookimpl(optionalhook=True)  # where the tests are run without xdist
def pytest_xdist_make_scheduler(config, log):
    """Give whole files to the workers of `pytest -n 2`, unless the command line asks for something else."""
    return InOrder(config, log) if config.getvalue("dist") == "load" else None
