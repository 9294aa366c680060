"""The 20-second log: abuse that would otherwise go unreported, on one page, submitted at once."""

from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campion import kept
from campion.local_time import LONDON
from campion.working_days import london_date
from reports import actions, choices, reading
from reports.counts import logged_in_month
from reports.forms.core import QuickLog
from reports.models import Incident
from reports.views import _pages, _report
from reports.views.submitting import spelt
from reports.workflow import incident_workflow


@require_http_methods(["GET", "HEAD", "POST"])
def log(request):
    """Ask what it was and when, and log it."""
    user, at = request.user, timezone.now()
    options = choices.load("places", on=london_date(at), user=user)
    if request.method != "POST":
        typed = kept.values_for(request)
        form = QuickLog(typed, options=options, user=user, at=at)
        if typed is not None:
            form.full_clean()
            form.errors.clear()
        return _page(request, form)
    form = QuickLog(request.POST, options=options, user=user, at=at)
    if not form.is_valid():
        kept.keep(user, request.path, request.POST, at)
        return _page(request, form, status=422)
    try:
        done = actions.log_abuse(
            key=form.cleaned_data["key"],
            conducts=form.cleaned_data["conducts"],
            occurred=form.occurred,
            precision=form.precision,
            place_type_id=form.place_type_id,
            words=form.cleaned_data["words"],
            by=user,
            at=at,
        )
    except actions.AlreadySubmitted:
        kept.keep(user, request.path, request.POST, at)
        sentence = "This page was sent before, with other answers. Open the log again to add a second entry."
        form.add_error(None, sentence)
        return _page(request, form, status=409)
    except actions.Refused as refused:
        form.add_error(None, str(refused))
        return _page(request, form, status=422)
    kept.forget(user, request.path)
    return redirect("reports:logged", done.incident.reference)


def _page(request, form, *, status=200):
    context = {"title": "Log verbal abuse", "form": form, "back_href": reverse("reports:home")}
    return TemplateResponse(request, "reports/quick_log.html", context, status=status)


@require_safe
def logged(request, reference):
    """Show that an entry was logged, and how many this person has logged this month: never a multiplier."""
    incident = _report.find(request, reference)
    standing = incident.standing_of(request.user)
    if not (standing.reporter and standing.quick_log) or incident.status == Incident.Status.DRAFT:
        raise Http404
    month = incident.occurred_from.astimezone(LONDON)
    count = logged_in_month(request.user, month)
    context = {
        "title": "Logged",
        "reference": reference,
        "spelt": spelt(reference),
        "when": reading.when_text(incident),
        "tally": f"{count}{_ending(count)}",
        "month": month if (month.year, month.month) != _now() else None,
        "may_upgrade": "upgrade" in incident_workflow.allowed(request.user, incident),
        "href": incident.get_absolute_url(),
    }
    response = TemplateResponse(request, "reports/logged.html", context)
    return _report.seen(request, incident, response, "core")


def _now():
    now = timezone.now().astimezone(LONDON)
    return now.year, now.month


def _ending(number):
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


@require_POST
def upgrade(request, reference):
    """Take an entry back to make it a full report, and go to the first question that it lacks."""
    incident = _report.find(request, reference)
    try:
        actions.upgrade(incident=incident, by=request.user, at=timezone.now())
    except actions.Refused as refused:
        _report.record_refusal(request, incident, "upgrade")
        return _report.refuse(request, incident, str(refused), status=409)
    opened = _pages.opened(_report.find(request, reference), user=request.user)
    page = opened.next_to_answer()
    return redirect(_pages.address(reference, page) if page else reverse("reports:check", args=[reference]))
