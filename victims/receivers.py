"""What victims does when reports announces something, inside the transaction of the report.

A withdrawn report has no receiver here, on purpose: support that was offered stays offered.
"""

from collections import defaultdict
from functools import partial

import pghistory

from reports.models import CaseEvent
from victims import actions
from victims.actions import clocks
from victims.actions.offers import in_one_order
from victims.models import Clock, Referral

REVIEWABLE = ("not-prosecuted", "charge-dropped")
"""Kinds of decision that the person may ask to have reviewed (Right 6)."""

GOES_ON = (Clock.Why.MERGED, Clock.Why.DECLINED, Clock.Why.LATER, Clock.Why.SUPPORTED)
"""Why a clock ended in a case that was joined with another, and is owed in that other if its person wants support."""


def offer_support(sender, *, incident, by, at, **_):
    """Offer support to each person assaulted: at the first submission, and to whoever is new at a later one."""
    in_one_order(Referral.objects.filter(assault__incident=incident))
    for assault in incident.assaults.select_related("incident__force", "incident__unit", "person", "unit").order_by(
        "pk"
    ):
        actions.offer(assault=assault, by=by, at=at)


def join_offers(sender, *, incident, merged, pairs, by, at, **_):
    """Make one case of two for each person who was assaulted in both reports, and owe everybody what the case of either
    had owed by then.

    :param pairs: (assault that ends, assault that stays), in either order told apart by their incident
    """
    in_one_order(Referral.objects.filter(assault__incident__in=[incident.pk, merged.pk]))
    for pair in pairs:
        stays, ends = sorted(pair, key=lambda assault: assault.incident_id != incident.pk)
        offers = Referral.objects.in_bulk([stays.pk, ends.pk], field_name="assault_id")
        if ends.pk in offers:
            actions.merge_referrals(
                stays=offers.get(stays.pk) or actions.offer(assault=stays, by=by, at=at),
                ends=offers[ends.pk],
                by=by,
                at=at,
            )
    _owe_what_came_before(incident, by=by, at=at)
    actions.let_go(incident=incident, by=by, at=at)


def let_go(sender, *, incident, by, at, **_):
    """Put back the cases whose carrier a conflict or a restriction keeps from them now."""
    actions.let_go(incident=incident, by=by, at=at)


def follow_person(sender, *, assault, by, at, **_):
    """Make the offer the person's own when they take the report about them over."""
    actions.follow_person(assault=assault, by=by, at=at)


def follow_harm(sender, *, assault, by, at, **_):
    """Make the offer urgent once the report says that its person was hurt or exposed."""
    actions.follow_harm(assault=assault, by=by, at=at)
    actions.let_go(incident=assault.incident, by=by, at=at)


def start_what_is_owed(sender, *, event, by, at, **_):
    """Start the clocks that an event of the case owes to each person whom it concerns, and meet those that it meets.

    A closed case in which the desk owes something by it is open again.
    """
    with pghistory.context(user=by.pk):
        opened = False
        for referral in _concerned(event):
            _owe(referral, event, by=by, at=at)
            opened |= clocks.open_again(referral, by=by, at=at)
            clocks.show_day(referral)
        if opened:
            actions.let_go(incident=event.incident, by=by, at=at)


def end_what_was_owed(sender, *, event, by, at, **_):
    """End the running clocks of an event that was entered by mistake; what was met already stays."""
    with pghistory.context(user=by.pk):
        for referral in _concerned(event):
            _end_of_event(referral, event.pk, at=at)


def contact_made(sender, *, assault, task, by, at, **_):
    """Meet the plan's first contact, and start what a first contact owes under the Code."""
    referral = _referral_of(assault)
    if referral is None:
        return
    with pghistory.context(user=by.pk):
        facts = {"how": task.how} if task.how else None
        clocks.settle_all(referral, codes=clocks.FIRST_WORD, met_at=task.done_at, by=by, at=at, facts=facts)
        clocks.start(referral, trigger=clocks.FIRST_CONTACT, started_at=task.done_at, at=at)


def officer_named(sender, *, incident, officer, by, at, **_):
    """Meet the plan's third point for each person assaulted: somebody else investigates."""
    if officer is None:
        return
    with pghistory.context(user=by.pk):
        cases = in_one_order(Referral.objects.filter(assault__incident=incident, merged_into=None))
        for referral in cases.values():
            clocks.settle_all(referral, codes=["not-your-own-case"], met_at=at, by=by, at=at)


def _owe(referral, event, *, by, at, done=frozenset(), ahead=True):
    """Start what one event owes to one person, and meet what it meets; the caller holds the case's lock.

    :param by: who entered it
    :param done: the keys of entitlements for which this event was dealt with in a case that was joined with this
    :param ahead: whether calls around its day in court are still to be made
    """
    start = partial(clocks.start, referral, at=at, event=event, besides=done)
    for trigger, moment in event.triggers:
        start(trigger=trigger, started_at=moment)
    if event.kind in REVIEWABLE:
        start(trigger=clocks.DECIDED_AGAINST, started_at=event.happened_at)
    if event.replaces_id:
        _end_of_event(referral, event.replaces_id, at=at, why=Clock.Why.MOVED, family="check-in")
    if event.hearing_at and ahead:
        start(trigger=clocks.HEARING, started_at=event.hearing_at)
    if event.kind == "crime-recorded":
        number = {"number": (event.facts or {}).get("number", "")}
        clocks.settle_all(referral, codes=["crime-recorded"], met_at=event.happened_at, by=by, at=at, facts=number)
    if event.kind == "view-taken":
        clocks.settle_all(
            referral, codes=["view-before-disposal"], met_at=event.happened_at, by=by, at=at, facts=_view(event)
        )
    if event.kind == "disposal":
        _view_was_taken(referral, event, at=at)
    if event.received_at:
        _court_has_told(referral, event, by=by, at=at)


def _owe_what_came_before(incident, *, by, at):
    """Owe each person of a report, once another was merged into it, what the events of both owe them and did not yet.

    Limits count from the events themselves. A hearing that was moved or cancelled owes nothing to somebody who was not
    told of it, and one that is over no call.
    """
    standing = CaseEvent.objects.standing().filter(incident=incident).order_by("happened_at", "pk")
    events = list(standing.select_related("entered_by"))
    replaced = {event.replaces_id for event in events if event.replaces_id}
    cases = Referral.objects.filter(assault__incident=incident, merged_into=None).order_by("pk")
    with pghistory.context(user=by.pk):
        for referral in cases:
            done = _dealt_with_elsewhere(referral)
            for event in events:
                if event.pk in replaced or event.assault_id not in (None, referral.assault_id):
                    continue
                ahead = bool(event.hearing_at and event.hearing_at >= at)
                _owe(referral, event, by=event.entered_by, at=at, done=done.get(event.pk, frozenset()), ahead=ahead)
            clocks.open_again(referral, by=by, at=at)
            clocks.show_day(referral)


def _dealt_with_elsewhere(referral):
    """Give, by the key of an event, the entitlements that were met or set aside in a case that was joined with this."""
    found = defaultdict(set)
    rows = Clock.objects.filter(referral__merged_into=referral, event__isnull=False)
    for event, right in rows.exclude(not_applicable__in=GOES_ON).values_list("event", "entitlement"):
        found[event].add(right)
    return found


def _concerned(event):
    return in_one_order(Referral.objects.filter(assault__in=event.people().values("pk"), merged_into=None)).values()


def _referral_of(assault):
    rows = Referral.objects.filter(assault=assault, merged_into=None)
    return rows.select_for_update(of=("self",)).first()


def _end_of_event(referral, event_id, *, at, why=Clock.Why.STRUCK, family=None):
    rows = referral.clocks.running().filter(event=event_id).select_related("referral")
    if family:
        rows = rows.of_family(family)
    clocks.end(list(rows), why=why, at=at)


def _court_has_told(referral, event, *, by, at):
    """Meet what the court owed: it told witness care at that moment, in time or late. Two facts, two clocks."""
    for clock in referral.clocks.running().filter(event=event, owed_by="court").select_related("entitlement"):
        clock.referral = referral
        clocks.settle(clock, met_at=event.received_at, by=by, at=at)


def _view_was_taken(referral, disposal, *, at):
    """Meet the view that is owed before a disposal with the one that was taken before it."""
    views = CaseEvent.objects.standing().filter(assault=referral.assault_id, kind="view-taken")
    view = views.filter(happened_at__lte=disposal.happened_at).order_by("-happened_at", "-pk").first()
    if view:
        clocks.settle_all(
            referral,
            codes=["view-before-disposal"],
            met_at=view.happened_at,
            by=view.entered_by,
            at=at,
            facts=_view(view),
        )


def _view(event):
    facts = event.facts or {}
    taken = {"given": "taken", "declined": "declined", "not-reached": "not-reached"}.get(facts.get("view"), "declined")
    words = {"taken": {"view": facts.get("words", "")}, "not-reached": {"tries": facts.get("tries", "")}}
    return {"taken": taken} | words.get(taken, {})
