"""What is counted of a period: which records, under which codes, by which people, incidents and clocks."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campion.models import WorkerType
from campion.roles import Role
from figures import pulse
from figures.cubes import ABOVE, ALL, BLOCKS, CUBES, DIMENSIONS, NOT_KNOWN, RIGHTS
from figures.disclosure import Count, is_small
from reports import actions, counts
from reports.actions import drafts
from reports.models import (
    Activity,
    Assault,
    CaseEvent,
    District,
    DistrictArea,
    DutySpell,
    Incident,
    Kind,
    PlaceType,
    Suspect,
    Task,
)
from tests import world
from tests.stage import once
from victims import counts as welfare
from victims.models import Clock, Referral

pytestmark = pytest.mark.django_db

MAY = datetime(2026, 5, 13, 20, 0, tzinfo=UTC)
"""A Wednesday, nine in the evening in London."""
QUARTER = ("2026-04", "2026-05", "2026-06")
NEXT = ("2026-07", "2026-08", "2026-09")
DRAWN = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@once
def place():
    return world.make_force()


@once
def sam(place):
    return world.make_person(place.team)


@once
def lee(place):
    return world.make_person(place.team)


@once
def supervisor(place):
    return world.make_person(place.team, Role.SUPERVISOR)


@once
def report(place, sam, supervisor):
    return world.make_submitted_incident(sam, at=MAY + HOUR, happened=MAY)


@once
def four(place, sam, lee, supervisor):
    """Sam and Lee hurt together; Sam alone a week later; and somebody who is in no directory, the day after."""
    both = world.make_submitted_incident(
        sam, colleagues=[lee], conducts=[["punch"], ["spit", "verbal-abuse"]], at=MAY + HOUR, happened=MAY
    )
    again = world.make_submitted_incident(sam, conducts=[["threat-of-violence"]], at=MAY + 7 * DAY + HOUR,
                                          happened=MAY + 7 * DAY)  # fmt: skip
    other = world.make_submitted_incident(lee, at=MAY + 8 * DAY + HOUR, happened=MAY + 8 * DAY)
    other.assaults.update(person=None, outside_name="Somebody", worker_type="agency")
    return [both.pk, again.pk, other.pk]


def scope(place, months=QUARTER, at=DRAWN):
    return counts.scope_of(place.force, months, at=at)


def total(place, months=QUARTER):
    return counts.count(scope(place, months), "assaults", ("kind",), [()]).cells[0].get((), (0, 0, 0))


def by(place, *dimensions, at=DRAWN, unit="assaults"):
    """Count by one block and give its atoms, the code alone where there is one dimension."""
    atoms = counts.count(scope(place, at=at), unit, dimensions).atoms
    return {cell[0] if len(cell) == 1 else cell: number for cell, number in atoms.items()}


# Which records -------------------------------------------------------------------------------------------------------


class TestStatus:
    def test_a_draft_is_not_counted(self, place, sam):
        world.make_draft(sam, at=MAY + HOUR, happened=MAY)
        assert total(place) == (0, 0, 0)

    def test_submitted_returned_and_accepted_are(self, place, report, supervisor):
        assert total(place) == (1, 1, 1)
        actions.return_for_changes(incident=report, reason="Where was it?", by=supervisor, at=MAY + DAY)
        assert total(place) == (1, 1, 1)
        Incident.objects.filter(pk=report.pk).update(status="accepted", accepted_at=DRAWN, accepted_by=supervisor)
        assert total(place) == (1, 1, 1)

    def test_withdrawn_is_not(self, place, report, sam):
        actions.withdraw(incident=report, reason="Filed twice", by=world.fresh(sam), at=MAY + DAY)
        assert total(place) == (0, 0, 0)

    def test_merged_counts_once(self, place, report, lee, supervisor):
        ends = world.make_submitted_incident(lee, at=MAY + HOUR, happened=MAY)
        assert total(place) == (2, 2, 2)
        actions.merge(incident=ends, into=report, reason="One fight", by=world.fresh(supervisor), at=MAY + DAY)
        assert total(place) == (2, 2, 1)

    def test_restricted_is_counted(self, place, report):
        Incident.objects.filter(pk=report.pk).update(restricted=True)
        assert total(place) == (1, 1, 1)

    def test_another_force_is_not(self, report):
        assert total(world.make_force("farshire")) == (0, 0, 0)


class TestTime:
    @pytest.mark.parametrize(
        ("moment", "quarter"),
        [
            (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), QUARTER),
            (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), NEXT),  # 00:30 on 1 July in London
            (datetime(2026, 3, 31, 23, 0, tzinfo=UTC), QUARTER),  # 00:00 on 1 April
            (datetime(2026, 3, 31, 22, 59, tzinfo=UTC), ()),
        ],
    )
    def test_the_london_date_decides(self, place, report, moment, quarter):
        Incident.objects.filter(pk=report.pk).update(occurred_from=moment)
        assert [total(place, months)[0] for months in (QUARTER, NEXT)] == [quarter == QUARTER, quarter == NEXT]

    def test_the_month_is_of_the_london_date(self, place, report):
        Incident.objects.filter(pk=report.pk).update(occurred_from=datetime(2026, 4, 30, 23, 15, tzinfo=UTC))
        assert by(place, "month") == {"2026-05": 1}

    @pytest.mark.parametrize(
        ("moment", "day", "band"),
        [
            (datetime(2026, 5, 10, 0, 30, tzinfo=UTC), "sat", "23"),  # 01:30 on Sunday
            (datetime(2026, 5, 10, 5, 59, tzinfo=UTC), "sat", "03"),
            (datetime(2026, 5, 10, 6, 0, tzinfo=UTC), "sun", "07"),
            (datetime(2026, 5, 10, 21, 59, tzinfo=UTC), "sun", "19"),
            (datetime(2026, 5, 10, 22, 0, tzinfo=UTC), "sun", "23"),
        ],
    )
    def test_the_policing_day_and_its_band(self, place, sam, moment, day, band):
        world.make_submitted_incident(sam, at=moment + HOUR, happened=moment)
        assert by(place, "day", "band") == {(day, band): 1}


class TestPeopleAndIncidents:
    def test_four_assaults_are_three_incidents_of_three_people(self, place, four):
        assert total(place) == (4, 3, 3)

    def test_each_unit_counts_itself(self, place, four):
        found = {unit: counts.count(scope(place), unit, (), [()]) for unit in ("assaults", "incidents", "people")}
        assert {unit: each.atoms[()] for unit, each in found.items()} == {"assaults": 4, "incidents": 3, "people": 3}
        assert {each.cells[0][()][1:] for each in found.values()} == {(3, 3)}

    def test_somebody_twice_is_one_person_assaulted_twice(self, place, four):
        assert by(place, "times", unit="people") == {"twice": 1, "once": 2}

    def test_whoever_is_in_no_directory_is_a_person_each_time(self, place, four):
        Assault.objects.filter(incident=four[1]).update(person=None, outside_name="Somebody")
        assert by(place, "times", unit="people") == {"once": 4}
        assert counts.count(scope(place), "people", (), [()]).atoms == {(): 4}

    def test_an_agency_worker_hit_five_times_is_not_shown_as_five_people(self, place, sam, supervisor):
        """Nobody can tell whether they were one: so all of them are taken to be, and the cell is small (D3)."""
        for number in range(5):
            day = MAY + number * DAY
            incident = world.make_submitted_incident(sam, at=day + HOUR, happened=day)
            incident.assaults.update(person=None, outside_name="Somebody", worker_type="agency")
        assert total(place) == (5, 1, 5) and is_small(Count(*total(place)))
        world.make_submitted_incident(sam, at=MAY + HOUR, happened=MAY)
        assert total(place) == (6, 2, 6)

    def test_every_margin_has_its_three_counts(self, place, four):
        (cells,) = counts.count(scope(place), "assaults", ("month", "area", "kind"), [("month", "kind")]).cells
        assert cells == {
            ("2026-05", "physical"): (2, 2, 2),
            ("2026-05", "spitting"): (1, 1, 1),
            ("2026-05", "threat"): (1, 1, 1),
            ("2026-05", ALL): (4, 3, 3),
            (ALL, "physical"): (2, 2, 2),
            (ALL, "spitting"): (1, 1, 1),
            (ALL, "threat"): (1, 1, 1),
            (ALL, ALL): (4, 3, 3),
            ("2026-05", "assault"): (3, 3, 2),
            ("2026-05", "abuse"): (1, 1, 1),
            (ALL, "assault"): (3, 3, 2),
            (ALL, "abuse"): (1, 1, 1),
        }

    def test_assaults_on_constables_alone_beside_those_on_others_and_abuse(self, place, four):
        names = ("kind", "role", "constables")
        found = counts.count(scope(place), "assaults", names, [("constables",)])
        assert found.atoms == {
            ("physical", "constable", "constables"): 1,
            ("spitting", "constable", "constables"): 1,
            ("threat", "constable", "abuse"): 1,
            ("physical", "staff", "others"): 1,
        }
        assert found.cells[0] == {
            ("constables",): (2, 2, 1), ("others",): (1, 1, 1), ("abuse",): (1, 1, 1), (ALL,): (4, 3, 3)
        }  # fmt: skip
        assert not any(BLOCKS["constables"].impossible(dict(zip(names, atom, strict=True))) for atom in found.atoms)

    def test_one_block_is_one_statement(self, place, four):
        asked = scope(place)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            counts.count(asked, "assaults", ("month", "area", "kind"), [("month",), ("kind",), ("area", "kind")])
        assert len(queries) == 1

    def test_nothing_at_all_is_no_atom_and_a_total_of_nought(self, place):
        found = counts.count(scope(place), "assaults", ("role", "injury"), [("role", "injury")])
        assert (found.atoms, found.cells[0].get((ALL, ALL), (0, 0, 0))) == ({}, (0, 0, 0))

    def test_a_record_without_a_code_is_refused(self, place, report):
        Assault.objects.filter(incident=report).update(kind="")
        with pytest.raises(counts.Uncountable, match="kind"):
            by(place, "kind")


# Areas ---------------------------------------------------------------------------------------------------------------


@once
def districts(place):
    """Four districts in four areas until 15 May; then two areas, of which one takes three of the four."""
    made = [
        District.objects.create(code=f"T0700000{number}", name=f"District {number}", force=place.force)
        for number in range(4)
    ]
    areas = [
        place.force.units.create(code=code, kind="area", name=code.title(), parent=place.root)
        for code in ("ash", "beech", "cedar", "down", "forest")
    ]
    for number, district in enumerate(made):
        DistrictArea.objects.create(
            district=district, area=areas[number], from_on="2010-04-01", until_on="2026-05-14" if number < 3 else None
        )
        if number < 3:
            DistrictArea.objects.create(district=district, area=areas[4], from_on="2026-05-15")
    return made


def lies_in(report, district):
    Incident.objects.filter(pk=report.pk).update(district=district, elsewhere=district is None)


class TestAreas:
    def test_the_areas_are_those_of_the_last_day(self, place, districts, report):
        lies_in(report, districts[1])
        assert by(place, "area") == {"forest": 1}  # though it happened before the change
        assert [area.code for area in scope(place).areas] == ["down", "forest"]
        assert scope(place).above == {}

    def test_before_a_change_the_old_ones_also_add_up_to_the_new(self, place, districts, report):
        lies_in(report, districts[1])
        Incident.objects.update(occurred_from=datetime(2026, 2, 1, 12, tzinfo=UTC))
        asked = scope(place, ("2026-01", "2026-02", "2026-03"))
        assert asked.above == {"ash": "forest", "beech": "forest", "cedar": "forest"}
        found = counts.count(asked, "assaults", ("area", "kind"), [("area", "kind")])
        assert found.atoms == {("beech", "physical"): 1}
        assert set(found.cells[0]) == {
            (area, kind) for area in ("beech", "forest", ALL) for kind in ("physical", "assault", ALL)
        }  # fmt: skip

    def test_an_area_that_stays_is_below_none(self, place, districts, report):
        lies_in(report, districts[3])
        assert by(place, "area") == {"down": 1}

    def test_people_are_counted_once_above(self, place, districts, four):
        for pk, district in zip(four, districts, strict=False):
            Incident.objects.filter(pk=pk).update(district=district, occurred_from=datetime(2026, 2, 1, 12, tzinfo=UTC))
        asked = scope(place, ("2026-01", "2026-02", "2026-03"))
        (cells,) = counts.count(asked, "assaults", ("area",), [("area",)]).cells
        assert cells[("forest",)] == (4, 3, 3) and cells[("ash",)] == (2, 2, 1) and cells[("beech",)] == (1, 1, 1)

    def test_elsewhere_and_no_place_are_not_known(self, place, districts, report):
        lies_in(report, None)
        assert by(place, "area") == {NOT_KNOWN: 1}

    def test_a_district_of_another_force_is_not_known(self, place, districts, report):
        lies_in(report, District.objects.exclude(force=place.force).first())
        assert by(place, "area") == {NOT_KNOWN: 1}


# Codes ---------------------------------------------------------------------------------------------------------------

MAPPED = {
    "kind": (counts.KINDS, Kind.values),
    "gravest": (counts.GRAVEST, Kind.values),
    "role": (counts.ROLES, WorkerType.values),
    "injury": (counts.INJURIES, Assault.Injury.values),
    "camera": (counts.CAMERAS, Assault.Bwv.values),
    "crewing": (counts.CREWING, Incident.Crewing.values),
    "crimed": (counts.CRIMED, Incident.CrimeRecorded.values),
    "answer": (welfare.ANSWERS, Referral.State.values),
}


def codes_of(dimension):
    above = {code.parent for code in DIMENSIONS[dimension].codes}
    return [code.code for code in DIMENSIONS[dimension].codes if code.code not in above]


def test_the_levels_of_a_kind_are_those_of_the_code_lists():
    assert ABOVE["kind"] == counts.ABOVE and set(counts.KINDS.values()) == set(ABOVE["kind"])


@pytest.mark.parametrize("dimension", MAPPED)
def test_every_choice_has_a_code_of_the_dimension(dimension):
    mapping, values = MAPPED[dimension]
    assert set(mapping) == set(values)
    assert set(mapping.values()) <= set(codes_of(dimension))
    assert set(codes_of(dimension)) - set(mapping.values()) <= {NOT_KNOWN}


@pytest.mark.parametrize(("mapping", "model", "dimension"), [
    (counts.PLACES, PlaceType, "place"), (counts.ACTIVITIES, Activity, "activity"),
])  # fmt: skip
def test_every_reference_code_is_mapped(mapping, model, dimension):
    assert set(mapping) == set(model.objects.values_list("code", flat=True))
    assert set(mapping.values()) == set(codes_of(dimension)) - {NOT_KNOWN}


def test_every_dimension_of_every_block_can_be_counted(place):
    for block in BLOCKS.values():
        tables = [cube.dimensions for cube in CUBES.values() if cube.block == block.name]
        if block.unit == "answers":
            found = pulse.count(place.force.pk, scope(place).months, block.dimensions, tables)
        elif block.unit == "clocks":
            found = welfare.count_rights(scope(place), block.dimensions, tables)
        elif set(block.dimensions) & set(welfare.DIMENSIONS):
            found = welfare.count(scope(place), block.dimensions, tables)
        else:
            found = counts.count(scope(place), block.unit, block.dimensions, tables)
        assert not any(found.atoms.values()), block.name


@pytest.mark.parametrize(
    ("changes", "dimension", "code"),
    [
        ({"kind": "sexual"}, "kind", "physical"),
        ({"kind": "online"}, "kind", "verbal"),
        ({"kind": "online"}, "gravest", "abuse"),
        ({"kind": "spitting"}, "gravest", "spitting"),
        ({"worker_type": "student-officer"}, "role", "constable"),
        ({"worker_type": "special-constable"}, "role", "constable"),
        ({"worker_type": "pcso"}, "role", "staff"),
        ({"worker_type": "agency"}, "role", "staff"),
        ({"injury": "both"}, "injury", "physical"),
        ({"injury": "psychological"}, "injury", "none"),
        ({"injury": ""}, "injury", NOT_KNOWN),
        ({"bwv": "failed"}, "camera", "not-recording"),
        ({"bwv": ""}, "camera", NOT_KNOWN),
    ],
)
def test_an_assault_comes_to_its_code(place, report, changes, dimension, code):
    Assault.objects.filter(incident=report).update(**changes)
    assert by(place, dimension) == {code: 1}


@pytest.mark.parametrize(
    ("changes", "dimension", "code"),
    [
        ({"crewing": "staff-alone"}, "crewing", "alone"),
        ({"crewing": ""}, "crewing", NOT_KNOWN),
        ({"crime_recorded": "pending"}, "crimed", NOT_KNOWN),
        ({"crime_recorded": ""}, "crimed", NOT_KNOWN),
        ({"place_type": None}, "place", NOT_KNOWN),
        ({"activity": None}, "activity", NOT_KNOWN),
        ({"police_told_at": MAY + DAY - timedelta(seconds=1)}, "delay", "same-day"),
        ({"police_told_at": MAY + DAY}, "delay", "days"),
        ({"police_told_at": MAY + 8 * DAY}, "delay", "weeks"),
        ({"police_told_at": MAY + 29 * DAY}, "delay", "later"),
    ],
)
def test_an_incident_comes_to_its_code(place, report, changes, dimension, code):
    Incident.objects.filter(pk=report.pk).update(**changes)
    assert by(place, dimension) == {code: 1}


def test_where_and_what_by_their_groups(place, report):
    Incident.objects.filter(pk=report.pk).update(
        place_type=PlaceType.objects.get(code="ambulance"), activity=Activity.objects.get(code="hospital-guard")
    )
    assert (by(place, "place"), by(place, "activity")) == ({"health": 1}, {"care": 1})


def test_a_mention_counts_whatever_the_gravest_kind(place, four):
    assert by(place, "kind", "spat") == {("physical", "no"): 2, ("spitting", "yes"): 1, ("threat", "no"): 1}
    assert by(place, "kind", "abused")[("spitting", "yes")] == 1
    assert by(place, "kind", "threatened")[("threat", "yes")] == 1


def test_nothing_graver_than_the_kind_was_mentioned(place, four):
    """The kind is the gravest of what was done, so the audit takes such a mention to be impossible."""
    Assault.objects.filter(kind="spitting").update(kind="verbal")  # as if kinds and conducts did not agree
    assert by(place, "kind", "spat")[("verbal", "no")] == 1
    impossible = {name: BLOCKS[name].impossible for name in ("spat-at", "threats", "abused")}
    assert impossible["spat-at"]({"kind": "verbal", "spat": "yes"})
    assert impossible["spat-at"]({"kind": "threat", "spat": "yes"})
    assert impossible["threats"]({"kind": "verbal", "threatened": "yes"})
    assert not impossible["threats"]({"kind": "spitting", "threatened": "yes"})
    assert not impossible["abused"]({"kind": "threat", "abused": "yes"})
    assert impossible["abused"]({"kind": "verbal", "abused": "no"})


# What came of it -----------------------------------------------------------------------------------------------------


def happened(report, kind, days, *, suspect=None, assault=None, struck=False):
    moment = MAY + days * DAY
    return CaseEvent.objects.create(
        key=uuid.uuid4(), incident=Incident.objects.get(pk=report.pk), kind=kind, happened_at=moment,
        entered_at=moment, entered_by=report.reporter, suspect=suspect, assault=assault, facts={},
        **({"struck_at": moment, "struck_by": report.reporter, "struck_reason": "By mistake"} if struck else {}),
    )  # fmt: skip


class TestOutcome:
    @pytest.mark.parametrize(
        ("events", "code"),
        [
            ([], "open"),
            (["arrested", "bailed"], "open"),
            (["charged"], "charged"),
            (["charge-altered"], "charged"),
            (["charged", "charge-dropped"], "no-further-action"),
            (["charge-dropped", "charged"], "charged"),
            (["disposal"], "out-of-court"),
            (["disposal", "charged"], "charged"),
            (["not-prosecuted"], "no-further-action"),
            (["not-investigated"], "no-further-action"),
            (["released"], "no-further-action"),
        ],
    )
    def test_the_furthest_that_stands(self, place, report, events, code):
        for days, kind in enumerate(events, 1):
            happened(report, kind, days)
        assert by(place, "outcome") == {code: 1}

    def test_what_was_struck_out_counts_for_nothing(self, place, report):
        happened(report, "charged", 1, struck=True)
        assert by(place, "outcome") == {"open": 1}

    def test_a_charge_against_another_suspect_stands(self, place, report):
        one, two = (Suspect.objects.create(incident_id=report.pk, position=n, known="identified") for n in (1, 2))
        happened(report, "charged", 1, suspect=one)
        happened(report, "charged", 1, suspect=two)
        happened(report, "charge-dropped", 2, suspect=one)
        assert by(place, "outcome") == {"charged": 1}
        happened(report, "charge-dropped", 3, suspect=two)
        assert by(place, "outcome") == {"no-further-action": 1}

    def test_an_event_about_one_person_is_about_nobody_else(self, place, four):
        both = Incident.objects.get(pk=four[0])
        happened(both, "charged", 1, assault=both.assaults.get(position=1))
        assert by(place, "outcome") == {"charged": 1, "open": 3}
        happened(both, "charged", 1)
        assert by(place, "outcome") == {"charged": 2, "open": 2}
        happened(both, "charge-dropped", 2, assault=both.assaults.get(position=2))
        assert by(place, "outcome") == {"charged": 1, "no-further-action": 1, "open": 2}


class TestFirstContact:
    @pytest.mark.parametrize(("after", "code"), [(24 * HOUR, "day"), (24 * HOUR + timedelta(seconds=1), "later")])
    def test_within_a_day_of_police_being_told(self, place, report, supervisor, after, code):
        told = Incident.objects.get(pk=report.pk).police_told_at
        Task.objects.filter(incident=report, kind="first-contact").update(done_at=told + after, done_by=supervisor)
        assert by(place, "contact") == {code: 1}

    def test_none_yet_is_later(self, place, report):
        assert by(place, "contact") == {"later": 1}


class TestDaysLost:
    def spell(self, report, duty, from_on, **more):
        part = Assault.objects.get(incident=report)
        return DutySpell.objects.create(
            assault=part, duty=duty, from_on=from_on, entered_at=MAY + DAY, entered_by=report.reporter, **more
        )

    def test_none(self, place, report):
        assert by(place, "lost") == {"0": 1}

    @pytest.mark.parametrize(("back_on", "code"), [(14, "0"), (15, "1-7"), (21, "1-7"), (22, "8-28")])
    def test_the_day_of_the_assault_is_not_counted(self, place, report, back_on, code):
        self.spell(report, "sick", date(2026, 5, 13))
        self.spell(report, "full", date(2026, 5, back_on))
        assert by(place, "lost") == {code: 1}

    def test_until_the_day_of_drawing(self, place, report):
        self.spell(report, "restricted", date(2026, 5, 20))
        assert by(place, "lost", at=datetime(2026, 5, 20, 12, tzinfo=UTC)) == {"1-7": 1}
        assert by(place, "lost", at=datetime(2026, 6, 16, 12, tzinfo=UTC)) == {"8-28": 1}
        assert by(place, "lost") == {"over-28": 1}

    def test_spells_add_up_and_those_struck_out_do_not(self, place, report):
        self.spell(report, "sick", date(2026, 5, 14))
        self.spell(report, "full", date(2026, 5, 18))
        self.spell(report, "hospital", date(2026, 5, 20))
        self.spell(report, "full", date(2026, 5, 24))
        assert by(place, "lost") == {"8-28": 1}
        DutySpell.objects.filter(duty="hospital").update(struck_at=DRAWN, struck_by=report.reporter)
        assert by(place, "lost") == {"1-7": 1}


# The welfare side ----------------------------------------------------------------------------------------------------


def offers(place, *dimensions):
    return welfare.count(scope(place), dimensions or ("answer", "offered")).atoms


class TestOffers:
    def test_offered_with_the_report_is_in_time_and_unanswered(self, place, report):
        assert offers(place) == {("not", "in-time"): 1}

    @pytest.mark.parametrize(("state", "code"), [("supported", "accepted"), ("declined", "not")])
    def test_what_was_answered(self, place, report, state, code):
        Referral.objects.update(state=state, chosen_at=MAY + DAY, chosen_by=report.reporter, due_on=None)
        assert offers(place) == {(code, "in-time"): 1}

    @pytest.mark.parametrize(("day", "code"), [(15, "in-time"), (16, "late")])
    def test_two_working_days(self, place, report, day, code):
        """Told on Wednesday 13 May in London: the limit is Friday the 15th."""
        Referral.objects.update(offered_at=datetime(2026, 5, day, 12, tzinfo=UTC))
        assert offers(place, "offered") == {(code,): 1}

    def test_an_assault_without_an_offer_is_late_and_unanswered(self, place, report):
        Referral.objects.filter(assault__incident=report).update(assault=None)  # as before there were offers
        assert offers(place) == {("not", "late"): 1}


class TestRights:
    def rights(self, place, at=DRAWN):
        found = welfare.count_rights(scope(place, at=at), ("right", "kept"), [("right", "kept")])
        return {cell: number for cell, number in found.atoms.items() if cell[0] == "right-4"}, found.cells[0]

    def test_each_is_kept_late_or_open(self, place, report, sam):
        mine = Clock.objects.of_family("code").filter(referral__assault__incident=report, entitlement__right_number=4)
        owed = mine.count()
        assert owed >= 2
        met = mine.get(entitlement__code="referral")
        assert self.rights(place)[0] == {("right-4", "late"): owed}
        assert self.rights(place, at=MAY + 2 * HOUR)[0] == {("right-4", "open"): owed}
        stamp = {"met_by": sam, "met_entered_at": DRAWN}
        Clock.objects.filter(pk=met.pk).update(met_at=datetime(2026, 5, 15, 22, tzinfo=UTC), **stamp)
        assert self.rights(place)[0] == {("right-4", "late"): owed - 1, ("right-4", "in-time"): 1}
        Clock.objects.filter(pk=met.pk).update(met_at=datetime(2026, 5, 15, 23, 30, tzinfo=UTC), **stamp)
        assert self.rights(place)[0] == {("right-4", "late"): owed}

    def test_what_does_not_apply_is_left_out(self, place, report):
        mine = Clock.objects.filter(referral__assault__incident=report)
        mine.update(not_applicable="declined", not_applicable_at=DRAWN)
        assert self.rights(place) == ({}, {(ALL, ALL): (0, 0, 0)})

    def test_things_owed_people_and_incidents(self, place, four):
        _, cells = self.rights(place)
        owed = Clock.objects.of_family("code").filter(entitlement__right_number=2).count()
        assert cells[("right-2", ALL)] == (owed, 3, 3)
        assert {cell[0] for cell in cells} <= {ALL, *(right.code for right in RIGHTS)}

    def test_of_a_withdrawn_report_nothing_is_counted(self, place, report, sam):
        actions.withdraw(incident=report, reason="Filed twice", by=world.fresh(sam), at=MAY + DAY)
        assert self.rights(place)[0] == {}


def test_the_first_day_of_all(place, four, sam):
    assert counts.first_counted_on(place.force) == date(2026, 5, 13)
    assert counts.first_counted_on(world.make_force("farshire").force) is None
    drafts.start(by=world.fresh(sam), at=MAY - 100 * DAY)
    assert counts.first_counted_on(place.force) == date(2026, 5, 13)


def test_what_counts_threats_and_words_too_is_not_called_assaults():
    """A total is of assaults and of abuse, and says so (docs/glossary.md)."""
    for cube in CUBES.values():
        if BLOCKS[cube.block].unit in ("assaults", "incidents", "people"):
            assert "abuse" in cube.counts, cube.code
            assert not cube.title.startswith("Assaults by"), cube.code
