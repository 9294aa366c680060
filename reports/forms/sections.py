"""The questions of the fuller sections. Every one may be left out, and which are asked depends on what was done.

Each form reads the plain values that stand (`content.section_values`, or those of one row of a list) and gives back, in
`answers()`, values of the same shape.
"""

from datetime import UTC, date, datetime, timedelta

from django import forms
from django.conf import settings
from django.utils.formats import date_format

from campion import govuk
from campion.fields import AnyOf, DateField, Line, OneOf, Prose, TimeField, WholeNumber, choice, today
from campion.local_time import comes_twice, moment
from campion.models import User
from campion.working_days import LONDON
from reports.models import Assault, Footage, Incident, SourceReference, Suspect
from reports.readiness import OPEN_CONSENT, OPEN_INJURY

YES_NO = [choice("yes", "Yes"), choice("no", "No")]

FLUIDS = [("saliva", "Spit or saliva"), ("blood", "Blood"), ("other", "Another fluid"), ("unknown", "I do not know")]
ROUTES = [
    ("eye", "Eye"),
    ("mouth", "Mouth or nose"),
    ("broken-skin", "Broken skin: a bite, a needle, a cut"),
    ("intact-skin", "Skin that is not broken"),
    ("clothing", "Clothing only"),
]
IMPACTS = [
    ("not-at-all", "Not at all"),
    ("a-bit", "A bit"),
    ("a-lot", "A lot"),
    ("rather-not-say", "I would rather not say"),
]
PPE = [
    ("body-armour", "Body armour"),
    ("gloves", "Gloves"),
    ("eye-protection", "Eye protection"),
    ("helmet", "Helmet"),
    ("mask", "Face mask"),
    ("spit-guard", "Spit and bite guard used on the person"),
]
AGE_BANDS = [
    ("under-10", "Under 10"),
    ("10-17", "10 to 17"),
    ("18-24", "18 to 24"),
    ("25-34", "25 to 34"),
    ("35-49", "35 to 49"),
    ("50-plus", "50 or over"),
    ("unknown", "I do not know"),
]
SEXES = [("female", "Female"), ("male", "Male"), ("other", "Another"), ("unknown", "I do not know")]
INFLUENCES = [
    choice("alcohol", "Alcohol"),
    choice("drugs", "Drugs"),
    choice("none-apparent", "Neither, as far as I could tell", exclusive=True),
    choice("unknown", "I do not know", exclusive=True),
]
MENTAL_HEALTH = [
    ("apparent", "Yes, it seemed so"),
    ("stated", "Yes, they or somebody else said so"),
    ("detained", "Yes, detained under the Mental Health Act"),
    ("none-apparent", "No"),
    ("unknown", "I do not know"),
]
DEMEANOURS = [
    ("compliant", "Did as they were asked"),
    ("verbal", "Refused or argued"),
    ("passive", "Did not move, or went limp"),
    ("active", "Pulled away or struggled"),
    ("aggressive", "Aggressive"),
    ("serious", "Serious or armed aggression"),
]
RELATIONSHIPS = [
    ("stranger", "A stranger"),
    ("known-from-policing", "Known from policing"),
    ("repeat-assailant", "Has assaulted me or a colleague before"),
    ("detained", "Somebody in custody or detained"),
    ("other-crime", "Victim or witness of another crime"),
    ("personal", "Somebody I know privately"),
]
COLLEAGUE = choice("colleague", "A colleague", hint="They will not be able to see this report")

_FOUND_AT_MOST = 20
_CONTACT = {"sexual", "physical", "spitting"}


def yes_no(value):
    """Give "yes", "no" or "" for True, False or None."""
    return {True: "yes", False: "no"}.get(value, "")


def _truth(text):
    return {"yes": True, "no": False}.get(text)


class SectionForm(forms.Form):
    """The questions of one section.

    :param values: the plain values that stand
    :param offered: for each list of reference rows, those that may be chosen, as dicts of pk, code, label and hint
    :param kinds: the kinds of what was done, to one person or to all
    :param by: who fills it in
    :param event: the Incident's `occurred_from`, or None
    :param yours: whether the questions are about the person who fills them in
    :param filed: whether the person who fills them in filed the report
    :param typed: what was typed here and not saved, as a QueryDict
    """

    intro = ""
    about_them = {}
    """Other words for a label, where the questions are about somebody else."""

    def __init__(
        self,
        data=None,
        *,
        values,
        offered=None,
        kinds=frozenset(),
        by=None,
        event=None,
        yours=True,
        filed=False,
        typed=None,
    ):
        self.stored, self.offered, self.kinds, self.by, self.event = values, offered or {}, kinds, by, event
        self.for_another = filed and not yours
        super().__init__(data, initial=self.initial_of(values))
        if not yours:
            for name, words in self.about_them.items():
                self.fields[name].label = words
        self.prepare()
        if typed is not None:
            self.initial = {
                name: field.widget.value_from_datadict(typed, {}, name) for name, field in self.fields.items()
            }

    def initial_of(self, values) -> dict:
        """Give the form's values from those that stand."""
        return {name: "" if value is None else value for name, value in values.items()}

    def prepare(self):
        """Fit the questions to what was done and to the reference rows in force."""

    def answers(self) -> dict:
        """Give what was answered, in the shape of the values that stand; a question not asked keeps its value."""
        return self.stored | {name: self.cleaned_data[name] for name in self.stored if name in self.cleaned_data}

    def parts(self):
        """Give the rendered questions in order."""
        return [govuk.field(self[name]) for name in self.fields]

    def _choose(self, name, listed, *, chosen=(), key="code"):
        """Offer the rows of a list that are in force, and those that were chosen before they were retired."""
        rows = [row for row in self.offered.get(listed, ()) if row["current"] or row[key] in chosen]
        self.fields[name].choices = [
            choice(str(row[key]), row["label"], hint=row["hint"], exclusive=row["code"] == "none") for row in rows
        ]


class Activity(SectionForm):
    activity = OneOf(label="What were you doing at the time?", choices=[], required=False)
    crewing = OneOf(label="Who was with you?", choices=Incident.Crewing.choices, required=False)
    assistance_called = OneOf(label="Was help called for?", choices=YES_NO, required=False)
    assistance_minutes = WholeNumber(
        label="How many minutes until it came?",
        help_text="About is enough. Leave it empty if none came",
        max_value=600,
        required=False,
    )
    people_present = WholeNumber(
        label="About how many other people were there?",
        help_text="Colleagues and members of the public together",
        max_value=9_999,
        required=False,
    )
    deescalation_tried = OneOf(label="Did anybody try to calm things down first?", choices=YES_NO, required=False)
    force_used = OneOf(
        label="Did you or a colleague use force?",
        help_text="If a use of force form was made, add its number under crime and other reference numbers. "
        "Nothing of it is asked again here.",
        choices=YES_NO,
        required=False,
    )

    def initial_of(self, values):
        yes = ("assistance_called", "deescalation_tried", "force_used")
        initial = super().initial_of(values) | {name: yes_no(values[name]) for name in yes}
        return initial | {"activity": "" if values["activity_id"] is None else str(values["activity_id"])}

    def prepare(self):
        self._choose("activity", "activities", chosen={self.stored["activity_id"]}, key="pk")
        if self.kinds and self.kinds <= {"online"}:
            for name in ("crewing", "assistance_called", "assistance_minutes", "deescalation_tried", "force_used"):
                del self.fields[name]

    def answers(self):
        given = self.cleaned_data
        answers = super().answers()
        for name in ("assistance_called", "deescalation_tried", "force_used"):
            if name in given:
                answers[name] = _truth(given[name])
        answers["activity_id"] = int(given["activity"]) if given["activity"] else None
        if "assistance_called" in given and not answers["assistance_called"]:
            answers["assistance_minutes"] = None
        return answers

    def parts(self):
        rendered = []
        for name in self.fields:
            if name == "assistance_called":
                rendered.append(govuk.field(self[name], reveals={"yes": self["assistance_minutes"]}))
            elif name != "assistance_minutes":
                rendered.append(govuk.field(self[name], **({"width": "3"} if name == "people_present" else {})))
        return rendered


class Place(SectionForm):
    intro = "It can be somebody’s home, so it is kept sealed and shown only to those who deal with the report."
    place_detail = Prose(
        label="Exactly where did it happen?",
        help_text="For example: the second floor landing, or the car park behind the station. No names of people.",
        max_length=500,
        rows=3,
        required=False,
    )


class Told(SectionForm):
    intro = (
        "The offer of support and a supervisor’s first word to you have limits in time. They run from when police were "
        "first told, and from the end of your duty."
    )
    told_on = DateField(label="On what date were police first told?", latest=today, required=False)
    told_time = TimeField(
        label="At what time?", help_text="For example 03:12. A supervisor or the control room counts", required=False
    )
    told_which = OneOf(label="That hour came twice that night. Which one was it?", choices=[], required=False)
    duty_on = DateField(label="On what date did your duty end, or will it end?", required=False)
    duty_time = TimeField(label="At what time does it end?", help_text="For example 07:00", required=False)
    duty_which = OneOf(label="That hour comes twice that night. Which one is it?", choices=[], required=False)

    _NAMES = {"told": "police_told_at", "duty": "end_of_duty_at"}

    def initial_of(self, values):
        initial = {}
        for name, column in self._NAMES.items():
            if values[column]:
                wall = datetime.fromisoformat(values[column]).astimezone(LONDON)
                initial |= {f"{name}_on": wall.date(), f"{name}_time": wall.time().replace(second=0, microsecond=0)}
                initial[f"{name}_which"] = "second" if wall.fold else "first"
        return initial

    def prepare(self):
        for name in self._NAMES:
            self.fields[f"{name}_which"].choices = [
                choice("first", "The first time"),
                choice("second", "The second time, after the clocks went back"),
                choice("unsure", "I am not sure"),
            ]
        self.fields["duty_on"].latest = lambda: today() + timedelta(days=2)

    def clean(self):
        cleaned = super().clean()
        self._moments = {}
        for name in self._NAMES:
            self._moments[name] = self._moment(name, cleaned)
        told, duty = self._moments["told"], self._moments["duty"]
        if told and told > datetime.now(UTC):
            self.add_error("told_time", "The time must be in the past.")
        if told and self.event and told < self.event:
            self.add_error("told_time", f"Police cannot have been told before it happened, at {_spoken(self.event)}.")
        if duty and self.event and not self.event - timedelta(hours=1) <= duty <= self.event + timedelta(hours=48):
            self.add_error("duty_time", f"Give the end of the duty in which it happened, at {_spoken(self.event)}.")
        return cleaned

    def _moment(self, name, cleaned):
        day, clock = cleaned.get(f"{name}_on"), cleaned.get(f"{name}_time")
        if bool(day) != (clock is not None):
            missing = f"{name}_time" if day else f"{name}_on"
            if missing not in self.errors and not (self.errors.keys() & {f"{name}_on", f"{name}_time"}):
                self.add_error(missing, "Enter a time too, or leave both out." if day else "Enter a date too.")
            return None
        if not day:
            return None
        wall = datetime.combine(day, clock)
        if comes_twice(wall) and not cleaned.get(f"{name}_which"):
            self.add_error(f"{name}_which", "Choose which of the two hours it was.")
            return None
        return moment(wall, cleaned.get(f"{name}_which") or "").at

    def answers(self):
        return {column: self._iso(name, column) for name, column in self._NAMES.items()}

    def _iso(self, name, column):
        at = self._moments[name]
        if at is None:
            return ""
        stood = self.stored[column]
        # Seconds are not asked: the same minute leaves the moment as it stands.
        if stood and datetime.fromisoformat(stood).replace(second=0, microsecond=0) == at:
            return stood
        return at.isoformat()

    def parts(self):
        rendered = []
        for name, bound in ((name, self[name]) for name in self.fields):
            if not name.endswith("_which") or bound.errors or self.data.get(name):
                rendered.append(govuk.field(bound))
        return rendered


class Detail(SectionForm):
    consent = OneOf(
        label="Do they know that you reported this for them?", choices=Assault.Consent.choices[1:], required=False
    )
    contact = OneOf(label="Did it hit or touch?", choices=Assault.Contact.choices, required=False)
    hate_strands = AnyOf(
        label="Did it show hostility towards any of these?",
        help_text="It counts if you believe so, or anybody else does. Nothing has to be proved.",
        choices=[],
        required=False,
    )
    words_used = Prose(
        label="The words that were used",
        help_text="Write them as they were said, if you can. It is all right to stop.",
        max_length=5_000,
        rows=5,
        required=False,
    )

    def prepare(self):
        self._choose("hate_strands", "strands", chosen=set(self.stored["hate_strands"] or ()))
        if not (self.for_another and self.stored["consent"] in OPEN_CONSENT):
            del self.fields["consent"]
        if self.kinds and not self.kinds & _CONTACT:
            del self.fields["contact"]

    def answers(self):
        return super().answers() | {"hate_strands": self.cleaned_data["hate_strands"] or None}

    def parts(self):
        *others, words = [govuk.field(self[name]) for name in self.fields]
        behind = {
            "summaryText": "Show the words that were used"
            if self.stored["words_used"]
            else "Write down the words used",
            "html": words,
            "open": bool(self["words_used"].errors),
            "id": "words-used",
        }
        warning = govuk.macro(
            "inset-text",
            {"text": "Behind the next line are words that may offend or bring the moment back. You need not open it."},
        )
        return [*others, warning, govuk.macro("details", behind)]


HURT_THEM = {"psychological": "Yes, it has shaken them"}


class Injury(SectionForm):
    intro = (
        "This is for the care of whoever was hurt, and for what the law asks after an injury at work. Supervisors do "
        "not see this page. They see only whether somebody was hurt."
    )
    about_them = {"injury": "Were they hurt?", "impact": "How much has it affected how they feel?"}
    injury = OneOf(
        label="Were you hurt?",
        help_text="This can be answered until it is known. Afterwards a supervisor corrects it.",
        choices=Assault.Injury.choices,
        required=False,
    )
    injury_types = AnyOf(label="What injuries are there?", choices=[], required=False)
    body_parts = AnyOf(label="Where on the body?", choices=[], required=False)
    treatment = OneOf(label="What treatment was there?", choices=[], required=False)
    impact = OneOf(
        label="How much has it affected how you feel?",
        help_text="Only the person, whoever reports for them and those who support them see this.",
        choices=IMPACTS,
        required=False,
    )
    notes = Prose(label="Anything else about the injury or how it feels?", max_length=2_000, rows=4, required=False)

    def prepare(self):
        if self.stored["injury"] not in OPEN_INJURY:
            del self.fields["injury"]
        elif self.for_another:
            self.fields["injury"].choices = [
                choice(code, HURT_THEM.get(code, words)) for code, words in Assault.Injury.choices
            ]
        self._choose("injury_types", "injuries", chosen=set(self.stored["injury_types"] or ()))
        self._choose("body_parts", "body_parts", chosen=set(self.stored["body_parts"] or ()))
        self._choose("treatment", "treatments", chosen={self.stored["treatment"]})
        if self.kinds and self.kinds <= {"verbal", "online", "threat"}:
            for name in ("injury_types", "body_parts", "treatment"):
                del self.fields[name]

    def parts(self):
        small = ("injury_types", "body_parts")
        return [govuk.field(self[name], **({"small": True} if name in small else {})) for name in self.fields]

    def answers(self):
        answers = super().answers()
        return answers | {name: answers[name] or None for name in ("injury_types", "body_parts")}


class Exposure(SectionForm):
    about_them = {"exposure_routes": "Where did it reach them?"}
    exposure_fluids = AnyOf(label="What was it?", choices=FLUIDS, required=False)
    exposure_routes = AnyOf(label="Where did it reach you?", choices=ROUTES, required=False)
    contact = OneOf(label="Did it land?", choices=Assault.Contact.choices[:2], required=False)

    def prepare(self):
        if self.stored["contact"] == Assault.Contact.THREAT_ONLY:
            self.fields["contact"].choices = Assault.Contact.choices

    def answers(self):
        answers = super().answers()
        return answers | {name: answers[name] or None for name in ("exposure_fluids", "exposure_routes")}


class Equipment(SectionForm):
    about_them = {"duty_status": "Were they on duty?"}
    duty_status = OneOf(label="Were you on duty?", choices=Assault.DutyStatus.choices, required=False)
    ppe_worn = AnyOf(
        label="What protective equipment was worn or used?",
        choices=[*PPE, choice("none", "None", exclusive=True)],
        required=False,
    )
    bwv = OneOf(label="Was body-worn video recording?", choices=Assault.Bwv.choices, required=False)

    def prepare(self):
        if self.kinds and not self.kinds & _CONTACT:
            del self.fields["ppe_worn"]


class Weapons(SectionForm):
    weapons = AnyOf(label="What was used, or shown, as a weapon?", choices=[], required=False)

    def prepare(self):
        self._choose("weapons", "weapons", chosen=set(self.stored["weapons"]))

    def answers(self):
        return {"weapons": sorted(set(self.cleaned_data["weapons"]))}


class Crime(SectionForm):
    crime_recorded = OneOf(
        label="Has it been recorded as a crime?", choices=Incident.CrimeRecorded.choices, required=False
    )


# Rows of lists -------------------------------------------------------------------------------------------------------


class FindsColleague(SectionForm):
    """A form that may name a colleague: typed as a staff number or a surname, then chosen if several fit.

    A subclass says in `column` where the key goes, and in `wants_colleague` whether one is asked for.
    """

    column = ""

    colleague_words = Line(
        label="Their staff number, or the first letters of their surname",
        help_text="At least three letters of a surname, or the whole staff number",
        max_length=80,
        required=False,
    )
    colleague = OneOf(label="Who is it?", choices=[], required=False)

    def prepare(self):
        words = (self.data.get("colleague_words") or "").strip() if self.is_bound else ""
        stored = self.stored.get(self.column)
        self.found = []
        if words and not any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in words):
            self.found = list(User.objects.found_by(words[:80], by=self.by).select_related("unit")[:_FOUND_AT_MOST])
        elif stored and not words:
            self.found = list(User.objects.filter(pk=stored, force=self.by.force_id).select_related("unit"))
        self.fields["colleague"].choices = [
            choice(str(person.pk), person.name, hint=_placed(person)) for person in self.found
        ]
        if stored and not self.is_bound:
            self.initial["colleague"] = str(stored)

    def wants_colleague(self, cleaned):
        """Whether the other answers ask for a colleague."""
        raise NotImplementedError

    def clean(self):
        cleaned = super().clean()
        self.chosen = None
        if not self.wants_colleague(cleaned):
            self.errors.pop("colleague", None)
            return cleaned
        words = cleaned.get("colleague_words", "")
        exact = [person for person in self.found if person.staff_number.lower() == words.lower()]
        picked = next((person for person in self.found if str(person.pk) == self.data.get("colleague")), None)
        if picked or len(exact) == 1:
            self.errors.pop("colleague", None)
            self.chosen = (picked or exact[0]).pk
        elif "colleague_words" in self.errors:
            pass
        elif not words:
            self.add_error("colleague_words", "Enter a staff number, or at least three letters of a surname.")
        elif not self.found:
            self.add_error(
                "colleague_words", "Nobody in your force was found by that. Check it, or use the whole staff number."
            )
        else:
            self.errors.pop("colleague", None)
            self.add_error("colleague", "Choose the person from the list.")
        return cleaned


def _placed(person):
    unit = person.unit.name if person.unit else ""
    return ", ".join(part for part in (person.rank_or_grade, person.staff_number, unit) if part)


class SuspectRow(FindsColleague):
    column = "colleague_id"
    intro = "Do not write a name. Names stay in the crime system, so that this report holds none."

    known = OneOf(label="Is it known who it was?", choices=Suspect.Known.choices)
    nominal_reference = Line(
        label="Their reference in the crime system, if you have it",
        help_text="A number, not a name",
        max_length=60,
        required=False,
    )
    relationship = OneOf(label="Who are they to you or your colleagues?", choices=[], required=False)
    age_band = OneOf(label="About how old?", choices=AGE_BANDS, required=False)
    sex = OneOf(label="What sex did they seem to be?", choices=SEXES, required=False)
    influence = AnyOf(label="Were they under the influence of anything?", choices=INFLUENCES, required=False)
    mental_health = OneOf(
        label="Did their mental health play a part?",
        help_text="As it seemed to you. It is no diagnosis.",
        choices=MENTAL_HEALTH,
        required=False,
    )
    demeanour = OneOf(label="How were they just before?", choices=DEMEANOURS, required=False)

    def prepare(self):
        super().prepare()
        self.fields["relationship"].choices = [*RELATIONSHIPS, COLLEAGUE]

    def wants_colleague(self, cleaned):
        return cleaned.get("relationship") == "colleague"

    def answers(self):
        return super().answers() | {"colleague_id": self.chosen}

    def parts(self):
        rendered = []
        for name in self.fields:
            if name.startswith("colleague"):
                continue
            if name != "relationship":
                rendered.append(govuk.field(self[name], **({"width": "20"} if name == "nominal_reference" else {})))
                continue
            rendered.append(govuk.field(self[name], reveals={"colleague": self["colleague_words"]}))
            if self.found:
                rendered.append(govuk.field(self["colleague"], label="Which colleague is it?"))
        return rendered


class ReferenceRow(SectionForm):
    kind = OneOf(label="What number is it?", choices=SourceReference.Kind.choices)
    value = Line(label="Number", help_text="As it stands in the other system. No names.", max_length=60)

    def clean_value(self):
        return " ".join(self.cleaned_data["value"].upper().split())

    def parts(self):
        return [govuk.field(self["kind"]), govuk.field(self["value"], width="20")]


class FootageRow(SectionForm):
    source = OneOf(label="What recorded it?", choices=Footage._meta.get_field("source").choices)
    reference = Line(
        label="Its reference, or whose camera it is",
        help_text="So that somebody else can find it. No names of suspects or the public.",
        max_length=100,
    )
    deleted_on = DateField(
        label="On what date is it deleted, unless somebody keeps it?",
        help_text="Often 31 days after it was recorded. Leave it out if you do not know.",
        latest=lambda: today() + timedelta(days=365 * 20),
        required=False,
    )
    kept_as_evidence = forms.BooleanField(label="It has been marked to be kept as evidence", required=False)

    def answers(self):
        return super().answers() | {"deleted_on": self.cleaned_data["deleted_on"]}


class WitnessRow(FindsColleague):
    column = "person_id"
    who = OneOf(
        label="Who saw or heard it?",
        choices=[choice("colleague", "A colleague"), choice("other", "Somebody else")],
    )
    description = Prose(
        label="How can they be found?",
        help_text="Describe them, or where their details are kept. It is sealed.",
        max_length=1_000,
        rows=3,
        required=False,
    )
    statement_due_on = DateField(
        label="By when should they give a statement? (optional)",
        latest=lambda: today() + timedelta(days=365 * 5),
        required=False,
    )
    statement_given = forms.BooleanField(label="They have given a statement", required=False)

    field_order = ("who", "colleague_words", "colleague", "description", "statement_due_on", "statement_given")

    def initial_of(self, values):
        initial = super().initial_of(values)
        if values.get("person_id"):
            initial["who"] = "colleague"
        elif values.get("description"):
            initial["who"] = "other"
        return initial

    def wants_colleague(self, cleaned):
        return cleaned.get("who") == "colleague"

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("who") == "other" and not cleaned.get("description") and "description" not in self.errors:
            self.add_error("description", "Say how they can be found.")
        return cleaned

    def answers(self):
        given = self.cleaned_data
        other = given["who"] == "other"
        return {
            "person_id": self.chosen,
            "description": given["description"] if other else "",
            "statement_due_on": given["statement_due_on"],
            "statement_given": given["statement_given"],
        }

    def parts(self):
        rendered = [
            govuk.field(self["who"], reveals={"colleague": self["colleague_words"], "other": self["description"]})
        ]
        if self.found:
            rendered.append(govuk.field(self["colleague"], label="Which colleague is it?"))
        return [*rendered, govuk.field(self["statement_due_on"]), govuk.field(self["statement_given"])]


FORMS = {
    "activity": Activity,
    "place": Place,
    "told": Told,
    "detail": Detail,
    "injury": Injury,
    "exposure": Exposure,
    "equipment": Equipment,
    "weapons": Weapons,
    "crime": Crime,
}
"""The form of each section that has questions of its own."""

ROWS = {"suspects": SuspectRow, "crime": ReferenceRow, "footage": FootageRow, "witnesses": WitnessRow}
"""The form of one row, for each section that holds a list."""


def footage_warning(row: Footage, on: date) -> str:
    """Say plainly when footage that nobody keeps is about to be deleted, or was; an empty text while there is time.

    :param on: today, in London
    """
    if row.kept_as_evidence or row.deleted_on is None:
        return ""
    left, day = (row.deleted_on - on).days, date_format(row.deleted_on, "l j F Y")
    if left < 0:
        return f"This footage was due to be deleted on {day}. Ask whether it still exists."
    if left > settings.FOOTAGE_WARNING_DAYS:
        return ""
    soon = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
    return f"This footage is deleted {soon}, on {day}. Ask for it to be kept as evidence before then."


def _spoken(at):
    return date_format(at.astimezone(LONDON), "H:i \\o\\n j F Y")
