"""Rows that come along with a record in the record's own query: a page with a form has six queries to spend."""

import functools

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.db.models.query import ModelIterable

from campion.written import written


def alongside(rows, **children):
    """Have a queryset bring rows that point at its own, in the same query: instances, as if they were prefetched.

    :param children: by the name of the way back, a function of a module that gives a queryset in the order wanted; it
        brings what it selects as related (one step) and what it is annotated with (plain values)
    """
    brought = dict(getattr(rows._iterable_class, "brought", {}))
    columns = {}
    for name, make in children.items():
        column, brought[name] = _brought(rows.model, name, make)
        columns[f"brought_{name}"] = written(column)
    rows = rows.annotate(**columns)
    rows._iterable_class = type("BringingIterable", (BringingIterable,), {"brought": brought})
    return rows


@functools.cache
def _brought(model, name, make):
    relation, queryset = model._meta.get_field(name), make()
    related = tuple(queryset.query.select_related or ())

    def column():
        own = queryset.filter(**{relation.field.name: OuterRef("pk")})
        return ArraySubquery(own.values(row=_as_json(queryset.model, related, tuple(queryset.query.annotations))))

    return column, (relation, queryset.model, related)


class BringingIterable(ModelIterable):
    """Give each record with the rows that came along, in the place of those that a prefetch would have put there."""

    brought = {}

    def __iter__(self):
        for record in super().__iter__():
            for name, (relation, model, related) in self.brought.items():
                found = record.__dict__.pop(f"brought_{name}")
                rows = [_instance(model, values, related, using=record._state.db) for values in found]
                for row in rows:
                    relation.field.set_cached_value(row, record)
                _put(record, name, rows)
            yield record


def _as_json(model, related=(), plain=(), prefix=""):
    fields = {field.attname: F(f"{prefix}{field.attname}") for field in model._meta.concrete_fields}
    nested = {f"to_{name}": _as_json(_model(model, name), prefix=f"{prefix}{name}__") for name in related}
    return JSONObject(**fields, **nested, **{name: F(name) for name in plain})


def _model(model, name):
    return model._meta.get_field(name).related_model


def _instance(model, values, related=(), *, using):
    """Make the instance that the database's own row would have made."""
    fields = model._meta.concrete_fields
    row = model.from_db(using, [field.attname for field in fields], [_value(field, values) for field in fields])
    for name in related:
        relation, known = model._meta.get_field(name), values.pop(f"to_{name}")
        other = relation.related_model
        found = _instance(other, known, using=using) if known[other._meta.pk.attname] is not None else None
        relation.set_cached_value(row, found)
        if found is not None and relation.one_to_one:
            relation.remote_field.set_cached_value(found, row)
    for name in values.keys() - {field.attname for field in fields}:
        setattr(row, name, values[name])
    return row


def _value(field, values):
    value = values[field.attname]
    opener = getattr(field, "from_db_value", None)
    return opener(value, None, connection) if opener else field.to_python(value)


def _put(record, name, rows):
    manager = getattr(record, name)
    queryset = manager.get_queryset()
    queryset._result_cache, queryset._prefetch_done = rows, True
    record.__dict__.setdefault("_prefetched_objects_cache", {})[name] = queryset
