"""What the person does in their own case beyond choosing: writes, lets services and people know, complains, says how
it was."""

import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campion import audit
from victims import actions, reading
from victims.actions.sharing import HEARS
from victims.forms import own as forms
from victims.models import Satisfaction
from victims.reading.rights import right_words
from victims.views._common import look_at, own_or_refuse, page, services_on, typed_on
from victims.views.own import done, forget, form_page


@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request, reference):
    """Show each contact and meeting that the person may read, and take a note for whoever carries the case."""
    row = own_or_refuse(request, reference, "write", brings=["appointments"])
    form = _form(request, row, forms.Note)
    if request.method == "POST" and form.is_valid():
        given, at = form.cleaned_data, timezone.now()
        if done(
            request, row, form, "write",
            lambda: actions.write(referral=row, words=given["words"], key=given["key"], by=request.user, at=at),
        ):  # fmt: skip
            forget(request, row, "contacts")
            messages.success(request, "Kept. Whoever carries your case reads it.")
            return redirect("victims:contacts", row.reference)
    coming, over = reading.appointments_of(row, now=timezone.now())
    context = {"contacts": reading.contacts_of(row), "coming": coming, "over": over, "carried": bool(row.owner_id)}
    return form_page(request, row, form, "victims/own_contacts.html", context)


# Services ------------------------------------------------------------------------------------------------------------


@require_safe
def consents(request, reference):
    """Show which services may know of the person, and what; each can be taken back with one press."""
    row = own_or_refuse(request, reference, "look")
    context = {"told": reading.services_told(row), "reference": row.reference, "back_href": row.get_absolute_url()}
    return page(request, "victims/own_consents.html", context, look=look_at(request, row))


@require_http_methods(["GET", "HEAD", "POST"])
def go_to_service(request, reference):
    """Take the person's yes to one service: the desk tells it, or they went there themselves."""
    row = own_or_refuse(request, reference, "give_consent")
    services = services_on(request)
    open_to_them = [(view.code, view.name, view.summary) for view in services.all]
    wanted = request.GET.get("service", "")
    initial = {"service": wanted} if wanted in {code for code, _, _ in open_to_them} else {}
    form = _form(request, row, forms.GoToService, initial, services=open_to_them)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if done(request, row, form, "give_consent", lambda: _go(row, given, by=request.user)):
            forget(request, row, "go-to-service")
            messages.success(request, GONE[given["how"]])
            return redirect("victims:consents", row.reference)
    context = {"services": services, "back_href": reverse("victims:consents", args=[row.reference])}
    return form_page(request, row, form, "victims/own_go_to_service.html", context)


GONE = {
    "desk": "You said yes. The welfare desk tells them now. You can take it back whenever you like.",
    "self": "Kept: you have been in touch with them yourself.",
}


def _go(row, given, *, by):
    return actions.go_to_service(
        referral=row,
        code=given["service"],
        shares=given["shares"],
        by_the_person=given["how"] == "self",
        by=by,
        at=timezone.now(),
    )


@require_POST
def take_back(request, reference, key):
    """Take a yes to one service back."""
    row = own_or_refuse(request, reference, "withdraw_consent")
    consent = _one(row.consents.select_related("referral", "service"), key)
    return _end(
        request, row, "withdraw_consent", "consents",
        lambda: actions.withdraw_consent(consent=consent, by=request.user, at=timezone.now()),
        f"You took your yes back. {consent.service.name} is told nothing more from now on.",
    )  # fmt: skip


# People --------------------------------------------------------------------------------------------------------------


@require_safe
def people(request, reference):
    """Show who may speak for the person, and who close to them is supported too."""
    row = own_or_refuse(request, reference, "look")
    hears = dict(HEARS)
    context = {
        "speakers": [
            (str(who.key), _rows(who, ("Is", who.get_kind_display()), ("Check word", who.check_word),
                                 ("May be told", [hears[code] for code in who.may_hear] or "Nothing")))
            for who in row.representatives.filter(ended_at=None).order_by("pk")
        ],
        "close": [
            (str(who.key), _rows(who, ("Is", who.get_relation_display()),
                                 ("Said yes", bool(who.consented_at)), ("Needs", who.needs)))
            for who in row.related_people.filter(ended_at=None).order_by("pk")
        ],
        "reference": row.reference,
        "back_href": row.get_absolute_url(),
    }  # fmt: skip
    return page(request, "victims/own_people.html", context, look=look_at(request, row))


def _rows(who, *pairs):
    pairs = (("Name", who.name), *pairs, ("How to reach them", who.contact))
    return [{"key": key, "value": value} for key, value in pairs if value != ""]


@require_http_methods(["GET", "HEAD", "POST"])
def add_close(request, reference):
    """Take somebody close to the person, to be supported in their own right."""
    row = own_or_refuse(request, reference, "add_related")
    form = _form(request, row, forms.ClosePerson)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if done(
            request, row, form, "add_related",
            lambda: actions.add_related(referral=row, **given, by=request.user, at=timezone.now()),
        ):  # fmt: skip
            forget(request, row, "add-close")
            messages.success(request, "Kept. They decide for themselves what they want.")
            return redirect("victims:people", row.reference)
    context = {"back_href": reverse("victims:people", args=[row.reference])}
    return form_page(request, row, form, "victims/own_close.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add_speaker(request, reference):
    """Take somebody who may speak for the person."""
    row = own_or_refuse(request, reference, "add_representative")
    form = _form(request, row, forms.Speaker, hears=HEARS)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if done(
            request, row, form, "add_representative",
            lambda: actions.add_representative(referral=row, **given, by=request.user, at=timezone.now()),
        ):  # fmt: skip
            forget(request, row, "add-speaker")
            messages.success(request, "They may speak for you from now on, with the check word.")
            return redirect("victims:people", row.reference)
    context = {"back_href": reverse("victims:people", args=[row.reference])}
    return form_page(request, row, form, "victims/own_speaker.html", context)


@require_POST
def end_speaker(request, reference, key):
    """End that somebody speaks for the person."""
    row = own_or_refuse(request, reference, "end_representative")
    who = _one(row.representatives.select_related("referral"), key)
    return _end(
        request, row, "end_representative", "people",
        lambda: actions.end_representative(representative=who, by=request.user, at=timezone.now()),
        "They speak for you no more.",
    )  # fmt: skip


@require_POST
def end_close(request, reference, key):
    """End the support of somebody close to the person, at the person's word."""
    row = own_or_refuse(request, reference, "end_related")
    who = _one(row.related_people.select_related("referral"), key)
    return _end(
        request, row, "end_related", "people",
        lambda: actions.end_related(related=who, by=request.user, at=timezone.now()),
        "They are not contacted from now on.",
    )  # fmt: skip


# Statement, complaint, how it was ------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def statement(request, reference):
    """Take the person's choice about a Victim Personal Statement, and say how it stands."""
    row = own_or_refuse(request, reference, "choose_statement", "personal_statement")
    made = getattr(row, "personal_statement", None)
    initial = {"choice": made.choice, "reading": made.reading} if made else {}
    form = _form(request, row, forms.Statement, initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if done(
            request, row, form, "choose_statement",
            lambda: actions.choose_statement(referral=row, **given, by=request.user, at=timezone.now()),
        ):  # fmt: skip
            forget(request, row, "statement")
            messages.success(request, "Kept. The officer in the case sees what you chose.")
            return redirect(row)
    context = {"taken_on": made.taken_on if made else None, "added_to_on": made.added_to_on if made else None}
    return form_page(request, row, form, "victims/own_statement.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def complain(request, reference):
    """Take what the person says was not met. It goes to information governance, past everybody who manages them."""
    row = own_or_refuse(request, reference, "complain")
    rights = {}
    for clock in row.clocks.select_related("entitlement").defer("evidence", "not_applicable_reason"):
        rights.setdefault(clock.entitlement.code, clock.entitlement)
    listed = [(code, _named(right)) for code, right in sorted(rights.items(), key=lambda pair: _order(pair[1]))]
    about = request.GET.get("about", "")
    form = _form(request, row, forms.Complaint, {"about": about} if about in rights else {}, rights=listed)
    if request.method == "POST" and form.is_valid():
        given, made = form.cleaned_data, []
        if done(
            request, row, form, "complain",
            lambda: made.append(
                actions.complain(
                    referral=row, about=rights.get(given["about"]), words=given["words"], by=request.user,
                    at=timezone.now(),
                )
            ),
        ):  # fmt: skip
            forget(request, row, "complain")
            messages.success(request, "Your complaint is with information governance.")
            return redirect("victims:complaint", row.reference, made[0].key)
    return form_page(request, row, form, "victims/own_complain.html")


def _named(right):
    words = right_words(right)
    return f"{words}: {right.title}" if words else right.title


def _order(right):
    return (list(reading.FAMILIES).index(right.family), right.right_number or 0, right.order, right.pk)


@require_safe
def complaint(request, reference, key):
    """Show how a complaint stands: with whom, by when it is acknowledged, and what was answered."""
    row = own_or_refuse(request, reference, "look")
    made = _one(row.complaints.select_related("about", "clock__entitlement"), key)
    owed = None
    if made.clock:
        owed = reading.right_view(made.clock, today=timezone.localdate(), now=timezone.now())
    context = {
        "made_at": made.made_at,
        "about": _named(made.about) if made.about else "Something else",
        "words": made.words,
        "owed": owed,
        "answer": made.answer,
        "answered_at": made.answered_at,
        "reference": row.reference,
        "back_href": row.get_absolute_url(),
    }
    return page(request, "victims/own_complaint.html", context, look=look_at(request, row))


@require_http_methods(["GET", "HEAD", "POST"])
def satisfaction(request, reference):
    """Ask how it was: once after four weeks, once at the end."""
    row = own_or_refuse(request, reference, "say_how_it_was")
    asks = actions.asks_now(row, at=timezone.now())
    if not asks:
        messages.info(request, "There is nothing to say about this now: you have said it already, or it is too early.")
        return redirect(row)
    form = _form(request, row, forms.HowItWas)
    if request.method == "POST" and form.is_valid():
        given, asked = form.cleaned_data, asks[-1]
        if done(
            request, row, form, "say_how_it_was",
            lambda: actions.say_how_it_was(
                referral=row, asked=asked, score=int(given["score"]), words=given["words"], by=request.user,
                at=timezone.now(),
            ),
        ):  # fmt: skip
            forget(request, row, "satisfaction")
            messages.success(request, "Thank you. It is read without your name.")
            return redirect(row)
    return form_page(request, row, form, "victims/own_satisfaction.html", {"at_end": asks[-1] == Satisfaction.When.END})


# The steps -----------------------------------------------------------------------------------------------------------


def _form(request, row, form, initial=None, **given):
    """Give a form bound to what was sent or typed before, or a blank one with a key of its own."""
    typed = typed_on(request, row)
    if typed is not None:
        return form(typed, **given)
    return form(initial={"key": uuid.uuid4(), **(initial or {})}, **given)


def _one(rows, key):
    found = rows.filter(key=key).first()
    if found is None:
        raise Http404
    return found


def _end(request, row, verb, to, act, words):
    """Do what one press ends, say so, and go back to the list."""
    try:
        act()
    except actions.Refused as refusal:
        audit.refused(verb, by=request.user, object_type="referral", object_id=row.reference)
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    return redirect(f"victims:{to}", row.reference)
