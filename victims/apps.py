"""The welfare side, as Django knows it."""

from django.apps import AppConfig


class VictimsConfig(AppConfig):
    """Referrals and their clocks: listens to reports, and offers its pages to the navigation."""

    name = "victims"

    def ready(self):
        """Listen to what reports announces, and say where this app's pages are."""
        from campion import context
        from campion.roles import Role
        from reports import events
        from victims import receivers

        events.incident_submitted.connect(receivers.offer_support, dispatch_uid="victims.offer_support")
        events.incidents_merged.connect(receivers.join_offers, dispatch_uid="victims.join_offers")
        events.assault_taken_over.connect(receivers.follow_person, dispatch_uid="victims.follow_person")

        outside = {Role.PCC, Role.EDITOR, Role.API_CLIENT}
        context.offer("Your support", "victims:home", lambda user: not user.roles or bool(user.roles - outside))
        context.offer("Support desk", "victims:desk", lambda user: user.plays(Role.WELFARE))
        context.offer("Working days", "victims:calendar", lambda user: user.plays(Role.ADMINISTRATOR))
