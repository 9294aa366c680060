"""What the release desk enters."""

from datetime import datetime

from django import forms

from campion.fields import AnyOf, DateField, Line, OneOf, Prose, TimeField, WholeNumber, choice, today
from campion.local_time import moment
from figures.periods import Period


class ChoosePeriod(forms.Form):
    """One of the periods that are due."""

    period = OneOf(label="Which period?")

    def __init__(self, *args, periods, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = [_of(period) for period in periods]


def _of(period: Period):
    kind = f"Quarter {period.quarter} of {period.whole_year.code}" if period.quarter else f"The year {period.code}"
    return choice(period.code, period.label, hint=kind)


class Approve(forms.Form):
    """A signature: that it was read."""

    read = forms.BooleanField(
        label="I have read every table as it will be shown, and what the audit says",
        error_messages={"required": "Tick the box once you have read it."},
    )


class Nothing(forms.Form):
    """A button and nothing else."""


class Reason(forms.Form):
    """Why, in words for whoever reads it."""

    reason = Prose(label="Why?", max_length=500, rows=4, error_messages={"required": "Say why."})

    def __init__(self, *args, hint="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = hint


class Publish(forms.Form):
    """Now, or at the end of an embargo."""

    NOW, LATER = "now", "later"
    when = OneOf(
        label="When may everybody read it?",
        choices=[choice(NOW, "Now"), choice(LATER, "At the end of an embargo", hint="Nobody outside reads it before")],
    )
    on = DateField(label="Day", required=False, earliest=today)
    at = TimeField(label="Time", required=False, help_text="By the London clock, such as 09:30")

    def clean(self):
        """Give `publish_at`: None for now."""
        said = super().clean()
        said["publish_at"] = None
        if said.get("when") == self.LATER:
            for name, sentence in (("on", "Enter the day on which the embargo ends."), ("at", "Enter the time.")):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
            if said.get("on") and said.get("at"):
                said["publish_at"] = moment(datetime.combine(said["on"], said["at"]), "first").at
        return said


class Correct(forms.Form):
    """What was wrong, and in which tables."""

    text = Prose(
        label="What was wrong?",
        help_text="For the readers of the figures. Say what went wrong, and whether it will be replaced. Right figures "
        "come out in a new edition alone, so write no number that is not in this one.",
        max_length=1000,
        rows=5,
        error_messages={"required": "Say what was wrong."},
    )
    cubes = AnyOf(label="In which tables?", error_messages={"required": "Choose the tables in which the error was."})

    def __init__(self, *args, tables, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cubes"].choices = [choice(code, f"{title} ({code})") for code, title in tables]


class Announce(forms.Form):
    """The day on which a period will be released."""

    period = OneOf(label="Which period?")
    due_on = DateField(label="Day of the release", earliest=today)
    reason = Line(
        label="Why the day is moved",
        help_text="Only if a day was announced before. Readers are told.",
        required=False,
        max_length=300,
    )

    def __init__(self, *args, periods, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = [_of(period) for period in periods]


class Fact(forms.Form):
    """A number that others published about the same assaults."""

    ALL = "all"
    period = OneOf(label="Of which period?")
    what = forms.ChoiceField(label="What does it count?")
    low = WholeNumber(
        label="At least",
        help_text="If one number was published, enter it twice",
        error_messages={"required": "Enter the least that it can be."},
    )
    high = WholeNumber(label="At most", error_messages={"required": "Enter the most that it can be."})
    source = Line(
        label="Where was it published?",
        help_text="Such as an answer to a request, a press release, the Home Office’s tables",
        max_length=300,
        error_messages={"required": "Say where it was published."},
    )

    def __init__(self, *args, periods, parts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = [_of(period) for period in periods]
        self.fields["what"].choices = [(self.ALL, "All assaults and abuse of the period"), *parts.items()]

    def clean(self):
        """Give `dimension` and `code` of what was chosen."""
        said = super().clean()
        said["dimension"], _, said["code"] = said.get("what", self.ALL).partition("/")
        if said["dimension"] == self.ALL:
            said["dimension"] = ""
        if "low" in said and "high" in said and said["low"] > said["high"]:
            self.add_error("high", "“At most” must be no smaller than “At least”.")
        return said
