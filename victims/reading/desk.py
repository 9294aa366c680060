"""The list of the welfare desk: the fields of its queue and no others, in words; and what waits on it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import IntegerField, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from campion.models import User
from campion.working_days import london_date
from victims.models import Handover, Referral
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
    carrier: str
    stands_in: bool
    may_claim: bool


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

DESK_FIELDS = (
    "reference", "urgent", "offered_at", "state", "due_on", "channel", "person_id", "closed_at", "owner_id",
    "owner__given_name", "owner__family_name",
)  # fmt: skip


def desk_rows(rows, *, user, today) -> list[DeskRow]:
    """Give the lines of the desk's list from `DESK_FIELDS` of each referral. No query.

    :param user: whose list it is: what they carry themselves is told as theirs
    """
    return [_desk_row(row, user, today) for row in rows]


def _desk_row(row, user, today):
    offered_on = london_date(row["offered_at"])
    if row["closed_at"]:
        due, overdue = f"Closed {short_day(london_date(row['closed_at']))}", False
    else:
        due, overdue = due_for_desk(row["state"], row["due_on"], today=today)
    name = f"{row['owner__given_name']} {row['owner__family_name']}".strip() if row["owner_id"] else ""
    mine = row["owner_id"] == user.pk
    return DeskRow(
        reference=row["reference"],
        href=reverse("victims:referral", args=[row["reference"]]),
        urgent=row["urgent"],
        offered_on=offered_on,
        age=age((today - offered_on).days),
        status=TO_THE_DESK[row["state"]][0],
        due=due,
        overdue=overdue,
        channel=Referral.Channel(row["channel"]).label if row["channel"] else "Not said",
        carrier="You" if mine else name,
        stands_in=row["owner_id"] is not None and not mine and row["owner_id"] in user.stands_in_for,
        may_claim=row["owner_id"] is None and row["closed_at"] is None,
    )


def short_day(day) -> str:
    """Write a date short: 8 Apr 2026."""
    return f"{day.day} {day:%b %Y}"


def due_for_desk(state, due_on, *, today) -> tuple[str, bool]:
    """Say by when the desk must act, in words, and whether that day has passed."""
    if state in WHY_NO_CLOCK:
        return WHY_NO_CLOCK[state], False
    if due_on is None:
        return "No date", False
    day = short_day(due_on)
    overdue = today > due_on
    if state == Referral.State.LATER:
        return (f"Overdue: ask again since {day}" if overdue else f"Ask again on {day}"), overdue
    if overdue:
        return f"Overdue since {day}", True
    return ("Due today" if due_on == today else f"Due {day}"), False


@dataclass(frozen=True)
class Tab:
    """One of the desk's lists: its key in the address, its name, what it says when it is empty, and its order.

    `waiting`: whether only cases in which the desk owes something stand in it, unless an answer is asked for.
    """

    key: str
    text: str
    empty: str
    hint: str
    waiting: bool = True
    sort: str = "urgency"

    def rows(self, user, today) -> Q:
        """Say which cases stand in this list of this person's, on a London date."""
        opened = Q(closed_at=None)
        return {
            "unassigned": opened & Q(owner=None),
            "mine": opened & Q(owner__in=[user.pk, *user.stands_in_for]),
            "today": opened & Q(due_on=today),
            "overdue": opened & Q(due_on__lt=today),
            "waiting": opened,
            "closed": Q(closed_at__isnull=False),
        }[self.key]


TABS = (
    Tab(
        "unassigned",
        "Unassigned",
        "No case waits for somebody to carry it.",
        "An offer appears here as soon as a report is submitted in one of your units.",
    ),
    Tab(
        "mine",
        "Mine",
        "You carry no case.",
        "Claim one from the unassigned, or wait for a colleague to hand one over.",
        waiting=False,
    ),
    Tab("today", "Due today", "Nothing is due today.", "What falls due tomorrow stands under all that waits."),
    Tab("overdue", "Overdue", "Nothing is overdue.", "A case stands here from the day after its limit."),
    Tab(
        "waiting",
        "All that waits",
        "Nobody is waiting.",
        "An offer appears here as soon as a report is submitted in one of your units.",
    ),
    Tab(
        "closed",
        "Closed",
        "No case has been closed yet.",
        "Its carrier closes a case once nothing is owed.",
        waiting=False,
        sort="closed",
    ),
)


LISTED = 10_000
"""The most cases of a list that are counted and paged through: a desk with more is narrowed, and answers at once."""


class _HowMany(Subquery):
    """How many rows a query gives, as a column."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def tab_counts(rows, *, user, today) -> dict[str, int]:
    """Count the cases of each list in one query, no further than one beyond LISTED.

    :param rows: the cases of this person's desk, narrowed as the page is
    """
    lists = {tab.key: rows.filter(tab.rows(user, today)).order_by().values("pk") for tab in TABS}
    columns = {key: _HowMany(found[: LISTED + 1]) for key, found in lists.items()}
    return User.objects.filter(pk=user.pk).values(**columns).get()


def told(count: int) -> str:
    """Say a count of `tab_counts`: 50, or 10,000+."""
    return f"{LISTED:,}+" if count > LISTED else str(count)


def waits_for(user) -> int:
    """Count what waits for this person on the desk: what nobody carries, and what they carry and is due by today."""
    free = Q(owner=None, state__in=Referral.WAITING)
    mine = Q(owner__in=[user.pk, *user.stands_in_for], due_on__lte=timezone.localdate())
    return Referral.objects.on_desk(user).open().filter(free | mine).count()


def words_left() -> Subquery:
    """Give, as a column, the words with which a case last changed hands: for whoever carries it. Without any: None."""
    last = Handover.objects.filter(referrals=OuterRef("pk"), undone_at=None).order_by("-at", "-pk")
    return Subquery(last.values("words")[:1])
