"""The working-day calendar, from BankHoliday rows: the only one that the product reads."""

from campion.models import BankHoliday
from campion.working_days import Calendar

NATION = "england-and-wales"


def england_and_wales() -> Calendar:
    """Give what is known of the bank holidays of England and Wales: one query. With no rows it knows no year."""
    days = frozenset(BankHoliday.objects.filter(nation=NATION).values_list("on", flat=True))
    years = [day.year for day in days]
    return Calendar(NATION, days, min(years, default=1), max(years, default=0))
