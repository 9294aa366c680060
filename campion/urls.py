"""Every address. The apps are included by string, so nothing here imports them."""

from django.conf import settings
from django.urls import include, path, register_converter

from campion.converters import Reference
from campion.views import errors, front, health, home, outbox, session, typed

register_converter(Reference, "ref")

urlpatterns = [
    path("", front.front, name="front"),
    path("help/", front.help_page, name="help"),
    path("accessibility/", front.accessibility, name="accessibility"),
    path("privacy/", front.privacy, name="privacy"),
    path("live", health.live, name="live"),
    path("ready", health.ready, name="ready"),
    path("home/", home.home, name="home"),
    path("session/", session.stay, name="session"),
    path("typed/", typed.typed, name="typed"),
    path("messages/", outbox.outbox, name="outbox"),
    path("messages/words/", outbox.words, name="message-words"),
    path("messages/again/", outbox.all_again, name="messages-again"),
    path("messages/<int:key>/again/", outbox.again, name="message-again"),
    path("sign-in/", include("campion.accounts_urls")),
    path("reports/", include("reports.urls")),
    path("support/", include("victims.urls")),
    path("", include("figures.urls")),
]

if settings.GALLERY:
    from campion.views import gallery

    urlpatterns.append(path("gallery/", gallery.gallery, name="gallery"))

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.broken
