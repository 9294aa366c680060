"""Make the tables as Django does; in an empty database, in a tenth of the time."""

import contextlib
from unittest.mock import patch

from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.operations import RunPython
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState


class Command(migrate.Command):
    def handle(self, *args, **options):
        recorder = MigrationRecorder(connections[options["database"]])
        with contextlib.nullcontext() if recorder.applied_migrations() else each_model_alone():
            return super().handle(*args, **options)


@contextlib.contextmanager
def each_model_alone():
    """Have a migration that changes a model draw that one anew, and not all that point to it in a circle as well.

    A history of models has nearly all of them in that circle, through the person who did it: Django draws each of them
    hundreds of times on the way to the first table that anybody uses. What an operation makes of a table it reads from
    that table's own model, so the tables are the same (tests/campion/soak_first_migration.py compares them). Code that
    a migration runs is given every model, drawn together.
    """
    run = RunPython.database_forwards

    def with_every_model(operation, app_label, schema_editor, *states):
        for state in states:
            state.__dict__.pop("apps", None)
        return run(operation, app_label, schema_editor, *states)

    alone = patch.object(ProjectState, "_find_reload_model", lambda _, app, model, delay=False: {(app, model)})
    with alone, patch.object(RunPython, "database_forwards", with_every_model):
        yield
