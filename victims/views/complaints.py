"""Complaints that a right was not met, for information governance: the list, one of them, acknowledged and answered."""

from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campion import audit, kept
from campion.roles import Role
from campion.workflow import Refused
from victims import evidence
from victims.actions import complaints as actions
from victims.forms.complaints import Answer
from victims.forms.evidence import Evidence
from victims.models import Complaint
from victims.reading import complaints as reading
from victims.reading.directory import services_column
from victims.views._common import page, unknown
from victims.views._duties import status_of, typed_form

PAGE = 50
LIST = "complaints"
SHOWN = (("open", "To answer"), ("answered", "Answered"))


def waiting(user) -> int:
    """Count the complaints that wait for an answer from this person's desk."""
    return Complaint.objects.handled_by(user).open().count()


@require_safe
def complaints(request):
    """List the complaints of this person's units: those to answer, the oldest first; or those answered."""
    if not request.user.plays(Role.GOVERNANCE):
        unknown(request, "look_at_complaint", LIST)
    show = request.GET.get("show")
    show = show if show in dict(SHOWN) else "open"
    rows = Complaint.objects.handled_by(request.user).select_related("about", "clock__entitlement")
    rows = rows.open().order_by("made_at", "pk") if show == "open" else rows.filter(answered_at__isnull=False)
    if show == "answered":
        rows = rows.order_by("-answered_at", "-pk")
    shown = Paginator(rows.defer("words", "answer"), PAGE).get_page(request.GET.get("page"))
    now, today = timezone.now(), timezone.localdate()
    context = {
        "page": shown,
        "show": show,
        "rows": reading.complaint_rows(shown.object_list, today=today, now=now),
        "tabs": [{"text": text, "href": f"?show={code}", "current": code == show} for code, text in SHOWN],
    }
    return _answer(request, "victims/complaints.html", context, LIST, ())


@require_safe
def complaint(request, key):
    """Show one complaint: its words, the right it is about, its limit."""
    return _page(request, _complaint_or_404(request, key), "victims/complaint_desk.html", None)


@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request, key):
    """Record that the person was told that their complaint is here."""
    row = _complaint_or_404(request, key)
    if row.clock is None or row.clock.status != "running":
        return redirect("victims:complaint-desk", key)
    asks = evidence.FORMS[row.clock.entitlement.evidence_form]

    def form(**given):
        return Evidence(asks=asks, started_at=row.clock.started_at, now=timezone.now(), **given)

    def act(said, by, at):
        told = {name: said[name] for name in ("met_at", "facts", "channel")}
        actions.acknowledge_complaint(complaint=row, by=by, at=at, **told)

    return _take(request, row, form, act, "acknowledge_complaint", "victims/complaint_acknowledge.html")


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, key):
    """Answer a complaint: the person reads it on their own page."""
    row = _complaint_or_404(request, key)
    if row.answered_at:
        return redirect("victims:complaint-desk", key)

    def act(said, by, at):
        actions.answer_complaint(complaint=row, words=said["words"], by=by, at=at)

    return _take(request, row, Answer, act, "answer_complaint", "victims/complaint_answer.html")


def _take(request, row, make_form, act, verb, template):
    form = typed_form(request, make_form, row.kept_values)
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data, request.user, timezone.now())
        except Refused as refusal:
            audit.refused(verb, by=request.user, object_type="complaint", object_id=str(row.key))
            form.add_error(None, str(refusal))
        else:
            kept.forget(request.user, request.path)
            return redirect("victims:complaint-desk", row.key)
    return _page(request, row, template, form)


def _complaint_or_404(request, key):
    rows = Complaint.objects.handled_by(request.user).annotate(
        kept_values=kept.subquery(request.user, request.path), services=services_column(timezone.localdate())
    )
    related = ("about", "clock__entitlement", "clock__met_by", "answered_by", "referral")
    row = rows.select_related(*related).filter(key=key).first()
    if row is None:
        unknown(request, "look_at_complaint", audit.hashed(str(key)))
    request.services = row.services
    return row


def _page(request, row, template, form):
    view = reading.complaint_view(row, today=timezone.localdate(), now=timezone.now())
    to = reverse("victims:complaints") if form is None else view.href
    context = {"complaint": view, "form": form, "back_href": to}
    return _answer(request, template, context, row.key, [row.referral.person_id], status=status_of(request, form))


def _answer(request, template, context, object_id, subject_ids, *, status=200):
    response = page(request, template, context, status=status)
    subjects = [key for key in subject_ids if key]
    audit.seen("look", by=request.user, object_type="complaint", object_id=str(object_id), subject_ids=subjects)
    return response
