"""Which pages a report has, which of them are answered, and what is still missing: pure, over the plain values of
`content.core_content` and `content.content_of`.

Two levels of completeness, kept apart: enough to submit is what a tired person must answer; enough to accept is what a
supervisor looks for. Each is a list of problems, and each problem names the page that mends it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

GRAVITY = ("sexual", "physical", "spitting", "threat", "verbal", "online")
"""Kinds of assault, the gravest first: an assault is counted under one, the gravest of what was done."""

ABUSE = frozenset({"threat", "verbal", "online"})
"""Kinds that are words and images: what the 20-second log takes."""

LATE_AFTER = timedelta(hours=24)
"""How long after an incident began its report counts as late, so that the reason is asked."""


class PageKey(NamedTuple):
    """One page of questions: its name, and whose part it is about (a position, 1 for the first person) if anybody's."""

    name: str
    position: int | None = None

    def __str__(self):
        return self.name if self.position is None else f"{self.name}/{self.position}"


class ConductFacts(NamedTuple):
    """What the rules need to know of a kind of conduct."""

    kind: str
    contact: bool = False
    exposure: bool = False
    injury_possible: bool = True


class State(StrEnum):
    """How far a page or section is."""

    DONE = "done"
    TO_DO = "to do"
    NOT_NEEDED = "not needed"
    EMPTY = "nothing added"
    """Passed, with nothing said."""


@dataclass(frozen=True)
class Problem:
    """Something that is missing: a sentence fit to show, and the page that mends it."""

    page: PageKey
    sentence: str


@dataclass(frozen=True)
class Section:
    """One of the fuller sections, for the task list."""

    page: PageKey
    title: str
    state: State


# Whose parts, and what was done --------------------------------------------------------------------------------------


def own_part(content) -> dict | None:
    """Give the part of the person who answers, if they are among those assaulted.

    Several may have a part of their own: whoever took theirs over has said so themselves too.
    """
    mine = (part for part in content["assaults"] if part["person_id"] == content["writer_id"])
    return next((part for part in mine if part["consent"] == "self"), None)


def kind_of(kinds) -> str:
    """Give the gravest of these kinds; an empty text for none.

    :param kinds: kinds of conduct, in any order
    """
    return next((kind for kind in GRAVITY if kind in kinds), "")


def kinds_of(part, conducts: Mapping[str, ConductFacts]) -> set[str]:
    """Give the kinds of everything that was done to one person."""
    return {conducts[code].kind for code in part["conducts"] if code in conducts}


def was_exposed(part, conducts: Mapping[str, ConductFacts]) -> bool:
    """Whether anything done to this person can carry a blood-borne virus: first aid comes before any other question."""
    return any(conducts[code].exposure for code in part["conducts"] if code in conducts)


def needs_advice(part, conducts: Mapping[str, ConductFacts]) -> bool:
    """Whether first aid is the next page: after an exposure, and after any pressure on the neck."""
    return was_exposed(part, conducts) or "strangle" in part["conducts"]


def is_late(content, at: datetime) -> bool:
    """Whether the incident began more than a day before `at`."""
    began = content["when"]["at"]
    return bool(began) and at - datetime.fromisoformat(began) > LATE_AFTER


# Pages ---------------------------------------------------------------------------------------------------------------


def core_pages(content, conducts: Mapping[str, ConductFacts], *, at: datetime) -> list[PageKey]:
    """Give the pages of the core questions that apply to these answers, in the order they are asked.

    :param conducts: every kind of conduct by its code, retired ones too
    :param at: now, by which a late report is known
    """
    pages = [PageKey("who")]
    if content["who"] in ("colleague", "several") or any(part["consent"] != "self" for part in content["assaults"]):
        pages.append(PageKey("people"))
    pages.append(PageKey("when"))
    if is_late(content, at):
        pages.append(PageKey("late"))
    pages.append(PageKey("where"))
    for part in content["assaults"]:
        position = part["position"]
        pages.append(PageKey("what", position))
        if needs_advice(part, conducts):
            pages.append(PageKey("advice", position))
        if _can_injure(part, conducts):
            pages.append(PageKey("injured", position))
        if was_exposed(part, conducts):
            pages.append(PageKey("exposure", position))
    if own_part(content):
        pages.append(PageKey("support"))
    pages.append(PageKey("words"))
    return pages


_ORDER = ("who", "people", "when", "late", "where", "part", "support", "words")
_PART = ("what", "advice", "injured", "exposure")


def after(content, page: PageKey, conducts: Mapping[str, ConductFacts], *, at: datetime) -> PageKey | None:
    """Give the page that comes after this one; None after the last, when it is time to check the answers."""
    return next((other for other in core_pages(content, conducts, at=at) if _place(other) > _place(page)), None)


def page_state(content, page: PageKey) -> State:
    """Say whether somebody saved this page, and whether they said anything there."""
    if str(page) not in content["answered"]:
        return State.TO_DO
    return State.EMPTY if _is_empty(content, page) else State.DONE


_ELSEWHERE = {"injury": ("injury",), "detail": ("consent",)}
"""What a section shows that is another page's to ask."""


def _is_empty(content, page):
    if page.name in ("who", "people", "when", "where", "what", "advice", "privacy", "told"):
        return False
    values = page_values(content, page)
    asked = [value for name, value in values.items() if name not in _ELSEWHERE.get(page.name, ())]
    return all(value is None or value in ("", [], {}) for value in asked)


def _place(page):
    if page.name in _PART:
        return _ORDER.index("part"), page.position or 0, _PART.index(page.name)
    return _ORDER.index(page.name), 0, 0


def _can_injure(part, conducts):
    return not part["conducts"] or any(conducts[code].injury_possible for code in part["conducts"] if code in conducts)


# What a page writes --------------------------------------------------------------------------------------------------

_INCIDENT_VALUES = {
    "who": ("who",),
    "when": ("when",),
    "late": ("told",),
    "words": ("narrative",),
    "activity": (
        "activity_id", "crewing", "assistance_called", "assistance_minutes", "people_present", "deescalation_tried",
        "force_used",
    ),
    "weapons": ("weapons",),
    "suspects": ("suspects",),
    "crime": ("crime_recorded", "references"),
    "evidence": ("evidence", "footage"),
    "witnesses": ("witnesses",),
}  # fmt: skip
_PART_VALUES = {
    "what": ("conducts",),
    "injured": ("injury",),
    "detail": ("contact", "words_used", "hate_strands", "consent"),
    "equipment": ("duty_status", "ppe_worn", "bwv"),
}
_PERSON = ("position", "person_id", "outside_name", "outside_contact", "worker_type", "consent")


def page_values(content, page: PageKey) -> dict:
    """Give the part of the content that a page writes: what its form shows, and what a second tab may have changed.

    A fuller section needs `content_of`; a core page needs `core_content`. An unknown page writes nothing.
    """
    name = page.name
    if name == "who":
        return {"who": content["who"], "among": own_part(content) is not None}
    if name == "people":
        return {"people": [[part[key] for key in _PERSON] for part in content["assaults"] if part["consent"] != "self"]}
    if name == "late":
        return {key: content["told"][key] for key in ("police_told_at", "late_reason")}
    if name == "where":
        return {key: content["where"][key] for key in ("district_id", "elsewhere", "place_type_id")}
    if name == "place":
        return {"place_detail": content["where"]["place_detail"]}
    if name == "support":
        part = own_part(content) or {}
        return {"wish": part.get("wish"), "end_of_duty_at": content["told"]["end_of_duty_at"]}
    if name in _INCIDENT_VALUES:
        return {key: content[key] for key in _INCIDENT_VALUES[name]}
    part = next((part for part in content["assaults"] if part["position"] == page.position), None)
    if part is None:
        return {}
    if name == "exposure":
        return _health(part, ("exposure_fluids", "exposure_routes")) | {"contact": part["contact"]}
    if name == "injury":
        known = _health(part, ("injury_types", "body_parts", "treatment", "impact", "notes"))
        return {"injury": part["injury"]} | known
    return {key: part[key] for key in _PART_VALUES.get(name, ())}


def digest(values) -> str:
    """Give a short hash of what a page shows, to know whether it was changed meanwhile. Not a secret."""
    plain = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()[:32]


def _health(part, names):
    health = part["health"] or {}
    return {name: health.get(name) for name in names}


OPEN_INJURY = ("", "not-yet-known")
"""Answers to "were you hurt?" in place of which the person, or who filed the report for them, may give another."""
OPEN_CONSENT = ("", "unaware")
"""The same of whether a person knows that somebody reports for them."""


# Enough to submit ----------------------------------------------------------------------------------------------------


def enough_to_submit(
    content, conducts: Mapping[str, ConductFacts], names: Mapping[int, str] | None = None
) -> list[Problem]:
    """Say what must still be answered before the report can be submitted: who, when, where, and what was done.

    "Not sure" is an answer to where. Everything else may be skipped.

    :param conducts: every kind of conduct by its code; not read yet by any rule of this level
    :param content: with who filed the report as its writer
    :param names: what to call the person at each position, but the reader; without it they are called by number
    """
    problems = []
    who, parts, own = content["who"], content["assaults"], own_part(content)
    others = [part for part in parts if part is not own]
    if not who:
        problems.append(Problem(PageKey("who"), "Say who was assaulted."))
    elif who == "me" and others:
        problems.append(
            Problem(
                PageKey("people"),
                "You said that only you were assaulted, but others are named. Remove them, or change who it was.",
            )
        )
    elif who == "colleague" and own:
        problems.append(
            Problem(
                PageKey("people"),
                "You said that a colleague was assaulted, but your own part is still here. Remove it, or change who was"
                " assaulted.",
            )
        )
    elif who == "several" and len(parts) == 1:
        problems.append(
            Problem(
                PageKey("people"),
                "You said that several people were assaulted, but only one is named. Add the others, or change who was"
                " assaulted.",
            )
        )
    if who and not parts:
        page = PageKey("who") if who == "me" else PageKey("people")
        problems.append(Problem(page, "Name at least one person who was assaulted."))
    if not content["when"]["at"]:
        problems.append(Problem(PageKey("when"), "Say when it happened. About is enough."))
    if not (content["quick_log"] or content["where"]["place_type_id"] or "where" in content["answered"]):
        problems.append(Problem(PageKey("where"), "Say what kind of place it was. You can choose “I am not sure”."))
    for part in parts:
        if not part["conducts"]:
            whom = _whom(part, names)
            problems.append(Problem(PageKey("what", part["position"]), f"Say what was done to {whom}."))
    return problems


def _whom(part, names):
    name = (names or {}).get(part["position"])
    return name or ("you" if part["consent"] == "self" else f"person {part['position']}")


# Enough to accept ----------------------------------------------------------------------------------------------------


def enough_to_accept(
    content, conducts: Mapping[str, ConductFacts], names: Mapping[int, str] | None = None
) -> list[Problem]:
    """Say what a supervisor should see answered before accepting: what it takes to submit, and the fuller facts.

    The 20-second log is complete with what it asks. A problem here is a question, not a bar to being helped.

    :param content: every answer (`content_of`)
    """
    problems = enough_to_submit(content, conducts, names)
    if content["quick_log"]:
        return problems

    def missing(page, sentence):
        problems.append(Problem(page, sentence))

    where = content["where"]
    if not (where["district_id"] or where["elsewhere"]):
        missing(PageKey("where"), "The district is not known.")
    if not where["place_type_id"]:
        missing(PageKey("where"), "The kind of place is not known.")
    for part in content["assaults"]:
        position, whose = part["position"], _whose(part, names)
        if part["consent"] == "":
            missing(PageKey("people"), f"It is not said whether {_whom(part, names)} knows of this report.")
        if not part["injury"] and _can_injure(part, conducts):
            missing(PageKey("injured", position), f"{whose} injury is not answered.")
        if was_exposed(part, conducts) and not (part["health"] or {}).get("exposure_routes"):
            missing(PageKey("exposure", position), f"How the fluid reached the body is not answered. {whose} part.")
        if not part["duty_status"]:
            missing(PageKey("equipment", position), f"{whose} duty status is not answered.")
    if not content["activity_id"]:
        missing(PageKey("activity"), "What was being done at the time is not answered.")
    if not content["crewing"]:
        missing(PageKey("activity"), "Crewing is not answered.")
    if not content["crime_recorded"]:
        missing(PageKey("crime"), "It is not said whether a crime was recorded.")
    elif content["crime_recorded"] == "yes" and not any(kind == "crime" for kind, _ in content["references"]):
        missing(PageKey("crime"), "A crime was recorded, but its number is missing.")
    return problems


def _whose(part, names):
    unnamed = part["position"] not in (names or {})
    return "Your" if part["consent"] == "self" and unnamed else f"{_name(part, names)}’s"


def _name(part, names):
    return (names or {}).get(part["position"]) or f"Person {part['position']}"


# The fuller sections -------------------------------------------------------------------------------------------------

_SECTION_TITLES = {
    "activity": "What you were doing, and who was with you",
    "place": "Exactly where",
    "told": "When police were told, and when duty ended",
    "detail": "More about what was done and said",
    "injury": "Injury and treatment",
    "exposure": "How the fluid reached the body",
    "equipment": "Duty, protective equipment and body-worn video",
    "weapons": "Weapons",
    "suspects": "Suspects, without names",
    "crime": "Crime and other reference numbers",
    "evidence": "Photos, files and footage",
    "witnesses": "Witnesses",
    "privacy": "Who must not see this",
}
_ABOUT_ONE = ("detail", "injury", "exposure", "equipment")
_SECTIONS = (
    "place", "told", "activity", "detail", "injury", "exposure", "equipment", "weapons", "suspects", "crime",
    "evidence", "witnesses", "privacy",
)  # fmt: skip

SECTION_NAMES = frozenset(_SECTIONS) - {"exposure"}
"""Names of the section pages; exposure is a core page that the task list shows again."""


def section_title(page: PageKey) -> str:
    """Give the words of a section."""
    return _SECTION_TITLES[page.name]


def sections(content, conducts: Mapping[str, ConductFacts]) -> list[Section]:
    """Give the fuller sections in order, with how far each is. Sections about a person stand once for each of them.

    A section that this kind of assault does not call for is "not needed", and can be filled in all the same.
    """
    found = []
    for name in _SECTIONS:
        if name not in _ABOUT_ONE:
            found.append(_section(content, PageKey(name), needed=_needed(name, content, conducts)))
            continue
        for part in content["assaults"]:
            page = PageKey(name, part["position"])
            if name == "exposure" and not was_exposed(part, conducts):
                continue
            found.append(_section(content, page, needed=_needed_of(name, part, conducts)))
    return found


def _section(content, page, *, needed):
    state = page_state(content, page)
    if state is State.TO_DO and not needed:
        state = State.NOT_NEEDED
    return Section(page, _SECTION_TITLES[page.name], state)


def _needed(name, content, conducts):
    kinds = set().union(*(kinds_of(part, conducts) for part in content["assaults"])) if content["assaults"] else set()
    if name == "weapons":
        return not kinds or not kinds <= {"verbal", "online"}
    return name not in ("privacy", "witnesses", "evidence", "place", "told")


def _needed_of(name, part, conducts):
    kinds = kinds_of(part, conducts)
    if name == "injury":
        return part["injury"] not in ("", "none")
    if name == "equipment":
        return not kinds or not kinds <= {"online"}
    if name == "detail":
        return bool(kinds & {"threat", "verbal", "online", "physical", "spitting", "sexual"}) or not kinds
    return True
