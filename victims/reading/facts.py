"""What of the reports may suggest enhanced rights: codes and counts, and only of reports not kept from the reader.

No word of a report, no place, no time and no suspect leaves this module.
"""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from reports.models import Assault, Conflict, Health, NamedReader, Suspect
from victims.models import Clock
from victims.needs import Facts

YEAR = timedelta(days=365)


def facts_for(referral, *, by) -> Facts:
    """Give the facts of a case that may suggest enhanced rights; none without a report. Six queries at most.

    A report that is kept from the reader by a conflict, or closed to a named list without them, counts for nothing:
    not even its number is told.

    :param by: who carries the case
    """
    if referral.assault_id is None:
        return Facts()
    open_to_them = _open_to(by)
    assault = Assault.objects.filter(open_to_them, pk=referral.assault_id).select_related("incident").first()
    if assault is None:
        return Facts()
    health = Health.objects.filter(assault=assault).only("injury_types").first()
    happened_at = assault.incident.occurred_from or assault.incident.submitted_at
    others = list(
        Assault.objects.counted()
        .filter(open_to_them, person=referral.person_id)
        .exclude(pk=assault.pk)
        .values_list("incident", "incident__occurred_from")
        if referral.person_id
        else []
    )
    within_a_year = sum(at is not None and happened_at - YEAR <= at <= happened_at for _, at in others)
    return Facts(
        conducts=frozenset(assault.conducts.values_list("code", flat=True)),
        injuries=frozenset(health.injury_types or ()) if health else frozenset(),
        weapons=frozenset(assault.incident.weapons.values_list("code", flat=True)),
        offences=_offences(referral),
        strands=frozenset(assault.hate_strands or ()),
        assaults=1 + within_a_year,
        same_suspect=_same_suspect(assault.incident_id, {incident for incident, _ in others}),
        targeted_off_duty=assault.duty_status == Assault.DutyStatus.OFF_DUTY_TARGETED,
    )


def conducts_of(referral, *, by) -> list[str]:
    """Give what was done to the person, in the words of the list; nothing of a report kept from the reader. One query.

    :param by: who carries the case
    """
    rows = Assault.objects.filter(_open_to(by), pk=referral.assault_id, conducts__isnull=False)
    return list(rows.order_by("conducts__order", "conducts__code").values_list("conducts__label", flat=True))


def _open_to(user):
    incident = OuterRef("incident")
    conflict = Conflict.objects.filter(incident=incident, user=user, ended_at=None)
    named = NamedReader.objects.filter(incident=incident, user=user, approved_at__isnull=False, removed_at=None)
    return ~Exists(conflict) & (Q(incident__restricted=False) | Exists(named))


def _same_suspect(incident, others):
    """How many of the other incidents name a suspect of this one, by the crime system's key."""
    if not others:
        return 0
    named = {}
    for row in Suspect.objects.filter(incident__in={incident, *others}).only("incident", "nominal_reference"):
        key = row.nominal_reference.strip().casefold()
        if key:
            named.setdefault(row.incident_id, set()).add(key)
    mine = named.get(incident, set())
    return sum(bool(mine & named.get(other, set())) for other in others)


def _offences(referral):
    """The class of the crime as it was recorded, where it was given as a code."""
    recorded = Clock.objects.filter(entitlement__evidence_form="crime", met_at__isnull=False)
    rows = recorded.filter(Q(referral=referral) | Q(referral__merged_into=referral)).only("evidence")
    given = (str((row.evidence or {}).get("class", "")) for row in rows)
    return frozenset(text.split()[0].strip(",.:;").upper() for text in given if text.split())
