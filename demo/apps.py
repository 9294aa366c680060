"""The demonstration, as Django knows it: one command and no rows of its own."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Makes the invented force; the command refuses to work anywhere but in a demonstration."""

    name = "demo"
