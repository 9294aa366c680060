"""Reports, as Django knows them: their places in the navigation and at /home/."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Assault incident records."""

    name = "reports"

    def ready(self):
        """Offer the places of work: what a supervisor, an inspector and governance have to do."""
        from campion import context
        from campion.roles import Role
        from reports.views import case, queue, readers, safety

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
        context.offer_work(
            "Your cases",
            "reports:cases",
            shown_to=case.is_officer,
            everywhere=False,
            hint="Enter what happens in the cases that you are the officer in.",
        )
        context.offer_work(
            "Court",
            "reports:court",
            role=Role.WITNESS_CARE,
            waiting=case.hearings_this_week,
            hint="Enter what a court did, and see which hearings are ahead. Counted are those of seven days.",
        )
        context.offer_work(
            "Injuries to decide",
            "reports:safety-desk",
            role=Role.HEALTH_SAFETY,
            waiting=safety.to_decide,
            hint="Decide whether an injury must be reported to the Health and Safety Executive.",
        )
