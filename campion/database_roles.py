"""The three database roles and the database: who owns, who runs, and who may read what is published.

Plain psycopg2, no Django: `manage.py create_roles` and the set-up of the tests both call it. Migrations only grant.

- `campion_owner` owns the database and its tables: migrations, seeds' retirement, retention.
- `campion_app` is what the service connects as; it owns nothing.
- `campion_published` cannot sign in; `campion_app` may put it on for one transaction, and inherits nothing from it.
"""

import contextlib
from urllib.parse import unquote, urlsplit

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import encrypt_password, parse_dsn

OWNER, APPLICATION, PUBLISHED = "campion_owner", "campion_app", "campion_published"
LOCK = 0x43616D70  # any number that nothing else uses: "Camp"


class RolesRefused(Exception):
    """The roles cannot be made as asked; the message is one sentence fit to show."""


def create_roles(superuser_url, *, owner_url, application_url):
    """Make the roles and the database where they are missing, and set their passwords; safe to repeat and to run twice.

    :param superuser_url: a role that may create roles and databases, connected to any other database of the server
    :param owner_url: names `campion_owner`, its password and the database
    :param application_url: names `campion_app`, its password and the same database
    :raises RolesRefused: if the URLs disagree, or a role exists with powers that it must not have
    """
    owner, application = (_parts(url, role) for url, role in ((owner_url, OWNER), (application_url, APPLICATION)))
    if owner["database"] != application["database"]:
        raise RolesRefused("DATABASE_OWNER_URL and DATABASE_URL name different databases: they must name the same one.")
    with contextlib.closing(psycopg2.connect(superuser_url)) as connection:
        connection.autocommit = True  # CREATE DATABASE cannot run in a transaction
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            for role, may_sign_in, password in (
                (OWNER, True, owner["password"]),
                (APPLICATION, True, application["password"]),
                (PUBLISHED, False, ""),
            ):
                _make_role(cursor, role, may_sign_in, password)
            _execute(cursor, "GRANT {} TO {} WITH INHERIT FALSE, SET TRUE", PUBLISHED, APPLICATION)
            _make_database(cursor, owner["database"])


def _parts(url, role):
    user = unquote(urlsplit(url).username or "")
    if user != role:
        raise RolesRefused(f"The URL for {role} signs in as {user or 'nobody'}: it must sign in as {role}.")
    parsed = parse_dsn(url.replace(":@", "@", 1))  # an empty password is left out
    if not parsed.get("dbname"):
        raise RolesRefused(f"The URL for {role} names no database.")
    return {"database": parsed["dbname"], "password": parsed.get("password", "")}


def _execute(cursor, statement, *names):
    cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _make_role(cursor, role, may_sign_in, password):
    cursor.execute("SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = %s", [role])
    found = cursor.fetchone()
    if found is None:
        _execute(cursor, f"CREATE ROLE {{}} {'LOGIN' if may_sign_in else 'NOLOGIN'}", role)
    elif any(found[1:]):
        raise RolesRefused(f"The role {role} is a superuser, bypasses row security or creates roles: take that away.")
    elif found[0] != may_sign_in:
        _execute(cursor, f"ALTER ROLE {{}} {'LOGIN' if may_sign_in else 'NOLOGIN'}", role)
    if password:  # only the verifier travels, so no log of the server can hold the password
        verifier = encrypt_password(password, role, cursor, "scram-sha-256")
        cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD %s").format(sql.Identifier(role)), [verifier])


def _make_database(cursor, database):
    cursor.execute(
        "SELECT pg_get_userbyid(datdba), pg_has_role(datdba, 'SET') FROM pg_database WHERE datname = %s", [database]
    )
    found = cursor.fetchone()
    if found is None:
        cursor.execute("SELECT pg_has_role(%s, 'SET')", [OWNER])
        if not cursor.fetchone()[0]:  # a role that may create roles, but is no superuser
            _execute(cursor, "GRANT {} TO CURRENT_USER", OWNER)
        _execute(cursor, "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0", database, OWNER)
    elif found[0] != OWNER:
        raise RolesRefused(f"The database {database} belongs to {found[0]}: it must belong to {OWNER}.")
    elif not found[1]:
        return
    close_database(cursor, database)


def close_database(cursor, database):
    """Let nobody connect to this database but the roles made here; a clone of it does not inherit that."""
    _execute(cursor, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
    _execute(cursor, "GRANT CONNECT ON DATABASE {} TO {}", database, APPLICATION)
    _execute(cursor, "GRANT CONNECT ON DATABASE {} TO {}", database, PUBLISHED)
