"""GOV.UK Notify on this machine: it checks tokens and templates as the real one does, and keeps what it accepts.

It answers as a test tells it to, so the real code that asks it runs, over a real connection.
"""

import json
import threading
import time
import uuid
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt

SERVICE, SECRET, TEMPLATE = (str(uuid.UUID(int=number, version=4)) for number in (1, 2, 3))
KEY = f"tests-{SERVICE}-{SECRET}"

FAULTS = {
    400: ("BadRequestError", "Template not found"),
    403: ("AuthError", "Invalid token: API key not found"),
    429: ("RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"),
    500: ("Exception", "Internal server error"),
    503: ("Exception", "Service unavailable"),
}


class Notify(ThreadingHTTPServer):
    """Answers at `url`. `requests` holds every request, `accepted` every message by key, in order of arrival.

    `answer` is None for what the real one would do, a status code, "nonsense", "hang", or "hang after accepting".
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Door)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.answer, self.reached, self.ended = None, None, threading.Event()
        self.requests, self.accepted = [], {}
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def use(self, settings):
        """Let this test's mail leave by here."""
        settings.NOTIFY_API_KEY, settings.NOTIFY_TEMPLATE, settings.NOTIFY_URL = KEY, TEMPLATE, self.url
        return self

    def end(self):
        """Stop answering, and let go whoever hangs."""
        self.ended.set()
        self.shutdown()
        self.server_close()

    def sent(self):
        """Give the bodies of what was posted, accepted or not."""
        return [body for method, _, body in self.requests if method == "POST"]

    def asked(self):
        """Give the paths of what was asked."""
        return [path for method, path, _ in self.requests if method == "GET"]

    def became(self, status):
        """Say what became of every message that was accepted."""
        for message in self.accepted.values():
            message["status"] = status


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._keep(body)
        if self.server.answer == "hang after accepting":
            self._accept(body)
        if self._told_to():
            return
        if self.path != "/v2/notifications/email":
            return self._refuse(404, "NotFound", "")
        if "@" not in body["email_address"]:
            return self._refuse(400, "ValidationError", "email_address is not a valid email address")
        if body["template_id"] != TEMPLATE:
            return self._refuse(400, "BadRequestError", "Template not found")
        if set(body["personalisation"]) != {"subject", "body"}:
            return self._refuse(400, "BadRequestError", "Missing personalisation")
        self._say(201, {"id": self._accept(body), "reference": body["reference"], "content": body["personalisation"]})

    def do_GET(self):
        self._keep(None)
        if self._told_to():
            return
        place = urlsplit(self.path)
        if place.path == "/v2/notifications":
            wanted = parse_qs(place.query)["reference"]
            found = [message for message in self.server.accepted.values() if [message["reference"]] == wanted]
            return self._say(200, {"notifications": found[::-1], "links": {}})
        found = self.server.accepted.get(place.path.removeprefix("/v2/notifications/"))
        if found is None:
            return self._refuse(404, "NoResultFound", "No result found")
        self._say(200, found)

    def _keep(self, body):
        self.server.requests.append((self.command, self.path, body))

    def _accept(self, body):
        key = str(uuid.uuid4())
        self.server.accepted[key] = {
            "id": key,
            "reference": body["reference"],
            "email_address": body["email_address"],
            "status": "sending",
            "created_at": datetime.now(UTC).isoformat(),
        }
        if self.server.reached:
            self.server.reached()
        return key

    def _told_to(self):
        """Whether this request was answered already: as the test says, or because its token does not hold."""
        answer = self.server.answer
        if answer in ("hang", "hang after accepting"):
            self.server.ended.wait(30)
            self.close_connection = True
        elif answer == "nonsense":
            self._say_bytes(200, b"<html>Sign in to this network</html>")
        elif answer:
            self._refuse(answer, *FAULTS.get(answer, ("Exception", "")))
        elif not self._token_holds():
            self._refuse(403, "AuthError", "Invalid token: API key not found")
        else:
            return False
        return True

    def _token_holds(self):
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        try:
            claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_iat": False})
        except jwt.InvalidTokenError:
            return False
        return kind == "Bearer" and claims["iss"] == SERVICE and abs(time.time() - claims["iat"]) <= 30

    def _refuse(self, status, kind, sentence):
        self._say(status, {"status_code": status, "errors": [{"error": kind, "message": sentence}]})

    def _say(self, status, answer):
        self._say_bytes(status, json.dumps(answer).encode())

    def _say_bytes(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        """Say nothing."""
