"""Forms for fitness for duty, and for what the health and safety adviser decides."""

import uuid

from django import forms

from campion.fields import DateField, Line, OneOf, Prose, choice, today
from reports.models import SafetyDecision

REASON_LENGTH = 2_000


class ChangeDuty(forms.Form):
    """What duty somebody does, and from which day."""

    duty = OneOf(
        label="What duty is it?",
        choices=[
            choice("full", "Full duties", hint="Back at everything they did before"),
            choice("recuperative", "Recuperative duties", hint="Fewer hours or lighter work, for a time"),
            choice("restricted", "Restricted or adjusted duties", hint="Some of their work they cannot do"),
            choice("sick", "Off sick"),
            choice("hospital", "In hospital"),
        ],
        error_messages={"required": "Choose the duty."},
    )
    from_on = DateField(
        label="From which day?", help_text="The first day of this duty. Rest days count too", latest=today
    )

    def __init__(self, *args, earliest, **kwargs):
        """
        :param earliest: the London date of the incident
        """
        super().__init__(*args, **kwargs)
        self.fields["from_on"].earliest = earliest


class Decide(forms.Form):
    """What the adviser decides about one injury."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    state = OneOf(
        label="What do you decide?",
        choices=[
            choice(SafetyDecision.State.NOT_REPORTABLE, "It is not reportable"),
            choice(SafetyDecision.State.WATCH, "Go on watching", hint="It stays on your list"),
            choice(
                SafetyDecision.State.SPECIFIED,
                "It is reportable: a specified injury",
                hint="It is still to be reported",
            ),
            choice(
                SafetyDecision.State.OVER_SEVEN,
                "It is reportable: unfit for normal duties for more than 7 days",
                hint="It is still to be reported",
            ),
            choice(SafetyDecision.State.REPORTED, "It was reported"),
        ],
        error_messages={"required": "Choose what you decide."},
    )
    reference = Line(label="Reference of the report", help_text="If it was reported", max_length=60, required=False)
    decided_on = DateField(
        label="Date", help_text="On which it was decided, or reported. Leave this empty for today",
        latest=today, required=False,
    )  # fmt: skip
    reason = Prose(
        label="Reason",
        help_text="Needed unless it was reported or is watched",
        max_length=REASON_LENGTH,
        rows=4,
        required=False,
    )

    def __init__(self, *args, earliest, **kwargs):
        """
        :param earliest: the London date of the incident
        """
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())
        self.fields["decided_on"].earliest = earliest

    def clean(self):
        cleaned = super().clean()
        state = cleaned.get("state")
        reported = state == SafetyDecision.State.REPORTED
        if reported and not cleaned.get("reference") and "reference" not in self.errors:
            self.add_error("reference", "Enter the reference of the report.")
        if state and not reported and state != SafetyDecision.State.WATCH and not cleaned.get("reason"):
            self.add_error("reason", "Give the reason.")
        return cleaned
