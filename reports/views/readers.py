"""Who looked at a report, for those whom it is about; and the lists of restricted reports, for governance."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campion import audit
from campion.models import AuditEvent, User
from campion.roles import Role
from reports import actions, reading
from reports.forms import review as forms
from reports.models import Incident, NamedReader
from reports.permissions import Facet
from reports.routing import RESTRICTED_FOR
from reports.views._report import find, seen
from reports.views.care import searched

LOOKS = 50


@dataclass(frozen=True)
class Look:
    """One look: when, who by name and role, and which parts."""

    at: datetime
    who: str
    role: str
    parts: str
    yours: bool


@require_safe
def who_looked(request, reference):
    """Show the reporter and the people assaulted every look at the report: when, who, and which parts of it."""
    incident = find(request, reference, load=reading.for_summary)
    view = reading.view_of(request.user, incident, brief=True)
    if not view.yours or view.status == Incident.Status.DRAFT:
        audit.refused("look", by=request.user, object_type="incident", object_id=view.reference)
        raise Http404
    lines = AuditEvent.objects.filter(object_type="incident", object_id=view.reference, outcome="seen")
    without_own = request.GET.get("own") == "out"
    without_lists = request.GET.get("lists") == "out"
    if without_own:
        lines = lines.exclude(actor_id=request.user.pk)
    if without_lists:
        lines = lines.exclude(action__in=_LISTS)
    page = Paginator(lines.order_by("-id"), LOOKS).get_page(request.GET.get("page"))
    found = list(page.object_list)
    people = {row.pk: row for row in User.objects.filter(pk__in={line.actor_id for line in found})}
    known = reading.Names(request.user, incident)
    context = {
        "report": view,
        "page": page,
        "rows": [_look(line, people.get(line.actor_id), known, request.user) for line in found],
        "own_items": [
            {"value": "out", "text": "Leave out my own looks", "checked": without_own},
            {
                "value": "out",
                "text": "Leave out looks at lists",
                "name": "lists",
                "id": "lists",
                "checked": without_lists,
            },
        ],
        "filter_legend": {"legend": {"text": "Filter", "classes": "govuk-visually-hidden"}},
        "back_href": view.href,
    }
    response = TemplateResponse(request, "reports/who_looked.html", context)
    return seen(request, incident, response, Facet.CORE, what="look_at_looks")


_LISTS = ("list", "list_duties", "list_restricted", "list_cases", "list_court", "list_injuries")
_PARTS = {
    "list": "that it exists, when it happened and what kind, in a list of reports",
    "list_duties": "its reference, in a list of late duties",
    "list_restricted": "its reference, in the list of restricted reports",
    "list_cases": "the newest event and when it happened, in a list of their own cases",
    "list_court": "its number and the next hearing, in a list of cases before a court",
    "list_injuries": "when and where, how badly somebody was hurt and for how many days, in a list without names",
    "look_at_looks": "this list of who looked",
    "look_at_readers": "who may see it, and nothing else",
}


def _look(line, person, known, user):
    roles = [Role(role).label for role in line.actor_roles if role in Role.values and role != Role.REPORTER]
    parts = _PARTS.get(line.action)
    if not parts:
        words = [reading.FACET_WORDS[facet] for facet in reading.FACET_WORDS if facet in line.facets]
        parts = "; ".join(words) or "the report"
    return Look(
        at=line.at,
        who=known.of(person) if person else "The service itself",
        role=", ".join(roles),
        parts=parts,
        yours=line.actor_id == user.pk,
    )


# The lists of restricted reports -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Restricted:
    """A restricted report as governance knows it: no content."""

    reference: str
    status: str
    age: str
    reasons: tuple[str, ...]
    readers: int
    proposed: int


@dataclass(frozen=True)
class Reader:
    """Somebody on the list of a restricted report, or proposed for it."""

    key: int
    name: str
    how: str
    since: datetime
    approved: bool
    may_approve: bool


def _governor(request):
    """Let governance in and nobody else.

    :raises Http404: for everybody else
    """
    if not request.user.plays(Role.GOVERNANCE):
        audit.refused("list_restricted", by=request.user, object_type="queue")
        raise Http404


@require_safe
def restricted(request):
    """List the restricted reports of the force for governance: reference, age, why, how many readers; no content."""
    _governor(request)
    at = timezone.now()
    on_list = Q(named_readers__removed_at=None)
    rows = (
        Incident.objects.governed_by(request.user)
        .only("reference", "submitted_at", "status", "restricted_for")
        .annotate(
            readers=Count("named_readers", filter=on_list & Q(named_readers__approved_at__isnull=False)),
            proposed=Count(
                "named_readers", filter=on_list & Q(named_readers__approved_at=None, named_readers__id__gt=0)
            ),
        )
        .order_by("submitted_at", "id")
    )
    page = Paginator(rows, LOOKS).get_page(request.GET.get("page"))
    found = list(page.object_list)
    response = TemplateResponse(
        request, "reports/restricted.html", {"rows": [_restricted(row, at) for row in found], "page": page}
    )
    response.render()
    audit.seen_each(
        "list_restricted", by=request.user, object_type="incident", objects={row.reference: () for row in found}
    )
    return response


def _restricted(row, at):
    return Restricted(
        reference=row.reference,
        status=row.get_status_display(),
        age=reading.span(at - row.submitted_at),
        reasons=tuple(RESTRICTED_FOR.get(code, reading.in_words(code)) for code in row.restricted_for),
        readers=row.readers,
        proposed=row.proposed,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def readers(request, reference):
    """Show who is on the list of a restricted report; propose, and as the second person approve or refuse."""
    _governor(request)
    incident = Incident.objects.governed_by(request.user).filter(reference=reference).first()
    if incident is None:
        audit.refused("look_at_readers", by=request.user, object_type="incident", object_id=audit.hashed(reference))
        raise Http404
    form, at = forms.ChoosePerson(by=request.user), timezone.now()
    refusal = ""
    if request.method == "POST":
        if "decision" in request.POST:
            refusal = _decide(request, incident, at)
            if not refusal:
                return redirect("reports:readers", reference)
        else:
            form = searched(request, forms.ChoosePerson(request.POST, by=request.user))
            if "find" in request.POST:
                form.is_valid()
                form.only_finding()
            elif form.is_valid():
                try:
                    actions.propose_reader(incident=incident, user=form.cleaned_data["user"], by=request.user, at=at)
                except actions.Refused as refused:
                    audit.refused("propose_reader", by=request.user, object_type="incident", object_id=reference)
                    form.add_error(None, str(refused))
                else:
                    name = form.cleaned_data["user"].name
                    messages.success(request, f"{name} is proposed. Another person of governance decides.")
                    return redirect("reports:readers", reference)
    rows = incident.named_readers.filter(removed_at=None).select_related("user", "proposed_by", "approved_by")
    rows = list(rows.order_by("proposed_at", "id"))
    incident.readers = sum(row.approved_at is not None for row in rows)
    incident.proposed = len(rows) - incident.readers
    context = {
        "row": _restricted(incident, at),
        "readers": [_reader(row, request.user) for row in rows],
        "form": form,
        "refusal": refusal,
        "has_errors": bool(refusal),
    }
    status = 409 if refusal else 422 if form.errors else 200
    response = TemplateResponse(request, "reports/readers.html", context, status=status)
    response.render()
    audit.seen("look_at_readers", by=request.user, object_type="incident", object_id=reference)
    return response


def _reader(row, user):
    if row.by_rule:
        how = "Put there by rule, so that somebody owes care"
    elif row.approved_at:
        how = f"Proposed by {row.proposed_by.name}, approved by {row.approved_by.name}"
    else:
        how = f"Proposed by {row.proposed_by.name}"
    return Reader(
        key=row.pk,
        name=f"{row.user.rank_or_grade} {row.user.name}".strip(),
        how=how,
        since=row.approved_at or row.proposed_at,
        approved=row.approved_at is not None,
        may_approve=row.approved_at is None and row.proposed_by_id != user.pk,
    )


def _decide(request, incident, at):
    """Do what a button beside a reader says; give the sentence of a refusal, or nothing."""
    form = forms.Decide(request.POST)
    if not form.is_valid():
        raise Http404
    reader = NamedReader.objects.filter(incident=incident, pk=form.cleaned_data["reader"], removed_at=None).first()
    if reader is None:
        return "Somebody took this reader off the list meanwhile."
    act = actions.approve_reader if form.cleaned_data["decision"] == "approve" else actions.remove_reader
    try:
        act(reader=reader, by=request.user, at=at)
    except actions.Refused as refused:
        audit.refused("decide_reader", by=request.user, object_type="incident", object_id=incident.reference)
        return str(refused)
    messages.success(
        request, "Approved: they can see the report now." if act is actions.approve_reader else "Taken off the list."
    )
    return ""


def to_decide(user) -> int:
    """How many proposed readers wait for this person's decision: not those they proposed themselves."""
    rows = NamedReader.objects.filter(incident__in=Incident.objects.governed_by(user).values("pk"))
    return rows.filter(approved_at=None, removed_at=None).exclude(proposed_by=user).count()
