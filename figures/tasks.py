"""What the queue calls of figures. Each carries no more than keys, and may run twice."""

from django.utils import timezone

from campion.workflow import Refused
from figures import actions, pulse
from figures.models import Draw


def forget_who_was_asked():
    """Delete who was asked the anonymous question about a month that is over; every day."""
    return pulse.forget_who_was_asked(at=timezone.now())


def draw_release(key):
    """Draw what the desk asked for, as whoever asked; says the state it is in then. A second call changes nothing."""
    row = Draw.objects.select_related("asked_by", "force", "corrects").get(pk=key)
    try:
        return actions.draw(draw=row, by=row.asked_by, at=timezone.now()).state
    except Refused:  # kept on the row as its fault, or drawn by somebody else meanwhile
        return Draw.objects.get(pk=key).state
