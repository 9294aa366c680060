"""Text that can be stored, dates and times as people write them, choices that exclude each other. No database."""

import unicodedata
from datetime import date, time

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from campion.fields import (
    AnyOf,
    DateBoxes,
    DateField,
    Line,
    OneOf,
    Prose,
    TimeField,
    WholeNumber,
    choice,
    is_blank,
    required_sentence,
    today,
)

ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=60)


def refusal(field, value):
    with pytest.raises(ValidationError) as problem:
        field.clean(value)
    return problem.value.messages[0]


# Text ----------------------------------------------------------------------------------------------------------------


@given(ANY_TEXT)
@settings(deadline=None)
def test_text_is_refused_with_a_sentence_or_kept_whole_and_storable(text):
    field = Prose(label="Your words", max_length=40, required=False)
    try:
        kept = field.clean(text)
    except ValidationError as problem:
        assert problem.messages[0].startswith("Your words ")
        assert problem.messages[0].endswith(".")
        return
    kept.encode()
    assert kept == unicodedata.normalize("NFC", kept)
    assert not [c for c in kept if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    assert len(kept) <= 40
    assert kept == "" or not is_blank(kept)
    assert field.clean(kept) == kept
    assert kept == unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip() or kept == ""


@given(ANY_TEXT)
@settings(deadline=None)
def test_a_line_never_holds_a_line_break(text):
    try:
        kept = Line(label="Name", required=False).clean(text)
    except ValidationError:
        return
    assert kept.splitlines() in ([], [kept])


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800", "\udfff"])
@pytest.mark.parametrize("kind", [Line, Prose])
def test_what_cannot_be_kept_is_named_by_its_code(kind, character):
    said = refusal(kind(label="Name"), f"a{character}b")
    assert f"U+{ord(character):04X}" in said
    assert character not in said


@pytest.mark.parametrize(
    "nothing", ["", " ", "\n\n", "\t", "\u200b\u200d", "\ufeff", "\u2060", "\u3164", "\u2800", "\u00ad \u00a0"]
)
def test_what_shows_nothing_counts_as_empty(nothing):
    assert Prose(label="Your words", required=False).clean(nothing) == ""
    with pytest.raises(ValidationError) as problem:
        Prose(label="Your words").clean(nothing)
    assert problem.value.error_list[0].code == "required"


@pytest.mark.parametrize(
    "name", ["O’Brien-Smith", "O'Brien", "Null", "X", "Llŷr ap Gwyn", "محمد", "Nguyễn", "\u202eRLO", "👩🏽‍🚒"]
)
def test_names_are_kept(name):
    assert Line(label="Name").clean(name) == name


def test_length_is_counted_in_code_points_after_composing():
    field = Line(label="Name", max_length=3)
    assert field.clean("e\u0301e\u0301e\u0301") == "ééé"
    assert field.clean("👮👮👮") == "👮👮👮"
    assert refusal(field, "👮👮👮👮👮") == "Name must be 3 characters or fewer. It is 2 too long."


def test_a_line_is_one_line_and_prose_keeps_its_line_breaks():
    assert refusal(Line(label="Subject"), "a\r\nBcc: b") == "Subject must be on one line."
    assert refusal(Line(label="Subject"), "a\u2028b") == "Subject must be on one line."
    assert Prose(label="Words").clean("a\r\nb\rc\n") == "a\nb\nc"


def test_a_form_does_not_take_line_endings_for_a_change():
    assert not Prose(label="Words").has_changed("a\nb", "a\r\nb")


@pytest.mark.parametrize("value", [["a"], {"a": 1}, 7])
def test_what_is_no_text_is_refused(value):
    assert refusal(Line(label="Name"), value) == "Name must be text."


# Numbers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "number"), [("0", 0), (" 12 ", 12), ("1,200", 1200), ("１２", 12), ("٣٤", 34), ("", None), (None, None)]
)
def test_whole_numbers(typed, number):
    assert WholeNumber(label="Days", required=False, max_value=5000).clean(typed) == number


@pytest.mark.parametrize(
    "typed",
    ["1_000", "1e3", "1E+999999", "NaN", "Infinity", "1.5", "--1", "1 2", "²", "0x10", "9" * 5000, "-1", "5001"],
)
def test_other_numbers_are_refused(typed):
    assert refusal(WholeNumber(label="Days", max_value=5000), typed).startswith("Days must be ")


# Dates ---------------------------------------------------------------------------------------------------------------


def boxes(day, month, year):
    return {"day": day, "month": month, "year": year}


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (("3", "3", "2026"), date(2026, 3, 3)),
        (("03", "03", "26"), date(2026, 3, 3)),
        (("3rd", "March", "2026"), date(2026, 3, 3)),
        (("3", "mar", "2026"), date(2026, 3, 3)),
        (("3", "SEPT", "2025"), date(2025, 9, 3)),
        (("3", "Mawrth", "2026"), date(2026, 3, 3)),
        ((" 3 ", "3.", " 2026"), date(2026, 3, 3)),
        (("３", "٣", "２０２６"), date(2026, 3, 3)),
        (("1", "1", "95"), date(1995, 1, 1)),
        (("29", "2", "2024"), date(2024, 2, 29)),
    ],
)
def test_dates_as_people_write_them(typed, day):
    assert DateField(label="Date").clean(boxes(*typed)) == day


@pytest.mark.parametrize(
    ("typed", "wrong", "said"),
    [
        (("", "", ""), ("day", "month", "year"), "Enter the date it happened."),
        (("3", "", "2026"), ("month",), "Date it happened must include a month."),
        (("3", " ", "\u200b"), ("month", "year"), "Date it happened must include a month and a year."),
        (("32", "1", "2026"), ("day",), "The day must be a number from 1 to 31."),
        (("0", "1", "2026"), ("day",), "The day must be a number from 1 to 31."),
        (("x", "1", "2026"), ("day",), "The day must be a number from 1 to 31."),
        (("9" * 5000, "1", "2026"), ("day",), "The day must be a number from 1 to 31."),
        (("3", "13", "2026"), ("month",), "The month must be a number from 1 to 12, or a name like March."),
        (("3", "smarch", "2026"), ("month",), "The month must be a number from 1 to 12, or a name like March."),
        (("3", "3", "10000"), ("year",), "The year must have 4 numbers, like 2026."),
        (("3", "3", "202"), ("year",), "The year must have 4 numbers, like 2026."),
        (("3", "3", "0000"), ("year",), "The year must have 4 numbers, like 2026."),
        (("29", "2", "2025"), ("day",), "Date it happened must be a real date. Check the day of the month."),
        (("31", "6", "2025"), ("day",), "Date it happened must be a real date. Check the day of the month."),
        (("31", "12", "1989"), ("day", "month", "year"), "Date it happened must be on or after 1 January 1990."),
        (("1", "1", "9999"), ("day", "month", "year"), "Date it happened must be today or in the past."),
    ],
)
def test_wrong_dates_name_the_box_to_mend(typed, wrong, said):
    field = DateField(label="Date it happened", latest=today)
    with pytest.raises(ValidationError) as problem:
        field.clean(boxes(*typed))
    assert problem.value.messages == [said]
    assert problem.value.error_list[0].params["boxes"] == wrong


@given(st.fixed_dictionaries(dict.fromkeys(("day", "month", "year"), ANY_TEXT)))
@settings(deadline=None)
def test_no_text_in_the_boxes_breaks_a_date(typed):
    try:
        DateField(label="Date", required=False).clean(typed)
    except ValidationError as problem:
        assert problem.messages[0].endswith(".")


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2089, 12, 31)))
def test_a_date_shown_and_sent_back_is_the_same_date(day):
    shown = DateBoxes().format_value(day)
    assert DateField(label="Date").clean(shown) == day
    shown["year"] = f"{day.year % 100:02}"
    assert DateField(label="Date").clean(shown) == day
    assert not DateField(label="Date").has_changed(day, DateBoxes().format_value(day))


def test_what_was_typed_stays():
    class When(forms.Form):
        when = DateField(label="Date")

    form = When({"when-day": "31", "when-month": "Febuary", "when-year": "26"})
    assert not form.is_valid()
    assert DateBoxes().format_value(form["when"].value()) == boxes("31", "Febuary", "26")


def test_an_own_sentence_for_an_empty_date_is_used():
    field = DateField(label="Date", error_messages={"required": "Say when it happened."})
    assert refusal(field, boxes("", "", "")) == "Say when it happened."


# Times ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("03:12", time(3, 12)),
        ("3.12", time(3, 12)),
        ("0312", time(3, 12)),
        ("312", time(3, 12)),
        ("03:12:45", time(3, 12)),
        ("3:12am", time(3, 12)),
        ("3:12 p.m.", time(15, 12)),
        ("3pm", time(15, 0)),
        ("12am", time(0, 0)),
        ("12pm", time(12, 0)),
        ("23:59", time(23, 59)),
        ("2359hrs", time(23, 59)),
        ("Midnight", time(0, 0)),
        ("noon", time(12, 0)),
        ("０３：１２", time(3, 12)),
        ("15", time(15, 0)),
    ],
)
def test_times_as_people_write_them(typed, clock):
    assert TimeField(label="Time").clean(typed) == clock


@pytest.mark.parametrize(
    "typed", ["25:00", "24:01", "3:60", "13pm", "0am", "half past", "3:1", "9" * 5000, "-1", "3:12xm"]
)
def test_wrong_times_are_refused(typed):
    assert refusal(TimeField(label="Time"), typed).endswith(".")


def test_24_00_is_asked_back():
    assert "date of the day that begins then" in refusal(TimeField(label="Time"), "24:00")


@given(ANY_TEXT)
@settings(deadline=None)
def test_no_text_breaks_a_time(text):
    try:
        TimeField(label="Time", required=False).clean(text)
    except ValidationError as problem:
        assert problem.messages[0].endswith(".")


# Choices -------------------------------------------------------------------------------------------------------------

KINDS = [
    choice("hit", "Hit"),
    choice("spat", "Spat at", hint="A near miss counts"),
    choice("none", "None", exclusive=True),
]


def test_an_exclusive_choice_stands_alone():
    field = AnyOf(label="What", choices=KINDS)
    assert field.clean(["none"]) == ["none"]
    assert field.clean(["hit", "spat"]) == ["hit", "spat"]
    assert refusal(field, ["hit", "none"]) == "Choose either “None” or the answers that apply, not both."


def test_an_unknown_choice_is_refused_without_repeating_it():
    assert refusal(AnyOf(label="What", choices=KINDS), ["<b>"]) == "Choose from the answers in the list."
    assert refusal(OneOf(label="What", choices=KINDS), "<b>") == "Choose one of the answers in the list."


@pytest.mark.parametrize(
    ("label", "verb", "said"),
    [
        ("Collar number", "Enter", "Enter the collar number."),
        ("CAD number", "Enter", "Enter the CAD number."),
        ("Your name", "Enter", "Enter your name."),
        ("I agree", "Tick", "Tick the box: “I agree”."),
        ("What happened?", "Choose", "Answer the question “What happened?”"),
        ("", "Choose", "Choose an answer."),
    ],
)
def test_an_empty_field_is_named(label, verb, said):
    assert required_sentence(label, verb=verb) == said
