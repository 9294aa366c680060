"""What may be done to an offer of support: one row for each verb. docs/workflows.md is drawn from this table.

Each choice may follow any other: a decline is never final. Only an offer that was merged with another has ended, since
the choice is made on the other then.
"""

from campion.workflow import Transition, Workflow
from victims.permissions import is_the_person

OFFERED, ACCEPTED, LATER = "offered", "accepted", "later"
DECLINED, SUPPORTED, MERGED = "declined", "supported", "merged"
OPEN = {OFFERED, ACCEPTED, LATER, DECLINED, SUPPORTED}

referral_workflow = Workflow(
    "offer of support",
    Transition("agree", OPEN, ACCEPTED, is_the_person, says="Yes, please"),
    Transition("choose later", OPEN, LATER, is_the_person, says="Not now: ask again on a date"),
    Transition("decline", OPEN, DECLINED, is_the_person, says="No, thank you, for now"),
    Transition("already supported", OPEN, SUPPORTED, is_the_person, says="I have support already"),
    Transition("change contact", OPEN, None, is_the_person, says="Change how to reach me safely"),
)
