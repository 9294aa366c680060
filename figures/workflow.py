"""What may be done to a release on its way: one row for each verb. docs/workflows.md is drawn from this table.

Governance draws and signs; another of governance publishes. The database holds the same (figures/models.py).
"""

from campion.workflow import Transition, Workflow
from figures.permissions import governs_figures, second_person

ASKED, DRAWN, APPROVED = "asked", "drawn", "approved"
PUBLISHED, WITHDRAWN, SET_ASIDE = "published", "withdrawn", "set-aside"

release_workflow = Workflow(
    "release",
    Transition("draw", {ASKED}, DRAWN, governs_figures, says="Count, control and audit, once"),
    Transition("approve", {DRAWN}, APPROVED, governs_figures, says="Sign what will be shown, if it passed the audit"),
    Transition("publish", {APPROVED}, PUBLISHED, second_person, says="Put it out, now or at the end of an embargo"),
    Transition(
        "set aside", {ASKED, DRAWN, APPROVED}, SET_ASIDE, governs_figures, needs_reason=True,
        says="Let it go: nothing of it was published",
    ),
    Transition(
        "withdraw", {PUBLISHED}, WITHDRAWN, governs_figures, needs_reason=True,
        says="Say to its readers that it was wrong, and why; it stays in the audit for ever",
    ),
    Transition(
        "correct", {PUBLISHED, WITHDRAWN}, None, governs_figures, needs_reason=True,
        says="Name the figures that an error touched, for its readers",
    ),
    Transition(
        "replace", {WITHDRAWN}, None, governs_figures, needs_reason=True,
        says="Draw the period again, as its next edition",
    ),
    Transition(
        "revise", {PUBLISHED}, None, governs_figures, needs_reason=True,
        says="Draw the period again at the annual revision, with what was recorded since",
    ),
)  # fmt: skip
