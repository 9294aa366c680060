"""Who works in the invented force: pure, and the same for everybody. Names show that nobody is real.

Every family name ends in "-Demo", so that three letters of it still find few people; addresses end in .example, which
can never be delivered to (RFC 2606).
"""

from dataclasses import dataclass
from datetime import date

from campion.roles import Role

FORCE = "demoshire"
PASSWORD = "red campion in May"  # noqa: S105 - good for an invented force alone
DOMAIN = "demoshire.example"
ROLES_FROM = date(2024, 4, 1)
OWN_TEAM = "telford-response-a"
"""The team of the reporter and of both supervisors who sign in."""

GIVEN = (  # noqa: SIM905
    "Aisha Alex Amit Anna Ben Bethan Callum Carys Chloe Daniel Deepa Dylan Ellie Emeka Ethan Farah Finn Gareth "
    "Grace Hannah Harun Holly Imran Isla Jack Jaya Joe Kasia Kemi Lewis Lucy Maya Megan Mina Nathan Niamh Noor "
    "Oliver Owen Priya Rhys Robin Rosa Ruth Sam Sara Sian Tariq Tom Yusuf Zoe"
).split()
FAMILY = (  # noqa: SIM905
    "Alder Ash Aspen Barley Beech Birch Bramble Briar Broom Burdock Campion Cedar Cherry Clover Cowslip Daisy "
    "Elder Elm Fennel Fern Foxglove Gorse Hawthorn Hazel Heather Holly Hornbeam Iris Ivy Juniper Larch Laurel "
    "Linden Lupin Mallow Maple Meadow Mint Mistletoe Myrtle Nettle Oak Oxlip Pear Pine Plum Poplar Primrose "
    "Quince Rowan Rush Sage Sedge Sorrel Spruce Tansy Teasel Thistle Thyme Vetch Violet Willow Yarrow Yew"
).split()

SIGN_INS = (
    ("reporter", Role.REPORTER, OWN_TEAM),
    ("supervisor", Role.SUPERVISOR, OWN_TEAM),
    ("supervisor2", Role.SUPERVISOR, OWN_TEAM),
    ("inspector", Role.INSPECTOR, "shropshire-and-telford"),
    ("spoc", Role.SPOC, FORCE),
    ("welfare", Role.WELFARE, FORCE),
    ("welfare2", Role.WELFARE, FORCE),
    ("health.safety", Role.HEALTH_SAFETY, FORCE),
    ("occupational.health", Role.OCCUPATIONAL_HEALTH, FORCE),
    ("witness.care", Role.WITNESS_CARE, FORCE),
    ("pcc", Role.PCC, FORCE),
    ("editor", Role.EDITOR, FORCE),
    ("editor2", Role.EDITOR, FORCE),
    ("administrator", Role.ADMINISTRATOR, FORCE),
    ("governance", Role.GOVERNANCE, FORCE),
    ("governance2", Role.GOVERNANCE, FORCE),
)
"""Who signs in: the first part of the address, the role, and the unit in which it is played."""

LEADS = ("welfare",)
"""Which of them look after the others who play their role."""


@dataclass(frozen=True)
class Person:
    """Somebody of the invented force, as `campion.actions.enrol` and `give_role` take them."""

    number: str
    given_name: str
    family_name: str
    worker_type: str
    rank: str
    team: str
    role: Role | None = None
    over: str = ""
    """The unit in which the role is played."""
    sign_in: str = ""
    protected: bool = False
    leads: bool = False

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def email(self) -> str | None:
        return f"{self.sign_in}@{DOMAIN}" if self.sign_in else None


# (team, (how many, worker type, rank or grade) …): the first two of each are its supervisors
_RESPONSE = (
    (2, "police-officer", "Sergeant"),
    (7, "police-officer", "Constable"),
    (2, "student-officer", "Student officer"),
)
_PATROL = (
    (2, "police-officer", "Sergeant"),
    (7, "police-officer", "Constable"),
    (1, "student-officer", "Student officer"),
)
_NEIGHBOURHOOD = ((2, "police-officer", "Sergeant"), (4, "police-officer", "Constable"), (4, "pcso", "PCSO"))
_CUSTODY = (
    (2, "police-officer", "Custody sergeant"),
    (6, "detention-officer", "Detention officer"),
    (1, "contractor", "Custody nurse"),
)
TEAMS = {
    "telford-response-a": _RESPONSE,
    "telford-response-b": _RESPONSE,
    "shrewsbury-response-a": _RESPONSE,
    "shrewsbury-response-b": _RESPONSE,
    "north-shropshire-patrol": _PATROL,
    "telford-neighbourhoods": _NEIGHBOURHOOD,
    "shrewsbury-custody": _CUSTODY,
    "hereford-response": _RESPONSE,
    "hereford-neighbourhoods": _NEIGHBOURHOOD,
    "worcester-response-a": _RESPONSE,
    "worcester-response-b": _RESPONSE,
    "kidderminster-response": _RESPONSE,
    "redditch-response": _RESPONSE,
    "bromsgrove-patrol": _PATROL,
    "evesham-patrol": _PATROL,
    "worcester-custody": _CUSTODY,
    "control-room": ((2, "control-room", "Control room supervisor"), (12, "control-room", "Contact handler")),
    "roads-policing": ((2, "police-officer", "Sergeant"), (6, "police-officer", "Constable")),
    "operations-support": ((2, "police-officer", "Sergeant"), (6, "police-officer", "Constable")),
    "enquiry-offices": (
        (2, "police-staff", "Enquiry office supervisor"),
        (3, "police-staff", "Enquiry officer"),
        (1, "volunteer", "Police support volunteer"),
    ),
    "specials": ((2, "special-constable", "Special sergeant"), (6, "special-constable", "Special constable")),
}
_HEADQUARTERS = (
    # role, over, sign-in, worker type, rank, team
    (Role.INSPECTOR, "shropshire-and-telford", "inspector", "police-officer", "Inspector", "headquarters"),
    (Role.INSPECTOR, "herefordshire-and-worcestershire", "", "police-officer", "Inspector", "headquarters"),
    (Role.SUPERVISOR, "shropshire-and-telford", "", "police-officer", "Chief inspector", "headquarters"),
    (Role.SUPERVISOR, "herefordshire-and-worcestershire", "", "police-officer", "Chief inspector", "headquarters"),
    (Role.SUPERVISOR, FORCE, "", "police-officer", "Superintendent", "headquarters"),
    (Role.SPOC, FORCE, "spoc", "police-officer", "Chief inspector", "headquarters"),
    (Role.WELFARE, FORCE, "welfare", "police-staff", "Welfare officer", "headquarters"),
    (Role.WELFARE, FORCE, "welfare2", "police-staff", "Welfare officer", "headquarters"),
    (Role.HEALTH_SAFETY, FORCE, "health.safety", "police-staff", "Health and safety adviser", "headquarters"),
    (
        Role.OCCUPATIONAL_HEALTH,
        FORCE,
        "occupational.health",
        "police-staff",
        "Occupational health nurse",
        "headquarters",
    ),
    (Role.WITNESS_CARE, FORCE, "witness.care", "police-staff", "Witness care officer", "headquarters"),
    (Role.ADMINISTRATOR, FORCE, "administrator", "police-staff", "Systems administrator", "headquarters"),
    (Role.GOVERNANCE, FORCE, "governance", "police-staff", "Information governance officer", "headquarters"),
    (Role.GOVERNANCE, FORCE, "governance2", "police-staff", "Data protection officer", "headquarters"),
    (Role.EDITOR, FORCE, "editor", "police-staff", "Campaign officer", "commissioner"),
    (Role.EDITOR, FORCE, "editor2", "police-staff", "Communications officer", "commissioner"),
    (Role.PCC, FORCE, "pcc", "police-staff", "Policy officer", "commissioner"),
    (None, "", "", "designated", "Investigating officer", "headquarters"),
    (None, "", "", "designated", "Investigating officer", "headquarters"),
    (None, "", "", "agency", "Agency administrator", "headquarters"),
)


def everybody() -> list[Person]:
    """Give the people of the force in the order of their staff numbers, D1001 first."""
    found: list[Person] = []

    def add(worker_type, rank, team, **more):
        # The two lists have lengths without a common factor, so the pairs do not come again for thousands of people.
        count = len(found)
        found.append(
            Person(
                number=f"D{1001 + count}",
                given_name=GIVEN[count % len(GIVEN)],
                family_name=f"{FAMILY[(count * 7) % len(FAMILY)]}-Demo",
                worker_type=worker_type,
                rank=rank,
                team=team,
                **more,
            )
        )

    for team, makeup in TEAMS.items():
        place = 0
        for count, worker_type, rank in makeup:
            for _ in range(count):
                role = Role.SUPERVISOR if place < 2 else None
                more = {"role": role, "over": team} if role else {}
                if team == OWN_TEAM and place < 3:
                    name, role, over = SIGN_INS[(1, 2, 0)[place]]
                    more = {"role": role, "over": over, "sign_in": name}
                if team == "operations-support" and place == 7:
                    more["protected"] = True
                add(worker_type, rank, team, **more)
                place += 1
    for role, over, sign_in, worker_type, rank, team in _HEADQUARTERS:
        add(worker_type, rank, team, role=role, over=over, sign_in=sign_in, leads=sign_in in LEADS)
    return found


def manager_of(person: Person, people: list[Person]) -> Person | None:
    """Give the line manager of somebody: one of the two supervisors of their team, by turns; those have none."""
    supervisors = [other for other in people if other.team == person.team and other.role == Role.SUPERVISOR][:2]
    if person in supervisors or person.team in ("headquarters", "commissioner") or len(supervisors) < 2:
        return None
    return supervisors[int(person.number[1:]) % 2]
