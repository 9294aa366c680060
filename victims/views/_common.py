"""What every page of the support area does: find the offer or say 404, show services, record the look."""

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone

from campion import audit, kept
from victims.models import Referral
from victims.permissions import referral_facets
from victims.reading.care import columns_of
from victims.reading.directory import services_column, services_for


def referral_or_404(request, reference):
    """Give the offer if this person may know of it. Unseen is unknown; the log keeps a hash of what was tried."""
    referral = Referral.objects.visible_to(request.user).with_report().filter(reference=reference).first()
    if referral is None:
        unknown(request, "look", audit.hashed(reference))
    return referral


def own_or_refuse(request, reference, verb, *related, brings=()):
    """Give the case with what its person typed and did not save as `kept_values`, and who investigates: one query.

    The address of a case that was joined with another gives that other, in which everything goes on.

    :param related: what else is loaded with it
    :param brings: what hangs on the case and comes along, for `reading.care.parts_of`
    :raises PermissionDenied: for the desk, which may know of it and yet answers for nobody
    :raises Http404: for everybody else whose it is not
    """
    own = Referral.objects.visible_to(request.user).filter(person=request.user)
    goes_on = own.filter(reference=reference).values("merged_into")
    rows = own.filter(Q(reference=reference, merged_into=None) | Q(pk__in=goes_on))
    referral = (
        rows.select_related("owner", *related)
        .annotate(
            services=services_column(timezone.localdate()),
            **columns_of(*brings),
            kept_values=kept.subquery(request.user, request.path),
            officer_given=F("assault__incident__officer_in_case__given_name"),
            officer_family=F("assault__incident__officer_in_case__family_name"),
        )
        .first()
    )
    if referral is None:
        theirs = referral_or_404(request, reference)
        audit.refused(verb, by=request.user, object_type="referral", object_id=theirs.reference)
        raise PermissionDenied
    request.services = referral.services
    return referral


def services_on(request, worker_type=None):
    """Give the services open to whoever reads, or to somebody of another worker type: no query, where the page's own
    row brought them along (`request.services`, from `services_column`)."""
    rows = getattr(request, "services", None)
    return services_for(worker_type or request.user.worker_type, on=timezone.localdate(), rows=rows)


def typed_on(request, referral):
    """Give what stands in the form: what was sent, or what was typed before and not saved; None for neither."""
    return request.POST if request.method == "POST" else kept.opened(request, referral.kept_values)


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
    if "services" not in context:
        context["services"] = services_on(request)
    context.setdefault("today", today)
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
