"""Whom to tell about something owed: pure, from given facts. Messages name nobody; the pages behind them decide anew.

Who has a conflict with a report, is in it or filed it is never told of what it owes to somebody, through whatever they
are: it goes to the next who may. What a restricted report owes goes to people on its list alone, until the person
themself lets the welfare desk know.
"""

from dataclasses import dataclass, field

from campion.roles import Role
from victims.models import Entitlement, NoticeStep

OwedBy, To = Entitlement.OwedBy, NoticeStep.To

ROLES = {
    OwedBy.WELFARE: Role.WELFARE,
    OwedBy.OFFICER: Role.SUPERVISOR,  # while no officer is named, whoever must name one
    OwedBy.SUPERVISOR: Role.SUPERVISOR,
    OwedBy.WITNESS_CARE: Role.WITNESS_CARE,
    OwedBy.OCCUPATIONAL_HEALTH: Role.OCCUPATIONAL_HEALTH,
    OwedBy.GOVERNANCE: Role.GOVERNANCE,
    OwedBy.CPS: Role.WITNESS_CARE,  # follows up what the prosecution owes
}
UPWARD = {To.INSPECTOR: Role.INSPECTOR, To.SPOC: Role.SPOC}


@dataclass(frozen=True)
class Post:
    """One person's part in one unit today; `path` of the unit runs from the root of its force: "/1/5/9/"."""

    user: int
    role: str
    path: str
    leads: bool = False


@dataclass(frozen=True)
class Owed:
    """What must be known of one clock to say whom to tell: people as keys, None for nobody."""

    owed_by: str
    path: str  # of the unit that the case lies in
    person: int | None = None
    reporter: int | None = None
    officer: int | None = None
    carrier: int | None = None
    exposure: bool = False
    self_referred: bool = False
    barred: frozenset[int] = frozenset()  # who has a conflict with the report
    named: frozenset[int] | None = None  # the list of a restricted report; None where it is open
    desk_may_know: bool = False


@dataclass(frozen=True)
class Cast:
    """Who plays what in a force today, and who stands in for whom."""

    posts: tuple[Post, ...] = ()
    deputies: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def nearest(self, role: str, path: str, may, *, leads=False) -> tuple[int, ...]:
        """Give those who play a role, and may be told, in the nearest unit at or above that one that has any."""
        units: dict[str, set[int]] = {}
        for post in self.posts:
            if post.role == role and path.startswith(post.path) and (post.leads or not leads) and may(post.user):
                units.setdefault(post.path, set()).add(post.user)
        return tuple(sorted(units[max(units, key=len)])) if units else ()

    def covers(self, user: int, role: str, path: str) -> bool:
        """Whether somebody plays a role over that unit today."""
        return any(post.user == user and post.role == role and path.startswith(post.path) for post in self.posts)


def whom_to_tell(to: str, owed: Owed, cast: Cast) -> tuple[int, ...]:
    """Give the people who are told of one step about one clock; empty while nobody may be.

    :param to: a code of NoticeStep.To
    """
    if to in UPWARD:
        # Asking for support oneself tells nobody of the line, nor does a complaint; an exposure is known to its person,
        # the desk and health.
        if owed.exposure or owed.self_referred or owed.owed_by == OwedBy.GOVERNANCE:
            return ()
        return cast.nearest(UPWARD[to], owed.path, lambda user: _may_be_told(user, owed))
    role = ROLES.get(owed.owed_by)
    if role is None:
        return (owed.person,) if owed.owed_by == OwedBy.PERSON and owed.person and to == To.OWNER else ()
    desk = role == Role.WELFARE

    def may(user):
        return _may_be_told(user, owed, desk=desk)

    leads = cast.nearest(role, owed.path, may, leads=True)
    if to == To.LEAD:
        return leads
    return _owners(owed, cast, may) or (leads if desk else ()) or cast.nearest(role, owed.path, may)


def _owners(owed, cast, may):
    """The officer in the case, or whoever carries the case, and their deputies of today."""
    if owed.owed_by == OwedBy.OFFICER:
        return _with_deputies(owed.officer, cast, may)
    if owed.owed_by == OwedBy.WELFARE:
        return _with_deputies(owed.carrier, cast, lambda user: may(user) and cast.covers(user, Role.WELFARE, owed.path))
    return ()


def _with_deputies(user, cast, may):
    return tuple(who for who in (user, *cast.deputies.get(user, ())) if who is not None and may(who))


def _may_be_told(user, owed, *, desk=False):
    if user in owed.barred or user in (owed.person, owed.reporter):
        return False
    # Whoever answers a complaint reads nothing of the report, so its being restricted does not keep it from them.
    listed = owed.named is None or user in owed.named or owed.owed_by == OwedBy.GOVERNANCE
    return listed or (desk and owed.desk_may_know)
