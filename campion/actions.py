"""The kernel's only writers: who is in the directory, who plays which role, and until when."""

from datetime import date, datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from campion import audit
from campion.models import Deputy, Force, Membership, Unit, User
from campion.roles import Role
from campion.workflow import Refused
from campion.working_days import LONDON


@transaction.atomic
def enrol(
    *,
    force: Force,
    staff_number: str,
    family_name: str,
    worker_type: str,
    by: User | None,
    at: datetime,
    given_name: str = "",
    email: str | None = None,
    password: str | None = None,
    hashed_password: str = "",
    unit: Unit | None = None,
    rank_or_grade: str = "",
    line_manager: User | None = None,
    started_on: date | None = None,
    protected_post: bool = False,
) -> User:
    """Put somebody in a force's directory; with an email address they may sign in, by password or the force's sign-in.

    :param hashed_password: the password as `make_password` gave it, in place of `password`; for many people at once
    :param by: who does it, or None for the system itself
    :raises Refused: if the staff number or the email address is somebody's already, or the unit is another force's
    """
    email = User.plain_email(email)
    if unit is not None and unit.force_id != force.pk:
        raise Refused("That unit belongs to another force.")
    if User.objects.filter(force=force, staff_number=staff_number).exists():
        raise Refused("Somebody in this force has that staff number already.")
    if email and User.objects.filter(email=email).exists():
        raise Refused("Somebody has that email address already.")
    user = User(
        force=force,
        unit=unit,
        email=email,
        staff_number=staff_number,
        given_name=given_name,
        family_name=family_name,
        worker_type=worker_type,
        rank_or_grade=rank_or_grade,
        line_manager=line_manager,
        started_on=started_on,
        protected_post=protected_post,
        created_at=at,
    )
    if hashed_password:
        user.password = hashed_password
    else:
        user.set_password(password)  # None: nothing that anybody types is the password
    user.save()
    _record("enrol", user, by=by)
    return user


@transaction.atomic
def give_role(
    *,
    user: User,
    role: str,
    unit: Unit,
    from_on: date,
    by: User | None,
    at: datetime,
    until_on: date | None = None,
    leads: bool = False,
) -> Membership:
    """Let somebody play a role in a unit and all below it, from a day until a day (both included).

    :param leads: whether they look after the others who play it there

    :raises Refused: if they play it there already on some of those days, the unit is another force's, they are not
        active, or the person who gives it is the one who gets it
    """
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if role not in Role.values:
        raise Refused("There is no such role.")
    if by is not None and by.pk == user.pk:
        raise Refused("Nobody gives a role to themselves.")
    if not user.is_active:
        raise Refused("This person is not active.")
    if unit.force_id != user.force_id:
        raise Refused("That unit belongs to another force.")
    if until_on is not None and until_on < from_on:
        raise Refused("A role ends on or after the day on which it starts.")
    overlapping = Membership.objects.filter(
        Q(until_on=None) | Q(until_on__gte=from_on), user=user, role=role, unit=unit
    )
    if until_on is not None:
        overlapping = overlapping.filter(from_on__lte=until_on)
    if overlapping.exists():
        raise Refused("They have this role in this unit on some of those days already.")
    membership = Membership.objects.create(
        user=user, role=role, unit=unit, from_on=from_on, until_on=until_on, leads=leads
    )
    _record("give_role", user, by=by, reason_code=role)
    return membership


@transaction.atomic
def end_role(*, membership: Membership, by: User | None, at: datetime, until_on: date | None = None) -> Membership:
    """End a role after a day; without one it ends now, and the next request obeys.

    A role that would end before it started was never played, and its row goes; the log keeps that it was given.

    :raises Refused: if it had ended before that day already
    """
    membership = Membership.objects.select_for_update(of=("self",)).select_related("user").get(pk=membership.pk)
    until_on = until_on or at.astimezone(LONDON).date() - timedelta(days=1)
    if membership.until_on is not None and membership.until_on < until_on:
        raise Refused("This role had ended already.")
    if until_on < membership.from_on:
        membership.delete()
    else:
        membership.until_on = until_on
        membership.save(update_fields=["until_on"])
    _record("end_role", membership.user, by=by, reason_code=membership.role)
    return membership


@transaction.atomic
def name_deputy(*, user: User, deputy: User, from_on: date, until_on: date, by: User, at: datetime) -> Deputy:
    """Let somebody stand in for a person, such as while they are on rest days, from a day until a day (both included).

    :param until_on: at most a year after `from_on`
    :raises Refused: unless they name their own deputy, of their own force, for days that are still to come
    """
    if by.pk != user.pk:
        raise Refused("You name your own deputy, and nobody else’s.")
    if deputy.pk == user.pk:
        raise Refused("Choose somebody else as your deputy.")
    if deputy.force_id != user.force_id or not deputy.is_active or not deputy.email:
        raise Refused("Choose somebody who works in this force and signs in here.")
    today = at.astimezone(LONDON).date()
    if until_on < from_on or until_on < today or until_on > from_on + timedelta(days=366):
        raise Refused("Choose days from today on, at most a year, the last on or after the first.")
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    overlapping = Deputy.objects.filter(
        Q(until_on=None) | Q(until_on__gte=from_on), user=user, deputy=deputy, from_on__lte=until_on
    )
    if overlapping.exists():
        raise Refused(f"{deputy.name} is your deputy on some of those days already.")
    row = Deputy.objects.create(user=user, deputy=deputy, from_on=from_on, until_on=until_on)
    _record("name_deputy", deputy, by=by)
    return row


@transaction.atomic
def end_deputy(*, deputy: Deputy, by: User, at: datetime) -> None:
    """Let a deputy stand in no longer, from this day on.

    :raises Refused: unless it is one's own deputy, or one stands in oneself
    """
    row = Deputy.objects.select_for_update(of=("self",)).select_related("deputy").filter(pk=deputy.pk).first()
    if row is None or by.pk not in (row.user_id, row.deputy_id):
        raise Refused("There is no such deputy.")
    yesterday = at.astimezone(LONDON).date() - timedelta(days=1)
    if yesterday < row.from_on:
        row.delete()
    elif row.until_on is None or row.until_on > yesterday:
        row.until_on = yesterday
        row.save(update_fields=["until_on"])
    _record("end_deputy", row.deputy, by=by)


@transaction.atomic
def deactivate(*, user: User, by: User | None, at: datetime) -> User:
    """Shut somebody out: their sessions end with this, and no door opens for them again. Their reports stay.

    :raises Refused: if they are shut out already, or would shut out themselves
    """
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if by is not None and by.pk == user.pk:
        raise Refused("Nobody shuts themselves out.")
    if not user.is_active:
        raise Refused("This person is not active.")
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user)
    _record("deactivate", user, by=by)
    return user


def end_sessions(user: User, *, but: str | None = None) -> int:
    """Sign somebody out everywhere; give how many sessions that ended.

    :param but: the key of a session that stays
    """
    sessions = UserSession.objects.filter(user_id=user.pk).exclude(session_key=but)
    keys = list(sessions.values_list("session_key", flat=True))
    sessions.delete()
    return Session.objects.filter(session_key__in=keys).delete()[0]


def _record(action, user, *, by, reason_code=""):
    audit.record(
        action, by=by, object_type="user", object_id=str(user.pk), subject_ids=[user.pk], reason_code=reason_code
    )
