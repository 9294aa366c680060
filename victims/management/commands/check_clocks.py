"""Compute every clock again from what is stored with it, and say how many agree (docs/adr/0007)."""

from functools import lru_cache

from django.core.management.base import BaseCommand, CommandError

from campion.models import Force
from campion.working_days import Calendar
from victims import deadlines
from victims.calendars import england_and_wales
from victims.models import Clock

BATCH = 5_000
SAY_EVERY = 100_000
FIELDS = (
    "pk", "key", "started_at", "unit", "amount", "end_of_duty_at", "enhanced_at", "enhanced_amount", "due_on", "due_at",
    "first_due_on", "first_due_at", "calendar_edition", "rule_edition",
)  # fmt: skip


class Calendars:
    """The holidays as they were known when a clock was made, by the edition that it keeps."""

    def __init__(self):
        self.known = england_and_wales()
        self.of_edition = lru_cache(maxsize=100)(self._of_edition)

    def _of_edition(self, edition):
        """Give the calendar of an edition such as "england-and-wales 2015-2036 (185)"; None if it is not known now."""
        if edition in ("", deadlines.EVERY_DAY, self.known.edition):
            return self.known
        try:
            first, last = map(int, edition.split(" ")[1].split("-"))
        except (IndexError, ValueError):
            return None
        days = frozenset(day for day in self.known.holidays if first <= day.year <= last)
        found = Calendar(self.known.nation, days, first, last)
        return found if found.edition == edition else None


def agrees(row, calendar) -> bool:
    """Whether a clock's limit is what its stored inputs give.

    :param row: the values of FIELDS by name
    """
    limit = deadlines.Limit("", "", row["amount"], row["unit"])
    first = found = deadlines.deadline(row["started_at"], limit, calendar, end_of_duty=row["end_of_duty_at"])
    amount = row["amount"]
    if row["enhanced_at"]:
        amount = row["enhanced_amount"]
        fast = deadlines.Limit("", "", amount, row["unit"])
        found = deadlines.enhanced(first, fast, row["enhanced_at"], calendar)
        if (first.due_on, first.due_at) != (row["first_due_on"], row["first_due_at"]):
            return False
    named = row["rule_edition"].endswith(f": {amount} {row['unit']}")
    return named and (found.due_on, found.due_at) == (row["due_on"], row["due_at"])


class Command(BaseCommand):
    help = "Compute every clock again from what is stored with it, and say how many agree."

    def add_arguments(self, parser):
        parser.add_argument("--force", help="the code of one force; without it, every force")

    def handle(self, *, force, **options):
        rows = Clock.objects.order_by("pk")
        if force:
            if not Force.objects.filter(code=force).exists():
                raise CommandError(f"There is no force with the code {force}.")
            rows = rows.filter(referral__force__code=force)
        calendars, counts = Calendars(), {"agree": 0, "waiting": 0, "unknown": 0, "wrong": 0}
        for number, row in enumerate(self._each(rows), 1):
            how = self._standing(row, calendars)
            counts[how] += 1
            if how == "wrong":
                self.stdout.write(f"{row['key']} does not agree")
            if number % SAY_EVERY == 0:
                self.stderr.write(f"{number:,} clocks computed …")
        self.stdout.write(
            f"{sum(counts.values()):,} clocks: {counts['agree']:,} agree, {counts['waiting']:,} wait for holidays, "
            f"{counts['unknown']:,} were made with holidays that are not known so any more, "
            f"{counts['wrong']:,} do not agree."
        )
        if counts["wrong"]:
            raise CommandError(f"{counts['wrong']:,} do not agree: their keys are above.")

    @staticmethod
    def _each(rows):
        """Give every row, so many at a time, by key: memory does not grow and no statement runs long."""
        last = 0
        while batch := list(rows.filter(pk__gt=last).values(*FIELDS)[:BATCH]):
            yield from batch
            last = batch[-1]["pk"]

    @staticmethod
    def _standing(row, calendars):
        if row["due_on"] is None and row["unit"] == deadlines.Unit.WORKING_DAYS:
            return "waiting"
        calendar = calendars.of_edition(row["calendar_edition"])
        if calendar is None:
            return "unknown"
        return "agree" if agrees(row, calendar) else "wrong"
