"""The demonstration's releases: gated once, kept as values, put out again as they were signed; never a real force's."""

import json

import pytest
from django.conf import settings
from django.db import transaction

from campion.models import AuditEvent, Force
from figures import actions
from figures.cubes import DIMENSIONS, cubes_of
from figures.models import Cell, Draw, DrawnBlock, Release
from figures.periods import period
from tests.figures.releasing import DAY, DUE, QUARTER, make_desk, quick, released  # noqa: F401
from tests.stage import once
from tests.world import fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick")]


@once
def desk():
    desk = make_desk()
    Force.objects.filter(pk=desk.place.force.pk).update(is_demo=True)
    desk.place.force.refresh_from_db()
    return desk


@pytest.fixture
def kept(desk):
    """A release that was gated and put out, as a file has it; in the database it never was."""
    before = transaction.savepoint()
    draw = Draw.objects.get(release=released(desk))
    values = json.loads(json.dumps(actions.kept(draw)))
    values["cells"] = list(draw.release.cells.values_list("cube", "measure", "codes", "value", "symbol"))
    transaction.savepoint_rollback(before)
    return values


def demonstrations():
    return json.loads((settings.ROOT / "seeds" / "demo" / "figures.releases.json").read_text())["releases"]


def test_no_table_of_the_demonstration_hides_over_three_in_ten():
    """Issue 4: over 30% and the cube is coarsened; and nothing of it is held."""
    for release in demonstrations():
        assert {code: share for code, share in release["hidden_share"].items() if share > 0.3} == {}, release["period"]
        assert release["held"] == {}


def test_the_demonstration_has_the_tables_of_today():
    for release in demonstrations():
        said = json.loads(release["content"])
        today = {cube.code: (list(cube.dimensions), cube.version) for cube in cubes_of(period(said["period"]).level)}
        assert {code: (cube["dimensions"], cube["version"]) for code, cube in said["cubes"].items()} == today
        for name in {name for names, _ in today.values() for name in names} & {"kind", "role", "answer", "gravest"}:
            kept_codes = [code["code"] for code in said["dimensions"][name]["codes"]]
            assert kept_codes == [code.code for code in DIMENSIONS[name].codes], name


def put_out(desk, kept):
    return actions.put_out(force=desk.place.force, release=kept, by=fresh(desk.gail), publisher=fresh(desk.drew))


def test_it_is_put_out_again_as_it_was_signed(desk, kept):
    release = put_out(desk, kept)
    assert (release.period, release.edition, release.content_hash) == (QUARTER, 1, kept["sha256"])
    assert release.drawn_at == DUE and release.publish_at == DUE + 2 * DAY
    rows = Cell.objects.filter(release=release).values_list("cube", "measure", "codes", "value", "symbol")
    assert sorted(map(str, rows)) == sorted(map(str, kept["cells"]))
    draw = Draw.objects.get(release=release)
    assert (draw.asked_by, draw.approved_by, draw.published_by) == (desk.gail, desk.gail, desk.drew)
    assert [[row.name, row.counts] for row in DrawnBlock.objects.filter(draw=draw).order_by("place")] == kept["blocks"]
    assert AuditEvent.objects.filter(action="load_release", object_id=kept["sha256"]).exists()


def test_a_later_gate_can_make_it_again_from_what_was_frozen(desk, kept):
    draw = Draw.objects.get(release=put_out(desk, kept))
    assert actions.rebuilt(draw) == kept["content"]


def test_twice_puts_it_out_once(desk, kept):
    put_out(desk, kept)
    assert put_out(desk, kept) is None and Release.objects.count() == 1


def test_what_was_changed_since_it_was_signed_is_refused(desk, kept):
    kept["content"] = kept["content"].replace("40", "45", 1)
    with pytest.raises(actions.Refused, match="not what was signed"):
        put_out(desk, kept)
    assert not Draw.objects.exists()


def test_nothing_of_a_real_force_comes_or_goes_this_way(desk, kept):
    draw = Draw.objects.get(release=put_out(desk, kept))
    Force.objects.filter(pk=desk.place.force.pk).update(is_demo=False)
    desk.place.force.refresh_from_db()
    with pytest.raises(actions.Refused, match="for the demonstration alone"):
        actions.kept(Draw.objects.get(pk=draw.pk))
    with pytest.raises(actions.Refused, match="for the demonstration alone"):
        put_out(desk, kept)
