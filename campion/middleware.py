"""What happens around every request. The order is in settings.MIDDLEWARE; each class says what it needs before it."""

import contextlib
import ipaddress
import time
import uuid
from urllib.parse import unquote_to_bytes, urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpResponseRedirect, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from campion import audit, kept
from campion.views import errors

MOST_URL = 4096
"""Bytes of path and query string (R16)."""
MOST_BODY = settings.EVIDENCE_REPORT_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE


class _Around:
    def __init__(self, get_response):
        self.get_response = get_response


# What a request may hold ---------------------------------------------------------------------------------------------


class TooLarge(Exception):
    """A body over the limits of R16."""


class BadInput(_Around):
    """Refuse what no browser sends and no column holds, before anything else sees it; say where a request is from.

    NUL, half a surrogate pair, bytes that are not UTF-8, an address over 4 KB, a form of other than UTF-8, a wrong Host
    or a forged chain of proxies: 400. Too large: 413. Each with a page. Comes before sessions.
    """

    def __call__(self, request):
        request.request_id = uuid.uuid4().hex
        origin = audit.origin.set(audit.Origin(request_id=request.request_id))
        try:
            response = self._refused(request) or self.get_response(request)
        finally:
            audit.origin.reset(origin)
        response["X-Request-ID"] = request.request_id
        return response

    def _refused(self, request):
        try:
            request.get_host()
            _check_address(request)
            _check_cookies(request)
            audit.origin.set(
                audit.Origin(request.request_id, session_hash(_session_cookie(request)), short_address(request))
            )
            if request.method == "POST":
                _check_body(request)
        except (TooLarge, RequestDataTooBig):
            _drop_body(request)
            return errors.answer(request, 413)
        except (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError):
            _drop_body(request)
            return errors.answer(request, 400)
        return None


def _drop_body(request):
    """Close the files that were sent, and give an empty body to whoever asks for it again."""
    if hasattr(request, "_files"):
        for _, files in request._files.lists():
            for file in files:
                file.close()
    request._mark_post_parse_error()


def _check_text(raw):
    """Refuse bytes that are not UTF-8 (half a surrogate pair is not) or hold NUL."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as broken:
        raise BadRequest("not UTF-8") from broken
    if "\0" in text:
        raise BadRequest("NUL")


def _check_address(request):
    path = request.path_info.encode("utf-8", "surrogatepass")
    query = request.META.get("QUERY_STRING", "").encode("latin-1", "replace")
    if len(path) + len(query) > MOST_URL:
        raise BadRequest("the address is too long")
    _check_text(unquote_to_bytes(path))  # Django leaves bytes that are not UTF-8 in it, written as %FF
    _check_text(unquote_to_bytes(query))
    request.GET  # noqa: B018 - too many parts are refused here


def _check_cookies(request):
    for value in request.COOKIES.values():  # a quoted cookie may hold any byte, written as \000
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise BadRequest("a cookie with NUL")


def _check_body(request):
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        raise BadRequest("the length of the body is not a number")
    if int(length[:20]) > MOST_BODY:
        raise TooLarge
    # Another charset would be decoded by whatever codec of that name is installed.
    if request.content_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise BadRequest("a form of other than UTF-8")
    if request.content_type == "application/x-www-form-urlencoded":
        _check_text(unquote_to_bytes(request.body))
    for name, values in request.POST.lists():
        if any("\0" in text for text in (name, *values)):
            raise BadRequest("NUL")
    for name, files in request.FILES.lists():
        if any("\0" in text for text in (name, *(file.name or "" for file in files))):
            raise BadRequest("NUL in the name of a file")


def _session_cookie(request):
    return request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")


def session_hash(key):
    """Give the short keyed hash by which the log tells sessions apart; empty without a session."""
    return audit.hashed(key) if key else ""


def short_address(request):
    """Give the client's network: /24 of IPv4, /48 of IPv6, as much as the log may keep; empty when there is none.

    Behind TRUSTED_PROXY_COUNT proxies it is what the outermost of them wrote, and nothing that a client put before it.

    :raises BadRequest: when the proxies' chain is shorter than it must be, or holds no address
    """
    address = request.META.get("REMOTE_ADDR", "")
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if proxies and (chain := request.headers.get("X-Forwarded-For")):
        hops = [hop.strip() for hop in chain.split(",")]
        if len(hops) < proxies:
            raise BadRequest("the chain of proxies is too short")
        address = hops[-proxies]
    if not address:
        return ""
    try:
        known = ipaddress.ip_address(address)
    except ValueError as broken:
        raise BadRequest("the client's address is none") from broken
    if known.version == 6 and known.ipv4_mapped:
        known = known.ipv4_mapped
    network = ipaddress.ip_network((known, 24 if known.version == 4 else 48), strict=False)
    return str(network)


# What was typed is never lost ----------------------------------------------------------------------------------------

OLD_FORM, NO_SESSION, NO_SECOND_FACTOR = "old form", "no session", "no second factor"

SIGN_IN_AND_IT_IS_THERE = (
    "You were signed out before your last page was saved. What you typed is kept. Sign in, and it will be on the page."
)
SOMEBODY_ELSE = errors.Problem(
    "Somebody else opened that page",
    "What was typed is kept for them, and only they can see it. Nothing was sent.",
    "If it was you under another sign-in, sign out and sign in as that person: your words will be on the page.",
)


def csrf_refused(request, reason=""):
    """Answer a form whose token is missing or older than the session: settings.CSRF_FAILURE_VIEW.

    A form of the sign-in pages is shown again, fresh: it was open in two tabs, and one of them signed in.
    """
    request.turned_away = OLD_FORM
    with contextlib.suppress(Resolver404):
        if resolve(request.path).url_name in {"account_login", "mfa_authenticate", "account_logout"}:
            _say_once(request, "This page had been open for some time. Nothing was sent. Please try again.")
            return HttpResponseRedirect(_to_a_page(request, request.get_full_path()))
    return errors.csrf_failure(request, reason)


class KeepWhatWasTyped(_Around):
    """Keep a POST that was turned away, for the person and page named in its signed `held` field, and lead them back.

    Turned away means: signed out, a token older than the session, no second factor yet. The text is shown on that
    page after that person signs in, and never applied by itself; another person never sees it. Needs messages.
    """

    def __call__(self, request):
        response = self.get_response(request)
        why = getattr(request, "turned_away", None)
        if why is None or request.method != "POST":
            return response
        if not (token := request.POST.get(kept.FIELD)) or not (holder := kept.holder_of(token)):
            return response
        writer, path = holder
        files = any(file.size for _, sent in request.FILES.lists() for file in sent)
        if not kept.keep(writer, path, request.POST, timezone.now(), held=True, files=files):
            return response
        user = request.user
        if wants_json(request):
            return JsonResponse(
                {"message": "You have been signed out. What you typed is kept: sign in, and it will be on this page."},
                status=401 if why == NO_SESSION else 403,
            )
        if user.is_authenticated and user.pk != writer.pk:
            return errors.answer(request, 403, SOMEBODY_ELSE)
        if why == NO_SECOND_FACTOR:
            return response
        if user.is_authenticated:
            return HttpResponseRedirect(path)
        _say_once(request, SIGN_IN_AND_IT_IS_THERE)
        return to_sign_in(path)


def wants_json(request):
    """Whether a script asked, rather than a page."""
    return request.headers.get("X-Autosave") == "1" or request.headers.get("Accept", "").startswith("application/json")


def to_sign_in(path):
    """Lead to the sign-in page, and from there to a path of this service."""
    return HttpResponseRedirect(f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': path})}")


def _say_once(request, words):
    """Add a message for the next page, unless it waits there already: several tabs may be turned away at once."""
    waiting = messages.get_messages(request)
    if all(str(message) != words for message in waiting):
        messages.info(request, words)
    waiting.used = False


def _to_a_page(request, path):
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else reverse("front")


# Sessions ------------------------------------------------------------------------------------------------------------

STARTED, LAST = "started_at", "last_at"
IDLE, LONG = "idle", "long"
ENDED = {
    IDLE: "You were signed out because nothing had happened for 15 minutes. Sign in to go on where you were.",
    LONG: "You were signed out because 10 hours had passed since you signed in. Sign in to go on where you were.",
    None: "You have been signed out. Sign in to go on where you were.",
}


class SessionClock(_Around):
    """End a session after 15 idle minutes, or 10 hours after it began. Needs the user.

    A GET writes the time of last contact at most once a minute; a POST, which writes anyway, always does. The seconds
    that are left are exact in both: `seconds_left(request)`.
    """

    def __call__(self, request):
        if request.user.is_authenticated and (ended := self._ended(request)):
            request.session_ended = ended
            logout(request)
        response = self.get_response(request)
        if getattr(request, "session_ended", None):
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def _ended(self, request):
        now, session = time.time(), request.session
        started, last = session.get(STARTED), session.get(LAST)
        if started is None or last is None:
            start_clock(request)
            return None
        if now - started > settings.SESSION_COOKIE_AGE:
            return LONG
        if now - last > settings.SESSION_IDLE_SECONDS:
            return IDLE
        if request.method != "GET" or now - last >= settings.SESSION_TOUCH_SECONDS:
            touch(request)
        return None


def start_clock(request):
    """Begin the session's time: at sign-in."""
    request.session[STARTED] = request.session[LAST] = time.time()


def touch(request):
    """Write down that the person is there."""
    request.session[LAST] = time.time()


def session_age(request):
    """Give the seconds since this person signed in; infinite when nobody has."""
    started = request.session.get(STARTED) if request.user.is_authenticated else None
    return float("inf") if started is None else time.time() - started


def seconds_left(request):
    """Give the whole seconds until this session ends if nothing happens; 0 when nobody is signed in."""
    session, now = request.session, time.time()
    if not request.user.is_authenticated or LAST not in session:
        return 0
    idle = session[LAST] + settings.SESSION_IDLE_SECONDS - now
    return max(0, int(min(idle, session[STARTED] + settings.SESSION_COOKIE_AGE - now)))


class SignInRequired(LoginRequiredMiddleware):
    """Lead whoever is not signed in to the sign-in page, saying why if a session had ended; a script is answered 401.

    A view opts out with `login_not_required`; a test keeps the list of those.
    """

    def handle_no_permission(self, request, view_func):
        request.turned_away = NO_SESSION
        ended = getattr(request, "session_ended", None)
        if wants_json(request):
            return JsonResponse({"message": ENDED[ended]}, status=401)
        if ended or _session_cookie(request):
            _say_once(request, ENDED[ended])
        return to_sign_in(request.get_full_path() if request.method == "GET" else _page_of(request))


def _page_of(request):
    """Where the form of a POST stood, when the browser says so: the address of the POST may not be a page."""
    try:
        came = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return request.path
    here = came.netloc == request.get_host() and url_has_allowed_host_and_scheme(came.path, allowed_hosts=None)
    return came.path if here else request.path


ENROLMENT = frozenset({"mfa_index", "mfa_activate_totp", "mfa_add_webauthn"})
"""The doors to a first second factor, open to somebody who has none."""
ALWAYS_OPEN = frozenset(
    {"account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "account_logout", "session"}
)
"""The doors open to everybody who is signed in: to prove a factor that they have, and the way out."""
AFTER_ENROLMENT = "after_enrolment"
SET_UP_FIRST = (
    "Before you go on, choose a second step of signing in. A password alone does not open reports about people."
)
IDP_FACTOR = "second_factor_by_provider"
"""Set in the session by campion.accounts when the force's own sign-in vouched for a second factor."""


class SecondFactor(_Around):
    """Let nobody in who has not used a second factor in this session, whatever their role.

    It is read from the session, where allauth writes how somebody signed in: no query. Doors are exempt by the name of
    their URL, or because nobody need sign in for them. Who has a factor is asked for it, and cannot add another first;
    who has none is led to set one up. Off in a demonstration alone. Needs the user.
    """

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not settings.SECOND_FACTOR or not getattr(view_func, "login_required", True):
            return None
        if not request.user.is_authenticated or has_second_factor(request):
            return None
        door = request.resolver_match.url_name
        if door in ALWAYS_OPEN:
            return None
        enrolled = is_mfa_enabled(request.user)
        if door in ENROLMENT and not enrolled:
            return None
        request.turned_away = NO_SECOND_FACTOR
        if wants_json(request):
            return JsonResponse({"message": "A second step of signing in is needed first."}, status=403)
        path = request.get_full_path() if request.method == "GET" else _page_of(request)
        if enrolled:
            return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': path})}")
        if door not in ENROLMENT:
            request.session[AFTER_ENROLMENT] = path
        _say_once(request, SET_UP_FIRST)
        return redirect("mfa_index")


def has_second_factor(request):
    """Whether a second factor was used in this session, here or with the force's own sign-in."""
    if request.session.get(IDP_FACTOR) == str(request.user.pk):
        return True
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


# What a browser may keep ---------------------------------------------------------------------------------------------


class NoStore(_Around):
    """Keep pages of people who are signed in, and the sign-in pages, out of every cache; and pages out of each other.

    Signing out clears what the browser kept. Comes directly after sessions, so that every answer passes it.
    """

    def __call__(self, request):
        response = self.get_response(request)
        signed_in = request.session.accessed and SESSION_KEY in request.session
        at_sign_in = request.path.startswith(reverse(settings.LOGIN_URL))
        if signed_in or at_sign_in or getattr(request, "turned_away", None):
            patch_cache_control(response, no_store=True)
        if request.method == "POST" and request.path == reverse("account_logout") and not signed_in:
            response["Clear-Site-Data"] = '"cache", "storage"'
        response.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
