"""Compile every template of the project."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError
from django.template.loader import get_template


class Command(BaseCommand):
    """Compile every template under templates/, so that a slip is found before a person finds it."""

    help = __doc__
    requires_system_checks = []

    def handle(self, **options):
        """Compile them all, and name every one that fails."""
        problems = []
        for folder in map(Path, settings.TEMPLATES[0]["DIRS"]):
            for path in sorted(path for path in folder.rglob("*") if path.suffix in {".html", ".txt", ".svg"}):
                try:
                    get_template(str(path.relative_to(folder)))
                except TemplateSyntaxError as error:
                    problems.append(f"{path.relative_to(folder)}: {error}")
        if problems:
            raise CommandError("\n".join(problems))
