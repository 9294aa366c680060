"""The component gallery: every component and field of the product, empty, filled and wrong, for eyes and for tests."""

from datetime import UTC, date, datetime

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from campion.fields import AnyOf, DateField, Line, OneOf, Prose, TimeField, WholeNumber, choice, today


class Gallery(forms.Form):
    """One field of every kind."""

    name = Line(label="Collar number", help_text="As on your warrant card, like 1234", max_length=20)
    when = DateField(label="Date it happened", latest=today)
    at = TimeField(label="Time it happened", help_text="For example, 03:12 or 3:12am")
    who = OneOf(
        label="Who was assaulted?",
        choices=[
            choice("me", "Me"),
            choice("colleague", "A colleague", hint="They can take the report over from you"),
            choice("several", "Several of us"),
        ],
        error_messages={"required": "Choose who was assaulted."},
    )
    colleague = Line(label="Their collar number", required=False, max_length=20)
    what = AnyOf(
        label="What happened?",
        help_text="Choose all that apply",
        choices=[
            choice("hit", "Hit, kicked or pushed"),
            choice("spat", "Spat at", hint="Including a deliberate near miss"),
            choice("none", "None of these", exclusive=True),
        ],
        error_messages={"required": "Choose what happened."},
    )
    place = forms.ChoiceField(
        label="Kind of place",
        choices=[
            ("", "---------"),
            ("Outdoors", [("street", "Street"), ("park", "Park")]),
            ("Indoors", [("home", "A home"), ("pub", "Pub or club")]),
        ],
    )
    words = Prose(label="Anything else, in your own words", max_length=500, required=False)
    note = Prose(
        label="A note without a count",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    days = WholeNumber(label="Days on restricted duty", max_value=366, required=False)
    email = forms.EmailField(label="Email address")
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    photo = forms.FileField(label="A photo", help_text="JPEG, PNG or HEIC, up to 20 MB", required=False)
    agree = forms.BooleanField(label="I have read this back and it is what happened")
    locked = Line(label="Reference", disabled=True, initial="K7QM-4D2X", required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


HOSTILE = '<script>alert(1)</script> {{ 7|add:7 }} "><img src=x onerror=alert(1)> \u202eesrever\u202c ' + "W" * 90

WRONG = {
    "name": "12\x0034",
    "when-day": "31",
    "when-month": "February",
    "when-year": "2026",
    "at": "half past",
    "what": ["hit", "none"],
    "words": "x" * 503,
    "days": "1e9",
    "email": "someone",
    "seen": "a",
}

FILLED = {
    "name": "1234",
    "when": date(2026, 3, 27),
    "at": "03:12",
    "who": "colleague",
    "colleague": "5678",
    "what": ["spat"],
    "place": "pub",
    "words": "He turned as I opened the van door.\nThen he spat.",
    "note": HOSTILE,
    "days": 2,
    "email": "sam.example@example.org",
    "agree": True,
}

ROWS = [
    {"key": "What happened", "value": ["Spat at", "Threatened"], "change": "#", "what": "what happened"},
    {"key": "Your words", "value": "First line.\nSecond line.\n\nAnother paragraph.", "change": "#"},
    {"key": "Injured", "value": False, "change": "#"},
    {"key": "Crime number", "value": None, "change": "#", "verb": "Add"},
    {"key": "Somebody’s text", "value": HOSTILE},
]

EVENTS = [
    {"title": "Support offered", "at": datetime(2026, 3, 27, 9, 40, tzinfo=UTC), "text": "Decide by 31 March 2026."},
    {"title": "Report accepted", "by": "Sgt Example", "at": datetime(2026, 3, 27, 6, 5, tzinfo=UTC)},
    {"title": "Report submitted", "by": "PC Sample", "at": date(2026, 3, 27), "text": HOSTILE},
]

TASKS = [
    {"title": "Injury and treatment", "href": "#", "status": "Not started", "colour": "blue"},
    {"title": "Weapons", "href": "#", "hint": "Two questions", "status": "In progress", "colour": "yellow"},
    {"title": "The assault", "href": "#", "status": "Completed"},
    {"title": HOSTILE, "status": "Cannot start yet", "colour": "grey"},
]

COLOURS = ("grey", "green", "teal", "blue", "purple", "magenta", "red", "orange", "yellow")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def gallery(request):
    """Show every component; a POST shows the form as a page with errors shows it, with status 422."""
    form = Gallery(request.POST, request.FILES, prefix="own") if request.method == "POST" else Gallery(prefix="own")
    wrong = Gallery({f"wrong-{key}": value for key, value in WRONG.items()}, prefix="wrong")
    wrong.add_error(None, "The report was changed in another tab. Check it before you save.")
    pages = Paginator(range(1, 500), 20)
    return TemplateResponse(
        request,
        "gallery.html",
        {
            "form": form,
            "filled": Gallery(initial=FILLED, prefix="filled"),
            "wrong": wrong,
            "hostile": HOSTILE,
            "rows": ROWS,
            "events": EVENTS,
            "tasks": TASKS,
            "colours": COLOURS,
            "page": pages.get_page(request.GET.get("page", 4)),
            "tabs": [
                {"label": "This week", "id": "this-week", "panel": {"text": "Three reports."}},
                {"label": "Last week", "id": "last-week", "panel": {"text": "Five reports."}},
            ],
            "crumbs": [{"text": "Home", "href": "/"}, {"text": "Gallery"}],
            "sections": [
                {"heading": {"text": "First section"}, "content": {"text": "Its content."}},
                {"heading": {"text": "Second section"}, "content": {"text": HOSTILE}},
            ],
        },
        status=422 if form.is_bound and not form.is_valid() else 200,
    )
