"""When somebody may be rung, from what they said: without a database. Times are London's."""

from datetime import date, datetime, time

import pytest

from campion.working_days import LONDON
from victims.safe_times import AFTER_NIGHTS, Said, reach, unsafe


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


QUIET = Said(quiet_from=time(22), quiet_until=time(7))
NIGHTS = Said(nights_until_on=date(2026, 12, 23))
LUNCH = Said(quiet_from=time(12), quiet_until=time(13))


@pytest.mark.parametrize(
    ("said", "moment", "now", "why", "opens"),
    [
        (Said(), "2026-12-21 03:00", True, "", None),
        (QUIET, "2026-12-21 21:59", True, "", None),
        (QUIET, "2026-12-21 22:00", False, "quiet", "2026-12-22 07:00"),
        (QUIET, "2026-12-22 03:00", False, "quiet", "2026-12-22 07:00"),
        (QUIET, "2026-12-22 07:00", True, "", None),
        (LUNCH, "2026-12-22 12:30", False, "quiet", "2026-12-22 13:00"),
        (NIGHTS, "2026-12-22 06:59", True, "", None),
        (NIGHTS, "2026-12-22 07:00", False, "nights", "2026-12-22 16:00"),
        (NIGHTS, "2026-12-23 15:59", False, "nights", "2026-12-23 16:00"),
        (NIGHTS, "2026-12-24 10:00", False, "nights", "2026-12-24 16:00"),
        (NIGHTS, "2026-12-25 10:00", True, "", None),
        (Said(quiet_from=time(12), quiet_until=time(13), nights_until_on=date(2026, 12, 23)), "2026-12-22 10:00",
         True, "", None),
        # the nights on which the clocks change
        (QUIET, "2026-10-25 03:00", False, "quiet", "2026-10-25 07:00"),
        (QUIET, "2026-03-29 03:00", False, "quiet", "2026-03-29 07:00"),
    ],
)  # fmt: skip
def test_reach(said, moment, now, why, opens):
    found = reach(said, at(moment))
    assert (found.now, found.why) == (now, why)
    assert found.opens_at == (at(opens) if opens else None)


def test_it_says_until_when():
    assert reach(QUIET, at("2026-12-21 12:00")).closes_at == at("2026-12-21 22:00")
    assert reach(Said(), at("2026-12-21 12:00")).closes_at is None


@pytest.mark.parametrize(
    ("said", "channel", "moment", "why"),
    [
        (Said(), "call", "2026-12-21 03:00", []),
        (Said(best="text"), "call", "2026-12-21 12:00", ["way"]),
        (Said(best="text", ways=("call",)), "call", "2026-12-21 12:00", []),
        (Said(ways=("email",)), "letter", "2026-12-21 12:00", ["way"]),
        (QUIET, "call", "2026-12-21 23:00", ["quiet"]),
        (QUIET, "email", "2026-12-21 23:00", []),
        (NIGHTS, "text", "2026-12-22 09:00", ["nights"]),
        (Said(best="email", nights_until_on=date(2026, 12, 23)), "call", "2026-12-22 09:00", ["way", "nights"]),
    ],
)
def test_what_was_against_their_wish(said, channel, moment, why):
    assert unsafe(said, channel=channel, at=at(moment)) == why


def test_the_hours_of_sleep_are_those_of_the_record():
    from victims.models import Referral

    assert AFTER_NIGHTS == Referral.QUIET_AFTER_NIGHTS
