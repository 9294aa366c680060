"""What may happen in the case against a suspect, and which limits each event sets running: pure, knows no models.

A kind stands for one thing that happens, from the arrest to an appeal. It says which facts are asked about it, who may
enter it, and what it triggers. The triggers are those that the entitlements of the Victims' Code name (Rights 2, 6, 8
to 11); nothing here says what is owed, to whom, or by when.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Group(StrEnum):
    """Kinds as they are offered together."""

    INVESTIGATION = "investigation"
    DECISION = "decision"
    COURT = "court"
    OTHER = "other"


GROUP_WORDS = {
    Group.INVESTIGATION: "Investigation",
    Group.DECISION: "Decision",
    Group.COURT: "Court",
    Group.OTHER: "Something else",
}

HAPPENED, RECEIVED = "happened_at", "received_at"
"""The two moments of an event: when it happened, and when police or witness care heard of it."""


@dataclass(frozen=True)
class Trigger:
    """What an event sets running: the code of the trigger, from which moment of the event, and for which facts."""

    code: str
    moment: str = HAPPENED
    when: Callable[[dict], bool] = lambda facts: True


@dataclass(frozen=True)
class CaseKind:
    """One kind of event.

    `label` is the choice on the page; `plain` the sentence that the people in the report read; `asks` the facts;
    `heard`: it comes from a court or the prosecution, so the moment of hearing of it is asked; `at_once`: only the
    moment of hearing is asked, and stands for both; `one_person`: it always concerns one person assaulted; `open_to`:
    who besides the officer in the case and the supervisor may enter it.
    """

    code: str
    label: str
    plain: str
    group: Group
    triggers: tuple[Trigger, ...] = ()
    asks: tuple[str, ...] = ()
    heard: bool = False
    at_once: bool = False
    one_person: bool = False
    witness_care: bool = False
    hint: str = ""


def _not_guilty(facts) -> bool:
    return facts.get("plea") in ("not-guilty", "mixed")


def _twelve_months(facts) -> bool:
    """Custody of 12 months or more for a violent or sexual offence (the Victim Contact Scheme, Right 11)."""
    long_enough = facts.get("sentence") == "custody" and (facts.get("months") or 0) >= 12
    return long_enough and facts.get("violent_or_sexual") == "yes"


_OUTCOME = (
    Trigger("court-decided"),
    Trigger("witness-care-told-of-outcome", RECEIVED),
)

KINDS = {
    kind.code: kind
    for kind in (
        CaseKind(
            "crime-recorded", "A crime was recorded", "A crime was recorded", Group.INVESTIGATION,
            asks=("number!",), hint="The crime number, and when it was recorded",
        ),
        CaseKind(
            "arrested", "Somebody was arrested", "Somebody was arrested", Group.INVESTIGATION,
            (Trigger("arrested"),), ("suspect", "reasons"),
        ),
        CaseKind(
            "interviewed", "A suspect was interviewed under caution", "A suspect was interviewed under caution",
            Group.INVESTIGATION, (Trigger("interviewed"),), ("suspect",),
        ),
        CaseKind(
            "released", "A suspect was released without charge", "A suspect was released without charge",
            Group.INVESTIGATION, (Trigger("released"),), ("suspect", "reasons!"),
        ),
        CaseKind(
            "bailed", "A suspect was bailed by police", "A suspect was released on police bail",
            Group.INVESTIGATION, (Trigger("bailed"),), ("suspect", "conditions", "until"),
        ),
        CaseKind(
            "bail-changed", "Police bail or its conditions changed", "Police bail was changed",
            Group.INVESTIGATION, (Trigger("bail-changed"),), ("suspect", "conditions!", "until", "reasons"),
        ),
        CaseKind(
            "released-under-investigation", "A suspect was released under investigation",
            "A suspect was released under investigation", Group.INVESTIGATION,
            (Trigger("released-under-investigation"),), ("suspect", "reasons"),
        ),
        CaseKind(
            "not-investigated", "It was decided not to investigate further",
            "It was decided not to investigate further", Group.DECISION, (Trigger("not-investigated"),),
            ("outcome", "reasons!"), hint="Reasons are required: each person assaulted is told them",
        ),
        CaseKind(
            "charged", "A suspect was charged or summonsed", "A suspect was charged", Group.DECISION,
            (Trigger("charge-decided"),), ("suspect", "charge!", "decided_by!", "outcome"),
        ),
        CaseKind(
            "not-prosecuted", "It was decided not to prosecute", "It was decided not to prosecute", Group.DECISION,
            (Trigger("charge-decided"),), ("suspect", "decided_by!", "outcome", "reasons!"),
        ),
        CaseKind(
            "charge-altered", "A charge was altered", "A charge was altered", Group.DECISION,
            (Trigger("charge-decided"),), ("suspect", "charge!", "decided_by!", "reasons!"),
        ),
        CaseKind(
            "charge-dropped", "A charge was dropped", "A charge was dropped", Group.DECISION,
            (Trigger("charge-decided"),), ("suspect", "charge", "decided_by!", "reasons!"),
        ),
        CaseKind(
            "view-taken", "A person’s view on settling it out of court",
            "A view on settling it out of court was asked", Group.DECISION,
            asks=("view!", "tries", "words"), one_person=True,
            hint="Needed from each person assaulted before an out-of-court disposal",
        ),
        CaseKind(
            "disposal", "It was settled out of court", "It was settled out of court", Group.DECISION,
            (Trigger("out-of-court-disposal"),), ("suspect", "disposal!", "outcome", "reasons!"),
            hint="A caution, a community resolution or a penalty notice",
        ),
        CaseKind(
            "hearing-listed", "A hearing was listed or moved", "A hearing was listed", Group.COURT,
            (Trigger("witness-care-told-of-hearing", RECEIVED),), ("hearing", "court!", "replaces"),
            heard=True, at_once=True, witness_care=True,
        ),
        CaseKind(
            "hearing-cancelled", "A hearing was cancelled", "A hearing was cancelled", Group.COURT,
            (Trigger("witness-care-told-of-hearing", RECEIVED),), ("replaces!", "reasons"),
            heard=True, at_once=True, witness_care=True,
        ),
        CaseKind(
            "court-bail", "The court decided on bail, a warrant or a re-arrest", "The court decided on bail",
            Group.COURT, (Trigger("court-decided-bail"), Trigger("witness-care-told-of-bail", RECEIVED)),
            ("suspect", "court_bail!", "conditions", "court"), heard=True, witness_care=True,
        ),
        CaseKind(
            "evidence-needed", "Somebody assaulted is needed to give evidence", "You are needed to give evidence",
            Group.COURT, (Trigger("witness-care-told-evidence-needed", RECEIVED),), ("court", "words"),
            heard=True, at_once=True, witness_care=True,
        ),
        CaseKind(
            "plea", "A plea was entered", "A plea was entered", Group.COURT,
            (Trigger("not-guilty-plea", HAPPENED, _not_guilty),), ("suspect", "plea!", "court"),
            heard=True, witness_care=True,
        ),
        CaseKind(
            "verdict", "There was a verdict", "There was a verdict", Group.COURT, _OUTCOME,
            ("suspect", "verdict!", "court", "reasons"), heard=True, witness_care=True,
        ),
        CaseKind(
            "sentence", "There was a sentence", "There was a sentence", Group.COURT,
            (*_OUTCOME, Trigger("sentenced-12-months-or-more", HAPPENED, _twelve_months)),
            ("suspect", "sentence!", "months", "violent_or_sexual", "compensation", "meaning!", "court"),
            heard=True, witness_care=True,
        ),
        CaseKind(
            "appeal", "There was an appeal", "There was an appeal", Group.COURT,
            (Trigger("witness-care-told-of-appeal", RECEIVED),), ("stage!", "against!", "court", "words"),
            heard=True, witness_care=True,
        ),
        CaseKind(
            "property-no-longer-needed", "Property is no longer needed as evidence",
            "Property is no longer needed as evidence", Group.OTHER, (Trigger("property-no-longer-needed"),),
            ("property!",), hint="Uniform, a phone, body armour or another exhibit",
        ),
        CaseKind(
            "expenses-claimed", "A witness claimed expenses", "Witness expenses were claimed", Group.OTHER,
            (Trigger("expenses-claimed"),), ("words",), one_person=True, witness_care=True,
        ),
    )
}  # fmt: skip
"""Every kind by its code, in the order in which they are offered. A fact with "!" must be given."""

CHARGES = ("charged", "charge-altered")
"""Kinds that put a case before a court."""
HEARINGS = ("hearing-listed", "hearing-cancelled")
HEARD = tuple(code for code, kind in KINDS.items() if kind.heard)
ONE_PERSON = tuple(code for code, kind in KINDS.items() if kind.one_person)

CHOICES = {
    "decided_by": {"police": "Police", "cps": "The Crown Prosecution Service"},
    "view": {
        "given": "They gave their view",
        "declined": "They declined to give one",
        "not-reached": "They could not be reached",
    },
    "disposal": {
        "caution": "Caution",
        "conditional-caution": "Conditional caution",
        "youth-caution": "Youth caution",
        "youth-conditional-caution": "Youth conditional caution",
        "community-resolution": "Community resolution",
        "penalty-notice": "Penalty notice",
        "deferred-prosecution": "Deferred prosecution or charge",
        "other": "Another disposal",
    },
    "court_bail": {
        "bail-granted": "Bail was granted",
        "bail-refused": "Bail was refused: remanded in custody",
        "bail-changed": "Bail conditions were changed",
        "warrant": "A warrant was issued for arrest",
        "re-arrest": "The suspect was arrested again",
    },
    "plea": {
        "guilty": "Guilty",
        "not-guilty": "Not guilty",
        "mixed": "Guilty of some charges, not guilty of others",
        "none": "No plea was given",
    },
    "verdict": {
        "guilty": "Guilty",
        "not-guilty": "Not guilty",
        "mixed": "Guilty of some charges, not guilty of others",
        "stopped": "The case was stopped or dismissed",
        "other": "Another outcome",
    },
    "sentence": {
        "custody": "Custody",
        "suspended": "Suspended sentence",
        "community-order": "Community order",
        "youth-order": "Youth or referral order",
        "hospital-order": "Hospital order",
        "fine": "Fine",
        "discharge": "Discharge",
        "other": "Another sentence",
    },
    "violent_or_sexual": {"yes": "Yes", "no": "No"},
    "stage": {
        "lodged": "An appeal was lodged",
        "hearing": "A hearing of the appeal was listed",
        "result": "The appeal was decided",
    },
    "against": {"conviction": "The conviction", "sentence": "The sentence", "both": "Both"},
}
"""The coded facts, and their codes in words."""


def asked(kind: CaseKind) -> dict[str, bool]:
    """Give the facts that are asked about a kind of event, and whether each must be given."""
    return {name.removesuffix("!"): name.endswith("!") for name in kind.asks}


TEXTS = {"number": 60, "charge": 200, "court": 120, "compensation": 60, "property": 200, "tries": 3, "months": 4}
"""The facts of one line, and how many characters each may have; other facts in words may have LONGEST."""
LONGEST = 4_000
NUMBERS = ("tries", "months")

MISSING = {
    "number": "Enter the crime number.",
    "reasons": "Give the reasons: each person assaulted is owed them.",
    "conditions": "Enter the conditions of bail.",
    "charge": "Enter the charge.",
    "decided_by": "Choose who decided it.",
    "view": "Choose whether they gave their view.",
    "tries": "Enter how many times you tried to reach them.",
    "disposal": "Choose how it was settled.",
    "court": "Enter the court.",
    "court_bail": "Choose what the court decided.",
    "plea": "Choose the plea.",
    "verdict": "Choose the verdict.",
    "sentence": "Choose the sentence.",
    "months": "Enter how many months of custody.",
    "violent_or_sexual": "Choose whether it was for a violent or sexual offence.",
    "meaning": "Say in plain words what the sentence means.",
    "stage": "Choose what happened to the appeal.",
    "against": "Choose what the appeal is against.",
    "property": "Say what property it is.",
}
"""What to say of a fact that must be given, by its name."""
APART = ("suspect", "hearing", "replaces", "outcome", "until")
"""What is asked about some kinds and kept in a column of its own, or checked against rows."""


def needed(kind: CaseKind, facts: dict) -> frozenset[str]:
    """Give the facts that must be given about an event of this kind, with these other facts."""
    needs = {name for name, must in asked(kind).items() if must and name not in APART}
    if facts.get("view") == "not-reached":
        needs.add("tries")
    if kind.code == "sentence" and facts.get("sentence") == "custody":
        needs |= {"months", "violent_or_sexual"}
    return frozenset(needs)


def faults_of(kind: CaseKind, facts: dict) -> dict[str, str]:
    """Give a sentence for each fact that is missing, unknown or not as it should be, by its name; empty if all is well.

    :param facts: texts by name; "outcome" (a code) and "until" (an ISO time) are only checked for being asked
    """
    known = asked(kind)
    faults = {name: "That is not asked about this." for name in facts if name not in known}
    for name, value in facts.items():
        if name in faults or value in ("", None):
            continue
        most = TEXTS.get(name, LONGEST)
        if name in CHOICES and value not in CHOICES[name]:
            faults[name] = MISSING.get(name, "Choose one of the answers.")
        elif name in NUMBERS:
            if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 10 ** TEXTS[name]:
                faults[name] = "Enter a whole number."
        elif not isinstance(value, str) or len(value) > most:
            faults[name] = f"Use {most:,} characters or fewer."
    for name in needed(kind, facts) - faults.keys():
        value = facts.get(name)
        if value in ("", None) or (name == "tries" and not value):
            faults[name] = MISSING[name]
    return faults


def triggers_of(
    kind: str, facts: dict, *, happened_at: datetime, received_at: datetime | None
) -> list[tuple[str, datetime]]:
    """Give the triggers that an event stands for, each with its moment, in the order of the table.

    :param kind: a code of KINDS
    :param facts: the coded facts, by which some triggers are left out
    """
    moments = {HAPPENED: happened_at, RECEIVED: received_at}
    found = [(trigger, moments[trigger.moment]) for trigger in KINDS[kind].triggers if trigger.when(facts or {})]
    return [(trigger.code, moment) for trigger, moment in found if moment is not None]


def all_triggers() -> frozenset[str]:
    """Give every trigger that some kind of event stands for."""
    return frozenset(trigger.code for kind in KINDS.values() for trigger in kind.triggers)
