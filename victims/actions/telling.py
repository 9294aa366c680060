"""One telling for several people: a call to four colleagues who were hurt in one struggle is made once."""

from django.db import transaction

from campion.workflow import Refused
from victims.actions.clocks import meet
from victims.models import Clock


@transaction.atomic
def tell_several(*, clocks, met_at, facts, channel, by, at) -> list[Clock]:
    """Record the same telling for several people, each on what is owed to them: all of it or none.

    :param clocks: running clocks of one event, whose evidence form is the same
    :raises Refused: if one of them is not this person's to do, or is done or ended; then nothing is recorded
    """
    if not clocks:
        raise Refused("Tick who was told.")
    if len({clock.event_id for clock in clocks}) > 1 or len({clock.entitlement.evidence_form for clock in clocks}) > 1:
        raise Refused("Record these apart: they do not ask for the same.")
    in_order = sorted(
        clocks, key=lambda clock: (clock.referral_id, clock.pk)
    )  # one order, so that no two wait in a ring
    return [meet(clock=clock, met_at=met_at, facts=facts, channel=channel, by=by, at=at) for clock in in_order]
