"""What whoever carries a case enters about it: one thing on a page, and any detail may be skipped."""

import uuid
from datetime import datetime, timedelta

from django import forms

from campion.fields import AnyOf, DateField, Line, OneOf, Prose, TimeField, choice, today
from campion.local_time import comes_twice, moment
from campion.working_days import LONDON
from victims import needs
from victims.models import (
    Appointment,
    Clock,
    Consent,
    Contact,
    NeedsAssessment,
    OnwardReferral,
    RelatedPerson,
    Representative,
)

YEAR = timedelta(days=366)
WORDS, LINE = 5_000, 200
YES_NO = [choice("yes", "Yes"), choice("no", "No")]


class Once(forms.Form):
    """A form whose answer is kept once, however often its button is pressed: it carries a key of its own."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data=None, *args, **kwargs):
        """Give a form that came without its key, or with a broken one, another: it is sent for the first time then."""
        if data is not None and not _is_key(data.get("key")):
            data = data.copy()
            data["key"] = str(uuid.uuid4())
        super().__init__(data, *args, **kwargs)
        self.fields["key"].initial = uuid.uuid4


def _is_key(text):
    try:
        return bool(uuid.UUID(str(text)))
    except ValueError:
        return False


class Moment(forms.Form):
    """A date and a time, and which of two where the hour came twice: `at` of the cleaned answers is the moment."""

    on = DateField(label="Day")
    time = TimeField(label="Time", help_text="For example, 14:30", error_messages={"required": "Enter the time."})
    which = OneOf(
        label="The clocks go back that night. Is it the first or the second time?",
        choices=[
            choice("first", "The first time"),
            choice("second", "The second time"),
            choice("unsure", "Not known"),
        ],
        required=False,
    )
    asks_which = False

    def clean(self):
        cleaned = super().clean()
        on, time = cleaned.get("on"), cleaned.get("time")
        which = cleaned.get("which") or ""
        if on is not None and time is not None:
            wall = datetime.combine(on, time)
            if comes_twice(wall) and not which:
                self.asks_which = True
                self.add_error("which", "That hour comes twice. Choose which one, or “Not known”.")
            else:
                cleaned["at"] = moment(wall, which).at
        return cleaned


# Needs and plan ------------------------------------------------------------------------------------------------------


class Assess(forms.Form):
    """The structured needs assessment, the risk, and the decision about enhanced rights."""

    number = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=32_000)
    vulnerable = AnyOf(
        label="Does any of this make it harder for them to take part?",
        help_text="Ask, and tick only what they tell you.",
        choices=[
            choice(code, words, exclusive=code == "none") for code, words in needs.VULNERABILITIES
        ],
        required=False,
    )  # fmt: skip
    words = Prose(
        label="What would help, in their words",
        help_text="They can read this. Leave it empty if they would rather not say.",
        required=False,
        max_length=WORDS,
        rows=4,
    )
    risk = OneOf(
        label="How high is the risk to them?",
        choices=NeedsAssessment.Risk.choices,
        error_messages={"required": "Say how high the risk is."},
    )
    enhanced = OneOf(
        label="Do they have enhanced rights?",
        help_text="You decide, with them. What is suggested decides nothing.",
        choices=[
            choice("no", "No"),
            choice("yes", "Yes", hint="What is still owed to them is counted anew from now, and never becomes slower."),
            choice("declined", "Yes by the facts, and they do not want it", hint="Nothing is counted anew."),
        ],
        error_messages={"required": "Say whether they have enhanced rights."},
    )
    basis = AnyOf(
        label="Why?",
        help_text="Kept confidential: only they and whoever carries the case read it.",
        choices=[choice(route.value, words) for route, words in needs.ROUTE_WORDS.items()],
        required=False,
    )
    review_on = DateField(
        label="When will you ask about their needs again?",
        help_text="At the latest when something changes. Leave it empty if no day is agreed.",
        required=False,
        earliest=today,
        latest=lambda: today() + YEAR,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for area in needs.AREAS:
            levels = zip(needs.LEVELS, area.levels, strict=True)
            self.fields[f"area_{area.code}"] = OneOf(
                label=area.asks,
                choices=[*(choice(code, words) for code, words in levels), choice(needs.NOT_ASKED, "Not asked")],
                required=False,
            )

    @property
    def areas(self):
        """The questions about each area, in order: (title, bound field)."""
        return [(area.title, self[f"area_{area.code}"]) for area in needs.AREAS]

    def clean(self):
        cleaned = super().clean()
        given = {area.code: cleaned.get(f"area_{area.code}") for area in needs.AREAS}
        answers = {code: level for code, level in given.items() if level}
        if cleaned.get("vulnerable"):
            answers[needs.VULNERABLE] = cleaned["vulnerable"]
        cleaned["answers"] = answers
        if cleaned.get("enhanced") == NeedsAssessment.Enhanced.NO:
            self.errors.pop("basis", None)
            cleaned["basis"] = []  # ticked before another answer was chosen
        elif cleaned.get("enhanced") and not cleaned.get("basis") and "basis" not in self.errors:
            self.add_error("basis", "Choose at least one reason for enhanced rights.")
        return cleaned


class AddGoal(Once):
    """One thing that the person wants."""

    words = Prose(
        label="What do they want?",
        help_text="In their words, such as “sleep through the night” or “know what happens at court”.",
        max_length=1_000,
        rows=3,
        error_messages={"required": "Say what they want."},
    )
    by_on = DateField(
        label="By when?",
        help_text="Leave it empty if no day is needed.",
        required=False,
        earliest=today,
        latest=lambda: today() + 2 * YEAR,
    )


class EndGoal(forms.Form):
    """How a goal ended."""

    state = OneOf(
        label="How did it end?",
        choices=[choice("done", "Reached"), choice("dropped", "Not wanted any more")],
        error_messages={"required": "Choose how it ended."},
    )


class PlanReview(forms.Form):
    """When the plan is looked at again."""

    review_on = DateField(
        label="When do you look at the plan together again?", earliest=today, latest=lambda: today() + YEAR
    )  # fmt: skip


# Contacts and appointments -------------------------------------------------------------------------------------------


class RecordContact(Moment, Once):
    """One attempt to reach the person, or theirs to reach us."""

    direction = OneOf(
        label="Who reached out?",
        choices=Contact.Direction.choices,
        error_messages={"required": "Choose who reached out."},
    )
    channel = OneOf(
        label="How?", choices=Clock.Channel.choices, error_messages={"required": "Choose how."}
    )  # fmt: skip
    outcome = OneOf(
        label="What came of it?",
        choices=Contact.Outcome.choices,
        error_messages={"required": "Choose what came of it."},
    )
    words = Prose(
        label="What was said, or what is agreed",
        help_text="Leave it empty if there is nothing to keep.",
        required=False,
        max_length=WORDS,
        rows=4,
    )
    shared = OneOf(
        label="May they read these words on their page?",
        choices=[
            choice("yes", "Yes"),
            choice("no", "No", hint="A note for whoever carries the case. They can still ask for it by law."),
        ],
        error_messages={"required": "Choose whether they may read these words."},
    )
    confirmed = forms.BooleanField(label="It was needed all the same. Keep it.", required=False)
    asks_confirmation = False

    def __init__(self, *args, now, **kwargs):
        """
        :param now: after which no contact can lie
        """
        initial = {"direction": "out", "shared": "yes"} | _split(now)
        super().__init__(*args, **{**kwargs, "initial": initial | kwargs.get("initial", {})})
        self.now = now
        self.fields["on"].label, self.fields["time"].label = "Which day was it?", "At what time?"
        self.fields["on"].latest = today
        self.asks_confirmation = bool(self.data.get("confirmed")) if self.is_bound else False

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("at") and cleaned["at"] > self.now:
            self.add_error("time", "That time is still to come. Enter a contact once it has been.")
        if cleaned.get("at") and cleaned["at"] < self.now - YEAR:
            self.add_error("on", "That is more than a year ago. Check the date.")
        return cleaned

    def say_unsafe(self, sentence):
        """Ask for a confirmation, since the contact was against what the person said is safe."""
        self.asks_confirmation = True
        self.add_error("confirmed", f"{sentence} Tick the box to keep it all the same.")


class Arrange(Moment, Once):
    """A meeting that was arranged."""

    with_whom = Line(
        label="With whom?", max_length=LINE, error_messages={"required": "Say with whom."}
    )  # fmt: skip
    place = Line(label="Where, or by which way?", required=False, max_length=LINE)
    onward = OneOf(label="Does it belong to a referral to a service?", required=False)

    def __init__(self, *args, onward=(), **kwargs):
        """
        :param onward: (key, service) of the open referrals to services
        """
        super().__init__(*args, **kwargs)
        self.fields["on"].label, self.fields["time"].label = "Which day?", "At what time?"
        if onward:
            self.fields["onward"].choices = [*(choice(key, name) for key, name in onward), choice("", "No")]
        else:
            del self.fields["onward"]


class ChangeAppointment(Moment):
    """When, where and with whom a meeting is, as it stands or as it is to be."""

    with_whom = Line(label="With whom?", max_length=LINE, error_messages={"required": "Say with whom."})
    place = Line(label="Where, or by which way?", required=False, max_length=LINE)

    def __init__(self, *args, meets_at, **kwargs):
        """
        :param meets_at: when it is now; kept to the second where the minute is left as it is
        """
        wall = meets_at.astimezone(LONDON)
        twice = {"which": "second" if wall.fold else "first"} if comes_twice(wall.replace(tzinfo=None, fold=0)) else {}
        kwargs["initial"] = _split(meets_at) | twice | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.meets_at = meets_at
        self.fields["on"].label, self.fields["time"].label = "Which day?", "At what time?"

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("at") == self.meets_at.replace(second=0, microsecond=0):
            cleaned["at"] = self.meets_at
        return cleaned


class CancelAppointment(forms.Form):
    """Why a meeting will not be."""

    reason = Prose(
        label="Why is it cancelled?",
        help_text="They read this on their page. Write it to them.",
        max_length=1_000,
        rows=3,
        error_messages={"required": "Say why it is cancelled. They read it."},
    )


class AppointmentOutcome(forms.Form):
    """Whether a meeting took place."""

    attended = OneOf(
        label="Did it take place?",
        choices=[row for row in Appointment.Attended.choices if row[0] in ("yes", "no")],
        error_messages={"required": "Choose whether it took place."},
    )


# Services ------------------------------------------------------------------------------------------------------------


class GiveConsent(forms.Form):
    """The person's yes to one service, as they gave it to whoever carries the case."""

    service = OneOf(label="Which service?", error_messages={"required": "Choose a service."})
    whom = OneOf(label="Who said yes?", error_messages={"required": "Choose who said yes."})
    shares = AnyOf(
        label="What may the service be told?",
        help_text="Read each aloud. Nothing else is passed on.",
        choices=Consent.Share.choices,
        error_messages={"required": "Tick at least one. Without a yes to any, nothing is passed on."},
    )
    how = OneOf(
        label="How did they say yes?",
        choices=[row for row in Consent.How.choices if row[0] != Consent.How.SELF],
        error_messages={"required": "Choose how they said yes."},
    )

    def __init__(self, *args, services, people=(), **kwargs):
        """
        :param services: (code, name, summary) of those that are open to the person or to family
        :param people: (key, name) of people close to the person who said yes themselves
        """
        super().__init__(*args, **kwargs)
        self.fields["service"].choices = [choice(code, name, hint=summary) for code, name, summary in services]
        if people:
            self.fields["whom"].choices = [choice("", "The person assaulted"), *(choice(*row) for row in people)]
            self.fields["whom"].required = False
        else:
            del self.fields["whom"]


class ReferOn(forms.Form):
    """Which of the services that the person said yes to."""

    consent = OneOf(label="To which service?", error_messages={"required": "Choose a service."})

    def __init__(self, *args, consents, **kwargs):
        """
        :param consents: ConsentViews that stand, and under which nothing is open yet
        """
        super().__init__(*args, **kwargs)
        self.fields["consent"].choices = _consents(consents)


def _consents(views):
    return [
        choice(
            view.key,
            f"{view.service}, for {view.whom}" if view.whom else view.service,
            hint=f"May be told: {', '.join(view.shares).lower()}",
        )
        for view in views
    ]


class MoveOnward(forms.Form):
    """What the service said: one of the steps that are open now."""

    STEPS = {
        "receive": "They have it",
        "take up": "They accept",
        "turn down": "They decline",
        "transfer": "It goes to another service",
        "end": "Their help is over",
    }
    step = OneOf(label="What happened?", error_messages={"required": "Choose what happened."})
    receipt = Line(label="Their own reference, if they gave one", required=False, max_length=LINE)
    declined_for = OneOf(label="Why do they decline?", choices=OnwardReferral.DeclinedFor.choices, required=False)
    declined_words = Prose(label="In their words", required=False, max_length=1_000, rows=3)
    consent = OneOf(label="To which service?", required=False)
    result = OneOf(label="What came of it?", choices=OnwardReferral.Result.choices, required=False)

    NEEDED = {
        "turn down": ("declined_for", "Say why they decline."),
        "transfer": ("consent", "Choose the service. It needs a yes of its own."),
        "end": ("result", "Say what came of it."),
    }

    def __init__(self, *args, may, consents=(), **kwargs):
        """
        :param may: the verbs that are open now
        :param consents: ConsentViews for other services, to which it may be passed on
        """
        super().__init__(*args, **kwargs)
        self.fields["consent"].choices = _consents(consents)
        hints = {"transfer": "" if consents else "First record a yes for the other service."}
        self.fields["step"].choices = [
            choice(verb, words, hint=hints.get(verb, ""))
            for verb, words in self.STEPS.items()
            if verb in may and (verb != "transfer" or consents)
        ]

    @property
    def reveals(self):
        """What is asked about each step, by the step."""
        shown = {
            "receive": [self["receipt"]],
            "turn down": [self["declined_for"], self["declined_words"]],
            "transfer": [self["consent"]],
            "end": [self["result"]],
        }
        return {step: shown[step] for step, _ in self.fields["step"].choices if step in shown}

    def clean(self):
        cleaned = super().clean()
        step = cleaned.get("step")
        own = {
            "receive": ("receipt",), "turn down": ("declined_for", "declined_words"), "transfer": ("consent",),
            "end": ("result",),
        }.get(step, ())  # fmt: skip
        for name in ("receipt", "declined_for", "declined_words", "consent", "result"):
            if name not in own:
                self.errors.pop(name, None)  # typed before another step was chosen
        if step in self.NEEDED:
            name, sentence = self.NEEDED[step]
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        return cleaned


class PackReason(forms.Form):
    """Why a referral pack is opened: kept in the log as a code."""

    WHY = (
        choice("send", "To send it to the service"),
        choice("again", "They did not get it, or asked again"),
        choice("person", "The person asked what was sent"),
    )
    why = OneOf(
        label="Why do you need it?", choices=WHY, error_messages={"required": "Choose why you need it."}
    )  # fmt: skip


# People --------------------------------------------------------------------------------------------------------------


class _Agreed(forms.Form):
    """How to reach somebody close to the person, and what they need: once they said yes themselves."""

    how = OneOf(
        label="Have they said yes themselves?",
        choices=[
            choice("", "Not asked yet", hint="Then only their name is kept."),
            *(choice(code, f"Yes: {words[:1].lower()}{words[1:]}") for code, words in Clock.Channel.choices),
        ],
        required=False,
    )
    contact = Line(label="How to reach them safely", required=False, max_length=LINE)
    needs = Prose(label="What they need", required=False, max_length=2_000, rows=3)

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("how"):
            for name in ("contact", "needs"):
                if cleaned.get(name):
                    self.add_error(name, "Ask them first. Keep this once they have said yes themselves.")
        return cleaned


class AddRelated(_Agreed, Once):
    """Somebody close to the person, to be supported in their own right."""

    name = Line(label="Their name", max_length=120, error_messages={"required": "Give their name."})
    relation = OneOf(
        label="Who are they to the person?",
        choices=RelatedPerson.Relation.choices,
        error_messages={"required": "Choose who they are."},
    )
    field_order = ("name", "relation", "how", "contact", "needs")


class AskRelated(_Agreed):
    """The yes of somebody close to the person, once they were asked."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        asked = self.fields["how"]
        asked.label, asked.required = "How did they say yes?", True
        asked.choices = Clock.Channel.choices
        asked.error_messages["required"] = "Choose how they said yes."


class AddRepresentative(Once):
    """Somebody who may speak for the person, by a check word."""

    name = Line(label="Their name", max_length=120, error_messages={"required": "Give their name."})
    kind = OneOf(
        label="Who are they?",
        choices=Representative.Kind.choices,
        error_messages={"required": "Choose who they are."},
    )
    contact = Line(label="How to reach them", required=False, max_length=LINE)
    check_word = Line(
        label="A check word",
        help_text="At least four letters, chosen by the person. Ask for it before you say anything.",
        max_length=60,
        error_messages={"required": "Give a check word."},
    )
    may_hear = AnyOf(
        label="What may they hear?", help_text="Tick nothing, and they only bring messages.", required=False
    )  # fmt: skip

    def __init__(self, *args, hears, **kwargs):
        """
        :param hears: (code, words) of what may be told
        """
        super().__init__(*args, **kwargs)
        self.fields["may_hear"].choices = list(hears)

    def clean_check_word(self):
        word = self.cleaned_data["check_word"]
        if len(word.strip()) < 4:
            raise forms.ValidationError("A check word has at least four letters.")
        return word


class Confirm(forms.Form):
    """A page with a button and no question."""


def _split(at):
    wall = at.astimezone(LONDON)
    return {"on": wall.date(), "time": wall.time().replace(second=0, microsecond=0)}
