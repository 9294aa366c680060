"""The answers of a report as plain values: what readiness reads, what a version keeps, what its hash covers.

Text, lists, numbers and None only, in a fixed order, so that equal answers give equal JSON.
"""

import hashlib
import json

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from campion.written import written
from reports.alongside import alongside
from reports.models import Assault, Evidence, Footage, Incident, SourceReference, Suspect, Version, Witness
from reports.readiness import page_values

HEALTH = ("exposure_fluids", "exposure_routes", "injury_types", "body_parts", "treatment", "impact", "notes")
WISH = ("support", "channel", "contact", "safe_times", "may_leave_message")
ACTIVITY = (
    "activity_id", "crewing", "assistance_called", "assistance_minutes", "people_present", "deescalation_tried",
    "force_used",
)  # fmt: skip
SUSPECT = (
    "position", "known", "nominal_reference", "colleague_id", "age_band", "sex", "influence", "mental_health",
    "demeanour", "relationship",
)  # fmt: skip


def with_people(incidents):
    """Have a queryset of incidents bring its assaults along, with conduct codes, health and wishes: no query more."""
    return alongside(incidents, assaults=_people)


def with_everything(incidents):
    """Have a queryset bring what `with_people` brings, and in the same query suspects, evidence, witnesses, weapons,
    references, footage and submissions: what is not sealed as plain values (`weapon_codes`, `reference_rows`,
    `footage_rows`, `version_rows`)."""
    incidents = alongside(with_people(incidents), suspects=_suspects, evidence=_evidence, witnesses=_witnesses)
    return incidents.annotate(
        weapon_codes=written(_weapons),
        reference_rows=written(_references),
        footage_rows=written(_footage),
        version_rows=written(_versions),
    )


def _people():
    done = Assault.conducts.through.objects.filter(assault=OuterRef("pk"))
    codes = done.order_by("conducttype__order", "conducttype__code").values("conducttype__code")
    people = Assault.objects.select_related("person", "health", "wish")
    return people.annotate(conduct_codes=ArraySubquery(codes)).order_by("position")


def _suspects():
    return Suspect.objects.select_related("colleague").order_by("position")


def _evidence():
    return Evidence.objects.select_related("added_by").order_by("added_at", "id")


def _witnesses():
    return Witness.objects.select_related("person").order_by("id")


def _weapons():
    weapons = Incident.weapons.through.objects.filter(incident=OuterRef("pk"))
    return ArraySubquery(weapons.order_by("weapontype__code").values("weapontype__code"))


def _references():
    rows = SourceReference.objects.filter(incident=OuterRef("pk"))
    return ArraySubquery(rows.values(row=JSONObject(kind="kind", value="value")))


def _footage():
    rows = Footage.objects.filter(incident=OuterRef("pk"))
    row = JSONObject(source="source", reference="reference", deleted_on="deleted_on", kept="kept_as_evidence")
    return ArraySubquery(rows.values(row=row))


def _versions():
    row = JSONObject(
        number="number", at="at", by_id="by_id", given="by__given_name", family="by__family_name",
        rank="by__rank_or_grade",
    )  # fmt: skip
    return ArraySubquery(Version.objects.filter(incident=OuterRef("pk")).order_by("number").values(row=row))


def core_content(incident, *, writer=None) -> dict:
    """Give the answers to the core questions. No query if the incident was loaded `with_people`.

    :param writer: the key of the person who answers, whose own part is then theirs; who filed the report if not given
    """
    return {
        "writer_id": writer or incident.reporter_id,
        "who": incident.who,
        "quick_log": incident.quick_log,
        "when": {
            "precision": incident.precision,
            "from": incident.told_from,
            "to": incident.told_to,
            "mark": incident.clock_mark,
            "at": _iso(incident.occurred_from),
            "until": _iso(incident.occurred_to),
        },
        "told": {
            "police_told_at": _iso(incident.police_told_at),
            "late_reason": incident.late_reason,
            "end_of_duty_at": _iso(incident.end_of_duty_at),
        },
        "where": {
            "district_id": incident.district_id,
            "elsewhere": incident.elsewhere,
            "place_type_id": incident.place_type_id,
            "place_detail": incident.place_detail,
        },
        "narrative": incident.narrative,
        "assaults": [_assault(assault) for assault in incident.assaults.all()],
        "answered": sorted(incident.answered),
    }


def content_of(incident) -> dict:
    """Give every answer of a report, the fuller sections too: six queries at most over `core_content`.

    None for what was prefetched or loaded `with_everything`.
    """
    loaded = incident.__dict__
    weapons = loaded.get("weapon_codes")
    if weapons is None:
        weapons = [weapon.code for weapon in incident.weapons.all()]
    references = [[row["kind"], row["value"]] for row in loaded.get("reference_rows") or ()]
    if "reference_rows" not in loaded:
        references = [[row.kind, row.value] for row in incident.references.all()]
    footage = [
        [row["source"], row["reference"], row["deleted_on"] or "", row["kept"]]
        for row in loaded.get("footage_rows") or ()
    ]
    if "footage_rows" not in loaded:
        footage = [
            [f.source, f.reference, f.deleted_on.isoformat() if f.deleted_on else "", f.kept_as_evidence]
            for f in incident.footage.all()
        ]
    return core_content(incident) | {
        "activity_id": incident.activity_id,
        "crewing": incident.crewing,
        "assistance_called": incident.assistance_called,
        "assistance_minutes": incident.assistance_minutes,
        "people_present": incident.people_present,
        "deescalation_tried": incident.deescalation_tried,
        "force_used": incident.force_used,
        "crime_recorded": incident.crime_recorded,
        "weapons": sorted(weapons),
        "suspects": [_fields(suspect, SUSPECT) for suspect in sorted(incident.suspects.all(), key=_position)],
        "references": sorted(references),
        "footage": sorted(footage),
        "witnesses": [[w.person_id, w.description] for w in sorted(incident.witnesses.all(), key=_key)],
        "evidence": sorted(row.sha256 for row in incident.evidence.all() if row.removed_at is None),
    }


def section_values(incident, page) -> dict:
    """Give what one of the fuller sections writes, as plain values: what its form shows and a second tab may have
    changed. No query if the incident was loaded `with_people`, but one for weapons unless they came along."""
    if page.name == "crime":
        return {"crime_recorded": incident.crime_recorded}
    if page.name == "told":
        return {name: _iso(getattr(incident, name)) for name in ("police_told_at", "end_of_duty_at")}
    content = core_content(incident)
    if page.name == "weapons":
        codes = incident.__dict__.get("weapon_codes")
        content["weapons"] = sorted(incident.weapons.values_list("code", flat=True) if codes is None else codes)
    elif page.name == "activity":
        content |= {name: getattr(incident, name) for name in ACTIVITY}
    values = page_values(content, page)
    # A row of health that is not there yet, and one with nothing in it, are the same to a form.
    return values | {name: values[name] or "" for name in ("treatment", "impact", "notes") if name in values}


def content_hash(content: dict) -> str:
    """Give the hash by which two submissions are known to say the same (R3)."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _assault(assault) -> dict:
    health, wish = getattr(assault, "health", None), getattr(assault, "wish", None)
    codes = getattr(assault, "conduct_codes", None)
    if codes is None:
        codes = assault.conducts.order_by("order", "code").values_list("code", flat=True)
    return {
        **_fields(
            assault,
            ("position", "person_id", "outside_name", "outside_contact", "worker_type", "consent", "contact", "injury",
             "duty_status", "ppe_worn", "bwv", "words_used", "hate_strands"),
        ),
        "conducts": list(codes),
        "health": _fields(health, HEALTH) if health else None,
        "wish": _fields(wish, WISH) if wish else None,
    }  # fmt: skip


def _position(row) -> int:
    return row.position


def _key(row) -> int:
    return row.pk


def _fields(row, names) -> dict:
    return {name: getattr(row, name) for name in names}


def _iso(at) -> str:
    return at.isoformat() if at else ""
