"""What the desk may ask its list for, and what it says when a case changes hands or ends."""

from datetime import timedelta

from django import forms

from campion.fields import DateField, OneOf, Prose, choice, today
from reports.forms.review import ChoosePerson
from victims.models import Referral

WORDS_LENGTH = 2_000
WAITING, ALL = "waiting", "all"
STATES = (
    (WAITING, "Any that waits for us"),
    ("offered", "No answer yet"),
    ("accepted", "Accepted"),
    ("later", "Ask again later"),
    ("declined", "Declined for now"),
    ("supported", "Already supported"),
    (ALL, "Any answer"),
)


class DeskFilter(forms.Form):
    """What the desk's list shows. Anything unknown in the address is left out rather than refused."""

    state = forms.ChoiceField(label="Answer", required=False, choices=STATES)
    unit = forms.ChoiceField(label="Team", required=False)
    urgent = forms.BooleanField(label="Only urgent", required=False)

    @classmethod
    def read(cls, query, *, tab, units):
        """Give a form that shows what the address asked for, and its values.

        :param tab: the list that is shown: some hold only what waits, unless an answer is asked for
        :param units: the Units of which this person may ask, in the order in which they are offered
        """
        usual = WAITING if tab.waiting else ALL
        state, unit, carrier = (query.get(name, "") for name in ("state", "unit", "carrier"))
        known = {str(row.pk): row for row in units}
        values = {
            "state": state if state in dict(STATES) else usual,
            "unit": known.get(unit),
            "urgent": query.get("urgent") in ("on", "1"),
            "carrier": int(carrier) if carrier.isascii() and carrier.isdecimal() and len(carrier) < 10 else None,
        }
        form = cls(initial=values | {"unit": unit if unit in known else ""})
        form.fields["unit"].choices = [("", "All your teams"), *((key, row.name) for key, row in known.items())]
        form.narrows = values != {"state": usual, "unit": None, "urgent": False, "carrier": None}
        return form, values


class HandOver(forms.Form):
    """Who carries the case from now on, and what they should know."""

    to = OneOf(
        label="Who carries it from now on?",
        choices=[],
        error_messages={"required": "Choose who carries it from now on."},
    )
    words = Prose(
        label="What should they know? (optional)",
        help_text="Whoever carries the case reads it.",
        required=False,
        max_length=WORDS_LENGTH,
        rows=4,
    )

    def __init__(self, *args, colleagues, **kwargs):
        """
        :param colleagues: Colleague views of those who may carry it
        """
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [choice(row.key, row.name, hint=row.load) for row in colleagues]


class Release(forms.Form):
    """Why a case goes back to nobody."""

    reason = Prose(
        label="Why do you put it back?",
        help_text="Whoever carries it next reads this.",
        max_length=WORDS_LENGTH,
        rows=4,
        error_messages={"required": "Say why you put it back."},
    )


class Close(forms.Form):
    """How a case ended."""

    outcome = OneOf(
        label="How did it end?",
        choices=Referral.Outcome.choices,
        error_messages={"required": "Choose how it ended."},
    )


class Reassign(forms.Form):
    """Which cases go to whom, and what they should know."""

    cases = forms.MultipleChoiceField(
        label="Which cases?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one case.",
            "invalid_choice": "Some of these cases have changed meanwhile. Look at the list again.",
        },
    )
    to = OneOf(
        label="Who carries them from now on?",
        choices=[],
        error_messages={"required": "Choose who carries them from now on."},
    )
    words = Prose(
        label="What should they know? (optional)",
        help_text="Whoever carries a case reads it.",
        required=False,
        max_length=WORDS_LENGTH,
        rows=3,
    )

    def __init__(self, *args, cases, colleagues, **kwargs):
        """
        :param cases: (reference, words, hint) of each case that is offered
        :param colleagues: Colleague views of those who may be chosen
        """
        super().__init__(*args, **kwargs)
        self.fields["cases"].choices = [choice(reference, words, hint=hint) for reference, words, hint in cases]
        self.fields["to"].choices = [choice(row.key, row.name, hint=row.load) for row in colleagues]


class NameDeputy(ChoosePerson):
    """Who stands in for somebody, from when, until when."""

    from_on = DateField(
        label="First day",
        earliest=today,
        latest=lambda: today() + timedelta(days=366),
        error_messages={"required": "Enter the first day."},
    )
    until_on = DateField(
        label="Last day",
        earliest=today,
        latest=lambda: today() + timedelta(days=732),
        error_messages={"required": "Enter the last day."},
    )

    def only_finding(self):
        """Show who was found, and ask for nothing more yet."""
        super().only_finding()
        for name in ("from_on", "until_on"):
            self.errors.pop(name, None)

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", "The last day must be on or after the first.")
        return cleaned
