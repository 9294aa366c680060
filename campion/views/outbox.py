"""For an administrator: messages that wait, were sent, failed or came back, and the words that all are sent in."""

from datetime import timedelta

from django import forms
from django.contrib import messages as said
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import pluralize
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campion import audit, messages, post
from campion.fields import Line, Prose
from campion.models import Delivery
from campion.roles import Role
from campion.workflow import Refused

PAGE = 50
WAITED_LONG = timedelta(minutes=10)
TABS = {
    Delivery.State.FAILED: "Failed",
    Delivery.State.BOUNCED: "Bounced",
    Delivery.State.WAITING: "Waiting",
    Delivery.State.SENT: "Sent",
}
FAULTS = {
    "SMTPRecipientsRefused": "The mail server refuses the address.",
    "SMTPAuthenticationError": "The mail server refused our sign-in.",
    "ConnectionRefusedError": "The mail server does not answer.",
    "TimeoutError": "The mail server did not answer in time.",
    "gaierror": "The mail server was not found.",
    "NotifyValidationError": "GOV.UK Notify refuses the address.",
    "NotifyBadRequestError": "GOV.UK Notify refuses our template, or it may not send to everybody yet.",
    "NotifyKey": "GOV.UK Notify refused our key.",
    "Notify429": "GOV.UK Notify takes no more from us for now.",
    "NotifyAway": "GOV.UK Notify does not answer.",
    "NotifyTimeout": "GOV.UK Notify did not answer in time.",
    "NotifyAnswer": "GOV.UK Notify answered in a way that we do not know.",
    "permanent-failure": "No mailbox has this address.",
    "temporary-failure": "The mailbox was full, or refused it.",
    "technical-failure": "GOV.UK Notify could not pass it on.",
}


def _in_words(fault):
    if not fault:
        return ""
    if fault.startswith("Notify"):
        return FAULTS.get(fault, f"GOV.UK Notify gave a fault: {fault.removeprefix('Notify')}.")
    return FAULTS.get(fault, f"The mail server gave a fault: {fault}.")


class WordsForm(forms.Form):
    """Subject and body of every message."""

    subject = Line(label="Subject", max_length=80, error_messages={"required": "Write a subject."})
    body = Prose(
        label="Message",
        help_text="Write {address} where the address to sign in at stands. Name nobody, and nothing that happened.",
        max_length=1000,
        rows=8,
        error_messages={"required": "Write the message."},
    )

    def clean(self):
        """Refuse words that tell what a message is about."""
        given = super().clean()
        if {"subject", "body"} <= given.keys():
            for sentence in messages.why_not(messages.Words(given["subject"], "{address}")):
                self.add_error("subject", sentence)
            for sentence in messages.why_not(messages.Words("Fine", given["body"])):
                self.add_error("body", sentence)
        return given


def _administrators(request):
    if not request.user.plays(Role.ADMINISTRATOR):
        audit.refused("outbox", by=request.user, object_type="message", object_id="outbox")
        raise Http404


def _theirs(user):
    return Delivery.objects.filter(message__to__force=user.force_id)


@require_safe
def outbox(request):
    """List messages of this force: those that failed first of all. To whom, when, how it went; never what about."""
    _administrators(request)
    wanted = request.GET.get("state")
    wanted = wanted if wanted in TABS else Delivery.State.FAILED
    now = timezone.now()
    counts = _theirs(request.user).aggregate(
        **{state.value: Count("pk", filter=Q(state=state)) for state in TABS},
        late=Count("pk", filter=Q(state=Delivery.State.WAITING, message__created_at__lt=now - WAITED_LONG)),
    )
    rows = _theirs(request.user).filter(state=wanted).select_related("message__to").order_by("-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = [
        {
            "key": row.pk,
            "name": row.message.to.name,
            "address": row.message.to.email,
            "written_at": row.message.created_at,
            "attempts": row.attempts,
            "sent_at": row.sent_at,
            "next_try_at": row.next_try_at,
            "fault": _in_words(row.fault),
        }
        for row in page.object_list
    ]
    tabs = [
        {"text": f"{words} ({counts[state]})", "href": f"?state={state}", "active": state == wanted}
        for state, words in TABS.items()
        if state != Delivery.State.BOUNCED or post.tells_afterwards() or counts[state] or state == wanted
    ]
    context = {
        "rows": lines,
        "page": page,
        "state": wanted,
        "counts": counts,
        "tabs": tabs,
        "carrier": "GOV.UK Notify" if post.tells_afterwards() else "the mail server",
    }
    return TemplateResponse(request, "outbox.html", context)


@require_POST
def again(request, key):
    """Try a message that failed or came back once more."""
    _administrators(request)
    delivery = get_object_or_404(_theirs(request.user), pk=key)
    try:
        messages.try_again(delivery=delivery, by=request.user, at=timezone.now())
    except Refused as refusal:
        said.warning(request, str(refusal))
    else:
        said.success(request, "It is tried again within a minute.")
    back = "?state=bounced" if delivery.state == Delivery.State.BOUNCED else ""
    return redirect(reverse("outbox") + back)


@require_POST
def all_again(request):
    """Try every message that failed once more."""
    _administrators(request)
    number = messages.try_failed_again(force=request.user.force, by=request.user, at=timezone.now())
    if number:
        said.success(request, f"{number} message{pluralize(number)} will be tried again within a minute.")
    else:
        said.warning(request, "No message failed any more, so there is nothing to try again.")
    return redirect("outbox")


@require_http_methods(["GET", "HEAD", "POST"])
def words(request):
    """Write the words of every message, and look at them before they count."""
    _administrators(request)
    now = messages.words_now()
    form = WordsForm(request.POST or None, initial={"subject": now.subject, "body": now.body})
    shown, status = now, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            shown, status = messages.Words(form.cleaned_data["subject"], form.cleaned_data["body"]), 200
            if request.POST.get("keep") == "yes":
                messages.write_words(words=shown, by=request.user, at=timezone.now())
                said.success(request, "Every message is sent in these words from now on.")
                return redirect("message-words")
    subject, body = shown.told()
    context = {"form": form, "subject": subject, "body": body, "previewed": request.method == "POST" and status == 200}
    return TemplateResponse(request, "message_words.html", context, status=status)
