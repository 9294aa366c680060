"""The offer of support and what its person chooses: made once, answered by the person alone, joined and handed on."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pghistory
from django.db import IntegrityError, transaction
from django.db.models import Q

from campion import audit, messages, references
from campion.models import User
from campion.workflow import Refused
from campion.working_days import london_date
from reports.models import Assault, CaseEvent, Health, SupportWish
from victims import deadlines
from victims.actions import clocks
from victims.actions.joining import bring_care
from victims.models import (
    Appointment,
    Clock,
    Complaint,
    Consent,
    Contact,
    Entitlement,
    Goal,
    NeedsAssessment,
    OnwardReferral,
    PersonalStatement,
    Referral,
    RelatedPerson,
    Representative,
    Satisfaction,
)
from victims.workflow import referral_workflow

PREFIX = "SU"
WANTS_NONE = (Referral.State.DECLINED, Referral.State.LATER, Referral.State.SUPPORTED)
"""What somebody chose who wants no support for now; also why a clock that needs a yes ended then."""
ASK_AGAIN_WITHIN = timedelta(days=366)
CARE = (
    Appointment, Complaint, Consent, Contact, Goal, NeedsAssessment, OnwardReferral, PersonalStatement, RelatedPerson,
    Representative, Satisfaction,
)  # fmt: skip
"""What is kept about one person under a referral, and follows nobody else."""
CONTACT = (
    "channel", "contact", "safe_times", "may_leave_message", "safe_ways", "say_who_calls", "nights_until_on",
    "quiet_from", "quiet_until", "needs",
)  # fmt: skip


@dataclass(frozen=True)
class SafeContact:
    """How somebody may be reached safely. Hours are on London's wall clock; both ends or none."""

    channel: str = ""
    contact: str = ""
    safe_times: str = ""
    may_leave_message: bool = False
    safe_ways: tuple[str, ...] = ()
    say_who_calls: bool = False
    nights_until_on: date | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None
    needs: str = ""


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
            told_at = incident.police_told_at or incident.submitted_at or at
            clocks.start(referral, trigger=clocks.TOLD, started_at=told_at, at=at, end_of_duty=incident.end_of_duty_at)
            _start_exposure(referral, assault, told_at, by=by, at=at)
            clocks.show_day(referral)
            _record("offer", referral, by=by)
        elif referral.state != Referral.State.MERGED:
            if referral.person_id != assault.person_id:
                referral = _give_to(assault.person, referral, by=by, at=at)
            _follow_harm(referral, assault, by=by, at=at)
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


def change_contact(*, referral, said: SafeContact, by, at) -> Referral:
    """Say how to be reached safely. It can be changed at any time.

    :raises Refused: if the offer is not this person's, or was merged with another
    """
    if said.channel and said.channel not in Referral.Channel.values:
        raise Refused("Choose one of the ways in the list.")
    if (said.quiet_from is None) != (said.quiet_until is None) or (
        said.quiet_from is not None and said.quiet_from == said.quiet_until
    ):
        raise Refused("Give both ends of the hours in which nobody should ring, and not the same time twice.")
    with _changing(referral, "change contact", by=by) as locked:
        if _contact_of(locked) != said or locked.contact_at is None:
            _say_contact(locked, said, at=at)
            _record("change contact", locked, by=by)
    return locked


@transaction.atomic
def refer_oneself(*, by, at) -> Referral:
    """Ask for support without a report. No manager is told, and no report is needed (Right 4).

    Asked again while the first is open, it is the same one; said no to since, it is a yes again.

    :raises Refused: for somebody outside the workforce
    """
    if not by.may_report or by.unit_id is None:
        raise Refused("Only people who work in this force can ask for support here.")
    list(User.objects.select_for_update(no_key=True).filter(pk=by.pk).values_list("pk"))
    mine = Referral.objects.filter(person=by, assault=None).open().exclude(state=Referral.State.MERGED).first()
    if mine is not None:
        return agree(referral=mine, by=by, at=at)
    with pghistory.context(user=by.pk):
        referral = _open(
            assault=None,
            force=by.force,
            unit=by.unit,
            person=by,
            offered_at=at,
            state=Referral.State.ACCEPTED,
            chosen_at=at,
            chosen_by=by,
        )
        clocks.start(referral, trigger=clocks.SELF_REFERRED, started_at=at, at=at)
        clocks.show_day(referral)
        _record("refer oneself", referral, by=by)
    return referral


@transaction.atomic
def merge_referrals(*, stays, ends, by, at) -> Referral:
    """Make one case of two for the same assault, reported twice: the earliest limits, the person's latest choices,
    enhanced rights if either had them, and everything that was said, written and arranged in either (docs/adr/0012).

    The other ends as merged, and its clocks with it. Everything that a clock of it had missed stays to be read. Whoever
    carried one of the two is told that something waits for them.

    :param stays: the Referral of the assault that stays
    :param ends: the Referral of the assault that was merged into it
    """
    rows = in_one_order(Referral.objects.filter(pk__in=[stays.pk, ends.pk]))
    stays, ends = rows[stays.pk], rows[ends.pk]
    if stays.pk == ends.pk or ends.state == Referral.State.MERGED:
        return stays
    with pghistory.context(user=by.pk):
        stays, ends = (_of_its_person(row, by=by, at=at) for row in (stays, ends))
        carriers = {row.owner for row in (stays, ends) if row.owner_id}
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
        stays.desk_may_know = stays.desk_may_know or ends.desk_may_know
        stays.enhanced_at = min(filter(None, (stays.enhanced_at, ends.enhanced_at)), default=None)
        stays.plan_review_on = min(filter(None, (stays.plan_review_on, ends.plan_review_on)), default=None)
        stays.owner_id, stays.claimed_at = _who_carries(stays, ends)
        if ends.closed_at is None and (latest is ends or ends.owner_id):
            stays.closed_at, stays.closed_by, stays.outcome = None, None, ""
        _carried_by_another(stays)
        _keep_earliest_clocks(stays, ends, at=at)
        bring_care(ends=ends, stays=stays, at=at)
        ends.state, ends.merged_into, ends.due_on, ends.ask_again_on = Referral.State.MERGED, stays, None, None
        ends.save(update_fields=["state", "merged_into", "due_on", "ask_again_on"])
        Referral.objects.filter(merged_into=ends).update(merged_into=stays)  # those that had been joined with it before
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
                "owner",
                "claimed_at",
                "desk_may_know",
                "enhanced_at",
                "plan_review_on",
                "closed_at",
                "closed_by",
                "outcome",
            ]
        )
        if stays.enhanced_at:
            clocks.enhance(stays, by=by, at=at)
        clocks.open_again(stays, by=by, at=at)
        clocks.show_day(stays)
        _record("merge", stays, by=by)
        _record("merge", ends, by=by, reason_code="ended")
        messages.tell(sorted(carriers, key=lambda user: user.pk), kind="case-joined", cause=ends.reference, at=at)
    return stays


@transaction.atomic
def follow_person(*, assault, by, at) -> Referral | None:
    """Make the offer the person's own once the assault names them; None if none was made."""
    referral = Referral.objects.select_for_update(of=("self",)).filter(assault=assault).first()
    if referral is None or referral.person_id == assault.person_id:
        return referral
    with pghistory.context(user=by.pk):
        return _give_to(assault.person, referral, by=by, at=at)


@transaction.atomic
def follow_harm(*, assault, by, at) -> Referral | None:
    """Make an offer urgent, and start what an exposure owes, once the report says that the person was hurt or exposed.

    It is never made less urgent: what was started stays.
    """
    referral = Referral.objects.select_for_update(of=("self",)).filter(assault=assault).first()
    if referral is not None and referral.state != Referral.State.MERGED:
        with pghistory.context(user=by.pk):
            _follow_harm(referral, assault, by=by, at=at)
    return referral


# The steps -----------------------------------------------------------------------------------------------------------


def in_one_order(rows) -> dict[int, Referral]:
    """Lock several cases, by their keys: whoever locks more than one locks them so, and no two wait in a ring.

    :param rows: a QuerySet of Referrals, not narrowed by what is joined to it from outside
    """
    return {row.pk: row for row in rows.select_for_update(of=("self",)).order_by("pk")}


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
    """Move to what the person chose. The same again changes nothing, unless the case was closed: it opens again."""
    with _changing(referral, verb, by=by) as locked:
        state = referral_workflow.transitions[verb].target
        if (locked.state, locked.ask_again_on) != (state, ask_again_on) or locked.closed_at is not None:
            _move(locked, state, by=by, at=at, ask_again_on=ask_again_on)
            _record(verb, locked, by=by)
    return locked


def _move(referral, state, *, by, at, ask_again_on=None):
    before = referral.state
    referral.state, referral.ask_again_on = state, ask_again_on
    referral.chosen_at, referral.chosen_by = at, by
    if state not in Referral.WAITING:
        referral.due_on = None
    fields = ["state", "ask_again_on", "chosen_at", "chosen_by", "due_on"]
    if state == Referral.State.ACCEPTED and by.pk == referral.person_id and not referral.desk_may_know:
        referral.desk_may_know = True  # their yes lets the desk know of a restricted one, and of nothing in the report
        fields.append("desk_may_know")
    if referral.closed_at is not None:
        referral.closed_at, referral.closed_by, referral.outcome = None, None, ""
        fields += ["closed_at", "closed_by", "outcome"]
    referral.save(update_fields=fields)
    if state == Referral.State.ACCEPTED:
        _want_support(referral, before, at=at)
    else:
        wanted = referral.clocks.running().filter(entitlement__needs_yes=True)
        clocks.end(list(wanted.select_related("referral", "entitlement")), why=Clock.Why(state), at=at)
    clocks.show_day(referral)


def _want_support(referral, before, *, at):
    """Start anew what a no had ended, and what was not owed while it stood; a first yes lets the clocks run on."""
    support = referral.clocks.filter(entitlement__code__in=clocks.SUPPORT)
    if before not in WANTS_NONE and (support.running().exists() or support.filter(met_at__isnull=False).exists()):
        return
    trigger = clocks.TOLD if referral.assault_id else clocks.SELF_REFERRED
    clocks.start(referral, trigger=trigger, started_at=at, at=at, only_support=True)
    if referral.assault_id is None:
        return
    ahead = CaseEvent.objects.hearings_ahead(at=at).filter(incident=referral.assault.incident_id)
    for event in ahead.filter(Q(assault=None) | Q(assault=referral.assault_id)):
        ended = referral.clocks.filter(event=event, not_applicable__in=WANTS_NONE, due_on__gte=london_date(at))
        ended.update(not_applicable="", not_applicable_at=None)
        clocks.start(
            referral, trigger=clocks.HEARING, started_at=event.hearing_at, at=at, event=event, only_support=True
        )


def _take_up(referral, wish, *, by, at):
    """Take what was asked for in the report as the person's choice, and how to reach them."""
    if referral.contact_at is None and (wish.channel or wish.contact or wish.safe_times):
        said = SafeContact(wish.channel, wish.contact, wish.safe_times, wish.may_leave_message)
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
            if assault is not None and Referral.objects.filter(assault=assault).exists():
                return Referral.objects.select_for_update(of=("self",)).get(assault=assault)
    raise Refused("No free reference was found. Nothing was saved: submit it again.")


def _give_to(person, referral, *, by, at):
    """Make the offer another person's: nothing that the one before chose, said or was given goes with it.

    Give the offer that is theirs: a new one, where somebody was cared for under the old one already.
    """
    if referral.person_id is not None and _somebody_was_cared_for(referral):
        return _offer_anew(person, referral, by=by, at=at)
    named_before = referral.person_id is not None
    referral.person = person
    _carried_by_another(referral)
    referral.save(update_fields=["person", "owner", "claimed_at"])
    if named_before:
        referral.state, referral.ask_again_on = Referral.State.OFFERED, None
        referral.chosen_at = referral.chosen_by = None
        referral.desk_may_know, referral.enhanced_at, referral.plan_review_on = False, None, None
        referral.closed_at, referral.closed_by, referral.outcome = None, None, ""
        referral.save(
            update_fields=[
                "state", "ask_again_on", "chosen_at", "chosen_by", "desk_may_know", "enhanced_at", "plan_review_on",
                "closed_at", "closed_by", "outcome",
            ]
        )  # fmt: skip
        _say_contact(referral, SafeContact(), at=None)
        chosen = referral.clocks.running().filter(entitlement__needs_yes=True, event=None).select_related("referral")
        clocks.end(list(chosen.filter(started_at__gt=referral.offered_at)), why=Clock.Why.MERGED, at=at)
        told_at = referral.clocks.order_by("started_at").values_list("started_at", flat=True).first()
        if told_at:
            _run_again(referral, told_at)
        clocks.show_day(referral)
    _record("give", referral, by=by)
    return referral


def _somebody_was_cared_for(referral):
    """Whether anything was written, told or done for whoever was taken for the person assaulted."""
    met = referral.clocks.filter(met_at__isnull=False)
    for_them = (Entitlement.OwedBy.WELFARE, Entitlement.OwedBy.OCCUPATIONAL_HEALTH, Entitlement.OwedBy.PERSON)
    return met.filter(Q(owed_by__in=for_them) | ~Q(channel="")).exists() or any(
        model.objects.filter(referral=referral).exists() for model in CARE
    )


def _offer_anew(person, referral, *, by, at):
    """Leave a case to whoever was cared for in it, without the report, and offer support to the person now named.

    What was said and done for one person is never shown to another. What the events of the case owe is owed to the
    person now named as if nobody had been told.
    """
    assault = referral.assault
    owed = list(
        referral.clocks.filter(Q(met_at=None, not_applicable="") | Q(met_at__isnull=False) & ~Q(channel=""))
        .filter(event__isnull=False)
        .select_related("entitlement")
    )
    clocks.end(list(referral.clocks.running().select_related("referral")), why=Clock.Why.STRUCK, at=at)
    referral.assault = None
    referral.save(update_fields=["assault"])
    anew = _open(
        assault=assault,
        force=referral.force,
        unit=referral.unit,
        person=person,
        urgent=referral.urgent,
        offered_at=at,
    )
    told_at = assault.incident.police_told_at or assault.incident.submitted_at or at
    clocks.start(anew, trigger=clocks.TOLD, started_at=told_at, at=at, end_of_duty=assault.incident.end_of_duty_at)
    _start_exposure(anew, assault, told_at, by=by, at=at)
    for clock in owed:
        _copy_clock(clock, anew)
    clocks.show_day(anew)
    _record("leave", referral, by=by)
    _record("give", anew, by=by)
    return anew


def _carried_by_another(referral):
    """Put a case back on the desk where its person turns out to be the one who carried it."""
    if referral.person_id is not None and referral.owner_id == referral.person_id:
        referral.owner = referral.claimed_at = None


def _who_carries(stays, ends):
    """Give who carries the case that goes on, and since when.

    That is whoever carried one of the two and may know of both; of two such, the one whose case is open, then the one
    whose case goes on. If neither may, what the report allows decides afterwards (`let_go`).
    """
    rows = sorted((stays, ends), key=lambda row: (row.closed_at is not None, row is ends))
    carried = [row for row in rows if row.owner_id is not None]
    if len({row.owner_id for row in carried}) > 1:
        both = Referral.objects.filter(pk__in=[stays.pk, ends.pk])
        carried.sort(key=lambda row: both.on_desk(row.owner).count() < 2)  # stable: else as they stood
    return (carried[0].owner_id, carried[0].claimed_at) if carried else (None, None)


def _of_its_person(referral, *, by, at):
    """Give the case of whoever the report names now: what was done for somebody else stays theirs, and goes nowhere."""
    person = referral.assault.person
    if referral.person_id == referral.assault.person_id:
        return referral
    return _give_to(person, referral, by=by, at=at)


def _run_again(referral, told_at):
    """Let what was ended by the choice of whoever was taken for the person run again, from when police were told."""
    ended = referral.clocks.filter(started_at=told_at, event=None, not_applicable__in=WANTS_NONE)
    ended.update(not_applicable="", not_applicable_at=None)


def _keep_earliest_clocks(stays, ends, *, at):
    """Let the clock of each right with the earliest limit go on under the referral that stays, and end the others."""
    wanted = stays.state in (Referral.State.OFFERED, Referral.State.ACCEPTED)
    running = {
        clock.entitlement_id: clock for clock in stays.clocks.running().filter(event=None).select_related("referral")
    }
    for done in ends.clocks.filter(event=None, met_at__isnull=False, entitlement__in=list(running)):
        if clock := running.pop(done.entitlement_id, None):
            facts = {"met_at": done.met_at, "by": done.met_by, "at": done.met_entered_at}
            clocks.settle(clock, channel=done.channel, facts=done.evidence, **facts)
    leaving = list(ends.clocks.running().select_related("referral", "entitlement"))
    for clock in leaving:
        other = running.get(clock.entitlement_id) if clock.event_id is None else None
        done = clock.event_id is None and other is None and stays.clocks.filter(
            entitlement=clock.entitlement_id, event=None, met_at__isnull=False
        ).exists()  # fmt: skip
        if done or (clock.entitlement.needs_yes and not wanted):
            continue
        if other is None or _limit(clock) < _limit(other):
            if other:
                clocks.end([other], why=Clock.Why.MERGED, at=at)
            goes_on = _copy_clock(clock, stays)
            Complaint.objects.filter(clock=clock).update(clock=goes_on)  # it is acknowledged where its limit runs
    clocks.end(leaving, why=Clock.Why.MERGED, at=at)
    if not wanted:
        left = stays.clocks.running().filter(entitlement__needs_yes=True).select_related("referral")
        clocks.end(list(left), why=Clock.Why(stays.state), at=at)


def _limit(clock):
    return clock.due_on or date.max, clock.due_at or datetime.max.replace(tzinfo=UTC), clock.started_at


def _copy_clock(clock, referral):
    same = referral.clocks.filter(
        entitlement=clock.entitlement_id, started_at=clock.started_at, event=clock.event_id, met_at=None
    ).first()
    if same is not None:
        same.not_applicable, same.not_applicable_at = "", None
        same.save(update_fields=["not_applicable", "not_applicable_at"])
        return same
    kept = (
        "entitlement_id", "owed_by", "event_id", "started_at", "unit", "amount", "end_of_duty_at", "due_on", "due_at",
        "calendar_edition", "rule_edition", "enhanced_at", "enhanced_amount", "first_due_on", "first_due_at",
        "waiting_on", "waiting_since_at",
    )  # fmt: skip
    return Clock.objects.create(referral=referral, **{name: getattr(clock, name) for name in kept})


def _follow_harm(referral, assault, *, by, at):
    if _is_urgent(assault) and not referral.urgent:
        referral.urgent = True
        referral.save(update_fields=["urgent"])
        _record("offer", referral, by=by, reason_code="urgent")
    told_at = assault.incident.police_told_at or assault.incident.submitted_at or at
    if not referral.clocks.of_family(Entitlement.Family.EXPOSURE).exists():
        _start_exposure(referral, assault, told_at, by=by, at=at)
        clocks.open_again(referral, by=by, at=at)
        clocks.show_day(referral)
    else:
        _advice_was_shown(referral, assault, by=by, at=at)


def _start_exposure(referral, assault, told_at, *, by, at):
    if assault.conducts.filter(exposure=True).exists():
        end_of_duty = assault.incident.end_of_duty_at
        clocks.start(referral, trigger=clocks.EXPOSED, started_at=told_at, at=at, end_of_duty=end_of_duty)
        _advice_was_shown(referral, assault, by=by, at=at)


def _advice_was_shown(referral, assault, *, by, at):
    """Meet first aid where the report showed how, at the moment at which somebody told of the exposure."""
    shown_at = Health.objects.filter(assault=assault).values_list("advice_shown_at", flat=True).first()
    if shown_at is not None:
        clocks.settle_all(
            referral, codes=clocks.FIRST_AID, met_at=min(shown_at, at), by=by, at=at, facts={"given": "shown"}
        )


def _contact_of(referral):
    said = {name: getattr(referral, name) for name in CONTACT}
    return SafeContact(**said | {"safe_ways": tuple(referral.safe_ways)})


def _say_contact(referral, said, *, at):
    for name in CONTACT:
        value = getattr(said, name)
        setattr(referral, name, list(value) if name == "safe_ways" else value)
    referral.contact_at = at
    referral.save(update_fields=[*CONTACT, "contact_at"])


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
