"""The workflow tables are those that the business read and agreed: the CSV files beside this one."""

import csv
from pathlib import Path

import pytest
from django.core.management import call_command

from figures.workflow import release_workflow
from reports.workflow import incident_workflow
from victims.workflow import case_workflow, clock_workflow, onward_workflow, referral_workflow

HERE = Path(__file__).parent


AGREED = [
    (incident_workflow, "workflow_report.csv"),
    (referral_workflow, "workflow_offer.csv"),
    (case_workflow, "workflow_case.csv"),
    (clock_workflow, "workflow_duty.csv"),
    (onward_workflow, "workflow_onward.csv"),
    (release_workflow, "workflow_release.csv"),
]


@pytest.mark.parametrize(("workflow", "file"), AGREED, ids=[file for _, file in AGREED])
def test_the_table_is_the_one_that_was_agreed(workflow, file):
    with (HERE / file).open(newline="") as opened:
        agreed = [tuple(row.values()) for row in csv.DictReader(opened)]
    assert list(workflow.rows()) == agreed


def test_each_workflow_is_agreed_and_drawn():
    """No workflow of any app stands without a table that the business read, or out of the drawing."""
    from importlib import import_module

    from campion.management.commands.draw_workflows import WORKFLOWS
    from campion.workflow import Workflow

    made = {
        id(thing)
        for module in ("reports.workflow", "victims.workflow", "figures.workflow")
        for thing in vars(import_module(module)).values()
        if isinstance(thing, Workflow)
    }
    assert made == {id(workflow) for workflow, _ in AGREED}
    assert made == {id(getattr(import_module(module), name)) for module, name in WORKFLOWS.values()}


def test_the_drawing_is_up_to_date():
    call_command("draw_workflows", "--check")
