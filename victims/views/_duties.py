"""What every page about a duty does: find it or say 404, take one form, record the look."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone

from campion import audit, kept
from campion.workflow import Refused
from victims.models import Clock, Entitlement
from victims.reading import duties as reading_duties
from victims.views._common import page, unknown


def duty_or_404(request, key):
    """Give what is owed, if it is this person's to record, with what they typed on this page and did not save
    (`kept_values`): one query. Unseen is unknown."""
    rows = reading_duties.for_list(Clock.objects.open_to(request.user)).select_related(
        "entitlement", "referral__person", "referral__personal_statement", "met_by"
    )
    rows = reading_duties.for_one(rows, request.user)
    clock = rows.annotate(kept_values=kept.subquery(request.user, request.path)).filter(key=key).first()
    if clock is None:
        unknown(request, "look_at_duty", audit.hashed(str(key)))
    arrived(request, clock)
    return clock


def arrived(request, clock):
    """Take what the row of a duty brought along for the page around it: the services, and what the menu asks.

    Whoever opens what an officer owes owes something, and needs not be asked about again. For whoever came by what is
    theirs alone, or by a case that they carry, the menu of this page leaves that place out.
    """
    request.services = clock.services
    request.user.__dict__["_investigates"] = clock.owed_by == Entitlement.OwedBy.OFFICER


def answer(request, template, context, *, look, status=200):
    """Render a page about what somebody owes, record the look, and only then answer.

    :param look: (object_id, facets, subject_ids)
    """
    response = page(request, template, context, status=status)
    object_id, facets, subject_ids = look
    audit.seen(
        "look",
        by=request.user,
        object_type="duty",
        object_id=str(object_id),
        facets=facets,
        subject_ids=[key for key in subject_ids if key],
    )
    return response


def typed_form(request, make_form, stored):
    """Make a form of what was sent; else of what was typed here before and not saved; else an empty one.

    :param make_form: takes what a form takes: `data` or `initial`
    :param stored: the row's `kept_values`
    """
    if request.method == "POST":
        return make_form(data=request.POST)
    typed = kept.opened(request, stored)
    form = make_form()
    if not typed:
        return form
    fields = form.fields.items()
    return make_form(initial={name: field.widget.value_from_datadict(typed, {}, name) for name, field in fields})


def done(request, form, act, *, verb, clock, said, to):
    """Do what a form asks for, once it is in order; give the answer, or None if the page is shown again.

    A refusal is shown on the form and stands in the log.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        act(by=request.user, at=timezone.now())
    except Refused as refusal:
        audit.refused(verb, by=request.user, object_type="duty", object_id=str(clock.key))
        form.add_error(None, str(refusal))
        return None
    kept.forget(request.user, request.path)
    messages.success(request, said)
    return redirect(to)


def view_of(request, clock):
    """Give the duty in words for this reader."""
    return reading_duties.duty_view(request.user, clock, today=timezone.localdate(), now=timezone.now())


def status_of(request, form):
    """The status of a page with a form: 422 where it was sent and is not in order."""
    return 422 if request.method == "POST" and form is not None and form.errors else 200


__all__ = ["answer", "arrived", "done", "duty_or_404", "status_of", "typed_form", "view_of"]
