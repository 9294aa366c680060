"""The kernel, as Django knows it."""

from django.apps import AppConfig


class CampionConfig(AppConfig):
    """The kernel."""

    name = "campion"

    def ready(self):
        """Register the system checks, and what the log says about sign-in."""
        from campion import accounts, checks  # noqa: F401
