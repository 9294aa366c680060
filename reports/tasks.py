"""What the queue worker does for reports. A task carries a key and nothing else, may come twice, and may be lost:
the sweep finds what was left lying."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from reports import actions, evidence_files
from reports.evidence_files import PDF, SAFE, THUMBNAIL
from reports.models import Evidence

_LOST_AFTER = timedelta(minutes=5)
_AT_ONCE = 50


def check_evidence(key):
    """Scan a received file and, if it is a photo, make its safe copy; then say that it is ready or refused.

    Idempotent: a file that was decided, or removed, is left alone, and a copy that was begun is begun again.

    :param key: the key of the Evidence row
    :raises ScannerSilent: if a scanner is set and gave no answer; the file stays unchecked, and the queue tries again
    """
    row = Evidence.objects.filter(pk=key, state=Evidence.State.RECEIVED, removed_at=None).first()
    if row is None:
        return
    try:
        body = evidence_files.original_of(row.key, row.sha256)
        evidence_files.scan(body)
        safe_type, safe_size = PDF, row.size
        if row.content_type in evidence_files.PHOTOS:
            photo = evidence_files.rebuild(body, row.content_type)
            evidence_files.keep(row.key, SAFE, photo.body)
            evidence_files.keep(row.key, THUMBNAIL, photo.thumbnail)
            safe_type, safe_size = photo.content_type, len(photo.body)
    except evidence_files.Unfit as unfit:
        actions.evidence_checked(evidence=row.pk, state=Evidence.State.REFUSED, fault=unfit.code, at=timezone.now())
        return
    actions.evidence_checked(
        evidence=row.pk, state=Evidence.State.CLEAN, safe_type=safe_type, safe_size=safe_size, at=timezone.now()
    )


def sweep_evidence():
    """Check what a lost task left unchecked, and remove from disk what no row names or was removed a week ago."""
    now = timezone.now()
    waiting = Evidence.objects.filter(state=Evidence.State.RECEIVED, removed_at=None, added_at__lt=now - _LOST_AFTER)
    for key in waiting.order_by("added_at").values_list("pk", flat=True)[:_AT_ONCE]:
        try:
            check_evidence(key)
        except evidence_files.ScannerSilent:
            break  # it will not answer for the next one either
    old = now - evidence_files.ORPHAN_AFTER
    lying = list(evidence_files.keys_older_than(old))
    kept = set(
        Evidence.objects.filter(key__in=lying)
        .filter(Q(removed_at=None) | Q(removed_at__gte=old))
        .values_list("key", flat=True)
    )
    for key in lying:
        if key not in kept:
            evidence_files.discard(key)


def expire_drafts():
    """Delete drafts that have come to their end; every hour."""
    return actions.expire_drafts(at=timezone.now())
