"""What a supervisor does with a report: ask for changes, accept, merge, correct, name the officer, record contact."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from campion import kept
from reports import actions, choices, reading
from reports.content import core_content, with_people
from reports.forms import review as forms
from reports.models import ConductType, District, Incident, PlaceType, Task
from reports.permissions import Facet
from reports.views._report import (
    Act,
    after,
    find,
    find_both,
    not_now,
    record_refusal,
    seen,
    seen_together,
    summary_of,
    typed_again,
)
from reports.views.care import searched

METHODS = ["GET", "HEAD", "POST"]

# Ask for changes, with a reason.
return_for_changes = Act(
    verb="return",
    template="reports/return.html",
    make_form=lambda incident, view, **bound: forms.Reason(
        **bound,
        label="What should be changed?",
        hint="The person who wrote the report reads this. Say what is missing, not who is to blame.",
        empty="Say what should be changed.",
    ),
    do=lambda incident, form, by, at: actions.return_for_changes(
        incident=incident, reason=form.cleaned_data["reason"], by=by, at=at
    ),
    said="The report went back to the person who wrote it, with your words.",
    load=reading.for_page,
    gaps=True,
)


# Accept a report as complete enough, seeing first what is missing.
accept = Act(
    verb="accept",
    template="reports/accept.html",
    make_form=lambda incident, view, **bound: forms.Confirm(**bound),
    do=lambda incident, form, by, at: actions.accept(incident=incident, by=by, at=at),
    said="You accepted the report.",
    load=reading.for_page,
    gaps=True,
)


# The officer in the case, and first contact --------------------------------------------------------------------------


def _assign(incident, form, by, at):
    actions.assign_officer(
        incident=incident,
        officer=form.cleaned_data["user"],
        set_aside_reason=form.cleaned_data["set_aside_reason"],
        by=by,
        at=at,
    )


def assign(request, reference):
    """Name the officer in the case: never somebody assaulted in it, nor unasked their line manager."""
    return Act(
        verb="assign",
        template="reports/assign.html",
        make_form=lambda incident, view, **bound: searched(request, forms.ChooseOfficer(**bound, by=request.user)),
        do=_assign,
        said=lambda view, form: f"{form.cleaned_data['user'].name} is the officer in the case.",
        find_button="find",
    )(request, reference)


def record_contact(request, reference, position):
    """Record that a person assaulted was spoken to, or did not want to talk now."""

    def task_of(incident):
        tasks = incident.tasks.filter(kind=Task.Kind.FIRST_CONTACT, assault__position=position)
        return tasks.select_related("assault").first()

    def do(incident, form, by, at):
        task = task_of(incident)
        if task is None:
            raise actions.Refused("No contact is owed to that person.")
        actions.record_contact(incident=incident, task=task, how=form.cleaned_data["how"], by=by, at=at)

    def context(incident, view, form):
        person = next((person for person in view.people if person.position == position), None)
        task = next((row for row in view.tasks if row.position == position and row.kind == "first-contact"), None)
        if person is None or task is None:
            raise Http404
        return {"person": person, "task": task}

    return Act(
        verb="record contact",
        template="reports/record_contact.html",
        make_form=lambda incident, view, **bound: forms.Contact(**bound),
        do=do,
        said="The contact is recorded.",
        context=context,
        load=lambda incidents: reading.for_summary(incidents, "tasks"),
    )(request, reference)


# Corrections ---------------------------------------------------------------------------------------------------------

PER_PERSON = ("conducts", "injury")
CORRECTABLE = ("occurred", "district", "place_type", *PER_PERSON)


@require_http_methods(["GET", "HEAD"])
def corrections(request, reference):
    """Choose which coded answer to correct."""
    incident = find(request, reference, load=reading.for_summary)
    view = reading.view_of(request.user, incident, brief=True)
    if "correct" not in view.may:
        return not_now(request, incident, "correct")
    rows = [
        _answer_row(view, "occurred", "When it began", view.when),
        _answer_row(view, "district", "District", view.district or NOWHERE),
        _answer_row(view, "place_type", "Kind of place", view.place_type),
    ]
    parts = incident.assaults.all()
    done = {code for part in parts for code in part.conduct_codes}
    labels = dict(ConductType.objects.filter(code__in=done).values_list("code", "label"))
    people = []
    for part, person in zip(parts, view.people, strict=True):
        if person.readable:
            own = [
                _answer_row(view, "conducts", "What was done", [labels[code] for code in part.conduct_codes], person),
                _answer_row(view, "injury", "Hurt", part.get_injury_display(), person),
            ]
            people.append((person.label, own))
    context = {"report": view, "rows": rows, "people": people, "back_href": view.href}
    response = TemplateResponse(request, "reports/corrections.html", context)
    return seen(request, incident, response, Facet.CORE, Facet.DETAIL, Facet.BAND)


NOWHERE = "Outside the force area, or not known"


def _answer_row(view, field, key, value, person=None):
    args = [view.reference, field] + ([person.position] if person else [])
    name = "reports:correct-person" if person else "reports:correct"
    return {
        "key": key,
        "value": value,
        "change": reverse(name, args=args),
        "verb": "Correct",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request, reference, field, position=None):
    """Correct one coded answer: what stands, what is right, and why. The first words stay."""
    if field not in CORRECTABLE or (field in PER_PERSON) != (position is not None):
        raise Http404

    labels = {}

    def person_of(incident):
        return next((row for row in incident.assaults.all() if row.position == position), None)

    def make_form(incident, view, **bound):
        person = person_of(incident)
        if position is not None and not any(row.position == position and row.readable for row in view.people):
            raise Http404
        now = timezone.now()
        options = _options(field, incident, request.user, now)
        bound["initial"] = _standing_answer(field, incident, person) | (bound.get("initial") or {})
        if field == "occurred":
            return forms.CorrectWhen(**bound, now=now)
        if field == "injury":
            return forms.CorrectInjury(**bound)
        chosen = {"place_type": incident.place_type_id, "district": incident.district_id}.get(field)
        offered = {
            "place_type": lambda: options.offered("places", {chosen}),
            "district": lambda: options.offered("districts", {chosen}),
            "conducts": lambda: options.offered("conducts", set(person.conduct_codes)),
        }[field]()
        labels.update((row.code, row.label) for row in offered)
        return _FORMS[field](**bound, options=offered)

    def do(incident, form, by, at):
        actions.correct(
            incident=incident,
            field=field,
            value=_value(field, form.cleaned_data["answer"], incident),
            reason=form.cleaned_data["reason"],
            assault=person_of(incident),
            by=by,
            at=at,
        )

    def context(incident, view, form):
        part = person_of(incident)
        stands = {
            "occurred": view.when,
            "district": view.district or NOWHERE,
            "place_type": view.place_type,
            "conducts": [labels.get(code, code) for code in part.conduct_codes] if part else [],
            "injury": part.get_injury_display() if part else "",
        }[field]
        return {
            "rows": [{"key": "Now", "value": stands}],
            "field": reading.FIELD_WORDS[field],
            "person": next((row for row in view.people if row.position == position), None),
            "back_href": reverse("reports:corrections", args=[reference]),
            "asks_which": getattr(form, "asks_which", False),
        }

    return Act(
        verb="correct",
        template="reports/correct.html",
        make_form=make_form,
        do=do,
        said="The answer is corrected. What stood before is kept.",
        context=context,
        facets={"conducts": (Facet.DETAIL,), "injury": (Facet.BAND,)}.get(field, ()),
    )(request, reference)


_FORMS = {
    "place_type": forms.CorrectPlace,
    "district": forms.CorrectDistrict,
    "conducts": forms.CorrectConducts,
}


def _options(field, incident, user, now):
    lists = {"place_type": ["places"], "district": ["districts"]}.get(field, [])
    if field in ("occurred", "injury"):
        return None
    return choices.load(*lists, on=choices.date_of(core_content(incident), now), user=user)


def _standing_answer(field, incident, person):
    if field == "occurred":
        began = timezone.localtime(incident.occurred_from)
        return {"on": began.date(), "time": began.time().replace(second=0, microsecond=0)}
    return {
        "answer": {
            "place_type": str(incident.place_type_id or ""),
            "district": str(incident.district_id or "none"),
            "conducts": list(person.conduct_codes) if person else [],
            "injury": person.injury if person else "",
        }[field]
    }


def _value(field, answer, incident):
    """The answer as actions.correct takes it. The form has checked that it is one of those offered."""
    if field == "place_type":
        return PlaceType.objects.get(pk=answer)
    if field == "district":
        return None if answer == "none" else District.objects.get(pk=answer, force=incident.force_id)
    if field == "conducts":
        return list(ConductType.objects.filter(code__in=answer))
    return answer


# Merging -------------------------------------------------------------------------------------------------------------

NEAR = timedelta(hours=12)
LIKELY = 10


@dataclass(frozen=True)
class Side:
    """One of the two reports, in its core facts."""

    reference: str
    rows: list


@require_http_methods(METHODS)
def merge(request, reference):
    """Choose the other report of the same event: among those near it, or by its reference."""
    incident = find(request, reference, load=reading.for_summary)
    view = reading.view_of(request.user, incident, brief=True)
    if "merge" not in view.may:
        return not_now(request, incident, "merge")
    form = forms.Merge(request.POST if request.method == "POST" else None, likely=_likely(request.user, incident))
    if form.is_bound and form.is_valid():
        found = form.cleaned_data["found"]
        if found == view.reference:
            form.add_error("reference", "That is this report. Give the reference of the other one.")
        elif not _other(request.user, found):
            form.add_error("reference", "There is no report of that reference that you can merge with this one.")
        else:
            return redirect("reports:merge-with", view.reference, found)
    context = {"report": view, "form": form, "summary": summary_of(view), "back_href": view.href}
    response = TemplateResponse(request, "reports/merge.html", context, status=422 if form.errors else 200)
    return seen(request, incident, response, Facet.CORE)


@require_http_methods(METHODS)
def merge_with(request, reference, other):
    """Show two reports side by side in their core facts; say which stays, and why they are one event."""
    if reference == other:
        raise Http404
    both = find_both(request, reference, other, load=reading.for_summary)
    views = [reading.view_of(request.user, row, brief=True) for row in both]
    for row, view in zip(both, views, strict=True):
        if "merge" not in view.may:
            return not_now(request, row, "merge")
    pair = [view.reference for view in sorted(views, key=lambda view: (view.submitted_at, view.reference))]
    if request.method == "POST":
        form = forms.MergeReason(request.POST, pair=pair)
        if form.is_valid() and (answer := _merge(request, both, form)):
            return answer
    else:
        form = typed_again(
            request,
            both[0],
            lambda initial=None: forms.MergeReason(initial={"stays": pair[0], **(initial or {})}, pair=pair),
        )
    context = {
        "report": views[0],
        "form": form,
        "sides": [_side(view) for view in views],
        "earlier": pair[0],
        "back_href": reverse("reports:merge", args=[reference]),
    }
    response = TemplateResponse(request, "reports/merge_with.html", context, status=422 if form.errors else 200)
    return seen_together(request, both, response, Facet.CORE)


def _merge(request, both, form):
    stays, ends = sorted(both, key=lambda row: row.reference != form.cleaned_data["stays"])
    try:
        actions.merge(incident=ends, into=stays, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    except actions.Refused as refusal:
        record_refusal(request, both[0], "merge")
        form.add_error(None, str(refusal))
        return None
    kept.forget(request.user, request.path)
    messages.success(request, f"{ends.reference} is merged into {stays.reference}.")
    return redirect(after(request.user, stays))


def _other(user, reference):
    return Incident.objects.reviewed_by(user).filter(reference=reference).exists()


def _likely(user, incident):
    """Reports near this one in time that this person reviews, those with the same people first."""
    people = {row.person_id for row in incident.assaults.all() if row.person_id}
    near = (
        Incident.objects.reviewed_by(user)
        .filter(
            status__in=[Incident.Status.SUBMITTED, Incident.Status.RETURNED, Incident.Status.ACCEPTED],
            occurred_from__range=(incident.occurred_from - NEAR, incident.occurred_from + NEAR),
        )
        .exclude(pk=incident.pk)
        .select_related("district", "place_type")
        .order_by("occurred_from", "pk")
    )
    near = with_people(near)[: LIKELY * 5]

    def shared(row):
        return len(people & {a.person_id for a in row.assaults.all() if a.person_id})

    def nearness(row):
        same_place = row.district_id == incident.district_id and row.place_type_id == incident.place_type_id
        return (-shared(row), not same_place, abs(row.occurred_from - incident.occurred_from))

    return [
        (
            row.reference,
            "; ".join(
                part
                for part in (
                    reading.when_text(row),
                    str(row.place_type or ""),
                    str(row.district or ""),
                    "the same person was assaulted" if shared(row) else "",
                )
                if part
            ),
        )
        for row in sorted(near, key=nearness)[:LIKELY]
    ]


def _side(view):
    rows = [
        {"key": "When", "value": view.when},
        {"key": "Where", "value": ", ".join(part for part in (view.place_type, view.district) if part)},
        {"key": "Kind", "value": list(view.kinds)},
        {"key": "People assaulted", "value": [person.label for person in view.people]},
        {"key": "Reported by", "value": view.reporter},
        {"key": "Submitted", "value": date_format(timezone.localtime(view.submitted_at), "j F Y, H:i")},
        {"key": "Status", "value": view.status_words},
    ]
    return Side(view.reference, rows)
