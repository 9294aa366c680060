"""Sign-in: what is ours in django-allauth, and the log's lines about it.

Nobody signs up: people are enrolled from the force's directory (`campion.actions.enrol`). A refusal says the same words
whether the address is unknown, the password wrong or the person shut out.
"""

from dataclasses import replace

from allauth.account import signals as account_signals
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa import signals as mfa_signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import signals as auth_signals
from django.dispatch import receiver
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_q.tasks import async_task

from campion import actions, audit, middleware
from campion.models import User
from campion.sealed import keyring

NOT_CORRECT = "The email address or the password is not correct, or this person may not sign in"
TOO_MANY = "Too many attempts. Wait 15 minutes, then try again"
NOT_IN_DIRECTORY = (
    "Your force’s sign-in worked, but nobody with that address may use Campion. Ask your force’s administrator."
)
SECOND_FACTOR_CLAIMS = frozenset({"mfa", "ngcmfa"})
"""Values of the ID token's `amr` that say a second factor was used: RFC 8176, and Entra ID's for Windows Hello."""


def is_safe_path(path):
    """Whether a path may be gone to after signing in: on this service, and nothing else."""
    return path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in with an email address and a password, for people in the directory."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": NOT_CORRECT,
        "too_many_login_attempts": TOO_MANY,
        "incorrect_code": "That code is not correct. Codes change every 30 seconds: try the one shown now",
        "incorrect_password": "The password is not correct",
        "enter_current_password": "The password is not correct",
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request):
        return False

    def clean_email(self, email):
        return User.plain_email(email) or ""

    def is_safe_url(self, url):
        return bool(url) and is_safe_path(url)

    def pre_authenticate(self, request, **credentials):
        try:
            super().pre_authenticate(request, **credentials)
        except Exception:
            _refused(request, reason_code="too_many", **credentials)
            raise

    def authenticate(self, request, **credentials):
        """Give the person, or None; somebody shut out is nobody, in the same words."""
        user = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            _refused(request, reason_code="inactive", **credentials)
            return None
        return user

    def reauthenticate(self, user, password):
        again = self.authenticate(context.request, email=user.email, password=password)
        return again is not None and again.pk == user.pk

    def is_reauthentication_required(self, *, app, **kwargs):
        """Ask again before a change to how somebody signs in, unless they have just signed in."""
        if middleware.session_age(context.request) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def respond_user_inactive(self, request, user):
        """Answer somebody shut out who has a passkey or the force's sign-in: the same words once more."""
        _refused(request, reason_code="inactive", email=user.email)
        messages.error(request, f"{NOT_CORRECT}.")
        return HttpResponseRedirect(reverse("account_login"))

    def send_notification_mail(self, template_prefix, user, context=None, email=None):
        """Send nothing here: `_changed` tells the person through the outbox, without details."""


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """The force's own sign-in (OpenID Connect, such as Entra ID): it finds people in the directory and makes none.

    The first time, the email address finds the person; from then on the provider's key for them does, so an address
    that is given to somebody else opens nothing. Only a person in the directory, and active, comes in.
    """

    def is_open_for_signup(self, request, sociallogin):
        return False

    def pre_social_login(self, request, sociallogin):
        account = sociallogin.account
        id_token = (account.extra_data or {}).get("id_token") or {}
        user = sociallogin.user if sociallogin.is_existing else self._found(account)
        if sociallogin.state.get("process") not in (None, "login") or user is None or not user.is_active:
            audit.refused("sign_in", by=None, object_type="user", reason_code="provider")
            messages.error(request, NOT_IN_DIRECTORY)
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login")))
        methods = id_token.get("amr")
        methods = methods if isinstance(methods, list) else []
        sociallogin.state["second_factor"] = any(claim in methods for claim in SECOND_FACTOR_CLAIMS)
        sociallogin.user = account.user = user
        account.extra_data = {}  # names and addresses stay with the force
        account.save()

    def _found(self, account):
        """The person whom the directory knows by the provider's address, unless another key stands for them already."""
        told = account.extra_data or {}
        claims = {**(told.get("userinfo") or {}), **(told.get("id_token") or {})}
        email = claims.get("email") or claims.get("preferred_username")
        if not isinstance(email, str) or claims.get("email_verified") is False:
            return None
        user = User.objects.filter(email=User.plain_email(email)).first()
        if user and SocialAccount.objects.filter(user=user, provider=account.provider).exists():
            return None
        return user


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors, whose secrets are sealed like every other (pitfall: in clear by default)."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def encrypt(self, text):
        return keyring().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return keyring().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self):
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}

    def send_notification_mail(self, *args, **kwargs):
        """Send nothing here: `_changed` does."""


# The log -------------------------------------------------------------------------------------------------------------


def _refused(request, *, reason_code, **credentials):
    """Record a sign-in that was refused: the address tried as a hash, since it may be nobody's, or a typed password."""
    tried = (credentials.get("email") or "").strip().lower()
    audit.refused(
        "sign_in", by=None, object_type="user", object_id=audit.hashed(tried) if tried else "", reason_code=reason_code
    )


@receiver(auth_signals.user_login_failed)
def _failed(sender, credentials, request=None, **kwargs):
    _refused(request, reason_code="credentials", **credentials)


@receiver(account_signals.user_logged_in)
def _signed_in(sender, request, user, sociallogin=None, **kwargs):
    """Start the session's clock, let the provider's second factor count, and record how the person came in."""
    middleware.start_clock(request)
    if sociallogin is not None and sociallogin.state.get("second_factor"):
        request.session[middleware.IDP_FACTOR] = str(user.pk)
    audit.origin.set(replace(audit.origin.get(), session=middleware.session_hash(request.session.session_key)))
    records = middleware.get_authentication_records(request, user)
    ways = [record.get("type") or record.get("method") for record in records]
    if request.session.get(middleware.IDP_FACTOR):
        ways.append("provider_mfa")
    _record("sign_in", user, reason_code="+".join(filter(None, ways)))


@receiver(auth_signals.user_logged_out)
def _signed_out(sender, request, user, **kwargs):
    if user is not None:
        _record("sign_out", user, reason_code=getattr(request, "session_ended", None) or "")


@receiver(mfa_signals.authentication_failed)
def _wrong_code(sender, request, user, authenticator, **kwargs):
    audit.refused("second_factor", by=user, object_type="user", object_id=str(user.pk), reason_code=authenticator.type)


@receiver(mfa_signals.authenticator_added)
def _added(sender, request, user, authenticator, **kwargs):
    """Count the factor just proved as used, and end other sessions: one of them may be somebody else's."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
        actions.end_sessions(user, but=request.session.session_key)
    _changed("add_second_factor", user, reason_code=authenticator.type)


@receiver(mfa_signals.authenticator_removed)
def _removed(sender, request, user, authenticator, **kwargs):
    _changed("remove_second_factor", user, reason_code=authenticator.type)


@receiver(mfa_signals.authenticator_reset)
def _reset(sender, request, user, authenticator, **kwargs):
    _changed("renew_second_factor", user, reason_code=authenticator.type)


@receiver([account_signals.password_changed, account_signals.password_set, account_signals.password_reset])
def _password(sender, request, user, **kwargs):
    _changed("change_password", user)


def _record(action, user, reason_code=""):
    audit.record(
        action,
        by=user,
        object_type="user",
        object_id=str(user.pk),
        subject_ids=[user.pk],
        reason_code=reason_code[:40],
    )


def _changed(action, user, reason_code=""):
    """Record a change to how somebody signs in, and tell them, in case it was not them."""
    _record(action, user, reason_code)
    async_task("campion.accounts_mail.tell_of_change", user.pk)
