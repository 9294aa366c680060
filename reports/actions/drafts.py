"""From the first question to the last: a draft is begun, answered page by page, and given the people it is about."""

import uuid
from contextlib import contextmanager
from datetime import datetime

import pghistory
from django.db import connection, transaction
from django.db.models.functions import Length

from campion import references
from campion.local_time import policing_day
from campion.models import Unit, User, WorkerType
from campion.roles import Role
from campion.workflow import Refused
from reports.actions._common import changing, record
from reports.actions.review import AlreadySubmitted, Submitted, submit
from reports.content import content_hash, content_of, core_content, with_people
from reports.models import Assault, ConductType, District, Health, Incident, SupportWish, Version
from reports.permissions import may_answer
from reports.readiness import ABUSE, PageKey, digest, kind_of, page_values
from reports.routing import area_of

PEOPLE_AT_MOST = 30
"""People assaulted in one incident; more than that is typed by mistake or by a machine."""


class ChangedElsewhere(Refused):
    """A page was changed in another tab or on another device since it was opened. `content` is what stands now."""

    def __init__(self, content):
        super().__init__("This page was changed in another tab or on another device.")
        self.content = content


# Beginning ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def start(*, by, at) -> Incident:
    """Begin a report, and give its draft. One that this person began and left untouched is given again.

    :raises Refused: if the person's force has no unit to send a report to
    """
    _one_at_a_time(by)
    untouched = with_people(
        Incident.objects.drafts_of(by).filter(who="", answered=[], quick_log=False, told_from="", narrative=None)
    )
    if found := untouched.order_by("-opened_at").first():
        return found
    with pghistory.context(user=by.pk):
        draft = Incident.objects.create(
            reference=_new_reference(),
            force_id=by.force_id,
            unit_id=_unit_of(by),
            reporter=by,
            reporter_role=_role_of(by),
            opened_at=at,
            saved_at=at,
        )
        record("start", draft, by=by)
    return draft


def _one_at_a_time(by):
    """Let one transaction of this person's through at a time, so that a double click begins one report."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('reports.start'), %s)", [by.pk % 2**31])


def _new_reference():
    while Incident.objects.filter(reference=(reference := references.make("AR"))).exists():
        pass
    return reference


def _unit_of(user):
    if user.unit_id:
        return user.unit_id
    top = Unit.objects.filter(force=user.force_id, parent=None).order_by(Length("path"), "pk").first()
    if top is None:
        raise Refused("Your force has no unit here that could read a report. Ask your administrator.")
    return top.pk


def _role_of(user, *, victim=False):
    """Say as what somebody files: as the person assaulted, else by what they are."""
    if victim:
        return Incident.ReporterRole.VICTIM
    if user.plays(Role.SUPERVISOR):
        return Incident.ReporterRole.SUPERVISOR
    if user.plays(Role.HEALTH_SAFETY):
        return Incident.ReporterRole.HEALTH_SAFETY
    if user.worker_type == WorkerType.CONTROL_ROOM:
        return Incident.ReporterRole.CONTROL_ROOM
    return Incident.ReporterRole.COLLEAGUE


# Answering ------------------------------------------------------------------------------------------------------------


def answer(*, incident, page: PageKey, answers: dict, seen: str, by, at, passed=True) -> Incident:
    """Save what one page asks, and nothing else.

    :param answers: in the shape of `readiness.page_values` for that page
    :param seen: the digest of the page's values when it was opened
    :param passed: whether the person went on from the page; False for a save while typing
    :returns: the incident as it is now, loaded `with_people`
    :raises ChangedElsewhere: if somebody saved the page meanwhile, with other answers than these
    :raises Refused: if this person may not change the report, or not now
    """
    with changing(incident, "edit", by=by) as draft:
        part = _part(draft, page.position) if page.position else None
        if not may_answer(draft.standing_of(by), page.name, part and part.pk):
            raise Refused("You may not answer that part of this report.")
        content = core_content(draft, writer=by.pk)
        stands = digest(page_values(content, page))
        if stands not in (seen, digest(answers)):
            raise ChangedElsewhere(content)
        if page.name == "advice" or stands != digest(answers):
            _WRITERS[page.name](draft, part, answers, by, at)
        if passed:
            draft.answered = sorted({*draft.answered, str(page)})
        draft.saved_at = at
        draft.save(update_fields=["answered", "saved_at"])
    return with_people(Incident.objects.all()).get(pk=incident.pk)  # who may see it was decided under the lock


def _part(draft, position):
    part = next((row for row in draft.assaults.all() if row.position == position), None)
    if part is None:
        raise Refused("That person is no longer in this report.")
    return part


def _who(draft, _, answers, by, at):
    draft.who = answers["who"]
    own = next((row for row in draft.assaults.all() if row.person_id == by.pk), None)
    if answers["among"] and own is None:
        _name(draft, person=by, consent=Assault.Consent.SELF)
    elif answers["among"]:
        Assault.objects.filter(pk=own.pk).update(consent=Assault.Consent.SELF)
    elif own and _is_blank(own) and draft.status == Incident.Status.DRAFT:
        own.delete()  # a part with answers stays until it is removed by name: nothing is lost by one tap
    draft.reporter_role = _role_of(by, victim=answers["among"])
    draft.save(update_fields=["who", "reporter_role"])


def _is_blank(part):
    return not (
        part.conduct_codes or part.injury or part.words_used or part.contact or part.duty_status or part.ppe_worn
        or part.bwv or hasattr(part, "health") or hasattr(part, "wish")
        or part.evidence.filter(removed_at=None).exists()
    )  # fmt: skip


def _people(draft, _, answers, by, at):
    consents = {row[0]: row[5] for row in answers["people"]}
    for part in draft.assaults.all():
        if part.position in consents and part.consent != consents[part.position]:
            part.consent = consents[part.position]
            part.save(update_fields=["consent"])


def _when(draft, _, answers, by, at):
    when = answers["when"]
    draft.precision, draft.told_from, draft.told_to = when["precision"], when["from"], when["to"]
    draft.clock_mark = when["mark"]
    draft.occurred_from, draft.occurred_to = _moment(when["at"]), _moment(when["until"])
    draft.policing_day = policing_day(draft.occurred_from) if draft.occurred_from else None
    draft.area = area_of(draft.district, draft.occurred_from or at) if draft.district_id else None
    draft.save(
        update_fields=[
            "precision", "told_from", "told_to", "clock_mark", "occurred_from", "occurred_to", "policing_day", "area",
        ]
    )  # fmt: skip


def _late(draft, _, answers, by, at):
    draft.police_told_at, draft.late_reason = _moment(answers["police_told_at"]), answers["late_reason"]
    draft.save(update_fields=["police_told_at", "late_reason"])


def _where(draft, _, answers, by, at):
    district = District.objects.filter(pk=answers["district_id"], force=draft.force_id).first()
    draft.district, draft.elsewhere = district, answers["elsewhere"]
    draft.area = area_of(district, draft.occurred_from or at) if district else None
    draft.place_type_id = answers["place_type_id"]
    draft.save(update_fields=["district", "elsewhere", "area", "place_type"])


def _what(draft, part, answers, by, at):
    conducts = list(ConductType.objects.filter(code__in=answers["conducts"]))
    part.conducts.set(conducts)
    part.kind = kind_of({row.kind for row in conducts})
    part.save(update_fields=["kind"])
    if not any(row.exposure for row in conducts):
        # What was said of a fluid no longer applies; should it come back, it is asked and the advice shown again.
        Health.objects.filter(assault=part).update(exposure_fluids=None, exposure_routes=None)
        draft.answered = sorted({*draft.answered} - {f"advice/{part.position}", f"exposure/{part.position}"})


def _advice(draft, part, answers, by, at):
    health, _ = Health.objects.get_or_create(assault=part)
    if health.advice_shown_at is None:
        health.advice_shown_at = at
        health.save(update_fields=["advice_shown_at"])


def _injured(draft, part, answers, by, at):
    part.injury = answers["injury"]
    part.save(update_fields=["injury"])


def _exposure(draft, part, answers, by, at):
    fields = {name: answers[name] for name in ("exposure_fluids", "exposure_routes")}
    Health.objects.update_or_create(assault=part, defaults=fields)
    part.contact = answers["contact"]
    part.save(update_fields=["contact"])


def _support(draft, _, answers, by, at):
    own = next((row for row in draft.assaults.all() if row.consent == "self" and row.person_id == by.pk), None)
    if own is None:
        raise Refused("You are not among the people assaulted in this report.")
    if answers["wish"] is None:
        SupportWish.objects.filter(assault=own).delete()
    else:
        SupportWish.objects.update_or_create(assault=own, defaults=answers["wish"])
    draft.end_of_duty_at = _moment(answers["end_of_duty_at"])
    draft.save(update_fields=["end_of_duty_at"])


def _words(draft, _, answers, by, at):
    draft.narrative = answers["narrative"]
    draft.save(update_fields=["narrative"])


_WRITERS = {
    "who": _who,
    "people": _people,
    "when": _when,
    "late": _late,
    "where": _where,
    "what": _what,
    "advice": _advice,
    "injured": _injured,
    "exposure": _exposure,
    "support": _support,
    "words": _words,
}


def _moment(text):
    return datetime.fromisoformat(text) if text else None


# The people it is about -----------------------------------------------------------------------------------------------


def add_colleague(*, incident, person, by, at) -> Assault:
    """Name somebody of one's own force as assaulted in this incident.

    :param person: a User
    :raises Refused: if they cannot be found by this person, are named already, or the list is full
    """
    with _naming(incident, by=by) as draft:
        # The same rule as the search: one's own force, in work, and never a protected post.
        if not User.objects.filter(pk=person.pk, force=by.force_id, is_active=True, protected_post=False).exists():
            raise Refused("There is nobody of that name or number in your force’s directory.")
        if any(row.person_id == person.pk for row in draft.assaults.all()):
            raise Refused(f"{person.name} is in this report already.")
        if person.pk == by.pk:
            raise Refused("You are adding yourself: change the answer to “Who was assaulted?” instead.")
        part = _name(draft, person=person)
        _saved(draft, at)
    return part


def add_outsider(*, incident, name, contact, worker_type, by, at) -> Assault:
    """Name somebody who is in no directory of this force: an agency worker, a paramedic.

    :param contact: how they may be reached safely; may be empty
    :raises Refused: if the name is empty or the list is full
    """
    if not name.strip():
        raise Refused("Enter their name.")
    with _naming(incident, by=by) as draft:
        part = _name(draft, outside_name=name, outside_contact=contact, worker_type=worker_type)
        _saved(draft, at)
    return part


def remove_person(*, incident, position, by, at):
    """Take somebody out of a draft, with every answer about them.

    :raises Refused: if the report was submitted before (they were offered support), or there is no such person in it
    """
    with changing(incident, "edit", by=by) as draft:
        if draft.status != Incident.Status.DRAFT:
            raise Refused(
                "This report was submitted before and support was offered to everybody named in it, so nobody can be"
                " taken out. Ask your supervisor to correct it."
            )
        part = _part(draft, position)
        ended = f"/{position}"
        draft.answered = [page for page in draft.answered if not page.endswith(ended)]
        if part.consent == Assault.Consent.SELF:
            draft.reporter_role = _role_of(by)
        draft.save(update_fields=["answered", "reporter_role"])
        part.delete()
        _saved(draft, at)


@contextmanager
def _naming(incident, *, by):
    """Change who was assaulted: by who filed the report, not by who took only their own part over."""
    with changing(incident, "edit", by=by) as draft:
        if not may_answer(draft.standing_of(by), "people"):
            raise Refused("You may not name anybody else in this report.")
        yield draft


def _name(draft, *, person=None, worker_type="", consent="", **outside):
    positions = [row.position for row in Assault.objects.filter(incident=draft)]
    if len(positions) >= PEOPLE_AT_MOST:
        raise Refused(f"A report can name {PEOPLE_AT_MOST} people. Add the others in a second report.")
    return Assault.objects.create(
        incident=draft,
        position=max(positions, default=0) + 1,
        person=person,
        worker_type=person.worker_type if person else worker_type,
        rank_or_grade=person.rank_or_grade if person else "",
        unit_id=person.unit_id if person else None,
        line_manager_id=person.line_manager_id if person else None,
        consent=consent,
        **outside,
    )


def _saved(draft, at):
    draft.saved_at = at
    draft.save(update_fields=["saved_at"])


# The 20-second log ----------------------------------------------------------------------------------------------------


@transaction.atomic
def log_abuse(*, key: uuid.UUID, conducts, occurred, precision, place_type_id, words, by, at) -> Submitted:
    """Log abuse aimed at oneself: one incident with one assault, submitted at once and once only (R3).

    :param key: minted with the form; the same key again gives the same entry
    :param conducts: codes of kinds of conduct, of words, threats or online abuse alone
    :param occurred: a local_time.Moment
    :raises AlreadySubmitted: if the key was used with other answers
    :raises Refused: if a kind of conduct belongs in a full report, or none is given
    """
    _one_at_a_time(by)
    if earlier := Version.objects.filter(submit_key=key).select_related("incident").first():
        if earlier.by_id != by.pk:
            raise Refused("There is no such entry.")
        said = (sorted(earlier.content["assaults"][0]["conducts"]), earlier.content["narrative"])
        if said != (sorted(conducts), words):
            raise AlreadySubmitted
        return Submitted(earlier.incident, again=True)
    rows = list(ConductType.objects.filter(code__in=conducts))
    if not rows or len(rows) != len(set(conducts)) or not {row.kind for row in rows} <= ABUSE:
        raise Refused("The quick log takes words, threats and online abuse. For anything else, make a report.")
    with pghistory.context(user=by.pk):
        entry = Incident.objects.create(
            reference=_new_reference(),
            force_id=by.force_id,
            unit_id=_unit_of(by),
            reporter=by,
            reporter_role=Incident.ReporterRole.VICTIM,
            quick_log=True,
            who=Incident.Who.ME,
            opened_at=at,
            saved_at=at,
            answered=["what/1", "when", "who"],
            occurred_from=occurred.at,
            told_from=occurred.told,
            clock_mark=occurred.mark.value,
            precision=precision,
            policing_day=policing_day(occurred.at),
            place_type_id=place_type_id,
            narrative=words,
            submit_key=key,
        )
        part = _name(entry, person=by, consent=Assault.Consent.SELF)
        part.conducts.set(rows)
        part.kind = kind_of({row.kind for row in rows})
        part.save(update_fields=["kind"])
        record("log", entry, by=by)
        entry = with_people(Incident.objects.visible_to(by)).get(pk=entry.pk)
        return submit(incident=entry, key=key, seen_hash=content_hash(content_of(entry)), by=by, at=at)
