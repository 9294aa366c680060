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
    CONTACT = "contact"  # number or address, safe times
    HISTORY = "history"
    LOOKS = "looks"  # who looked, as roles and times


@dataclass(frozen=True)
class Standing:
    """What one person is to one referral, at one moment."""

    person: bool = False
    desk: bool = False


def referral_facets(standing: Standing) -> frozenset[Facet]:
    """Give the parts of a referral that this person may read.

    The person reads everything. The welfare desk reads the fields of its queue.
    """
    if standing.person:
        return frozenset(Facet)
    if standing.desk:
        return frozenset({Facet.QUEUE})
    return frozenset()


@rules.predicate
def is_the_person(user, referral):
    """Whoever was assaulted: nobody else chooses for them."""
    return referral.standing_of(user).person
