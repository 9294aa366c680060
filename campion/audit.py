"""The audit log: append one line, seal the lines, prove that none was touched (A1 to A8 of docs/rules.md).

A line holds keys and codes and no words about people, so the log may outlive the case. It is committed before the page
is sent: a view renders, calls `seen`, and answers.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction

_INSERT = """
    INSERT INTO campion_auditevent (actor_id, actor_roles, action, outcome, object_type, object_id, facets, subject_ids,
                                    reason_code, request_id, session, address)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_ROW = """
    SELECT xid, id, concat_ws('|', id, xid, at AT TIME ZONE 'UTC', actor_id, actor_roles, action, outcome, object_type,
                              object_id, facets, subject_ids, reason_code, request_id, session, address)
    FROM campion_auditevent
"""


@dataclass(frozen=True)
class Origin:
    """Where a request came from, as far as the log tells: its number, a hash of its session, a shortened address."""

    request_id: str = ""
    session: str = ""
    address: str = ""


NOWHERE = Origin()
origin: ContextVar[Origin] = ContextVar("audit_origin", default=NOWHERE)
"""Set by middleware for each request; empty for commands and tasks."""


def record(
    action: str,
    *,
    by,
    outcome: str = "done",
    object_type: str = "",
    object_id: str = "",
    facets: Iterable[str] = (),
    subject_ids: Iterable[int] = (),
    reason_code: str = "",
) -> None:
    """Append one line to the log, in the transaction that is open, or at once if none is.

    :param by: the User who acts, or None for the system itself and for people who are not signed in
    :param subject_ids: the keys of the people whom the record is about
    :raises django.db.DatabaseError: if the line cannot be written; then nothing may be shown (rule A1)
    """
    whence = origin.get()
    known = by is not None and by.is_authenticated
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                by.pk if known else None,
                sorted(by.roles) if known else [],
                action,
                outcome,
                object_type,
                str(object_id),
                sorted(facets),
                sorted(set(subject_ids)),
                reason_code,
                whence.request_id,
                whence.session,
                whence.address,
            ],
        )


def seen(what: str, *, by, object_type: str, object_id: str, facets: Iterable[str] = (), subject_ids=()) -> None:
    """Record that somebody looked, before the page is sent.

    :raises RuntimeError: inside a transaction, which could still be rolled back after the page was shown
    """
    with transaction.atomic(durable=True):
        record(
            what,
            by=by,
            outcome="seen",
            object_type=object_type,
            object_id=object_id,
            facets=facets,
            subject_ids=subject_ids,
        )


def seen_each(
    what: str, *, by, object_type: str, objects: Mapping[str, Iterable[int]], facets: Iterable[str] = ()
) -> None:
    """Record that somebody looked at a list: one line for each object shown, in one statement, before the page is sent.

    :param objects: the keys of the people whom each object is about, by the object's own id
    :raises RuntimeError: inside a transaction, which could still be rolled back after the page was shown
    """
    if objects:
        with transaction.atomic(durable=True):
            _append_each(what, "seen", by, object_type, {key: (about, "") for key, about in objects.items()}, facets)


def record_each(action: str, *, by, object_type: str, objects: Mapping[str, tuple[Iterable[int], str]]) -> None:
    """Append one line for each of several objects that one action changed, in one statement, in its transaction.

    :param objects: the keys of the people whom each object is about, and a reason code, by the object's own id
    """
    if objects:
        _append_each(action, "done", by, object_type, objects, ())


def _append_each(action, outcome, by, object_type, objects, facets):
    whence, facets, lines = origin.get(), sorted(facets), []
    for object_id, (subjects, reason_code) in objects.items():
        about = sorted(set(subjects))
        lines += [by.pk, sorted(by.roles), action, outcome, object_type, str(object_id), facets, about, reason_code]
        lines += [whence.request_id, whence.session, whence.address]
    statement, row = _INSERT.rsplit("VALUES", 1)
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} VALUES {', '.join([row.strip()] * len(objects))}", lines)


def refused(action: str, *, by, object_type: str = "", object_id: str = "", reason_code: str = "") -> None:
    """Record a refusal. An object that the person may not know is given by a hash, so the log tells nothing either."""
    record(action, by=by, outcome="refused", object_type=object_type, object_id=object_id, reason_code=reason_code)


def hashed(text: str) -> str:
    """Give a short keyed hash: equal for equal text, and of no use to somebody without the key."""
    return hmac.new(settings.AUDIT_SEAL_KEY.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:16]


# Seals ---------------------------------------------------------------------------------------------------------------


def _root(previous: bytes, rows: Iterable[str]) -> tuple[bytes, int]:
    chain = hmac.new(settings.AUDIT_SEAL_KEY.encode(), previous, hashlib.sha256)
    count = 0
    for row in rows:
        chain.update(hashlib.sha256(row.encode()).digest())
        count += 1
    return chain.digest(), count


def _horizon(cursor) -> int:
    """Give the number below which every transaction has ended, in this database and in all others of its server."""
    cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    return cursor.fetchone()[0]


def seal() -> int:
    """Seal every line whose transaction has ended and that has no seal yet; give how many lines that were.

    One sealer at a time, under an advisory lock. Lines are taken in the order (transaction, line) below the oldest
    transaction still running, so that none can appear later behind a seal (rule A4).
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('campion.audit.seal'))")
        horizon = _horizon(cursor)
        cursor.execute("SELECT seq, to_xid, root FROM campion_seal ORDER BY seq DESC LIMIT 1")
        seq, start, previous = cursor.fetchone() or (0, 0, b"")
        cursor.execute(_ROW + "WHERE xid >= %s AND xid < %s ORDER BY xid, id", [start, horizon])
        root, count = _root(bytes(previous), (row for _, _, row in cursor.fetchall()))
        if count:
            cursor.execute(
                "INSERT INTO campion_seal (seq, epoch, from_xid, to_xid, count, previous_root, root)"
                " VALUES (%s, 1, %s, %s, %s, %s, %s)",
                [seq + 1, start, horizon, count, bytes(previous), root],
            )
        return count


def verify() -> list[str]:
    """Compute every seal again and give a sentence for each fault; an empty list means that the log is whole."""
    faults = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT seq, from_xid, to_xid, count, previous_root, root FROM campion_seal ORDER BY seq")
        expected_seq, expected_xid, expected_root = 1, 0, b""
        for seq, start, end, count, previous, root in cursor.fetchall():
            if seq != expected_seq or start != expected_xid or bytes(previous) != expected_root:
                faults.append(f"Seal {seq} does not follow the one before it.")
            cursor.execute(_ROW + "WHERE xid >= %s AND xid < %s ORDER BY xid, id", [start, end])
            computed, found = _root(bytes(previous), (row for _, _, row in cursor.fetchall()))
            if found != count:
                faults.append(f"Seal {seq} covers {count} lines, but {found} are there.")
            if computed != bytes(root):
                faults.append(f"Seal {seq} does not fit the lines it covers: one was changed, added or removed.")
            expected_seq, expected_xid, expected_root = seq + 1, end, bytes(root)
    if (age := oldest_unsealed_age()) > timedelta(minutes=5):
        faults.append(f"The oldest line without a seal is {age} old.")
    return faults


def oldest_unsealed_age() -> timedelta:
    """Give the age of the oldest line that no seal covers yet; zero if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clock_timestamp() - at FROM campion_auditevent"
            " WHERE xid >= coalesce((SELECT max(to_xid) FROM campion_seal), 0) ORDER BY xid, id LIMIT 1"
        )
        row = cursor.fetchone()
    return row[0] if row else timedelta()
