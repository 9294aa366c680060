"""The workflow tables are those that the business read and agreed: the CSV files beside this one."""

import csv
from pathlib import Path

import pytest
from django.core.management import call_command

from reports.workflow import incident_workflow

HERE = Path(__file__).parent


@pytest.mark.parametrize(("workflow", "file"), [(incident_workflow, "workflow_report.csv")])
def test_the_table_is_the_one_that_was_agreed(workflow, file):
    with (HERE / file).open(newline="") as opened:
        agreed = [tuple(row.values()) for row in csv.DictReader(opened)]
    assert list(workflow.rows()) == agreed


def test_the_drawing_is_up_to_date():
    call_command("draw_workflows", "--check")
