"""The one form of the sign-in pages that does something of ours."""

from allauth.account.forms import ResetPasswordForm
from django.conf import settings
from django_q.tasks import async_task


class ForgottenPassword(ResetPasswordForm):
    """Ask for a link to choose a new password. Known or not, one row goes to the queue, so the answer takes as long."""

    def save(self, request, **kwargs):
        known = self.users[0] if self.users else None
        # Where the force has its own sign-in, only somebody who was given a password here may have another one.
        if known and settings.SOCIALACCOUNT_PROVIDERS and not known.has_usable_password():
            known = None
        async_task("campion.accounts_mail.send_reset", known.pk if known else 0)
        return self.cleaned_data["email"]
