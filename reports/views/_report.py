"""What the doors of a report share: finding it, and answering a refusal."""

from django.http import Http404
from django.template.response import TemplateResponse

from campion import audit
from campion.workflow import Refused
from reports.content import with_people
from reports.models import Incident
from reports.workflow import incident_workflow


def find(request, reference, *, rows=None):
    """Give the incident if this person may know of it, with its people loaded; two queries.

    :param rows: a queryset to look in, instead of one made by `visible_to`
    :raises Http404: if there is no such report, or none for them: both look the same
    """
    rows = Incident.objects.visible_to(request.user) if rows is None else rows
    incident = with_people(rows).filter(reference=reference).first()
    if incident is None:
        audit.refused("look", by=request.user, object_type="incident", object_id=audit.hashed(reference))
        raise Http404
    return incident


def refusal_of(request, incident, verb):
    """Give the sentence by which this verb is refused now, and record it; an empty text if it is allowed."""
    try:
        incident_workflow.check(verb, request.user, incident)
    except Refused as refused:
        record_refusal(request, incident, verb)
        return str(refused)
    return ""


def record_refusal(request, incident, verb):
    """Record that somebody tried what they may not do to a report that they can see."""
    audit.refused(verb.replace(" ", "_"), by=request.user, object_type="incident", object_id=incident.reference)


def refuse(request, incident, sentence, *, status=403):
    """Answer with the sentence by which something was refused, and the way back to the report."""
    context = {"reference": incident.reference, "sentence": sentence, "back_href": incident.get_absolute_url()}
    return TemplateResponse(request, "reports/refused.html", context, status=status)


def call(assault, user):
    """Give what to call a person assaulted on a page for this reader: "You", or their name."""
    if assault.person_id == user.pk:
        return "You"
    return assault.person.name if assault.person else assault.outside_name


def seen(request, incident, response, *facets):
    """Send a rendered page of a submitted report only after the look was recorded; a draft's writer is not logged."""
    response.render()
    if incident.status != Incident.Status.DRAFT:
        audit.seen(
            "look",
            by=request.user,
            object_type="incident",
            object_id=incident.reference,
            facets=facets,
            subject_ids=[part.person_id for part in incident.assaults.all() if part.person_id],
        )
    return response
