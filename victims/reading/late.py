"""What is late, as an inspector or single point of contact reads it: by the report's reference, and nobody's name."""

from dataclasses import dataclass
from datetime import date

from victims.models import Clock, Entitlement
from victims.reading.words import long_day

FIELDS = (
    "owed_by", "due_on", "entitlement__title", "referral__assault__position",
    "referral__assault__incident__reference", "referral__person", "referral__unit__name",
)  # fmt: skip
OwedBy = Entitlement.OwedBy
WHO = {
    OwedBy.OFFICER: "The officer in the case",
    OwedBy.SUPERVISOR: "The supervisor",
    OwedBy.WITNESS_CARE: "Witness care",
    OwedBy.WELFARE: "The welfare desk",
}
DESKS = "A step of the welfare desk"
"""What of it is between the person and the desk: whether somebody wants support is nobody else's business."""


@dataclass(frozen=True)
class LateRow:
    """One late step, in words. `whose`: which of several people in the report, by their place in it."""

    reference: str
    unit: str
    what: str
    whose: str
    who: str
    due: str
    late: str


def rows_for(user, *, on: date):
    """Give what this person is told of, the longest late first, as `row_of` takes it."""
    return Clock.objects.late_in_units_of(user, on=on).order_by("due_on", "pk").values(*FIELDS)


def row_of(values, *, on: date) -> LateRow:
    """Put one late step into words."""
    days = (on - values["due_on"]).days
    desks = values["owed_by"] == OwedBy.WELFARE
    return LateRow(
        reference=values["referral__assault__incident__reference"],
        unit=values["referral__unit__name"],
        what=DESKS if desks else values["entitlement__title"],
        whose=f"Person {values['referral__assault__position']}",
        who=WHO[values["owed_by"]],
        due=long_day(values["due_on"]),
        late=f"{days} day{'' if days == 1 else 's'}",
    )
