"""What every page of the support area does: find the offer or say 404, show services, record the look."""

from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone

from campion import audit
from victims.models import Referral
from victims.permissions import referral_facets
from victims.reading import services_for


def referral_or_404(request, reference):
    """Give the offer if this person may know of it. Unseen is unknown; the log keeps a hash of what was tried."""
    referral = Referral.objects.visible_to(request.user).with_report().filter(reference=reference).first()
    if referral is None:
        unknown(request, "look", audit.hashed(reference))
    return referral


def unknown(request, action, object_id):
    """Record that somebody tried, and answer as for an address that does not exist.

    :raises Http404: always
    """
    audit.refused(action, by=request.user, object_type="referral", object_id=object_id)
    raise Http404


def page(request, template, context, *, status=200, look=None):
    """Render a page of the support area, record what was looked at, and only then answer.

    The services on the page are never in the log: who read a crisis line's number is nobody's business.

    :param look: (object_id, facets, subject_ids), or None where nothing about anybody is shown
    """
    today = timezone.localdate()
    context = {"services": services_for(request.user.worker_type, on=today), "today": today, **context}
    response = TemplateResponse(request, template, context, status=status).render()
    if look:
        object_id, facets, subject_ids = look
        audit.seen(
            "look",
            by=request.user,
            object_type="referral",
            object_id=object_id,
            facets=facets,
            subject_ids=subject_ids,
        )
    return response


def look_at(request, referral):
    """Give what the log says of a look at this offer by this person."""
    facets = referral_facets(referral.standing_of(request.user))
    return referral.reference, facets, [referral.person_id] if referral.person_id else []
