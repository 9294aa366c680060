"""Who may read and do what to an offer of support, decided from given facts: pure (docs/access.md).

Knowing of a referral at all is `Referral.objects.visible_to(user)`. What of it may be read is `referral_facets` here;
what may be done is a predicate here, named in a row of workflow.py. No supervisor has a part in either.
"""

from dataclasses import dataclass
from enum import StrEnum

import rules


class Facet(StrEnum):
    """A part of a referral that is granted or withheld as a whole."""

    QUEUE = "queue"  # reference, urgency, age, state, clocks, how the person would like to be reached
    CHOICE = "choice"  # what the person chose, and when
    CONTACT = "contact"  # number or address, safe times, needs, representatives
    RIGHTS = "rights"  # everything owed: done, due, late, by whom
    CARE = "care"  # needs, plan, contacts, appointments, services, consent, people close to them
    EXPOSURE = "exposure"  # what an exposure owes
    HISTORY = "history"
    LOOKS = "looks"  # who looked, as roles and times


@dataclass(frozen=True)
class Standing:
    """What one person is to one referral, at one moment.

    `carries`: the case is theirs, or that of somebody for whom they stand in today. `leads`: they look after the desk.
    """

    person: bool = False
    desk: bool = False
    carries: bool = False
    leads: bool = False


def referral_facets(standing: Standing) -> frozenset[Facet]:
    """Give the parts of the referral that this person may read.

    The person reads everything; whoever carries the case all but who looked; the rest of the desk the fields of its
    queue.
    """
    if standing.person:
        return frozenset(Facet)
    if standing.carries:
        return frozenset(Facet) - {Facet.LOOKS}
    if standing.desk:
        return frozenset({Facet.QUEUE})
    return frozenset()


@rules.predicate
def is_the_person(user, referral):
    """Whoever was assaulted: nobody else chooses for them."""
    return referral.standing_of(user).person


@rules.predicate
def may_claim(user, referral):
    """Anybody of the desk that the case lies on, except its person."""
    return referral.standing_of(user).desk


@rules.predicate
def carries_it(user, referral):
    """Whoever carries the case, or stands in for them today."""
    return referral.standing_of(user).carries


@rules.predicate
def leads_the_desk(user, referral):
    """Whoever looks after the desk that the case lies on, except its person."""
    return referral.standing_of(user).leads


@rules.predicate
def looks_after_it(user, referral):
    """Whoever carries the case, or looks after the desk that it lies on."""
    standing = referral.standing_of(user)
    return standing.carries or standing.leads


@rules.predicate
def may_record(user, record):
    """Whoever the query let find it: it owes, carries, or is the person."""
    return True
