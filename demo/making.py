"""Make the whole demonstration once, in steps that can be taken up again after a stop.

The audit log, which forgets nothing, holds how far it is: one line when it begins (with size, seed and moment, so that
the same plan is made again), one for each handful of stories in the transaction that told them, one at the end.
"""

import multiprocessing.connection
import os
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, connections, transaction

from campion import audit
from campion.models import AuditEvent, Force, User
from demo import people as cast
from demo import releasing
from demo.people import Person
from demo.plan import plan
from demo.stories import Story
from demo.telling import Teller, enrol, make_force

ACTION = "make_demo"
HANDFUL = 10
"""Stories told in one transaction: few enough to lose little, many enough to commit seldom."""
SHARES = 6
"""Lists that may be told at the same time; the same number everywhere, so that a stopped run is taken up again."""
LOCK = 0xDE30


class NoDemo(Exception):
    """A demonstration may not be made here; the message is a sentence that says why."""


@dataclass(frozen=True)
class Progress:
    """How far it is: what is being made, how many of how many."""

    of: str
    done: int
    total: int


def make(
    *, size: int, seed: int, at: datetime, processes: int = 1, scenes_alone: bool = False, releases: bool = True
) -> Iterator[Progress]:
    """Make the invented force, its people and their reports; do nothing if they are there.

    :param processes: how many tell stories at the same time; with one, all of it happens in this process
    :param releases: put out the figures that are kept for the demonstration
    :param scenes_alone: stop after the scenes that people are sent to look at; another run tells the rest

    Yields how far it is; nothing at all if the whole was there already.

    :raises NoDemo: where a demonstration does not belong, or another process makes one now
    """
    refuse_elsewhere()
    with alone():
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
        shares = share_out(plan(everybody, at=at, size=size, seed=seed), everybody)
        if scenes_alone:
            shares = [[story for story in share if story.name] for share in shares]
        total, done = sum(story.assaults for share in shares for story in share), 0
        for told in _tell_here(shares, seed) if processes < 2 else _tell_in_children(shares, seed, processes):
            done += told
            yield Progress("assaults", done, total)
        releasing.answer_for_everybody(force, at=at, seed=seed)
        if releases:
            for done, total in releasing.put_out(force):
                yield Progress("releases of figures", done, total)
        if not scenes_alone:
            _note("end")


def share_out(stories: list[Story], people: list[Person]) -> list[list[Story]]:
    """Share stories out to be told at the same time: those of one team together, since their people meet in them.

    Gives SHARES lists of about the same length, the longest first.
    """
    team_of = {person.number: person.team for person in people}
    teams: dict[str, list[Story]] = {}
    for story in stories:
        teams.setdefault(team_of[story.who], []).append(story)
    shares: list[list[Story]] = [[] for _ in range(SHARES)]
    for team in sorted(teams, key=lambda team: (-len(teams[team]), team)):
        min(shares, key=len).extend(teams[team])
    return sorted((sorted(share, key=lambda story: not story.name) for share in shares), key=len, reverse=True)


def _tell_here(shares, seed):
    for number, share in enumerate(shares):
        yield from _tell_share(number, share, seed)


def _tell_share(number, share, seed):
    """Tell the stories of a share that are not told yet, a handful in a transaction; yield how many assaults."""
    users = {user.staff_number: user for user in User.objects.filter(force__code=cast.FORCE)}
    teller = Teller(users, seed=seed)
    known = 0
    while known < len(share):
        with transaction.atomic():
            _one_at_a_time(number)
            start = _told(number)
            handful = share[start : start + HANDFUL]
            if handful:
                _note(f"told {number} {start + len(handful)}")
            for story in handful:
                teller.tell(story)
        before, known = known, start + len(handful)
        yield sum(story.assaults for story in share[before:known])


def _one_at_a_time(share):
    """Wait for whoever tells a handful of this share: a child of a run that was killed may still be at its last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', '60s', true), set_config('statement_timeout', '60s', true)")
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, share])


def _tell_in_children(shares, seed, processes):
    """Tell the shares in child processes, so that every core helps; yield how many assaults as they come."""
    context = multiprocessing.get_context("fork")
    children = {}
    try:
        for first in range(min(processes, len(shares))):
            news, end = context.Pipe(duplex=False)
            dealt = [(number, shares[number]) for number in range(first, len(shares), processes)]
            child = context.Process(target=_child, args=(dealt, seed, end, os.getpid()))
            child.start()
            children[news] = child
        waiting = dict(children)
        while waiting:
            for news in multiprocessing.connection.wait(waiting, timeout=1):
                told = news.recv()
                if told is None:
                    del waiting[news]
                elif isinstance(told, str):
                    raise RuntimeError(told)
                else:
                    yield told
            for news, child in list(waiting.items()):
                if not child.is_alive() and not news.poll():
                    raise RuntimeError("A process that told stories ended early. Run make_demo again: it goes on.")
    finally:
        for child in children.values():
            child.terminate()  # those that are done have ended; the others lose the handful that they were at
            child.join()


def _child(dealt, seed, news, parent):
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to hear
    for alias in connections:  # what came along belongs to the parent: it is forgotten, not closed
        connections[alias].connection = None
    try:
        for number, share in dealt:
            for told in _tell_share(number, share, seed):
                news.send(told)
                if os.getppid() != parent:
                    return  # nobody waits any more
        news.send(None)
    except BrokenPipeError:
        return
    except Exception:
        news.send(traceback.format_exc())


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


def _told(share):
    """How many stories of a share are told already."""
    told = _lines().filter(object_id__startswith=f"told {share} ").order_by("-pk")
    line = told.values_list("object_id", flat=True).first()
    return int(line.split(" ")[2]) if line else 0


@contextmanager
def alone():
    """Let one process make it at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise NoDemo("The demonstration is being made by another process now. Wait for it.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def force_made() -> Force | None:
    """Give the invented force, if it is there."""
    return Force.objects.filter(code=cast.FORCE, is_demo=True).first()
