"""Load headcounts from a file in the layout of the Home Office's table, summed over sex and rank."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campion.models import Force
from figures import actions, headcount


class Command(BaseCommand):
    help = (
        "Load headcounts and full-time equivalents as at 31 March, by force and worker type. Columns: "
        f"{', '.join(headcount.COLUMNS)}; lines that begin with # are comments. Rates are made with headcounts."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="a CSV file in UTF-8")
        parser.add_argument("--source", required=True, help="where and when it was published, for the readers of rates")
        parser.add_argument("--force", default="", help="the code of one force: its lines alone", dest="only")

    def handle(self, *, file, source, only, **options):
        if len(source.strip()) < 12:
            raise CommandError('Say where and when it was published: --source "Home Office, …, release of …".')
        try:
            lines = headcount.read(file.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as problem:
            raise CommandError(f"{file} cannot be read as UTF-8: {problem}") from None
        except headcount.Unreadable as problem:
            raise CommandError(str(problem)) from None
        known = {headcount.plain(force.name): force for force in Force.objects.filter(is_demo=False)}
        if only and only not in {force.code for force in known.values()}:
            raise CommandError(f"No force has the code {only}.")
        strangers = sorted({line.force for line in lines} - {line.force for line in lines if _force(known, line)})
        rows = [(_force(known, line), line) for line in lines if _force(known, line)]
        rows = [(force, line) for force, line in rows if not only or force.code == only]
        seen = set()
        for force, line in rows:
            key = (force.pk, line.on, line.worker_type)
            if key in seen:
                raise CommandError(f"Line {line.line} says again what an earlier line says.")
            seen.add(key)
        changed = actions.load_workforce(rows=rows, source=source.strip(), by=None, at=timezone.now())
        forces = len({force.pk for force, _ in rows})
        self.stdout.write(f"{len(rows)} lines of {forces} forces: {changed} new or changed.")
        if strangers:
            self.stdout.write(f"Left out, since no force here has this name: {'; '.join(strangers)}.")


def _force(known, line):
    return known.get(headcount.plain(line.force))
