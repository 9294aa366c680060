"""Parts of a query whose SQL is written once for the process: to build them anew takes longer than to run them.

    def _files():
        return ArraySubquery(Evidence.objects.filter(incident=OuterRef("pk"), by=Given("user")).values("name"))

    Incident.objects.annotate(files=written(_files, user=user.pk))

What is made may look at the columns of the row that it is a column of (`OuterRef`), not at what that row points to; and
what changes from one use to the next (a person, a day) comes in as a parameter (`Given`), never as a value.
"""

import functools
import re

from django.db import DEFAULT_DB_ALIAS
from django.db.models import BooleanField, Expression, F, Func, Value

_ALIAS = re.compile(r'(?<!")\b([U-Z]\d+)\b(?!")')
"""What Django calls the tables of a query inside another; it does not quote them."""


class Given(Value):
    """A parameter of what is written: its name, and the field whose kind it is."""

    def __init__(self, name, output_field):
        super().__init__(name, output_field=output_field)

    def as_sql(self, compiler, connection):
        return "%s", [_Parameter(self.value)]


class AnyOf(Func):
    """Whether a column is one of a list that is given: `AnyOf("unit", Given("units", ArrayField(…)))`."""

    template, arg_joiner = "%(expressions)s)", " = ANY("
    output_field = BooleanField()


class _Parameter(str):
    """A parameter's name, where its value will stand."""


class Written(Expression):
    """A column whose SQL stands, on whatever name the query gives to the row's table."""

    def __init__(self, make, given):
        super().__init__()
        self.make, self.given, self.row = make, given, F("pk")

    def get_source_expressions(self):
        return [self.row]

    def set_source_expressions(self, expressions):
        (self.row,) = expressions

    def resolve_expression(self, query=None, *args, **kwargs):
        resolved = super().resolve_expression(query, *args, **kwargs)
        resolved.output_field = _write(resolved.row.target.model, self.make)[2]
        return resolved

    def as_sql(self, compiler, connection):
        table = self.row.target.model._meta.db_table
        sql, parameters, _ = _write(self.row.target.model, self.make)
        if self.row.alias != table:
            quoted = compiler.quote_name_unless_alias
            sql = sql.replace(f"{quoted(table)}.", f"{quoted(self.row.alias)}.")
        return sql, [self.given[each] if isinstance(each, _Parameter) else each for each in parameters]


def written(make, **given):
    """Give the column that `make()` gives, a function of a module: it is asked once for each model."""
    return Written(make, given)


@functools.cache
def _write(model, make):
    query = model._base_manager.all().query
    made = make().resolve_expression(query)
    sql, parameters = query.get_compiler(DEFAULT_DB_ALIAS).compile(made)
    if any(used for alias, used in query.alias_refcount.items() if alias != model._meta.db_table):
        raise ValueError(f"{make.__qualname__} looks at what a row of {model.__name__} points to.")
    return _ALIAS.sub(r"written_\1", sql), parameters, made.output_field
