"""What the database itself refuses of releases: each named constraint is broken once here or beside its action."""

import hashlib
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from figures.models import (
    Announcement,
    Cell,
    Chart,
    Correction,
    Draw,
    DrawnBlock,
    OutsideFact,
    PulseAnswer,
    PulseAsked,
    Release,
)
from tests import world
from tests.figures.test_published_role import AT, make_release
from tests.stage import once

pytestmark = pytest.mark.django_db
HASH = hashlib.sha256(b"{}").hexdigest()


@once
def place():
    return world.make_force()


@once
def gail(place):
    return world.make_person(place.root)


@once
def drew(place):
    return world.make_person(place.root)


@once
def draw(place, gail):
    return Draw.objects.create(force=place.force, period="2026-27-Q1", edition=1, asked_at=AT, asked_by=gail)


def broken(name, act, /, *args, **given):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act(*args, **given)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("release_period_is_one", {"period": "2026-27-Q5"}),
        ("release_kind_fits_its_edition", {"edition": 2}),
        ("release_kind_fits_its_edition", {"kind": "revision"}),
        ("release_kind_fits_its_edition", {"kind": "replacement", "edition": 2, "reason": "Wrong"}),
        ("release_hash_fits", {"content_hash": "0" * 64}),
        ("release_hash_fits", {"content": "{} ", "content_hash": HASH}),
        ("release_not_out_before_it_is_published", {"publish_at": AT - timedelta(seconds=1)}),
        ("release_withdrawn_says_why", {"withdrawn_at": AT}),
        ("release_withdrawn_says_why", {"withdrawn_for": "Wrong"}),
    ],
)
def test_of_a_release(name, fields):
    broken(name, make_release, **fields)


def test_an_edition_is_one(place):
    make_release()
    broken("release_edition_once", make_release)


def test_a_replacement_says_what_it_corrects_and_why():
    first = make_release()
    again = {"edition": 2, "kind": "replacement", "corrects": first}
    broken("release_kind_fits_its_edition", make_release, **again)
    assert make_release(**again, reason="A month was left out.").corrects == first


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("cell_has_a_number_or_a_symbol", {"value": None}),
        ("cell_has_a_number_or_a_symbol", {"symbol": "[c]"}),
        ("cell_has_a_number_or_a_symbol", {"value": None, "symbol": "0"}),
        ("cell_interval_only_about_a_number", {"low": 6, "high": 9}),
        ("cell_interval_only_about_a_number", {"low": 1}),
        ("cell_interval_only_about_a_number", {"value": None, "symbol": "[c]", "low": 1, "high": 9}),
        ("cell_measure_is_known", {"measure": "median"}),
        ("cell_says_something_of_a_change", {"measure": "change"}),
        ("cell_says_something_of_a_change", {"says": "up"}),
    ],
)
def test_of_a_cell(name, fields):
    given = {"cube": "C1", "measure": "number", "place": 0, "codes": ["all"], "value": 5} | fields
    broken(name, lambda: Cell.objects.create(release=make_release(), **given))


def test_a_cell_a_chart_and_a_block_are_there_once(draw):
    def twice(model, **given):
        row = make_release()
        for _ in range(2):
            model.objects.create(release=row, **given)

    broken("cell_once", twice, Cell, cube="C1", measure="number", place=0, codes=["all"], value=5)
    broken("chart_once", twice, Chart, name="total", svg="<svg/>", sha256="0" * 64)
    DrawnBlock.objects.create(draw=draw, place=0, name="events", counts={})
    broken("drawn_block_once", DrawnBlock.objects.create, draw=draw, place=1, name="events", counts={})


@pytest.mark.parametrize("fields", [{"text": ""}, {"touched": []}])
def test_a_correction_says_what_and_where(fields):
    given = {"at": AT, "text": "Wrong", "touched": [["C1", []]]} | fields
    broken("correction_says_what_and_where", lambda: Correction.objects.create(release=make_release(), **given))


def test_an_announcement_is_of_a_period():
    given = {"force_code": "testshire", "due_on": date(2026, 9, 1), "at": AT}
    broken("announcement_period_is_one", Announcement.objects.create, period="2026", **given)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("draw_period_is_one", {"period": "2026-27-Q0"}),
        ("draw_state_is_known", {"state": "lost", "drawn": True, "approved": True}),
        ("draw_kind_fits_its_edition", {"edition": 2}),
        ("draw_kind_fits_its_edition", {"kind": "revision", "edition": 2, "reason": "Late"}),
        ("draw_has_its_content_and_hash", {"drawn_at": AT}),
        ("draw_has_its_content_and_hash", {"drawn_at": AT, "passed": True, "content": "{}", "content_hash": "x"}),
        ("draw_has_its_content_and_hash", {"drawn_at": AT, "passed": True, "content_hash": HASH}),
        ("draw_is_drawn_once_it_moved_on", {"state": "drawn"}),
        ("draw_approved_once_it_moved_on", {"state": "approved", "drawn": True}),
        ("draw_published_is_a_release", {"state": "published", "drawn": True, "approved": True}),
        ("draw_published_is_a_release", {"publish_at": AT}),
        ("draw_withdrawn_says_why", {"withdrawn_for": "Wrong"}),
        ("draw_set_aside_says_why", {"state": "set-aside"}),
        ("draw_set_aside_says_why", {"set_aside_for": "Wrong"}),
        ("draw_approved_at_and_by_together", {"drawn": True, "approved_at": AT}),
        ("draw_published_at_and_by_together", {"drawn": True, "approved": True, "published": True}),
        ("draw_withdrawn_at_and_by_together", {"withdrawn": True}),
        ("draw_set_aside_at_and_by_together", {"state": "set-aside", "set_aside_for": "Wrong", "set_aside_at": AT}),
    ],
)
def test_of_a_draw(place, gail, drew, name, fields):
    given = {"period": "2026-27-Q2", "edition": 1} | fields
    if given.pop("drawn", False):
        given |= {"drawn_at": AT, "passed": True, "content": "{}", "content_hash": HASH}
    if given.pop("approved", False):
        given |= {"approved_at": AT, "approved_by": gail}
    if given.pop("published", False):
        given |= {"state": "published", "published_at": AT, "publish_at": AT, "release": make_release()}
    if given.pop("withdrawn", False):
        given |= {
            "state": "withdrawn", "drawn_at": AT, "passed": True, "content": "{}", "content_hash": HASH,
            "approved_at": AT, "approved_by": gail, "published_at": AT, "published_by": drew, "publish_at": AT,
            "release": make_release(), "withdrawn_at": AT, "withdrawn_for": "Wrong",
        }  # fmt: skip
    broken(name, Draw.objects.create, force=place.force, asked_at=AT, asked_by=gail, **given)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("outside_fact_low_is_not_above_high", {"low": 6}),
        ("outside_fact_period_is_one", {"period": "2026-Q1"}),
        ("outside_fact_dimension_with_its_code", {"dimension": "kind"}),
        ("outside_fact_dimension_with_its_code", {"code": "threat"}),
        ("outside_fact_has_a_source", {"source": ""}),
    ],
)
def test_of_a_fact(place, gail, name, fields):
    given = {"period": "2026-27-Q1", "low": 5, "high": 5, "source": "A newspaper"} | fields
    broken(name, OutsideFact.objects.create, force=place.force, said_at=AT, said_by=gail, **given)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("pulse_answer_month_is_its_first_day", {"month": date(2026, 4, 2)}),
        ("pulse_answer_is_known", {"reported": "none"}),
        ("pulse_answer_is_known", {"happened": "assaulted"}),
    ],
)
def test_of_an_answer(place, name, fields):
    given = {"month": date(2026, 4, 1), "happened": "nothing", "reported": "not-asked"} | fields
    broken(name, PulseAnswer.objects.create, force=place.force, **given)


def test_somebody_is_asked_once_a_month(gail):
    PulseAsked.objects.create(user=gail, month=date(2026, 4, 1))
    broken("pulse_asked_once_a_month", PulseAsked.objects.create, user=gail, month=date(2026, 4, 1))


class TestWrittenOnce:
    """What was frozen, signed or said about a draw is never written again."""

    @pytest.mark.parametrize(
        "fields",
        [{"period": "2026-27-Q2"}, {"edition": 2}, {"asked_at": AT + timedelta(1)}, {"key": "0" * 32}],
    )
    def test_what_it_is(self, draw, fields):
        with pytest.raises(DatabaseError, match="a draw is written once"), transaction.atomic():
            Draw.objects.filter(pk=draw.pk).update(**fields)

    def test_what_was_drawn_and_signed(self, draw, gail, drew):
        rows = Draw.objects.filter(pk=draw.pk)
        rows.update(drawn_at=AT, passed=False, content="{}", content_hash=HASH, state="drawn", hidden_share={"C1": 0.5})
        for fields in ({"passed": True}, {"content": "{ }"}, {"content_hash": "1" * 64}, {"hidden_share": {}}):
            with pytest.raises(DatabaseError, match="a draw is written once"), transaction.atomic():
                rows.update(**fields)
        rows.update(fault="Something", leased_until=AT)

    def test_it_is_never_deleted_nor_its_blocks_changed(self, draw):
        DrawnBlock.objects.create(draw=draw, place=0, name="events", counts={"atoms": []})
        for rows in (Draw.objects.filter(pk=draw.pk), DrawnBlock.objects.all()):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                rows._raw_delete(rows.db)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            DrawnBlock.objects.update(counts={})


def test_releases_are_of_a_level():
    make_release(), make_release(period="2026-27")
    assert [row.period for row in Release.objects.of_level("quarter")] == ["2026-27-Q1"]
    assert [row.period for row in Release.objects.of_level("year")] == ["2026-27"]
