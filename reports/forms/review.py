"""Forms for what happens after a report was submitted: reasons, notes, corrections, people, contact."""

from datetime import datetime

from django import forms

from campion import references
from campion.fields import AnyOf, DateField, Line, OneOf, Prose, TimeField, choice, today
from campion.local_time import comes_twice, moment
from campion.models import User
from reports.models import Task

REASON_LENGTH = 2_000
FOUND_AT_MOST = 20


class Confirm(forms.Form):
    """A page with a button and no question."""


class Reason(forms.Form):
    """Why, in words that the person concerned will read."""

    reason = Prose(label="Reason", max_length=REASON_LENGTH, rows=5)

    def __init__(self, *args, label="Reason", hint="", empty="Give a reason.", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].help_text = hint
        self.fields["reason"].error_messages["required"] = empty


class AddNote(forms.Form):
    """Words to add to a report, about everybody or about one person."""

    body = Prose(
        label="What do you want to add?",
        help_text="It is dated and signed with your name. What was written before stays as it is.",
        max_length=20_000,
        rows=8,
        error_messages={"required": "Write what you want to add."},
    )
    about = OneOf(label="Whom is it about?", choices=[], required=False)

    def __init__(self, *args, people=(), **kwargs):
        """
        :param people: (position, name) of those whose part the writer may read; with one or none it is not asked
        """
        super().__init__(*args, **kwargs)
        if len(people) < 2:
            del self.fields["about"]
            return
        self.fields["about"].choices = [
            choice("", "All of it"),
            *(choice(str(position), name) for position, name in people),
        ]
        self.fields["about"].initial = ""


class ChoosePerson(forms.Form):
    """Somebody of one's own force: looked for by staff number or three letters of a surname, then chosen."""

    words = Line(
        label="Staff number, or the first letters of the surname",
        help_text="At least three letters of a surname, or the whole staff number",
        max_length=80,
        error_messages={"required": "Enter a staff number, or at least three letters of a surname."},
    )
    person = OneOf(label="Who is it?", choices=[], required=False)

    def __init__(self, *args, by, leave_out=(), **kwargs):
        """
        :param by: who looks: only their own force is searched, and protected posts never appear
        :param leave_out: keys of people who cannot be chosen
        """
        super().__init__(*args, **kwargs)
        words = (self.data.get("words") if self.is_bound else (self.initial or {}).get("words")) or ""
        self.found = list(_search(words, by, leave_out)) if words.strip() else []
        self.fields["person"].choices = [
            choice(str(person.pk), person.name, hint=_placed(person)) for person in self.found
        ]
        self.wants_choice = False

    def only_finding(self):
        """Show what was found and ask for nothing more yet."""
        self.errors.pop("person", None)
        self._say_if_nobody()

    def clean(self):
        cleaned = super().clean()
        if "words" in self.errors:
            return cleaned
        if not self.found:
            self._say_if_nobody()
        elif not cleaned.get("person") and "person" not in self.errors:
            self.add_error("person", "Choose the person from the list.")
        cleaned["user"] = next((row for row in self.found if str(row.pk) == cleaned.get("person")), None)
        return cleaned

    def _say_if_nobody(self):
        if self.found or "words" in self.errors:
            return
        self.add_error(
            "words", "Nobody in your force was found by that. Check the spelling, or use the whole staff number."
        )


def _search(words, by, leave_out):
    if "\0" in words or any("\ud800" <= sign <= "\udfff" for sign in words):
        return User.objects.none()
    found = User.objects.found_by(words[:80], by=by).exclude(pk__in=leave_out).select_related("unit")
    return found[:FOUND_AT_MOST]


def _placed(person):
    return ", ".join(
        part for part in (person.rank_or_grade, person.staff_number, person.unit.name if person.unit else "") if part
    )


class ChooseOfficer(ChoosePerson):
    """The officer in the case, and why a line manager may be it after all."""

    set_aside_reason = Prose(
        label="If it must be their line manager, say why",
        help_text="Leave this empty otherwise",
        max_length=REASON_LENGTH,
        rows=3,
        required=False,
    )


class Contact(forms.Form):
    """How the first word with somebody who was assaulted took place."""

    how = OneOf(
        label="How did you speak to them?",
        choices=Task._meta.get_field("how").choices,
        error_messages={"required": "Choose how you spoke to them."},
    )


class Merge(forms.Form):
    """The other report of the same event, and which of the two stays."""

    other = OneOf(label="Which report tells of the same event?", choices=[], required=False)
    reference = Line(
        label="Or type its reference", help_text="For example, AR-7K3M-92QF", max_length=20, required=False
    )

    def __init__(self, *args, likely=(), **kwargs):
        """
        :param likely: (reference, words) of reports near it in time and place
        """
        super().__init__(*args, **kwargs)
        if likely:
            self.fields["other"].choices = [choice(reference, reference, hint=words) for reference, words in likely]
        else:
            del self.fields["other"]
            self.fields["reference"].label = "Reference of the other report"

    def clean(self):
        cleaned = super().clean()
        typed = cleaned.get("reference")
        found = references.read(typed) if typed else cleaned.get("other")
        if typed and not found:
            self.add_error("reference", "That is not a reference. One looks like AR-7K3M-92QF.")
        elif not found and not self.errors:
            self.add_error(
                "other" if "other" in self.fields else "reference", "Choose a report, or type its reference."
            )
        cleaned["found"] = found
        return cleaned


class MergeReason(forms.Form):
    """Which report stays, and why they are the same event."""

    stays = OneOf(
        label="Which report stays?",
        choices=[],
        error_messages={"required": "Choose which report stays."},
    )
    reason = Prose(
        label="How do you know that it is the same event?",
        help_text="Those who wrote either report can read this.",
        max_length=REASON_LENGTH,
        rows=4,
        error_messages={"required": "Say how you know that it is the same event."},
    )

    def __init__(self, *args, pair, **kwargs):
        """
        :param pair: the references of the two
        """
        super().__init__(*args, **kwargs)
        self.fields["stays"].choices = [choice(reference, reference) for reference in pair]
        self.fields["stays"].initial = pair[0]


# Corrections: one coded answer at a time -----------------------------------------------------------------------------


class Correction(forms.Form):
    """One answer, right this time, and the reason. `value` is what actions.correct takes."""

    reason = Prose(
        label="Why is it corrected?",
        help_text="Those who wrote the report can read this. Their own words stay as they are.",
        max_length=REASON_LENGTH,
        rows=4,
        error_messages={"required": "Say why it is corrected."},
    )

    field_order = ("answer",)

    def value(self, incident):
        """Give the answer as the action takes it."""
        return self.cleaned_data["answer"]


class CorrectPlace(Correction):
    answer = OneOf(
        label="What kind of place was it?", choices=[], error_messages={"required": "Choose a kind of place."}
    )

    def __init__(self, *args, options, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = [choice(str(row.pk), row.label, hint=row.hint) for row in options]


class CorrectDistrict(Correction):
    answer = OneOf(label="Which district was it in?", choices=[], error_messages={"required": "Choose a district."})

    def __init__(self, *args, options, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = [
            *(choice(str(row.pk), row.label) for row in options),
            choice("none", "Outside the force area, or not known"),
        ]


class CorrectConducts(Correction):
    answer = AnyOf(
        label="What was done?", choices=[], error_messages={"required": "Choose at least one thing that was done."}
    )

    def __init__(self, *args, options, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = [choice(row.code, row.label, hint=row.hint) for row in options]


class CorrectInjury(Correction):
    answer = OneOf(
        label="Were they hurt?",
        choices=[
            choice("none", "No"),
            choice("physical", "Yes, physically"),
            choice("psychological", "Yes, it has shaken them"),
            choice("both", "Yes, both"),
            choice("not-yet-known", "Not known yet"),
        ],
        error_messages={"required": "Choose whether they were hurt."},
    )


class CorrectWhen(Correction):
    """When it began. In the hour that comes twice it asks which one."""

    on = DateField(label="Date it began", latest=today)
    time = TimeField(
        label="Time it began", help_text="For example, 03:12", error_messages={"required": "Enter the time it began."}
    )
    which = OneOf(
        label="The clocks went back that night. Was it the first or the second time?",
        choices=[
            choice("first", "The first time"),
            choice("second", "The second time"),
            choice("unsure", "Not known"),
        ],
        required=False,
    )
    field_order = ("on", "time", "which")

    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = now
        self.asks_which = False

    def clean(self):
        cleaned = super().clean()
        on, at = cleaned.get("on"), cleaned.get("time")
        if on is None or at is None:
            return cleaned
        wall = datetime.combine(on, at)
        if comes_twice(wall) and not cleaned.get("which"):
            self.asks_which = True
            self.add_error("which", "That hour came twice. Choose which one, or “Not known”.")
            return cleaned
        cleaned["answer"] = moment(wall, cleaned.get("which") or "")
        if cleaned["answer"].at > self.now:
            self.add_error("time", "The time it began must be in the past.")
        return cleaned


class Decide(forms.Form):
    """Approve or refuse a proposed reader, or take one off the list."""

    reader = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=[("approve", "Approve"), ("remove", "Refuse")], widget=forms.HiddenInput)
