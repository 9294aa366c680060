"""The anonymous question: asked once a month below the work, answered by nobody, counted by the month."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django_q.models import Schedule

from campion.models import AuditEvent, KeptForm
from campion.roles import Role
from figures import pulse
from figures.models import PulseAnswer, PulseAsked
from figures.tasks import forget_who_was_asked
from tests import world
from tests.people import signed_in
from tests.stage import once

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def december(time_machine):
    """It is the evening of 21 December 2026, so that November is asked about."""
    time_machine.move_to(datetime(2026, 12, 21, 20, tzinfo=UTC), tick=False)


@once
def place():
    return world.make_force()


@once
def officer(place):
    return world.make_person(place.team, Role.REPORTER)


def says(response):
    return response.content.decode()


@pytest.mark.parametrize(
    ("at", "about"),
    [
        (datetime(2026, 12, 1, 0, 30, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), date(2026, 11, 1)),
        (datetime(2027, 1, 1, 12, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), date(2026, 6, 1)),  # 00:30 on 1 July in London
    ],
)
def test_the_last_whole_month_in_london_is_asked_about(at, about):
    assert pulse.asked_about(at) == about


def test_the_home_page_asks_once_a_month_and_goes_on_to_the_work_afterwards(officer, time_machine):
    client = signed_in(officer)
    first = client.get("/home/")
    assert first.status_code == 200 and "One question about November" in says(first)
    assert says(first).index("Your work") < says(first).index("One question")
    assert client.get("/home/")["Location"] == "/reports/"
    assert signed_in(officer).get("/home/")["Location"] == "/reports/"
    time_machine.move_to(datetime(2027, 1, 2, 20, tzinfo=UTC), tick=False)
    assert "One question about December" in says(signed_in(officer).get("/home/"))


@pytest.mark.parametrize("role", [Role.PCC, Role.EDITOR, Role.API_CLIENT])
def test_people_from_outside_the_workforce_are_not_asked(place, role):
    assert "One question" not in says(signed_in(world.make_person(place.root, role)).get("/home/"))
    assert not PulseAsked.objects.exists()


def test_an_answer_is_tied_to_nobody(officer):
    client = signed_in(officer)
    client.get("/home/")
    last = AuditEvent.objects.latest("pk").pk
    sent = client.post("/home/question/", {"happened": "abused", "reported": "none"}, follow=True)
    assert "kept without your name" in says(sent)
    row = PulseAnswer.objects.get()
    assert (row.force, row.month, row.happened, row.reported) == (officer.force, NOVEMBER, "abused", "none")
    assert {field.name for field in PulseAnswer._meta.fields} == {"key", "force", "month", "happened", "reported"}
    assert {field.name for field in PulseAsked._meta.fields} == {"id", "user", "month"}
    written = [str(row) for row in AuditEvent.objects.filter(pk__gt=last).values()]
    kept = [str(dict(client.session)), *(str(row) for row in KeptForm.objects.values())]
    assert not [row for row in written if "question" in row or "pulse" in row]
    assert not [row for row in (*written, *kept) if "abused" in row or str(PulseAnswer.objects.get().key) in row]


def test_only_one_answer_to_one_asking(officer):
    client = signed_in(officer)
    client.get("/home/")
    answer = {"happened": "nothing"}
    assert client.post("/home/question/", answer).status_code == 302
    again = client.post("/home/question/", answer, follow=True)
    assert "answered or left already" in says(again) and PulseAnswer.objects.count() == 1
    assert signed_in(officer).post("/home/question/", answer).status_code == 302
    assert PulseAnswer.objects.count() == 1


def test_nothing_happened_needs_no_second_answer(officer):
    client = signed_in(officer)
    client.get("/home/")
    client.post("/home/question/", {"happened": "nothing", "reported": "whole"})
    assert PulseAnswer.objects.get().reported == "not-asked"


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose what happened, or leave the question."),
        ({"happened": "abused"}, "Choose whether you reported it."),
        ({"happened": "sometimes", "reported": "whole"}, ""),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(officer, sent, sentence):
    client = signed_in(officer)
    client.get("/home/")
    page = client.post("/home/question/", sent)
    assert page.status_code == 422 and sentence in says(page)
    assert client.post("/home/question/", {"happened": "assaulted", "reported": "some"}).status_code == 302
    assert PulseAnswer.objects.get().happened == "assaulted"


def test_it_may_be_left(officer):
    client = signed_in(officer)
    client.get("/home/")
    assert client.post("/home/question/", {"leave": "yes"}).status_code == 302
    assert not PulseAnswer.objects.exists() and PulseAsked.objects.count() == 1


def test_an_answer_is_never_changed_nor_deleted(place):
    pulse.answer(force=place.force, month=NOVEMBER, happened="abused", reported="whole")
    for statement in ("UPDATE figures_pulseanswer SET reported = 'none'", "DELETE FROM figures_pulseanswer"):
        with (
            pytest.raises(Exception, match="permission denied|refused"),
            transaction.atomic(),
            connection.cursor() as c,
        ):
            c.execute(statement)


@pytest.mark.parametrize(
    "answer",
    [
        {"month": date(2026, 11, 2), "happened": "abused", "reported": "whole"},
        {"month": NOVEMBER, "happened": "nothing", "reported": "whole"},
        {"month": NOVEMBER, "happened": "abused", "reported": "not-asked"},
    ],
)
def test_the_database_refuses_what_does_not_go_together(place, answer):
    with pytest.raises(IntegrityError, match="pulse_answer"), transaction.atomic():
        pulse.answer(force=place.force, **answer)


def test_who_was_asked_is_forgotten_once_the_month_is_over(officer, time_machine):
    signed_in(officer).get("/home/")
    assert forget_who_was_asked() == 0 and PulseAsked.objects.count() == 1
    time_machine.move_to(datetime(2027, 1, 1, 8, tzinfo=UTC), tick=False)
    assert forget_who_was_asked() == 1 and not PulseAsked.objects.exists()
    assert Schedule.objects.filter(func="figures.tasks.forget_who_was_asked", schedule_type="D").exists()


def test_answers_are_counted_by_the_month_with_every_margin(place):
    for happened, reported, number in (("nothing", "not-asked", 7), ("abused", "none", 5), ("abused", "whole", 2)):
        for _ in range(number):
            pulse.answer(force=place.force, month=NOVEMBER, happened=happened, reported=reported)
    pulse.answer(force=place.force, month=date(2026, 12, 1), happened="abused", reported="whole")
    pulse.answer(force=world.make_force("otherton").force, month=NOVEMBER, happened="abused", reported="whole")
    found = pulse.count(place.force.pk, ["2026-10", "2026-11"], ("happened", "reported"), [("happened", "reported")])
    assert found.atoms == {("nothing", "not-asked"): 7, ("abused", "none"): 5, ("abused", "whole"): 2}
    cells = found.cells[0]
    assert cells["all", "all"] == (14, 14, 14) and cells["abused", "all"] == (7, 7, 7)
    assert ("assaulted", "some") not in cells
