"""Open data: the same cells in every form, for everybody and any cache; and not one number that is in no release."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
import tablib
from django.test import Client
from django.utils import timezone

from campion.roles import Role
from figures import downloads, panels
from figures.cubes import CUBES, DIMENSIONS, cubes_of
from figures.models import Announcement, Cell, Release
from figures.periods import period
from tests import people
from tests.figures import published
from tests.figures.published import publish
from tests.stage import once

pytestmark = pytest.mark.django_db
BASE = "/figures/testshire/2026-27-Q1.1/"
FILES = ("figures.csv", "figures.csv-metadata.json", "figures.ods", "figures.json")
PUBLIC = {cube.code for cube in CUBES.values() if cube.audience == "public"}


HAPPENED = [
    {"code": "cameras", "title": "Cameras issued", "on": "2025-10-01", "source": "The force", "from": "2025-10",
     "until": "2026-06", "after": 735, "before": 680, "change": 55, "low": -19, "high": 129, "says": "chance"},
    {"code": "act", "title": "An Act in force", "on": "2026-06-10", "source": "The Act"},
]  # fmt: skip


@once
def released():
    return publish("2026-27-Q1", happened=HAPPENED), publish("2025-26")


@pytest.fixture
def anybody():
    return Client()


def main_of(answer):
    page = answer.content.decode()
    return page[page.index("<main") : page.index("</main>")]


class TestForEverybody:
    def test_the_pages_and_files(self, anybody, released):
        for path in (
            "",
            "method/",
            "dictionary/",
            "testshire/2026-27-Q1/",
            "testshire/2026-27-Q1.1/",
            "testshire/2025-26/",
        ):
            assert anybody.get(f"/figures/{path}").status_code == 200, path
        for file in (*FILES, "charts/kinds.svg", "charts/kinds.png", "charts/kinds.csv", "charts/trend.csv"):
            assert anybody.get(BASE + file).status_code == 200, file

    def test_any_cache_may_keep_them_and_no_cookie_is_set(self, anybody, released):
        for path in ("/figures/", "/figures/method/", BASE, BASE + "figures.csv", BASE + "charts/kinds.svg"):
            answer = anybody.get(path)
            assert "public" in answer["Cache-Control"] and "no-store" not in answer["Cache-Control"], path
            assert not answer.cookies and "Cookie" not in answer.get("Vary", ""), path
            assert anybody.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304, path

    def test_whoever_is_signed_in_gets_the_very_same(self, anybody, released):
        signed_in = people.signed_in(people.make_person(Role.PCC, unit="testshire"))
        for path in ("/figures/", BASE, BASE + "figures.json"):
            assert signed_in.get(path).content == anybody.get(path).content
            assert "no-store" not in signed_in.get(path)["Cache-Control"]

    def test_only_tables_for_everybody(self, anybody, released):
        told = json.loads(anybody.get(BASE + "figures.json").content)
        assert {table["code"] for table in told["tables"]} == {cube.code for cube in cubes_of("quarter")} & PUBLIC
        assert "Who was assaulted" not in main_of(anybody.get(BASE))
        assert "C5" not in anybody.get(BASE + "figures.csv").content.decode()
        for chart in ("injuries", "offers", "contact", "hurt"):
            for kind in ("svg", "png", "csv"):
                assert anybody.get(f"{BASE}charts/{chart}.{kind}").status_code == 404, chart
        assert "Body-worn video" not in anybody.get("/figures/dictionary/").content.decode()

    @pytest.mark.parametrize("query", ["from=2026", "area=north", "format=csv", "page=2", "release=2026-27-Q1"])
    def test_a_parameter_is_refused_with_a_sentence(self, anybody, released, query):
        for path in ("/figures/", BASE, BASE + "figures.csv", "/figures/method/"):
            answer = anybody.get(f"{path}?{query}")
            page = answer.content.decode()
            assert answer.status_code == 400 and "That is not among the figures" in page
            assert f'href="{path}">Go back to the figures' in page

    def test_what_is_under_embargo_is_unknown(self, anybody, released):
        publish("2026-27-Q2", out_at=timezone.now() + timedelta(minutes=5), drawn=False)
        for path in ("", "figures.csv", "figures.json", "charts/kinds.csv"):
            embargoed = anybody.get(f"/figures/testshire/2026-27-Q2.1/{path}")
            unknown = anybody.get(f"/figures/testshire/2031-32-Q2.1/{path}")
            assert embargoed.status_code == unknown.status_code == 404
            assert embargoed.content == unknown.content
        assert "July to September 2026" not in main_of(anybody.get("/figures/"))

    def test_what_was_withdrawn_under_its_embargo_never_comes_out(self, anybody, released):
        first = publish("2026-27-Q2", out_at=timezone.now() - timedelta(hours=1), drawn=False)
        assert anybody.get("/figures/testshire/2026-27-Q2.1/").status_code == 200
        in_time = publish("2026-27-Q3", out_at=timezone.now() - timedelta(hours=1), withdrawn="Wrong", drawn=False,
                          withdrawn_at=timezone.now() - timedelta(hours=2))  # fmt: skip
        assert in_time.withdrawn_at < first.publish_at
        for path in ("", "figures.csv", "charts/kinds.csv"):
            assert anybody.get(f"/figures/testshire/2026-27-Q3.1/{path}").status_code == 404
        assert "October to December 2026" not in main_of(anybody.get("/figures/"))

    def test_of_two_forces_each_has_its_own_that_stands(self, anybody, released):
        publish("2026-27-Q1", force="othershire", drawn=False)
        page = main_of(anybody.get("/figures/"))
        assert "Testshire Police, April to June 2026" in page and "Othershire Police, April to June 2026" in page
        assert "Replaced" not in page

    def test_before_the_first_release_and_the_days_announced(self, anybody):
        assert "No figures have been released yet" in main_of(anybody.get("/figures/"))
        for due, at in (("2027-02-15", 3), ("2027-02-18", 4)):
            Announcement.objects.create(
                force_code="testshire", period="2026-27-Q3", due_on=due, at=published.OUT + timedelta(days=at),
                reason="Moved: the first day was a holiday." if at == 4 else "",
            )  # fmt: skip
        page = main_of(anybody.get("/figures/"))
        assert "October to December 2026, on 18 February 2027" in page and "15 February" not in page

    def test_a_withdrawn_release_stays_at_its_address_and_says_so_in_every_form(self, anybody):
        first = publish("2026-27-Q1", withdrawn="Two areas were mixed up.", drawn=False)
        publish("2026-27-Q1", edition=2, corrects=first, seed=4, drawn=False)
        page = main_of(anybody.get(BASE))
        assert "Two areas were mixed up." in page and "/figures/testshire/2026-27-Q1.2/" in page
        rows = list(csv.DictReader(io.StringIO(anybody.get(BASE + "figures.csv").content.decode())))
        assert {row["status"] for row in rows} == {"withdrawn"}
        assert json.loads(anybody.get(BASE + "figures.json").content)["withdrawn"]["why"] == "Two areas were mixed up."
        assert "Two areas were mixed up." not in main_of(anybody.get("/figures/testshire/2026-27-Q1/"))
        assert "Withdrawn" in main_of(anybody.get("/figures/"))

    def test_what_was_wrong_in_tables_for_the_office_alone_is_not_told_to_everybody(self, anybody, released):
        published.correct(released[0], "Injuries and areas were shifted.", ["C3", "C5"])
        published.correct(released[0], "Answers were counted twice.", ["C7"])
        told = json.loads(anybody.get(BASE + "figures.json").content)["corrections"]
        assert [row["tables"] for row in told] == [["C3"]]
        assert "Answers were counted twice." not in main_of(anybody.get(BASE))
        pcc = people.signed_in(people.make_person(Role.PCC, unit="testshire"))
        told = json.loads(pcc.get("/dashboard/2026-27-Q1.1/figures.json").content)["corrections"]
        assert sorted(row["tables"] for row in told) == [["C3", "C5"], ["C7"]]

    def test_the_day_of_a_release_is_by_the_london_clock(self, anybody):
        publish("2026-27-Q1", out_at=datetime(2026, 8, 31, 23, 30, tzinfo=UTC), drawn=False)
        described = json.loads(anybody.get(BASE + "figures.csv-metadata.json").content)
        assert described["dc:issued"] == "2026-09-01"

    def test_a_correction_marks_the_cells_that_it_touches(self, anybody, released):
        published.correct(released[0], "One area was counted twice.", ["C3"])
        rows = list(csv.DictReader(io.StringIO(anybody.get(BASE + "figures.csv").content.decode())))
        assert {(row["table"], row["status"]) for row in rows if row["table"] in ("C2", "C3")} == {
            ("C2", "published"), ("C3", "corrected"),
        }  # fmt: skip
        assert "One area was counted twice." in main_of(anybody.get(BASE))


class TestWhatHappened:
    def test_it_is_marked_with_before_and_after_and_no_claim(self, anybody, released):
        page = main_of(anybody.get(BASE))
        assert "Cameras issued, 1 October 2025" in page and "735 are shown, and 680 in the same months" in page
        assert "could be chance" in page and "these figures cannot say" in page
        assert "There are not yet enough months after it to compare." in page
        drawn = "".join(ElementTree.fromstring(anybody.get(BASE + "charts/trend.svg").content).itertext())
        assert "A" in drawn and "B" in drawn
        told = json.loads(anybody.get(BASE + "figures.json").content)["happened"]
        assert [row["title"] for row in told] == ["Cameras issued", "An Act in force"] and told[0]["after"] == 735


class TestFilesAgree:
    """Every form holds the same cells, and those are the release's."""

    @pytest.fixture
    def cells(self, released):
        rows = Cell.objects.filter(release=released[0], cube__in=PUBLIC)
        return {(row.cube, row.measure, tuple(row.codes)): row.shown for row in rows}

    def test_csv(self, anybody, cells):
        rows = list(csv.DictReader(io.StringIO(anybody.get(BASE + "figures.csv").content.decode())))
        found = {}
        for row in rows:
            codes = tuple(row[f"code_{n}"] for n in (1, 2) if row[f"code_{n}"])
            found[row["table"], row["measure"], codes] = row["value"]
        assert found == {key: str(value) for key, value in cells.items()}

    def test_json(self, anybody, cells):
        told = json.loads(anybody.get(BASE + "figures.json").content)
        found = {
            (table["code"], cell["measure"], tuple(cell["codes"])): cell.get("value", cell.get("symbol"))
            for table in told["tables"]
            for cell in table["cells"]
        }
        assert found == cells
        assert anybody.get(BASE + "figures.json").content == anybody.get(BASE + "figures.json").content

    def test_spreadsheet(self, anybody, cells):
        book = tablib.Databook().load(anybody.get(BASE + "figures.ods").content, "ods")
        sheets = {sheet.title: sheet.dict for sheet in book.sheets()}
        assert set(sheets) == {"About", *{cube for cube, *_ in cells}}
        found = {}
        for title, rows in sheets.items():
            for row in rows if title != "About" else ():
                codes = tuple(row[f"code_{n}"] for n in (1, 2) if row[f"code_{n}"])
                found[title, row["measure"], codes] = row["value"]
        assert {key: str(value).removesuffix(".0") for key, value in found.items()} == {
            key: str(value) for key, value in cells.items()
        }

    def test_the_description_describes_the_csv(self, anybody, released):
        told = json.loads(anybody.get(BASE + "figures.csv-metadata.json").content)
        head = anybody.get(BASE + "figures.csv").content.decode().split("\r\n")[0].split(",")
        assert [column["name"] for column in told["tableSchema"]["columns"]] == head
        assert told["url"].endswith(BASE + "figures.csv") and told["@context"][0] == "http://www.w3.org/ns/csvw"
        value = next(column for column in told["tableSchema"]["columns"] if column["name"] == "value")
        assert value["datatype"] == "decimal" and {"[c]", "[z]", "[x]"} <= set(value["null"])

    def test_no_cell_is_a_formula(self, released):
        assert [downloads.safe(text) for text in ("=1+1", "+1", "-1", "@x", "\tx", "[c]", "North")] == [
            "'=1+1", "'+1", "'-1", "'@x", "'\tx", "[c]", "North",
        ]  # fmt: skip


# X5 ------------------------------------------------------------------------------------------------------------------


class Text(HTMLParser):
    """The words of a page, and those of its attributes that anybody could read; without the numbers of a drawing."""

    def __init__(self, page):
        super().__init__()
        self.said, self._deaf = [], 0
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self._deaf += tag in ("script", "style")
        self.said += [value for name, value in attributes if value and (name in ("title", "alt", "content", "value")
                      or (name.startswith(("aria-label", "data-")) and not name.endswith("ledby")))]  # fmt: skip

    def handle_endtag(self, tag):
        self._deaf -= tag in ("script", "style")

    def handle_data(self, data):
        if not self._deaf:
            self.said.append(data)


MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DATES = re.compile(
    rf"\b\d{{1,2}} (?:{MONTHS}|[A-Z][a-z]{{2}}) \d{{4}}\b|\b(?:{MONTHS}) \d{{4}}\b|20\d\d-\d\d(?:-Q\d)?(?:\.\d+)?"
    r"|\bC\d{1,2}\b|^\d{4}$|v3\.0|\b999\b|\b116 123\b"
)
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def numbers_in(text):
    return {number.replace(",", "") for number in NUMBER.findall(DATES.sub(" ", text))}


def own_words():
    """Give the numbers that stand in the words of the code lists and of our own sentences, in every release alike."""
    lists = [code.label for dimension in DIMENSIONS.values() for code in dimension.codes]
    words = [*lists, *(dimension.note for dimension in DIMENSIONS.values())]
    words += [f"{cube.title} {cube.counts} {cube.definition} {cube.scope}" for cube in CUBES.values()]
    words += [f"Right {number}" for number in range(1, 13)]
    words += ["07–11 11–15 15–19 19–23 23–03 03–07", "the latest 12 months", "the nearest 5 or 10", "0 to 4, 95%"]
    words += ["for every 1,000", "19 of 20 cases", "a difference of less than 10", "Edition 1", "within 24 hours"]
    words += [panel.note + panel.heading for panel in panels.PANELS] + list(downloads.MEANINGS.values())
    return set().union(*map(numbers_in, words))


NO_FIGURES = {
    "from", "until", "code", "codes", "released", "frozen", "at", "on", "months", "version", "part_of",
}  # fmt: skip
"""Parts of the JSON that hold moments and names."""
AROUND = {"after", "before", "change", "low", "high"}


def told_by(rows, releases):
    """Give every number that the releases hold."""
    found = set()
    for row in rows:
        for number in (row.value, row.low, row.high):
            if number is not None:
                plain = abs(number)
                found |= {f"{plain.normalize():f}", f"{plain:.1f}"}
    for release in releases:
        found |= {str(round(100 * share)) for share in release.hidden_share.values()}
        found |= {str(share) for share in release.hidden_share.values()}
        found |= {str(head["headcount"]) for head in release.headcounts}
        found |= {str(abs(row[key])) for row in release.happened for key in row.keys() & AROUND}
        found |= {str(release.edition)}
    return found


class TestCrawl:
    """X5: every number on every surface is in a release, and what is hidden is hidden everywhere."""

    def known(self):
        rows = Cell.objects.all()
        return told_by(rows, Release.objects.all()) | own_words()

    def check(self, where, text, known):
        strange = numbers_in(text) - known
        assert not strange, f"{where} says {sorted(strange)}, which no release does: …{text[:300]}"

    def crawl(self, client, paths, known):
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, path
            kind = answer["Content-Type"].split(";")[0]
            body = answer.content
            if kind == "text/html":
                page = body.decode()
                for said in Text(page[page.index("<title") : page.index("</title")] + main_of(answer)).said:
                    self.check(path, said.strip(), known)
            elif kind == "image/svg+xml":
                for said in ElementTree.fromstring(body).itertext():
                    self.check(path, said.strip(), known)
            elif kind == "text/csv":
                head, *rows = csv.reader(io.StringIO(body.decode()))
                told = [place for place, name in enumerate(head) if not name.startswith(("code_", "release", "table"))]
                for row in rows:
                    for place in told:
                        self.check(path, row[place], known)
            elif kind == "application/json":
                self.json(path, json.loads(body), known)

    def json(self, path, told, known):
        if isinstance(told, dict):
            for key, value in told.items():
                if key not in NO_FIGURES:
                    self.json(path, value, known)
        elif isinstance(told, list):
            for value in told:
                self.json(path, value, known)
        elif isinstance(told, (int, float)) and not isinstance(told, bool):
            assert f"{abs(told):g}" in known or str(abs(told)) in known, (path, told)
        elif isinstance(told, str) and "://" not in told:
            self.check(path, told, known)

    def test_the_public_surfaces(self, anybody, released):
        charts = [name for name, _ in released[0].charts.values_list("name", "pk") if not name.endswith("-narrow")]
        shown = [name for name in charts if anybody.get(f"{BASE}charts/{name}.svg").status_code == 200]
        assert {"kinds", "areas", "trend"} <= set(shown)
        paths = ["/figures/", "/figures/method/", "/figures/dictionary/", BASE, "/figures/testshire/2025-26.1/"]
        paths += [f"{BASE}charts/{name}.{kind}" for name in shown for kind in ("svg", "csv")]
        paths += [BASE + "figures.csv", BASE + "figures.json"]
        self.crawl(anybody, paths, self.known())

    def test_the_surfaces_of_the_office(self, released):
        publish("2025-26-Q4", drawn=False)
        client = people.signed_in(people.make_person(Role.PCC, unit="testshire"))
        base = "/dashboard/2026-27-Q1.1/"
        names = [name for name in released[0].charts.values_list("name", flat=True) if not name.endswith("-narrow")]
        paths = ["/dashboard/", "/dashboard/?release=2025-26", "/dashboard/?release=2026-27-Q1&beside=2025-26-Q4",
                 "/dashboard/pack/2026-27-Q1/", "/dashboard/dictionary/", base + "figures.csv",
                 base + "figures.json"]  # fmt: skip
        paths += [f"{base}charts/{name}.{kind}" for name in names for kind in ("svg", "csv")]
        self.crawl(client, paths, self.known())

    def test_the_crawl_would_find_a_number_that_is_in_no_release(self, anybody, released):
        strange = 7777
        with pytest.raises(AssertionError, match=str(strange)):
            self.check("somewhere", f"There were {strange:,} of them.", self.known())

    def test_what_is_hidden_is_hidden_everywhere(self, anybody):
        cells = published.invented(period("2026-27-Q1"))
        cells["C2", ("threat",)] = "[c]"
        publish("2026-27-Q1", cells=cells)
        lines = anybody.get(BASE + "figures.csv").content.decode().split("\r\n")
        assert ",[c]," in next(line for line in lines if "number,Kind,threat" in line)
        chart = anybody.get(BASE + "charts/kinds.svg").content.decode()
        assert "[c]" in "".join(ElementTree.fromstring(chart).itertext())
        told = json.loads(anybody.get(BASE + "figures.json").content)
        table = next(table for table in told["tables"] if table["code"] == "C2")
        assert {cell.get("symbol") for cell in table["cells"] if cell["codes"] == ["threat"]} <= {"[c]"}


class TestSideChannels:
    """X8: two data sets that show the same are the same in every byte, tag, size and order."""

    PATHS = ("", "charts/kinds.svg", "charts/trend.svg", "charts/kinds.csv", *FILES)

    def answers(self, client, force):
        """Give the status, tag and body of everything about one release, the name of its force taken out."""
        found = {}
        for path in self.PATHS:
            answer = client.get(f"/figures/{force}/2026-27-Q1.1/{path}")
            body = answer.content.replace(force.encode(), b"").replace(force.title().encode(), b"")
            body = b"" if path.endswith(".ods") else body  # its clock is in it
            tag = answer["ETag"] if path.endswith((".svg", "kinds.csv")) else len(answer["ETag"])
            found[path] = (answer.status_code, tag, body)
        return found

    def test_two_that_show_the_same_are_the_same_in_every_byte(self, anybody):
        """Two forces with other true counts behind the same figures: nothing but the name differs."""
        cells = published.invented(period("2026-27-Q1"))
        for force in ("easthire", "westhire"):
            publish("2026-27-Q1", cells=dict(cells), force=force)
        assert self.answers(anybody, "easthire") == self.answers(anybody, "westhire")

    def test_a_tag_follows_what_is_shown_and_nothing_else(self, anybody, released):
        first = [anybody.get(BASE + file)["ETag"] for file in FILES]
        assert first == [anybody.get(BASE + file)["ETag"] for file in FILES]
        published.correct(released[0], "One area was counted twice.", ["C3"])
        assert all(was != anybody.get(BASE + file)["ETag"] for was, file in zip(first, FILES, strict=True))

    def test_rows_come_in_the_order_of_the_code_list(self, anybody, released):
        page = main_of(anybody.get(BASE))
        table = page[page.index('id="kinds"') :]
        labels = [code.label for code in DIMENSIONS["kind"].codes]
        places = [table.index(f">{label}<", table.index("<tbody")) for label in labels]
        assert places == sorted(places)

    def test_every_category_is_there_even_if_all_are_hidden(self, anybody):
        cells = {key: "[c]" for key in published.invented(period("2026-27-Q1")) if key[0] in ("C1", "C2", "C3", "C10")}
        publish("2026-27-Q1", cells=cells)
        page = main_of(anybody.get(BASE))
        for code in DIMENSIONS["kind"].codes:
            assert code.label in page
        assert panels.NOTHING in page
