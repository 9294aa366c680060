"""The tables that a first migration made are those of the models: each column, constraint and index of each."""

import pytest
from django.apps import apps
from django.core.management import get_commands
from django.db import connection
from django.db.migrations.state import ModelState, ProjectState

from campion.management.commands.migrate import each_model_alone
from campion.models import Force

pytestmark = pytest.mark.django_db


def test_every_column_constraint_and_index_is_there():
    introspection = connection.introspection
    with connection.cursor() as cursor:
        for model in (model for model in apps.get_models() if model._meta.managed and not model._meta.proxy):
            meta = model._meta
            columns = {column.name for column in introspection.get_table_description(cursor, meta.db_table)}
            assert columns == {field.column for field in meta.local_concrete_fields}, meta.label
            found = introspection.get_constraints(cursor, meta.db_table)
            named = {each.name for each in (*meta.constraints, *meta.indexes)}
            assert named <= found.keys(), meta.label
            keys = {column for each in found.values() if each["foreign_key"] for column in each["columns"]}
            wanted = {
                field.column for field in meta.local_concrete_fields if field.remote_field and field.db_constraint
            }
            assert keys == wanted, meta.label


def test_a_model_is_drawn_alone_and_afterwards_together_again():
    assert get_commands()["migrate"] == "campion"
    state = ProjectState()
    for model in apps.get_models():
        state.add_model(ModelState.from_model(model))
    forces, units = (state.apps.get_model("campion", name) for name in ("force", "unit"))
    with each_model_alone():
        state.reload_model("campion", "force")
    assert state.apps.get_model("campion", "force") is not forces
    assert state.apps.get_model("campion", "unit") is units
    state.reload_model("campion", Force._meta.model_name)
    assert state.apps.get_model("campion", "unit") is not units
