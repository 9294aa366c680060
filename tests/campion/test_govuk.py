"""The bridge to the GOV.UK components, the tags, and the pages that need no database."""

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseNotAllowed
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe

from campion import context, govuk
from campion.fields import AnyOf, DateField, Line, OneOf, Prose, TimeField, WholeNumber, choice
from campion.views import errors, front, gallery

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7|add:7 }}{% debug %}${7*7}"


class Elements(HTMLParser):
    """Every element of a piece of HTML, with its attributes, in order."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(str(html))

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, tag, **wanted):
        return [
            attrs
            for name, attrs in self.found
            if name == tag
            and all(attrs.get(key.rstrip("_").replace("_", "-")) == value for key, value in wanted.items())
        ]

    def one(self, tag, **wanted):
        found = self.all(tag, **wanted)
        assert len(found) == 1, f"{len(found)} <{tag}> with {wanted}"
        return found[0]


def render(source, **values):
    return Template(source).render(Context(values))


def is_harmless(html):
    elements = Elements(html)
    return (
        not elements.all("script")
        and not elements.all("img")
        and not [attrs for _, attrs in elements.found if any(name.startswith("on") for name in attrs)]
        and "{{ 7" in html
        and "{% debug" in html
    )


class Report(forms.Form):
    name = Line(label="Name", help_text="As on your card", max_length=20)
    words = Prose(label="Words", max_length=500)
    bare = forms.CharField(label="Bare", widget=forms.Textarea, required=False)
    when = DateField(label="Date it happened")
    at = TimeField(label="Time")
    who = OneOf(label="Who?", choices=[choice("me", "Me"), choice("other", "Someone else", hint="A colleague")])
    other = Prose(label="Who else", required=False)
    what = AnyOf(label="What?", choices=[choice("a", "A"), choice("b", "B"), choice("no", "None", exclusive=True)])
    place = forms.ChoiceField(
        label="Place", choices=[("", "---------"), ("In", [("1", "Home")]), ("Out", [("2", "Street")])]
    )
    days = WholeNumber(label="Days")
    count = forms.IntegerField(label="Count", required=False)
    email = forms.EmailField(label="E-mail address")
    phone = forms.CharField(label="Phone", widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))
    secret = forms.CharField(label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    photo = forms.FileField(label="Photo", widget=forms.ClearableFileInput(attrs={"accept": "image/*"}))
    agree = forms.BooleanField(label="I agree")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


def drawn(name, data=None, initial=None, **extra):
    return Elements(govuk.field(Report(data, initial=initial)[name], **extra))


# Fields --------------------------------------------------------------------------------------------------------------


def test_a_line_of_text():
    elements = drawn("name", initial={"name": "Sam"}, width="10", autocomplete="off")
    box = elements.one("input")
    assert (box["type"], box["id"], box["name"], box["value"]) == ("text", "id_name", "name", "Sam")
    assert box["autocomplete"] == "off"
    assert "govuk-input--width-10" in box["class"]
    assert "id_name-hint" in box["aria-describedby"]
    assert not {"maxlength", "required", "placeholder"} & set(box)
    assert elements.one("label")["for"] == "id_name"


def test_none_is_shown_as_nothing():
    for name in ("name", "words", "days", "email", "seen"):
        assert "None" not in govuk.field(Report(initial={name: None})[name])


def test_text_counts_down_only_where_it_is_asked_to():
    assert drawn("words").all("div", data_module="govuk-character-count", data_maxlength="500")
    assert not drawn("bare").all("div", data_module="govuk-character-count")


@pytest.mark.parametrize("extra", [{}, {"reveals": {"other": "other"}}])
def test_line_breaks_survive_being_drawn_inside_other_components(extra):
    form = Report({"who": "other", "other": "one\r\n  two\n\nthree"})
    if extra:
        html = govuk.field(form["who"], reveals={"other": form["other"]})
    else:
        html = govuk.field(form["other"])
    wrapped = render('{% govukblock "details" summaryText="x" %}{{ html }}{% endgovukblock %}', html=html)
    inside = re.search(r"<textarea[^>]*>(.*?)</textarea>", wrapped, re.DOTALL)[1]
    assert inside.replace("&#10;", "\n") == "one\n  two\n\nthree"


def test_a_date_is_three_boxes_in_a_group():
    elements = drawn("when", initial={"when": date(2026, 3, 7)})
    assert [(box["name"], box["id"], box["value"]) for box in elements.all("input")] == [
        ("when-day", "id_when-day", "7"),
        ("when-month", "id_when-month", "3"),
        ("when-year", "id_when-year", "2026"),
    ]
    assert elements.one("fieldset")["role"] == "group"


def test_only_the_wrong_box_of_a_date_is_marked_and_linked():
    form = Report({"when-day": "7", "when-month": "13", "when-year": "2026"})
    boxes = Elements(govuk.field(form["when"])).all("input")
    assert ["govuk-input--error" in box["class"] for box in boxes] == [False, True, False]
    assert [box["value"] for box in boxes] == ["7", "13", "2026"]
    assert Elements(govuk.error_summary(form)).all("a", href="#id_when-month")


def test_radios_keep_their_choice_and_reveal_a_field():
    form = Report({"who": "other"})
    html = govuk.field(form["who"], reveals={"other": form["other"]})
    elements = Elements(html)
    first, second = elements.all("input", type="radio")
    assert first["id"] == "id_who"
    assert "checked" not in first and "checked" in second
    assert second["data-aria-controls"] == "conditional-id_who-2"
    assert elements.one("div", id="conditional-id_who-2")
    assert elements.one("textarea", name="other")
    assert "A colleague" in html


def test_checkboxes_are_not_taken_for_radios_and_know_what_excludes():
    elements = drawn("what", {"what": ["b"]})
    boxes = elements.all("input", type="checkbox")
    assert ["checked" in box for box in boxes] == [False, True, False]
    assert boxes[0]["id"] == "id_what"
    assert [box.get("data-behaviour") for box in boxes] == [None, None, "exclusive"]
    assert elements.one("div", class_="govuk-checkboxes__divider")


def test_a_select_has_groups_and_no_dashes():
    html = govuk.field(Report(initial={"place": "2"})["place"])
    elements = Elements(html)
    assert [group["label"] for group in elements.all("optgroup")] == ["In", "Out"]
    assert "selected" in elements.one("option", value="2")
    assert "----" not in html
    assert "Choose one" in html


def test_numbers_are_text_with_the_number_pad():
    for name in ("days", "count"):
        box = drawn(name, initial={name: 3}).one("input")
        assert (box["type"], box["inputmode"], box["value"]) == ("text", "numeric", "3")


def test_other_single_fields():
    assert drawn("email").one("input")["autocomplete"] == "email"
    assert drawn("phone").one("input")["autocomplete"] == "tel"
    assert drawn("photo").one("input")["accept"] == "image/*"
    secret = drawn("secret", {"secret": "hunter2"}).one("input")
    assert secret["autocomplete"] == "new-password"
    assert "value" not in secret
    tick = drawn("agree", {"agree": "on"}).one("input")
    assert (tick["type"], tick["id"]) == ("checkbox", "id_agree")
    assert "checked" in tick
    assert "checked" not in drawn("agree", {}).one("input")
    hidden = drawn("seen", initial={"seen": "7"}).one("input")
    assert (hidden["type"], hidden["id"], hidden["value"]) == ("hidden", "id_seen", "7")


def test_a_heading_is_the_page_heading():
    assert drawn("name", heading=True).one("h1", class_="govuk-label-wrapper")
    assert drawn("who", heading=True).one("h1", class_="govuk-fieldset__heading")


def test_a_field_that_is_none_is_a_mistake_of_the_template():
    with pytest.raises(TypeError, match="spelt right"):
        render("{% govukfield form.missing %}", form=Report())


def test_every_error_is_linked_to_something_that_can_be_focused():
    form = Report({})
    html = govuk.error_summary(form) + "".join(govuk.field(field) for field in form)
    elements = Elements(html)
    ids = {attrs["id"] for name, attrs in elements.found if name in {"input", "textarea", "select"} and "id" in attrs}
    links = [attrs["href"].lstrip("#") for attrs in elements.all("a")]
    assert len(links) == 13
    assert set(links) <= ids
    assert "This field is required" not in html
    assert "Tick the box: “I agree”." in html


def test_errors_are_listed_once_and_those_of_the_whole_form_first():
    form = Report({})
    form.add_error(None, "Changed in another tab.")
    form.add_error("name", "Enter the name.")
    html = govuk.error_summary(form, [("Changed in another tab.", None)])
    assert html.count("Changed in another tab.") == 1
    assert html.count("Enter the name.") == 1
    assert html.index("Changed in another tab.") < html.index("Enter the name.")
    assert govuk.error_summary(Report()) == ""


# Nothing that people type becomes markup -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        '{% govuk "button" text=hostile name=hostile value=hostile href=hostile attributes__data_x=hostile %}',
        '{% govuk "inset-text" html=hostile %}',
        '{% govuk "notification-banner" text=hostile titleHtml=hostile %}',
        '{% govuk "panel" titleText=hostile html=hostile %}',
        "{% status_tag hostile %}",
        "{% identity_bar title=hostile caption=hostile status=hostile %}",
        "{% timeline events %}",
        "{% summary_list rows title=hostile %}",
        "{% task_list tasks %}",
        "{% empty_state hostile hint=hostile href=hostile action=hostile %}",
        "{% sort_header hostile hostile %}",
        "{% tel hostile %}",
        "{% govukmessages messages %}",
        "{% govukfield form.name label=hostile hint=hostile prefix=hostile classes=hostile %}",
        "{% govukfield form.words %}{{ hostile }}",
        "{% govukfield form.who label=hostile %}",
        "{% govukfield form.place %}{{ hostile }}",
        "{% govukfield form.when %}",
        "{% govukfield form.seen %}",
        "{% govukerrors form %}",
    ],
)
def test_hostile_text_stays_text(source):
    form = Report(dict.fromkeys(("name", "words", "who", "place", "when-day", "seen"), HOSTILE))
    form.fields["name"].max_length = None
    form.add_error(None, HOSTILE)
    html = render(
        source,
        hostile=HOSTILE,
        form=form,
        events=[{"title": HOSTILE, "by": HOSTILE, "text": HOSTILE, "at": datetime(2026, 1, 1, tzinfo=UTC)}],
        rows=[
            {"key": HOSTILE, "value": HOSTILE, "change": HOSTILE, "what": HOSTILE},
            {"key": "k", "value": f"{HOSTILE}\n{HOSTILE}"},
            {"key": "k", "value": [HOSTILE]},
        ],
        tasks=[{"title": HOSTILE, "hint": HOSTILE, "status": HOSTILE, "href": HOSTILE, "colour": "grey"}],
        messages=[SimpleNamespace(message=HOSTILE, level_tag="info")],
    )
    assert is_harmless(html)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", " JavaScript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x"],
)
def test_a_link_leads_only_where_links_may_lead(address):
    assert govuk.address(address) == "#"
    assert Elements(govuk.macro("back-link", {"href": address})).one("a")["href"] == "#"


@pytest.mark.parametrize(
    "address", ["/reports/", "?page=2", "#id", "https://a.example/", "mailto:a@b.example", "tel:999"]
)
def test_ordinary_links_are_left_alone(address):
    assert govuk.address(address) == address


def test_markup_that_was_vouched_for_is_kept_and_lazy_text_is_read():
    assert "<b>x</b>" in govuk.macro("inset-text", {"html": mark_safe("<b>x</b>")})
    assert "late" in govuk.macro("inset-text", {"text": lazystr("late")})


def test_half_a_character_does_not_stop_a_page():
    govuk.macro("inset-text", {"text": "a\ud800b"}).encode()


@pytest.mark.parametrize("name", ["nothing", "../button", "Button", "", "govuk-button"])
def test_an_unknown_component_is_named(name):
    with pytest.raises(govuk.UnknownComponent):
        govuk.macro(name, {})


def test_attributes_are_given_one_by_one():
    with pytest.raises(TypeError):
        govuk.macro("button", {"text": "x", "attributes": 'onclick="x"'})


# Our own components --------------------------------------------------------------------------------------------------


def test_a_heading_sorts_both_ways_and_keeps_the_rest_of_the_address():
    def heading(query):
        request = RequestFactory().get(f"/queue/?{query}")
        elements = Elements(render('{% sort_header "Sent" "sent" %}', request=request))
        return elements.one("th")["aria-sort"], elements.one("a")["href"]

    assert heading("state=late&page=3") == ("none", "?state=late&sort=sent")
    assert heading("sort=sent") == ("ascending", "?sort=-sent")
    assert heading("sort=-sent") == ("descending", "?sort=sent")
    assert heading("sort=other") == ("none", "?sort=sent")


def test_pages_are_linked_with_the_rest_of_the_address():
    request = RequestFactory().get("/queue/?sort=-sent&page=2")
    html = render("{% pagination page %}", request=request, page=Paginator(range(90), 10).page(2))
    elements = Elements(html)
    assert elements.one("a", rel="next")["href"] == "?sort=-sent&page=3"
    assert elements.one("a", aria_current="page")["href"] == "?sort=-sent&page=2"
    assert render("{% pagination page %}", request=request, page=Paginator(range(5), 10).page(1)) == ""


def test_a_summary_says_what_each_change_link_changes():
    html = render("{% summary_list rows %}", rows=[{"key": "Place", "value": None, "change": "/x/"}])
    assert "Not answered" in html
    assert re.search(r'href="/x/">Change<span class="govuk-visually-hidden">\s+place</span>', html)


def test_a_status_has_one_of_the_colours():
    with pytest.raises(ValueError, match="none of them"):
        render('{% status_tag "x" "pink" %}')


def test_a_number_is_dialled_without_its_spaces():
    assert Elements(render('{% tel "0300 012 0030" %}')).one("a")["href"] == "tel:03000120030"


def test_several_messages_are_one_banner():
    said = [SimpleNamespace(message=text, level_tag="success") for text in ("One.", "Two.")]
    html = render("{% govukmessages messages %}", messages=said)
    assert html.count("govuk-notification-banner__title") == 1
    assert "govuk-notification-banner--success" in html
    assert "One." in html and "Two." in html


# Navigation and pages ------------------------------------------------------------------------------------------------


def test_the_navigation_shows_what_a_person_may_use_and_marks_where_they_are():
    entries = [
        context.Entry("Front", "front"),
        context.Entry("Help", "help"),
        context.Entry("Hidden", "privacy", lambda user: False),
        context.Entry("Not installed", "no-such-page"),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(context, "NAVIGATION", entries)
        shown = context.navigation_for(SimpleNamespace(), "/help/")
    assert [item["text"] for item in shown] == ["Front", "Help"]
    assert shown[1]["current"] is True


def anonymous(path="/", **headers):
    return RequestFactory().get(path, headers=headers)


@pytest.mark.parametrize("view", [front.front, front.help_page, front.accessibility, front.privacy])
def test_public_pages_need_no_database_and_can_be_left(view):
    html = view(anonymous()).render().content.decode()
    elements = Elements(html)
    assert elements.one("h1")
    assert elements.one("main")["id"] == "main-content"
    assert elements.all("a", href="#main-content")
    leave = [attrs for attrs in elements.all("a") if "data-leave-page" in attrs]
    assert leave[0]["href"].startswith("https://")
    assert "style" not in {name for _, attrs in elements.found for name in attrs}
    assert not [attrs for attrs in elements.all("script") if "src" not in attrs]


def test_help_is_told_with_numbers_that_a_tap_calls():
    html = front.front(anonymous()).render().content.decode()
    for number in ("999", "101", "116123", "03000120030", "03001312789", "08081689111"):
        assert f'href="tel:{number}"' in html


@override_settings(DEMO=True)
def test_a_demonstration_says_so():
    assert "every person and report here is invented" in front.front(anonymous()).render().content.decode()


@override_settings(DEMO=False)
def test_the_real_service_does_not_call_itself_a_demonstration():
    assert "is invented" not in front.front(anonymous()).render().content.decode()


def test_a_page_with_errors_says_so_in_its_title_and_its_status():
    page = gallery.gallery(RequestFactory().post("/gallery/", {"own-name": HOSTILE})).render()
    html = page.content.decode()
    assert page.status_code == 422
    assert re.search(r"<title>Error: Component gallery\s*– Campion</title>", html)
    assert html.index("There is a problem") < html.index("<h1")


def test_the_gallery_draws_every_state_and_repeats_no_id():
    html = gallery.gallery(anonymous("/gallery/")).render().content.decode()
    ids = [attrs["id"] for _, attrs in Elements(html).found if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert "<script>alert" not in html


@pytest.mark.parametrize("status", sorted(errors.PROBLEMS))
def test_every_problem_has_a_page_that_says_what_was_kept_and_what_to_do(status):
    page = errors.answer(anonymous(), status)
    problem = errors.PROBLEMS[status]
    html = page.content.decode()
    assert page.status_code == status
    assert problem.title in html
    assert problem.kept in html
    assert problem.do in html
    assert "error occurred" not in html


def test_a_script_is_answered_in_words_too():
    page = errors.answer(anonymous(**{"X-Autosave": "1"}), 403)
    assert page["Content-Type"] == "application/json"
    assert b"Nothing was changed." in page.content


def test_the_page_for_our_own_fault_needs_no_context():
    assert "Something is wrong at our end" in render_to_string("500.html")
    assert errors.broken(anonymous()).status_code == 500


def test_a_page_that_cannot_be_drawn_gives_way_to_the_plain_one(monkeypatch):
    monkeypatch.setattr(context, "navigation_for", lambda user, path: 1 / 0)
    request = anonymous()
    request.user = SimpleNamespace(is_authenticated=True)
    page = errors.answer(request, 404)
    assert page.status_code == 404
    assert "Page not found" in page.content.decode()


def test_bare_answers_get_their_page():
    page = errors.PlainWords(lambda request: HttpResponseNotAllowed(["GET", "HEAD"]))(anonymous())
    assert page.status_code == 405
    assert page["Allow"] == "GET, HEAD"
    assert b"does not work that way" in page.content
    assert errors.PlainWords(lambda request: HttpResponse("ok"))(anonymous()).content == b"ok"
    own = errors.PlainWords(lambda request: HttpResponse("own words", status=429))(anonymous())
    assert own.content == b"own words"
