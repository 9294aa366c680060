"""The anonymous question, once a month: were you assaulted or abused, and did you report it (features N16).

Recorded figures count what was reported. This counts what was not. An answer is tied to nobody: its row has the month,
the force and the answer under a random key, and no time; that somebody was asked stands in another table, by month
alone, written when they were asked and in another transaction, whether or not they answer. No audit line names an
answer. Whoever may read the database's own bookkeeping could guess from the order of rows within a month: so the rows
of who was asked are deleted as soon as the month is over. The bookkeeping of the answers themselves stays (which
transaction wrote a row), and so does that of the audit log: somebody with the rights of the database's owner could
still lay the two side by side.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import F

from campion.working_days import london_date
from figures.models import PulseAnswer, PulseAsked
from reports.counts import Counted, counted


def asked_about(at: datetime) -> date:
    """Give the month that is asked about, as its first day: the last whole one in London."""
    today = london_date(at)
    return date(today.year - (today.month == 1), (today.month - 2) % 12 + 1, 1)


def ask(user, *, at: datetime) -> date | None:
    """Give the month to ask this person about, and remember that they were asked; None if they were already.

    Asked are those of the workforce who sign in: whoever may report. Two pages at once ask once.
    """
    if not user.may_report:
        return None
    month = asked_about(at)
    _, made = PulseAsked.objects.get_or_create(user=user, month=month)
    return month if made else None


@contextmanager
def one_at_a_time(user) -> Iterator[None]:
    """Let one answer of a person be taken in at a time, in a transaction that ends before the answer is written.

    A lock and no row: a row of the person's, written beside the answer, would lead from the one to the other.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('campion.pulse'), %s)", [user.pk % 2**31])
        yield


def answer(*, force, month: date, happened: str, reported: str) -> None:
    """Keep one answer, of nobody.

    :raises django.db.IntegrityError: if the two do not go together (a constraint)
    """
    PulseAnswer.objects.create(force=force, month=month, happened=happened, reported=reported)


def forget_who_was_asked(*, at: datetime) -> int:
    """Delete who was asked about a month that is no longer asked about; give how many that was."""
    return PulseAsked.objects.filter(month__lt=asked_about(at)).delete()[0]


def count(force_id: int, months: Iterable[str], dimensions: Sequence[str], tables: Iterable[Sequence[str]]) -> Counted:
    """Count the answers about some months by what happened and whether it was reported, with every margin.

    An answer counts as a person and an event of its own: nobody can tell whether two come from one person.

    :param months: codes, such as 2025-04
    """
    asked_about = [date.fromisoformat(f"{month}-01") for month in months]
    rows = PulseAnswer.objects.filter(force=force_id, month__in=asked_about).order_by()
    rows = rows.annotate(person_key=F("key"), incident_key=F("key"))
    return counted(rows, "assaults", {name: F(name) for name in dimensions}, tables, {})
