"""`/live` and `/ready`: each check holds when it should, and fails alone when its cause fails."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth import get_user_model
from django.db import OperationalError, connection
from django.utils import timezone

from campion import audit
from campion.models import Delivery, Force, Message, Scratch
from campion.views import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roomy_disk(monkeypatch):
    """A disk with room, whatever the machine's own is like."""
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: SimpleNamespace(total=100, free=50))


def failing(client):
    """Ask /ready, and return the names of the checks that failed."""
    answer = client.get("/ready")
    checks = answer.json()["checks"]
    assert answer.status_code == (200 if all(checks.values()) else 503)
    assert answer.json()["status"] == ("ok" if all(checks.values()) else "down")
    return {name for name, held in checks.items() if not held}


def test_live_touches_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/live")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}
    assert "no-store" in answer["Cache-Control"]


def test_ready_when_all_is_well(client):
    answer = client.get("/ready")
    assert answer.json() == {"status": "ok", "checks": dict.fromkeys(health.CHECKS, True)}
    assert "Retry-After" not in answer
    assert failing(client) == set()


def test_ready_is_quick_once_the_migrations_are_known(client, django_assert_max_num_queries):
    client.get("/ready")
    with django_assert_max_num_queries(8):
        client.get("/ready")


@pytest.mark.parametrize("address", ["/live", "/ready"])
def test_only_reading_is_allowed(client, address):
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200


def test_a_database_that_takes_no_writes(client):
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    assert "database" in failing(client)


def test_a_failed_check_says_when_to_ask_again(client, monkeypatch):
    def gone():
        raise OperationalError("the server at db.example with password=hunter2 is gone")

    monkeypatch.setitem(health.CHECKS, "database", gone)
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert b"hunter2" not in answer.content


def test_a_migration_that_was_not_made(client, monkeypatch):
    health._migrated.clear()
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: ["one"])
    assert failing(client) == {"migrations"}
    monkeypatch.undo()
    assert "migrations" not in failing(client)


def test_an_outbox_that_nobody_empties(client):
    now = timezone.now()
    force = Force.objects.first()
    person = get_user_model().objects.create(force=force, staff_number="1", family_name="Example")
    message = Message.objects.create(
        kind="there-is-an-update", to=person, once="1", created_at=now - timedelta(hours=2)
    )
    delivery = Delivery.objects.create(message=message, next_try_at=now - timedelta(minutes=4))
    assert failing(client) == set()
    Delivery.objects.filter(pk=delivery.pk).update(next_try_at=now - timedelta(minutes=6))
    assert failing(client) == {"outbox"}
    Delivery.objects.filter(pk=delivery.pk).update(state="sent", sent_at=now)
    assert failing(client) == set()


def test_a_sealer_that_stopped(client, monkeypatch):
    monkeypatch.setattr(audit, "oldest_unsealed_age", lambda: timedelta(minutes=6))
    assert failing(client) == {"seal"}


def test_a_disk_that_fills(client, monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: SimpleNamespace(total=100, free=20))
    assert failing(client) == {"disk"}


def test_a_key_that_is_missing(client, monkeypatch, settings):
    assert failing(client) == set()
    other = Fernet.generate_key().decode()
    sealed = Scratch._meta.get_field("sealed")
    settings.FIELD_KEYS = [other]
    monkeypatch.delitem(sealed.__dict__, "f", raising=False)
    assert failing(client) == {"field_keys"}
    settings.FIELD_KEYS = [other, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
    sealed.__dict__.pop("f", None)
    assert failing(client) == set()
    sealed.__dict__.pop("f", None)
