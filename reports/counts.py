"""What may be counted of reports: one's own log entries, and for figures the assaults of a period, never a row of them.

Figures ask for a block: the finest combinations of a few dimensions, with every margin of the tables made from it, in
one statement. What the dimensions and their codes are, `figures/cubes.py` defines; how a record comes to a code is
here (ADR 14). Counted are the assaults of submitted, returned and accepted reports, restricted ones with them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import product

from django.db import connection
from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce, ExtractHour, ExtractIsoWeekDay, Greatest, Least, TruncDate

from campion.local_time import LONDON
from campion.models import WorkerType
from campion.months import first_moment, month_of, next_month
from campion.working_days import london_date
from reports.case_kinds import CHARGES
from reports.models import Assault, CaseEvent, ConductType, DistrictArea, DutySpell, Incident, Kind, Task

ALL, NOT_KNOWN = "all", "not-known"
"""The code of a margin, and of what no answer tells: as in figures/cubes.py."""
DAY = timedelta(days=1)


def logged_in_month(user, moment: datetime) -> int:
    """Count the entries of the 20-second log that this person made of one London month: their own, one for each.

    :param moment: any moment of that month
    """
    month = month_of(london_date(moment))
    start, end = first_moment(month), first_moment(next_month(month))
    mine = Incident.objects.counted().filter(reporter=user, quick_log=True)
    return mine.filter(occurred_from__gte=start, occurred_from__lt=end).count()


# What is counted -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Area:
    """A policing area in force on a day, and the one that all of it became part of later, if it did."""

    code: str
    label: str
    districts: frozenset[int]
    above: str = ""
    above_label: str = ""


@dataclass(frozen=True)
class Scope:
    """Whose assaults, of which months, by which areas, and as seen at which moment.

    :ivar months: code (2025-04) -> its first moment and that of the next month, by the London clock
    """

    force_id: int
    months: Mapping[str, tuple[datetime, datetime]]
    areas: tuple[Area, ...]
    at: datetime

    @property
    def on(self) -> date:
        """The London date of `at`."""
        return london_date(self.at)

    @property
    def above(self) -> dict[str, str]:
        """The area above each area that has one."""
        return {area.code: area.above for area in self.areas if area.above}

    def incidents(self, to: str = "") -> Q:
        """Give the condition under which an incident is counted.

        :param to: the way to the incident from the row that asks, such as "incident__"
        """
        moments = list(self.months.values())
        return Q(
            **{
                f"{to}force": self.force_id,
                f"{to}status__in": Incident.COUNTED,
                f"{to}occurred_from__gte": moments[0][0],
                f"{to}occurred_from__lt": moments[-1][1],
            }
        )


def scope_of(force, months: Sequence[str], *, at: datetime) -> Scope:
    """Give the scope of some months of a force, with the areas in force on the last day of the last one.

    :param months: codes in order, without a gap
    :param at: the moment of drawing
    """
    bounds = {code: (first_moment(code), first_moment(next_month(code))) for code in months}
    return Scope(force.pk, bounds, areas_on(force, date.fromisoformat(f"{next_month(months[-1])}-01") - DAY), at)


def areas_on(force, on: date) -> tuple[Area, ...]:
    """Give the policing areas of a force on a London date, by code, each with its districts.

    An area is below another if all of its districts lie in that one later, and that one has more of them.
    """
    lies: dict[int, DistrictArea] = {}
    later: dict[int, DistrictArea] = {}
    rows = DistrictArea.objects.filter(district__force=force).select_related("area").order_by("from_on", "pk")
    for row in rows:
        if row.from_on <= on and (row.until_on is None or row.until_on >= on):
            lies[row.district_id] = row
        elif row.from_on > on:
            later.setdefault(row.district_id, row)
    districts: dict[str, set[int]] = {}
    become: dict[str, set[int]] = {}
    for district, row in lies.items():
        districts.setdefault(row.area.code, set()).add(district)
    for district, row in later.items():
        become.setdefault(row.area.code, set()).add(district)
    labels = {row.area.code: row.area.name for row in (*lies.values(), *later.values())}
    areas = []
    for code in sorted(districts):
        within = [new for new, those in become.items() if districts[code] < those]
        above = within[0] if len(within) == 1 and within[0] not in districts else ""
        areas.append(Area(code, labels[code], frozenset(districts[code]), above, labels.get(above, "")))
    return tuple(areas)


def first_counted_on(force) -> date | None:
    """Give the London date of the earliest assault that is counted, or None if none is."""
    first = Incident.objects.counted().filter(force=force).order_by("occurred_from").values_list("occurred_from")[:1]
    return next((london_date(moment) for (moment,) in first), None)


# How a record comes to a code ----------------------------------------------------------------------------------------

KINDS = {
    Kind.SEXUAL: "physical",
    Kind.PHYSICAL: "physical",
    Kind.SPITTING: "spitting",
    Kind.THREAT: "threat",
    Kind.VERBAL: "verbal",
    Kind.ONLINE: "verbal",
}
ABOVE = {"physical": "assault", "spitting": "assault", "threat": "abuse", "verbal": "abuse"}
"""The kinds one level up: assaults, and threats and abuse."""
GRAVEST = {kind: "abuse" if ABOVE[code] == "abuse" else code for kind, code in KINDS.items()}
ROLES = {
    WorkerType.POLICE_OFFICER: "constable",
    WorkerType.STUDENT_OFFICER: "constable",
    WorkerType.SPECIAL_CONSTABLE: "constable",
    WorkerType.PCSO: "staff",
    WorkerType.DETENTION_OFFICER: "staff",
    WorkerType.DESIGNATED: "staff",
    WorkerType.POLICE_STAFF: "staff",
    WorkerType.CONTROL_ROOM: "staff",
    WorkerType.VOLUNTEER: "staff",
    WorkerType.CONTRACTOR: "staff",
    WorkerType.AGENCY: "staff",
    WorkerType.OTHER_EMERGENCY_WORKER: "staff",
}
INJURIES = {
    Assault.Injury.PHYSICAL: "physical",
    Assault.Injury.BOTH: "physical",
    Assault.Injury.NONE: "none",
    Assault.Injury.PSYCHOLOGICAL: "none",
    Assault.Injury.NOT_YET_KNOWN: NOT_KNOWN,
}
CAMERAS = {
    Assault.Bwv.RECORDING: "recording",
    Assault.Bwv.AFTER: "not-recording",
    Assault.Bwv.OFF: "not-recording",
    Assault.Bwv.NOT_ISSUED: "not-recording",
    Assault.Bwv.FAILED: "not-recording",
}
CREWING = {
    Incident.Crewing.SINGLE: "alone",
    Incident.Crewing.STAFF_ALONE: "alone",
    Incident.Crewing.DOUBLE: "two",
    Incident.Crewing.GROUP: "group",
    Incident.Crewing.NOT_APPLICABLE: NOT_KNOWN,
}
CRIMED = {
    Incident.CrimeRecorded.YES: "yes",
    Incident.CrimeRecorded.NO: "no",
    Incident.CrimeRecorded.PENDING: NOT_KNOWN,
}
PLACES = {
    "street": "street",
    "open-ground": "street",
    "public-transport": "street",
    "dwelling": "dwelling",
    "licensed": "licensed",
    "retail": "licensed",
    "event": "licensed",
    "custody": "police",
    "police-station": "police",
    "police-vehicle": "police",
    "hospital": "health",
    "mental-health": "health",
    "ambulance": "health",
    "court": "other",
    "school": "other",
    "phone": "other",
    "online": "other",
    "other": "other",
}
"""Where, by the code of the place type; a test holds every place type here."""
ACTIVITIES = {
    "arrest": "arrest",
    "search": "arrest",
    "traffic": "arrest",
    "disturbance": "disturbance",
    "public-order": "disturbance",
    "custody": "custody",
    "transport": "custody",
    "mental-health": "care",
    "welfare-check": "care",
    "hospital-guard": "care",
    "enquiry": "other",
    "front-counter": "other",
    "call-handling": "other",
    "ambush": "other",
    "off-duty": "other",
    "other": "other",
}
"""What the person was doing, by the code of the activity; a test holds every activity here."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BANDS = {
    "07": (7, 8, 9, 10),
    "11": (11, 12, 13, 14),
    "15": (15, 16, 17, 18),
    "19": (19, 20, 21, 22),
    "23": (23, 0, 1, 2),
    "03": (3, 4, 5, 6),
}
"""Hours of the London clock in each band of four."""


def _words(*whens, default=None):
    """Give a CASE of codes; NULL where nothing fits and there is no default: a count then refuses to go on."""
    return Case(
        *(When(condition, then=Value(code)) for condition, code in whens),
        default=Value(default, output_field=CharField()),
        output_field=CharField(),
    )


def _mapped(name, codes: Mapping[str, str], default=None):
    """Give a CASE that takes the value of a column to its code."""
    found: dict[str, list[str]] = {}
    for value, code in codes.items():
        found.setdefault(code, []).append(value)
    return _words(*((Q(**{f"{name}__in": values}), code) for code, values in found.items()), default=default)


def _among(rows, name) -> Q:
    """Give the condition that an assault is among those which a query names, by a plain IN: hashed once, not asked
    anew for each row."""
    return Q(pk__in=rows.order_by().values(name))


def _month(scope):
    return _words(*((Q(incident__occurred_from__lt=end), code) for code, (_, end) in scope.months.items()))


def _area(scope):
    return _words(
        *((Q(incident__district__in=sorted(area.districts)), area.code) for area in scope.areas), default=NOT_KNOWN
    )


def _day(scope):
    weekday = ExtractIsoWeekDay("incident__policing_day")
    return Case(
        *(When(Q(_weekday=number), then=Value(code)) for number, code in enumerate(DAYS, 1)), output_field=CharField()
    ), {"_weekday": weekday}


def _band(scope):
    hour = ExtractHour("incident__occurred_from", tzinfo=LONDON)
    return _words(*((Q(_hour__in=hours), code) for code, hours in BANDS.items())), {"_hour": hour}


def _mentioned(*kinds):
    """Say whether a kind of conduct was mentioned at all; what an assault is counted under was, and nothing graver."""
    graver = Kind.values[: min(Kind.values.index(kind) for kind in kinds)]

    def expression(scope):
        told = Assault.conducts.through.objects.filter(
            scope.incidents("assault__incident__"), conducttype__in=ConductType.objects.filter(kind__in=kinds)
        )
        return _words((Q(kind__in=kinds) | Q(kind__in=graver) & _among(told, "assault"), "yes"), default="no")

    return expression


def _constables(scope):
    """Assaults on constables, assaults on others, and what is no assault."""
    assaults = Q(kind__in=[kind for kind, code in KINDS.items() if ABOVE[code] == "assault"])
    constables = Q(worker_type__in=[worker for worker, role in ROLES.items() if role == "constable"])
    return _words((assaults & constables, "constables"), (assaults, "others"), default="abuse")


def _outcome(scope):
    """A charge counts until it is dropped: for the same suspect, or where either names none."""
    events = CaseEvent.objects.standing().filter(scope.incidents("incident__"))
    concerned = events.annotate(whose=F("incident__assaults")).filter(Q(assault=None) | Q(assault=F("whose")))
    dropped = (
        CaseEvent.objects.standing()
        .filter(incident=OuterRef("incident"), kind="charge-dropped", happened_at__gte=OuterRef("happened_at"))
        .filter(Q(assault=None) | Q(assault=OuterRef("whose")))
    )
    of_the_same = dropped.filter(Q(suspect=None) | Q(suspect=OuterRef("suspect")))
    charged = concerned.filter(kind__in=CHARGES).exclude(Q(Exists(of_the_same)) | Q(suspect=None) & Exists(dropped))
    settled = concerned.filter(kind="disposal")
    ended = concerned.filter(kind__in=("not-prosecuted", "not-investigated", "released", "charge-dropped"))
    return _words(
        (_among(charged, "whose"), "charged"),
        (_among(settled, "whose"), "out-of-court"),
        (_among(ended, "whose"), "no-further-action"),
        default="open",
    )


def _delay(scope):
    told = Coalesce("incident__police_told_at", "incident__submitted_at")
    limits = (("same-day", 1), ("days", 8), ("weeks", 29))
    return _words(
        *((Q(_told__lt=F("incident__occurred_from") + days * DAY), code) for code, days in limits), default="later"
    ), {"_told": told}


def _contact(scope):
    spoken = Task.objects.filter(
        scope.incidents("incident__"),
        kind=Task.Kind.FIRST_CONTACT,
        done_at__lte=Coalesce("incident__police_told_at", "incident__submitted_at") + DAY,
    )
    return _words((_among(spoken, "assault"), "day"), default="later")


def _lost(scope):
    """Days unfit for normal duties, from the day after the assault until the day of drawing (riddor.py)."""
    spells = DutySpell.objects.filter(scope.incidents("assault__incident__"), struck_at=None).order_by()
    following = DutySpell.objects.filter(
        assault=OuterRef("assault"), struck_at=None, from_on__gt=OuterRef("from_on")
    ).order_by("from_on")
    morrow = Value(scope.on + DAY, output_field=DateField())
    after = Cast(TruncDate("assault__incident__occurred_from", tzinfo=LONDON) + DAY, DateField())
    unfit = (
        spells.exclude(duty=DutySpell.Duty.FULL)
        .annotate(
            begins=Greatest("from_on", after),
            ends=Least(Coalesce(Subquery(following.values("from_on")[:1]), morrow), morrow),
        )
        .filter(ends__gt=F("begins"))
        .values("assault")
        .annotate(days=Sum(ExpressionWrapper(F("ends") - F("begins"), output_field=DurationField())))
    )
    return _words(
        (_among(unfit.filter(days__gt=28 * DAY), "assault"), "over-28"),
        (_among(unfit.filter(days__gt=7 * DAY), "assault"), "8-28"),
        (_among(unfit, "assault"), "1-7"),
        default="0",
    )


def _times(scope):
    """How often one person was assaulted in the months counted, said of each of their assaults."""
    return _words((Q(_times=1), "once"), (Q(_times=2), "twice"), default="more"), {
        "_times": Window(Count("pk"), partition_by=[Coalesce(F("person_id"), F("pk") * -1)])
    }


DIMENSIONS: dict[str, Callable] = {
    "month": _month,
    "area": _area,
    "kind": lambda scope: _mapped("kind", KINDS),
    "gravest": lambda scope: _mapped("kind", GRAVEST),
    "role": lambda scope: _mapped("worker_type", ROLES),
    "constables": _constables,
    "injury": lambda scope: _mapped("injury", INJURIES, NOT_KNOWN),
    "outcome": _outcome,
    "contact": _contact,
    "day": _day,
    "band": _band,
    "place": lambda scope: _mapped("incident__place_type__code", PLACES, NOT_KNOWN),
    "activity": lambda scope: _mapped("incident__activity__code", ACTIVITIES, NOT_KNOWN),
    "crewing": lambda scope: _mapped("incident__crewing", CREWING, NOT_KNOWN),
    "camera": lambda scope: _mapped("bwv", CAMERAS, NOT_KNOWN),
    "spat": _mentioned(Kind.SPITTING),
    "abused": _mentioned(Kind.VERBAL, Kind.ONLINE),
    "threatened": _mentioned(Kind.THREAT),
    "times": _times,
    "delay": _delay,
    "lost": _lost,
    "crimed": lambda scope: _mapped("incident__crime_recorded", CRIMED, NOT_KNOWN),
}
"""Dimension -> takes the scope, gives the expression of its code; perhaps with what that needs annotated first."""


# Counting ------------------------------------------------------------------------------------------------------------

UNITS = {
    "assaults": "count(*)",
    "clocks": "count(*)",
    "incidents": "count(DISTINCT incident_key)",
    "people": "count(DISTINCT person_key) + count(*) - count(person_key)",
}
"""Whoever is in no directory has no key, cannot be recognised again, and is counted as another person each time."""
FEWEST_PEOPLE = "count(DISTINCT person_key) + (count(*) > count(person_key))::int"
"""How many people there are at the least, by which a cell is small (D3): those in no directory may all be one."""


@dataclass(frozen=True)
class Counted:
    """One block as it was counted.

    :ivar atoms: the number of each finest combination; what is missing is 0
    :ivar cells: for each table asked for, the number of each cell, of how many people at the least, and in how many
        incidents; what is missing is 0
    """

    atoms: dict[tuple[str, ...], int]
    cells: tuple[dict[tuple[str, ...], tuple[int, int, int]], ...] = field(default=())


def count(scope: Scope, unit: str, dimensions: Sequence[str], tables: Iterable[Sequence[str]] = ()) -> Counted:
    """Count the assaults of a scope by some dimensions, with every margin of some tables: one statement.

    :param unit: assaults, incidents or people: what a number counts
    :param tables: subsets of the dimensions
    :raises Uncountable: if a record has no code in one of the dimensions
    """
    assaults = Assault.objects.filter(scope.incidents("incident__")).order_by()
    rows = assaults.annotate(person_key=F("person_id"), incident_key=F("incident_id"))
    expressions = {name: DIMENSIONS[name](scope) for name in dimensions}
    return counted(rows, unit, expressions, tables, {"area": scope.above, "kind": ABOVE})


class Uncountable(Exception):
    """A record has no code in a dimension, so that no number would be true."""


def counted(
    rows,
    unit: str,
    expressions: Mapping,
    tables: Iterable[Sequence[str]],
    above: Mapping[str, Mapping[str, str]],
) -> Counted:
    """Count rows by expressions: one statement with all the groupings that are needed.

    :param rows: a QuerySet annotated with `incident_key`, and `person_key`: NULL for somebody in no directory
    :param expressions: dimension -> an expression of its code, or that and what to annotate before it
    :param above: dimension -> {code: the code one level up}, where there are levels
    :raises Uncountable: if a record has no code in one of the dimensions
    """
    dimensions, tables = list(expressions), [tuple(table) for table in tables]
    for number, expression in enumerate(expressions.values()):
        if isinstance(expression, tuple):
            expression, before = expression
            rows = rows.annotate(**before)
        rows = rows.annotate(**{f"d{number}": expression})
    inner, parameters = rows.values(
        "person_key", "incident_key", *(f"d{number}" for number in range(len(dimensions)))
    ).query.sql_with_params()
    parameters, columns, levels = list(parameters), [], []
    for number, name in enumerate(dimensions):
        columns.append(f"d{number}")
        if above.get(name) and any(name in table for table in tables):
            pairs = list(above[name].items())
            levels.append(f"CASE d{number} {' '.join(['WHEN %s THEN %s'] * len(pairs))} ELSE '' END AS u{number}")
            columns.append(f"u{number}")
            parameters += [part for pair in pairs for part in pair]
    sets = {tuple(f"d{number}" for number in range(len(dimensions)))} | {
        tuple(name for name in chosen if name)
        for table in tables
        for chosen in product(*(_choices(dimensions.index(name), columns) for name in table))
    }
    mask = f"GROUPING({', '.join(columns)})" if columns else "0"
    selected = "".join(f", {column}" for column in columns)
    statement = f"""
        WITH counted AS ({inner}), levelled AS (SELECT {", ".join(["*", *levels])} FROM counted)
        SELECT {mask}, {UNITS[unit]}, {FEWEST_PEOPLE}, count(DISTINCT incident_key){selected} FROM levelled
        GROUP BY GROUPING SETS ({", ".join(f"({', '.join(columns)})" for columns in sorted(sets))})
    """  # noqa: S608 - names of our own; every value is a parameter
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found = cursor.fetchall()
    return _taken_apart(found, dimensions, columns, tables)


def _choices(number: int, columns: Collection[str]) -> list[str]:
    return [name for name in (f"d{number}", f"u{number}") if name in columns] + [""]


def _taken_apart(found, dimensions, columns, tables):
    atoms, cells = {}, tuple({} for _ in tables)
    finest = tuple(f"d{number}" for number in range(len(dimensions)))
    for mask, number, people, incidents, *codes in found:
        present = [name for place, name in enumerate(columns) if not mask >> (len(columns) - 1 - place) & 1]
        values = {name: code for name, code in zip(columns, codes, strict=True) if name in present}
        if None in values.values():
            raise Uncountable(f"A record has no code for one of these: {', '.join(dimensions)}.")
        if "" in values.values():
            continue  # an area that lies in no other
        if tuple(present) == finest and number:
            atoms[tuple(values[name] for name in finest)] = number
        for table, cell in zip(tables, cells, strict=True):
            numbers = [dimensions.index(name) for name in table]
            places = [next((f"{level}{n}" for level in "du" if f"{level}{n}" in values), "") for n in numbers]
            if {name for name in places if name} == set(present):
                cell[tuple(values.get(name, ALL) for name in places)] = (number, people, incidents)
    return Counted(atoms, cells)
