"""The roles a person may hold; docs/access.md says what each may see and do. Governed: a change needs governance."""

from django.db import models


class Role(models.TextChoices):
    """A part that somebody plays in a unit, from a date, until a date. It never widens a relation to a record.

    The officer in the case is not a role but a relation to one incident.
    """

    REPORTER = "reporter", "Officer or member of staff"
    SUPERVISOR = "supervisor", "Supervisor"
    INSPECTOR = "inspector", "Inspector"
    SPOC = "spoc", "Single point of contact"
    WELFARE = "welfare", "Welfare officer"
    HEALTH_SAFETY = "health_safety", "Health and safety adviser"
    OCCUPATIONAL_HEALTH = "occupational_health", "Occupational health"
    WITNESS_CARE = "witness_care", "Witness care officer"
    PCC = "pcc", "Police and Crime Commissioner's office"
    EDITOR = "editor", "Campaign editor"
    ADMINISTRATOR = "administrator", "Administrator"
    GOVERNANCE = "governance", "Information governance"
    API_CLIENT = "api_client", "Another system"


OUTSIDERS = frozenset({Role.PCC, Role.EDITOR, Role.API_CLIENT})
"""Roles of people and systems outside the workforce. Everybody else in the directory reports (docs/access.md)."""
