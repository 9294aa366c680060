"""What every page is given: whether this is a demonstration, and where this person may go."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Entry:
    """One place in the service's navigation: its words, its URL's name, and who is shown it."""

    text: str
    url_name: str
    shown_to: Callable = lambda user: True

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
    if all(entry.url_name != url_name for entry in NAVIGATION):
        NAVIGATION.append(Entry(text, url_name, shown_to))


def navigation_for(user, path):
    """The places this person may go, as the service navigation takes them; the one they are in is marked."""
    entries = []
    for entry in NAVIGATION:
        href = entry.href()
        if href and entry.shown_to(user):
            item = {"text": entry.text, "href": href}
            if path == href:
                item["current"] = True
            elif path.startswith(href):
                item["active"] = True
            entries.append(item)
    return entries


def campion(request):
    """Template context of every page: `demo`, `navigation`, `session_warn_seconds`, `session_idle_seconds`."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    return {
        "demo": settings.DEMO,
        "signed_in": signed_in,
        "navigation": navigation_for(user, request.path) if signed_in else [],
        "session_warn_seconds": settings.SESSION_WARN_SECONDS,
        "session_idle_seconds": settings.SESSION_IDLE_SECONDS,
    }
