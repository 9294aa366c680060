"""The frame of every action on a case: find it as its reader would, lock it, check, change, write the audit line."""

from contextlib import contextmanager

import pghistory
from django.db import transaction

from campion import audit
from campion.workflow import Refused
from victims.models import Referral
from victims.workflow import case_workflow


@contextmanager
def carrying(referral, verb, *, by):
    """Lock the case for whoever carries it, or stands in for them today, and give it to the caller to change.

    :raises Refused: if this person does not carry it, or it is closed
    """
    with transaction.atomic(), pghistory.context(user=by.pk):
        locked = _locked(Referral.objects.carried_by(by), referral)
        if locked is None:
            raise Refused("You do not carry this case, so nothing was changed.")
        case_workflow.check("record", by, locked.carriage)
        yield locked
        record(verb, locked, by=by)


@contextmanager
def tending(referral, verb, *, by):
    """Lock the case for its own person, or for whoever carries it, and give it to the caller to change.

    The person may do so whatever became of the case.

    :raises Refused: if this person is neither, or the case was merged with another meanwhile
    """
    if referral.person_id != by.pk:
        with carrying(referral, verb, by=by) as locked:
            yield locked
        return
    with transaction.atomic(), pghistory.context(user=by.pk):
        locked = _locked(Referral.objects.visible_to(by).filter(person=by), referral)
        if locked is None or locked.state == Referral.State.MERGED:
            raise Refused("This was joined with another, or is not yours. Nothing was changed.")
        yield locked
        record(verb, locked, by=by)


def record(verb, referral, *, by, reason_code=""):
    """Write the audit line of a change to a case: keys and codes, no words."""
    audit.record(
        verb,
        by=by,
        object_type="referral",
        object_id=referral.reference,
        subject_ids=[referral.person_id] if referral.person_id else [],
        reason_code=reason_code,
    )


def one_of(choices, value, sentence="Choose one of the answers in the list."):
    """Refuse a code that is not in the list."""
    if value not in choices.values:
        raise Refused(sentence)


def once(rows, key, **values):
    """Add a row under the key of its form, unless that form was kept before; give the row.

    :param rows: the related rows of a locked case, such as `referral.goals`
    """
    kept = rows.model.objects.filter(key=key).first()
    if kept is not None:
        return of_this(kept, rows.instance)
    return rows.create(key=key, **values)


def of_this(row, referral):
    """Give a row that a form's key found, if it is of this case."""
    if row.referral_id != referral.pk:
        raise Refused("This page belongs to another case. Open it again from the case.")
    return row


def _locked(rows, referral):
    return rows.select_for_update(of=("self",)).filter(pk=referral.pk).first()
