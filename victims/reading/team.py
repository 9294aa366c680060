"""What a lead of the desk sees of their team: who carries how much, what is late, how the limits were kept."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, Count, Exists, F, IntegerField, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from campion.models import Membership, Unit, User
from campion.months import Period
from campion.roles import Role
from campion.working_days import LONDON, london_date
from victims.models import Clock, Entitlement, Handover, Referral
from victims.reading.desk import due_for_desk
from victims.reading.words import counted

PERFORMANCE_OVER = timedelta(days=90)
NOBODY = "nobody"


@dataclass(frozen=True)
class Colleague:
    """Somebody who may carry a case, and how many they carry now."""

    key: str
    name: str
    open: int

    @property
    def load(self):
        """How much they carry, in words."""
        return f"Carries {counted(self.open, 'open case')}" if self.open else "Carries no case"


@dataclass(frozen=True)
class Load:
    """What one person of the desk carries, or nobody does; `left` where they play no part on the desk any more."""

    key: str
    name: str
    open: int = 0
    today: int = 0
    overdue: int = 0
    oldest_on: date | None = None
    left: bool = False


@dataclass(frozen=True)
class Kept:
    """How the limits of one right were kept: met in time or late, still running in time or past it."""

    title: str
    in_time: int
    late: int
    running: int
    running_late: int

    @property
    def share(self):
        """The share met in time of those whose limit has passed or that were met, or "" where there are none."""
        over = self.in_time + self.late + self.running_late
        return f"{round(100 * self.in_time / over)}%" if over else "–"


@dataclass(frozen=True)
class HandoverView:
    """Cases that changed hands at once, for as long as that can be taken back."""

    key: str
    count: int
    from_name: str
    to_name: str
    at: datetime


def led_by(user):
    """Cases of the desks that this person leads, as far as they may know of them."""
    return Referral.objects.on_desk(user).filter(unit__in=user.leads(Role.WELFARE))


def late_for(user) -> int:
    """Count the cases of the desks that this person leads whose day has passed."""
    return led_by(user).overdue(on=timezone.localdate()).count()


def desk_of(units, *, on):
    """People who play welfare, on a London date, in one of these units or above: those who may carry their cases.

    :param units: keys of units
    """
    below = Unit.objects.filter(pk__in=units, path__startswith=OuterRef("unit__path"))
    playing = Membership.objects.in_force(on).filter(Exists(below), user=OuterRef("pk"), role=Role.WELFARE)
    people = User.objects.filter(Exists(playing), is_active=True, protected_post=False)
    return people.order_by("family_name", "given_name", "pk")


def _with_load(people, force):
    carried = Referral.objects.open().filter(owner=OuterRef("pk"), force=force).exclude(state=Referral.State.MERGED)
    total = carried.order_by().values("owner").annotate(n=Count("pk")).values("n")
    return people.annotate(load=Coalesce(Subquery(total, output_field=IntegerField()), 0))


def colleagues_for(referral, *, by, on) -> list[Colleague]:
    """Give who may carry a case in place of whoever does: of the desk, not its person, and known to have no conflict.

    Two queries at most.
    """
    people = desk_of([referral.unit_id], on=on).filter(force=referral.force_id).exclude(pk=referral.owner_id)
    if referral.person_id:
        people = people.exclude(pk=referral.person_id)
    if referral.assault_id:
        incident = referral.assault.incident
        people = people.exclude(pk__in=incident.conflicts.filter(ended_at=None).values("user"))
        if incident.restricted and not referral.desk_may_know:
            named = incident.named_readers.filter(approved_at__isnull=False, removed_at=None)
            people = people.filter(pk__in=named.values("user"))
    return [Colleague(str(row.pk), row.name, row.load) for row in _with_load(people, referral.force_id)]


def team_of(user, *, on) -> list[Colleague]:
    """Give everybody of the desks that this person leads. One query."""
    people = desk_of(user.leads(Role.WELFARE), on=on).filter(force=user.force_id)
    return [Colleague(str(row.pk), row.name, row.load) for row in _with_load(people, user.force_id)]


def loads(user, *, today) -> tuple[Load, list[Load]]:
    """Give what nobody carries, and what each person of the team does, those who left the desk first. Two queries."""
    counts = {
        row["owner"]: row
        for row in led_by(user)
        .open()
        .order_by()
        .values("owner", "owner__given_name", "owner__family_name")
        .annotate(
            open=Count("pk"),
            waiting=Count("pk", filter=Q(state__in=Referral.WAITING)),
            today=Count("pk", filter=Q(due_on=today)),
            overdue=Count("pk", filter=Q(due_on__lt=today)),
            oldest=Min("offered_at"),
        )
    }
    team = {
        person.pk: person.name for person in desk_of(user.leads(Role.WELFARE), on=today).filter(force=user.force_id)
    }
    free = counts.pop(None, None)
    lines = [_load(pk, name, counts.pop(pk, None)) for pk, name in team.items()]
    gone = [
        _load(pk, f"{row['owner__given_name']} {row['owner__family_name']}".strip(), row, left=True)
        for pk, row in counts.items()
    ]
    return _load(NOBODY, "Nobody", free), gone + lines


def _load(key, name, row, *, left=False):
    if row is None:
        return Load(str(key), name)
    count = row["waiting"] if key == NOBODY else row["open"]
    return Load(str(key), name, count, row["today"], row["overdue"], london_date(row["oldest"]), left)


def limits_kept(user, *, today, now, period: Period | None = None) -> list[Kept]:
    """Give how the limits were kept that the desk owed in the cases this person may open, by right. One query.

    :param period: of which months the limits are; without it, those that fell in the last 90 days or run now
    """
    lately = Q(met_at__isnull=True) | Q(due_on__gte=today - PERFORMANCE_OVER)
    met_on = TruncDate("met_at", tzinfo=LONDON)
    late = Q(due_at__isnull=False, met_at__gt=F("due_at")) | Q(due_at=None, met_on__gt=F("due_on"))
    past = Q(due_at__isnull=False, due_at__lt=now) | Q(due_at=None, due_on__lt=today)
    rows = (
        Clock.objects.filter(
            Q(due_on__range=(period.starts_on, period.ends_on)) if period else lately,
            referral__in=led_by(user).order_by().values("pk"),
            owed_by=Entitlement.OwedBy.WELFARE,
            not_applicable="",
            due_on__isnull=False,
        )
        .annotate(met_on=met_on)
        .annotate(
            stood=Case(
                When(Q(met_at=None) & past, then=Value("running_late")),
                When(met_at=None, then=Value("running")),
                When(late, then=Value("late")),
                default=Value("in_time"),
            )
        )
        .order_by()
        .values("entitlement__title", "stood")
        .annotate(n=Count("pk"), first=Min("entitlement"))
    )
    by_right, places = {}, {}
    for row in rows:
        title = row["entitlement__title"]
        by_right.setdefault(title, {})[row["stood"]] = row["n"]
        places[title] = min(row["first"], places.get(title, row["first"]))
    return [
        Kept(title, *(by_right[title].get(name, 0) for name in ("in_time", "late", "running", "running_late")))
        for title in sorted(by_right, key=places.get)
    ]


def recent_handovers(user, *, since) -> list[HandoverView]:
    """Give what changed hands at once since then in the desks that this person leads, newest first. One query."""
    rows = (
        Handover.objects.filter(
            at__gte=since, undone_at=None, to_whom__isnull=False, referrals__in=led_by(user).order_by().values("pk")
        )
        .select_related("from_whom", "to_whom")
        .annotate(count=Count("referrals", distinct=True))
        .order_by("-at", "-pk")
    )
    return [
        HandoverView(str(row.key), row.count, row.from_whom.name if row.from_whom else "", row.to_whom.name, row.at)
        for row in rows[:20]
    ]


def case_lines(rows, *, today) -> list[tuple[str, str, str]]:
    """Give (reference, words, hint) of each case, as a list to choose from. No query.

    :param rows: values of reference, urgent, state and due_on
    """
    lines = []
    for row in rows:
        due, _ = due_for_desk(row["state"], row["due_on"], today=today)
        lines.append((row["reference"], row["reference"], f"Urgent. {due}" if row["urgent"] else due))
    return lines
