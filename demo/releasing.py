"""The demonstration's figures: answers to the anonymous question, and releases that were gated once and kept in a file.

The file was made of a demonstration of the usual size and seed as it is made at noon on MADE_AT: `manage.py
keep_releases` makes it, `make soak` makes it again and compares. A demonstration of another day has reports of other
days, and the same releases: like any released figures they stand still.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from campion.models import Force, User
from campion.working_days import london_date
from demo.people import DOMAIN
from figures import actions, pulse
from figures.models import Draw, PulseAnswer, Release
from figures.periods import Period

FILE = Path(settings.ROOT) / "seeds" / "demo" / "figures.releases.json"
MADE_AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
MONTHS = 18
ANSWERS = (140, 260)
"""The fewest and the most answers in a month."""
SHARES = (
    ("nothing", "not-asked", 58),
    ("abused", "whole", 5), ("abused", "some", 9), ("abused", "none", 14),
    ("assaulted", "whole", 7), ("assaulted", "some", 4), ("assaulted", "none", 3),
)  # fmt: skip
"""How a hundred people of the invented force answer: most abuse is not reported, most assaults are."""


def answer_for_everybody(force: Force, *, at: datetime, seed: int) -> None:
    """Have the invented people answer the anonymous question about the months of the demonstration; once."""
    if PulseAnswer.objects.filter(force=force).exists():
        return
    month = pulse.asked_about(at)
    chance = random.Random(f"{seed}/pulse")  # noqa: S311 - nothing secret hangs on it
    with transaction.atomic():
        for _ in range(MONTHS):
            for happened, reported, _ in chance.choices(
                SHARES, [share for *_, share in SHARES], k=chance.randint(*ANSWERS)
            ):
                pulse.answer(force=force, month=month, happened=happened, reported=reported)
            month = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def put_out(force: Force) -> Iterator[tuple[int, int]]:
    """Put the kept releases out, those that are not out yet; yield how many of how many."""
    releases = json.loads(FILE.read_text())["releases"]
    by, publisher = signatories(force)
    for number, release in enumerate(releases, 1):
        actions.put_out(force=force, release=release, by=by, publisher=publisher)
        yield number, len(releases)


def draw_everything(force: Force) -> Iterator[Period]:
    """Draw every period that was due at MADE_AT through the gate, each a week after it could be, and put it out."""
    for span in periods_due(force):
        draw_and_put_out(force, span)
        yield span


def draw_and_put_out(force: Force, span: Period, **watched) -> None:
    """Draw a period a week after it could be, and have it signed by one and published by the other on the next days.

    :param watched: who is told how far the drawing is, as `actions.draw` tells it
    """
    by, publisher = signatories(force)
    drawn_at = datetime.combine(span.drawn_from + timedelta(days=7), MADE_AT.time(), UTC)
    if span.level == "year":
        drawn_at += timedelta(days=1)
    asked = actions.ask(force=force, period=span.code, by=by, at=drawn_at)
    drawn = actions.draw(draw=asked, by=by, at=drawn_at, **watched)
    actions.approve(draw=drawn, by=by, at=drawn_at + timedelta(days=1))
    actions.publish(draw=drawn, by=publisher, at=drawn_at + timedelta(days=2))


def periods_due(force: Force) -> list[Period]:
    """Give the periods of the demonstration whose release is out by MADE_AT, as the gate takes them."""
    return actions.periods_due(force=force, on=london_date(MADE_AT - timedelta(days=10)))


def as_file(force: Force) -> str:
    """Write what was put out as the file has it: the same text each time."""
    draws = Draw.objects.filter(force=force, state=Draw.State.PUBLISHED).order_by("drawn_at", "pk")
    releases = [actions.kept(draw) for draw in draws]
    return json.dumps({"made_at": MADE_AT.isoformat(), "releases": releases}, ensure_ascii=False, indent=None) + "\n"


def is_out(force: Force) -> bool:
    """Whether any release of the force is out."""
    return Release.objects.filter(force_code=force.code).exists()


def signatories(force: Force) -> tuple[User, User]:
    """Give the two of information governance: who draws and signs, and who publishes."""
    return tuple(User.objects.get(force=force, email=f"{name}@{DOMAIN}") for name in ("governance", "governance2"))
