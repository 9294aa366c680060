"""The dashboard: released figures for the Commissioner's office, and nothing of reports or of anything not out yet."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campion.models import AuditEvent
from campion.roles import Role
from figures.cubes import ALL
from figures.models import Announcement
from tests import people, world
from tests.figures import published
from tests.figures.published import publish
from tests.stage import once
from tests.world import MONDAY

pytestmark = pytest.mark.django_db
QUARTERS = ("2024-25-Q2", "2024-25-Q3", "2024-25-Q4", "2025-26-Q1", "2025-26-Q2", "2025-26-Q3", "2025-26-Q4")


@once
def pcc():
    return people.make_person(Role.PCC, unit="testshire")


@once
def released():
    """A quarter and the year before it, both with charts."""
    return publish("2026-27-Q1"), publish("2025-26")


@pytest.fixture
def client(pcc):
    return people.signed_in(pcc)


def main_of(answer):
    page = answer.content.decode()
    return page[page.index("<main") : page.index("</main>")]


class TestWhoMayRead:
    @pytest.mark.parametrize("role", [role for role in Role if role != Role.PCC])
    def test_for_every_other_role_there_is_no_such_page(self, role, released):
        other = people.signed_in(people.make_person(role, unit="testshire"))
        name = "2026-27-Q1.1"
        for path in ("", "dictionary/", "pack/2026-27-Q1/", f"{name}/figures.csv", f"{name}/charts/kinds.svg"):
            assert other.get(f"/dashboard/{path}").status_code == 404, path

    def test_who_tried_stands_in_the_log(self, released):
        other = people.make_person(Role.EDITOR, unit="testshire")
        people.signed_in(other).get("/dashboard/")
        assert AuditEvent.objects.filter(actor_id=other.pk, outcome="refused", object_type="release").exists()

    def test_a_look_stands_in_the_log_with_the_release(self, client, pcc, released):
        client.get("/dashboard/")
        client.get("/dashboard/2026-27-Q1.1/figures.csv")
        seen = AuditEvent.objects.filter(actor_id=pcc.pk, outcome="seen").values_list("action", "object_id")
        assert ("look", "testshire/2026-27-Q1.1") in seen
        assert ("export", "testshire/2026-27-Q1.1/figures.csv") in seen

    def test_the_office_of_another_force_sees_none_of_this(self, released):
        people.make_force("elsewhere")
        other = people.make_person(Role.PCC, force=people.make_force("elsewhere"), unit="elsewhere")
        client = people.signed_in(other)
        assert "No figures have been released yet" in main_of(client.get("/dashboard/"))
        assert client.get("/dashboard/2026-27-Q1.1/figures.csv").status_code == 404
        assert client.get("/dashboard/?release=2026-27-Q1").status_code == 400

    def test_nothing_of_a_report_is_reachable_or_named(self, released):
        place = world.make_force()
        client = people.signed_in(world.make_person(place.root, Role.PCC))
        report = world.make_submitted_incident(world.make_person(place.team), at=MONDAY)
        for path in (f"/reports/{report.reference}/", "/reports/queue/", "/support/desk/"):
            assert client.get(path).status_code in (403, 404), path
        page = client.get("/dashboard/").content.decode()
        assert "Assaults and abuse, April to June 2026" in page
        assert report.reference not in page and "/reports/" not in main_of(client.get("/dashboard/"))

    def test_home_leads_there(self, client, released):
        assert client.get("/home/").url == "/dashboard/"


class TestChoices:
    def test_it_begins_with_the_newest_quarter(self, client, released):
        page = main_of(client.get("/dashboard/"))
        assert "Assaults and abuse, April to June 2026" in page
        assert "April 2025 to March 2026" in page, "figures of the year stand beside, marked as its own"

    def test_a_period_can_be_chosen_and_another_put_beside_it(self, client, released):
        before = publish("2025-26-Q4", seed=9)
        page = main_of(client.get("/dashboard/?release=2026-27-Q1&beside=2025-26-Q4"))
        total = before.cells.get(cube="C1", measure="number", codes=[ALL])
        assert "January to March 2026" in page and f"{total.shown:,}" in page
        assert "Assaults and abuse, January to March 2026" in main_of(client.get("/dashboard/?release=2025-26-Q4"))

    def test_a_year_can_be_read_by_itself(self, client, released):
        assert "Assaults and abuse, April 2025 to March 2026" in main_of(client.get("/dashboard/?release=2025-26"))

    @pytest.mark.parametrize(
        "query",
        [
            "from=2026-01-01", "area=north", "release=2026-27-Q1&kind=physical", "release=2026-27-Q1&release=2025-26",
            "release=2026-27-Q2", "release=nothing", "release=2026-27-Q1&beside=2025-26", "page=1", "sort=number",
            "limit=1", "offset=3", "fields=number", "format=csv", "release=%27%3B--", "release=" + "9" * 3000,
            "beside=2030-31",
        ],
    )  # fmt: skip
    def test_anything_else_is_refused_with_a_sentence(self, client, released, query):
        answer = client.get(f"/dashboard/?{query}")
        assert answer.status_code == 400
        assert "That is not among the figures" in answer.content.decode()

    def test_a_year_chosen_beside_a_quarter_leads_to_the_year_by_itself(self, client, released):
        """The two lists of the page can be set so."""
        page = client.get(f"/dashboard/?release={released[1].period}&beside=2026-27-Q1").content.decode()
        assert f'href="/dashboard/?release={released[1].period}">Go to April 2025 to March 2026 by itself' in page

    def test_before_the_first_release_it_says_so_and_when(self, client):
        Announcement.objects.create(
            force_code="testshire", period="2026-27-Q3", due_on="2027-02-18", at=published.OUT, reason=""
        )
        page = main_of(client.get("/dashboard/"))
        assert "No figures have been released yet" in page and "18 February 2027" in page

    def test_what_is_under_embargo_is_as_unknown_as_what_never_was(self, client, released):
        publish("2026-27-Q2", out_at=timezone.now() + timedelta(days=3), drawn=False)
        refused = [client.get(f"/dashboard/?release={name}") for name in ("2026-27-Q2", "2031-32-Q2")]
        assert {answer.status_code for answer in refused} == {400}
        assert main_of(refused[0]) == main_of(refused[1])
        assert "July to September 2026" not in main_of(client.get("/dashboard/"))
        for path in ("pack/2026-27-Q2/", "2026-27-Q2.1/figures.json", "2026-27-Q2.1/charts/kinds.csv"):
            assert client.get(f"/dashboard/{path}").status_code == 404, path


class TestTruth:
    def test_hidden_impossible_and_not_collected_look_different_and_are_explained(self, client, released):
        page = main_of(client.get("/dashboard/"))
        assert "campion-symbol--c" in page and "campion-symbol--x" in page
        for name in ("Hidden", "Cannot be", "Not collected"):
            assert name in page

    def test_a_change_says_what_chance_would_do(self, client, released):
        page = main_of(client.get("/dashboard/"))
        assert re.search(r"\d (more|fewer) than in April to June 2025", page)
        assert "The true change lies most likely between" in page and "By chance alone it could have been" in page

    def test_a_rate_stands_with_its_headcount_and_its_day(self, client, released):
        page = main_of(client.get("/dashboard/"))
        rate = released[1].cells.get(cube="C28", measure="rate", codes=["constable", ALL])
        assert f"{rate.shown:,.1f}" in page and "2,600" in page and "31 Mar 2026" in page
        assert f"{rate.low:,.1f} to {rate.high:,.1f}" in page  # as fine as the rate: 38.0, not 38

    def test_the_headline_has_assaults_abuse_their_sum_and_assaults_on_constables(self, client, released):
        quarter, year = released
        for release, codes in ((quarter, ("C1", "C2", "C29")), (year, ("C4", "C4", "C30"))):
            page = main_of(client.get(f"/dashboard/?release={release.period}"))
            tiles = dict(re.findall(r'tile__label">([^<]+)</h3>\s*<p class="campion-tile__number">\s*([\d,]+)', page))
            total, kinds, constables = (
                {tuple(code for code in row.codes if code != ALL): row for row in release.cells.filter(
                    cube=code, measure="number")}
                for code in codes
            )  # fmt: skip
            assert {label: tiles[label] for label in list(tiles)[:4]} == {
                "Assaults and abuse": f"{total[()].shown:,}",
                "Assaults": f"{kinds['assault',].shown:,}",
                "Threats and abuse": f"{kinds['abuse',].shown:,}",
                "Assaults on constables": f"{constables['constables',].shown:,}",
            }
            assert "whom the Home Office’s figure is about" in page

    def test_an_injury_share_that_nobody_ever_had_is_flagged(self, client):
        cells = published.invented(published.period("2026-27-Q1"), hidden=0)
        publish("2026-27-Q1", cells=cells, drawn=False, derived=False)
        assert "Hard to believe" not in main_of(client.get("/dashboard/"))
        publish(
            "2026-27-Q1", cells=cells, drawn=False, derived=False, edition=2, corrects_latest=True,
            percents={("C5", ("physical",)): 99},
        )  # fmt: skip
        page = main_of(client.get("/dashboard/"))
        assert "Hard to believe" in page and "99%" in page
        assert "Hard to believe" in main_of(client.get("/dashboard/pack/2026-27-Q1/"))

    def test_a_withdrawn_release_stays_and_says_why(self, client, released):
        publish("2025-26-Q4", withdrawn="The areas were mixed up.", drawn=False)
        page = main_of(client.get("/dashboard/?release=2025-26-Q4"))
        assert "Withdrawn on" in page and "The areas were mixed up." in page
        assert "April to June 2026" in main_of(client.get("/dashboard/"))
        assert ",withdrawn," in client.get("/dashboard/2025-26-Q4.1/figures.csv").content.decode()

    def test_the_newest_that_stands_says_what_was_withdrawn_after_it(self, client, released):
        publish("2026-27-Q2", withdrawn="A team was counted twice.", drawn=False)
        said = ("July to September 2026 was withdrawn on", "A team was counted twice.", "release=2026-27-Q2.1")
        page = main_of(client.get("/dashboard/"))
        assert "Assaults and abuse, April to June 2026" in page and all(words in page for words in said)
        assert all(words in main_of(client.get("/figures/")) for words in said[:2])
        assert said[0] not in main_of(client.get("/dashboard/?release=2025-26"))
        publish("2026-27-Q2", edition=2, corrects_latest=True, seed=6, drawn=False)
        assert said[0] not in main_of(client.get("/dashboard/")) + main_of(client.get("/figures/"))

    def test_a_chart_with_months_that_were_withdrawn_since_says_so(self, client, released):
        """It was drawn once; the table beside it follows what stands."""
        words = "The chart is as it was drawn with this release"
        assert words not in main_of(client.get("/dashboard/"))
        publish("2025-26-Q4", out_at=published.OUT - timedelta(days=90), drawn=False)
        assert words not in main_of(client.get("/dashboard/"))
        publish("2025-26-Q3", out_at=published.OUT - timedelta(days=180), withdrawn="Months were shifted.", drawn=False,
                withdrawn_at=published.OUT + timedelta(days=1))  # fmt: skip
        assert words in main_of(client.get("/dashboard/"))
        assert words in main_of(client.get("/dashboard/pack/2026-27-Q1/"))
        assert words in main_of(client.get("/figures/testshire/2026-27-Q1/"))

    def test_a_corrected_release_says_which_figures_and_leads_to_the_right_ones(self, client, released):
        first, _ = released
        second = publish("2026-27-Q1", edition=2, corrects=first, seed=5, drawn=False)
        published.correct(first, "One area was counted twice.", ["C3"], second)
        old = main_of(client.get("/dashboard/?release=2026-27-Q1.1"))
        assert "One area was counted twice." in old and "Assaults and abuse by policing area" in old
        assert "/dashboard/?release=2026-27-Q1.2" in old and "Corrected" in old
        assert "One area was counted twice." not in main_of(client.get("/dashboard/"))
        assert "Numbers that were wrong" in main_of(client.get("/dashboard/"))


class TestQueries:
    """Five questions to the released tables, whatever number of releases there is."""

    def asked(self, client, path="/dashboard/"):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return [query["sql"] for query in queries if '"figures_' in query["sql"]]

    def test_five_for_one_release_and_for_twelve(self, client, released):
        few = self.asked(client)
        assert len(few) == 5, "\n".join(query[:150] for query in few)
        for code in QUARTERS:
            publish(code, drawn=False)
        for code in ("2023-24", "2024-25"):
            publish(code, drawn=False)
        assert len(self.asked(client)) == 5
        assert len(self.asked(client, "/dashboard/?release=2026-27-Q1&beside=2025-26-Q1")) == 5
        assert len(self.asked(client, "/dashboard/pack/2026-27-Q1/")) == 5

    def test_all_of_them_are_read_in_the_published_role(self, client, released):
        with CaptureQueriesContext(connection) as queries:
            client.get("/dashboard/")
        said = [query["sql"] for query in queries]
        first, last = (said.index(next(q for q in said if word in q)) for word in ("SET LOCAL ROLE", "RESET ROLE"))
        assert all(first < place < last for place, query in enumerate(said) if '"figures_' in query)
        inside = said[first + 1 : last]
        assert all('"figures_' in query for query in inside), inside


class TestFiles:
    def test_each_kind_of_file_and_chart(self, client, released):
        for file in ("figures.csv", "figures.csv-metadata.json", "figures.ods", "figures.json"):
            answer = client.get(f"/dashboard/2026-27-Q1.1/{file}")
            assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
        for chart in ("kinds", "trend"):
            for kind in ("svg", "png", "csv"):
                answer = client.get(f"/dashboard/2026-27-Q1.1/charts/{chart}.{kind}")
                assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"], (chart, kind)

    def test_no_other_file(self, client, released):
        for path in (
            "figures.xlsx",
            "charts/kinds.gif",
            "charts/nothing.svg",
            "charts/week.svg",
        ):
            assert client.get(f"/dashboard/2026-27-Q1.1/{path}").status_code == 404, path

    def test_no_file_by_a_choice(self, client, released):
        for path in ("figures.csv", "figures.json", "charts/kinds.svg", "charts/trend.csv"):
            answer = client.get(f"/dashboard/2026-27-Q1.1/{path}?area=north")
            assert answer.status_code == 400 and "That is not among the figures" in answer.content.decode(), path

    def test_what_is_for_the_office_is_in_its_files(self, client, released):
        assert "First contact by a supervisor" in client.get("/dashboard/2026-27-Q1.1/figures.csv").content.decode()


class TestPages:
    def test_every_chart_has_a_heading_a_sentence_and_a_real_table(self, client, released):
        page = main_of(client.get("/dashboard/"))
        parts = page.split('<section class="campion-panel"')[1:]
        charted = [part for part in parts if "<svg" in part]
        assert len(charted) > 15
        for part in charted:
            assert "<h3" in part and "campion-panel__sentence" in part and "<table" in part and "<th scope=" in part
            assert "What a number counts" in part and "Download" in part

    def test_nothing_on_the_page_needs_a_script_or_a_style_of_its_own(self, client, released):
        page = main_of(client.get("/dashboard/"))
        assert "<script" not in page and "<style" not in page and not re.search(r"\sstyle=", page)
        assert not re.search(r"\sdata-(?!module)", page)

    def test_each_right_is_named_and_stands_beside_what_any_victim_is_owed(self, client, released):
        page = main_of(client.get("/dashboard/"))
        assert "Right 4: support services" in page and "support offered within two working days (Right 4)" in page

    def test_the_pack_is_of_one_quarter(self, client, released):
        page = main_of(client.get("/dashboard/pack/2026-27-Q1/"))
        assert "for the scrutiny panel" in page and page.count("<table") == 5
        for code in ("2025-26", "2026-27-Q2", "nothing"):
            assert client.get(f"/dashboard/pack/{code}/").status_code == 404
        assert client.get("/dashboard/pack/2026-27-Q1/?area=north").status_code == 400

    def test_the_dictionary_knows_every_table_and_what_is_not_collected(self, client):
        from figures.cubes import CUBES

        page = main_of(client.get("/dashboard/dictionary/"))
        for cube in CUBES.values():
            assert cube.title in page and f'id="{cube.code}"' in page
        assert "Assaults: physical assault, spitting or bodily fluid" in page
        assert "Constables: police officers of every rank and special constables" in page
        assert "ethnicity" in page and "07:00 to 07:00" in page
        assert client.get("/dashboard/dictionary/?cube=C1").status_code == 400
