"""`/figures/`: open data for everybody, from what is released to everybody.

No page here reads a session or sets a cookie, so that each is the same for all and any cache may keep it. The tag by
which a cache asks again is made of what is shown, so it tells nothing that the page does not.
"""

from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from campion.chosen import NotAChoice, choices_in
from figures import downloads, panels, reading
from figures.models import as_published
from figures.views import _outside, _words, dashboard
from figures.views._outside import Place

AUDIENCE = "public"
KEPT_SECONDS = 600
"""How long a cache may keep an answer: a release that is withdrawn says so within ten minutes."""


def _public(view):
    """Make a view one for everybody: the same answer to all, kept by any cache, without a cookie."""

    @login_not_required
    @require_safe
    @wraps(view)
    def answer(request, *args, **kwargs):
        try:
            choices_in(request)
            response = view(request, *args, **kwargs)
        except NotAChoice as refusal:
            return _outside.not_a_choice(request, refusal)
        response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
        response["ETag"] = _tag(response)
        # Nothing in the answer depends on who asks, though the session's clock has looked at the session meanwhile.
        request.session.accessed = request.session.modified = False
        return get_conditional_response(request, etag=response["ETag"], response=response)

    return answer


def _tag(response):
    return response.headers.get("ETag") or downloads.tag(response["Content-Type"], response.content.decode("latin-1"))


def _page(template, context):
    return HttpResponse(render_to_string(template, context | {"demo": settings.DEMO, "on_figures": True}))


def address(row) -> str:
    """Give the address of one edition, which never leads to another."""
    return reverse("figures:release", args=[row.force_code, row.name])


def files_of(row) -> str:
    """Give the address under which the files of an edition are."""
    return reverse("figures:release-file", args=[row.force_code, row.name, "x"])[:-1]


@_public
def figures(request):
    """Show the newest release, all that came before, and the days announced for those to come."""
    with as_published():
        rows = reading.listed()
        due = reading.announced(None, rows)
        newest = reading.latest(rows, "quarter") or reading.latest(rows, "year")
        shown = reading.read([newest])[newest.key].for_audience(AUDIENCE) if newest else None
        drawn = reading.charts([newest.key]) if newest else {}
    names = {row.force_code: row.force_name for row in reversed(rows)}
    standing = {row.key for row in reading.standing(rows)}
    editions = [row for row in rows if newest and (row.force_code, row.period) == (newest.force_code, newest.period)]
    values = [_outside.panel_values(panels.BY_NAME["kinds"], shown, drawn, Place(files_of(shown)))] if shown else []
    context = {
        "newest": _outside.about(shown, editions, address) | {"href": address(newest)} if shown else None,
        "gone": _outside.gone(newest, rows, address) if newest else [],
        "headline": _outside.headline(shown) if shown else [],
        "panels": [value for value in values if value],
        "links": _outside.release_links(files_of(shown)) if shown else [],
        "archive": [
            {
                "force": row.force_name,
                "label": row.period.label,
                "edition": row.edition,
                "href": address(row),
                "out_at": row.out_at,
                "withdrawn_at": row.withdrawn_at,
                "replaced": row.key not in standing and not row.withdrawn_at,
            }
            for row in rows
        ],
        "several": len(names) > 1,
        "due": [
            {"force": names.get(row.force_code, ""), "label": row.period.label, "on": row.on, "reason": row.reason}
            for row in due
        ],
    }
    return _page("figures/public.html", context)


@_public
def release(request, force, name):
    """Show one release: every table that is for everybody, each with its chart; the period alone means the latest."""
    with as_published():
        rows, row = _found(force, name)
        before = reading.quarters_before(row, rows)
        releases = reading.read([row], before)
        drawn = reading.charts([row.key])
    shown = releases[row.key].for_audience(AUDIENCE)
    place = Place(files_of(row))
    others, moved = [releases[other.key] for other in before], reading.moved_since(row, rows)
    values = [_outside.trend_values(shown, others, drawn, place, moved=moved)]
    values += [_outside.panel_values(panel, shown, drawn, place) for panel in panels.PANELS]
    context = {
        "about": _outside.about(shown, [other for other in rows if other.period == row.period], address),
        "headline": _outside.headline(shown),
        "sections": _outside.sections(values),
        "rates": _outside.rates(shown),
        "held": _outside.held(shown),
        "symbols": _words.SYMBOLS,
        "links": _outside.release_links(files_of(row)),
    }
    return _page("figures/public_release.html", context)


def _found(force, name):
    """Give the releases of a force and the one of that name.

    :raises Http404: if it is unknown, or not out yet: the two are the same
    """
    rows = reading.listed(force)
    row = reading.named(rows, name)
    if row is None:
        raise Http404
    return rows, row


@_public
def release_file(request, force, name, file):
    """Give a whole release as a file: the same cells as on the page."""
    if file not in {known for known, _, _ in _outside.FILES.values()}:
        raise Http404
    with as_published():
        _, row = _found(force, name)
        shown = reading.read([row])[row.key].for_audience(AUDIENCE)
    url = settings.SITE_ADDRESS + files_of(row) + _outside.FILES["csv"][0]
    return _open(_outside.release_file(shown, file, url), _outside.release_tag(shown, file))


@_public
def release_chart(request, force, name, chart, kind):
    """Give one chart as SVG, PNG or CSV, in black on white."""
    with as_published():
        rows, row = _found(force, name)
        response = dashboard.chart_response(row, rows, chart, kind, (AUDIENCE,))
    if response is None:
        raise Http404
    return _open(response)


def _open(response, etag=None):
    """Let pages elsewhere read the file: it is open data."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    if etag:
        response["ETag"] = etag
    return response


@_public
def method(request):
    """Say in plain words how figures are made, and how they give nobody away."""
    return _page("figures/method.html", {"symbols": _words.SYMBOLS})


@_public
def dictionary(request):
    """Say of every table that is for everybody what it counts; and what is not collected."""
    return _page("figures/dictionary.html", _words.dictionary(AUDIENCE) | {"pcc": False})
