"""Draw a release at once, in place of the queue: to be approved and published at the desk like any other."""

import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campion.models import Force, User
from figures import actions
from figures.models import Draw

STAGES = {"count": "Counting", "audit": "Auditing (this may take minutes)"}
WIDTH = 24


class Command(BaseCommand):
    help = (
        "Draw the figures of a quarter (2025-26-Q1) or a financial year (2025-26) of a force. Nothing is published: "
        "governance reviews and approves it at /releases/, and another of governance publishes it."
    )

    def add_arguments(self, parser):
        parser.add_argument("period", help="such as 2025-26-Q1 or 2025-26")
        parser.add_argument("--force", required=True, help="the code of the force", dest="force_code")
        parser.add_argument("--by", required=True, help="the email address of whoever of governance asks for it")

    def handle(self, *, period, force_code, by, **options):
        force = Force.objects.filter(code=force_code).first()
        if force is None:
            raise CommandError(f"No force has the code {force_code}.")
        user = User.objects.filter(email=User.plain_email(by), force=force, is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody of {force} signs in as {by}.")
        at = timezone.now()
        waiting = Draw.objects.filter(force=force, period=period, state=Draw.State.ASKED).first()
        try:
            asked = waiting or actions.ask(force=force, period=period, by=user, at=at)
            drawn = actions.draw(draw=asked, by=user, at=at, progress=self._show)
        except actions.Refused as refusal:
            raise CommandError(str(refusal)) from None
        if drawn.fault:
            raise CommandError(drawn.fault)
        for sentence in drawn.verdict:
            self.stdout.write(sentence)
        self.stdout.write(f"SHA-256 {drawn.content_hash}")
        if not drawn.passed:
            raise CommandError("It did not pass, so it cannot be published. Set it aside at /releases/.")
        self.stdout.write("It is drawn: review it at /releases/.")

    def _show(self, stage, done, of):
        """Draw a bar on one line of a terminal; elsewhere, one line when a stage is done."""
        if self.stdout.isatty():
            full = WIDTH * done // of
            end = "\n" if done == of else ""
            self.stdout.write(f"\r{STAGES[stage]:34} [{'#' * full}{'.' * (WIDTH - full)}] {done}/{of}{end}", ending="")
            sys.stdout.flush()
        elif done == of:
            self.stdout.write(f"{STAGES[stage].partition(' (')[0]}: done")
