"""Reports that may tell of the same event: shown before submitting, so that the person decides."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from reports.content import with_people
from reports.models import Assault, Conflict, Incident

NEAR = timedelta(hours=3)
AT_MOST = 5


@dataclass(frozen=True)
class Likeness:
    """Reports that this person may see and that look alike, and whether there is one that they may not see."""

    seen: list = field(default_factory=list)
    unseen: bool = False

    def __bool__(self):
        return bool(self.seen) or self.unseen


def likely_duplicates(incident, *, user) -> Likeness:
    """Find reports of the same people, within three hours, in the same district or kind of place.

    A report that is closed to a named list, or kept from this person, is not hinted at: that it exists is not theirs to
    know. One query.

    :param incident: loaded `with_people`
    :param user: who asks; only what they may see is given
    """
    people = [assault.person_id for assault in incident.assaults.all() if assault.person_id]
    if not people or incident.occurred_from is None:
        return Likeness()
    near = Incident.objects.counted().filter(
        force=incident.force_id,
        occurred_from__range=(incident.occurred_from - NEAR, incident.occurred_from + NEAR),
        pk__in=Assault.objects.filter(person__in=people).values("incident"),
    )
    near = near.exclude(pk=incident.pk).filter(_same_place(incident))
    visible = Exists(Incident.objects.visible_to(user).filter(pk=OuterRef("pk")))
    kept_from = Exists(Conflict.objects.filter(user=user, ended_at=None, incident=OuterRef("pk")))
    near = near.annotate(is_seen=visible).filter(Q(is_seen=True) | Q(restricted=False) & ~kept_from)
    found = list(with_people(near.order_by("-is_seen", "occurred_from", "pk"))[: AT_MOST + 1])
    return Likeness([row for row in found if row.is_seen][:AT_MOST], not all(row.is_seen for row in found))


def _same_place(incident):
    """Whether the place fits: the same district or kind of place, or one of the two does not say."""
    unsaid = Q(district=None, place_type=None)
    if incident.district_id is None and incident.place_type_id is None:
        return Q()
    same = Q(pk__in=[])
    if incident.district_id:
        same |= Q(district=incident.district_id)
    if incident.place_type_id:
        same |= Q(place_type=incident.place_type_id)
    return same | unsaid
