"""Who of the desk carries a case: claimed, handed over, reassigned by a lead, put back, closed, taken up again."""

from collections.abc import Collection
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pghistory
from django.db import transaction
from django.db.models import Max

from campion import audit, messages
from campion.models import AuditEvent, User
from campion.roles import Role
from campion.workflow import Refused
from reports.models import Incident
from victims.actions import clocks
from victims.models import Clock, Handover, Referral
from victims.reading.closing import StillOpen, still_open
from victims.workflow import case_workflow

UNDO_WITHIN = timedelta(hours=24)
MOST_AT_ONCE = 500
NO_CASE = "There is no such case on your desk."
TAKEN = "A colleague has just taken this one."
CANNOT_CARRY = "They cannot carry this case. Choose somebody else of the welfare desk who has no part in it."


class StillOwed(Refused):
    """A case that cannot be closed yet. `lines` says what is open, one by one."""

    def __init__(self, lines: list[StillOpen]):
        self.lines = lines
        super().__init__(f"This case cannot be closed yet. Still open: {'; '.join(map(str, lines))}.")


@dataclass(frozen=True)
class Moved:
    """What came of cases that were to go to somebody at once, or back again.

    :param left: the references of those that were left where they are
    """

    handover: Handover
    count: int
    left: tuple[str, ...]


def claim(*, referral: Referral, by: User, at: datetime) -> Referral:
    """Carry a case that nobody carries, whatever its person has chosen. Two at once: one gets it.

    Pressed a second time by whoever has it, it changes nothing.

    :raises Refused: if it is not on this person's desk, is closed, or a colleague has it
    """
    with transaction.atomic(), pghistory.context(user=by.pk):
        row = Referral.objects.on_desk(by).filter(pk=referral.pk).first()
        if row is None:
            raise Refused(NO_CASE)
        if row.carriage.status == "carried":
            if row.owner_id == by.pk:
                return row
            raise Refused(TAKEN)
        case_workflow.check("claim", by, row.carriage)
        # The condition stands on the row itself: inside a subquery it would be judged by an older snapshot after a
        # wait, and two would get the case.
        won = Referral.objects.filter(pk=row.pk, owner=None, closed_at=None).update(owner=by, claimed_at=at)
        if not won:
            raise Refused(TAKEN)
        row.refresh_from_db(fields=["owner", "claimed_at"])
        _record("claim", row, by=by)
    return row


def hand_over(*, referral: Referral, to: User, words: str, by: User, at: datetime) -> Handover:
    """Let a colleague of the desk carry the case from now on, and tell them that something waits for them.

    :param words: what whoever carries it next should know; sealed
    :raises Refused: if this person does not carry it, or the colleague may not
    """
    with _working(referral, "hand over", by=by) as row:
        if to.pk == row.owner_id:
            raise Refused("They carry it already.")
        if not Referral.objects.on_desk(to).filter(pk=row.pk).exists():
            raise Refused(CANNOT_CARRY)
        made = _note(row.owner_id, to, [row], words, by=by, at=at)
        _give([row], to, at=at)
        _tell(made, by=by, at=at)
    return made


def release(*, referral: Referral, reason: str, by: User, at: datetime) -> Handover:
    """Put a case back, for anybody of the desk to claim.

    :param reason: why; whoever carries it next reads it
    :raises Refused: without a reason, or if this person does not carry it
    """
    if not reason.strip():
        raise Refused("Say why you put it back. Whoever carries it next reads it.")
    with _working(referral, "release", by=by, reason=reason) as row:
        made = _note(row.owner_id, None, [row], reason, by=by, at=at)
        _give([row], None, at=at)
    return made


@transaction.atomic
def let_go(*, incident: Incident, by: User, at: datetime) -> int:
    """Put back each open case of a report whose carrier may know of it no more, as once a conflict was named; give how
    many that were. A case that nobody can open would wait unseen."""
    count = 0
    with pghistory.context(user=by.pk):
        rows = Referral.objects.open().filter(assault__incident=incident, owner__isnull=False, merged_into=None)
        for row in rows.select_related("owner").select_for_update(of=("self",)).order_by("pk"):
            if Referral.objects.on_desk(row.owner).filter(pk=row.pk).exists():
                continue
            _note(row.owner_id, None, [row], "", by=by, at=at)
            _give([row], None, at=at)
            _record("release", row, by=by, reason_code="kept-from")
            count += 1
    return count


def reassign(
    *, references: Collection[str], from_whom: User | None, to: User, by: User, at: datetime, words: str = ""
) -> Moved:
    """Give cases of one person, or of nobody, to somebody of the team at once, as a lead does for a leaver.

    All that can go goes, in one transaction. A case that changed since the list was drawn up is left where it is: it
    is carried by another now, was closed, or is one that its new carrier may not know of.

    :param references: the list that was looked at before, at most 500
    :param from_whom: who carried them all when that was; None for cases that nobody carried
    :raises Refused: if this person leads no desk, or nothing of the list can go
    """
    wanted = list(dict.fromkeys(references))
    if not by.leads(Role.WELFARE):
        raise Refused("Only whoever leads a desk can do this.")
    if not wanted:
        raise Refused("Choose at least one case.")
    if len(wanted) > MOST_AT_ONCE:
        raise Refused(f"At most {MOST_AT_ONCE} cases can go at once.")
    if from_whom is not None and to.pk == from_whom.pk:
        raise Refused("They carry these already. Choose somebody else.")
    with transaction.atomic(), pghistory.context(user=by.pk):
        rows = Referral.objects.on_desk(by).filter(reference__in=wanted, unit__in=by.leads(Role.WELFARE))
        rows = list(rows.select_for_update(of=("self",)).order_by("pk"))
        open_to_them = _on_desk_of(to, rows)
        owner_id = from_whom.pk if from_whom else None
        going = [row for row in rows if row.owner_id == owner_id and row.closed_at is None and row.pk in open_to_them]
        if not going:
            raise Refused("None of these can go to them: each has changed meanwhile, or is one they cannot carry.")
        for row in going:
            case_workflow.check("reassign", by, row.carriage)
        made = _note(owner_id, to, going, words, by=by, at=at)
        _give(going, to, at=at)
        for row in going:
            _record("reassign", row, by=by)
        _tell(made, by=by, at=at)
    gone = {row.reference for row in going}
    return Moved(made, len(going), tuple(reference for reference in wanted if reference not in gone))


def undo_reassign(*, handover: Handover, by: User, at: datetime) -> Moved:
    """Take cases back to whoever carried them before, within 24 hours; those that somebody worked on since stay.

    :raises Refused: after that, a second time, for somebody who leads no desk with one of them, or if all must stay
    """
    with transaction.atomic(), pghistory.context(user=by.pk):
        made = Handover.objects.select_for_update(of=("self",)).filter(pk=handover.pk).first()
        rows = Referral.objects.on_desk(by).filter(unit__in=by.leads(Role.WELFARE), handovers=handover.pk)
        rows = list(rows.select_for_update(of=("self",)).order_by("pk"))
        if made is None or made.to_whom_id is None or not rows:
            raise Refused("There is nothing here that you can take back.")
        if made.undone_at is not None:
            raise Refused("This was taken back already.")
        if at > made.at + UNDO_WITHIN:
            raise Refused("This can be taken back for 24 hours only. Give the cases to somebody instead.")
        back = made.from_whom
        may_return = {row.pk for row in rows} if back is None else _on_desk_of(back, rows)
        touched = _worked_on(rows)
        going = [
            row
            for row in rows
            if (row.owner_id, row.claimed_at, row.closed_at) == (made.to_whom_id, made.at, None)
            and row.pk in may_return
            and row.pk not in touched
        ]
        if not going:
            raise Refused("Each of these cases has been worked on or moved since, or cannot go back. All stay.")
        _give(going, back, at=at)
        made.undone_at, made.undone_by = at, by
        made.save(update_fields=["undone_at", "undone_by"])
        for row in going:
            _record("undo_reassign", row, by=by)
    gone = {row.pk for row in going}
    return Moved(made, len(going), tuple(row.reference for row in rows if row.pk not in gone))


def close(*, referral: Referral, outcome: str, by: User, at: datetime) -> Referral:
    """End a case, once nothing is owed that anybody here owes. Its person can take it up again by saying yes.

    :param outcome: a code of Referral.Outcome
    :raises StillOwed: while something is open; it says what
    :raises Refused: if this person does not carry it, or the outcome is none
    """
    if outcome not in Referral.Outcome.values:
        raise Refused("Choose how it ended.")
    with _working(referral, "close", by=by, reason_code=outcome) as row:
        lines = still_open(row)
        if lines:
            raise StillOwed(lines)
        row.closed_at, row.closed_by, row.outcome, row.due_on = at, by, outcome, None
        row.save(update_fields=["closed_at", "closed_by", "outcome", "due_on"])
    return row


def reopen(*, referral: Referral, by: User, at: datetime) -> Referral:
    """Take a closed case up again, as whoever carried it or leads the desk.

    :raises Refused: if it is not theirs, or not closed
    """
    with _working(referral, "reopen", by=by) as row:
        row.closed_at, row.closed_by, row.outcome = None, None, ""
        row.save(update_fields=["closed_at", "closed_by", "outcome"])
        clocks.show_day(row)
    return row


# The steps -----------------------------------------------------------------------------------------------------------


@contextmanager
def _working(referral, verb, *, by, reason="", reason_code=""):
    """Lock a case for one verb, give it to the caller to change, and write the line of the log."""
    with transaction.atomic(), pghistory.context(user=by.pk):
        row = Referral.objects.on_desk(by).select_for_update(of=("self",)).filter(pk=referral.pk).first()
        if row is None:
            raise Refused(NO_CASE)
        case_workflow.check(verb, by, row.carriage, reason=reason)
        yield row
        _record(verb, row, by=by, reason_code=reason_code)


def _give(rows, to, *, at):
    """Make somebody the one who carries these cases, or nobody; the caller holds their locks."""
    claimed_at = at if to else None
    Referral.objects.filter(pk__in=[row.pk for row in rows]).update(owner=to, claimed_at=claimed_at)
    for row in rows:
        row.owner, row.claimed_at = to, claimed_at


def _note(from_id, to, rows, words, *, by, at):
    made = Handover.objects.create(from_whom_id=from_id, to_whom=to, words=words.strip(), by=by, at=at)
    made.referrals.set(rows)
    return made


def _tell(handover, *, by, at):
    """Tell whoever carries the cases now that something waits for them, unless they did it themself."""
    if handover.to_whom_id != by.pk:
        messages.tell([handover.to_whom], kind="case-handed-over", cause=str(handover.key), at=at)


def _on_desk_of(user, rows):
    return set(Referral.objects.on_desk(user).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))


def _worked_on(rows):
    """Give the keys of the cases to which somebody of the desk did something after they last changed hands."""
    by_reference = {row.reference: row.pk for row in rows}
    lines = AuditEvent.objects.filter(object_type="referral", object_id__in=by_reference, outcome="done")
    given = lines.filter(action__in=("reassign", "hand_over")).values("object_id").annotate(last=Max("id"))
    last = {by_reference[line["object_id"]]: line["last"] for line in given}
    duties = {str(key): pk for key, pk in Clock.objects.filter(referral__in=rows).values_list("key", "referral_id")}
    by_duty = AuditEvent.objects.filter(object_type="duty", object_id__in=duties, outcome="done")
    done = (lines | by_duty).filter(actor_roles__contains=[Role.WELFARE], id__gt=min(last.values(), default=0))
    found = by_reference | duties
    return {
        found[object_id]
        for object_id, line in done.values_list("object_id", "id")
        if line > last.get(found[object_id], 0)
    }


def _record(verb, referral, *, by, reason_code=""):
    audit.record(
        verb.replace(" ", "_"),
        by=by,
        object_type="referral",
        object_id=referral.reference,
        subject_ids=[referral.person_id] if referral.person_id else [],
        reason_code=reason_code,
    )
