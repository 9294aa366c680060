"""Everything that may be done to an offer of support: the only writers. Keyword-only, in one transaction."""

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pghistory
from django.db import IntegrityError, transaction

from campion import audit, references
from campion.roles import Role
from campion.workflow import Refused
from campion.working_days import london_date
from reports.models import Assault, SupportWish
from victims import deadlines
from victims.calendars import england_and_wales
from victims.models import Clock, Entitlement, Referral
from victims.workflow import referral_workflow

__all__ = [
    "Refused",
    "agree",
    "already_supported",
    "change_contact",
    "choose_later",
    "date_waiting_clocks",
    "decline",
    "follow_person",
    "merge_referrals",
    "offer",
]

PREFIX = "SU"
REFERRAL, TOLD = "referral", "police-told"
"""The entitlement whose clock an offer starts, and what triggers it: codes of reference rows."""

ASK_AGAIN_WITHIN = timedelta(days=366)

logger = logging.getLogger("campion.victims")


@dataclass(frozen=True)
class Contact:
    """How somebody may be reached safely."""

    channel: str = ""
    contact: str = ""
    safe_times: str = ""
    may_leave_message: bool = False


@transaction.atomic
def offer(*, assault, by, at) -> Referral:
    """Offer support to the person assaulted, once, and start the clock that is owed (issue: one referral an assault).

    What the person asked for in the report counts as their choice. Said by somebody else, only a yes does: a no is the
    person's own to say. Offered before: nothing changes, except that an offer may become urgent, and that a wish is
    taken up where the person has not chosen yet.

    The clock starts when police were first told, by the edition in force on that London date. Where no edition was in
    force there is no clock; where the known holidays end before the limit, the clock has no date and an administrator
    is told. Neither ever takes the report back.

    :param assault: an Assault of a submitted incident
    """
    incident = assault.incident
    wish = SupportWish.objects.filter(assault=assault).first()
    urgent = _is_urgent(assault)
    referral = Referral.objects.select_for_update(of=("self",)).filter(assault=assault).first()
    with pghistory.context(user=by.pk):
        if referral is None:
            referral = _open(
                assault=assault,
                force=incident.force,
                unit=assault.unit or incident.unit,
                person=assault.person,
                urgent=urgent,
                offered_at=at,
            )
            _start_clock(referral, started_at=incident.police_told_at or incident.submitted_at or at)
            _show_day(referral)
            _record("offer", referral, by=by)
        elif referral.state != Referral.State.MERGED:
            if referral.person_id != assault.person_id:
                _give_to(assault.person, referral, by=by, at=at)
            if urgent and not referral.urgent:
                referral.urgent = True
                referral.save(update_fields=["urgent"])
                _record("offer", referral, by=by, reason_code="urgent")
        if wish and referral.state == Referral.State.OFFERED:
            _take_up(referral, wish, by=by, at=at)
    return referral


def agree(*, referral, by, at) -> Referral:
    """Say yes to support. After a no or a later, the limit runs anew from this moment.

    :raises Refused: if the offer is not this person's, or was merged with another
    """
    return _choose(referral, "agree", by=by, at=at)


def decline(*, referral, by, at) -> Referral:
    """Say no, for now. It can be changed at any time.

    :raises Refused: if the offer is not this person's, or was merged with another
    """
    return _choose(referral, "decline", by=by, at=at)


def choose_later(*, referral, ask_again_on, by, at) -> Referral:
    """Ask to be asked again on a date.

    :param ask_again_on: a London date after today and within a year
    :raises Refused: if the date is not, or the offer is not this person's, or was merged with another
    """
    today = london_date(at)
    if not today < ask_again_on <= today + ASK_AGAIN_WITHIN:
        raise Refused("Choose a date after today and within a year.")
    return _choose(referral, "choose later", by=by, at=at, ask_again_on=ask_again_on)


def already_supported(*, referral, by, at) -> Referral:
    """Say that support is there already.

    :raises Refused: if the offer is not this person's, or was merged with another
    """
    return _choose(referral, "already supported", by=by, at=at)


def change_contact(*, referral, channel, contact, safe_times, may_leave_message, by, at) -> Referral:
    """Say how to be reached safely. It can be changed at any time.

    :param channel: a code of Referral.Channel, or "" to leave it open
    :raises Refused: if the offer is not this person's, or was merged with another
    """
    wanted = Contact(channel, contact, safe_times, may_leave_message)
    if channel and channel not in Referral.Channel.values:
        raise Refused("Choose one of the ways in the list.")
    with _changing(referral, "change contact", by=by) as locked:
        if _contact_of(locked) != wanted or locked.contact_at is None:
            _say_contact(locked, wanted, at=at)
            _record("change contact", locked, by=by)
    return locked


@transaction.atomic
def merge_referrals(*, stays, ends, by, at) -> Referral:
    """Make one offer of two for the same assault, reported twice: the earliest clock, the person's latest choices.

    The other ends as merged, and its clocks with it. Everything that a clock of it had missed stays to be read.

    :param stays: the Referral of the assault that stays
    :param ends: the Referral of the assault that was merged into it
    """
    rows = Referral.objects.select_for_update(of=("self",)).order_by("pk").in_bulk([stays.pk, ends.pk])
    stays, ends = rows[stays.pk], rows[ends.pk]
    if stays.pk == ends.pk or ends.state == Referral.State.MERGED:
        return stays
    with pghistory.context(user=by.pk):
        latest = max((stays, ends), key=lambda row: (row.chosen_at is not None, row.chosen_at or row.offered_at))
        spoken = max((stays, ends), key=lambda row: (row.contact_at is not None, row.contact_at or row.offered_at))
        if spoken is ends and ends.contact_at:
            _say_contact(stays, _contact_of(ends), at=ends.contact_at)
        stays.state, stays.ask_again_on = latest.state, latest.ask_again_on
        stays.chosen_at, stays.chosen_by = latest.chosen_at, latest.chosen_by
        stays.due_on = None
        stays.urgent = stays.urgent or ends.urgent
        stays.offered_at = min(stays.offered_at, ends.offered_at)
        stays.person = stays.person or ends.person
        _keep_earliest_clock(stays, ends, at=at)
        ends.state, ends.merged_into, ends.due_on, ends.ask_again_on = Referral.State.MERGED, stays, None, None
        ends.save(update_fields=["state", "merged_into", "due_on", "ask_again_on"])
        stays.save(
            update_fields=[
                "state",
                "ask_again_on",
                "chosen_at",
                "chosen_by",
                "due_on",
                "urgent",
                "offered_at",
                "person",
            ]
        )
        _show_day(stays)
        _record("merge", stays, by=by)
        _record("merge", ends, by=by, reason_code="ended")
    return stays


@transaction.atomic
def follow_person(*, assault, by, at) -> Referral | None:
    """Make the offer the person's own once the assault names them; None if none was made."""
    referral = Referral.objects.select_for_update(of=("self",)).filter(assault=assault).first()
    if referral is None or referral.person_id == assault.person_id:
        return referral
    with pghistory.context(user=by.pk):
        _give_to(assault.person, referral, by=by, at=at)
    return referral


@transaction.atomic
def date_waiting_clocks(*, by, at) -> int:
    """Give a date to every clock that waits for bank holidays now known; give how many got one.

    :raises Refused: if this person is not an administrator
    """
    if not by.plays(Role.ADMINISTRATOR):
        raise Refused("Only an administrator can do this.")
    calendar, dated = england_and_wales(), 0
    waiting = Referral.objects.filter(force=by.force, pk__in=Clock.objects.without_a_date().values("referral"))
    with pghistory.context(user=by.pk):
        for referral in waiting.select_for_update(of=("self",)).order_by("pk"):
            for clock in referral.clocks.without_a_date().select_related("entitlement"):
                found = deadlines.deadline(clock.started_at, _limit(clock.entitlement, clock.working_days), calendar)
                if found.due_on:
                    clock.due_on, clock.calendar_edition = found.due_on, found.calendar_edition
                    clock.save(update_fields=["due_on", "calendar_edition"])
                    dated += 1
            _show_day(referral)
    audit.record("date_clocks", by=by, object_type="calendar", object_id=calendar.edition)
    return dated


# The steps -----------------------------------------------------------------------------------------------------------


@contextmanager
def _changing(referral, verb, *, by):
    """Lock a referral for one verb and give it to the caller to change."""
    with transaction.atomic(), pghistory.context(user=by.pk):
        rows = Referral.objects.visible_to(by).select_for_update(of=("self",))
        locked = rows.filter(pk=referral.pk).first()
        if locked is None:
            raise Refused("There is no such offer of support.")
        referral_workflow.check(verb, by, locked)
        yield locked


def _choose(referral, verb, *, by, at, ask_again_on=None):
    """Move to what the person chose. The same choice again is kept as it was: a second press changes nothing."""
    with _changing(referral, verb, by=by) as locked:
        state = referral_workflow.transitions[verb].target
        if (locked.state, locked.ask_again_on) != (state, ask_again_on):
            _move(locked, state, by=by, at=at, ask_again_on=ask_again_on)
            _record(verb, locked, by=by)
    return locked


def _move(referral, state, *, by, at, ask_again_on=None):
    referral.state, referral.ask_again_on = state, ask_again_on
    referral.chosen_at, referral.chosen_by = at, by
    if state not in Referral.WAITING:
        referral.due_on = None
    referral.save(update_fields=["state", "ask_again_on", "chosen_at", "chosen_by", "due_on"])
    if state == Referral.State.ACCEPTED:
        if not referral.clocks.running().exists():
            _start_clock(referral, started_at=at)
    else:
        _end_clocks(referral, Clock.Why(state), at=at)
    _show_day(referral)


def _take_up(referral, wish, *, by, at):
    """Take what was asked for in the report as the person's choice, and how to reach them."""
    if referral.contact_at is None and (wish.channel or wish.contact or wish.safe_times):
        said = Contact(wish.channel, wish.contact, wish.safe_times, wish.may_leave_message)
        _say_contact(referral, said, at=at)
    if wish.support == SupportWish.Support.YES:
        state, ask_again_on = Referral.State.ACCEPTED, None
    elif by.pk != referral.person_id:
        return
    elif wish.support == SupportWish.Support.LATER:
        state, ask_again_on = Referral.State.LATER, london_date(at) + deadlines.ASK_AGAIN_AFTER
    else:
        state, ask_again_on = Referral.State.DECLINED, None
    _move(referral, state, by=by, at=at, ask_again_on=ask_again_on)
    _record({"accepted": "agree", "later": "choose later", "declined": "decline"}[state], referral, by=by)


def _open(*, assault, **values):
    """Add the row, under a reference that nothing else has."""
    for _ in range(5):
        try:
            with transaction.atomic():
                return Referral.objects.create(assault=assault, reference=references.make(PREFIX), **values)
        except IntegrityError:
            if Referral.objects.filter(assault=assault).exists():
                return Referral.objects.select_for_update(of=("self",)).get(assault=assault)
    raise Refused("No free reference was found. Nothing was saved: submit it again.")


def _give_to(person, referral, *, by, at):
    """Make the offer another person's: nothing that the one before chose or said about themself goes with it."""
    named_before = referral.person_id is not None
    referral.person = person
    referral.save(update_fields=["person"])
    if named_before:
        referral.state, referral.ask_again_on = Referral.State.OFFERED, None
        referral.chosen_at = referral.chosen_by = None
        referral.save(update_fields=["state", "ask_again_on", "chosen_at", "chosen_by"])
        _say_contact(referral, Contact(), at=None)
        _end_clocks(referral, Clock.Why.MERGED, at=at)
        first = referral.clocks.filter(met_at=None).order_by("started_at").first()
        if first:
            first.not_applicable, first.not_applicable_at = "", None
            first.save(update_fields=["not_applicable", "not_applicable_at"])
        _show_day(referral)
    _record("give", referral, by=by)


def _start_clock(referral, *, started_at):
    """Start the clock of the referral right, by the edition in force on the London date of the trigger."""
    right = (
        Entitlement.objects.in_force(london_date(started_at))
        .filter(code=REFERRAL, trigger=TOLD, limit_working_days__isnull=False)
        .order_by("-from_on")
        .first()
    )
    if right is None:
        return
    found = deadlines.deadline(started_at, _limit(right, right.limit_working_days), england_and_wales())
    Clock.objects.create(
        referral=referral,
        entitlement=right,
        started_at=started_at,
        working_days=found.working_days,
        due_on=found.due_on,
        calendar_edition=found.calendar_edition,
        rule_edition=found.rule_edition,
    )
    if found.due_on is None:
        logger.error(
            "The bank holidays of England and Wales are not known for the days after %s, so an offer of support has no "
            "date. Run fill_bank_holidays, then set the dates at /support/calendar/.",
            london_date(started_at).isoformat(),
        )


def _limit(right, working_days):
    return deadlines.Limit(right.edition, right.code, working_days)


def _end_clocks(referral, why, *, at):
    for clock in referral.clocks.running():
        clock.not_applicable, clock.not_applicable_at = why, at
        clock.save(update_fields=["not_applicable", "not_applicable_at"])


def _keep_earliest_clock(stays, ends, *, at):
    """Let the earliest of the running clocks go on under the referral that stays, and end the other."""
    running = {clock.entitlement_id: clock for clock in stays.clocks.running()}
    for clock in ends.clocks.running():
        other = running.get(clock.entitlement_id)
        if stays.state in (Referral.State.OFFERED, Referral.State.ACCEPTED) and (
            other is None or clock.started_at < other.started_at
        ):
            if other:
                other.not_applicable, other.not_applicable_at = Clock.Why.MERGED, at
                other.save(update_fields=["not_applicable", "not_applicable_at"])
            _copy_clock(clock, stays)
    _end_clocks(ends, Clock.Why.MERGED, at=at)
    if stays.state not in (Referral.State.OFFERED, Referral.State.ACCEPTED):
        _end_clocks(stays, Clock.Why(stays.state), at=at)


def _copy_clock(clock, referral):
    same = referral.clocks.filter(entitlement=clock.entitlement_id, started_at=clock.started_at)
    if same.update(not_applicable="", not_applicable_at=None):
        return
    Clock.objects.create(
        referral=referral,
        entitlement_id=clock.entitlement_id,
        started_at=clock.started_at,
        working_days=clock.working_days,
        due_on=clock.due_on,
        calendar_edition=clock.calendar_edition,
        rule_edition=clock.rule_edition,
    )


def _show_day(referral):
    """Keep the day by which the desk must act on the referral itself, where its lists find it."""
    if referral.state == Referral.State.LATER:
        due_on = referral.ask_again_on
    elif referral.state in Referral.WAITING:
        due_on = min((day for day in referral.clocks.running().values_list("due_on", flat=True) if day), default=None)
    else:
        due_on = None
    if referral.due_on != due_on:
        referral.due_on = due_on
        referral.save(update_fields=["due_on"])


def _contact_of(referral):
    return Contact(referral.channel, referral.contact, referral.safe_times, referral.may_leave_message)


def _say_contact(referral, said, *, at):
    referral.channel, referral.contact = said.channel, said.contact
    referral.safe_times, referral.may_leave_message = said.safe_times, said.may_leave_message
    referral.contact_at = at
    referral.save(update_fields=["channel", "contact", "safe_times", "may_leave_message", "contact_at"])


def _is_urgent(assault):
    """An exposure to blood, spit or a needle, or a body that was hurt."""
    hurt = assault.injury in (Assault.Injury.PHYSICAL, Assault.Injury.BOTH)
    return hurt or assault.conducts.filter(exposure=True).exists()


def _record(verb, referral, *, by, reason_code=""):
    audit.record(
        verb.replace(" ", "_"),
        by=by,
        object_type="referral",
        object_id=referral.reference,
        subject_ids=[referral.person_id] if referral.person_id else [],
        reason_code=reason_code,
    )
