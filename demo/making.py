"""Make the whole demonstration once, in steps that can be taken up again after a stop.

The audit log, which forgets nothing, holds how far it is: one line when it begins (with size, seed and moment, so that
the same plan is made again), one for each handful of stories in the transaction that told them, one at the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from campion import audit
from campion.models import AuditEvent, Force, User
from demo import people as cast
from demo.plan import plan
from demo.telling import Teller, enrol, make_force

ACTION = "make_demo"
HANDFUL = 10
"""Stories told in one transaction: few enough to lose little, many enough to commit seldom."""
LOCK = 0xDE30


class NoDemo(Exception):
    """A demonstration may not be made here; the message is a sentence that says why."""


@dataclass(frozen=True)
class Progress:
    """How far it is: what is being made, how many of how many."""

    of: str
    done: int
    total: int


def make(*, size: int, seed: int, at: datetime) -> Iterator[Progress]:
    """Make the invented force, its people and their reports; do nothing if they are there.

    Yields how far it is; nothing at all if the whole was there already.

    :raises NoDemo: where a demonstration does not belong, or another process makes one now
    """
    refuse_elsewhere()
    with _alone():
        if is_made():
            return
        if not _lines().exists():
            _note(f"begin {size} {seed} {at.isoformat(timespec='hours')}")
        size, seed, at = _begun()
        force = make_force()
        everybody = cast.everybody()
        users: dict[str, User] = {}
        with transaction.atomic():
            for user in enrol(everybody, force=force):
                users[user.staff_number] = user
                yield Progress("people", len(users), len(everybody))
        stories = plan(everybody, at=at, size=size, seed=seed)
        total = sum(story.assaults for story in stories)
        told, teller = _told(), Teller(users, seed=seed)
        for start in range(told, len(stories), HANDFUL):
            handful = stories[start : start + HANDFUL]
            with transaction.atomic():
                _note(f"told {start + len(handful)}")
                for story in handful:
                    teller.tell(story)
            yield Progress("assaults", sum(story.assaults for story in stories[: start + HANDFUL]), total)
        _note("end")


def is_made() -> bool:
    """Whether the demonstration is there, whole."""
    return _lines().filter(object_id="end").exists()


def refuse_elsewhere() -> None:
    """Let it go on only in a demonstration with no people of a real force.

    :raises NoDemo: with a sentence
    """
    if not settings.DEMO:
        raise NoDemo("Invented people belong in a demonstration alone: set CAMPION_DEMO=true on a database of its own.")
    if User.objects.filter(force__is_demo=False).exists():
        raise NoDemo("This database holds people of a real force, so nothing was invented here. Use another database.")


def _lines():
    return AuditEvent.objects.filter(object_type="demo", action=ACTION)


def _note(what):
    audit.record(ACTION, by=None, object_type="demo", object_id=what)


def _begun():
    line = _lines().filter(object_id__startswith="begin ").order_by("pk").values_list("object_id", flat=True)[0]
    _, size, seed, at = line.split(" ", 3)
    return int(size), int(seed), datetime.fromisoformat(at)


def _told():
    told = _lines().filter(object_id__startswith="told ").order_by("-pk").values_list("object_id", flat=True).first()
    return int(told.removeprefix("told ")) if told else 0


class _alone:  # noqa: N801: used as a context manager
    """Let one process make it at a time."""

    def __enter__(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raise NoDemo("The demonstration is being made by another process now. Wait for it.")

    def __exit__(self, *_):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def force_made() -> Force | None:
    """Give the invented force, if it is there."""
    return Force.objects.filter(code=cast.FORCE, is_demo=True).first()
