"""Forms for the case against a suspect: which kind of event, what is asked about it, and striking one out."""

import uuid
from datetime import datetime

from django import forms

from campion.fields import DateField, Line, OneOf, Prose, TimeField, WholeNumber, choice, today
from campion.local_time import ClockMark, comes_twice, moment
from reports import case_kinds
from reports.case_kinds import GROUP_WORDS, KINDS
from reports.forms.core import AHEAD

REASON_LENGTH = 2_000


class ChooseKind(forms.Form):
    """What happened: one of the kinds that this person may enter, in their groups."""

    def __init__(self, *args, may_enter, **kwargs):
        """
        :param may_enter: codes of the kinds, in order
        """
        super().__init__(*args, **kwargs)
        self.fields["kind"] = OneOf(
            label="What happened?",
            choices=[choice(code, KINDS[code].label, hint=KINDS[code].hint) for code in may_enter],
            error_messages={"required": "Choose what happened."},
        )
        self.may_enter = may_enter

    @property
    def groups(self):
        """The kinds as they are shown: for each group its words and the parts of its radio buttons."""
        chosen, prefix = self["kind"].value(), self["kind"].auto_id
        error = next(iter(self.errors.get("kind", ())), "") if self.is_bound else ""
        for group, words in GROUP_WORDS.items():
            rows = [KINDS[code] for code in self.may_enter if KINDS[code].group == group]
            if not rows:
                continue
            items = [
                {"value": row.code, "text": row.label, "checked": row.code == chosen}
                | ({"hint": {"text": row.hint}} if row.hint else {})
                for row in rows
            ]
            yield {"words": words, "prefix": prefix, "items": items, "error": {"text": error} if error else None}
            error = ""  # said once, above the first group, where its link leads
            prefix = f"{self['kind'].auto_id}-after-{group}"


class _Moments(forms.Form):
    """A form that asks for moments, each as a date and a time, and which of two where the hour comes twice."""

    AGAIN = "The clocks went back that night, so this time came twice. Which one was it?"

    def ask_moment(self, name, *, date, time, past=True):
        """Ask for a moment.

        :param date: the label of its date; `time` likewise
        :param past: whether it must be over
        """
        self.fields[f"{name}_on"] = DateField(label=date, latest=today if past else None)
        self.fields[f"{name}_time"] = TimeField(
            label=time,
            help_text="24-hour clock, for example 14:30",
            error_messages={"required": f"Enter the {time[:1].lower()}{time[1:]}."},
        )
        self.fields[f"{name}_which"] = OneOf(
            label=self.AGAIN,
            required=False,
            choices=[
                choice(ClockMark.FIRST.value, "The first time", hint="Before the clocks went back"),
                choice(ClockMark.SECOND.value, "The second time", hint="After the clocks went back"),
                choice(ClockMark.UNSURE.value, "Not known"),
            ],
        )

    def read_moment(self, name, cleaned):
        """Give the moment that was typed; None if it is not complete."""
        on, at, which = (cleaned.pop(f"{name}_{part}", None) for part in ("on", "time", "which"))
        if on is None or at is None:
            return None
        wall = datetime.combine(on, at)
        if comes_twice(wall) and not which:
            self.add_error(f"{name}_which", "That hour came twice. Choose which one, or “Not known”.")
            return None
        return moment(wall, which or "").at

    def asks_which(self, name):
        """Whether the page shows the question of which of two hours."""
        return f"{name}_which" in self.errors or bool(self[f"{name}_which"].value())


class Event(_Moments):
    """What is asked about one kind of event. `given()` is what actions.enter_event takes."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, kind, view, now, outcomes=(), **kwargs):
        """
        :param kind: the CaseKind
        :param view: the CaseView, for its people, suspects and hearings
        :param outcomes: (code, title) of the outcomes in force
        """
        super().__init__(*args, **kwargs)
        self.kind, self.view, self.now = kind, view, now
        self.initial.setdefault("key", uuid.uuid4())
        asked = case_kinds.asked(kind)
        if len(view.people) > 1:
            self._ask_about()
        if "suspect" in asked and view.suspects:
            self.fields["suspect"] = OneOf(
                label="Which suspect?",
                choices=[*((str(number), words) for number, words in view.suspects), ("", "Not said, or all of them")],
                required=False,
            )
        if not kind.at_once:
            self.ask_moment("happened", date="Date it happened", time="Time it happened")
        if kind.heard:
            self.ask_moment("received", date="Date you heard of it", time="Time you heard of it")
        if "hearing" in asked:
            self.ask_moment("hearing", date="Date of the hearing", time="Time of the hearing", past=False)
        for name, must in asked.items():
            if name not in ("suspect", "hearing"):
                self._ask_fact(name, must, outcomes)

    def _ask_about(self):
        people = [(str(position), label) for position, label in self.view.people]
        if self.kind.one_person:
            words = "Choose whom it concerns."
            self.fields["about"] = OneOf(label="Whom does it concern?", choices=people,
                                         error_messages={"required": words})  # fmt: skip
        else:
            self.fields["about"] = OneOf(
                label="Whose crime does it concern?",
                choices=[("all", "Everybody assaulted"), *people],
                initial="all",
                error_messages={"required": "Choose whose crime it concerns."},
            )

    def _ask_fact(self, name, must, outcomes):
        label, hint = _LABELS[name]
        if name == "replaces":
            if not self.view.hearings and not must:
                return
            rows = [(hearing.key, hearing.words) for hearing in self.view.hearings]
            if not must:
                rows.append(("", "No, it is another hearing"))
                label = "Is it instead of a hearing that was listed before?"
            self.fields[name] = OneOf(
                label=label, choices=rows, required=must, error_messages={"required": "Choose the hearing."}
            )
        elif name == "outcome":
            if outcomes:
                self.fields[name] = forms.ChoiceField(
                    label=label, help_text=hint, required=False, choices=[("", "Not known yet"), *outcomes]
                )
        elif name == "until":
            self.fields[name] = DateField(label=label, help_text=hint, required=False)
        elif name in case_kinds.CHOICES:
            self.fields[name] = OneOf(
                label=label,
                choices=list(case_kinds.CHOICES[name].items()),
                required=must,
                error_messages={"required": case_kinds.MISSING[name]},
            )
        elif name in case_kinds.NUMBERS:
            most = 10 ** case_kinds.TEXTS[name] - 1
            self.fields[name] = WholeNumber(label=label, help_text=hint, required=must, max_value=most)
        elif name in case_kinds.TEXTS:
            self.fields[name] = Line(
                label=label, help_text=hint, required=must, max_length=case_kinds.TEXTS[name],
                error_messages={"required": case_kinds.MISSING.get(name, "Fill this in.")},
            )  # fmt: skip
        else:
            self.fields[name] = Prose(
                label=label, help_text=hint, required=must, max_length=case_kinds.LONGEST, rows=4,
                error_messages={"required": case_kinds.MISSING.get(name, "Fill this in.")},
            )  # fmt: skip

    @property
    def questions(self):
        """The fields in the order of the page; a question of which hour only where it is asked."""
        for field in self.visible_fields():
            name, _, part = field.name.rpartition("_")
            if part == "which" and not self.asks_which(name):
                continue
            yield field

    def clean(self):
        cleaned = super().clean()
        moments = {
            name: self.read_moment(name, cleaned)
            for name in ("happened", "received", "hearing")
            if f"{name}_on" in self.fields
        }
        for name in ("happened", "received"):
            found = moments.get(name)
            if found and found > self.now + AHEAD:
                self.add_error(f"{name}_time", "The time must be in the past.")
            elif found and self.view.occurred_from and found < self.view.occurred_from:
                self.add_error(f"{name}_on", "That is before the incident. Check the date and the time.")
        happened, received, hearing = (moments.get(name) for name in ("happened", "received", "hearing"))
        if happened and received and received < happened:
            self.add_error("received_on", "You cannot have heard of it before it happened. Check both times.")
        if hearing and self.view.occurred_from and hearing < self.view.occurred_from:
            self.add_error("hearing_on", "A hearing cannot be before the incident. Check the date.")
        cleaned["moments"] = {
            f"{name}_at": min(found, self.now) if name != "hearing" else found
            for name, found in moments.items()
            if found
        }
        facts = self._facts(cleaned)
        for name, sentence in case_kinds.faults_of(self.kind, facts).items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, sentence)
        cleaned["facts"] = facts
        return cleaned

    def _facts(self, cleaned):
        facts = {}
        for name in case_kinds.asked(self.kind):
            value = cleaned.get(name)
            if name in ("suspect", "hearing", "replaces") or value in ("", None):
                continue
            facts[name] = value.isoformat() if name == "until" else value
        return facts

    def given(self):
        """Give the moments, facts and key of the event, and whom it concerns: numbers and keys, no rows."""
        cleaned = self.cleaned_data
        about = cleaned.get("about")
        alone = self.kind.one_person and len(self.view.people) == 1
        return {
            **cleaned["moments"],
            "facts": cleaned["facts"],
            "key": cleaned["key"],
            "person": self.view.people[0][0] if alone else int(about) if about and about != "all" else None,
            "suspect": int(cleaned["suspect"]) if cleaned.get("suspect") else None,
            "replaces": cleaned.get("replaces") or None,
        }


_LABELS = {
    "number": ("Crime number", ""),
    "reasons": ("Reasons", "Each person assaulted is owed them. Write nothing here that they may not be told."),
    "conditions": ("Conditions of bail", "Such as places or people that the suspect must keep away from"),
    "until": ("Bail ends on", "If a date is set"),
    "charge": ("Charge", "The offence as it was charged"),
    "decided_by": ("Who decided it?", ""),
    "outcome": ("Outcome", "By the list of the Home Office"),
    "view": ("Did they give their view?", ""),
    "tries": ("How many times did you try to reach them?", "If they could not be reached"),
    "words": ("In words", "If there is more to say"),
    "disposal": ("How was it settled?", ""),
    "court": ("Court", "For example, Kidderminster Magistrates’ Court"),
    "court_bail": ("What did the court decide?", ""),
    "plea": ("What was the plea?", ""),
    "verdict": ("What was the verdict?", ""),
    "sentence": ("What was the sentence?", ""),
    "months": ("How many months?", "For custody, and for a suspended sentence. Count a year as 12"),
    "violent_or_sexual": (
        "Was the sentence for a violent or sexual offence?",
        "",
    ),
    "compensation": ("Compensation ordered", "For example, £150"),
    "meaning": (
        "What does the sentence mean?",
        "In plain words, as you would say it to somebody who has never been in a court",
    ),
    "stage": ("What happened?", ""),
    "against": ("What is the appeal against?", ""),
    "property": ("What property?", "Such as a uniform, a phone or body armour"),
    "replaces": ("Which hearing was cancelled?", ""),
}
"""The question about each fact, and its hint."""


class Strike(forms.Form):
    """Why something that was entered is wrong."""

    reason = Prose(
        label="Why is it wrong?",
        help_text="It stays on the page, struck out, with your reason. Enter it again if it happened otherwise.",
        max_length=REASON_LENGTH,
        rows=3,
        error_messages={"required": "Say why it is wrong."},
    )
