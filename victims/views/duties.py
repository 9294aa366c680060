"""What is owed by whoever looks: the list, one duty with its evidence, and one telling for several people."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campion import audit, kept, references
from campion.models import Deputy
from campion.roles import Role
from campion.workflow import Refused
from reports.models import Incident, SourceReference
from victims import actions, evidence
from victims.actions.telling import tell_several
from victims.forms.duties import DutyFilter
from victims.forms.evidence import Evidence, SetAside, Several, WaitingOn
from victims.models import Clock
from victims.models.clocks import OPEN
from victims.reading import duties as reading
from victims.views._common import unknown
from victims.views._duties import answer, arrived, done, duty_or_404, status_of, typed_form, view_of
from victims.workflow import clock_workflow

PAGE = 50
WEEK = timedelta(days=7)
KEPT_IN_VIEW = timedelta(days=28)
"""How long what was done stands in the list of what was done."""
LIST = "duties"
"""What stands in the audit log in place of a key when a list of duties was looked at."""

THROUGH_ROLES = (Role.SUPERVISOR, Role.WITNESS_CARE, Role.OCCUPATIONAL_HEALTH, Role.GOVERNANCE)


def owes_something(user) -> bool:
    """Whether somebody may owe anything: by a role, or as the officer in a case or whoever stands in for one.

    No query for a role, and one otherwise; kept for the request.
    """
    if not user.is_active:
        return False
    if user.plays(*THROUGH_ROLES):
        return True
    if not user.may_report:
        return False
    if "_investigates" not in user.__dict__:
        stands_in = Deputy.objects.in_force(timezone.localdate()).filter(deputy=user).values("user")
        cases = Incident.objects.filter(Q(officer_in_case=user) | Q(officer_in_case__in=stands_in))
        user.__dict__["_investigates"] = cases.exists()
    return user.__dict__["_investigates"]


def waiting(user) -> int:
    """Count what this person owes within a week, or owes already: for the navigation of work."""
    return Clock.objects.listed_for(user, [OPEN & Q(due_on__lte=timezone.localdate() + WEEK)]).count()


@require_safe
def duties(request):
    """List what this person owes, what is overdue first: filters in the address, 50 on a page."""
    user = request.user
    if not user.may_report and not owes_something(user):
        unknown(request, "look_at_duties", LIST)
    now, today = timezone.now(), timezone.localdate()
    form, wanted = DutyFilter.read(request.GET)
    overdue = Q(due_on__lt=today) | Q(due_at__lt=now)
    week = Q(due_on__lte=today + WEEK)
    since = now - KEPT_IN_VIEW
    over = [
        Q(met_at__isnull=False, met_entered_at__gte=since), ~Q(not_applicable="") & Q(not_applicable_at__gte=since),
    ]  # fmt: skip
    counts = _of_report(Clock.objects.listed_for(user, [OPEN, *over]), wanted["report"]).aggregate(
        all=Count("pk", filter=OPEN),
        overdue=Count("pk", filter=OPEN & overdue),
        week=Count("pk", filter=OPEN & week),
        done=Count("pk", filter=~OPEN),
    )
    if counts["all"] or counts["done"]:
        user.__dict__.setdefault("_investigates", True)  # the navigation need not ask whether they owe anything
    show = wanted["show"]
    among = {"done": over, "overdue": [OPEN & overdue], "week": [OPEN & week]}.get(show, [OPEN])
    rows = _of_report(Clock.objects.listed_for(user, among), wanted["report"])
    order = ("-met_entered_at", "-not_applicable_at", "-id") if show == "done" else ("due_on", "id")
    paginator = Paginator(rows.order_by(*order).values_list("pk", flat=True), PAGE)
    paginator.count = counts[show]  # counted with the others
    shown = paginator.get_page(request.GET.get("page"))
    # Which first, and what a line says of them afterwards: together they are more than the planner puts in order.
    found = list(reading.for_list(Clock.objects.filter(pk__in=list(shown.object_list))).order_by(*order))
    context = {
        "filter": form,
        "report": wanted["report"],
        "show": show,
        "tabs": [
            {"text": f"{text} ({counts[code]})", "href": _address(code, wanted["report"]), "current": code == show}
            for code, text in DutyFilter.TABS
        ],
        "counts": counts,
        "page": shown,
        "rows": reading.duty_rows(user, found, today=today, now=now),
        "supervises": user.plays(Role.SUPERVISOR),
        "governs": user.plays(Role.GOVERNANCE),
    }
    return answer(request, "victims/duties.html", context, look=(LIST, ["rights"], {row.person_id for row in found}))


def _of_report(rows, report):
    """Keep what is owed for one report, by its reference or a crime number."""
    if not report:
        return rows
    incident, reference = "referral__assault__incident", references.read(report)
    if reference:
        return rows.filter(**{f"{incident}__reference": reference})
    crimes = SourceReference.objects.filter(kind=SourceReference.Kind.CRIME, value__iexact=report)
    return rows.filter(**{f"{incident}__in": crimes.values("incident")})


def _address(show, report):
    query = QueryDict(mutable=True)
    query["show"] = show
    if report:
        query["report"] = report
    return f"{reverse('victims:duties')}?{query.urlencode()}"


# One duty ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def duty(request, key):
    """Show one duty: what is owed, why, by when, what was told before; take what shows that it was done."""
    clock = duty_or_404(request, key)
    if clock.complaint_key and clock.owed_by == "governance":
        return redirect("victims:complaint-desk", clock.complaint_key)
    asks = evidence.FORMS[clock.entitlement.evidence_form]
    if request.method == "POST" and (clock.status != "running" or asks.own):
        return _too_late(request, clock)
    form = None
    if clock.status == "running" and not asks.own:
        form = typed_form(request, lambda **given: _evidence_form(clock, asks, **given), clock.kept_values)

        def act(by, at):
            said = form.cleaned_data
            actions.meet(clock=clock, met_at=said["met_at"], facts=said["facts"], channel=said["channel"], by=by, at=at)

        said = "Recorded. It cannot be changed any more."
        if redirected := done(request, form, act, verb="duty_meet", clock=clock, said=said, to=request.path):
            return redirected
    return _page(request, clock, "victims/duty.html", form)


def _evidence_form(clock, asks, **given):
    started_at = clock.started_at if clock.unit != "days" else None
    return Evidence(asks=asks, started_at=started_at, now=timezone.now(), **given)


def _too_late(request, clock):
    """Answer a form that was sent a second time, or after somebody else: nothing is changed, and the page says so."""
    if clock.met_by_id == request.user.pk:
        return redirect("victims:duty", clock.key)
    try:
        clock_workflow.check("meet", request.user, clock)
        sentence = "This is recorded where it is done, not here."
    except Refused as refused:
        sentence = str(refused)
    audit.refused("duty_meet", by=request.user, object_type="duty", object_id=str(clock.key), reason_code="too-late")
    return _page(request, clock, "victims/duty.html", None, sentence=sentence, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
def set_aside(request, key):
    """Say why something is not owed here after all; the person reads it."""

    def act(form, clock, by, at):
        actions.set_aside(clock=clock, by=by, at=at, **form.cleaned_data)

    return _beside(request, key, "set aside", SetAside, act, "victims/duty_set_aside.html", "It is set aside.")


@require_http_methods(["GET", "HEAD", "POST"])
def waiting_on(request, key):
    """Say who else must act first, and since when. The limit goes on."""

    def form(**given):
        return WaitingOn(now=timezone.now(), **given)

    def act(form, clock, by, at):
        said = form.cleaned_data
        actions.wait_on(clock=clock, whom=said["whom"], since_at=said["since_at"], by=by, at=at)

    return _beside(request, key, "wait", form, act, "victims/duty_waiting.html", "Recorded. The limit goes on.")


def _beside(request, key, verb, make_form, act, template, said):
    clock = duty_or_404(request, key)
    to = reverse("victims:duty", args=[clock.key])
    if clock.status != "running":
        return redirect(to) if request.method != "POST" else _too_late(request, clock)
    form = typed_form(request, make_form, clock.kept_values)
    name = f"duty_{verb.replace(' ', '_')}"

    def do(by, at):
        act(form, clock, by, at)

    if redirected := done(request, form, do, verb=name, clock=clock, said=said, to=to):
        return redirected
    return _page(request, clock, template, form)


def _page(request, clock, template, form, *, status=None, **more):
    view = view_of(request, clock)
    context = {
        "duty": view,
        "form": form,
        "may": clock_workflow.allowed(request.user, clock),
        "back_href": _back(request, clock, view),
        **more,
    }
    look = (clock.key, ["rights"], [clock.person_id])
    return answer(request, template, context, look=look, status=status or status_of(request, form))


def _back(request, clock, view):
    if view.report.startswith("SU-"):
        return view.report_href
    return reverse("victims:duties")


# One telling for several people --------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def event(request, key):
    """Record one telling of one event for everybody who was told, since one call often serves."""
    now, today = timezone.now(), timezone.localdate()
    rows = Clock.objects.open_to(request.user).filter(event__key=key, owed_by__in=("officer_in_case", "witness_care"))
    rows = reading.for_one(reading.for_list(rows), request.user)
    rows = rows.annotate(kept_values=kept.subquery(request.user, request.path))
    clocks = list(rows.order_by("entitlement__order", "position", "pk"))
    if not clocks:
        unknown(request, "look_at_duty", audit.hashed(str(key)))
    arrived(request, clocks[0])
    running = [clock for clock in clocks if clock.status == "running"]
    groups = {}
    for clock in running:
        if evidence.FORMS[clock.entitlement.evidence_form].told:
            groups.setdefault(clock.entitlement.evidence_form, []).append(clock)
    lines = {row.key: row for row in reading.duty_rows(request.user, clocks, today=today, now=now)}
    chosen = request.GET.get("form")
    chosen = chosen if chosen in groups else next(iter(groups), None)
    form = None
    if chosen:
        form = typed_form(request, lambda **given: _several(groups[chosen], chosen, lines, **given), _stored(clocks))

        def act(by, at):
            said = form.cleaned_data
            wanted = [clock for clock in groups[chosen] if str(clock.key) in said["told_whom"]]
            told = {name: said[name] for name in ("met_at", "facts", "channel")}
            tell_several(clocks=wanted, by=by, at=at, **told)

        to = request.path if len(groups) > 1 else reverse("victims:duties")
        said = "Recorded for everybody you ticked."
        if redirected := done(request, form, act, verb="duty_meet", clock=clocks[0], said=said, to=to):
            return redirected
    context = {
        "form": form,
        "about": lines[str(clocks[0].key)],
        "lines": [lines[str(clock.key)] for clock in clocks],
        "others": [{"href": f"?form={code}", "title": evidence.FORMS[code].title} for code in groups if code != chosen],
        "title": evidence.FORMS[chosen].title if chosen else "",
        "back_href": reverse("victims:duties"),
    }
    look = (key, ["rights"], {clock.person_id for clock in clocks})
    return answer(request, "victims/duty_event.html", context, look=look, status=status_of(request, form))


def _stored(clocks):
    return clocks[0].kept_values


def _several(clocks, code, lines, **given):
    people = [(str(clock.key), _called(clock, lines[str(clock.key)], clocks)) for clock in clocks]
    if "data" not in given and "initial" not in given:
        given["initial"] = {"told_whom": [key for key, _ in people] if len(people) == 1 else []}
    started_at = max(clock.started_at for clock in clocks)
    return Several(asks=evidence.FORMS[code], people=people, started_at=started_at, now=timezone.now(), **given)


def _called(clock, line, clocks):
    whom = line.person or "The person assaulted"
    several_rights = len({other.entitlement_id for other in clocks}) > 1
    return f"{whom}: {line.title}" if several_rights else whom
