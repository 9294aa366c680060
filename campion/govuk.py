"""The one bridge to the GOV.UK component library: no page writes a component's HTML by hand.

Templates use the tags of `campion.templatetags.govuk`, which call this module.
"""

import re
from functools import cache

from django import forms
from django.forms.utils import pretty_name
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader, select_autoescape
from markupsafe import Markup, escape

from campion.fields import DateBoxes, Label, TimeInput, required_sentence, today

_environment = Environment(
    loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=ChainableUndefined,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)

# What an address on a page may start with. Anything else with a scheme (javascript:, data:) is dropped.
_SAFE_SCHEMES = {"http", "https", "mailto", "tel"}
_SCHEME = re.compile(r"[\s\x00-\x1f]*([a-z][a-z0-9+.\-\s]*):", re.IGNORECASE)
_ADDRESS_KEYS = {"href", "url", "serviceUrl", "homepageUrl", "redirectUrl"}

# Attributes of a Django widget that the macros set by themselves, or that the design system advises against:
# `required` and `maxlength` stop a person without telling why, a placeholder vanishes when it is needed.
_OWN_ATTRIBUTES = {
    "id",
    "name",
    "type",
    "value",
    "class",
    "required",
    "maxlength",
    "minlength",
    "min",
    "max",
    "step",
    "placeholder",
    "rows",
    "cols",
    "autocomplete",
    "autocapitalize",
    "inputmode",
    "spellcheck",
    "pattern",
    "multiple",
    "count",
    "width",
    "aria-invalid",
    "aria-describedby",
}


class UnknownComponent(LookupError):
    """A template named a component that the library does not have."""


@cache
def _macro(name):
    if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name):
        raise UnknownComponent(f"{name!r} is not the name of a component.")
    path = f"govuk_frontend_jinja/components/{name}/macro.html"
    if path not in _environment.list_templates():
        raise UnknownComponent(f"There is no GOV.UK component named {name!r}.")
    camel = "".join(part.capitalize() for part in name.split("-"))
    return getattr(_environment.get_template(path).module, f"govuk{camel}")


def macro(name, params):
    """Render one component, for example `macro("button", {"text": "Continue"})`.

    `None` is left out. Text is escaped by the library; `html` parameters are escaped here unless they are marked safe.

    :raises UnknownComponent: if the library has no component of that name
    """
    rendered = str(_macro(name)(_clean(params))).strip()
    # Half a character can be typed into a script and not be sent in a page: it is shown as a question mark.
    return mark_safe(rendered.encode(errors="replace").decode())  # noqa: S308 - escaped by the library and by _clean


def address(value):
    """The address, if a link may lead there: a path, http, https, mailto or tel. Otherwise `#`."""
    value = str(value)
    scheme = _SCHEME.match(value)
    if scheme and re.sub(r"\s", "", scheme[1]).lower() not in _SAFE_SCHEMES and "/" not in value[: scheme.start(1)]:
        return "#"
    return value


def _clean(value, key=""):
    """Make parameters fit for the macros: no None, no lazy text, no markup that nobody vouched for."""
    if isinstance(value, dict):
        if key == "attributes":
            return {name: _clean(item) for name, item in value.items() if item not in (None, False)}
        return {name: _clean(item, name) for name, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_clean(item) for item in value if item is not None]
    if key == "attributes":
        raise TypeError("Attributes are given as a dict, so that each value is escaped.")
    if isinstance(value, Promise):
        value = str(value)
    if key == "html" or key.endswith("Html"):
        return Markup(conditional_escape(value))  # noqa: S704 - escaped in the same breath
    if key in _ADDRESS_KEYS:
        return address(value)
    # Django's SafeString is understood by Jinja as it is; everything else is escaped there.
    return value


# ------------------------------------------------------------------------------------------------ form fields


def field(bound_field, **extra):
    """Render one bound form field with its label, hint and error.

    What may be given beside the field:

    - `label`, `hint`: other words than the form's own
    - `heading`: True makes the label or legend the page's h1
    - `size`: "s", "m", "l" or "xl": the size of the label or legend (s; l for a heading)
    - `classes`: for the control; `width`: "2", "3", "4", "5", "10", "20" characters, or "one-half" …
    - `reveals`: {value: bound field} for radios and checkboxes: the field shown when the value is chosen
    - `inline`, `small`: for radios and checkboxes
    - `prefix`, `suffix`, `autocomplete`, `inputmode`, `rows`, `attributes`

    :raises TypeError: if this is no bound field, or its widget has no component
    """
    if not isinstance(bound_field, forms.BoundField):
        raise TypeError(f"{bound_field!r} is not a field of a form: is its name spelt right?")
    widget = bound_field.field.widget
    for kinds, render in _RENDERERS:
        if isinstance(widget, kinds):
            return render(bound_field, widget, extra)
    raise TypeError(f"No component is known for the widget {type(widget).__name__} of {bound_field.name!r}.")


def control_id(bound_field):
    """The id of the first thing in a field that can be focused: where its error links to."""
    prefix = bound_field.auto_id or bound_field.html_name
    if isinstance(bound_field.field.widget, DateBoxes):
        boxes = wrong_boxes(bound_field)
        return f"{prefix}-{boxes[0] if boxes else 'day'}"
    return prefix


def errors_of(bound_field):
    """The sentences that say what is wrong with a field, each once.

    Django's "This field is required." names nothing; in its place stands a sentence that names the field.
    """
    empty = str(forms.Field.default_error_messages["required"])
    asked = bound_field.field
    verb = (
        "Tick"
        if isinstance(asked.widget, forms.CheckboxInput)
        else "Choose"
        if isinstance(asked, forms.ChoiceField | forms.FileField)
        else "Enter"
    )
    named = required_sentence(_label_text(bound_field, {}), verb=verb)
    return list(dict.fromkeys(named if str(text) == empty else str(text) for text in bound_field.errors))


def wrong_boxes(bound_field):
    """The boxes of a date that its first error is about: some of day, month, year; all of them if it names none."""
    for error in bound_field.errors.as_data():
        return list((getattr(error, "params", None) or {}).get("boxes") or ("day", "month", "year"))
    return []


def error_summary(*sources):
    """Render the box at the top of a page that lists every error of one or more forms, each linked to its field.

    :param sources: forms, form sets, or lists of (text, href) pairs
    """
    found = []
    for source in sources:
        found.extend(_errors_of(source))
    if not found:
        return SafeString("")
    unique = list(dict.fromkeys(found))
    return macro(
        "error-summary",
        {
            "titleText": "There is a problem",
            "errorList": [{"text": text, "href": href} for text, href in unique],
        },
    )


def _errors_of(source):
    if not source:
        return
    if isinstance(source, forms.BaseFormSet):
        for text in source.non_form_errors():
            yield str(text), None
        for form in source.forms:
            yield from _errors_of(form)
    elif isinstance(source, forms.BaseForm):
        if not source.is_bound:
            return
        for text in source.non_field_errors():
            yield str(text), None
        for bound_field in source:
            href = None if bound_field.is_hidden else f"#{control_id(bound_field)}"
            for text in errors_of(bound_field):
                yield text, href
    else:
        for text, href in source:
            yield str(text), href


def _label_text(bound_field, extra):
    label = extra.get("label")
    if label is None:
        label = bound_field.label
    return label if label not in (None, "") else pretty_name(bound_field.name)


def _described(bound_field, extra, *, kind):
    """What every component has: its label or legend, hint, error and classes around it."""
    heading = bool(extra.get("heading"))
    size = extra.get("size") or ("l" if heading else "s")
    text = _label_text(bound_field, extra)
    hint = extra.get("hint")
    if hint is None:
        hint = bound_field.help_text
    described = {}
    if kind == "label":
        described["label"] = {"text": text, "classes": f"govuk-label--{size}", "isPageHeading": heading}
    else:
        described["fieldset"] = {
            "legend": {"text": text, "classes": f"govuk-fieldset__legend--{size}", "isPageHeading": heading}
        }
    if hint:
        described["hint"] = {"html": conditional_escape(hint)}
    messages = errors_of(bound_field)
    if messages:
        described["errorMessage"] = {
            "html": format_html_join(mark_safe("<br>"), "{}", ((message,) for message in messages))
        }
    described["formGroup"] = {"classes": extra.get("group_classes", ""), "attributes": {}}
    return described


def _classes(*parts):
    return " ".join(str(part) for part in parts if part)


def _width(bound_field, widget, extra):
    width = extra.get("width") or widget.attrs.get("width")
    if not width:
        return ""
    return f"govuk-input--width-{width}" if str(width).isdigit() else f"govuk-!-width-{width}"


def _attributes(bound_field, widget, extra):
    """The widget's own attributes that the macros do not know: data-…, aria-…, autofocus, readonly."""
    kept = {
        name: "" if value is True else value
        for name, value in widget.attrs.items()
        if name not in _OWN_ATTRIBUTES and value not in (None, False)
    }
    return kept | (extra.get("attributes") or {})


def _named(bound_field, widget, extra):
    return {
        "id": bound_field.auto_id or bound_field.html_name,
        "name": bound_field.html_name,
        "disabled": bool(bound_field.field.disabled),
        "autocomplete": extra.get("autocomplete") or widget.attrs.get("autocomplete"),
        "attributes": _attributes(bound_field, widget, extra),
    }


def _text_value(bound_field, widget):
    value = widget.format_value(bound_field.value())
    return "" if value is None else value


def _one_line(bound_field, widget, extra):
    numeric = isinstance(widget, forms.NumberInput)
    kind = "text" if numeric else widget.input_type
    params = _described(bound_field, extra, kind="label") | _named(bound_field, widget, extra)
    spellcheck = extra.get("spellcheck", widget.attrs.get("spellcheck"))
    if spellcheck is None and (numeric or kind in {"email", "tel", "url"}):
        spellcheck = False
    params |= {
        "type": kind if kind in {"text", "email", "tel", "url", "search"} else "text",
        "value": _text_value(bound_field, widget),
        "inputmode": extra.get("inputmode") or widget.attrs.get("inputmode") or ("numeric" if numeric else None),
        "autocapitalize": widget.attrs.get("autocapitalize"),
        "spellcheck": None if spellcheck is None else str(spellcheck).lower() not in {"false", "0", ""},
        "classes": _classes(_width(bound_field, widget, extra), extra.get("classes")),
    }
    if isinstance(widget, TimeInput) and not _width(bound_field, widget, extra):
        params["classes"] = _classes("govuk-input--width-5", extra.get("classes"))
    if isinstance(widget, forms.EmailInput) and not params["autocomplete"]:
        params["autocomplete"] = "email"
    for affix in ("prefix", "suffix"):
        if extra.get(affix):
            params[affix] = {"text": extra[affix]}
    return macro("input", params)


def _password(bound_field, widget, extra):
    # A password is never put back on the page. The component shows a button to read it, so one box is enough.
    params = _described(bound_field, extra, kind="label") | _named(bound_field, widget, extra)
    params["classes"] = extra.get("classes", "")
    return macro("password-input", params)


def _many_lines(bound_field, widget, extra):
    value = str(_text_value(bound_field, widget)).replace("\r\n", "\n").replace("\r", "\n")
    params = _described(bound_field, extra, kind="label") | _named(bound_field, widget, extra)
    params |= {
        # The macros indent what is nested in them: a line break as a character reference keeps the text as typed.
        "value": Markup(str(escape(value)).replace("\n", "&#10;")),  # noqa: S704
        "rows": extra.get("rows") or widget.attrs.get("rows") or 5,
        "classes": _classes(extra.get("classes")),
    }
    limit = getattr(bound_field.field, "max_length", None)
    if limit and (extra.get("count") or widget.attrs.get("count")):
        return macro("character-count", params | {"maxlength": limit, "threshold": 75})
    return macro("textarea", params)


def _pairs(widget):
    """(group, value, label) of every choice; group is None outside groups."""
    for value, label in widget.choices:
        if isinstance(label, (list, tuple)):
            for inner, text in label:
                yield str(value), inner, text
        else:
            yield None, value, label


def _chosen(bound_field, widget):
    value = bound_field.value()
    return {str(item) for item in widget.format_value(value) if item is not None}


def _ticks(bound_field, widget, extra, *, component):
    chosen = _chosen(bound_field, widget)
    reveals = {str(value): shown for value, shown in (extra.get("reveals") or {}).items()}
    items = []
    for _, value, text in _pairs(widget):
        value = "" if value is None else str(value)
        if value == "" and str(text).startswith("---"):
            continue
        item = {"value": value, "text": text, "checked": value in chosen}
        if isinstance(text, Label):
            if text.hint:
                item["hint"] = {"text": text.hint}
            if text.exclusive:
                if items:
                    items.append({"divider": "or"})
                item["behaviour"] = "exclusive" if component == "checkboxes" else None
        if value in reveals:
            shown = reveals[value]
            shown = shown if isinstance(shown, (list, tuple)) else [shown]
            item["conditional"] = {"html": SafeString("".join(field(part) for part in shown))}
        if bound_field.field.disabled:
            item["disabled"] = True
        items.append(item)
    params = _described(bound_field, extra, kind="legend")
    params |= {
        "idPrefix": bound_field.auto_id or bound_field.html_name,
        "name": bound_field.html_name,
        "items": items,
        "classes": _classes(
            f"govuk-{component}--inline" if extra.get("inline") else "",
            f"govuk-{component}--small" if extra.get("small") else "",
            extra.get("classes"),
        ),
        "attributes": _attributes(bound_field, widget, extra),
    }
    return macro(component, params)


def _radios(bound_field, widget, extra):
    return _ticks(bound_field, widget, extra, component="radios")


def _checkboxes(bound_field, widget, extra):
    return _ticks(bound_field, widget, extra, component="checkboxes")


def _checkbox(bound_field, widget, extra):
    described = _described(bound_field, extra, kind="label")
    label = described.pop("label")
    hint = described.pop("hint", None)
    value = bound_field.value()
    item = {
        "id": bound_field.auto_id or bound_field.html_name,
        "value": widget.attrs.get("value", "on"),
        "text": label["text"],
        "checked": bool(widget.check_test(value)),
        "disabled": bool(bound_field.field.disabled),
        "attributes": _attributes(bound_field, widget, extra),
    }
    if hint:
        item["hint"] = hint
    params = described | {
        "idPrefix": bound_field.auto_id or bound_field.html_name,
        "name": bound_field.html_name,
        "items": [item],
        "classes": _classes("govuk-checkboxes--small" if extra.get("small") else "", extra.get("classes")),
    }
    return macro("checkboxes", params)


def _select(bound_field, widget, extra):
    if widget.allow_multiple_selected:
        raise TypeError(f"{bound_field.name!r} asks for several choices in one list: use checkboxes.")
    params = _described(bound_field, extra, kind="label") | _named(bound_field, widget, extra)
    chosen = _chosen(bound_field, widget)
    grouped = format_html_join(
        "",
        "{}",
        ((_options(group, options, chosen),) for group, options in _grouped(_pairs(widget))),
    )
    rendered = macro(
        "select", params | {"items": [{"value": "", "text": "\x00"}], "classes": _classes(extra.get("classes"))}
    )
    # The library's macro knows no groups, so its one stand-in option is replaced by ours.
    return mark_safe(re.sub(r"<option[^>]*>\x00</option>", lambda _: grouped, rendered, count=1))  # noqa: S308


def _grouped(pairs):
    group, options = None, []
    for name, value, text in pairs:
        if name != group and options:
            yield group, options
            options = []
        group = name
        options.append((value, text))
    if options:
        yield group, options


def _options(group, options, chosen):
    rendered = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (
                "" if value is None else value,
                mark_safe(" selected") if ("" if value is None else str(value)) in chosen else "",
                "Choose one" if str(text).startswith("-----") else text,
            )
            for value, text in options
        ),
    )
    return rendered if group is None else format_html('<optgroup label="{}">{}</optgroup>', group, rendered)


def _date(bound_field, widget, extra):
    typed = widget.format_value(bound_field.value())
    wrong = wrong_boxes(bound_field)
    names = (("day", "Day", "2"), ("month", "Month", "3"), ("year", "Year", "4"))
    birthday = {"day": "bday-day", "month": "bday-month", "year": "bday-year"}
    params = _described(bound_field, extra, kind="legend")
    params |= {
        "id": bound_field.auto_id or bound_field.html_name,
        "namePrefix": bound_field.html_name,
        "items": [
            {
                "name": name,
                "label": label,
                "value": typed[name],
                # The number pad is quickest on a phone; at a keyboard the month may also be typed as a word.
                "inputmode": "numeric",
                "autocomplete": birthday[name] if widget.attrs.get("autocomplete") == "bday" else None,
                "classes": _classes(
                    f"govuk-input--width-{width}",
                    "govuk-input--error" if name in wrong else "",
                ),
                "attributes": {"disabled": "disabled"} if bound_field.field.disabled else {},
            }
            for name, label, width in names
        ],
        "attributes": _attributes(bound_field, widget, extra),
    }
    if not params.get("hint") and extra.get("hint") is None and not bound_field.help_text:
        params["hint"] = {"text": f"For example, {_example_day()}"}
    return macro("date-input", params)


def _example_day():
    # Always a past day, and one whose day and month cannot be taken for each other.
    now = today()
    return f"27 3 {now.year if (now.month, now.day) > (3, 27) else now.year - 1}"


def _file(bound_field, widget, extra):
    params = _described(bound_field, extra, kind="label") | _named(bound_field, widget, extra)
    params |= {
        "multiple": bool(getattr(widget, "allow_multiple_selected", False) or widget.attrs.get("multiple")),
        "classes": extra.get("classes", ""),
    }
    return macro("file-upload", params)


def _hidden(bound_field, widget, extra):
    value = bound_field.value()
    values = value if isinstance(widget, forms.MultipleHiddenInput) else [value]
    attributes = {name: item for name, item in widget.attrs.items() if item not in (None, False)} | {"id": None}
    rendered = format_html_join(
        "",
        ' {}="{}"',
        ((name, item) for name, item in attributes.items() if item is not None and name not in {"name", "type"}),
    )
    return format_html_join(
        "",
        '<input type="hidden" name="{}" id="{}" value="{}"{}>',
        (
            (
                bound_field.html_name,
                f"{bound_field.auto_id or bound_field.html_name}{f'-{index}' if index else ''}",
                "" if item is None else item,
                rendered,
            )
            for index, item in enumerate(values or [])
        ),
    )


# In order: CheckboxSelectMultiple is a subclass of RadioSelect, which is one of Select; PasswordInput is one of Input.
_RENDERERS = (
    ((DateBoxes,), _date),
    ((forms.HiddenInput, forms.MultipleHiddenInput), _hidden),
    ((forms.PasswordInput,), _password),
    ((forms.FileInput,), _file),
    ((forms.Textarea,), _many_lines),
    ((forms.CheckboxInput,), _checkbox),
    ((forms.CheckboxSelectMultiple,), _checkboxes),
    ((forms.RadioSelect,), _radios),
    ((forms.Select,), _select),
    ((forms.widgets.Input,), _one_line),
)
