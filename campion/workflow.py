"""A workflow is a table: one row for each thing that a person may do to a record.

The same rows draw the buttons, refuse the action, print the diagram (docs/workflows.md) and are compared with a CSV
that the business can read. This module knows no models: a record is anything with a `status`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass


class Refused(Exception):
    """An action that may not be done, or not now. Its text is a sentence fit to show to the person who tried."""


@dataclass(frozen=True)
class Transition:
    """One row: who may do `verb` to a record in one of `sources`, and the status it has then (None: it stays)."""

    verb: str
    sources: Collection[str]
    target: str | None
    who: Callable
    needs_reason: bool = False
    says: str = ""
    """What the button means, for the diagram and the CSV."""


class Workflow:
    """The rows of one kind of record.

    :param noun: what the record is called in a refusal, such as "report"
    """

    def __init__(self, noun: str, *transitions: Transition):
        self.noun = noun
        self.transitions = {row.verb: row for row in transitions}
        if len(self.transitions) != len(transitions):
            raise ValueError("a verb stands twice in the table")

    def allowed(self, user, record) -> frozenset[str]:
        """Give the verbs that this person may do to this record as it is now: what a page shows as buttons."""
        return frozenset(
            row.verb for row in self.transitions.values() if record.status in row.sources and row.who(user, record)
        )

    def check(self, verb: str, user, record, *, reason: str = "") -> Transition:
        """Give the row for `verb`, if this person may do it to this record now.

        :raises Refused: with a sentence saying why not
        :raises KeyError: if no row has that verb
        """
        row = self.transitions[verb]
        if record.status not in row.sources:
            raise Refused(self._too_late(record))
        if not row.who(user, record):
            raise Refused(f"You may not {verb.replace('_', ' ')} this {self.noun}.")
        if row.needs_reason and not reason.strip():
            raise Refused("Give a reason: the person who wrote it will read it.")
        return row

    def rows(self):
        """Yield verb, from, to, who, reason for each row, as words: for the CSV and the diagram."""
        for row in self.transitions.values():
            for source in sorted(row.sources):
                yield (
                    row.verb,
                    source,
                    row.target or source,
                    " ".join(row.who.__name__.split("_")) if hasattr(row.who, "__name__") else str(row.who),
                    "reason" if row.needs_reason else "",
                )

    def _too_late(self, record) -> str:
        status = getattr(record, "get_status_display", lambda: record.status)()
        return f"This {self.noun} is now “{status}”, so that can no longer be done. Nothing was changed."
