"""What may be done with photos and files: add, remove, and say what the checker found."""

from django.conf import settings
from django.db import transaction
from django_q.tasks import async_task

from campion import audit
from campion.workflow import Refused
from reports.actions._common import changing
from reports.models import Evidence
from reports.permissions import may_add_evidence, may_see_evidence

_MB = 1024 * 1024


def add_evidence(*, incident, received, name, by, at, description="", assault=None) -> Evidence:
    """Put a received file to a report, and have it checked; until then it is shown to nobody.

    :param received: an `evidence_files.Received`, whose bytes are on disk
    :param name: the file's name, cleaned; shown and never used as a path
    :param assault: whose injury it shows, if it shows one
    :raises Refused: if this person may not add it, or it is one file, or some bytes, too many, or here already
    """
    with changing(incident, "complete", by=by) as report:
        part = assault and next((part for part in report.assaults.all() if part.pk == assault.pk), None)
        if assault and part is None:
            raise Refused("That person is not in this report.")
        if not may_add_evidence(report.standing_of(by), part and part.pk):
            raise Refused("You may add photos and files that show your own injury: say that it is yours.")
        here = list(report.evidence.filter(removed_at=None).values_list("sha256", "size"))
        if received.sha256 in {sha256 for sha256, _ in here}:
            raise Refused(f"“{name}” is in this report already, so it was not added a second time.")
        if len(here) >= settings.EVIDENCE_FILES:
            raise Refused(f"“{name}” was not added: a report takes {settings.EVIDENCE_FILES} files. Remove one first.")
        if sum(size for _, size in here) + received.size > settings.EVIDENCE_REPORT_BYTES:
            most = settings.EVIDENCE_REPORT_BYTES // _MB
            raise Refused(f"“{name}” was not added: a report takes {most} MB of files. Remove one first.")
        row = Evidence.objects.create(
            key=received.key,
            incident=report,
            assault=part,
            name=name,
            description=description,
            content_type=received.content_type,
            size=received.size,
            sha256=received.sha256,
            added_at=at,
            added_by=by,
        )
        if "evidence" not in report.answered:
            report.answered = [*report.answered, "evidence"]
            report.save(update_fields=["answered"])
        _record("add_evidence", row, report, by=by)
        # The queue's row is written in this transaction, so there is no file without its check.
        async_task("reports.tasks.check_evidence", row.pk)
    return row


def remove_evidence(*, incident, key, by, at):
    """Take a photo or file out of a report that is not accepted yet. Its bytes go seven days later.

    :param key: the UUID of the Evidence
    :raises Refused: if this person neither added it nor wrote the report, or it is gone already
    """
    with changing(incident, "complete", by=by) as report:
        row = report.evidence.select_for_update().filter(key=key, removed_at=None).first()
        standing = report.standing_of(by)
        if row is None or not may_see_evidence(standing, row.assault_id):
            raise Refused("That file is not in this report any more.")
        if not standing.owns and row.added_by_id != by.pk:
            raise Refused("Only whoever added a file, or wrote the report, may remove it.")
        row.removed_at, row.removed_by = at, by
        row.save(update_fields=["removed_at", "removed_by"])
        _record("remove_evidence", row, report, by=by)


@transaction.atomic
def evidence_checked(*, evidence, state, by=None, at=None, fault="", safe_type="", safe_size=None) -> bool:
    """Say what the checker found: the file is ready, or refused and why. Done once; a second time changes nothing.

    :param evidence: the key of the row
    :param state: Evidence.State.CLEAN or REFUSED
    :param by: nobody; the system itself
    :returns: whether this call decided
    """
    decided = Evidence.objects.filter(pk=evidence, state=Evidence.State.RECEIVED).update(
        state=state, fault=fault, safe_type=safe_type, safe_size=safe_size
    )
    if decided:
        row = Evidence.objects.select_related("incident").get(pk=evidence)
        audit.record(
            "check_evidence",
            by=by,
            outcome="refused" if state == Evidence.State.REFUSED else "done",
            object_type="evidence",
            object_id=row.key,
            reason_code=fault,
        )
    return bool(decided)


def _record(verb, row, report, *, by):
    people = [part.person_id for part in report.assaults.all() if part.person_id]
    audit.record(verb, by=by, object_type="evidence", object_id=row.key, facets=["evidence"], subject_ids=people)
