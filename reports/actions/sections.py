"""The fuller sections: what is completed later, by who wrote the report or who reviews it."""

from contextlib import contextmanager
from datetime import datetime

from django.db.models import Max

from campion.workflow import Refused
from reports import events
from reports.actions._common import changing
from reports.actions.drafts import ChangedElsewhere
from reports.actions.review import route
from reports.content import section_values
from reports.models import (
    Assault,
    Conflict,
    Footage,
    Health,
    Incident,
    SourceReference,
    Suspect,
    WeaponType,
    Witness,
)
from reports.permissions import may_fill
from reports.readiness import OPEN_CONSENT, OPEN_INJURY, PageKey, digest

ITEMS_AT_MOST = 50
"""Rows of one list in one report; more than that is typed by mistake or by a machine."""


def complete(*, incident, page: PageKey, answers: dict, seen: str, by, at, passed=True):
    """Save what one of the fuller sections asks, and nothing else.

    :param answers: in the shape of `content.section_values` for that section
    :param seen: the digest of those values when the page was opened
    :param passed: whether the person went on from the page; False for a save while typing
    :raises ChangedElsewhere: if somebody saved the section meanwhile, with other answers than these
    :raises Refused: if this person may not fill it in, or not now
    """
    with _filling(incident, page, by=by, at=at, passed=passed) as (report, part):
        stands = section_values(report, page)
        if digest(stands) not in (seen, digest(answers)):
            raise ChangedElsewhere(stands)
        if digest(stands) != digest(answers):
            _WRITERS[page.name](report, part, answers, at)
            changed = {name for name in answers if answers[name] != stands.get(name)}
            if report.status != Incident.Status.DRAFT and changed & _GRAVE:
                events.assault_changed.send(Assault, assault=part, by=by, at=at)


_GRAVE = {"injury", "injury_types", "treatment", "exposure_fluids", "exposure_routes"}
"""Answers after which somebody's support may be more urgent, or an exposure be one to act on."""


@contextmanager
def _filling(incident, page, *, by, at, passed=True):
    with changing(incident, "complete", by=by) as report:
        part = None
        if page.position is not None:
            part = next((row for row in report.assaults.all() if row.position == page.position), None)
            if part is None:
                raise Refused("That person is no longer in this report.")
        if not may_fill(report.standing_of(by), page.name, part and part.pk):
            raise Refused("You may not fill in that part of this report.")
        yield report, part
        if passed:
            report.answered = sorted({*report.answered, str(page)})
        report.saved_at = at
        report.save(update_fields=["answered", "saved_at"])


def _fields(report, _, answers, at):
    for name, value in answers.items():
        setattr(report, name, value)
    report.save(update_fields=[*answers])


def _part_fields(report, part, answers, at):
    if answers.get("consent", part.consent) != part.consent and part.consent not in OPEN_CONSENT:
        raise Refused("Whether they know of this report was answered before.")
    for name, value in answers.items():
        setattr(part, name, value)
    part.save(update_fields=[*answers])


def _weapons(report, _, answers, at):
    report.weapons.set(WeaponType.objects.filter(code__in=answers["weapons"]))


def _told(report, _, answers, at):
    if report.submitted_at is not None:
        raise Refused("The clocks started from these times when the report was submitted, so they stay as they are.")
    for name, value in answers.items():
        setattr(report, name, datetime.fromisoformat(value) if value else None)
    report.save(update_fields=[*answers])


def _health(report, part, answers, at):
    health = getattr(part, "health", None) or Health(assault=part)
    names = [name for name in answers if name not in ("contact", "injury")]
    if "injury" in answers and answers["injury"] != part.injury:
        if part.injury not in OPEN_INJURY:
            raise Refused("Whether they were hurt was answered before. A supervisor corrects it, with a reason.")
        part.injury = answers["injury"]
        part.save(update_fields=["injury"])
    for name in names:
        setattr(health, name, answers[name])
    if "exposure_fluids" in answers and health.advice_shown_at is None:
        health.advice_shown_at = at  # the page shows the advice
        names.append("advice_shown_at")
    health.save(update_fields=names if health.pk else None)
    if "contact" in answers and answers["contact"] != part.contact:
        Assault.objects.filter(pk=part.pk).update(contact=answers["contact"])


_WRITERS = {
    "activity": _fields,
    "place": _fields,
    "crime": _fields,
    "weapons": _weapons,
    "told": _told,
    "detail": _part_fields,
    "equipment": _part_fields,
    "injury": _health,
    "exposure": _health,
}


# Lists: suspects, references, footage, witnesses ---------------------------------------------------------------------

EMPTY = {
    "suspects": {
        "known": "", "nominal_reference": "", "colleague_id": None, "age_band": "", "sex": "", "influence": [],
        "mental_health": "", "demeanour": "", "relationship": "",
    },
    "crime": {"kind": "", "value": ""},
    "footage": {"source": "", "reference": "", "deleted_on": None, "kept_as_evidence": False},
    "witnesses": {"person_id": None, "description": "", "statement_due_on": None, "statement_given": False},
}  # fmt: skip
"""What each row of a list holds, by section, before anything is answered."""

_MODELS = {"suspects": Suspect, "crime": SourceReference, "footage": Footage, "witnesses": Witness}
_PEOPLE = {"suspects": "colleague", "witnesses": "person"}
_MARKS = {"footage": "evidence"}


def items_of(incident, section) -> list:
    """Give the rows of a list in the order in which they were added; the first is number 1. One query."""
    rows = _MODELS[section].objects.filter(incident=incident).order_by("pk")
    return list(rows.select_related(_PEOPLE[section]) if section in _PEOPLE else rows)


def item_values(section, row) -> dict:
    """Give what one row of a list holds, as plain values."""
    return {name: getattr(row, name) for name in EMPTY[section]}


def save_item(*, incident, section, answers: dict, by, at, number=None, seen=""):
    """Add a row to a list, or change one.

    :param answers: every name of EMPTY[section]
    :param number: which row to change, counted from 1; None to add one
    :param seen: the digest of that row's values when the page was opened
    :raises ChangedElsewhere: if the row was changed or removed meanwhile
    :raises Refused: if this person may not, or the same reference is there already, or the list is full
    """
    with _filling(incident, PageKey(_MARKS.get(section, section)), by=by, at=at) as (report, _):
        rows = items_of(report, section)
        row = _still_there(section, rows, number, seen, answers) if number else None
        if row is None and len(rows) >= ITEMS_AT_MOST:
            raise Refused(f"This list is full: it takes {ITEMS_AT_MOST}.")
        if section == "crime" and any(
            other != row and (other.kind, other.value) == (answers["kind"], answers["value"]) for other in rows
        ):
            raise Refused("That reference is in the list already.")
        if section == "suspects":
            _check_suspect(report, answers, by)
        was = row and getattr(row, "colleague_id", None)
        row = row or _MODELS[section](incident=report)
        if section == "suspects" and row.position is None:
            row.position = (report.suspects.aggregate(most=Max("position"))["most"] or 0) + 1
        for name, value in answers.items():
            setattr(row, name, value)
        row.save(update_fields=[*answers] if row.pk else None)
        if section == "suspects":
            _keep_out(report, row.colleague_id, was, by, at)


def remove_item(*, incident, section, number, seen, by, at):
    """Take a row out of a list.

    :raises ChangedElsewhere: if the row was changed or removed meanwhile
    :raises Refused: if this person may not
    """
    with _filling(incident, PageKey(_MARKS.get(section, section)), by=by, at=at) as (report, _):
        row = _still_there(section, items_of(report, section), number, seen, None)
        was = getattr(row, "colleague_id", None)
        row.delete()
        if section == "suspects":
            _keep_out(report, None, was, by, at)


def _still_there(section, rows, number, seen, answers):
    if number > len(rows):
        raise ChangedElsewhere(None)
    row = rows[number - 1]
    values = item_values(section, row)
    if digest(values) != seen and values != answers:
        raise ChangedElsewhere(values)
    return row


def _check_suspect(report, answers, by):
    key = answers["colleague_id"]
    if key is None:
        return
    if key == by.pk:
        raise Refused("You cannot name yourself. If you have a conflict, tell your supervisor.")
    if key == report.reporter_id or any(part.person_id == key for part in report.assaults.all()):
        raise Refused("That person filed the report or was assaulted, so they see their own part of it.")


def _keep_out(report, key, was, by, at):
    """Keep a suspected colleague away from the report, and route it past them; at once if it was submitted.

    Once submitted, one who was named by mistake is let back by information governance alone.
    """
    draft = report.status == Incident.Status.DRAFT
    if was and was != key and draft and not report.suspects.filter(colleague=was).exists():
        report.conflicts.filter(user=was, why=Conflict.Why.SUSPECT, ended_at=None).update(ended_at=at)
    if key:
        Conflict.objects.get_or_create(
            incident=report, user_id=key, why=Conflict.Why.SUSPECT, ended_at=None, defaults={"by": by, "at": at}
        )
    if not draft:
        route(report, at=at)
        report.tasks.open().update(unit=report.unit)
        events.people_named.send(Incident, incident=report, by=by, at=at)
