"""The person's own pages: what is offered, what they choose, how they are reached safely."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campion import audit, kept
from victims import actions, forms, reading
from victims.deadlines import ASK_AGAIN_AFTER
from victims.models import Referral
from victims.permissions import Facet
from victims.views._common import look_at, own_or_refuse, page, referral_or_404, typed_on

SAID = {
    "agree": "You said yes. The welfare desk sees it now.",
    "later": "We will ask you again on {day}.",
    "decline": "You said no for now. You can change this whenever you like.",
    "supported": "You said that you have support already. You can change this whenever you like.",
}


@require_safe
def home(request):
    """Show what is offered to this person, and every service that is open to them today."""
    mine = (
        Referral.objects.visible_to(request.user)
        .filter(person=request.user)
        .exclude(state=Referral.State.MERGED)
        .with_report()
        .order_by("-offered_at", "-pk")
    )
    offers = reading.short_views(request.user, mine, today=timezone.localdate())
    look = ("own", [Facet.CHOICE], [request.user.pk]) if offers else None
    return page(request, "victims/home.html", {"offers": offers}, look=look)


@require_safe
def referral(request, reference):
    """Show one offer: to its person everything, to the welfare desk the fields of its queue."""
    row = referral_or_404(request, reference)
    if row.merged_into_id and row.standing_of(request.user).person:
        return HttpResponseRedirect(row.merged_into.get_absolute_url())
    offer = reading.view_of(request.user, row, today=timezone.localdate())
    context = {"offer": offer}
    if offer.is_mine:
        typed = kept.values_for(request)
        context |= {"choice": forms.Choice(typed) if typed else _blank_choice(), "back_href": "/support/"}
    template = "victims/referral.html" if offer.is_mine else "victims/desk_referral.html"
    return page(request, template, context, look=look_at(request, row))


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request, reference):
    """Take the person's choice: yes, later on a date, no, or already supported."""
    row = own_or_refuse(request, reference, "choose")
    typed = typed_on(request, row)
    form = forms.Choice(typed) if typed is not None else _blank_choice(row)
    if request.method == "POST" and form.is_valid():
        answer, day = form.cleaned_data["choice"], form.cleaned_data["ask_again_on"]
        try:
            _act(answer, row, day, by=request.user)
        except actions.Refused as refusal:
            audit.refused("choose", by=request.user, object_type="referral", object_id=row.reference)
            form.add_error(None, str(refusal))
        else:
            _forget(request, row, "referral", "choose")
            messages.success(request, SAID[answer].format(day=reading.long_day(day) if day else ""))
            if answer == forms.AGREE and not row.channel:
                return redirect("victims:contact", row.reference)
            return redirect(row)
    return _form_page(request, row, form, "victims/choose.html")


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request, reference):
    """Take how the person may be reached safely."""
    row = own_or_refuse(request, reference, "change_contact")
    typed = typed_on(request, row)
    if typed is not None:
        form = forms.SafeContact(typed)
    else:
        message = ("yes" if row.may_leave_message else "no") if row.contact_at else ""
        form = forms.SafeContact(
            initial={
                "channel": row.channel,
                "contact": row.contact,
                "safe_times": row.safe_times,
                "may_leave_message": message,
            }
        )
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data | {"may_leave_message": form.cleaned_data["may_leave_message"] == "yes"}
        try:
            said = actions.SafeContact(**wanted)
            actions.change_contact(referral=row, said=said, by=request.user, at=timezone.now())
        except actions.Refused as refusal:
            audit.refused("change_contact", by=request.user, object_type="referral", object_id=row.reference)
            form.add_error(None, str(refusal))
        else:
            _forget(request, row, "contact")
            messages.success(request, "We will reach you only in the way you said.")
            return redirect(row)
    return _form_page(request, row, form, "victims/contact.html")


def _form_page(request, row, form, template):
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "offer_href": row.get_absolute_url(), "back_href": row.get_absolute_url()}
    return page(request, template, context, status=status, look=look_at(request, row))


def _forget(request, row, *pages):
    """Forget what was typed on these pages and not saved: it has been saved now."""
    for name in pages:
        kept.forget(request.user, reverse(f"victims:{name}", args=[row.reference]))


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


def _act(answer, row, day, *, by):
    at = timezone.now()
    if answer == forms.LATER:
        return actions.choose_later(referral=row, ask_again_on=day, by=by, at=at)
    act = {forms.AGREE: actions.agree, forms.DECLINE: actions.decline, forms.SUPPORTED: actions.already_supported}
    return act[answer](referral=row, by=by, at=at)
