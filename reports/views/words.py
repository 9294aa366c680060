"""What is said after a report was submitted: add to it, or take it back."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from reports import actions
from reports.forms import review as forms
from reports.views._report import Act, find, record_refusal, refuse


def _note_form(incident, view, **bound):
    people = [(person.position, person.label) for person in view.people if person.readable]
    return forms.AddNote(**bound, people=people)


def _add_note(incident, form, by, at):
    position = form.cleaned_data.get("about")
    about = next((row for row in incident.assaults.all() if str(row.position) == position), None) if position else None
    actions.add_note(incident=incident, body=form.cleaned_data["body"], assault=about, by=by, at=at)


# Add words to a report, dated and signed.
add = Act(
    verb="add",
    template="reports/add.html",
    make_form=_note_form,
    do=_add_note,
    said="What you wrote is now part of the report.",
)


# Take a report back, with a reason.
withdraw = Act(
    verb="withdraw",
    template="reports/withdraw.html",
    make_form=lambda incident, view, **bound: forms.Reason(
        **bound,
        label="Why are you taking it back?",
        hint="A supervisor can read this.",
        empty="Say why you are taking it back.",
    ),
    do=lambda incident, form, by, at: actions.withdraw(
        incident=incident, reason=form.cleaned_data["reason"], by=by, at=at
    ),
    said="You have taken the report back. Support that was offered to anybody in it is still open.",
)


@require_POST
def say_ready(request, reference):
    """Say that one's own part is changed as asked: whoever filed the report is told, and submits it again."""
    incident = find(request, reference)
    try:
        actions.say_ready(incident=incident, by=request.user, at=timezone.now())
    except actions.Refused as refused:
        record_refusal(request, incident, "say ready")
        return refuse(request, incident, str(refused), status=409)
    messages.success(request, "Whoever filed the report was told that your part is ready.")
    return redirect(incident)
