"""Tell the stories: make the people and their reports through the actions of the rooms below, with past times.

Nothing here writes a row. What an action refuses is refused here too, and stops the run: a demonstration holds nothing
that the service could not hold.
"""

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password

from campion import actions as kernel
from campion import seeds
from campion.local_time import ClockMark, moment
from campion.models import Force, Membership, Unit, User
from campion.roles import Role
from campion.working_days import london_date
from demo.investigating import Investigating
from demo.people import FORCE, PASSWORD, ROLES_FROM, Person, manager_of
from demo.stories import Story
from demo.tending import Tending
from reports import actions, routing
from reports.actions.sections import EMPTY
from reports.content import content_hash, content_of, core_content, section_values, with_people
from reports.models import Activity, ConductType, District, Incident, PlaceType
from reports.readiness import ConductFacts, PageKey, digest, needs_advice, page_values, was_exposed
from victims import actions as support
from victims.models import Referral

ENROLLED_AT = datetime(2024, 4, 1, 8, tzinfo=UTC)
SEEDS = settings.ROOT / "seeds" / "demo"


def make_force() -> Force:
    """Load the invented force, its units and its geography from seeds/demo; give the force."""
    for _ in seeds.load(SEEDS):
        pass
    return Force.objects.get(code=FORCE)


def enrol(people: list[Person], *, force) -> Iterator[User]:
    """Put the people into the directory, with their roles, managers first; those who are there already stay.

    Yields each of them.
    """
    units = {unit.code: unit for unit in Unit.objects.filter(force=force)}
    known = {user.staff_number: user for user in User.objects.filter(force=force)}
    hashed = make_password(PASSWORD)  # once: it takes a third of a second, on purpose
    for person in people:
        if person.number not in known:
            manager = manager_of(person, people)
            known[person.number] = kernel.enrol(
                force=force,
                unit=units[person.team],
                staff_number=person.number,
                given_name=person.given_name,
                family_name=person.family_name,
                worker_type=person.worker_type,
                rank_or_grade=person.rank,
                email=person.email,
                hashed_password=hashed if person.email else "",
                line_manager=known[manager.number] if manager else None,
                started_on=date(2012 + int(person.number[1:]) % 12, 1 + int(person.number[1:]) % 9, 1),
                protected_post=person.protected,
                by=None,
                at=ENROLLED_AT,
            )
            if person.role:
                kernel.give_role(
                    user=known[person.number],
                    role=person.role,
                    unit=units[person.over],
                    from_on=ROLES_FROM,
                    by=None,
                    at=ENROLLED_AT,
                    leads=person.leads,
                )
        yield known[person.number]


class Teller:
    """Tells stories about the people of one force. Reference rows and people are loaded once.

    :param people: the Users by staff number
    """

    def __init__(self, people: dict[str, User], *, seed):
        self.people = people
        self.by_key = {user.pk: user for user in people.values()}
        self.seed = seed
        welfare = Membership.objects.filter(role=Role.WELFARE).values("user")
        self.desk = [self.by_key[key] for key in User.objects.filter(pk__in=welfare).values_list("pk", flat=True)]
        self.places = {row.code: row for row in PlaceType.objects.all()}
        self.activities = {row.code: row.pk for row in Activity.objects.all()}
        self.districts = {row.code: row for row in District.objects.all()}
        self.facts = {
            row.code: ConductFacts(row.kind, row.contact, row.exposure, row.injury_possible)
            for row in ConductType.objects.all()
        }

    def tell(self, story: Story) -> None:
        """Make one report and all that happens to it, in the order of time. The caller opens the transaction."""
        report = _Report(self, story)
        report.write()
        other = None
        if story.double:
            other = _Report(self, story.double)
            other.write()
            other.live()
        report.live(other)


class _Report:
    """One report while it is told. `incident` is as the last action gave it."""

    def __init__(self, teller, story):
        self.teller, self.story = teller, story
        self.writer = teller.people[story.who]
        self.incident: Incident | None = None
        self.reviewers: list[int] = []
        self.tending: dict[int, Tending] = {}
        self.case: Investigating | None = None
        self.rng = random.Random(f"{teller.seed}/{story.who}/{story.opened_at.isoformat()}")  # noqa: S311

    # Writing ---------------------------------------------------------------------------------------------------------

    def write(self):
        """Answer the questions page by page and submit, or stop at a draft."""
        story = self.story
        told = moment(story.began, ClockMark.FIRST.value)
        if story.log:
            self.incident = actions.log_abuse(
                key=uuid.UUID(int=self.rng.getrandbits(128), version=4),
                conducts=list(story.parts[0].conducts),
                occurred=told,
                precision=story.precision,
                place_type_id=self.teller.places[story.place].pk if story.place else None,
                words=story.narrative,
                by=self.writer,
                at=story.opened_at,
            ).incident
            return
        self.at = story.opened_at
        self.incident = actions.start(by=self.writer, at=self.at)
        for name, position, answers in self._pages(told):
            if name == "people":
                self._name_people()
            self._answer(name, answers, position)
            if name == story.stops_after:
                return
        for step in story.steps:  # what the writer asks for before anybody else reads it
            if step.verb == "restrict":
                actions.restrict(incident=self.incident, by=self.writer, at=self.at)
            elif step.verb == "keep out":
                person = self.teller.people[step.what["person"]]
                actions.name_conflict(incident=self.incident, user=person, by=self.writer, at=self.at)
            elif step.verb == "suspect a colleague":
                key = self.teller.people[step.what["person"]].pk
                row = {"known": "identified", "colleague_id": key, "relationship": "colleague"}
                self._item("suspects", row, at=self.at)
        self._submit(story.opened_at + timedelta(minutes=5))

    def _pages(self, told):
        """Give the core pages of this story, in the order they are asked: name, position, answers."""
        story, people = self.story, self.story.parts
        among = any(part.consent == "self" for part in people)
        who = "me" if among and len(people) == 1 else "several" if len(people) > 1 else "colleague"
        yield "who", None, {"who": who, "among": among}
        if who != "me":
            yield "people", None, {}
        until = moment(story.began + timedelta(minutes=story.minutes), ClockMark.SECOND.value)
        when = {
            "precision": story.precision,
            "from": told.told,
            "to": until.told if story.minutes else "",
            "mark": told.mark.value,
            "at": told.at.isoformat(),
            "until": until.at.isoformat() if story.minutes else "",
        }
        yield "when", None, {"when": when}
        if story.late_reason is not None:
            first = story.told_at.isoformat() if story.told_at else ""
            yield "late", None, {"police_told_at": first, "late_reason": story.late_reason}
        district = self.teller.districts.get(story.district)
        place = self.teller.places.get(story.place)
        yield (
            "where",
            None,
            {
                "district_id": district and district.pk,
                "elsewhere": district is None,
                "place_type_id": place and place.pk,
            },
        )
        for position, part in enumerate(people, 1):
            yield "what", position, {"conducts": list(part.conducts)}
            said = {"conducts": part.conducts}
            if needs_advice(said, self.teller.facts):
                yield "advice", position, {}
            if part.injury:
                yield "injured", position, {"injury": part.injury}
            if was_exposed(said, self.teller.facts):
                fluids, routes = list(part.fluids) or None, list(part.routes) or None
                yield (
                    "exposure",
                    position,
                    {"exposure_fluids": fluids, "exposure_routes": routes, "contact": part.contact},
                )
        if among and (story.wish or story.end_of_duty_at):
            ends = story.end_of_duty_at.isoformat() if story.end_of_duty_at else ""
            yield "support", None, {"wish": story.wish, "end_of_duty_at": ends}
        if story.narrative:
            yield "words", None, {"narrative": story.narrative}

    def _name_people(self):
        for part in self.story.parts:
            if part.consent == "self":
                continue
            if part.outside:
                name, contact, worker_type = part.outside
                actions.add_outsider(
                    incident=self.incident,
                    name=name,
                    contact=contact,
                    worker_type=worker_type,
                    by=self.writer,
                    at=self.at,
                )
            else:
                person = self.teller.people[part.person]
                actions.add_colleague(incident=self.incident, person=person, by=self.writer, at=self.at)
        self._reload()

    def _answer(self, name, answers, position):
        page = PageKey(name, position)
        stored = page_values(core_content(self.incident), page)
        if name == "people":
            consents = iter(part.consent for part in self.story.parts if part.consent != "self")
            answers = {"people": [[*row[:5], next(consents)] for row in stored["people"]]}
        self.at += timedelta(seconds=10)
        self.incident = actions.answer(
            incident=self.incident,
            page=page,
            answers=stored | answers,
            seen=digest(stored),
            by=self.writer,
            at=self.at,
        )

    def _submit(self, at):
        self._reload()
        content = content_hash(content_of(self.incident))
        actions.submit(incident=self.incident, key=self.incident.submit_key, seen_hash=content, by=self.writer, at=at)

    def _reload(self):
        self.incident = with_people(Incident.objects.all()).get(pk=self.incident.pk)

    # What happens to it -----------------------------------------------------------------------------------------------

    def live(self, other=None):
        """Do every step in order.

        :param other: the _Report of the second report of the event, which the step "merge" ends
        """
        if self.story.stops_after:
            return
        self.other = other
        for step in self.story.steps:
            getattr(self, f"_do_{step.verb.replace(' ', '_')}")(at=step.at, **step.what)

    def _do_restrict(self, *, at):
        """Done while the report was written."""

    def _do_keep_out(self, *, at, person):
        """Done while the report was written."""

    def _do_suspect_a_colleague(self, *, at, person):
        """Done while the report was written."""

    def _do_complete(self, *, at, activity=None, place=None, weapons=None, crime=None, crime_number=None, suspect=None,
                     footage=None, witness=None):  # fmt: skip
        self._reload()
        if activity:
            codes = {name: value for name, value in activity.items() if name != "activity"}
            self._complete("activity", codes | {"activity_id": self.teller.activities[activity["activity"]]}, at)
        if place:
            self._complete("place", {"place_detail": place}, at)
        if weapons:
            self._complete("weapons", {"weapons": weapons}, at)
        if crime:
            self._complete("crime", {"crime_recorded": crime}, at)
        for position, part in enumerate(self.story.parts, 1):
            for name in ("detail", "equipment"):
                if answers := getattr(part, name):
                    self._complete(name, answers, at, position)
            if part.health:
                self._complete("injury", part.health, at, position)
        if crime_number:
            self._item("crime", {"kind": "crime", "value": crime_number}, at=at)
        if suspect:
            self._item("suspects", suspect, at=at)
        if footage:
            self._item("footage", footage, at=at)
        if witness:
            self._item("witnesses", {"description": witness}, at=at)

    def _complete(self, name, answers, at, position=None):
        page = PageKey(name, position)
        stored = section_values(self.incident, page)
        actions.complete(
            incident=self.incident, page=page, answers=stored | answers, seen=digest(stored), by=self.writer, at=at
        )

    def _item(self, section, answers, *, at):
        actions.save_item(
            incident=self.incident, section=section, answers=EMPTY[section] | answers, by=self.writer, at=at
        )

    def _do_contact(self, *, at, how):
        for task in self.incident.tasks.open().filter(kind="first-contact"):
            actions.record_contact(incident=self.incident, task=task, how=how, by=self._reviewer(at), at=at)

    def _do_accept(self, *, at):
        actions.accept(incident=self.incident, by=self._reviewer(at), at=at)

    def _do_return(self, *, at, reason):
        actions.return_for_changes(incident=self.incident, reason=reason, by=self._reviewer(at), at=at)

    def _do_submit(self, *, at):
        self.at = at - timedelta(minutes=20)
        words = f"{self.incident.narrative} Changed after a question from my supervisor.".strip()
        self._reload()
        self._answer("words", {"narrative": words}, None)
        self._submit(at)

    def _do_withdraw(self, *, at, reason):
        actions.withdraw(incident=self.incident, reason=reason, by=self.writer, at=at)

    def _do_merge(self, *, at, reason):
        by = self._reviewer(at, besides=self.other)
        actions.merge(incident=self.other.incident, into=self.incident, reason=reason, by=by, at=at)

    def _do_assign(self, *, at, officer):
        person = self.teller.people[officer]
        actions.assign_officer(incident=self.incident, officer=person, by=self._reviewer(at), at=at)

    def _do_correct(self, *, at, field, value, reason):
        assault = self.incident.assaults.first()
        value = self.teller.places[value] if field == "place_type" else value
        stands = assault.injury if field == "injury" else self.story.place
        if stands == (value if field == "injury" else value.code):
            return
        actions.correct(
            incident=self.incident,
            field=field,
            value=value,
            reason=reason,
            by=self._reviewer(at),
            at=at,
            assault=assault if field == "injury" else None,
        )

    def _do_add(self, *, at, body):
        actions.add_note(incident=self.incident, body=body, by=self.writer, at=at)

    def _do_take_over(self, *, at, position):
        actions.take_over(incident=self.incident, by=self.teller.people[self.story.parts[position - 1].person], at=at)

    def _do_choose(self, *, at, position, verb, days=0, number=""):
        person = self.teller.people[self.story.parts[position - 1].person]
        offer = Referral.objects.get(assault__incident=self.incident, person=person)
        more = {}
        if verb == "choose_later":
            more = {"ask_again_on": london_date(at) + timedelta(days=days)}
        elif verb == "change_contact":
            more = {"said": support.SafeContact(channel="call", contact=number, safe_times="evenings")}
        getattr(support, verb)(referral=offer, by=person, at=at, **more)

    def _do_case(self, *, at, does, **what):
        if self.case is None:
            self.case = Investigating(self.incident, reviewer=self._reviewer, rng=self.rng)
        self.case.do(does, at=at, **what)

    def _do_tend(self, *, at, position, does, **what):
        if position not in self.tending:
            self.tending[position] = Tending(
                self.incident, position, desk=self.teller.desk, reviewer=self._reviewer, rng=self.rng
            )
        self.tending[position].do(does, at=at, **what)

    def _reviewer(self, at, besides=None):
        """Give a supervisor who may review this report: one of its unit, by chance; the list's own if it is closed."""
        rows = self._reviewers(at)
        if besides is not None:
            rows = sorted(set(rows) & set(besides._reviewers(at))) or rows
        return self.teller.by_key[self.rng.choice(rows)]

    def _reviewers(self, at):
        """The keys of those who may review it; asked once, when the report is submitted."""
        if not self.reviewers:
            report = Incident.objects.get(pk=self.incident.pk)
            self.reviewers = sorted(user.pk for user in routing.people_to_tell(report, at=at))
        return self.reviewers
