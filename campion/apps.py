"""The kernel, as Django knows it."""

from django.apps import AppConfig


class CampionConfig(AppConfig):
    """The kernel."""

    name = "campion"

    def ready(self):
        """Register the system checks."""
        from campion import checks  # noqa: F401
