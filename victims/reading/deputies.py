"""Who stands in for whom, from today on."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from campion.models import Deputy


@dataclass(frozen=True)
class StandingIn:
    """One line: somebody stands in for somebody. `name` is the other one of the two."""

    key: str
    name: str
    from_on: date
    until_on: date | None
    for_me: bool
    now: bool


def deputies_of(user, *, on) -> list[StandingIn]:
    """Give who stands in for this person and for whom they do, on a London date or later: theirs first. One query."""
    rows = Deputy.objects.filter(Q(user=user) | Q(deputy=user)).exclude(until_on__lt=on)
    lines = []
    for row in rows.select_related("user", "deputy").order_by("from_on", "pk"):
        for_me = row.user_id == user.pk
        other = row.deputy if for_me else row.user
        lines.append(StandingIn(str(row.pk), other.name, row.from_on, row.until_on, for_me, row.from_on <= on))
    return sorted(lines, key=lambda line: not line.for_me)


def deputy_or_none(user, key):
    """Give the row of that key in which this person has a part, or None."""
    if not (key.isascii() and key.isdecimal() and len(key) < 10):
        return None
    return Deputy.objects.filter(Q(user=user) | Q(deputy=user), pk=int(key)).first()
