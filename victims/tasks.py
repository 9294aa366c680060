"""What the queue calls on the welfare side. It may run twice."""

from django.utils import timezone

from victims import actions


def send_notices():
    """Remind of what is owed, and pass on what is late; every ten minutes."""
    return actions.send_notices(at=timezone.now())
