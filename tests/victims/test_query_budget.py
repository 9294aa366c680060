"""What a GET of a page with a form may ask of the database on the welfare side: six queries, the log's line among them.

As in tests/reports/test_query_budget.py; lists and records without a form have budgets of their own.
"""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from campion.roles import Role
from tests import people, world
from tests.stage import once
from tests.victims.carried import Scene, address, everything
from tests.victims.duty_cast import NOON, Duties
from tests.victims.test_desk import nothing_owed
from victims import actions
from victims.actions.statement import offer_statement
from victims.models import Clock

pytestmark = pytest.mark.django_db

A_FORM_PAGE = 6
OF_A_TRANSACTION = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
NO_FORMS = {
    "home", "services", "referral", "rights", "looked", "consents", "people", "complaint", "assessment",
    "desk", "team", "team-figures", "reassign", "duties", "plan-desk", "plan", "complaints", "complaint-desk", "late",
    "calendar",
}  # fmt: skip
"""Addresses of pages without a form, or with a list and a filter: counted where they are tested."""
POST_ALONE = {"claim", "take-back", "end-speaker", "end-close", "undo-reassign"}

OWN = ("choose", "contact", "contacts", "go-to-service", "add-close", "add-speaker", "statement", "complain")
DESK = ("hand-over", "release", "close")


@once
def scene():
    """A case that is carried, in which everything was used once."""
    made = Scene()
    made.pages = everything(made)
    return made


@once
def cast():
    return Duties()


def over_budget(client, paths):
    """Give the pages that take more than they may, with what each asks."""
    client.get("/support/")  # the first page of a session also writes down that the person is there
    over = {}
    for name, path in paths.items():
        real = _asked_for(client, path)
        if len(real) > A_FORM_PAGE:  # the first look at one thing may cost more than those that follow
            real = _asked_for(client, path)
        if len(real) > A_FORM_PAGE:
            over[name] = [sql.strip()[:160] for sql in real]
    return over


def _asked_for(client, path):
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.get("Location"))
    return [query["sql"] for query in asked if not query["sql"].startswith(OF_A_TRANSACTION)]


def at(moment):
    return time_machine.travel(moment, tick=True)


def test_the_pages_of_whoever_carries_the_case(scene):
    paths = {name: path for name, path in scene.pages.items() if name not in NO_FORMS}
    with at(scene.later):
        assert not over_budget(people.signed_in(scene.carrier), paths)


def test_the_pages_of_the_desk(scene):
    with at(scene.later):
        assert not over_budget(people.signed_in(scene.carrier), {name: address(scene, name) for name in DESK})


def test_the_page_on_which_a_closed_case_is_taken_up_again(scene):
    other = scene.carried(world.make_person(scene.place.team, Role.REPORTER))
    nothing_owed(other)
    actions.close(referral=other, outcome="helped", **scene.by())
    with at(scene.later):
        path = reverse("victims:reopen", args=[other.reference])
        assert not over_budget(people.signed_in(scene.carrier), {"reopen": path})


def test_the_persons_own_pages(scene):
    with at(scene.later):
        paths = {name: address(scene, name) for name in OWN} | {"self-refer": reverse("victims:self-refer")}
        assert not over_budget(people.signed_in(scene.sam), paths)


def test_the_page_on_which_somebody_says_how_it_was(scene):
    with at(scene.later.replace(year=2027, month=3)):
        assert not over_budget(people.signed_in(scene.sam), {"satisfaction": address(scene, "satisfaction")})


WHOSE = {
    "officer": ("told-of-arrest", 1),
    "supervisor": ("recorded-and-learned", 1),
    "witness_care": ("told-of-outcome", 1),
    "health": ("baseline-test", 2),
    "writer": ("claim-for-compensation", 1),
    "welfare": ("check-72-hours", 1),
}
"""Whoever owes something, and a duty of theirs: the right, and the person in the report."""


@pytest.mark.parametrize("who", WHOSE)
def test_the_pages_of_a_duty(cast, who):
    code, position = WHOSE[who]
    cast.arrest()
    cast.charge()
    cast.sentence()
    cast.carry()
    key = cast.clock(code, position).key
    paths = {name: reverse(f"victims:{name}", args=[key]) for name in ("duty", "duty-set-aside", "duty-waiting")}
    with at(NOON):
        assert not over_budget(people.signed_in(world.fresh(getattr(cast, who))), paths)


def test_the_pages_of_an_officer_for_several_and_for_the_statement(cast):
    event = cast.arrest()
    clock = cast.clock("victim-personal-statement")
    offer_statement(clock=clock, offered_at=NOON, channel="call", by=world.fresh(cast.officer), at=NOON)
    paths = {
        "duties-of-event": reverse("victims:duties-of-event", args=[event.key]),
        "duty-statement": reverse("victims:duty-statement", args=[clock.key]),
    }
    with at(NOON):
        assert not over_budget(people.signed_in(world.fresh(cast.officer)), paths)


def test_the_pages_of_a_complaint(scene):
    made = actions.complain(
        referral=scene.case,
        about=Clock.objects.filter(referral=scene.case)[0].entitlement,
        words="Late",
        by=world.fresh(scene.sam),
        at=scene.later,
    )
    governor = world.make_person(scene.place.root, Role.GOVERNANCE)
    names = ("complaint-acknowledge", "complaint-answer")
    with at(scene.later):
        paths = {name: reverse(f"victims:{name}", args=[made.key]) for name in names}
        assert not over_budget(people.signed_in(governor), paths)


def test_the_page_on_which_a_deputy_is_named(scene):
    with at(scene.later):
        assert not over_budget(people.signed_in(scene.carrier), {"deputies": reverse("victims:deputies")})


DUTY = ("duty", "duty-set-aside", "duty-waiting", "duties-of-event", "duty-statement")
COMPLAINT = ("complaint-acknowledge", "complaint-answer")
ELSEWHERE = ("self-refer", "satisfaction", "reopen", "deputies")


def test_every_address_is_counted_here_or_has_no_form(scene):
    addresses = {pattern.name for pattern in get_resolver().namespace_dict["victims"][1].url_patterns}
    missing = addresses - {*scene.pages, *OWN, *DESK, *DUTY, *COMPLAINT, *ELSEWHERE} - NO_FORMS - POST_ALONE
    assert not missing, f"count the queries of {missing}, or say why they have no form"
