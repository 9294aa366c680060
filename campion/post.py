"""The way out for one mail: by SMTP, or by GOV.UK Notify where its settings are given. It knows no rows."""

import smtplib
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage

from campion import notify


class NotTaken(Exception):
    """A mail was not taken. Its text is a code that names nobody; `lasting` says that trying again would not help."""

    def __init__(self, fault, *, lasting=False):
        super().__init__(fault)
        self.fault, self.lasting = fault, lasting


@dataclass(frozen=True)
class Mail:
    """What goes out: to one address, as plain text. `name` becomes its Message-ID where we write that."""

    to: str
    subject: str
    body: str
    name: str = ""


def tells_afterwards() -> bool:
    """Whether the way out gives receipts, knows our references, and says later what became of a mail."""
    return bool(settings.NOTIFY_API_KEY)


def hand_over(mail, *, reference=None, perhaps_before=False) -> str:
    """Hand a mail over, and give its receipt: "" if the way out gives none.

    :param reference: a UUID for where `tells_afterwards`, the same whenever this mail is handed over
    :param perhaps_before: it may have been taken before without our knowing, so ask first and never send it twice
    :raises NotTaken: if it was not taken, or if nobody can know whether it was
    """
    if not tells_afterwards():
        _by_smtp(mail)
        return ""
    try:
        taken = notify.find(reference) if perhaps_before else None
        return taken or notify.send(to=mail.to, subject=mail.subject, body=mail.body, reference=reference)
    except notify.Fault as fault:
        raise NotTaken(fault.code, lasting=fault.lasting) from None


def became(receipt) -> str:
    """Give what became of a mail, by its receipt: one of `notify`'s words.

    :raises NotTaken: if the way out does not say now
    """
    try:
        return notify.status_of(receipt)
    except notify.Fault as fault:
        raise NotTaken(fault.code, lasting=fault.lasting) from None


def _by_smtp(mail):
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    headers = {"Message-ID": f"<{mail.name}@{domain}>"} if mail.name else {}
    try:
        EmailMessage(mail.subject, mail.body, to=[mail.to], headers=headers).send()
    except (OSError, smtplib.SMTPException) as fault:
        raise NotTaken(type(fault).__name__) from None
