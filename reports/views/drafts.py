"""Where a person's own reports begin and are found again: home, start, task list, deleting a draft, the blank form."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campion import audit
from campion.working_days import london_date
from reports import actions, choices, readiness, reading
from reports.content import content_of, with_everything
from reports.forms import core
from reports.models import Assault, Incident, Kind
from reports.permissions import may_fill
from reports.readiness import PageKey, State
from reports.views import _pages, _report, wording

PAGE_SIZE = 20
DRAFTS_AT_MOST = 50
_COLOURS = {State.TO_DO: "blue", State.NOT_NEEDED: None, State.EMPTY: None, State.DONE: None}
_WORDS = {State.TO_DO: "To do", State.NOT_NEEDED: "Optional", State.EMPTY: "Nothing added", State.DONE: "Done"}


@require_safe
def home(request):
    """Show a person's drafts and reports, and the two ways in."""
    user, at = request.user, timezone.now()
    reports = Incident.objects.mine(user).order_by("-submitted_at", "-pk").prefetch_related("assaults")
    page = Paginator(reports, PAGE_SIZE).get_page(request.GET.get("page"))
    drafts = Incident.objects.drafts_of(user).order_by("-saved_at", "-pk").prefetch_related("assaults")
    context = {
        "title": "Your reports",
        "page": page,
        "reports": [_reported(row, user) for row in page],
        "drafts": [_drafted(row, at) for row in drafts[:DRAFTS_AT_MOST]],
    }
    response = TemplateResponse(request, "reports/home.html", context)
    response.render()
    # A look at what concerns others too; nobody is told of looks at what is theirs alone.
    of_others = {}
    for row in page:
        people = [part.person_id for part in row.assaults.all() if part.person_id]
        if {row.reporter_id, *people} != {user.pk}:
            of_others[row.reference] = people
    audit.seen_each("list", by=user, object_type="incident", objects=of_others, facets=["core"])
    return response


def _reported(row, user):
    kinds = {part.kind for part in row.assaults.all() if part.kind}
    own = any(part.person_id == user.pk for part in row.assaults.all())
    return {
        "reference": row.reference,
        "href": row.get_absolute_url(),
        "what": _kinds(kinds),
        "when": reading.when_text(row),
        "about": "" if row.reporter_id == user.pk and own else "About you, by somebody else" if own else "For others",
        "status": row.get_status_display(),
        "colour": reading.STATUS_COLOURS[row.status],
        "meaning": reading.STATUS_MEANINGS[row.status],
    }


def _drafted(row, at):
    ends = row.saved_at + timedelta(days=settings.DRAFT_DAYS)
    kinds = {part.kind for part in row.assaults.all() if part.kind}
    return {
        "reference": row.reference,
        "href": reverse("reports:resume", args=[row.reference]),
        "discard": reverse("reports:discard", args=[row.reference]),
        "what": _kinds(kinds) or "Nothing chosen yet",
        "when": reading.when_text(row) or "No time given yet",
        "saved_at": row.saved_at,
        "kept_until": london_date(ends),
        "ends_soon": at - row.saved_at >= timedelta(days=settings.DRAFT_WARNING_DAYS),
    }


def _kinds(kinds):
    words = [label for kind, label in Kind.choices if kind in kinds]
    return ", ".join(word if place == 0 else word.lower() for place, word in enumerate(words))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """Say what a report asks and who will see it; on POST begin a draft and go to the first question."""
    if request.method == "POST":
        try:
            draft = actions.start(by=request.user, at=timezone.now())
        except actions.Refused as refused:
            return TemplateResponse(request, "reports/new.html", {"title": _NEW, "refused": str(refused)}, status=409)
        return redirect(_pages.address(draft.reference, PageKey("who")))
    return TemplateResponse(request, "reports/new.html", {"title": _NEW, "back_href": reverse("reports:home")})


_NEW = "Report an assault"


@require_safe
def resume(request, reference):
    """Go on with a draft: to the first question not answered, else to its task list."""
    incident = _report.find(request, reference)
    if _report.refusal_of(request, incident, "edit"):
        return redirect(incident)
    opened = _pages.opened(incident, user=request.user)
    page = opened.next_to_answer()
    return redirect(_pages.address(reference, page) if page else reverse("reports:tasks", args=[reference]))


@require_safe
def tasks(request, reference):
    """List the questions and the fuller sections of a report, with how far each is."""
    incident = _report.find(request, reference, load=with_everything)
    if _report.refusal_of(request, incident, "edit"):
        return redirect(incident)
    opened = _pages.opened(incident, user=request.user)
    everything = content_of(incident) | opened.content
    standing = incident.standing_of(request.user)
    questions = [
        _task(opened, page, wording.title_of(page, opened.names), readiness.page_state(opened.content, page))
        for page in opened.pages
        if page.name != "advice"
    ]
    sections = []
    for section in readiness.sections(everything, opened.options.facts):
        page, part = section.page, opened.part_row(section.page.position)
        if page.name == "exposure" or not may_fill(standing, page.name, part and part.pk):
            continue
        name = opened.names.get(page.position, "")
        sections.append(_task(opened, page, f"{section.title} ({name})" if name else section.title, section.state))
    context = {
        "title": "Your report so far",
        "reference": reference,
        "questions": questions,
        "sections": sections,
        "ready": not opened.problems,
        "is_draft": incident.status == Incident.Status.DRAFT,
        "kept_until": london_date(incident.saved_at + timedelta(days=settings.DRAFT_DAYS)),
        "back_href": reverse("reports:home"),
    }
    response = TemplateResponse(request, "reports/tasks.html", context)
    return _report.seen(request, incident, response, "core")


def _task(opened, page, title, state):
    return {
        "title": title,
        "href": _pages.address(opened.reference, page, "tasks"),
        "status": _WORDS[state],
        "colour": _COLOURS[state],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request, reference):
    """Ask whether to delete a draft for good, and do it."""
    incident = _report.find(request, reference)
    if incident.status != Incident.Status.DRAFT:
        if not incident.standing_of(request.user).involved:
            raise Http404
        return _report.refuse(
            request,
            incident,
            "This report was submitted, so it cannot be deleted. You can take it back instead.",
            status=409,
        )
    if request.method == "POST":
        try:
            actions.discard(incident=incident, by=request.user, at=timezone.now())
        except actions.Refused as refused:
            return _report.refuse(request, incident, str(refused), status=409)
        messages.success(request, f"Draft {reference} was deleted.")
        return redirect("reports:home")
    context = {
        "title": "Delete this draft?",
        "reference": reference,
        "when": reading.when_text(incident),
        "back_href": reverse("reports:home"),
    }
    return TemplateResponse(request, "reports/discard.html", context)


@require_safe
def blank(request):
    """Give an empty form to print, for when there is no computer. It holds nobody's data."""
    options = choices.load("places", "districts", on=london_date(timezone.now()), user=request.user)
    kinds = [
        {"title": words, "labels": [row.label for row in options.offered("conducts") if row.group == kind]}
        for kind, words in core.KINDS.items()
    ]
    context = {
        "title": "Assault report: blank form",
        "kinds": kinds,
        "places": [row.label for row in options.offered("places")],
        "districts": [row.label for row in options.offered("districts")],
        "injuries": [label for _, label in Assault.Injury.choices],
        "back_href": reverse("reports:home"),
    }
    return TemplateResponse(request, "reports/blank.html", context)
