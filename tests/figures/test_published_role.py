"""The role that the outside reads as: released figures once they are out, and nothing else of anything (attack X6)."""

import hashlib
from datetime import UTC, datetime, timedelta

import psycopg2
import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.utils import timezone

from figures.models import Announcement, Cell, Chart, Correction, Draw, Release, as_published
from tests import world
from tests.stage import once

pytestmark = pytest.mark.django_db
AT = datetime(2026, 8, 20, 9, 30, tzinfo=UTC)
"""In the past of every clock: row security reads the database's own."""
OURS = ("figures_release", "figures_cell", "figures_chart", "figures_correction", "figures_announcement")
SYSTEM = "('pg_catalog', 'information_schema', 'pg_toast')"


def make_release(*, content="{}", **fields):
    given = {
        "force_code": "testshire", "force_name": "Testshire", "period": "2026-27-Q1", "edition": 1, "kind": "first",
        "drawn_at": AT - timedelta(days=3), "approved_at": AT - timedelta(days=2), "published_at": AT, "publish_at": AT,
        "verdict": ["Nothing was withheld."], "hidden_share": {}, "dimensions": {}, "cubes": {}, "content": content,
        "content_hash": hashlib.sha256(content.encode()).hexdigest(),
    }  # fmt: skip
    return Release.objects.create(**given | fields)


@once
def release():
    """One that is out, with a row in each of its tables; and one under an embargo, with the same."""
    rows = []
    for period, out_at in (("2026-27-Q1", AT), ("2026-27-Q2", timezone.now() + timedelta(days=3))):
        row = make_release(period=period, publish_at=out_at)
        Cell.objects.create(release=row, cube="C10", measure="number", place=0, codes=[], value=120, low=100, high=142)
        Chart.objects.create(release=row, name="total", svg="<svg/>", sha256="0" * 64)
        Correction.objects.create(release=row, at=AT, text="A month was left out.", touched=[["C1", []]])
        rows.append(row)
    Announcement.objects.create(force_code="testshire", period="2026-27-Q3", due_on="2027-02-20", at=AT)
    return rows[0]


def refused(statement, *parameters, match="permission denied"):
    with pytest.raises(DatabaseError, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE campion_published")
        cursor.execute(statement, parameters)


def answers(statement):
    with as_published(), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def relations(kinds):
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT quote_ident(nspname) || '.' || quote_ident(relname)
            FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
            WHERE relkind = ANY(%s) AND nspname NOT IN {SYSTEM} AND nspname NOT LIKE 'pg_%%' ORDER BY 1
            """,
            [list(kinds)],
        )
        return [name for (name,) in cursor.fetchall()]


def test_what_is_out_is_read_and_what_is_under_an_embargo_is_not(release):
    with as_published():
        assert Release.objects.get() == release
        for model in (Cell, Chart, Correction):
            assert model.objects.get().release_id == release.pk
        assert Announcement.objects.count() == 1
    assert Release.objects.count() == 2


def test_what_was_withdrawn_under_its_embargo_never_comes_out(release):
    early = {"withdrawn_at": AT - timedelta(hours=1), "withdrawn_for": "It was of another quarter."}
    never = make_release(period="2025-26-Q4", **early)
    Cell.objects.create(release=never, cube="C10", measure="number", place=0, codes=[], value=90, low=80, high=100)
    late = make_release(period="2025-26-Q3", withdrawn_at=AT + timedelta(hours=1), withdrawn_for="A month was missing.")
    with as_published():
        assert set(Release.objects.all()) == {release, late}
        assert not Cell.objects.filter(release_id=never.pk).exists()


def test_the_service_is_itself_again_afterwards(release):
    with as_published():
        pass
    with pytest.raises(ProgrammingError), as_published():
        Draw.objects.count()
    assert Draw.objects.count() == 0


def test_a_correction_waits_for_its_time(release):
    Correction.objects.create(release=release, at=timezone.now() + timedelta(days=1), text="Soon", touched=[["C1", []]])
    with as_published():
        assert Correction.objects.count() == 1


def test_every_table_and_view_outside_the_schema_is_refused():
    found = relations("rvmpf")
    outside = [name for name in found if not name.startswith("published.")]
    assert [name.removeprefix("published.") for name in found if name not in outside] == sorted(OURS)
    assert len(outside) > 80
    for name in outside:
        refused(f"SELECT 1 FROM {name} LIMIT 1")
        refused(f"EXPLAIN SELECT * FROM {name}")


def test_a_refusal_names_no_value(release):
    """Casting and conditions are not tried before the permission is."""
    refused("SELECT narrative::int FROM reports_incident", match="permission denied for table reports_incident")


def test_every_sequence_is_refused():
    found = relations("S")
    assert len(found) > 60
    for name in found:
        refused(f"SELECT last_value FROM {name}")
        refused("SELECT nextval(%s)", name)
    assert answers("SELECT count(*) FROM pg_sequences WHERE last_value IS NOT NULL") == [(0,)]


def test_no_function_of_ours_runs_as_somebody_else_or_gives_rows():
    """A function that runs as whoever calls it reads what they may read, and no more."""
    found = answers(
        f"""
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname NOT IN {SYSTEM} AND (p.prosecdef OR p.proretset)
        """
    )
    assert found == []


def test_the_statistics_of_the_planner_tell_nothing_of_other_tables(superuser_connection):
    """They hold the commonest values of each column of each table."""
    with superuser_connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT count(*) FROM pg_stats WHERE schemaname = 'public'")
        assert cursor.fetchone()[0] > 100
        cursor.execute("SET ROLE campion_published")
        cursor.execute("SELECT DISTINCT schemaname FROM pg_stats WHERE schemaname NOT LIKE 'pg_%'")
        assert not {schema for (schema,) in cursor.fetchall()} - {"published", "information_schema"}
        for catalogue in ("pg_statistic", "pg_statistic_ext_data", "pg_authid", "pg_largeobject", "pg_user_mapping"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(f"SELECT 1 FROM {catalogue}")


def test_what_others_ask_is_not_seen():
    found = answers("SELECT query FROM pg_stat_activity WHERE usename = 'campion_app' AND query <> ''")
    assert all(query == "<insufficient privilege>" for (query,) in found)


@pytest.mark.parametrize("table", OURS)
def test_it_writes_nothing_anywhere(release, table):
    column = "release_id" if table in OURS[1:4] else "period"
    refused(f"UPDATE {table} SET {column} = {column}")
    refused(f"DELETE FROM {table}")
    refused(f"TRUNCATE {table}")
    refused(f"INSERT INTO {table} DEFAULT VALUES")
    refused(f"LOCK TABLE {table} IN EXCLUSIVE MODE")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.mine (n int)",
        "CREATE TABLE published.mine (n int)",
        "CREATE TEMP TABLE mine (n int)",
        "CREATE SCHEMA mine",
        "ALTER TABLE published.figures_cell DISABLE ROW LEVEL SECURITY",
        "DROP POLICY outside ON published.figures_cell",
        "GRANT SELECT ON reports_incident TO campion_published",
        "COPY reports_incident TO STDOUT",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT lo_import('/etc/hostname')",
        "SET SESSION AUTHORIZATION campion_owner",
    ],
)
def test_nor_takes_anything_for_itself(statement):
    refused(statement, match="permission denied|must be owner|must be superuser|InsufficientPrivilege")


def test_it_cannot_sign_in_and_bypasses_nothing():
    assert answers(
        "SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
        " WHERE rolname = 'campion_published'"
    ) == [(False, False, False, False, False)]


def test_the_service_inherits_nothing_from_it_and_may_change_nothing_that_is_out(release):
    with pytest.raises(DatabaseError, match="permission denied|never changes"), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(force_name="Othershire")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        release.cells.update(value=1)
    for rows in (release.cells.all(), release.charts.all(), release.corrections.all(), Announcement.objects.all()):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            rows._raw_delete(rows.db)


def test_what_is_out_is_withdrawn_once(release):
    Release.objects.filter(pk=release.pk).update(withdrawn_at=AT, withdrawn_for="A month was left out.")
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(withdrawn_at=None, withdrawn_for="")


class TestTheOwner:
    """Not even whoever owns the tables changes what is out, unless a guard is taken off first."""

    @pytest.fixture
    def owner(self, owner_connection):
        place = world.make_force()
        row = make_release(force_code=place.force.code)
        with transaction.atomic():
            again = make_release(force_code=place.force.code, period="2026-27-Q2")
            Cell.objects.create(release=again, cube="C10", measure="number", place=0, codes=[], value=120)
            Chart.objects.create(release=row, name="total", svg="<svg/>", sha256="0" * 64)
            Correction.objects.create(release=row, at=AT, text="A month.", touched=[["C1", []]])
            Announcement.objects.create(force_code="testshire", period="2026-27-Q3", due_on="2027-02-20", at=AT)
        with owner_connection.cursor() as cursor:
            yield cursor

    def test_changes_deletes_and_empties_nothing(self, owner):
        for table in OURS:
            for statement in (f"DELETE FROM published.{table}", f"TRUNCATE published.{table} CASCADE"):
                with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                    owner.execute(statement)
        for table, column in zip(OURS, ("force_name", "symbol", "svg", "text", "reason"), strict=True):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                owner.execute(f"UPDATE published.{table} SET {column} = 'x'")

    def test_adds_no_cell_to_what_is_out(self, owner):
        with pytest.raises(DatabaseError, match="come with their release"):
            Cell.objects.create(
                release=Release.objects.get(period="2026-27-Q1"),
                cube="C1",
                measure="number",
                place=0,
                codes=[],
                value=5,
            )
        with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="come with their release"):
            owner.execute(
                "INSERT INTO published.figures_cell (release_id, cube, measure, place, codes, value, symbol, says)"
                " SELECT id, 'C1', 'number', 0, '{}', 5, '', '' FROM published.figures_release"
            )
