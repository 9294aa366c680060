"""A force with assaults to release, the people of its release desk, and a gate that goes by rule alone.

For tests of the desk: the audit itself has tests of its own (test_disclosure), and takes seconds.
"""

import uuid
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from campion.models import User
from campion.roles import Role
from figures import actions
from figures.actions import drawing
from figures.disclosure import LEAST_CHANGED, Verdict, kept
from figures.disclosure.gate import hidden_share, possible_cells
from figures.disclosure.rounding import control
from figures.models import Draw, Release
from reports.models import Assault, Incident
from tests import world

QUARTER = "2026-27-Q1"
DUE = datetime(2026, 8, 12, 9, 0, tzinfo=UTC)
"""The first day on which the quarter may be drawn; all of this lies in the past of the database's own clock."""
DAY = timedelta(days=1)
MAY = datetime(2026, 5, 13, 20, 0, tzinfo=UTC)


@dataclass
class Desk:
    """A force, two people of its governance, and an officer; `more` adds assaults, each of somebody else."""

    place: world.Place
    gail: User
    drew: User
    sam: User
    template: Incident

    def more(self, number: int, *, at=MAY, spread=timedelta(hours=7), kind="physical", **fields) -> list[Incident]:
        """Add so many incidents of one assault each."""
        columns = [field.attname for field in Incident._meta.concrete_fields if field.name not in ("id", "reference")]
        given = {name: getattr(self.template, name) for name in columns}
        rows = [
            Incident(**given | {
                "submit_key": uuid.uuid4(), "reference": uuid.uuid4().hex[:12], "occurred_from": at + place * spread,
                "police_told_at": at + place * spread + timedelta(hours=1),
            })
            for place in range(number)
        ]  # fmt: skip
        made = Incident.objects.bulk_create(rows)
        people = User.objects.bulk_create(
            User(
                force=self.place.force,
                unit=self.place.team,
                staff_number=row.reference,
                family_name="Example",
                worker_type="police-officer",
            )
            for row in made
        )
        Assault.objects.bulk_create(
            Assault(incident=row, position=1, person=person, kind=kind,
                    **{"worker_type": "police-officer", "injury": "none"} | fields)
            for row, person in zip(made, people, strict=True)
        )  # fmt: skip
        return made


def make_desk() -> Desk:
    """Make the force with sixty assaults in the quarter: forty physical, twenty verbal."""
    place = world.make_force()
    sam = world.make_person(place.team)
    world.make_person(place.team, Role.SUPERVISOR)
    template = world.make_submitted_incident(sam, at=MAY + timedelta(hours=1), happened=MAY)
    desk = Desk(
        place, world.make_person(place.root, Role.GOVERNANCE), world.make_person(place.root, Role.GOVERNANCE), sam,
        Incident.objects.get(pk=template.pk),
    )  # fmt: skip
    desk.more(39)
    desk.more(20, kind="verbal")
    return desk


def by_rule(published, new, *, least_changed=LEAST_CHANGED, **_) -> Verdict:
    """Round and hide by rule, and pass."""
    new = kept(published, new, least=least_changed)
    vintage = control(new, possible_cells(new))
    shares = {code: hidden_share(cube) for code, cube in vintage.cubes.items()}
    return Verdict(True, vintage, {}, (), shares, 12, 3, 4, ("Every small figure was tried.", "No figure is hidden."))


@pytest.fixture
def quick(monkeypatch):
    """Let the gate go by rule alone, count within the test's own transaction, and draw no charts."""
    monkeypatch.setattr(drawing, "gate", by_rule)
    monkeypatch.setattr(drawing, "_snapshot", nullcontext)
    monkeypatch.setattr("figures.charts.charts_of", lambda shown, others=(): [("total", f"<svg>{shown.name}</svg>")])


def drawn(desk, *, at=DUE, period=QUARTER, by=None) -> Draw:
    """Ask for a release and draw it."""
    by = world.fresh(by or desk.gail)
    asked = actions.ask(force=desk.place.force, period=period, by=by, at=at)
    return actions.draw(draw=asked, by=by, at=at)


def approved(desk, **given) -> Draw:
    """Draw a release and approve it by the same person."""
    draw = drawn(desk, **given)
    return actions.approve(draw=draw, by=world.fresh(desk.gail), at=draw.drawn_at + timedelta(hours=1))


def released(desk, *, at=DUE, publish_at=None, **given) -> Release:
    """Draw, approve and publish a release, the last by the second person."""
    draw = approved(desk, at=at, **given)
    return actions.publish(draw=draw, by=world.fresh(desk.drew), at=at + DAY, publish_at=publish_at)
