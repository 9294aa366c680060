"""Reports, as Django knows them: their places in the navigation and at /home/."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Assault incident records."""

    name = "reports"

    def ready(self):
        """Offer the places of work: what a supervisor, an inspector and governance have to do."""
        from campion import context
        from campion.roles import Role
        from reports.views import queue, readers

        context.offer_work("Your reports", "reports:home", hint="Report an assault, and follow what came of it.")
        context.offer_work(
            "Reports to review",
            "reports:queue",
            role=Role.SUPERVISOR,
            waiting=queue.waiting,
            hint="Read the reports of your units, and see who is waiting for a word from you.",
        )
        context.offer_work(
            "Late duties",
            "reports:duties",
            role=(Role.INSPECTOR, Role.SPOC),
            waiting=queue.late,
            hint="Contact owed to people who were assaulted, and late.",
        )
        context.offer_work(
            "Restricted reports",
            "reports:restricted",
            role=Role.GOVERNANCE,
            waiting=readers.to_decide,
            hint="Decide who may see a report that is closed to all but a few.",
        )
