"""What may be counted by what: dimensions, blocks and cubes, fixed, named and versioned. Pure (security.md 4.3).

A cube is a table that is published, with all its margins. A block holds the finest combinations ("atoms") that its
cubes are margins of. One block for everything would have hundreds of millions of atoms; so a block is tied to its
parent by the margin that the two share, which is a variable of both, and the ties have no cycle. Tied so, the blocks
say all that the whole table would say. A block of another unit (incidents, people) is bounded by its parent instead.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

ALL = "all"
"""The code of a margin: every code of the dimension together."""
NOT_KNOWN = "not-known"
LARGEST_BLOCK = 5_000


@dataclass(frozen=True)
class Code:
    """One category. `parent`: the code one level up in the same dimension, where it has levels (areas)."""

    code: str
    label: str
    parent: str = ""


@dataclass(frozen=True)
class Dimension:
    """What something is counted by: its codes in the order in which they are shown.

    Empty `codes`: they come with the force and the period (months, areas).
    """

    name: str
    label: str
    codes: tuple[Code, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Block:
    """A set of dimensions counted together.

    :param unit: assaults, incidents, people or clocks
    :param level: quarter or year
    :param parent: the block that it is tied to: by equality of the margin over the dimensions that both have if the
        units are the same (over none: of the total), else by an inequality (`bounded`)
    :param impossible: says of an atom, as {dimension: code}, that it cannot be
    :param bounded: "at-most" if each of this unit brings at least one of the parent's (incidents, people), and each
        code of the only dimension weighs `weights` of the parent's unit
    """

    name: str
    unit: str
    level: str
    dimensions: tuple[str, ...]
    parent: str = ""
    impossible: Callable[[Mapping[str, str]], bool] = field(default=lambda atom: False)
    weights: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Cube:
    """A table that is published with all its margins.

    :param counts: what a number in it counts, in words
    :param scope: whose, in words
    :param zero_shown: a true zero may be shown: of the whole force only (D5)
    :param sensitive: that there is anybody at all must not show (existence)
    :param audience: public or pcc
    """

    code: str
    title: str
    block: str
    dimensions: tuple[str, ...]
    counts: str
    definition: str
    scope: str = "Officers, staff and everybody else who works for the force, as recorded in Campion"
    audience: str = "public"
    zero_shown: bool = False
    sensitive: bool = False
    version: int = 1


def _codes(*given: tuple[str, ...]) -> tuple[Code, ...]:
    return tuple(Code(*each) for each in given)


# Dimensions ----------------------------------------------------------------------------------------------------------

DIMENSIONS = {
    dimension.name: dimension
    for dimension in (
        Dimension("month", "Month", note="By the London date on which it happened."),
        Dimension(
            "area",
            "Policing area",
            note=(
                "By the district in which it happened and the areas in force on the last day of the period, so that a "
                "period has one set of areas. Where five areas became two, the two are given as sums of the five."
            ),
        ),
        Dimension(
            "kind",
            "Kind",
            _codes(
                ("assault", "Assaults"),
                ("physical", "Physical assault", "assault"),
                ("spitting", "Spitting or bodily fluid", "assault"),
                ("abuse", "Threats and abuse"),
                ("threat", "Threat", "abuse"),
                ("verbal", "Verbal or online abuse", "abuse"),
            ),
            note=(
                "The gravest of what was done to one person. Sexual assault is counted with physical assault. "
                "Assaults, and threats and abuse, are two measures that make up the whole."
            ),
        ),
        Dimension(
            "constables",
            "Assaults on constables alone",
            _codes(
                ("constables", "Assaults on constables"),
                ("others", "Assaults on staff and others"),
                ("abuse", "Threats and abuse of anybody"),
            ),
            note=(
                "Constables are police officers of every rank and special constables. Assaults on them alone are what "
                "the Home Office’s figure for a force is about."
            ),
        ),
        Dimension(
            "gravest",
            "Kind, with threats and abuse as one",
            _codes(
                ("physical", "Physical assault"),
                ("spitting", "Spitting or bodily fluid"),
                ("abuse", "Threats and abuse"),
            ),
            note="As by kind; what came of threats and abuse would be too few of each to be shown.",
        ),
        Dimension(
            "role",
            "Who was assaulted",
            _codes(
                ("constable", "Police officers and special constables"),
                ("staff", "Police staff, PCSOs and others who work for the force"),
            ),
            note=(
                "No group is shown that is not known to have 100 people or more. So special constables are counted "
                "with police officers, being constables too, and volunteers and contractors with police staff."
            ),
        ),
        Dimension(
            "injury",
            "Injury",
            _codes(("physical", "Physically hurt"), ("none", "Not physically hurt"), (NOT_KNOWN, "Not known")),
            note="As the report says it: shaken without being physically hurt is counted as not physically hurt.",
        ),
        Dimension(
            "outcome",
            "What came of it in law",
            _codes(
                ("charged", "Charged or summonsed"),
                ("out-of-court", "Settled out of court"),
                ("no-further-action", "No further action"),
                ("open", "Open, or not known"),
            ),
            note="As it stood on the day the release was drawn.",
        ),
        Dimension(
            "answer",
            "Answer to the offer of support",
            _codes(("accepted", "Accepted, or supported already"), ("not", "Not now, or no answer yet")),
        ),
        Dimension(
            "offered",
            "Support offered in time",
            _codes(("in-time", "In time"), ("late", "Late, or not yet")),
            note="Within the limit of two working days from the moment police were first told.",
        ),
        Dimension(
            "contact",
            "First contact by a supervisor",
            _codes(("day", "Within 24 hours"), ("later", "Later, or not yet")),
            note="Counted from the moment police were first told.",
        ),
        Dimension(
            "day",
            "Day of the policing week",
            _codes(
                ("mon", "Monday"),
                ("tue", "Tuesday"),
                ("wed", "Wednesday"),
                ("thu", "Thursday"),
                ("fri", "Friday"),
                ("sat", "Saturday"),
                ("sun", "Sunday"),
            ),
            note="A policing day runs from 07:00 to 07:00: 01:30 on Sunday belongs to Saturday.",
        ),
        Dimension(
            "band",
            "Time of day",
            _codes(
                ("07", "07:00 to 10:59"),
                ("11", "11:00 to 14:59"),
                ("15", "15:00 to 18:59"),
                ("19", "19:00 to 22:59"),
                ("23", "23:00 to 02:59"),
                ("03", "03:00 to 06:59"),
            ),
        ),
        Dimension(
            "place",
            "Where",
            _codes(
                ("street", "Street, road or open ground"),
                ("dwelling", "Somebody’s home"),
                ("licensed", "Licensed premises, shops and events"),
                ("police", "Custody, police stations and vehicles"),
                ("health", "Hospitals, ambulances and mental health settings"),
                ("other", "Somewhere else, by phone or online"),
                (NOT_KNOWN, "Not known"),
            ),
        ),
        Dimension(
            "activity",
            "What the person was doing",
            _codes(
                ("arrest", "Arresting, searching or stopping"),
                ("disturbance", "At a disturbance, public order or an event"),
                ("custody", "Handling or moving somebody in custody"),
                ("care", "Mental health, welfare checks and hospital guard"),
                ("other", "Something else"),
                (NOT_KNOWN, "Not known"),
            ),
        ),
        Dimension(
            "crewing",
            "Crewing",
            _codes(
                ("alone", "On their own"),
                ("two", "With one other"),
                ("group", "In a larger group"),
                (NOT_KNOWN, "Not known, or does not apply"),
            ),
        ),
        Dimension(
            "camera",
            "Body-worn video",
            _codes(("recording", "Recording"), ("not-recording", "Not recording"), (NOT_KNOWN, "Not known")),
            note="Switched on afterwards, failed and not issued count as not recording.",
        ),
        Dimension(
            "spat", "Spitting or bodily fluid, any mention", _codes(("yes", "Mentioned"), ("no", "Not mentioned"))
        ),
        Dimension(
            "abused", "Verbal or online abuse, any mention", _codes(("yes", "Mentioned"), ("no", "Not mentioned"))
        ),
        Dimension("threatened", "Threats, any mention", _codes(("yes", "Mentioned"), ("no", "Not mentioned"))),
        Dimension(
            "times",
            "Assaulted in the year",
            _codes(("once", "Once"), ("twice", "Twice"), ("more", "Three times or more")),
        ),
        Dimension(
            "delay",
            "From the assault to the report",
            _codes(
                ("same-day", "Within 24 hours"),
                ("days", "1 to 7 days"),
                ("weeks", "8 to 28 days"),
                ("later", "More than 28 days"),
            ),
        ),
        Dimension(
            "lost",
            "Days unfit for normal duties",
            _codes(
                ("0", "None recorded"), ("1-7", "1 to 7 days"), ("8-28", "8 to 28 days"), ("over-28", "Over 28 days")
            ),
            note="Calendar days with rest days, without the day of the assault, as recorded on the day of drawing.",
        ),
        Dimension(
            "crimed",
            "Recorded as a crime",
            _codes(("yes", "Yes"), ("no", "Decided not to"), (NOT_KNOWN, "Not yet, or not known")),
        ),
        Dimension(
            "happened",
            "Assaulted or abused in the month, as answered",
            _codes(("nothing", "Neither"), ("abused", "Threats or abuse"), ("assaulted", "Assaulted or spat at")),
            note="The graver of the two: somebody both abused and assaulted answers that they were assaulted.",
        ),
        Dimension(
            "reported",
            "Reported, as answered",
            _codes(
                ("whole", "All of it"),
                ("some", "Some of it"),
                ("none", "None of it"),
                ("not-asked", "Nothing to report"),
            ),
        ),
        Dimension("right", "Right of the Victims’ Code"),
        Dimension(
            "kept",
            "Kept",
            _codes(("in-time", "In time"), ("late", "Late"), ("open", "Not due yet")),
            note="Done after its limit, or not done and its limit has passed, is late.",
        ),
    )
}
_RIGHTS = (
    "understanding and being understood", "the crime recorded", "information on reporting", "support services",
    "compensation", "the investigation", "a Victim Personal Statement", "the trial", "outcome and sentence",
    "expenses and property", "the offender after conviction", "complaints",
)  # fmt: skip
RIGHTS = tuple(Code(f"right-{number}", f"Right {number}: {words}") for number, words in enumerate(_RIGHTS, 1))
"""The twelve rights of the Victims' Code (domain.md 2.3)."""


ABOVE = {"kind": {code.code: code.parent for code in DIMENSIONS["kind"].codes if code.parent}}
"""Dimension -> each of its finest codes, in order, with the code above it; the levels of areas come with the force."""


# Blocks --------------------------------------------------------------------------------------------------------------


def _mentions(dimension: str, kind: str) -> Callable[[Mapping[str, str]], bool]:
    """Whoever is counted under a kind has it mentioned, and under a lesser one has not: it would be the gravest."""
    kinds = list(ABOVE["kind"])

    def impossible(atom):
        if atom["kind"] == kind:
            return atom[dimension] == "no"
        return atom[dimension] == "yes" and kinds.index(atom["kind"]) > kinds.index(kind)

    return impossible


def _constables(atom: Mapping[str, str]) -> bool:
    """Whether an atom is not what its kind and role make it."""
    if ABOVE["kind"][atom["kind"]] == "abuse":
        return atom["constables"] != "abuse"
    return atom["constables"] != ("constables" if atom["role"] == "constable" else "others")


def _gravest(atom: Mapping[str, str]) -> bool:
    """Whether an atom is not what its kind makes it."""
    kind = atom["kind"]
    return atom["gravest"] != ("abuse" if ABOVE["kind"][kind] == "abuse" else kind)


BLOCKS = {
    block.name: block
    for block in (
        Block("events", "assaults", "quarter", ("month", "area", "kind")),
        Block("hurt", "assaults", "quarter", ("injury",), parent="events"),
        Block("constables", "assaults", "quarter", ("kind", "role", "constables"), "events", _constables),
        Block("answers", "assaults", "quarter", ("answer",), parent="events"),
        Block("contacts", "assaults", "quarter", ("contact",), parent="events"),
        Block("incidents", "incidents", "quarter", (), parent="events"),
        Block("people", "people", "quarter", (), parent="events"),
        Block(
            "pulse",
            "answers",
            "quarter",
            ("happened", "reported"),
            impossible=lambda atom: (atom["happened"] == "nothing") != (atom["reported"] == "not-asked"),
        ),
        Block("events-year", "assaults", "year", ("month", "area", "kind")),
        Block("constables-year", "assaults", "year", ("kind", "role", "constables"), "events-year", _constables),
        Block("people-hurt", "assaults", "year", ("role", "injury"), parent="constables-year"),
        Block("offers", "assaults", "year", ("offered",), parent="events-year"),
        Block("outcomes", "assaults", "year", ("outcome", "kind", "gravest"), "events-year", _gravest),
        Block("cameras", "assaults", "year", ("camera", "outcome"), parent="outcomes"),
        Block("week", "assaults", "year", ("day", "band"), parent="events-year"),
        Block("places", "assaults", "year", ("place", "kind"), parent="events-year"),
        Block("activities", "assaults", "year", ("activity",), parent="events-year"),
        Block("crews", "assaults", "year", ("crewing",), parent="events-year"),
        Block("spat-at", "assaults", "year", ("kind", "spat"), "events-year", _mentions("spat", "spitting")),
        Block("abused", "assaults", "year", ("kind", "abused"), "events-year", _mentions("abused", "verbal")),
        Block("threats", "assaults", "year", ("kind", "threatened"), "events-year", _mentions("threatened", "threat")),
        Block("repeats", "people", "year", ("times",), "events-year", weights={"once": 1, "twice": 2, "more": 3}),
        Block("incidents-year", "incidents", "year", (), parent="events-year"),
        Block("delays", "assaults", "year", ("delay",), parent="events-year"),
        Block("days-lost", "assaults", "year", ("lost",), parent="events-year"),
        Block("crimes", "assaults", "year", ("crimed",), parent="events-year"),
        Block("rights", "clocks", "year", ("right", "kept")),
    )
}  # fmt: skip


# Cubes ---------------------------------------------------------------------------------------------------------------

ASSAULTS = "Assaults and abuse together: one person assaulted, threatened or abused in one incident"
PEOPLE = "People: each assaulted, threatened or abused, and counted once in the period"
INCIDENTS = "Incidents: one event in which one person or more was assaulted, threatened or abused"
CONSTABLES = "Constables: police officers of every rank and special constables. Beside them, everybody else"
_HOME_OFFICE = (
    "An assault is physical, sexual or by spitting or bodily fluid; threats and abuse are none. Assaults on constables "
    "are what the Home Office’s figure for a force is about. It counts crimes that were recorded, and Campion counts "
    "what was reported, so the two need not agree."
)
_COUNTED = (
    "Reports that were submitted, returned after submission or accepted; drafts, merged and withdrawn ones are not."
)
CUBES = {
    cube.code: cube
    for cube in (
        Cube("C1", "Assaults and abuse by month", "events", ("month",), ASSAULTS, _COUNTED, zero_shown=True),
        Cube("C2", "Assaults and abuse by kind", "events", ("kind",), ASSAULTS, "Each assault under its gravest kind."),
        Cube("C29", "Assaults on constables, and on others", "constables", ("constables",), ASSAULTS, _HOME_OFFICE,
             scope=CONSTABLES),
        Cube("C3", "Assaults and abuse by policing area", "events", ("area",), ASSAULTS, "Where it happened."),
        Cube("C5", "Injury", "hurt", ("injury",), ASSAULTS, "The injury as reported.", audience="pcc"),
        Cube("C7", "Answers to the offer of support", "answers", ("answer",), ASSAULTS,
             "Each assault counted is offered support once.", audience="pcc", version=2),
        Cube("C9", "First contact by a supervisor", "contacts", ("contact",), ASSAULTS,
             "Whether a supervisor spoke to the person within 24 hours.", audience="pcc"),
        Cube("C10", "Incidents", "incidents", (), INCIDENTS,
             "Four people hurt in one struggle are one incident and four assaults."),
        Cube("C11", "People assaulted", "people", (), PEOPLE,
             "Somebody assaulted twice in a quarter is one person.", audience="pcc"),
        Cube("C26", "Asked anonymously: what happened, and was it reported", "pulse", ("happened", "reported"),
             "Answers: one person about one month",
             "Everybody of the workforce who signs in is asked once a month about the month before. Whoever answers "
             "chooses to, so it is no sample: it shows that there is more, and not how much.",
             scope="Officers, staff and everybody else who works for the force, and answered"),
        Cube("C4", "Assaults and abuse by policing area and kind", "events-year", ("area", "kind"), ASSAULTS, _COUNTED),
        Cube("C30", "Assaults on constables, and on others, in the year", "constables-year", ("constables",), ASSAULTS,
             _HOME_OFFICE, scope=CONSTABLES),
        Cube("C28", "Who was assaulted, and injury", "people-hurt", ("role", "injury"), ASSAULTS,
             "By the kind of worker at the time and the injury as reported.", audience="pcc", version=2),
        Cube("C27", "Support offered in time", "offers", ("offered",), ASSAULTS,
             "Each assault counted is offered support once.", audience="pcc"),
        Cube("C6", "Outcome in law by kind", "outcomes", ("outcome", "gravest"), ASSAULTS,
             "The furthest that the case had come on the day of drawing.", version=2),
        Cube("C12", "Body-worn video and outcome", "cameras", ("camera", "outcome"), ASSAULTS,
             "Whether the person’s own camera recorded. That they go together does not show that one causes the other.",
             audience="pcc"),
        Cube("C13", "When in the week", "week", ("day", "band"), ASSAULTS,
             "The start of the assault by policing day and four-hour band.", audience="pcc"),
        Cube("C14", "Where", "places", ("place",), ASSAULTS, "Kinds of place, grouped.", audience="pcc"),
        Cube("C15", "What the person was doing", "activities", ("activity",), ASSAULTS, "Activities, grouped.",
             audience="pcc"),
        Cube("C16", "Crewing", "crews", ("crewing",), ASSAULTS, "Who else was there from the force.", audience="pcc"),
        Cube("C17", "Spitting or bodily fluid, any mention", "spat-at", ("spat",), ASSAULTS,
             "Assaults in which spitting or bodily fluid was mentioned at all, whatever the gravest kind."),
        Cube("C18", "Verbal or online abuse, any mention", "abused", ("abused",), ASSAULTS,
             "Assaults in which abuse was mentioned at all, whatever the gravest kind."),
        Cube("C19", "Threats, any mention", "threats", ("threatened",), ASSAULTS,
             "Assaults in which a threat was mentioned at all, whatever the gravest kind."),
        Cube("C20", "People assaulted more than once", "repeats", ("times",), PEOPLE,
             "Whoever is not in the force’s directory cannot be recognised again, and counts as once.", audience="pcc"),
        Cube("C21", "Incidents in the year", "incidents-year", (),
             INCIDENTS, _COUNTED),
        Cube("C22", "How soon it was reported", "delays", ("delay",), ASSAULTS,
             "From the start of the assault to the moment police were first told.", audience="pcc"),
        Cube("C23", "Days unfit for normal duties", "days-lost", ("lost",), ASSAULTS,
             "Bands of assaults, never a sum of days.", audience="pcc"),
        Cube("C24", "Recorded as a crime", "crimes", ("crimed",), ASSAULTS,
             "As the report said on the day of drawing.", audience="pcc", version=2),
        Cube("C25", "The Victims’ Code, right by right", "rights", ("right", "kept"),
             "Things owed: one right, one person, one trigger", "All that fell due to people whose assault is counted.",
             audience="pcc"),
    )
}  # fmt: skip


def cubes_of(level: str) -> tuple[Cube, ...]:
    """Give the cubes of a quarter or of a year, in order."""
    return tuple(cube for cube in CUBES.values() if BLOCKS[cube.block].level == level)


def blocks_of(level: str) -> tuple[Block, ...]:
    """Give the blocks of a quarter or of a year: each after its parent."""
    return tuple(block for block in BLOCKS.values() if block.level == level)
