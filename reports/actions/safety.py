"""Fitness for duty after an assault, and what the health and safety adviser decides about the injury."""

import uuid

from campion.workflow import Refused
from campion.working_days import london_date
from reports import events
from reports.actions._common import changing
from reports.models import DutySpell, SafetyDecision


def change_duty(*, assault, duty, from_on, by, at):
    """Say what duty somebody who was assaulted does from a day on. What stood from that same day is struck out.

    :param duty: a code of DutySpell.Duty
    :param from_on: the London date of the first day
    :returns: the DutySpell
    :raises Refused: if this person is neither the one assaulted nor reviews the report, or the day cannot be
    """
    with changing(assault.incident, "change duty", by=by) as report:
        part = _own_part(report, assault, by)
        if duty not in DutySpell.Duty.values:
            raise Refused("Choose the duty.")
        if from_on > london_date(at):
            raise Refused("A day that is still to come cannot be entered.")
        if from_on < london_date(report.occurred_from):
            raise Refused("That is before the incident. Check the date.")
        standing = list(part.duty_spells.standing())
        before = next((row for row in reversed(standing) if row.from_on <= from_on), None)
        if before and before.duty == duty:
            raise Refused("That duty is entered for that day already.")
        if before is None and duty == DutySpell.Duty.FULL:
            raise Refused("No other duty was entered before that day, so they count as at full duties already.")
        part.duty_spells.filter(struck_at=None, from_on=from_on).update(struck_at=at, struck_by=by)
        spell = DutySpell.objects.create(assault=part, duty=duty, from_on=from_on, entered_by=by, entered_at=at)
        events.duty_status_changed.send(DutySpell, assault=part, by=by, at=at)
        return spell


def strike_duty(*, spell, by, at):
    """Strike out a duty that was entered wrongly: the one before it goes on.

    :raises Refused: if this person may not change that duty, or it was struck out before
    """
    with changing(spell.assault.incident, "change duty", by=by, recorded="strike duty") as report:
        part = _own_part(report, spell.assault, by)
        if not part.duty_spells.filter(pk=spell.pk, struck_at=None).update(struck_at=at, struck_by=by):
            raise Refused("Somebody struck this out already.")
        events.duty_status_changed.send(DutySpell, assault=part, by=by, at=at)


def decide_safety(*, assault, state, by, at, decided_on=None, reason="", reference="", key=None):
    """Decide, as the health and safety adviser, whether an injury must be reported, or say that it was.

    The decision before it is kept. The same key decides once.

    :param state: a code of SafetyDecision.State
    :param decided_on: the London date of the decision, or on which it was reported; today if not given
    :param reference: of the report made to the regulator, for "reported"
    :raises Refused: if this person does not advise on this report, or something is missing
    """
    key = key or uuid.uuid4()
    with changing(assault.incident, "decide safety", by=by, among="advised_by", code=state) as report:
        part = next((row for row in report.assaults.all() if row.pk == assault.pk), None)
        if part is None:
            raise Refused("That person is no longer in this report.")
        if earlier := SafetyDecision.objects.filter(key=key, assault=part).first():
            return earlier
        decided_on = decided_on or london_date(at)
        if state not in SafetyDecision.State.values:
            raise Refused("Choose what you decide.")
        if not london_date(report.occurred_from) <= decided_on <= london_date(at):
            raise Refused("The date must be on or after the day of the incident, and not in the future.")
        reported = state == SafetyDecision.State.REPORTED
        if reported and not reference.strip():
            raise Refused("Enter the reference of the report.")
        if not reported and state != SafetyDecision.State.WATCH and not reason.strip():
            raise Refused("Give the reason.")
        part.safety_decisions.filter(superseded_at=None).update(superseded_at=at)
        return SafetyDecision.objects.create(
            key=key,
            assault=part,
            state=state,
            reason=reason.strip(),
            reference=reference.strip() if reported else "",
            decided_on=decided_on,
            decided_at=at,
            decided_by=by,
        )


def _own_part(report, assault, by):
    """The part of the report whose duty this person may change: their own, or anybody's if they review it.

    :raises Refused: for anybody else's
    """
    part = next((row for row in report.assaults.all() if row.pk == assault.pk), None)
    if part is None:
        raise Refused("That person is no longer in this report.")
    if not report.standing_of(by).reviews and part.person_id != by.pk:
        raise Refused("Only they themselves, or a supervisor who reviews the report, may change their duty.")
    return part
