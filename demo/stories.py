"""Ordinary reports of the invented force: pure, and made by a seeded generator.

A story is one report and its whole life as steps in time. Shapes (nights and weekends, the mix of places and kinds) are
made to look like those of a force of this size; they are nobody's figures.
"""

import math
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from campion.local_time import comes_twice
from campion.working_days import LONDON
from demo import words
from demo.people import OWN_TEAM, Person

MONTHS = 18
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Part:
    """What was done to one person, and what they say of it. `person` is a staff number, or `outside` a name."""

    person: str = ""
    outside: tuple[str, str, str] | None = None  # name, how to be reached, worker type
    conducts: tuple[str, ...] = ("push-grab",)
    consent: str = "agrees"
    injury: str = ""
    fluids: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    contact: str = ""
    health: dict | None = None
    equipment: dict | None = None
    detail: dict | None = None


@dataclass
class Step:
    """Something that happens to a report after it was written: a verb of `demo.telling`, when, and with what."""

    at: datetime
    verb: str
    what: dict = field(default_factory=dict)


@dataclass
class Story:
    """One report. `who` writes it, beginning at `opened_at`; a draft stops after the page `stops_after`."""

    who: str
    opened_at: datetime
    began: datetime  # what the wall clock said, without a zone
    parts: list[Part]
    place: str | None = "street"
    district: str | None = None  # None: outside the force, or not sure
    precision: str = "about"
    minutes: int = 0  # how long it went on, if it was between two times
    told_at: datetime | None = None
    late_reason: str | None = None
    wish: dict | None = None
    end_of_duty_at: datetime | None = None
    narrative: str = ""
    log: bool = False
    stops_after: str = ""
    steps: list[Step] = field(default_factory=list)
    double: "Story | None" = None
    """A second report of the same event, told just after this one; the step "merge" ends it."""
    name: str = ""
    """What a scene shows, for whoever reads the plan."""

    @property
    def happened_at(self) -> datetime:
        return moment_of(self.began)

    @property
    def assaults(self) -> int:
        """How many assaults of this story are counted, if it ends as planned."""
        verbs = {step.verb for step in self.steps}
        if self.stops_after or "withdraw" in verbs:
            counted = 0
        else:
            counted = len(self.parts)
        if self.double and "merge" not in verbs:
            counted += self.double.assaults
        return counted


def moment_of(wall: datetime) -> datetime:
    """Give the moment of a wall time in London; the first of two in the hour that comes twice."""
    return wall.replace(tzinfo=LONDON).astimezone(UTC)


def wall_of(at: datetime) -> datetime:
    """Give what a wall clock in London says, to the minute."""
    return at.astimezone(LONDON).replace(tzinfo=None, second=0, microsecond=0)


# Shapes --------------------------------------------------------------------------------------------------------------

_WEEKDAY = (0.80, 0.80, 0.85, 0.95, 1.40, 1.65, 1.15)  # of the policing day, Monday first
_MONTH = (0.92, 0.92, 0.97, 1.0, 1.05, 1.08, 1.12, 1.10, 1.0, 1.0, 0.97, 1.10)
_NIGHT = (3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9, 10, 12, 14, 15, 17, 18, 15, 11, 7, 4, 3)  # from 07:00, weekdays
_WEEKEND = (2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 9, 11, 14, 18, 23, 29, 36, 40, 34, 22, 11, 5, 3)  # Friday and Saturday
_LATEST_WEEKEND = {4, 5}

_CONDUCTS = {
    "push-grab": 22, "punch": 9, "kick": 12, "resist": 13, "spit": 12, "scratch": 4, "headbutt": 2, "throw-object": 4,
    "hair-pull": 1, "bite": 2.4, "strangle": 0.9, "weapon": 1, "vehicle": 0.9, "needle-stick": 0.4, "throw-fluid": 1,
    "cough": 0.5, "threat-of-violence": 6, "threat-to-kill": 1.2, "threat-to-family": 1, "verbal-abuse": 5,
    "discriminatory-abuse": 2, "sexual-touching": 0.8, "online-abuse": 0.6,
}  # fmt: skip
_ABUSE = {"verbal-abuse": 66, "discriminatory-abuse": 10, "threat-of-violence": 15, "online-abuse": 9}
_DISTANT = {
    "verbal-abuse": 60,
    "discriminatory-abuse": 12,
    "threat-of-violence": 18,
    "threat-to-kill": 5,
    "online-abuse": 5,
}
_WORDS_ONLY = frozenset(
    {"verbal-abuse", "discriminatory-abuse", "threat-of-violence", "threat-to-kill", "threat-to-family", "online-abuse"}
)
_NOT_HURT = _WORDS_ONLY | {"cough"}
_EXPOSED = {"spit": "saliva", "bite": "saliva", "throw-fluid": "other", "needle-stick": "blood"}
_PLACES = {
    "street": 27, "licensed": 19, "dwelling": 19, "police-vehicle": 7, "hospital": 6, "retail": 6, "custody": 5,
    "mental-health": 3, "public-transport": 2, "open-ground": 2, "event": 1, "school": 1, "other": 1, None: 1,
}  # fmt: skip
_DAYTIME = {
    "street": 30,
    "retail": 18,
    "dwelling": 18,
    "open-ground": 8,
    "public-transport": 6,
    "school": 5,
    "hospital": 4,
}
_ACTIVITIES = {
    "arrest": 34, "disturbance": 24, "custody": 8, "search": 8, "public-order": 7, "transport": 5, "mental-health": 4,
    "welfare-check": 4, "traffic": 3, "enquiry": 3,
}  # fmt: skip
_BODY = {
    "punch": ("bruise", "face"), "kick": ("bruise", "leg"), "push-grab": ("bruise", "shoulder"),
    "resist": ("sprain", "wrist"), "scratch": ("scratch", "neck"), "headbutt": ("bruise", "face"),
    "bite": ("bite-broken", "hand"), "strangle": ("strangulation", "neck"), "needle-stick": ("needle", "hand"),
    "throw-object": ("cut", "head"), "weapon": ("bruise", "arm"), "vehicle": ("sprain", "arm"),
    "hair-pull": ("other", "head"), "spit": ("eye", "eye"),
}  # fmt: skip
HOMES = {
    "telford": "X06000020", "shrewsbury": "X06000051", "north": "X06000051", "hereford": "X06000019",
    "worcester": "X07000237", "kidderminster": "X07000239", "redditch": "X07000236", "bromsgrove": "X07000234",
    "evesham": "X07000238",
}  # fmt: skip
"""The district of a team, by the first word of its code."""
_BY_TYPE = {
    "police-officer": 10, "student-officer": 11, "special-constable": 5, "pcso": 6, "detention-officer": 13,
    "control-room": 7, "police-staff": 3, "designated": 1, "contractor": 4, "volunteer": 1, "agency": 1,
}  # fmt: skip
_REPEATED = 8
"""How many people are assaulted again and again: a few in every force are."""


def _pick(rng, weights):
    return rng.choices(list(weights), weights=list(weights.values()))[0]


def forget_the_future(story, now):
    """Leave out every step that lies after a moment, and put the others in order."""
    story.steps = sorted((step for step in story.steps if step.at <= now), key=lambda step: step.at)
    if story.double:
        forget_the_future(story.double, now)


class Cast:
    """The people by what a story needs them for."""

    def __init__(self, people, seed):
        rng = random.Random(f"{seed}/cast")  # noqa: S311 - nothing secret hangs on it
        self.by_number = {person.number: person for person in people}
        self.at_risk = [p for p in people if p.team not in ("headquarters", "commissioner")]
        self.weights = {p.number: _BY_TYPE[p.worker_type] * (0.35 if p.role else 1) for p in self.at_risk}
        self.own = [p for p in people if p.team == OWN_TEAM]
        ordinary = [p.number for p in self.at_risk if not p.role and not p.sign_in and not p.protected]
        for number in rng.sample(ordinary, _REPEATED):
            self.weights[number] *= 6
        self.teams: dict[str, list[Person]] = {}
        for person in people:
            self.teams.setdefault(person.team, []).append(person)

    def signed(self, name) -> str:
        return next(person.number for person in self.by_number.values() if person.sign_in == name)

    def victim(self, rng) -> Person:
        return self.by_number[_pick(rng, self.weights)]

    def colleagues(self, rng, person, count) -> list[Person]:
        """People who were there: of the same team mostly; nobody who manages the place that reviews it."""
        team = [p for p in self.teams[person.team] if p.number != person.number and not p.role and not p.protected]
        return rng.sample(team, min(count, len(team)))


def ordinary(cast, rng, now) -> Story:
    """Make one ordinary report, with the life that lies before and after now."""
    victim = cast.victim(rng)
    began, log = _when(rng, now, victim), False
    if victim.worker_type == "control-room":
        log = rng.random() < 0.5
    elif victim.worker_type != "detention-officer":
        log = rng.random() < 0.17
    if victim.team == OWN_TEAM and now - moment_of(began) < 9 * _DAY and not log:
        return ordinary(cast, rng, now)  # the desk of the supervisor who signs in is set by scenes
    if log:
        return _log(rng, victim, began, now)
    others = 0 if rng.random() > 0.15 else rng.choices((1, 2, 3), (70, 23, 7))[0]
    place = _place(rng, victim, began)
    parts = [_part(rng, victim, place)]
    for other in cast.colleagues(rng, victim, others):
        parts.append(_part(rng, other, place))
    if rng.random() < 0.012:
        parts.append(Part(outside=_outsider(rng), conducts=("push-grab",), injury="none"))
    # Nobody can find the holder of a protected post, so these report for themselves.
    for_others = victim.worker_type != "control-room" and rng.random() < 0.12 and not victim.protected
    if for_others:
        writer = next(iter(cast.colleagues(rng, victim, 1)), None)
        for_others = writer is not None and all(part.person != writer.number for part in parts)
    who = writer.number if for_others else victim.number
    if not for_others:
        parts[0].consent = "self"
    opened_at, told_at, late_reason = _reported(rng, moment_of(began))
    if opened_at > now - 10 * _MINUTE:
        return ordinary(cast, rng, now)
    story = Story(
        who=who,
        opened_at=opened_at,
        began=began,
        parts=parts,
        place=place,
        district=_district(rng, victim),
        precision=rng.choices(("exact", "about", "between"), (3, 6, 1))[0],
        told_at=told_at,
        late_reason=late_reason,
        narrative=words.story(rng, place, parts[0].conducts, mine=not for_others) if rng.random() < 0.9 else "",
    )
    story.minutes = rng.randint(5, 90) if story.precision == "between" else 0
    if not for_others:
        story.wish = _wish(rng)
    if late_reason is None:
        story.end_of_duty_at = _duty_ends(opened_at) if not for_others and rng.random() < 0.6 else None
    _live(cast, rng, story, now)
    return story


def _log(rng, victim, began, now):
    opened_at = moment_of(began) + rng.randint(1, 240) * _MINUTE
    distant = victim.worker_type == "control-room"
    story = Story(
        who=victim.number,
        opened_at=min(opened_at, now - 5 * _MINUTE),
        began=began,
        parts=[Part(person=victim.number, conducts=(_pick(rng, _DISTANT if distant else _ABUSE),), consent="self")],
        place="phone" if distant else rng.choice(("street", "licensed", "custody", None)),
        narrative=rng.choice(words.LOG_WORDS),
        log=True,
    )
    story.steps.append(_contact(rng, story.opened_at, late=0.03))
    if rng.random() < 0.75:
        story.steps.append(Step(story.opened_at + rng.uniform(0.3, 9) * _DAY, "accept"))
    story.steps += _choices(rng, 1, story.opened_at, quiet=True)
    return story


def _when(rng, now, victim) -> datetime:
    """Give when it began, as a wall clock says it: nights and weekends most, and Saturday's early hours most of all."""
    today = now.astimezone(LONDON).date()
    days = round(MONTHS * 30.44)
    while True:
        day = today - timedelta(days=rng.randint(1, days))
        growth = 1 - 0.15 * (today - day).days / days
        if rng.random() * 1.65 * 1.12 < _WEEKDAY[day.weekday()] * _MONTH[day.month - 1] * growth:
            break
    by_day = victim.worker_type in ("pcso", "police-staff", "volunteer", "contractor")
    hours = _WEEKEND if day.weekday() in _LATEST_WEEKEND else _NIGHT
    hour = rng.randint(2, 14) if by_day else rng.choices(range(24), hours)[0]
    began = datetime.combine(day, time(7)) + timedelta(hours=hour, minutes=rng.randrange(0, 60, rng.choice((1, 5, 5))))
    return began if moment_of(began) < now - _HOUR else began - 7 * _DAY


def _place(rng, victim, began):
    if victim.worker_type in ("detention-officer", "contractor"):
        return "custody"
    if victim.worker_type == "control-room":
        return "phone" if rng.random() < 0.9 else "online"
    if victim.team == "enquiry-offices":
        return "police-station"
    if victim.worker_type in ("pcso", "volunteer", "police-staff"):
        return _pick(rng, _DAYTIME)
    weights = dict(_PLACES)
    if (began.weekday() in (5, 6) and began.hour < 5) or (began.weekday() in (4, 5) and began.hour > 20):
        weights["licensed"] *= 2.4
    return _pick(rng, weights)


def _district(rng, victim):
    if rng.random() < 0.03:
        return None
    home = HOMES.get(victim.team.partition("-")[0])
    return home if home and rng.random() < 0.92 else rng.choice(sorted(set(HOMES.values())))


def _part(rng, person, place) -> Part:
    if place in ("phone", "online"):
        first = _pick(rng, _DISTANT)
    else:
        first = _pick(rng, _CONDUCTS)
    conducts = [first]
    if first not in _WORDS_ONLY and rng.random() < 0.33:
        conducts.append("verbal-abuse")
    if first in ("push-grab", "punch", "kick", "resist") and rng.random() < 0.22:
        conducts.append(rng.choice([c for c in ("push-grab", "kick", "punch", "spit", "scratch") if c != first]))
    part = Part(
        person=person.number, conducts=tuple(conducts), consent=_pick(rng, {"agrees": 80, "unaware": 18, "objects": 2})
    )
    if not set(conducts) <= _NOT_HURT:
        part.injury = rng.choices(
            ("none", "physical", "psychological", "both", "not-yet-known", ""), (50, 33, 5, 6, 4, 2)
        )[0]
        if first in ("bite", "needle-stick", "strangle") and part.injury in ("none", ""):
            part.injury = "physical"
    exposed = [code for code in conducts if code in _EXPOSED]
    if exposed:
        part.fluids = (_EXPOSED[exposed[0]],)
        if exposed == ["spit"] and rng.random() < 0.35:
            part.contact = "missed"
        else:
            part.contact = "contact"
            part.routes = tuple(sorted(rng.sample(("eye", "mouth", "intact-skin", "clothing"), rng.choice((1, 1, 2)))))
            if {"bite", "needle-stick"} & set(exposed):
                part.routes = ("broken-skin",)
    if part.injury in ("physical", "both") and rng.random() < 0.8:
        kind, where = _BODY.get(first, ("bruise", "arm"))
        part.health = {
            "injury_types": [kind],
            "body_parts": [where],
            "treatment": rng.choices(
                ("none", "first-aid", "gp", "emergency-department", "admitted"), (30, 42, 12, 15, 1)
            )[0],
            "impact": rng.choice(("not-at-all", "a-bit", "a-bit", "a-lot", "rather-not-say")),
            "notes": rng.choice(words.INJURY_NOTES),
        }
    if rng.random() < 0.6:
        part.equipment = {
            "duty_status": rng.choices(("on-duty", "off-duty-acting", "off-duty-targeted"), (95, 3, 2))[0],
            "ppe_worn": ["body-armour"] if rng.random() < 0.8 else [],
            "bwv": rng.choices(("recording", "after", "off", "not-issued"), (62, 10, 20, 8))[0],
        }
    if ("verbal-abuse" in conducts and rng.random() < 0.3) or "discriminatory-abuse" in conducts:
        part.detail = {
            "words_used": rng.choice(words.WORDS_USED),
            "hate_strands": ["race"] if "discriminatory-abuse" in conducts else None,
        }
    return part


def _outsider(rng):
    number = rng.randint(10, 99)
    return f"Paramedic Example-{number}", f"01632 9600{number}", "other-emergency-worker"


def _reported(rng, began_at):
    """Give when the report was begun, when police were told if it was earlier, and the reason if it is late."""
    if rng.random() < 0.12:
        opened_at = began_at + timedelta(days=1.2 + rng.expovariate(1 / 6))
        told_at = began_at + rng.randint(20, 600) * _MINUTE if rng.random() < 0.35 else None
        return opened_at, told_at, rng.choice(words.LATE)
    hours = rng.uniform(0.3, 8) if rng.random() < 0.85 else rng.uniform(8, 23)
    return began_at + hours * _HOUR, None, None


def _duty_ends(at):
    """Give the end of the shift: the next 07:00, 15:00 or 23:00 that is an hour away or more."""
    wall = wall_of(at) + _HOUR
    ends = [datetime.combine(wall.date() + timedelta(days=d), time(h)) for d in (0, 1) for h in (7, 15, 23)]
    return moment_of(next(end for end in ends if end > wall and not comes_twice(end)))


def _wish(rng):
    if rng.random() > 0.45:
        return None
    support = _pick(rng, {"yes": 40, "later": 18, "no": 42})
    if support == "no":
        return {"support": "no", "channel": "", "contact": "", "safe_times": "", "may_leave_message": False}
    channel = _pick(rng, {"call": 50, "text": 25, "email": 15, "in-person": 10})
    number = f"01632 960{rng.randint(100, 999)}"  # the range that Ofcom keeps for drama
    return {
        "support": support,
        "channel": channel,
        "contact": {"email": "me@people.example", "in-person": ""}.get(channel, number),
        "safe_times": rng.choice(("", "after 14:00", "not on rest days", "evenings")),
        "may_leave_message": rng.random() < 0.4,
    }


# What happens to a report -------------------------------------------------------------------------------------------


def _live(cast, rng, story, now):
    """Add the life of an ordinary report: sections, contact, the decision, what people add and choose."""
    submitted = story.opened_at + 5 * _MINUTE
    old = now - submitted > 30 * _DAY
    sections = submitted + rng.uniform(0.3, 6) * _HOUR
    story.steps.append(Step(sections, "complete", _sections(rng, story)))
    story.steps.append(_contact(rng, submitted, late=0.05))
    decided = submitted + max(8 * _HOUR, rng.lognormvariate(math.log(2.2), 0.8) * _DAY)
    fate = rng.random()
    accepted = None
    if fate < 0.02:
        story.steps.append(
            Step(submitted + rng.uniform(7, 40) * _HOUR, "withdraw", {"reason": rng.choice(words.WITHDRAWN)})
        )
    elif fate < 0.045 and story.parts[0].consent == "self" and not _is_closed(story):
        story.double = _second_report(cast, rng, story)
        if story.double:
            story.steps.append(
                Step(max(decided, story.double.opened_at + 3 * _HOUR), "merge", {"reason": rng.choice(words.MERGED)})
            )
            accepted = max(decided, story.double.opened_at + 3 * _HOUR) + 2 * _HOUR
        else:
            accepted = decided
    elif fate < 0.105:
        back = decided + rng.uniform(0.5, 4) * _DAY
        story.steps.append(Step(decided, "return", {"reason": rng.choice(words.RETURNED)}))
        story.steps.append(Step(back, "submit"))
        accepted = back + rng.uniform(0.4, 3) * _DAY
    else:
        accepted = decided
    if accepted:
        story.steps.append(Step(accepted, "accept"))
        hurt = not set(story.parts[0].conducts) <= _WORDS_ONLY
        if hurt and rng.random() < 0.55:
            officer = rng.choice(cast.teams["roads-policing"] + cast.teams["headquarters"][-3:-1])
            if officer.number not in {part.person for part in story.parts} | {story.who}:
                story.steps.append(Step(accepted + rng.uniform(0.1, 30) * _HOUR, "assign", {"officer": officer.number}))
        if rng.random() < 0.05:
            field_, value = rng.choice((("place_type", "police-vehicle"), ("injury", "psychological")))
            what = {"field": field_, "value": value, "reason": rng.choice(words.CORRECTED)}
            story.steps.append(Step(accepted + rng.uniform(1, 40) * _HOUR, "correct", what))
        if rng.random() < 0.10:
            story.steps.append(Step(submitted + rng.uniform(1, 200) * _HOUR, "add", {"body": rng.choice(words.ADDED)}))
        for position, part in enumerate(story.parts, 1):
            if part.person and part.consent == "agrees" and rng.random() < 0.6:
                at = accepted + rng.uniform(1, 60) * _HOUR
                story.steps.append(Step(at, "take over", {"position": position}))
    if not story.log and rng.random() < 0.01:
        story.steps.append(Step(story.opened_at, "restrict"))
    for position, part in enumerate(story.parts, 1):
        if part.person and part.consent != "unaware":
            story.steps += _choices(rng, position, submitted, quiet=set(part.conducts) <= _WORDS_ONLY)
        elif part.person and old:
            story.steps += _choices(rng, position, submitted + 3 * _DAY, quiet=True)


def _is_closed(story):
    return any("sexual-touching" in part.conducts for part in story.parts)


def _second_report(cast, rng, story):
    """A colleague reports the same event, with the same people, half an hour later."""
    person = cast.by_number[story.parts[0].person]
    writer = next(iter(cast.colleagues(rng, person, 1)), None)
    if writer is None or person.protected or any(part.person == writer.number for part in story.parts):
        return None
    first = story.parts[0]
    again = Part(person=first.person, conducts=first.conducts[:1], injury=first.injury, fluids=first.fluids,
                 routes=first.routes, contact=first.contact, consent="agrees")  # fmt: skip
    double = Story(
        who=writer.number,
        opened_at=story.opened_at + 30 * _MINUTE,
        began=story.began + 5 * _MINUTE,
        parts=[again],
        place=story.place,
        district=story.district,
        late_reason=story.late_reason,
        narrative=words.story(rng, story.place, again.conducts, mine=False),
    )
    double.steps.append(_contact(rng, double.opened_at + 5 * _MINUTE, late=0))
    return double


def _contact(rng, submitted, *, late):
    """When a supervisor speaks to each person: within the shift mostly, later than a day now and then."""
    hours = rng.uniform(26, 60) if rng.random() < late else min(rng.lognormvariate(0.4, 0.8), 11.5)
    return Step(
        submitted + max(hours, 0.1) * _HOUR,
        "contact",
        {"how": _pick(rng, {"in-person": 70, "phone": 24, "video": 2, "declined": 4})},
    )


def _choices(rng, position, since, *, quiet):
    """What somebody says to the offer of support, and what becomes of it. Few leave it unanswered for long."""
    at = since + timedelta(days=rng.choice((0.1, 0.2, 0.4, 0.8, 1.2, 2, 3, 6)), minutes=rng.randrange(600))

    def choose(at, verb, **what):
        return Step(at, "choose", {"position": position, "verb": verb, **what})

    verb = _pick(rng, {"decline": 60, "agree": 14, "already_supported": 14, "choose_later": 5, "": 7} if quiet else
                 {"decline": 40, "agree": 30, "already_supported": 16, "choose_later": 10, "": 4})  # fmt: skip
    if not verb:
        # Nobody is left without an answer for ever: the question comes up again when a supervisor or friend asks.
        return [choose(since + rng.uniform(20, 60) * _DAY, "decline")]
    steps = []
    if verb == "choose_later":
        steps.append(choose(at, verb, days=rng.randint(7, 28)))
        at, verb = at + rng.uniform(20, 40) * _DAY, rng.choice(("decline", "agree"))
    steps.append(choose(at, verb))
    if verb == "agree" and rng.random() < 0.15:
        steps.append(choose(at + 3 * _HOUR, "change_contact", number=f"01632 960{rng.randint(100, 999)}"))
    return steps


def _sections(rng, story) -> dict:
    """What the writer fills in later: some of it, as people do."""
    hurt = not set(story.parts[0].conducts) <= _WORDS_ONLY
    sections = {}
    if rng.random() < 0.75:
        called = rng.random() < 0.3
        place = {"phone": "call-handling", "custody": "custody", "police-station": "front-counter"}.get(story.place)
        sections["activity"] = {
            "activity": place or _pick(rng, _ACTIVITIES),
            "crewing": rng.choices(("single", "double", "group"), (30, 55, 15))[0],
            "assistance_called": called,
            "assistance_minutes": rng.randint(2, 15) if called else None,
            "people_present": rng.randint(1, 12),
            "deescalation_tried": rng.random() < 0.8,
            "force_used": hurt and rng.random() < 0.6,
        }
    if rng.random() < 0.2:
        sections["place"] = rng.choice(words.PLACES)
    if hurt and rng.random() < 0.25:
        sections["weapons"] = ["none"]
    if {"weapon", "vehicle", "throw-object", "needle-stick"} & set(story.parts[0].conducts):
        weapon = {"vehicle": "vehicle", "needle-stick": "needle", "throw-object": "glass"}
        sections["weapons"] = [weapon.get(story.parts[0].conducts[0], "blunt")]
    if rng.random() < 0.7:
        recorded = rng.random() < 0.85
        sections["crime"] = "yes" if recorded else "pending"
        if recorded:
            sections["crime_number"] = f"22/{rng.randint(10_000, 99_999)}/{story.began:%y}"
    if rng.random() < 0.5:
        drunk = story.place == "licensed" or rng.random() < 0.4
        sections["suspect"] = {
            "known": rng.choices(("identified", "described", "unknown"), (70, 20, 10))[0],
            "nominal_reference": "",
            "colleague_id": None,
            "age_band": rng.choice(("10-17", "18-24", "25-34", "25-34", "35-49", "50-plus", "unknown")),
            "sex": rng.choices(("male", "female", "unknown"), (70, 28, 2))[0],
            "influence": ["alcohol"] if drunk else [rng.choice(("drugs", "none-apparent", "unknown"))],
            "mental_health": rng.choice(("", "none-apparent", "apparent", "unknown")),
            "demeanour": rng.choice(("aggressive", "aggressive", "active", "verbal", "compliant")),
            "relationship": rng.choice(("stranger", "known-from-policing", "known-from-policing", "repeat-assailant")),
        }
    if hurt and rng.random() < 0.4:
        day: date = story.began.date()
        sections["footage"] = {
            "source": rng.choice(("bwv", "bwv", "cctv")),
            "reference": f"BWV-{rng.randint(100_000, 999_999)}",
            "deleted_on": day + timedelta(days=31),
            "kept_as_evidence": rng.random() < 0.9,
        }
    if rng.random() < 0.08:
        sections["witness"] = rng.choice(words.WITNESSES)
    return sections
