"""Reference data by file: read, check whole, then write (docs/house.md).

A file `seeds/<app>.<model>.csv` holds dated rows of one model. A row is known by the model's NATURAL fields. Rows are
updated in place and retired by `until_on`; nothing is ever deleted, and a row that no file names is left alone.
Every row of every file is checked before the first is written, and all faults are told together.

In a file: booleans are yes or no, dates are ISO, an empty cell is nothing, a list has spaces between its words. A
reference is the code of the other row: `west-mercia`, or `west-mercia/shropshire` where another field tells the codes
apart first, unless a column of that name stands in the same row.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import DatabaseError, OperationalError, connection, models, transaction

LOCK = 0x5EED5
"""The advisory lock that lets one run work at a time."""
WAIT = "60s"
"""How long a run waits for another before it gives up."""


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in a seed file, and where."""

    file: str
    line: int
    column: str
    problem: str

    def __str__(self):
        return f"{self.file}, line {self.line}{self.column and f', {self.column}'}: {self.problem}"


class SeedsRefused(Exception):
    """The files hold faults; nothing was changed. `faults` lists every one."""

    def __init__(self, faults):
        self.faults = sorted(set(faults))
        super().__init__("\n".join(map(str, self.faults)))


class SeedsBusy(Exception):
    """Another run holds the lock, and did not end in time."""


class SeedsStopped(Exception):
    """The database refused a row that had passed every check; the files before it are loaded."""


@dataclass
class Row:
    """A line of a file and the model instance it describes."""

    line: int
    cells: dict[str, str]
    instance: models.Model | None = None
    changed: bool = False
    new: bool = False
    retired: bool = False


@dataclass
class SeedFile:
    """A seed file, the model it fills, and its rows."""

    name: str
    model: type[models.Model]
    columns: list[str]
    rows: list[Row]
    readable: bool = True
    left_alone: int = 0

    def summary(self) -> str:
        """Say in one line what loading does to this file's table."""
        new = sum(row.new for row in self.rows)
        retired = sum(row.retired for row in self.rows)
        changed = sum(row.changed for row in self.rows) - new - retired
        line = f"{self.name}: {len(self.rows)} rows, {new} new, {changed} changed, {retired} retired"
        return line + (f"; {self.left_alone} in the table alone, left as they are" if self.left_alone else "")


@dataclass
class Table:
    """A model's rows by key: those in the database and those about to be."""

    model: type[models.Model]
    by_key: dict[tuple, models.Model] = field(default_factory=dict)
    by_code: dict[tuple, list[models.Model]] = field(default_factory=lambda: defaultdict(list))

    def add(self, instance, key, code):
        self.by_key[key] = instance
        self.by_code[code].append(instance)


def load(folder: Path, *, write: bool = True) -> Iterator[str]:
    """Load every seed file of a folder, in the order their references need, and give a line about each.

    One transaction a file, under an advisory lock. With `write=False` it says what would change and writes nothing.

    :raises SeedsRefused: with every fault in every file, before anything is written
    :raises SeedsBusy: if another run did not end within a minute
    :raises SeedsStopped: if the database refuses a row all the same; its file is then not changed
    """
    with _alone():
        faults: list[Fault] = []
        files = read(folder, faults)
        Check(files, faults).run()
        for file in files:
            if write:
                _write(file)
            yield file.summary()


def _write(file):
    with transaction.atomic():
        for row in file.rows:
            if row.changed:
                try:
                    row.instance.save()
                except DatabaseError as problem:
                    because = str(problem).partition("\n")[0]
                    raise SeedsStopped(
                        f"{file.name}, line {row.line}: the database refused it ({because}). "
                        "This file is not loaded, nor are those after it; those before it are."
                    ) from problem


def read(folder: Path, faults: list[Fault]) -> list[SeedFile]:
    """Read the files of a folder, in the order their references need.

    What cannot be read is added to `faults`; a file whose header is wrong comes back without rows, as not readable.
    """
    files = {}
    for path in sorted(folder.glob("*.csv")):
        try:
            file = _read_one(path, faults)
        except (UnicodeDecodeError, csv.Error) as problem:
            faults.append(Fault(path.name, 1, "", f"cannot be read as UTF-8 CSV ({problem})"))
            continue
        if file:
            files[file.model] = file
    if not files and not faults:
        faults.append(Fault(str(folder), 1, "", "there is no seed file in this folder"))
    needs = {
        model: {
            f.related_model for f in _references(model) if f.related_model in files and f.related_model is not model
        }
        for model in sorted(files, key=lambda model: files[model].name)
    }
    try:
        return [files[model] for model in TopologicalSorter(needs).static_order()]
    except CycleError as cycle:
        names = " → ".join(files[model].name for model in cycle.args[1])
        faults.append(Fault(str(folder), 1, "", f"these files need each other in a circle: {names}"))
        return []


def _read_one(path, faults) -> SeedFile | None:
    def refuse(line, column, problem):
        faults.append(Fault(path.name, line, column, problem))

    text = path.read_bytes().decode("utf-8")
    if "\r" in text or "\0" in text or text.startswith("\ufeff"):
        refuse(1, "", "has a byte order mark, a NUL or Windows line ends: save as plain UTF-8 with LF")
        return None
    try:
        app, name, _ = path.name.split(".")
        model = apps.get_model(app, name)
        if path.name != f"{model._meta.label_lower}.csv":
            raise ValueError(path.name)
    except (ValueError, LookupError):
        refuse(1, "", "is not named <app>.<model>.csv after a model of this project")
        return None
    if not getattr(model, "NATURAL", None):
        refuse(1, "", f"{model.__name__} has no NATURAL fields, so its rows cannot be told apart")
        return None
    before = len(faults)
    reader = csv.reader(io.StringIO(text), strict=True)
    columns = next(reader, [])
    known = {f.name for f in model._meta.concrete_fields if not f.primary_key}
    for column in sorted(set(columns) - known):
        refuse(1, column, f"is not a field of {model.__name__}")
    for column in sorted({c for c in columns if columns.count(c) > 1}):
        refuse(1, column, "stands twice in the header")
    for column in sorted(set(model.NATURAL) - set(columns)):
        refuse(1, column, "is missing, and a row is known by it")
    for column in sorted(known & {"from_on", "until_on", "source"} - set(columns) - set(model.NATURAL)):
        refuse(1, column, "is missing, and every row is dated and says where it is from")
    if len(faults) > before:
        return SeedFile(path.name, model, columns, [], readable=False)
    rows, last = [], reader.line_num
    for cells in reader:
        line, last = last + 1, reader.line_num
        if len(cells) != len(columns):
            refuse(line, "", f"has {len(cells)} cells where the header has {len(columns)}")
        else:
            rows.append(Row(line, dict(zip(columns, cells, strict=True))))
    return SeedFile(path.name, model, columns, rows)


class Check:
    """Turn rows into instances and find everything wrong with them, without a write."""

    def __init__(self, files: list[SeedFile], faults: list[Fault]):
        self.files = files
        self.faults = faults
        self._unreadable = {file.model for file in files if not file.readable}
        self._tables: dict[type, Table] = {}

    def run(self) -> None:
        """Fill every row's instance, put rows that others need first, and mark what is new, changed or retired.

        :raises SeedsRefused: with every fault, those of reading among them
        """
        for file in self.files:
            if not file.readable or self._unreadable & {f.related_model for f in _references(file.model)}:
                continue  # what these rows refer to is not known yet
            table = self._table(file.model)
            stored = set(table.by_key)
            named: dict[tuple, Row] = {}
            file.rows = self._parents_first(file)
            for row in file.rows:
                self._describe(file, row, table, named)
            file.left_alone = len(stored - set(named))
            self._periods(file, table)
            self._once(file, table)
        if self.faults:
            raise SeedsRefused(self.faults)

    def _refuse(self, file, row, column, problem):
        self.faults.append(Fault(file.name, row.line, column, problem))

    def _table(self, model) -> Table:
        if model not in self._tables:
            table = self._tables[model] = Table(model)
            for target in {f.related_model for f in _references(model)} - {model}:
                self._table(target)
            joined = [f.name for f in _references(model) if f.name in model.NATURAL]
            for instance in model._base_manager.select_related(*joined) if joined else model._base_manager.all():
                table.add(instance, _key(instance), _code(instance))
        return self._tables[model]

    def _parents_first(self, file) -> list[Row]:
        inward = [f.name for f in _references(file.model) if f.related_model is file.model and f.name in file.columns]
        rows = {_code_in(file.model, row.cells): n for n, row in enumerate(file.rows)}
        needs = {
            n: {rows.get(_code_named(file.model, row.cells, row.cells[name])) for name in inward} - {None}
            for n, row in enumerate(file.rows)
        }
        try:
            return [file.rows[n] for n in TopologicalSorter(needs).static_order()]
        except CycleError as cycle:
            self._refuse(file, file.rows[cycle.args[1][0]], inward[0], "leads back to itself through other rows")
            return file.rows

    def _describe(self, file, row, table, named):
        """Parse a row, find or make its instance, set what differs, and check it as the model would."""
        values = {}
        for column, cell in row.cells.items():
            try:
                values[column] = self._value(file.model._meta.get_field(column), cell, row)
            except ValidationError as problem:
                self._refuse(file, row, column, " ".join(problem.messages))
        if len(values) < len(row.cells):
            return
        fresh = file.model(**values)
        key, code = _key(fresh), _code(fresh)
        if key in named:
            self._refuse(file, row, "", f"has the same {', '.join(file.model.NATURAL)} as line {named[key].line}")
            return
        named[key] = row
        row.instance = table.by_key.get(key)
        if row.instance is None:
            row.instance, row.new, row.changed = fresh, True, True
            table.add(fresh, key, code)
        else:
            row.retired = values.get("until_on") is not None and row.instance.until_on is None
            for column, value in values.items():
                if not _same(row.instance, column, value):
                    setattr(row.instance, column, value)
                    row.changed = True
        self._as_the_model_would(file, row)

    def _as_the_model_would(self, file, row):
        instance = row.instance
        references = {f.name for f in _references(file.model)}
        try:
            instance.full_clean(exclude=references, validate_unique=False, validate_constraints=False)
        except ValidationError as problem:
            for column, messages in problem.message_dict.items():
                self._refuse(file, row, column if column in row.cells else "", " ".join(messages))
        from_on, until_on = getattr(instance, "from_on", None), getattr(instance, "until_on", None)
        if isinstance(from_on, date) and until_on and until_on < from_on:
            self._refuse(file, row, "until_on", f"ends on {until_on}, before it starts on {from_on}")
        elif row.changed:
            for constraint in file.model._meta.constraints:
                if isinstance(constraint, models.CheckConstraint):
                    try:
                        constraint.validate(file.model, instance, exclude=references)
                    except ValidationError as problem:
                        self._refuse(file, row, "", f"{constraint.name}: {' '.join(problem.messages)}")

    def _value(self, model_field, cell, row):
        """Give the Python value of a cell.

        :raises ValidationError: with a sentence that follows the place of the cell
        """
        if isinstance(model_field, models.ForeignKey):
            return self._referred(model_field, cell, row)
        if isinstance(model_field, models.BooleanField):
            if cell not in ("yes", "no") and not (cell == "" and model_field.null):
                raise ValidationError(f"“{cell}” is not yes or no")
            return {"yes": True, "no": False}.get(cell)
        if isinstance(model_field, ArrayField):
            return [model_field.base_field.to_python(word) for word in cell.split()]
        if cell == "":
            if isinstance(model_field, models.CharField | models.TextField) and not model_field.null:
                return ""
            if not model_field.null:
                raise ValidationError("is empty, and must not be")
            return None
        if isinstance(model_field, models.DateField):
            try:
                return date.fromisoformat(cell)
            except ValueError:
                raise ValidationError(f"“{cell}” is not a date written 2026-01-19") from None
        return model_field.to_python(cell)

    def _referred(self, model_field, cell, row):
        if cell == "":
            if not model_field.null:
                raise ValidationError("is empty, and must name another row")
            return None
        target = model_field.related_model
        table, code = self._table(target), _code_named(target, row.cells, cell)
        found = table.by_code.get(code, [])
        if not found and len(code) < len(_code_fields(target)):  # short of its first part: enough if only one fits
            found = [i for known, many in table.by_code.items() if known[-len(code) :] == code for i in many]
        if len(found) > 1 and row.cells.get("from_on"):
            on = row.cells["from_on"]
            found = [i for i in found if str(i.from_on) <= on and (i.until_on is None or on <= str(i.until_on))]
        if len(found) != 1:
            raise ValidationError(
                f"“{cell}” names {'no' if not found else 'more than one'} {target._meta.verbose_name}"
            )
        return found[0]

    def _periods(self, file, table):
        """No two rows of one code may apply on the same day, nor two of what the database lets begin once a day."""
        if not {"from_on", "until_on"} <= {f.name for f in file.model._meta.concrete_fields}:
            return
        row_of = _rows_by_instance(file)
        for names in [names for names in _unique_together(file.model) if "from_on" in names] or [()]:
            alone = [name for name in names if name != "from_on"]
            together = defaultdict(list)
            for code, instances in table.by_code.items():
                for instance in instances:
                    group = tuple(_plain(instance, name) for name in alone) or code
                    together[group].append(instance)
            for instances in together.values():
                for before, after in pairwise(sorted(instances, key=lambda instance: instance.from_on)):
                    row = row_of.get(id(after)) or row_of.get(id(before))
                    if row and before.from_on < after.from_on <= (before.until_on or date.max):
                        until = before.until_on or "further notice"
                        other = f"applies from {before.from_on} until {until}, and the next from {after.from_on}"
                        self._refuse(
                            file,
                            row,
                            "from_on",
                            f"overlaps a row of the same {' and '.join(alone) or 'code'}: one {other}",
                        )

    def _once(self, file, table):
        """What the database holds to be unique is unique, among these rows and those already there."""
        row_of = _rows_by_instance(file)
        for names in _unique_together(file.model):
            seen = {}
            for instance in table.by_key.values():
                value = tuple(_plain(instance, name) for name in names)
                if None in value:
                    continue
                other = seen.setdefault(value, instance)
                row = row_of.get(id(instance)) or row_of.get(id(other))
                if other is not instance and row:
                    self._refuse(file, row, names[-1], f"another row has the same {' and '.join(names)}")


def _rows_by_instance(file) -> dict[int, Row]:
    return {id(row.instance): row for row in file.rows if row.instance is not None}


def _unique_together(model) -> list[tuple[str, ...]]:
    fields = [(f.name,) for f in model._meta.concrete_fields if f.unique and not f.primary_key]
    return fields + [
        tuple(c.fields)
        for c in model._meta.constraints
        if isinstance(c, models.UniqueConstraint) and c.fields and c.condition is None
    ]


def _references(model):
    return [f for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey)]


def _code_fields(model) -> list[str]:
    """The NATURAL fields that name a row; the dates among them tell its periods apart."""
    if not getattr(model, "NATURAL", None):
        raise ValidationError(f"names a {model.__name__}, which has no NATURAL fields")
    dates = ("from_on", "until_on")
    return [name for name in model.NATURAL if name not in dates]


def _code(instance) -> tuple:
    code = []
    for name in _code_fields(type(instance)):
        value = getattr(instance, name)
        code += _code(value) if isinstance(value, models.Model) else [str(value)]
    return tuple(code)


def _key(instance) -> tuple:
    model = type(instance)
    return (
        *_code(instance),
        *(str(getattr(instance, name)) for name in model.NATURAL if name in ("from_on", "until_on")),
    )


def _code_in(model, cells) -> tuple:
    return tuple(part for name in _code_fields(model) for part in cells[name].split("/"))


def _code_named(model, cells, cell) -> tuple:
    """Read a reference: what stands in the cell, and before it what the row itself says in columns of those names."""
    parts, names = cell.split("/"), _code_fields(model)
    missing = names[: max(len(names) - len(parts), 0)]
    if all(name in cells for name in missing):
        return (*(part for name in missing for part in cells[name].split("/")), *parts)
    return tuple(parts)


def _plain(instance, name):
    """Give a field's value as it can be compared; a reference to a row that is not stored yet is that very row."""
    value = getattr(instance, instance._meta.get_field(name).attname)
    if value is None and (unsaved := instance._state.fields_cache.get(name)) is not None:
        return "new", id(unsaved)
    return value


def _same(instance, column, value) -> bool:
    if isinstance(value, models.Model):
        held = instance._meta.get_field(column).attname
        return value.pk is not None and getattr(instance, held) == value.pk
    return getattr(instance, instance._meta.get_field(column).attname) == value


@contextmanager
def _alone():
    """Let one run work at a time: the second waits, then finds nothing left to do."""
    limits = "SELECT set_config('lock_timeout', %s, true), set_config('statement_timeout', '0', true)"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(limits, [WAIT])
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    except OperationalError as problem:
        raise SeedsBusy(f"The seeds are being loaded elsewhere, and were not ready after {WAIT}.") from problem
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
