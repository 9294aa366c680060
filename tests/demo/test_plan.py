"""The plan of the demonstration: pure, so it is looked at whole, at its default size."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from campion.models import WorkerType
from campion.roles import Role
from demo.making import share_out
from demo.people import SIGN_INS, everybody, manager_of
from demo.plan import DEFAULT_SIZE, plan
from reports.case_kinds import KINDS

NOW = datetime(2026, 11, 22, 11, 40, tzinfo=UTC)
PEOPLE = everybody()


@pytest.fixture(scope="module")
def stories():
    return plan(PEOPLE, at=NOW)


def everything(stories):
    return [*stories, *(story.double for story in stories if story.double)]


class TestPeople:
    def test_names_and_addresses_show_that_nobody_is_real(self):
        assert len(PEOPLE) >= 220
        assert all(person.family_name.endswith("-Demo") for person in PEOPLE)
        assert all(person.email is None or person.email.endswith(".example") for person in PEOPLE)
        assert len({person.name for person in PEOPLE}) == len({person.number for person in PEOPLE}) == len(PEOPLE)

    def test_everybody_in_a_team_has_a_manager_and_each_team_two_supervisors(self):
        teams = Counter(
            person.team for person in PEOPLE if person.role == Role.SUPERVISOR and person.over == person.team
        )
        assert set(teams.values()) == {2}
        assert all(manager_of(p, PEOPLE) for p in PEOPLE if p.team in teams and p.role != Role.SUPERVISOR)

    def test_there_is_every_kind_of_worker_and_a_sign_in_for_every_role_of_a_person(self):
        assert {p.worker_type for p in PEOPLE} == set(WorkerType.values) - {"other-emergency-worker"}
        assert {role for _, role, _ in SIGN_INS} == set(Role) - {Role.API_CLIENT}
        twice = Counter(role for _, role, _ in SIGN_INS)
        assert {role for role, count in twice.items() if count == 2} == {
            Role.SUPERVISOR, Role.WELFARE, Role.EDITOR, Role.GOVERNANCE,
        }  # fmt: skip
        assert {name for name, *_ in SIGN_INS} == {p.sign_in for p in PEOPLE if p.sign_in}
        assert {(n, r, u) for n, r, u in SIGN_INS} == {(p.sign_in, p.role, p.over) for p in PEOPLE if p.sign_in}

    def test_three_letters_of_a_surname_find_few(self):
        assert max(Counter(person.family_name[:3] for person in PEOPLE).values()) <= 12


class TestPlan:
    def test_the_same_moment_gives_the_same_plan_and_another_seed_another(self, stories):
        assert plan(PEOPLE, at=NOW + timedelta(minutes=15)) == stories
        assert plan(PEOPLE, at=NOW, seed=1) != stories

    def test_it_has_a_little_over_850_assaults_in_18_months(self, stories):
        assert 850 < sum(story.assaults for story in stories) < 875
        assert sum(story.assaults for story in stories) >= DEFAULT_SIZE
        first = min(story.happened_at for story in stories)
        assert timedelta(days=480) < NOW - first < timedelta(days=560)

    def test_nothing_is_in_the_future_and_life_comes_after_the_report(self, stories):
        for story in everything(stories):
            assert story.happened_at <= story.opened_at <= NOW, story
            assert all(story.opened_at <= step.at <= NOW for step in story.steps), story
            assert [step.at for step in story.steps] == sorted(step.at for step in story.steps)

    def test_nights_and_weekends_are_the_worst(self, stories):
        hours = Counter(story.began.hour for story in stories)
        assert sum(hours[h] for h in (22, 23, 0, 1, 2, 3)) > sum(hours[h] for h in range(7, 17))
        days = Counter(story.began.weekday() for story in stories)
        assert min(days[5], days[6]) > max(days[d] for d in range(4))

    def test_kinds_and_places_are_mixed_as_in_a_force(self, stories):
        done = Counter(code for story in stories for part in story.parts for code in part.conducts)
        assert done["push-grab"] > done["punch"] > done["bite"] > done["needle-stick"] > 0
        assert done["spit"] > done["bite"] and 0 < done["sexual-touching"] < 15
        places = Counter(story.place for story in stories)
        assert {"street", "licensed", "dwelling", "custody", "hospital", "phone"} <= set(places)
        assert places["street"] > places["hospital"] and places["licensed"] > places["retail"]

    def test_constables_are_assaulted_most_and_a_few_people_often(self, stories):
        kind = {person.number: person.worker_type for person in PEOPLE}
        hurt = Counter(part.person for story in stories for part in story.parts if part.person)
        types = Counter(kind[number] for number in hurt.elements())
        assert types.most_common(1)[0][0] == "police-officer"
        assert {"pcso", "detention-officer", "control-room", "student-officer", "special-constable"} <= set(types)
        assert sum(count >= 12 for count in hurt.values()) >= 3

    def test_about_a_seventh_of_reports_name_several_people(self, stories):
        full = [story for story in stories if not story.log]
        assert 0.10 < sum(len(story.parts) > 1 for story in full) / len(full) < 0.22
        assert 0.12 < 1 - len(full) / len(stories) < 0.25

    def test_every_thing_that_can_happen_to_a_report_happens(self, stories):
        verbs = Counter(step.verb for story in everything(stories) for step in story.steps)
        assert set(verbs) == {
            "accept", "add", "assign", "case", "tend", "choose", "complete", "contact", "correct", "keep out", "merge",
            "restrict",
            "return", "submit", "suspect a colleague", "take over", "withdraw",
        }  # fmt: skip
        choices = {step.what["verb"] for story in stories for step in story.steps if step.verb == "choose"}
        assert choices == {"agree", "decline", "choose_later", "already_supported", "change_contact"}
        assert sum(bool(story.late_reason) for story in stories) > 30
        assert sum(bool(story.stops_after) for story in stories) == 3
        assert verbs["merge"] > 5

    def test_of_each_thing_that_happens_in_a_case_people_are_told_in_time_and_late(self, stories):
        told = {True: set(), False: set()}
        for story in stories:
            entered = {}
            for step in story.steps:
                if step.verb == "case" and step.what["does"] == "enter":
                    entered[step.what["kind"]] = step.at
                elif step.verb == "case" and step.what["does"] == "told":
                    kind = step.what["kind"]
                    told[step.at - entered[kind] > timedelta(days=7)].add(kind)
        owed = {kind.code for kind in KINDS.values() if kind.triggers} & told[False]
        assert owed - told[True] == set()
        assert {"appeal", "bail-changed", "expenses-claimed", "plea", "sentence", "property-no-longer-needed"} <= owed

    def test_nobody_names_the_holder_of_a_protected_post_but_they_themselves(self, stories):
        protected = {person.number for person in PEOPLE if person.protected}
        named = [story for story in everything(stories) for part in story.parts if part.person in protected]
        assert named and all(story.who in protected and len(protected) == 1 for story in named)

    def test_nobody_is_named_twice_in_a_report(self, stories):
        for story in everything(stories):
            named = [part.person for part in story.parts if part.person]
            assert len(set(named)) == len(named) and (story.parts[0].consent == "self") == (story.who in named)

    def test_stories_of_one_team_are_told_by_one_process(self, stories):
        shares = share_out(stories, PEOPLE)
        team = {person.number: person.team for person in PEOPLE}
        places = [{team[story.who] for story in share} for share in shares]
        assert sum(map(len, places)) == len(set().union(*places))
        assert sum(map(len, shares)) == len(stories)
        doubles = [(team[story.who], team[story.double.who]) for story in stories if story.double]
        assert doubles and all(first == second for first, second in doubles)
        assert len(shares[0]) < 2 * len(shares[-1])
