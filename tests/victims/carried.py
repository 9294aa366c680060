"""A case that somebody of the desk carries, and short ways to what they do with it: through actions alone."""

from datetime import timedelta
from uuid import uuid4

from django.urls import reverse

from campion.roles import Role
from tests import world
from tests.victims.cases import MONDAY, fresh, offer_to
from victims import actions
from victims.actions import care, sharing
from victims.models import SupportService

LATER = MONDAY + timedelta(hours=9)
FORMS = ("assess", "plan-goals", "plan-review", "record-contact", "appointment", "consent", "refer-on", "related",
         "representative")  # fmt: skip
"""The pages on which something new is recorded, by the names of their addresses."""


class Scene:
    """A case that somebody of the desk carries, and the people around it."""

    def __init__(self, at=MONDAY, **draft):
        """:param at: when the report was filed and the case claimed; what follows is done nine hours later"""
        self.at, self.later = at, at + timedelta(hours=9)
        self.place = world.make_force()
        self.sam = world.make_person(self.place.team, Role.REPORTER)
        self.carrier = world.make_person(self.place.root, Role.WELFARE)
        self.colleague = world.make_person(self.place.root, Role.WELFARE)
        self.case = self.carried(self.sam, **draft)

    def carried(self, person, **draft):
        """An accepted case of this person that the carrier carries."""
        case = offer_to(person, **{"support": "yes", "at": self.at, **draft})
        return actions.claim(referral=case, by=world.fresh(self.carrier), at=self.at)

    def by(self):
        return {"by": world.fresh(self.carrier), "at": self.later}

    def said(self, **changes):
        """Have the person say how to reach them."""
        actions.change_contact(
            referral=self.case, said=actions.SafeContact(**changes), by=world.fresh(self.sam), at=self.at
        )
        self.case = fresh(self.case)


def service(code="victim-support"):
    return SupportService.objects.get(code=code)


def assess(scene, **changes):
    given = {"answers": {"safety": "some"}, "risk": "medium", "words": "", "enhanced": "no", "basis": [],
             "review_on": None}  # fmt: skip
    return care.assess(referral=scene.case, **given | changes, **scene.by())


def contact(scene, **changes):
    given = {"happened_at": scene.later - timedelta(minutes=5), "channel": "call", "direction": "out",
             "outcome": "spoke", "words": "", "shared": True, "key": uuid4(), "confirmed": True}  # fmt: skip
    return care.record_contact(referral=scene.case, **given | changes, **scene.by())


def consent(scene, code="victim-support", **changes):
    given = {"shares": ["name", "contact"], "how": "call"}
    return sharing.give_consent(referral=scene.case, service=service(code), **given | changes, **scene.by())


def refer(scene, given, code="victim-support"):
    return sharing.refer_on(referral=scene.case, service=service(code), consent=given, **scene.by())


def related(scene, **changes):
    given = {"name": "Jo", "relation": "partner", "how": "call", "contact": "01632 960456", "needs": "", "key": uuid4()}
    return sharing.add_related(referral=scene.case, **given | changes, **scene.by())


def representative(scene, **changes):
    given = {"name": "Fed", "kind": "federation", "contact": "", "check_word": "heron", "may_hear": ["case"],
             "key": uuid4()}  # fmt: skip
    return sharing.add_representative(referral=scene.case, **given | changes, **scene.by())


def address(scene, name, *more):
    return reverse(f"victims:{name}", args=[scene.case.reference, *more])


def everything(scene):
    """One of each thing that hangs on a case, and the address of each page about one."""
    assess(scene, answers={"safety": "urgent", "vulnerable": ["learning"]}, enhanced="yes", basis=["vulnerable"])
    goal = care.add_goal(
        referral=scene.case,
        words="Sleep again",
        by_on=(scene.later + timedelta(days=14)).date(),
        key=uuid4(),
        **scene.by(),
    )
    contact(scene, words="Will ring again")
    meeting = care.arrange(
        referral=scene.case, meets_at=scene.later - timedelta(hours=1), with_whom="A counsellor", place="Here",
        key=uuid4(), **scene.by(),
    )  # fmt: skip
    given = consent(scene, shares=["name", "needs"])
    onward = refer(scene, given)
    jo, fed = related(scene), representative(scene)
    scene.case = fresh(scene.case)
    return {
        "assessment": address(scene, "assessment", 1),
        "goal": address(scene, "goal", goal.key),
        "appointment-outcome": address(scene, "appointment-outcome", meeting.key),
        "appointment-change": address(scene, "appointment-change", meeting.key),
        "appointment-cancel": address(scene, "appointment-cancel", meeting.key),
        "consent-back": address(scene, "consent-back", given.key),
        "onward": address(scene, "onward", onward.key),
        "pack": address(scene, "pack", onward.key),
        "one-related": address(scene, "one-related", jo.key),
        "one-representative": address(scene, "one-representative", fed.key),
    } | {name: address(scene, name) for name in FORMS}
