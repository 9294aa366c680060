"""The structured needs assessment: what is asked, in which words, and which routes to enhanced rights facts suggest.

Pure: knows no rows and no clock. A suggestion is only ever that: the person of welfare decides, and the person
assaulted may decline the label (Victims' Code, enhanced rights).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

WELL, SOME, URGENT = "well", "some", "urgent"
LEVELS = (WELL, SOME, URGENT)
"""The three levels of every area, from the best to the worst."""

NOT_ASKED, NOT_ASKED_WORDS = "not-asked", "Not asked"
"""An area that was skipped: any of them may be."""


@dataclass(frozen=True)
class Area:
    """One area of the assessment: what it is called, what is asked, and its three levels in plain words."""

    code: str
    title: str
    asks: str
    levels: tuple[str, str, str]

    def words(self, level):
        """Say a level in words; an area that was skipped as not asked."""
        return dict(zip(LEVELS, self.levels, strict=True)).get(level, NOT_ASKED_WORDS)


AREAS = (
    Area("safety", "Safety", "How safe are they, at work and at home?",
         ("They feel safe", "They worry about it", "They are not safe now")),
    Area("health", "Injury and health", "How is their body?",
         ("No injury that needs care", "Being treated, or in some pain", "Needs care that they do not get")),
    Area("feelings", "Sleep and feelings", "How do they sleep and feel?",
         ("Much as before", "It comes back, or sleep is poor", "They can hardly cope")),
    Area("family", "Family and home", "How are the people close to them?",
         ("All right", "Worried or strained", "Frightened, or it is too much for them")),
    Area("work", "Work and duties", "How is it at work?",
         ("At their usual duties", "Changes would help", "Cannot work as things are")),
    Area("money", "Money", "What does it cost them?",
         ("Nothing to speak of", "Overtime, pay or things they must replace", "They cannot pay what they must")),
    Area("court", "Case and court", "How is it with the case, and with court?",
         ("Knows what happens next", "Has questions or worries", "Fears to give evidence, or to meet the suspect")),
    Area("language", "Information and language", "Do they get what they need in a form that works for them?",
         ("Yes", "Some help is needed", "Cannot follow it without help")),
    Area("other", "Anything else", "Is there anything else that weighs on them?",
         ("No", "Something", "Something that cannot wait")),
)  # fmt: skip
AREA = {area.code: area for area in AREAS}

VULNERABLE = "vulnerable"
"""The name of the one more question that is asked: what makes it harder to take part."""
VULNERABILITIES = (
    ("mental-health", "A mental health condition"),
    ("learning", "A learning disability, or a difficulty to understand or to be understood"),
    ("disability", "A physical disability or illness"),
    ("none", "None of these"),
)
"""What the Code calls vulnerable: it is asked, never guessed."""


class Route(StrEnum):
    """The three routes to enhanced rights (Victims' Code, enhanced rights)."""

    GRAVEST = "gravest"
    TARGETED = "targeted"
    VULNERABLE = "vulnerable"


ROUTE_WORDS = {
    Route.GRAVEST: "Victim of one of the most serious crimes",
    Route.TARGETED: "Persistently targeted",
    Route.VULNERABLE: "Vulnerable or intimidated",
}

TARGETED_FROM = 3
"""Assaults within twelve months, this one among them, from which somebody counts as persistently targeted."""

NO_STRAND = frozenset({"none", "unsure", ""})
GRAVEST_CONDUCTS = {
    "sexual-touching": "A sexual assault",
    "strangle": "Strangled or choked",
    "weapon": "A weapon was used",
    "vehicle": "A vehicle was used",
    "needle-stick": "A needle or sharp was used",
}
GRAVEST_INJURIES = {
    "strangulation": "Signs of strangulation",
    "fracture": "A broken bone",
    "unconscious": "Knocked out",
    "internal": "An internal injury",
    "burn": "A burn",
    "head": "A head injury",
    "eye": "An injury to the eye",
}
GRAVEST_WEAPONS = {
    "blade": "A knife or blade",
    "firearm": "A firearm",
    "corrosive": "Acid or another corrosive",
    "fire": "Fire",
}
GRAVEST_OFFENCES = {
    "2": "Attempted murder",
    "5D": "Assault with intent to cause serious harm",
    "5E": "Endangering life",
    "17A": "A sexual offence",
    "20A": "A sexual offence",
}
HATE_CONDUCTS = {"discriminatory-abuse": "Abuse about who they are"}
HATE_OFFENCES = {
    "8P": "Recorded as racially or religiously aggravated",
    "105B": "Recorded as racially or religiously aggravated",
    "8M": "Recorded as racially or religiously aggravated",
    "9B": "Recorded as racially or religiously aggravated",
}
INTIMIDATING_CONDUCTS = {
    "threat-to-family": "A threat to family or home",
    "threat-to-kill": "A threat to kill",
    "stalking-harassment": "Followed, watched or contacted again and again",
    "online-abuse": "Abuse online, or private details published",
}


@dataclass(frozen=True)
class Facts:
    """What is known of the assault, as codes and counts: never a word of the report, nor a name.

    `assaults`: how often the person was assaulted in the twelve months up to it, this time among them.
    `same_suspect`: how many of the person's other assaults name the same suspect.
    """

    conducts: Collection[str] = ()
    injuries: Collection[str] = ()
    weapons: Collection[str] = ()
    offences: Collection[str] = ()
    strands: Collection[str] = ()
    assaults: int = 1
    same_suspect: int = 0
    targeted_off_duty: bool = False


@dataclass(frozen=True)
class Suggestion:
    """One route that a fact points to, and the fact in words."""

    route: Route
    because: str


def suggest(facts: Facts, answers: Mapping | None = None) -> list[Suggestion]:
    """Give the routes to enhanced rights that the facts point to, each with its fact; in the order of the Code.

    A fact is said once for each route. None is a decision.

    :param answers: the answers of this assessment: an area code -> a level; `VULNERABLE` -> codes of VULNERABILITIES
    """
    answers = answers or {}
    found = [
        *_gravest(facts),
        *_targeted(facts),
        *_intimidated(facts, answers),
        *_vulnerable(answers),
    ]
    return list(dict.fromkeys(found))


def problems(answers: Mapping) -> list[str]:
    """Give what is wrong with the answers as sentences; an empty list means nothing is."""
    wrong = []
    for code, answer in answers.items():
        if code == VULNERABLE:
            known = {key for key, _ in VULNERABILITIES}
            if not isinstance(answer, list) or not set(answer) <= known or ("none" in answer and len(answer) > 1):
                wrong.append("Choose what makes it harder to take part from the list.")
        elif code not in AREA or answer not in (*LEVELS, NOT_ASKED):
            wrong.append("Choose one of the answers in the list for each area.")
    return list(dict.fromkeys(wrong))


def worst(answers: Mapping) -> str:
    """Give the worst level of the answered areas; WELL if none was asked."""
    given = [LEVELS.index(level) for code, level in answers.items() if code in AREA and level in LEVELS]
    return LEVELS[max(given, default=0)]


def _gravest(facts):
    strands = sorted(set(facts.strands) - NO_STRAND)
    if strands:
        yield Suggestion(Route.GRAVEST, "Hate crime: the report names what it was about")
    for known, given in ((HATE_CONDUCTS, facts.conducts), (HATE_OFFENCES, facts.offences)):
        for because in _named(known, given):
            yield Suggestion(Route.GRAVEST, f"Hate crime: {because[:1].lower()}{because[1:]}")
    for known, given in (
        (GRAVEST_OFFENCES, facts.offences),
        (GRAVEST_CONDUCTS, facts.conducts),
        (GRAVEST_WEAPONS, facts.weapons),
        (GRAVEST_INJURIES, facts.injuries),
    ):
        for because in _named(known, given):
            yield Suggestion(Route.GRAVEST, because)


def _targeted(facts):
    if facts.same_suspect > 0:
        yield Suggestion(Route.TARGETED, "The same suspect again")
    if facts.assaults >= TARGETED_FROM:
        yield Suggestion(Route.TARGETED, f"Assaulted {facts.assaults} times within twelve months")


def _intimidated(facts, answers):
    for because in _named(INTIMIDATING_CONDUCTS, facts.conducts):
        yield Suggestion(Route.VULNERABLE, because)
    if facts.targeted_off_duty:
        yield Suggestion(Route.VULNERABLE, "Targeted off duty because of the job")
    if answers.get("safety") == URGENT:
        yield Suggestion(Route.VULNERABLE, "They are not safe now")
    if answers.get("court") == URGENT:
        yield Suggestion(Route.VULNERABLE, "They fear to give evidence, or to meet the suspect")


def _vulnerable(answers):
    words = dict(VULNERABILITIES)
    for code in answers.get(VULNERABLE) or ():
        if code in words and code != "none":
            yield Suggestion(Route.VULNERABLE, f"They said: {words[code][:1].lower()}{words[code][1:]}")


def _named(known, given):
    return [because for code, because in known.items() if code in given]
