"""A release on its way: asked for, drawn, approved, published by a second person, withdrawn, replaced, revised."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from django_q.models import OrmQ

from campion.models import AuditEvent
from campion.roles import Role
from figures import actions, tasks
from figures import content as contents
from figures.actions import Refused, drawing
from figures.cubes import ALL, blocks_of, cubes_of
from figures.disclosure import NotAuditable
from figures.models import Announcement, Cell, Chart, Correction, Draw, DrawnBlock, OutsideFact, Release, as_published
from reports.models import Assault, District, DistrictArea, Incident
from tests import world
from tests.figures.releasing import DAY, DUE, MAY, QUARTER, approved, by_rule, drawn, make_desk, quick, released  # noqa: F401
from tests.stage import once
from tests.world import fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick")]
YEAR_DUE = DUE.replace(year=2027, month=5, day=13)


@once
def desk():
    return make_desk()


def ask(desk, *, by=None, at=DUE, period=QUARTER):
    return actions.ask(force=desk.place.force, period=period, by=fresh(by or desk.gail), at=at)


def shown(release, cube, *codes, measure="number"):
    return release.cells.get(cube=cube, codes=list(codes), measure=measure).shown


class TestAsk:
    def test_keeps_who_asked_and_has_the_queue_draw_it(self, desk):
        draw = ask(desk)
        assert (draw.state, draw.edition, draw.kind, draw.asked_by) == ("asked", 1, "first", desk.gail)
        assert [task.func() for task in OrmQ.objects.all()] == ["figures.tasks.draw_release"]
        line = AuditEvent.objects.filter(action="ask_for_release").latest("id")
        assert (line.object_id, line.reason_code) == (str(draw.key), "2026-27-Q1/1")

    def test_not_before_six_weeks_after_its_end(self, desk):
        with pytest.raises(Refused, match="April to June 2026 are drawn from 12 August 2026 on: late reports"):
            ask(desk, at=DUE - DAY)

    @pytest.mark.parametrize("period", ["", "2026-27-Q5", "2026-28", "x", "2026-27-Q1 "])
    def test_only_a_period(self, desk, period):
        with pytest.raises(Refused, match="Choose one of the periods"):
            ask(desk, period=period)

    def test_only_governance_of_the_force(self, desk):
        elsewhere = world.make_force("farshire")
        for by in (desk.sam, world.make_person(elsewhere.root, Role.GOVERNANCE)):
            with pytest.raises(Refused, match="Only information governance"):
                ask(desk, by=by)

    def test_once(self, desk):
        ask(desk)
        with pytest.raises(Refused, match="on its way already"):
            ask(desk, by=desk.drew)
        with pytest.raises(IntegrityError, match="draw_one_open_a_period"), transaction.atomic():
            Draw.objects.create(force=desk.place.force, period=QUARTER, edition=1, asked_at=DUE, asked_by=desk.gail)

    def test_not_what_was_released(self, desk):
        released(desk)
        with pytest.raises(Refused, match="were released"):
            ask(desk)


class TestDraw:
    def test_freezes_what_was_counted_and_says_what_will_be_shown(self, desk):
        draw = drawn(desk)
        assert (draw.state, draw.passed, draw.drawn_at, draw.leased_until) == ("drawn", True, DUE, None)
        said = json.loads(draw.content)
        assert said["period"] == QUARTER and said["drawn_on"] == "2026-08-12"
        assert {cube.code for cube in cubes_of("quarter")} == set(said["cubes"])
        shown_there = contents.shown_in(said)
        assert shown_there["C2"] == {
            ("assault",): 40,
            ("physical",): 40,
            ("spitting",): "[c]",
            ("abuse",): 20,
            ("threat",): "[c]",
            ("verbal",): 20,
            (ALL,): 60,
        }
        assert shown_there["C29"] == {("constables",): 40, ("others",): "[c]", ("abuse",): 20, (ALL,): 60}
        assert shown_there["C1"] == {("2026-04",): 0, ("2026-05",): 60, ("2026-06",): 0, (ALL,): 60}
        assert [block.name for block in draw.blocks.order_by("place")] == [block.name for block in blocks_of("quarter")]

    def test_the_hash_is_of_the_text_and_on_the_log(self, desk):
        draw = drawn(desk)
        assert draw.content_hash == contents.hash_of(draw.content)
        assert AuditEvent.objects.filter(action="draw_release", object_id=draw.content_hash).exists()

    def test_true_counts_are_nowhere_in_what_will_be_shown(self, desk):
        desk.more(3, kind="threat")
        draw = drawn(desk)
        assert contents.shown_in(json.loads(draw.content))["C2"][("threat",)] == "[c]"
        block = draw.blocks.get(name="events").counts
        assert [["2026-05", "not-known", "threat"], 3] in block["atoms"]

    def test_built_twice_it_is_the_same_bytes(self, desk):
        draw = drawn(desk)
        assert actions.rebuilt(draw) == draw.content
        desk.more(30)
        assert actions.rebuilt(draw) == draw.content

    def test_with_what_was_released_of_the_year_and_with_facts_from_outside(self, desk, monkeypatch):
        first = released(desk)
        actions.state_fact(force=desk.place.force, period=QUARTER, low=50, high=70, source="A newspaper",
                           by=fresh(desk.drew), at=DUE + DAY)  # fmt: skip
        seen = []

        def gate(published, new, **given):
            seen.append((published, new))
            return by_rule(published, new, **given)

        monkeypatch.setattr(drawing, "gate", gate)
        draw = drawn(desk, period="2026-27-Q2", at=DUE.replace(month=11))
        (((before,), new),) = seen
        assert (before.name, new.name, draw.audited_with) == ("2026-27-Q1/1", "2026-27-Q2/1", [first.pk])
        assert before.cubes["C2"].shown[(ALL,)] == 60 and before.cubes["C2"].cells[(ALL,)].number == 60
        (fact,) = before.known
        assert (fact.block, dict(fact.where), fact.low, fact.high) == ("events", {}, 50, 70)
        assert new.known == ()
        assert drawn(desk, period="2025-26", at=DUE.replace(month=11)).audited_with == []

    def test_two_who_are_in_one_small_cell_are_tried_as_well(self, desk, monkeypatch):
        seen = []

        def gate(published, new, *, pairs, **given):
            seen.append(pairs)
            return by_rule(published, new, **given)

        monkeypatch.setattr(drawing, "gate", gate)
        actions.rebuilt(drawn(desk))
        assert seen == [True, True]

    def test_what_cannot_be_audited_says_why_and_can_be_asked_again(self, desk, monkeypatch):
        def gate(*_, **__):
            raise NotAuditable("The facts contradict each other.")

        monkeypatch.setattr(drawing, "gate", gate)
        draw = ask(desk)
        with pytest.raises(Refused, match="contradict"):
            actions.draw(draw=draw, by=fresh(desk.gail), at=DUE)
        draw.refresh_from_db()
        assert (draw.state, draw.fault, draw.leased_until) == ("asked", "The facts contradict each other.", None)
        actions.ask_again(draw=draw, by=fresh(desk.drew), at=DUE)
        assert OrmQ.objects.count() == 2

    def test_an_assault_without_a_kind_stops_it(self, desk):
        Assault.objects.filter(incident=desk.template).update(kind="")
        with pytest.raises(Refused, match="no code"):
            drawn(desk)

    def test_one_at_a_time(self, desk):
        draw = ask(desk)
        Draw.objects.filter(pk=draw.pk).update(leased_until=DUE + timedelta(hours=1))
        for act in (actions.draw, actions.ask_again):
            with pytest.raises(Refused, match="being drawn"):
                act(draw=draw, by=fresh(desk.gail), at=DUE)
        actions.draw(draw=draw, by=fresh(desk.gail), at=DUE + timedelta(hours=2))
        with pytest.raises(Refused, match="is now “Drawn"):
            actions.draw(draw=draw, by=fresh(desk.gail), at=DUE + timedelta(hours=3))

    def test_the_queue_may_call_twice(self, desk, time_machine):
        time_machine.move_to(DUE, tick=False)
        draw = ask(desk)
        assert [tasks.draw_release(draw.pk) for _ in range(2)] == ["drawn", "drawn"]
        assert DrawnBlock.objects.filter(draw=draw, name="events").count() == 1

    def test_set_aside_meanwhile_it_is_not_kept(self, desk, monkeypatch):
        draw = ask(desk)

        def gate(published, new, **given):
            actions.set_aside(draw=draw, reason="Too early", by=fresh(desk.drew), at=DUE)
            return by_rule(published, new, **given)

        monkeypatch.setattr(drawing, "gate", gate)
        with pytest.raises(Refused, match="set aside while"):
            actions.draw(draw=draw, by=fresh(desk.gail), at=DUE)
        assert not DrawnBlock.objects.filter(draw=draw).exists()


class TestTwoPeople:
    def test_whoever_drew_signs_and_another_publishes(self, desk):
        draw = approved(desk)
        with pytest.raises(Refused, match="You may not publish"):
            actions.publish(draw=draw, by=fresh(desk.gail), at=DUE + DAY)
        release = actions.publish(draw=draw, by=fresh(desk.drew), at=DUE + DAY)
        draw.refresh_from_db()
        assert (draw.state, draw.release, draw.published_by) == ("published", release, desk.drew)

    def test_nor_whoever_approved(self, desk):
        draw = actions.approve(draw=drawn(desk), by=fresh(desk.drew), at=DUE)
        for by in (desk.gail, desk.drew):
            with pytest.raises(Refused, match="You may not publish"):
                actions.publish(draw=draw, by=fresh(by), at=DUE + DAY)

    def test_the_database_holds_the_same(self, desk):
        draw = actions.approve(draw=drawn(desk), by=fresh(desk.drew), at=DUE)
        release = Release.objects.create(
            **contents.release_fields(json.loads(draw.content)), drawn_at=DUE, approved_at=DUE, published_at=DUE,
            publish_at=DUE, content=draw.content, content_hash=draw.content_hash,
        )  # fmt: skip
        done = {"state": "published", "release": release, "published_at": DUE, "publish_at": DUE}
        for by, name in ((desk.gail, "draw_published_by_another_than_asked"),
                         (desk.drew, "draw_published_by_another_than_approved")):  # fmt: skip
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                Draw.objects.filter(pk=draw.pk).update(**done, published_by=by)
        Draw.objects.filter(pk=draw.pk).update(**done, published_by=world.make_person(desk.place.root))

    def test_what_did_not_pass_cannot_be_approved(self, desk, monkeypatch):
        def gate(published, new, **given):
            verdict = by_rule(published, new, **given)
            return type(verdict)(**{**vars(verdict), "passed": False})

        monkeypatch.setattr(drawing, "gate", gate)
        draw = drawn(desk)
        with pytest.raises(Refused, match="did not pass"):
            actions.approve(draw=draw, by=fresh(desk.gail), at=DUE)
        with pytest.raises(IntegrityError, match="draw_approved_only_if_it_passed"), transaction.atomic():
            Draw.objects.filter(pk=draw.pk).update(approved_at=DUE, approved_by=desk.gail)

    def test_a_stranger_does_nothing(self, desk):
        draw = approved(desk)
        other = world.make_person(world.make_force("farshire").root, Role.GOVERNANCE)
        for by in (desk.sam, other):
            assert not Draw.objects.visible_to(fresh(by)).exists()
            for act, given in ((actions.publish, {}), (actions.set_aside, {"reason": "No"})):
                with pytest.raises(Refused, match="may not do that"):
                    act(draw=draw, by=fresh(by), at=DUE + DAY, **given)


class TestPublish:
    def test_the_release_is_what_was_signed(self, desk):
        release = released(desk)
        draw = Draw.objects.get(release=release)
        assert (release.content, release.content_hash) == (draw.content, draw.content_hash)
        assert contents.hash_of(release.content) == release.content_hash
        said = json.loads(release.content)
        rows = {(cell.cube, cell.measure, *cell.codes): cell.shown for cell in release.cells.all()}
        assert rows == {(cube, measure, *codes): value for cube, measure, _, codes, value, *_ in said["cells"]}
        assert AuditEvent.objects.filter(action="publish_release", object_id=release.content_hash).exists()
        assert Chart.objects.get(release=release).svg == "<svg>2026-27-Q1.1</svg>"

    def test_what_is_computed_is_of_shown_numbers_and_kept_too(self, desk):
        release = released(desk)
        assert shown(release, "C2", "physical", measure="percent") == 67
        assert shown(release, "C2", "threat", measure="percent") == "[c]"
        assert shown(release, "C1", ALL, measure="rate") == "[x]"
        total = release.cells.get(cube="C1", codes=[ALL], measure="number")
        assert (total.value, total.low, total.high) == (60, 46, 77)

    def test_reads_as_published_role(self, desk):
        released(desk)
        with as_published():
            release = Release.objects.get()
            assert shown(release, "C10") == 60
            assert release.charts.count() == 1

    def test_an_embargo_holds_in_the_database_itself(self, desk):
        tomorrow = timezone.now() + timedelta(hours=1)
        release = released(desk, at=timezone.now() - 2 * DAY, publish_at=tomorrow)
        assert not Release.objects.out(at=timezone.now()).exists()
        assert Release.objects.out(at=tomorrow).get() == release
        with as_published():
            assert not Release.objects.exists() and not Cell.objects.exists() and not Chart.objects.exists()

    @pytest.mark.parametrize(
        ("ends", "words"), [(-timedelta(minutes=1), "later than now"), (93 * DAY, "within 92 days")]
    )
    def test_an_embargo_ends_some_time(self, desk, ends, words):
        draw = approved(desk)
        with pytest.raises(Refused, match=words):
            actions.publish(draw=draw, by=fresh(desk.drew), at=DUE + DAY, publish_at=DUE + DAY + ends)

    def test_not_if_another_release_of_the_year_came_out_since(self, desk):
        late = DUE.replace(month=11)
        first, second = approved(desk, at=late), approved(desk, at=late, period="2026-27-Q2")
        actions.publish(draw=first, by=fresh(desk.drew), at=late + DAY)
        with pytest.raises(Refused, match="Another release of the year came out"):
            actions.publish(draw=second, by=fresh(desk.drew), at=late + DAY)

    def test_not_if_a_number_was_published_elsewhere_since(self, desk):
        draw = approved(desk)
        actions.state_fact(force=desk.place.force, period=QUARTER, low=60, high=60, source="An answered request",
                           by=fresh(desk.gail), at=DUE + DAY)  # fmt: skip
        with pytest.raises(Refused, match="others published was entered since"):
            actions.publish(draw=draw, by=fresh(desk.drew), at=DUE + 2 * DAY)
        actions.set_aside(draw=draw, reason="To be drawn again", by=fresh(desk.gail), at=DUE + 2 * DAY)
        assert len(Draw.objects.get(release=released(desk, at=DUE + 3 * DAY)).known) == 1

    def test_changes_on_the_year_before(self, desk):
        desk.more(45, at=MAY.replace(year=2025))
        before = released(desk, period="2025-26-Q1")
        draw = approved(desk, at=DUE + 2 * DAY)
        assert draw.compared_with == before
        now = actions.publish(draw=draw, by=fresh(desk.drew), at=DUE + 3 * DAY)
        cell = now.cells.get(cube="C1", codes=["2026-05"], measure="change")
        assert (cell.value, cell.says) == (15, "chance")
        assert shown(now, "C2", "threat", measure="change") == "[c]"

    def test_not_if_the_year_before_was_withdrawn_since(self, desk):
        before = released(desk, period="2025-26-Q1")
        draw = approved(desk, at=DUE + 2 * DAY)
        actions.withdraw(draw=Draw.objects.get(release=before), reason="Wrong", by=fresh(desk.gail), at=DUE + 2 * DAY)
        with pytest.raises(Refused, match="compared with was withdrawn"):
            actions.publish(draw=draw, by=fresh(desk.drew), at=DUE + 3 * DAY)


class TestAfterwards:
    def test_withdrawn_it_stays_and_says_why(self, desk):
        release = released(desk)
        draw = Draw.objects.get(release=release)
        with pytest.raises(Refused, match="reason"):
            actions.withdraw(draw=draw, reason=" ", by=fresh(desk.gail), at=DUE + 2 * DAY)
        actions.withdraw(draw=draw, reason="A month was left out.", by=fresh(desk.gail), at=DUE + 2 * DAY)
        release.refresh_from_db()
        assert release.withdrawn_for == "A month was left out." and release.cells.exists()
        assert not Release.objects.standing().exists()

    def test_withdrawn_under_its_embargo_it_never_comes_out(self, desk):
        release = released(desk, publish_at=DUE + 5 * DAY)
        actions.withdraw(draw=Draw.objects.get(release=release), reason="Two months were mixed up.",
                         by=fresh(desk.gail), at=DUE + 2 * DAY)  # fmt: skip
        assert not Release.objects.out(at=DUE + 6 * DAY).exists() and Release.objects.get() == release
        again = actions.replace(draw=Draw.objects.get(release=release), reason="Put right", by=fresh(desk.gail),
                                at=DUE + 2 * DAY)  # fmt: skip
        assert actions.draw(draw=again, by=fresh(desk.gail), at=DUE + 2 * DAY).audited_with == [release.pk]

    def test_no_figure_comes_out_in_words(self, desk):
        """One person writes them, past the gate and the second signature."""
        draw = Draw.objects.get(release=released(desk))
        at = {"by": fresh(desk.gail), "at": DUE + 2 * DAY}
        with pytest.raises(Refused, match="comes out in a release alone. Write it without 3."):
            actions.correct(draw=draw, text="There were 3 threats in May 2026, not none.", cubes=["C2"], **at)
        actions.correct(draw=draw, text="On 13 May 2026 C2 said 40, and should have said more.", cubes=["C2"], **at)
        with pytest.raises(Refused, match="without 3."):
            actions.withdraw(draw=draw, reason="3 threats were left out.", **at)
        draw = actions.withdraw(draw=draw, reason="Threats were left out.", **at)
        with pytest.raises(Refused, match="without 1,203."):
            actions.replace(draw=draw, reason="There were 1,203.", **at)
        assert not Draw.objects.filter(kind="replacement").exists()

    def test_replaced_by_the_next_edition_that_names_what_changed(self, desk):
        release = released(desk)
        draw = Draw.objects.get(release=release)
        with pytest.raises(Refused, match="is now “Published”"):
            actions.replace(draw=draw, reason="Wrong kinds", by=fresh(desk.gail), at=DUE + 2 * DAY)
        actions.withdraw(draw=draw, reason="Wrong kinds", by=fresh(desk.gail), at=DUE + 2 * DAY)
        Assault.objects.filter(kind="verbal").update(kind="threat")
        again = actions.replace(draw=draw, reason="Threats had been counted as abuse.", by=fresh(desk.gail),
                                at=DUE + 2 * DAY)  # fmt: skip
        assert (again.edition, again.kind, again.corrects) == (2, "replacement", release)
        again = actions.draw(draw=again, by=fresh(desk.gail), at=DUE + 2 * DAY)
        actions.approve(draw=again, by=fresh(desk.gail), at=DUE + 2 * DAY)
        new = actions.publish(draw=again, by=fresh(desk.drew), at=DUE + 3 * DAY)
        said = Correction.objects.get()
        assert (said.release, said.replaced_by, said.text) == (release, new, "Threats had been counted as abuse.")
        assert {tuple(codes) for cube, codes in said.touched if cube == "C2"} == {("threat",), ("verbal",)}
        assert "C10" not in {cube for cube, _ in said.touched}
        assert Release.objects.newest().get() == new

    def test_what_was_withdrawn_by_mistake_can_come_out_again_as_it_was(self, desk):
        release = released(desk)
        draw = Draw.objects.get(release=release)
        actions.withdraw(draw=draw, reason="The wrong one was chosen.", by=fresh(desk.gail), at=DUE + 2 * DAY)
        again = actions.replace(draw=draw, reason="It was withdrawn by mistake.", by=fresh(desk.gail), at=DUE + 2 * DAY)
        again = actions.draw(draw=again, by=fresh(desk.gail), at=DUE + 2 * DAY)
        assert set(again.counters["kept"]) == set(again.hidden_share)
        actions.approve(draw=again, by=fresh(desk.gail), at=DUE + 2 * DAY)
        new = actions.publish(draw=again, by=fresh(desk.drew), at=DUE + 3 * DAY)
        assert [row.pk for row in Release.objects.standing()] == [new.pk] and not Correction.objects.exists()
        was, now = (contents.shown_in(json.loads(row.content)) for row in (release, new))
        assert was == now

    def test_a_replacement_knows_the_withdrawn_one(self, desk):
        release = released(desk)
        actions.withdraw(draw=Draw.objects.get(release=release), reason="Wrong", by=fresh(desk.gail), at=DUE + DAY)
        again = actions.replace(
            draw=Draw.objects.get(release=release), reason="Right", by=fresh(desk.gail), at=DUE + DAY
        )
        assert actions.draw(draw=again, by=fresh(desk.gail), at=DUE + DAY).audited_with == [release.pk]

    def test_late_records_wait_for_the_annual_revision(self, desk):
        release = released(desk)
        draw = Draw.objects.get(release=release)
        desk.more(30)
        with pytest.raises(Refused, match="from 13 May 2027 on, with the figures for April 2026 to March 2027"):
            actions.revise(draw=draw, reason="Late records", by=fresh(desk.gail), at=YEAR_DUE - DAY)
        revised = actions.revise(draw=draw, reason="Late records", by=fresh(desk.gail), at=YEAR_DUE)
        revised = actions.draw(draw=revised, by=fresh(desk.gail), at=YEAR_DUE)
        assert set(revised.counters["kept"]) == {"C26"}  # what was asked anonymously did not change
        assert contents.shown_in(json.loads(revised.content))["C10"][()] == 90
        actions.approve(draw=revised, by=fresh(desk.gail), at=YEAR_DUE)

    def test_once_a_year(self, desk):
        """Often revised, a period would tell of each few dozen records that came in."""
        draw = Draw.objects.get(release=released(desk))
        desk.more(30)
        revised = actions.revise(draw=draw, reason="Late records", by=fresh(desk.gail), at=YEAR_DUE)
        revised = actions.draw(draw=revised, by=fresh(desk.gail), at=YEAR_DUE)
        actions.approve(draw=revised, by=fresh(desk.gail), at=YEAR_DUE)
        actions.publish(draw=revised, by=fresh(desk.drew), at=YEAR_DUE)
        with pytest.raises(Refused, match="from 13 May 2028 on, with the figures for April 2027 to March 2028"):
            actions.revise(draw=revised, reason="More", by=fresh(desk.gail), at=YEAR_DUE + 300 * DAY)
        assert actions.revise(draw=revised, reason="More", by=fresh(desk.gail), at=YEAR_DUE + 366 * DAY).edition == 3

    def test_a_revision_that_changes_too_little_is_not_approved(self, desk):
        draw = Draw.objects.get(release=released(desk))
        desk.more(24)
        revised = actions.revise(draw=draw, reason="Late records", by=fresh(desk.gail), at=YEAR_DUE)
        revised = actions.draw(draw=revised, by=fresh(desk.gail), at=YEAR_DUE)
        assert contents.shown_in(json.loads(revised.content))["C10"][()] == 60
        with pytest.raises(Refused, match="Too few records changed"):
            actions.approve(draw=revised, by=fresh(desk.gail), at=YEAR_DUE)

    def test_a_correction_names_tables(self, desk):
        draw = Draw.objects.get(release=released(desk))
        for cubes in ([], ["C99"]):
            with pytest.raises(Refused, match="Choose the tables"):
                actions.correct(draw=draw, text="Months were shifted.", cubes=cubes, by=fresh(desk.gail), at=DUE + DAY)
        said = actions.correct(draw=draw, text="Months were shifted.", cubes=["C1"], by=fresh(desk.gail), at=DUE + DAY)
        assert said.touched == [["C1", []]] and said.release == draw.release

    def test_set_aside_frees_the_period(self, desk):
        draw = drawn(desk)
        actions.set_aside(draw=draw, reason="A file was missing.", by=fresh(desk.drew), at=DUE + DAY)
        assert ask(desk, at=DUE + DAY).edition == 1


class TestAnnouncements:
    def announce(self, desk, day, *, reason="", by=None, period=QUARTER):
        return actions.announce(
            force=desk.place.force,
            period=period,
            due_on=day,
            reason=reason,
            by=fresh(by or desk.gail),
            at=DUE - 30 * DAY,
        )

    def test_the_last_word_counts_and_a_move_needs_a_reason(self, desk):
        first = self.announce(desk, DUE.date() + DAY)
        assert self.announce(desk, DUE.date() + DAY) == first
        with pytest.raises(Refused, match="Say why the day is moved"):
            self.announce(desk, DUE.date() + 5 * DAY)
        self.announce(desk, DUE.date() + 5 * DAY, reason="A strike")
        assert [row.due_on.day for row in Announcement.objects.order_by("pk")] == [13, 17]

    def test_nobody_reads_it_before_that_day(self, desk):
        self.announce(desk, DUE.date() + 5 * DAY)
        draw = approved(desk)
        with pytest.raises(Refused, match="17 August 2026 was announced"):
            actions.publish(draw=draw, by=fresh(desk.drew), at=DUE + DAY)
        release = actions.publish(draw=draw, by=fresh(desk.drew), at=DUE + DAY, publish_at=DUE + 5 * DAY)
        assert release.publish_at == DUE + 5 * DAY

    def test_not_earlier_than_it_may_be_drawn(self, desk):
        with pytest.raises(Refused, match="from 12 August 2026 on"):
            self.announce(desk, DUE.date() - DAY)

    def test_not_by_anybody_else_nor_of_what_is_out(self, desk):
        with pytest.raises(Refused, match="Only information governance"):
            self.announce(desk, DUE.date() + DAY, by=desk.sam)
        released(desk)
        with pytest.raises(Refused, match="released already"):
            self.announce(desk, DUE.date() + DAY)


class TestFacts:
    def state(self, desk, **given):
        said = {"period": QUARTER, "low": 50, "high": 70, "source": "Annual report"} | given
        return actions.state_fact(force=desk.place.force, by=fresh(desk.gail), at=DUE, **said)

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"source": " "}, "where it was published"),
            ({"low": 71}, "smaller number comes first"),
            ({"dimension": "kind"}, "which part"),
            ({"dimension": "kind", "code": "arson"}, "counted so"),
            ({"dimension": "outcome", "code": "charged"}, "counted so"),  # of years alone
            ({"dimension": "month", "code": "2026-07"}, "counted so"),  # of the next quarter
            ({"dimension": "area", "code": "atlantis"}, "counted so"),
            ({"period": "2026"}, "no such period"),
        ],
    )  # fmt: skip
    def test_only_what_can_be_audited(self, desk, given, words):
        with pytest.raises(Refused, match=words):
            self.state(desk, **given)

    def test_of_one_area_or_one_month_as_newspapers_ask(self, desk):
        district = District.objects.create(code="T07000001", name="Hill", force=desk.place.force)
        area = desk.place.force.units.create(code="ash", kind="area", name="Ash", parent=desk.place.root)
        DistrictArea.objects.create(district=district, area=area, from_on="2010-04-01")
        Incident.objects.filter(force=desk.place.force).update(district=district)
        self.state(desk, dimension="area", code="ash", low=60, high=60)
        self.state(desk, dimension="month", code="2026-05", low=60, high=60)
        draw = drawn(desk)
        assert draw.counters["unfit"] == 0 and len(draw.known) == 2

    def test_of_a_quarter_it_is_known_of_the_year_too(self, desk, monkeypatch):
        seen = []

        def gate(published, new, **given):
            seen.append(new)
            return by_rule(published, new, **given)

        monkeypatch.setattr(drawing, "gate", gate)
        self.state(desk, low=60, high=60)
        self.state(desk, dimension="kind", code="verbal", low=20, high=20)
        self.state(desk, dimension="injury", code="none", low=0, high=90)  # by month, a year does not count it
        drawn(desk, period="2026-27", at=YEAR_DUE)
        months = frozenset(["2026-04", "2026-05", "2026-06"])
        assert [(dict(fact.where), fact.low) for fact in seen[0].known] == [
            ({"month": months}, 60),
            ({"month": months, "kind": frozenset(["verbal"])}, 20),
        ]

    def test_one_that_is_not_so_stops_no_audit_and_is_told_of_at_the_desk(self, desk, monkeypatch):
        """A slip of the key cannot be taken back; the year is released all the same."""
        seen = []

        def gate(published, new, **given):
            seen.append(new)
            return by_rule(published, new, **given)

        monkeypatch.setattr(drawing, "gate", gate)
        self.state(desk, low=600, high=600)
        self.state(desk, low=60, high=60)
        draw = drawn(desk)
        assert [(fact.low, fact.high) for fact in seen[0].known] == [(60, 60)]
        assert len(draw.known) == 2 and draw.counters["unfit"] == 1
        assert actions.rebuilt(draw) == draw.content

    def test_kept_and_never_changed(self, desk):
        fact = self.state(desk, dimension="kind", code="physical")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            OutsideFact.objects.filter(pk=fact.pk).update(low=1)
        draw = drawn(desk)
        assert draw.known == [{"period": QUARTER, "dimension": "kind", "code": "physical", "low": 50, "high": 70}]


@pytest.mark.django_db(transaction=True)
def test_the_snapshot_is_repeatable_read_and_the_whole_way_commits(monkeypatch):
    """Without the shortcuts: its own durable transaction, whose first statement sets the level; the real gate."""
    monkeypatch.undo()
    desk = make_desk()
    levels, count = [], drawing._count

    def look(block, scope, lists):
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            levels.append(cursor.fetchone()[0])
        return count(block, scope, lists)

    monkeypatch.setattr(drawing, "_count", look)
    told = []
    asked = ask(desk)
    draw = actions.draw(draw=asked, by=fresh(desk.gail), at=DUE, progress=lambda *stage: told.append(stage))
    assert set(levels) == {"repeatable read"}
    assert told[0] == ("count", 0, len(blocks_of("quarter"))) and told[-1] == ("audit", 1, 1)
    assert draw.passed and draw.counters["targets"] > 0, draw.verdict
    assert actions.rebuilt(draw) == draw.content
    actions.approve(draw=draw, by=fresh(desk.gail), at=DUE)
    release = actions.publish(draw=draw, by=fresh(desk.drew), at=DUE + DAY)
    assert release.charts.count() > 4
    assert Incident.objects.count() == 60
    assert Decimal(shown(release, "C1", ALL)) == 60
