"""What the queue calls. Each carries no more than keys, and may run twice."""

from django.utils import timezone

from campion import audit, messages


def seal_audit():
    """Seal the audit lines of transactions that ended; every minute."""
    return audit.seal()


def send_messages():
    """Send what the outbox holds; every minute."""
    return messages.send_due(at=timezone.now())
