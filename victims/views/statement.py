"""The Victim Personal Statement, for the officer in the case: offered, taken, added to. Its words are never here."""

from dataclasses import replace

from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from campion.working_days import london_date
from victims import evidence
from victims.actions import statement as actions
from victims.forms.evidence import Evidence
from victims.forms.statement import StatementDay
from victims.models import PersonalStatement
from victims.reading.words import long_day, moment
from victims.views._common import unknown
from victims.views._duties import answer, done, duty_or_404, status_of, typed_form, view_of

OFFER = replace(evidence.FORMS[actions.STATEMENT], told=True)
"""When and how the person was told of it: the one part that a form of evidence asks."""


@require_http_methods(["GET", "HEAD", "POST"])
def statement(request, key):
    """Show how the statement stands, and take the next fact that the officer records."""
    clock = duty_or_404(request, key)
    if clock.entitlement.evidence_form != actions.STATEMENT:
        unknown(request, "look_at_duty", str(key))
    stands = getattr(clock.referral, "personal_statement", None)
    make_form, act, verb = _next(clock, stands)
    form = None
    if make_form:
        form = typed_form(request, make_form, clock.kept_values)

        def do(by, at):
            act(form.cleaned_data, by, at)

        to = reverse("victims:duty-statement", args=[clock.key])
        if redirected := done(request, form, do, verb=verb, clock=clock, said="Recorded.", to=to):
            return redirected
    context = {
        "duty": view_of(request, clock),
        "form": form,
        "offers": verb == "offer_statement",
        "taken": bool(stands and stands.taken_on),
        "facts": _facts(stands),
        "back_href": reverse("victims:duty", args=[clock.key]),
    }
    look = (clock.key, ["rights"], [clock.person_id])
    return answer(request, "victims/duty_statement.html", context, look=look, status=status_of(request, form))


def _next(clock, stands):
    """Give the form of the next fact, what it does, and its verb; nothing where the officer has nothing to record."""
    if clock.status == "running" and (stands is None or not clock.met_at):

        def offer(said, by, at):
            actions.offer_statement(clock=clock, offered_at=said["met_at"], channel=said["channel"], by=by, at=at)

        def asks(**given):
            return Evidence(asks=OFFER, started_at=clock.started_at, now=timezone.now(), **given)

        return asks, offer, "offer_statement"
    if stands is None or (stands.choice == PersonalStatement.Choice.NO and not stands.taken_on):
        return None, None, ""
    if stands.taken_on is None:
        return (
            _day("On which day was it taken?", london_date(stands.offered_at)),
            lambda said, by, at: actions.take_statement(clock=clock, on=said["on"], by=by, at=at),
            "take_statement",
        )
    return (
        _day("On which day was something added?", stands.added_to_on or stands.taken_on),
        lambda said, by, at: actions.add_to_statement(clock=clock, on=said["on"], by=by, at=at),
        "add_to_statement",
    )


def _day(label, earliest):
    return lambda **given: StatementDay(label=label, earliest=earliest, **given)


def _facts(stands):
    """The five facts, as rows of a summary list."""
    if stands is None:
        return [{"key": key, "value": ""} for key in ("Offered", "Their choice", "Taken", "Added to", "Reading")]
    chosen = f", on {long_day(london_date(stands.chosen_at))}" if stands.chosen_at else ""
    return [
        {"key": "Offered", "value": moment(stands.offered_at)},
        {"key": "Their choice", "value": f"{stands.get_choice_display()}{chosen}" if stands.choice else ""},
        {"key": "Taken", "value": long_day(stands.taken_on) if stands.taken_on else ""},
        {"key": "Added to", "value": long_day(stands.added_to_on) if stands.added_to_on else ""},
        {"key": "Reading", "value": stands.get_reading_display()},
    ]
