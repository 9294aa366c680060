"""Fitness for duty, for the person and their supervisor; and the injuries that a health and safety adviser decides."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campion import audit, kept
from campion.models import User
from campion.roles import Role
from campion.working_days import london_date
from reports import actions, casebook, riddor
from reports.forms import safety as forms
from reports.models import Assault, Incident
from reports.permissions import Facet
from reports.views._report import find, record_refusal, refusal_of, refuse, seen, typed_again

METHODS = ["GET", "HEAD", "POST"]
ROWS = 50
LATELY = timedelta(days=30)
AT_MOST = 300
"""The recent injuries are put in the order of their urgency, which is counted and not stored: so many at once."""
_URGENCY = {riddor.State.SPECIFIED: 0, riddor.State.ASK: 1, riddor.State.WATCH: 2, riddor.State.CLEAR: 3}


def _opened(request, reference):
    """Find a report for its fitness for duty.

    :raises Http404: if there is none, or nobody's days may be read in it: the two look the same
    """
    incident = find(request, reference, load=casebook.with_duty)
    people = casebook.duty_of(request.user, incident) if incident.status != Incident.Status.DRAFT else ()
    if not people:
        audit.refused("look_at_duty", by=request.user, object_type="incident", object_id=reference)
        raise Http404
    return incident, people


def _one(people, position):
    person = next((row for row in people if row.position == position), None)
    if person is None:
        raise Http404
    return person


def _part(incident, position):
    return next(row for row in incident.assaults.all() if row.position == position)


@require_safe
def safety(request, reference):
    """Show who was unfit for duty and for how long: to the person, and to the supervisor."""
    incident, people = _opened(request, reference)
    may = "change duty" in casebook.allowed(request.user, incident)
    context = {
        "reference": reference,
        "people": [
            {
                "person": row,
                "rows": duty_rows(row),
                "change": reverse("reports:safety-duty", args=[reference, row.position]) if may else "",
                "change_text": "Change your duty" if row.yours else f"Change duty of {row.label}",
                "spells": [(spell, _strike_href(reference, row, spell) if may else "") for spell in row.spells],
            }
            for row in people
        ],
        "back_href": incident.get_absolute_url(),
    }  # fmt: skip
    response = TemplateResponse(request, "reports/safety_duty.html", context)
    return seen(request, incident, response, Facet.DUTY, what="look_at_duty")


def _strike_href(reference, person, spell):
    return reverse("reports:safety-strike", args=[reference, person.position, spell.number])


def duty_rows(person):
    """How long somebody was unfit, and what was decided, as questions and answers."""
    count = person.count
    rows = [
        {"key": "Duty now", "value": person.duty},
        {"key": "Days unfit for normal duties", "value": str(count.lost)},
    ]
    if count.day:
        rows.append({"key": "In a row so far", "value": _days(count.day)})
    if count.ask_on:
        passed = count.longest > count.limits.unfit
        over = f"{'Passed' if passed else 'Passes'} {_days(count.limits.unfit)} on"
        rows.append({"key": over, "value": _date(count.ask_on)})
    if person.injuries:
        rows.append({"key": "May be a specified injury", "value": list(person.injuries)})
    if person.decision:
        words = f"{person.decision.words}: decided on {_date(person.decision.decided_on)}"
        rows.append({"key": "Health and safety", "value": words})
    elif count.due_on:
        rows.append(
            {"key": "Health and safety", "value": f"An adviser decides. A report would be due by {_date(count.due_on)}"}
        )
    return rows


def _days(number):
    return "1 day" if number == 1 else f"{number} days"


def _date(day):
    return f"{day.day} {day:%B %Y}"


@require_http_methods(METHODS)
def change_duty(request, reference, position):
    """Say what duty somebody does from a day on; full duties are the return to work."""
    incident, people = _opened(request, reference)
    person = _one(people, position)
    if sentence := refusal_of(request, incident, "change duty"):
        return _refused(request, incident, sentence)
    earliest = london_date(incident.occurred_from)

    def make(data=None, initial=None):
        return forms.ChangeDuty(data, earliest=earliest, initial=initial)

    form = make(request.POST) if request.method == "POST" else typed_again(request, incident, make)
    if form.is_bound and form.is_valid():
        part = _part(incident, position)
        try:
            actions.change_duty(assault=part, by=request.user, at=timezone.now(), **form.cleaned_data)
        except actions.Refused as refused:
            record_refusal(request, incident, "change duty")
            form.add_error(None, str(refused))
        else:
            kept.forget(request.user, request.path)
            messages.success(request, "The duty is entered.")
            return redirect("reports:safety", reference)
    context = {
        "reference": reference,
        "person": person,
        "form": form,
        "back_href": reverse("reports:safety", args=[reference]),
    }
    response = TemplateResponse(request, "reports/safety_change.html", context, status=422 if form.is_bound else 200)
    return seen(request, incident, response, Facet.DUTY, what="look_at_duty")


@require_http_methods(METHODS)
def strike_duty(request, reference, position, number):
    """Strike out a duty that was entered wrongly."""
    incident, people = _opened(request, reference)
    person = _one(people, position)
    spell = next((row for row in person.spells if row.number == number), None)
    if spell is None:
        raise Http404
    if sentence := refusal_of(request, incident, "change duty"):
        return _refused(request, incident, sentence)
    if request.method == "POST":
        row = _part(incident, position).duty_spells.get(pk=number)
        try:
            actions.strike_duty(spell=row, by=request.user, at=timezone.now())
        except actions.Refused as refused:
            record_refusal(request, incident, "change duty")
            return _refused(request, incident, str(refused), status=409)
        messages.success(request, "It is struck out. The duty before it goes on.")
        return redirect("reports:safety", reference)
    context = {
        "reference": reference,
        "person": person,
        "rows": [{"key": "Duty", "value": spell.duty}, {"key": "From", "value": _date(spell.from_on)}],
        "back_href": reverse("reports:safety", args=[reference]),
    }
    response = TemplateResponse(request, "reports/safety_strike.html", context)
    return seen(request, incident, response, Facet.DUTY, what="look_at_duty")


def _refused(request, incident, sentence, *, status=None):
    late = incident.status not in Incident.COUNTED
    response = refuse(request, incident, sentence, status=status or (409 if late else 403))
    return seen(request, incident, response, Facet.CORE)


# The health and safety adviser ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InjuryRow:
    """One injury in the adviser's list: when, where, how badly, by what; no name and no words."""

    reference: str
    position: int
    href: str
    occurred_from: datetime
    place: str
    band: str
    kind: str
    count: riddor.Count
    words: str
    decision: str
    late: bool

    @property
    def due_on(self) -> date | None:
        return self.count.due_on


@require_safe
def desk(request):
    """List the injuries that are to be decided: those of 30 days by urgency, or the older ones."""
    user, at = request.user, timezone.now()
    if not user.plays(Role.HEALTH_SAFETY):
        audit.refused("list_injuries", by=user, object_type="queue")
        raise Http404
    older = request.GET.get("tab") == "older"
    rows = _to_decide(user, at, older=older).order_by("incident__occurred_from", "pk")
    facts = _facts(user, at)
    if older:
        page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
        shown = [_row(row, facts) for row in page.object_list]
    else:
        every = sorted((_row(row, facts) for row in rows[:AT_MOST]), key=lambda row: _URGENCY[row.count.state])
        page = Paginator(every, ROWS).get_page(request.GET.get("page"))
        shown = list(page.object_list)
    context = {"rows": shown, "page": page, "older": older, "count": page.paginator.count, "full": AT_MOST}
    response = TemplateResponse(request, "reports/safety_desk.html", context)
    response.render()
    audit.seen_each(
        "list_injuries",
        by=user,
        object_type="incident",
        objects={row.reference: [] for row in shown},
        facets=[Facet.DUTY, Facet.BAND],
    )
    return response


def _to_decide(user, at, *, older):
    mine = Assault.objects.advised_by(user).to_decide()
    rows = mine.filter(incident__force=user.force_id)
    recent = {"incident__occurred_from__gte": at - LATELY}
    rows = rows.exclude(**recent) if older else rows.filter(**recent)
    return casebook.duty_rows(rows.select_related("incident__place_type", "incident__district"))


def _facts(user, at):
    """The limits and codes of counting, by the reader's own row: one query, whatever the list holds."""
    loaded = casebook.with_facts(User.objects.filter(pk=user.pk)).get()
    return casebook.Facts.of(loaded, at)


def _row(row, facts):
    incident = row.incident
    count = casebook.count_of(row, incident, facts, specified=bool(casebook.injuries_of(row, facts)))
    decided = next((found for found in row.safety_decisions.all() if found.superseded_at is None), None)
    return InjuryRow(
        reference=incident.reference,
        position=row.position,
        href=reverse("reports:safety-decide", args=[incident.reference, row.position]),
        occurred_from=incident.occurred_from,
        place=", ".join(str(part) for part in (incident.place_type, incident.district) if part),
        band=row.get_injury_display(),
        kind=row.get_kind_display(),
        count=count,
        words=riddor.STATE_WORDS[count.state],
        decision=decided.get_state_display() if decided else "",
        late=bool(count.due_on and count.due_on < facts.today),
    )


@require_http_methods(METHODS)
def decide(request, reference, position):
    """Decide about one injury: the facts that the law asks for, no name and no words."""
    rows = Incident.objects.advised_by(request.user)
    incident = find(request, reference, rows=rows, load=casebook.with_duty)
    person = _one(casebook.duty_of(request.user, incident, adviser=True), position)
    earliest = london_date(incident.occurred_from)

    def make(data=None, initial=None):
        return forms.Decide(data, earliest=earliest, initial=initial)

    form = make(request.POST) if request.method == "POST" else typed_again(request, incident, make)
    if form.is_bound and form.is_valid():
        try:
            actions.decide_safety(
                assault=_part(incident, position), by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except actions.Refused as refused:
            record_refusal(request, incident, "decide safety")
            form.add_error(None, str(refused))
        else:
            kept.forget(request.user, request.path)
            messages.success(request, "Your decision is kept.")
            return redirect("reports:safety-desk")
    context = {
        "reference": reference,
        "person": person,
        "rows": _facts_rows(incident, person),
        "form": form,
        "back_href": reverse("reports:safety-desk"),
    }
    response = TemplateResponse(request, "reports/safety_decide.html", context, status=422 if form.is_bound else 200)
    return seen(request, incident, response, Facet.DUTY, Facet.BAND, what="look_at_injury")


def _facts_rows(incident, person):
    count = person.count
    limits = count.limits
    place = ", ".join(str(part) for part in (incident.place_type, incident.district) if part)
    injuries = list(person.injuries) or "Nothing of the kind is entered"
    lost = f"{_days(count.lost)}; the longest spell {_days(count.longest)}"
    rows = [
        ("When", casebook.moment_text(incident.occurred_from)),
        ("Where", place),
        ("Cause", person.kind),
        ("Hurt", person.band),
        ("May be a specified injury, or in hospital", injuries),
        ("Duty now", person.duty),
        ("Unfit for normal duties", lost),
        ("How it stands", _stands(person)),
        ("A specified injury is reported by", _date(count.specified_due_on)),
        (f"Over {_days(limits.unfit)} is reported by", _date(count.unfit_due_on)),
    ]
    if count.record:
        rows.append((f"Over {_days(limits.record)}", "To be recorded"))
    return [{"key": key, "value": value} for key, value in rows]


def _stands(person):
    count = person.count
    if count.state == riddor.State.WATCH:
        return f"Day {count.day} of {count.limits.unfit}. Over the limit on {_date(count.ask_on)}"
    return person.state_words


def to_decide(user) -> int:
    """How many injuries of the last 30 days wait for this adviser."""
    at = timezone.now()
    rows = Assault.objects.advised_by(user).to_decide().filter(incident__force=user.force_id)
    return rows.filter(incident__occurred_from__gte=at - LATELY).count()
