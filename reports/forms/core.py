"""The forms of the core questions, one for each page. They read what people type and write nothing.

Each is made for what is `Asked`, shows what stands in the report, and gives `answers()` in the shape that
`readiness.page_values` has for its page, so that a page can be compared with what another tab saved.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from campion.fields import AnyOf, DateField, Line, OneOf, Prose, TimeField, choice
from campion.local_time import LONDON, ClockMark, comes_twice, moment
from campion.models import WorkerType
from reports.models import Assault, Incident, Kind, SupportWish
from reports.readiness import ABUSE, PageKey, own_part

AHEAD = timedelta(minutes=2)
"""How far a phone's clock may run before ours, so that "now" is never called the future."""


@dataclass(frozen=True)
class Asked:
    """What a page is asked about: the answers so far, the options, now, and whose part it is (empty: the writer's)."""

    page: PageKey
    content: dict
    options: object
    at: datetime
    name: str = ""
    others: dict = field(default_factory=dict)
    """Names of the people other than the writer, by position."""

    @property
    def part(self) -> dict | None:
        """The part of the person whom the page is about, if it is about one."""
        if self.page.name == "support":
            return own_part(self.content)
        return next((part for part in self.content["assaults"] if part["position"] == self.page.position), None)

    @property
    def health(self) -> dict:
        return (self.part or {}).get("health") or {}

    @property
    def today(self) -> date:
        return self.at.astimezone(LONDON).date()


class Question(forms.Form):
    """A page of the core questions."""

    template = "reports/questions/plain.html"
    use_required_attribute = False
    error_css_class = ""

    def __init__(self, asked: Asked, data=None):
        self.asked = asked
        super().__init__(data, initial=self.standing(asked))

    def standing(self, asked) -> dict:
        """Give what the form shows at first, from the answers that stand."""
        raise NotImplementedError

    def answers(self) -> dict:
        """Give what was answered, in the shape of `readiness.page_values`. Only once the form is valid."""
        raise NotImplementedError

    @property
    def title(self) -> str:
        raise NotImplementedError


# Who -----------------------------------------------------------------------------------------------------------------


class Who(Question):
    template = "reports/questions/who.html"
    who = OneOf(
        label="Who was assaulted?",
        choices=[
            choice("me", "Me"),
            choice("colleague", "A colleague", hint="You are reporting for them"),
            choice("several", "Several of us", hint="In one incident. Each gets a part and support of their own"),
        ],
        error_messages={"required": "Choose who was assaulted."},
    )  # fmt: skip
    among = OneOf(
        label="Were you one of them?",
        required=False,
        choices=[choice("yes", "Yes, I was assaulted too"), choice("no", "No, I am reporting for them")],
    )
    title = "Who was assaulted?"

    def standing(self, asked):
        among = own_part(asked.content) is not None
        several = asked.content["who"] == Incident.Who.SEVERAL
        return {"who": asked.content["who"], "among": ("yes" if among else "no") if several else ""}

    def clean(self):
        several = self.cleaned_data.get("who") == Incident.Who.SEVERAL
        if several and not self.cleaned_data.get("among") and "among" not in self.errors:
            self.add_error("among", "Say whether you were one of the people assaulted.")
        return self.cleaned_data

    def answers(self):
        who = self.cleaned_data["who"]
        among = who == Incident.Who.ME or (who == Incident.Who.SEVERAL and self.cleaned_data["among"] == "yes")
        return {"who": who, "among": among}


class People(Question):
    """Whether each of the others knows that somebody reports for them. Adding and removing are forms of their own."""

    template = "reports/questions/people.html"

    @property
    def title(self):
        if self.asked.content["who"] == Incident.Who.SEVERAL:
            return "Who was assaulted?" if own_part(self.asked.content) is None else "Who else was assaulted?"
        return "Which colleague was assaulted?"

    def __init__(self, asked, data=None):
        super().__init__(asked, data)
        for position, name in asked.others.items():
            self.fields[f"consent-{position}"] = OneOf(
                label=f"Does {name} know that you are reporting this?",
                required=False,
                choices=[choice(code, text) for code, text in Assault.Consent.choices if code != Assault.Consent.SELF],
            )

    def standing(self, asked):
        return {f"consent-{part['position']}": part["consent"] for part in asked.content["assaults"]}

    def clean(self):
        if not self.asked.content["assaults"]:
            raise ValidationError("Name at least one person who was assaulted. You can add somebody below.")
        return self.cleaned_data

    def answers(self):
        rows = []
        for part in self.asked.content["assaults"]:
            if part["consent"] != Assault.Consent.SELF:
                consent = self.cleaned_data.get(f"consent-{part['position']}", "")
                names = ("position", "person_id", "outside_name", "outside_contact", "worker_type")
                rows.append([*(part[name] for name in names), consent])
        return {"people": rows}


class Find(forms.Form):
    """Look somebody up in one's own force."""

    use_required_attribute = False
    words = Line(
        label="Staff number, or the start of their surname",
        help_text="For a surname, type at least three letters",
        max_length=40,
        error_messages={"required": "Enter a staff number, or at least three letters of a surname."},
    )


class Outsider(forms.Form):
    """Name somebody who is in no directory of this force."""

    use_required_attribute = False
    name = Line(label="Their name", max_length=160, error_messages={"required": "Enter their name."})
    worker_type = forms.ChoiceField(
        label="What they work as",
        choices=[("", "-----"), *WorkerType.choices],
        error_messages={"required": "Choose what they work as.", "invalid_choice": "Choose what they work as."},
    )
    contact = Line(
        label="A safe way to reach them",
        help_text="A number or an email address that only they read. Leave it empty if you do not know",
        required=False,
    )


# When ----------------------------------------------------------------------------------------------------------------


class When(Question):
    template = "reports/questions/when.html"
    title = "When did it happen?"
    day = OneOf(label="Which day?", choices=[], error_messages={"required": "Choose which day it was."})
    date = DateField(label="The date", required=False, help_text="For example, 27 3 2026")
    time = TimeField(
        label="What time?",
        help_text="24-hour clock, for example 01:30. A guess is fine",
        error_messages={"required": "Enter the time. A guess is fine: choose “About then” below."},
    )
    which = OneOf(
        label="The clocks went back that night, so this time came twice. Which one was it?",
        required=False,
        choices=[
            choice(ClockMark.FIRST.value, "The first time", hint="Before the clocks went back"),
            choice(ClockMark.SECOND.value, "The second time", hint="After the clocks went back"),
            choice(ClockMark.UNSURE.value, "I am not sure"),
        ],
    )
    precision = OneOf(
        label="How sure are you of the time?",
        choices=[
            choice("exact", "It was exactly then"),
            choice("about", "About then"),
            choice("between", "It went on for a while, or I only know between which times"),
        ],
        error_messages={"required": "Choose how sure you are of the time."},
    )
    end_time = TimeField(label="Until what time?", required=False)
    end_date = DateField(
        label="Until which day?", required=False, help_text="Leave empty if it was within a day of the start"
    )

    def __init__(self, asked, data=None):
        today, yesterday = asked.today, asked.today - timedelta(days=1)
        super().__init__(asked, data)
        night = asked.at.astimezone(LONDON).hour < 12
        self.fields["day"].choices = [
            choice("today", f"Today, {_spoken(today)}", hint="After midnight" if night else ""),
            choice("yesterday", f"Yesterday, {_spoken(yesterday)}", hint="Before midnight" if night else ""),
            choice("other", "Another day"),
        ]
        for name in ("date", "end_date"):
            self.fields[name].latest = today
        self.asks_which = bool(asked.content["when"]["mark"] in ("first", "second", "unsure")) and data is None

    @property
    def ending(self):
        """The fields shown for a span of time."""
        return [self["end_time"], self["end_date"]]

    def standing(self, asked):
        when = asked.content["when"]
        shown = {"day": "today", "date": asked.today, "precision": when["precision"] or "about"}
        if when["from"]:
            start = _wall(when["from"])
            shown |= {"day": self._day_of(start.date(), asked), "date": start.date(), "time": start.time()}
            shown["which"] = when["mark"]
        if when["to"]:
            end = _wall(when["to"])
            shown |= {"end_time": end.time(), "end_date": end.date()}
        return shown

    @staticmethod
    def _day_of(on, asked):
        days = {asked.today: "today", asked.today - timedelta(days=1): "yesterday"}
        return days.get(on, "other")

    def clean(self):
        said = self.cleaned_data
        on = self._chosen_date()
        if on is None or not said.get("time"):
            return said
        wall = datetime.combine(on, said["time"])
        which = said.get("which") or ""
        if comes_twice(wall):
            self.asks_which = True
            if not which:
                self.add_error(
                    "which", f"{wall:%H:%M} came twice that night. Say which one it was, or that you are not sure."
                )
                return said
        start = self.start = moment(wall, which if comes_twice(wall) else "")
        if start.at > self.asked.at + AHEAD:
            now = self.asked.at.astimezone(LONDON)
            self.add_error(
                "time",
                f"It is {now:%H:%M} now, and that time has not come yet. If it was last night, choose yesterday.",
            )
            return said
        self.end = None
        if said.get("precision") == "between":
            self._clean_end(wall, start)
        return said

    def _chosen_date(self):
        said = self.cleaned_data
        day = said.get("day")
        if day == "other":
            if said.get("date") is None and "date" not in self.errors:
                self.add_error("date", "Enter the date.")
            return said.get("date")
        self._errors.pop("date", None)  # the boxes are hidden, whatever they hold
        return {"today": self.asked.today, "yesterday": self.asked.today - timedelta(days=1)}.get(day)

    def _clean_end(self, wall, start):
        said = self.cleaned_data
        if "end_time" in self.errors or "end_date" in self.errors:
            return
        if not said.get("end_time"):
            self.add_error("end_time", "Enter the time until which it may have gone on.")
            return
        # Without a day it is the next such time after the start: 23:30 until 00:30 runs over midnight.
        end = datetime.combine(said.get("end_date") or wall.date(), said["end_time"])
        if not said.get("end_date") and end < wall:
            end += timedelta(days=1)
        # In the hour that comes twice the later one is taken: the span must hold the truth.
        self.end = moment(end, ClockMark.SECOND.value if comes_twice(end) else "")
        if self.end.at < start.at:
            self.add_error("end_time", "The end is before the start. Check both times and both days.")
        elif self.end.at > self.asked.at + AHEAD:
            self.add_error("end_time", "The end has not come yet. Enter a time up to now.")

    def answers(self):
        return {
            "when": {
                "precision": self.cleaned_data["precision"],
                "from": self.start.told,
                "to": self.end.told if self.end else "",
                "mark": self.start.mark.value,
                "at": self.start.at.isoformat(),
                "until": self.end.at.isoformat() if self.end else "",
            }
        }

    @property
    def remark(self) -> str:
        """Say what is special about the time, kindly; an empty text if nothing is."""
        if self.start.mark is not ClockMark.MISSING:
            return ""
        told, kept = self.start.told[-5:], self.start.at.astimezone(LONDON)
        return (
            f"The clocks went forward that night, so they never showed {told}. We have kept {told} as you told it, and"
            f" count it as {kept:%H:%M}. You need do nothing."
        )


class Late(Question):
    template = "reports/questions/late.html"
    title = "This happened more than a day ago"
    told = OneOf(
        label="Had the police been told before now?",
        required=False,
        choices=[choice("now", "No, this is the first time"), choice("earlier", "Yes")],
    )
    told_date = DateField(label="On which day?", required=False)
    told_time = TimeField(label="At about what time?", required=False)
    late_reason = Prose(
        label="What made it hard to report sooner?",
        help_text="You can leave this empty. It helps us to make reporting easier, and is never held against you",
        required=False,
        max_length=1000,
        rows=3,
    )

    def __init__(self, asked, data=None):
        super().__init__(asked, data)
        self.fields["told_date"].latest = asked.today

    @property
    def earlier(self):
        """The fields shown when the police were told before."""
        return [self["told_date"], self["told_time"]]

    def standing(self, asked):
        told = asked.content["told"]
        shown = {"late_reason": told["late_reason"]}
        if told["police_told_at"]:
            at = datetime.fromisoformat(told["police_told_at"]).astimezone(LONDON)
            return shown | {"told": "earlier", "told_date": at.date(), "told_time": at.time()}
        return shown | {"told": "now" if "late" in asked.content["answered"] else ""}

    def clean(self):
        said = self.cleaned_data
        self.told_at = None
        if said.get("told") != "earlier":
            for name in ("told_date", "told_time"):
                self._errors.pop(name, None)
            return said
        if "told_date" in self.errors or "told_time" in self.errors:
            return said
        if not said.get("told_date"):
            self.add_error("told_date", "Enter the day on which the police were first told.")
            return said
        wall = datetime.combine(said["told_date"], said.get("told_time") or time(12, 0))
        told_at = moment(wall, ClockMark.UNSURE.value if comes_twice(wall) else "").at
        began = datetime.fromisoformat(self.asked.content["when"]["at"])
        if said["told_date"] < began.astimezone(LONDON).date() or (said.get("told_time") and told_at < began):
            self.add_error("told_date", "That is before it happened. Check both days.")
        elif told_at > self.asked.at + AHEAD:
            self.add_error("told_time", "That time has not come yet.")
        else:
            self.told_at = max(told_at, began)
        return said

    def answers(self):
        return {
            "police_told_at": self.told_at.isoformat() if self.told_at else "",
            "late_reason": self.cleaned_data["late_reason"],
        }


# Where ---------------------------------------------------------------------------------------------------------------

ELSEWHERE, UNSURE = "elsewhere", "unsure"


class Where(Question):
    template = "reports/questions/where.html"
    title = "Where did it happen?"
    district = forms.ChoiceField(
        label="Which district?",
        required=False,
        choices=[],
        error_messages={"invalid_choice": "Choose a district in the list."},
    )
    place = OneOf(
        label="What kind of place?",
        choices=[],
        error_messages={"required": "Choose what kind of place it was, or “I am not sure”."},
    )

    def __init__(self, asked, data=None):
        super().__init__(asked, data)
        where, options = asked.content["where"], asked.options
        groups = {}
        for row in options.offered("districts", {where["district_id"]}):
            groups.setdefault(row.group or "Districts", []).append((row.code, row.label))
        outside = (ELSEWHERE, "Outside the force area, or not sure")
        self.fields["district"].choices = [("", "-----"), *groups.items(), outside]
        self.fields["place"].choices = [
            *(
                choice(row.code, row.label, hint=row.hint)
                for row in options.offered("places", {where["place_type_id"]})
            ),
            choice(UNSURE, "I am not sure", exclusive=True),
        ]

    def standing(self, asked):
        where, options = asked.content["where"], asked.options
        answered = "where" in asked.content["answered"]
        district = next((row.code for row in options.districts if row.pk == where["district_id"]), "")
        if where["elsewhere"]:
            district = ELSEWHERE
        elif not answered and not district and options.own_district:
            district = options.own_district.code
        place = next((row.code for row in options.places if row.pk == where["place_type_id"]), "")
        return {"district": district, "place": place or (UNSURE if answered else "")}

    def answers(self):
        options, said = self.asked.options, self.cleaned_data
        keys = {row.code: row.pk for row in options.districts}, {row.code: row.pk for row in options.places}
        return {
            "district_id": keys[0].get(said["district"]),
            "elsewhere": said["district"] == ELSEWHERE,
            "place_type_id": keys[1].get(said["place"]),
        }


# What ----------------------------------------------------------------------------------------------------------------

KINDS = {
    Kind.PHYSICAL: "Hit, hurt or restrained",
    Kind.SPITTING: "Spit, blood or other fluids",
    Kind.THREAT: "Threats",
    Kind.VERBAL: "Words and gestures",
    Kind.ONLINE: "Online",
    Kind.SEXUAL: "Sexual",
}
"""The kinds in the order in which they are looked for, in plain words. How grave each is, is another order."""


class What(Question):
    template = "reports/questions/what.html"

    def __init__(self, asked, data=None):
        super().__init__(asked, data)
        chosen = set(asked.part["conducts"])
        rows = asked.options.offered("conducts", chosen)
        for kind, words in KINDS.items():
            options = [choice(row.code, row.label, hint=row.hint) for row in rows if row.group == kind]
            if options:
                self.fields[kind.value] = AnyOf(label=words, required=False, choices=options)

    def standing(self, asked):
        facts, chosen = asked.options.facts, asked.part["conducts"]
        return {kind.value: [code for code in chosen if facts[code].kind == kind] for kind in KINDS}

    @property
    def title(self):
        return f"What was done to {self.asked.name}?" if self.asked.name else "What was done to you?"

    def _codes(self):
        return {code for kind in self.fields for code in self.cleaned_data.get(kind, ())}

    def clean(self):
        if not self.errors and not self._codes():
            self.add_error(next(iter(self.fields)), "Choose at least one thing that was done.")
        return self.cleaned_data

    def answers(self):
        codes = self._codes()
        return {
            "conducts": [row.code for row in sorted(self.asked.options.conducts, key=_as_stored) if row.code in codes]
        }


def _as_stored(row):
    return row.order, row.code


# Injured, exposed ----------------------------------------------------------------------------------------------------


class Injured(Question):
    injury = OneOf(label="Were you hurt?", required=False, choices=[])

    def __init__(self, asked, data=None):
        super().__init__(asked, data)
        self.fields["injury"].label = self.title
        words = dict(Assault.Injury.choices)
        if asked.name:
            words |= {"psychological": "Yes, it has shaken them"}
        hints = {
            "none": "",
            "physical": "Anything that hurts or can be seen",
            "psychological": "Not sleeping, going over it, feeling on edge",
            "not-yet-known": "You can say it later, under “Injury and treatment”",
        }
        order = ("physical", "psychological", "both", "none", "not-yet-known")
        self.fields["injury"].choices = [choice(code, words[code], hint=hints.get(code, "")) for code in order]

    @property
    def title(self):
        return f"Was {self.asked.name} hurt?" if self.asked.name else "Were you hurt?"

    def standing(self, asked):
        return {"injury": asked.part["injury"]}

    def answers(self):
        return {"injury": self.cleaned_data["injury"]}


class Advice(Question):
    """No question: first aid before anything else is asked."""

    template = "reports/questions/advice.html"
    title = "First aid, before anything else"

    def standing(self, asked):
        return {}

    def answers(self):
        return {}


MISSED = "missed"


class Exposure(Question):
    template = "reports/questions/exposure.html"
    fluids = AnyOf(
        label="What was it?",
        required=False,
        choices=[
            choice("saliva", "Spit or saliva"),
            choice("blood", "Blood"),
            choice("other", "Something else", hint="Urine, vomit, or you could not tell which"),
            choice("unknown", "I am not sure", exclusive=True),
        ],
    )
    routes = AnyOf(
        label="Where did it go?",
        required=False,
        choices=[
            choice("eye", "Into an eye"),
            choice("mouth", "Into the mouth or nose"),
            choice("broken-skin", "Onto or through broken skin", hint="A cut, a bite, a needle"),
            choice("intact-skin", "Onto skin that is not broken"),
            choice("clothing", "Onto clothing only"),
            choice(MISSED, "It missed"),
            choice("unknown", "I am not sure", exclusive=True),
        ],
    )

    @property
    def title(self):
        return f"How did it reach {self.asked.name}?" if self.asked.name else "How did it reach you?"

    def standing(self, asked):
        fluids, routes = asked.health.get("exposure_fluids"), asked.health.get("exposure_routes")
        if not fluids and str(asked.page) not in asked.content["answered"] and asked.part["conducts"] == ["spit"]:
            fluids = ["saliva"]
        if asked.part["contact"] == Assault.Contact.MISSED:
            routes = [MISSED]
        return {"fluids": fluids or [], "routes": routes or []}

    def clean(self):
        routes = self.cleaned_data.get("routes") or ()
        if MISSED in routes and len(routes) > 1:
            self.add_error("routes", "Choose either “It missed” or where it went, not both.")
        return self.cleaned_data

    def answers(self):
        fluids, routes = self.cleaned_data["fluids"], self.cleaned_data["routes"]
        if MISSED in routes:
            contact, routes = Assault.Contact.MISSED.value, []
        elif set(routes) - {"unknown"}:
            contact = Assault.Contact.CONTACT.value
        else:
            stood = self.asked.part["contact"]
            contact = "" if stood == Assault.Contact.MISSED else stood
        return {"exposure_fluids": fluids or None, "exposure_routes": routes or None, "contact": contact}


# Support -------------------------------------------------------------------------------------------------------------


class Support(Question):
    template = "reports/questions/support.html"
    title = "Do you want support?"
    support = OneOf(
        label="Do you want support?",
        required=False,
        choices=[
            choice("yes", "Yes"),
            choice("later", "Not now. Ask me later"),
            choice("no", "No", hint="You can change your mind at any time"),
        ],
    )
    channel = OneOf(label="How may we reach you safely?", required=False, choices=SupportWish.Channel.choices)
    contact = Line(
        label="Your number or email address",
        help_text="One that only you answer or read. Leave it empty to use the one your force has",
        required=False,
    )
    safe_times = Line(
        label="When is a good time?", help_text="For example, after 2pm, not on rest days", required=False
    )
    may_leave_message = OneOf(
        label="May we leave a message?", required=False, choices=[choice("yes", "Yes"), choice("no", "No")]
    )
    end_of_duty = TimeField(
        label="When does your duty end today?",
        help_text="So that your supervisor can speak to you before you go. Leave it empty if you are off duty",
        required=False,
    )

    def standing(self, asked):
        wish = (asked.part or {}).get("wish") or {}
        ends = asked.content["told"]["end_of_duty_at"]
        message = wish.get("may_leave_message")
        return {
            "support": wish.get("support", ""),
            "channel": wish.get("channel", ""),
            "contact": wish.get("contact", ""),
            "safe_times": wish.get("safe_times", ""),
            "may_leave_message": ("yes" if message else "no") if message is not None else "",
            "end_of_duty": datetime.fromisoformat(ends).astimezone(LONDON).time() if ends else None,
        }

    def answers(self):
        said = self.cleaned_data
        wish = {
            "support": said["support"],
            "channel": said["channel"],
            "contact": said["contact"],
            "safe_times": said["safe_times"],
            "may_leave_message": said["may_leave_message"] == "yes",
        }
        if not any(wish.values()) and said["may_leave_message"] != "no":
            wish = None
        elif not wish["support"]:
            wish["support"] = SupportWish.Support.LATER.value  # they said how to reach them, and not whether
        return {"wish": wish, "end_of_duty_at": self._end_of_duty()}

    def _end_of_duty(self):
        """Give the next such time after now: a duty that ends at 07:00 ends this morning, or tomorrow."""
        if not (ends := self.cleaned_data["end_of_duty"]):
            return ""
        stood = self.asked.content["told"]["end_of_duty_at"]
        if stood and datetime.fromisoformat(stood).astimezone(LONDON).time() == ends:
            return stood
        now = self.asked.at.astimezone(LONDON).replace(tzinfo=None)
        wall = datetime.combine(now.date(), ends)
        if wall <= now:
            wall += timedelta(days=1)
        return moment(wall, ClockMark.UNSURE.value if comes_twice(wall) else "").at.isoformat()


# In your own words ---------------------------------------------------------------------------------------------------


class Words(Question):
    template = "reports/questions/words.html"
    title = "Anything else, in your own words?"
    narrative = Prose(
        label="Anything else, in your own words?",
        help_text=format_html(
            '<span class="govuk-inset-text campion-banner-hint">{}</span>You can skip this, or come back to it',
            "This is not a witness statement, and it may have to be disclosed in court. Leave out patients’ details and"
            " other people’s private details.",
        ),
        required=False,
        rows=8,
    )

    def standing(self, asked):
        return {"narrative": asked.content["narrative"]}

    def answers(self):
        return {"narrative": self.cleaned_data["narrative"]}


FORMS = {
    "who": Who,
    "people": People,
    "when": When,
    "late": Late,
    "where": Where,
    "what": What,
    "advice": Advice,
    "injured": Injured,
    "exposure": Exposure,
    "support": Support,
    "words": Words,
}
LISTS = {"where": ("places", "districts"), "advice": ("advice",)}
"""The lists that a page needs beside the kinds of conduct."""


# The 20-second log ---------------------------------------------------------------------------------------------------


class QuickLog(forms.Form):
    """One page for words, threats and online abuse."""

    use_required_attribute = False
    conducts = AnyOf(label="What was it?", choices=[], error_messages={"required": "Choose what it was."})
    when = OneOf(
        label="When?",
        initial="now",
        choices=[choice("now", "Just now"), choice("earlier", "Earlier today")],
        error_messages={"required": "Choose when it was."},
    )
    time = TimeField(label="At what time?", required=False, help_text="24-hour clock, for example 21:40")
    place = forms.ChoiceField(label="What kind of place? (optional)", required=False, choices=[])
    words = Prose(
        label="Anything to add? (optional)",
        help_text="A few words are enough. You can add to it in your own words later.",
        required=False,
        max_length=2000,
        rows=3,
    )
    key = forms.CharField(widget=forms.HiddenInput)

    SALT = "reports.quick-log"

    def __init__(self, data=None, *, options, user, at):
        super().__init__(data, initial={"key": signing.dumps([user.pk, uuid.uuid4().hex], salt=self.SALT)})
        self.user, self.at, self.options = user, at, options
        self.fields["conducts"].choices = [
            choice(row.code, row.label, hint=row.hint) for row in options.offered("conducts") if row.group in ABUSE
        ]
        self.fields["place"].choices = [
            ("", "Not said"),
            *((row.code, row.label) for row in options.offered("places")),
        ]
        self.fields["place"].error_messages["invalid_choice"] = "Choose a place in the list."

    def clean_key(self):
        try:
            user, key = signing.loads(self.cleaned_data["key"], salt=self.SALT)
            if user == self.user.pk:
                return uuid.UUID(key)
        except (signing.BadSignature, ValueError, TypeError):
            pass
        raise ValidationError("This page is too old to send. Open the log again.")

    def clean(self):
        said = self.cleaned_data
        self.precision = Incident.Precision.EXACT
        now = self.at.astimezone(LONDON).replace(tzinfo=None, second=0, microsecond=0)
        wall = now
        if said.get("when") == "earlier":
            self.precision = Incident.Precision.ABOUT
            if "time" in self.errors:
                return said
            if not said.get("time"):
                self.add_error("time", "Enter the time. A guess is fine.")
                return said
            wall = datetime.combine(now.date(), said["time"])
            if wall > now:
                self.add_error(
                    "time", f"It is {now:%H:%M} now, and that time has not come yet. For yesterday, make a full report."
                )
                return said
        else:
            self._errors.pop("time", None)
        self.occurred = self._moment(wall, now)
        return said

    def _moment(self, wall, now):
        if not comes_twice(wall):
            return moment(wall)
        if wall == now:  # the clock on our own wall knows which one it is
            return moment(wall, (ClockMark.SECOND if self.at.astimezone(LONDON).fold else ClockMark.FIRST).value)
        return moment(wall, ClockMark.UNSURE.value)

    @property
    def place_type_id(self):
        return next((row.pk for row in self.options.places if row.code == self.cleaned_data["place"]), None)


def _spoken(day):
    return f"{day:%A} {day.day} {day:%B}"


def _wall(told):
    return datetime.strptime(told, "%Y-%m-%d %H:%M")  # noqa: DTZ007 - a wall clock has no zone
