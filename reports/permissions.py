"""Who may do what to a report, decided from given facts: pure, and the only place that decides (docs/access.md).

Reading an incident at all is `Incident.objects.visible_to(user)`. What of it may be read is a set of facets, here.
What may be done is a predicate here, named in a row of workflow.py.
"""

from dataclasses import dataclass
from enum import StrEnum

import rules


class Facet(StrEnum):
    """A part of a report that is granted or withheld as a whole."""

    CORE = "core"  # time, place, kinds, status, deadlines
    NARRATIVE = "narrative"  # the reporter's words
    DETAIL = "detail"  # what was done to one person: conduct, equipment, the words used
    BAND = "band"  # how badly hurt, as a band only
    HEALTH = "health"  # injury, exposure, treatment
    WISH = "wish"  # support wanted, safe contact
    SUSPECT = "suspect"
    EVIDENCE = "evidence"
    NOTES = "notes"
    CASE = "case"  # what happened in the case against a suspect
    HEARINGS = "hearings"  # what a court did, as witness care knows it
    DUTY = "duty"  # days unfit for duty, and whether they must be reported


_OPEN = ("submitted", "returned", "accepted")


@dataclass(frozen=True)
class Standing:
    """What one person is to one incident, at one moment. Assaults are given by key."""

    user_id: int | None
    status: str
    restricted: bool = False
    reporter: bool = False
    assaulted: frozenset[int] = frozenset()
    taken_over: frozenset[int] = frozenset()
    brought_in: frozenset[int] = frozenset()
    """Parts that a merge brought in from another report: who filed this one neither wrote nor reads them."""
    everyone: frozenset[int] = frozenset()
    supervises: bool = False
    named_reader: bool = False
    conflicted: bool = False
    officer_in_case: bool = False
    quick_log: bool = False
    witness_care: bool = False
    """Whether they play witness care in a unit of the report; `health_safety` likewise."""
    health_safety: bool = False
    charged: bool = False

    @property
    def involved(self) -> bool:
        """Whether the person filed the report or was assaulted in it."""
        return self.reporter or bool(self.assaulted)

    @property
    def owns(self) -> bool:
        """Whether the report is theirs to write: who filed it, until the only person assaulted took it over; with
        several people it stays with who filed it, since nobody else speaks for all."""
        handed_over = len(self.everyone) == 1 and self.everyone <= self.taken_over and not self.assaulted
        return (self.reporter and not handed_over) or bool(self.assaulted & self.taken_over)

    @property
    def reviews(self) -> bool:
        """Whether they review it: a supervisor of its unit, or on the list of a restricted one; never one's own report,
        nor one that they are named in, nor in spite of a conflict."""
        granted = self.named_reader if self.restricted else (self.supervises or self.named_reader)
        return granted and not self.conflicted and not self.involved and self.status != "draft"

    @property
    def investigates(self) -> bool:
        """Whether they are the officer in the case, and nothing stands against it."""
        return self.officer_in_case and not self.conflicted and not self.assaulted

    @property
    def attends_court(self) -> bool:
        """Whether they are witness care for it: a case that was charged, in their units or on a list that names them,
        and not one that they are in."""
        return self.charged and self._plays(self.witness_care)

    @property
    def advises(self) -> bool:
        """Whether they are the health and safety adviser for it, on the same conditions."""
        return self._plays(self.health_safety)

    def _plays(self, role) -> bool:
        """A role opens it in the role's units; a restricted one only to who is on its list as well."""
        listed = self.named_reader if self.restricted else True
        return role and listed and not self.conflicted and not self.involved and self.status in _OPEN


def incident_facets(standing: Standing) -> frozenset[Facet]:
    """Give the parts of the incident itself that this person may read."""
    everything = frozenset({Facet.CORE, Facet.NARRATIVE, Facet.SUSPECT, Facet.EVIDENCE, Facet.NOTES})
    if standing.reviews or standing.investigates:
        return everything | {Facet.CASE}
    if standing.reporter:
        return everything
    if standing.assaulted:
        alone = standing.everyone == standing.assaulted
        if alone and standing.assaulted <= standing.taken_over:
            return everything - {Facet.SUSPECT}  # a suspect is read by who entered it, the supervisor and the officer
        return frozenset({Facet.CORE, Facet.NOTES})
    return frozenset()


def assault_facets(standing: Standing, assault: int) -> frozenset[Facet]:
    """Give the parts of one person's assault that this person may read.

    :param assault: the key of the Assault
    """
    if assault in standing.assaulted:
        return frozenset({Facet.CORE, Facet.DETAIL, Facet.BAND, Facet.HEALTH, Facet.WISH})
    if standing.reporter and assault not in standing.taken_over | standing.brought_in:
        return frozenset({Facet.CORE, Facet.DETAIL, Facet.BAND, Facet.HEALTH, Facet.WISH})
    if standing.reviews:
        return frozenset({Facet.CORE, Facet.DETAIL, Facet.BAND})
    if standing.investigates:
        return frozenset({Facet.CORE, Facet.DETAIL, Facet.BAND})
    if standing.involved:
        return frozenset({Facet.CORE})
    return frozenset()


def court_facets(standing: Standing) -> frozenset[Facet]:
    """Give the parts that witness care may read: what a court did, and nothing of the report."""
    return frozenset({Facet.HEARINGS}) if standing.attends_court else frozenset()


def duty_facets(standing: Standing, assault: int) -> frozenset[Facet]:
    """Give what may be read of one person's fitness for duty: days and dates by the supervisor, the injury with them by
    the person themself.

    :param assault: the key of the Assault
    """
    if assault in standing.assaulted:
        return frozenset({Facet.DUTY, Facet.HEALTH})
    return frozenset({Facet.DUTY}) if standing.reviews else frozenset()


def safety_facets(standing: Standing) -> frozenset[Facet]:
    """Give what the health and safety adviser reads of each person in a report: days, the band of the injury and what
    the law asks for; no name and no words."""
    return frozenset({Facet.DUTY, Facet.BAND}) if standing.advises else frozenset()


_HEALTH_SECTIONS = frozenset({"injury", "exposure"})


def may_fill(standing: Standing, section: str, assault: int | None = None) -> bool:
    """Whether one of the fuller sections may be opened and filled in: by who writes or reviews the report, as far as
    they may read what stands there. Whoever took only their own part over fills in that part.

    :param section: the name of the section, as in readiness.py
    :param assault: the key of the Assault, for a section about one person
    """
    if not (standing.owns or standing.reviews):
        return False
    if assault is not None:
        needed = Facet.HEALTH if section in _HEALTH_SECTIONS else Facet.DETAIL
        return needed in assault_facets(standing, assault)
    if section == "privacy":
        return standing.involved
    return {Facet.NARRATIVE, Facet.SUSPECT if section == "suspects" else Facet.CORE} <= incident_facets(standing)


def may_answer(standing: Standing, page: str, assault: int | None = None) -> bool:
    """Whether a page of the core questions may be opened and answered: by who writes the report, as far as they may
    read what stands there. Whoever took only their own part over answers for that part, and names nobody else.

    :param page: the name of the page, as in readiness.py
    :param assault: the key of the Assault, for a page about one person
    """
    if not standing.owns:
        return False
    if assault is not None:
        needed = {"advice": Facet.HEALTH, "exposure": Facet.HEALTH, "injured": Facet.BAND}.get(page, Facet.DETAIL)
        return needed in assault_facets(standing, assault)
    if page in ("who", "people"):
        return standing.reporter
    if page == "support":
        return bool(standing.assaulted)
    return Facet.NARRATIVE in incident_facets(standing) or page not in ("words", "late")


def may_see_evidence(standing: Standing, assault: int | None) -> bool:
    """Whether a photo or file may be seen: by those who may read the evidence, and the part of whoever it shows.

    What shows somebody's injury is theirs to see, and nobody's who may not read that part.

    :param assault: the key of the Assault whose injury it shows, if it shows one
    """
    if assault is not None and assault in standing.assaulted:
        return True
    if Facet.EVIDENCE not in incident_facets(standing):
        return False
    return assault is None or Facet.DETAIL in assault_facets(standing, assault)


def may_add_evidence(standing: Standing, assault: int | None) -> bool:
    """Whether a photo or file may be added: by who writes or reviews the report, and sees it afterwards."""
    return (standing.owns or standing.reviews) and may_see_evidence(standing, assault)


def original_needs(standing: Standing, assault: int | None) -> str | None:
    """Say what the original of a photo or file asks of this person: "" nothing, "reason" a reason and signing in again;
    None if they may not have it (docs/access.md: one's own; a supervisor with a reason)."""
    if not may_see_evidence(standing, assault):
        return None
    if standing.involved:
        return ""
    return "reason" if standing.reviews else None


# Predicates: the `who` column of workflow.py -------------------------------------------------------------------------


@rules.predicate
def wrote_it(user, incident):
    """Whoever filed the report, or took it over as the person assaulted."""
    return incident.standing_of(user).owns


@rules.predicate
def speaks_for_all(user, incident):
    """Whoever filed the report, or took it over as the only person assaulted."""
    standing = incident.standing_of(user)
    return standing.owns and (standing.reporter or standing.everyone <= standing.assaulted)


@rules.predicate
def wrote_a_part(user, incident):
    """Whoever took over their own part of a report about several people, and so does not speak for all."""
    return wrote_it(user, incident) and not speaks_for_all(user, incident)


@rules.predicate
def logged_it(user, incident):
    """Whoever wrote an entry of the 20-second log."""
    standing = incident.standing_of(user)
    return standing.quick_log and standing.owns


@rules.predicate
def is_involved(user, incident):
    """Whoever filed the report or was assaulted in it."""
    return incident.standing_of(user).involved


@rules.predicate
def was_assaulted(user, incident):
    """Whoever was assaulted, did not file the report, and has not taken their part over yet."""
    standing = incident.standing_of(user)
    return bool(standing.assaulted - standing.taken_over) and not standing.reporter


@rules.predicate
def supervises_it(user, incident):
    """Nobody reviews their own report, nor one that they are named in."""
    return incident.standing_of(user).reviews


@rules.predicate
def wrote_or_supervises_it(user, incident):
    """Whoever wrote the report or reviews it."""
    standing = incident.standing_of(user)
    return standing.owns or standing.reviews


@rules.predicate
def has_a_part_in_it(user, incident):
    """Whoever is involved or reviews the report."""
    standing = incident.standing_of(user)
    return standing.involved or standing.reviews


@rules.predicate
def works_the_case(user, incident):
    """Whoever is the officer in the case, or reviews the report."""
    standing = incident.standing_of(user)
    return standing.investigates or standing.reviews


@rules.predicate
def works_the_case_or_attends_court(user, incident):
    """Whoever works the case, and witness care once it was charged."""
    standing = incident.standing_of(user)
    return standing.investigates or standing.reviews or standing.attends_court


@rules.predicate
def is_assaulted_or_supervises_it(user, incident):
    """Whoever was assaulted, for their own duty, or reviews the report."""
    standing = incident.standing_of(user)
    return standing.reviews or bool(standing.assaulted)


@rules.predicate
def advises_on_safety(user, incident):
    """Whoever is the health and safety adviser for the report's unit, and is not in the report."""
    return incident.standing_of(user).advises


def may_investigate(*, officer: int, assaulted: frozenset[int], managed: frozenset[int], suspected: bool) -> str:
    """Say why somebody may not be the officer in the case; an empty text if they may (the force plan's third point).

    :param officer: the key of the officer proposed
    :param assaulted: the keys of the people assaulted in the incident
    :param managed: the keys of the line managers of the people assaulted
    :param suspected: whether the officer is a suspect or has another conflict
    :returns: "assaulted", "conflict", "line-manager" (which may be set aside with a reason) or ""
    """
    if officer in assaulted:
        return "assaulted"
    if suspected:
        return "conflict"
    if officer in managed:
        return "line-manager"
    return ""
