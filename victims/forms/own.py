"""What a person may answer to an offer of support, and how they may be reached."""

import re
from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from campion.fields import DateField, Line, OneOf, Prose, choice, today
from victims.models import Referral

AGREE, LATER, DECLINE, SUPPORTED = "agree", "later", "decline", "supported"


class Choice(forms.Form):
    """Yes, later, no, or already supported. None of them is final."""

    choice = OneOf(
        label="Would you like support?",
        choices=[
            choice(AGREE, "Yes, I would like support"),
            choice(LATER, "Not now. Ask me again on a date"),
            choice(DECLINE, "No, thank you"),
            choice(SUPPORTED, "I already have support"),
        ],
        error_messages={"required": "Choose an answer. You can change it later."},
    )
    ask_again_on = DateField(
        label="When shall we ask again?",
        help_text="A date within the next year",
        required=False,
        earliest=lambda: today() + timedelta(days=1),
        latest=lambda: today() + timedelta(days=366),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("choice") != LATER:
            self.errors.pop("ask_again_on", None)  # a date typed before another answer was chosen
            cleaned["ask_again_on"] = None
        elif "ask_again_on" in cleaned and cleaned["ask_again_on"] is None:
            self.add_error("ask_again_on", "Enter the date on which to ask you again.")
        return cleaned


class SafeContact(forms.Form):
    """How to reach somebody without anybody else coming to know."""

    channel = OneOf(
        label="What is the best way?",
        choices=Referral.Channel.choices,
        error_messages={"required": "Choose the best way to reach you."},
    )
    contact = Line(
        label="Number or email address",
        help_text="One that only you answer or read. For a meeting, say where.",
        required=False,
        max_length=200,
    )
    safe_times = Prose(
        label="When is it safe to reach you?",
        help_text="For example: after nights, not before 3pm; not at home",
        required=False,
        max_length=500,
        rows=3,
    )
    may_leave_message = OneOf(
        label="If you do not answer, may we leave a message?",
        choices=[
            choice("yes", "Yes"),
            choice("no", "No"),
        ],
        error_messages={"required": "Choose whether we may leave a message."},
    )

    def clean(self):
        cleaned = super().clean()
        channel, contact = cleaned.get("channel"), cleaned.get("contact")
        if not channel or contact is None:
            return cleaned
        if channel in ("call", "text"):
            if len(re.sub(r"\D", "", contact)) < 7 or not re.fullmatch(r"[\d\s()+.\-/x]{7,40}", contact, re.IGNORECASE):
                self.add_error("contact", "Enter a phone number, like 07700 900 982.")
        elif channel == "email":
            try:
                validate_email(contact)
            except ValidationError:
                self.add_error("contact", "Enter an email address, like name@example.com.")
        return cleaned
