"""Sign-in: each way in and each refusal, the second factor, the password by mail, the force's own sign-in, the log."""

import re
import time
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.socialaccount.adapter import get_adapter as provider_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.urls import NoReverseMatch, include, path, reverse
from django_q.models import OrmQ

from campion import accounts, accounts_mail, actions
from campion.models import AuditEvent, User
from campion.sealed import keyring
from tests import people

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"


@pytest.fixture
def sam(db):
    return people.make_person()


def enter(client, email, password=people.PASSWORD, **more):
    return client.post(SIGN_IN, {"login": email, "password": password, **more})


def code(secret, *, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def give_app(person):
    """Give somebody an authenticator app and recovery codes; give the app's secret and the codes."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret, RecoveryCodes.activate(person).generate_codes()


def refused_words(response):
    found = re.search(r'<div class="govuk-error-summary".*?</div>\s*</div>', response.content.decode(), re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])).strip()


class TestPassword:
    def test_alone_opens_nothing_but_the_way_to_a_second_factor(self, client, sam):
        response = enter(client, sam.email)
        assert response.status_code == 302 and response["Location"] == "/home/"
        assert client.get("/home/")["Location"] == "/sign-in/second-step/"

    def test_lets_nobody_past_a_second_factor_that_is_set_up(self, client, sam):
        give_app(sam)
        assert enter(client, sam.email)["Location"] == "/sign-in/second-step/check/"
        assert client.get("/home/")["Location"].startswith("/sign-in/?")
        assert "_auth_user_id" not in client.session

    def test_takes_the_address_in_any_case(self, client, sam):
        assert enter(client, f" {sam.email.upper()} ").status_code == 302

    @pytest.mark.parametrize("who", ["wrong password", "unknown", "inactive", "no sign-in", "no password"])
    def test_is_refused_in_the_same_words_whoever_it_is(self, client, sam, who):
        email, password = sam.email, people.PASSWORD
        if who == "wrong password":
            password = "something else entirely"
        elif who == "unknown":
            email = "nobody@testshire.example"
        elif who == "inactive":
            actions.deactivate(user=sam, by=None, at=people.AT)
        elif who == "no sign-in":
            email = f"{people.make_person(sign_in=False).staff_number}@testshire.example"
        else:
            email = people.make_person(password=None).email
        response = enter(client, email, password)
        assert refused_words(response) == f"There is a problem {accounts.NOT_CORRECT}"
        assert "_auth_user_id" not in client.session

    def test_hashes_once_whether_the_address_is_known_or_not(self, client, sam, monkeypatch):
        from django.contrib.auth.hashers import MD5PasswordHasher

        hashed, encode = [], MD5PasswordHasher.encode
        monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or encode(*args))
        counts = []
        for email in (sam.email, "nobody@testshire.example"):
            hashed.clear()
            enter(client, email, "something else entirely")
            counts.append(len(hashed))
        assert counts[0] == counts[1] == 1

    def test_five_wrong_ones_close_the_account_for_a_quarter_of_an_hour(self, client, sam, time_machine):
        time_machine.move_to("2026-03-27T03:12:00Z", tick=False)
        for _ in range(5):
            assert accounts.NOT_CORRECT in refused_words(enter(client, sam.email, "something else entirely"))
        assert accounts.TOO_MANY in refused_words(enter(client, sam.email))
        assert accounts.TOO_MANY in refused_words(enter(Client(REMOTE_ADDR="192.0.2.9"), sam.email))
        assert enter(client, people.make_person().email).status_code == 302, "others come in"
        time_machine.move_to("2026-03-27T03:27:01Z", tick=False)
        assert enter(client, sam.email).status_code == 302

    def test_twenty_wrong_ones_close_an_address_for_an_hour(self, client, sam):
        for number in range(20):
            enter(client, f"nobody{number}@testshire.example", "something else entirely")
        assert accounts.TOO_MANY in refused_words(enter(client, sam.email))
        assert enter(Client(REMOTE_ADDR="192.0.2.9"), sam.email).status_code == 302

    @pytest.mark.parametrize("odd", ["", "x", "a@b", "a" * 5000 + "@x.example", "\u202ea@x.example", "é@é.example"])
    def test_odd_addresses_are_refused_with_a_sentence(self, client, odd):
        response = enter(client, odd)
        assert response.status_code in {200, 422} and b"There is a problem" in response.content

    def test_is_changed_and_ends_every_other_session(self, sam):
        here, there = people.signed_in(sam), people.signed_in(sam)
        new = {"oldpassword": people.PASSWORD, "password1": "another lantern, far away"}
        response = here.post("/sign-in/password/", {**new, "password2": new["password1"]})
        assert response.status_code == 302
        assert here.get("/sign-in/devices/").status_code == 200 and there.get("/sign-in/devices/").status_code == 302
        assert AuditEvent.objects.filter(action="change_password", actor_id=sam.pk).exists()

    @pytest.mark.parametrize("weak", ["short", "123456789012", "password1234"])
    def test_is_refused_when_weak(self, sam, weak):
        new = {"oldpassword": people.PASSWORD, "password1": weak, "password2": weak}
        assert b"There is a problem" in people.signed_in(sam).post("/sign-in/password/", new).content


class TestNext:
    def test_goes_where_the_person_was_going(self, client, sam):
        assert client.get("/sign-in/devices/?a=1")["Location"] == "/sign-in/?next=/sign-in/devices/%3Fa%3D1".replace(
            "/sign-in/devices/", "%2Fsign-in%2Fdevices%2F"
        )
        assert enter(client, sam.email, next="/sign-in/devices/?a=1")["Location"] == "/sign-in/devices/?a=1"

    @pytest.mark.parametrize(
        "away",
        "//evil.example /\\evil.example https:evil https://evil.example/ javascript:alert(1) http:///x evil "
        "http://testserver/home/ /\t/evil.example \x01//evil.example".split(" "),
    )
    def test_never_leads_away(self, client, sam, away):
        response = enter(client, sam.email, next=away)
        assert response["Location"] == "/home/"
        assert people.signed_in(sam).get(f"{SIGN_IN}?next={away}").status_code == 302


class TestSecondFactor:
    def test_by_app(self, client, sam):
        secret, _ = give_app(sam)
        enter(client, sam.email, next="/sign-in/devices/")
        response = client.post("/sign-in/second-step/check/", {"code": code(secret)})
        assert response["Location"] == "/sign-in/devices/" and client.get("/sign-in/devices/").status_code == 200
        assert AuditEvent.objects.get(action="sign_in").reason_code == "password+totp"

    def test_by_recovery_code_once(self, sam):
        _, codes = give_app(sam)
        for again, status in ((False, 302), (True, 200)):
            client = Client()
            enter(client, sam.email)
            response = client.post("/sign-in/second-step/check/", {"code": codes[0]})
            assert response.status_code == status, again
        assert b"That code is not correct" in response.content

    def test_a_code_of_the_app_counts_once(self, sam, time_machine):
        time_machine.move_to("2026-03-27T03:12:00Z", tick=False)
        secret, _ = give_app(sam)
        for status in (302, 200):
            client = Client()
            enter(client, sam.email)
            assert client.post("/sign-in/second-step/check/", {"code": code(secret)}).status_code == status

    @pytest.mark.parametrize("wrong", ["000000", "", "x" * 5000, "１２３４５６", "-1"])
    def test_a_wrong_code_is_refused_and_recorded(self, client, sam, wrong):
        give_app(sam)
        enter(client, sam.email)
        response = client.post("/sign-in/second-step/check/", {"code": wrong})
        assert response.status_code in {200, 422} and b"There is a problem" in response.content
        assert "_auth_user_id" not in client.session
        if wrong.strip():
            assert AuditEvent.objects.get(action="second_factor", outcome="refused").actor_id == sam.pk

    def test_an_old_code_is_refused(self, client, sam):
        secret, _ = give_app(sam)
        enter(client, sam.email)
        assert client.post("/sign-in/second-step/check/", {"code": code(secret, steps=-10)}).status_code == 200

    def test_five_wrong_codes_close_it_even_to_the_right_one(self, client, sam):
        secret, _ = give_app(sam)
        enter(client, sam.email)
        for _ in range(5):
            client.post("/sign-in/second-step/check/", {"code": "000000"})
        response = client.post("/sign-in/second-step/check/", {"code": code(secret)})
        assert response.status_code == 200 and accounts.TOO_MANY.encode() in response.content

    def test_is_not_reached_without_a_password(self, client):
        assert client.get("/sign-in/second-step/check/")["Location"].startswith(SIGN_IN)

    def test_secrets_are_sealed_in_the_database(self, sam):
        secret, _ = give_app(sam)
        with connection.cursor() as cursor:
            cursor.execute("SELECT data::text FROM mfa_authenticator")
            kept = " ".join(row[0] for row in cursor.fetchall())
        assert secret not in kept
        sealed = Authenticator.objects.get(type="totp").data["secret"]
        assert keyring().decrypt(sealed.encode()).decode() == secret
        assert "seed" in Authenticator.objects.get(type="recovery_codes").data

    @pytest.fixture
    def commits(self, monkeypatch):
        """Let what waits for a commit happen at once, as it does where a request commits."""
        monkeypatch.setattr(transaction, "on_commit", lambda function, **_: function())

    def enrol(self, client):
        page = client.get("/sign-in/second-step/app/")
        assert page.status_code == 200, "somebody who has just signed in is not asked again"
        secret = client.session["mfa.totp.secret"]
        return client.post("/sign-in/second-step/app/", {"code": code(secret)})

    def test_is_set_up_and_opens_the_door_that_was_asked_for(self, client, sam, commits):
        enter(client, sam.email, next="/sign-in/devices/")
        assert client.get("/sign-in/devices/")["Location"] == "/sign-in/second-step/"
        response = self.enrol(client)
        assert response["Location"] == "/sign-in/second-step/codes/"
        assert b"carry on" in client.get("/sign-in/second-step/codes/").content
        assert client.get("/home/")["Location"] == "/sign-in/devices/"
        assert client.get("/sign-in/devices/").status_code == 200
        assert AuditEvent.objects.filter(action="add_second_factor", actor_id=sam.pk, reason_code="totp").exists()

    def test_setting_it_up_ends_other_sessions(self, client, sam, commits):
        thief = Client()
        enter(thief, sam.email)
        enter(client, sam.email)
        self.enrol(client)
        assert thief.get("/sign-in/second-step/")["Location"].startswith("/sign-in/?")

    def test_a_session_without_it_cannot_add_or_see_one_when_there_is_one(self, sam):
        client = people.signed_in(sam, second_factor=False)
        give_app(sam)
        for door in ("app/", "app/remove/", "keys/add/", "keys/", "codes/", "codes/new/", "codes/download/", ""):
            response = client.get(f"/sign-in/second-step/{door}")
            assert response["Location"].startswith("/sign-in/second-step/again/?next="), door

    def test_a_session_without_it_proves_the_one_there_is(self, sam):
        client = people.signed_in(sam, second_factor=False)
        secret, _ = give_app(sam)
        door = client.get("/sign-in/devices/")["Location"]
        response = client.post(door, {"code": code(secret)})
        assert response["Location"] == "/sign-in/devices/" and client.get("/sign-in/devices/").status_code == 200

    def test_is_asked_for_again_before_a_change_later_on(self, sam, time_machine):
        time_machine.move_to("2026-03-27T03:12:00Z", tick=False)
        client = people.signed_in(sam)
        assert client.get("/sign-in/second-step/app/").status_code == 200
        time_machine.move_to("2026-03-27T03:20:00Z", tick=False)
        door = client.get("/sign-in/second-step/app/")["Location"]
        assert door.startswith("/sign-in/again/?next=")
        assert client.post(door, {"password": "something else entirely"}).status_code == 200
        assert client.post(door, {"password": people.PASSWORD})["Location"] == "/sign-in/second-step/app/"
        assert client.get("/sign-in/second-step/app/").status_code == 200

    def test_is_removed_with_a_line_in_the_log_and_a_mail(self, sam, commits):
        give_app(sam)
        client = people.signed_in(sam)
        assert client.post("/sign-in/second-step/app/remove/").status_code == 302
        assert not Authenticator.objects.filter(user=sam, type="totp").exists()
        assert AuditEvent.objects.filter(action="remove_second_factor").exists() and OrmQ.objects.exists()

    def test_of_somebody_else_is_not_to_be_touched(self, sam):
        key = Authenticator.objects.create(user=people.make_person(), type="webauthn", data={})
        for door in ("remove", "edit"):
            assert people.signed_in(sam).get(f"/sign-in/second-step/keys/{key.pk}/{door}/").status_code == 404


class TestSessions:
    def test_the_key_changes_at_sign_in(self, client, sam):
        client.get(SIGN_IN)
        session = client.session
        session["planted"] = True
        session.save()
        planted = client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        enter(client, sam.email)
        assert people.session_cookie(client) != planted
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = planted
        assert thief.get("/home/")["Location"].startswith(SIGN_IN)

    def test_signing_out_needs_a_post_and_ends_it(self, sam):
        client = people.signed_in(sam)
        cookie = people.session_cookie(client)
        assert client.get("/sign-in/out/").status_code == 200 and client.get("/sign-in/devices/").status_code == 200
        assert client.post("/sign-in/out/")["Location"] == "/"
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = cookie
        assert thief.get("/sign-in/devices/").status_code == 302
        assert AuditEvent.objects.get(action="sign_out").actor_id == sam.pk

    def test_are_listed_and_ended_everywhere(self, sam):
        clients = []
        for _ in range(2):
            client = Client()
            enter(client, sam.email)
            clients.append(people.signed_in(sam, client=client))
        here, there = clients
        assert there.get("/sign-in/devices/").status_code == 200
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM usersessions_usersession WHERE user_id = %s", [sam.pk])
            assert cursor.fetchone()[0] >= 1
        here.post("/sign-in/devices/")
        assert actions.end_sessions(sam, but=people.session_cookie(here)) >= 0

    def test_of_somebody_shut_out_are_gone(self, client, sam):
        enter(client, sam.email)
        assert UserSession.objects.filter(user=sam).count() == 1
        actions.deactivate(user=sam, by=None, at=people.AT)
        assert not UserSession.objects.filter(user=sam).exists()
        assert client.get("/home/")["Location"].startswith("/sign-in/?")


class TestForgotten:
    DOOR = "/sign-in/password/forgotten/"

    def ask(self, client, email):
        return client.post(self.DOOR, {"email": email})

    @pytest.mark.parametrize("who", ["known", "unknown", "inactive", "upper case"])
    def test_answers_the_same_with_one_row_in_the_queue(self, client, sam, who):
        email = {"unknown": "nobody@testshire.example", "upper case": sam.email.upper()}.get(who, sam.email)
        if who == "inactive":
            actions.deactivate(user=sam, by=None, at=people.AT)
        response = self.ask(client, email)
        assert response["Location"] == "/sign-in/password/forgotten/sent/" and not mail.outbox
        task = OrmQ.objects.get()
        assert task.task["func"] == "campion.accounts_mail.send_reset"
        assert task.task["args"] == (sam.pk if who in {"known", "upper case"} else 0,)
        accounts_mail.send_reset(*task.task["args"])
        assert len(mail.outbox) == (1 if who in {"known", "upper case"} else 0)

    def test_the_link_begins_with_the_name_we_gave_ourselves_and_names_nobody(self, sam):
        accounts_mail.send_reset(sam.pk)
        (sent,) = mail.outbox
        assert settings.SITE_ADDRESS + "/sign-in/password/new/" in sent.body and sam.family_name not in sent.body

    def link(self, person):
        accounts_mail.send_reset(person.pk)
        return urlsplit(re.search(r"https?://\S+", mail.outbox[-1].body)[0]).path

    def test_sets_a_password_and_ends_all_sessions(self, client, sam):
        inside = people.signed_in(sam)
        link = self.link(sam)
        form = client.get(link, follow=True)
        assert form.status_code == 200
        new = {"password1": "another lantern, far away", "password2": "another lantern, far away"}
        assert client.post(form.request["PATH_INFO"], new).status_code == 302
        assert inside.get("/sign-in/devices/").status_code == 302
        assert "_auth_user_id" not in client.session, "a new password alone signs nobody in"
        assert enter(client, sam.email, new["password1"]).status_code == 302
        assert AuditEvent.objects.filter(action="change_password", subject_ids=[sam.pk]).exists()
        assert client.get(link, follow=True).status_code == 200 and not client.post(link, new).has_header("Location")

    @pytest.mark.parametrize("link", ["1-x", "zzzzzzzzzzzzzzzz-x-y", "1-set-password", "0-0-0", "1-" + "x" * 900])
    def test_a_forged_link_is_told_in_words(self, client, sam, link):
        response = client.get(f"/sign-in/password/new/{link}/", follow=True)
        assert response.status_code in {200, 404} and b'name="password1"' not in response.content

    def test_gives_no_password_to_those_of_the_forces_own_sign_in(self, client, settings):
        settings.SOCIALACCOUNT_PROVIDERS = PROVIDERS
        self.ask(client, people.make_person(password=None).email)
        assert OrmQ.objects.get().task["args"] == (0,)


def test_a_change_is_told_by_mail_without_details(sam):
    accounts_mail.tell_of_change(sam.pk)
    accounts_mail.tell_of_change(0)
    (sent,) = mail.outbox
    assert sent.to == [sam.email] and "If it was not" in sent.body and sam.family_name not in sent.body


class TestNobodySignsUp:
    @pytest.mark.parametrize("name", ["account_signup", "account_email", "socialaccount_signup", "account_inactive"])
    def test_no_such_door(self, name):
        with pytest.raises(NoReverseMatch):
            reverse(name)

    @pytest.mark.parametrize("door", ["signup/", "email/", "3rdparty/", "login/", "social/signup/"])
    def test_no_such_address(self, client, door):
        assert client.get(SIGN_IN + door).status_code in {302, 404}
        assert client.post(SIGN_IN + door, {"email": "new@x.example"}).status_code in {302, 404}
        assert not User.objects.filter(email="new@x.example").exists()


# The force's own sign-in ---------------------------------------------------------------------------------------------

PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "force",
                "name": "Testshire",
                "client_id": "c",
                "secret": "s",
                "settings": {"server_url": "https://login.testshire.example"},
            }
        ]
    }
}
told = {}


@login_not_required
def come_back(request):
    """What allauth's callback does once the provider has answered."""
    provider = provider_adapter().get_provider(request, "force")
    login = provider.sociallogin_from_response(request, told["claims"])
    login.state = {"process": told.get("process", "login"), "next": "/sign-in/devices/"}
    return complete_social_login(request, login)


urlpatterns = [path("come-back/", come_back), path("", include("campion.urls"))]


@pytest.mark.urls("tests.campion.test_accounts")
class TestProvider:
    @pytest.fixture(autouse=True)
    def provider(self, settings):
        settings.SOCIALACCOUNT_PROVIDERS = PROVIDERS
        told.clear()

    def come(self, client, sub="sub-1", email=None, amr=None, **claims):
        token = {"sub": sub, "amr": amr, **({"email": email} if email else {}), **claims}
        told["claims"] = {"userinfo": {"sub": sub}, "id_token": token}
        return client.get("/come-back/")

    def test_finds_somebody_by_address_and_its_second_factor_counts(self, client, sam):
        response = self.come(client, email=sam.email.upper(), amr=["pwd", "mfa"])
        assert response["Location"] == "/sign-in/devices/" and client.get("/sign-in/devices/").status_code == 200
        assert AuditEvent.objects.get(action="sign_in").reason_code == "socialaccount+provider_mfa"
        assert SocialAccount.objects.get().user == sam and SocialAccount.objects.get().extra_data == {}

    @pytest.mark.parametrize("amr", [None, [], ["pwd"], "mfa", [None], [["mfa"]], {"mfa": 1}])
    def test_without_its_second_factor_one_is_set_up_here(self, client, sam, amr):
        self.come(client, email=sam.email, amr=amr)
        assert client.get("/sign-in/devices/")["Location"] == "/sign-in/second-step/"

    def test_its_second_factor_does_not_spare_one_that_is_set_up_here(self, client, sam):
        give_app(sam)
        assert self.come(client, email=sam.email, amr=["mfa"])["Location"] == "/sign-in/second-step/check/"

    def test_takes_the_name_of_entra_id_for_an_address(self, client, sam):
        assert self.come(client, preferred_username=sam.email)["Location"] == "/sign-in/devices/"

    @pytest.mark.parametrize("who", ["unknown", "inactive", "unverified", "no address", "odd address"])
    def test_lets_nobody_else_in_and_makes_nobody(self, client, sam, who):
        before = User.objects.count()
        claims = {"email": sam.email}
        if who == "unknown":
            claims = {"email": "nobody@testshire.example"}
        elif who == "inactive":
            actions.deactivate(user=sam, by=None, at=people.AT)
        elif who == "unverified":
            claims["email_verified"] = False
        elif who == "no address":
            claims = {}
        else:
            claims = {"email": ["x"]}
        response = self.come(client, **claims)
        assert response["Location"] == SIGN_IN and "_auth_user_id" not in client.session
        assert "nobody with that address" in client.get(SIGN_IN).content.decode()
        assert User.objects.count() == before and not SocialAccount.objects.exists()
        assert AuditEvent.objects.get(action="sign_in").outcome == "refused"

    def test_an_address_given_to_somebody_else_opens_nothing(self, client, sam):
        self.come(client, email=sam.email)
        thief = Client()
        assert self.come(thief, sub="sub-2", email=sam.email)["Location"] == SIGN_IN
        assert "_auth_user_id" not in thief.session

    def test_the_providers_key_still_finds_somebody_whose_address_changed(self, client, sam):
        self.come(client, email=sam.email)
        User.objects.filter(pk=sam.pk).update(email="new@testshire.example")
        other = Client()
        self.come(other, email="new@testshire.example", amr=["mfa"])
        assert other.session["_auth_user_id"] == str(sam.pk)

    def test_is_only_for_signing_in(self, sam):
        told["process"] = "connect"
        client = people.signed_in(sam)
        assert self.come(client, email=sam.email)["Location"] == SIGN_IN and not SocialAccount.objects.exists()

    def test_is_offered_on_the_sign_in_page(self, client):
        assert b"Sign in with Testshire" in client.get(SIGN_IN).content


# The log -------------------------------------------------------------------------------------------------------------


def test_a_refused_sign_in_is_recorded_without_the_address(client, sam):
    enter(client, sam.email, "something else entirely")
    (line,) = AuditEvent.objects.filter(action="sign_in")
    assert (line.outcome, line.actor_id, line.reason_code) == ("refused", None, "credentials")
    assert line.object_id and sam.email not in line.object_id
    assert line.address == "127.0.0.0/24" and line.request_id


def test_a_sign_in_and_what_follows_carry_the_same_session(client, sam):
    enter(client, sam.email)
    client.post("/sign-in/out/")
    came, went = AuditEvent.objects.filter(action__in=["sign_in", "sign_out"]).order_by("id")
    assert came.session == went.session != ""
