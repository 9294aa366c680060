"""The case against a suspect and the fitness for duty of those assaulted, as one person may read them: plain values.

Three readers, three views: the officer in the case and a supervisor read the case; witness care reads what a court did,
by person number and nothing of the report; the health and safety adviser reads days, dates and a band. No row of a
model leaves this module.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.formats import date_format

from campion.working_days import london_date
from campion.written import written
from reports import case_kinds, riddor
from reports.alongside import alongside
from reports.case_kinds import CHARGES, KINDS
from reports.content import with_people
from reports.models import (
    Assault,
    CaseEvent,
    DutySpell,
    InjuryType,
    Outcome,
    SafetyDecision,
    SafetyLimit,
    SourceReference,
    Suspect,
    Treatment,
)
from reports.permissions import Facet, duty_facets, safety_facets
from reports.workflow import incident_workflow

FACT_WORDS = {
    "number": "Crime number",
    "reasons": "Reasons",
    "conditions": "Conditions",
    "until": "Until",
    "charge": "Charge",
    "decided_by": "Decided by",
    "outcome": "Outcome",
    "view": "Their view",
    "tries": "Times tried",
    "words": "In words",
    "disposal": "How it was settled",
    "court": "Court",
    "court_bail": "Decision",
    "plea": "Plea",
    "verdict": "Verdict",
    "sentence": "Sentence",
    "months": "Months",
    "violent_or_sexual": "For a violent or sexual offence",
    "compensation": "Compensation",
    "meaning": "What it means",
    "stage": "Stage",
    "against": "Against",
    "property": "Property",
}
"""The facts of an event, in words for a heading."""


@dataclass(frozen=True)
class EventView:
    """One event of the case, as it was entered."""

    key: str
    kind: str
    title: str
    happened_at: datetime
    rows: tuple[tuple[str, str], ...]
    """The facts in words, with whom it concerns."""
    by: str
    entered_at: datetime
    struck_at: datetime | None
    struck_by: str
    struck_reason: str
    may_strike: bool
    superseded: bool
    """A hearing that was moved or cancelled since."""


@dataclass(frozen=True)
class Hearing:
    """A hearing that is still to come."""

    key: str
    at: datetime
    court: str

    @property
    def words(self) -> str:
        return ", ".join(part for part in (moment_text(self.at), self.court) if part)


@dataclass(frozen=True)
class CaseView:
    """The case of one incident, as one person may read it. Events are in the order in which they happened."""

    reference: str
    numbers: tuple[str, ...]
    events: tuple[EventView, ...]
    hearings: tuple[Hearing, ...]
    people: tuple[tuple[int, str], ...]
    suspects: tuple[tuple[int, str], ...]
    may_enter: tuple[str, ...]
    without_view: tuple[str, ...]
    occurred_from: datetime | None

    @property
    def name(self) -> str:
        """What to call the case: its crime number, or the reference of the report until there is one."""
        return self.numbers[0] if len(self.numbers) == 1 else self.reference

    @property
    def newest(self) -> EventView | None:
        return next((event for event in reversed(self.events) if not event.struck_at), None)


def with_case(incidents):
    """Have a queryset bring what `case_of` reads, in its one query."""
    people = with_people(incidents.select_related("officer_in_case"))
    return alongside(people, case_events=_events, suspects=_suspects, references=_crimes)


def _events():
    return CaseEvent.objects.select_related("entered_by", "struck_by").order_by("happened_at", "id")


def _suspects():
    return Suspect.objects.order_by("position")


def _crimes():
    return SourceReference.objects.filter(kind=SourceReference.Kind.CRIME).order_by("id")


def case_of(user, incident, *, at: datetime | None = None, court=False) -> CaseView:
    """Make the view of a case. Load the incident `with_case`. One query at most, for the outcomes that it names.

    :param court: give witness care's view: what a court did, people by number
    """
    at = at or timezone.now()
    standing = incident.standing_of(user)
    allowed = incident_workflow.allowed(user, incident)
    people = tuple((row.position, _called(row, court)) for row in incident.assaults.all())
    labels = {row.pk: label for row, (_, label) in zip(incident.assaults.all(), people, strict=True)}
    suspects = tuple((row.position, _suspect(row)) for row in incident.suspects.all())
    rows = [row for row in incident.case_events.all() if not court or _of_court(row)]
    replaced = {row.replaces_id for row in rows if row.struck_at is None}
    moments = {row.pk: row.hearing_at for row in rows}
    codes = {(row.facts or {}).get("outcome") for row in rows} - {None}
    outcomes = dict(Outcome.objects.filter(code__in=codes).values_list("code", "title")) if codes else {}
    numbered = {row.pk: row.position for row in incident.suspects.all()}

    def event(row):
        kind = KINDS[row.kind]
        own = row.entered_by_id == user.pk or standing.reviews
        return EventView(
            key=str(row.key),
            kind=row.kind,
            title=kind.label,
            happened_at=row.happened_at,
            rows=tuple(_rows(row, labels, numbered, moments, outcomes, alone=len(people) == 1)),
            by=_by(row.entered_by, user),
            entered_at=row.entered_at,
            struck_at=row.struck_at,
            struck_by=_by(row.struck_by, user) if row.struck_by else "",
            struck_reason=row.struck_reason or "",
            may_strike=row.struck_at is None and own and "strike an event" in allowed,
            superseded=row.struck_at is None and row.pk in replaced,
        )

    hearings = [row for row in rows if row.hearing_at and row.struck_at is None and row.pk not in replaced]
    taken = {row.assault_id for row in rows if row.kind == "view-taken" and row.struck_at is None}
    return CaseView(
        reference=incident.reference,
        numbers=tuple(dict.fromkeys(row.value for row in incident.references.all())),
        events=tuple(map(event, rows)),
        hearings=tuple(
            Hearing(str(row.key), row.hearing_at, row.facts.get("court", ""))
            for row in sorted(hearings, key=lambda row: row.hearing_at)
            if row.hearing_at >= at
        ),
        people=people,
        suspects=suspects,
        may_enter=tuple(code for code, kind in KINDS.items() if may_enter(kind, allowed)),
        without_view=tuple(label for key, label in labels.items() if key not in taken),
        occurred_from=incident.occurred_from,
    )


def allowed(user, incident) -> frozenset[str]:
    """Give the verbs that this person may do to this incident now."""
    return incident_workflow.allowed(user, incident)


def may_enter(kind, allowed) -> bool:
    """Whether an event of this kind may be entered by somebody with these verbs."""
    return "enter an event" in allowed or (kind.witness_care and "enter a court event" in allowed)


def _of_court(row):
    """Whether witness care reads an event: what it may enter itself, and what put the case before the court."""
    return KINDS[row.kind].witness_care or row.kind in (*CHARGES, "charge-dropped")


def _called(row, court):
    if court:
        return f"Person {row.position}"
    return row.person.name if row.person else row.outside_name


def _suspect(row):
    return f"Suspect {row.position} ({row.get_known_display().lower()})"


def _by(person, user):
    return "you" if person.pk == user.pk else f"{person.rank_or_grade} {person.name}".strip()


def moment_text(moment) -> str:
    """Give a moment in words, by the London clock."""
    return date_format(timezone.localtime(moment), "j F Y, H:i")


def _rows(row, labels, numbered, moments, outcomes, *, alone):
    facts = row.facts or {}
    if row.assault_id and not alone:
        yield "Concerns", labels.get(row.assault_id, "")
    if row.suspect_id in numbered:
        yield "Suspect", f"Suspect {numbered[row.suspect_id]}"
    if row.hearing_at:
        yield "Hearing", moment_text(row.hearing_at)
    if row.replaces_id:
        yield "Instead of the hearing of", moment_text(moments[row.replaces_id])
    for name in case_kinds.asked(KINDS[row.kind]):
        if (value := facts.get(name)) in (None, ""):
            continue
        if name == "until":
            value = date_format(date.fromisoformat(value), "j F Y")
        elif name == "outcome":
            value = outcomes.get(value, value)
        else:
            value = case_kinds.CHOICES.get(name, {}).get(value, value)
        yield FACT_WORDS[name], str(value)
    if row.received_at and not KINDS[row.kind].at_once:
        yield "Heard of", moment_text(row.received_at)


# Fitness for duty, and whether the injury is reportable --------------------------------------------------------------


@dataclass(frozen=True)
class SpellView:
    """One duty from a day on. `number` names it to the page that strikes it out."""

    number: int
    duty: str
    from_on: date
    until_on: date | None
    by: str


@dataclass(frozen=True)
class DecisionView:
    """What the adviser decided. `reason` and `reference` are empty where they are withheld."""

    state: str
    words: str
    decided_on: date
    reason: str = ""
    reference: str = ""
    by: str = ""


@dataclass(frozen=True)
class DutyView:
    """One person's fitness for duty since the incident, and how near the injury is to being reportable.

    `kind`, `band` and `injuries` (those that may be specified ones, and a stay in hospital) are empty where withheld.
    """

    position: int
    label: str
    yours: bool
    duty: str
    spells: tuple[SpellView, ...]
    count: riddor.Count
    decision: DecisionView | None
    earlier: tuple[DecisionView, ...] = ()
    kind: str = ""
    band: str = ""
    injuries: tuple[str, ...] = ()

    @property
    def state_words(self) -> str:
        return riddor.STATE_WORDS[self.count.state]


PLAIN_DECISIONS = {
    "not-reportable": "It does not have to be reported",
    "watch": "It is being watched",
    "specified": "It must be reported",
    "over-seven": "It must be reported",
    "reported": "It was reported",
}
"""What the adviser decided, for those who do not read the injury."""


def with_duty(incidents):
    """Have a queryset bring what `duty_of` reads of the incident itself, in its one query."""
    return with_facts(with_people(incidents.select_related("place_type", "district")))


def with_facts(rows):
    """Have any queryset bring what `Facts.of` takes, in its own query."""
    return rows.annotate(limit_rows=written(_limits), specified_rows=written(_specified), stay_rows=written(_stays))


def _limits():
    rows = SafetyLimit.objects.order_by("from_on", "id")
    return ArraySubquery(rows.values(row=JSONObject(code="code", days="days", from_on="from_on", until_on="until_on")))


def _specified():
    rows = InjuryType.objects.filter(specified=True).order_by("order")
    return ArraySubquery(rows.values(row=JSONObject(code="code", label="label")))


def _stays():
    rows = Treatment.objects.filter(severity__gte=3).order_by("order")
    return ArraySubquery(rows.values(row=JSONObject(code="code", label="label")))


def duty_of(user, incident, *, at: datetime | None = None, adviser=False) -> tuple[DutyView, ...]:
    """Give the fitness for duty of each person whose days this reader may know. Load the incident `with_duty`.

    One query.

    :param adviser: give the health and safety adviser's view: people by number, with the band of the injury
    """
    at = at or timezone.now()
    standing = incident.standing_of(user)
    people = incident.assaults.all()
    granted = {row.pk: safety_facets(standing) if adviser else duty_facets(standing, row.pk) for row in people}
    rows = duty_rows(Assault.objects.filter(incident=incident, pk__in=[key for key, may in granted.items() if may]))
    facts = Facts.of(incident, at)
    return tuple(_duty_view(row, granted[row.pk], user, incident, facts) for row in rows.order_by("position"))


def own_duty(user, incident, *, at: datetime | None = None) -> DutyView:
    """Give somebody's own fitness for duty after an incident in which they were assaulted. One query.

    :param incident: an Incident in which this person was assaulted
    """
    row = duty_rows(with_facts(Assault.objects.filter(incident=incident, person=user))).get()
    facets = duty_facets(incident.standing_of(user), row.pk)
    return _duty_view(row, facets, user, incident, Facts.of(row, at or timezone.now()))


def duty_rows(assaults):
    """Have a queryset of assaults bring its duties, decisions and health, in its one query."""
    return alongside(
        assaults.select_related("person", "health"),
        duty_spells=_standing_spells,
        safety_decisions=_decisions,
    )


def _standing_spells():
    return DutySpell.objects.standing().select_related("entered_by")


def _decisions():
    return SafetyDecision.objects.select_related("decided_by").order_by("decided_at", "id")


@dataclass(frozen=True)
class Facts:
    """What counting needs beside the rows of one person: the limits, the codes of specified injuries and stays in
    hospital with their words, and the day."""

    limits: tuple
    specified: dict[str, str]
    stays: dict[str, str]
    today: date

    @classmethod
    def of(cls, loaded, at):
        """Take them from a row that was loaded `with_facts`."""
        return cls(
            tuple(_limit(row) for row in loaded.limit_rows),
            {row["code"]: row["label"] for row in loaded.specified_rows},
            {row["code"]: row["label"] for row in loaded.stay_rows},
            london_date(at),
        )


@dataclass(frozen=True)
class _Limit:
    code: str
    days: int
    from_on: date
    until_on: date | None


def _limit(row):
    until_on = row["until_on"] and date.fromisoformat(row["until_on"])
    return _Limit(row["code"], row["days"], date.fromisoformat(row["from_on"]), until_on)


def injuries_of(row, facts) -> tuple[str, ...]:
    """Give in words the injuries of a person that may be specified ones; sealed, so only for those who may read them.

    :param row: the Assault, with its health
    """
    health = getattr(row, "health", None)
    return tuple(label for code, label in facts.specified.items() if health and code in (health.injury_types or ()))


def _stay(row, facts):
    health = getattr(row, "health", None)
    label = health and facts.stays.get(health.treatment)
    return (label,) if label else ()


def count_of(row, incident, facts, *, specified: bool) -> riddor.Count:
    """Count the days of one person.

    :param row: the Assault, loaded by `duty_rows`
    """
    happened_on = london_date(incident.occurred_from)
    return riddor.count(
        happened_on=happened_on,
        today=facts.today,
        spells=[riddor.Spell(spell.from_on, until, spell.duty) for spell, until in _spells(row)],
        specified=specified,
        limits=limits_on(facts.limits, happened_on),
    )


def _spells(row):
    """Each spell with its last day: the day before the next one's first."""
    spells = list(row.duty_spells.all())
    ends = [later.from_on - timedelta(days=1) for _, later in pairwise(spells)]
    return list(zip(spells, [*ends, None], strict=False))


def _duty_view(row, granted, user, incident, facts):
    reads_injury = bool(granted & {Facet.HEALTH, Facet.BAND})
    adviser = Facet.BAND in granted
    injuries = injuries_of(row, facts) if reads_injury else ()
    spells = _spells(row)
    decisions = [_decision(found, user, adviser) for found in row.safety_decisions.all()]
    stands = [found for found in row.safety_decisions.all() if found.superseded_at is None]
    yours = row.person_id == user.pk
    return DutyView(
        position=row.position,
        label="You" if yours else f"Person {row.position}" if adviser else _called(row, False),
        yours=yours,
        duty=spells[-1][0].get_duty_display() if spells else DutySpell.Duty.FULL.label,
        spells=() if adviser else tuple(
            SpellView(spell.pk, spell.get_duty_display(), spell.from_on, until, _by(spell.entered_by, user))
            for spell, until in spells
        ),
        count=count_of(row, incident, facts, specified=bool(injuries)),
        decision=decisions[-1] if stands else None,
        earlier=tuple(reversed(decisions[:-1])) if adviser else (),
        kind=row.get_kind_display() if adviser else "",
        band=row.get_injury_display() if adviser else "",
        injuries=(*injuries, *_stay(row, facts)) if reads_injury else (),
    )  # fmt: skip


def _decision(row, user, adviser):
    if not adviser:
        return DecisionView(row.state, PLAIN_DECISIONS[row.state], row.decided_on)
    return DecisionView(
        state=row.state,
        words=row.get_state_display(),
        decided_on=row.decided_on,
        reason=row.reason or "",
        reference=row.reference,
        by=_by(row.decided_by, user),
    )


def limits_on(rows, on: date) -> riddor.Limits:
    """Give the limits in force on a date, the earliest known ones for a date before them all.

    :param rows: all SafetyLimit rows, by `from_on`
    :raises LookupError: if a limit is missing
    """
    found = {}
    for row in rows:
        if row.code not in found or (row.from_on <= on and (row.until_on is None or row.until_on >= on)):
            found[row.code] = row.days
    if missing := {"unfit", "record", "specified-report", "unfit-report"} - found.keys():
        raise LookupError(f"no row says how many days: {', '.join(sorted(missing))}")
    return riddor.Limits(
        unfit=found["unfit"],
        record=found["record"],
        specified_report=found["specified-report"],
        unfit_report=found["unfit-report"],
    )
