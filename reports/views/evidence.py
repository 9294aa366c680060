"""The pages of photos and files, and the one door by which any of them leaves."""

import time
from dataclasses import dataclass
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate, suspend_request
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from campion import audit
from campion.sealed import Unreadable
from campion.workflow import Refused
from reports import actions, evidence_files, reading
from reports.alongside import alongside
from reports.content import with_people
from reports.evidence_files import JPEG, ORIGINAL, PDF, SAFE, THUMBNAIL
from reports.forms.evidence import AddEvidence, WhyOriginal
from reports.models import Evidence
from reports.permissions import may_add_evidence, may_see_evidence, original_needs
from reports.views._report import call, find, record_refusal, refusal_of, refuse, seen
from reports.views.sections import home_of
from reports.workflow import incident_workflow

_COLOURS = {Evidence.State.RECEIVED: "blue", Evidence.State.CLEAN: "green", Evidence.State.REFUSED: "red"}


@dataclass(frozen=True)
class File:
    """One photo or file, as a page shows it to one person."""

    name: str
    description: str
    shows: str
    state: str
    colour: str
    fault: str
    added_at: object
    added_by: str
    href: str = ""
    thumbnail: str = ""
    original: str = ""
    remove: str = ""
    is_photo: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request, reference):
    """List the photos and files of a report, and take more."""
    incident = find(request, reference, load=_with_files)
    standing = incident.standing_of(request.user)
    parts = list(incident.assaults.all())
    addable = [part for part in parts if may_add_evidence(standing, part.pk)]
    whole = may_add_evidence(standing, None)
    if not (may_see_evidence(standing, None) or any(may_see_evidence(standing, part.pk) for part in parts)):
        raise Http404
    may_add = (whole or addable) and "complete" in incident_workflow.allowed(request.user, incident)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    if posted and not may_add:
        sentence = refusal_of(request, incident, "complete") or "You may not add files to this report."
        return refuse(request, incident, sentence)
    form = None
    if may_add:
        people = [(part.pk, call(part, request.user)) for part in addable]
        form = AddEvidence(*posted, people=people, whole=whole)
    if posted and form.is_valid():
        added = _add(request, incident, form, {part.pk: part for part in parts})
        if added:
            _say(request, added)
        if not form.errors:
            return redirect("reports:evidence", reference)
    files = _files(request, incident, standing, may_change=bool(may_add))
    context = {
        "reference": reference,
        "form": form,
        "files": files,
        "waiting": any(file.state == Evidence.State.RECEIVED.label for file in files),
        "footage_href": reverse("reports:section", args=[reference, "footage"]) if may_add and whole else "",
        "back_href": home_of(request, incident) if may_add else incident.get_absolute_url(),
    }
    status = 422 if posted else 200
    response = TemplateResponse(request, "reports/evidence.html", context, status=status)
    return seen(request, incident, response, "evidence")


def _with_files(incidents):
    return alongside(with_people(incidents), evidence=_standing_files)


def _standing_files():
    return Evidence.objects.filter(removed_at=None).select_related("added_by").order_by("added_at", "pk")


def _add(request, incident, form, parts):
    """Take each file by itself: one that is refused leaves the others where they are."""
    added = []
    for upload in form.cleaned_data["files"]:
        name = evidence_files.clean_name(upload.name)
        try:
            received = evidence_files.receive(upload)
        except evidence_files.Unfit as unfit:
            form.add_error("files", evidence_files.sentence(unfit.code, name))
            audit.refused(
                "add_evidence",
                by=request.user,
                object_type="incident",
                object_id=incident.reference,
                reason_code=unfit.code,
            )
            continue
        try:
            actions.add_evidence(
                incident=incident,
                received=received,
                name=name,
                description=form.cleaned_data["description"],
                assault=parts.get(form.assault_key),
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refused:
            evidence_files.discard(received.key)
            record_refusal(request, incident, "add_evidence")
            form.add_error("files", str(refused))
        except BaseException:
            evidence_files.discard(received.key)
            raise
        else:
            added.append(name)
    return added


def _say(request, added):
    what = f"“{added[0]}” was added." if len(added) == 1 else f"{len(added)} files were added."
    messages.success(request, f"{what} We are checking it now." if len(added) == 1 else f"{what} We are checking them.")


def _files(request, incident, standing, *, may_change):
    rows = incident.evidence.all()
    called = {part.pk: call(part, request.user) for part in incident.assaults.all()}
    names = reading.Names(request.user, incident)
    return [
        _file(request, incident, standing, row, called, names, may_change)
        for row in rows
        if may_see_evidence(standing, row.assault_id)
    ]


def _file(request, incident, standing, row, called, names, may_change):
    place = [incident.reference, row.key]
    ready, is_photo = row.state == Evidence.State.CLEAN, row.content_type in evidence_files.PHOTOS
    mine = standing.owns or row.added_by_id == request.user.pk
    return File(
        name=row.name,
        description=row.description,
        shows=called.get(row.assault_id, ""),
        state=row.get_state_display(),
        colour=_COLOURS[row.state],
        fault=evidence_files.sentence(row.fault, row.name) if row.fault else "",
        added_at=row.added_at,
        added_by=names.within(row.added_by),
        href=reverse("reports:evidence_file", args=place) if ready else "",
        thumbnail=reverse("reports:evidence_thumbnail", args=place) if ready and is_photo else "",
        original=(
            reverse("reports:evidence_original", args=place)
            if ready and is_photo and original_needs(standing, row.assault_id) is not None
            else ""
        ),
        remove=reverse("reports:evidence_remove", args=place) if may_change and mine else "",
        is_photo=is_photo,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, reference, key: UUID):
    """Ask once more, then remove a file from a report that is not accepted yet."""
    incident = find(request, reference, load=_with_files)
    row = _row(incident, request.user, key)
    if sentence := refusal_of(request, incident, "complete"):
        return refuse(request, incident, sentence)
    if request.method == "POST":
        try:
            actions.remove_evidence(incident=incident, key=key, by=request.user, at=timezone.now())
        except Refused as refused:
            record_refusal(request, incident, "remove_evidence")
            return refuse(request, incident, str(refused))
        messages.success(request, f"“{row.name}” was removed.")
        return redirect("reports:evidence", reference)
    context = {
        "reference": reference,
        "name": row.name,
        "back_href": reverse("reports:evidence", args=[reference]),
    }
    return seen(request, incident, TemplateResponse(request, "reports/evidence_remove.html", context), "evidence")


# The door by which a file leaves --------------------------------------------------------------------------------------


@require_safe
def safe_copy(request, reference, key: UUID):
    """Give the safe copy of a photo, or a PDF, to be saved to disk."""
    incident = find(request, reference, load=_with_files)
    row = _ready(_row(incident, request.user, key))
    part = ORIGINAL if row.content_type == PDF else SAFE
    name = evidence_files.download_name(row.name, row.safe_type)
    return _send(request, incident, row, part, name, row.safe_type, action="look_evidence", size=row.safe_size)


@require_safe
def thumbnail(request, reference, key: UUID):
    """Give the small picture of a photo's safe copy."""
    incident = find(request, reference, load=_with_files)
    row = _ready(_row(incident, request.user, key))
    if row.content_type == PDF:
        raise Http404
    name = evidence_files.download_name(row.name, JPEG)
    return _send(request, incident, row, THUMBNAIL, name, JPEG, action="look_thumbnail")


@require_http_methods(["GET", "HEAD", "POST"])
def original(request, reference, key: UUID):
    """Give the file as it came, with whatever it holds: to whose it is, or to a supervisor who signs in again and says
    why (docs/access.md)."""
    incident = find(request, reference, load=_with_files)
    row = _ready(_row(incident, request.user, key))
    needs = original_needs(incident.standing_of(request.user), row.assault_id)
    if needs is None:
        raise Http404
    reason = ""
    if needs:
        if not _signed_in_again(request):
            return suspend_request(request, reverse("account_reauthenticate"))
        form = WhyOriginal(request.POST or None)
        if request.method != "POST" or not form.is_valid():
            context = {
                "reference": reference,
                "name": row.name,
                "form": form,
                "back_href": reverse("reports:evidence", args=[reference]),
            }
            status = 422 if request.method == "POST" else 200
            response = TemplateResponse(request, "reports/evidence_original.html", context, status=status)
            return seen(request, incident, response, "evidence")
        reason = form.cleaned_data["reason"]
    # No type that a browser could act on: the original may hold anything behind its picture.
    name = evidence_files.clean_name(row.name)
    kind = "application/octet-stream"
    return _send(request, incident, row, ORIGINAL, name, kind, action="fetch_original", size=row.size, reason=reason)


def _signed_in_again(request):
    """Whether they did so lately. The session says so; allauth asks the database first which ways they have."""
    records = [row for row in get_authentication_records(request, request.user) if row.get("reauthenticated")]
    if records and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
        return True
    return did_recently_reauthenticate(request)


def _row(incident, user, key):
    row = next((row for row in incident.evidence.all() if row.key == key), None)
    if row is None or not may_see_evidence(incident.standing_of(user), row.assault_id):
        raise Http404
    return row


def _ready(row):
    if row.state != Evidence.State.CLEAN:
        raise Http404
    return row


def _send(request, incident, row, part, name, content_type, *, action, size=None, reason=""):
    """Open the first piece, record the look, and only then send. Of a picture that they took, of themself, in a report
    that concerns nobody else, no look is recorded."""
    pieces = evidence_files.pieces_of(row.key, part)
    try:
        first = next(pieces)
    except (OSError, Unreadable, StopIteration):
        sentence = (
            "This file cannot be opened at the moment. It was not changed. Try again later, or tell your administrator."
        )
        return refuse(request, incident, sentence, status=503)
    people = [part.person_id for part in incident.assaults.all() if part.person_id]
    if part == ORIGINAL or {row.added_by_id, incident.reporter_id, *people} != {request.user.pk}:
        with transaction.atomic(durable=True):
            audit.record(
                action,
                by=request.user,
                outcome="seen",
                object_type="evidence",
                object_id=row.key,
                facets=["evidence"],
                subject_ids=people,
                reason_code=reason,
            )

    def body():
        yield first
        yield from pieces

    response = StreamingHttpResponse(body(), content_type=content_type)
    if size is not None:
        response["Content-Length"] = size
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    return response
