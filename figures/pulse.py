"""The anonymous question, once a month: were you assaulted or abused, and did you report it (features N16).

Recorded figures count what was reported. This counts what was not. An answer is tied to nobody: its row has the month,
the force and the answer under a random key, and no time; that somebody was asked stands in another table, by month
alone, written when they were asked and in another transaction, whether or not they answer. No audit line names an
answer. Whoever may read the database's own bookkeeping could guess from the order of rows within a month: so the rows
of who was asked are deleted as soon as the month is over.
"""

from datetime import date, datetime

from django.db.models import Count

from campion.working_days import london_date
from figures.cubes import ALL
from figures.disclosure import Count as Counted
from figures.models import PulseAnswer, PulseAsked


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
    if PulseAsked.objects.filter(user=user, month=month).exists():
        return None
    made = PulseAsked.objects.bulk_create([PulseAsked(user=user, month=month)], ignore_conflicts=True)
    return month if made else None


def answer(*, force, month: date, happened: str, reported: str) -> None:
    """Keep one answer, of nobody.

    :raises django.db.IntegrityError: if the two do not go together (a constraint)
    """
    PulseAnswer.objects.create(force=force, month=month, happened=happened, reported=reported)


def forget_who_was_asked(*, at: datetime) -> int:
    """Delete who was asked about a month that is no longer asked about; give how many that was."""
    return PulseAsked.objects.filter(month__lt=asked_about(at)).delete()[0]


def counts(*, force, since: date, until: date) -> tuple[dict, dict]:
    """Count the answers of months from `since`, before `until`: the atoms of the block `pulse`, and its cube's cells.

    An answer counts as a person and as an event of its own: nobody can tell whether two come from one person.

    :returns: ({(happened, reported): number}, {(happened or "all", reported or "all"): disclosure.Count})
    """
    rows = PulseAnswer.objects.filter(force=force, month__gte=since, month__lt=until)
    atoms = {
        (happened, reported): number
        for happened, reported, number in rows.values_list("happened", "reported").annotate(number=Count("pk"))
    }
    cells: dict[tuple[str, str], int] = {}
    for happened in (*PulseAnswer.Happened.values, ALL):
        for reported in (*PulseAnswer.Reported.values, ALL):
            cells[happened, reported] = sum(
                number for (h, r), number in atoms.items() if happened in (h, ALL) and reported in (r, ALL)
            )
    return atoms, {cell: Counted(number, number, number) for cell, number in cells.items()}
