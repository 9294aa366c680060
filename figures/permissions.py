"""Who may do what to a release on its way, decided from given facts: pure (docs/access.md).

Knowing of one at all is `Draw.objects.visible_to(user)`: information governance of its force. What may be done is a
predicate here, named in a row of workflow.py.
"""

import rules

from campion.roles import Role


@rules.predicate
def governs_figures(user, draw):
    """Information governance of the force whose figures they are."""
    return user.plays(Role.GOVERNANCE) and user.force_id == draw.force_id


@rules.predicate
def second_person(user, draw):
    """Information governance of the force, and neither whoever asked for the release nor whoever approved it."""
    return governs_figures(user, draw) and user.pk not in (draw.asked_by_id, draw.approved_by_id)


def runs_the_desk(user) -> bool:
    """Whether this person sees the release desk at all."""
    return user.plays(Role.GOVERNANCE)
