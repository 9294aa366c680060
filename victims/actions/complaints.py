"""A complaint that a right was not met: acknowledged and answered by information governance, apart from the line."""

from contextlib import contextmanager

import pghistory
from django.db import transaction

from campion import audit
from campion.workflow import Refused
from victims import evidence
from victims.actions.clocks import settle
from victims.models import Clock, Complaint, Referral

ANSWERED = {"words": "The complaint was answered."}
"""What stands as the acknowledgement where the answer came before one."""


def acknowledge_complaint(*, complaint, met_at, facts, channel, by, at) -> Complaint:
    """Record that the person was told that their complaint is here; that meets its clock.

    :param facts: the answers of the evidence form "acknowledgement"
    :raises Refused: if this person does not deal with it, it was acknowledged, or the evidence is not enough
    """
    with _handling(complaint, "acknowledge_complaint", by=by) as locked:
        clock = locked.clock
        if clock is None or clock.status != "running":
            raise Refused("It was acknowledged already. Nothing was changed.")
        if met_at > at:
            raise Refused("That time is still to come. Enter it once it is done.")
        if met_at < clock.started_at:
            raise Refused("That is before it was made. Check the date and the time.")
        form = evidence.FORMS[clock.entitlement.evidence_form]
        if wrong := evidence.problems(form, facts):
            raise Refused(" ".join(wrong.values()))
        if channel not in Clock.Channel.values:
            raise Refused("Say how they were told.")
        settle(clock, met_at=met_at, by=by, at=at, channel=channel, facts=evidence.kept(form, facts))
    return locked


def answer_complaint(*, complaint, words, by, at) -> Complaint:
    """Answer a complaint; the person reads it on their page. An answer acknowledges it as well.

    :raises Refused: if this person does not deal with it, it was answered, or there are no words
    """
    with _handling(complaint, "answer_complaint", by=by) as locked:
        if locked.answered_at:
            raise Refused("It was answered already. Nothing was changed.")
        if not words.strip():
            raise Refused("Write the answer: the person reads it.")
        locked.answer, locked.answered_at, locked.answered_by = words.strip(), at, by
        locked.save(update_fields=["answer", "answered_at", "answered_by"])
        if locked.clock and locked.clock.status == "running":
            settle(locked.clock, met_at=at, by=by, at=at, facts=ANSWERED)
    return locked


@contextmanager
def _handling(complaint, verb, *, by):
    with transaction.atomic(), pghistory.context(user=by.pk):
        list(Referral.objects.select_for_update().filter(pk=complaint.referral_id).values_list("pk"))
        rows = Complaint.objects.handled_by(by).filter(pk=complaint.pk)
        locked = rows.select_related("referral", "clock__entitlement").first()
        if locked is None:
            raise Refused("There is no such complaint.")
        if locked.clock:
            locked.clock.referral = locked.referral
        yield locked
        person = locked.referral.person_id
        audit.record(
            verb, by=by, object_type="complaint", object_id=str(locked.key), subject_ids=[person] if person else []
        )
