"""Who looked at an offer of support, from the audit log, as roles and times."""

from django.db.models import Q

from campion.models import AuditEvent
from campion.roles import Role
from victims.reading.words import Event

DESK = "desk"
"""What stands in the audit log in place of a reference when the desk's list was looked at."""

LOOKS_SHOWN = 50


def looks(referral):
    """Say who looked at the offer, as roles and times, newest first; the person's own looks are left out."""
    about = Q(object_id=referral.reference)
    if referral.person_id:
        offered = AuditEvent.objects.filter(object_type="referral", object_id=referral.reference).order_by("id")
        about |= Q(object_id=DESK, subject_ids__contains=[referral.person_id], id__gt=offered.values("id")[:1])
    rows = (
        AuditEvent.objects.filter(about, object_type="referral", outcome="seen")
        .exclude(actor_id=referral.person_id)
        .order_by("-id")
        .values_list("at", "actor_roles", "object_id")[:LOOKS_SHOWN]
    )
    return [
        Event(
            _role_words(roles),
            at,
            text="In the list of the welfare desk"
            if where == DESK
            else "Opened this offer, without your contact details",
        )
        for at, roles, where in rows
    ]


def _role_words(roles):
    if Role.WELFARE in roles:
        return Role.WELFARE.label
    return ", ".join(Role(role).label for role in roles if role in Role.values) or "Somebody"
