"""The release desk, for information governance: what is due, drawn, signed and out; and each step of a release.

Whoever is not of the desk learns nothing: every page of it is one that does not exist.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campion import audit, kept
from campion.views import errors
from campion.workflow import Refused
from figures import actions, forms, reading
from figures.cubes import CUBES
from figures.models import Announcement, Correction, Draw, OutsideFact, Release
from figures.periods import Period, quarter_of
from figures.periods import period as read_period
from figures.permissions import runs_the_desk
from figures.views import _outside, _review
from figures.workflow import release_workflow

COLOURS = {"asked": "grey", "drawn": "blue", "approved": "teal", "published": "green", "withdrawn": "red",
           "set-aside": "grey"}  # fmt: skip
SHORT = {"asked": "Being drawn", "drawn": "To be reviewed", "approved": "To be published", "published": "Published",
         "withdrawn": "Withdrawn", "set-aside": "Set aside"}  # fmt: skip
AHEAD = 5
"""How many quarters to come may be announced."""
LISTED = 40
NEVER_FINISHED = "It was to be drawn by now and is not."


def waiting(user) -> int:
    """Count what waits at the desk for this person: releases that they may sign or publish now."""
    rows = Draw.objects.visible_to(user).filter(state__in=("drawn", "approved")).without_content()
    return sum(bool({"approve", "publish"} & release_workflow.allowed(user, row)) for row in rows)


@require_safe
def desk(request):
    """List what is due, on its way and out, with the days announced and the corrections."""
    _desk_or_404(request)
    force, now = request.user.force, timezone.now()
    rows = list(Draw.objects.visible_to(request.user).without_content()[:500])
    rows.sort(key=lambda row: (row.span.ends_before, not row.span.quarter, row.edition, row.asked_at), reverse=True)
    due = actions.periods_due(force=force, on=timezone.localdate())
    corrections = Correction.objects.filter(release__force_code=force.code).select_related("release", "replaced_by")
    context = {
        "due": [{"label": span.label, "code": span.code} for span in due],
        "draw_href": reverse("figures:draw-release"),
        "dates_href": reverse("figures:release-dates"),
        "facts_href": reverse("figures:release-facts"),
        "open": [_line(row, now) for row in rows if row.state in Draw.OPEN],
        "out": [_line(row, now) for row in rows if row.state in ("published", "withdrawn")],
        "set_aside": [_line(row, now) for row in rows if row.state == "set-aside"][:LISTED],
        "announced": _announced(force),
        "corrections": [
            {
                "at": row.at,
                "what": f"{row.release.span.label}, edition {row.release.edition}",
                "text": row.text,
                "tables": ", ".join(dict.fromkeys(cube for cube, _ in row.touched)),
                "replaced_by": f"edition {row.replaced_by.edition}" if row.replaced_by else "",
            }
            for row in corrections.defer("release__content", "replaced_by__content").order_by("-at", "-pk")[:LISTED]
        ],
    }
    return _answer(request, "figures/desk.html", context, "desk")


def _line(row, now):
    """Give one release on its way, or out, as the list shows it."""
    embargo = bool(row.publish_at and row.publish_at > now)
    return {
        "period": row.span.label,
        "edition": row.edition,
        "kind": row.get_kind_display(),
        "href": row.get_absolute_url(),
        "status": "Under embargo" if embargo and row.state == "published" else SHORT[row.state],
        "colour": "purple" if embargo and row.state == "published" else COLOURS[row.state],
        "at": row.publish_at or row.drawn_at or row.asked_at,
        "fault": row.fault or (NEVER_FINISHED if _is_lost(row, now) else ""),
        "failed": row.passed is False,
    }


def _is_lost(row, now) -> bool:
    """Whether drawing was to be done by now and is not: the process that did it was ended, or none ever began."""
    return row.state == Draw.State.ASKED and (row.leased_until or row.asked_at + actions.LEASE) <= now


def _announced(force):
    rows = Announcement.objects.filter(force_code=force.code).order_by("period", "-pk").distinct("period")
    out = set(Release.objects.filter(force_code=force.code).values_list("period", flat=True))
    waits = sorted((row for row in rows if row.period not in out), key=lambda row: row.due_on)
    return [{"period": read_period(row.period).label, "on": row.due_on, "reason": row.reason} for row in waits]


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request):
    """Choose a period that is due, to be drawn."""
    _desk_or_404(request)
    periods = actions.periods_due(force=request.user.force, on=timezone.localdate())
    form = _typed(request, lambda **given: forms.ChoosePeriod(periods=periods, **given))

    def act(said, at):
        return actions.ask(force=request.user.force, period=said["period"], by=request.user, at=at)

    said = "The figures are being drawn. It takes a minute or more: this page shows how far it is."
    if done := _done(request, form, act, verb="ask_for_release", said=said):
        return done
    context = {"form": form, "back_href": reverse("figures:desk"), "none": not periods}
    return _answer(request, "figures/desk_draw.html", context, "desk", status=_status(request, form))


@require_safe
def release(request, key):
    """Show one release exactly as it will be shown, with what the audit says and what may be done."""
    row = _draw_or_404(request, key)
    context = _head(request, row) | {"back_href": reverse("figures:desk")}
    if row.content:
        shown = reading.shown_of(*actions.preview(row))
        context |= {"tables": _review.tables(shown), "about": _review.about(row, shown)}
        context |= {"headcounts": shown.headcounts, "events": _outside.events(shown)}
    return _answer(request, "figures/desk_release.html", context, row.content_hash or str(row.key))


@dataclass(frozen=True)
class Step:
    """One thing that may be done to a release: its page, its words, its form, and the action."""

    verb: str
    title: str
    button: str
    lead: str
    said: str
    warning: bool = False


STEPS = {
    "approve": Step(
        "approve", "Approve this release", "Approve", "You sign that what is shown may go out. Another person of "
        "information governance publishes it.", "Approved. Somebody else of information governance publishes it.",
    ),
    "publish": Step(
        "publish", "Publish this release", "Publish", "What is published never changes. An error can only be "
        "withdrawn, and the figures replaced by a new edition.", "Published.",
    ),
    "set-aside": Step(
        "set aside", "Set this release aside", "Set aside", "Nothing of it is published, and the period can be drawn "
        "again.", "Set aside. The period can be drawn again.", True,
    ),
    "withdraw": Step(
        "withdraw", "Withdraw this release", "Withdraw", "Its figures stay where they are, marked as withdrawn with "
        "your reason; under an embargo they do not come out. They can be replaced by a new edition afterwards.",
        "Withdrawn. Readers see your reason.", True,
    ),
    "correct": Step(
        "correct", "Tell readers of an error", "Add to the corrections", "The figures themselves do not change.",
        "The correction stands beside the figures.",
    ),
    "replace": Step(
        "replace", "Replace this release", "Draw the next edition", "The period is drawn again as it is recorded now. "
        "The audit takes the withdrawn figures as known.", "The next edition is being drawn.",
    ),
    "revise": Step(
        "revise", "Revise this release", "Draw the next edition", "The period is drawn again with what was recorded "
        "since. Tables in which fewer than 25 records changed stay as they are.", "The next edition is being drawn.",
    ),
    "again": Step(
        "draw", "Draw this release again", "Draw it again", "The last attempt came to nothing.", "It is being drawn.",
    ),
}  # fmt: skip
FORWARD = ("approve", "publish", "again", "replace")
"""What moves a release on: the first button of its page."""
HINTS = {
    "set-aside": "For the desk alone.",
    "withdraw": "Readers are told. Write it so that they know what was wrong.",
    "replace": "Readers are told: say what was wrong and is right now.",
    "revise": "Readers are told: say what was recorded since.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def step(request, key, name):
    """Ask for what one step needs, and take it."""
    row = _draw_or_404(request, key)
    this = STEPS.get(name)
    if this is None:
        _unknown(request, "step_of_release")
    if this.verb not in _allowed(request.user, row):
        return _not_now(request, row, name)
    form = _typed(request, lambda **given: _form_of(name, row, **given), row.kept_values)
    act = _act_of(name, row, request.user)
    if done := _done(request, form, act, verb=f"{name.replace('-', '_')}_release", said=this.said, key=row.key):
        return done
    context = _head(request, row) | {"form": form, "step": this, "name": name, "back_href": row.get_absolute_url()}
    return _answer(
        request, "figures/desk_step.html", context, row.content_hash or str(row.key), status=_status(request, form)
    )


def _not_now(request, row, name):
    """Answer for a step that this person may not take now: it was taken already, or is for somebody else to take."""
    audit.refused(f"{name.replace('-', '_')}_release", by=request.user, object_type="release", object_id=str(row.key))
    problem = errors.Problem(
        "That cannot be done to this release now",
        "Nothing was changed by this page.",
        "It may have been done already, by you or by somebody else, or it is for another person to do.",
        link="Go to the release",
        href=row.get_absolute_url(),
    )
    return errors.answer(request, 404, problem)


def _form_of(name, row, **given):
    if name == "approve":
        return forms.Approve(**given)
    if name == "publish":
        return forms.Publish(**given)
    if name == "correct":
        tables = [(code, CUBES[code].title) for code in CUBES if code in row.hidden_share]
        return forms.Correct(tables=tables, **given)
    if name == "again":
        return forms.Nothing(**given)
    return forms.Reason(hint=HINTS[name], **given)


def _act_of(name, row, by):
    def act(said, at):
        who = {"draw": row, "by": by, "at": at}
        if name == "approve":
            return actions.approve(**who)
        if name == "publish":
            return actions.publish(publish_at=said["publish_at"], **who)
        if name == "correct":
            return actions.correct(text=said["text"], cubes=said["cubes"], **who)
        if name == "again":
            return actions.ask_again(**who)
        return getattr(actions, name.replace("-", "_"))(reason=said["reason"], **who)

    return act


@require_http_methods(["GET", "HEAD", "POST"])
def dates(request):
    """Announce the day on which a period will be released."""
    _desk_or_404(request)
    force = request.user.force
    form = _typed(request, lambda **given: forms.Announce(periods=_to_come(force), **given))

    def act(said, at):
        given = {name: said[name] for name in ("period", "due_on", "reason")}
        return actions.announce(force=force, by=request.user, at=at, **given)

    if done := _done(request, form, act, verb="announce_release", said="Announced. Everybody reads it.", to="desk"):
        return done
    context = {"form": form, "announced": _announced(force), "back_href": reverse("figures:desk")}
    return _answer(request, "figures/desk_dates.html", context, "desk", status=_status(request, form))


def _to_come(force) -> list[Period]:
    """Give the periods whose day may be announced: those not out yet, from the last year on."""
    out = set(Release.objects.filter(force_code=force.code).values_list("period", flat=True))
    span, found = quarter_of(timezone.localdate()).year_before, []
    for _ in range(4 + AHEAD):
        found.append(span)
        if span.quarter == 4:
            found.append(span.whole_year)
        span = Period(span.year + (span.quarter == 4), span.quarter % 4 + 1)
    return [span for span in found if span.code not in out]


@require_http_methods(["GET", "HEAD", "POST"])
def facts(request):
    """Enter a number that others published, so that the audit takes it as known."""
    _desk_or_404(request)
    force = request.user.force
    periods = list(reversed(_all_periods(force)))
    parts = actions.parts_of(force=force, spans=periods)
    form = _typed(request, lambda **given: forms.Fact(periods=periods, parts=parts, **given))

    def act(said, at):
        given = {name: said[name] for name in ("period", "dimension", "code", "low", "high", "source")}
        return actions.state_fact(force=force, by=request.user, at=at, **given)

    if done := _done(
        request, form, act, verb="state_fact", said="Kept. Every later audit takes it as known.", to="release-facts"
    ):
        return done
    rows = OutsideFact.objects.filter(force=force).order_by("-pk")[:LISTED]
    context = {
        "form": form,
        "facts": [
            {"period": read_period(row.period).label, "what": _review.what(row, parts), "low": row.low,
             "high": row.high, "source": row.source, "at": row.said_at}
            for row in rows
        ],
        "back_href": reverse("figures:desk"),
    }  # fmt: skip
    return _answer(request, "figures/desk_facts.html", context, "desk", status=_status(request, form))


def _all_periods(force) -> list[Period]:
    """Give the periods that were released or may be soon, of which others may have published something."""
    out = [read_period(code) for code in Release.objects.filter(force_code=force.code).values_list("period", flat=True)]
    due = actions.periods_due(force=force, on=timezone.localdate(), in_part=True)
    way = [row.span for row in Draw.objects.open().filter(force=force).without_content()]
    return sorted({*out, *due, *way}, key=lambda span: (span.ends_before, not span.quarter))


# What the pages share ------------------------------------------------------------------------------------------------


def _desk_or_404(request):
    if not runs_the_desk(request.user):
        _unknown(request, "look_at_releases")


def _draw_or_404(request, key):
    _desk_or_404(request)
    rows = Draw.objects.visible_to(request.user).select_related(
        "force", "corrects", "compared_with", "release", "asked_by", "approved_by", "published_by", "withdrawn_by",
        "set_aside_by",
    )  # fmt: skip
    rows = rows.defer("corrects__content", "compared_with__content", "release__content")
    rows = rows.annotate(kept_values=kept.subquery(request.user, request.path))
    row = rows.filter(key=key).first()
    if row is None:
        _unknown(request, "look_at_releases", audit.hashed(str(key)))
    return row


def _unknown(request, action, object_id="desk"):
    audit.refused(action, by=request.user, object_type="release", object_id=object_id)
    raise Http404


def _allowed(user, row) -> frozenset[str]:
    """Give the verbs that this person may do now. Drawing again is offered only where an attempt came to nothing."""
    allowed, now = release_workflow.allowed(user, row), timezone.now()
    busy = row.leased_until and row.leased_until > now
    return allowed if not busy and (row.fault or _is_lost(row, now)) else allowed - {"draw"}


def _head(request, row):
    allowed = _allowed(request.user, row)
    revised_from = actions.revised_with(row).drawn_from if "revise" in allowed else None
    if revised_from and timezone.localdate() < revised_from:
        allowed -= {"revise"}  # it is refused until then, and its page says so too
    else:
        revised_from = None
    steps = [
        {
            "text": step.title,
            "href": reverse("figures:release-step", args=[row.key, name]),
            "aside": name not in FORWARD,
        }
        for name, step in STEPS.items()
        if step.verb in allowed and not (name == "approve" and not row.passed)
    ]
    return {
        "line": _line(row, timezone.now()),
        "state": row.get_status_display(),
        "code": row.period,
        "steps": steps,
        "revised_from": revised_from,
        "history": _review.history(row, request.user),
        "second": row.state == "approved" and "publish" not in allowed,
    }


def _typed(request, make_form, stored=None):
    """Make a form of what was sent; else of what was typed here before and not saved; else an empty one."""
    if request.method == "POST":
        return make_form(data=request.POST)
    typed = kept.opened(request, stored) if stored else kept.values_for(request)
    form = make_form()
    if not typed:
        return form
    fields = form.fields.items()
    return make_form(initial={name: field.widget.value_from_datadict(typed, {}, name) for name, field in fields})


def _done(request, form, act, *, verb, said, key="desk", to=None):
    """Do what a form asks for, once it is in order; give the answer, or None if the page is shown again."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        made = act(form.cleaned_data, timezone.now())
    except Refused as refusal:
        audit.refused(verb, by=request.user, object_type="release", object_id=str(key))
        form.add_error(None, str(refusal))
        return None
    kept.forget(request.user, request.path)
    messages.success(request, said)
    if to:
        return redirect(f"figures:{to}")
    return redirect(made if isinstance(made, Draw) else reverse("figures:draw", args=[key]))


def _status(request, form):
    return 422 if request.method == "POST" and form.errors else 200


def _answer(request, template, context, object_id, *, status=200):
    response = TemplateResponse(request, template, context, status=status).render()
    audit.seen("look", by=request.user, object_type="release", object_id=object_id)
    return response
