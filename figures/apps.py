"""Figures, as Django knows them."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """Statistics: cubes, disclosure control, releases, dashboards, open data."""

    name = "figures"

    def ready(self):
        """Have /home/ ask the anonymous question."""
        from campion import context
        from campion.roles import Role
        from figures.views import desk, pulse

        context.ask_at_home(pulse.at_home)
        context.offer_work(
            "Figures",
            "figures:dashboard",
            role=Role.PCC,
            hint="Released figures on assaults and abuse, and what is done about them.",
        )
        context.offer_work(
            "Releases",
            "figures:desk",
            role=Role.GOVERNANCE,
            waiting=desk.waiting,
            hint="Draw the figures of a period, sign them, publish what somebody else signed.",
        )
