"""The outbox: a message is a row written in the same transaction as its cause, and leaves from there (R5, R6).

A message names no person, no injury and no case: "there is something for you, sign in". The queue only wakes the
sender, every minute.
A kill between acceptance and our commit loses nothing. GOV.UK Notify is asked by reference before it is sent again, so
it is never sent twice; over SMTP it may be, with one Message-ID.
"""

import re
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string

from campion import audit, notify, post
from campion.models import Delivery, Message, MessageWords
from campion.workflow import Refused

SUBJECT = "There is something for you"
LEASE = timedelta(minutes=2)
WAITS = [timedelta(seconds=s) for s in (5, 30, 120, 300, 600, 1800, 3600, 7200, 10800, 14400, 21600)]
"""How long to wait after each attempt that failed: 5 seconds to 6 hours; after the twelfth a person must look."""
AT_ONCE = 500
"""How many messages that failed one press of a button sends again."""
ASKS = 100
"""How many messages one run asks after."""
FIRST_ASK = timedelta(minutes=1)
SETTLED = timedelta(days=4)
"""Notify's provider tries for three days; whoever has heard nothing by then will not."""


def tell(people, *, kind, cause, at):
    """Write a message to each of these people, once for one cause; whoever has no address or has left gets none.

    :param people: Users
    :param kind: a code for the figures of the outbox, never shown in the message
    :param cause: what it is about, as a key such as "AR-7K3M-92QF/1"; the same cause tells each person once
    """
    told = [person for person in people if person.email and person.is_active]
    rows = Message.objects.bulk_create(
        [Message(kind=kind, to=person, once=f"{kind}:{cause}:{person.pk}", created_at=at) for person in told],
        ignore_conflicts=True,
    )
    made = Message.objects.filter(once__in=[row.once for row in rows], deliveries=None)
    Delivery.objects.bulk_create([Delivery(message=message, next_try_at=at) for message in made])


def send_due(*, at) -> int:
    """Send what is due; give how many messages were accepted. Safe to run twice at once."""
    sent = 0
    while delivery := _take(at):
        sent += _send(delivery, at)
    return sent


def _take(at):
    """Lease one delivery that is due, so that no other sender takes it."""
    free = Q(leased_until=None) | Q(leased_until__lt=at)
    with transaction.atomic():
        due = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(free, state=Delivery.State.WAITING, next_try_at__lte=at)
            .order_by("next_try_at", "pk")
            .select_related("message__to")
            .first()
        )
        if due:
            due.leased_until = at + LEASE
            due.attempts = F("attempts") + 1
            due.save(update_fields=["leased_until", "attempts"])
            due.refresh_from_db(fields=["attempts"])
    return due


# The words ----------------------------------------------------------------------------------------------------------

TELLING = (
    "assault", "attack", "injur", "spit", "victim", "abuse", "hurt", "referral", "support", "welfare", "report",
    "incident", "crime", "police", "officer", "case", "court", "blood", "health", "hospital", "counsel",
)  # fmt: skip
"""Beginnings of words that would tell whoever sees a screen what a message is about."""


@dataclass(frozen=True)
class Words:
    """What a message says: its subject and its body, with `{address}` where the address to sign in at stands."""

    subject: str
    body: str

    def told(self) -> tuple[str, str]:
        """Give subject and body as they are sent."""
        return self.subject, self.body.replace("{address}", settings.SITE_ADDRESS + "/home/")


def words_now() -> Words:
    """Give the words that the next message is sent in: the latest that were written, else Campion’s own."""
    latest = MessageWords.objects.order_by("-pk").first()
    if latest:
        return Words(latest.subject, latest.text)
    return Words(SUBJECT, render_to_string("emails/update.txt", {"address": "{address}"}))


def why_not(words: Words) -> list[str]:
    """Give why words may not be sent, a sentence each; empty if they may: they tell nobody what they are about (R6)."""
    text = f"{words.subject}\n{words.body}"
    wrong = []
    if not words.subject.strip() or "\n" in words.subject or "\r" in words.subject:
        wrong.append("Write a subject of one line.")
    if words.body.count("{address}") != 1:
        wrong.append("Write {address} once in the message: it stands for where to sign in.")
    if re.search(r"https?:|www\.|@", text):
        wrong.append("Leave out other addresses: people learn to trust only the one to sign in at.")
    found = sorted({word for word in TELLING if re.search(rf"\b{word}", text, re.IGNORECASE)})
    if found:
        wrong.append(f"Leave out words that tell what it is about: {', '.join(found)}.")
    if re.search(r"\d", text):
        wrong.append("Leave out numbers: a message names no case, no time and no telephone.")
    return wrong


@transaction.atomic
def write_words(*, words: Words, by, at) -> MessageWords:
    """Say every message in other words from now on.

    :raises Refused: with a sentence, if they would tell what a message is about or not where to sign in
    """
    wrong = why_not(words)
    if wrong:
        raise Refused(" ".join(wrong))
    row = MessageWords.objects.create(subject=words.subject.strip(), text=words.body.strip() + "\n", at=at, by=by)
    audit.record("write_message_words", by=by, object_type="message_words", object_id=str(row.pk))
    return row


@transaction.atomic
def try_again(*, delivery, by, at) -> Delivery:
    """Let a message that failed or came back be sent again, from its first attempt on.

    One that failed keeps its reference, so that it is not sent twice if it was taken after all; one that came back is
    a new message to whoever carries it.

    :raises Refused: if it neither failed nor came back
    """
    row = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if row.state not in (Delivery.State.FAILED, Delivery.State.BOUNCED):
        raise Refused("This message did not fail, so there is nothing to try again.")
    if row.state == Delivery.State.BOUNCED:
        row.reference = None
    row.state, row.attempts, row.next_try_at, row.leased_until = Delivery.State.WAITING, 0, at, None
    row.sent_at, row.receipt, row.ask_at = None, "", None
    row.save(
        update_fields=["state", "attempts", "next_try_at", "leased_until", "sent_at", "receipt", "ask_at", "reference"]
    )
    audit.record("try_message_again", by=by, object_type="message", object_id=str(row.message_id))
    return row


@transaction.atomic
def try_failed_again(*, force, by, at) -> int:
    """Let every message of a force that failed be sent again, `AT_ONCE` of them at most; give how many.

    For when the cause was ours, such as a key that had ended: those that came back are looked at one by one.
    """
    failed = Delivery.objects.filter(message__to__force=force, state=Delivery.State.FAILED)
    rows = failed.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:AT_ONCE]
    found = dict(rows.values_list("pk", "message"))
    Delivery.objects.filter(pk__in=found).update(
        state=Delivery.State.WAITING, attempts=0, next_try_at=at, leased_until=None
    )
    lines = {str(message): ((), "") for message in found.values()}
    audit.record_each("try_message_again", by=by, object_type="message", objects=lines)
    return len(found)


# Sending -------------------------------------------------------------------------------------------------------------


def _send(delivery, at) -> bool:
    subject, body = words_now().told()
    mail = post.Mail(delivery.message.to.email, subject, body, name=f"campion-{delivery.pk}")
    try:
        receipt = post.hand_over(mail, **_known_by(delivery))
    except post.NotTaken as refusal:
        _not_taken(delivery, refusal, at)
        return False
    Delivery.objects.filter(pk=delivery.pk).update(
        state=Delivery.State.SENT,
        sent_at=at,
        leased_until=None,
        fault="",
        receipt=receipt,
        ask_at=at + FIRST_ASK if receipt else None,
    )
    return True


def _known_by(delivery):
    """Draw a reference before a message is handed over for the first time; later it may be known by that already."""
    if not post.tells_afterwards():
        return {}
    before = delivery.reference is not None
    if not before:
        delivery.reference = uuid.uuid4()
        delivery.save(update_fields=["reference"])
    return {"reference": delivery.reference, "perhaps_before": before}


def _not_taken(delivery, refusal, at):
    waiting = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING)
    fault = refusal.fault[:40]
    if refusal.lasting or delivery.attempts > len(WAITS):
        waiting.update(state=Delivery.State.FAILED, leased_until=None, fault=fault)
    else:
        waiting.update(next_try_at=at + WAITS[delivery.attempts - 1], leased_until=None, fault=fault)


# What became of it ---------------------------------------------------------------------------------------------------


def learn_what_became(*, at) -> int:
    """Ask what became of messages that were taken, at most `ASKS` of them; give how many came back. Safe to run twice.

    The time between two questions doubles with the age of a message. A fault ends the run: the next minute is as good.
    """
    if not post.tells_afterwards():
        return 0
    back = 0
    for row in Delivery.objects.filter(state=Delivery.State.SENT, ask_at__lte=at).order_by("ask_at", "pk")[:ASKS]:
        asked = Delivery.objects.filter(pk=row.pk, state=Delivery.State.SENT, receipt=row.receipt)
        age = at - row.sent_at
        later = at + max(FIRST_ASK, age) if age < SETTLED else None
        try:
            became = post.became(row.receipt)
        except post.NotTaken:
            asked.update(ask_at=later)
            break
        if became in notify.BACK:
            back += asked.update(state=Delivery.State.BOUNCED, fault=became, ask_at=None)
        elif became in (notify.DELIVERED, notify.FORGOTTEN):
            asked.update(ask_at=None)
        else:
            asked.update(ask_at=later)
    return back
