"""What hangs on a case goes along when it is joined with another, so that nothing is out of reach (docs/adr/0012).

Called by `merge_referrals` alone, within its transaction and its locks.
"""

from heapq import merge as in_order

from victims.models import (
    Appointment,
    Complaint,
    Consent,
    Contact,
    Goal,
    NeedsAssessment,
    OnwardReferral,
    RelatedPerson,
    Representative,
    Satisfaction,
)

AS_THEY_ARE = (Goal, Contact, RelatedPerson, Representative, Appointment, Complaint)
"""What needs nothing but the name of another case."""

FURTHER = (OnwardReferral.State.SENT, OnwardReferral.State.RECEIVED, OnwardReferral.State.ACCEPTED)
"""The open states of a referral to a service, the least advanced first."""


def bring_care(*, ends, stays, at):
    """Have everything that was said, written and arranged in a case that ends hang on the one that goes on.

    Both cases are of one person. Their times, their authors and what was sealed stay as they are.
    """
    _bring_assessments(ends, stays)
    _stand_once(ends, stays)
    _open_once(ends, stays, at=at)
    for model in (Consent, OnwardReferral, *AS_THEY_ARE):
        model.objects.filter(referral=ends).update(referral=stays)
    said = Satisfaction.objects.filter(referral=stays).values_list("asked", flat=True)
    Satisfaction.objects.filter(referral=ends).exclude(asked__in=list(said)).update(referral=stays)
    _bring_statement(ends, stays)
    stays.handovers.add(*ends.handovers.all())


def _bring_assessments(ends, stays):
    """Number the assessments of both anew, in the order in which they were made."""
    rows = NeedsAssessment.objects.only("pk", "referral", "number", "at").order_by("number")
    arriving = list(rows.filter(referral=ends))
    if not arriving:
        return
    together = list(in_order(rows.filter(referral=stays), arriving, key=lambda row: row.at))
    numbered = list(enumerate(together, 1))
    staying = [(number, row) for number, row in numbered if row.referral_id == stays.pk]
    for number, row in [*reversed(staying), *((number, row) for number, row in numbered if row in arriving)]:
        NeedsAssessment.objects.filter(pk=row.pk).update(referral=stays, number=number)  # each into a free number


def _stand_once(ends, stays):
    """Of two yeses to one service, let the later stand in place of the earlier, as if given in one case."""
    standing = {row.service_id: row for row in stays.consents.filter(withdrawn_at=None, related_person=None)}
    for arriving in ends.consents.filter(withdrawn_at=None, related_person=None):
        other = standing.get(arriving.service_id)
        if other is None:
            continue
        earlier, later = sorted((other, arriving), key=lambda row: (row.given_at, row.pk))
        earlier.withdrawn_at, earlier.withdrawn_by_id = later.given_at, later.recorded_by_id
        earlier.save(update_fields=["withdrawn_at", "withdrawn_by"])
        earlier.onward.filter(state__in=OnwardReferral.OPEN).update(consent=later)


def _open_once(ends, stays, *, at):
    """Of two referrals to one service, let the one that came further go on, and its appointments with it."""
    rows = OnwardReferral.objects.filter(state__in=OnwardReferral.OPEN, related_person=None)
    going_on = {row.service_id: row for row in rows.filter(referral=stays)}
    for arriving in rows.filter(referral=ends):
        other = going_on.get(arriving.service_id)
        if other is None:
            continue
        over, further = sorted((other, arriving), key=lambda row: (FURTHER.index(row.state), -row.sent_at.timestamp()))
        over.state, over.ended_at = OnwardReferral.State.JOINED, at
        over.save(update_fields=["state", "ended_at"])
        over.appointments.update(onward=further)


def _bring_statement(ends, stays):
    """Make one Victim Personal Statement of two: offered first, taken first, the latest choice, added to last."""
    theirs, ours = (getattr(row, "personal_statement", None) for row in (ends, stays))
    if theirs is None:
        return
    if ours is None:
        theirs.referral = stays
        theirs.save(update_fields=["referral"])
        return
    both = (ours, theirs)
    first = min(both, key=lambda row: row.offered_at)
    chosen = max(both, key=lambda row: (row.chosen_at is not None, row.chosen_at or row.offered_at))
    taken = sorted(row.taken_on for row in both if row.taken_on)
    added = [*taken[1:], *(row.added_to_on for row in both if row.added_to_on)]
    ours.offered_at, ours.offered_by_id = first.offered_at, first.offered_by_id
    ours.choice, ours.chosen_at, ours.reading = chosen.choice, chosen.chosen_at, chosen.reading
    ours.taken_on = taken[0] if taken else None
    ours.added_to_on = max(added, default=None)
    ours.save(update_fields=["offered_at", "offered_by", "choice", "chosen_at", "reading", "taken_on", "added_to_on"])
