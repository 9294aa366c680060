"""Figures, as Django knows them."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """Statistics: cubes, disclosure control, releases, dashboards, open data."""

    name = "figures"

    def ready(self):
        """Have /home/ ask the anonymous question."""
        from campion import context
        from figures.views import pulse

        context.ask_at_home(pulse.at_home)
