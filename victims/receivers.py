"""What victims does when reports announces something, inside the transaction of the report.

A withdrawn report has no receiver here, on purpose: support that was offered stays offered.
"""

from victims import actions
from victims.models import Referral


def offer_support(sender, *, incident, by, at, **_):
    """Offer support to each person assaulted: at the first submission, and to whoever is new at a later one."""
    for assault in incident.assaults.select_related("incident__force", "incident__unit", "person", "unit").order_by(
        "pk"
    ):
        actions.offer(assault=assault, by=by, at=at)


def join_offers(sender, *, incident, merged, pairs, by, at, **_):
    """Make one offer of two for each person who was assaulted in both reports.

    :param pairs: (assault that ends, assault that stays), in either order told apart by their incident
    """
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


def follow_person(sender, *, assault, by, at, **_):
    """Make the offer the person's own when they take the report about them over."""
    actions.follow_person(assault=assault, by=by, at=at)
