"""Form fields and widgets of the whole house: text that can be stored, dates as people write them, choices with hints.

`campion.govuk` draws them; the forms of every app use them in place of Django's own.
"""

import re
import unicodedata
from datetime import date, time

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.text import capfirst

# Words that a label may begin with so that "the" before it would be wrong.
_DETERMINERS = {"a", "an", "the", "your", "their", "his", "her", "its", "our", "my", "any", "each", "how", "i", "we"}


def required_sentence(label, *, verb="Enter"):
    """What to say of a field left empty: "Enter the collar number.", or the question in its own words.

    :param verb: Enter, Choose, or Tick for a single box
    """
    label = str(label or "").strip().rstrip(".")
    if not label:
        return f"{verb} an answer."
    if verb == "Tick":
        return f"Tick the box: “{label}”."
    if label.endswith("?"):
        return f"Answer the question “{label}”"
    word = label.split(maxsplit=1)[0]
    # A capital stays where it begins a name or an abbreviation (CAD number, PPE).
    if word[1:] == word[1:].lower() and word != "I":
        label = label[:1].lower() + label[1:]
    return f"{verb} {label}." if word.lower() in _DETERMINERS else f"{verb} the {label}."


# Marks that print nothing and are not counted as white space or format characters by Unicode.
_BLANK = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0", "\u034f", "\u17b4", "\u17b5"}

# A picture of any size and a tower of marks are one thing to a reader; these are the limits of one answer.
LINE_LENGTH = 200
PROSE_LENGTH = 20_000


# ------------------------------------------------------------------------------------------------------------ text


def tidy(text):
    """The text in Unicode's composed form (NFC), with line breaks as single newlines."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def is_blank(text):
    """Whether a reader would see nothing: only spaces, line breaks and characters of no width."""
    return all(
        character.isspace() or character in _BLANK or unicodedata.category(character) in {"Cf", "Cc", "Zs", "Zl", "Zp"}
        for character in text
    )


def unstorable(text, *, lines):
    """The first character that cannot be kept, or None.

    Refused are NUL, half characters (lone surrogates) and the control characters, except tab and, where several
    lines are allowed, the line break. Direction marks and zero-width joiners are kept: names and emoji need them.
    """
    for character in text:
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and character != "\t" and not (lines and character == "\n")):
            return character
        if category in {"Zl", "Zp"} and not lines:
            return character
    return None


def _subject(label, otherwise):
    """What a sentence about an answer begins with: its label, or "Your answer" where the label is a question."""
    label = str(label or "").strip()
    return "Your answer" if label.endswith("?") else capfirst(label) or otherwise


class _Text(forms.CharField):
    lines = True

    def __init__(self, *, max_length, **kwargs):
        # Django's own checks of NUL and length are replaced: they speak of "null characters" and count after them.
        super().__init__(max_length=None, strip=False, **kwargs)
        self.validators = [check for check in self.validators if "NullCharacters" not in type(check).__name__]
        self.max_length = max_length

    def to_python(self, value):
        if value in self.empty_values:
            return self.empty_value
        if not isinstance(value, str):
            raise ValidationError(self._say("must be text"), code="not_text")
        # A half character breaks normalisation and storage, so it is looked for before anything else is done.
        bad = unstorable(value.replace("\r\n", "\n").replace("\r", "\n"), lines=True)
        if bad is not None:
            raise ValidationError(self._unstorable(bad), code="unstorable")
        value = tidy(value)
        if is_blank(value):
            return self.empty_value
        value = value.strip()
        if not self.lines:
            if unstorable(value, lines=False) is not None:
                raise ValidationError(self._say("must be on one line"), code="one_line")
            value = value.replace("\t", " ")
        if self.max_length is not None and len(value) > self.max_length:
            over = len(value) - self.max_length
            raise ValidationError(
                self._say(f"must be {self.max_length:,} characters or fewer. It is {over:,} too long"),
                code="max_length",
            )
        return value

    def has_changed(self, initial, data):
        return super().has_changed(tidy(initial or ""), tidy(data) if isinstance(data, str) else data)

    def _say(self, rest):
        return f"{_subject(self.label, 'This answer')} {rest}."

    def _unstorable(self, character):
        code = ord(character)
        what = "an incomplete character" if 0xD800 <= code <= 0xDFFF else "a hidden control character"
        return self._say(f"contains {what} that cannot be kept (U+{code:04X}). Delete it, or type the text again")


class Line(_Text):
    """One line of text: trimmed, composed, without line breaks or control characters.

    :param max_length: in code points after composing (200)
    """

    lines = False
    widget = forms.TextInput

    def __init__(self, *, max_length=LINE_LENGTH, **kwargs):
        super().__init__(max_length=max_length, **kwargs)


class Prose(_Text):
    """Text of several lines: trimmed, composed, without control characters, with a count of what is left.

    :param max_length: in code points after composing (20,000)
    :param rows: the height of the box in lines
    """

    widget = forms.Textarea

    def __init__(self, *, max_length=PROSE_LENGTH, rows=6, **kwargs):
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows, "count": True}))
        super().__init__(max_length=max_length, **kwargs)


class WholeNumber(forms.IntegerField):
    """A whole number, asked in a text box that brings up the number pad.

    Digits of any script and thousands commas are read; signs other than a minus, points, exponents and underscores
    are refused, and so is anything longer than nine digits.
    """

    widget = forms.TextInput

    def __init__(self, *, min_value=0, max_value=999_999_999, **kwargs):
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "numeric", "spellcheck": "false", "width": "5"})
        )
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)
        what = _subject(self.label, "This number")
        self.error_messages["invalid"] = f"{what} must be a whole number, like 12."
        self.validators = []

    def to_python(self, value):
        if value in self.empty_values:
            return None
        text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", str(value)).strip()
        if not re.fullmatch(r"-?\d{1,9}", text):
            long = re.fullmatch(r"-?\d{10,}", text)
            if long:
                raise ValidationError(self._bounds(), code="bounds")
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(text)

    def validate(self, value):
        super().validate(value)
        if value is not None and not self.min_value <= value <= self.max_value:
            raise ValidationError(self._bounds(), code="bounds")

    def _bounds(self):
        what = _subject(self.label, "This number")
        return f"{what} must be between {self.min_value:,} and {self.max_value:,}."


# --------------------------------------------------------------------------------------------------------- choices


class Label(str):
    """The words of one choice, with a hint below them and whether it excludes the others."""

    hint = ""
    exclusive = False

    def __new__(cls, text, *, hint="", exclusive=False):
        label = super().__new__(cls, text)
        label.hint = hint
        label.exclusive = exclusive
        return label


def choice(value, text, *, hint="", exclusive=False):
    """One row for a field's `choices`.

    :param hint: a line shown under the words
    :param exclusive: for "none of these": choosing it clears the others, and both together are refused
    """
    return value, Label(text, hint=hint, exclusive=exclusive)


class OneOf(forms.ChoiceField):
    """One choice of a few, as radios."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.error_messages["invalid_choice"] = "Choose one of the answers in the list."


class AnyOf(forms.MultipleChoiceField):
    """Any number of choices, as checkboxes; a choice marked exclusive must stand alone."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.error_messages["invalid_choice"] = "Choose from the answers in the list."
        self.error_messages["invalid_list"] = "Choose from the answers in the list."

    def validate(self, value):
        super().validate(value)
        for key, text in self.choices:
            if getattr(text, "exclusive", False) and str(key) in value and len(set(value)) > 1:
                raise ValidationError(f"Choose either “{text}” or the answers that apply, not both.", code="exclusive")


# ----------------------------------------------------------------------------------------------------------- dates

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan", "ionawr", "ion"),
            ("february", "feb", "chwefror", "chwef"),
            ("march", "mar", "mawrth", "maw"),
            ("april", "apr", "ebrill", "ebr"),
            ("may", "mai"),
            ("june", "jun", "mehefin", "meh"),
            ("july", "jul", "gorffennaf", "gorff"),
            ("august", "aug", "awst"),
            ("september", "sept", "sep", "medi"),
            ("october", "oct", "hydref", "hyd"),
            ("november", "nov", "tachwedd", "tach"),
            ("december", "dec", "rhagfyr", "rhag"),
        ),
        start=1,
    )
    for name in names
}

_BOXES = ("day", "month", "year")


class DateBoxes(forms.Widget):
    """Three boxes for a day, a month and a year; what was typed stays, right or wrong.

    The boxes are named `<name>-day`, `<name>-month` and `<name>-year`.
    """

    def value_from_datadict(self, data, files, name):
        return {box: data.get(f"{name}-{box}", "") for box in _BOXES}

    def value_omitted_from_data(self, data, files, name):
        return not any(f"{name}-{box}" in data for box in _BOXES)

    def format_value(self, value):
        """The three texts to show: of a date, or of what was typed."""
        if isinstance(value, str):
            value = _parsed(value)
        if isinstance(value, date):
            return {"day": str(value.day), "month": str(value.month), "year": str(value.year)}
        if isinstance(value, dict):
            return {box: "" if value.get(box) is None else str(value.get(box)) for box in _BOXES}
        return dict.fromkeys(_BOXES, "")

    def id_for_label(self, id_):
        return f"{id_}-day" if id_ else id_

    def use_required_attribute(self, initial):
        return False


def _parsed(text):
    try:
        return parse_date(text)
    except ValueError:
        return None


class DateField(forms.Field):
    """A date from three boxes.

    Read are "3" and "03", a month as number or name (English or Welsh), a year of four digits or of two: a two-digit
    year is the one within the hundred years that start at `earliest`.

    :param earliest: the first date allowed, or a callable without arguments (1 January 1990)
    :param latest: the last date allowed, or a callable; None for no limit. `campion.fields.today` is London's today
    :raises ValidationError: whose `params["boxes"]` names the boxes to mend, for the link in the error summary
    """

    widget = DateBoxes

    def __init__(self, *, earliest=date(1990, 1, 1), latest=None, **kwargs):
        super().__init__(**kwargs)
        self.earliest = earliest
        self.latest = latest

    def clean(self, value):
        typed = DateBoxes().format_value(value)
        # Digits of any script count; spaces, points and the ending of "3rd" are what people add.
        typed = {box: unicodedata.normalize("NFKC", text).strip().strip(".,/-").strip() for box, text in typed.items()}
        missing = [box for box in _BOXES if is_blank(typed[box])]
        if len(missing) == 3:
            if self.required:
                raise self._wrong(required_sentence(self.label or "date"), _BOXES, code="required")
            return None
        if missing:
            words = " and a ".join(missing)
            raise self._wrong(f"{{This}} must include a {words}.", missing, code="incomplete")
        day, month, year = self._day(typed["day"]), self._month(typed["month"]), self._year(typed["year"])
        try:
            found = date(year, month, day)
        except ValueError:
            raise self._wrong(
                "{This} must be a real date. Check the day of the month.", ("day",), code="unreal"
            ) from None
        self._within(found)
        self.run_validators(found)
        return found

    def has_changed(self, initial, data):
        if self.disabled:
            return False
        return DateBoxes().format_value(initial) != DateBoxes().format_value(data)

    def _day(self, text):
        text = re.sub(r"(?<=\d)(st|nd|rd|th)$", "", text.lower())
        if re.fullmatch(r"\d{1,2}", text) and 1 <= int(text) <= 31:
            return int(text)
        raise self._wrong("The day must be a number from 1 to 31.", ("day",), code="day")

    def _month(self, text):
        if re.fullmatch(r"\d{1,2}", text) and 1 <= int(text) <= 12:
            return int(text)
        if text.lower() in _MONTHS:
            return _MONTHS[text.lower()]
        raise self._wrong("The month must be a number from 1 to 12, or a name like March.", ("month",), code="month")

    def _year(self, text):
        if re.fullmatch(r"\d{4}", text) and int(text) >= 1:
            return int(text)
        if re.fullmatch(r"\d{2}", text):
            start = self._limit(self.earliest)
            start = start.year if start else 1990
            return start + (int(text) - start) % 100
        raise self._wrong("The year must have 4 numbers, like 2026.", ("year",), code="year")

    def _within(self, found):
        earliest, latest = self._limit(self.earliest), self._limit(self.latest)
        if latest and found > latest:
            if latest == today():
                raise self._wrong("{This} must be today or in the past.", _BOXES, code="future")
            raise self._wrong(f"{{This}} must be on or before {_spoken(latest)}.", _BOXES, code="latest")
        if earliest and found < earliest:
            raise self._wrong(f"{{This}} must be on or after {_spoken(earliest)}.", _BOXES, code="earliest")

    @staticmethod
    def _limit(limit):
        return limit() if callable(limit) else limit

    def _wrong(self, sentence, boxes, *, code):
        label = str(self.label or "the date")
        return ValidationError(
            self.error_messages["required"]
            if code == "required" and self.error_messages["required"] != forms.Field.default_error_messages["required"]
            else sentence.replace("{This}", capfirst(label)),
            code=code,
            params={"boxes": tuple(boxes)},
        )


def today():
    """Today's date in London."""
    return timezone.localdate()


def _spoken(day):
    return f"{day.day} {day:%B %Y}"


# ------------------------------------------------------------------------------------------------------------ time


class TimeInput(forms.TextInput):
    """A text box for a time of day."""

    def format_value(self, value):
        if isinstance(value, time):
            return value.strftime("%H:%M")
        return super().format_value(value)


class TimeField(forms.Field):
    """A time of day, as people write it: 03:12, 3.12, 0312, 3:12am, 3pm, midnight, noon.

    Without am or pm the 24-hour clock is meant.
    """

    widget = TimeInput
    default_error_messages = {"invalid": "Enter a time like 03:12, or 3:12am."}
    _words = {"midnight": time(0, 0), "noon": time(12, 0), "midday": time(12, 0)}
    _written = re.compile(
        r"(?P<hour>\d{1,2})(?:[:.h ]?(?P<minute>\d{2}))?(?:[:.]\d{2})?"
        r"\s*(?P<half>[ap]\.?\s?m?\.?)?(?:\s?(?:hrs?|hours))?",
        re.IGNORECASE,
    )

    def to_python(self, value):
        if isinstance(value, time) or value in self.empty_values:
            return value or None
        text = unicodedata.normalize("NFKC", str(value)).strip().lower()
        if is_blank(text):
            return None
        if text in self._words:
            return self._words[text]
        found = self._written.fullmatch(text) if len(text) <= 20 else None
        if not found:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        hour, minute = int(found["hour"]), int(found["minute"] or 0)
        half = (found["half"] or "")[:1]
        if half and not 1 <= hour <= 12:
            raise ValidationError("With am or pm, the hour must be from 1 to 12.", code="half")
        if half:
            hour = hour % 12 + (12 if half == "p" else 0)
        if hour == 24 and minute == 0:
            raise ValidationError("Enter 00:00 for midnight, with the date of the day that begins then.", code="24")
        if hour > 23 or minute > 59:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return time(hour, minute)

    def has_changed(self, initial, data):
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True
