"""GOV.UK Notify by its API, version 2: hand a mail over, find it by our reference, ask what became of it (ADR 13).

It knows no rows. What a fault means is read from the status code and the type of error, which Notify promises to keep,
and never from its sentence, which may change and could name an address.
"""

import time
from uuid import UUID

import jwt
import requests
from django.conf import settings

TIMEOUT = (5, 10)
"""Seconds to connect, and of silence afterwards: both requests of one message fit well into its lease."""
TYPES = {"ValidationError", "BadRequestError"}
PASSING = {408, 425, 429}
"""Refusals that the same request may not meet again later."""

DELIVERED, FORGOTTEN = "delivered", "forgotten"
BACK = {"permanent-failure", "temporary-failure", "technical-failure"}
"""What Notify calls a message that reached nobody; it does not try again by itself."""


class Fault(Exception):
    """Notify did not do what it was asked. `code` names nobody; `lasting` says that asking again would not help."""

    def __init__(self, code, *, lasting=False):
        super().__init__(code)
        self.code, self.lasting = code, lasting


def send(*, to, subject, body, reference) -> str:
    """Hand one mail over, and give the key by which Notify knows it.

    :param reference: ours, the same whenever the same message is handed over; it names nobody
    :raises Fault: if it was not taken, or if nobody can know whether it was
    """
    given = {
        "email_address": to,
        "template_id": settings.NOTIFY_TEMPLATE,
        "personalisation": {"subject": subject, "body": body},
        "reference": str(reference),
    }
    return _key_of(_ask("POST", "/v2/notifications/email", json=given))


def find(reference) -> str | None:
    """Give the key of the latest message with our reference, or None if Notify has none.

    :raises Fault: if Notify does not say
    """
    answer = _ask("GET", "/v2/notifications", params={"reference": str(reference), "template_type": "email"})
    try:
        ours = [found for found in answer["notifications"] if found["reference"] == str(reference)]
    except (KeyError, TypeError):
        raise Fault("NotifyAnswer") from None
    return _key_of(ours[0]) if ours else None


def status_of(key) -> str:
    """Give what became of a message, in Notify's word: `DELIVERED`, one of `BACK`, `FORGOTTEN`, else it is on its way.

    :raises Fault: if Notify does not say
    """
    try:
        return str(_ask("GET", f"/v2/notifications/{UUID(key)}")["status"])
    except (KeyError, TypeError):
        raise Fault("NotifyAnswer") from None
    except Fault as fault:
        if fault.code == "Notify404":
            return FORGOTTEN
        raise


def _ask(method, path, **given):
    try:
        answer = requests.request(
            method, settings.NOTIFY_URL + path, auth=_sign, timeout=TIMEOUT, allow_redirects=False, **given
        )
    except requests.Timeout:
        raise Fault("NotifyTimeout") from None
    except requests.RequestException:
        raise Fault("NotifyAway") from None
    try:
        said = answer.json()
    except ValueError:
        said = None
    if answer.status_code in (200, 201):
        if said is None:
            raise Fault("NotifyAnswer")
        return said
    raise Fault(
        _code(answer.status_code, said), lasting=400 <= answer.status_code < 500 and answer.status_code not in PASSING
    )


def _code(status, said):
    if status in (401, 403):
        return "NotifyKey"
    if status == 400:
        try:
            kind = said["errors"][0]["error"]
        except (KeyError, IndexError, TypeError):
            kind = ""
        if kind in TYPES:
            return f"Notify{kind}"
    return f"Notify{status}"


def _key_of(notification):
    try:
        return str(UUID(notification["id"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Fault("NotifyAnswer") from None


def _sign(request):
    """Sign a request with a token of this second, as Notify wants it: the key ends with the service and the secret.

    Given as `auth`, so that no .netrc of this machine can put another one in its place.
    """
    service, secret = settings.NOTIFY_API_KEY[-73:-37], settings.NOTIFY_API_KEY[-36:]
    token = jwt.encode({"iss": service, "iat": int(time.time())}, secret, algorithm="HS256")
    request.headers["Authorization"] = f"Bearer {token}"
    return request
