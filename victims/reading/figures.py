"""Desk figures of support: exact counts of the cases of a lead's teams, for that person alone and never published.

Counted is what the lists of the desk show to this lead: none in which they have a part, from which they are kept, or
that was joined with another. A case that the lists show and these numbers left out would be known for it. So a report
kept to a few readers, or withdrawn, makes no difference here: the desk does not read whether it is (docs/access.md).
A case belongs to the month in which support was offered: when the assault happened is not the desk's to know either.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import TruncMonth

from campion.local_time import LONDON
from campion.months import Period, month_label, month_of
from victims.models import Referral
from victims.reading.team import led_by

STILL_OPEN = "open"
"""What stands for a case that nobody has closed, among the ways in which cases end."""
State = Referral.State


@dataclass(frozen=True)
class Month:
    """The cases in which support was offered in one London month, as they stand now."""

    label: str
    offered: int
    accepted: int
    declined: int
    closed: int


@dataclass(frozen=True)
class CaseFigures:
    """What a lead may know in numbers of their teams' cases, of one period.

    :ivar answers: the number of cases by the answer that stands now (Referral.State)
    :ivar endings: the number of cases by how they were closed (Referral.Outcome), or STILL_OPEN
    """

    months: tuple[Month, ...]
    answers: Mapping[str, int]
    endings: Mapping[str, int]

    @property
    def offered(self) -> int:
        """All cases that are counted."""
        return sum(self.answers.values())

    @property
    def closed(self) -> int:
        """Those that were closed."""
        return self.offered - self.endings[STILL_OPEN]


def figures_of(user, period: Period) -> CaseFigures:
    """Count the cases in which support was offered in a period, as they stand now. One statement."""
    rows = (
        led_by(user)
        .filter(offered_at__gte=period.starts_at, offered_at__lt=period.ends_at)
        .annotate(month=TruncMonth("offered_at", tzinfo=LONDON))
        .order_by()
        .values_list("month", "state", "outcome")
        .annotate(number=Count("pk"))
    )
    answers, endings = Counter(), Counter()
    offered, accepted, declined, closed = Counter(), Counter(), Counter(), Counter()
    for begins, state, outcome, number in rows:
        month = month_of(begins)
        answers[state] += number
        endings[outcome or STILL_OPEN] += number
        offered[month] += number
        accepted[month] += number * (state == State.ACCEPTED)
        declined[month] += number * (state == State.DECLINED)
        closed[month] += number * bool(outcome)
    months = (Month(month_label(m), offered[m], accepted[m], declined[m], closed[m]) for m in period.months)
    return CaseFigures(tuple(months), answers, endings)
