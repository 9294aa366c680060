"""What the queue calls of figures. Each carries no more than keys, and may run twice."""

from django.utils import timezone

from figures import pulse


def forget_who_was_asked():
    """Delete who was asked the anonymous question about a month that is over; every day."""
    return pulse.forget_who_was_asked(at=timezone.now())
