"""Make very many reports of those that were born through actions: the same shape, on other days, under new references.

The database copies its own rows: every table of a report and of what victims hangs on it, with new keys, times moved by
whole weeks, and each limit counted anew for its new day with the arithmetic of victims.deadlines. Nothing is invented
here. The copies have no audit lines, no files, and no history of each clock (docs/adr: bulk data).
"""

import io
import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from graphlib import TopologicalSorter

import psycopg2
from django.apps import apps
from django.db import models
from psycopg2 import sql

from campion import audit, references
from campion.models import AuditEvent
from campion.settings import env
from campion.working_days import BeyondTheCalendar, working_days_after
from demo import making
from demo.making import NoDemo, Progress
from demo.people import FORCE
from reports.models import Evidence, Incident
from victims.calendars import england_and_wales
from victims.models import Clock, ClockNotice, Handover, Referral

ACTION = "make_bulk"
AT_ONCE = 10_000
"""Reports in one transaction: enough to be quick, few enough to show how far it is."""
WEEKS_BACK = 4 * 52
LEFT_OUT = {Evidence, Handover, Handover.referrals.through, ClockNotice, Clock.pgh_event_model}
"""What stands for a file, a list of cases, a message that was sent; and the history of clocks."""
REFERENCES = {Incident: "AR", Referral: "SU"}


@dataclass
class Table:
    """One table of the graph: its model, the column that leads up to the report, and the keys of what is copied."""

    model: type[models.Model]
    up: models.ForeignKey | None
    lowest: int = 0
    span: int = 1
    base: int = 1
    size: int = 0
    columns: list = field(default_factory=list)

    @property
    def name(self):
        """The table in the database."""
        return self.model._meta.db_table

    @property
    def mine(self):
        """The temporary table of the rows that are copied, each with the key of its report (`of_report`)."""
        return f"bulk_{self.name}"


def make(*, size: int, seed: int) -> Iterator[Progress]:
    """Add so many reports to the demonstration, with their assaults, offers and clocks; yield how far it is.

    :param size: reports
    :raises NoDemo: where there is no demonstration to copy
    """
    making.refuse_elsewhere()
    if not making.is_made():
        raise NoDemo("There is no demonstration to copy yet: run manage.py make_demo without --bulk first.")
    with making.alone(), closing(psycopg2.connect(env.str("DATABASE_OWNER_URL"))) as connection:
        below = _first_copy()
        tables = graph()
        with connection, connection.cursor() as cursor:  # one transaction: a stop leaves everything as it was
            templates = _prepare(cursor, tables, below)
            again, awake = _lay_bare(cursor, tables)
            numbers, done, place = random.Random(seed), 0, (0, 0)  # noqa: S311
            while done < size:
                count = min(AT_ONCE, size - done)
                place = _copy(cursor, tables, templates, count, numbers, place)
                done += count
                yield Progress("reports", done, size)
            for number, statement in enumerate(again, 1):
                cursor.execute(statement)
                yield Progress("indexes and constraints", number, len(again))
            # Without statistics what comes now would be planned for the few rows that there were.
            for number, table in enumerate(tables.values(), 1):
                cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table.name)))
                yield Progress("tables counted", number, len(tables))
            _show_days(cursor, tables)
            for table in tables.values():
                _continue_keys(cursor, table)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for statement in awake:
                cursor.execute(statement)


def _lay_bare(cursor, tables) -> tuple[list[str], list[str]]:
    """Take indexes, references and triggers off the tables until the rows are in; give what puts
    the first two back, and what wakes the triggers.

    Building an index and checking a reference once over all rows is many times quicker than for each row. Whatever is
    taken off is put back, and so checked for every copy, in the same transaction.
    """
    names = [table.name for table in tables.values() if table.size]
    again = []
    cursor.execute(
        """
        SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid) FROM pg_constraint c
        WHERE c.contype = 'f' AND c.conrelid::regclass::text = ANY(%s) ORDER BY 1, 2
        """,
        [names],
    )
    references_ = cursor.fetchall()
    cursor.execute(
        """
        SELECT x.indexrelid::regclass::text, pg_get_indexdef(x.indexrelid), quote_ident(k.conname),
            pg_get_constraintdef(k.oid), x.indrelid::regclass::text
        FROM pg_index x LEFT JOIN pg_constraint k ON k.conindid = x.indexrelid AND k.contype = 'u'
        WHERE x.indrelid::regclass::text = ANY(%s) AND NOT x.indisprimary ORDER BY 1
        """,
        [names],
    )
    indexes = cursor.fetchall()
    for table, name, _ in references_:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for index, definition, constraint, words, table in indexes:
        if constraint:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
            again.append(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {words}")
        else:
            cursor.execute(f"DROP INDEX {index}")
            again.append(definition)
    cursor.execute(
        """
        SELECT tgrelid::regclass::text, quote_ident(tgname), tgenabled FROM pg_trigger
        WHERE tgrelid::regclass::text = ANY(%s) AND NOT tgisinternal AND tgenabled <> 'D' ORDER BY 1, 2
        """,
        [names],
    )
    words = {"A": "ENABLE ALWAYS", "R": "ENABLE REPLICA", "O": "ENABLE"}
    awake = []
    for table, name, enabled in cursor.fetchall():
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        awake.append(f"ALTER TABLE {table} {words[enabled]} TRIGGER {name}")
    again += [f"ALTER TABLE {table} ADD CONSTRAINT {name} {words}" for table, name, words in references_]
    return again, awake


def graph() -> dict[type[models.Model], Table]:
    """Give every table that hangs on a report, parents first: found from the models, so that none is forgotten."""
    known = {Incident: Table(Incident, None)}
    every = [
        m for app in ("reports", "victims") for m in apps.get_app_config(app).get_models(include_auto_created=True)
    ]
    grew = True
    while grew:
        grew = False
        for model in every:
            if model in known or model in LEFT_OUT:
                continue
            ups = [f for f in _keys_to(model, known) if not f.null]
            ups += [f for f in _keys_to(model, known) if model is Referral]
            if ups:
                ups.sort(key=lambda f: (f.name == "pgh_obj", f.related_model is not Incident))
                known[model], grew = Table(model, ups[0]), True
    order = TopologicalSorter(
        {model: {f.related_model for f in _keys_to(model, known)} - {model} for model in known}
    ).static_order()
    tables = {model: known[model] for model in order}
    for table in tables.values():
        table.columns = list(table.model._meta.concrete_fields)
    return tables


def _keys_to(model, known):
    return [f for f in model._meta.concrete_fields if f.is_relation and f.related_model in known]


def _first_copy() -> int | None:
    """Give the first key that a copy has: nothing from there on was born through actions."""
    line = AuditEvent.objects.filter(object_type="demo", action=ACTION).order_by("pk").values_list("object_id").first()
    if line:
        return int(line[0])
    last = Incident.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    audit.record(ACTION, by=None, object_type="demo", object_id=str(last + 1))
    return last + 1


# Getting ready -------------------------------------------------------------------------------------------------------


def _prepare(cursor, tables, below) -> list[int]:
    """Set apart what is copied, note from where new keys go on and when each limit falls; give the reports' keys."""
    cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0")
    cursor.execute("SET work_mem = '64MB'")
    cursor.execute("SET maintenance_work_mem = '256MB'; SET max_parallel_maintenance_workers = 2")
    for model, table in tables.items():
        key = table.model._meta.pk.column
        if model is Incident:
            cursor.execute(
                """
                CREATE TEMP TABLE bulk_reports_incident AS
                SELECT i.*, i.id AS of_report FROM reports_incident i JOIN campion_force f ON f.id = i.force_id
                WHERE f.code = %s AND i.id < %s AND i.clock_mark = '' AND i.merged_into_id IS NULL
                    AND NOT EXISTS (SELECT FROM reports_incident m WHERE m.merged_into_id = i.id)
                    AND NOT EXISTS (SELECT FROM reports_evidence e WHERE e.incident_id = i.id)
                """,
                [FORCE, below],
            )
        else:
            parent = tables[table.up.related_model]
            cursor.execute(
                sql.SQL("CREATE TEMP TABLE {} AS SELECT t.*, p.of_report FROM {} t JOIN {} p ON p.{} = t.{}").format(
                    *map(
                        sql.Identifier,
                        (table.mine, table.name, parent.mine, parent.model._meta.pk.column, table.up.column),
                    )
                )
            )
        cursor.execute(sql.SQL("CREATE INDEX ON {} (of_report)").format(sql.Identifier(table.mine)))
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table.mine)))
        cursor.execute(
            sql.SQL("SELECT coalesce(min({0}), 1), coalesce(max({0}), 1), count(*) FROM {1}").format(
                *map(sql.Identifier, (key, table.mine))
            )
        )
        table.lowest, highest, table.size = cursor.fetchone()
        table.span = highest - table.lowest + 1
        cursor.execute(
            sql.SQL("SELECT coalesce(max({}), 0) + 1 FROM {}").format(*map(sql.Identifier, (key, table.name)))
        )
        table.base = cursor.fetchone()[0]
    _note_limits(cursor)
    cursor.execute("CREATE TEMP TABLE bulk_map (report bigint, n bigint, days integer, shift interval, reference text)")
    cursor.execute("CREATE TEMP TABLE bulk_offers (id bigint, n bigint, reference text)")
    cursor.execute("SELECT id FROM bulk_reports_incident ORDER BY id")
    templates = [key for (key,) in cursor.fetchall()]
    if not templates:
        raise NoDemo("The demonstration holds no report that can be copied.")
    return templates


def _note_limits(cursor):
    """Work out when every limit of working days falls, for each day that the calendar knows."""
    calendar = england_and_wales()
    amounts = set(Clock.objects.filter(unit="working-days").values_list("amount", flat=True).distinct())
    amounts |= set(Clock.objects.exclude(enhanced_amount=None).values_list("enhanced_amount", flat=True).distinct())
    lines, day = [], date(max(calendar.first_year, 1900), 1, 1)
    while day.year <= calendar.last_year:
        for amount in amounts:
            try:
                lines.append(f"{day}\t{amount}\t{working_days_after(day, amount, calendar)}\n")
            except BeyondTheCalendar:
                continue
        day += timedelta(days=1)
    cursor.execute("CREATE TEMP TABLE bulk_due (start_on date, amount integer, due_on date)")
    cursor.copy_expert("COPY bulk_due FROM STDIN", io.StringIO("".join(lines)))
    cursor.execute("CREATE INDEX ON bulk_due (start_on, amount) INCLUDE (due_on)")
    cursor.execute("ANALYZE bulk_due")


# Copying -------------------------------------------------------------------------------------------------------------


def _copy(cursor, tables, templates, count, numbers, start):
    """Copy so many reports with all that hangs on them; give where the next copying starts."""
    round_, place = start
    chosen, weeks = [], {}
    while len(chosen) < count:
        weeks.setdefault(round_, numbers.randint(1, WEEKS_BACK))
        chosen.append((templates[place], round_, weeks[round_] * -7))
        place += 1
        if place == len(templates):
            round_, place = round_ + 1, 0
    taken = _new_references(cursor, Incident, len(chosen))
    lines = (
        f"{key}\t{n}\t{days}\t{days * 24} hours\t{ref}\n" for (key, n, days), ref in zip(chosen, taken, strict=True)
    )
    cursor.execute("TRUNCATE bulk_map, bulk_offers")
    cursor.copy_expert("COPY bulk_map FROM STDIN", io.StringIO("".join(lines)))
    cursor.execute("CREATE INDEX IF NOT EXISTS bulk_map_report ON bulk_map (report)")
    cursor.execute("ANALYZE bulk_map")
    cursor.execute("SELECT o.id, m.n FROM bulk_victims_referral o JOIN bulk_map m ON m.report = o.of_report")
    offers = cursor.fetchall()
    taken = _new_references(cursor, Referral, len(offers))
    lines = (f"{key}\t{n}\t{ref}\n" for (key, n), ref in zip(offers, taken, strict=True))
    cursor.copy_expert("COPY bulk_offers FROM STDIN", io.StringIO("".join(lines)))
    cursor.execute("CREATE INDEX IF NOT EXISTS bulk_offers_id ON bulk_offers (id, n)")
    cursor.execute("ANALYZE bulk_offers")
    for table in tables.values():
        if table.size:
            cursor.execute(_insert(table, tables))
    return round_, place


def _new_references(cursor, model, count) -> list[str]:
    """Make references that nothing has yet."""
    found: set[str] = set()
    while len(found) < count:
        more = {references.make(REFERENCES[model]) for _ in range(count - len(found))} - found
        cursor.execute(
            sql.SQL("SELECT reference FROM {} WHERE reference = ANY(%s)").format(sql.Identifier(model._meta.db_table)),
            [list(more)],
        )
        found |= more - {taken for (taken,) in cursor.fetchall()}
    return list(found)


def _insert(table, tables):
    """Say in SQL how one table is copied for the reports in bulk_map."""
    values = [_value(table, column, tables) for column in table.columns]
    joins = sql.SQL("")
    if table.model is Referral or table.model is Referral.pgh_event_model:
        at = sql.SQL("t.id") if table.model is Referral else sql.SQL("t.pgh_obj_id")
        joins = sql.SQL(" JOIN bulk_offers o ON o.n = m.n AND o.id = {}").format(at)
    if table.model is Clock:
        joins = sql.SQL(LIMITS)
    return sql.SQL(
        "INSERT INTO {name} ({columns}) SELECT {values} FROM bulk_map m JOIN {mine} t ON t.of_report = m.report{joins}"
    ).format(
        name=sql.Identifier(table.name),
        columns=sql.SQL(", ").join(sql.Identifier(column.column) for column in table.columns),
        values=sql.SQL(", ").join(values),
        mine=sql.Identifier(table.mine),
        joins=joins,
    )


LIMITS = """
    CROSS JOIN LATERAL (SELECT t.started_at + m.shift AS at) s
    CROSS JOIN LATERAL (SELECT (s.at AT TIME ZONE 'Europe/London')::date AS on) d
    LEFT JOIN bulk_due w ON t.unit = 'working-days' AND w.start_on = d.on AND w.amount = t.amount
    LEFT JOIN bulk_due e ON t.enhanced_at IS NOT NULL AND e.amount = t.enhanced_amount AND e.start_on =
        ((t.enhanced_at + m.shift) AT TIME ZONE 'Europe/London')::date
    CROSS JOIN LATERAL (SELECT CASE t.unit
        WHEN 'hours' THEN s.at + t.amount * interval '1 hour'
        WHEN 'duty' THEN CASE WHEN t.end_of_duty_at > t.started_at
            THEN t.end_of_duty_at + m.shift ELSE s.at + interval '12 hours' END
        END AS at) u
    CROSS JOIN LATERAL (SELECT CASE t.unit
        WHEN 'working-days' THEN w.due_on
        WHEN 'days' THEN d.on + t.amount
        WHEN 'months' THEN (d.on + t.amount * interval '1 month')::date
        ELSE (u.at AT TIME ZONE 'Europe/London')::date END AS on) f
"""
"""A clock's own limit for its new day, as deadlines.deadline gives it; `f` and `u` are what it was first given."""

OF_CLOCK = {
    "due_on": "CASE WHEN e.due_on IS NULL THEN f.on ELSE least(f.on, e.due_on) END",
    "due_at": "CASE WHEN t.enhanced_at IS NULL THEN u.at END",
    "first_due_on": "CASE WHEN t.enhanced_at IS NOT NULL THEN f.on END",
    "first_due_at": "CASE WHEN t.enhanced_at IS NOT NULL THEN u.at END",
    "calendar_edition": "CASE WHEN f.on IS NULL THEN '' ELSE t.calendar_edition END",
}
OF_INCIDENT = {
    "reference": "m.reference",
    "told_from": "CASE WHEN t.told_from = '' THEN '' ELSE {from_} END",
    "told_to": "CASE WHEN t.told_to = '' THEN '' ELSE {to} END",
    "clock_mark": """CASE
        WHEN ({at}) AT TIME ZONE 'Europe/London' = ({at} + interval '1 hour') AT TIME ZONE 'Europe/London' THEN 'first'
        WHEN ({at}) AT TIME ZONE 'Europe/London' = ({at} - interval '1 hour') AT TIME ZONE 'Europe/London' THEN 'second'
        ELSE '' END""",
    "policing_day": "(({at}) AT TIME ZONE 'Europe/London' - interval '7 hours')::date",
}


def _value(table, column, tables):
    """Say in SQL what one column of a copy holds."""
    source = sql.SQL("t.{}").format(sql.Identifier(column.column))
    model, history = table.model, hasattr(table.model, "pgh_obj_id")
    tracked = table.model._meta.get_field("pgh_obj").related_model if history and "pgh_obj" in _names(table) else None
    if column.name == "pgh_context":
        return sql.SQL("NULL")
    if column.primary_key:
        return _moved_key(table, source)
    if tracked is not None and column.name == tracked._meta.pk.name:
        return _moved_key(tables[tracked], source)
    if column.is_relation and column.related_model in tables:
        return _moved_key(tables[column.related_model], source)
    if (model is Incident or tracked is Incident) and column.name in OF_INCIDENT:
        return sql.SQL(_of_incident(column.name))
    if (model is Referral or tracked is Referral) and column.name == "reference":
        return sql.SQL("o.reference")
    if model is Clock and column.name in OF_CLOCK:
        return sql.SQL(OF_CLOCK[column.name])
    if isinstance(column, models.UUIDField) and column.unique:
        return sql.SQL("gen_random_uuid()")
    if isinstance(column, models.DateTimeField):
        return sql.SQL("{} + m.shift").format(source)
    if isinstance(column, models.DateField):
        return sql.SQL("{} + m.days").format(source)
    return source


def _names(table):
    return {column.name for column in table.columns}


def _of_incident(name):
    wall = "to_char((t.{} + m.shift) AT TIME ZONE 'Europe/London', 'YYYY-MM-DD HH24:MI')"
    at = "t.occurred_from + m.shift"
    text = OF_INCIDENT[name]
    for mark, words in (
        ("{from_}", wall.format("occurred_from")), ("{to}", wall.format("occurred_to")), ("{at}", at),
    ):  # fmt: skip
        text = text.replace(mark, words)
    return text


def _moved_key(table, source):
    return sql.SQL("{} + ({} - {}) + m.n * {}").format(
        source, sql.Literal(table.base), sql.Literal(table.lowest), sql.Literal(table.span)
    )


def _show_days(cursor, tables):
    """Keep on each new case the nearest limit that the desk owes, as actions do."""
    first = tables[Referral].base
    cursor.execute(
        """
        UPDATE victims_referral r SET due_on = c.due_on FROM (
            SELECT t.id, (SELECT min(k.due_on) FROM victims_clock k WHERE k.referral_id = t.id AND k.owed_by = 'welfare'
                AND k.met_at IS NULL AND k.not_applicable = '') AS due_on
            FROM victims_referral t
            WHERE t.id >= %s AND t.state IN ('offered', 'accepted') AND t.closed_at IS NULL
        ) c WHERE c.id = r.id AND c.due_on IS DISTINCT FROM r.due_on
        """,
        [first],
    )


def _continue_keys(cursor, table):
    """Let new rows born through actions have keys above those of the copies."""
    key = table.model._meta.pk
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table.name, key.column])
    (sequence,) = cursor.fetchone()
    if sequence:
        cursor.execute(
            sql.SQL("SELECT setval(%s, (SELECT coalesce(max({}), 1) FROM {}))").format(
                sql.Identifier(key.column), sql.Identifier(table.name)
            ),
            [sequence],
        )
