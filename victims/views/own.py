"""The person's own pages: their cases, what is next, what is owed, what they choose, how they are reached safely."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campion import audit, kept
from campion.roles import Role
from victims import actions, reading
from victims.deadlines import ASK_AGAIN_AFTER
from victims.forms import own as forms
from victims.models import Referral
from victims.permissions import Facet
from victims.reading.care import carried_row
from victims.views import care, desk
from victims.views._common import look_at, own_or_refuse, page, referral_or_404, typed_on, unknown

SAID = {
    "agree": "You said yes. The welfare desk sees it now.",
    "later": "We will ask you again on {day}.",
    "decline": "You said no for now. You can change this whenever you like.",
    "supported": "You said that you have support already. You can change this whenever you like.",
}
SHORT = 3
"""How many of what is late, and of what is due next, the first page shows."""


@require_safe
def home(request):
    """Show this person's own cases, what is next in each, and the ways to get help without one."""
    now = timezone.now()
    cases = reading.cards(request.user, today=timezone.localdate(), now=now)
    look = ("own", [Facet.CHOICE, Facet.RIGHTS], [request.user.pk]) if cases else None
    context = {"cases": cases, "may_refer": request.user.may_report}
    return page(request, "victims/home.html", context, look=look)


@require_http_methods(["GET", "HEAD", "POST"])
def refer(request):
    """Let somebody ask for support without a report. Nobody who supervises them learns of it."""
    if not request.user.may_report:
        unknown(request, "refer_oneself", "refer")
    if request.method == "POST":
        try:
            made = actions.refer_oneself(by=request.user, at=timezone.now())
        except actions.Refused as refusal:
            audit.refused("refer_oneself", by=request.user, object_type="referral")
            messages.error(request, str(refusal))
            return redirect("victims:home")
        messages.success(request, "You asked for support. The welfare desk sees it now, and nobody else does.")
        return redirect(made if made.contact_at else reverse("victims:contact", args=[made.reference]))
    return page(request, "victims/own_refer.html", {"back_href": reverse("victims:home")})


@require_safe
def referral(request, reference):
    """Show one case: to its person everything, to whoever carries it their work, to the desk its queue."""
    carried = carried_row(request.user, reference, request.path) if request.user.plays(Role.WELFARE) else None
    if carried is not None:
        return care.case(request, carried)
    row = reading.own_row(request.user, reference, request.path)
    if row is None:
        theirs = referral_or_404(request, reference)
        goes_on = Referral.objects.visible_to(request.user).filter(pk=theirs.merged_into_id).first()
        return redirect(goes_on) if goes_on else desk.desk_case(request, theirs)
    if row.merged_into_id:
        return HttpResponseRedirect(row.merged_into.get_absolute_url())
    typed = kept.opened(request, row.kept_values)
    case = reading.own_case(row, today=timezone.localdate(), now=timezone.now())
    context = {
        "case": case,
        "late": case.rights.overdue[:SHORT],
        "due": case.rights.due[:SHORT],
        "theirs": case.rights.theirs,
        "choices": [_choice_row(choice, reference) for choice in case.choices],
        "choice": forms.Choice(typed) if typed else _blank_choice(),
        "back_href": reverse("victims:home"),
    }
    return page(request, "victims/referral.html", context, look=look_at(request, row))


@require_safe
def rights(request, reference):
    """Show everything owed to the person, in its families: who does it, by when, how it stands and what shows it."""
    row = own_or_refuse(request, reference, "look")
    owed = reading.rights_of(row, today=timezone.localdate(), now=timezone.now(), names=reading.names_of(row))
    context = {"owed": owed, "reference": row.reference, "back_href": row.get_absolute_url()}
    return page(request, "victims/own_rights.html", context, look=look_at(request, row))


@require_safe
def looked(request, reference):
    """Show what happened with the case, and who looked at it."""
    row = own_or_refuse(request, reference, "look")
    context = {
        "history": reading.history_of(row),
        "looks": reading.looks(row),
        "back_href": row.get_absolute_url(),
    }
    return page(request, "victims/own_looked.html", context, look=look_at(request, row))


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request, reference):
    """Take the person's choice: yes, later on a date, no, or already supported."""
    row = own_or_refuse(request, reference, "choose")
    typed = typed_on(request, row)
    form = forms.Choice(typed) if typed is not None else _blank_choice(row)
    if request.method == "POST" and form.is_valid():
        answer, day = form.cleaned_data["choice"], form.cleaned_data["ask_again_on"]
        if done(request, row, form, "choose", lambda: _choose(answer, row, day, by=request.user)):
            forget(request, row, "referral", "choose")
            messages.success(request, SAID[answer].format(day=reading.long_day(day) if day else ""))
            if answer == forms.AGREE and not row.channel:
                return redirect("victims:contact", row.reference)
            return redirect(row)
    return form_page(request, row, form, "victims/choose.html")


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request, reference):
    """Take how the person may be reached safely."""
    row = own_or_refuse(request, reference, "change_contact")
    typed = typed_on(request, row)
    form = (
        forms.SafeContact(typed) if typed is not None else forms.SafeContact(initial=forms.SafeContact.initial_of(row))
    )
    if request.method == "POST" and form.is_valid():
        said = actions.SafeContact(**form.said())
        act = actions.change_contact
        if done(
            request, row, form, "change_contact",
            lambda: act(referral=row, said=said, by=request.user, at=timezone.now()),
        ):  # fmt: skip
            forget(request, row, "contact")
            messages.success(request, "We will reach you only in the way you said.")
            return redirect(row)
    return form_page(request, row, form, "victims/contact.html")


# Steps that the pages share ------------------------------------------------------------------------------------------


def done(request, row, form, verb, act) -> bool:
    """Try an action; on a refusal say why on the form, record it, and give False."""
    try:
        act()
    except actions.Refused as refusal:
        audit.refused(verb, by=request.user, object_type="referral", object_id=row.reference)
        form.add_error(None, str(refusal))
        return False
    return True


def form_page(request, row, form, template, context=None):
    """Show a form of the case: as it stands, or with 422 and what is wrong with it."""
    status = 422 if request.method == "POST" else 200
    back = row.get_absolute_url()
    context = {"form": form, "offer_href": back, "back_href": back, **(context or {})}
    return page(request, template, context, status=status, look=look_at(request, row))


def forget(request, row, *pages):
    """Forget what was typed on these pages and not saved: it has been saved now."""
    for name in pages:
        kept.forget(request.user, reverse(f"victims:{name}", args=[row.reference]))


def _choice_row(choice, reference):
    said = bool(choice["value"])
    return {
        "key": choice["key"],
        "value": choice["value"],
        "change": reverse(f"victims:{choice['page']}", args=[reference]),
        "verb": "Change" if said else "Say",
    }


def _blank_choice(row=None):
    initial = {"ask_again_on": timezone.localdate() + ASK_AGAIN_AFTER}
    if row is not None:
        chosen = {
            "accepted": forms.AGREE,
            "later": forms.LATER,
            "declined": forms.DECLINE,
            "supported": forms.SUPPORTED,
        }
        initial["choice"] = chosen.get(row.state, "")
        initial["ask_again_on"] = row.ask_again_on or initial["ask_again_on"]
    return forms.Choice(initial=initial)


def _choose(answer, row, day, *, by):
    at = timezone.now()
    if answer == forms.LATER:
        return actions.choose_later(referral=row, ask_again_on=day, by=by, at=at)
    act = {forms.AGREE: actions.agree, forms.DECLINE: actions.decline, forms.SUPPORTED: actions.already_supported}
    return act[answer](referral=row, by=by, at=at)
