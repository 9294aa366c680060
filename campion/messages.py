"""The outbox: a message is a row written in the same transaction as its cause, and leaves from there (R5, R6).

A message names no person, no injury and no case: "there is something for you, sign in". The queue only wakes the
sender, every minute.
Over SMTP a kill between the server's acceptance and our commit may send twice, with one Message-ID; never lost.
"""

import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string

from campion.models import Delivery, Message

SUBJECT = "There is something for you"
LEASE = timedelta(minutes=2)
WAITS = [timedelta(seconds=s) for s in (5, 30, 120, 300, 600, 1800, 3600, 7200, 10800, 14400, 21600)]
"""How long to wait after each attempt that failed: 5 seconds to 6 hours; after the twelfth a person must look."""


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


def _send(delivery, at) -> bool:
    mail = EmailMessage(
        SUBJECT,
        render_to_string("emails/update.txt", {"address": settings.SITE_ADDRESS + "/home/"}),
        to=[delivery.message.to.email],
        headers={"Message-ID": f"<campion-{delivery.pk}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2]}>"},
    )
    try:
        mail.send()
    except (OSError, smtplib.SMTPException) as fault:
        _try_again(delivery, type(fault).__name__, at)
        return False
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.SENT, sent_at=at, leased_until=None, fault="")
    return True


def _try_again(delivery, fault, at):
    if delivery.attempts > len(WAITS):
        Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.FAILED, leased_until=None, fault=fault[:40])
        return
    Delivery.objects.filter(pk=delivery.pk).update(
        next_try_at=at + WAITS[delivery.attempts - 1], leased_until=None, fault=fault[:40]
    )
