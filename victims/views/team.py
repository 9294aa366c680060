"""The page of whoever leads a desk: who carries how much, how the limits were kept, and a leaver's cases in one go."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campion import audit, references
from campion.models import User
from campion.roles import Role
from victims import actions, forms
from victims.actions.desk import MOST_AT_ONCE, UNDO_WITHIN
from victims.models import Handover, Referral
from victims.permissions import Facet
from victims.reading import team as reading
from victims.views._common import page, unknown

TEAM = "team"
"""What stands in the audit log in place of a reference when the team's page was looked at."""


@require_safe
def team(request):
    """Show what each person of the team carries, how the limits were kept, and what changed hands today."""
    _leads_or_404(request)
    user, today, now = request.user, timezone.localdate(), timezone.now()
    free, lines = reading.loads(user, today=today)
    context = {
        "free": free,
        "lines": lines,
        "kept": reading.limits_kept(user, today=today, now=now),
        "handovers": reading.recent_handovers(user, since=now - UNDO_WITHIN),
    }
    return page(request, "victims/team.html", context, look=(TEAM, [Facet.QUEUE], []))


@require_http_methods(["GET", "HEAD", "POST"])
def reassign(request):
    """Choose cases of one person or of nobody and who gets them; see what that comes to; then give them."""
    _leads_or_404(request)
    user, today = request.user, timezone.localdate()
    source = request.POST.get("from", "") if request.method == "POST" else request.GET.get("from", "")
    carried, from_whom = _carried(user, source)
    rows = list(
        carried.order_by("-urgent", "due_on", "id").values("reference", "urgent", "state", "due_on", "person_id")[
            :MOST_AT_ONCE
        ]
    )
    if not rows:
        messages.warning(request, "There is no case to give away there now.")
        return redirect("victims:team")
    colleagues = [row for row in reading.team_of(user, on=today) if row.key != source]
    lines = reading.case_lines(rows, today=today)
    form = forms.Reassign(
        request.POST or None,
        cases=_offered(request, lines),
        colleagues=colleagues,
        initial={"cases": request.GET.getlist("case") or [row["reference"] for row in rows]},
    )
    name = from_whom.name if from_whom else "Nobody"
    context = {"form": form, "from_key": source, "from_name": name, "count": len(rows), "back_href": "/support/team/"}
    context |= {"colleagues": colleagues, "cut": len(rows) == MOST_AT_ONCE, "most": MOST_AT_ONCE}
    subjects = [row["person_id"] for row in rows if row["person_id"]]
    look = (TEAM, [Facet.QUEUE], subjects)
    if request.method != "POST" or "change" in request.POST or not form.is_valid():
        status = 422 if request.method == "POST" and "change" not in request.POST else 200
        if "change" in request.POST:
            form.errors.clear()
        return page(request, "victims/team_reassign.html", context, status=status, look=look)
    to = next(row for row in colleagues if row.key == form.cleaned_data["to"])
    if "give" not in request.POST:
        wanted = set(form.cleaned_data["cases"])
        context |= {"cases": [line for line in lines if line[0] in wanted], "to": to}
        context |= {"left_with": max(0, len(lines) - len(wanted)), "load_after": to.open + len(wanted)}
        return page(request, "victims/team_preview.html", context, look=look)
    try:
        done = actions.reassign(
            references=form.cleaned_data["cases"],
            from_whom=from_whom,
            to=User.objects.get(pk=to.key),
            words=form.cleaned_data["words"],
            by=user,
            at=timezone.now(),
        )
    except actions.Refused as refusal:
        audit.refused("reassign", by=user, object_type="referral", object_id=TEAM)
        form.add_error(None, str(refusal))
        return page(request, "victims/team_reassign.html", context, status=422, look=look)
    messages.success(request, f"{_cases(done.count)} went to {to.name}. You can take that back for 24 hours.")
    _say_left(request, done.left, "because they changed meanwhile or cannot be carried by them")
    return redirect("victims:team")


@require_POST
def undo(request, key):
    """Take back what changed hands at once."""
    _leads_or_404(request)
    seen = Handover.objects.filter(key=key, to_whom__isnull=False)
    made = seen.filter(referrals__in=reading.led_by(request.user).order_by().values("pk")).distinct().first()
    if made is None:
        unknown(request, "undo_reassign", audit.hashed(str(key)))
    try:
        done = actions.undo_reassign(handover=made, by=request.user, at=timezone.now())
    except actions.Refused as refusal:
        audit.refused("undo_reassign", by=request.user, object_type="referral", object_id=TEAM)
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"{_cases(done.count)} went back.")
        _say_left(request, done.left, "because somebody worked on them since, or they cannot go back")
    return redirect("victims:team")


def _leads_or_404(request):
    if not request.user.leads(Role.WELFARE):
        unknown(request, TEAM, TEAM)


def _carried(user, source):
    """Give the open cases of one person, or those that wait and that nobody carries, in the desks that this lead has;
    and who that person is. No rows for anybody who carries none of them."""
    rows = reading.led_by(user).open()
    if source == reading.NOBODY:
        return rows.filter(owner=None, state__in=Referral.WAITING), None
    if not (source.isascii() and source.isdecimal() and len(source) < 10):
        return rows.none(), None
    rows = rows.filter(owner=int(source))
    first = rows.select_related("owner").order_by("pk").first()
    return rows, first.owner if first else None


def _offered(request, lines):
    """Give the lines, and what was sent and is no longer among them: the action names those and leaves them."""
    if "give" not in request.POST:
        return lines
    known = {line[0] for line in lines}
    sent = dict.fromkeys(request.POST.getlist("cases")[: MOST_AT_ONCE + 1])
    return lines + [(sign, sign, "") for sign in sent if sign not in known and references.read(sign) == sign]


def _cases(count):
    return "1 case" if count == 1 else f"{count} cases"


def _say_left(request, left, why):
    if left:
        messages.warning(request, f"Left where they are, {why}: {', '.join(left)}.")
