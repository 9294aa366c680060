"""What one person may read of a report: each withheld value holds a marker, and those shown are the granted ones."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from django.db import models

from campion.roles import Role
from reports import actions, reading
from reports.forms import sections
from reports.models import Incident
from reports.workflow import incident_workflow
from tests import world
from tests.reports.cast import Cast
from tests.stage import once
from tests.world import MONDAY, fresh

pytestmark = pytest.mark.django_db

CORE = {"crime number"}
ACCOUNT = CORE | {"narrative", "place detail", "late reason", "custody record", "note", "note about writer"}
OF_WRITER = {"words used on writer", "health of writer", "contact of writer"}
OF_COLLEAGUE = {"words used on colleague", "health of colleague", "contact of colleague"}
DETAIL = {"words used on writer", "words used on colleague"}

GRANTED = {
    "writer": ACCOUNT | OF_WRITER | OF_COLLEAGUE | {"suspect", "witness"},
    "colleague": CORE | OF_COLLEAGUE,
    "supervisor": ACCOUNT | DETAIL | {"suspect", "witness"},
    "second": ACCOUNT | DETAIL | {"suspect", "witness"},
    "officer": ACCOUNT | DETAIL | {"suspect", "witness"},
}
NOBODY = ("conflicted", "neighbour", "inspector", "governor", "stranger", "foreigner")


@once
def cast():
    return Cast()


def view(cast, who, **options):
    user = fresh(getattr(cast, who))
    incident = reading.for_page(Incident.objects.visible_to(user)).get(reference=cast.reference)
    return reading.view_of(user, incident, at=MONDAY + timedelta(hours=1), **options)


def test_a_reader_is_given_what_is_granted_and_nothing_else(cast):
    for who, granted in GRANTED.items():
        assert cast.shown_in(dataclasses.asdict(view(cast, who))) == granted, who
        assert cast.shown_in(dataclasses.asdict(view(cast, who, brief=True))) <= CORE, who
    for who in NOBODY:
        with pytest.raises(Incident.DoesNotExist):
            view(cast, who)


def test_who_filed_it_loses_the_part_that_was_taken_over(cast):
    actions.take_over(incident=cast.incident, by=fresh(cast.colleague), at=MONDAY)
    assert cast.shown_in(dataclasses.asdict(view(cast, "writer"))) == GRANTED["writer"] - OF_COLLEAGUE
    person = view(cast, "writer").people[1]
    assert (person.conducts, person.injury, person.health, person.wish) == (None, None, None, None)


def test_a_person_assaulted_is_not_told_who_else_was(cast):
    seen = view(cast, "officer")
    assert "Writer" in repr(seen)
    other = view(cast, "colleague").people[0]
    assert (other.name, other.label) == ("", "Somebody else who was assaulted")
    assert view(cast, "supervisor").people[0].name.endswith("Writer")


def test_what_may_be_done_is_what_the_workflow_allows(cast):
    for who in GRANTED:
        user = fresh(getattr(cast, who))
        incident = Incident.objects.visible_to(user).get(reference=cast.reference)
        assert view(cast, who).may == incident_workflow.allowed(user, incident), who


def test_a_view_holds_plain_values_alone(cast):
    def check(value):
        assert not isinstance(value, models.Model | models.QuerySet | models.Manager), value
        if dataclasses.is_dataclass(value):
            value = [getattr(value, field.name) for field in dataclasses.fields(value)]
        if isinstance(value, tuple | list | set | frozenset):
            for part in value:
                check(part)

    for who in GRANTED:
        check(view(cast, who))


def test_contact_with_somebody_else_who_was_assaulted_is_not_told(cast):
    task = cast.incident.tasks.get(assault__position=1, kind="first-contact")
    actions.record_contact(
        incident=cast.incident, task=task, how="declined", by=fresh(cast.supervisor), at=MONDAY + timedelta(hours=1)
    )
    theirs = view(cast, "colleague")
    assert {row.position for row in theirs.tasks} == {2}
    assert not [entry for entry in theirs.timeline if entry.title.startswith("A supervisor")]
    assert "A supervisor offered you a word" in {entry.title for entry in view(cast, "writer").timeline}


def test_what_is_missing_about_health_is_told_to_those_who_may_read_it(cast):
    assert "exposure" in {row.name for row in view(cast, "writer").gaps}
    assert "exposure" not in {row.name for row in view(cast, "supervisor").gaps}


def test_facets_of_a_record(cast):
    user = fresh(cast.colleague)
    incident = Incident.objects.visible_to(user).get(reference=cast.reference)
    assert {str(facet) for facet in reading.facets(user, incident)} == {"core", "notes"}
    mine, theirs = incident.assaults.get(position=2), incident.assaults.get(position=1)
    assert "health" in reading.facets(user, mine)
    assert {str(facet) for facet in reading.facets(user, theirs)} == {"core"}
    with pytest.raises(TypeError):
        reading.facets(user, user)


def test_the_queries_do_not_grow_with_the_people(django_assert_max_num_queries):
    place = world.make_force()
    supervisor, writer = world.make_person(place.team, Role.SUPERVISOR), world.make_person(place.team)
    for number in (0, 6):
        colleagues = [world.make_person(place.team) for _ in range(number)]
        report = world.make_submitted_incident(writer, conducts=[["spit"]] * (number + 1), colleagues=colleagues)
        user = fresh(supervisor)
        assert user.roles
        with django_assert_max_num_queries(8):
            incident = reading.for_page(Incident.objects.visible_to(user)).get(pk=report.pk)
            reading.view_of(user, incident)


def test_every_code_of_the_forms_has_words_for_its_reader():
    for name, options in (
        ("fluid", sections.FLUIDS),
        ("route", sections.ROUTES),
        ("impact", sections.IMPACTS),
        ("ppe", sections.PPE),
        ("age", sections.AGE_BANDS),
        ("sex", sections.SEXES),
        ("influence", sections.INFLUENCES),
        ("mental health", sections.MENTAL_HEALTH),
        ("demeanour", sections.DEMEANOURS),
        ("relationship", [*sections.RELATIONSHIPS, sections.COLLEAGUE]),
    ):
        assert {code for code, _ in options} - {"unknown"} == set(reading.WORDS[name]), name


@pytest.mark.parametrize(
    ("told", "until", "precision", "mark", "said"),
    [
        ("2026-03-02 03:10", "", "exact", "", "Monday 2 March 2026, 03:10"),
        ("2026-03-02 03:10", "", "about", "", "Monday 2 March 2026, about 03:10"),
        ("2026-03-02 03:10", "2026-03-02 04:00", "between", "", "Monday 2 March 2026, between 03:10 and 04:00"),
        ("2026-10-25 01:30", "", "exact", "second",
         "Sunday 25 October 2026, 01:30 (the second time: the clocks went back that night)"),
        ("", "", "", "", ""),
    ],
)  # fmt: skip
def test_when_it_happened_is_said_as_it_was_told(told, until, precision, mark, said):
    incident = Incident(told_from=told, told_to=until, precision=precision, clock_mark=mark)
    assert reading.when_text(incident) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=20), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(hours=48), "2 days"),
        (timedelta(minutes=-5), "less than a minute"),
    ],
)
def test_a_length_of_time_is_said_in_one_unit(length, said):
    assert reading.span(length) == said


def test_the_timeline_tells_what_happened_in_words(cast):
    by = {"by": fresh(cast.supervisor), "at": MONDAY + timedelta(hours=1)}
    task = cast.incident.tasks.get(assault__position=2, kind="first-contact")
    actions.record_contact(incident=cast.incident, task=task, how="phone", **by)
    actions.return_for_changes(incident=cast.incident, reason="Say where.", **by)
    told = {entry.title: entry for entry in view(cast, "writer").timeline}
    assert set(told) == {
        "Report submitted",
        "Something was added",
        "Something was added about you",
        f"Officer in the case: {cast.officer.name}",
        f"A supervisor was in touch with {cast.colleague.name}",
        "Returned for changes",
    }
    assert told["Returned for changes"].text == "Say where."
    assert told["Returned for changes"].by == f"Sergeant {cast.supervisor.name}"
    assert view(cast, "writer").return_reason == "Say where."
    theirs = {entry.title: entry for entry in view(cast, "colleague").timeline}
    assert theirs["Returned for changes"].text == ""
    assert "A supervisor spoke to you" in theirs
    assert datetime(2026, 12, 21, 4, tzinfo=UTC) == told["Returned for changes"].at
