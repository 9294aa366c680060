"""Fill the calendar ahead, so that no deadline falls beyond it."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campion.bank_holidays import NATIONS, bank_holidays
from campion.models import BankHoliday

SOURCE = "Banking and Financial Dealings Act 1971 and royal proclamations, computed by the holidays package"


class Command(BaseCommand):
    help = (
        "Add the bank holidays of this year and the next ten that are not in the table yet. Never changes or deletes."
    )

    def add_arguments(self, parser):
        parser.add_argument("--years", type=int, default=10, help="how many years ahead (default 10)")

    def handle(self, *, years, **options):
        if not 1 <= years <= 50:
            raise CommandError("Give a number of years from 1 to 50.")
        this_year = timezone.localdate().year
        for nation in NATIONS:
            days = bank_holidays(nation, this_year, this_year + years)
            before = BankHoliday.objects.filter(nation=nation).count()
            BankHoliday.objects.bulk_create(
                [BankHoliday(nation=nation, on=on, name=name, source=SOURCE) for on, name in days.items()],
                ignore_conflicts=True,  # a day already there stays as it is, whoever put it there
            )
            added = BankHoliday.objects.filter(nation=nation).count() - before
            self.stdout.write(f"{nation}: {added} added, the table reaches {max(days):%d %B %Y}")
