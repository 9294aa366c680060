"""Everything that may be done to a report: the only writers. Keyword-only, one transaction, `by=` and `at=`."""

from campion.workflow import Refused
from reports.actions.care import (
    approve_reader,
    assign_officer,
    name_conflict,
    propose_reader,
    record_contact,
    remove_reader,
    restrict,
    take_over,
    withdraw_conflict,
)
from reports.actions.case import enter_event, strike_event
from reports.actions.drafts import (
    ChangedElsewhere,
    add_colleague,
    add_outsider,
    answer,
    log_abuse,
    remove_person,
    start,
)
from reports.actions.evidence import add_evidence, evidence_checked, remove_evidence
from reports.actions.review import (
    AlreadySubmitted,
    ChangedMeanwhile,
    Incomplete,
    Submitted,
    accept,
    discard,
    expire_drafts,
    merge,
    return_for_changes,
    submit,
    upgrade,
    withdraw,
)
from reports.actions.safety import change_duty, decide_safety, strike_duty
from reports.actions.sections import complete, remove_item, save_item
from reports.actions.words import add_note, correct, say_ready

__all__ = [
    "AlreadySubmitted",
    "ChangedElsewhere",
    "ChangedMeanwhile",
    "Incomplete",
    "Refused",
    "Submitted",
    "accept",
    "add_colleague",
    "add_evidence",
    "add_note",
    "add_outsider",
    "answer",
    "approve_reader",
    "assign_officer",
    "change_duty",
    "complete",
    "correct",
    "decide_safety",
    "discard",
    "enter_event",
    "evidence_checked",
    "expire_drafts",
    "log_abuse",
    "merge",
    "name_conflict",
    "propose_reader",
    "record_contact",
    "remove_evidence",
    "remove_item",
    "remove_person",
    "remove_reader",
    "restrict",
    "return_for_changes",
    "save_item",
    "say_ready",
    "start",
    "strike_duty",
    "strike_event",
    "submit",
    "take_over",
    "upgrade",
    "withdraw",
    "withdraw_conflict",
]
