"""What happens in the case: who may enter it, what is refused, what it triggers, and what the database holds."""

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from campion.models import AuditEvent
from campion.roles import Role
from reports import actions, case_kinds, events
from reports.case_kinds import KINDS
from reports.models import CaseEvent, Incident, SourceReference, Suspect
from tests import world
from tests.reports.cast import Cast
from tests.world import MONDAY, fresh

HOUR = timedelta(hours=1)
LATER = MONDAY + 48 * HOUR
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


@pytest.fixture
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
    from campion import actions as kernel

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
