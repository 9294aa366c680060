"""What one person may read of a report, as plain values: the only thing a page, an export or an interface is given.

`view_of` holds what `permissions.incident_facets` and `assault_facets` grant and nothing else: a part that is withheld
is None, so a template cannot show it by mistake. No row of a model leaves this module.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import CharField, F, Value
from django.urls import reverse
from django.utils import timezone

from campion.local_time import ClockMark
from campion.working_days import london_date
from reports import readiness
from reports.alongside import alongside
from reports.case_kinds import KINDS
from reports.content import content_of, with_everything, with_people
from reports.models import (
    Assault,
    BodyPart,
    CaseEvent,
    ConductType,
    HateStrand,
    Incident,
    InjuryType,
    Kind,
    Note,
    SourceReference,
    Task,
    Treatment,
    WeaponType,
)
from reports.permissions import Facet, assault_facets, incident_facets, may_fill, may_see_evidence
from reports.routing import RESTRICTED_FOR
from reports.workflow import incident_workflow

# The words of codes --------------------------------------------------------------------------------------------------

STATUS_COLOURS = {
    "draft": "grey",
    "submitted": "blue",
    "returned": "yellow",
    "accepted": "green",
    "merged": "purple",
    "withdrawn": "grey",
}
STATUS_MEANINGS = {
    "draft": "Only the person who began it can see it. It has not been sent.",
    "submitted": "It is with a supervisor, who reads it and accepts it or asks for changes.",
    "returned": "It went back to the person who wrote it, to be changed and submitted again.",
    "accepted": "A supervisor agreed that the record is complete enough to stand.",
    "merged": "It tells of the same event as another report, which stands for both. It is kept and not counted.",
    "withdrawn": "It was taken back. It is kept and not counted. Support that was offered is still open.",
}

FACET_WORDS = {
    Facet.CORE: "when, where and what kind",
    Facet.NARRATIVE: "the words written",
    Facet.DETAIL: "what was done",
    Facet.BAND: "whether anybody was hurt",
    Facet.HEALTH: "injury, exposure and treatment",
    Facet.WISH: "support wanted and how to reach somebody",
    Facet.SUSPECT: "the suspect",
    Facet.EVIDENCE: "photos and files",
    Facet.NOTES: "what was added later",
    Facet.CASE: "what happened in the case",
    Facet.HEARINGS: "what a court did",
    Facet.DUTY: "days unfit for duty",
}
"""Each part of a report, in words to the people it is about."""

FOOTAGE_URGENT = timedelta(days=7)
"""How long before footage is deleted whoever reviews the report is told wherever they look."""

WORDS = {
    "fluid": {"saliva": "Spit or saliva", "blood": "Blood", "other": "Another fluid"},
    "route": {
        "eye": "Eye",
        "mouth": "Mouth or nose",
        "broken-skin": "Broken skin",
        "intact-skin": "Skin that is not broken",
        "clothing": "Clothing only",
    },
    "impact": {
        "not-at-all": "Not at all",
        "a-bit": "A bit",
        "a-lot": "A lot",
        "rather-not-say": "They would rather not say",
    },
    "ppe": {
        "body-armour": "Body armour",
        "gloves": "Gloves",
        "eye-protection": "Eye protection",
        "helmet": "Helmet",
        "mask": "Face mask",
        "spit-guard": "Spit and bite guard used on the person",
    },
    "age": {
        "under-10": "Under 10",
        "10-17": "10 to 17",
        "18-24": "18 to 24",
        "25-34": "25 to 34",
        "35-49": "35 to 49",
        "50-plus": "50 or over",
    },
    "sex": {"female": "Female", "male": "Male", "other": "Another"},
    "influence": {"alcohol": "Alcohol", "drugs": "Drugs", "none-apparent": "Neither, as far as could be told"},
    "mental health": {
        "apparent": "Yes, it seemed so",
        "stated": "Yes, they or somebody else said so",
        "detained": "Yes, detained under the Mental Health Act",
        "none-apparent": "No",
    },
    "demeanour": {
        "compliant": "Did as they were asked",
        "verbal": "Refused or argued",
        "passive": "Did not move, or went limp",
        "active": "Pulled away or struggled",
        "aggressive": "Aggressive",
        "serious": "Serious or armed aggression",
    },
    "relationship": {
        "stranger": "A stranger",
        "known-from-policing": "Known from policing",
        "repeat-assailant": "Has assaulted them or a colleague before",
        "detained": "Somebody in custody or detained",
        "other-crime": "Victim or witness of another crime",
        "personal": "Somebody known privately",
        "colleague": "A colleague",
    },
}
"""Codes of answers that have no reference rows, in words for whoever reads them; a form has words for its writer."""


def in_words(code: str, what: str = "") -> str:
    """Give a code as words; one that has none here stands for itself, without hyphens. An empty text stays empty."""
    if code == "unknown":
        return "Not known"
    return WORDS.get(what, {}).get(code) or code.replace("-", " ").replace("_", " ").capitalize()


def _all_in_words(codes, what) -> tuple[str, ...]:
    return tuple(in_words(code, what) for code in codes or ())


# What a page is given ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NextStep:
    """What happens next, who owes it, and by when if there is a limit."""

    text: str
    owed_by: str
    due_at: datetime | None = None
    overdue: bool = False


@dataclass(frozen=True)
class Entry:
    """One line of the timeline: a sentence, its moment, who did it, and the words they gave."""

    title: str
    at: datetime
    by: str = ""
    text: str = ""


@dataclass(frozen=True)
class TaskView:
    """Contact owed to somebody who was assaulted. `how` is empty until it took place, and to those outside it."""

    kind: str
    position: int
    title: str
    whose: str
    due_at: datetime
    overdue: bool
    done_at: datetime | None
    how: str


@dataclass(frozen=True)
class HealthView:
    """What happened to somebody's body and mind."""

    exposure_fluids: tuple[str, ...]
    exposure_routes: tuple[str, ...]
    advice_shown_at: datetime | None
    injury_types: tuple[str, ...]
    body_parts: tuple[str, ...]
    treatment: str
    impact: str
    notes: str


@dataclass(frozen=True)
class WishView:
    """What the person asked for, and how they may be reached safely."""

    support: str
    channel: str
    contact: str
    safe_times: str
    may_leave_message: bool


@dataclass(frozen=True)
class PersonView:
    """One person assaulted, as far as the reader may know. `name` is empty where it is withheld."""

    position: int
    facets: frozenset[str]
    yours: bool
    readable: bool
    """Whether the reader may read what was done to this person."""
    name: str
    label: str
    kind: str
    taken_over_at: datetime | None
    # detail
    worker_type: str | None = None
    rank_or_grade: str | None = None
    unit: str | None = None
    outside_contact: str | None = None
    consent: str | None = None
    conducts: tuple[str, ...] | None = None
    conduct_codes: tuple[str, ...] | None = None
    contact: str | None = None
    duty_status: str | None = None
    ppe_worn: tuple[str, ...] | None = None
    bwv: str | None = None
    words_used: str | None = None
    hate_strands: tuple[str, ...] | None = None
    # how badly, as a band
    injury: str | None = None
    injury_code: str | None = None
    health: HealthView | None = None
    wish: WishView | None = None


@dataclass(frozen=True)
class Circumstances:
    """What was being done at the time: with the narrative, for those who may read the account."""

    activity: str
    crewing: str
    assistance_called: bool | None
    assistance_minutes: int | None
    people_present: int | None
    deescalation_tried: bool | None
    force_used: bool | None
    weapons: tuple[str, ...]


@dataclass(frozen=True)
class SuspectView:
    position: int
    known: str
    nominal_reference: str
    colleague: str
    age_band: str
    sex: str
    influence: tuple[str, ...]
    mental_health: str
    demeanour: str
    relationship: str


@dataclass(frozen=True)
class EvidenceView:
    """A photo or file: its key for the door that serves it, what it is called, and how far its check is."""

    key: str
    name: str
    description: str
    state: str
    state_words: str
    colour: str
    size: int
    added_at: datetime
    by: str


@dataclass(frozen=True)
class FootageView:
    source: str
    reference: str
    deleted_on: date | None
    kept: bool


@dataclass(frozen=True)
class WitnessView:
    name: str
    statement_due_on: date | None
    statement_given: bool


@dataclass(frozen=True)
class NoteView:
    """Words added later. `body` is empty where they are withheld."""

    kind: str
    kind_words: str
    at: datetime
    by: str
    body: str
    about: str
    field: str = ""
    was: str = ""
    becomes: str = ""


@dataclass(frozen=True)
class SectionView:
    """One of the fuller sections and how far it is. `name` and `position` say its page."""

    name: str
    position: int | None
    title: str
    state: str


@dataclass(frozen=True)
class ProblemView:
    """An answer that is missing: a sentence, and the page that mends it."""

    name: str
    position: int | None
    sentence: str


@dataclass(frozen=True)
class ReportView:
    """A report as one person may read it. Every value is plain; what is withheld is None."""

    reference: str
    facets: frozenset[str]
    may: frozenset[str]
    relation: str
    """What the reader is to it: "writer", "assaulted", "reviewer" or "officer"."""
    yours: bool
    status: str
    status_words: str
    status_meaning: str
    status_colour: str
    quick_log: bool
    restricted: bool
    kinds: tuple[str, ...]
    people: tuple[PersonView, ...]
    unit: str
    reporter: str
    reporter_role: str
    opened_at: datetime
    submitted_at: datetime | None
    # when and where
    when: str
    occurred_from: datetime | None
    policing_day: date | None
    police_told_at: datetime | None
    delay: str
    district: str
    elsewhere: bool
    area: str
    place_type: str
    officer_in_case: str
    crime_number: str
    newest_event: tuple[str, datetime] | None
    """The newest event of the case and when it happened, for those who work on it."""
    merged_into: str
    """The reference of the report that stands for this one, if the reader may know it."""
    next_step: NextStep
    tasks: tuple[TaskView, ...]
    timeline: tuple[Entry, ...] = ()
    """Newest first."""
    # narrative
    narrative: str | None = None
    place_detail: str | None = None
    late_reason: str | None = None
    circumstances: Circumstances | None = None
    crime_recorded: str | None = None
    references: tuple[tuple[str, str], ...] | None = None
    restricted_for: tuple[str, ...] | None = None
    # each its own facet
    suspects: tuple[SuspectView, ...] | None = None
    evidence: tuple[EvidenceView, ...] | None = None
    footage: tuple[FootageView, ...] | None = None
    witnesses: tuple[WitnessView, ...] | None = None
    notes: tuple[NoteView, ...] | None = None
    return_reason: str = ""
    # what is still missing, while it may be filled in
    sections: tuple[SectionView, ...] = ()
    must_have: tuple[ProblemView, ...] = ()
    gaps: tuple[ProblemView, ...] = ()
    subject_ids: tuple[int, ...] = field(default=(), repr=False)
    """Keys of the people whom a look at this view concerns, for the audit line."""

    @property
    def href(self) -> str:
        return reverse("reports:report", args=[self.reference])

    @property
    def facets_seen(self) -> list[str]:
        """Every facet in the view, for the audit line."""
        own_files = {Facet.EVIDENCE} if self.evidence else set()
        return sorted(self.facets.union(own_files, *(person.facets for person in self.people)))

    @property
    def own(self) -> PersonView | None:
        """The reader's own part, if they were assaulted."""
        return next((person for person in self.people if person.yours), None)


# Making the view -----------------------------------------------------------------------------------------------------


def for_summary(incidents, *beside):
    """Have a queryset bring what a brief view reads, and rows of the kinds named in `beside`, in its one query.

    :param beside: of "tasks" and "notes"
    """
    joined = incidents.select_related("reporter", "unit", "district", "area", "place_type", "officer_in_case")
    return alongside(with_people(joined), **{name: _BESIDE[name] for name in beside})


def for_page(incidents):
    """Have a queryset bring what `view_of` reads, in its one query."""
    joined = incidents.select_related(
        "activity", "returned_by", "accepted_by", "withdrawn_by", "merged_by", "submitted_by"
    )
    return alongside(with_everything(for_summary(joined, *_BESIDE)), case_events=_events)


def _events():
    return CaseEvent.objects.standing().order_by("happened_at", "id")


_BESIDE = {
    "notes": lambda: Note.objects.select_related("by").order_by("at", "id"),
    "tasks": lambda: Task.objects.select_related("done_by").order_by("due_at", "id"),
}


def facets(user, record) -> frozenset[Facet]:
    """Give the parts of an Incident or an Assault that this person may read.

    :raises TypeError: for any other record
    """
    if isinstance(record, Incident):
        return incident_facets(record.standing_of(user))
    if isinstance(record, Assault):
        return assault_facets(record.incident.standing_of(user), record.pk)
    raise TypeError(f"{type(record).__name__} has no facets")


def view_of(user, incident, *, at: datetime | None = None, brief=False) -> ReportView:
    """Make the view of a report for one person. Load the incident by `for_page(Incident.objects.visible_to(user))`.

    One query over the one that loaded it, however many people were assaulted; none for a brief view.

    :param incident: an Incident that this person may see
    :param at: now, by which a task is overdue
    :param brief: give the core alone, for a page that only needs to say which report it is about, and tasks or notes
        if they came along (`for_summary`)
    :raises Incident.DoesNotExist: if they may read no part of it
    """
    return _Reader(user, incident, at or timezone.now(), brief=brief).view()


def with_gaps(user, incident, view) -> ReportView:
    """Give a brief view that also says what is missing. One query, if the incident was loaded `for_page`."""
    gaps, must_have = _Reader(user, incident, timezone.now()).gaps()
    return replace(view, gaps=gaps, must_have=must_have)


def when_text(incident) -> str:
    """Say when it happened, as it was told: "Sunday 25 October 2026, about 01:30 (the first time …)"."""
    if not incident.told_from:
        return ""
    marks = {
        ClockMark.FIRST: " (the first time: the clocks went back that night)",
        ClockMark.SECOND: " (the second time: the clocks went back that night)",
        ClockMark.UNSURE: " (the clocks went back that night, and it is not known which time)",
        ClockMark.MISSING: " (the clocks went forward that night, so this time is as it was told)",
    }
    start, end = _wall(incident.told_from), _wall(incident.told_to)
    mark = marks.get(incident.clock_mark, "")
    if incident.precision == Incident.Precision.BETWEEN and end:
        until = f"{end:%H:%M}" if end.date() == start.date() else f"{_day(end)}, {end:%H:%M}"
        return f"{_day(start)}, between {start:%H:%M} and {until}{mark}"
    about = "about " if incident.precision == Incident.Precision.ABOUT else ""
    return f"{_day(start)}, {about}{start:%H:%M}{mark}"


def _wall(told):
    return datetime.strptime(told, "%Y-%m-%d %H:%M") if told else None  # noqa: DTZ007 - a wall clock has no zone


def _day(moment):
    return f"{moment:%A} {moment.day} {moment:%B %Y}"


def span(length: timedelta) -> str:
    """Say how long in one unit, rounded down: "40 minutes", "3 hours", "2 days"."""
    minutes = max(int(length.total_seconds() // 60), 0)
    for size, unit in ((60 * 24, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size and (unit != "day" or minutes >= 2 * size):
            number = minutes // size
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return "less than a minute"


class Names:
    """What to call people to one reader of one report: a person assaulted whose name is withheld stays unnamed."""

    def __init__(self, user, incident):
        self._reader = _Reader(user, incident, timezone.now(), brief=True)

    def of(self, person) -> str:
        """Give "You", rank and name, or what stands for a name that is withheld."""
        name = self.within(person)
        return name[:1].upper() + name[1:]

    def within(self, person) -> str:
        """Give the same for the middle of a sentence."""
        return self._reader.named(person)


def _loaded(incident):
    return incident.__dict__.get("_prefetched_objects_cache", {})


class _Reader:
    """One reading of one report by one person."""

    def __init__(self, user, incident, at, *, brief=False):
        self.user, self.incident, self.at, self.brief = user, incident, at, brief
        if ("assaults" if brief else "notes") not in _loaded(incident):
            self.incident = for_page(Incident.objects.visible_to(user)).get(pk=incident.pk)
        self.standing = self.incident.standing_of(user)
        self.granted = incident_facets(self.standing)
        if Facet.CORE not in self.granted:
            raise Incident.DoesNotExist("no part of it may be read")
        self.people = list(self.incident.assaults.all())
        self.of_person = {row.pk: assault_facets(self.standing, row.pk) for row in self.people}
        self.names_known = {
            row.pk
            for row in self.people
            if Facet.DETAIL in self.of_person[row.pk]
            or (self.standing.reporter and row.pk not in self.standing.brought_in)
        }
        self.readable = {row.pk for row in self.people if Facet.DETAIL in self.of_person[row.pk]}
        if brief:
            core = frozenset({Facet.CORE})
            self.granted &= core
            self.of_person = {key: granted & core for key, granted in self.of_person.items()}

    # loading, by what is granted

    @cached_property
    def account(self):
        """Whether the account itself may be read: the words, and what was going on."""
        return Facet.NARRATIVE in self.granted

    @cached_property
    def may(self):
        return incident_workflow.allowed(self.user, self.incident)

    @cached_property
    def counts_gaps(self):
        return self.account and bool(self.may & {"complete", "accept", "submit"})

    def rows(self, name):
        """The rows of one kind that belong to the incident; in a brief view those that came along with it."""
        return [] if self.brief and name not in _loaded(self.incident) else list(getattr(self.incident, name).all())

    @cached_property
    def labels(self):
        """The words of every reference code on the page, in one query: {(table, code): (label, facts)}."""
        codes = {"conduct": set(), "injury": set(), "part": set(), "treatment": set(), "strand": set(), "weapon": set()}
        for person in self.people:
            granted = self.of_person[person.pk]
            if Facet.DETAIL in granted or self.counts_gaps:
                codes["conduct"].update(person.conduct_codes)
                codes["strand"].update(person.hate_strands or ())
            if Facet.HEALTH in granted and (health := getattr(person, "health", None)):
                codes["injury"].update(health.injury_types or ())
                codes["part"].update(health.body_parts or ())
                codes["treatment"].update({health.treatment} - {""})
        if self.account:
            codes["weapon"].update(self.incident.weapon_codes)
        tables = {
            "conduct": ConductType,
            "injury": InjuryType,
            "part": BodyPart,
            "treatment": Treatment,
            "strand": HateStrand,
            "weapon": WeaponType,
        }
        parts = []
        for table, wanted in codes.items():
            if not wanted:
                continue
            facts = ("kind", "contact", "exposure", "injury_possible") if table == "conduct" else ()
            rows = tables[table].objects.filter(code__in=wanted).order_by()
            columns = {name: F(name) for name in facts} or {
                "kind": Value("", CharField()),
                "contact": Value(False),
                "exposure": Value(False),
                "injury_possible": Value(False),
            }
            rows = rows.annotate(
                table=Value(table, CharField()), **{f"a_{name}": value for name, value in columns.items()}
            )
            parts.append(
                rows.values_list(
                    "table", "code", "label", "order", "a_kind", "a_contact", "a_exposure", "a_injury_possible"
                )
            )
        if not parts:
            return {}
        rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
        return {(row[0], row[1]): row[2:] for row in rows}

    def words(self, table, codes):
        """The labels of some codes, in the order of the lists they come from."""
        known = [(self.labels.get((table, code)) or (in_words(code), 999))[:2] for code in codes or ()]
        return tuple(label for label, _ in sorted(known, key=lambda pair: pair[1]))

    # people

    def named(self, user):
        """How a colleague is called here: "you", or rank and name; an empty text if there is nobody."""
        if user is None:
            return ""
        if user.pk == self.user.pk:
            return "you"
        if user.pk in self.withheld:
            return "somebody who was assaulted"
        return f"{user.rank_or_grade} {user.name}".strip()

    @cached_property
    def withheld(self):
        """Keys of people assaulted whose name this reader is not told."""
        return {
            person.person_id
            for person in self.people
            if person.person_id and not self.knows_name(person) and person.person_id != self.incident.reporter_id
        }

    def knows_name(self, person):
        return person.pk in self.names_known

    def label(self, person):
        if person.person_id == self.user.pk:
            return "You"
        if self.knows_name(person):
            return person.person.name if person.person else person.outside_name
        return "Somebody else who was assaulted"

    def person(self, row):
        granted = self.of_person[row.pk]
        known = {}
        if Facet.DETAIL in granted:
            known |= {
                "worker_type": row.get_worker_type_display(),
                "rank_or_grade": row.rank_or_grade,
                "outside_contact": row.outside_contact or "",
                "consent": row.get_consent_display(),
                "conducts": self.words("conduct", row.conduct_codes),
                "conduct_codes": tuple(row.conduct_codes),
                "contact": row.get_contact_display(),
                "duty_status": row.get_duty_status_display(),
                "ppe_worn": _all_in_words(row.ppe_worn, "ppe"),
                "bwv": row.get_bwv_display(),
                "words_used": row.words_used or "",
                "hate_strands": self.words("strand", row.hate_strands),
            }
        if Facet.BAND in granted:
            known |= {"injury": row.get_injury_display(), "injury_code": row.injury}
        health, wish = getattr(row, "health", None), getattr(row, "wish", None)
        if Facet.HEALTH in granted and health:
            known["health"] = HealthView(
                exposure_fluids=_all_in_words(health.exposure_fluids, "fluid"),
                exposure_routes=_all_in_words(health.exposure_routes, "route"),
                advice_shown_at=health.advice_shown_at,
                injury_types=self.words("injury", health.injury_types),
                body_parts=self.words("part", health.body_parts),
                treatment=next(iter(self.words("treatment", {health.treatment} - {""})), ""),
                impact=in_words(health.impact or "", "impact"),
                notes=health.notes or "",
            )
        if Facet.WISH in granted and wish:
            known["wish"] = WishView(
                support=wish.get_support_display(),
                channel=wish.get_channel_display(),
                contact=wish.contact or "",
                safe_times=wish.safe_times or "",
                may_leave_message=wish.may_leave_message,
            )
        return PersonView(
            position=row.position,
            facets=frozenset(granted),
            yours=row.person_id == self.user.pk,
            readable=row.pk in self.readable,
            name=self.label(row) if self.knows_name(row) else "",
            label=self.label(row),
            kind=row.get_kind_display(),
            taken_over_at=row.taken_over_at,
            **known,
        )

    # the report

    def view(self) -> ReportView:
        incident, standing = self.incident, self.standing
        people = tuple(self.person(row) for row in self.people)
        order = {label: number for number, (_, label) in enumerate(Kind.choices)}
        notes = [row for row in self.rows("notes") if self.may_know_note(row)]
        references = [] if self.brief else incident.reference_rows
        numbers = [row["value"] for row in references if row["kind"] == SourceReference.Kind.CRIME]
        gaps, must_have = self.gaps()
        subjects = {row.person_id for row in self.people if row.person_id}
        return ReportView(
            reference=incident.reference,
            facets=frozenset(self.granted),
            may=self.may,
            relation=self.relation(),
            yours=standing.involved,
            status=incident.status,
            status_words=incident.get_status_display(),
            status_meaning=STATUS_MEANINGS[incident.status],
            status_colour=STATUS_COLOURS[incident.status],
            quick_log=incident.quick_log,
            restricted=incident.restricted,
            kinds=tuple(sorted({person.kind for person in people} - {""}, key=order.get)),
            people=people,
            unit=incident.unit.name,
            reporter=self.named(incident.reporter),
            reporter_role=incident.get_reporter_role_display(),
            opened_at=incident.opened_at,
            submitted_at=incident.submitted_at,
            when=when_text(incident),
            occurred_from=incident.occurred_from,
            policing_day=incident.policing_day,
            police_told_at=incident.police_told_at,
            delay=self.delay(),
            district=str(incident.district or ""),
            elsewhere=incident.elsewhere,
            area=str(incident.area or ""),
            place_type=str(incident.place_type or ""),
            officer_in_case=self.named(incident.officer_in_case),
            crime_number=", ".join(numbers),
            newest_event=self.newest_event(),
            merged_into=self.merged_into,
            next_step=self.next_step(),
            tasks=tuple(self.tasks()),
            timeline=() if self.brief else tuple(sorted(self.timeline(notes), key=lambda row: row.at, reverse=True)),
            notes=tuple(map(self.note, notes)) if Facet.NOTES in self.granted else None,
            return_reason=self.return_reason(notes),
            sections=self.sections(),
            must_have=must_have,
            gaps=gaps,
            subject_ids=tuple(sorted(subjects or {incident.reporter_id})),
            **self.account_values(),
            **self.suspect_values(),
            **self.evidence_values(),
        )

    def newest_event(self):
        events = self.rows("case_events") if Facet.CASE in self.granted else []
        return (KINDS[events[-1].kind].label, events[-1].happened_at) if events else None

    def relation(self):
        standing = self.standing
        if standing.assaulted and not standing.reporter:
            return "assaulted"
        if standing.reporter:
            return "writer"
        return "reviewer" if standing.reviews else "officer"

    def delay(self):
        incident = self.incident
        if not (incident.occurred_from and incident.police_told_at):
            return ""
        length = incident.police_told_at - incident.occurred_from
        return span(length) if length > readiness.LATE_AFTER else ""

    def account_values(self):
        if not self.account:
            return {}
        incident = self.incident
        kinds = dict(SourceReference.Kind.choices)
        return {
            "narrative": incident.narrative or "",
            "place_detail": incident.place_detail or "",
            "late_reason": incident.late_reason or "",
            "circumstances": Circumstances(
                activity=str(incident.activity or ""),
                crewing=incident.get_crewing_display(),
                assistance_called=incident.assistance_called,
                assistance_minutes=incident.assistance_minutes,
                people_present=incident.people_present,
                deescalation_tried=incident.deescalation_tried,
                force_used=incident.force_used,
                weapons=self.words("weapon", incident.weapon_codes),
            ),
            "crime_recorded": incident.get_crime_recorded_display(),
            "references": tuple((kinds.get(row["kind"], row["kind"]), row["value"]) for row in incident.reference_rows),
            "restricted_for": tuple(RESTRICTED_FOR.get(code, in_words(code)) for code in incident.restricted_for),
        }

    def suspect_values(self):
        if Facet.SUSPECT not in self.granted:
            return {}
        return {
            "suspects": tuple(
                SuspectView(
                    position=row.position,
                    known=row.get_known_display(),
                    nominal_reference=row.nominal_reference or "",
                    colleague=self.named(row.colleague),
                    age_band=in_words(row.age_band, "age"),
                    sex=in_words(row.sex, "sex"),
                    influence=_all_in_words(row.influence, "influence"),
                    mental_health=in_words(row.mental_health or "", "mental health"),
                    demeanour=in_words(row.demeanour, "demeanour"),
                    relationship=in_words(row.relationship, "relationship"),
                )
                for row in self.rows("suspects")
            )
        }

    def evidence_values(self):
        shown = Facet.EVIDENCE in self.granted
        if self.brief or not (shown or self.standing.assaulted):
            return {}
        colours = {"received": "yellow", "clean": "green", "refused": "red"}
        files = tuple(
            EvidenceView(
                key=str(row.key),
                name=row.name or "A file",
                description=row.description or "",
                state=row.state,
                state_words=row.get_state_display(),
                colour=colours[row.state],
                size=row.safe_size or row.size,
                added_at=row.added_at,
                by=self.named(row.added_by),
            )
            for row in self.rows("evidence")
            if row.removed_at is None and may_see_evidence(self.standing, row.assault_id)
        )
        if not shown:
            return {"evidence": files or None}
        return {
            "evidence": files,
            "footage": tuple(
                FootageView(
                    source=_FOOTAGE.get(row["source"], row["source"]),
                    reference=row["reference"],
                    deleted_on=date.fromisoformat(row["deleted_on"]) if row["deleted_on"] else None,
                    kept=row["kept"],
                )
                for row in self.incident.footage_rows
            ),
            "witnesses": tuple(
                WitnessView(
                    name=self.named(row.person) if row.person else row.description or "",
                    statement_due_on=row.statement_due_on,
                    statement_given=row.statement_given,
                )
                for row in self.rows("witnesses")
            ),
        }

    def reads_part(self, assault_id):
        """Whether the reader may read what concerns one person; what concerns nobody alone goes with the rest."""
        return assault_id is None or assault_id in self.readable

    # what was said afterwards

    def may_know_note(self, row):
        return self.reads_part(row.assault_id) or row.by_id == self.user.pk

    def reads_words_of(self, row):
        """Whether a note's own words may be read: with the account, by whom it concerns, and by whoever wrote it."""
        if row.by_id == self.user.pk:
            return True
        return self.account or (row.assault_id is not None and self.reads_part(row.assault_id))

    def note(self, row):
        shown = self.reads_words_of(row)
        whose = next((person for person in self.people if person.pk == row.assault_id), None)
        answer = shown or (row.assault_id is None and row.field in ("place_type", "district", "occurred"))
        return NoteView(
            kind=row.kind,
            kind_words=row.get_kind_display(),
            at=row.at,
            by=self.named(row.by),
            body=(row.body or "") if shown else "",
            about=self.label(whose) if whose else "",
            field=FIELD_WORDS.get(row.field, "") if row.field else "",
            was=(row.was or "") if answer else "",
            becomes=(row.becomes or "") if answer else "",
        )

    def return_reason(self, notes):
        if self.incident.status != Incident.Status.RETURNED:
            return ""
        reasons = [row for row in notes if row.kind == Note.Kind.RETURN and self.reads_words_of(row)]
        return (reasons[-1].body or "") if reasons else ""

    # what is owed, and what happened

    def tasks(self):
        position = {row.pk: row for row in self.people}
        for row in self.rows("tasks"):
            person = position.get(row.assault_id)
            if person is None or row.ended_at or not self.reads_part(person.pk):
                continue
            if row.kind == Task.Kind.ESCALATION and (not self.standing.reviews or row.due_at > self.at):
                continue
            close = self.standing.reviews or person.person_id == self.user.pk
            yield TaskView(
                kind=row.kind,
                position=person.position,
                title=row.get_kind_display(),
                whose=self.label(person),
                due_at=row.due_at,
                overdue=row.done_at is None and row.due_at < self.at,
                done_at=row.done_at,
                how=row.get_how_display() if close else "",
            )

    def next_step(self):
        status = self.incident.status
        if status == Incident.Status.DRAFT:
            return NextStep("Finish the questions and submit it, when you are ready.", "you")
        if status == Incident.Status.RETURNED:
            if "say ready" in self.may:
                whose = self.named(self.incident.reporter)
                words = "Change your part as it was asked, and say that it is ready."
                return NextStep(f"{words} Only {whose} can then submit the report again.", "you")
            if "submit" in self.may:
                words = "Make the changes that were asked for, and submit it again."
                if self.standing.taken_over - self.standing.assaulted:
                    words += " Nobody else can: the others say when their own part is ready."
                return NextStep(words, "you")
            words = "The report is changed as it was asked, and submitted again."
            return NextStep(words, "whoever wrote it")
        if status == Incident.Status.MERGED:
            return NextStep("Nothing more happens here. The other report goes on.", "nobody")
        if status == Incident.Status.WITHDRAWN:
            return NextStep("Nothing more happens here. Support that was offered is still open.", "nobody")
        reviews = self.standing.reviews
        desk = "you" if reviews else self.desk
        contact = [row for row in self.tasks() if row.kind == Task.Kind.FIRST_CONTACT and row.done_at is None]
        if status == Incident.Status.SUBMITTED:
            if reviews:
                words = "Read the report, and accept it or ask for changes."
                return NextStep(f"{words} {self.footage_ending()}".strip(), desk)
            return NextStep("A supervisor reads the report, and accepts it or asks for changes.", desk)
        if contact:
            first = contact[0]
            whom = "you" if first.whose == "You" else first.whose
            words = f"Speak to {whom}. {self.footage_ending()}" if reviews else f"A supervisor speaks to {whom}."
            return NextStep(words.strip(), desk, first.due_at, first.overdue)
        if reviews and self.footage_ending():
            return NextStep(self.footage_ending(), desk)
        return NextStep("Nothing more is owed on the report itself.", "nobody")

    def footage_ending(self):
        """Say that footage which nobody keeps is deleted within a few days; an empty text if there is none."""
        if self.brief or Facet.EVIDENCE not in self.granted:
            return ""
        today = london_date(self.at)
        days = [row["deleted_on"] for row in self.incident.footage_rows if row["deleted_on"] and not row["kept"]]
        soon = sorted(day for day in map(date.fromisoformat, days) if today <= day)
        if not soon or soon[0] > today + FOOTAGE_URGENT:
            return ""
        return f"Footage is deleted on {_day(soon[0])}: ask for it to be kept as evidence before then."

    @property
    def desk(self):
        if self.incident.restricted:
            return "one of the few people who may see it"
        return f"a supervisor of {self.incident.unit.name}"

    def timeline(self, notes):
        incident = self.incident
        for row in incident.version_rows:
            again = row["number"] > 1
            yield Entry(
                "Submitted again" if again else "Log entry saved" if incident.quick_log else "Report submitted",
                datetime.fromisoformat(row["at"]),
                self.by_key(row["by_id"], f"{row['rank']} {row['given']} {row['family']}"),
            )
        if incident.accepted_at:
            yield Entry("Accepted by a supervisor", incident.accepted_at, self.named(incident.accepted_by))
        returns = [row for row in notes if row.kind == Note.Kind.RETURN]
        if incident.returned_at and not returns:
            yield Entry("Opened again as a full report", incident.returned_at, self.named(incident.returned_by))
        for person in self.people:
            if person.taken_over_at:
                who = "You" if person.person_id == self.user.pk else self.label(person)
                yield Entry(f"{who} took over their part" if who != "You" else "You took over your part",
                            person.taken_over_at)  # fmt: skip
        for task in self.rows("tasks"):
            person = next((row for row in self.people if row.pk == task.assault_id), None)
            if task.done_at and task.kind == Task.Kind.FIRST_CONTACT and person and self.reads_part(person.pk):
                yield Entry(self.contact(task, person), task.done_at, self.named(task.done_by))
        for row in notes:
            yield self.entry(row, self.note(row))
        for row in self.rows("case_events"):
            if self.reads_part(row.assault_id):
                yield self.of_the_case(row)

    def of_the_case(self, row):
        """What happened in the case: to who is in the report the kind and the date, in plain words, and nothing of the
        suspect; a hearing's own date with it."""
        kind = KINDS[row.kind]
        whose = next((person for person in self.people if person.pk == row.assault_id), None)
        title = kind.label if Facet.CASE in self.granted else kind.plain
        if whose and len(self.people) > 1:
            title += f" ({'you' if whose.person_id == self.user.pk else self.label(whose)})"
        hearing = row.hearing_at and timezone.localtime(row.hearing_at)
        return Entry(title, row.happened_at, text=f"{_day(hearing)}, {hearing:%H:%M}" if hearing else "")

    def contact(self, task, person):
        """Say that somebody was spoken to; whether they wanted to talk only to them and to whoever reviews it."""
        mine = person.person_id == self.user.pk
        whom = "you" if mine else self.label(person)
        if not (mine or self.standing.reviews):
            return f"A supervisor was in touch with {whom}"
        return f"A supervisor offered {whom} a word" if task.how == "declined" else f"A supervisor spoke to {whom}"

    def entry(self, row, note):
        text = note.body
        if row.kind == Note.Kind.CORRECTION:
            title = f"Corrected: {note.field}" + (f" ({note.about})" if note.about else "")
            change = f"“{note.was}” became “{note.becomes}”." if note.becomes else ""
            text = "\n".join(part for part in (change, f"Reason: {text}" if text else "") if part)
        elif row.kind == Note.Kind.OFFICER:
            title = f"Officer in the case: {note.becomes}" if note.becomes else "Officer in the case named"
        elif row.kind == Note.Kind.MERGE:
            title = "Merged into another report" + (f", {self.merged_into}" if self.merged_into else "")
        else:
            title = {
                Note.Kind.ADDENDUM: "Something was added",
                Note.Kind.RETURN: "Returned for changes",
                Note.Kind.WITHDRAWAL: "Taken back",
            }[row.kind] + (f" about {'you' if note.about == 'You' else note.about}" if note.about else "")
        return Entry(title, row.at, note.by, text)

    def by_key(self, key, name):
        if key == self.user.pk:
            return "you"
        return "somebody who was assaulted" if key in self.withheld else " ".join(name.split())

    @cached_property
    def merged_into(self):
        if not self.incident.merged_into_id:
            return ""
        stays = Incident.objects.visible_to(self.user).filter(pk=self.incident.merged_into_id)
        return stays.values_list("reference", flat=True).first() or ""

    # what is missing

    @cached_property
    def content(self):
        return content_of(self.incident)

    @cached_property
    def conducts(self):
        return {
            code: readiness.ConductFacts(*facts[2:])
            for (table, code), facts in self.labels.items()
            if table == "conduct"
        }

    def gaps(self):
        """What is missing to accept it, and what of that is a must."""
        if not self.counts_gaps:
            return (), ()
        names = {row.position: self.label(row) for row in self.people if row.person_id != self.user.pk}
        must = readiness.enough_to_submit(self.content, self.conducts, names)
        every = readiness.enough_to_accept(self.content, self.conducts, names)
        every, must = ([row for row in rows if self.may_mend(row.page)] for rows in (every, must))
        return tuple(_problem(row) for row in every if row not in must), tuple(map(_problem, must))

    def may_mend(self, page):
        """Whether what is missing concerns a part that the reader may read."""
        if page.position is None:
            return True
        person = next((row for row in self.people if row.position == page.position), None)
        needed = Facet.HEALTH if page.name in ("injury", "exposure") else Facet.DETAIL
        return person is not None and needed in self.of_person[person.pk]

    def may_open(self, page):
        """Whether the page that writes an answer may be opened, by the rule that its own door asks."""
        person = next((row for row in self.people if row.position == page.position), None)
        if page.position is not None and person is None:
            return False
        return may_fill(self.standing, page.name, person and person.pk)

    def sections(self):
        if not self.account or "complete" not in self.may:
            return ()
        return tuple(
            SectionView(row.page.name, row.page.position, self.titled(row), str(row.state))
            for row in readiness.sections(self.content, self.conducts)
            if self.may_open(row.page)
        )

    def titled(self, section):
        if section.page.position is None or len(self.people) == 1:
            return section.title
        whose = next((self.label(row) for row in self.people if row.position == section.page.position), "")
        return f"{section.title}: {'your part' if whose == 'You' else whose}"


def _problem(problem):
    return ProblemView(problem.page.name, problem.page.position, problem.sentence)


_FOOTAGE = {"bwv": "Body-worn video", "cctv": "CCTV", "other": "Other video"}
FIELD_WORDS = {
    "place_type": "kind of place",
    "district": "district",
    "occurred": "when it began",
    "conducts": "what was done",
    "injury": "whether hurt",
}
"""Answers that a supervisor may correct, in words."""
