"""/home/: each person to where their work is, and true words where there is none."""

from datetime import date
from html import unescape

import pytest
from django.http import HttpResponse
from django.urls import include, path

from campion import actions, context, middleware
from campion.roles import OUTSIDERS, Role
from campion.views import home
from tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.campion.test_home")]


def place(request):
    return HttpResponse("a place of work")


urlpatterns = [
    path("place/mine/", place, name="place_mine"),
    path("place/queue/", place, name="place_queue"),
    path("place/desk/", place, name="place_desk"),
    path("", include("campion.urls")),
]
waiting = {}


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    """A registry of this test's own: everybody's own reports, a queue for supervisors, late duties for two roles."""
    monkeypatch.setattr(context, "NAVIGATION", [context.Entry("Home", "home")])
    monkeypatch.setattr(context, "QUESTIONS", [])
    context.offer_work("My reports", "place_mine")
    context.offer_work("Queue", "place_queue", role=Role.SUPERVISOR, waiting=lambda user: waiting.get("queue", 0))
    context.offer_work("Late duties", "place_desk", role=(Role.INSPECTOR, Role.SPOC), hint="Late, by reference.")
    context.offer_work("Not installed", "no_such_place", role=Role.WELFARE)
    waiting.clear()


def at_home(*roles):
    return people.signed_in(people.make_person(*roles)).get("/home/")


def test_somebody_signed_out_is_led_to_sign_in(client):
    assert client.get("/home/")["Location"] == "/sign-in/?next=%2Fhome%2F"


def test_is_only_read(client):
    assert people.signed_in(people.make_person()).post("/home/").status_code == 405


@pytest.mark.parametrize("roles", [(), (Role.REPORTER,)])
def test_an_officer_goes_to_their_own_reports(roles):
    assert at_home(*roles)["Location"] == "/place/mine/"


def test_a_supervisor_chooses_and_sees_what_waits():
    waiting["queue"] = 3
    page = at_home(Role.SUPERVISOR).content.decode()
    assert "My reports" in page and "/place/queue/" in page and "3 waiting" in page
    assert "Supervisor, East A" in page


def test_nothing_waiting_is_said():
    assert "Nothing waiting" in at_home(Role.SUPERVISOR).content.decode()


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.SPOC])
def test_one_place_serves_two_roles(role):
    page = at_home(role).content.decode()
    assert "Late duties" in page and "Late, by reference." in page and home.NOTHING_HERE[role] not in page


@pytest.mark.parametrize("role", sorted(OUTSIDERS))
def test_people_from_outside_the_workforce_report_nothing(role):
    page = at_home(role).content.decode()
    assert home.NOTHING_HERE[role] in page and "My reports" not in page


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.REPORTER, Role.SUPERVISOR, Role.INSPECTOR, Role.SPOC}))
def test_every_role_without_a_place_has_true_words(role):
    page = unescape(at_home(role).content.decode())
    assert home.NOTHING_HERE[role] in page and Role(role).label in page
    assert not any(promise in page.lower() for promise in ("not yet available", "under construction"))


def test_somebody_with_an_outside_role_and_one_within_reports_too():
    assert "My reports" in at_home(Role.EDITOR, Role.SUPERVISOR).content.decode()


def test_a_role_that_has_ended_leads_nowhere():
    person = people.make_person()
    unit = person.force.units.get(code="east-a")
    actions.give_role(
        user=person,
        role=Role.SUPERVISOR,
        unit=unit,
        from_on=date(2020, 1, 1),
        until_on=date(2020, 2, 1),
        by=None,
        at=people.AT,
    )
    assert people.signed_in(person).get("/home/")["Location"] == "/place/mine/"


def test_goes_first_to_where_the_second_factor_was_asked_for():
    client = people.signed_in(people.make_person(Role.SUPERVISOR))
    for wanted, there in (("/place/queue/?page=2", "/place/queue/?page=2"), ("//evil.example", None)):
        session = client.session
        session[middleware.AFTER_ENROLMENT] = wanted
        session.save()
        assert client.get("/home/").headers.get("Location") == there
    assert client.get("/home/").status_code == 200


def test_costs_few_queries(django_assert_max_num_queries):
    client = people.signed_in(people.make_person(Role.SUPERVISOR, Role.WELFARE))
    client.get("/home/")
    with django_assert_max_num_queries(4):  # session, user, reach, roles by name
        client.get("/home/")
