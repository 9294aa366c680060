"""How every page about one report opens it: by who may see it, with the look recorded before the page is sent."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from campion import audit, kept
from reports import actions, reading
from reports.models import Incident
from reports.workflow import incident_workflow


def find(request, reference):
    """Give the incident of a reference, as this person may see it, with what they typed on this page and did not save.

    :raises Http404: if there is none, or none that they may know of: the two look the same
    """
    rows = reading.for_page(Incident.objects.visible_to(request.user))
    rows = rows.annotate(typed=kept.subquery(request.user, request.path))
    incident = rows.filter(reference=reference).first()
    if incident is None:
        audit.refused("look", by=request.user, object_type="incident", object_id=audit.hashed(reference))
        raise Http404
    return incident


def look(request, response, view, *, what="look"):
    """Render a page, record that this person looked, and give the page. A writer at their own draft is not recorded.

    :param view: the ReportView that the page shows
    """
    response.render()
    if view.status != Incident.Status.DRAFT:
        audit.seen(
            what,
            by=request.user,
            object_type="incident",
            object_id=view.reference,
            facets=view.facets_seen,
            subject_ids=view.subject_ids,
        )
    return response


def after(user, incident):
    """Give the address to go to after an action: the report, or home if it is no longer this person's to see."""
    if Incident.objects.visible_to(user).filter(pk=incident.pk).exists():
        return incident.get_absolute_url()
    return reverse("home")


def not_now(request, incident, view, verb, *, sentence="", asked=""):
    """Say why a verb cannot be done to a report that this person may see, and how the report stands.

    Status 409 if its state stands against it, 403 if they are not the one to do it.
    """
    row = incident_workflow.transitions[verb]
    late = view.status not in row.sources
    audit.refused(
        verb.replace(" ", "_"),
        by=request.user,
        object_type="incident",
        object_id=view.reference,
        reason_code="too-late" if late else "not-allowed",
    )
    if not sentence:
        try:
            incident_workflow.check(verb, request.user, incident, reason="-")
        except actions.Refused as refusal:
            sentence = str(refusal)
    context = {"report": view, "sentence": sentence, "late": late, "typed": asked}
    response = TemplateResponse(request, "reports/not_now.html", context, status=409 if late else 403)
    return look(request, response, view)


@dataclass
class Act:
    """One page that does one verb to a report: a form, the action, what is said afterwards.

    `make_form(incident, view, **bound)` makes the form; `do(incident, form, by, at)` acts and may raise Refused;
    `context(incident, view, form)` adds to what the template is given; `find_button` names the button of a form that
    only looks something up, so that it is shown again and nothing is done; `brief`: the page needs the core alone.
    """

    verb: str
    template: str
    make_form: object
    do: object
    said: object
    context: object = None
    find_button: str = ""
    brief: bool = True

    def __call__(self, request, reference):
        incident = find(request, reference)
        view = reading.view_of(request.user, incident, brief=self.brief)
        if self.verb not in view.may:
            asked = request.POST.get("reason") or request.POST.get("body") or "" if request.method == "POST" else ""
            return not_now(request, incident, view, self.verb, asked=asked)
        status = 200
        if request.method == "POST":
            if request.headers.get("X-Autosave") == "1":
                return keep_typed(request)
            form = self.make_form(incident, view, data=request.POST)
            if self.find_button and self.find_button in request.POST:
                form.is_valid()
                form.only_finding()
            else:
                answer = self._done(request, incident, view, form)
                if answer:
                    return answer
            status = 422 if form.errors else 200
        else:
            form = self.make_form(incident, view)
            if typed := kept.opened(request, incident.typed):
                form = self.make_form(incident, view, initial=typed_into(form, typed))
        context = {"report": view, "form": form, "back_href": view.href}
        if self.context:
            context |= self.context(incident, view, form)
        return look(request, TemplateResponse(request, self.template, context, status=status), view)

    def _done(self, request, incident, view, form):
        if not form.is_valid():
            return None
        try:
            self.do(incident, form, request.user, timezone.now())
        except actions.Refused as refusal:
            now = find(request, view.reference)
            changed = reading.view_of(request.user, now)
            if self.verb not in changed.may:
                asked = form.cleaned_data.get("reason") or form.cleaned_data.get("body") or ""
                return not_now(request, now, changed, self.verb, asked=asked)
            audit.refused(
                self.verb.replace(" ", "_"),
                by=request.user,
                object_type="incident",
                object_id=view.reference,
                reason_code="refused",
            )
            form.add_error(None, str(refusal))
            return None
        kept.forget(request.user, request.path)
        messages.success(request, self.said(view, form) if callable(self.said) else self.said)
        return redirect(after(request.user, incident))


def keep_typed(request):
    """Keep what was typed so far on this page, for autosave."""
    at = timezone.now()
    kept.keep(request.user, request.path, request.POST, at)
    return JsonResponse({"saved_at": at.isoformat()})


def typed_into(form, typed):
    """Give what was typed as a form's initial values, as each widget reads them."""
    return {name: field.widget.value_from_datadict(typed, {}, name) for name, field in form.fields.items()}
