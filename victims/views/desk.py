"""The welfare desk: what waits, in the order of need, and nothing about anybody beyond the fields of its queue; and
what changes who carries a case, or ends it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campion import audit, kept
from campion.models import Unit, User
from campion.roles import Role
from victims import actions, forms, reading
from victims.models import Referral
from victims.permissions import Facet
from victims.reading.closing import still_open
from victims.reading.desk import LISTED, TABS, short_day, tab_counts, told
from victims.reading.directory import services_column
from victims.reading.queue import queue_view
from victims.reading.team import colleagues_for
from victims.views._common import page, referral_or_404, typed_on, unknown
from victims.workflow import case_workflow

PAGE = 50
SORTS = {
    "urgency": ("-urgent", "due_on", "id"),
    "due": ("due_on", "id"),
    "offered": ("offered_at", "id"),
    "state": ("state", "due_on", "id"),
    "closed": ("-closed_at", "id"),
}
"""Each order has its index (Referral.Meta.indexes); backwards it is read from the other end."""

METHODS = ["GET", "HEAD", "POST"]


# The list ------------------------------------------------------------------------------------------------------------


@require_safe
def desk(request):
    """List what the desk carries: the list, its filters and its order stand in the address, 50 on a page."""
    user, query = request.user, request.GET
    if not user.plays(Role.WELFARE):
        unknown(request, "desk", reading.DESK)
    today = timezone.localdate()
    tab = next((tab for tab in TABS if tab.key == query.get("tab")), TABS[0])
    units = list(Unit.objects.filter(pk__in=user.reach[Role.WELFARE]).order_by("path"))
    form, wanted = forms.DeskFilter.read(query, tab=tab, units=units)
    narrowed = _narrowed(Referral.objects.on_desk(user), wanted, units)
    counts = tab_counts(narrowed, user=user, today=today)
    sort = query.get("sort", "") if _known(query.get("sort", "")) else tab.sort
    rows = narrowed.filter(tab.rows(user, today)).order_by(*order_of(sort)).values(*reading.DESK_FIELDS)
    pages = Paginator(rows, PAGE)
    pages.count = min(counts[tab.key], LISTED)  # known already: counted with the other lists
    shown = pages.get_page(query.get("page"))
    lines = list(shown.object_list)
    context = {
        "tab": tab,
        "tabs": [{"tab": other, "count": told(counts[other.key]), "current": other is tab} for other in TABS],
        "filter": form,
        "carrier": wanted["carrier"],
        "page": shown,
        "count": told(counts[tab.key]),
        "more_than": LISTED if counts[tab.key] > LISTED else None,
        "rows": reading.desk_rows(lines, user=user, today=today),
        "sort": sort,
        "leads": bool(user.leads(Role.WELFARE)),
    }
    subjects = [line["person_id"] for line in lines if line["person_id"]]
    return page(request, "victims/desk.html", context, look=(reading.DESK, [Facet.QUEUE], subjects))


def _narrowed(rows, wanted, units):
    if wanted["state"] == forms.WAITING:
        rows = rows.filter(state__in=Referral.WAITING)
    elif wanted["state"] != forms.ALL:
        rows = rows.filter(state=wanted["state"])
    if wanted["urgent"]:
        rows = rows.filter(urgent=True)
    if wanted["unit"]:
        rows = rows.filter(unit__in=[row.pk for row in units if row.path.startswith(wanted["unit"].path)])
    if wanted["carrier"]:
        rows = rows.filter(owner=wanted["carrier"])
    return rows


def _known(sort):
    return sort.removeprefix("-") in SORTS


def order_of(sort):
    """Give the columns of an order, as `key` or `-key`; urgency for one that is not known."""
    if not _known(sort):
        return SORTS["urgency"]
    columns = SORTS[sort.removeprefix("-")]
    if not sort.startswith("-"):
        return columns
    return tuple(column[1:] if column.startswith("-") else f"-{column}" for column in columns)


# One case, for those of the desk who do not carry it -----------------------------------------------------------------


def desk_case(request, row):
    """Show the fields of the queue of a case that another carries, or nobody, with what this person may do to it.

    :param row: loaded by `visible_to(user)`, and neither their own nor carried by them
    """
    user, today = request.user, timezone.localdate()
    allowed = case_workflow.allowed(user, row.carriage)
    view = queue_view(row, today=today)
    carrier = row.owner.name if row.owner_id else "Nobody yet"
    facts = [*view.queue, {"key": "Carried by", "value": carrier}]
    if row.closed_at:
        facts = [fact for fact in facts if fact["key"] != "By when"]
        closed = f"{short_day(timezone.localdate(row.closed_at))}: {row.get_outcome_display().lower()}"
        facts.append({"key": "Closed", "value": closed})
    context = {
        "case": view,
        "facts": facts,
        "may_claim": "claim" in allowed,
        "may_reopen": "reopen" in allowed,
        "may_reassign": "reassign" in allowed,
        "from_whom": row.owner_id or "nobody",
    }
    return _page(request, row, "victims/desk_case.html", context, [Facet.QUEUE])


@require_POST
def claim(request, reference):
    """Carry a case; two at once, one gets it and the other reads who was quicker only on the case itself."""
    row = _on_desk(request, reference, "claim")
    try:
        actions.claim(referral=row, by=request.user, at=timezone.now())
    except actions.Refused as refusal:
        _say_no(request, row, "claim", refusal)
    else:
        messages.success(request, f"You carry {row.reference} now.")
    return redirect(row)


@require_http_methods(METHODS)
def hand_over(request, reference):
    """Choose the colleague who carries the case from now on."""
    row, elsewhere = _may(request, reference, "hand over")
    if elsewhere:
        return elsewhere
    colleagues = colleagues_for(row, by=request.user, on=timezone.localdate())
    form = forms.HandOver(typed_on(request, row), colleagues=colleagues)
    if request.method == "POST" and form.is_valid():
        to = User.objects.get(pk=form.cleaned_data["to"])
        given = {"to": to, "words": form.cleaned_data["words"]}
        if _done(request, row, "hand over", form, actions.hand_over, **given):
            messages.success(request, f"{to.name} carries {row.reference} now. They are told that something waits.")
            return redirect("victims:desk")
    context = {"form": form, "colleagues": colleagues}
    return _page(request, row, "victims/desk_hand_over.html", context, [Facet.QUEUE])


@require_http_methods(METHODS)
def release(request, reference):
    """Put a case back, with the reason, for anybody of the desk to claim."""
    row, elsewhere = _may(request, reference, "release")
    if elsewhere:
        return elsewhere
    form = forms.Release(typed_on(request, row))
    sent = request.method == "POST" and form.is_valid()
    if sent and _done(request, row, "release", form, actions.release, reason=form.cleaned_data["reason"]):
        messages.success(request, f"{row.reference} is back among the unassigned.")
        return redirect("victims:desk")
    return _page(request, row, "victims/desk_release.html", {"form": form}, [Facet.QUEUE])


@require_http_methods(METHODS)
def close(request, reference):
    """End a case; while something is owed that is open, say what it is instead."""
    row, elsewhere = _may(request, reference, "close")
    if elsewhere:
        return elsewhere
    form = forms.Close(typed_on(request, row))
    sent = request.method == "POST" and form.is_valid()
    if sent and _done(request, row, "close", form, actions.close, outcome=form.cleaned_data["outcome"]):
        messages.success(request, f"{row.reference} is closed. The person can take it up again at any time.")
        return redirect("victims:desk")
    context = {"form": form, "lines": still_open(row)}
    return _page(request, row, "victims/desk_close.html", context, [Facet.QUEUE, Facet.RIGHTS])


@require_http_methods(METHODS)
def reopen(request, reference):
    """Take a closed case up again, after one question."""
    row, elsewhere = _may(request, reference, "reopen")
    if elsewhere:
        return elsewhere
    if request.method != "POST":
        return _page(request, row, "victims/desk_reopen.html", {}, [Facet.QUEUE])
    try:
        actions.reopen(referral=row, by=request.user, at=timezone.now())
    except actions.Refused as refusal:
        _say_no(request, row, "reopen", refusal)
    else:
        messages.success(request, f"{row.reference} is open again.")
    return redirect(row)


# The steps -----------------------------------------------------------------------------------------------------------


def _on_desk(request, reference, verb):
    """Give a case of this person's desk.

    :raises Http404: if they may not know of it
    :raises PermissionDenied: if it is their own: the desk of somebody else carries it
    """
    rows = (
        Referral.objects.on_desk(request.user)
        .select_related("assault__incident")
        .annotate(services=services_column(timezone.localdate()), kept_values=kept.subquery(request.user, request.path))
    )
    row = rows.filter(reference=reference).first()
    if row is None:
        own = referral_or_404(request, reference)
        _refused(request, own, verb)
        raise PermissionDenied
    request.services = row.services
    return row


def _may(request, reference, verb):
    """Give the case, and None; or None and where to go instead, where it is not the time for that verb.

    :raises PermissionDenied: if somebody else carries it
    """
    row = _on_desk(request, reference, verb)
    transition = case_workflow.transitions[verb]
    if not transition.who(request.user, row):
        _refused(request, row, verb)
        raise PermissionDenied
    if row.carriage.status not in transition.sources:
        words = row.carriage.get_status_display().lower()
        messages.warning(request, f"{row.reference} is {words}, so that cannot be done now. Nothing was changed.")
        return None, redirect(row)
    return row, None


def _done(request, row, verb, form, act, **given):
    """Do it and say whether it was done; a refusal stands on the form."""
    try:
        act(referral=row, by=request.user, at=timezone.now(), **given)
    except actions.Refused as refusal:
        _refused(request, row, verb)
        form.add_error(None, str(refusal))
        return False
    kept.forget(request.user, request.path)
    return True


def _say_no(request, row, verb, refusal):
    _refused(request, row, verb)
    messages.warning(request, str(refusal))


def _refused(request, row, verb):
    audit.refused(verb.replace(" ", "_"), by=request.user, object_type="referral", object_id=row.reference)


def _page(request, row, template, context, facets):
    context |= {"reference": row.reference, "href": row.get_absolute_url()}
    look = (row.reference, facets, [row.person_id] if row.person_id else [])
    return page(request, template, context, status=422 if request.method == "POST" else 200, look=look)
