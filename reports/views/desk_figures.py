"""`/reports/queue/figures/`: the reports of a supervisor's units in exact numbers, for them and never published."""

from dataclasses import replace

from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from campion import audit
from campion.bars import Line, length, lines
from campion.chosen import PERIODS_OFFERED, ChoosePeriod, NotAChoice, not_a_choice, period_in
from campion.months import periods
from campion.roles import Role
from campion.working_days import london_date
from reports.desk_figures import ASSAULTS, LATER, OVERDUE, STANDS, TO_COME, figures_of
from reports.models import Kind
from reports.views.queue import TABS

WAIT_WORDS = {
    "4": "Within 4 hours",
    "12": "4 to 12 hours",
    "24": "12 to 24 hours",
    LATER: "More than 24 hours",
    TO_COME: "Not yet, and not yet due",
    OVERDUE: "Not yet, and overdue",
}


@require_safe
def figures(request):
    """Show a supervisor exact counts of the reports of their units: those that their queue lists, and no others."""
    user, at = request.user, timezone.now()
    if not user.plays(Role.SUPERVISOR):
        audit.refused("look", by=user, object_type="desk_figures")
        raise Http404
    offered = periods(london_date(at))
    try:
        period = period_in(request, offered)
    except NotAChoice as refusal:
        return not_a_choice(request, refusal, PERIODS_OFFERED)
    counted = figures_of(user, period, at=at)
    longest = max((month.people for month in counted.months), default=0)
    context = {
        "at": at,
        "period": period,
        "form": ChoosePeriod(initial={"period": period.code}, offered=offered),
        "counted": counted,
        "assaults": sum(month.assaults for month in counted.months),
        "abuse": sum(month.abuse for month in counted.months),
        "months": [(month, length(month.assaults, longest), length(month.people, longest)) for month in counted.months],
        "stands": _stands(counted, period),
        "kinds": _kinds(counted),
        "waits": _waits(counted, period),
        "overdue": counted.contact[OVERDUE],
        "share": f"{round(100 * counted.in_time / counted.spoken_to)}%" if counted.spoken_to else "",
        "units": lines(counted.units.items()) if len(user.reach[Role.SUPERVISOR]) > 1 else [],
        "back_href": reverse("reports:queue"),
    }
    response = TemplateResponse(request, "reports/desk_figures.html", context)
    response.render()
    audit.seen("look", by=user, object_type="desk_figures", object_id=period.code, facets=["core"])
    return response


def _stands(counted, period):
    """Give how the reports stand, each number with the list of the queue that holds those reports."""
    longest = max(counted.stands.values(), default=0)
    base = reverse("reports:queue")
    return [
        Line(TABS[key].text, number, length(number, longest), f"{base}?tab={key}&period={period.code}")
        for key in STANDS
        for number in [counted.stands[key]]
    ]


def _waits(counted, period):
    """Give how long people waited for a first word; whoever waits too long leads to the list of them."""
    waits = lines((words, counted.contact[wait]) for wait, words in WAIT_WORDS.items())
    late = f"{reverse('reports:queue')}?tab=duties&period={period.code}"
    return [replace(line, href=late) if line.text == WAIT_WORDS[OVERDUE] else line for line in waits]


def _kinds(counted):
    """Give the kinds, each measure with its sum above its parts.

    A report of a sexual assault is kept to a few readers (routing.py) and so not counted: a nought would say otherwise.
    """
    longest = max(counted.kinds.values(), default=0)
    shown = [kind for kind in Kind if kind != Kind.SEXUAL or counted.kinds[kind]]
    found = []
    for words, chosen in (("Assaults", True), ("Abuse", False)):
        parts = [(kind, counted.kinds[kind]) for kind in shown if (kind in ASSAULTS) == chosen]
        found.append(Line(words, sum(number for _, number in parts), total=True))
        found += [Line(str(kind.label), number, length(number, longest)) for kind, number in parts]
    return found
