"""What was typed is kept: sealed, for one person and one page, bounded, for thirty days."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing
from django.db import connection
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from campion import kept
from campion.models import KeptForm, User
from tests import people

pytestmark = pytest.mark.django_db
PATH = "/reports/AR-2222-2222/edit/words/"
TYPED = "words=He+turned.%0AThen+he+spat.&kind=spat&kind=hit&csrfmiddlewaretoken=t&held=h&password=p&old_password1=p"


@pytest.fixture
def sam(db):
    return people.make_person()


def ask(user, path=PATH, method="GET"):
    request = RequestFactory().generic(method, path)
    request.user = user
    request.session = SessionStore()
    MessageMiddleware(lambda request: None).process_request(request)
    return request


def test_comes_back_as_it_was_typed(sam):
    assert kept.values_for(ask(sam)) is None
    assert kept.keep(sam, PATH, QueryDict(TYPED), timezone.now())
    typed = kept.values_for(ask(sam))
    assert typed["words"] == "He turned.\nThen he spat." and typed.getlist("kind") == ["spat", "hit"]
    assert (typed.held, typed.files) == (False, False) and typed.at <= timezone.now()


def test_leaves_out_tokens_and_passwords(sam):
    kept.keep(sam, PATH, QueryDict(TYPED), timezone.now())
    assert set(kept.values_for(ask(sam))) == {"words", "kind"}


def test_is_sealed_in_the_database(sam):
    kept.keep(sam, PATH, QueryDict(TYPED), timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT values FROM campion_keptform")
        assert "spat" not in cursor.fetchone()[0]


def test_is_for_one_person_and_one_page(sam):
    kept.keep(sam, PATH, QueryDict(TYPED), timezone.now())
    assert kept.values_for(ask(people.make_person())) is None
    assert kept.values_for(ask(sam, "/reports/AR-2222-2222/edit/who/")) is None


def test_is_not_for_somebody_signed_out():
    from django.contrib.auth.models import AnonymousUser

    request = ask(AnonymousUser())
    assert kept.values_for(request) is None and kept.seal_for(request) == ""


def test_a_post_has_its_own_values(sam):
    kept.keep(sam, PATH, QueryDict(TYPED), timezone.now())
    assert kept.values_for(ask(sam, method="POST")) is None


def test_newer_takes_the_place_of_older(sam):
    kept.keep(sam, PATH, QueryDict("words=one"), timezone.now())
    kept.keep(sam, PATH, QueryDict("words=two"), timezone.now())
    assert kept.values_for(ask(sam))["words"] == "two" and KeptForm.objects.count() == 1


def test_is_forgotten_when_it_was_saved(sam):
    other = people.make_person()
    for person in (sam, other):
        kept.keep(person, PATH, QueryDict("words=one"), timezone.now())
    kept.forget(sam, PATH)
    assert kept.values_for(ask(sam)) is None and kept.values_for(ask(other))


def test_is_read_by_a_subquery_without_a_query_of_its_own(sam, django_assert_num_queries):
    kept.keep(sam, PATH, QueryDict("words=one"), timezone.now())
    with django_assert_num_queries(1):
        row = User.objects.annotate(typed=kept.subquery(sam, PATH), none=kept.subquery(sam, "/x/")).get(pk=sam.pk)
        assert kept.opened(ask(sam), row.typed)["words"] == "one" and kept.opened(ask(sam), row.none) is None


def test_costs_one_query(sam, django_assert_num_queries):
    kept.keep(sam, PATH, QueryDict("words=one"), timezone.now())
    with django_assert_num_queries(1):
        kept.values_for(ask(sam))


@pytest.mark.parametrize("files", [True, False])
def test_the_page_says_what_was_held_and_that_files_are_not(sam, files):
    kept.keep(sam, PATH, QueryDict("words=one"), timezone.now(), held=True, files=files)
    request = ask(sam)
    assert kept.values_for(request).held
    (said,) = map(str, get_messages(request))
    assert "It has not been sent" in said and ("choose them again" in said) == files


def test_words_saved_while_typing_need_no_words_about_it(sam):
    kept.keep(sam, PATH, QueryDict("words=one"), timezone.now())
    request = ask(sam)
    kept.values_for(request)
    assert not list(get_messages(request))


def test_too_much_is_not_kept(sam):
    much = QueryDict(mutable=True)
    much["words"] = "x" * (kept.MOST_CHARACTERS + 1)
    assert not kept.keep(sam, PATH, much, timezone.now())
    assert not kept.keep(sam, "/" + "x" * kept.MOST_PATH, QueryDict("words=one"), timezone.now())
    assert not KeptForm.objects.exists()


def test_a_person_keeps_a_hundred_pages_and_the_oldest_go(sam, monkeypatch):
    monkeypatch.setattr(kept, "MOST_PAGES", 3)
    start = timezone.now()
    for number in range(5):
        kept.keep(sam, f"/{number}/", QueryDict("words=one"), start + timedelta(seconds=number))
    assert sorted(KeptForm.objects.values_list("path", flat=True)) == ["/2/", "/3/", "/4/"]


def test_thirty_days_are_the_end_of_it(sam):
    now = timezone.now()
    kept.keep(sam, "/old/", QueryDict("words=one"), now - timedelta(days=30, seconds=1))
    kept.keep(sam, "/new/", QueryDict("words=one"), now - timedelta(days=29))
    assert kept.values_for(ask(sam, "/old/")) is None and kept.values_for(ask(sam, "/new/"))
    assert kept.clean(now) == 1 and KeptForm.objects.get().path == "/new/"


class TestToken:
    def test_names_the_person_and_the_page(self, sam):
        assert kept.holder_of(kept.seal_for(ask(sam))) == (sam, PATH)

    def test_is_a_hidden_field(self, sam):
        shown = Template("{% held %}").render(Context({"request": ask(sam)}))
        assert shown.startswith('<input type="hidden" name="held" value="') and kept.holder_of(shown.split('"')[5])

    @pytest.mark.parametrize("token", ["", "x", "a:b:c", "é", "\ud800", "x" * 10_000])
    def test_of_somebody_elses_making_is_nothing(self, token, db):
        assert kept.holder_of(token) is None

    def test_signed_for_something_else_is_nothing(self, sam):
        assert kept.holder_of(signing.dumps([sam.pk, PATH], salt="other")) is None

    def test_ends_after_a_week(self, sam, time_machine):
        token = kept.seal_for(ask(sam))
        time_machine.move_to(timezone.now() + timedelta(days=7, seconds=2))
        assert kept.holder_of(token) is None

    def test_of_somebody_shut_out_is_nothing(self, sam):
        token = kept.seal_for(ask(sam))
        User.objects.filter(pk=sam.pk).update(is_active=False)
        assert kept.holder_of(token) is None


class TestWhileTyping:
    """A form of any page saves what is typed into it at /typed/, for whoever opened it there."""

    def save(self, who, token, **typed):
        client = people.signed_in(who)
        return client.post("/typed/", {"held": token, "words": "He tur"} | typed, headers={"X-Autosave": "1"})

    def test_is_kept_for_the_page_that_the_form_names(self, sam):
        answer = self.save(sam, kept.seal_for(ask(sam)))
        assert answer.status_code == 200 and answer.json()["saved_at"]
        assert kept.values_for(ask(sam))["words"] == "He tur"

    def test_a_form_that_somebody_else_opened_is_refused_with_a_sentence(self, sam):
        answer = self.save(people.make_person(), kept.seal_for(ask(sam)))
        assert answer.status_code == 400 and "open this page again" in answer.json()["message"]
        assert not KeptForm.objects.exists()

    @pytest.mark.parametrize("token", ["", "forged", "x" * 5000])
    def test_without_its_own_field_nothing_is_kept(self, sam, token):
        assert self.save(sam, token).status_code == 400 and not KeptForm.objects.exists()

    def test_too_much_is_refused_with_a_sentence(self, sam, monkeypatch):
        monkeypatch.setattr(kept, "MOST_CHARACTERS", 10)
        answer = self.save(sam, kept.seal_for(ask(sam)))
        assert answer.status_code == 413 and "too much text" in answer.json()["message"]
