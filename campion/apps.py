"""The kernel, as Django knows it."""

from django.apps import AppConfig


class CampionConfig(AppConfig):
    """The kernel."""

    name = "campion"

    def ready(self):
        """Register the system checks, what the log says about sign-in, and the kernel's own place of work."""
        from campion import accounts, checks, context  # noqa: F401
        from campion.roles import Role

        context.offer_work(
            "Messages",
            "outbox",
            role=Role.ADMINISTRATOR,
            waiting=_failed,
            hint="Messages that could not be sent or came back, and the words that they are sent in",
        )


def _failed(user):
    from campion.models import Delivery

    lost = (Delivery.State.FAILED, Delivery.State.BOUNCED)
    return Delivery.objects.filter(message__to__force=user.force_id, state__in=lost).count()
