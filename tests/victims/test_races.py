"""Two at once on one case, over connections of their own: never two carriers, never a close past what is owed.

Thirty claims in the ordinary run; with CAMPION_SOAK=1 (`make soak`) a thousand.
"""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from campion import actions as kernel
from campion.models import AuditEvent
from campion.roles import Role
from reports import actions as reports
from tests import world
from tests.victims.cases import MONDAY, fresh, offer_to
from tests.victims.test_desk import lead_of, nothing_owed
from victims import actions
from victims.actions import clocks
from victims.models import Clock, Referral

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 1000 if os.environ.get("CAMPION_SOAK") else 30
NOON = MONDAY + timedelta(hours=9)
SENTENCE = "A colleague has just taken this one."


class Pair:
    """Two threads with a connection each, let go at the same moment."""

    def __init__(self):
        self.pool = ThreadPoolExecutor(2)
        self.gate = threading.Barrier(2)

    def __call__(self, *calls):
        """Run two calls at once; give what each gave, a refusal among it. Anything else is raised."""
        return [future.result(timeout=30) for future in [self.pool.submit(self._run, call) for call in calls]]

    def _run(self, call):
        connection.ensure_connection()
        self.gate.wait(timeout=30)
        try:
            return call()
        except actions.Refused as refusal:
            return refusal

    def _leave(self):
        self.gate.wait(timeout=30)
        connection.close()


@pytest.fixture
def both():
    pair = Pair()
    yield pair
    for future in [pair.pool.submit(pair._leave) for _ in range(2)]:
        future.result(timeout=30)
    pair.pool.shutdown()


@pytest.fixture
def place():
    return world.make_force()


@pytest.fixture
def offer(place):
    return offer_to(world.make_person(place.team), support="yes")


@pytest.fixture
def ann(place):
    return world.make_person(place.root, Role.WELFARE)


@pytest.fixture
def ben(place):
    return world.make_person(place.root, Role.WELFARE)


def refusals(results):
    return [result for result in results if isinstance(result, actions.Refused)]


def put_back(offer):
    Referral.objects.filter(pk=offer.pk).update(owner=None, claimed_at=None)


def test_of_two_who_claim_at_once_one_has_it_and_the_other_reads_the_sentence(both, offer, ann, ben):
    won = {ann.pk: 0, ben.pk: 0}
    for _ in range(ROUNDS):
        put_back(offer)
        results = both(*(lambda by=by: actions.claim(referral=offer, by=by, at=NOON) for by in (ann, ben)))
        assert [str(refusal) for refusal in refusals(results)] == [SENTENCE]
        owner = fresh(offer).owner_id
        assert [result.owner_id for result in results if isinstance(result, Referral)] == [owner]
        won[owner] += 1
    assert sum(won.values()) == ROUNDS
    assert AuditEvent.objects.filter(action="claim", outcome="done").count() == ROUNDS


def test_a_claim_and_a_lead_who_gives_it_away_make_one_carrier(both, offer, ann, ben, place):
    lead = lead_of(place.root)
    given = {"references": [offer.reference], "from_whom": None, "to": ben, "by": lead, "at": NOON}
    for _ in range(ROUNDS // 4):
        put_back(offer)
        results = both(lambda: actions.claim(referral=offer, by=ann, at=NOON), lambda: actions.reassign(**given))
        assert len(refusals(results)) == 1
        claimed = isinstance(results[0], Referral)
        assert fresh(offer).owner == (ann if claimed else ben)


def test_of_two_who_close_at_once_one_closes(both, offer, ann, ben):
    actions.claim(referral=offer, by=ann, at=NOON)
    kernel.name_deputy(
        user=ann,
        deputy=ben,
        from_on=date(2026, 1, 1),
        until_on=date(2026, 12, 31),
        by=ann,
        at=NOON - timedelta(days=300),
    )
    nothing_owed(offer)
    for turn in range(1, ROUNDS // 4 + 1):
        results = both(
            *(lambda by=by: actions.close(referral=offer, outcome="helped", by=by, at=NOON) for by in (ann, ann))
        )
        assert len(refusals(results)) == 1
        assert "can no longer be done" in str(refusals(results)[0])
        assert AuditEvent.objects.filter(action="close", outcome="done").count() == turn
        actions.reopen(referral=offer, by=ann, at=NOON)


def test_a_close_sees_the_clock_that_started_before_it_or_comes_first(both, offer, ann, monkeypatch):
    """Both take the lock of the case, so one is over before the other looks. `order` is written under that lock."""
    actions.claim(referral=offer, by=ann, at=NOON)
    nothing_owed(offer)
    order = []
    said = actions.desk.audit.record

    def record(verb, **given):
        if verb == "close":
            order.append("close")
        said(verb, **given)

    def start(turn):
        with transaction.atomic():
            locked = Referral.objects.select_for_update(of=("self",)).get(pk=offer.pk)
            started_at = NOON + timedelta(seconds=turn)
            assert clocks.start(locked, trigger="interviewed", started_at=started_at, at=started_at)
            order.append("start")

    monkeypatch.setattr(actions.desk.audit, "record", record)
    seen = set()
    for turn in range(ROUNDS // 4):
        order.clear()
        results = both(
            lambda: actions.close(referral=offer, outcome="helped", by=ann, at=NOON), lambda turn=turn: start(turn)
        )
        closed = fresh(offer).closed_at is not None
        assert closed == (order == ["close", "start"]), (order, results)
        assert closed or isinstance(results[0], actions.StillOwed)
        seen.add(closed)
        if closed:
            actions.reopen(referral=offer, by=ann, at=NOON)
        Clock.objects.filter(referral=offer, not_applicable="").update(
            not_applicable="not-wanted", not_applicable_at=NOON
        )
    assert seen


def test_two_who_take_cases_back_at_once_do_it_once(both, offer, ann, ben, place):
    leads = [lead_of(place.root), lead_of(place.root)]
    actions.claim(referral=offer, by=ann, at=NOON)
    made = actions.reassign(references=[offer.reference], from_whom=ann, to=ben, by=leads[0], at=NOON).handover
    results = both(*(lambda by=by: actions.undo_reassign(handover=made, by=by, at=NOON) for by in leads))
    assert len(refusals(results)) == 1
    assert fresh(offer).owner == ann


# One order of locks --------------------------------------------------------------------------------------------------


@pytest.fixture
def together(place):
    """Ann and Ben are assaulted together, twice reported: first Ben and Ann, then Ann and Ben."""
    ann, ben, writer = (world.make_person(place.team) for _ in range(3))
    first = world.make_submitted_incident(writer, colleagues=[ben, ann], among=False, conducts=[["punch"]] * 2)
    second = world.make_submitted_incident(writer, colleagues=[ann, ben], among=False, conducts=[["kick"]] * 2)
    return first, second, world.make_person(place.team, Role.SUPERVISOR)


SOMEBODY_WAITS = "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def held_while_waiting_for(pk, act):
    """Have somebody else hold one case, do something that needs it, and give the keys of the cases held meanwhile."""
    pool = ThreadPoolExecutor(1)

    def run():
        try:
            act()
        finally:
            connection.close()

    with transaction.atomic():
        Referral.objects.select_for_update().get(pk=pk)
        doing = pool.submit(run)
        with connection.cursor() as cursor:
            for _ in range(500):
                cursor.execute(SOMEBODY_WAITS)
                if cursor.fetchone():
                    break
                time.sleep(0.02)
            else:
                doing.result(timeout=0)
                pytest.fail("it did not need that case")
        everything = set(Referral.objects.values_list("pk", flat=True))
        free = set(Referral.objects.select_for_update(skip_locked=True).values_list("pk", flat=True))
    doing.result(timeout=30)
    pool.shutdown()
    return everything - free


def test_whoever_joins_several_cases_waits_for_one_and_holds_none_beyond_it(together):
    first, second, supervisor = together
    cases = Referral.objects.order_by("pk").values_list("pk", flat=True)
    held = held_while_waiting_for(
        cases[1], lambda: reports.merge(incident=first, into=second, reason="One", by=world.fresh(supervisor), at=NOON)
    )
    assert max(held, default=0) <= cases[1]


def test_whoever_names_the_officer_waits_for_one_case_and_holds_none_beyond_it(together, place):
    """Somebody who came with a merge stands last in the report, and their case is older than the others."""
    _, second, supervisor = together
    writer = world.make_person(place.team)
    third = world.make_submitted_incident(writer, colleagues=[world.make_person(place.team)], among=False)
    reports.merge(incident=second, into=third, reason="One", by=world.fresh(supervisor), at=NOON)
    cases = Referral.objects.filter(assault__incident=third, merged_into=None).order_by("pk")
    oldest = cases.values_list("pk", flat=True)[0]
    officer = world.make_person(place.other_team)
    held = held_while_waiting_for(
        oldest,
        lambda: reports.assign_officer(incident=third, officer=officer, by=world.fresh(supervisor), at=NOON),
    )
    assert max(held, default=0) <= oldest
