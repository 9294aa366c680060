"""What happens around every request: bad input, lost forms, the session's clock, the second factor, caches."""

import re
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import include, path
from django.utils.http import urlencode

from campion import audit, kept, middleware
from campion.models import AuditEvent, KeptForm, User
from campion.roles import Role
from tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.campion.test_middleware")]
NOW = datetime(2026, 3, 27, 3, 12, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"


# A page with a form, for these tests alone ---------------------------------------------------------------------------

received = []
PAGE = Template(
    '<form method="post">{% for message in messages %}<p>{{ message }}</p>{% endfor %}'
    '<input name="csrfmiddlewaretoken" value="{{ token }}">{% held %}'
    '<textarea name="words">{{ words }}</textarea></form>'
)


def form_page(request, number=1):
    if request.method == "POST":
        received.append(request.POST.get("words", ""))
        kept.forget(request.user, request.path)
        return HttpResponse("saved")
    typed = kept.values_for(request)
    words = typed["words"] if typed else ""
    from django.contrib.messages import get_messages

    context = {"request": request, "messages": get_messages(request), "token": get_token(request), "words": words}
    return HttpResponse(PAGE.render(Context(context)))


def where(request):
    from django.http import JsonResponse

    origin = audit.origin.get()
    return JsonResponse({"id": origin.request_id, "session": origin.session, "address": origin.address})


where.login_required = False

urlpatterns = [
    path("form/<int:number>/", form_page, name="form"),
    path("where/", where, name="where"),
    path("", include("campion.urls")),
]
handler400 = "campion.views.errors.bad_request"
handler404 = "campion.views.errors.not_found"


@pytest.fixture(autouse=True)
def nothing_received():
    received.clear()


@pytest.fixture
def sam(db):
    return people.make_person()


@pytest.fixture
def clock(time_machine):
    """A clock that stands still, and a function that moves it on."""
    time_machine.move_to(NOW, tick=False)

    def wait(**amount):
        time_machine.shift(timedelta(**amount))

    return wait


def field(response, name):
    return re.search(rf'name="{name}" value="([^"]+)"', response.content.decode())[1]


def words_on(response):
    return re.search(r"<textarea[^>]*>(.*)</textarea>", response.content.decode(), re.S)[1]


# Bad input -----------------------------------------------------------------------------------------------------------


class TestBadInput:
    @pytest.mark.parametrize(
        "query", ["q=%00", "q=%ED%A0%80", "q=%FF%FE", "%00=1", "q=%C0%AF", "q=" + "x" * 5000, "&".join(["a=1"] * 1001)]
    )
    def test_in_the_query(self, client, query):
        response = client.get("/help/", QUERY_STRING=query)
        assert response.status_code == 400 and b"We could not read that request" in response.content

    @pytest.mark.parametrize("bad", ["/help/\0", "/help/\xff\xfe/", "/help/\xed\xa0\x80/", "/" + "x" * 5000])
    def test_in_the_path(self, client, bad):
        assert client.get("/", PATH_INFO=bad).status_code == 400

    @pytest.mark.parametrize(
        "body", [b"words=%00", b"words=a\0b", b"words=%ED%A0%80", b"words=\xff", b"%00=1", b"%FF=1", b"words=\xc0\xaf"]
    )
    def test_in_a_form(self, sam, body):
        response = people.signed_in(sam).post("/form/1/", body, content_type=FORM)
        assert response.status_code == 400 and b"Nothing was changed" in response.content and not received

    @pytest.mark.parametrize("charset", ["utf-16", "rot13", "hex", "idna", "no-such"])
    @pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=x"])
    def test_of_another_charset(self, sam, charset, kind):
        client = people.signed_in(sam)
        response = client.generic("POST", "/form/1/", b"words=a", f"{kind}; charset={charset}")
        assert response.status_code == 400 and not received

    @pytest.mark.parametrize(
        "body",
        [
            b'--x\r\nContent-Disposition: form-data; name="words"\r\n\r\na\0b\r\n--x--\r\n',
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="a\0b.jpg"\r\n\r\na\r\n--x--\r\n',
            b"--x\r\nContent-Disposition: form-data; name=\"f\"; filename*=utf-8''a%00b\r\n\r\na\r\n--x--\r\n",
        ],
    )
    def test_in_several_parts(self, sam, body):
        response = people.signed_in(sam).post("/form/1/", body, content_type="multipart/form-data; boundary=x")
        assert response.status_code in {200, 400} and "\0" not in "".join(received)

    def test_files_that_came_with_it_are_closed(self, sam, monkeypatch):
        closed, close = [], TemporaryUploadedFile.close
        monkeypatch.setattr(TemporaryUploadedFile, "close", lambda file: (closed.append(file.name), close(file)))
        part = '--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        body = (part % ("words", "a\0b") + part % ('f"; filename="a.jpg', "b") + "--x--\r\n").encode()
        response = people.signed_in(sam).post("/form/1/", body, content_type="multipart/form-data; boundary=x")
        assert response.status_code == 400 and closed == ["a.jpg"]

    def test_a_broken_boundary(self, sam):
        kind = "multipart/form-data; boundary=\u00e9"
        response = people.signed_in(sam).post("/form/1/", b"words=a", content_type=kind)
        assert response.status_code == 400

    def test_too_many_fields(self, sam):
        response = people.signed_in(sam).post("/form/1/", "&".join(["words=1"] * 1001), content_type=FORM)
        assert response.status_code == 400 and not received

    def test_too_large(self, sam):
        client = people.signed_in(sam)
        body = b"words=" + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        response = client.post("/form/1/", body, content_type=FORM)
        assert response.status_code == 413 and b"too large" in response.content
        length = str(10**30)
        assert client.post("/form/1/", b"words=a", content_type=FORM, CONTENT_LENGTH=length).status_code == 413
        assert not received

    @pytest.mark.parametrize("length", ["-1", "a", "1e3", "\u0663"])
    def test_a_length_that_is_none(self, client, length):
        response = client.post("/sign-in/", b"login=a", content_type=FORM, CONTENT_LENGTH=length)
        assert response.status_code == 400

    @pytest.mark.parametrize(
        "host", ["evil.example", "testserver, evil.example", "test server", "testserver:x", "\xff"]
    )
    def test_a_wrong_host(self, client, host):
        response = client.get("/help/", HTTP_HOST=host)
        assert response.status_code == 400 and b"We could not read that request" in response.content

    def test_forwarded_hosts_are_not_read(self, client):
        response = client.get("/home/", HTTP_X_FORWARDED_HOST="evil.example")
        assert response.status_code == 302 and "evil" not in response["Location"]

    @pytest.mark.parametrize("value", ['"a\\000b"', "a\0b"])
    def test_a_cookie_with_nul(self, client, value):
        response = client.get("/home/", HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={value}")
        assert response.status_code == 400

    def test_a_large_or_odd_cookie(self, client):
        for value in ("x" * 100_000, "\x01\x02", "\xff", "a=b; a=c", '"\\377"'):
            response = client.get("/home/", HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}={value}")
            assert response.status_code in {302, 400}

    @pytest.mark.parametrize(
        "words", ["O'Brien-Smith", "\u202eesrever\u202c", "e" + "\u0301" * 500, "🚓" * 50, "\ufffd"]
    )
    def test_odd_and_honest_text_passes(self, sam, words):
        people.signed_in(sam).post("/form/1/", {"words": words})
        assert received == [words]

    def test_scripts_are_told_in_json(self, client):
        response = client.get("/help/?q=%00", HTTP_ACCEPT="application/json")
        assert response.status_code == 400 and response.json()["message"]

    def test_every_made_up_method_has_an_answer(self, client):
        for method in ("TRACE", "PROPFIND", "X" * 100):
            assert client.generic(method, "/help/").status_code == 405


class TestOrigin:
    def ask(self, **headers):
        return Client().get("/where/", **headers)

    @pytest.mark.parametrize(
        ("address", "kept_as"),
        [
            ("198.51.100.77", "198.51.100.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
            ("::ffff:198.51.100.77", "198.51.100.0/24"),
            ("", ""),
        ],
    )
    def test_keeps_the_network_alone(self, address, kept_as):
        assert self.ask(REMOTE_ADDR=address).json()["address"] == kept_as

    def test_reads_what_the_outermost_proxy_wrote(self, settings):
        chain = {"HTTP_X_FORWARDED_FOR": "192.0.2.1, 198.51.100.7, 203.0.113.9", "REMOTE_ADDR": "10.0.0.1"}
        assert self.ask(**chain).json()["address"] == "10.0.0.0/24"
        for proxies, expected in ((1, "203.0.113.0/24"), (2, "198.51.100.0/24")):
            settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
            assert self.ask(**chain).json()["address"] == expected

    @pytest.mark.parametrize("chain", ["198.51.100.7", "x, y", "198.51.100.7;, 10.0.0.1"])
    def test_refuses_a_chain_that_cannot_be(self, settings, chain):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
        assert self.ask(HTTP_X_FORWARDED_FOR=chain).status_code == 400

    def test_numbers_each_request_and_tells_sessions_apart(self, sam):
        client = people.signed_in(sam)
        first, second = client.get("/where/"), client.get("/where/")
        assert first["X-Request-ID"] == first.json()["id"] != second.json()["id"]
        assert first.json()["session"] == second.json()["session"] != self.ask().json()["session"] == ""
        assert people.session_cookie(client) not in first.json()["session"]

    def test_is_gone_afterwards(self, client):
        client.get("/where/")
        assert audit.origin.get() == audit.Origin()


# What was typed is never lost ----------------------------------------------------------------------------------------


def browser(person):
    """A client that is checked for CSRF like a browser."""
    return people.signed_in(person, enforce_csrf_checks=True)


def fill_in(page, words="He turned."):
    return {"words": words, "held": field(page, "held"), "csrfmiddlewaretoken": field(page, "csrfmiddlewaretoken")}


def come_back(client, person):
    """Sign in again in the same browser."""
    return people.signed_in(person, client=client)


class TestHeld:
    def test_is_kept_when_the_session_has_ended_and_shown_again(self, sam, clock):
        client = browser(sam)
        sent = fill_in(client.get("/form/1/"))
        clock(minutes=16)
        response = client.post("/form/1/", sent)
        assert response.status_code == 302 and response["Location"] == "/sign-in/?next=%2Fform%2F1%2F"
        assert b"What you typed is kept" in client.get(response["Location"]).content
        assert not received
        page = come_back(client, sam).get("/form/1/")
        assert words_on(page) == "He turned." and b"It has not been sent" in page.content
        assert not received, "never applied by itself"
        client.post("/form/1/", fill_in(page))
        assert received == ["He turned."] and words_on(client.get("/form/1/")) == ""

    def test_is_kept_when_the_cookie_is_gone(self, sam):
        client = browser(sam)
        sent = fill_in(client.get("/form/1/"))
        client.cookies.clear()
        assert client.post("/form/1/", sent)["Location"].startswith("/sign-in/?next=")
        assert words_on(people.signed_in(sam).get("/form/1/")) == "He turned."

    def test_another_tab_signed_in_meanwhile(self, sam, clock):
        """Two tabs: the session ends, one tab signs in, the other sends its form with the token of before."""
        client = browser(sam)
        sent = fill_in(client.get("/form/1/"))
        clock(minutes=16)
        client.get("/home/")
        client.cookies.pop(settings.CSRF_COOKIE_NAME)
        come_back(client, sam).get("/form/2/")
        response = client.post("/form/1/", sent)
        assert response.status_code == 302 and response["Location"] == "/form/1/" and not received
        page = client.get("/form/1/")
        assert words_on(page) == "He turned." and b"It has not been sent" in page.content
        assert words_on(client.get("/form/2/")) == ""

    def test_somebody_else_signs_in(self, sam, clock):
        kim = people.make_person()
        client = browser(sam)
        sent = fill_in(client.get("/form/1/"))
        clock(minutes=16)
        client.post("/form/1/", sent)
        page = come_back(client, kim).get("/form/1/")
        assert words_on(page) == "" and b"not been sent" not in page.content
        assert words_on(people.signed_in(sam).get("/form/1/")) == "He turned."

    def test_somebody_else_has_signed_in_already(self, sam):
        kim = people.make_person()
        client = browser(sam)
        sent = fill_in(client.get("/form/1/"))
        client.cookies.clear()
        come_back(client, kim).get("/form/2/")
        response = client.post("/form/1/", sent)
        assert response.status_code == 403 and b"Somebody else opened that page" in response.content
        assert not received and words_on(client.get("/form/1/")) == ""
        assert words_on(people.signed_in(sam).get("/form/1/")) == "He turned."

    def test_files_are_not_kept_and_the_page_says_so(self, sam, clock):
        client = browser(sam)
        sent = fill_in(client.get("/form/1/"))
        clock(minutes=16)
        client.post("/form/1/", {**sent, "photo": SimpleUploadedFile("a.jpg", b"x")})
        assert b"Files cannot be kept: choose them again" in come_back(client, sam).get("/form/1/").content

    def test_a_forged_or_missing_token_keeps_nothing(self, sam, clock):
        client = browser(sam)
        sent = fill_in(client.get("/form/1/"))
        clock(minutes=16)
        for token in ("", "forged", sent["held"][:-1] + "x"):
            assert client.post("/form/1/", {**sent, "held": token}).status_code == 302
        assert not KeptForm.objects.exists()

    def test_without_a_token_an_old_form_is_refused_with_a_sentence(self, sam):
        client = browser(sam)
        client.get("/form/1/")
        response = client.post("/form/1/", {"words": "a", "csrfmiddlewaretoken": "x" * 64})
        assert response.status_code == 403 and b"Go back in your browser" in response.content and not received

    @pytest.mark.parametrize("headers", [{"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}, {}])
    def test_a_form_of_another_site_changes_nothing(self, sam, headers):
        client = browser(sam)
        client.get("/form/1/")
        assert client.post("/form/1/", {"words": "a"}, **headers).status_code == 403 and not received

    def test_autosave_is_kept_and_told_in_json(self, sam, clock):
        client = browser(sam)
        sent = fill_in(client.get("/form/1/"))
        clock(minutes=16)
        response = client.post("/form/1/", sent, HTTP_X_AUTOSAVE="1")
        assert response.status_code == 401 and "kept" in response.json()["message"]
        assert words_on(come_back(client, sam).get("/form/1/")) == "He turned."

    def test_waits_for_the_second_factor_too(self, sam):
        client = people.signed_in(sam, second_factor=False)
        token = kept.seal_for(self.request_of(sam))
        assert client.post("/form/1/", {"words": "a", "held": token})["Location"] == "/sign-in/second-step/"
        assert KeptForm.objects.get().user == sam and not received

    def request_of(self, person):
        request = RequestFactory().get("/form/1/")
        request.user = person
        return request

    def test_too_much_to_keep_is_refused_with_a_sentence(self, sam, monkeypatch):
        monkeypatch.setattr(kept, "MOST_CHARACTERS", 10)
        client = browser(sam)
        sent = fill_in(client.get("/form/1/"))
        sent["csrfmiddlewaretoken"] = "x" * 64
        assert b"Go back in your browser" in client.post("/form/1/", sent).content

    def test_a_post_to_an_address_that_is_no_page_leads_back_to_its_page(self, client, sam):
        came = {"HTTP_REFERER": "http://testserver/reports/x/?page=2", "HTTP_COOKIE": "a=b"}
        assert client.post("/form/1/", {}, **came)["Location"] == "/sign-in/?next=%2Freports%2Fx%2F"
        came = {"HTTP_REFERER": "http://evil.example/reports/x/"}
        assert client.post("/form/1/", {}, **came)["Location"] == "/sign-in/?next=%2Fform%2F1%2F"
        for odd in ("http://testserver//evil.example/", "http://[", "x", "http://testserver/\\evil"):
            assert "evil" not in client.post("/form/1/", {}, HTTP_REFERER=odd)["Location"]


# The session's clock -------------------------------------------------------------------------------------------------


class TestClock:
    def test_lets_somebody_in_who_is_there_within_fifteen_minutes(self, sam, clock):
        client = people.signed_in(sam)
        for _ in range(3):
            assert client.get("/form/1/").status_code == 200
            clock(minutes=14, seconds=59)
        assert client.get("/form/1/").status_code == 200

    def test_ends_after_fifteen_idle_minutes(self, sam, clock):
        client = people.signed_in(sam)
        client.get("/form/1/")
        clock(minutes=15, seconds=1)
        response = client.get("/form/1/?page=2")
        assert response["Location"] == "/sign-in/?" + urlencode({"next": "/form/1/?page=2"})
        assert response["Clear-Site-Data"] == '"cache", "storage"'
        assert b"nothing had happened for 15 minutes" in client.get(response["Location"]).content
        assert AuditEvent.objects.get(action="sign_out").reason_code == "idle"

    def test_ends_after_ten_hours_however_busy(self, sam, clock):
        client = people.signed_in(sam)
        for _ in range(60):
            assert client.get("/form/1/").status_code == 200
            clock(minutes=10)
        clock(seconds=1)
        response = client.get("/form/1/")
        assert b"10 hours" in client.get(response["Location"]).content
        assert AuditEvent.objects.get(action="sign_out").reason_code == "long"

    def test_ten_hours_are_in_time(self, sam, clock):
        client = people.signed_in(sam)
        for _ in range(60):
            client.get("/form/1/")
            clock(minutes=10)
        assert client.get("/form/1/").status_code == 200

    def test_an_old_cookie_opens_nothing(self, sam, clock):
        client = people.signed_in(sam)
        client.get("/form/1/")
        cookie = people.session_cookie(client)
        clock(minutes=16)
        client.get("/form/1/")
        other = Client()
        other.cookies[settings.SESSION_COOKIE_NAME] = cookie
        assert other.get("/form/1/").status_code == 302

    def test_a_get_writes_at_most_once_a_minute(self, sam, clock, django_assert_num_queries):
        client = people.signed_in(sam)
        client.get("/form/1/")
        clock(seconds=59)
        with django_assert_num_queries(3):  # session, user, what was kept
            client.get("/form/1/")
        clock(seconds=1)
        client.get("/form/1/")
        assert client.session[middleware.LAST] == time.time()

    def test_says_nothing_to_somebody_who_never_signed_in(self, client):
        response = client.get("/form/1/")
        assert b"signed out" not in client.get(response["Location"]).content

    def test_says_it_once_for_several_tabs(self, sam, clock):
        client = people.signed_in(sam)
        client.get("/form/1/")
        clock(minutes=16)
        client.get("/form/1/")
        client.get("/form/2/")
        said = client.get("/sign-in/").content.count(b"You were signed out because")
        assert said == 1

    def test_somebody_shut_out_is_out_at_the_next_request(self, sam):
        client = people.signed_in(sam)
        assert client.get("/form/1/").status_code == 200
        User.objects.filter(pk=sam.pk).update(is_active=False)
        assert client.get("/form/1/")["Location"].startswith("/sign-in/")


class TestStay:
    def test_tells_the_seconds_and_touches(self, sam, clock):
        client = people.signed_in(sam)
        client.get("/form/1/")
        clock(seconds=30)
        assert client.get("/session/").json() == {"seconds": 900}
        clock(minutes=14, seconds=50)
        assert client.get("/form/1/").status_code == 200

    def test_tells_the_end_of_the_ten_hours(self, sam, clock):
        client = people.signed_in(sam)
        for _ in range(59):
            client.get("/session/")
            clock(minutes=10)
        client.get("/session/")
        clock(minutes=8)
        assert client.get("/session/").json() == {"seconds": 120}

    def test_is_401_for_somebody_signed_out(self, client, sam, clock):
        assert client.get("/session/").status_code == 401
        inside = people.signed_in(sam)
        inside.get("/form/1/")
        clock(minutes=16)
        response = inside.get("/session/")
        assert response.status_code == 401 and "15 minutes" in response.json()["message"]

    def test_is_never_cached_and_only_read(self, sam):
        client = people.signed_in(sam)
        assert "no-store" in client.get("/session/")["Cache-Control"]
        assert client.post("/session/").status_code == 405


# The second factor ---------------------------------------------------------------------------------------------------


class TestSecondFactor:
    @pytest.mark.parametrize("role", Role.values)
    def test_is_asked_of_every_role(self, role):
        client = people.signed_in(people.make_person(role), second_factor=False)
        for door in ("/form/1/", "/home/", "/sign-in/devices/", "/sign-in/password/", "/sign-in/second-step/codes/"):
            response = client.get(door)
            assert response.status_code == 302 and response["Location"] == "/sign-in/second-step/", door
        page = client.get("/sign-in/second-step/")
        assert page.status_code == 200 and b"choose a second step of signing in" in page.content

    def test_is_asked_of_somebody_without_a_role(self, sam):
        assert people.signed_in(sam, second_factor=False).get("/form/1/").status_code == 302

    def test_opens_the_doors_once_used(self, sam):
        assert people.signed_in(sam).get("/form/1/").status_code == 200

    def test_of_somebody_else_does_not_count(self, sam):
        client = people.signed_in(sam)
        session = client.session
        session["account_authentication_methods_user"] = str(people.make_person().pk)
        session.save()
        assert client.get("/form/1/").status_code == 302

    def test_costs_no_query(self, sam, django_assert_num_queries):
        client = people.signed_in(sam)
        client.get("/form/1/")
        with django_assert_num_queries(3):  # session, user, what was kept
            client.get("/form/1/")

    def test_may_be_off_in_a_demonstration(self, sam, settings):
        settings.SECOND_FACTOR = False
        assert people.signed_in(sam, second_factor=False).get("/form/1/").status_code == 200

    def test_leaves_the_public_pages_and_the_way_out_open(self, sam):
        client = people.signed_in(sam, second_factor=False)
        for door in ("/", "/help/", "/live", "/sign-in/out/", "/session/"):
            assert client.get(door).status_code == 200, door

    def test_tells_a_script_in_json(self, sam):
        response = people.signed_in(sam, second_factor=False).get("/form/1/", HTTP_ACCEPT="application/json")
        assert response.status_code == 403 and response.json()["message"]

    def test_of_the_forces_own_sign_in_counts(self, sam):
        client = people.signed_in(sam, second_factor=False)
        session = client.session
        session[middleware.IDP_FACTOR] = str(sam.pk)
        session.save()
        assert client.get("/form/1/").status_code == 200


# Caches --------------------------------------------------------------------------------------------------------------


class TestNoStore:
    def test_keeps_pages_of_signed_in_people_out_of_caches(self, sam):
        client = people.signed_in(sam)
        for door in ("/form/1/", "/help/", "/nothing/", "/sign-in/second-step/"):
            assert "no-store" in client.get(door)["Cache-Control"], door

    def test_keeps_the_sign_in_pages_out(self, client):
        for door in ("/sign-in/", "/sign-in/password/forgotten/", "/form/1/"):
            assert "no-store" in client.get(door)["Cache-Control"], door

    def test_leaves_public_pages_alone(self, client):
        assert "Cache-Control" not in client.get("/help/")

    def test_clears_what_the_browser_kept_on_signing_out(self, sam):
        client = people.signed_in(sam)
        assert "Clear-Site-Data" not in client.get("/sign-in/out/")
        assert client.post("/sign-in/out/")["Clear-Site-Data"] == '"cache", "storage"'
        assert client.get("/form/1/").status_code == 302

    def test_keeps_other_sites_out(self, client):
        response = client.get("/help/")
        assert response["Cross-Origin-Embedder-Policy"] == "require-corp"
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_body_of_a_refused_request_is_not_asked_for_again(client):
    response = client.post("/sign-in/", BytesIO(b"words=%00").read(), content_type=FORM)
    assert response.status_code == 400
