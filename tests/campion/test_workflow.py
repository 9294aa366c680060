"""The table decides: buttons, refusals and words come from the same rows."""

from dataclasses import dataclass

import pytest

from campion.workflow import Refused, Transition, Workflow


@dataclass
class Record:
    status: str


def the_writer(user, record):
    """Whoever wrote it."""
    return user == "writer"


def the_reviewer(user, record):
    return user == "reviewer"


TABLE = Workflow(
    "report",
    Transition("submit", {"draft"}, "submitted", the_writer),
    Transition("return", {"submitted"}, "returned", the_reviewer, needs_reason=True),
)


def test_the_buttons_are_the_rows_that_fit():
    assert TABLE.allowed("writer", Record("draft")) == {"submit"}
    assert TABLE.allowed("reviewer", Record("draft")) == frozenset()
    assert TABLE.allowed("reviewer", Record("submitted")) == {"return"}


def test_the_wrong_person_is_refused_in_a_sentence():
    with pytest.raises(Refused, match="You may not return this report"):
        TABLE.check("return", "writer", Record("submitted"), reason="because")


def test_the_wrong_moment_is_refused_and_says_how_things_stand():
    with pytest.raises(Refused, match="submitted.*Nothing was changed"):
        TABLE.check("submit", "writer", Record("submitted"))


def test_a_reason_of_spaces_is_no_reason():
    with pytest.raises(Refused, match="reason"):
        TABLE.check("return", "reviewer", Record("submitted"), reason="  \n ")


def test_a_verb_stands_once():
    with pytest.raises(ValueError, match="twice"):
        Workflow("x", *[Transition("a", {"b"}, "c", the_writer)] * 2)
