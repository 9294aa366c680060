"""What happens in the case: who may enter it, what is refused, what it triggers, and what the database holds."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from campion import actions as kernel
from campion.models import AuditEvent
from campion.roles import Role
from campion.working_days import LONDON
from reports import actions, case_kinds, events, reading
from reports.case_kinds import KINDS
from reports.models import CaseEvent, Incident, SourceReference, Suspect
from reports.views import case as case_pages
from tests import world
from tests.reports import browsing
from tests.reports.cast import Cast
from tests.stage import once
from tests.world import MONDAY, fresh

HOUR = timedelta(hours=1)
LATER = MONDAY + 48 * HOUR
OF_A_TRANSACTION = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
BAIL = {"conditions": "Not to enter the town centre"}


class Told:
    """What was announced, in order."""

    def __init__(self):
        self.entered, self.struck, self.assigned, self.contacts = [], [], [], []
        self._kept = [
            (events.case_event_entered, lambda event, **_: self.entered.append(event)),
            (events.case_event_struck, lambda event, **_: self.struck.append(event)),
            (events.officer_assigned, lambda incident, officer, **_: self.assigned.append(officer)),
            (events.first_contact_made, lambda assault, task, **_: self.contacts.append((assault, task))),
        ]
        for signal, receiver in self._kept:
            signal.connect(receiver, weak=False)

    def forget(self):
        for signal, receiver in self._kept:
            signal.disconnect(receiver)


@pytest.fixture
def told():
    listening = Told()
    yield listening
    listening.forget()


@once
def cast():
    made = Cast(marked=False)
    made.witness_care = world.make_person(made.place.root, Role.WITNESS_CARE, family_name="Usher")
    return made


def enter(cast, kind, *, by="officer", at=LATER, **given):
    given.setdefault("happened_at", None if KINDS[kind].at_once else at - HOUR)
    if KINDS[kind].heard:
        given.setdefault("received_at", at)
    incident = Incident.objects.get(pk=cast.incident.pk)
    return actions.enter_event(incident=incident, kind=kind, by=fresh(getattr(cast, by)), at=at, **given)


def charge(cast, **given):
    return enter(cast, "charged", facts={"charge": "Assault", "decided_by": "police"}, **given)


def view_of(cast, position, *, by="officer", at=LATER, **given):
    given.setdefault("facts", {"view": "given", "words": "A caution is right."})
    return enter(cast, "view-taken", by=by, at=at, assault=cast.part(position), **given)


# The table of kinds, without a database ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "facts", "triggers"),
    [
        ("arrested", {}, [("arrested", "happened")]),
        ("interviewed", {}, [("interviewed", "happened")]),
        ("released", {}, [("released", "happened")]),
        ("bailed", {}, [("bailed", "happened")]),
        ("bail-changed", {}, [("bail-changed", "happened")]),
        ("released-under-investigation", {}, [("released-under-investigation", "happened")]),
        ("not-investigated", {}, [("not-investigated", "happened")]),
        ("charged", {}, [("charge-decided", "happened")]),
        ("not-prosecuted", {}, [("charge-decided", "happened")]),
        ("charge-altered", {}, [("charge-decided", "happened")]),
        ("charge-dropped", {}, [("charge-decided", "happened")]),
        ("disposal", {}, [("out-of-court-disposal", "happened")]),
        ("hearing-listed", {}, [("witness-care-told-of-hearing", "received")]),
        ("hearing-cancelled", {}, [("witness-care-told-of-hearing", "received")]),
        ("court-bail", {}, [("court-decided-bail", "happened"), ("witness-care-told-of-bail", "received")]),
        ("evidence-needed", {}, [("witness-care-told-evidence-needed", "received")]),
        ("plea", {"plea": "guilty"}, []),
        ("plea", {"plea": "not-guilty"}, [("not-guilty-plea", "happened")]),
        ("plea", {"plea": "mixed"}, [("not-guilty-plea", "happened")]),
        ("verdict", {}, [("court-decided", "happened"), ("witness-care-told-of-outcome", "received")]),
        (
            "sentence", {"sentence": "custody", "months": 11, "violent_or_sexual": "yes"},
            [("court-decided", "happened"), ("witness-care-told-of-outcome", "received")],
        ),
        (
            "sentence", {"sentence": "custody", "months": 12, "violent_or_sexual": "yes"},
            [("court-decided", "happened"), ("witness-care-told-of-outcome", "received"),
             ("sentenced-12-months-or-more", "happened")],
        ),
        (
            "sentence", {"sentence": "custody", "months": 40, "violent_or_sexual": "no"},
            [("court-decided", "happened"), ("witness-care-told-of-outcome", "received")],
        ),
        (
            "sentence", {"sentence": "suspended", "months": 18, "violent_or_sexual": "yes"},
            [("court-decided", "happened"), ("witness-care-told-of-outcome", "received")],
        ),
        ("appeal", {}, [("witness-care-told-of-appeal", "received")]),
        ("property-no-longer-needed", {}, [("property-no-longer-needed", "happened")]),
        ("expenses-claimed", {}, [("expenses-claimed", "happened")]),
        ("crime-recorded", {}, []),
        ("view-taken", {}, []),
    ],
)  # fmt: skip
def test_each_kind_stands_for_its_triggers(kind, facts, triggers):
    moments = {"happened": MONDAY, "received": LATER}
    received_at = LATER if KINDS[kind].heard else None
    found = case_kinds.triggers_of(kind, facts, happened_at=MONDAY, received_at=received_at)
    assert found == [(code, moments[which]) for code, which in triggers]


def test_every_kind_asks_what_the_table_knows():
    for kind in KINDS.values():
        for name in case_kinds.asked(kind):
            known = {**case_kinds.CHOICES, **case_kinds.TEXTS, **case_kinds.MISSING}
            assert name in known or name in case_kinds.APART or name == "words", name
        for name in case_kinds.needed(kind, {"view": "not-reached", "sentence": "custody"}):
            assert name in case_kinds.MISSING, name


@pytest.mark.parametrize(
    ("kind", "facts", "wrong"),
    [
        ("arrested", {}, set()),
        ("arrested", {"plea": "guilty"}, {"plea"}),
        ("released", {}, {"reasons"}),
        ("not-investigated", {"reasons": "No line of enquiry is left"}, set()),
        ("not-investigated", {"reasons": ""}, {"reasons"}),
        ("not-prosecuted", {"decided_by": "cps"}, {"reasons"}),
        ("charged", {"decided_by": "mayor", "charge": "x"}, {"decided_by"}),
        ("charged", {"decided_by": "cps", "charge": "x" * 201}, {"charge"}),
        ("view-taken", {"view": "declined"}, set()),
        ("view-taken", {"view": "not-reached"}, {"tries"}),
        ("view-taken", {"view": "not-reached", "tries": 0}, {"tries"}),
        ("view-taken", {"view": "not-reached", "tries": 3}, set()),
        ("view-taken", {"view": "not-reached", "tries": True}, {"tries"}),
        ("sentence", {"sentence": "fine", "meaning": "They pay."}, set()),
        ("sentence", {"sentence": "custody", "meaning": "They go to prison."}, {"months", "violent_or_sexual"}),
        ("sentence", {"sentence": "custody", "meaning": "x", "months": -1, "violent_or_sexual": "yes"}, {"months"}),
        ("sentence", {"sentence": "custody", "meaning": "x", "months": "12", "violent_or_sexual": "yes"}, {"months"}),
    ],
)
def test_facts_are_checked(kind, facts, wrong):
    faults = case_kinds.faults_of(KINDS[kind], facts)
    assert set(faults) == wrong
    assert all(sentence.endswith(".") for sentence in faults.values())


# Who enters what -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["officer", "supervisor", "second"])
def test_the_officer_in_the_case_and_a_supervisor_enter_what_happened(cast, told, who):
    event = enter(cast, "arrested", by=who)
    assert told.entered == [event]
    assert event.triggers == [("arrested", event.happened_at)]
    assert [row.position for row in event.people()] == [1, 2]
    line = AuditEvent.objects.filter(action="enter_event").get()
    assert (line.object_id, line.reason_code, len(line.subject_ids)) == (cast.reference, "arrested", 2)
    assert Incident.objects.get(pk=cast.incident.pk).case_moved_at == LATER


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["writer", "colleague", "neighbour", "conflicted", "stranger", "foreigner", "inspector",
                                 "governor", "witness_care"])  # fmt: skip
def test_nobody_else_does(cast, told, who):
    with pytest.raises(actions.Refused):
        enter(cast, "arrested", by=who)
    assert not told.entered and not CaseEvent.objects.exists()


@pytest.mark.django_db
def test_witness_care_enters_what_a_court_did_once_it_was_charged(cast, told):
    with pytest.raises(actions.Refused, match="no such report"):
        enter(cast, "verdict", by="witness_care", facts={"verdict": "guilty"})
    charge(cast)
    verdict = enter(cast, "verdict", by="witness_care", facts={"verdict": "guilty"}, at=LATER + HOUR)
    assert [code for code, _ in verdict.triggers] == ["court-decided", "witness-care-told-of-outcome"]
    for kind in ("arrested", "charge-dropped", "disposal", "view-taken"):
        with pytest.raises(actions.Refused):
            enter(cast, kind, by="witness_care")


@pytest.mark.django_db
def test_witness_care_of_elsewhere_and_of_a_restricted_case_knows_of_none(cast):
    charge(cast)
    elsewhere = world.make_person(cast.elsewhere.root, Role.WITNESS_CARE)
    south = world.make_person(cast.place.other_team, Role.WITNESS_CARE)
    assert not Incident.objects.court_cases_of(elsewhere).exists()
    assert not Incident.objects.court_cases_of(south).exists()
    assert Incident.objects.court_cases_of(fresh(cast.witness_care)).get().standing_of(cast.witness_care).attends_court
    actions.restrict(incident=cast.incident, by=fresh(cast.writer), at=LATER)
    user = fresh(cast.witness_care)
    assert not Incident.objects.court_cases_of(user).exists()
    assert not Incident.objects.get(pk=cast.incident.pk).standing_of(user).attends_court
    with pytest.raises(actions.Refused):
        enter(cast, "verdict", by="witness_care", facts={"verdict": "guilty"})


@pytest.mark.django_db
def test_witness_care_with_a_conflict_or_assaulted_knows_of_none(cast):
    charge(cast)
    actions.name_conflict(incident=cast.incident, user=cast.witness_care, by=fresh(cast.writer), at=LATER)
    assert not Incident.objects.court_cases_of(fresh(cast.witness_care)).exists()
    for who in ("writer", "colleague"):
        kernel.give_role(
            user=getattr(cast, who), role=Role.WITNESS_CARE, unit=cast.place.root, from_on=MONDAY.date(), by=None,
            at=MONDAY,
        )  # fmt: skip
        assert not Incident.objects.court_cases_of(fresh(getattr(cast, who))).exists()


@pytest.mark.django_db
def test_what_one_may_enter_one_may_know(cast):
    """The rule over rows and the rule over facts agree, for everybody and every case."""
    charge(cast)
    for who in ("officer", "supervisor", "second", "neighbour", "conflicted", "inspector", "governor", "stranger",
                "foreigner", "writer", "colleague", "witness_care"):  # fmt: skip
        user = fresh(getattr(cast, who))
        standing = Incident.objects.get(pk=cast.incident.pk).standing_of(user)
        works = standing.investigates or standing.reviews or standing.attends_court
        assert Incident.objects.worked_on_by(user).filter(pk=cast.incident.pk).exists() == works, who
        assert Incident.objects.court_cases_of(user).filter(pk=cast.incident.pk).exists() == standing.attends_court, who


# What is refused -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_times_that_cannot_be_are_refused(cast):
    for given, words in (
        ({"happened_at": LATER + HOUR}, "still to come"),
        ({"happened_at": MONDAY - HOUR}, "before the incident"),
    ):
        with pytest.raises(actions.Refused, match=words):
            enter(cast, "arrested", **given)
    charge(cast)
    for given, words in (
        ({"received_at": None}, "when you heard"),
        ({"received_at": LATER + HOUR}, "still to come"),
        ({"received_at": LATER - 3 * HOUR}, "before it happened"),
    ):
        with pytest.raises(actions.Refused, match=words):
            enter(cast, "verdict", facts={"verdict": "guilty"}, **given)
    with pytest.raises(actions.Refused, match="when the hearing is"):
        enter(cast, "hearing-listed", facts={"court": "Worcester"})
    with pytest.raises(actions.Refused, match="before the incident"):
        enter(cast, "hearing-listed", facts={"court": "Worcester"}, hearing_at=MONDAY - HOUR)


@pytest.mark.django_db
def test_whom_and_what_it_concerns_belongs_to_the_report(cast):
    other = world.make_submitted_incident(cast.stranger)
    suspect = Suspect.objects.create(incident=other, position=1, known="unknown")
    with pytest.raises(actions.Refused, match="no longer in this report"):
        enter(cast, "arrested", assault=other.assaults.get())
    with pytest.raises(actions.Refused, match="not in this report"):
        enter(cast, "arrested", suspect=suspect)
    with pytest.raises(actions.Refused, match="whom it concerns"):
        enter(cast, "view-taken", facts={"view": "given"})
    with pytest.raises(actions.Refused, match="no such kind"):
        actions.enter_event(incident=cast.incident, kind="x", by=fresh(cast.officer), at=LATER)
    with pytest.raises(actions.Refused, match="outcomes"):
        enter(cast, "not-investigated", facts={"reasons": "x", "outcome": "nothing"})


@pytest.mark.django_db
def test_a_disposal_waits_for_the_view_of_each_person(cast):
    facts = {"disposal": "caution", "reasons": "First offence"}
    with pytest.raises(actions.Refused, match="Person 1’s and Person 2’s views have not"):
        enter(cast, "disposal", facts=facts)
    first = view_of(cast, 1)
    with pytest.raises(actions.Refused, match="Person 2’s view has not"):
        enter(cast, "disposal", facts=facts)
    assert enter(cast, "disposal", facts=facts, assault=cast.part(1))
    view_of(cast, 2, facts={"view": "not-reached", "tries": 3})
    assert enter(cast, "disposal", facts=facts)
    with pytest.raises(actions.Refused, match="Strike that out first"):
        actions.strike_event(event=first, reason="Wrong person", by=fresh(cast.officer), at=LATER)


@pytest.mark.django_db
def test_a_view_taken_after_the_disposal_does_not_count(cast):
    for position in (1, 2):
        view_of(cast, position, happened_at=LATER - HOUR)
    with pytest.raises(actions.Refused, match="have not been taken"):
        enter(cast, "disposal", facts={"disposal": "caution", "reasons": "x"}, happened_at=LATER - 2 * HOUR)


@pytest.mark.django_db
def test_the_same_form_enters_it_once(cast, told):
    key = uuid.uuid4()
    first, again = enter(cast, "arrested", key=key), enter(cast, "arrested", key=key)
    assert first == again and len(told.entered) == 1
    with pytest.raises(actions.Refused, match="used before"):
        enter(cast, "interviewed", key=key)
    with pytest.raises(actions.Refused, match="no such report"):
        enter(cast, "arrested", key=key, by="stranger")


# What follows --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_crime_number_is_kept_with_the_report_and_goes_with_what_was_struck_out(cast):
    event = enter(cast, "crime-recorded", facts={"number": "22/1234/26"}, assault=cast.part(1))
    other = enter(cast, "crime-recorded", facts={"number": "22/1235/26"}, assault=cast.part(2))
    report = Incident.objects.get(pk=cast.incident.pk)
    numbers = report.references.filter(kind=SourceReference.Kind.CRIME).order_by("value")
    assert [row.value for row in numbers] == ["22/1234/26", "22/1235/26"]
    assert report.crime_recorded == "yes"
    with pytest.raises(actions.Refused, match="already"):
        enter(cast, "crime-recorded", facts={"number": "22/9999/26"}, assault=cast.part(1))
    for row in (event, other):
        actions.strike_event(event=row, reason="Wrong number", by=fresh(cast.officer), at=LATER)
    report = Incident.objects.get(pk=cast.incident.pk)
    assert not numbers.all().exists() and report.crime_recorded == "pending"


@pytest.mark.django_db
def test_a_hearing_is_moved_and_cancelled_once(cast):
    charge(cast)
    court = {"court": "Worcester Magistrates’ Court"}
    first = enter(cast, "hearing-listed", by="witness_care", facts=court, hearing_at=LATER + 100 * HOUR)
    second = enter(
        cast, "hearing-listed", by="witness_care", facts=court, hearing_at=LATER + 200 * HOUR, replaces=first
    )
    assert list(CaseEvent.objects.hearings_ahead(at=LATER)) == [second]
    for kind in ("hearing-listed", "hearing-cancelled"):
        with pytest.raises(actions.Refused, match="already"):
            hearing_at = LATER + 300 * HOUR if kind == "hearing-listed" else None
            facts = court if kind == "hearing-listed" else {}
            enter(cast, kind, by="witness_care", facts=facts, hearing_at=hearing_at, replaces=first)
    with pytest.raises(actions.Refused, match="Strike that out first"):
        actions.strike_event(event=first, reason="x", by=fresh(cast.witness_care), at=LATER)
    enter(cast, "hearing-cancelled", by="witness_care", replaces=second)
    assert not CaseEvent.objects.hearings_ahead(at=LATER).exists()


@pytest.mark.django_db
def test_what_was_entered_wrongly_is_struck_out_by_who_entered_it_or_the_supervisor(cast, told):
    event = charge(cast)
    assert Incident.objects.get(pk=cast.incident.pk).charged_at == event.happened_at
    by_court = enter(cast, "verdict", by="witness_care", facts={"verdict": "guilty"}, at=LATER + HOUR)
    for who in ("writer", "stranger", "witness_care"):
        with pytest.raises(actions.Refused):
            actions.strike_event(event=event, reason="x", by=fresh(getattr(cast, who)), at=LATER)
    with pytest.raises(actions.Refused, match="Only the person who entered this"):
        actions.strike_event(event=by_court, reason="x", by=fresh(cast.officer), at=LATER)
    with pytest.raises(actions.Refused, match="reason"):
        actions.strike_event(event=event, reason=" ", by=fresh(cast.officer), at=LATER)
    struck = actions.strike_event(event=event, reason="Another case", by=fresh(cast.supervisor), at=LATER)
    assert told.struck == [struck] and struck.triggers == []
    assert Incident.objects.get(pk=cast.incident.pk).charged_at is None
    with pytest.raises(actions.Refused, match="already"):
        actions.strike_event(event=event, reason="x", by=fresh(cast.supervisor), at=LATER)
    assert CaseEvent.objects.get(pk=event.pk).struck_reason == "Another case"


@pytest.mark.django_db
def test_the_case_follows_a_merge(cast):
    other = world.make_submitted_incident(cast.colleague, colleagues=[cast.stranger], conducts=[["punch"], ["kick"]])
    report = Incident.objects.get(pk=other.pk)
    by = fresh(cast.supervisor)
    given = {"incident": report, "by": by, "at": LATER, "happened_at": LATER - HOUR}
    mine = actions.enter_event(kind="crime-recorded", facts={"number": "22/77/26"}, assault=report.assaults.get(
        person=cast.colleague), **given)  # fmt: skip
    actions.enter_event(kind="charged", facts={"charge": "x", "decided_by": "cps"}, **given)
    actions.merge(incident=report, into=Incident.objects.get(pk=cast.incident.pk), reason="One event", by=by, at=LATER)
    stays = Incident.objects.get(pk=cast.incident.pk)
    assert stays.case_events.count() == 2 and not report.case_events.exists()
    assert CaseEvent.objects.get(pk=mine.pk).assault == cast.part(2)
    assert stays.charged_at and stays.references.filter(value="22/77/26").exists()
    assert Incident.objects.get(pk=other.pk).charged_at is None


@pytest.mark.django_db
def test_the_officer_and_the_first_contact_are_announced(cast, told):
    actions.assign_officer(incident=cast.incident, officer=cast.stranger, by=fresh(cast.supervisor), at=LATER)
    assert told.assigned == [cast.stranger]
    assert Incident.objects.get(pk=cast.incident.pk).case_moved_at == LATER
    task = cast.incident.tasks.get(kind="first-contact", assault=cast.part(1))
    actions.record_contact(incident=cast.incident, task=task, how="phone", by=fresh(cast.supervisor), at=LATER)
    ((assault, done),) = told.contacts
    assert (assault, done.how, done.done_at) == (cast.part(1), "phone", LATER)


@pytest.mark.django_db
def test_a_fault_in_whoever_listens_takes_the_event_back(cast):
    def fail(**_):
        raise RuntimeError("a receiver failed")

    events.case_event_entered.connect(fail, weak=False)
    try:
        with pytest.raises(RuntimeError):
            enter(cast, "arrested")
    finally:
        events.case_event_entered.disconnect(fail)
    assert not CaseEvent.objects.exists()


# The last wall -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("case_event_kind_is_known", {"kind": "abducted"}),
        ("case_event_source_is_known", {"source": "rumour"}),
        ("case_event_struck_at_and_by_together", {"struck_at": LATER}),
        ("case_event_from_court_says_when_heard", {"kind": "verdict"}),
        ("case_event_from_court_says_when_heard", {"received_at": LATER}),
        ("case_event_heard_after_it_happened", {"kind": "verdict", "received_at": MONDAY}),
        ("case_event_entered_after_it_happened", {"happened_at": LATER + HOUR}),
        ("case_event_hearing_says_when", {"hearing_at": LATER}),
        ("case_event_hearing_says_when", {"kind": "hearing-listed", "received_at": LATER}),
        ("case_event_only_hearings_replace", {"kind": "hearing-cancelled", "received_at": LATER}),
        ("case_event_about_one_person", {"kind": "view-taken"}),
    ],
)  # fmt: skip
def test_the_database_refuses_what_cannot_be(cast, constraint, fields):
    row = {"incident": cast.incident, "kind": "arrested", "happened_at": LATER - HOUR, "entered_at": LATER,
           "entered_by": cast.officer, "facts": {}}  # fmt: skip
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CaseEvent.objects.create(**row | fields)


@pytest.mark.django_db
def test_a_hearing_is_replaced_once_in_the_database_too(cast):
    row = {"incident": cast.incident, "kind": "hearing-listed", "happened_at": LATER, "received_at": LATER,
           "hearing_at": LATER, "entered_at": LATER, "entered_by": cast.officer, "facts": {}}  # fmt: skip
    first = CaseEvent.objects.create(**row)
    CaseEvent.objects.create(**row, replaces=first)
    with pytest.raises(IntegrityError, match="case_event_hearing_replaced_once"), transaction.atomic():
        CaseEvent.objects.create(**row, replaces=first)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports_caseevent SET happened_at = now()",
        "UPDATE reports_caseevent SET facts = NULL",
        "DELETE FROM reports_caseevent",
        "TRUNCATE reports_caseevent CASCADE",
        "DELETE FROM reports_caseeventchange",
        "UPDATE reports_dutyspell SET from_on = now()",
        "DELETE FROM reports_safetydecision",
    ],
)
def test_the_service_may_not_rewrite_what_was_entered(cast, statement):
    enter(cast, "arrested")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


# The pages -----------------------------------------------------------------------------------------------------------


def path(cast, rest="case/"):
    return f"/reports/{cast.reference}/{rest}"


def at(moment, name):
    """A moment as the boxes of a form take it."""
    wall = moment.astimezone(LONDON)
    return {f"{name}_on-day": wall.day, f"{name}_on-month": wall.month, f"{name}_on-year": wall.year,
            f"{name}_time": f"{wall:%H:%M}"}  # fmt: skip


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
def test_the_officer_enters_an_arrest_and_strikes_it_out(cast):
    officer = browsing.Person(cast.officer)
    assert "Nothing is entered yet" in officer.says(path(cast))
    chosen = officer.fill(path(cast, "case/add/"), kind="arrested")
    assert chosen["Location"] == path(cast, "case/add/arrested/")
    saved = officer.fill(
        path(cast, "case/add/arrested/"), about="2", reasons="Seen to do it", **at(LATER - HOUR, "happened")
    )
    assert saved["Location"] == path(cast)
    page = officer.says(path(cast))
    assert "Each person it concerns must be told within the limit" in page
    assert "Somebody was arrested" in page and "Seen to do it" in page and "Sam Colleague" in page
    event = CaseEvent.objects.get()
    assert (event.happened_at, event.assault) == (LATER - HOUR, cast.part(2))
    strike = path(cast, f"case/{event.key}/strike/")
    assert officer.fill(strike, reason="").status_code == 422
    assert officer.fill(strike, reason="Another person").status_code == 302
    assert "Struck out: somebody was arrested" in officer.says(path(cast))
    assert "Another person" in officer.says(path(cast))
    assert officer.get(strike).status_code == 409


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
def test_the_same_form_sent_twice_enters_it_once(cast):
    officer = browsing.Person(cast.officer)
    address = path(cast, "case/add/interviewed/")
    hidden, _ = browsing.read(officer.get(address))
    fields = {**hidden, "about": "all", **at(LATER - HOUR, "happened")}
    assert [officer.send(address, fields).status_code for _ in range(2)] == [302, 302]
    assert CaseEvent.objects.count() == 1


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        ("", {}, "Choose what happened."),
        ("arrested", {}, "Enter"),
        ("arrested", at(LATER + HOUR, "happened"), "must be in the past"),
        ("arrested", at(MONDAY - HOUR, "happened"), "before the incident"),
        ("not-investigated", at(LATER - HOUR, "happened"), "Give the reasons"),
        ("disposal", {"disposal": "caution", "reasons": "x", **at(LATER - HOUR, "happened")}, "have not been taken"),
        ("view-taken", {"view": "not-reached", "about": "1", **at(LATER - HOUR, "happened")}, "how many times"),
        ("verdict", {"verdict": "guilty", **at(LATER - HOUR, "happened"), **at(LATER - 2 * HOUR, "received")},
         "before it happened"),
        ("hearing-cancelled", at(LATER - HOUR, "received"), ""),
    ],
)  # fmt: skip
def test_a_faulty_answer_is_explained_and_nothing_is_entered(cast, kind, fields, says):
    officer = browsing.Person(cast.officer)
    address = path(cast, f"case/add/{kind}/" if kind else "case/add/")
    response = officer.fill(address, **{"about": "all"} | fields)
    assert response.status_code == 422
    assert says in browsing.read(response)[1]
    assert not CaseEvent.objects.exists()


@pytest.mark.django_db
def test_the_hour_that_comes_twice_is_asked_about(cast):
    night = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
    with time_machine.travel(night, tick=False):
        report = world.make_submitted_incident(cast.writer, happened=night - 4 * HOUR, at=night)
        actions.assign_officer(incident=report, officer=cast.officer, by=fresh(cast.supervisor), at=night)
        officer = browsing.Person(cast.officer)
        address = f"/reports/{report.reference}/case/add/arrested/"
        boxes = {"happened_on-day": 25, "happened_on-month": 10, "happened_on-year": 2026, "happened_time": "01:30"}
        assert "came twice" in browsing.read(officer.fill(address, **boxes))[1]
        assert officer.fill(address, **boxes, happened_which="second").status_code == 302
    assert CaseEvent.objects.get().happened_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
def test_witness_care_works_on_its_own_pages_and_sees_nothing_else(cast):
    usher = browsing.Person(cast.witness_care)
    court = f"/reports/court/{cast.reference}/"
    assert usher.get(court).status_code == 404
    assert "No case of your units was charged" in usher.says("/reports/court/?tab=all")
    enter(cast, "arrested", facts={"reasons": "secret-of-the-arrest"}, at=LATER - 20 * HOUR)
    charge(cast, at=LATER - 10 * HOUR)
    assert cast.reference in usher.says("/reports/court/?tab=all")
    page = usher.says(court)
    assert "A suspect was charged" in page and "arrested" not in page
    for hidden in ("secret-of-the-arrest", "Writer", "Colleague", "He spat"):
        assert hidden not in usher.get(court).content.decode()
    saved = usher.fill(court + "add/hearing-listed/", about="all", court="Worcester", **at(LATER - HOUR, "received"),
                       **at(LATER + 90 * HOUR, "hearing"))  # fmt: skip
    assert saved.status_code == 302, browsing.read(saved)[1]
    assert "Hearing on" in usher.says(court) and cast.reference in usher.says("/reports/court/")
    for rest in ("case/", "case/add/", "case/add/arrested/", ""):
        assert usher.get(path(cast, rest)).status_code == 404
    assert usher.get(court + "add/arrested/").status_code == 403
    line = AuditEvent.objects.filter(action="look_at_case", actor_id=cast.witness_care.pk).last()
    assert line.facets == ["hearings"]


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
@pytest.mark.parametrize("who", ["writer", "colleague", "stranger", "neighbour", "conflicted", "foreigner", "governor"])
def test_the_case_looks_unknown_to_everybody_else(cast, who):
    event = charge(cast)
    person = browsing.Person(getattr(cast, who))
    unknown = person.get("/reports/AR-2222-2222/case/")
    for rest in ("case/", "case/add/", "case/add/arrested/", f"case/{event.key}/strike/"):
        assert person.get(path(cast, rest)).status_code == 404
        assert person.client.post(path(cast, rest)).status_code in (404, 405)
        assert person.get(f"/reports/court/{cast.reference}/").status_code == 404
    assert len(unknown.content) == len(person.get(path(cast)).content)
    assert person.get("/reports/court/").status_code == 404


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
def test_a_case_that_was_withdrawn_takes_no_more(cast):
    report = world.make_submitted_incident(cast.writer)
    actions.assign_officer(incident=report, officer=cast.officer, by=fresh(cast.supervisor), at=LATER)
    actions.withdraw(incident=report, reason="No.", by=fresh(cast.writer), at=LATER)
    officer = browsing.Person(cast.officer)
    assert officer.get(f"/reports/{report.reference}/case/").status_code == 200
    assert officer.get(f"/reports/{report.reference}/case/add/").status_code == 409


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
def test_the_list_of_ones_cases(cast):
    officer = browsing.Person(cast.officer)
    enter(cast, "crime-recorded", facts={"number": "22/4242/26"})
    assert "22/4242/26" in officer.says("/reports/cases/") and "A crime was recorded" in officer.says("/reports/cases/")
    assert "You are not the officer in any case" in browsing.Person(cast.stranger).says("/reports/cases/")
    for sort in ("moved", "-moved", "occurred", "-occurred", "nonsense"):
        assert officer.get(f"/reports/cases/?sort={sort}").status_code == 200
    for sort in ("hearing", "-hearing", "charged", "-charged", "x"):
        for tab in ("all", "ahead"):
            assert browsing.Person(cast.witness_care).get(f"/reports/court/?tab={tab}&sort={sort}").status_code == 200


@pytest.mark.django_db
def test_the_people_in_the_report_read_on_its_timeline_what_happened_and_nothing_of_the_suspect(cast):
    enter(cast, "bailed", facts={"conditions": "secret-conditions"}, at=LATER - 40 * HOUR)
    view_of(cast, 1, at=LATER - 30 * HOUR)
    charge(cast, at=LATER - 20 * HOUR)
    wrong = enter(cast, "interviewed", at=LATER - 10 * HOUR)
    actions.strike_event(event=wrong, reason="x", by=fresh(cast.officer), at=LATER)
    enter(cast, "hearing-listed", facts={"court": "secret-court"}, hearing_at=LATER + 90 * HOUR)

    def timeline(who):
        user = fresh(getattr(cast, who))
        incident = reading.for_page(Incident.objects.visible_to(user)).get(pk=cast.incident.pk)
        view = reading.view_of(user, incident)
        assert "secret" not in repr(view)
        return view, [entry.title for entry in view.timeline]

    view, titles = timeline("colleague")
    assert titles[0] == "A hearing was listed" and "27 December" not in titles
    assert "A suspect was charged" in titles and "A suspect was released on police bail" in titles
    assert not any("view" in title or "interviewed" in title for title in titles)
    assert view.timeline[0].text == "Saturday 26 December 2026, 21:00" and view.newest_event is None
    assert any(title.startswith("A view on settling it") for title in timeline("writer")[1])
    assert timeline("supervisor")[0].newest_event[0] == "A hearing was listed or moved"


def test_every_order_that_a_list_offers_has_its_index():
    indexes = {index.name for model in (Incident, CaseEvent) for index in model._meta.indexes}
    for sorts in (case_pages.CASES_SORTS, case_pages.COURT_SORTS, case_pages.HEARING_SORTS):
        assert {index for _, index in sorts.values()} <= indexes


@pytest.mark.django_db
@time_machine.travel(LATER, tick=False)
def test_the_pages_keep_to_their_budget_of_queries(cast):
    for position in (1, 2):
        view_of(cast, position)
    Suspect.objects.create(incident=cast.incident, position=1, known="identified")
    charge(cast)
    hearing = {"facts": {"court": "Worcester"}, "hearing_at": LATER + 90 * HOUR}
    event = enter(cast, "hearing-listed", by="witness_care", **hearing)
    pages = [path(cast, f"case/add/{kind}/") for kind in KINDS]
    pages += [path(cast, rest) for rest in ("case/", "case/add/", f"case/{event.key}/strike/")]
    court = f"/reports/court/{cast.reference}/"
    for user, addresses, most in (
        (cast.officer, pages[:-1], 6),
        (cast.supervisor, pages, 6),
        (cast.witness_care, [court, court + "add/", court + "add/sentence/", court + f"{event.key}/strike/"], 6),
        (cast.officer, ["/reports/cases/"], 10),
        (cast.witness_care, ["/reports/court/", "/reports/court/?tab=all"], 10),
    ):
        person = browsing.Person(user)
        person.get("/home/")  # the session is written once in a while
        for address in addresses:
            with CaptureQueriesContext(connection) as asked:
                assert person.get(address).status_code == 200, address
            found = [row["sql"] for row in asked if not row["sql"].startswith(OF_A_TRANSACTION)]
            assert len(found) <= most, (address, len(found), found)
