"""What makes a start unsafe: production without secrets or on a database that may forget, a demonstration in company.

`manage.py check` shows the faults of the settings; the web server asks for those of the database too, once, and does
not start while there is one (`refuse_unsafe_start`, called by wsgi.py). Every fault is a sentence that says what to do.
"""

import re
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]"}
SECRET_KEY_CHARACTERS, SEAL_KEY_CHARACTERS = 50, 32
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
DURABLE = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "remote_apply"},
    "data_checksums": {"on"},
}
"""Settings of the server without which a report that was acknowledged can be lost (R2)."""


def refuse_unsafe_start():
    """Let the process go on only if it is safe to.

    :raises ImproperlyConfigured: with one sentence for each fault
    """
    faults = settings_faults() or database_faults()
    if faults:
        raise ImproperlyConfigured(" ".join(faults))


def settings_faults():
    """Give a sentence for each fault that the settings alone show."""
    return list(_secret_faults()) + list(_demonstration_faults() if settings.DEMO else _production_faults())


def database_faults():
    """Give a sentence for each fault of the database that this process is connected to."""
    try:
        with connection.cursor() as cursor:
            faults = list(role_faults(cursor))
            if not settings.DEMO:
                faults += durability_faults(cursor)
            return faults + list(_content_faults(cursor))
    except DatabaseError:
        return ["The database does not answer, so it cannot be checked: start it, then start this again."]
    finally:
        connection.close()


def _secret_faults():
    if len(settings.SECRET_KEY) < SECRET_KEY_CHARACTERS:
        yield f"SECRET_KEY needs at least {SECRET_KEY_CHARACTERS} random characters."
    if not settings.FIELD_KEYS:
        yield "FIELD_KEYS is empty: it needs at least one Fernet key."
    for number, key in enumerate(settings.FIELD_KEYS, start=1):
        try:
            Fernet(key)
        except ValueError:
            yield f"Key {number} of FIELD_KEYS is not a Fernet key: 32 random bytes in URL-safe base64."
    if len(settings.AUDIT_SEAL_KEY) < SEAL_KEY_CHARACTERS:
        yield f"AUDIT_SEAL_KEY needs at least {SEAL_KEY_CHARACTERS} random characters."


def _production_faults():
    if not settings.SECOND_FACTOR:
        yield "CAMPION_SECOND_FACTOR is off: it may be off in a demonstration alone."
    if not settings.ALLOWED_HOSTS:
        yield "ALLOWED_HOSTS is empty: it needs the names that this service answers to."
    yield from _notify_faults()


def _notify_faults():
    key, template, url = settings.NOTIFY_API_KEY, settings.NOTIFY_TEMPLATE, urlsplit(settings.NOTIFY_URL)
    if not key and not template:
        return
    if not key or not template:
        there, missing = ("NOTIFY_API_KEY", "NOTIFY_TEMPLATE") if key else ("NOTIFY_TEMPLATE", "NOTIFY_API_KEY")
        yield f"{there} is set and {missing} is not: mail leaves by GOV.UK Notify with both, and by SMTP with neither."
    elif not re.fullmatch(rf"(?:.*-)?{UUID}-{UUID}", key):
        yield "NOTIFY_API_KEY is not a key of GOV.UK Notify: copy the whole of it, which ends in two UUIDs."
    elif not re.fullmatch(UUID, template):
        yield "NOTIFY_TEMPLATE is not the ID of a template of GOV.UK Notify: it is a UUID."
    elif url.scheme != "https" and url.hostname not in LOCAL_HOSTS:
        yield "NOTIFY_URL does not begin with https://: addresses of people would travel open to all."


def _demonstration_faults():
    others = sorted(set(settings.ALLOWED_HOSTS) - LOCAL_HOSTS)
    if others:
        names = ", ".join(others)
        yield f"CAMPION_DEMO is on and ALLOWED_HOSTS names {names}: a demonstration answers to localhost only."
    if settings.SOCIALACCOUNT_PROVIDERS:
        yield "CAMPION_DEMO is on and OIDC_SERVER_URL is set: nobody signs in to a demonstration with a real account."
    if settings.NOTIFY_API_KEY:
        yield "CAMPION_DEMO is on and NOTIFY_API_KEY is set: a demonstration sends no real message."
    if settings.HTTPS:
        yield "CAMPION_DEMO is on and so is CAMPION_HTTPS: that belongs to a real service."


def role_faults(cursor):
    """Give a sentence for each power that the connected role has and a web server must not have."""
    cursor.execute(
        "SELECT rolsuper, rolbypassrls, pg_has_role(datdba, 'MEMBER'),"
        " EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid AND relpersistence = 'p')"
        " FROM pg_roles, pg_database WHERE rolname = session_user AND datname = current_database()"
    )
    is_superuser, bypasses, owns_database, owns_tables = cursor.fetchone()
    if is_superuser:
        yield "DATABASE_URL signs in as a superuser: it must be campion_app, which owns nothing."
    elif bypasses:
        yield "DATABASE_URL signs in as a role that bypasses row security: it must be campion_app."
    elif owns_database or owns_tables:
        yield "DATABASE_URL signs in as an owner of the database or of its tables: it must be campion_app."


def durability_faults(cursor):
    """Give a sentence for each setting of the server with which an acknowledged report can be lost."""
    for name, safe in DURABLE.items():
        cursor.execute("SELECT current_setting(%s)", [name])
        (value,) = cursor.fetchone()
        if value not in safe:
            yield f"The database has {name} {value}: a report that was acknowledged could be lost. Switch it on."


def _content_faults(cursor):
    cursor.execute("SELECT to_regclass('campion_force') IS NULL")
    if cursor.fetchone()[0]:
        yield "The database has no tables yet: run manage.py migrate."
        return
    if settings.DEMO:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM campion_user JOIN campion_force f ON f.id = force_id WHERE NOT f.is_demo)"
        )
        if cursor.fetchone()[0]:
            yield "CAMPION_DEMO is on and the database holds people of a real force: a demonstration needs its own."
    else:
        cursor.execute("SELECT EXISTS (SELECT FROM campion_force WHERE is_demo)")
        if cursor.fetchone()[0]:
            yield "The database holds a demonstration: a real service needs its own, or CAMPION_DEMO=true is missing."


@checks.register(checks.Tags.security)
def check_settings(app_configs, **kwargs):
    """Show each fault of the settings as an error, so that no command that checks can run with it."""
    return [checks.Error(fault, id=f"campion.E{number:03}") for number, fault in enumerate(settings_faults(), start=1)]
