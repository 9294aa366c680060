"""`/support/team/figures/`: the cases and limits of a lead's teams in exact numbers, for them and never published."""

from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from campion.bars import length, lines
from campion.chosen import PERIODS_OFFERED, ChoosePeriod, NotAChoice, not_a_choice, period_in
from campion.months import periods
from campion.roles import Role
from victims.models import Referral
from victims.permissions import Facet
from victims.reading.desk import TO_THE_DESK
from victims.reading.figures import STILL_OPEN, figures_of
from victims.reading.team import limits_kept
from victims.views._common import page, unknown

FIGURES = "team/figures"
"""What stands in the audit log in place of a reference when the figures of a team were looked at."""
ANSWERS = ("accepted", "later", "declined", "supported", "offered")
"""The answers in the order of the page."""


@require_safe
def figures(request):
    """Show a lead exact counts of the cases that their desk lists: by month, answer and ending, and limits kept."""
    user, today = request.user, timezone.localdate()
    if not user.leads(Role.WELFARE):
        unknown(request, "look", FIGURES)
    offered = periods(today)
    try:
        period = period_in(request, offered)
    except NotAChoice as refusal:
        return not_a_choice(request, refusal, PERIODS_OFFERED)
    now = timezone.now()
    counted = figures_of(user, period)
    longest = max(month.offered for month in counted.months)
    endings = [(STILL_OPEN, "Still open"), *Referral.Outcome.choices]
    context = {
        "at": now,
        "period": period,
        "form": ChoosePeriod(initial={"period": period.code}, offered=offered),
        "counted": counted,
        "accepted": counted.answers[Referral.State.ACCEPTED],
        "declined": counted.answers[Referral.State.DECLINED],
        "months": [
            (month, length(month.accepted, longest), length(month.offered, longest)) for month in counted.months
        ],
        "answers": lines((TO_THE_DESK[state][0], counted.answers[state]) for state in ANSWERS),
        "endings": lines((words, counted.endings[code]) for code, words in endings),
        "kept": limits_kept(user, today=today, now=now, period=period),
        "back_href": reverse("victims:team"),
    }
    return page(request, "victims/figures.html", context, look=(f"{FIGURES}/{period.code}", [Facet.QUEUE], []))
