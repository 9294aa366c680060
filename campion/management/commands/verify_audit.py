"""Prove that the audit log is whole: every seal computed again."""

from django.core.management.base import BaseCommand, CommandError

from campion import audit
from campion.models import AuditEvent, Seal


class Command(BaseCommand):
    help = "Compute every audit seal again and say whether the log is whole."

    def handle(self, **options):
        if faults := audit.verify():
            raise CommandError("\n".join(faults))
        self.stdout.write(f"The log is whole: {AuditEvent.objects.count()} lines under {Seal.objects.count()} seals.")
