"""Who looked at an offer of support, from the audit log, as roles and times."""

from django.db.models import CharField, Q
from django.db.models.functions import Cast

from campion.models import AuditEvent
from campion.roles import Role
from victims.models import Clock, Referral
from victims.permissions import Facet
from victims.reading.words import Event

DESK = "desk"
"""What stands in the audit log in place of a reference when the desk's list was looked at."""

LISTS = {DESK: "In the list of the welfare desk", "team": "In a list of cases that were to change hands"}
"""The lists of the desk, as they stand in the log, and what is said of a look at one."""

LOOKS_SHOWN = 50
_SHOWN = ("id", "at", "actor_roles", "object_type", "object_id", "facets")


def looks(referral):
    """Say who looked at the case, as roles and times, newest first; the person's own looks are left out. One query.

    That is: the case and each that was joined with it, the desk's lists since it is on them, each thing owed in it, and
    each complaint made in it.
    """
    joined = Referral.objects.joined_in(referral.pk)
    about = [
        Q(object_type="referral", object_id__in=joined.values("reference")),
        Q(object_type="duty", object_id__in=_keys(Clock.objects.filter(referral__in=joined.values("pk")))),
        Q(object_type="complaint", object_id__in=_keys(referral.complaints)),
    ]
    if referral.person_id:
        offered = AuditEvent.objects.filter(object_type="referral", object_id=referral.reference).order_by("id")
        listed = Q(object_type="referral", object_id__in=LISTS, subject_ids__contains=[referral.person_id])
        about.append(listed & Q(id__gt=offered.values("id")[:1]))
    seen = AuditEvent.objects.filter(outcome="seen").exclude(actor_id=referral.person_id)
    # Four searches by the index of the log: with an OR between them the whole log would be read.
    searches = [seen.filter(one).values_list(*_SHOWN) for one in about]
    rows = searches[0].union(*searches[1:], all=True).order_by("-id")[:LOOKS_SHOWN]
    return [
        Event(_role_words(roles), at, text=_what(kind, where, facets)) for _, at, roles, kind, where, facets in rows
    ]


def _keys(rows):
    return rows.annotate(text_key=Cast("key", CharField())).values("text_key")


def _what(kind, where, facets):
    if kind == "duty":
        return "Opened one thing that is owed to you"
    if kind == "complaint":
        return "Opened your complaint"
    if where in LISTS:
        return LISTS[where]
    if Facet.CONTACT in facets:
        return "Opened your case, to carry it"
    return "Opened this, without your contact details"


def _role_words(roles):
    if Role.WELFARE in roles:
        return Role.WELFARE.label
    return ", ".join(Role(role).label for role in roles if role in Role.values) or "Somebody"
