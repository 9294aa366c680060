"""What happened beside the figures: the months after it beside the same months a year before, or nothing."""

import itertools
import json
from datetime import date

import pytest

from figures import actions
from figures.happenings import Happening, beside
from figures.models import Draw
from figures.models import Happening as Row
from figures.panels import two_years
from figures.periods import period
from tests import world
from tests.figures import releasing
from tests.figures.releasing import MAY, quick  # noqa: F401 - a fixture
from tests.world import fresh

MONTHS = [month for span in two_years(period("2026-27-Q1")) for month in span.months]
SHOWN = {month: 60 + 5 * (place % 4) for place, month in enumerate(MONTHS)}


def one(on, shown=SHOWN):
    return beside([Happening("cameras", "Cameras issued", on, "The force")], MONTHS, shown)


def test_the_window_is_two_years():
    assert (MONTHS[0], MONTHS[-1], len(MONTHS)) == ("2024-07", "2026-06", 24)


def test_the_months_after_stand_beside_the_same_months_a_year_before():
    [row] = one(date(2026, 1, 1))
    after, before = (
        [month for month in MONTHS if month[:4] == year and month <= f"{year}-06"] for year in ("2026", "2025")
    )
    assert (row["from"], row["until"]) == ("2026-01", "2026-06")
    assert row["after"] == sum(SHOWN[month] for month in after)
    assert row["before"] == sum(SHOWN[month] for month in before)
    assert row["change"] == row["after"] - row["before"] and row["low"] < row["change"] < row["high"]
    assert row["says"] in {"no-clear-change", "chance"}


@pytest.mark.parametrize(("on", "first"), [(date(2025, 12, 31), "2026-01"), (date(2026, 1, 2), "2026-02")])
def test_a_month_in_which_it_happened_is_on_neither_side(on, first):
    assert one(on)[0]["from"] == first


@pytest.mark.parametrize("on", [date(2026, 4, 2), date(2026, 6, 1)])
def test_too_few_months_are_not_compared(on):
    assert set(one(on)[0]) == {"code", "title", "on", "source"}


@pytest.mark.parametrize("missing", ["2026-03", "2025-03"])
def test_a_hidden_or_unpublished_month_on_either_side_leaves_nothing_to_compare(missing):
    for shown in (SHOWN | {missing: "[c]"}, {month: number for month, number in SHOWN.items() if month != missing}):
        assert "change" not in one(date(2026, 1, 1), shown)[0]


def test_no_more_than_a_year_is_compared_so_that_none_of_before_is_after_it():
    [row] = one(date(2025, 7, 1))
    assert (row["from"], row["until"]) == ("2025-07", "2026-06")
    assert "change" not in one(date(2025, 2, 1))[0], "a year before lies outside what is shown"


def test_the_month_in_which_it_happened_does_not_count_as_before_it_a_year_on():
    """It happened on 10 June 2025, so June 2026 has no June before it: that one lies on both sides."""
    [row] = one(date(2025, 6, 10))
    assert (row["from"], row["until"]) == ("2025-07", "2026-05")


def test_outside_of_the_two_years_it_is_not_marked():
    assert one(date(2018, 11, 13)) == [] and one(date(2026, 7, 1)) == []


def test_they_come_in_the_order_of_their_days():
    marks = [Happening("b", "B", date(2026, 3, 1), "x"), Happening("a", "A", date(2025, 9, 9), "x")]
    assert [row["code"] for row in beside(marks, MONTHS, SHOWN)] == ["a", "b"]


@pytest.mark.django_db
def test_the_seeds_hold_acts_in_force_for_every_force_and_what_one_force_did():
    known = {row.code: row for row in Row.objects.all()}
    assert known["emergency-workers-act"].from_on == date(2018, 11, 13) and known["emergency-workers-act"].force is None
    assert known["west-mercia-two-areas"].force.code == "west-mercia"
    assert all(row.source for row in known.values())


class TestInARelease:
    @pytest.fixture
    def desk(self, db, quick):  # noqa: F811 - the fixture of that name
        return releasing.make_desk()

    def mark(self, code, on, force=None):
        return Row.objects.create(code=code, title=code.title(), from_on=on, force=force, source="A test")

    def test_what_was_signed_holds_what_happened_to_this_force_and_to_all(self, desk):
        self.mark("an-act", date(2026, 5, 1))
        self.mark("cameras", date(2025, 10, 1), desk.place.force)
        self.mark("elsewhere", date(2025, 10, 1), world.make_force("othershire").force)
        draw = releasing.drawn(desk)
        said = json.loads(draw.content)["happened"]
        assert [row["code"] for row in said if row["source"] == "A test"] == ["cameras", "an-act"]
        assert "change" not in said[0], "nothing was released of the year before"
        release, _ = actions.preview(draw)
        assert release.happened == said

    def test_not_if_what_it_compares_was_withdrawn_since(self, desk):
        """Six months after and six a year before, each released; then the first of those after is withdrawn."""
        self.mark("cameras", date(2026, 1, 1), desk.place.force)
        for year, month in itertools.product((2025, 2026), range(1, 7)):
            desk.more(20, at=MAY.replace(year=year, month=month, day=1))
        for code in ("2024-25-Q4", "2025-26-Q1", "2025-26-Q4"):
            last = releasing.released(desk, period=code)
        draw = releasing.approved(desk, at=releasing.DUE + 3 * releasing.DAY)
        assert "change" in next(row for row in json.loads(draw.content)["happened"] if row["code"] == "cameras")
        actions.withdraw(draw=Draw.objects.get(release=last), reason="Months were shifted", by=fresh(desk.gail),
                         at=releasing.DUE + 4 * releasing.DAY)  # fmt: skip
        with pytest.raises(actions.Refused, match="A release was withdrawn since it was drawn"):
            actions.publish(draw=draw, by=fresh(desk.drew), at=releasing.DUE + 5 * releasing.DAY)

    def test_built_again_later_it_is_the_same_though_more_is_known(self, desk):
        self.mark("cameras", date(2025, 10, 1), desk.place.force)
        draw = releasing.drawn(desk)
        self.mark("known-later", date(2025, 11, 1))
        assert actions.rebuilt(draw) == draw.content
