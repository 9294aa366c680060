"""The tags with which pages are written: GOV.UK components, form fields, and the few components of our own.

They are loaded everywhere (settings), so no template needs `{% load %}`.
"""

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString, mark_safe

from campion import govuk as bridge

register = template.Library()


def _params(flat):
    """Nested parameters from flat ones: `label__text` becomes label.text; attribute names get their hyphens."""
    nested = {}
    for name, value in flat.items():
        *path, last = name.split("__")
        place = nested
        for part in path:
            place = place.setdefault(part, {})
        if path and path[-1] == "attributes":
            last = last.replace("_", "-")
        place[last] = value
    return nested


@register.simple_tag
def govuk(component, **params):
    """Render a GOV.UK component: `{% govuk "button" text="Continue" attributes__data_x="1" %}`."""
    return bridge.macro(component, _params(params))


@register.simple_block_tag
def govukblock(content, component, **params):
    """Render a GOV.UK component around a piece of template: `{% govukblock "details" summaryText="…" %}`."""
    return bridge.macro(component, _params(params) | {"html": content})


@register.simple_tag
def govukfield(bound_field, **extra):
    """Render a form field: `{% govukfield form.when heading=True %}`. See `campion.govuk.field`."""
    return bridge.field(bound_field, **_params(extra))


@register.simple_tag
def govukreveal(bound_field, value, shown, **extra):
    """Render radios or checkboxes where choosing `value` shows another field."""
    return bridge.field(bound_field, reveals={value: shown}, **_params(extra))


@register.simple_tag
def govuklabel(bound_field, label):
    """Call a field of somebody else's form by our own name, in its label and its errors. Before `govukerrors`."""
    bound_field.label = label
    return ""


@register.simple_tag
def govukerrors(*sources):
    """Render the error summary of one or more forms, or nothing when there is no error."""
    return bridge.error_summary(*sources)


@register.simple_tag
def govukfields(form, **extra):
    """Render every field of a form in order, hidden ones first."""
    hidden = format_html_join("", "{}", ((bridge.field(part),) for part in form.hidden_fields()))
    return hidden + format_html_join("", "{}", ((bridge.field(part, **extra),) for part in form.visible_fields()))


@register.simple_tag
def govukmessages(messages):
    """Render what the last page left to be said, as one banner: green when all of it is success."""
    messages = list(messages or ())
    if not messages:
        return ""
    lines = format_html_join(
        "", '<p class="govuk-notification-banner__heading">{}</p>', ((m.message,) for m in messages)
    )
    done = all(message.level_tag == "success" for message in messages)
    params = {"titleText": "Done", "type": "success"} if done else {"titleText": "Please note", "role": "region"}
    return bridge.macro("notification-banner", params | {"html": lines, "classes": "campion-banner"})


@register.filter
def has_errors(form):
    """Whether a form was filled in wrongly: for the page's title."""
    return bool(form and getattr(form, "is_bound", False) and form.errors)


# --------------------------------------------------------------------------------------- MoJ components and our own


@register.inclusion_tag("components/timeline.html")
def timeline(events, heading_level=2):
    """A timeline, newest first as given: each event has `title`, `at` (datetime or date), and perhaps `by`, `text`."""
    return {"events": events, "heading": f"h{int(heading_level)}"}


@register.inclusion_tag("components/identity_bar.html")
def identity_bar(title, caption="", status=None, colour="grey"):
    """The line at the top of a record: its reference, what it is, and its status."""
    return {"title": title, "caption": caption, "status": status, "colour": colour}


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context, label, key, current=None, numeric=False, parameter="sort", fragment=""):
    """A table heading that sorts by its column through the address (`?sort=key`, `?sort=-key`), with aria-sort.

    Other parts of the address stay, except the page number: another order begins at its first page. `fragment` names
    the heading that takes the focus afterwards, so that the new order is read aloud.
    """
    request = context.get("request")
    query = request.GET.copy() if request else None
    if current is None:
        current = query.get(parameter, "") if query is not None else ""
    ascending = current == key
    sorted_by = "ascending" if ascending else "descending" if current == f"-{key}" else "none"
    address = "?"
    if query is not None:
        query.pop("page", None)
        query[parameter] = f"-{key}" if ascending else key
        address += query.urlencode()
    else:
        address += f"{parameter}={'-' if ascending else ''}{key}"
    if fragment:
        address += f"#{fragment}"
    return {"label": label, "sorted_by": sorted_by, "address": address, "numeric": numeric}


@register.simple_tag(takes_context=True)
def pagination(context, page, parameter="page", label="Pages"):
    """Links to the other pages of a Django Page, keeping the rest of the address. Nothing when there is one page."""
    if page.paginator.num_pages < 2:
        return ""
    request = context.get("request")

    def address(number):
        if request is None:
            return f"?{parameter}={number}"
        query = request.GET.copy()
        query[parameter] = number
        return "?" + query.urlencode()

    items = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        if isinstance(number, int):
            items.append({"number": number, "href": address(number), "current": number == page.number})
        else:
            items.append({"ellipsis": True})
    return bridge.macro(
        "pagination",
        {
            "landmarkLabel": label,
            "previous": {"href": address(page.previous_page_number())} if page.has_previous() else None,
            "next": {"href": address(page.next_page_number())} if page.has_next() else None,
            "items": items,
        },
    )


_COLOURS = {"grey", "green", "teal", "blue", "purple", "magenta", "red", "orange", "yellow"}


@register.simple_tag
def status_tag(text, colour="grey"):
    """A status as a coloured word. The word alone carries the meaning.

    :raises ValueError: for a colour that the design system does not have
    """
    if colour not in _COLOURS:
        raise ValueError(f"A tag may be {', '.join(sorted(_COLOURS))}; {colour!r} is none of them.")
    return bridge.macro("tag", {"text": text, "classes": f"govuk-tag--{colour}"})


@register.simple_tag
def task_list(tasks, prefix="task"):
    """A list of tasks: each has `title`, and perhaps `href`, `hint`, `status` and `colour` (none: plain text)."""
    items = []
    for task in tasks:
        status = task.get("status") or ""
        colour = task.get("colour")
        items.append(
            {
                "title": {"text": task["title"]},
                "href": task.get("href") or None,
                "hint": {"text": task["hint"]} if task.get("hint") else None,
                "status": (
                    {"tag": {"text": status, "classes": f"govuk-tag--{colour}"}} if colour else {"text": status}
                ),
            }
        )
    return bridge.macro("task-list", {"idPrefix": prefix, "items": items})


@register.simple_tag
def summary_list(rows, title=None, actions=None, empty="Not answered", heading_level=2, borders=True):
    """Questions and answers: each row has `key`, `value`, and perhaps `change` (an address) and `what` (read aloud).

    A value may be text (line breaks stay), markup marked safe, or a list shown one below the other. With `title` the
    list is a card; `actions` are then (text, address) pairs at its top.
    """
    listed = []
    for row in rows:
        action = None
        if row.get("change"):
            action = {
                "items": [
                    {
                        "href": row["change"],
                        "text": row.get("verb", "Change"),
                        "visuallyHiddenText": row.get("what") or str(row["key"])[:1].lower() + str(row["key"])[1:],
                    }
                ]
            }
        listed.append(
            {"key": {"text": row["key"]}, "value": {"html": _answer(row.get("value"), empty)}, "actions": action}
        )
    card = None
    if title is not None:
        card = {
            "title": {"text": title, "headingLevel": heading_level},
            "actions": {"items": [{"text": text, "href": href} for text, href in actions or ()]},
        }
    classes = "" if borders else "govuk-summary-list--no-border"
    return bridge.macro("summary-list", {"rows": listed, "card": card, "classes": classes})


def _answer(value, empty):
    if value is None or value == "" or value == []:
        return format_html('<span class="campion-unanswered">{}</span>', empty)
    if value is True or value is False:
        return "Yes" if value else "No"
    if isinstance(value, SafeString):
        return value
    if isinstance(value, (list, tuple)):
        return format_html_join(mark_safe("<br>"), "<bdi>{}</bdi>", ((item,) for item in value))
    text = str(value)
    if "\n" in text:
        paragraphs = mark_safe(linebreaks(text, autoescape=True))  # noqa: S308 - escaped by the call
        return format_html('<div class="campion-words" dir="auto">{}</div>', paragraphs)
    return format_html("<bdi>{}</bdi>", conditional_escape(text))


@register.inclusion_tag("components/empty_state.html")
def empty_state(text, hint="", href="", action=""):
    """What stands where a list would be, when it is empty: a sentence, and perhaps what to do next."""
    return {"text": text, "hint": hint, "href": href, "action": action}


@register.simple_tag
def tel(number, label=""):
    """A telephone number that a tap calls. Letters and spaces are shown and not dialled."""
    number = str(number)
    dialled = "".join(sign for sign in number if sign in "0123456789+")
    return format_html('<a class="govuk-link campion-tel" href="tel:{}">{}</a>', dialled, label or number)
