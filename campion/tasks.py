"""What the queue calls. Each carries no more than keys, and may run twice."""

from django.core.management import call_command
from django.utils import timezone

from campion import audit, kept, messages


def seal_audit():
    """Seal the audit lines of transactions that ended; every minute."""
    return audit.seal()


def send_messages():
    """Send what the outbox holds, then ask what became of what was sent before; every minute."""
    sent = messages.send_due(at=timezone.now())
    messages.learn_what_became(at=timezone.now())
    return sent


def tidy():
    """Forget forms that were typed and left for a month, and sessions that ended; every day."""
    call_command("clearsessions")
    return kept.clean(at=timezone.now())
