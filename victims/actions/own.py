"""What the person does on their own side beyond choosing: writes to whoever carries the case, chooses about their
statement, complains, and says how it was. Nobody else can do these for them, and no manager learns of any.
"""

from contextlib import contextmanager

from campion import messages
from campion.workflow import Refused
from campion.working_days import london_date
from victims.actions import clocks
from victims.actions._casework import one_of, tending
from victims.actions.sharing import give_consent, refer_on
from victims.models import Complaint, Consent, Contact, PersonalStatement, Satisfaction, SupportService
from victims.reading.own import asked_so_far


def write(*, referral, words, key, by, at) -> Contact:
    """Leave a note for whoever carries the case; they are told that something waits. Before anybody does, it waits.

    :param key: of the form, so that the same note is kept once
    :raises Refused: without words, or if the case is not this person's
    """
    if not words.strip():
        raise Refused("Write what you want to say.")
    with _ones_own(referral, "write", by=by) as locked:
        kept = Contact.objects.filter(key=key).first()
        if kept is not None:
            if kept.referral_id != locked.pk:
                raise Refused("This page belongs to another case. Open it again.")
            return kept
        made = locked.contacts.create(
            key=key,
            happened_at=at,
            channel="",  # written on their own page
            direction=Contact.Direction.IN,
            outcome=Contact.Outcome.MESSAGE,
            words=words,
            shared=True,
            entered_at=at,
            entered_by=by,
        )
        if locked.owner_id:
            messages.tell([locked.owner], kind="case-note", cause=str(made.key), at=at)
    return made


def go_to_service(*, referral, code, shares, by_the_person, by, at) -> Consent:
    """Say yes to one service being told so much. The desk tells it; or the person went there themselves already.

    :param code: of a SupportService that is open to the person today
    :param shares: codes of Consent.Share
    :param by_the_person: whether they have been in touch with it themselves
    :raises Refused: if the service is not for them today, nothing may be told, or it is not this person's case
    """
    service = SupportService.objects.in_force(london_date(at)).filter(code=code).first()
    if service is None:
        raise Refused("That service is not there any more. Choose another.")
    with _ones_own(referral, "go_to_service", by=by) as locked:
        given = give_consent(
            referral=locked, service=service, shares=shares, how=Consent.How.SELF, by=by, at=at
        )  # fmt: skip
        if by_the_person:
            refer_on(referral=locked, service=service, consent=given, by=by, at=at, by_the_person=True)
    return given


def choose_statement(*, referral, choice, reading, by, at) -> PersonalStatement:
    """Say whether to make a Victim Personal Statement, and how the court is to have it. It can be changed (Right 7).

    Chosen before anybody offered it, it is the person's own word: the officer still owes them theirs.

    :param choice: a code of PersonalStatement.Choice
    :param reading: a code of PersonalStatement.Reading, or "" for not yet decided
    :raises Refused: for an answer that is not in the list, a no to one that was taken, or if it is not this person's
    """
    one_of(PersonalStatement.Choice, choice, "Choose whether you want to make one.")
    if reading:
        one_of(PersonalStatement.Reading, reading, "Choose how the court is to have it, or leave it open.")
    if choice == PersonalStatement.Choice.NO:
        reading = ""
    with _ones_own(referral, "choose_statement", by=by) as locked:
        made, new = PersonalStatement.objects.get_or_create(
            referral=locked,
            defaults={"offered_at": at, "offered_by": by, "choice": choice, "chosen_at": at, "reading": reading},
        )
        if made.taken_on and choice != PersonalStatement.Choice.YES:
            raise Refused("You have made a statement already. Tell the officer in the case if you want it back.")
        if not new and (made.choice, made.reading) != (choice, reading):
            made.choice, made.chosen_at, made.reading = choice, at, reading
            made.save(update_fields=["choice", "chosen_at", "reading"])
    return made


def complain(*, referral, about, words, by, at) -> Complaint:
    """Say that a right was not met: goes to information governance, outside line management, with a limit (Right 12).

    While one waits for its acknowledgement, more words are added to it, under the day on which they were written.

    :param about: an Entitlement that this case has a clock of, or None for something else
    :raises Refused: without words, about what this case does not have, or if it is not this person's
    """
    if not words.strip():
        raise Refused("Say what was not done, or was not right.")
    with _ones_own(referral, "complain", by=by) as locked:
        if about is not None and not locked.clocks.filter(entitlement=about).exists():
            raise Refused("Choose one of the rights in the list.")
        waiting = _unacknowledged(locked)
        if waiting is not None:
            if words not in waiting.words:
                day = london_date(at)
                waiting.words = f"{waiting.words}\n\nAdded on {day.day} {day:%B %Y}:\n{words}"
                waiting.save(update_fields=["words"])
            return waiting
        clocks.start(locked, trigger=clocks.COMPLAINT, started_at=at, at=at)
        acknowledged_by = locked.clocks.running().filter(entitlement__trigger=clocks.COMPLAINT).first()
        return locked.complaints.create(about=about, words=words, made_at=at, made_by=by, clock=acknowledged_by)


def _unacknowledged(referral):
    """The complaint that nobody has acknowledged or answered yet; None if there is none."""
    rows = referral.complaints.filter(answered_at=None, clock__met_at=None, clock__not_applicable="")
    return rows.order_by("-made_at").first()


def say_how_it_was(*, referral, asked, score, words, by, at) -> Satisfaction:
    """Say how the care was, once after four weeks and once at the end. The desk never reads it by name.

    :param asked: a code of Satisfaction.When
    :param score: 1 (badly) to 5 (well)
    :raises Refused: before it is time, a second time, or if it is not this person's
    """
    one_of(Satisfaction.When, asked)
    if score not in range(1, 6):
        raise Refused("Choose one of the five answers.")
    with _ones_own(referral, "say_how_it_was", by=by) as locked:
        if asked not in asks_now(locked, at=at):
            raise Refused("You have said this already, or it is not time for it yet.")
        return locked.satisfaction.create(asked=asked, score=score, words=words, at=at)


def asks_now(referral, *, at) -> list[str]:
    """Give what the person may be asked about how it was: codes of Satisfaction.When that they have not answered."""
    said = set(referral.satisfaction.values_list("asked", flat=True))
    return [asked for asked in asked_so_far(referral, at) if asked not in said]


@contextmanager
def _ones_own(referral, verb, *, by):
    if referral.person_id != by.pk:
        raise Refused("Only the person whose case it is can do this.")
    with tending(referral, verb, by=by) as locked:
        yield locked
