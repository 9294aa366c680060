"""Fitness for duty and the adviser's decisions: who enters and reads what, what is counted, what the database holds."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from campion.models import AuditEvent
from campion.roles import Role
from reports import actions, casebook, events
from reports.models import Assault, DutySpell, Health, Incident, SafetyDecision, SafetyLimit
from reports.riddor import State
from tests import world
from tests.reports import browsing
from tests.reports.cast import Cast
from tests.stage import once
from tests.world import MONDAY, fresh

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
ON = date(2026, 12, 21)
LATER = MONDAY + 9 * DAY
OF_A_TRANSACTION = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


@once
def cast():
    made = Cast(marked=False)
    made.adviser = world.make_person(made.place.root, Role.HEALTH_SAFETY, family_name="Wright")
    Assault.objects.filter(incident=made.incident).update(injury="physical")
    return made


def change(cast, duty, from_on, *, by="supervisor", position=1, at=LATER):
    return actions.change_duty(
        assault=cast.part(position), duty=duty, from_on=from_on, by=fresh(getattr(cast, by)), at=at
    )


def decide(cast, state, *, by="adviser", position=1, at=LATER, **given):
    return actions.decide_safety(assault=cast.part(position), state=state, by=fresh(getattr(cast, by)), at=at, **given)


def hurt(cast, *codes, position=1):
    Health.objects.update_or_create(assault=cast.part(position), defaults={"injury_types": list(codes)})


def duties(cast, who, *, at=LATER, **options):
    user = fresh(getattr(cast, who))
    incident = casebook.with_duty(Incident.objects.filter(pk=cast.incident.pk)).get()
    return casebook.duty_of(user, incident, at=at, **options)


# Duty ----------------------------------------------------------------------------------------------------------------


def test_the_supervisor_and_the_person_say_what_duty_they_do(cast):
    told = []

    def receive(assault, **_):
        told.append(assault)

    events.duty_status_changed.connect(receive)
    change(cast, "sick", ON + DAY)
    change(cast, "restricted", ON + 3 * DAY, by="writer")
    events.duty_status_changed.disconnect(receive)
    assert told == [cast.part(1)] * 2
    (person, other) = duties(cast, "supervisor")
    assert (person.duty, person.count.state, person.count.day, person.count.lost) == (
        "Restricted or adjusted duties", State.ASK, 9, 9,
    )  # fmt: skip
    assert [(row.from_on, row.until_on) for row in person.spells] == [
        (ON + DAY, ON + 2 * DAY), (ON + 3 * DAY, None),
    ]  # fmt: skip
    assert (other.duty, other.count.state) == ("Full duties", State.CLEAR)
    change(cast, "full", ON + 5 * DAY)
    assert duties(cast, "supervisor")[0].count.longest == 4


@pytest.mark.parametrize(
    "who", ["colleague", "officer", "neighbour", "conflicted", "stranger", "foreigner", "inspector", "adviser"]
)
def test_nobody_else_changes_it(cast, who):
    with pytest.raises(actions.Refused):
        change(cast, "sick", ON + DAY, by=who)
    assert not DutySpell.objects.exists()


def test_days_that_cannot_be_are_refused(cast):
    for duty, from_on, words in (
        ("sick", LATER.date() + DAY, "still to come"),
        ("sick", ON - DAY, "before the incident"),
        ("dancing", ON, "Choose the duty"),
        ("full", ON, "at full duties already"),
    ):
        with pytest.raises(actions.Refused, match=words):
            change(cast, duty, from_on)
    change(cast, "sick", ON + DAY)
    with pytest.raises(actions.Refused, match="that day already"):
        change(cast, "sick", ON + 2 * DAY)


def test_a_duty_from_the_same_day_takes_the_place_of_the_other_and_one_can_be_struck_out(cast):
    change(cast, "sick", ON + DAY)
    spell = change(cast, "restricted", ON + DAY)
    assert [row.duty for row in cast.part(1).duty_spells.standing()] == ["restricted"]
    with pytest.raises(actions.Refused):
        actions.strike_duty(spell=spell, by=fresh(cast.colleague), at=LATER)
    actions.strike_duty(spell=spell, by=fresh(cast.writer), at=LATER)
    with pytest.raises(actions.Refused, match="already"):
        actions.strike_duty(spell=spell, by=fresh(cast.writer), at=LATER)
    assert not cast.part(1).duty_spells.standing().exists()
    assert DutySpell.objects.count() == 2


# Who reads what ------------------------------------------------------------------------------------------------------


def test_the_supervisor_reads_days_and_not_the_injury(cast):
    hurt(cast, "unconscious")
    seen = duties(cast, "supervisor")
    assert [row.label for row in seen] == ["Sam Writer", "Sam Colleague"]
    assert seen[0].count.state is State.CLEAR and not seen[0].injuries and not seen[0].band
    decide(cast, "specified", reason="Passed out")
    words = repr(duties(cast, "supervisor"))
    assert "It must be reported" in words and "specified injury" not in words and "Passed out" not in words


def test_the_person_reads_their_own_and_nobody_elses(cast):
    hurt(cast, "fracture")
    hurt(cast, "fracture", position=2)
    (own,) = duties(cast, "colleague")
    assert (own.position, own.label, own.injuries) == (2, "You", ("Broken bone",))
    assert own.count.state is State.SPECIFIED
    assert duties(cast, "officer") == () and duties(cast, "stranger") == () and duties(cast, "adviser") == ()


def test_the_adviser_reads_the_band_and_what_the_law_asks_for_and_no_name(cast):
    hurt(cast, "unconscious", "bruise")
    Health.objects.filter(assault=cast.part(1)).update(notes="words about it")
    first, second = duties(cast, "adviser", adviser=True)
    assert (first.label, first.band, first.injuries) == ("Person 1", "Yes, physically", ("Knocked out or passed out",))
    assert first.count.due_on == ON + 10 * DAY and second.injuries == ()
    for hidden in ("Writer", "Colleague", "words about it", "bruise"):
        assert hidden not in repr((first, second))
    assert duties(cast, "supervisor", adviser=True) == ()


@pytest.mark.parametrize("code", ["fracture", "unconscious", "internal", "eye", "burn"])
def test_injuries_that_may_be_specified_are_asked_about_at_once(cast, code):
    hurt(cast, code)
    assert duties(cast, "adviser", adviser=True)[0].count.state is State.SPECIFIED


@pytest.mark.parametrize("code", ["none", "bruise", "strangulation", "bite-broken"])
def test_others_are_not(cast, code):
    hurt(cast, code)
    assert duties(cast, "adviser", adviser=True)[0].count.state is State.CLEAR


def test_limits_come_from_dated_rows(cast):
    rows = list(SafetyLimit.objects.order_by("from_on"))
    limits = casebook.limits_on(rows, ON)
    assert (limits.unfit, limits.record, limits.specified_report, limits.unfit_report) == (7, 3, 10, 15)
    assert casebook.limits_on(rows, date(2001, 1, 1)) == limits
    SafetyLimit.objects.create(code="unfit", days=5, from_on=ON)
    changed = casebook.limits_on(list(SafetyLimit.objects.order_by("from_on")), ON)
    assert changed.unfit == 5
    with pytest.raises(LookupError, match="specified-report"):
        casebook.limits_on([row for row in rows if row.code != "specified-report"], ON)


# The adviser's decisions ---------------------------------------------------------------------------------------------


def test_an_adviser_decides_and_the_decision_before_is_kept(cast):
    decide(cast, "watch")
    decide(cast, "over-seven", reason="Unfit for nine days")
    reported = decide(cast, "reported", reference="HSE-1", decided_on=LATER.date())
    assert [row.state for row in SafetyDecision.objects.order_by("id")] == ["watch", "over-seven", "reported"]
    assert SafetyDecision.objects.get(superseded_at=None) == reported
    again = decide(cast, "reported", reference="HSE-1", key=reported.key)
    assert again == reported and SafetyDecision.objects.count() == 3
    view = duties(cast, "adviser", adviser=True)[0]
    assert (view.decision.words, len(view.earlier)) == ("Reported", 2)


def test_only_the_adviser_of_the_unit_decides(cast):
    foreign = world.make_person(cast.elsewhere.root, Role.HEALTH_SAFETY)
    south = world.make_person(cast.place.other_team, Role.HEALTH_SAFETY)
    cast.abroad, cast.south = foreign, south
    for who in ("supervisor", "writer", "officer", "stranger", "abroad", "south"):
        with pytest.raises(actions.Refused):
            decide(cast, "watch", by=who)
    actions.restrict(incident=cast.incident, by=fresh(cast.writer), at=LATER)
    with pytest.raises(actions.Refused):
        decide(cast, "watch")
    assert not Assault.objects.advised_by(fresh(cast.adviser)).exists()


@pytest.mark.parametrize(
    ("state", "given", "words"),
    [
        ("reported", {}, "reference"),
        ("not-reportable", {}, "reason"),
        ("specified", {"reason": " "}, "reason"),
        ("perhaps", {}, "what you decide"),
        ("watch", {"decided_on": ON - DAY}, "date"),
        ("watch", {"decided_on": LATER.date() + DAY}, "date"),
    ],
)
def test_a_decision_lacks_nothing(cast, state, given, words):
    with pytest.raises(actions.Refused, match=words):
        decide(cast, state, **given)


def test_the_list_holds_what_is_undecided(cast):
    other = world.make_submitted_incident(cast.stranger, conducts=[["verbal-abuse"]])
    exposed = world.make_submitted_incident(cast.stranger, conducts=[["spit"]])
    user = fresh(cast.adviser)

    def waiting():
        return set(Assault.objects.advised_by(user).to_decide().values_list("incident__reference", "position"))

    first, second = (cast.reference, 1), (cast.reference, 2)
    assert waiting() == {first, second, (exposed.reference, 1)}
    decide(cast, "not-reportable", reason="A graze")
    decide(cast, "watch", position=2)
    assert waiting() == {second, (exposed.reference, 1)}
    change(cast, "sick", ON + 2 * DAY, at=LATER + DAY)
    assert first in waiting(), "unfit after all, so it is asked about again"
    decide(cast, "reported", reference="HSE-2", at=LATER + 2 * DAY)
    change(cast, "restricted", ON + 4 * DAY, at=LATER + 3 * DAY)
    assert first not in waiting()
    actions.change_duty(assault=other.assaults.get(), duty="sick", from_on=ON, by=fresh(cast.stranger), at=LATER)
    assert (other.reference, 1) in waiting()


# The pages -----------------------------------------------------------------------------------------------------------


def boxes(name, on):
    return {f"{name}-day": on.day, f"{name}-month": on.month, f"{name}-year": on.year}


@time_machine.travel(LATER, tick=False)
def test_the_pages_of_duty(cast):
    sergeant = browsing.Person(cast.supervisor)
    base = f"/reports/{cast.reference}/safety/"
    assert "Full duties" in sergeant.says(base)
    assert sergeant.fill(base + "1/", duty="", **boxes("from_on", ON)).status_code == 422
    assert sergeant.fill(base + "1/", duty="sick", **boxes("from_on", ON - DAY)).status_code == 422
    assert sergeant.fill(base + "1/", duty="sick", **boxes("from_on", ON + DAY)).status_code == 302
    page = sergeant.says(base)
    assert "Off sick" in page and "9 days" in page and "5 January 2027" in page
    spell = DutySpell.objects.get()
    own = browsing.Person(cast.writer)
    assert "Change your duty" in own.says(base)
    assert browsing.Person(cast.colleague).get(base + "1/").status_code == 404
    assert own.fill(base + f"1/{spell.pk}/strike/").status_code == 302
    assert own.get(base + f"1/{spell.pk}/strike/").status_code == 404
    assert AuditEvent.objects.filter(action="look_at_duty", facets=["duty"]).exists()


@time_machine.travel(LATER, tick=False)
def test_the_pages_of_the_adviser(cast):
    hurt(cast, "unconscious", position=2)
    adviser = browsing.Person(cast.adviser)
    page = adviser.says("/reports/safety/")
    assert "2 injuries" in page and page.index("At once") < page.index("Not reportable yet")
    for hidden in ("Writer", "Colleague", "He spat"):
        assert hidden not in adviser.get("/reports/safety/").content.decode()
    address = f"/reports/safety/{cast.reference}/2/"
    assert "Knocked out or passed out" in adviser.says(address)
    assert "Enter the reference" in browsing.read(adviser.fill(address, state="reported"))[1]
    assert "Give the reason" in browsing.read(adviser.fill(address, state="specified"))[1]
    assert adviser.fill(address, state="specified", reason="Passed out").status_code == 302
    assert "Decided so far" in adviser.says(address)
    assert adviser.fill(address, state="reported", reference="HSE-1").status_code == 302
    assert "1 injury" in adviser.says("/reports/safety/")
    assert "No older injury" in adviser.says("/reports/safety/?tab=older")
    assert adviser.get(f"/reports/{cast.reference}/safety/").status_code == 404
    assert adviser.get(f"/reports/{cast.reference}/").status_code == 404
    assert adviser.get(f"/reports/safety/{cast.reference}/7/").status_code == 404


@time_machine.travel(LATER, tick=False)
@pytest.mark.parametrize(
    "who", ["officer", "stranger", "neighbour", "conflicted", "foreigner", "governor", "supervisor"]
)
def test_the_adviser_s_pages_look_unknown_to_everybody_else(cast, who):
    person = browsing.Person(getattr(cast, who))
    assert person.get("/reports/safety/").status_code == 404
    assert person.get(f"/reports/safety/{cast.reference}/1/").status_code == 404
    if who != "supervisor":
        assert person.get(f"/reports/{cast.reference}/safety/").status_code == 404
        assert person.client.post(f"/reports/{cast.reference}/safety/1/").status_code == 404


@time_machine.travel(LATER, tick=False)
def test_the_pages_keep_to_their_budget(cast):
    spell = change(cast, "sick", ON + DAY)
    decide(cast, "watch")
    base = f"/reports/{cast.reference}/safety/"
    for user, addresses, most in (
        (cast.supervisor, [base, base + "1/", base + f"1/{spell.pk}/strike/"], 6),
        (cast.writer, [base, base + "1/"], 6),
        (cast.adviser, [f"/reports/safety/{cast.reference}/1/"], 6),
        (cast.adviser, ["/reports/safety/", "/reports/safety/?tab=older"], 10),
    ):
        person = browsing.Person(user)
        person.get("/home/")  # the session is written once in a while
        for address in addresses:
            with CaptureQueriesContext(connection) as asked:
                assert person.get(address).status_code == 200, address
            found = [row["sql"] for row in asked if not row["sql"].startswith(OF_A_TRANSACTION)]
            assert len(found) <= most, "\n".join([address, *found])


# The last wall -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("duty_spell_duty_is_known", {"duty": "dancing"}),
        ("duty_spell_struck_at_and_by_together", {"struck_at": LATER}),
    ],
)
def test_the_database_refuses_a_duty_that_cannot_be(cast, constraint, fields):
    row = {"assault": cast.part(1), "duty": "sick", "from_on": ON, "entered_at": LATER, "entered_by": cast.writer}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        DutySpell.objects.create(**row | fields)


def test_one_duty_begins_on_one_day(cast):
    row = {"assault": cast.part(1), "duty": "sick", "from_on": ON, "entered_at": LATER, "entered_by": cast.writer}
    DutySpell.objects.create(**row)
    with pytest.raises(IntegrityError, match="duty_spell_once_from_a_day"), transaction.atomic():
        DutySpell.objects.create(**row)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("safety_decision_state_is_known", {"state": "perhaps"}),
        ("safety_decision_reported_says_where", {"state": "reported"}),
        ("safety_decision_says_why", {"state": "not-reportable", "reason": None}),
        ("safety_decision_one_stands", {}),
    ],
)
def test_the_database_refuses_a_decision_that_cannot_be(cast, constraint, fields):
    row = {"assault": cast.part(1), "state": "watch", "reason": "x", "decided_on": ON, "decided_at": LATER,
           "decided_by": cast.adviser}  # fmt: skip
    if not fields:
        SafetyDecision.objects.create(**row)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SafetyDecision.objects.create(**row | fields)


def test_a_limit_has_one_row_from_a_day():
    with pytest.raises(IntegrityError, match="safety_limit_once_from_a_day"), transaction.atomic():
        SafetyLimit.objects.create(code="unfit", days=8, from_on=SafetyLimit.objects.get(code="unfit").from_on)
