"""The case against a suspect: what happened, for the officer in the case and the supervisor; for witness care the cases
before a court; and the list of the cases that somebody is the officer in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Paginator
from django.db.models import F, OuterRef, Subquery
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campion import audit, kept
from campion.roles import Role
from campion.working_days import london_date
from reports import actions, casebook
from reports.case_kinds import KINDS
from reports.forms import case as forms
from reports.models import Assault, CaseEvent, Incident, Outcome, SourceReference
from reports.permissions import Facet
from reports.views._report import find, record_refusal, refusal_of, seen, typed_again

ROWS = 50
METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Place:
    """From where a case is worked on: who may, the names of its pages, and what of it is shown."""

    among: str
    names: str
    facet: Facet
    court: bool
    verb: str

    def rows(self, user):
        return getattr(Incident.objects, self.among)(user)

    def href(self, page, *args):
        return reverse(f"reports:{self.names}{page}", args=args)

    def back(self, reference):
        return reverse("reports:report", args=[reference]) if not self.court else reverse("reports:court")


OFFICER = Place("visible_to", "case", Facet.CASE, court=False, verb="enter an event")
COURT = Place("court_cases_of", "court-case", Facet.HEARINGS, court=True, verb="enter a court event")


def _opened(request, reference, place):
    """Find a case and make its view.

    :raises Http404: if there is none, or this person may not read it: the two look the same
    """
    incident = find(request, reference, rows=place.rows(request.user), load=casebook.with_case)
    standing = incident.standing_of(request.user)
    if not (standing.attends_court if place.court else standing.reviews or standing.investigates):
        audit.refused("look_at_case", by=request.user, object_type="incident", object_id=reference)
        raise Http404
    return incident, casebook.case_of(request.user, incident, court=place.court)


def _case(request, reference, place):
    incident, view = _opened(request, reference, place)
    context = {
        "case": view,
        "events": [_card(event, view, place) for event in view.events],
        "add_href": place.href("-add", view.reference) if view.may_enter else "",
        "court": place.court,
        "duties_href": _duties_href(),
        "back_href": place.back(view.reference),
    }
    response = TemplateResponse(request, "reports/case_timeline.html", context)
    return seen(request, incident, response, place.facet, what="look_at_case")


def _card(event, view, place):
    """One event as a card: what happened, when, what is known of it, and who entered it or struck it out."""
    rows = [("When", casebook.moment_text(event.happened_at)), *event.rows]
    if event.superseded:
        rows.append(("Since then", "Moved or cancelled"))
    rows.append(("Entered", f"By {event.by}, {casebook.moment_text(event.entered_at)}"))
    if event.struck_at:
        rows.append(("Struck out", f"By {event.struck_by}, {casebook.moment_text(event.struck_at)}"))
        rows.append(("Why it was struck out", event.struck_reason))
    strike = [("Strike it out", place.href("-strike", view.reference, event.key))] if event.may_strike else []
    return {
        "title": f"Struck out: {event.title[:1].lower()}{event.title[1:]}" if event.struck_at else event.title,
        "rows": [{"key": key, "value": value} for key, value in rows],
        "actions": strike,
    }


def _add(request, reference, place):
    incident, view = _opened(request, reference, place)
    if not view.may_enter:
        return _cannot(request, incident, view, place, place.verb)
    form = forms.ChooseKind(request.POST if request.method == "POST" else None, may_enter=view.may_enter)
    if form.is_bound and form.is_valid():
        return redirect(place.href("-add-kind", view.reference, form.cleaned_data["kind"]))
    context = {"case": view, "form": form, "court": place.court, "back_href": place.href("", view.reference)}
    status = 422 if form.is_bound else 200
    response = TemplateResponse(request, "reports/case_add.html", context, status=status)
    return seen(request, incident, response, place.facet, what="look_at_case")


def _add_kind(request, reference, kind, place):
    incident, view = _opened(request, reference, place)
    known = KINDS.get(kind)
    if known is None:
        raise Http404
    if known.code not in view.may_enter:
        return _cannot(request, incident, view, place, "enter an event" if not place.court else place.verb)
    now = timezone.now()
    outcomes = _outcomes(now) if "outcome" in known.asks else ()

    def make(data=None, initial=None):
        return forms.Event(data, kind=known, view=view, now=now, outcomes=outcomes, initial=initial)

    if request.method == "POST":
        form = make(request.POST)
        if form.is_valid() and (answer := _enter(request, incident, form, place, now)):
            return answer
    else:
        form = typed_again(request, incident, make)
    context = {
        "case": view,
        "kind": known,
        "form": form,
        "court": place.court,
        "back_href": place.href("-add", view.reference),
        "case_href": place.href("", view.reference),
    }
    status = 422 if form.is_bound and form.errors else 200
    response = TemplateResponse(request, "reports/case_event.html", context, status=status)
    return seen(request, incident, response, place.facet, what="look_at_case")


def _enter(request, incident, form, place, now):
    given = form.given()
    person, suspect, replaces = (given.pop(name) for name in ("person", "suspect", "replaces"))
    try:
        actions.enter_event(
            incident=incident,
            kind=form.kind.code,
            assault=_one(incident.assaults, position=person),
            suspect=_one(incident.suspects, position=suspect),
            replaces=_one(incident.case_events, key=UUID(replaces) if replaces else None),
            by=request.user,
            at=now,
            **given,
        )
    except actions.Refused as refused:
        record_refusal(request, incident, "enter event")
        form.add_error(None, str(refused))
        return None
    kept.forget(request.user, request.path)
    messages.success(request, _said(form.kind))
    return redirect(place.href("", incident.reference))


def _said(kind):
    """Say that it was saved, and what is owed now."""
    if not kind.triggers:
        return "It is entered."
    return "It is entered. Each person it concerns must be told within the limit."


def _one(rows, **wanted):
    """The row with this number or key among those that came with the incident; None if none is wanted."""
    ((name, value),) = wanted.items()
    return None if value is None else next((row for row in rows.all() if getattr(row, name) == value), None)


def _outcomes(now):
    return list(Outcome.objects.in_force(london_date(now)).order_by("number").values_list("code", "title"))


def _strike(request, reference, key, place):
    incident, view = _opened(request, reference, place)
    event = next((row for row in view.events if row.key == str(key)), None)
    if event is None:
        raise Http404
    if not event.may_strike:
        sentence = (
            "This was struck out already." if event.struck_at
            else "Only the person who entered this, or a supervisor who reviews the report, may strike it out."
        )  # fmt: skip
        record_refusal(
            request, incident, "strike an event", reason_code="too-late" if event.struck_at else "not-allowed"
        )
        return _said_no(request, incident, view, place, sentence, status=409 if event.struck_at else 403)
    form = forms.Strike(request.POST) if request.method == "POST" else typed_again(request, incident, forms.Strike)
    if form.is_bound and form.is_valid():
        row = next(row for row in incident.case_events.all() if row.key == key)
        try:
            actions.strike_event(event=row, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        except actions.Refused as refused:
            record_refusal(request, incident, "strike an event")
            form.add_error(None, str(refused))
        else:
            kept.forget(request.user, request.path)
            messages.success(request, "It is struck out. It stays on the page, with your reason.")
            return redirect(place.href("", view.reference))
    context = {
        "case": view,
        "event": event,
        "rows": [{"key": "When", "value": casebook.moment_text(event.happened_at)}]
        + [{"key": name, "value": value} for name, value in event.rows],
        "form": form,
        "court": place.court,
        "back_href": place.href("", view.reference),
    }
    status = 422 if form.is_bound else 200
    response = TemplateResponse(request, "reports/case_strike.html", context, status=status)
    return seen(request, incident, response, place.facet, what="look_at_case")


def _cannot(request, incident, view, place, verb):
    """Say why nothing may be entered now: the state of the report, or who asks."""
    sentence = refusal_of(request, incident, verb) or "That may not be entered here."
    late = incident.status not in Incident.COUNTED
    return _said_no(request, incident, view, place, sentence, status=409 if late else 403)


def _said_no(request, incident, view, place, sentence, *, status):
    context = {
        "case": view,
        "sentence": sentence,
        "typed": request.POST.get("reason", "") if request.method == "POST" else "",
        "back_href": place.href("", view.reference),
    }
    response = TemplateResponse(request, "reports/case_refused.html", context, status=status)
    return seen(request, incident, response, place.facet, what="look_at_case")


def _duties_href():
    """Where what is owed to people stands, if such a page is installed."""
    try:
        return reverse("victims:duties")
    except NoReverseMatch:
        return ""


# The doors -----------------------------------------------------------------------------------------------------------


@require_safe
def case(request, reference):
    """Show the officer in the case and the supervisor what happened in it, the newest last."""
    return _case(request, reference, OFFICER)


@require_http_methods(METHODS)
def add(request, reference):
    """Choose what to enter."""
    return _add(request, reference, OFFICER)


@require_http_methods(METHODS)
def add_kind(request, reference, kind):
    """Enter one event: the questions of its kind."""
    return _add_kind(request, reference, kind, OFFICER)


@require_http_methods(METHODS)
def strike(request, reference, key):
    """Strike out what was entered wrongly."""
    return _strike(request, reference, key, OFFICER)


@require_safe
def court_case(request, reference):
    """Show witness care what a court did."""
    return _case(request, reference, COURT)


@require_http_methods(METHODS)
def court_add(request, reference):
    """Choose what a court did."""
    return _add(request, reference, COURT)


@require_http_methods(METHODS)
def court_add_kind(request, reference, kind):
    """Enter what a court did."""
    return _add_kind(request, reference, kind, COURT)


@require_http_methods(METHODS)
def court_strike(request, reference, key):
    """Strike out what witness care entered wrongly."""
    return _strike(request, reference, key, COURT)


# Lists ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CaseRow:
    """One case in a list: its name, and the little that tells it from the others."""

    name: str
    href: str
    newest: str
    newest_at: datetime | None
    occurred_from: datetime | None
    next_hearing_at: datetime | None = None
    status: str = ""


CASES_SORTS = {
    "moved": ("case_moved_at", "incident_by_officer"),
    "occurred": ("occurred_from", "incident_by_officer_and_day"),
}
COURT_SORTS = {"charged": ("charged_at", "incident_charged")}
HEARING_SORTS = {"hearing": ("hearing_at", "case_event_by_hearing")}
"""The orders that each list offers: the column behind each key, and the index that serves it."""


def _numbers():
    crimes = SourceReference.objects.filter(incident=OuterRef("pk"), kind=SourceReference.Kind.CRIME)
    return ArraySubquery(crimes.order_by("id").values("value"))


def _people():
    return ArraySubquery(Assault.objects.filter(incident=OuterRef("pk")).order_by("position").values("person_id"))


def _name(row):
    return row.numbers[0] if len(row.numbers) == 1 else row.reference


def _ordered(rows, column, down, nulls=False):
    order = F(column).desc() if down else F(column).asc()
    return rows.order_by(order, "-id" if down else "id")


@require_safe
def cases(request):
    """List the cases that this person is the officer in: name, newest event, when it happened."""
    user = request.user
    newest = CaseEvent.objects.standing().filter(incident=OuterRef("pk")).order_by("-happened_at", "-id")
    sort = request.GET.get("sort", "")
    sort = sort if sort.removeprefix("-") in CASES_SORTS else "-moved"
    rows = (
        Incident.objects.investigated_by(user)
        .annotate(
            numbers=_numbers(),
            people_ids=_people(),
            newest=Subquery(newest.values("kind")[:1]),
            newest_at=Subquery(newest.values("happened_at")[:1]),
        )
        .only("reference", "occurred_from", "status", "case_moved_at")
    )
    page = Paginator(_ordered(rows, CASES_SORTS[sort.lstrip("-")][0], sort[0] == "-"), ROWS).get_page(
        request.GET.get("page")
    )
    found = list(page.object_list)
    shown = [
        CaseRow(
            name=_name(row),
            href=reverse("reports:case", args=[row.reference]),
            newest=KINDS[row.newest].label if row.newest else "",
            newest_at=row.newest_at,
            occurred_from=row.occurred_from,
            status=row.get_status_display(),
        )
        for row in found
    ]
    context = {"rows": shown, "page": page, "sort": sort, "duties_href": _duties_href()}
    response = TemplateResponse(request, "reports/case_list.html", context)
    response.render()
    _record_list("list_cases", user, found, Facet.CASE)
    return response


@require_safe
def court(request):
    """List for witness care the hearings ahead, or all cases that were charged: name and next hearing, nothing else."""
    user, at = request.user, timezone.now()
    if not user.plays(Role.WITNESS_CARE):
        audit.refused("list_court", by=user, object_type="queue")
        raise Http404
    every = request.GET.get("tab") == "all"
    sorts = COURT_SORTS if every else HEARING_SORTS
    sort = request.GET.get("sort", "")
    sort = sort if sort.removeprefix("-") in sorts else "-charged" if every else "hearing"
    down = sort.startswith("-")
    cases = Incident.objects.court_cases_of(user).annotate(numbers=_numbers(), people_ids=_people())
    column = sorts[sort.lstrip("-")][0]
    if every:
        ahead = CaseEvent.objects.hearings_ahead(at=at).filter(incident=OuterRef("pk")).order_by("hearing_at", "id")
        rows = cases.annotate(next_hearing_at=Subquery(ahead.values("hearing_at")[:1])).only("reference", "charged_at")
        page = Paginator(_ordered(rows, column, down), ROWS).get_page(request.GET.get("page"))
        found = [(row, row.next_hearing_at) for row in page.object_list]
    else:
        rows = CaseEvent.objects.hearings_ahead(at=at).filter(
            incident__in=Incident.objects.court_cases_of(user).values("pk")
        )
        page = Paginator(_ordered(rows.only("hearing_at", "incident_id"), column, down), ROWS).get_page(
            request.GET.get("page")
        )
        hearings = list(page.object_list)
        by_key = {row.pk: row for row in cases.filter(pk__in={row.incident_id for row in hearings}).only("reference")}
        found = [(by_key[row.incident_id], row.hearing_at) for row in hearings if row.incident_id in by_key]
    shown = [
        CaseRow(
            name=_name(row),
            href=reverse("reports:court-case", args=[row.reference]),
            newest="",
            newest_at=None,
            occurred_from=None,
            next_hearing_at=hearing_at,
        )
        for row, hearing_at in found
    ]
    context = {"rows": shown, "page": page, "sort": sort, "every": every, "count": page.paginator.count}
    response = TemplateResponse(request, "reports/case_court.html", context)
    response.render()
    _record_list("list_court", user, [row for row, _ in found], Facet.HEARINGS)
    return response


def _record_list(what, user, rows, facet):
    people = {row.reference: [key for key in row.people_ids if key] for row in rows}
    audit.seen_each(what, by=user, object_type="incident", objects=people, facets=[facet])


def is_officer(user) -> bool:
    """Whether somebody is the officer in any case: then the list is offered to them. One query."""
    return user.is_active and Incident.objects.filter(officer_in_case=user).exists()


def hearings_this_week(user) -> int:
    """How many hearings of the coming seven days this person looks after as witness care."""
    at = timezone.now()
    mine = Incident.objects.court_cases_of(user).values("pk")
    soon = CaseEvent.objects.hearings_ahead(at=at).filter(incident__in=mine)
    return soon.filter(hearing_at__lt=at + timezone.timedelta(days=7)).count()
