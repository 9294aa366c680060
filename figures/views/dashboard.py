"""`/dashboard/`: figures for the Commissioner's office, from what is released and from nothing else.

Who asks is found out first; then the page is read as `campion_published`; then the look is recorded, and the page sent.
"""

from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from campion import audit
from campion.chosen import NotAChoice, choices_in
from campion.roles import Role
from figures import panels, reading
from figures.models import as_published
from figures.views import _outside, _words
from figures.views._outside import Place
from figures.views._quality import quality

OBJECT = "release"


def force_of(request, action: str, asked: str) -> str:
    """Give the code of the force whose figures this person reads.

    :raises Http404: for everybody but the Commissioner's office; the log says that they tried
    """
    if not request.user.plays(Role.PCC):
        audit.refused(action, by=request.user, object_type=OBJECT, object_id=asked)
        raise Http404
    return request.user.force.code


def looked(request, release) -> None:
    """Record that somebody read a release, before it is sent."""
    audit.seen("look", by=request.user, object_type=OBJECT, object_id=f"{release.force_code}/{release.name}")


def address(row) -> str:
    """Give the address of the dashboard for one edition."""
    return f"{reverse('figures:dashboard')}?release={row.name}"


def files_of(row) -> str:
    """Give the address under which the files of an edition are."""
    return reverse("figures:dashboard-file", args=[row.name, "x"])[:-1]


@require_safe
def dashboard(request):
    """Show one release: the newest quarter, or the one that was chosen, beside another if one was chosen."""
    force_code = force_of(request, "look", "dashboard")
    try:
        chosen = choices_in(request, "release", "beside")
        with as_published():
            rows = reading.listed(force_code)
            context = _page(chosen, rows) if rows or chosen else None
            if context is None:
                due = reading.announced(force_code, rows)
    except NotAChoice as refusal:
        return _outside.not_a_choice(request, refusal)
    if context is None:
        context = {"due": [{"label": row.period.label, "on": row.on} for row in due]}
        response = TemplateResponse(request, "figures/dashboard_empty.html", context).render()
        audit.seen("look", by=request.user, object_type=OBJECT, object_id=f"{force_code}/none")
        return response
    shown = context.pop("shown")
    response = TemplateResponse(request, "figures/dashboard.html", context).render()
    looked(request, shown)
    return response


def _page(chosen, rows):
    """Give everything on the dashboard: five queries with the list of releases, however many there are."""
    main = _named(rows, chosen["release"]) if "release" in chosen else _first(rows)
    beside = _named(rows, chosen["beside"]) if "beside" in chosen else None
    if beside and beside.period.level != main.period.level:
        raise NotAChoice(
            "A quarter can stand beside a quarter, and a year beside a year: these are one of each.",
            link=f"Go to {main.period.label} by itself",
            query=f"?release={chosen.get('release', main.period.code)}",
        )
    if beside and beside.key == main.key:
        beside = None
    with_it = reading.companion(main, rows)
    base = main if main.period.quarter else with_it  # the quarter that the trend ends with
    before = reading.quarters_before(base, rows) if base else []
    moved = base is not None and reading.moved_since(base, rows)
    releases = reading.read([row for row in (main, with_it, beside) if row], before)
    shown, year = releases[main.key], releases[with_it.key] if with_it else None
    other = releases[beside.key] if beside else None
    drawn = reading.charts([shown.key, *([year.key] if year else [])])
    values = []
    for release, next_to in ((shown, other), (year, None)):
        if release:
            place = Place(files_of(release))
            others = [releases[row.key] for row in before]
            values.append(_outside.trend_values(release, others, drawn, place, moved=moved))
            values += [_outside.panel_values(panel, release, drawn, place, next_to) for panel in panels.PANELS]
    once = {value["name"]: value for value in reversed(values) if value}  # what the release itself has comes first
    sections = _outside.sections([once[name] for name in once])
    return {
        "shown": shown,
        "about": _outside.about(shown, [row for row in rows if row.period == main.period], address),
        "gone": _outside.gone(main, rows, address),
        "year": {"period": year.period.label, "name": year.name, "level": year.period.level} if year else None,
        "level": main.period.level,
        "choices": choices(rows, main, beside),
        "beside": other.period.label if other else "",
        "headline": _outside.headline(shown),
        "headline_beside": _outside.headline(other) if other else [],
        "sections": sections,
        "rates": [*_outside.rates(shown), *(_outside.rates(year) if year else [])],
        "quality": quality([shown, *([year] if year else [])], rows),
        "symbols": _words.SYMBOLS,
        "links": _outside.release_links(files_of(shown)),
        "year_links": _outside.release_links(files_of(year)) if year else [],
        "pack": reverse("figures:pack", args=[main.period.code]) if main.period.quarter else "",
        "dictionary": reverse("figures:dashboard-dictionary"),
    }


def _first(rows):
    """Give the newest release that stands; if all were withdrawn, the newest of those, which then says so."""
    return reading.latest(rows, "quarter") or reading.latest(rows, "year") or rows[0]


def _named(rows, name):
    """Give the edition of that name; the name of a period alone means the edition of it that stands.

    :raises NotAChoice: if none of that name is out: one under embargo is as unknown as any other
    """
    found = reading.named(rows, name)
    if found is None:
        raise NotAChoice("There is no release of that name. Choose one of the periods that are listed on the page.")
    return found


def choices(rows, main, beside):
    """Give the periods that can be chosen, newest first, as two lists of options."""
    standing = sorted(reading.standing(rows), key=lambda row: (bool(row.period.quarter), row.period), reverse=True)
    kinds = {"quarter": "", "year": " (year)"}

    def option(row, chosen):
        words = row.period.label + kinds[row.period.level] + (", withdrawn" if row.withdrawn_at else "")
        return {"value": row.period.code, "text": words, "selected": bool(chosen) and row.period == chosen.period}

    same = [row for row in standing if row.period.level == main.period.level and row.period != main.period]
    return {
        "release": [option(row, main) for row in standing],
        "beside": [
            {"value": "", "text": "Nothing", "selected": beside is None}, *(option(row, beside) for row in same)
        ],
        "editions": [
            {"text": f"Edition {row.edition}", "href": address(row), "current": row.key == main.key}
            for row in rows if row.period == main.period
        ],
    }  # fmt: skip


# Files ---------------------------------------------------------------------------------------------------------------


@require_safe
def dashboard_file(request, name, file):
    """Give a whole release as a file, with everything that the Commissioner's office is shown."""
    force_code = force_of(request, "export", f"{name}/{file}")
    try:
        choices_in(request)
    except NotAChoice as refusal:
        return _outside.not_a_choice(request, refusal)
    if file not in {known for known, _, _ in _outside.FILES.values()}:
        raise Http404
    with as_published():
        shown = reading.read([_or_404(force_code, name)]).popitem()[1]
    url = request.build_absolute_uri(files_of(shown) + _outside.FILES["csv"][0])
    response = _outside.release_file(shown, file, url)
    audit.seen("export", by=request.user, object_type=OBJECT, object_id=f"{force_code}/{shown.name}/{file}")
    return response


@require_safe
def dashboard_chart(request, name, chart, kind):
    """Give one chart as SVG, PNG or CSV, in black on white."""
    force_code = force_of(request, "export", f"{name}/{chart}.{kind}")
    try:
        choices_in(request)
    except NotAChoice as refusal:
        return _outside.not_a_choice(request, refusal)
    with as_published():
        rows = reading.listed(force_code)
        row = _or_404(force_code, name, rows)
        response = chart_response(row, rows, chart, kind)
    if response is None:
        raise Http404
    audit.seen("export", by=request.user, object_type=OBJECT, object_id=f"{force_code}/{row.name}/{chart}.{kind}")
    return response


def chart_response(row, rows, chart, kind, audiences=("public", "pcc")):
    """Give the answer for one chart of a release to these readers, or None; inside `as_published()`."""
    before = reading.quarters_before(row, rows) if chart == panels.TREND and kind == "csv" else []
    releases = reading.read([row], before)
    shown = releases[row.key].for_audience(*audiences)
    drawn = reading.chart(row.key, chart) if kind != "csv" else None
    others = [releases[other.key] for other in before]
    return _outside.chart_file(shown, lambda: panels.trend(shown, others), drawn, chart, kind)


def _or_404(force_code, name, rows=None):
    row = reading.named(reading.listed(force_code) if rows is None else rows, name)
    if row is None:
        raise Http404
    return row


@require_safe
def dictionary(request):
    """Say of every table what it counts, of whom, and by which rule; and what is not collected."""
    force_of(request, "look", "dictionary")
    try:
        choices_in(request)
    except NotAChoice as refusal:
        return _outside.not_a_choice(request, refusal)
    response = TemplateResponse(
        request, "figures/dictionary.html", _words.dictionary("public", "pcc") | {"pcc": True}
    ).render()
    audit.seen("look", by=request.user, object_type=OBJECT, object_id="dictionary")
    return response
