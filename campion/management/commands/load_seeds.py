"""Load the reference data of seeds/ into the database."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from campion import seeds


class Command(BaseCommand):
    help = "Load the reference data of seeds/: checks every row first, updates in place, never deletes."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="say what is wrong or would change, and write nothing")
        parser.add_argument("--folder", type=Path, default=settings.ROOT / "seeds", help="where the files are")

    def handle(self, *, check, folder, **options):
        try:
            for line in seeds.load(folder, write=not check):
                self.stdout.write(line)
        except seeds.SeedsRefused as refused:
            count = len(refused.faults)
            raise CommandError(
                f"{count} fault{'s' * (count != 1)} in the seed files; nothing was changed.\n{refused}"
            ) from None
        except (seeds.SeedsBusy, seeds.SeedsStopped) as problem:
            raise CommandError(str(problem)) from problem
        if check:
            self.stdout.write("Nothing was written.")
