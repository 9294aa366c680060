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
from reports.actions.review import (
    AlreadySubmitted,
    ChangedMeanwhile,
    Incomplete,
    Submitted,
    accept,
    discard,
    merge,
    return_for_changes,
    submit,
    upgrade,
    withdraw,
)
from reports.actions.words import add_note, correct

__all__ = [
    "AlreadySubmitted",
    "ChangedMeanwhile",
    "Incomplete",
    "Refused",
    "Submitted",
    "accept",
    "add_note",
    "approve_reader",
    "assign_officer",
    "correct",
    "discard",
    "merge",
    "name_conflict",
    "propose_reader",
    "record_contact",
    "remove_reader",
    "restrict",
    "return_for_changes",
    "submit",
    "take_over",
    "upgrade",
    "withdraw",
    "withdraw_conflict",
]
