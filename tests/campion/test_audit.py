"""The log cannot be changed, holds no words, and shows when somebody with more power changed it all the same."""

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.models import Sum

from campion import audit
from campion.models import AuditEvent, Seal

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE campion_auditevent SET action = 'x'",
        "DELETE FROM campion_auditevent",
        "TRUNCATE campion_auditevent",
        "INSERT INTO campion_auditevent (action, outcome, at) VALUES ('x', 'done', now())",
        "INSERT INTO campion_auditevent (action, outcome, id) VALUES ('x', 'done', 1)",
        "INSERT INTO campion_auditevent (action, outcome, xid) VALUES ('x', 'done', 1)",
        "ALTER TABLE campion_auditevent DISABLE TRIGGER audit_no_change",
        "SET session_replication_role = replica",
        "UPDATE campion_seal SET root = ''",
        "DELETE FROM campion_seal",
        "TRUNCATE campion_seal",
        "DROP TABLE campion_seal",
    ],
)
def test_the_application_may_add_and_nothing_else(statement):
    audit.record("look", by=None)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", ["campion_auditevent", "campion_seal"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}"])
def test_even_the_owner_is_stopped_by_the_triggers(owner_connection, table, statement):
    with owner_connection.cursor() as cursor:
        cursor.execute("INSERT INTO campion_auditevent (actor_roles, action, outcome, object_type, object_id, facets,"
                       " subject_ids, reason_code, request_id, session, address)"
                       " VALUES ('{}', 'x', 'done', '', '', '{}', '{}', '', '', '', '')")  # fmt: skip
        cursor.execute("INSERT INTO campion_seal (seq, epoch, from_xid, to_xid, count, previous_root, root)"
                       " VALUES (1, 1, 0, 1, 0, '', '')")  # fmt: skip
        with pytest.raises(Exception, match="append-only"):
            cursor.execute(statement.format(table))


def test_a_line_holds_keys_and_codes():
    audit.record("look", by=None, object_type="incident", object_id="AR-2222-2222", facets=["core"], subject_ids=[3, 3])
    line = AuditEvent.objects.get()
    assert (line.actor_id, line.object_id, line.facets, line.subject_ids) == (None, "AR-2222-2222", ["core"], [3])
    assert line.at and line.xid


def test_a_look_inside_a_transaction_is_a_fault():
    with transaction.atomic(), pytest.raises(RuntimeError):
        audit.seen("look", by=None, object_type="incident", object_id="x")


@pytest.mark.django_db(transaction=True)
class TestSeals:
    def lines(self, count):
        for number in range(count):
            audit.record("look", by=None, object_id=str(number))

    @pytest.fixture
    def alone(self, monkeypatch):
        """Seal as if nothing else ran: other workers of the tests keep transactions open on the same server."""

        def next_transaction(cursor):
            cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
            return cursor.fetchone()[0]

        monkeypatch.setattr(audit, "_horizon", next_transaction)

    def seal_all(self, count):
        assert audit.seal() == count

    def as_owner(self, owner_connection, *statements):
        with owner_connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        owner_connection.commit()

    def test_a_transaction_that_still_runs_holds_back_every_line_after_it(self, owner_connection):
        owner_connection.autocommit = False
        with owner_connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")
        self.lines(2)
        assert audit.seal() == 0
        assert not Seal.objects.exists()
        owner_connection.rollback()

    def test_a_whole_log_verifies_and_each_line_is_sealed_once(self, alone):
        self.lines(3)
        self.seal_all(3)
        assert audit.seal() == 0
        self.lines(2)
        self.seal_all(2)
        assert audit.verify() == []
        assert Seal.objects.aggregate(covered=Sum("count"))["covered"] == 5

    @pytest.mark.parametrize(
        "tampering",
        [
            "UPDATE campion_auditevent SET object_id = 'other' WHERE object_id = '1'",
            "DELETE FROM campion_auditevent WHERE object_id = '1'",
            "INSERT INTO campion_auditevent (actor_roles, action, outcome, object_type, object_id, facets, subject_ids,"
            " reason_code, request_id, session, address, xid) SELECT actor_roles, action, outcome, object_type,"
            " 'forged', facets, subject_ids, reason_code, request_id, session, address, xid"
            " FROM campion_auditevent LIMIT 1",
            "UPDATE campion_seal SET count = count + 1",
            "UPDATE campion_seal SET root = '\\x00'",
        ],
    )
    def test_tampering_by_somebody_who_disables_the_triggers_is_found(self, alone, owner_connection, tampering):
        self.lines(3)
        self.seal_all(3)
        self.as_owner(
            owner_connection,
            "ALTER TABLE campion_auditevent DISABLE TRIGGER audit_no_change",
            "ALTER TABLE campion_seal DISABLE TRIGGER seal_no_change",
            tampering,
        )
        assert audit.verify()

    def test_a_refusal_survives_the_rollback_of_what_was_refused(self):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            audit.record("accept", by=None)
            raise ZeroDivisionError
        audit.refused("accept", by=None, object_type="incident", object_id="x")
        assert list(AuditEvent.objects.values_list("outcome", flat=True)) == ["refused"]
