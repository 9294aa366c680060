"""What every page is given: whether this is a demonstration, and where this person may go."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.conf import settings
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Entry:
    """One place in the service's navigation: its words, its URL's name, and who is shown it.

    A place of work also names the roles whose queue it is (none: everybody of the workforce), says in `hint` what is
    done there, and counts with `waiting(user)` what waits there for a person. /home/ leads there.
    """

    text: str
    url_name: str
    shown_to: Callable = lambda user: True
    work: bool = False
    roles: frozenset[str] = frozenset()
    waiting: Callable | None = None
    hint: str = ""
    everywhere: bool = True
    """Whether it stands in the navigation of every page: `shown_to` may then ask the database nothing. If not, it still
    stands there for those who play its roles, and on its own pages."""

    def href(self):
        """Its address, or None while no such page is installed."""
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return None


NAVIGATION = [
    Entry("Home", "home"),
]
"""In the order of the page. An app adds its own with `offer`, in its AppConfig.ready: imports go down."""


def offer(text, url_name, shown_to=lambda user: True):
    """Add a place to the navigation, shown to those for whom `shown_to(user)` is true. Twice adds it once."""
    _add(Entry(text, url_name, shown_to))


def offer_work(text, url_name, *, role=None, shown_to=None, waiting=None, hint="", everywhere=True):
    """Add a place of work, to the navigation and to /home/: a queue, a list of one's own. Twice adds it once, for both.

    :param role: whose queue it is, one role or several; it is shown to those who play it, or without one to all who
        may report
    :param shown_to: who else decides: takes the user, gives whether they are shown it
    :param waiting: takes the user, gives how many things wait there for them
    :param hint: what is done there, in a sentence
    :param everywhere: False where `shown_to` has to ask the database: then it is on /home/ and on its own pages, and
        on every page only for those who play one of its roles
    """
    roles = frozenset([role] if isinstance(role, str) else role or ())
    if shown_to is None:
        shown_to = (lambda user: user.plays(*roles)) if roles else (lambda user: user.may_report)
    _add(Entry(text, url_name, shown_to, True, roles, waiting, hint, everywhere))


def _add(entry):
    for place, known in enumerate(NAVIGATION):
        if known.url_name == entry.url_name:
            NAVIGATION[place] = replace(known, roles=known.roles | entry.roles)
            return
    NAVIGATION.append(entry)


QUESTIONS = []
"""What /home/ may ask its reader: see `ask_at_home`."""


def ask_at_home(question):
    """Let /home/ ask a question, below the places of work.

    :param question: takes the request, gives None or the context of its template, named in it as `template`
    """
    if question not in QUESTIONS:
        QUESTIONS.append(question)


def places_of_work_for(user):
    """The places of work that this person is shown and that are installed, in the order in which they were offered."""
    return [entry for entry in NAVIGATION if entry.work and entry.shown_to(user) and entry.href()]


def navigation_for(user, path):
    """The places this person may go, as the service navigation takes them; the one they are in is marked."""
    known = [(entry, entry.href()) for entry in NAVIGATION]
    near = [
        (entry, href)
        for entry, href in known
        if href and (entry.everywhere or user.plays(*entry.roles) or path.startswith(href))
    ]
    places = [(entry, href) for entry, href in near if entry.shown_to(user)]
    within = max((href for _, href in places if path.startswith(href)), key=len, default=None)
    entries = []
    for entry, href in places:
        item = {"text": entry.text, "href": href}
        if path == href:
            item["current"] = True
        elif href == within:
            item["active"] = True
        entries.append(item)
    return entries


def campion(request):
    """Template context of every page: `demo`, `signed_in`, `navigation`, `session` (when it ends)."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    return {
        "demo": settings.DEMO,
        "signed_in": signed_in,
        "navigation": navigation_for(user, request.path) if signed_in else [],
        "session": session_times(request) if signed_in else None,
    }


def session_times(request):
    """When this session ends, for the script that warns of it: whole seconds from now.

    `left` if nothing happens, `at_most` whatever happens, `idle` after each contact, `warn` before the end.
    """
    from campion.middleware import STARTED, seconds_left  # needs models, which an AppConfig comes before

    left = seconds_left(request)
    started = request.session.get(STARTED, time.time())
    return {
        "left": left,
        "at_most": max(left, int(started + settings.SESSION_COOKIE_AGE - time.time())),
        "idle": settings.SESSION_IDLE_SECONDS,
        "warn": settings.SESSION_IDLE_SECONDS - settings.SESSION_WARN_SECONDS,
    }
