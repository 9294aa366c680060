"""The notices about what is owed: before the limit, after it, and upward. Each once a clock, and written with its mark.

What is due is found for each step by the index of running clocks by their limit, in batches; each batch is one
transaction, so that a sender killed in between sends the rest at the next run and nothing twice.
"""

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from campion import messages
from campion.models import Deputy, Membership, User
from campion.working_days import LONDON, BeyondTheCalendar, london_date
from reports.models import Conflict, NamedReader
from victims import deadlines, notices
from victims.calendars import england_and_wales
from victims.models import Clock, ClockNotice, Entitlement, NoticeStep

BATCH = 500
FIELDS = (
    "pk", "due_on", "due_at", "started_at", "owed_by", "entitlement__family", "referral__force", "referral__unit__path",
    "referral__person", "referral__owner", "referral__desk_may_know", "referral__assault__incident",
    "referral__assault__incident__restricted", "referral__assault__incident__reporter",
    "referral__assault__incident__officer_in_case", "referral__assault__incident__officer_in_case__is_active",
)  # fmt: skip
PLAYED = {*notices.ROLES.values(), *notices.UPWARD.values()}


def send_notices(*, at) -> int:
    """Write the messages that running clocks call for; give how many steps of clocks were told to somebody.

    A step of a clock that nobody may be told of now waits for the day on which somebody may. Run twice, or by two at
    once, it tells nothing twice. One message a person, step and day, whatever the number of clocks; where a limit is a
    moment, one an hour. No message names anybody or says what is owed.
    """
    calendar, count = england_and_wales(), 0
    for forces, steps in _plans(london_date(at)):
        for step in steps:
            try:
                first, last = deadlines.limits_called_for(step.working_days, today=london_date(at), calendar=calendar)
            except BeyondTheCalendar:
                continue
            count += _take_step(step, forces, (first, last), at=at)
    return count


def _plans(today):
    """The steps in force, as pairs of (which clocks, steps): those of each force that has its own, then the default."""
    steps = defaultdict(list)
    for step in NoticeStep.objects.in_force(today).order_by("force", "working_days", "pk"):
        steps[step.force_id].append(step)
    default = steps.pop(None, [])
    plans = [(Q(referral__force=force), own) for force, own in steps.items()]
    return [*plans, (~Q(referral__force__in=list(steps)), default)]


def _take_step(step, forces, limits, *, at):
    rows = _called_for(step, limits, at=at).filter(forces).order_by("due_on", "pk")
    count, after = 0, Q()
    while True:
        with transaction.atomic():
            batch = list(rows.filter(after).values(*FIELDS)[:BATCH])
            count += _tell(step, batch, at=at)
        if len(batch) < BATCH:
            return count
        last = batch[-1]
        after = Q(due_on__gt=last["due_on"]) | Q(due_on=last["due_on"], pk__gt=last["pk"])


def _called_for(step, limits, *, at):
    """Running clocks for which this step is called for by now and was not taken."""
    first, last = limits
    rows = Clock.objects.running().filter(owed_by__in=step.owed_by, due_on__gte=first, due_on__lte=last)
    if step.working_days < 0:
        # What is owed before its trigger, as a call before a day in court, is due while that lies ahead.
        began = Q(started_at__lt=_end_of_day(at)) | Q(amount__lt=0)
        rows = rows.filter(began, Q(due_at=None) | Q(due_at__gte=at))
    else:
        rows = rows.filter(Q(due_at=None, due_on__lt=london_date(at)) | Q(due_at__lt=at))
    if step.to in notices.UPWARD:
        rows = rows.exclude(entitlement__family=Entitlement.Family.EXPOSURE).exclude(referral__assault=None)
    taken = ClockNotice.objects.filter(clock=OuterRef("pk"), kind=step.kind)
    desk = (Entitlement.OwedBy.WELFARE, Entitlement.OwedBy.OCCUPATIONAL_HEALTH)
    return rows.filter(~Exists(taken), referral__merged_into=None).exclude(
        owed_by__in=desk, referral__closed_at__isnull=False
    )


def _end_of_day(at):
    return datetime.combine(london_date(at) + timedelta(days=1), time(), LONDON).astimezone(UTC)


def _tell(step, batch, *, at):
    if not batch:
        return 0
    cast = _cast({row["referral__force"] for row in batch}, on=london_date(at))
    barred, named = _ties({row["referral__assault__incident"] for row in batch} - {None})
    told, people = [], defaultdict(set)
    for row in batch:
        who = notices.whom_to_tell(step.to, _owed(row, barred, named), cast)
        if who:
            told.append(row["pk"])
            people[_cause(row, at)].update(who)
    ClockNotice.objects.bulk_create(
        [ClockNotice(clock_id=pk, kind=step.kind, at=at) for pk in told], ignore_conflicts=True
    )
    users = User.objects.in_bulk(set().union(*people.values()))
    for cause, who in sorted(people.items()):
        messages.tell([users[key] for key in sorted(who)], kind=f"notice-{step.kind}", cause=cause, at=at)
    return len(told)


def _cause(row, at):
    """One message a day; where the limit is a moment, one an hour."""
    here = at.astimezone(LONDON)
    return f"{here:%Y-%m-%dT%H}" if row["due_at"] else f"{here:%Y-%m-%d}"


def _owed(row, barred, named):
    incident = row["referral__assault__incident"]
    restricted = incident is not None and row["referral__assault__incident__restricted"]
    investigates = row["referral__assault__incident__officer_in_case__is_active"]
    return notices.Owed(
        owed_by=row["owed_by"],
        path=row["referral__unit__path"],
        person=row["referral__person"],
        reporter=row["referral__assault__incident__reporter"],
        officer=row["referral__assault__incident__officer_in_case"] if investigates else None,
        carrier=row["referral__owner"],
        exposure=row["entitlement__family"] == Entitlement.Family.EXPOSURE,
        self_referred=incident is None,
        barred=frozenset(barred[incident]),
        named=frozenset(named[incident]) if restricted else None,
        desk_may_know=row["referral__desk_may_know"],
    )


def _cast(forces, *, on):
    """Who plays what in these forces on that London date, and who stands in for whom: two queries."""
    posts = Membership.objects.in_force(on).filter(unit__force__in=forces, role__in=PLAYED, user__is_active=True)
    stand_ins = Deputy.objects.in_force(on).filter(user__force__in=forces, deputy__is_active=True).order_by("pk")
    deputies = defaultdict(tuple)
    for user, deputy in stand_ins.values_list("user", "deputy"):
        deputies[user] += (deputy,)
    rows = posts.order_by("pk").values_list("user", "role", "unit__path", "leads")
    return notices.Cast(tuple(notices.Post(*row) for row in rows), dict(deputies))


def _ties(incidents):
    """Who has a conflict with each of these reports, and who is on its list: two queries."""
    barred, named = defaultdict(set), defaultdict(set)
    conflicts = Conflict.objects.filter(incident__in=incidents, ended_at=None)
    for incident, user in conflicts.values_list("incident", "user"):
        barred[incident].add(user)
    readers = NamedReader.objects.filter(incident__in=incidents, approved_at__isnull=False, removed_at=None)
    for incident, user in readers.values_list("incident", "user"):
        named[incident].add(user)
    return barred, named
