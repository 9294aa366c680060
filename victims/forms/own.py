"""What a person may answer to an offer of support, and how they may be reached."""

import re
from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from campion.fields import AnyOf, DateField, Line, OneOf, Prose, TimeField, choice, today
from victims.models import Consent, Referral, RelatedPerson, Representative

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


HELPS = (
    ("interpreter", "An interpreter"),
    ("bsl", "British Sign Language"),
    ("large-print", "Large print or easy read"),
    ("no-phone", "Text relay, or no phone calls"),
    ("companion", "Somebody comes along with me"),
)
"""What makes it easier to talk: kept as lines of one sealed text, a line for each that was ticked."""


class SafeContact(forms.Form):
    """How to reach somebody without anybody else coming to know. Any of it may be skipped."""

    channel = OneOf(
        label="What is the best way?",
        choices=Referral.Channel.choices,
        required=False,
    )
    contact = Line(
        label="Number or email address",
        help_text="One that only you answer or read. For a meeting, say where.",
        required=False,
        max_length=200,
    )
    safe_ways = AnyOf(
        label="Which other ways are safe?",
        help_text="What you do not tick is not used.",
        choices=Referral.Channel.choices,
        required=False,
    )
    may_leave_message = OneOf(
        label="If you do not answer, may we leave a message?",
        choices=[choice("yes", "Yes"), choice("no", "No")],
        required=False,
    )
    say_who_calls = OneOf(
        label="May a caller say that they ring from the welfare desk?",
        help_text="If not, they give only their first name until they know that it is you.",
        choices=[choice("yes", "Yes, to anybody who answers"), choice("no", "No, to me alone")],
        required=False,
    )
    safe_times = Prose(
        label="When is it safe to reach you?",
        help_text="For example: after 3pm; not at home",
        required=False,
        max_length=500,
        rows=3,
    )
    nights_until_on = DateField(
        label="If you work nights, until when?",
        help_text="Until then nobody rings you between 7am and 4pm, unless you give other hours below.",
        required=False,
        earliest=today,
        latest=lambda: today() + timedelta(days=366),
    )
    quiet_from = TimeField(label="Nobody should ring from", help_text="For example, 9pm or 21:00", required=False)
    quiet_until = TimeField(label="Until", help_text="For example, 7am or 07:00", required=False)
    helps = AnyOf(label="What would make it easier to talk?", choices=HELPS, required=False)
    needs = Line(
        label="Which language, or anything else that helps",
        required=False,
        max_length=300,
    )

    @staticmethod
    def initial_of(said) -> dict:
        """Give what was said before, as the form shows it; nothing if it was never said."""
        if not said.contact_at:
            return {}
        labels = {label: code for code, label in HELPS}
        lines = said.needs.split("\n") if said.needs else []
        return {
            "channel": said.channel,
            "contact": said.contact,
            "safe_ways": said.safe_ways,
            "may_leave_message": "yes" if said.may_leave_message else "no",
            "say_who_calls": "yes" if said.say_who_calls else "no",
            "safe_times": said.safe_times,
            "nights_until_on": said.nights_until_on
            if said.nights_until_on and said.nights_until_on >= today()
            else None,
            "quiet_from": said.quiet_from,
            "quiet_until": said.quiet_until,
            "helps": [labels[line] for line in lines if line in labels],
            "needs": " ".join(line for line in lines if line not in labels),
        }

    def said(self) -> dict:
        """Give what was entered, as the fields of actions.SafeContact."""
        given = self.cleaned_data
        labels = dict(HELPS)
        needs = [labels[code] for code in labels if code in given["helps"]]
        kept = ("channel", "contact", "safe_times", "nights_until_on", "quiet_from", "quiet_until")
        return {name: given[name] for name in kept} | {
            "safe_ways": tuple(way for way in Referral.Channel.values if way in given["safe_ways"]),
            "may_leave_message": given["may_leave_message"] == "yes",
            "say_who_calls": given["say_who_calls"] == "yes",
            "needs": "\n".join([*needs, given["needs"]] if given["needs"] else needs),
        }

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        for name, given, other in (("quiet_from", start, end), ("quiet_until", end, start)):
            if given is None and other is not None and name not in self.errors:
                self.add_error(name, "Give both ends of the hours, or neither.")
        if start is not None and start == end:
            self.add_error("quiet_until", "Give a different end: these hours begin and end at the same time.")
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


class _Once(forms.Form):
    """A form whose answer is kept once, however often the button is pressed."""

    key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid"), "This page is not whole. Open it again; your words stay."
        ),
    )


class Note(_Once):
    """A note to whoever carries the case."""

    words = Prose(
        label="What do you want to say?",
        help_text="Whoever carries your case reads it, and nobody who supervises you.",
        max_length=5_000,
        rows=5,
        error_messages={"required": "Write what you want to say."},
    )


READINGS = (
    ("self", "I read it aloud"),
    ("other", "Somebody else reads it aloud"),
    ("paper", "The court reads it for itself"),
    ("", "I do not know yet"),
)


class Statement(forms.Form):
    """Whether to make a Victim Personal Statement, and how a court is to have it."""

    choice = OneOf(
        label="Do you want to make one?",
        choices=[
            choice("yes", "Yes"),
            choice("later", "Not yet", hint="You can decide until the case is over."),
            choice("no", "No", hint="It cannot be held against you. You can change your mind."),
        ],
        error_messages={"required": "Choose an answer. You can change it later."},
    )
    reading = OneOf(
        label="If it comes to court, how should they have it?",
        required=False,
        choices=READINGS,
    )


class Complaint(forms.Form):
    """Which right was not met, and what happened."""

    about = forms.ChoiceField(
        label="What is it about?",
        required=False,
        error_messages={"invalid_choice": "Choose from the list."},
    )
    words = Prose(
        label="What happened, or did not happen?",
        help_text="In your own words. You need not repeat what is in the report.",
        max_length=10_000,
        rows=6,
        error_messages={"required": "Say what was not done, or was not right."},
    )

    def __init__(self, *args, rights=(), **kwargs):
        """:param rights: (code, words) pairs: what may be complained about by name"""
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [("", "Something else"), *rights]


class HowItWas(forms.Form):
    """How somebody found the care that they got: five answers, and words if they like."""

    score = OneOf(
        label="How has the support been for you?",
        choices=[
            choice("5", "Very good"),
            choice("4", "Good"),
            choice("3", "Neither good nor bad"),
            choice("2", "Bad"),
            choice("1", "Very bad"),
        ],
        error_messages={"required": "Choose one of the five answers."},
    )
    words = Prose(
        label="What should we keep, or do differently?",
        help_text="Leave it empty if you like. Name nobody: these words are read without your name.",
        required=False,
        max_length=2_000,
        rows=4,
    )


SHARES = (
    (Consent.Share.NAME, "My name"),
    (Consent.Share.CONTACT, "How to reach me safely"),
    (Consent.Share.WHAT, "That I was assaulted at work, and how"),
    (Consent.Share.NEEDS, "What I need"),
)


class GoToService(forms.Form):
    """A yes to one service, and who gets in touch with it."""

    service = OneOf(label="Which service?", error_messages={"required": "Choose a service."})
    how = OneOf(
        label="Who gets in touch?",
        choices=[
            choice("desk", "The welfare desk tells them, and they contact me"),
            choice("self", "I have been in touch myself", hint="The desk then knows, and need not offer it again."),
        ],
        error_messages={"required": "Choose who gets in touch with them."},
    )
    shares = AnyOf(
        label="What may the welfare desk tell them?",
        help_text="Nothing else is passed on.",
        choices=SHARES,
        error_messages={"required": "Tick at least one, or leave this page: then nobody is told anything."},
    )

    def __init__(self, *args, services=(), **kwargs):
        """:param services: (code, name, summary) of those open to the person"""
        super().__init__(*args, **kwargs)
        self.fields["service"].choices = [choice(code, name, hint=summary) for code, name, summary in services]


class ClosePerson(_Once):
    """Somebody close to the person, to be supported in their own right."""

    name = Line(label="Their name", max_length=120)
    relation = OneOf(
        label="Who are they to you?",
        choices=RelatedPerson.Relation.choices,
        error_messages={"required": "Choose who they are to you."},
    )
    how = OneOf(
        label="Have they said yes to being contacted?",
        choices=[
            choice("", "Not yet: I will ask them"),
            choice("in-person", "Yes, they said so to me"),
            choice("text", "Yes, in a message"),
        ],
        required=False,
    )
    contact = Line(
        label="How to reach them",
        help_text="Only once they have said yes. A number or address that is theirs alone.",
        required=False,
        max_length=200,
    )
    needs = Prose(label="What would help them?", required=False, max_length=2_000, rows=3)

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("how"):
            for name in ("contact", "needs"):
                if cleaned.get(name):
                    self.add_error(name, "Ask them first. Once they have said yes, say so above and keep this.")
        return cleaned


class Speaker(_Once):
    """Somebody who may speak for the person, by a check word."""

    name = Line(label="Their name", max_length=120)
    kind = OneOf(
        label="Who are they?",
        choices=Representative.Kind.choices,
        error_messages={"required": "Choose who they are."},
    )
    contact = Line(label="How to reach them", required=False, max_length=200)
    check_word = Line(
        label="A check word",
        help_text="At least four letters, that only you and they know. Nobody tells them anything without it.",
        max_length=60,
    )
    may_hear = AnyOf(
        label="What may they be told?", help_text="Tick nothing, and they only bring messages.", required=False
    )

    def __init__(self, *args, hears=(), **kwargs):
        """:param hears: (code, words) of what may be told to them"""
        super().__init__(*args, **kwargs)
        self.fields["may_hear"].choices = list(hears)

    def clean_check_word(self):
        word = self.cleaned_data["check_word"]
        if len(word) < 4:
            raise ValidationError("A check word has at least four letters.")
        return word
