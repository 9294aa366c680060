"""The two mails about signing in. The queue carries a person's key; their address and the link are read when it leaves.

They take the same way out as every message (`post`); one that is sent twice does no harm, since a new password ends
the use of every link before it.

Links begin with settings.SITE_ADDRESS and never with what a request called us.
"""

import uuid

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from campion import post
from campion.models import User


def send_reset(key):
    """Send a link with which a new password can be chosen; nothing for key 0, which stands for nobody.

    :raises NotTaken: if it is not taken; the queue tries again
    """
    user = User.objects.filter(pk=key, is_active=True).exclude(email=None).first()
    if user is None:
        return
    token = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"}).replace("UID-KEY", token)
    _send(user, "Choose a new password", "reset", address=settings.SITE_ADDRESS + path)


def tell_of_change(key):
    """Tell somebody that how they sign in was changed, in case it was not them.

    :raises NotTaken: if it is not taken; the queue tries again
    """
    user = User.objects.filter(pk=key, is_active=True).exclude(email=None).first()
    if user is not None:
        address = settings.SITE_ADDRESS + reverse("account_reset_password")
        _send(user, "How you sign in was changed", "sign_in_changed", address=address)


def _send(user, subject, template, **words):
    body = render_to_string(f"emails/{template}.txt", words)
    post.hand_over(post.Mail(user.email, subject, body), reference=uuid.uuid4())
