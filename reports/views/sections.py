"""The pages of the fuller sections: a task list, a page each, lists that grow row by row, and who must not see it."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.functions import JSONObject
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_safe

from campion import kept
from campion.fields import today
from campion.workflow import Refused
from reports import actions, readiness
from reports.actions.sections import EMPTY, item_values, items_of
from reports.content import content_of, section_values, with_everything
from reports.forms import sections as forms
from reports.models import (
    Activity,
    Advice,
    BodyPart,
    ConductType,
    Conflict,
    HateStrand,
    Incident,
    InjuryType,
    Treatment,
    WeaponType,
)
from reports.permissions import may_fill
from reports.readiness import ConductFacts, PageKey, State, digest
from reports.views._report import call, find, record_refusal, refusal_of, refuse, seen
from reports.workflow import incident_workflow

ABOUT_ONE = frozenset({"detail", "injury", "exposure", "equipment"})
LISTS = frozenset({"suspects", "crime", "footage", "witnesses"})
_TABLES = {
    "activity": {"activities": Activity},
    "detail": {"strands": HateStrand},
    "injury": {"injuries": InjuryType, "body_parts": BodyPart, "treatments": Treatment},
    "weapons": {"weapons": WeaponType},
}
_FACETS = {"injury": "health", "exposure": "health", "detail": "detail", "equipment": "detail", "suspects": "suspect"}
_TITLES = {
    "footage": "Footage",
    "crime": "Crime and other reference numbers",
    "privacy": "Who must not see this",
}
_ONE = {"suspects": "suspect", "crime": "reference number", "footage": "recording", "witnesses": "witness"}
_EMPTY_LISTS = {
    "suspects": "No suspect has been added.",
    "crime": "No number has been added.",
    "footage": "No recording has been added.",
    "witnesses": "No witness has been added.",
}
_COLOURS = {State.DONE: "", State.EMPTY: "", State.TO_DO: "blue", State.NOT_NEEDED: "grey"}
_STATE_WORDS = {
    State.DONE: "Done",
    State.EMPTY: "Nothing added",
    State.TO_DO: "To do",
    State.NOT_NEEDED: "If you wish",
}


@dataclass
class Opened:
    """One section of one report, open for one person."""

    incident: Incident
    page: PageKey
    part: object = None
    kinds: frozenset = frozenset()
    offered: dict = field(default_factory=dict)
    typed: object = None

    @property
    def title(self):
        """The words of the section."""
        return _TITLES.get(self.page.name) or readiness.section_title(self.page)


# The task list -------------------------------------------------------------------------------------------------------


@require_safe
def sections(request, reference):
    """List the fuller sections that this person may fill in, and how far each is."""
    incident = find(request, reference, rows=_with_lists(request, {}, conducts=True), load=with_everything)
    standing = incident.standing_of(request.user)
    facts = _facts(incident)
    tasks = []
    parts = {part.position: part for part in incident.assaults.all()}
    for row in readiness.sections(content_of(incident), facts):
        part = parts.get(row.page.position)
        if not may_fill(standing, row.page.name, part and part.pk):
            continue
        title = row.title
        if part is not None and len(parts) > 1:
            whose = call(part, request.user)
            title = f"{title}: {'your part' if whose == 'You' else whose}"
        tasks.append(
            {
                "title": title,
                "href": _href(incident, row.page),
                "status": _STATE_WORDS[row.state],
                "colour": _COLOURS[row.state],
            }
        )
    if not tasks:
        raise Http404
    if sentence := refusal_of(request, incident, "complete"):
        return refuse(request, incident, sentence)
    context = {
        "reference": reference,
        "tasks": tasks,
        "is_draft": incident.status == Incident.Status.DRAFT,
        "back_href": incident.get_absolute_url(),
    }
    return seen(request, incident, TemplateResponse(request, "reports/sections.html", context), "core")


def home_of(request, incident):
    """Give the address of the list that a section is opened from: the writer's own, or that of the sections alone."""
    name = "tasks" if "edit" in incident_workflow.allowed(request.user, incident) else "sections"
    return reverse(f"reports:{name}", args=[incident.reference])


def _href(incident, page):
    if page.name == "evidence":
        return reverse("reports:evidence", args=[incident.reference])
    place = [incident.reference, page.name] + ([page.position] if page.position is not None else [])
    return reverse("reports:section", args=place)


# One section ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def section(request, reference, name, position=None):
    """Show one section and save what is answered; of a list, its rows. A number after its name is one of its rows."""
    if name == "evidence" and position is None:
        find(request, reference)
        return redirect("reports:evidence", reference)
    if name in LISTS and position is not None:
        return item(request, reference, name, position)
    opened = _open(request, reference, name, position)
    incident = opened.incident
    if sentence := refusal_of(request, incident, "complete"):
        return refuse(request, incident, sentence)
    if name == "privacy":
        return _privacy(request, opened)
    if name in forms.FORMS:
        return _questions(request, opened)
    return _list(request, opened)


def _questions(request, opened):
    incident, page = opened.incident, opened.page
    values = section_values(incident, page)
    form_class = forms.FORMS[page.name]
    given = {"values": values, "offered": opened.offered, "kinds": opened.kinds, "by": request.user}
    given["event"] = incident.occurred_from
    given["yours"] = opened.part is None or opened.part.person_id == request.user.pk
    given["filed"] = incident.standing_of(request.user).reporter
    if page.name == "told" and incident.submitted_at is not None:
        return _told_already(request, opened)
    if request.method != "POST":
        form = form_class(typed=opened.typed, **given)
        return _show(request, opened, form, digest(values))
    form = form_class(request.POST, **given)
    autosave = request.headers.get("X-Autosave") == "1"
    if not form.is_valid():
        if autosave:
            return _keep(request, digest(values))
        return _show(request, opened, form, request.POST.get("seen", ""), status=422)
    answers, at = form.answers(), timezone.now()
    try:
        actions.complete(
            incident=incident,
            page=page,
            answers=answers,
            seen=request.POST.get("seen", ""),
            by=request.user,
            at=at,
            passed=not autosave,
        )
    except actions.ChangedElsewhere as changed:
        if autosave:
            kept.keep(request.user, request.path, request.POST, at)
            return JsonResponse(
                {"message": "Not saved: this was changed in another tab or on another device."}, status=409
            )
        return _conflict(request, opened, form, form_class(**(given | {"values": changed.content})), changed.content)
    except Refused as refused:
        if autosave:
            return JsonResponse({"message": str(refused)}, status=409)
        record_refusal(request, incident, "complete")
        form.add_error(None, str(refused))
        return _show(request, opened, form, request.POST.get("seen", ""), status=422)
    kept.forget(request.user, request.path)
    if autosave:
        return JsonResponse({"saved_at": at.isoformat(), "seen": digest(answers)})
    messages.success(request, f"{opened.title}: saved.")
    return redirect(home_of(request, incident))


def _keep(request, stands):
    at = timezone.now()
    kept.keep(request.user, request.path, request.POST, at)
    return JsonResponse({"saved_at": at.isoformat(), "seen": request.POST.get("seen") or stands})


def _show(request, opened, form, stands, *, status=200):
    incident, name = opened.incident, opened.page.name
    context = {
        "reference": incident.reference,
        "title": opened.title,
        "whose": _whose(opened, request.user),
        "form": form,
        "intro": form.intro,
        "seen": stands,
        "advice": opened.offered.get("advice", ()) if name == "exposure" else (),
        "advice_shown_at": _advice_shown_at(opened),
        "rows": _cards(incident, name, items_of(incident, name)) if name in LISTS else None,
        "add_href": reverse("reports:section_add", args=[incident.reference, name]) if name in LISTS else "",
        "add_text": f"Add a {_ONE[name]}" if name in LISTS else "",
        "empty": _EMPTY_LISTS.get(name, ""),
        "back_href": home_of(request, incident),
    }
    response = TemplateResponse(request, "reports/section.html", context, status=status)
    return seen(request, incident, response, _FACETS.get(name, "core"))


def _whose(opened, user):
    if opened.part is None or opened.part.person_id == user.pk:
        return ""
    return f"{call(opened.part, user)}’s part"


def _advice_shown_at(opened):
    return getattr(getattr(opened.part, "health", None), "advice_shown_at", None) if opened.part else None


def _told_already(request, opened):
    incident = opened.incident
    if request.method == "POST":
        sentence = "The clocks started from these times when the report was submitted, so they stay as they are."
        return refuse(request, incident, sentence, status=409)
    rows = [
        {"key": "Police were first told", "value": _moment(incident.police_told_at)},
        {"key": "End of duty", "value": _moment(incident.end_of_duty_at)},
    ]
    context = {
        "reference": incident.reference,
        "title": opened.title,
        "rows": rows,
        "back_href": home_of(request, incident),
    }
    return seen(request, incident, TemplateResponse(request, "reports/section_told.html", context), "core")


def _moment(at):
    return date_format(timezone.localtime(at), "H:i \\o\\n l j F Y") if at else ""


def _conflict(request, opened, mine, theirs, stands):
    """Show both texts, and let the person choose."""
    names = [name for name in mine.fields if name in theirs.fields]
    rows = [
        {"key": mine.fields[name].label, "here": _in_words(theirs, name, theirs.initial.get(name)), "mine": answer}
        for name in names
        if (answer := _in_words(mine, name, mine[name].value())) != _in_words(theirs, name, theirs.initial.get(name))
    ]
    hidden = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", "seen", "held")
        for value in values
    ]
    kept.keep(request.user, request.path, request.POST, timezone.now())
    context = {
        "reference": opened.incident.reference,
        "title": opened.title,
        "rows": rows,
        "hidden": hidden,
        "seen": digest(stands) if stands is not None else "",
        "gone": stands is None,
        "here_href": f"{request.path}?use=here",
        "back_href": home_of(request, opened.incident),
    }
    response = TemplateResponse(request, "reports/section_conflict.html", context, status=409)
    return seen(request, opened.incident, response, _FACETS.get(opened.page.name, "core"))


def _in_words(form, name, value):
    """Give an answer as a person reads it: the labels of what was chosen, or the text."""
    choices = dict(getattr(form.fields[name], "choices", ()))
    if isinstance(value, (list, tuple)):
        return ", ".join(str(choices.get(one, one)) for one in value)
    if isinstance(value, dict):
        return " ".join(str(box) for box in value.values() if box)
    if value is True or value is False:
        return "Yes" if value else "No"
    if hasattr(value, "isoformat"):
        return date_format(value, "j F Y") if hasattr(value, "year") else value.strftime("%H:%M")
    return str(choices.get(value, value)) if value not in (None, "") else ""


# Lists ---------------------------------------------------------------------------------------------------------------


def _list(request, opened):
    if request.method == "POST":  # the button of a list with no questions of its own
        return redirect(home_of(request, opened.incident))
    return _show(request, opened, forms.SectionForm(values={}), "")


def _cards(incident, name, rows):
    """Give each row of a list as a card: what it says, and where it is changed or removed."""
    cards = []
    for number, row in enumerate(rows, 1):
        place = [incident.reference, name, number]
        cards.append(
            {
                "title": f"{_ONE[name].capitalize()} {number}",
                "rows": _DESCRIBED[name](row),
                "warning": forms.footage_warning(row, today()) if name == "footage" else "",
                "actions": [
                    ("Change", reverse("reports:section", args=place)),
                    ("Remove", reverse("reports:section_remove", args=place)),
                ],
            }
        )
    return cards


def _words(choices, codes):
    listed = dict(choices)
    codes = [codes] if isinstance(codes, str) else codes or []
    return ", ".join(str(listed.get(code, code)) for code in codes if code)


def _kept_rows(*pairs):
    return [{"key": key, "value": value} for key, value in pairs if value not in ("", None)]


def _suspect(row):
    return _kept_rows(
        ("Known", row.get_known_display()),
        ("Reference in the crime system", row.nominal_reference),
        ("Who they are", _words([*forms.RELATIONSHIPS, forms.COLLEAGUE], row.relationship)),
        ("Colleague", row.colleague.name if row.colleague else ""),
        ("Age", _words(forms.AGE_BANDS, row.age_band)),
        ("Sex, as it seemed", _words(forms.SEXES, row.sex)),
        ("Under the influence", _words(forms.INFLUENCES, row.influence)),
        ("Mental health, as it seemed", _words(forms.MENTAL_HEALTH, row.mental_health)),
        ("Just before", _words(forms.DEMEANOURS, row.demeanour)),
    )


def _reference(row):
    return _kept_rows((row.get_kind_display(), row.value))


def _footage(row):
    return _kept_rows(
        (row.get_source_display(), row.reference),
        ("Deleted on", date_format(row.deleted_on, "l j F Y") if row.deleted_on else "Not known"),
        ("Kept as evidence", "Yes" if row.kept_as_evidence else "Not yet"),
    )


def _witness(row):
    return _kept_rows(
        ("Who", row.person.name if row.person else "Somebody else"),
        ("How to find them", row.description),
        ("Statement", "Given" if row.statement_given else "Not given yet"),
        ("Statement due by", date_format(row.statement_due_on, "l j F Y") if row.statement_due_on else ""),
    )


_DESCRIBED = {"suspects": _suspect, "crime": _reference, "footage": _footage, "witnesses": _witness}


@require_http_methods(["GET", "HEAD", "POST"])
def add(request, reference, name):
    """Add a row to a list."""
    return item(request, reference, name, None)


def item(request, reference, name, number):
    """Show one row of a list, or an empty one, and save it. While typing it is kept, and joins the list when sent."""
    opened = _open_list(request, reference, name)
    incident = opened.incident
    if sentence := refusal_of(request, incident, "complete"):
        return refuse(request, incident, sentence)
    values = EMPTY[name]
    if number is not None:
        rows = items_of(incident, name)
        if not 1 <= number <= len(rows):
            raise Http404
        values = item_values(name, rows[number - 1])
    form_class, given = forms.ROWS[name], {"by": request.user, "event": incident.occurred_from}
    if request.method != "POST":
        return _show_item(
            request, opened, form_class(values=values, typed=opened.typed, **given), number, digest(values)
        )
    if request.headers.get("X-Autosave") == "1":
        return _keep(request, digest(values))
    form, stands = form_class(request.POST, values=values, **given), request.POST.get("seen", "")
    if not form.is_valid():
        return _show_item(request, opened, form, number, stands, status=422)
    try:
        actions.save_item(
            incident=incident,
            section=name,
            answers=form.answers(),
            number=number,
            seen=stands,
            by=request.user,
            at=timezone.now(),
        )
    except actions.ChangedElsewhere as changed:
        theirs = form_class(values=changed.content or EMPTY[name], **given)
        return _conflict(request, opened, form, theirs, changed.content)
    except Refused as refused:
        record_refusal(request, incident, "complete")
        form.add_error(None, str(refused))
        return _show_item(request, opened, form, number, stands, status=422)
    kept.forget(request.user, request.path)
    messages.success(request, f"The {_ONE[name]} was {'changed' if number else 'added'}.")
    return _back_to_list(request, incident, name)


def _show_item(request, opened, form, number, stands, *, status=200):
    incident, name = opened.incident, opened.page.name
    context = {
        "reference": incident.reference,
        "title": f"{_ONE[name].capitalize()} {number}" if number else f"Add a {_ONE[name]}",
        "whose": "",
        "form": form,
        "intro": form.intro,
        "seen": stands,
        "back_href": reverse("reports:section", args=[incident.reference, name]),
    }
    response = TemplateResponse(request, "reports/section.html", context, status=status)
    return seen(request, incident, response, _FACETS.get(name, "core"))


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, reference, name, number):
    """Ask once more, then take a row out of a list."""
    opened = _open_list(request, reference, name)
    incident = opened.incident
    if sentence := refusal_of(request, incident, "complete"):
        return refuse(request, incident, sentence)
    rows = items_of(incident, name)
    if not 1 <= number <= len(rows):
        raise Http404
    back = reverse("reports:section", args=[reference, name])
    if request.method == "POST":
        try:
            actions.remove_item(
                incident=incident,
                section=name,
                number=number,
                seen=request.POST.get("seen", ""),
                by=request.user,
                at=timezone.now(),
            )
        except actions.ChangedElsewhere:
            messages.warning(request, f"The {_ONE[name]} was changed meanwhile, so it was not removed. Look again.")
            return redirect(back)
        except Refused as refused:
            record_refusal(request, incident, "complete")
            return refuse(request, incident, str(refused))
        messages.success(request, f"The {_ONE[name]} was removed.")
        return _back_to_list(request, incident, name)
    context = {
        "reference": reference,
        "one": _ONE[name],
        "card": _cards(incident, name, rows)[number - 1],
        "seen": digest(item_values(name, rows[number - 1])),
        "back_href": back,
    }
    response = TemplateResponse(request, "reports/section_remove.html", context)
    return seen(request, incident, response, _FACETS.get(name, "core"))


def _back_to_list(request, incident, name):
    # Naming a colleague may close the report to the very supervisor who did so.
    if not Incident.objects.visible_to(request.user).filter(pk=incident.pk).exists():
        messages.info(request, "The report is closed to you now. Somebody else deals with it.")
        return redirect("home")
    return redirect("reports:section", incident.reference, name)


# Who must not see it -------------------------------------------------------------------------------------------------


def _privacy(request, opened):
    """Show whom this person keeps out and whether the report is closed; the doors of care.py do either."""
    incident = opened.incident
    if request.method == "POST":
        return _let_back(request, incident)
    may = incident_workflow.allowed(request.user, incident)
    place = [incident.reference]
    context = {
        "reference": incident.reference,
        "title": opened.title,
        "named": [
            {"name": row.user.name, "staff_number": row.user.staff_number}
            for row in _named_by(incident, request.user).select_related("user")
        ],
        "restricted": incident.restricted,
        "is_draft": incident.status == Incident.Status.DRAFT,
        "name_href": reverse("reports:name-conflict", args=place) if "name a conflict" in may else "",
        "close_href": reverse("reports:restrict", args=place) if "restrict" in may else "",
        "back_href": home_of(request, incident),
    }
    return seen(request, incident, TemplateResponse(request, "reports/section_privacy.html", context), "core")


def _let_back(request, incident):
    """Take back that somebody must not see a draft."""
    row = _named_by(incident, request.user).filter(user__staff_number=request.POST.get("person", "")).first()
    if row is not None:
        try:
            actions.withdraw_conflict(incident=incident, user=row.user, by=request.user, at=timezone.now())
        except Refused as refused:
            record_refusal(request, incident, "name a conflict")
            return refuse(request, incident, str(refused), status=409)
        messages.success(request, f"{row.user.name} is no longer kept out.")
    return redirect(request.path)


def _named_by(incident, user):
    """Those whom this person named; what others wish is not theirs to see."""
    return incident.conflicts.filter(by=user, why=Conflict.Why.NAMED, ended_at=None).order_by("pk")


# Opening -------------------------------------------------------------------------------------------------------------


def _open(request, reference, name, position):
    """Find the report and the part, with what the section offers, in two queries.

    :raises Http404: if there is no such section, or this person may not open it
    """
    known = (readiness.SECTION_NAMES | {"exposure", "footage"}) - {"evidence"}
    if name not in known or (position is None) == (name in ABOUT_ONE):
        raise Http404
    if request.method == "GET" and request.GET.get("use") == "here":
        kept.forget(request.user, request.path)
    rows = _with_lists(
        request, _TABLES.get(name, {}), conducts=True, advice=name == "exposure", weapons=name == "weapons"
    )
    incident = find(request, reference, rows=rows)
    standing = incident.standing_of(request.user)
    parts = [part for part in incident.assaults.all() if position in (None, part.position)]
    part = parts[0] if position is not None and parts else None
    if (position is not None and part is None) or not may_fill(standing, name, part and part.pk):
        raise Http404
    facts = _facts(incident)
    kinds = {facts[code].kind for one in parts for code in one.conduct_codes if code in facts}
    return Opened(
        incident=incident,
        page=PageKey(name, position),
        part=part,
        kinds=frozenset(kinds),
        offered=_offered(incident),
        typed=kept.opened(request, incident.typed) if request.method in ("GET", "HEAD") else None,
    )


def _open_list(request, reference, name):
    if name not in LISTS:
        raise Http404
    return _open(request, reference, name, None)


def _with_lists(request, tables, *, conducts=False, advice=False, weapons=False):
    """Give the incidents that this person may see, each with the lists that a page offers: no query of their own."""
    now = Q(until_on=None) | Q(until_on__gte=today())
    current = ExpressionWrapper(now & Q(from_on__lte=today()), output_field=BooleanField())
    rows = Incident.objects.visible_to(request.user)
    for listed, model in tables.items():
        hint = F("hint") if hasattr(model, "hint") else Value("")
        options = model.objects.annotate(is_current=current).order_by("order", "label")
        row = JSONObject(pk="pk", code="code", label="label", hint=hint, current="is_current")
        rows = rows.annotate(**{f"offers_{listed}": ArraySubquery(options.values(row=row))})
    if conducts:
        done = ConductType.objects.values(
            row=JSONObject(
                code="code", kind="kind", contact="contact", exposure="exposure", injury_possible="injury_possible"
            )
        )
        rows = rows.annotate(conduct_rows=ArraySubquery(done))
    if advice:
        shown = Advice.objects.in_force(today()).filter(audience="exposure").order_by("order").values("text")
        rows = rows.annotate(offers_advice=ArraySubquery(shown))
    if weapons:
        through = Incident.weapons.through.objects.filter(incident=OuterRef("pk"))
        rows = rows.annotate(weapon_codes=ArraySubquery(through.values("weapontype__code")))
    return rows


def _offered(incident):
    begins = "offers_"
    return {name.removeprefix(begins): rows for name, rows in incident.__dict__.items() if name.startswith(begins)}


def _facts(incident):
    return {row.pop("code"): ConductFacts(**row) for row in map(dict, incident.conduct_rows)}
