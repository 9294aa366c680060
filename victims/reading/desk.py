"""The list of the welfare desk: the fields of its queue and no others, in words."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from campion.working_days import london_date
from victims.models import Referral
from victims.reading.words import age


@dataclass(frozen=True)
class DeskRow:
    """One line of the desk's list: the fields of its queue and no others."""

    reference: str
    href: str
    urgent: bool
    offered_on: date
    age: str
    status: str
    due: str
    overdue: bool
    channel: str


TO_THE_DESK = {
    "offered": ("No answer yet", "blue"),
    "accepted": ("Accepted", "green"),
    "later": ("Ask again later", "purple"),
    "declined": ("Declined for now", "grey"),
    "supported": ("Already supported", "grey"),
    "merged": ("Joined with another", "grey"),
}
WHY_NO_CLOCK = {
    "declined": "Not applicable: declined for now",
    "supported": "Not applicable: already supported",
    "merged": "Not applicable: joined with another",
}

DESK_FIELDS = ("reference", "urgent", "offered_at", "state", "due_on", "channel", "person_id")


def desk_rows(rows, *, today) -> list[DeskRow]:
    """Give the lines of the desk's list from `DESK_FIELDS` of each referral. No query."""
    lines = []
    for row in rows:
        offered_on = london_date(row["offered_at"])
        due, overdue = due_for_desk(row["state"], row["due_on"], today=today)
        lines.append(
            DeskRow(
                reference=row["reference"],
                href=reverse("victims:referral", args=[row["reference"]]),
                urgent=row["urgent"],
                offered_on=offered_on,
                age=age((today - offered_on).days),
                status=TO_THE_DESK[row["state"]][0],
                due=due,
                overdue=overdue,
                channel=Referral.Channel(row["channel"]).label if row["channel"] else "Not said",
            )
        )
    return lines


def due_for_desk(state, due_on, *, today):
    if state in WHY_NO_CLOCK:
        return WHY_NO_CLOCK[state], False
    if due_on is None:
        return "No date", False
    day = f"{due_on.day} {due_on:%b %Y}"
    overdue = today > due_on
    if state == Referral.State.LATER:
        return (f"Overdue: ask again since {day}" if overdue else f"Ask again on {day}"), overdue
    if overdue:
        return f"Overdue since {day}", True
    return ("Due today" if due_on == today else f"Due {day}"), False
