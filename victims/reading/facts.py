"""What of the reports may suggest enhanced rights: codes and counts, and only of reports not kept from the reader.

No word of a report, no place, no time and no suspect leaves this module.
"""

from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import JSONObject

from reports.models import Assault, Conflict, Incident, NamedReader, Suspect
from victims.models import Clock, Referral
from victims.needs import Facts

YEAR = timedelta(days=365)


def facts_for(referral, *, by) -> Facts:
    """Give the facts of a case that may suggest enhanced rights; none without a report. One query.

    A report that is kept from the reader by a conflict, or closed to a named list without them, counts for nothing:
    not even its number is told.

    :param by: who carries the case
    """
    if referral.assault_id is None:
        return Facts()
    row = _assault_with_its_facts(referral, by).first()
    if row is None:
        return Facts()
    happened_at = row.incident.occurred_from or row.incident.submitted_at
    others = [(one["incident"], datetime.fromisoformat(one["at"]) if one["at"] else None) for one in row.others]
    within_a_year = sum(at is not None and happened_at - YEAR <= at <= happened_at for _, at in others)
    return Facts(
        conducts=frozenset(row.conduct_codes),
        injuries=frozenset(row.injury_types or ()),
        weapons=frozenset(row.weapon_codes),
        offences=_offences(row.crimes),
        strands=frozenset(row.hate_strands or ()),
        assaults=1 + within_a_year,
        same_suspect=_same_suspect(row.incident_id, {incident for incident, _ in others}, row.suspects),
        targeted_off_duty=row.duty_status == Assault.DutyStatus.OFF_DUTY_TARGETED,
    )


def _assault_with_its_facts(referral, by):
    """The assault, unless it is kept from the reader, with what is asked of it and of the person's other ones."""
    crimes = Clock.objects.filter(entitlement__evidence_form="crime", met_at__isnull=False)
    crimes = crimes.filter(referral__in=Referral.objects.joined_in(referral.pk).values("pk"))
    others = Assault.objects.counted().filter(_open_to(by), person=referral.person_id, person__isnull=False)
    others = others.exclude(pk=referral.assault_id).order_by("pk")
    incidents = Assault.objects.filter(Q(pk=referral.assault_id) | Q(person=referral.person_id, person__isnull=False))
    suspects = Suspect.objects.filter(incident__in=incidents.values("incident")).order_by("pk")
    conducts = Assault.conducts.through.objects.filter(assault=OuterRef("pk"))
    weapons = Incident.weapons.through.objects.filter(incident=OuterRef("incident"))
    rows = Assault.objects.filter(_open_to(by), pk=referral.assault_id).select_related("incident")
    return rows.annotate(
        conduct_codes=ArraySubquery(conducts.values("conducttype__code")),
        weapon_codes=ArraySubquery(weapons.values("weapontype__code")),
        injury_types=F("health__injury_types"),
        crimes=ArraySubquery(crimes.order_by("pk").values("evidence")),
        others=ArraySubquery(others.values(one=JSONObject(incident="incident_id", at="incident__occurred_from"))),
        suspects=ArraySubquery(suspects.values(one=JSONObject(incident="incident_id", key="nominal_reference"))),
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


def _same_suspect(incident, others, suspects):
    """How many of the other incidents name a suspect of this one, by the crime system's key.

    :param suspects: rows of (incident, key), the key sealed; those of incidents that are neither are left out
    """
    sealed, named = Suspect._meta.get_field("nominal_reference"), {}
    for row in suspects:
        if row["incident"] in {incident, *others}:
            key = sealed.from_db_value(row["key"], None, None).strip().casefold()
            if key:
                named.setdefault(row["incident"], set()).add(key)
    mine = named.get(incident, set())
    return sum(bool(mine & named.get(other, set())) for other in others)


def _offences(crimes):
    """The class of the crime as it was recorded, where it was given as a code."""
    given = (str((evidence or {}).get("class", "")) for evidence in crimes)
    return frozenset(text.split()[0].strip(",.:;").upper() for text in given if text.split())
