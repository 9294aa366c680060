"""Make the demonstration: an invented force, its people and 18 months of their reports."""

import os
import time
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campion.roles import Role
from demo import bulk, making
from demo.counting import summary
from demo.people import DOMAIN, PASSWORD, SIGN_INS
from demo.plan import DEFAULT_SEED, DEFAULT_SIZE

SMALLEST = 40


class Command(BaseCommand):
    help = "Make an invented force with its people and 18 months of reports, once. For demonstrations alone."

    def add_arguments(self, parser):
        parser.add_argument(
            "--size", type=int, default=DEFAULT_SIZE, help=f"assaults, {SMALLEST} or more; {DEFAULT_SIZE}"
        )
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="another seed makes other reports")
        cores = min(4, os.cpu_count() or 1)
        parser.add_argument("--processes", type=int, default=cores, help="how many work at the same time")
        parser.add_argument("--bulk", type=int, default=0, metavar="N", help="add N copied reports to a demonstration")
        parser.add_argument(
            "--scenes", action="store_true", help="make the people and the scenes alone; another run makes the rest"
        )
        parser.add_argument(
            "--at",
            type=datetime.fromisoformat,
            metavar="MOMENT",
            help="as of another moment than now, in the past, without released figures: for keep_releases",
        )
        parser.add_argument("--list-sign-ins", action="store_true", help="say who may sign in, and make nothing")

    def handle(self, *, size, seed, processes, list_sign_ins, **options):
        many = options["bulk"]
        try:
            making.refuse_elsewhere()
            if list_sign_ins:
                self._list_sign_ins()
                return
            if size < SMALLEST:
                raise CommandError(f"The smallest demonstration has {SMALLEST} assaults: one for each thing to show.")
            started, made = time.monotonic(), False
            if many:
                self._add_many(many, seed)
                return
            for progress in making.make(
                size=size, seed=seed, at=options["at"] or timezone.now(), processes=processes,
                scenes_alone=options["scenes"], releases=options["at"] is None,
            ):  # fmt: skip
                made = True
                self._show(progress)
        except making.NoDemo as refused:
            raise CommandError(str(refused)) from None
        if not made:
            self.stdout.write("The demonstration is there already, so nothing was made.")
            return
        for line in summary():
            self.stdout.write(line)
        self.stdout.write(f"Made in {time.monotonic() - started:.0f} s.")

    def _add_many(self, count, seed):
        started = time.monotonic()
        if count < 1:
            raise CommandError("Say how many reports to add: --bulk 100000.")
        for progress in bulk.make(size=count, seed=seed):
            self._show(progress)
        self.stdout.write(f"Added in {time.monotonic() - started:.0f} s.")

    def _show(self, progress):
        """Show how far it is: one line that changes at a terminal, else one line for each tenth."""
        share = progress.done * 100 // progress.total
        line = f"{progress.done} of {progress.total} {progress.of}, {share} %"
        last, self._last = getattr(self, "_last", None), (progress.of, share // 10)
        if self.stdout.isatty():
            end = "\n" if progress.done >= progress.total else ""
            self.stdout.write(f"\r  {line}   ", ending=end)
            self.stdout.flush()
        elif last != self._last:
            self.stdout.write(line)
            self.stdout.flush()

    def _list_sign_ins(self):
        if making.force_made() is None:
            raise CommandError("There is no demonstration yet: run manage.py make_demo.")
        rows = [("Role", "E-mail", "Password")]
        rows += [(str(Role(role).label), f"{name}@{DOMAIN}", PASSWORD) for name, role, _ in SIGN_INS]
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        for role, email, password in rows:
            self.stdout.write(f"{role:<{widths[0]}}  {email:<{widths[1]}}  {password}")
