"""`/home/question/`: the anonymous question that stands on /home/ once a month (figures/pulse.py)."""

from datetime import date

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from campion.fields import OneOf, choice
from figures import pulse
from figures.models import PulseAnswer

OPEN, ASKED = "question_about", "asked_about"
"""Of the session: the month that its person may answer about, once; and the one that need not be asked about again."""
THANKS = "Thank you. Your answer is kept without your name."


class Question(forms.Form):
    """Whether something happened in the month, and whether it was reported."""

    use_required_attribute = False
    happened = OneOf(
        label="Were you assaulted or abused at work?",
        error_messages={"required": "Choose what happened, or leave the question."},
        choices=[choice(value, label) for value, label in PulseAnswer.Happened.choices],
    )
    reported = OneOf(
        label="Did you report it?",
        required=False,
        choices=[
            choice(value, label)
            for value, label in PulseAnswer.Reported.choices
            if value != PulseAnswer.Reported.NOT_ASKED
        ],
    )

    def clean(self):
        said = super().clean()
        if said.get("happened") == PulseAnswer.Happened.NOTHING:
            said["reported"] = PulseAnswer.Reported.NOT_ASKED
        elif said.get("happened") and not said.get("reported") and "reported" not in self.errors:
            self.add_error("reported", "Choose whether you reported it.")
        return said


def at_home(request):
    """Give what /home/ shows of it, or None: the question, for whoever was not asked about this month yet."""
    now = timezone.now()
    about = pulse.asked_about(now).isoformat()
    if request.session.get(ASKED) == about:
        return None
    month = pulse.ask(request.user, at=now)
    request.session[ASKED] = about
    if month is None:
        return None
    request.session[OPEN] = about
    return {"template": "figures/question.html", "form": Question(), "month": month}


@require_POST
def answer(request):
    """Keep an answer, of nobody; or leave it."""
    month, form = _month(request), Question(request.POST)
    leaves = "leave" in request.POST
    if month and not leaves and not form.is_valid():
        context = {"form": form, "month": month}
        return TemplateResponse(request, "figures/question_page.html", context, status=422)
    if month is None or not _taken(request):
        messages.info(request, "The question was answered or left already.")
    elif not leaves:
        pulse.answer(force=request.user.force, month=month, **form.cleaned_data)
        messages.success(request, THANKS)
    return redirect("home")


def _taken(request) -> bool:
    """Take the one answer out of the session, as it is stored by now; say whether it was still there.

    It is gone before the answer is written: of two that are sent at the same moment, one is kept.
    """
    request.session.pop(OPEN, None)
    with pulse.one_at_a_time(request.user):
        stored = type(request.session)(request.session.session_key)
        if stored.pop(OPEN, None) is None:
            return False
        stored.save()
        return True


def _month(request):
    """The month that may still be answered about in this session."""
    month = request.session.get(OPEN)
    month = date.fromisoformat(month) if month else None
    return month if month == pulse.asked_about(timezone.now()) else None
