"""Care for the people in a report: who takes it over, who must not see it, who investigates, who spoke to them."""

from django.db import transaction

from campion import audit
from campion.workflow import Refused
from reports import events
from reports.actions._common import changing
from reports.actions.review import route
from reports.models import Assault, Conflict, Incident, NamedReader, Note, Task
from reports.permissions import may_investigate


def take_over(*, incident, by, at):
    """Make one's own part of a report that somebody else filed one's own.

    :raises Refused: if this person was not assaulted in it, or took it over before
    """
    with changing(incident, "take over", by=by) as report:
        assault = report.assaults.get(person=by)
        if report.reporter_id == by.pk:
            raise Refused("You filed this report yourself, so it is yours already.")
        assault.taken_over_at, assault.taken_over_by = at, by
        assault.consent = Assault.Consent.SELF
        assault.save(update_fields=["taken_over_at", "taken_over_by", "consent"])
        events.assault_taken_over.send(Assault, assault=assault, by=by, at=at)
    return report


def name_conflict(*, incident, user, by, at, why=Conflict.Why.NAMED):
    """Say who must not see a report through any role; it goes to an alternate at once.

    :param user: the User who is kept out
    :raises Refused: if this person has no part in the report, or the one named was assaulted in it or filed it
    """
    with changing(incident, "name a conflict", by=by) as report:
        if user.pk == report.reporter_id or any(a.person_id == user.pk for a in report.assaults.all()):
            raise Refused("That person filed the report or was assaulted, so they see their own part of it.")
        Conflict.objects.get_or_create(
            incident=report, user=user, why=why, ended_at=None, defaults={"by": by, "at": at}
        )
        if report.status != Incident.Status.DRAFT:
            route(report, at=at)
            report.tasks.open().update(unit=report.unit)
        events.people_named.send(Incident, incident=report, by=by, at=at)
    return report


def withdraw_conflict(*, incident, user, by, at):
    """Take back that somebody must not see a draft.

    :raises Refused: once the report was submitted: then information governance decides
    """
    with changing(incident, "name a conflict", by=by, recorded="withdraw a conflict") as report:
        if report.status != Incident.Status.DRAFT:
            raise Refused("The report was submitted, so information governance decides about that now.")
        report.conflicts.filter(user=user, why=Conflict.Why.NAMED, ended_at=None).update(ended_at=at)


def restrict(*, incident, by, at):
    """Close a report to all but a named list, because somebody involved wishes it or a supervisor sees the need.

    :raises Refused: if this person has no part in it
    """
    with changing(incident, "restrict", by=by) as report:
        report.restricted = True
        report.restricted_for = sorted({*report.restricted_for, "wish"})
        report.save(update_fields=["restricted", "restricted_for"])
        route(report, at=at)
        events.people_named.send(Incident, incident=report, by=by, at=at)
    return report


def assign_officer(*, incident, officer, by, at, set_aside_reason=""):
    """Name the officer in the case.

    :param officer: the User who investigates
    :param set_aside_reason: why a line manager of somebody assaulted may investigate after all
    :raises Refused: if the officer was assaulted in the incident or has a conflict; or manages somebody who was, and
        no reason is given (the force's assault plan, third point)
    """
    with changing(incident, "assign", by=by) as report:
        people = [assault for assault in report.assaults.all() if assault.person_id]
        against = may_investigate(
            officer=officer.pk,
            assaulted=frozenset(assault.person_id for assault in people),
            managed=frozenset(assault.line_manager_id for assault in people if assault.line_manager_id),
            suspected=report.conflicts.filter(user=officer, ended_at=None).exists(),
        )
        if officer.force_id != report.force_id or not officer.is_active:
            raise Refused("Choose somebody who works in this force now.")
        if against == "assaulted":
            raise Refused(f"{officer.name} was assaulted in this incident, so they may not investigate it.")
        if against == "conflict":
            raise Refused(f"{officer.name} may not investigate this incident.")
        if against == "line-manager" and not set_aside_reason.strip():
            raise Refused(
                f"{officer.name} manages somebody who was assaulted. Choose somebody else, or say why it must be them."
            )
        report.officer_in_case, report.case_moved_at = officer, at
        report.save(update_fields=["officer_in_case", "case_moved_at"])
        Note.objects.create(
            incident=report, kind=Note.Kind.OFFICER, body=set_aside_reason, becomes=officer.name, by=by, at=at
        )
        events.officer_assigned.send(Incident, incident=report, officer=officer, by=by, at=at)
    return report


def record_contact(*, incident, task, how, by, at, happened_at=None):
    """Record that a supervisor spoke to somebody who was assaulted, or that they did not want to talk now.

    :param task: the Task of first contact
    :param how: a code of Task.how
    :param happened_at: when that was, if it was not just now
    :raises Refused: if this person may not review the report, the contact is recorded already, or is still to come
    """
    if happened_at and happened_at > at:
        raise Refused("That time is still to come. Enter it once it is done.")
    with changing(incident, "record contact", by=by) as report:
        done = Task.objects.open().filter(pk=task.pk, incident=report, kind=Task.Kind.FIRST_CONTACT)
        if not done.update(done_at=happened_at or at, done_by=by, how=how):
            raise Refused("Somebody recorded this contact already.")
        Task.objects.open().filter(assault=task.assault_id, kind=Task.Kind.ESCALATION).update(ended_at=at)
        made = Task.objects.select_related("assault").get(pk=task.pk)
        events.first_contact_made.send(Task, assault=made.assault, task=made, by=by, at=at)
    return report


# The list of a restricted report: two people of governance -----------------------------------------------------------


@transaction.atomic
def propose_reader(*, incident, user, by, at):
    """Propose somebody for the list of a restricted report; another person of governance must approve.

    :param incident: an Incident of `Incident.objects.governed_by(by)`
    :raises Refused: if the report is not restricted, or the person has a conflict or is on the list
    """
    _governs(incident, by)
    if incident.conflicts.filter(user=user, ended_at=None).exists():
        raise Refused("That person must not see this report, so they cannot be put on its list.")
    if incident.named_readers.filter(user=user, removed_at=None).exists():
        raise Refused("That person is on the list, or proposed for it, already.")
    row = NamedReader.objects.create(incident=incident, user=user, proposed_by=by, proposed_at=at)
    _record_list("propose_reader", incident, by)
    return row


@transaction.atomic
def approve_reader(*, reader, by, at):
    """Approve a proposed reader, as the second person.

    :raises Refused: if the same person proposed it, or it was decided already
    """
    _governs(reader.incident, by)
    if reader.proposed_by_id == by.pk:
        raise Refused("You proposed this reader, so somebody else must approve.")
    done = NamedReader.objects.filter(pk=reader.pk, approved_at=None, removed_at=None).update(
        approved_at=at, approved_by=by
    )
    if not done:
        raise Refused("Somebody decided about this reader already.")
    _record_list("approve_reader", reader.incident, by)


@transaction.atomic
def remove_reader(*, reader, by, at):
    """Take somebody off the list of a restricted report, or refuse a proposal.

    :raises Refused: if it is the last reader, so that somebody still owes care
    """
    _governs(reader.incident, by)
    barred = Conflict.objects.filter(incident=reader.incident, ended_at=None).values("user_id")
    on_list = reader.incident.named_readers.filter(removed_at=None, approved_at__isnull=False)
    others = on_list.exclude(pk=reader.pk).exclude(user__in=barred)
    if reader.approved_at and not others.exists():
        raise Refused(
            "This is the last reader on the list. Approve another one first, so that somebody still owes care."
        )
    NamedReader.objects.filter(pk=reader.pk, removed_at=None).update(removed_at=at, removed_by=by)
    _record_list("remove_reader", reader.incident, by)


def _governs(incident, by):
    if not Incident.objects.governed_by(by).select_for_update(of=("self",)).filter(pk=incident.pk).exists():
        raise Refused("There is no such report.")


def _record_list(verb, incident, by):
    audit.record(verb, by=by, object_type="incident", object_id=incident.reference)
