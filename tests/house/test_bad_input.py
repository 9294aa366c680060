"""Every form of every page is sent what nobody should send: a clear answer of 4xx, or the form again; never a 500.

Fields are read off the pages themselves, so a new form cannot be forgotten. What is honest and odd is kept as typed.
A page that stands for itself is sent every odd value. Pages that are tried together share the values out: each kind of
field takes them in turn, from page to page, and each page gets several. With CAMPION_SOAK=1 (`make soak`) each page is
sent every one of them, as well.
"""

import os
import re
from contextlib import contextmanager
from html.parser import HTMLParser
from itertools import cycle
from urllib.parse import quote_plus

import pytest
from django.test import Client, TestCase

from campion.roles import Role
from reports import actions
from reports.models import Incident, Version
from tests import world
from tests.people import signed_in
from tests.victims import carried
from tests.world import MONDAY
from victims.models import Referral

pytestmark = pytest.mark.django_db

MARK = "Canary"
ODD = {
    "NUL": "a%00b",
    "lone surrogate": "%ED%A0%80",
    "invalid UTF-8": "%FF%FE%C0%80",
    "20,001 characters": "x" * 20_001,
    "25,000 brackets": "%5B" * 25_000,
    "5,000 digits": "9" * 5000,
    "negative": "-1",
    "giant exponent": "1E%2B999999",
    "not a number": "NaN",
    "infinite": "Infinity",
    "year 10000": "10000",
    "Arabic digits": quote_plus("٣٤"),
    "full-width digits": quote_plus("１２"),
    "right to left": quote_plus("\u202eoops\u2066"),
    "a tower of marks": quote_plus("Z" + "\u0300" * 2000),
    "emoji and astral": quote_plus("👮🏽‍♀️𝔘𝔫𝔦"),
    "only zero width": quote_plus("\u200b\u200b"),
    "only spaces": "+++",
    "script": quote_plus('"><script>alert(1)</script><img src=x onerror=alert(1)>'),
    "template": quote_plus("{{7*7}}{% debug %}${7*7}"),
    "SQL": quote_plus("' OR 1=1; -- %_\\"),
    "header": "a%0D%0ASet-Cookie:x=1",
    "formula": quote_plus("=cmd()|'/c calc'!A0"),
    "a key": "00000000-0000-0000-0000-000000000000",
    "a path": quote_plus("../../../etc/passwd"),
}
TO_CHOOSE = {
    "NUL", "lone surrogate", "invalid UTF-8", "20,001 characters", "5,000 digits", "negative", "Arabic digits",
    "emoji and astral", "script", "a key",
}  # fmt: skip
"""What is sent to a page on which nothing is typed: a list of answers knows only those in it and those that are not."""
UNREADABLE = ("NUL", "lone surrogate", "invalid UTF-8")
"""What is refused before any form is asked."""
SOAK = os.environ.get("CAMPION_SOAK") == "1"
FORGED = ("status", "reporter", "restricted", "unit", "version", "owner", "is_superuser")
"""Names of columns that no form asks for."""
TYPED = {"text", "email", "tel", "password", "search", "number", "date", "time"}
QUERIES = [
    "page=0", "page=-1", f"page={10**30}", "page=NaN", "page=%00", "sort=password", "sort=-", "sort=%00", "tab=nothing",
    "kind=%27", "unit=999999999999999999999", "unit=-1", "unit=x", "state=%ED%A0%80", "held=x",
    f"next=//{MARK}.example", "q=" + "x" * 5000, "page=1&page=2",
]  # fmt: skip


class Fields(HTMLParser):
    """The fields of the forms that a page posts: what stands in each, and of what kind it is."""

    def __init__(self, page):
        super().__init__()
        self.names, self.kinds, self.posts, self._posts = {}, {}, False, False
        self.feed(page)
        self.names.pop("csrfmiddlewaretoken", None)
        self.typed = bool({"textarea", *TYPED} & {self.kinds[name] for name in self.names})

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self._posts = given.get("method", "get") == "post"
            self.posts |= self._posts
        elif self._posts and given.get("name") and tag in ("input", "select", "textarea", "button"):
            self.names.setdefault(given["name"], given.get("value") or "")
            self.kinds.setdefault(given["name"], given.get("type", "text") if tag == "input" else tag)

    def handle_endtag(self, tag):
        if tag == "form":
            self._posts = False


class Sender:
    """Sends pages what nobody should send, and remembers what was sent to which kind of field.

    :param still: what has to hold after each answer
    """

    def __init__(self, still=None):
        self.still, self.tried, self.met = still, 0, {}
        self._unreadable, self._turns = cycle(UNREADABLE), {}

    def send(self, client, address):
        """Send a page its share of the odd values, then what stands with columns that nobody asked for.

        Twice or four times each field has another value; every other time what is hidden stays as it stands, so that
        the form is asked and not only what it was drawn from. What an answer did is taken back before the next.
        """
        form = self._open(client, address)
        if not form:
            return
        sent = [dict.fromkeys(form.names, next(self._unreadable))] if form.names else []
        for time in range(4 if form.typed else 2 if form.names else 0):
            sent.append({name: self._next(kind) for name, kind in form.kinds.items() if time % 2 or kind != "hidden"})
        for odd in sent:
            with taken_back():
                self._post(client, address, odd, form)
        with taken_back():
            self._forge(client, address, form)
        if SOAK:
            with taken_back():
                self.send_everything(client, address)

    def send_everything(self, client, address):
        """Send each odd value in every field of a page at once, and then what stands with the forged columns.

        What an answer did stands for the next.
        """
        form = self._open(client, address)
        if not form:
            return
        for what in ODD:
            if form.typed or what in TO_CHOOSE:
                self._post(client, address, dict.fromkeys(form.names, what), form)
        self._forge(client, address, form)

    def kinds_that_met_all(self):
        """Give the kinds of field to which every odd value that a form can read was sent."""
        return {kind for kind, met in self.met.items() if met >= ODD.keys() - set(UNREADABLE)}

    def _open(self, client, address):
        page = client.get(address)
        assert page.status_code in (200, 302), (address, page.status_code)
        form = Fields(page.content.decode())
        return form if form.posts else None

    def _next(self, kind):
        turns = self._turns.setdefault(kind, cycle(what for what in ODD if what not in UNREADABLE))
        return next(turns)

    def _post(self, client, address, odd, form):
        """Send this page these odd values, by the name of the field, and elsewhere what stands."""
        body = "&".join(
            f"{quote_plus(name)}={ODD[odd[name]] if name in odd else quote_plus(standing)}"
            for name, standing in form.names.items()
        )
        answer = client.post(address, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code < 500, f"{odd} at {address}: {answer.status_code}"
        assert b"<script>alert" not in answer.content, f"{odd} at {address}"
        for name, what in odd.items():
            self.met.setdefault(form.kinds[name], set()).add(what)
        assert not self.still or self.still(), f"{odd} at {address}"
        self.tried += 1

    def _forge(self, client, address, form):
        standing = {name: value for name, value in form.names.items() if name not in ("do",)}
        assert client.post(address, standing | dict.fromkeys(FORGED, "1")).status_code < 500, address
        assert not self.still or self.still(), f"{FORGED} at {address}"
        self.tried += 1


@contextmanager
def taken_back():
    """As a test takes back what it does: what is inside may begin and end transactions of its own."""
    atomics = TestCase._enter_atomics()
    try:
        yield
    finally:
        TestCase._rollback_atomics(atomics)


@pytest.fixture
def sender():
    return Sender()


class Scene:
    def __init__(self):
        self.place = world.make_force()
        self.supervisor = world.make_person(self.place.team, Role.SUPERVISOR)
        world.make_person(self.place.north, Role.SUPERVISOR)
        self.officer, self.colleague = world.make_person(self.place.team), world.make_person(self.place.team)
        self.welfare = world.make_person(self.place.root, Role.WELFARE)
        self.governance = world.make_person(self.place.root, Role.GOVERNANCE)
        self.inspector = world.make_person(self.place.root, Role.INSPECTOR)


@pytest.fixture
def scene():
    return Scene()


QUESTIONS = [
    *(f"edit/{name}/" for name in ("who", "people", "when", "late", "where", "support", "words")),
    *(f"edit/{name}/{n}/" for name in ("what", "advice", "injured", "exposure") for n in (1, 2)),
]
SECTIONS = [
    *(
        f"section/{name}/"
        for name in ("place", "told", "activity", "weapons", "suspects", "crime", "witnesses", "privacy")
    ),
    *(f"section/{name}/1/" for name in ("detail", "injury", "equipment")),
    "section/suspects/add/",
    "section/witnesses/add/",
]


@pytest.mark.parametrize("pages", [QUESTIONS[:7], QUESTIONS[7:], SECTIONS[:7], SECTIONS[7:]])
def test_the_pages_of_a_draft(scene, pages):
    draft = world.make_draft(
        scene.officer,
        colleagues=[scene.colleague],
        conducts=[["spit"], ["punch"]],
        words=f"{MARK} words",
        support="yes",
    )
    client, sender = signed_in(scene.officer), Sender(still=Incident.objects.filter(pk=draft.pk, status="draft").exists)
    for page in pages:
        sender.send(client, f"/reports/{draft.reference}/{page}")
    assert sender.tried >= 3 * len(pages)
    assert sender.kinds_that_met_all()


def test_the_last_page_submits_once_or_not_at_all(scene, sender):
    draft = world.make_draft(scene.officer)
    sender.send_everything(signed_in(scene.officer), f"/reports/{draft.reference}/check/")
    assert sender.tried > len(TO_CHOOSE)
    assert Version.objects.count() <= 1


def test_the_quick_log(scene, sender):
    sender.send_everything(signed_in(scene.officer), "/reports/log/")
    assert sender.tried > len(ODD)


@pytest.mark.parametrize(
    ("person", "pages"),
    [
        ("supervisor", ["return/", "accept/", "officer/", "contact/1/", "correct/place_type/", "correct/district/"]),
        ("supervisor", ["correct/occurred/", "correct/conducts/1/", "correct/injury/1/", "merge/"]),
        ("colleague", ["take-over/", "add/"]),
        ("officer", ["add/", "who-must-not-see/", "few-readers/", "withdraw/"]),
    ],
)
def test_the_pages_of_a_submitted_report(scene, sender, person, pages):
    report = world.make_submitted_incident(scene.officer, colleagues=[scene.colleague], conducts=[["spit"], ["punch"]])
    client = signed_in(getattr(scene, person))
    for page in pages:
        sender.send(client, f"/reports/{report.reference}/{page}")
    assert sender.tried >= 3 * len(pages)


KINDS_TRIED = ("crime-recorded", "bailed", "view-taken", "disposal", "sentence")
"""Between them they ask every sort of question."""


def test_the_pages_of_a_case_and_of_fitness_for_duty(scene, sender):
    report = world.make_submitted_incident(scene.officer, colleagues=[scene.colleague], conducts=[["spit"], ["punch"]])
    investigator = world.make_person(scene.place.other_team)
    usher = world.make_person(scene.place.root, Role.WITNESS_CARE)
    adviser = world.make_person(scene.place.root, Role.HEALTH_SAFETY)
    by = {"by": world.fresh(scene.supervisor), "at": MONDAY}
    actions.assign_officer(incident=report, officer=investigator, **by)
    facts = {"charge": "Assault", "decided_by": "cps"}
    charge = actions.enter_event(incident=report, kind="charged", facts=facts, happened_at=MONDAY, **by)
    base, court = f"/reports/{report.reference}/", f"/reports/court/{report.reference}/"
    for person, pages in (
        (investigator, [f"{base}case/add/", *(f"{base}case/add/{kind}/" for kind in KINDS_TRIED)]),
        (usher, [f"{court}add/", f"{court}add/sentence/", f"{court}add/hearing-listed/"]),
        (scene.officer, [f"{base}safety/1/"]),
        (adviser, [f"/reports/safety/{report.reference}/1/"]),
        (scene.supervisor, [f"{base}safety/1/", f"{base}case/{charge.key}/strike/"]),  # last: it ends the court's pages
    ):
        client = signed_in(person)
        for page in pages:
            sender.send(client, page)
    assert sender.tried > 70
    assert {"text", "radio", "hidden"} <= sender.kinds_that_met_all()
    for person, page in ((investigator, "cases"), (usher, "court"), (adviser, "safety")):
        client = signed_in(person)
        for query in QUERIES:
            assert client.get(f"/reports/{page}/?{query}").status_code < 500


def test_the_pages_of_support(scene, sender):
    world.make_submitted_incident(scene.officer)
    reference = Referral.objects.get().reference
    client = signed_in(scene.officer)
    own = ("", "choose/", "contact/", "contacts/", "consents/give/", "people/close/", "people/speaks/", "my-statement/")
    for page in (*own, "complain/"):
        sender.send(client, f"/support/{reference}/{page}")
    assert sender.tried >= 4 * len(own)
    for query in ("service=%00", "service=unison", "about=%ED%A0%80", f"about={MARK}"):
        for page in ("consents/give/", "complain/", "rights/"):
            assert client.get(f"/support/{reference}/{page}?{query}").status_code in (200, 400)


def test_the_pages_of_a_case_that_is_carried(sender):
    case = carried.Scene()
    client = signed_in(case.carrier)
    pages = sorted(carried.everything(case).values())
    for path in pages:
        sender.send(client, path)
    assert sender.tried >= 4 * len(pages)
    assert {"text", "radio", "textarea", "hidden"} <= sender.kinds_that_met_all()


def test_sign_in(sender):
    for page in ("/sign-in/", "/sign-in/password/forgotten/"):
        sender.send_everything(Client(), page)
    assert sender.tried > 20


ROLES = ["officer", "supervisor", "welfare", "governance", "inspector"]
LISTS = ("/reports/", "/reports/queue/", "/reports/queue/figures/", "/reports/duties/", "/reports/restricted/",
         "/support/", "/support/desk/", "/support/team/figures/", "/home/", "/help/", "/")  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_addresses_with_odd_queries(scene, role):
    """Every list is asked every query; by one role or two, and with CAMPION_SOAK=1 by all."""
    client = signed_in(getattr(scene, role))
    for turn, address in enumerate(LISTS, ROLES.index(role)):
        for query in QUERIES if SOAK else QUERIES[turn % 3 :: 3]:
            answer = client.get(f"{address}?{query}")
            assert answer.status_code < 500, f"{address}?{query}"
            assert MARK not in answer.headers.get("Location", "")


@pytest.mark.parametrize(
    "path",
    [
        "/reports/AR-2222-2222/", "/reports/ar-7k3m-92qf/", "/reports/AR-7K3M-92Q%00/", "/reports/%ED%A0%80/",
        "/reports/AR-7K3M-92QF/edit/nothing/", "/reports/AR-7K3M-92QF/edit/what/99999999999999999999/",
        "/reports/..%2f/",
        "/reports/AR-7K3M-92QF/evidence/not-a-key/", "/support/SR-2222-2222/", "/static/../manage.py", "/.git/config",
        "/admin/", "/reports/AR-7K3M-92QF;x=1/", "/reports//", "/" + "x" * 5000,
    ],
)  # fmt: skip
def test_addresses_that_lead_nowhere(scene, path):
    answer = signed_in(scene.officer).get(path)
    assert answer.status_code in (400, 404, 414)
    assert b"Traceback" not in answer.content


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_methods_that_no_page_takes(scene, method):
    draft = world.make_draft(scene.officer)
    client = signed_in(scene.officer)
    for path in (
        f"/reports/{draft.reference}/check/",
        f"/reports/{draft.reference}/edit/who/",
        "/reports/",
        "/support/",
    ):
        answer = getattr(client, method)(path)
        assert answer.status_code == 405 and answer.headers["Allow"]


def test_too_long_a_text_comes_back_whole_with_a_sentence(scene):
    draft = world.make_draft(scene.officer)
    text = MARK + "x" * 20_000
    answer = signed_in(scene.officer).post(f"/reports/{draft.reference}/edit/words/", {"narrative": text, "seen": ""})
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert re.search(r"20,?000", answer.content.decode())


def test_honest_odd_text_is_kept_exactly(scene):
    odd = "O’Brien-Siân said “💔” — ‮and‬ then: <b>no</b> {{x}} 'quote' \\ %s"
    draft = world.make_draft(scene.officer)
    client = signed_in(scene.officer)
    seen = Fields(client.get(f"/reports/{draft.reference}/edit/words/").content.decode()).names["seen"]
    done = client.post(f"/reports/{draft.reference}/edit/words/", {"narrative": odd, "seen": seen})
    assert done.status_code == 302
    assert Incident.objects.get(pk=draft.pk).narrative == odd
    assert "<b>no</b>" not in client.get(f"/reports/{draft.reference}/check/").content.decode()


def test_other_peoples_references_are_unknown(scene):
    draft = world.make_draft(scene.officer)
    report = world.make_submitted_incident(scene.colleague, at=MONDAY)
    stranger = signed_in(world.make_person(scene.place.other_team))
    for reference in (draft.reference, report.reference):
        for page in ("", "tasks/", "check/", "edit/who/", "receipt/", "evidence/", "who-looked/", "return/", "add/"):
            assert stranger.get(f"/reports/{reference}/{page}").status_code == 404
            assert stranger.post(f"/reports/{reference}/{page}").status_code in (404, 405)
