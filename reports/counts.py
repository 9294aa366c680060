"""What may be counted of reports."""

from datetime import datetime

from campion.local_time import LONDON
from reports.models import Incident


def logged_in_month(user, moment: datetime) -> int:
    """Count the entries of the 20-second log that this person made of one London month: their own, one for each.

    :param moment: any moment of that month
    """
    start = moment.astimezone(LONDON).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    end = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    mine = Incident.objects.counted().filter(reporter=user, quick_log=True)
    return mine.filter(occurred_from__gte=start, occurred_from__lt=end).count()
