"""The case as whoever carries it works with it: one page for all of it, and a page for each thing that is recorded."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from campion import audit, kept
from campion.context import navigation_for
from victims import needs
from victims.actions import Refused, care, sharing
from victims.forms import care as forms
from victims.models import OnwardReferral, SupportService
from victims.reading import care as reading
from victims.reading.facts import facts_for
from victims.views._common import look_at, page, referral_or_404, services_on, typed_on
from victims.workflow import case_workflow, onward_workflow

FORM = ["GET", "HEAD", "POST"]
CLOSED = "This case is closed, so nothing can be recorded. Take it up again first."


def carried_or_refuse(request, reference, verb, *names):
    """Give the case to whoever carries it or stands in for them, with what they typed and did not save.

    :param names: what hangs on the case and comes along, for `reading.parts_of`
    :raises PermissionDenied: for those who may know of it and do not carry it
    :raises Http404: for everybody else
    """
    row = reading.carried_row(request.user, reference, request.path, *names)
    if row is None:
        theirs = referral_or_404(request, reference)
        audit.refused(verb, by=request.user, object_type="referral", object_id=theirs.reference)
        raise PermissionDenied
    request.services = row.services
    return row


def case(request, row):
    """Show a case to whoever carries it: how to reach the person now, what is next, and all that was done.

    :param row: as `reading.carried_row` gives it
    """
    request.services = row.services
    view = reading.case_view(request.user, row, now=timezone.now(), page=request.GET.get("page", "1"))
    context = {
        "case": view,
        "may": case_workflow.allowed(request.user, row.carriage),
        "left": row.left,
        "back_href": reverse("victims:desk"),
    }
    return _at_the_desk(request, row, "victims/case.html", context)


# Needs and plan ------------------------------------------------------------------------------------------------------


@require_http_methods(FORM)
def assess(request, reference):
    """Take a needs assessment, and the decision about enhanced rights."""
    row = carried_or_refuse(request, reference, "assess", "latest")
    latest = next(iter(reading.parts_of(row, "latest").latest), None)
    initial = {"number": latest.number + 1 if latest else 1}
    if latest:
        answers = latest.answers or {}
        initial |= {f"area_{code}": level for code, level in answers.items() if code != needs.VULNERABLE}
        initial |= {"vulnerable": answers.get(needs.VULNERABLE, []), "risk": latest.risk, "words": latest.words}
        initial |= {"enhanced": latest.enhanced, "basis": latest.basis or []}
    suggested = needs.suggest(facts_for(row, by=request.user), (latest.answers if latest else {}) or {})

    def do(form, at):
        given = form.cleaned_data
        care.assess(
            referral=row,
            answers=given["answers"],
            risk=given["risk"],
            words=given["words"],
            enhanced=given["enhanced"],
            basis=given["basis"],
            review_on=given["review_on"],
            number=given["number"],
            by=request.user,
            at=at,
        )

    context = {"suggested": [reading.because_words(found.route, found.because) for found in suggested]}
    context["again"] = latest is not None
    return _taken(
        request, row, "assess", lambda **given: forms.Assess(**given), do, "The assessment is kept.",
        "victims/case_assess.html", initial=initial, context=context,
    )  # fmt: skip


@require_safe
def assessment(request, reference, number):
    """Show one assessment as it was kept."""
    row = carried_or_refuse(request, reference, "look")
    if number > 32_000:
        raise Http404
    kept_one = get_object_or_404(row.assessments.select_related("by"), number=number)
    return _shown(request, row, "victims/case_assessment.html", {"assessment": reading.assessment_view(kept_one)})


@require_http_methods(FORM)
def goals(request, reference):
    """Take something that the person wants."""
    row = carried_or_refuse(request, reference, "add_goal")

    def do(form, at):
        care.add_goal(referral=row, **form.cleaned_data, by=request.user, at=at)

    return _taken(
        request, row, "add_goal", lambda **given: forms.AddGoal(**given), do, "The goal is in the plan.",
        "victims/case_form.html",
        context=_words("Add a goal", "Add it", "A goal is what they want, not what we do."), anchor="plan",
    )  # fmt: skip


@require_http_methods(FORM)
def goal(request, reference, key):
    """Take how a goal ended."""
    row = carried_or_refuse(request, reference, "end_goal")
    found = get_object_or_404(row.goals.select_related("referral"), key=key)

    def do(form, at):
        care.end_goal(goal=found, state=form.cleaned_data["state"], by=request.user, at=at)

    return _taken(
        request, row, "end_goal", lambda **given: forms.EndGoal(**given), do, "Kept.", "victims/case_form.html",
        context=_words("How did this goal end?", "Save") | {"quote": found.words}, anchor="plan",
    )  # fmt: skip


@require_http_methods(FORM)
def plan_review(request, reference):
    """Take when the plan is looked at again."""
    row = carried_or_refuse(request, reference, "set_plan_review")

    def do(form, at):
        care.set_plan_review(referral=row, **form.cleaned_data, by=request.user, at=at)

    return _taken(
        request, row, "set_plan_review", lambda **given: forms.PlanReview(**given), do, "Kept.",
        "victims/case_form.html", initial={"review_on": row.plan_review_on},
        context=_words("When is the plan looked at again?", "Save"), anchor="plan",
    )  # fmt: skip


# Contacts and appointments -------------------------------------------------------------------------------------------


@require_http_methods(FORM)
def record_contact(request, reference):
    """Take one attempt to reach the person, or theirs to reach us; ask again where it was not a safe one."""
    row = carried_or_refuse(request, reference, "record_contact")
    now = timezone.now()

    def do(form, at):
        given = form.cleaned_data
        try:
            care.record_contact(
                referral=row,
                happened_at=given["at"],
                channel=given["channel"],
                direction=given["direction"],
                outcome=given["outcome"],
                words=given["words"],
                shared=given["shared"] == "yes",
                key=given["key"],
                confirmed=given["confirmed"],
                by=request.user,
                at=at,
            )
        except care.NotSafe as refusal:
            form.say_unsafe(str(refusal))
            return False

    initial = {"channel": row.channel if row.channel != "in-person" else ""}
    return _taken(
        request, row, "record_contact", lambda **given: forms.RecordContact(now=now, **given), do,
        "The contact is in the log.", "victims/case_contact.html", initial=initial, anchor="contacts",
    )  # fmt: skip


@require_http_methods(FORM)
def appointment(request, reference):
    """Take a meeting that was arranged."""
    row = carried_or_refuse(request, reference, "arrange", "onward")
    sent = reading.parts_of(row, "onward").onward
    onward = [(str(item.key), item.service_of_name) for item in reversed(sent) if item.state in OnwardReferral.OPEN]

    def do(form, at):
        given = form.cleaned_data
        chosen = given.get("onward")
        care.arrange(
            referral=row,
            meets_at=given["at"],
            with_whom=given["with_whom"],
            place=given["place"],
            onward=row.onward.get(key=chosen) if chosen else None,
            key=given["key"],
            by=request.user,
            at=at,
        )

    return _taken(
        request, row, "arrange", lambda **given: forms.Arrange(onward=onward, **given), do,
        "The appointment is kept.", "victims/case_appointment.html", anchor="appointments",
    )  # fmt: skip


@require_http_methods(FORM)
def appointment_outcome(request, reference, key):
    """Take whether a meeting took place."""
    row = carried_or_refuse(request, reference, "record_appointment")
    found = get_object_or_404(row.appointments.select_related("referral"), key=key)

    def do(form, at):
        care.record_appointment(
            appointment=found, attended=form.cleaned_data["attended"], by=request.user, at=at
        )  # fmt: skip

    return _taken(
        request, row, "record_appointment", lambda **given: forms.AppointmentOutcome(**given), do, "Kept.",
        "victims/case_form.html", initial={"attended": found.attended},
        context=_words("Did the appointment take place?", "Save") | {"quote": _meeting(found)}, anchor="appointments",
    )  # fmt: skip


@require_http_methods(FORM)
def change_appointment(request, reference, key):
    """Take another time, place or person for a meeting."""
    row = carried_or_refuse(request, reference, "change_appointment")
    found = get_object_or_404(row.appointments.select_related("referral"), key=key)

    def do(form, at):
        given = form.cleaned_data
        care.change_appointment(
            appointment=found, meets_at=given["at"], with_whom=given["with_whom"], place=given["place"],
            by=request.user, at=at,
        )  # fmt: skip

    return _taken(
        request, row, "change_appointment", lambda **given: forms.ChangeAppointment(meets_at=found.meets_at, **given),
        do, "The appointment is changed. They see it on their own page.", "victims/case_appointment_change.html",
        initial={"with_whom": found.with_whom, "place": found.place}, anchor="appointments",
    )  # fmt: skip


@require_http_methods(FORM)
def cancel_appointment(request, reference, key):
    """Take why a meeting will not be."""
    row = carried_or_refuse(request, reference, "cancel_appointment")
    found = get_object_or_404(row.appointments.select_related("referral"), key=key)

    def do(form, at):
        care.cancel_appointment(appointment=found, reason=form.cleaned_data["reason"], by=request.user, at=at)

    return _taken(
        request, row, "cancel_appointment", lambda **given: forms.CancelAppointment(**given), do,
        "The appointment is cancelled.", "victims/case_form.html",
        context=_words("Cancel an appointment", "Cancel it") | {"quote": _meeting(found)}, anchor="appointments",
    )  # fmt: skip


def _meeting(appointment):
    """Say which meeting it is: with whom, when and where."""
    when = f"{timezone.localtime(appointment.meets_at):%-d %B %Y, %H:%M}"
    return ", ".join(part for part in (appointment.with_whom, when, appointment.place) if part)


# Consent and services ------------------------------------------------------------------------------------------------


@require_http_methods(FORM)
def consent(request, reference):
    """Take a yes to one service being told so much."""
    row = carried_or_refuse(request, reference, "give_consent", "related_people")
    there, theirs = services_on(request), services_on(request, sharing.worker_type_of(row))
    close = reading.parts_of(row, "related_people").related_people
    people = [(str(who.key), who.name) for who in close if who.consented_at and not who.ended_at]
    listed = {view.code: view for view in [*theirs.all, *(theirs.for_family if people else [])]}
    offered = [(view.code, view.name, view.summary) for view in sorted(listed.values(), key=lambda view: view.name)]

    def do(form, at):
        given = form.cleaned_data
        whom = given.get("whom")
        sharing.give_consent(
            referral=row,
            service=SupportService.objects.get(code=given["service"]),
            related_person=row.related_people.get(key=whom) if whom else None,
            shares=given["shares"],
            how=given["how"],
            by=request.user,
            at=at,
        )

    return _taken(
        request, row, "give_consent", lambda **given: forms.GiveConsent(services=offered, people=people, **given), do,
        "The yes is kept. You can refer them now.", "victims/case_consent.html", anchor="services",
        context={"services": there},
    )  # fmt: skip


@require_http_methods(FORM)
def consent_back(request, reference, key):
    """Take a yes back, at the person's word."""
    row = carried_or_refuse(request, reference, "withdraw_consent")
    found = get_object_or_404(row.consents.select_related("service", "referral", "related_person"), key=key)

    def do(form, at):
        sharing.withdraw_consent(consent=found, by=request.user, at=at)

    view = reading.consent_view(found)
    context = _words(
        "Take the yes back", "They took it back",
        "What was sent under it and is still open ends here. Tell the service yourself: nothing is sent by this page.",
    )  # fmt: skip
    context["rows"] = [
        {"key": "Service", "value": view.service},
        {"key": "For", "value": view.whom or "The person assaulted"},
        {"key": "May be told", "value": list(view.shares)},
    ]
    context["over"] = "This yes was taken back already." if view.withdrawn_at else ""
    return _taken(
        request, row, "withdraw_consent", lambda **given: forms.Confirm(**given), do, "The yes is taken back.",
        "victims/case_form.html", context=context, anchor="services",
    )  # fmt: skip


@require_http_methods(FORM)
def refer_on(request, reference):
    """Send the person on to a service that they said yes to."""
    row = carried_or_refuse(request, reference, "refer_on", "consents", "onward")
    ready = _ready(row)
    listed = reading.consent_views(row) if _posted(request) else ready  # pressed twice, it is the same referral

    def do(form, at):
        chosen = row.consents.select_related("service").get(key=form.cleaned_data["consent"])
        made.append(
            sharing.refer_on(referral=row, service=chosen.service, consent=chosen, by=request.user, at=at)
        )  # fmt: skip

    made = []
    return _taken(
        request, row, "refer_on", lambda **given: forms.ReferOn(consents=listed, **given), do,
        "The referral is kept as sent. Open the pack, and pass it on to the service.", "victims/case_refer_on.html",
        context={"ready": ready},
        after=lambda: redirect("victims:onward", row.reference, made[0].key),
    )  # fmt: skip


@require_http_methods(FORM)
def onward(request, reference, key):
    """Show a referral to a service, and take what the service said."""
    row = carried_or_refuse(request, reference, "onward", "consents", "onward")
    found = _onward_or_404(row, key)
    may = onward_workflow.allowed(request.user, found)
    others = _ready(row, related=found.related_person_id, besides=found.service_id) if "transfer" in may else []

    def do(form, at):
        given, who = form.cleaned_data, {"by": request.user, "at": at}
        step = given["step"]
        if step == "receive":
            sharing.receive(onward=found, receipt=given["receipt"], **who)
        elif step == "take up":
            sharing.take_up(onward=found, **who)
        elif step == "turn down":
            sharing.turn_down(
                onward=found, declined_for=given["declined_for"], words=given["declined_words"], **who
            )  # fmt: skip
        elif step == "transfer":
            chosen = row.consents.select_related("service").get(key=given["consent"])
            sharing.transfer(onward=found, service=chosen.service, consent=chosen, **who)
        else:
            sharing.end_onward(onward=found, result=given["result"], **who)

    context = {"onward": reading.onward_view(found), "receipt": found.receipt, "declined": found.declined_words}
    step = onward_workflow.transitions.get(request.POST.get("step", ""))
    if step and step.target == found.state:  # the button was pressed twice
        return redirect("victims:onward", row.reference, found.key)
    if found.state not in OnwardReferral.OPEN or row.closed_at:
        return _shown(request, row, "victims/case_onward.html", context, status=409 if _posted(request) else 200)
    return _taken(
        request, row, "onward", lambda **given: forms.MoveOnward(may=may, consents=others, **given), do, "Kept.",
        "victims/case_onward.html", context=context,
        after=lambda: redirect("victims:onward", row.reference, found.key),
    )  # fmt: skip


@require_http_methods(FORM)
def pack(request, reference, key):
    """Ask why a referral pack is needed, record it, and show what the service may be told: fit to be printed."""
    row = carried_or_refuse(request, reference, "pack")
    found = _onward_or_404(row, key)
    form = forms.PackReason(request.POST if _posted(request) else None)
    context = {"onward": reading.onward_view(found), "form": form}
    context["back_href"] = reverse("victims:onward", args=[row.reference, found.key])
    if found.consent.withdrawn_at is not None:
        context |= {"form": None, "over": "They took their yes back, so nothing more may be passed on."}
        return _shown(
            request, row, "victims/case_pack_reason.html", context, status=409 if _posted(request) else 200
        )  # fmt: skip
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return _shown(request, row, "victims/case_pack_reason.html", context, status=status)
    audit.record(
        "open_pack",
        by=request.user,
        object_type="onward",
        object_id=str(found.key),
        subject_ids=[row.person_id] if row.person_id else [],
        reason_code=form.cleaned_data["why"],
    )
    context |= {"pack": reading.pack_of(request.user, found, row), "form": None, "at": timezone.now()}
    return _shown(request, row, "victims/case_pack.html", context)


def _onward_or_404(row, key):
    rows = row.onward.select_related("service", "consent", "related_person", "transferred_to__service", "referral")
    return get_object_or_404(rows, key=key)


def _ready(row, **only):
    """The standing yeses under which nothing is open: for anybody, or for one person and other services."""
    sent = reading.parts_of(row, "onward").onward
    open_ones = {(item.service_id, item.related_person_id) for item in sent if item.state in OnwardReferral.OPEN}
    ready = [view for view in reading.consent_views(row) if (view.service_id, view.related_id) not in open_ones]
    if only:
        ready = [
            view for view in ready
            if view.related_id == only["related"] and view.service_id != only["besides"]
        ]  # fmt: skip
    return ready


# People --------------------------------------------------------------------------------------------------------------


@require_http_methods(FORM)
def related(request, reference):
    """Take somebody close to the person."""
    row = carried_or_refuse(request, reference, "add_related")

    def do(form, at):
        sharing.add_related(referral=row, **form.cleaned_data, by=request.user, at=at)

    return _taken(
        request, row, "add_related", lambda **given: forms.AddRelated(**given), do, "Kept.",
        "victims/case_form.html", anchor="people",
        context=_words("Add somebody close to them", "Save", "They are supported in their own right: nothing but a "
                       "name is kept before they say yes themselves, and nobody tells them what happened."),
    )  # fmt: skip


@require_http_methods(FORM)
def one_related(request, reference, key):
    """Show somebody close to the person; take their own yes, or that their support ends."""
    row = carried_or_refuse(request, reference, "ask_related")
    found = get_object_or_404(row.related_people.select_related("referral"), key=key)
    ends = _posted(request) and "end" in request.POST

    def do(form, at):
        given = form.cleaned_data
        if ends:
            sharing.end_related(related=found, by=request.user, at=at)
        else:
            sharing.ask_related(related=found, **given, by=request.user, at=at)

    def make(**given):
        return forms.Confirm(**given) if ends else forms.AskRelated(**given)

    view = reading.related_view(found)
    initial = {"how": found.consent_how, "contact": found.contact, "needs": found.needs}
    if view.ended and ends:  # the button was pressed twice
        return redirect(row)
    if view.ended:
        return _shown(request, row, "victims/case_related.html", {"who": view}, status=409 if _posted(request) else 200)
    return _taken(
        request, row, "ask_related", make, do, "Kept.", "victims/case_related.html", initial=initial,
        context={"who": view}, anchor="people",
    )  # fmt: skip


@require_http_methods(FORM)
def representative(request, reference):
    """Take somebody who may speak for the person."""
    row = carried_or_refuse(request, reference, "add_representative")

    def do(form, at):
        sharing.add_representative(referral=row, **form.cleaned_data, by=request.user, at=at)

    return _taken(
        request, row, "add_representative",
        lambda **given: forms.AddRepresentative(hears=sharing.HEARS, **given), do, "Kept.",
        "victims/case_form.html", anchor="people",
        context=_words("Add somebody who speaks for them", "Save",
                       "Only at the person’s word. Ask for the check word before you tell them anything."),
    )  # fmt: skip


@require_http_methods(FORM)
def one_representative(request, reference, key):
    """Show a representative with the check word; take that they speak for the person no more."""
    row = carried_or_refuse(request, reference, "end_representative")
    found = get_object_or_404(row.representatives.select_related("referral"), key=key)
    view = reading.speaker_view(found)
    context = {"who": view}
    if view.ended and _posted(request):  # the button was pressed twice
        return redirect(row)
    if view.ended:
        return _shown(request, row, "victims/case_representative.html", context)

    def do(form, at):
        sharing.end_representative(representative=found, by=request.user, at=at)

    return _taken(
        request, row, "end_representative", lambda **given: forms.Confirm(**given), do,
        "They speak for the person no more.", "victims/case_representative.html", context=context, anchor="people",
    )  # fmt: skip


# The frame -----------------------------------------------------------------------------------------------------------


def _taken(request, row, verb, make, do, said, template, *, initial=None, context=None, anchor="", after=None):
    """Show a form of a case, or take it: post, then redirect. Refused or wrong, it comes back as it was typed.

    :param make: gives the form from `data` and `initial`
    :param do: does it, from the form and the moment; False where it has put an error on the form itself
    """
    if row.closed_at is not None:
        messages.warning(request, CLOSED)
        return redirect(row)
    typed = typed_on(request, row)
    form = make(data=typed, initial=initial or {})
    if _posted(request) and form.is_valid():
        try:
            kept_it = do(form, timezone.now()) is not False
        except Refused as refusal:
            form.add_error(None, str(refusal))
            kept_it = False
        if kept_it:
            kept.forget(request.user, request.path)
            messages.success(request, said)
            return after() if after else redirect(row.get_absolute_url() + (f"#{anchor}" if anchor else ""))
        audit.refused(verb, by=request.user, object_type="referral", object_id=row.reference)
    return _shown(request, row, template, {"form": form, **(context or {})}, status=422 if _posted(request) else 200)


def _shown(request, row, template, context, *, status=200):
    context = {"head": reading.head_of(row, now=timezone.now()), "back_href": row.get_absolute_url(), **context}
    return _at_the_desk(request, row, template, context, status=status)


def _at_the_desk(request, row, template, context, *, status=200):
    """Answer with a page of the case, marked in the navigation as the desk's and not as the reader's own support."""
    places = navigation_for(request.user, f"{reverse('victims:desk')}{row.reference}/")
    return page(
        request, template, {"navigation": places, **context}, status=status, look=look_at(request, row)
    )  # fmt: skip


def _posted(request):
    return request.method == "POST"


def _words(title, button, lead=""):
    """The heading, button and first sentence of a plain form page."""
    return {"title": title, "button": button, "lead": lead}
