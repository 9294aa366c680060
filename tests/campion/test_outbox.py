"""Messages as an administrator sees them: what failed, trying again, and the words that all are sent in."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from campion import messages
from campion.models import AuditEvent, Delivery, MessageWords
from campion.roles import Role
from campion.views.outbox import WordsForm
from tests import people, world

pytestmark = pytest.mark.django_db
NOW = world.MONDAY
FINE = {"subject": "Something waits", "body": "Please sign in when you can: {address}"}


@pytest.fixture
def place():
    return world.make_force()


@pytest.fixture
def admin(place):
    return world.make_person(place.root, Role.ADMINISTRATOR, family_name="Admin")


@pytest.fixture
def sam(place):
    return world.make_person(place.team, Role.REPORTER, family_name="Reader")


@pytest.fixture
def failed(sam):
    messages.tell([sam], kind="late", cause="AR-1", at=NOW)
    delivery = Delivery.objects.get()
    Delivery.objects.update(state="failed", attempts=12, fault="SMTPRecipientsRefused")
    return delivery


def signed_in(user):
    return people.signed_in(user)


def test_what_failed_is_shown_with_its_cause_and_never_what_it_was_about(admin, failed):
    page = signed_in(admin).get("/messages/").content.decode()
    assert "Sam Reader" in page and "The mail server refuses the address." in page and "Failed (1)" in page
    assert "AR-1" not in page and "late" not in page.split("<main")[1].split("</main>")[0].replace("later", "")


@pytest.mark.parametrize("role", [None, Role.SUPERVISOR, Role.WELFARE, Role.GOVERNANCE])
def test_nobody_else_finds_it(place, failed, role):
    other = signed_in(world.make_person(place.root, *[role] if role else []))
    assert [other.get(path).status_code for path in ("/messages/", "/messages/words/")] == [404, 404]
    assert other.post("/messages/again/").status_code == 404
    assert other.post(f"/messages/{failed.pk}/again/").status_code == 404


def test_an_administrator_of_another_force_neither_sees_nor_sends_it(failed):
    other = signed_in(world.make_person(world.make_force("elsewhere").root, Role.ADMINISTRATOR))
    assert "Sam Reader" not in other.get("/messages/").content.decode()
    assert other.post(f"/messages/{failed.pk}/again/").status_code == 404


def test_a_message_that_failed_is_tried_again_from_the_start_and_only_then(admin, failed):
    client = signed_in(admin)
    assert client.post(f"/messages/{failed.pk}/again/").status_code == 302
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == ("waiting", 0)
    assert AuditEvent.objects.filter(action="try_message_again", actor_id=admin.pk).count() == 1
    client.post(f"/messages/{failed.pk}/again/")
    assert AuditEvent.objects.filter(action="try_message_again").count() == 1
    assert messages.send_due(at=timezone.now()) == 1 and len(mail.outbox) == 1


def test_all_that_failed_are_tried_again_at_once_and_nobody_elses(admin, sam, failed):
    other = world.make_person(world.make_force("elsewhere").team)
    messages.tell([sam, other], kind="late", cause="AR-2", at=NOW)
    Delivery.objects.update(state="failed", attempts=12)
    client = signed_in(admin)
    assert "Try all again" in client.get("/messages/").content.decode()
    page = client.post("/messages/again/", follow=True).content.decode()
    assert "2 messages will be tried again within a minute." in page and "Try all again" not in page
    rows = Delivery.objects.values_list("message__to", "state", "attempts")
    assert sorted(rows) == sorted([(sam.pk, "waiting", 0)] * 2 + [(other.pk, "failed", 12)])
    assert AuditEvent.objects.filter(action="try_message_again", actor_id=admin.pk).count() == 2
    assert "nothing to try again" in client.post("/messages/again/", follow=True).content.decode()


def test_a_word_that_tells_is_named_at_the_field_in_which_it_stands(admin):
    for field, other in (("subject", "body"), ("body", "subject")):
        form = WordsForm(FINE | {field: f"{FINE[field]} about your assault"})
        assert "assault" in form.errors[field][0] and other not in form.errors


def test_the_list_asks_as_often_for_one_as_for_many(admin, sam, django_assert_max_num_queries):
    client = signed_in(admin)
    for number in range(60):
        messages.tell([sam], kind="late", cause=f"x{number}", at=NOW)
    client.get("/messages/?state=waiting")
    with django_assert_max_num_queries(10):
        page = client.get("/messages/?state=waiting&page=2").content.decode()
    assert page.count("Sam Reader") == 10


def test_words_are_looked_at_before_they_count_and_then_every_message_is_sent_in_them(admin, sam):
    client = signed_in(admin)
    looked = client.post("/messages/words/", FINE).content.decode()
    assert (
        "So it would be" in looked and "https://campion.example/home/" in looked and not MessageWords.objects.exists()
    )
    assert client.post("/messages/words/", FINE | {"keep": "yes"}).status_code == 302
    messages.tell([sam], kind="late", cause="y", at=NOW)
    messages.send_due(at=NOW)
    assert mail.outbox[0].subject == "Something waits"
    assert mail.outbox[0].body == "Please sign in when you can: https://campion.example/home/\n"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"body": "Sign in."}, "{address} once"),
        ({"body": "{address} {address}"}, "{address} once"),
        ({"subject": "About your assault"}, "assault"),
        ({"body": "Your Referral: {address}"}, "referral"),
        ({"body": "Ring 101 or {address}"}, "numbers"),
        ({"body": "See www.example.org or {address}"}, "other addresses"),
        ({"subject": ""}, "Write a subject"),
    ],
)
def test_words_that_would_tell_what_it_is_about_are_refused_and_stay_in_the_form(admin, change, why):
    answer = signed_in(admin).post("/messages/words/", FINE | change | {"keep": "yes"})
    page = answer.content.decode()
    assert answer.status_code == 422 and why in page and not MessageWords.objects.exists()


def test_words_are_added_and_never_changed(admin):
    messages.write_words(words=messages.Words(**FINE), by=admin, at=NOW)
    from django.db import ProgrammingError

    with pytest.raises(ProgrammingError), transaction.atomic():
        MessageWords.objects.update(subject="Other")
    with pytest.raises(IntegrityError, match="message_words_say_where_to_sign_in"), transaction.atomic():
        MessageWords.objects.create(subject="x", text="no address", at=NOW, by=admin)
