"""The clocks: started by what happened, met with evidence, ended with a reason, counted anew by enhanced rights.

The only writer of Clock. What starts a clock, how long it runs and who owes it are rows of Entitlement.
"""

import logging
from contextlib import contextmanager

import pghistory
from django.db import transaction

from campion import audit, messages
from campion.roles import Role
from campion.workflow import Refused
from campion.working_days import london_date
from reports.actions import record_contact
from reports.models import Incident, Task
from victims import deadlines, evidence
from victims.calendars import england_and_wales
from victims.models import Clock, Entitlement, OnwardReferral, Referral
from victims.workflow import clock_workflow

TOLD, SELF_REFERRED, EXPOSED, FIRST_CONTACT = "police-told", "self-referred", "exposed", "first-contact"
HEARING, DECIDED_AGAINST, COMPLAINT = "hearing", "decided-against", "complaint-made"
"""Triggers that no event of the case names by itself; the others are those of reports.case_kinds."""

DESK = (Entitlement.OwedBy.WELFARE, Entitlement.OwedBy.OCCUPATIONAL_HEALTH)
"""Who owes what the desk keeps an eye on, and what no notice is sent of once a case is closed."""

FIRST_WORD = ("first-contact",)
"""The point of the plan that a supervisor's first word with the person meets: codes of entitlements."""

FIRST_AID = ("first-aid",)
"""What is met once the report has shown how it is done."""

SUPPORT = ("referral", "self-referral-answered")
"""The rights that are met by reaching the person: codes of entitlements."""

logger = logging.getLogger("campion.victims")


# Starting ------------------------------------------------------------------------------------------------------------


def start(
    referral, *, trigger, started_at, at, event=None, end_of_duty=None, only_support=False, besides=frozenset()
) -> list[Clock]:
    """Start every clock that a trigger owes to this person, by the editions in force on the London date of it.

    Asked twice for the same trigger it starts nothing again. A person with enhanced rights gets the enhanced limit.
    Where the known holidays end before the limit the clock has no date, and an administrator is told.

    :param started_at: the moment of the trigger itself, not of its entry (docs/rules.md, Time)
    :param event: the CaseEvent that it was, if it was one
    :param only_support: only what is owed to somebody who wants support, as after a no that became a yes
    :param besides: the keys of entitlements that are not owed again
    """
    wants_none = referral.state in (Referral.State.DECLINED, Referral.State.SUPPORTED, Referral.State.LATER)
    calendar, made = england_and_wales(), []
    for right in Entitlement.objects.owed(trigger, force=referral.force_id, on=london_date(started_at)):
        if (right.needs_yes and wants_none) or (only_support and not right.needs_yes) or right.pk in besides:
            continue
        fast = referral.enhanced_at is not None and right.limit_enhanced is not None
        found = deadlines.deadline(started_at, limit_of(right, enhanced=fast), calendar, end_of_duty=end_of_duty)
        made.append(
            Clock(
                referral=referral,
                entitlement=right,
                owed_by=right.owed_by,
                event=event,
                end_of_duty_at=end_of_duty if right.limit_unit == deadlines.Unit.DUTY else None,
                **_given(found),
            )
        )
    if not made:
        return []
    Clock.objects.bulk_create(made, ignore_conflicts=True)
    if any(clock.due_on is None for clock in made):
        logger.error(
            "The bank holidays of England and Wales are not known for the days after %s, so something owed has no "
            "date. Run fill_bank_holidays, then set the dates at /support/calendar/.",
            london_date(started_at).isoformat(),
        )
    return made


def limit_of(right, *, enhanced=False) -> deadlines.Limit:
    """Give the limit of a row of entitlements as the arithmetic takes it."""
    amount = right.limit_enhanced if enhanced else right.limit
    code = f"{right.code}, enhanced" if enhanced else right.code
    return deadlines.Limit(right.edition, code, amount, right.limit_unit)


def _given(found):
    return {
        "started_at": found.started_at,
        "unit": found.unit,
        "amount": found.amount,
        "due_on": found.due_on,
        "due_at": found.due_at,
        "calendar_edition": found.calendar_edition,
        "rule_edition": found.rule_edition,
    }


# Meeting and ending --------------------------------------------------------------------------------------------------


def meet(*, clock, met_at, facts, by, at, channel="") -> Clock:
    """Record that something owed was done: when it was done, how the person was told, and what shows it.

    :param met_at: the moment at which it was done; a missed limit stays missed
    :param facts: the answers of the entitlement's evidence form (victims/evidence.py)
    :param channel: a code of Clock.Channel, where the form says that the person was told
    :raises Refused: if it is not this person's to do, is done or ended, or the evidence is not enough
    """
    with transaction.atomic():
        _lock_report_of([clock])
        with owing(clock, "meet", by=by) as locked:
            kept = _checked(locked, met_at=met_at, facts=facts, channel=channel, at=at)
            settle(locked, met_at=met_at, by=by, at=at, channel=channel, facts=kept)
            _tell_report(locked, by=by, at=at)
    return locked


def meet_together(*, clocks, met_at, answers, by, at, channel="") -> list[Clock]:
    """Record that one conversation with one person did several things that were owed to them; all of it or nothing.

    :param clocks: running Clocks of one Referral
    :param answers: the answers of each clock's own evidence form, by the clock's primary key
    :raises Refused: as `meet` does, for the first of them that cannot be met
    """
    if len({clock.referral_id for clock in clocks}) != 1:
        raise Refused("Choose things that are owed to one person.")
    with transaction.atomic(), pghistory.context(user=by.pk):
        _lock_report_of(clocks)
        list(Referral.objects.select_for_update().filter(pk=clocks[0].referral_id).values_list("pk"))
        rows = Clock.objects.open_to(by, owing={clock.owed_by for clock in clocks})
        rows = rows.filter(pk__in=[clock.pk for clock in clocks])
        locked = list(rows.select_related("entitlement", "referral").order_by("pk"))
        if len(locked) != len(clocks):
            raise Refused("There is no such duty.")
        for clock in locked:
            clock_workflow.check("meet", by, clock)
            facts = answers.get(clock.pk, {})
            kept = _checked(clock, met_at=met_at, facts=facts, channel=channel, at=at)
            _mark(clock, met_at=met_at, by=by, at=at, channel=channel, facts=kept)
        Clock.objects.bulk_update(locked, MET)
        show_day(locked[0].referral)
        for clock in locked:
            _tell_report(clock, by=by, at=at)
        subject = [locked[0].referral.person_id] if locked[0].referral.person_id else []
        done = {str(clock.key): (subject, clock.entitlement.code[:40]) for clock in locked}
        audit.record_each("duty_meet", by=by, object_type="duty", objects=done)
    return locked


def _checked(clock, *, met_at, facts, channel, at):
    """Give the answers that are kept of what was said to show a duty done.

    :raises Refused: if the time, the evidence or the channel is not enough
    """
    form = evidence.FORMS[clock.entitlement.evidence_form]
    if form.own:
        raise Refused("This is recorded where it is done, not here.")
    if met_at > at:
        raise Refused("That time is still to come. Enter it once it is done.")
    if met_at < clock.started_at and clock.unit != deadlines.Unit.DAYS:
        raise Refused("That is before it was owed. Check the date and the time.")
    wrong = evidence.problems(form, facts)
    if wrong:
        raise Refused(" ".join(wrong.values()))
    if form.told and channel not in Clock.Channel.values:
        raise Refused("Say how they were told.")
    return evidence.kept(form, facts)


def _lock_report_of(clocks):
    """Lock the report before the case, as whatever changes both does, where meeting one of these changes both."""
    cases = [clock.referral_id for clock in clocks if clock.entitlement.code in FIRST_WORD]
    if cases:
        reports = Incident.objects.filter(assaults__referral__in=cases).order_by("pk")
        list(reports.select_for_update(of=("self",)).values_list("pk"))


def _tell_report(clock, *, by, at):
    """Have the supervisor's first word with the person count in the report as well: it was one act, told once.

    That ends the report's own task and starts what a first contact owes under the Code (receivers.contact_made).
    """
    if clock.entitlement.code not in FIRST_WORD:
        return
    tasks = Task.objects.open().filter(assault=clock.referral.assault_id, kind=Task.Kind.FIRST_CONTACT)
    task = tasks.select_related("incident").first()
    how = (clock.evidence or {}).get("how", "")
    if task is not None:
        how = how if how in Task.How.values else ""
        record_contact(incident=task.incident, task=task, how=how, happened_at=clock.met_at, by=by, at=at)
    elif not clock.referral.clocks.filter(entitlement__trigger=FIRST_CONTACT).exists():
        start(clock.referral, trigger=FIRST_CONTACT, started_at=clock.met_at, at=at)


MET = ("met_at", "met_by", "met_entered_at", "channel", "evidence", "waiting_on", "waiting_since_at")
"""What is written when a clock is met."""


def settle(clock, *, met_at, by, at, channel="", facts=None):
    """Mark a running clock as met, from the action that did what was owed; the caller holds its referral's lock.

    What was done before the trigger counts from the trigger on: it was done in time.
    """
    _mark(clock, met_at=met_at, by=by, at=at, channel=channel, facts=facts)
    clock.save(update_fields=MET)
    show_day(clock.referral)


def _mark(clock, *, met_at, by, at, channel, facts):
    early = clock.unit != deadlines.Unit.DAYS
    clock.met_at = max(met_at, clock.started_at) if early else met_at
    clock.met_by, clock.met_entered_at = by, at
    clock.channel, clock.evidence = channel, facts or None
    clock.waiting_on, clock.waiting_since_at = "", None


def settle_all(referral, *, codes, met_at, by, at, channel="", facts=None) -> int:
    """Mark the running clocks of these entitlements as met, from the action that did it; give how many."""
    rows = referral.clocks.running().filter(entitlement__code__in=codes).select_related("entitlement")
    count = 0
    for clock in rows:
        clock.referral = referral
        settle(clock, met_at=met_at, by=by, at=at, channel=channel, facts=facts)
        count += 1
    return count


def set_aside(*, clock, why, reason, by, at) -> Clock:
    """Say that something is not owed here after all, or that the person did not want it; the limit stays to be read.

    :param why: Clock.Why.NOT_OWED or NOT_WANTED
    :param reason: why; the person reads it
    :raises Refused: without a reason, or if it is not this person's to say, or it is done or ended
    """
    if why not in (Clock.Why.NOT_OWED, Clock.Why.NOT_WANTED):
        raise Refused("Say whether it is not owed, or not wanted.")
    with owing(clock, "set aside", by=by, reason=reason) as locked:
        end([locked], why=why, at=at, reason=reason)
    return locked


def wait_on(*, clock, whom, since_at, by, at) -> Clock:
    """Say who else must act first, and since when. The clock goes on: their lateness is another fact.

    :param whom: a code of Clock.WaitingOn, or "" for nobody any more
    :raises Refused: if it is not this person's to say, or it is done or ended
    """
    with owing(clock, "wait", by=by) as locked:
        if whom and whom not in Clock.WaitingOn.values:
            raise Refused("Choose one of the list.")
        if whom and (since_at is None or since_at > at):
            raise Refused("Say since when, up to now.")
        locked.waiting_on, locked.waiting_since_at = whom, since_at if whom else None
        locked.save(update_fields=["waiting_on", "waiting_since_at"])
    return locked


def end(clocks, *, why, at, reason="") -> None:
    """End clocks that no longer apply; what a clock had missed by then stays missed."""
    for clock in clocks:
        clock.not_applicable, clock.not_applicable_at = why, at
        clock.not_applicable_reason = reason
        clock.save(update_fields=["not_applicable", "not_applicable_at", "not_applicable_reason"])
    for referral in {clock.referral_id: clock.referral for clock in clocks}.values():
        show_day(referral)


@contextmanager
def owing(clock, verb, *, by, reason=""):
    """Lock the case of a clock for one verb of somebody who owes it, and give the clock to the caller to change.

    :raises Refused: if it is not this person's, or not now
    """
    with transaction.atomic(), pghistory.context(user=by.pk):
        list(Referral.objects.select_for_update().filter(pk=clock.referral_id).values_list("pk"))
        rows = Clock.objects.open_to(by, owing=[clock.owed_by]).filter(pk=clock.pk)
        locked = rows.select_related("entitlement", "referral").first()
        if locked is None:
            raise Refused("There is no such duty.")
        clock_workflow.check(verb, by, locked, reason=reason)
        yield locked
        record(verb, locked, by=by)


def record(verb, clock, *, by):
    """Write the audit line of a change to a clock: keys and codes, no words."""
    audit.record(
        f"duty_{verb.replace(' ', '_')}",
        by=by,
        object_type="duty",
        object_id=str(clock.key),
        subject_ids=[clock.referral.person_id] if clock.referral.person_id else [],
        reason_code=clock.entitlement.code[:40],
    )


# Enhanced rights, and dates that had to wait -------------------------------------------------------------------------


def enhance(referral, *, by, at) -> int:
    """Count the running clocks of somebody who gets enhanced rights anew from this moment; give how many changed.

    A limit that was nearer stays. What a clock was first given is kept beside it. Met and ended clocks are left alone.
    """
    calendar, changed = england_and_wales(), 0
    rows = referral.clocks.running().filter(entitlement__limit_enhanced__isnull=False, enhanced_at=None)
    for clock in rows.select_related("entitlement"):
        clock.referral = referral
        changed += _count_anew(clock, at, calendar, by=by)
    show_day(referral)
    return changed


def _count_anew(clock, switched_at, calendar, *, by) -> bool:
    """Give a running clock the enhanced limit from the moment of the switch; give whether it came nearer by that."""
    first = deadlines.Deadline(
        clock.started_at, clock.amount, clock.unit, clock.due_on, clock.due_at, clock.calendar_edition,
        clock.rule_edition,
    )  # fmt: skip
    anew = deadlines.enhanced(first, limit_of(clock.entitlement, enhanced=True), switched_at, calendar)
    if anew is first:
        return False
    clock.first_due_on, clock.first_due_at, clock.enhanced_at = clock.due_on, clock.due_at, switched_at
    clock.due_on, clock.due_at, clock.enhanced_amount = anew.due_on, anew.due_at, anew.amount
    clock.calendar_edition, clock.rule_edition = anew.calendar_edition, anew.rule_edition
    clock.save(
        update_fields=[
            "first_due_on", "first_due_at", "enhanced_at", "enhanced_amount", "due_on", "due_at", "calendar_edition",
            "rule_edition",
        ]
    )  # fmt: skip
    record("enhance", clock, by=by)
    return True


@transaction.atomic
def date_waiting_clocks(*, by, at) -> int:
    """Give a date to every clock that waits for bank holidays now known; give how many got one.

    Where its person got enhanced rights while it waited, it is counted anew from that moment, as it would have been.

    :raises Refused: if this person is not an administrator
    """
    if not by.plays(Role.ADMINISTRATOR):
        raise Refused("Only an administrator can do this.")
    calendar, dated = england_and_wales(), 0
    waiting = Referral.objects.filter(force=by.force, pk__in=Clock.objects.without_a_date().values("referral"))
    with pghistory.context(user=by.pk):
        for referral in waiting.select_for_update(of=("self",)).order_by("pk"):
            for clock in referral.clocks.without_a_date().select_related("entitlement"):
                limit = deadlines.Limit(clock.entitlement.edition, clock.entitlement.code, clock.amount, clock.unit)
                found = deadlines.deadline(clock.started_at, limit, calendar)
                if found.due_on:
                    clock.due_on, clock.calendar_edition = found.due_on, found.calendar_edition
                    clock.save(update_fields=["due_on", "calendar_edition"])
                    dated += 1
                    clock.referral = referral
                    if _enhanced_while_it_waited(clock):
                        _count_anew(clock, referral.enhanced_at, calendar, by=by)
            show_day(referral)
    audit.record("date_clocks", by=by, object_type="calendar", object_id=calendar.edition)
    return dated


def _enhanced_while_it_waited(clock):
    """Whether its person got enhanced rights after it had started: one that started later has the enhanced limit."""
    switched_at = clock.referral.enhanced_at
    limited = clock.entitlement.limit_enhanced is not None and clock.enhanced_at is None
    return limited and switched_at is not None and switched_at > clock.started_at


def open_again(referral, *, by, at) -> bool:
    """Open a closed case again in which the desk owes something, and tell whoever carried it; give whether it was so.

    What is owed lies in no list of the desk while a case is closed. If its carrier may carry it no more, `let_go` puts
    it back.
    """
    if referral.closed_at is None or not owed_by_the_desk(referral):
        return False
    referral.closed_at, referral.closed_by, referral.outcome = None, None, ""
    referral.save(update_fields=["closed_at", "closed_by", "outcome"])
    audit.record(
        "reopen",
        by=by,
        object_type="referral",
        object_id=referral.reference,
        subject_ids=[referral.person_id] if referral.person_id else [],
        reason_code="owed",
    )
    if referral.owner_id:
        cause = f"{referral.reference}/{at.isoformat()}"
        messages.tell([referral.owner], kind="case-reopened", cause=cause, at=at)
    return True


def owed_by_the_desk(referral) -> bool:
    """Whether something waits in a case that the desk must see to: a duty, an answer of a service, an appointment."""
    return (
        referral.clocks.running().filter(owed_by__in=DESK).exists()
        or referral.onward.filter(state__in=OnwardReferral.OPEN).exists()
        or referral.appointments.filter(attended="").exists()
    )


def show_day(referral):
    """Keep the day by which the desk must act on the referral itself, where its lists find it: the nearest of what
    welfare owes, or the day on which to ask again."""
    due_on = None
    if referral.state == Referral.State.LATER and referral.closed_at is None:
        due_on = referral.ask_again_on
    elif referral.state in Referral.WAITING and referral.closed_at is None:
        owed = referral.clocks.running().filter(owed_by=Entitlement.OwedBy.WELFARE, due_on__isnull=False)
        due_on = owed.order_by("due_on").values_list("due_on", flat=True).first()
    if referral.due_on != due_on:
        referral.due_on = due_on
        referral.save(update_fields=["due_on"])
