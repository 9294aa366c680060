"""Figures, as Django knows them."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """Statistics: cubes, disclosure control, releases, dashboards, open data."""

    name = "figures"
