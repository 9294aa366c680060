"""Who stands in for somebody, such as while they are on rest days when a limit falls: named by themself."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from campion import actions as kernel
from campion import kept
from campion.workflow import Refused
from reports.views.care import searched
from victims import forms
from victims.reading.deputies import deputies_of, deputy_or_none
from victims.views._common import page


@require_http_methods(["GET", "HEAD", "POST"])
def deputies(request):
    """Name one's own deputy for some days, see who stands in for whom, and end it."""
    user, now = request.user, timezone.now()
    if not user.may_report:
        raise Http404
    if request.method == "POST" and "end" in request.POST:
        return _end(request, user, now)
    typed = request.POST if request.method == "POST" else kept.values_for(request)
    if "find" in request.POST:
        typed = _from_today(typed)
    form = forms.NameDeputy(typed, by=user, leave_out=[user.pk])
    status = 200
    if request.method == "POST":
        valid = searched(request, form).is_valid()
        if "find" in request.POST:
            form.only_finding()
        elif valid and _named(request, form, user, now):
            return redirect("victims:deputies")
        status = 422 if form.errors else 200
    context = {"form": form, "standing": deputies_of(user, on=timezone.localdate())}
    return page(request, "victims/deputies.html", context, status=status)


def _from_today(typed):
    """Give what was typed with today as the first day where none was."""
    boxes = {f"from_on-{part}": str(getattr(timezone.localdate(), part)) for part in ("day", "month", "year")}
    if any(typed.get(box) for box in boxes):
        return typed
    typed = typed.copy()
    for box, value in boxes.items():
        typed[box] = value
    return typed


def _named(request, form, user, now):
    deputy = form.cleaned_data["user"]
    days = {name: form.cleaned_data[name] for name in ("from_on", "until_on")}
    try:
        kernel.name_deputy(user=user, deputy=deputy, by=user, at=now, **days)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    kept.forget(user, request.path)
    messages.success(request, f"{deputy.name} stands in for you on those days.")
    return True


def _end(request, user, now):
    row = deputy_or_none(user, request.POST["end"])
    try:
        if row is None:
            raise Refused("There is no such deputy.")
        kernel.end_deputy(deputy=row, by=user, at=now)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "That has ended.")
    return redirect("victims:deputies")
