"""The form that shows something owed was done, made from the tables of victims/evidence.py; and those beside it."""

from datetime import datetime, time

from django import forms

from campion.fields import AnyOf, DateField, Line, OneOf, Prose, TimeField, WholeNumber, choice, today
from campion.local_time import comes_twice, moment
from campion.working_days import LONDON, london_date
from victims import evidence
from victims.models import Clock

WORDS, TEXT = 4_000, 200
"""The most characters of several lines, and of one."""

WHICH = (
    choice("first", "The first time"),
    choice("second", "The second time"),
    choice("unsure", "Not known"),
)


def field_for(question: evidence.Question) -> forms.Field:
    """Give the field that asks a question. Whether it must be answered is decided by the table, not here."""
    common = {"label": question.label, "help_text": question.hint, "required": False}
    if question.kind in ("choice", "choices"):
        field = OneOf if question.kind == "choice" else AnyOf
        return field(choices=[choice(code, words) for code, words in question.options], **common)
    if question.kind == "date":
        return DateField(**common)
    if question.kind == "number":
        return WholeNumber(max_value=1_000, **common)
    if question.kind == "words":
        return Prose(max_length=WORDS, rows=4, **common)
    return Line(max_length=TEXT, **common)


class Evidence(forms.Form):
    """When something owed was done, how the person was told, and what shows it. `met_at`, `facts`, `channel` are what
    actions.meet takes.
    """

    def __init__(self, *args, asks: evidence.EvidenceForm, started_at=None, now, **kwargs):
        """
        :param asks: the table of questions
        :param started_at: before which it cannot have been done; None where it can
        :param now: after which neither
        """
        super().__init__(*args, **kwargs)
        self.asks, self.started_at, self.now = asks, started_at, now
        self.asks_which = False
        verb = "were they told" if asks.told else "was it done"
        self.fields["met_on"] = DateField(label=f"Which day {verb}?", latest=today)
        self.fields["met_on"].error_messages["required"] = f"Enter the day on which {_past(asks)}."
        self.fields["met_time"] = TimeField(
            label="At what time?",
            help_text="For example, 14:30. About is good enough.",
            error_messages={"required": f"Enter the time at which {_past(asks)}."},
        )
        self.fields["met_which"] = OneOf(
            label="The clocks went back that night. Was it the first or the second time?",
            choices=WHICH,
            required=False,
        )
        if asks.told:
            self.fields["channel"] = OneOf(
                label="How were they told?",
                choices=Clock.Channel.choices,
                error_messages={"required": "Choose how they were told."},
            )
        for question in asks.questions:
            self.fields[question.name] = field_for(question)

    @property
    def blocks(self):
        """The questions in order as a page draws them: each field, with what an answer of it reveals.

        A question that only one answer asks for stands under that answer. One that several ask for stands by itself,
        and says when to leave it empty: the same words twice on a page would be two questions.
        """
        under, alone = {}, []
        for question in self.asks.questions:
            if question.only_if and len(question.only_if[1]) == 1:
                parent, (value,) = question.only_if
                under.setdefault(parent, {}).setdefault(value, []).append(self[question.name])
            else:
                alone.append(question)
        return [
            {"field": self[question.name], "reveals": under.get(question.name, {}), "hint": self._hint(question)}
            for question in alone
        ]

    def _hint(self, question):
        if question.only_if is None:
            return question.hint
        name, values = question.only_if
        others = [words for code, words in self.asks.question(name).options if code not in values]
        leave = f"Leave it empty if you answered {' or '.join(f'“{words}”' for words in others)}."
        return " ".join(part for part in (question.hint, leave) if part)

    def clean(self):
        cleaned = super().clean()
        self._when(cleaned)
        facts = {}
        for question in self.asks.questions:
            value = cleaned.get(question.name)
            if question.kind == "date" and value is not None:
                value = value.isoformat()
            if value not in (None, "", []):
                facts[question.name] = value
        for question in self.asks.questions:
            if not evidence.asked(question, facts):  # typed before another answer was chosen
                self.errors.pop(question.name, None)
                facts.pop(question.name, None)
        for name, sentence in evidence.problems(self.asks, facts).items():
            if name not in self.errors:
                self.add_error(name, sentence)
        cleaned["facts"] = facts
        cleaned.setdefault("channel", "")
        return cleaned

    def _when(self, cleaned):
        on, at = cleaned.get("met_on"), cleaned.get("met_time")
        if on is None or at is None:
            return
        wall, which = datetime.combine(on, at), cleaned.get("met_which") or ""
        if comes_twice(wall) and not which:
            self.asks_which = True
            self.add_error("met_which", "That hour came twice. Choose which one, or “Not known”.")
            return
        cleaned["met_at"] = moment(wall, which).at
        if cleaned["met_at"] > self.now:
            self.add_error("met_time", "That time is still to come. Record it once it is done.")
        elif self.started_at and cleaned["met_at"] < self.started_at.replace(second=0, microsecond=0):
            told = self.started_at.astimezone(LONDON)
            self.add_error(
                "met_on",
                f"That is before it was owed: it has been since {told.day} {told:%B %Y} at {told:%H:%M}.",
            )
        else:
            # A wall clock tells minutes: what was done in the minute of the trigger was done after it.
            cleaned["met_at"] = max(cleaned["met_at"], self.started_at or cleaned["met_at"])


def _past(asks):
    return "they were told" if asks.told else "it was done"


class SetAside(forms.Form):
    """Why something is not owed here after all. The person reads it."""

    why = OneOf(
        label="Why will it not be done?",
        choices=[
            choice(Clock.Why.NOT_OWED, "It does not apply here", hint="Such as when there is no property to give back"),
            choice(Clock.Why.NOT_WANTED, "They do not want it", hint="They were asked, and said so"),
        ],
        error_messages={"required": "Choose why it will not be done."},
    )
    reason = Prose(
        label="The reason, in a sentence or two",
        help_text="The person it was owed to reads this. Write it to them.",
        max_length=1_000,
        rows=4,
        error_messages={"required": "Give the reason: the person it was owed to reads it."},
    )


class WaitingOn(forms.Form):
    """Who else must act first, and since when."""

    NOBODY = "nobody"
    whom = OneOf(
        label="Who must act first?",
        choices=[
            *(choice(code, words[:1].upper() + words[1:]) for code, words in Clock.WaitingOn.choices),
            choice(NOBODY, "Nobody any more"),
        ],
        error_messages={"required": "Choose who must act first."},
    )
    since_on = DateField(label="Since which day?", latest=today, required=False)

    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = now

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("whom") == self.NOBODY:
            self.errors.pop("since_on", None)
            return cleaned | {"whom": "", "since_at": None}
        day = cleaned.get("since_on")
        if day is None and "since_on" not in self.errors and cleaned.get("whom"):
            self.add_error("since_on", "Enter the day since when you have been waiting.")
        elif day is not None:
            begins = datetime.combine(day, time(0, 0), LONDON)
            cleaned["since_at"] = self.now if day == london_date(self.now) else begins
        return cleaned


class Several(Evidence):
    """The same telling, recorded for several people at once: whom, and then as for one."""

    def __init__(self, *args, people, **kwargs):
        """
        :param people: (key of the clock, words) of each that it may be recorded for
        """
        super().__init__(*args, **kwargs)
        told = AnyOf(
            label="Who was told?",
            choices=[choice(key, words) for key, words in people],
            error_messages={"required": "Tick who was told."},
        )
        self.fields = {"told_whom": told} | self.fields
