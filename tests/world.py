"""A small world for tests, born through actions, so that no test runs on a state the service cannot reach.

Times are given, never read: MONDAY is a working Monday before Christmas, when offices still count days.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count

from campion import actions as kernel
from campion.local_time import moment
from campion.models import Force, Unit, User
from campion.roles import Role
from campion.working_days import LONDON
from reports import actions
from reports.actions import drafts
from reports.content import content_hash, content_of, core_content, with_people
from reports.models import Incident, PlaceType
from reports.readiness import PageKey, digest, page_values

MONDAY = datetime(2026, 12, 21, 3, 0, tzinfo=UTC)
"""Three in the morning on Monday 21 December 2026, in London."""

PASSWORD = "a long enough password"
_numbers = count(1001)


@dataclass(frozen=True)
class Place:
    """A force with its units: the force above two areas, and a team in each."""

    force: Force
    root: Unit
    north: Unit
    south: Unit
    team: Unit
    other_team: Unit


def make_force(code="testshire") -> Place:
    """Make a force with two areas and a team in each; a second call with another code gives a second force."""
    force = Force.objects.create(code=code, name=code.title(), country="England")

    def unit(code, kind, parent=None):
        made = Unit.objects.create(
            force=force, code=code, kind=kind, name=code.replace("-", " ").title(), parent=parent
        )
        made.refresh_from_db()
        return made

    root = unit("force", Unit.Kind.FORCE)
    north, south = unit("north", Unit.Kind.AREA, root), unit("south", Unit.Kind.AREA, root)
    return Place(force, root, north, south, unit("north-a", "team", north), unit("south-a", "team", south))


def make_person(unit: Unit, *roles: Role, family_name="", over: Unit | None = None, sign_in=True, **fields) -> User:
    """Put somebody into the directory, with roles over their own unit or the one given as `over`."""
    number = next(_numbers)
    person = kernel.enrol(
        force=unit.force,
        unit=unit,
        staff_number=str(number),
        given_name=fields.pop("given_name", "Sam"),
        family_name=family_name or f"Example-{number}",
        worker_type=fields.pop("worker_type", "police-officer"),
        email=f"sam.{number}@{unit.force.code}.test" if sign_in else None,
        password=PASSWORD if sign_in else None,
        by=None,
        at=MONDAY,
        **fields,
    )
    for role in roles:
        kernel.give_role(user=person, role=role, unit=over or unit, from_on=date(2020, 1, 1), by=None, at=MONDAY)
    return fresh(person)


def fresh(row):
    """Load a row again: standings and reach are kept on an instance, as in one request."""
    return type(row)._default_manager.get(pk=row.pk)


def seen_by(user, incident) -> Incident:
    """Load an incident as this person's request would.

    :raises Incident.DoesNotExist: if they may not know that it exists
    """
    return with_people(Incident.objects.visible_to(fresh(user))).get(pk=incident.pk)


def answer(incident, page, answers, *, by, at=MONDAY, position=None):
    """Save one page of a draft, as a browser with one tab would."""
    key = PageKey(page, position)
    stored = page_values(core_content(seen_by(by, incident)), key)
    return drafts.answer(incident=incident, page=key, answers=stored | answers, seen=digest(stored), by=by, at=at)


def make_draft(
    reporter: User,
    *,
    conducts: Sequence[Sequence[str]] = (("punch",),),
    colleagues: Sequence[User] = (),
    among=True,
    happened: datetime | None = None,
    support: str = "",
    words="",
    at=MONDAY,
) -> Incident:
    """Write a draft that is enough to submit.

    :param conducts: codes of what was done to each person: the reporter first if they are `among` them
    :param colleagues: who else was assaulted
    :param happened: when, a quarter of an hour before `at` if not given
    :param support: "yes", "later" or "no" for the reporter; empty for not asked
    """
    draft = drafts.start(by=reporter, at=at)

    def say(page, answers, position=None):
        stored = page_values(core_content(draft, writer=reporter.pk), PageKey(page, position))
        key, seen = PageKey(page, position), digest(stored)
        return drafts.answer(incident=draft, page=key, answers=stored | answers, seen=seen, by=reporter, at=at)

    who = "me" if among and not colleagues else "several" if len(colleagues) + among > 1 else "colleague"
    draft = say("who", {"who": who, "among": among})
    for person in colleagues:
        drafts.add_colleague(incident=draft, person=person, by=reporter, at=at)
    told = moment((happened or at - timedelta(minutes=15)).astimezone(LONDON).replace(tzinfo=None), "first")
    when = {"precision": "about", "from": told.told, "to": "", "mark": told.mark.value, "at": told.at.isoformat()}
    draft = say("when", {"when": when | {"until": ""}})
    place = PlaceType.objects.get(code="licensed")
    draft = say("where", {"district_id": None, "elsewhere": True, "place_type_id": place.pk})
    for position, codes in enumerate(conducts, 1):
        draft = say("what", {"conducts": list(codes)}, position)
    if support:
        wish = {"support": support, "channel": "call", "contact": "01632 960123", "safe_times": "after noon"}
        draft = say("support", {"wish": wish | {"may_leave_message": False}, "end_of_duty_at": ""})
    if words:
        draft = say("words", {"narrative": words})
    return seen_by(reporter, draft)


def submit(incident, *, by, at=MONDAY) -> Incident:
    """Check the answers and submit them."""
    checked = seen_by(by, incident)
    actions.submit(
        incident=checked, key=checked.submit_key, seen_hash=content_hash(content_of(checked)), by=fresh(by), at=at
    )
    return seen_by(by, incident)


def make_submitted_incident(reporter: User, *, at=MONDAY, **draft) -> Incident:
    """Write a report and put it before a supervisor; takes what `make_draft` takes."""
    return submit(make_draft(reporter, at=at, **draft), by=reporter, at=at)
