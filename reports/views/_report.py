"""How every page about one report opens it, does one verb to it, records the look, and answers a refusal."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from campion import audit, kept
from campion.workflow import Refused
from reports import reading
from reports.content import with_people
from reports.models import Incident
from reports.permissions import Facet
from reports.workflow import incident_workflow


def find(request, reference, *, rows=None, load=with_people):
    """Give the incident if this person may know of it, with what they typed on this page and did not save (`typed`).

    :param rows: a queryset to look in, instead of one made by `visible_to`
    :param load: has the queryset bring what the page needs, in the one query that this is
    :raises Http404: if there is no such report, or none for them: both look the same
    """
    return _find(request, [reference], rows, load)[0]


def find_both(request, reference, other, *, load=with_people):
    """The same for two reports, in one query.

    :raises Http404: if either of them is not there, or not for this person
    """
    return _find(request, [reference, other], None, load)


def _find(request, references, rows, load):
    rows = Incident.objects.visible_to(request.user) if rows is None else rows
    rows = load(rows.annotate(typed=kept.subquery(request.user, request.path)))
    found = {row.reference: row for row in rows.filter(reference__in=references)}
    for reference in references:
        if reference not in found:
            audit.refused("look", by=request.user, object_type="incident", object_id=audit.hashed(reference))
            raise Http404
    return [found[reference] for reference in references]


def seen(request, incident, response, *facets, what="look"):
    """Send a rendered page of a submitted report only after the look was recorded; a draft's writer is not logged."""
    return seen_together(request, [incident], response, *facets, what=what)


def seen_together(request, incidents, response, *facets, what="look"):
    """The same for a page that shows several reports."""
    response.render()
    looked_at = [row for row in incidents if row.status != Incident.Status.DRAFT]
    subjects = {row.reference: [part.person_id for part in row.assaults.all() if part.person_id] for row in looked_at}
    audit.seen_each(
        what,
        by=request.user,
        object_type="incident",
        objects={row.reference: subjects[row.reference] or [row.reporter_id] for row in looked_at},
        facets=facets,
    )
    return response


def call(assault, user):
    """Give what to call a person assaulted on a page for this reader: "You", or their name."""
    if assault.person_id == user.pk:
        return "You"
    return assault.person.name if assault.person else assault.outside_name


def after(user, incident):
    """Give the address to go to after an action: the report, or home if it is no longer this person's to see."""
    if Incident.objects.visible_to(user).filter(pk=incident.pk).exists():
        return incident.get_absolute_url()
    return reverse("home")


# Refusals ------------------------------------------------------------------------------------------------------------


def refusal_of(request, incident, verb):
    """Give the sentence by which this verb is refused now, and record it; an empty text if it is allowed."""
    try:
        incident_workflow.check(verb, request.user, incident, reason="-")
    except Refused as refused:
        late = incident.status not in incident_workflow.transitions[verb].sources
        record_refusal(request, incident, verb, reason_code="too-late" if late else "not-allowed")
        return str(refused)
    return ""


def record_refusal(request, incident, verb, *, reason_code="refused"):
    """Record that somebody tried what they may not do to a report that they can see."""
    audit.refused(
        verb.replace(" ", "_"),
        by=request.user,
        object_type="incident",
        object_id=incident.reference,
        reason_code=reason_code,
    )


def refuse(request, incident, sentence, *, status=403):
    """Answer with the sentence by which something was refused, and the way back to the report."""
    context = {"reference": incident.reference, "sentence": sentence, "back_href": incident.get_absolute_url()}
    return TemplateResponse(request, "reports/refused.html", context, status=status)


def not_now(request, incident, verb):
    """Say why a verb cannot be done to a report that this person may see, how it stands, and what they had typed.

    Status 409 if its state stands against it, 403 if they are not the one to do it.
    """
    sentence = refusal_of(request, incident, verb)
    late = incident.status not in incident_workflow.transitions[verb].sources
    typed = request.POST.get("reason") or request.POST.get("body") or ""
    view = reading.view_of(request.user, incident)
    context = {"report": view, "sentence": sentence, "late": late, "typed": typed}
    response = TemplateResponse(request, "reports/not_now.html", context, status=409 if late else 403)
    return seen(request, incident, response, *view.facets_seen)


# One verb, one page --------------------------------------------------------------------------------------------------

METHODS = ("GET", "HEAD", "POST")


@dataclass(frozen=True)
class Act:
    """One page that does one verb to a report: what it is about in short, a form, the action, what is said afterwards.

    `make_form(incident, view, **bound)` makes the form; `do(incident, form, by, at)` acts and may raise Refused;
    `context(incident, view, form)` adds to what the template is given; `find_button` names the button of a form that
    only looks something up, so that it is shown again and nothing is done; `load` has the incident bring more along;
    `gaps`: the page says what is missing; `facets`: what it shows beside the core, for the audit line.
    """

    verb: str
    template: str
    make_form: object
    do: object
    said: object
    context: object = None
    find_button: str = ""
    load: object = reading.for_summary
    gaps: bool = False
    facets: tuple = ()

    def __call__(self, request, reference):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        incident = find(request, reference, load=self.load)
        view = reading.view_of(request.user, incident, brief=True)
        if self.verb not in view.may:
            return not_now(request, incident, self.verb)
        if request.method == "POST":
            form = self.make_form(incident, view, data=request.POST)
            if self.find_button and self.find_button in request.POST:
                form.is_valid()
                form.only_finding()
            elif answer := self._done(request, incident, view, form):
                return answer
        else:
            form = typed_again(request, incident, lambda **initial: self.make_form(incident, view, **initial))
        if self.gaps:
            view = reading.with_gaps(request.user, incident, view)
        context = {"report": view, "form": form, "summary": summary_of(view), "back_href": view.href}
        if self.context:
            context |= self.context(incident, view, form)
        status = 422 if form.is_bound and form.errors else 200
        response = TemplateResponse(request, self.template, context, status=status)
        return seen(request, incident, response, Facet.CORE, *self.facets)

    def _done(self, request, incident, view, form):
        if not form.is_valid():
            return None
        try:
            self.do(incident, form, request.user, timezone.now())
        except Refused as refused:
            now = find(request, view.reference)
            if self.verb not in incident_workflow.allowed(request.user, now):
                return not_now(request, now, self.verb)
            record_refusal(request, incident, self.verb)
            form.add_error(None, str(refused))
            return None
        kept.forget(request.user, request.path)
        messages.success(request, self.said(view, form) if callable(self.said) else self.said)
        return redirect(after(request.user, incident))


def summary_of(view):
    """Say in four rows which event a form is about; the report itself is behind a link."""
    rows = [
        {"key": "When", "value": view.when},
        {"key": "Where", "value": ", ".join(part for part in (view.place_type, view.district) if part)},
        {"key": "Kind", "value": list(view.kinds)},
        {"key": "Assaulted", "value": [person.label for person in view.people]},
    ]
    return [row for row in rows if row["value"]]


def typed_again(request, incident, make_form):
    """Make a form that shows again what this person typed on the page and did not save."""
    form = make_form()
    typed = kept.opened(request, incident.typed)
    if not typed:
        return form
    fields = form.fields.items()
    return make_form(initial={name: field.widget.value_from_datadict(typed, {}, name) for name, field in fields})
