"""What may be done to an offer of support: one row for each verb. docs/workflows.md is drawn from this table.

Each choice may follow any other: a decline is never final. Only an offer that was merged with another has ended, since
the choice is made on the other then.
"""

from campion.workflow import Transition, Workflow
from victims.permissions import carries_it, is_the_person, leads_the_desk, looks_after_it, may_claim, may_record

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

RUNNING, MET, ENDED = "running", "met", "ended"

clock_workflow = Workflow(
    "duty",
    Transition("meet", {RUNNING}, MET, may_record, says="Record that it was done, and what shows it"),
    Transition("set aside", {RUNNING}, ENDED, may_record, needs_reason=True, says="Say why it is not owed here"),
    Transition("wait", {RUNNING}, None, may_record, says="Say who else must act first, since when"),
)
"""`may_record` is given by the query that finds the duty: Clock.objects.open_to(user)."""

UNASSIGNED, CARRIED, CLOSED = "unassigned", "carried", "closed"

case_workflow = Workflow(
    "case",
    Transition("claim", {UNASSIGNED}, CARRIED, may_claim, says="Carry it oneself"),
    Transition("hand over", {CARRIED}, CARRIED, carries_it, says="Let a colleague carry it"),
    Transition(
        "release", {CARRIED}, UNASSIGNED, carries_it, needs_reason=True, says="Put it back for anybody of the desk"
    ),
    Transition("reassign", {UNASSIGNED, CARRIED}, CARRIED, leads_the_desk, says="Give it to somebody of the team"),
    Transition("record", {CARRIED}, None, carries_it, says="Contacts, needs, plan, consent, services"),
    Transition("close", {CARRIED}, CLOSED, carries_it, says="End it, once nothing is owed"),
    Transition("reopen", {CLOSED}, CARRIED, looks_after_it, says="Take it up again"),
)
"""How the desk carries a case; what its person chose is the workflow above."""

SENT, RECEIVED, TAKEN, REFUSED = "sent", "received", "accepted", "declined"
TRANSFERRED, OVER, TAKEN_BACK = "transferred", "ended", "withdrawn"

onward_workflow = Workflow(
    "referral to a service",
    Transition("receive", {SENT}, RECEIVED, may_record, says="The service says that it has it"),
    Transition("take up", {SENT, RECEIVED}, TAKEN, may_record, says="The service accepts it"),
    Transition("turn down", {SENT, RECEIVED}, REFUSED, may_record, says="The service declines it, with a reason"),
    Transition("transfer", {SENT, RECEIVED, TAKEN}, TRANSFERRED, may_record, says="It goes to another service"),
    Transition("end", {TAKEN}, OVER, may_record, says="It is over, with what came of it"),
    Transition("take back", {SENT, RECEIVED, TAKEN}, TAKEN_BACK, may_record, says="The person takes their yes back"),
)
"""`may_record` here: whoever carries the case, or the person whose it is."""
