"""What figures may count of the welfare side: answers to offers, offers in time, and rights kept. Never a row.

How a record comes to a code is here; the codes are those of figures/cubes.py, the machinery that of reports/counts.py.
"""

from collections.abc import Iterable, Sequence

from django.db.models import Case, CharField, F, IntegerField, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, TruncDate

from campion.local_time import LONDON
from reports import counts
from reports.counts import Counted, Scope
from reports.models import Assault
from victims.models import Clock, Entitlement, Referral

ANSWERS = {
    Referral.State.ACCEPTED: "accepted",
    Referral.State.SUPPORTED: "accepted",
    Referral.State.DECLINED: "not",
    Referral.State.LATER: "not",
    Referral.State.OFFERED: "not",
    Referral.State.MERGED: "not",
}


def _answer(scope):
    whens = (When(referral__state=state, then=Value(code)) for state, code in ANSWERS.items())
    return Case(*whens, default=Value("not"), output_field=CharField())


def _offered(scope):
    """In time: by the day on which the limit of the Code falls (Right 4), as its clock was first given it."""
    offered_on = TruncDate("referral__offered_at", tzinfo=LONDON)
    in_time = Clock.objects.filter(
        scope.incidents("referral__assault__incident__"), entitlement__code="referral"
    ).annotate(limit=Coalesce("first_due_on", "due_on"), offered_on=offered_on)
    kept = in_time.filter(offered_on__lte=F("limit")).order_by().values("referral__assault")
    return Case(When(pk__in=kept, then=Value("in-time")), default=Value("late"), output_field=CharField())


DIMENSIONS = {"answer": _answer, "offered": _offered}


def count(scope: Scope, dimensions: Sequence[str], tables: Iterable[Sequence[str]] = ()) -> Counted:
    """Count the assaults of a scope by what was offered and answered: one statement, as `reports.counts.count`.

    :raises reports.counts.Uncountable: if a record has no code in one of the dimensions
    """
    assaults = Assault.objects.filter(scope.incidents("incident__")).order_by()
    rows = assaults.annotate(person_key=F("person_id"), incident_key=F("incident_id"))
    return counts.counted(rows, "assaults", {name: DIMENSIONS[name](scope) for name in dimensions}, tables, {})


def count_rights(scope: Scope, dimensions: Sequence[str], tables: Iterable[Sequence[str]] = ()) -> Counted:
    """Count what the Victims' Code owes to people whose assault is counted, right by right, and whether it was kept.

    What no longer applies is left out. Late is what was done after its limit, or was not done and its limit has passed
    at the moment of the scope; where a limit is a moment, that moment (victims/deadlines.py).

    :param dimensions: of right and kept
    """
    incident = "referral__assault__incident"
    rows = (
        Clock.objects.of_family(Entitlement.Family.CODE)
        .filter(scope.incidents(f"{incident}__"), not_applicable="", entitlement__right_number__isnull=False)
        .order_by()
        .annotate(
            person_key=F("referral__assault__person_id"),
            incident_key=F("referral__assault__incident_id"),
        )
    )
    met_on = TruncDate("met_at", tzinfo=LONDON)
    in_time = (
        Q(due_on=None) | Q(due_at__isnull=False, met_at__lte=F("due_at")) | Q(due_at=None, _met_on__lte=F("due_on"))
    )
    passed = Q(due_at__lt=scope.at) | Q(due_at=None, due_on__lt=scope.on)
    kept = Case(
        When(Q(met_at__isnull=False) & in_time, then=Value("in-time")),
        When(Q(met_at__isnull=False) | passed, then=Value("late")),
        default=Value("open"),
        output_field=CharField(),
    )
    number = Cast(Cast("entitlement__right_number", IntegerField()), CharField())
    known = {"right": Concat(Value("right-"), number, output_field=CharField()), "kept": (kept, {"_met_on": met_on})}
    return counts.counted(rows, "clocks", {name: known[name] for name in dimensions}, tables, {})
