"""What may be done to a report: one row for each verb. docs/workflows.md is drawn from this table."""

from campion.workflow import Transition, Workflow
from reports.permissions import (
    advises_on_safety,
    has_a_part_in_it,
    is_assaulted_or_supervises_it,
    is_involved,
    logged_it,
    speaks_for_all,
    supervises_it,
    was_assaulted,
    works_the_case,
    works_the_case_or_attends_court,
    wrote_a_part,
    wrote_it,
    wrote_or_supervises_it,
)

DRAFT, SUBMITTED, RETURNED, ACCEPTED = "draft", "submitted", "returned", "accepted"
MERGED, WITHDRAWN = "merged", "withdrawn"
OPEN = {SUBMITTED, RETURNED, ACCEPTED}

incident_workflow = Workflow(
    "report",
    Transition("edit", {DRAFT, RETURNED}, None, wrote_it, says="Change the answers"),
    Transition("complete", {DRAFT, SUBMITTED, RETURNED}, None, wrote_or_supervises_it, says="Fill in the sections"),
    Transition("discard", {DRAFT}, None, wrote_it, says="Delete a draft for good"),
    Transition("submit", {DRAFT, RETURNED}, SUBMITTED, speaks_for_all, says="Put it before a supervisor"),
    Transition("say ready", {RETURNED}, None, wrote_a_part, says="Say that one's own part is changed as asked"),
    Transition("upgrade", {SUBMITTED}, RETURNED, logged_it, says="Make a log entry a full report"),
    Transition("return", {SUBMITTED}, RETURNED, supervises_it, needs_reason=True, says="Ask for changes"),
    Transition("accept", {SUBMITTED}, ACCEPTED, supervises_it, says="Accept it as complete"),
    Transition("merge", OPEN, MERGED, supervises_it, needs_reason=True, says="One event, reported twice"),
    Transition("withdraw", {SUBMITTED, RETURNED}, WITHDRAWN, speaks_for_all, needs_reason=True, says="Take it back"),
    Transition("add", OPEN, None, is_involved, says="Add to it, dated and signed"),
    Transition("correct", {SUBMITTED, ACCEPTED}, None, supervises_it, needs_reason=True, says="Correct a coded answer"),
    Transition("take over", OPEN, None, was_assaulted, says="Make a report about oneself one's own"),
    Transition("name a conflict", {DRAFT, *OPEN}, None, is_involved, says="Say who must not see it"),
    Transition("restrict", {DRAFT, *OPEN}, None, has_a_part_in_it, says="Close it to all but a named list"),
    Transition("assign", {SUBMITTED, ACCEPTED}, None, supervises_it, says="Name the officer in the case"),
    Transition("record contact", OPEN, None, supervises_it, says="Record that the person was spoken to"),
    Transition("enter an event", OPEN, None, works_the_case, says="Enter what happened in the case"),
    Transition("enter a court event", OPEN, None, works_the_case_or_attends_court, says="Enter what a court did"),
    Transition("strike an event", OPEN, None, works_the_case_or_attends_court, needs_reason=True,
               says="Strike out what was entered wrongly"),
    Transition("change duty", OPEN, None, is_assaulted_or_supervises_it, says="Say what duty the person does"),
    Transition("decide safety", OPEN, None, advises_on_safety, says="Decide whether an injury is reportable"),
)  # fmt: skip
