"""People for tests, and how they come in: by the real sign-in where that is what is tested, else by a ready session."""

import itertools
import time
from datetime import UTC, date, datetime

from django.conf import settings
from django.test import Client

from campion import actions
from campion.models import Force, Unit, User, WorkerType

PASSWORD = "a lantern over quiet water"
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
_numbers = itertools.count(1000)


def make_force(code="testshire"):
    """A force of its own with one area and one team below it; give the force."""
    force, made = Force.objects.get_or_create(
        code=code, defaults={"name": f"{code.title()} Police", "country": "England", "source": "a test"}
    )
    if made:
        root = Unit.objects.create(force=force, code=code, kind=Unit.Kind.FORCE, name=force.name, source="a test")
        area = Unit.objects.create(
            force=force, code="east", parent=root, kind=Unit.Kind.AREA, name="East", source="a test"
        )
        Unit.objects.create(
            force=force, code="east-a", parent=area, kind=Unit.Kind.TEAM, name="East A", source="a test"
        )
    return force


def make_person(*roles, force=None, unit="east-a", sign_in=True, **fields) -> User:
    """Somebody in the directory, who plays these roles in this unit, with a password if they sign in."""
    force = force or make_force()
    unit = force.units.get(code=unit)
    number = str(next(_numbers))
    user = actions.enrol(
        force=force,
        unit=unit,
        by=None,
        at=AT,
        **{
            "staff_number": number,
            "given_name": "Sam",
            "family_name": f"Example{number}",
            "worker_type": WorkerType.POLICE_OFFICER,
            "email": f"p{number}@{force.code}.example" if sign_in else None,
            "password": PASSWORD if sign_in else None,
            **fields,
        },
    )
    for role in roles:
        actions.give_role(user=user, role=role, unit=unit, from_on=date(2020, 1, 1), by=None, at=AT)
    return user


def signed_in(person, *, second_factor=True, client=None, **options) -> Client:
    """A client in which this person is signed in, second factor and all, without walking through the pages for it."""
    client = client or Client(**options)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "email": person.email}]
    session["account_authentication_methods_user"] = str(person.pk)
    if second_factor:
        session["account_authentication_methods"] += [{"method": "mfa", "at": time.time(), "type": "totp"}]
    session.save()
    return client


def session_cookie(client):
    """The key of the client's session, or an empty text."""
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie.value if cookie else ""
