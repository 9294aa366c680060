"""The house keeps its own rules: read from the code and the models, so that a new room cannot forget them."""

import ast
import importlib.metadata
import re
from pathlib import Path

import pghistory
import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.backends.postgresql.psycopg_any import is_psycopg3

from campion.models import Reference
from campion.sealed import SecretText

ROOT = Path(settings.ROOT)
APPS = ("campion", "reports", "victims", "figures")
OURS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
HISTORY = [model for model in OURS if issubclass(model, pghistory.models.Event)]
SOURCES = [
    path
    for app in APPS
    for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts and "__pycache__" not in path.parts
]

ROWS = {"create", "bulk_create", "update_or_create", "get_or_create", "bulk_update"}


def test_the_driver_is_psycopg2_and_psycopg_3_is_absent():
    assert not is_psycopg3
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("psycopg")


def _may_write(path):
    parts = path.relative_to(ROOT).parts
    return (
        "actions" in parts
        or parts[-1]
        in {
            "actions.py",
            "audit.py",
            "seeds.py",
            "messages.py",
            "kept.py",
            "pulse.py",
            "fill_bank_holidays.py",
            "health.py",
        }
        or "demo" in parts
    )


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if not _may_write(path)], ids=lambda p: str(p.relative_to(ROOT))
)
def test_nothing_but_an_action_writes_rows(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ROWS:
            raise AssertionError(f"{path.name}:{node.lineno} writes rows: that is an action's part")


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_and_every_public_function_of_the_rules_says_what_it_does(path):
    tree = ast.parse(path.read_text())
    if path.name != "__init__.py" or path.stat().st_size:
        assert ast.get_docstring(tree), f"{path} says nothing of itself"
    if not ({"actions", "permissions.py", "readiness.py", "deadlines.py", "audit.py"} & set(path.parts)):
        return
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{path}:{node.lineno} {node.name} says nothing of itself"


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if "actions" in p.parts and p.stem[0] != "_"], ids=lambda p: p.stem
)
def test_an_action_takes_keywords_and_says_who_and_when(path):
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            names = {argument.arg for argument in node.args.kwonlyargs}
            if "at" in names:
                assert len(node.args.args) <= 1, f"{node.name} takes more than the record by position"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_who_and_when_are_known_together(model):
    """Every pair x_at and x_by that may be empty is held together by a named constraint (docs/rules.md)."""
    names = {field.name for field in model._meta.get_fields() if isinstance(field, models.Field)}
    if model in HISTORY:
        return
    constraints = [str(c.condition) for c in model._meta.constraints if isinstance(c, models.CheckConstraint)]
    for name in names:
        stem = name.removesuffix("_at")
        if name.endswith("_at") and f"{stem}_by" in names and model._meta.get_field(name).null:
            held = [c for c in constraints if f"{stem}_at" in c and f"{stem}_by" in c]
            assert held, f"{model.__name__}.{name} and {stem}_by can part company"


@pytest.mark.parametrize("model", HISTORY, ids=lambda model: model._meta.label)
def test_history_holds_codes_states_dates_and_keys_only(model):
    for field in model._meta.fields:
        if field.name.startswith("pgh_"):  # of pghistory itself: which trigger, when, in which context
            continue
        assert not isinstance(field, SecretText), f"{field.name} is sealed: it must not be kept in history"
        assert not isinstance(field, models.TextField), f"{field.name} is free text: it must not be kept in history"


PRIVATE = re.compile(
    r"narrative|contact$|outside|words|safe_times|place_detail|late_reason|body$|description|note(s)?$|nominal|mental"
)


@pytest.mark.parametrize("model", [m for m in OURS if m not in HISTORY], ids=lambda model: model._meta.label)
def test_words_about_people_are_sealed(model):
    for field in model._meta.fields:
        if issubclass(model, Reference):
            continue
        if isinstance(field, models.TextField | models.CharField) and PRIVATE.search(field.name):
            coded = bool(field.choices)
            assert coded or isinstance(field, SecretText), f"{model.__name__}.{field.name} is not sealed"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_times_end_at_and_dates_end_on(model):
    if model in HISTORY:
        return
    allowed = {"at", "on", "occurred_from", "occurred_to", "policing_day", "leased_until", "last_login", "month"}
    for field in model._meta.fields:
        if isinstance(field, models.DateTimeField):
            assert field.name in allowed or field.name.endswith("_at"), f"{model.__name__}.{field.name}"
        elif isinstance(field, models.DateField):
            assert field.name in allowed or field.name.endswith("_on"), f"{model.__name__}.{field.name}"


def _constraints():
    for model in OURS:
        for constraint in model._meta.constraints:
            if not constraint.name.endswith("_ends_after_it_starts") or model.__name__ == "Incident":
                yield constraint.name


@pytest.mark.parametrize("name", sorted(set(_constraints())))
def test_every_named_constraint_is_broken_once_by_a_test(name):
    stories = [path for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__)]
    assert any(name in path.read_text() for path in stories), f"no test breaks {name}"


@pytest.mark.parametrize(
    "path",
    [
        path
        for folder in ("campion", "reports", "victims", "figures", "tests", "templates", "docs", "seeds")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and path.suffix in {".py", ".html", ".txt", ".md", ".csv"}
    ],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_nothing_is_left_for_later_and_nothing_names_this_machine(path):
    if path == Path(__file__):
        return
    text = path.read_text()
    for word in ("TODO", "FIXME", "coming soon", "lorem ipsum", "/work/", "../shared"):
        assert word.lower() not in text.lower(), f"{path} holds “{word}”"


def test_names_that_say_nothing_are_not_used():
    vague = {"utils", "helpers", "manager", "managers", "service", "services", "handler", "handlers", "info", "data"}
    assert not [path for path in SOURCES if path.stem in vague]
