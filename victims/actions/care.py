"""What whoever carries a case does with it: needs, plan and goals, contacts, appointments.

Every action is open to whoever carries the case and to their deputy, until it is closed; sent twice under one key it
is done once.
"""

from datetime import timedelta

from campion.workflow import Refused
from campion.working_days import london_date
from victims import needs, safe_times
from victims.actions import clocks
from victims.actions._casework import carrying, of_this, once, one_of
from victims.models import Appointment, Clock, Contact, Goal, NeedsAssessment, OnwardReferral
from victims.needs import Route
from victims.reading.facts import facts_for

YEAR = timedelta(days=366)
ASSESSMENT = ("needs-assessment",)
"""The right that an assessment meets: codes of entitlements."""

WHY_UNSAFE = {
    "way": "They did not name this as a safe way to reach them.",
    "nights": "They work nights, and this is when they sleep.",
    "quiet": "They said that these hours are not safe.",
    "message": "They did not say that a message may be left.",
}
"""What is said to whoever enters a contact that was against the person's wish."""


class NotSafe(Refused):
    """A contact that was against what the person said is safe: it is kept once whoever entered it confirms it.

    `why`: codes of WHY_UNSAFE.
    """

    def __init__(self, why):
        self.why = tuple(why)
        super().__init__(" ".join(WHY_UNSAFE[code] for code in self.why))


# Needs ---------------------------------------------------------------------------------------------------------------


def assess(
    *, referral, answers, risk, words, enhanced, basis, review_on, by, at, number=None
) -> NeedsAssessment:  # fmt: skip
    """Keep an assessment as another row, and give enhanced rights or take them back. It meets the right to one.

    With enhanced rights the running clocks are counted anew from this moment; a limit once given never grows longer.

    :param answers: area code -> level code, and needs.VULNERABLE -> codes of needs.VULNERABILITIES; any may be missing
    :param enhanced: a code of NeedsAssessment.Enhanced; for a yes, and for a yes that the person does not want, `basis`
        holds the routes that were decided
    :param number: the number that its page was opened for; an assessment kept meanwhile by somebody else refuses it
    :raises Refused: if the answers are not possible, or this person does not carry the case
    """
    wrong = needs.problems(answers)
    if wrong:
        raise Refused(" ".join(wrong))
    one_of(NeedsAssessment.Risk, risk, "Say how high the risk is.")
    one_of(NeedsAssessment.Enhanced, enhanced, "Say whether they have enhanced rights.")
    if not set(basis) <= set(Route):
        raise Refused("Choose the reasons for enhanced rights from the list.")
    if (enhanced == NeedsAssessment.Enhanced.NO) == bool(basis):
        raise Refused("Choose the reasons for enhanced rights, or say that they have none.")
    if review_on is not None:
        _within_a_year(review_on, at=at)
    with carrying(referral, "assess", by=by) as locked:
        latest = locked.assessments.order_by("-number").first()
        following = latest.number + 1 if latest else 1
        if number is not None and number != following:
            if latest and latest.number == number and _same(latest, answers, risk, words, enhanced, by=by):
                return latest  # the button was pressed twice
            raise Refused("Somebody kept another assessment while this page was open. Read it first, then keep yours.")
        suggested = needs.suggest(facts_for(locked, by=by), answers)
        made = NeedsAssessment.objects.create(
            referral=locked,
            number=following,
            at=at,
            by=by,
            risk=risk,
            answers=answers,
            words=words,
            suggested=[[row.route.value, row.because] for row in suggested],
            basis=sorted(basis),
            enhanced=enhanced,
            review_on=review_on,
        )
        given = enhanced == NeedsAssessment.Enhanced.YES
        if given != (locked.enhanced_at is not None):
            locked.enhanced_at = at if given else None
            locked.save(update_fields=["enhanced_at"])
        if given:
            clocks.enhance(locked, by=by, at=at)
        clocks.settle_all(locked, codes=ASSESSMENT, met_at=at, by=by, at=at, facts={"number": following})
        clocks.show_day(locked)
    return made


def _same(row, answers, risk, words, enhanced, *, by):
    return (row.answers or {}, row.risk, row.words, row.enhanced, row.by_id) == (
        answers, risk, words, enhanced, by.pk
    )  # fmt: skip


# The plan ------------------------------------------------------------------------------------------------------------


def add_goal(*, referral, words, by_on, key, by, at) -> Goal:
    """Add one thing that the person wants to the plan.

    :param by_on: the London date by which, or None
    :raises Refused: without words, or if this person does not carry the case
    """
    if not words.strip():
        raise Refused("Say what they want, in their words.")
    with carrying(referral, "add_goal", by=by) as locked:
        return once(locked.goals, key, words=words, by_on=by_on, added_at=at, added_by=by)


def end_goal(*, goal, state, by, at) -> Goal:
    """Say that a goal was reached, or is not wanted any more.

    :param state: Goal.State.DONE or DROPPED
    :raises Refused: if it was ended otherwise before, or this person does not carry the case
    """
    if state not in (Goal.State.DONE, Goal.State.DROPPED):
        raise Refused("Say whether it was reached, or is not wanted any more.")
    with carrying(goal.referral, "end_goal", by=by) as locked:
        row = locked.goals.get(pk=goal.pk)
        if row.state == state:
            return row
        if row.state != Goal.State.OPEN:
            raise Refused("That goal has ended already. Nothing was changed.")
        row.state, row.ended_at, row.ended_by = state, at, by
        row.save(update_fields=["state", "ended_at", "ended_by"])
    return row


def set_plan_review(*, referral, review_on, by, at):
    """Say when the plan is looked at again.

    :param review_on: a London date from today on, within a year
    :raises Refused: if it is not, or this person does not carry the case
    """
    _within_a_year(review_on, at=at)
    with carrying(referral, "set_plan_review", by=by) as locked:
        locked.plan_review_on = review_on
        locked.save(update_fields=["plan_review_on"])
    return locked


# Contacts ------------------------------------------------------------------------------------------------------------


def record_contact(
    *, referral, happened_at, channel, direction, outcome, words, shared, key, by, at, clock=None, confirmed=False
) -> Contact:  # fmt: skip
    """Keep one attempt to reach the person, or theirs to reach us. Having spoken meets the right to support.

    :param key: of the form, so that the same contact is kept once
    :param shared: whether the person reads the words on their page
    :param clock: what is owed and was the reason for it, or None
    :param confirmed: whether it is kept though it was against what the person said is safe
    :raises NotSafe: if it was, and is not confirmed
    :raises Refused: if it lies ahead or more than a year back, or this person does not carry the case
    """
    one_of(Clock.Channel, channel)
    one_of(Contact.Direction, direction)
    one_of(Contact.Outcome, outcome)
    if happened_at > at:
        raise Refused("That time is still to come. Enter a contact once it has been.")
    if happened_at < at - YEAR:
        raise Refused("That is more than a year ago. Check the date.")
    with carrying(referral, "record_contact", by=by) as locked:
        kept = Contact.objects.filter(key=key).first()
        if kept is not None:
            return of_this(kept, locked)
        if direction == Contact.Direction.OUT and not confirmed:
            why = why_not_safe(locked, channel=channel, outcome=outcome, happened_at=happened_at)
            if why:
                raise NotSafe(why)
        if clock is not None and clock.referral_id != locked.pk:
            raise Refused("There is no such duty in this case.")
        made = Contact.objects.create(
            referral=locked,
            key=key,
            happened_at=happened_at,
            channel=channel,
            direction=direction,
            outcome=outcome,
            words=words,
            shared=shared,
            clock=clock,
            entered_at=at,
            entered_by=by,
        )
        if outcome == Contact.Outcome.SPOKE:
            facts = {"contact": str(made.key)}
            clocks.settle_all(
                locked, codes=clocks.SUPPORT, met_at=happened_at, by=by, at=at, channel=channel, facts=facts
            )  # fmt: skip
    return made


def why_not_safe(referral, *, channel, outcome, happened_at) -> list[str]:
    """Give why an attempt was against what the person said is safe, as codes of WHY_UNSAFE; empty if it was not."""
    why = safe_times.unsafe(said_by(referral), channel=channel, at=happened_at)
    if outcome == Contact.Outcome.MESSAGE and not referral.may_leave_message:
        why.append("message")
    return why


def said_by(referral) -> safe_times.Said:
    """Give what the person said about being reached, as the arithmetic takes it."""
    return safe_times.Said(
        best=referral.channel,
        ways=tuple(referral.safe_ways),
        quiet_from=referral.quiet_from,
        quiet_until=referral.quiet_until,
        nights_until_on=referral.nights_until_on,
    )


# Appointments --------------------------------------------------------------------------------------------------------


def arrange(*, referral, meets_at, with_whom, place, key, by, at, onward=None) -> Appointment:
    """Keep a meeting that was arranged.

    :param meets_at: when, within a year back and two ahead
    :param onward: the referral to a service that it belongs to, or None
    :raises Refused: if it does not fit, or this person does not carry the case
    """
    _fits(meets_at, with_whom, at=at)
    with carrying(referral, "arrange", by=by) as locked:
        if onward is not None and not OnwardReferral.objects.filter(pk=onward.pk, referral=locked).exists():
            raise Refused("There is no such referral to a service in this case.")
        return once(
            locked.appointments, key,
            meets_at=meets_at, with_whom=with_whom, place=place, onward=onward, added_at=at, added_by=by,
        )  # fmt: skip


def change_appointment(*, appointment, meets_at, with_whom, place, by, at) -> Appointment:
    """Change when, where or with whom a meeting is. At another time it is another meeting: the first stays, as moved.

    Sent twice, it is moved once.

    :param meets_at: when, within a year back and two ahead
    :returns: the appointment that stands now
    :raises Refused: if it took place or was cancelled, the time does not fit, or this person does not carry the case
    """
    _fits(meets_at, with_whom, at=at)
    with carrying(appointment.referral, "change_appointment", by=by) as locked:
        row = locked.appointments.select_related("moved_to").get(pk=appointment.pk)
        wanted = (meets_at, with_whom, place)
        if row.moved_to is not None and (row.moved_to.meets_at, row.moved_to.with_whom, row.moved_to.place) == wanted:
            return row.moved_to
        _still_stands(row)
        if meets_at == row.meets_at:
            row.with_whom, row.place = with_whom, place
            row.save(update_fields=["with_whom", "place"])
            return row
        made = locked.appointments.create(
            meets_at=meets_at, with_whom=with_whom, place=place, onward_id=row.onward_id, added_at=at, added_by=by
        )
        row.attended, row.moved_to, row.recorded_at, row.recorded_by = Appointment.Attended.MOVED, made, at, by
        row.save(update_fields=["attended", "moved_to", "recorded_at", "recorded_by"])
    return made


def cancel_appointment(*, appointment, reason, by, at) -> Appointment:
    """Say that a meeting will not be, and why; the person reads it, and it stays to be read.

    :raises Refused: without a reason, if it took place or was moved, or this person does not carry the case
    """
    if not reason.strip():
        raise Refused("Say why it is cancelled. They read it.")
    with carrying(appointment.referral, "cancel_appointment", by=by) as locked:
        row = locked.appointments.get(pk=appointment.pk)
        if row.attended == Appointment.Attended.CANCELLED:
            return row
        _still_stands(row)
        row.attended, row.reason = Appointment.Attended.CANCELLED, reason.strip()
        row.recorded_at, row.recorded_by = at, by
        row.save(update_fields=["attended", "reason", "recorded_at", "recorded_by"])
    return row


def record_appointment(*, appointment, attended, by, at) -> Appointment:
    """Say whether an appointment took place. Said wrongly, it may be said again.

    :param attended: Appointment.Attended.YES or NO
    :raises Refused: if it is still to come, was moved or cancelled, or this person does not carry the case
    """
    if attended not in HELD:
        raise Refused("Say whether it took place.")
    with carrying(appointment.referral, "record_appointment", by=by) as locked:
        row = locked.appointments.get(pk=appointment.pk)
        if row.attended not in HELD:
            _still_stands(row)
        if row.meets_at > at:
            raise Refused("It is still to come. Say whether it took place once it has.")
        row.attended, row.recorded_at, row.recorded_by = attended, at, by
        row.save(update_fields=["attended", "recorded_at", "recorded_by"])
    return row


HELD = (Appointment.Attended.YES, Appointment.Attended.NO)
"""What may be said of a meeting once its time has come."""


def _fits(meets_at, with_whom, *, at):
    if not with_whom.strip():
        raise Refused("Say with whom.")
    if not at - YEAR <= meets_at <= at + 2 * YEAR:
        raise Refused("Check the date: it is too far back, or too far ahead.")


def _still_stands(appointment):
    if appointment.attended:
        raise Refused(f"{OVER[appointment.attended]} Nothing was changed.")


OVER = {
    Appointment.Attended.YES: "It is kept that it took place.",
    Appointment.Attended.NO: "It is kept that they did not come.",
    Appointment.Attended.CANCELLED: "It was cancelled. Arrange another one instead.",
    Appointment.Attended.MOVED: "It was moved to another time. Change that one instead.",
}


# The steps -----------------------------------------------------------------------------------------------------------


def _within_a_year(day, *, at):
    today = london_date(at)
    if not today <= day <= today + YEAR:
        raise Refused("Choose a date from today on and within a year.")
