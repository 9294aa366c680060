"""From a draft to a supervisor's decision: submit, return, accept, merge, withdraw; each in one transaction."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from campion import messages
from campion.workflow import Refused
from reports import events, readiness, routing
from reports.actions._common import changing, record
from reports.actions.case import bring_case
from reports.content import content_hash, content_of
from reports.models import Assault, ConductType, Conflict, Incident, NamedReader, Note, Task, Version
from reports.workflow import incident_workflow

SHIFT = timedelta(hours=12)
ESCALATION = timedelta(hours=24)
"""First contact is owed in the same shift, and told upward after 24 hours (the assault plans of forces)."""


class Incomplete(Refused):
    """A report with answers missing. `problems` says which, with the page that mends each."""

    def __init__(self, problems):
        super().__init__("Some answers are missing before this can be submitted.")
        self.problems = problems


class ChangedMeanwhile(Refused):
    """The answers are not those that the person checked: another tab or device changed them."""

    def __init__(self):
        super().__init__("These answers changed in another tab or on another device. Check them again, then submit.")


class AlreadySubmitted(Refused):
    """The report was submitted before, with other answers (R3)."""

    def __init__(self):
        super().__init__("This report was submitted already, and what you sent now differs. Add a note to it instead.")


@dataclass(frozen=True)
class Submitted:
    """The outcome of a submission: the incident, and whether the same submission had been taken before."""

    incident: Incident
    again: bool


@transaction.atomic
def submit(*, incident, key, seen_hash, by, at) -> Submitted:
    """Put the report before a supervisor, and start the clocks on support (R1, R3).

    One transaction and idempotent: the same key with the same answers gives the same receipt however often it comes.

    :param key: the submit key that the check page carried (UUID)
    :param seen_hash: content_hash of the answers that the person checked
    :raises Incomplete: if answers are missing
    :raises ChangedMeanwhile: if the answers are no longer those that were checked
    :raises AlreadySubmitted: if this key was used with other answers
    :raises Refused: if this person may not submit it, or not now
    """
    list(Incident.objects.select_for_update().filter(pk=incident.pk).values_list("pk"))
    locked = Incident.objects.visible_to(by).filter(pk=incident.pk).first()
    if locked is None:
        raise Refused("There is no such report.")
    earlier = Version.objects.filter(incident=locked, submit_key=key).first()
    if earlier:
        if earlier.content_hash != seen_hash:
            raise AlreadySubmitted
        return Submitted(locked, again=True)
    with changing(incident, "submit", by=by) as report:
        content = content_of(report)
        if key != report.submit_key or seen_hash != content_hash(content):
            raise ChangedMeanwhile
        if problems := readiness.enough_to_submit(content, conducts=_conduct_facts(content)):
            raise Incomplete(problems)
        Version.objects.create(
            incident=report,
            number=report.versions.count() + 1,
            submit_key=key,
            content_hash=seen_hash,
            content=content,
            by=by,
            at=at,
        )
        report.status = Incident.Status.SUBMITTED
        report.submitted_at, report.submitted_by = at, by
        report.submit_key = uuid.uuid4()
        report.police_told_at = report.police_told_at or at
        if report.returned_at:  # a log entry that came back is a full report now
            report.quick_log = False
        report.save(
            update_fields=["status", "submitted_at", "submitted_by", "submit_key", "police_told_at", "quick_log"]
        )
        route(report, at=at)
        _owe_contact(report)
        events.incident_submitted.send(Incident, incident=report, by=by, at=at)
        _tell(report, routing.people_to_tell(report, at=at), "report-waiting", at=at)
        _tell(
            report, [a.person for a in report.assaults.all() if a.person and a.person_id != by.pk], "about-you", at=at
        )
    return Submitted(report, again=False)


def discard(*, incident, by, at):
    """Delete a draft, for good.

    :raises Refused: if it is not a draft of this person's
    """
    with changing(incident, "discard", by=by) as draft:
        Incident.objects.filter(pk=draft.pk).delete()  # the instance stays, for the audit line


def expire_drafts(*, at) -> int:
    """Delete drafts that nobody has saved for the days a draft is kept, one transaction each; give how many that were.

    The end was told in advance on the list of drafts (settings.DRAFT_DAYS, DRAFT_WARNING_DAYS).
    """
    before = at - timedelta(days=settings.DRAFT_DAYS)
    expired = 0
    for key in Incident.objects.abandoned(before=before).values_list("pk", flat=True):
        with transaction.atomic():
            draft = Incident.objects.abandoned(before=before).select_for_update(of=("self",)).filter(pk=key).first()
            if draft is None:  # saved meanwhile
                continue
            record("expire", draft, by=None)
            Incident.objects.filter(pk=key).delete()
            expired += 1
    return expired


def upgrade(*, incident, by, at):
    """Take a log entry back to make it a full report; its offer of support stands meanwhile.

    :raises Refused: if it is not an entry of the log, not this person's, or dealt with already
    """
    return _move(incident, "upgrade", by=by, at=at, returned_at=at, returned_by=by)


def return_for_changes(*, incident, reason, by, at):
    """Ask whoever wrote the report for changes, with a reason that they read.

    :raises Refused: if this person may not review it, it is not before a supervisor, or no reason is given
    """
    with transaction.atomic():
        report = _move(
            incident, "return", by=by, at=at, reason=reason, note=Note.Kind.RETURN, returned_at=at, returned_by=by
        )
        own = [a.person for a in report.assaults.all() if a.person and a.taken_over_at]
        _tell(report, [report.reporter, *own], "report-returned", at=at)
    return report


def accept(*, incident, by, at):
    """Accept the report as complete enough.

    :raises Incomplete: if an answer is missing without which it cannot be accepted
    :raises Refused: if this person may not review it, or somebody decided before
    """
    with changing(incident, "accept", by=by) as report:
        content = content_of(report)
        if problems := readiness.enough_to_submit(content, conducts=_conduct_facts(content)):
            raise Incomplete(problems)
        report.status = Incident.Status.ACCEPTED
        report.accepted_at, report.accepted_by = at, by
        report.save(update_fields=["status", "accepted_at", "accepted_by"])
    return report


def withdraw(*, incident, reason, by, at):
    """Take a report back. It leaves the counts; support that was offered stays offered.

    :raises Refused: if this person did not write it, it was accepted meanwhile, or no reason is given
    """
    with transaction.atomic():
        report = _move(
            incident, "withdraw", by=by, at=at, reason=reason, note=Note.Kind.WITHDRAWAL, withdrawn_at=at,
            withdrawn_by=by,
        )  # fmt: skip
        report.tasks.open().update(ended_at=at)
        events.incident_withdrawn.send(Incident, incident=report, by=by, at=at)
    return report


def merge(*, incident, into, reason, by, at):
    """End a report as the same event as another, which stays.

    People who are assaulted in both are paired; those only in the report that ends move over, so that nobody is lost
    from the counts. The earliest moment that police were told stays. Whoever must not see the one must not see the
    other either, and what was closed to all but a list stays closed: the list moves if the other report had none.

    :param into: the Incident that stays
    :raises Refused: if this person may not review both, or they are the same, or not both open
    """
    if incident.pk == into.pk:
        raise Refused("A report cannot be merged into itself.")
    with transaction.atomic():
        first, second = sorted((incident, into), key=lambda row: row.pk)  # locks in one order: no deadlock
        with (
            changing(first, "merge", by=by, reason=reason) as one,
            changing(second, "merge", by=by, reason=reason) as two,
        ):
            ends, stays = (one, two) if one.pk == incident.pk else (two, one)
            kept = {assault.person_id: assault for assault in stays.assaults.all() if assault.person_id}
            pairs, position = [], max((a.position for a in stays.assaults.all()), default=0)
            for assault in ends.assaults.all():
                if assault.person_id in kept:
                    pairs.append((assault, kept[assault.person_id]))
                    continue
                position += 1
                assault.incident, assault.position, assault.moved_from = stays, position, ends
                assault.save(update_fields=["incident", "position", "moved_from"])
                assault.tasks.update(incident=stays)
                _bring_evidence(assault, stays)
            ends.tasks.open().filter(incident=ends).update(ended_at=at)
            Note.objects.create(incident=ends, kind=Note.Kind.MERGE, body=reason, becomes=stays.reference, by=by, at=at)
            ends.status, ends.merged_into = Incident.Status.MERGED, stays
            ends.merged_at, ends.merged_by = at, by
            ends.save(update_fields=["status", "merged_into", "merged_at", "merged_by"])
            told = [moment for moment in (ends.police_told_at, stays.police_told_at) if moment]
            stays.police_told_at = min(told, default=None)
            if Assault.objects.filter(incident=stays).count() > 1:
                stays.who = Incident.Who.SEVERAL  # else it could never be accepted: it said one and names more
            stays.save(update_fields=["police_told_at", "who"])
            bring_case(ends=ends, stays=stays, pairs=pairs)
            _keep_closed(ends, stays, at=at)
            events.incidents_merged.send(Incident, incident=stays, merged=ends, pairs=pairs, by=by, at=at)
    return stays


def _bring_evidence(assault, stays):
    """Let the photos of somebody's injury follow them; a file that the other report holds already stays behind."""
    held = stays.evidence.filter(removed_at=None).values("sha256")
    assault.evidence.filter(removed_at=None).exclude(sha256__in=held).update(incident=stays)


def _keep_closed(ends, stays, *, at):
    """Let what kept people out of a report keep them out of the one that it is merged into."""
    stays = Incident.objects.get(pk=stays.pk)
    involved = {stays.reporter_id, *stays.assaults.values_list("person_id", flat=True)}
    for row in ends.conflicts.filter(ended_at=None).exclude(user__in=involved - {None}):
        Conflict.objects.get_or_create(
            incident=stays, user_id=row.user_id, why=row.why, ended_at=None, defaults={"by_id": row.by_id, "at": row.at}
        )
    if ends.restricted and not stays.restricted:
        for row in ends.named_readers.filter(removed_at=None, approved_at__isnull=False):
            row.pk, row.incident = None, stays
            row.save(force_insert=True)
    stays.restricted = stays.restricted or ends.restricted
    stays.restricted_for = sorted({*stays.restricted_for, *ends.restricted_for})
    route(stays, at=at)
    stays.tasks.open().update(unit=stays.unit)


def route(report, *, at):
    """Put a report on the desk of the supervisors who may review it, and close it to all but a list if it must be.

    Called by submit and by whatever changes who may see a report; writes within the caller's transaction.
    """
    reviewer = routing.reviewer_for(report, at=at)
    if reviewer:
        report.unit = reviewer.unit
    report.restricted_for = routing.reasons_to_restrict(report)
    report.restricted = report.restricted or bool(report.restricted_for)
    report.save(update_fields=["unit", "restricted", "restricted_for"])
    if not report.restricted or report.status == Incident.Status.DRAFT:
        return
    barred = Conflict.objects.filter(incident=report, ended_at=None).values("user_id")
    on_list = report.named_readers.filter(removed_at=None, approved_at__isnull=False).exclude(user__in=barred)
    if reviewer and not on_list.exists():
        # Somebody must owe care now, even if two people of governance were about to decide on the same person.
        NamedReader.objects.update_or_create(
            incident=report,
            user=reviewer.user,
            removed_at=None,
            defaults={"by_rule": True, "proposed_by": None, "proposed_at": at, "approved_by": None, "approved_at": at},
        )


def _move(incident, verb, *, by, at, reason="", note=None, **stamps):
    with changing(incident, verb, by=by, reason=reason) as report:
        report.status = incident_workflow.transitions[verb].target
        for name, value in stamps.items():
            setattr(report, name, value)
        report.save(update_fields=["status", *stamps])
        if note:
            Note.objects.create(incident=report, kind=note, body=reason, by=by, at=at)
    return report


def _tell(report, people, kind, *, at):
    """Tell people that there is something for them, once for each submission."""
    messages.tell(people, kind=kind, cause=f"{report.reference}/{report.versions.count()}", at=at)


def _owe_contact(report):
    """Owe each person assaulted a word from a supervisor in the same shift, and an inspector's eye after 24 hours."""
    told = report.police_told_at
    shift_end = report.end_of_duty_at if report.end_of_duty_at and report.end_of_duty_at > told else told + SHIFT
    for assault in report.assaults.all():
        for kind, due_at in ((Task.Kind.FIRST_CONTACT, shift_end), (Task.Kind.ESCALATION, told + ESCALATION)):
            Task.objects.get_or_create(
                assault=assault, kind=kind, defaults={"incident": report, "unit": report.unit, "due_at": due_at}
            )
    report.tasks.open().update(unit=report.unit)


def _conduct_facts(content):
    codes = {code for assault in content["assaults"] for code in assault["conducts"]}
    return {
        row.code: readiness.ConductFacts(
            kind=row.kind, contact=row.contact, exposure=row.exposure, injury_possible=row.injury_possible
        )
        for row in ConductType.objects.filter(code__in=codes)
    }
