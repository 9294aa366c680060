"""What somebody typed on a page and did not save: kept sealed, for that person and that page alone, for thirty days.

It comes from two places: autosave of a form that is not valid yet (`keep`), and a POST that would be lost because the
session had ended or the form was older than the session (`campion.middleware.KeepWhatWasTyped`, which asks `holder_of`
and `keep`). It is shown again and never applied by itself: the person presses the button.
"""

import json
from datetime import datetime, timedelta

from django.contrib import messages
from django.core import signing
from django.db.models import Subquery
from django.http import QueryDict
from django.utils import timezone

from campion.models import KeptForm, User

FIELD = "held"
"""The name of the hidden field that holds the token."""
DAYS = 30
TOKEN_DAYS = 7
MOST_CHARACTERS = 500_000
"""About six times the longest narrative with everything around it; more than that is not typed."""
MOST_PAGES = 100
"""For one person; the oldest go."""
MOST_PATH = KeptForm._meta.get_field("path").max_length
_NEVER_KEPT = {"csrfmiddlewaretoken", FIELD}
_SALT = "campion.kept"

BACK_AGAIN = (
    "You were signed out before this page was saved. What you typed is here again. "
    "It has not been sent: check it, then use the button on the page."
)
FILES_LOST = "Files cannot be kept: choose them again."


class Typed(QueryDict):
    """What was typed: a QueryDict, fit to bind a form to.

    `at` is when, `held` whether it was held because the person was signed out (rather than saved while typing), and
    `files` whether files were sent with it, which are not kept.
    """

    at: datetime
    held: bool
    files: bool


def values_for(request) -> Typed | None:
    """Give what this person typed on this page and did not save; None if there is nothing. One query, on GET alone.

    Words that say so are added to the page's messages when it was held.
    """
    if request.method not in {"GET", "HEAD"} or not request.user.is_authenticated:
        return None
    row = _fresh(request.user, request.path).values_list("values", flat=True).first()
    return opened(request, row)


def subquery(user, path) -> Subquery:
    """Give the same as a column for the query of the page's record; open what it gives with `opened`."""
    return Subquery(_fresh(user, path).values("values")[:1])


def opened(request, stored) -> Typed | None:
    """Open what `subquery` gave, and say so on the page when it was held."""
    if not stored:
        return None
    typed = Typed(mutable=True)
    for name, values in stored["fields"].items():
        typed.setlist(name, values)
    typed._mutable = False
    typed.at = datetime.fromisoformat(stored["at"])
    typed.held, typed.files = stored["held"], stored["files"]
    if typed.held:
        messages.warning(request, f"{BACK_AGAIN} {FILES_LOST}" if typed.files else BACK_AGAIN)
    return typed


def keep(user, path: str, typed: QueryDict, at: datetime, *, held: bool = False, files: bool = False) -> bool:
    """Keep what was typed, in place of what was kept for this person and page before.

    Tokens and passwords are left out.

    :returns: False if it is too much to keep
    """
    fields = {name: values for name, values in typed.lists() if name not in _NEVER_KEPT and "password" not in name}
    values = {"at": at.isoformat(), "held": held, "files": files, "fields": fields}
    if len(path) > MOST_PATH or len(json.dumps(values)) > MOST_CHARACTERS:
        return False
    KeptForm.objects.bulk_create(
        [KeptForm(user_id=user.pk, path=path, values=values, at=at)],
        update_conflicts=True,
        unique_fields=["user", "path"],
        update_fields=["values", "at"],
    )
    older = KeptForm.objects.filter(user_id=user.pk).order_by("-at", "-pk").values("pk")[MOST_PAGES:]
    KeptForm.objects.filter(pk__in=older).delete()
    return True


def forget(user, path: str) -> None:
    """Forget what was kept for this person and page: it has been saved, or thrown away."""
    KeptForm.objects.filter(user_id=user.pk, path=path).delete()


def clean(at: datetime) -> int:
    """Forget everything that is older than thirty days; give how many pages that was."""
    return KeptForm.objects.filter(at__lt=at - timedelta(days=DAYS)).delete()[0]


def seal_for(request) -> str:
    """Give the token that says whose form this is and on which page; empty for somebody who is not signed in."""
    if not request.user.is_authenticated:
        return ""
    return signing.dumps([request.user.pk, request.path], salt=_SALT)


def holder_of(token: str) -> tuple[User, str] | None:
    """Give the person and page that a token was made for; None if it is not ours, too old, or of nobody here now."""
    try:
        key, path = signing.loads(token, salt=_SALT, max_age=timedelta(days=TOKEN_DAYS))
    except signing.BadSignature:
        return None
    user = User.objects.filter(pk=key, is_active=True).first()
    return (user, path) if user else None


def _fresh(user, path):
    return KeptForm.objects.filter(user_id=user.pk, path=path, at__gte=timezone.now() - timedelta(days=DAYS))
