"""Who else is let in: consent for each recipient, referrals to services, people close to the person, representatives.

Nothing goes to a service without a standing consent for that very service. The lock of the case's row decides between a
consent taken back and a referral sent at the same moment: whichever comes first holds.
"""

from contextlib import contextmanager

from campion.workflow import Refused
from campion.working_days import london_date
from victims.actions import clocks
from victims.actions._casework import once, one_of, tending
from victims.models import Clock, Consent, OnwardReferral, RelatedPerson, Representative, SupportService
from victims.reading import care as reading
from victims.workflow import onward_workflow

HEARS = tuple(reading.HEARS.items())
"""What a representative may be told: codes of Representative.may_hear."""
SHORTEST_WORD = 4


# Consent -------------------------------------------------------------------------------------------------------------


def give_consent(*, referral, service, shares, how, by, at, related_person=None) -> Consent:
    """Keep the yes of the person to one service being told so much; theirs, or that of somebody close to them.

    Given again, the later yes stands in place of the earlier one, and open referrals go on under it.

    :param shares: codes of Consent.Share: what the service may be told
    :param how: a code of Consent.How; SELF is for the person alone
    :param related_person: a RelatedPerson who said yes themself, or None for the person assaulted
    :raises Refused: if the service is not for them today, or this person may not record it
    """
    one_of(Consent.How, how, "Say how they said yes.")
    if not shares or not set(shares) <= set(Consent.Share.values):
        raise Refused("Choose what the service may be told.")
    if (how == Consent.How.SELF) != (referral.person_id == by.pk):
        raise Refused("Say how they told you: only the person themself can say it signed in.")
    with tending(referral, "give_consent", by=by) as locked:
        related = _related(locked, related_person)
        _is_for(service, locked, related, at=at)
        standing = locked.consents.filter(service=service, related_person=related, withdrawn_at=None).first()
        shares = [code for code in Consent.Share.values if code in shares]
        if standing is not None and standing.shares == shares:
            return standing
        if standing is not None:
            standing.withdrawn_at, standing.withdrawn_by = at, by
            standing.save(update_fields=["withdrawn_at", "withdrawn_by"])
        made = locked.consents.create(
            service=service, related_person=related, shares=shares, how=how, given_at=at, recorded_by=by
        )
        if standing is not None:
            for onward in standing.onward.filter(state__in=OnwardReferral.OPEN):
                onward.consent = made
                onward.save(update_fields=["consent"])
    return made


def withdraw_consent(*, consent, by, at) -> Consent:
    """Take a yes back. What was sent under it and is still open ends as taken back.

    :raises Refused: if this person is neither the person nor carries the case
    """
    with tending(consent.referral, "withdraw_consent", by=by) as locked:
        row = locked.consents.get(pk=consent.pk)
        _take_back(row, by=by, at=at)
    return row


def _take_back(consent, *, by, at):
    if consent.withdrawn_at is not None:
        return
    consent.withdrawn_at, consent.withdrawn_by = at, by
    consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
    for onward in consent.onward.filter(state__in=OnwardReferral.OPEN):
        onward_workflow.check("take back", by, onward)
        onward.state, onward.ended_at = OnwardReferral.State.WITHDRAWN, at
        onward.save(update_fields=["state", "ended_at"])


# Services ------------------------------------------------------------------------------------------------------------


def refer_on(*, referral, service, consent, by, at, by_the_person=False) -> OnwardReferral:
    """Send the person, or somebody close to them, on to a service. It meets the right to support.

    Sent again while the first is open, it is the same one.

    :param consent: the standing Consent for this very service; it says for whom
    :param by_the_person: they went there themselves, and told us
    :raises Refused: without that consent, for a service that is not for them today, or if this person may not
    """
    with tending(referral, "refer_on", by=by) as locked:
        made = _send(locked, service, consent, by=by, at=at, by_the_person=by_the_person)
    return made


def receive(*, onward, receipt, by, at) -> OnwardReferral:
    """Keep that the service has it, with its own reference if it gave one.

    :raises Refused: if it was answered or ended, or this person may not record it
    """
    with _moving(onward, "receive", by=by) as row:
        row.state, row.received_at, row.receipt = OnwardReferral.State.RECEIVED, at, receipt
        row.save(update_fields=["state", "received_at", "receipt"])
    return row


def take_up(*, onward, by, at) -> OnwardReferral:
    """Keep that the service accepts.

    :raises Refused: if it was answered or ended, or this person may not record it
    """
    with _moving(onward, "take up", by=by) as row:
        row.state, row.answered_at = OnwardReferral.State.ACCEPTED, at
        row.received_at = row.received_at or at
        row.save(update_fields=["state", "answered_at", "received_at"])
    return row


def turn_down(*, onward, declined_for, words, by, at) -> OnwardReferral:
    """Keep that the service declines, and why.

    :param declined_for: a code of OnwardReferral.DeclinedFor
    :raises Refused: without a reason, if it was answered or ended, or this person may not record it
    """
    one_of(OnwardReferral.DeclinedFor, declined_for, "Say why they declined.")
    with _moving(onward, "turn down", by=by) as row:
        row.state, row.answered_at, row.ended_at = OnwardReferral.State.DECLINED, at, at
        row.declined_for, row.declined_words = declined_for, words
        row.save(update_fields=["state", "answered_at", "ended_at", "declined_for", "declined_words"])
    return row


def transfer(*, onward, service, consent, by, at) -> OnwardReferral:
    """Pass it on to another service, which needs its own consent; give the referral to that one.

    :raises Refused: without that consent, for the same service, for one that it was passed on to before, or if it has
        ended
    """
    if service.pk == onward.service_id:
        raise Refused("It is with that service already. Choose another.")
    with _moving(onward, "transfer", by=by) as row:
        if consent.related_person_id != row.related_person_id:
            raise Refused("That yes is somebody else’s. It was not passed on.")
        made = _send(row.referral, service, consent, by=by, at=at)
        if OnwardReferral.objects.filter(transferred_to=made).exists():
            raise Refused("They are with that service already, passed on from another. Choose another service.")
        row.state, row.transferred_to, row.ended_at = OnwardReferral.State.TRANSFERRED, made, at
        row.save(update_fields=["state", "transferred_to", "ended_at"])
    return made


def end_onward(*, onward, result, by, at) -> OnwardReferral:
    """Keep that the help of a service is over, and what came of it.

    :param result: a code of OnwardReferral.Result
    :raises Refused: if the service had not accepted it, or this person may not record it
    """
    one_of(OnwardReferral.Result, result, "Say what came of it.")
    with _moving(onward, "end", by=by) as row:
        row.state, row.ended_at, row.result = OnwardReferral.State.ENDED, at, result
        row.save(update_fields=["state", "ended_at", "result"])
    return row


def _send(referral, service, consent, *, by, at, by_the_person=False):
    """Send under a consent that stands now, read again under the lock of the case."""
    standing = referral.consents.filter(pk=consent.pk, service=service, withdrawn_at=None).first()
    if standing is None:
        raise Refused("There is no standing yes for this service. It was not sent.")
    related = standing.related_person
    _is_for(service, referral, related, at=at)
    open_one = referral.onward.filter(service=service, related_person=related, state__in=OnwardReferral.OPEN).first()
    if open_one is not None:
        return open_one
    made = referral.onward.create(
        service=service, consent=standing, related_person=related, by_the_person=by_the_person, sent_at=at, sent_by=by
    )
    if related is None:
        clocks.settle_all(referral, codes=clocks.SUPPORT, met_at=at, by=by, at=at, facts={"onward": str(made.key)})
    return made


@contextmanager
def _moving(onward, verb, *, by):
    """Lock the case of a referral to a service for one verb, and give that referral to the caller to change."""
    with tending(onward.referral, f"onward_{verb.replace(' ', '_')}", by=by) as locked:
        row = locked.onward.get(pk=onward.pk)
        row.referral = locked
        onward_workflow.check(verb, by, row)
        yield row


def worker_type_of(referral) -> str:
    """Give the worker type of the person assaulted: as in the report, else as in the directory."""
    if referral.person_id is not None:
        return referral.person.worker_type
    return referral.assault.worker_type


def _is_for(service, referral, related, *, at):
    """Refuse a service that has ended, or is not for this person."""
    if not SupportService.objects.in_force(london_date(at)).filter(pk=service.pk).exists():
        raise Refused(f"{service.name} is not there any more. Choose another service.")
    if related is not None and not service.family:
        raise Refused(f"{service.name} is not for family or friends.")
    if related is None and worker_type_of(referral) not in service.eligible.split():
        raise Refused(f"{service.name} is not for somebody who works in this way.")


# People close to the person ------------------------------------------------------------------------------------------


def add_related(*, referral, name, relation, how, contact, needs, key, by, at) -> RelatedPerson:
    """Add somebody close to the person, to be supported in their own right.

    How to reach them and what they need is kept only once they said yes themselves.

    :param how: how they said yes, a code of Clock.Channel; "" while they were not asked
    :raises Refused: if it does not fit, or this person may not record it
    """
    if not name.strip():
        raise Refused("Give their name.")
    one_of(RelatedPerson.Relation, relation)
    _said_yes_first(how, contact, needs)
    with tending(referral, "add_related", by=by) as locked:
        return once(
            locked.related_people, key,
            name=name, relation=relation, contact=contact, needs=needs, consented_at=at if how else None,
            consent_how=how, added_at=at, added_by=by,
        )  # fmt: skip


def ask_related(*, related, how, contact, needs, by, at) -> RelatedPerson:
    """Keep that somebody close to the person said yes themselves, how to reach them, and what they need.

    :param how: a code of Clock.Channel
    :raises Refused: if they are not supported here any more, or this person may not record it
    """
    one_of(Clock.Channel, how, "Say how they said yes.")
    with tending(related.referral, "ask_related", by=by) as locked:
        row = _related(locked, related, asked=False)
        row.consented_at, row.consent_how = row.consented_at or at, how
        row.contact, row.needs = contact, needs
        row.save(update_fields=["consented_at", "consent_how", "contact", "needs"])
    return row


def end_related(*, related, by, at) -> RelatedPerson:
    """End the support of somebody close to the person: every yes of theirs is taken back with it.

    :raises Refused: if this person may not record it
    """
    with tending(related.referral, "end_related", by=by) as locked:
        row = locked.related_people.get(pk=related.pk)
        if row.ended_at is None:
            for consent in row.consents.filter(withdrawn_at=None):
                _take_back(consent, by=by, at=at)
            row.ended_at = at
            row.save(update_fields=["ended_at"])
    return row


def _said_yes_first(how, contact, needs):
    if how:
        one_of(Clock.Channel, how, "Say how they said yes.")
    elif contact or needs:
        raise Refused("Keep how to reach them, and what they need, once they have said yes themselves.")


def _related(referral, related, *, asked=True):
    """Give the related person of this very case, if they are still supported, and said yes where that is needed."""
    if related is None:
        return None
    row = referral.related_people.filter(pk=related.pk, ended_at=None).first()
    if row is None:
        raise Refused("They are not supported here any more.")
    if asked and row.consented_at is None:
        raise Refused("Ask them first: nobody is sent on without a yes of their own.")
    return row


# Representatives -----------------------------------------------------------------------------------------------------


def add_representative(*, referral, name, kind, contact, check_word, may_hear, key, by, at) -> Representative:
    """Let somebody speak for the person, by a check word, about what the person allowed.

    :param check_word: at least four letters, which only the person and they know
    :param may_hear: codes of HEARS; empty: nothing may be told to them, they only bring messages
    :raises Refused: if it does not fit, or this person may not record it
    """
    if not name.strip():
        raise Refused("Give their name.")
    one_of(Representative.Kind, kind)
    if len(check_word.strip()) < SHORTEST_WORD:
        raise Refused("A check word has at least four letters.")
    if not set(may_hear) <= {code for code, _ in HEARS}:
        raise Refused("Choose what they may hear from the list.")
    with tending(referral, "add_representative", by=by) as locked:
        return once(
            locked.representatives, key,
            name=name, kind=kind, contact=contact, check_word=check_word.strip(), may_hear=sorted(may_hear),
            added_at=at, added_by=by,
        )  # fmt: skip


def end_representative(*, representative, by, at) -> Representative:
    """End that somebody speaks for the person.

    :raises Refused: if this person may not record it
    """
    with tending(representative.referral, "end_representative", by=by) as locked:
        row = locked.representatives.get(pk=representative.pk)
        if row.ended_at is None:
            row.ended_at = at
            row.save(update_fields=["ended_at"])
    return row
