"""Draw every workflow table as a diagram and a table of words in docs/workflows.md."""

from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

WORKFLOWS = {
    "A report": ("reports.workflow", "incident_workflow"),
    "An offer of support": ("victims.workflow", "referral_workflow"),
    "A case of the welfare desk": ("victims.workflow", "case_workflow"),
    "A duty": ("victims.workflow", "clock_workflow"),
    "A referral to a service": ("victims.workflow", "onward_workflow"),
    "A release of figures": ("figures.workflow", "release_workflow"),
}


def drawn() -> str:
    """Give docs/workflows.md as it should be."""
    parts = ["# Workflows", "", "Drawn from the tables in code by `manage.py draw_workflows`; do not edit.", ""]
    for title, (module, name) in WORKFLOWS.items():
        workflow = getattr(import_module(module), name)
        parts += [f"## {title}", "", "```mermaid", "stateDiagram-v2"]
        seen = set()
        for verb, source, target, _, _ in workflow.rows():
            if source != target and (verb, source, target) not in seen:
                parts.append(f"    {source} --> {target}: {verb}")
                seen.add((verb, source, target))
        parts += ["```", "", "| Verb | From | To | Who | Reason | What it means |", "|---|---|---|---|---|---|"]
        for row in workflow.transitions.values():
            words = (row.who.__doc__ or "").strip() or row.who.__name__.replace("_", " ")
            parts.append(
                f"| {row.verb} | {', '.join(sorted(row.sources))} | {row.target or 'stays'} "
                f"| {' '.join(words.split())} | {'yes' if row.needs_reason else ''} | {row.says} |"
            )
        parts.append("")
    return "\n".join(parts)


class Command(BaseCommand):
    help = "Draw the workflow tables into docs/workflows.md (--check: only say whether it is up to date)."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true")

    def handle(self, *, check, **options):
        page, path = drawn(), Path(settings.ROOT) / "docs" / "workflows.md"
        if check:
            if not path.exists() or path.read_text() != page:
                raise CommandError("docs/workflows.md is out of date: run manage.py draw_workflows")
            return
        path.write_text(page)
