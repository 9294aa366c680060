"""What happens in the case against a suspect: entered once, struck out if it was wrong, never edited."""

import uuid
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Min

from campion.workflow import Refused
from reports import case_kinds, events
from reports.actions._common import changing
from reports.case_kinds import CHARGES, HEARINGS, KINDS
from reports.models import CaseEvent, Incident, Outcome, SourceReference


def enter_event(
    *,
    incident,
    kind,
    by,
    at,
    happened_at=None,
    received_at=None,
    hearing_at=None,
    facts=None,
    assault=None,
    suspect=None,
    replaces=None,
    key=None,
    source=CaseEvent.Source.PAGE,
    source_reference="",
):
    """Enter what happened in the case, and announce it. The same key enters it once, however often it comes.

    :param kind: a code of case_kinds.KINDS
    :param happened_at: when it happened; not given for a kind of which only the hearing of it is asked
    :param received_at: when police or witness care heard of it, for a kind that comes from a court or the prosecution
    :param hearing_at: when the hearing is, for a hearing that was listed
    :param facts: the coded facts that `case_kinds.asked` names
    :param assault: the Assault that it concerns, if it concerns one person alone
    :param replaces: the CaseEvent of the hearing that this moves or cancels
    :returns: the CaseEvent
    :raises Refused: if this person may not enter it, a time or a fact cannot be, or a view is missing that must come
        before a disposal
    """
    known = KINDS.get(kind)
    if known is None:
        raise Refused("There is no such kind of event.")
    key = key or uuid.uuid4()
    verb = "enter a court event" if known.witness_care else "enter an event"
    happened_at = received_at if known.at_once else happened_at
    facts = {name: value for name, value in (facts or {}).items() if value not in ("", None)}
    with _working(incident, verb, key, by=by, code=kind) as report:
        if report is None:
            return _entered_before(key, incident, kind)
        _check_moments(report, known, happened_at, received_at, hearing_at, at)
        _check_whom(report, known, assault, suspect)
        _check_facts(known, facts)
        _check_hearing(report, known, hearing_at, replaces)
        _check_order(report, known, assault, happened_at)
        event = CaseEvent.objects.create(
            key=key,
            incident=report,
            assault=assault,
            suspect=suspect,
            kind=kind,
            happened_at=happened_at,
            received_at=received_at if known.heard else None,
            hearing_at=hearing_at,
            replaces=replaces,
            facts=facts,
            entered_at=at,
            entered_by=by,
            source=source,
            source_reference=source_reference,
        )
        if kind == "crime-recorded":
            SourceReference.objects.get_or_create(
                incident=report, kind=SourceReference.Kind.CRIME, value=facts["number"]
            )
        _keep_up(report, at=at)
        events.case_event_entered.send(CaseEvent, event=event, by=by, at=at)
        return event


def strike_event(*, event, reason, by, at):
    """Strike out what was entered wrongly, with a reason. It stays to be seen.

    :raises Refused: if this person neither entered it nor reviews the report, it was struck out before, no reason is
        given, or something entered later rests on it
    """
    with changing(
        event.incident, "strike an event", by=by, reason=reason, among="worked_on_by", recorded="strike event",
        code=event.kind,
    ) as report:  # fmt: skip
        row = CaseEvent.objects.select_for_update(of=("self",)).filter(pk=event.pk, incident=report).first()
        if row is None:
            raise Refused("There is no such event in this case.")
        if row.struck_at:
            raise Refused("Somebody struck this out already.")
        if row.entered_by_id != by.pk and not report.standing_of(by).reviews:
            raise Refused(
                "Only the person who entered this, or a supervisor who reviews the report, may strike it out."
            )
        if row.replaced_by.standing().exists():
            raise Refused("This hearing was moved or cancelled since. Strike that out first.")
        if row.kind == "view-taken" and _rests_on(report, row):
            raise Refused("The case was settled out of court after this view was taken. Strike that out first.")
        row.struck_at, row.struck_by, row.struck_reason = at, by, reason
        row.save(update_fields=["struck_at", "struck_by", "struck_reason"])
        if row.kind == "crime-recorded":
            _forget_number(report, row.facts["number"])
        _keep_up(report, at=at)
        events.case_event_struck.send(CaseEvent, event=row, by=by, at=at)
        return row


def bring_case(*, ends, stays, pairs):
    """Have what was entered about a report that ends by a merge follow it to the one that stays; in `merge` alone.

    :param pairs: (Assault that ends, Assault that stays) of the people who were in both
    """
    for ended, kept in pairs:
        ended.case_events.update(assault=kept)
        days = kept.duty_spells.standing().values("from_on")
        ended.duty_spells.filter(struck_at=None).exclude(from_on__in=days).update(assault=kept)
        if not kept.safety_decisions.exists():
            ended.safety_decisions.update(assault=kept)
    numbers = [row.facts["number"] for row in ends.case_events.standing().filter(kind="crime-recorded")]
    ends.case_events.update(incident=stays)
    for number in numbers:
        SourceReference.objects.get_or_create(incident=stays, kind=SourceReference.Kind.CRIME, value=number)
    _keep_up(stays, at=stays.case_moved_at)
    ends.charged_at = None
    ends.save(update_fields=["charged_at"])


@contextmanager
def _working(incident, verb, key, *, by, code):
    """Lock an incident for its case; gives None, and changes nothing, if this key entered something before."""
    with transaction.atomic():
        # The lock comes before the look: of two equal forms at once, the second finds what the first entered.
        list(Incident.objects.select_for_update().filter(pk=incident.pk).values_list("pk"))
        if CaseEvent.objects.filter(key=key).exists():
            if not Incident.objects.worked_on_by(by).filter(pk=incident.pk).exists():
                raise Refused("There is no such report.")
            yield None
            return
        with changing(incident, verb, by=by, among="worked_on_by", recorded="enter event", code=code) as report:
            yield report


def _entered_before(key, incident, kind):
    event = CaseEvent.objects.get(key=key)
    if (event.incident_id, event.kind) != (incident.pk, kind):
        raise Refused("This form was used before, for something else. Open the page again.")
    return event


def _check_moments(report, kind, happened_at, received_at, hearing_at, at):
    if kind.heard and received_at is None:
        raise Refused("Say when you heard of it.")
    if happened_at is None:
        raise Refused("Say when it happened.")
    if max(happened_at, received_at or happened_at) > at:
        raise Refused("A time that is still to come cannot be entered.")
    if report.occurred_from and happened_at < report.occurred_from:
        raise Refused("That is before the incident. Check the date and the time.")
    if received_at and received_at < happened_at:
        raise Refused("You cannot have heard of it before it happened. Check both times.")
    if hearing_at and report.occurred_from and hearing_at < report.occurred_from:
        raise Refused("A hearing cannot be before the incident. Check the date of the hearing.")


def _check_whom(report, kind, assault, suspect):
    if assault is not None and all(row.pk != assault.pk for row in report.assaults.all()):
        raise Refused("That person is no longer in this report.")
    if kind.one_person and assault is None:
        raise Refused("Choose whom it concerns.")
    if suspect is not None and suspect.incident_id != report.pk:
        raise Refused("That suspect is not in this report.")


def _check_facts(kind, facts):
    faults = case_kinds.faults_of(kind, facts)
    if faults:
        raise Refused(next(iter(faults.values())))
    if "outcome" in facts and not Outcome.objects.filter(code=facts["outcome"]).exists():
        raise Refused("Choose one of the outcomes.")


def _check_hearing(report, kind, hearing_at, replaces):
    if kind.code not in HEARINGS:
        if hearing_at or replaces:
            raise Refused("That is asked about hearings alone.")
        return
    if kind.code == "hearing-listed" and hearing_at is None:
        raise Refused("Say when the hearing is.")
    if kind.code == "hearing-cancelled" and (replaces is None or hearing_at):
        raise Refused("Choose the hearing that was cancelled.")
    if replaces is None:
        return
    stands = CaseEvent.objects.standing().filter(incident=report, kind="hearing-listed", pk=replaces.pk).first()
    if stands is None or stands.replaced_by.standing().exists():
        raise Refused("That hearing was moved or cancelled already.")


def _check_order(report, kind, assault, happened_at):
    """A crime is recorded once for each person, and nobody's case is settled before their view was taken."""
    standing = CaseEvent.objects.standing().filter(incident=report)
    if kind.code == "crime-recorded" and standing.filter(kind=kind.code, assault=assault).exists():
        raise Refused("A crime number is entered here already. If it is wrong, strike it out first.")
    if kind.code != "disposal":
        return
    taken = standing.filter(kind="view-taken", happened_at__lte=happened_at).values_list("assault_id", flat=True)
    people = [row for row in report.assaults.all() if assault is None or row.pk == assault.pk]
    missing = [row.position for row in people if row.pk not in set(taken)]
    if missing:
        raise Refused(missing_views(missing, of=len(report.assaults.all())))


def missing_views(positions, *, of) -> str:
    """Say whose view must be taken before the case is settled out of court.

    :param positions: of those whose view is missing
    :param of: how many people were assaulted
    """
    if of == 1:
        return "The view of the person assaulted has not been taken. Enter that first."
    named = [f"Person {position}’s" for position in positions]
    whose = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
    view, has = ("view", "has") if len(named) == 1 else ("views", "have")
    return f"{whose} {view} {has} not been taken. Enter that first."


def _rests_on(report, view):
    """Whether a disposal that stands concerns somebody of whom this is the only view taken before it."""
    others = CaseEvent.objects.standing().filter(kind="view-taken", assault=view.assault_id).exclude(pk=view.pk)
    disposals = CaseEvent.objects.standing().filter(incident=report, kind="disposal", happened_at__gte=view.happened_at)
    return any(
        disposal.assault_id in (None, view.assault_id)
        and not others.filter(happened_at__lte=disposal.happened_at).exists()
        for disposal in disposals
    )


def _forget_number(report, number):
    standing = CaseEvent.objects.standing().filter(incident=report, kind="crime-recorded")
    if all(row.facts["number"] != number for row in standing):
        report.references.filter(kind=SourceReference.Kind.CRIME, value=number).delete()


def _keep_up(report, *, at):
    """Bring what a report keeps of its case up to date: the first charge, the crime, and when something last moved."""
    standing = CaseEvent.objects.standing().filter(incident=report)
    report.charged_at = standing.filter(kind__in=CHARGES).aggregate(first=Min("happened_at"))["first"]
    report.case_moved_at = at
    if report.references.filter(kind=SourceReference.Kind.CRIME).exists():
        report.crime_recorded = Incident.CrimeRecorded.YES
    elif report.crime_recorded == Incident.CrimeRecorded.YES:
        report.crime_recorded = Incident.CrimeRecorded.PENDING
    report.save(update_fields=["charged_at", "case_moved_at", "crime_recorded"])
