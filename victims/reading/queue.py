"""One case as the whole desk may read it: the fields of its queue and no others."""

from dataclasses import dataclass

from campion.working_days import london_date
from victims.reading.desk import TO_THE_DESK, due_for_desk
from victims.reading.words import age


@dataclass(frozen=True)
class QueueView:
    """The fields of the queue: `queue` are the rows of a summary list."""

    reference: str
    status: str
    colour: str
    queue: tuple[dict, ...]


def queue_view(referral, *, today) -> QueueView:
    """Give what everybody of the desk may read of a case. No query."""
    status, colour = TO_THE_DESK[referral.state]
    offered_on = london_date(referral.offered_at)
    due, _ = due_for_desk(referral.state, referral.due_on, today=today)
    urgent = "Urgent: exposed to blood, spit or a needle, or hurt in body"
    rows = (
        {"key": "Urgency", "value": urgent if referral.urgent else "Usual"},
        {"key": "Offered", "value": f"{offered_on.day} {offered_on:%B %Y} ({age((today - offered_on).days)})"},
        {"key": "By when", "value": due},
        {"key": "Prefers", "value": referral.get_channel_display() or "Not said"},
    )
    return QueueView(referral.reference, status, colour, rows)
