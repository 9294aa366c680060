"""The release desk: who finds it, what it lists, what each step asks for and refuses, and what stands in the log."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from campion.models import AuditEvent
from campion.roles import Role
from figures import actions
from figures.models import Announcement, Correction, Draw, Happening, OutsideFact, Release
from tests import people, world
from tests.figures.releasing import DAY, DUE, QUARTER, approved, drawn, make_desk, quick, released  # noqa: F401
from tests.stage import once
from tests.world import fresh

APRIL = datetime(2026, 4, 30, 22, 0, tzinfo=UTC)
"""Before midnight in London: so that the quarter is whole."""
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick")]


@once
def desk():
    return make_desk()


@pytest.fixture
def mine(desk, quick):  # noqa: F811
    return drawn(desk)


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(DUE + 2 * DAY, tick=False)


@pytest.fixture
def gail(desk):
    return people.signed_in(desk.gail)


@pytest.fixture
def drew(desk):
    return people.signed_in(desk.drew)


def step(draw, name):
    return reverse("figures:release-step", args=[draw.key, name])


def text_of(response):
    return " ".join(response.content.decode().split())


def looked(user):
    return list(AuditEvent.objects.filter(actor_id=user.pk, outcome="seen").values_list("object_type", "object_id"))


class TestWhoFindsIt:
    def pages(self, draw):
        names = ("desk", "draw-release", "release-dates", "release-facts")
        return [*(reverse(f"figures:{name}") for name in names), draw.get_absolute_url(), step(draw, "approve")]

    def test_nobody_else(self, desk, mine):
        elsewhere = world.make_force("farshire")
        unknown = people.signed_in(world.make_person(elsewhere.root, Role.GOVERNANCE))
        assert unknown.get(mine.get_absolute_url()).status_code == 404
        assert unknown.get(step(mine, "approve")).status_code == 404
        for role in (None, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.PCC, Role.WELFARE):
            client = people.signed_in(world.make_person(desk.place.root, *([role] if role else [])))
            for page in self.pages(mine):
                assert client.get(page).status_code == 404, (role, page)
                if page not in (reverse("figures:desk"), mine.get_absolute_url()):
                    assert client.post(page).status_code == 404, (role, page)
        assert AuditEvent.objects.filter(action="look_at_releases", outcome="refused").exists()

    def test_a_key_that_is_none_looks_the_same(self, gail, mine):
        unknown = "00000000-0000-4000-8000-000000000000"
        assert gail.get(reverse("figures:draw", args=[unknown])).status_code == 404
        assert gail.get(step(mine, "fly")).status_code == 404

    def test_each_look_is_on_the_log(self, desk, gail, mine):
        for page in self.pages(mine):
            before = len(looked(desk.gail))
            assert gail.get(page).status_code == 200, page
            assert len(looked(desk.gail)) == before + 1, page
        assert ("release", mine.content_hash) in looked(desk.gail)

    def test_home_counts_what_waits_for_this_person(self, desk, gail, drew, mine):
        from figures.views.desk import waiting

        assert (waiting(fresh(desk.gail)), waiting(fresh(desk.drew))) == (1, 1)
        actions.approve(draw=mine, by=fresh(desk.gail), at=DUE)
        assert (waiting(fresh(desk.gail)), waiting(fresh(desk.drew))) == (0, 1)
        assert "Releases" in text_of(gail.get("/home/"))


class TestTheList:
    def test_what_is_due_on_its_way_and_out(self, desk, gail):
        desk.more(1, at=APRIL)
        page = text_of(gail.get(reverse("figures:desk")))
        assert "April to June 2026" in page and "Nothing is on its way" in page and "Nothing was published" in page
        drawn(desk, at=DUE + DAY)
        page = text_of(gail.get(reverse("figures:desk")))
        assert "No period is due" in page and "To be reviewed" in page

    def test_an_embargo_is_said(self, desk, gail):
        released(desk, publish_at=DUE + 5 * DAY)
        assert "Under embargo" in text_of(gail.get(reverse("figures:desk")))

    def test_corrections_and_days(self, desk, gail):
        draw = Draw.objects.get(release=released(desk))
        actions.correct(draw=draw, text="Months were shifted.", cubes=["C1"], by=fresh(desk.gail), at=DUE + 2 * DAY)
        actions.announce(force=desk.place.force, period="2026-27-Q2", due_on=DUE.date() + 95 * DAY,
                         by=fresh(desk.gail), at=DUE)  # fmt: skip
        page = text_of(gail.get(reverse("figures:desk")))
        assert "Months were shifted." in page and "July to September 2026" in page and "15 November 2026" in page


class TestDraw:
    def test_a_period_that_is_due(self, desk, gail):
        desk.more(1, at=APRIL)
        page = gail.get(reverse("figures:draw-release"))
        assert "Quarter 1 of 2026-27" in text_of(page)
        answer = gail.post(reverse("figures:draw-release"), {"period": QUARTER})
        draw = Draw.objects.get()
        assert (answer.status_code, answer.url, draw.state) == (302, draw.get_absolute_url(), "asked")
        assert "It is being counted and audited" in text_of(gail.get(answer.url))

    def test_a_quarter_in_which_reporting_began_is_not_due_and_the_next_is(self, desk, gail):
        """The first report is of May: of that quarter little would be shown. Its year has whole quarters."""
        assert "Quarter 1 of 2026-27" not in text_of(gail.get(reverse("figures:draw-release")))
        force = desk.place.force
        periods = actions.periods_due(force=force, on=date(2027, 6, 1))
        assert [span.code for span in periods] == ["2026-27-Q2", "2026-27-Q3", "2026-27-Q4", "2026-27"]
        desk.more(1, at=APRIL)
        assert [span.code for span in actions.periods_due(force=force, on=date(2026, 9, 1))] == [QUARTER]
        desk.more(1, at=datetime(2026, 3, 2, 12, tzinfo=UTC))
        assert [span.code for span in actions.periods_due(force=force, on=date(2026, 9, 1))] == [QUARTER]

    @pytest.mark.parametrize("period", ["", "2026-27-Q2", "x"])
    def test_another_is_refused(self, gail, period):
        answer = gail.post(reverse("figures:draw-release"), {"period": period})
        assert answer.status_code == 422 and not Draw.objects.exists()

    def test_what_came_to_nothing_can_be_tried_again(self, desk, gail):
        draw = actions.ask(force=desk.place.force, period=QUARTER, by=fresh(desk.gail), at=DUE + 2 * DAY)
        assert gail.get(step(draw, "again")).status_code == 404
        Draw.objects.filter(pk=draw.pk).update(fault="The facts contradict each other.")
        assert "The facts contradict each other." in text_of(gail.get(draw.get_absolute_url()))
        assert gail.post(step(draw, "again")).status_code == 302
        draw.refresh_from_db()
        assert draw.fault == ""

    def test_what_was_begun_and_never_finished_can_be_tried_again(self, desk, gail, time_machine):
        """A process was ended while it drew, so nobody wrote down that it came to nothing."""
        draw = actions.ask(force=desk.place.force, period=QUARTER, by=fresh(desk.gail), at=DUE + 2 * DAY)
        Draw.objects.filter(pk=draw.pk).update(leased_until=DUE + 2 * DAY + timedelta(hours=2))
        assert gail.get(step(draw, "again")).status_code == 404
        time_machine.move_to(DUE + 2 * DAY + timedelta(hours=2), tick=False)
        gail = people.signed_in(desk.gail)
        assert "It was to be drawn by now and is not." in text_of(gail.get(draw.get_absolute_url()))
        assert gail.post(step(draw, "again")).status_code == 302


class TestReview:
    def test_shows_every_number_that_will_be_shown_and_no_other(self, gail, mine):
        page = text_of(gail.get(mine.get_absolute_url()))
        for words in ("Every small figure was tried.", "12 small figures tried, with 3 integer programs", "Passed",
                      mine.content_hash, "C2: Assaults and abuse by kind", "67%", "Percentages of each row",
                      "<caption", "[c]", "No headcount is known"):  # fmt: skip
            assert words in page, words
        assert ">3<" not in page

    def test_the_share_hidden_is_said_and_too_much_of_it(self, gail, mine):
        page = text_of(gail.get(mine.get_absolute_url()))
        assert "Hidden: 29%.</p>" in page  # C2: two of seven
        assert re.search(r"Hidden: [4-9]\d%\. <strong>Over 30%\.</strong>", page)
        assert "More than 30% is hidden in" in page

    def test_what_is_marked_on_the_trend_is_reviewed_too(self, desk, gail):
        Happening.objects.create(code="kit", title="New kit issued", from_on="2026-05-01", source="The force")
        page = text_of(gail.get(drawn(desk).get_absolute_url()))
        assert "New kit issued, 1 May 2026. There are not yet enough months after it to compare." in page

    def test_a_number_of_others_that_does_not_agree_is_told_of(self, desk, gail):
        actions.state_fact(force=desk.place.force, period=QUARTER, low=600, high=600, source="A slip of the key",
                           by=fresh(desk.gail), at=DUE)  # fmt: skip
        page = text_of(gail.get(drawn(desk).get_absolute_url()))
        assert "1 of the numbers that others published about this period does not agree" in page

    def test_one_query_for_the_page_however_many_tables(self, gail, mine, django_assert_max_num_queries):
        gail.get(mine.get_absolute_url())
        with django_assert_max_num_queries(14):
            gail.get(mine.get_absolute_url())

    def test_what_did_not_pass_has_no_button_to_approve(self, desk, gail, monkeypatch):
        from figures.actions import drawing
        from tests.figures.releasing import by_rule

        monkeypatch.setattr(
            drawing, "gate", lambda *given, **more: type(v := by_rule(*given, **more))(**{**vars(v), "passed": False})
        )
        draw = drawn(desk)
        page = text_of(gail.get(draw.get_absolute_url()))
        assert "Did not pass" in page and "Approve this release" not in page and "Set this release aside" in page


class TestSteps:
    def test_the_whole_way(self, desk, gail, drew, mine):
        assert gail.post(step(mine, "approve")).status_code == 422
        assert gail.post(step(mine, "approve"), {"read": "on"}).status_code == 302
        assert gail.get(step(mine, "publish")).status_code == 404
        assert "somebody else of information governance publishes" in text_of(gail.get(mine.get_absolute_url()))
        assert drew.post(step(mine, "publish"), {"when": "now"}).status_code == 302
        release = Release.objects.get()
        assert release.publish_at == DUE + 2 * DAY
        page = text_of(drew.get(mine.get_absolute_url()))
        assert "Published" in page and "Withdraw this release" in page and "by <bdi>you</bdi>" in page

    def test_an_embargo_by_the_london_clock(self, desk, drew):
        draw = approved(desk)
        ends = {"when": "later", "on-day": "20", "on-month": "8", "on-year": "2026", "at": "09:30"}
        for missing in (("at",), ("on-day", "on-month", "on-year")):
            given = {name: value for name, value in ends.items() if name not in missing}
            assert drew.post(step(draw, "publish"), given).status_code == 422
        assert drew.post(step(draw, "publish"), ends).status_code == 302
        assert Release.objects.get().publish_at.isoformat() == "2026-08-20T08:30:00+00:00"

    def test_a_refusal_is_a_sentence_on_the_form_and_in_the_log(self, desk, drew):
        draw = approved(desk)
        ends = {"when": "later", "on-day": "14", "on-month": "8", "on-year": "2026", "at": "00:30"}
        answer = drew.post(step(draw, "publish"), ends)
        assert answer.status_code == 422 and "The embargo must end later than now." in text_of(answer)
        assert AuditEvent.objects.filter(action="publish_release", outcome="refused").exists()

    def test_what_cannot_be_done_now_leads_back_to_the_release(self, gail, mine):
        """After a second click, or the back button."""
        gail.post(step(mine, "approve"), {"read": "on"})
        for answer in (gail.get(step(mine, "approve")), gail.post(step(mine, "approve"), {"read": "on"})):
            page = answer.content.decode()
            assert answer.status_code == 404 and "That cannot be done to this release now" in page
            assert f'href="{mine.get_absolute_url()}">Go to the release' in page
        assert AuditEvent.objects.filter(action="approve_release", outcome="refused").count() == 2

    def test_set_aside_with_a_reason(self, gail, mine):
        assert gail.post(step(mine, "set-aside"), {"reason": " "}).status_code == 422
        assert gail.post(step(mine, "set-aside"), {"reason": "A file was missing."}).status_code == 302
        assert "A file was missing." in text_of(gail.get(mine.get_absolute_url()))

    def test_withdraw_correct_and_replace(self, desk, gail):
        draw = Draw.objects.get(release=released(desk))
        assert gail.post(step(draw, "correct"), {"text": "Wrong", "cubes": ["C1", "C2"]}).status_code == 302
        assert Correction.objects.get().touched == [["C1", []], ["C2", []]]
        assert gail.get(step(draw, "replace")).status_code == 404
        assert gail.post(step(draw, "withdraw"), {"reason": "Wrong kinds"}).status_code == 302
        answer = gail.post(step(draw, "replace"), {"reason": "Kinds put right"})
        assert answer.status_code == 302 and Draw.objects.get(kind="replacement").get_absolute_url() == answer.url

    def test_a_revision_waits_for_the_year(self, desk, gail):
        draw = Draw.objects.get(release=released(desk))
        answer = gail.post(step(draw, "revise"), {"reason": "Late records"})
        assert answer.status_code == 422 and "Late records wait for the annual revision" in text_of(answer)
        page = text_of(gail.get(draw.get_absolute_url()))
        assert "It can be revised with what is recorded late from 13 May 2027 on." in page
        assert "Revise this release" not in page

    def test_a_revision_is_offered_once_the_year_is_due(self, desk, time_machine):
        draw = Draw.objects.get(release=released(desk))
        time_machine.move_to(datetime(2027, 5, 13, 12, tzinfo=UTC), tick=False)
        page = text_of(people.signed_in(desk.gail).get(draw.get_absolute_url()))
        assert "Revise this release" in page and "It can be revised" not in page


class TestDaysAndFacts:
    def test_announce(self, gail):
        day = {"due_on-day": "20", "due_on-month": "11", "due_on-year": "2026"}
        assert gail.post(reverse("figures:release-dates"), {"period": "2026-27-Q2", **day}).status_code == 302
        assert Announcement.objects.get().period == "2026-27-Q2"
        early = {"due_on-day": "20", "due_on-month": "9", "due_on-year": "2026"}
        answer = gail.post(reverse("figures:release-dates"), {"period": "2026-27-Q2", **early})
        assert answer.status_code == 422 and "no figures are drawn earlier" in text_of(answer)

    def test_facts(self, gail):
        given = {"period": QUARTER, "what": "kind/physical", "low": "40", "high": "45", "source": "A press release"}
        assert gail.post(reverse("figures:release-facts"), given | {"high": "39"}).status_code == 422
        bare = text_of(gail.post(reverse("figures:release-facts"), {}))
        assert "Enter the least that it can be." in bare and "Enter the most that it can be." in bare
        assert gail.post(reverse("figures:release-facts"), given).status_code == 302
        fact = OutsideFact.objects.get()
        assert (fact.dimension, fact.code, fact.low, fact.high) == ("kind", "physical", 40, 45)
        page = text_of(gail.get(reverse("figures:release-facts")))
        assert "Kind: Physical assault, 40 to 45" in page and "A press release" in page
        assert "Month: May 2026" in page

    def test_a_fact_that_the_period_is_not_counted_by_is_refused(self, gail):
        given = {"period": QUARTER, "what": "outcome/charged", "low": "4", "high": "5", "source": "A press release"}
        answer = gail.post(reverse("figures:release-facts"), given)
        assert answer.status_code == 422 and "Nothing of this period is counted so." in text_of(answer)


def test_what_was_typed_is_there_again(desk, mine, gail):
    from django.http import QueryDict
    from django.utils import timezone

    from campion import kept

    kept.keep(desk.gail, step(mine, "set-aside"), QueryDict("reason=A+file+was+missing"), timezone.now())
    page = gail.get(step(mine, "set-aside"))
    assert page.status_code == 200 and "A file was missing" in text_of(page)
    assert timedelta(0) == timezone.now() - (DUE + 2 * DAY)
