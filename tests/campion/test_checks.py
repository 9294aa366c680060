"""A start that is not safe is refused, with a sentence that says why."""

import os
import subprocess
import sys
from contextlib import closing

import psycopg2
import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from campion import checks, local_server
from campion.models import Force
from tests import ground, notify


@pytest.fixture
def as_demonstration(settings):
    """The settings of a demonstration that is alone, as `manage.py run` makes them."""
    settings.DEMO, settings.SECOND_FACTOR, settings.HTTPS = True, False, False
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    settings.SOCIALACCOUNT_PROVIDERS = {}
    return settings


@pytest.mark.django_db
def test_a_safe_production_starts():
    checks.refuse_unsafe_start()


@pytest.mark.django_db
def test_a_demonstration_that_is_alone_starts(as_demonstration):
    checks.refuse_unsafe_start()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY needs"),
        ("FIELD_KEYS", [], "FIELD_KEYS is empty"),
        ("FIELD_KEYS", ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "no"], "Key 2 of FIELD_KEYS"),
        ("AUDIT_SEAL_KEY", "", "AUDIT_SEAL_KEY needs"),
        ("SECOND_FACTOR", False, "CAMPION_SECOND_FACTOR is off"),
        ("ALLOWED_HOSTS", [], "ALLOWED_HOSTS is empty"),
        (
            "NOTIFY_API_KEY",
            notify.KEY,
            "NOTIFY_API_KEY is set and NOTIFY_TEMPLATE is not: mail leaves by GOV.UK Notify",
        ),
        ("NOTIFY_TEMPLATE", notify.TEMPLATE, "NOTIFY_TEMPLATE is set and NOTIFY_API_KEY is not: mail leaves"),
    ],
)
def test_production_refuses_a_setting(settings, name, value, sentence):
    setattr(settings, name, value)
    faults = checks.settings_faults()
    assert len(faults) == 1
    assert sentence in faults[0]
    assert [error.msg for error in checks.check_settings(None)] == faults
    with pytest.raises(ImproperlyConfigured, match=sentence):
        checks.refuse_unsafe_start()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("NOTIFY_API_KEY", "campion-live", "NOTIFY_API_KEY is not a key of GOV.UK Notify"),
        ("NOTIFY_API_KEY", notify.KEY.removesuffix("3") + "x", "NOTIFY_API_KEY is not a key"),
        ("NOTIFY_TEMPLATE", "update", "NOTIFY_TEMPLATE is not the ID of a template"),
        ("NOTIFY_URL", "http://notify.example", "NOTIFY_URL does not begin with https://"),
    ],
)
def test_production_refuses_a_notify_that_cannot_work(settings, name, value, sentence):
    settings.NOTIFY_API_KEY, settings.NOTIFY_TEMPLATE = notify.KEY, notify.TEMPLATE
    assert checks.settings_faults() == []
    setattr(settings, name, value)
    (fault,) = checks.settings_faults()
    assert fault.startswith(sentence)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ALLOWED_HOSTS", ["localhost", "campion.example"], "names campion.example"),
        ("ALLOWED_HOSTS", ["*"], r"names \*"),
        ("SOCIALACCOUNT_PROVIDERS", {"openid_connect": {}}, "OIDC_SERVER_URL is set"),
        ("HTTPS", True, "CAMPION_HTTPS"),
        ("NOTIFY_API_KEY", notify.KEY, "NOTIFY_API_KEY is set"),
    ],
)
def test_a_demonstration_refuses_what_belongs_to_production(as_demonstration, name, value, sentence):
    setattr(as_demonstration, name, value)
    with pytest.raises(ImproperlyConfigured, match=sentence):
        checks.refuse_unsafe_start()


@pytest.mark.django_db
def test_production_refuses_a_demonstration_database():
    Force.objects.create(code="invented", name="Invented", country="England", is_demo=True)
    with connection.cursor() as cursor:
        assert "holds a demonstration" in next(iter(checks._content_faults(cursor)))


@pytest.mark.django_db
def test_a_demonstration_refuses_a_database_with_real_people(as_demonstration):
    force = Force.objects.filter(is_demo=False).first()
    with connection.cursor() as cursor:
        assert list(checks._content_faults(cursor)) == []
        get_user_model().objects.create(force=force, staff_number="1", family_name="Example")
        assert "people of a real force" in next(iter(checks._content_faults(cursor)))


@pytest.mark.parametrize(("role", "sentence"), [("postgres", "as a superuser"), ("campion_owner", "as an owner")])
def test_a_role_with_too_much_power_is_refused(django_db_setup, role, sentence):
    with closing(psycopg2.connect(ground.role_url(role))) as other, other.cursor() as cursor:
        (fault,) = checks.role_faults(cursor)
    assert sentence in fault


def test_asynchronous_commit_is_refused(superuser_connection):
    with superuser_connection.cursor() as cursor:
        cursor.execute(f"ALTER ROLE campion_app IN DATABASE {ground.database_name()} SET synchronous_commit = off")
    connection.close()
    with pytest.raises(ImproperlyConfigured, match="synchronous_commit off"):
        checks.refuse_unsafe_start()


def test_a_database_without_tables_is_refused(superuser_connection):
    with superuser_connection.cursor() as cursor:
        cursor.execute("DROP TABLE campion_force CASCADE")
    with pytest.raises(ImproperlyConfigured, match="has no tables yet"):
        checks.refuse_unsafe_start()


def test_a_server_that_may_forget_is_refused(monkeypatch):
    folder = ground.PLACE / f"forgetful-{os.getpid()}"
    run = local_server._run
    monkeypatch.setattr(local_server, "DURABLE", ("fsync=off", "full_page_writes=off", "synchronous_commit=off"))
    monkeypatch.setattr(
        local_server,
        "_run",
        lambda command, *args, **options: run(
            ["--no-data-checksums" if part == "--data-checksums" else part for part in command], *args, **options
        ),
    )
    try:
        with closing(psycopg2.connect(local_server.start(folder))) as server, server.cursor() as cursor:
            faults = list(checks.durability_faults(cursor))
    finally:
        local_server.stop(folder)
        subprocess.run(["rm", "-rf", folder, folder.with_name(f".{folder.name}.lock")], check=True)
    assert [fault.split()[3] for fault in faults] == list(checks.DURABLE)


def test_the_embedded_server_does_not_forget(superuser_connection):
    with superuser_connection.cursor() as cursor:
        assert list(checks.durability_faults(cursor)) == []


def wsgi(**environment):
    """Load the web server's way in with this environment, and return the exit code and the last line it said."""
    code = "import campion.wsgi"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ground.ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    return done.returncode, (done.stderr.strip().splitlines() or [""])[-1]


def test_the_web_server_really_starts(transactional_db):
    assert wsgi() == (0, "")


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS", "AUDIT_SEAL_KEY"])
def test_the_web_server_really_does_not_start_without(transactional_db, name):
    code, said = wsgi(**{name: ""})
    assert code == 1
    assert name in said


def test_the_web_server_really_does_not_start_with_half_of_notify(transactional_db):
    code, said = wsgi(NOTIFY_API_KEY=notify.KEY)
    assert code == 1
    assert said.endswith("mail leaves by GOV.UK Notify with both, and by SMTP with neither.")
    assert notify.SECRET not in said


def test_the_web_server_really_does_not_start_as_the_owner(transactional_db):
    code, said = wsgi(DATABASE_URL=os.environ["DATABASE_OWNER_URL"])
    assert code == 1
    assert "as an owner" in said


def test_the_web_server_says_that_the_database_is_away(transactional_db):
    code, said = wsgi(DATABASE_URL="postgresql://campion_app@/none?host=%2Fnowhere")
    assert code == 1
    assert said.endswith("The database does not answer, so it cannot be checked: start it, then start this again.")
