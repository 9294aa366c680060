"""Charts say what is shown and nothing else: in text, in order, without what a strict page refuses."""

import re
from datetime import UTC, datetime
from functools import cache
from xml.etree import ElementTree

import pytest

from campion.months import month_label
from figures import charts, panels
from figures.charts import Line, Mark, Month, Words
from figures.cubes import ALL, CUBES, DIMENSIONS
from figures.periods import period
from figures.shown import Code, Dimension, Figure, Shown, Table
from tests.figures.published import codes_of, invented

SVG = "{http://www.w3.org/2000/svg}"
WORDS = Words("What kinds", "Physical assault most often.")
AT = datetime(2026, 9, 1, tzinfo=UTC)


def shown_from(code, cells, key=1):
    """Give a release as plain values, without any database."""
    span = period(code)
    tables = {}
    for cube in dict.fromkeys(cube for cube, _ in cells):
        of = CUBES[cube]
        dimensions = tuple(
            Dimension(name, name, tuple(Code(**code) for code in codes_of(name, span))) for name in of.dimensions
        )
        numbers = {codes: Figure(value) for (known, codes), value in cells.items() if known == cube}
        tables[cube] = Table(cube, of.title, of.counts, of.definition, of.scope, of.audience, 1, dimensions,
                             {"number": numbers})  # fmt: skip
    return Shown(
        key, "testshire", "Testshire Police", span, 1, "first", "", AT, AT, None, "", (), {}, {}, (), "", tables
    )


def texts(svg):
    """Give every word in a drawing, in the order in which it stands there."""
    return [part.strip() for part in ElementTree.fromstring(svg).itertext() if part.strip()]


def bars(*values, **options):
    lines = [Line(f"Row {chr(65 + place)}", (value,)) for place, value in enumerate(values)]
    return charts.bars("kinds", WORDS, [""], lines, **options)


@cache
def example():
    return bars(120, "[c]", "[z]", "[x]", 45)


@cache
def whole(code):
    """Give invented cells of a period, the release that they make, and its charts by name."""
    cells = invented(period(code))
    shown = shown_from(code, cells)
    return cells, shown, dict(charts.charts_of(shown))


class TestWhatAPageTakes:
    @pytest.fixture
    def svg(self):
        return example()

    def test_it_is_one_image_with_a_name_and_a_description(self, svg):
        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img"
        named = {element.get("id"): element.text for element in root if element.tag in (SVG + "title", SVG + "desc")}
        assert [named[key] for key in root.get("aria-labelledby").split()] == [WORDS.title, WORDS.desc]

    def test_nothing_in_it_is_refused_by_a_strict_policy(self, svg):
        for element in ElementTree.fromstring(svg).iter():
            assert element.tag not in {SVG + "style", SVG + "script", SVG + "image", SVG + "foreignObject", SVG + "a"}
            assert not [name for name in element.attrib if name == "style" or name.startswith("on") or "href" in name]

    def test_nothing_but_text_tells_a_number(self, svg):
        for element in ElementTree.fromstring(svg).iter():
            told = {name for name in element.attrib if name.startswith(("aria-", "data-"))}
            assert told <= {"aria-labelledby"} and (not told or element.get("role") == "img")
        assert "<title" not in svg.split("</title>", 1)[1], "a title inside would be a tooltip"

    def test_text_is_text_and_in_the_order_of_the_code_list(self, svg):
        words = texts(svg)[2:]
        assert [word for word in words if word.startswith("Row")] == [f"Row {letter}" for letter in "ABCDE"]
        assert {"120", "45", "[c]", "[z]", "[x]"} <= set(words)

    def test_it_takes_its_colour_from_the_page_and_a_download_is_black_on_white(self, svg):
        colours = set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg))
        assert colours <= {"currentColor", "none", "url(#kinds-hatch)"}
        fixed = charts.for_download(svg)
        assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', fixed)) <= {"#000", "#fff", "none", "url(#kinds-hatch)"}
        assert charts.as_png(svg).startswith(b"\x89PNG")

    def test_words_from_outside_stay_words(self):
        hostile = '</text><script>alert(1)</script>"&\\n{{7}}'
        svg = charts.bars("areas", Words(hostile, hostile), [""], [Line(hostile, (5,))])
        assert "<script" not in svg and ElementTree.fromstring(svg) is not None


class TestSideChannels:
    """X8: what is hidden changes nothing but the symbol, whatever it hides."""

    def test_a_hidden_number_has_no_length(self):
        hatch = re.compile(r'<path d="([^"]+)" fill="url\(#kinds-hatch\)"')
        lengths = {re.search(r"h([\d.]+)", hatch.search(bars(big, "[c]"))[1])[1] for big in (5, 500, 12345)}
        assert len(lengths) == 1

    def test_equal_figures_are_equal_bytes(self):
        assert bars(120, "[c]", 45) == bars(120, "[c]", 45)

    def test_the_order_does_not_follow_the_size(self):
        def order(*values):
            return [word for word in texts(bars(*values)) if word.startswith("Row")]

        assert order(5, 500, "[c]") == order(500, "[c]", 5) == order("[c]", 5, 500)

    def test_in_several_columns_too(self):
        lines = [Line("One", ("[c]", 5)), Line("Two", (10, "[c]"))]
        svg = charts.bars("rights", WORDS, ["In time", "Late"], lines)
        assert sorted(word for word in texts(svg)[2:] if word[0] in "[0123456789") == ["10", "5", "[c]", "[c]"]


class TestHeatAndTrend:
    def test_each_cell_of_the_week_says_its_number_and_a_hidden_one_has_no_shade(self):
        svg = charts.heat("week", WORDS, ["07–11", "11–15"], [Line("Monday", (15, "[c]")), Line("Tuesday", (0, 60))])
        assert {"15", "60", "0", "[c]"} <= set(texts(svg))
        hidden = [e for e in ElementTree.fromstring(svg).iter() if e.get("fill") == "url(#week-hatch)"]
        assert len(hidden) == 1 and hidden[0].get("fill-opacity") is None

    def test_a_trend_says_its_new_months_and_no_scale(self):
        months = [Month(f"{2024 + (3 + n) // 12}-{(3 + n) % 12 + 1:02}", 50 + 5 * (n % 7), n > 20) for n in range(24)]
        svg = charts.trend("trend", WORDS, months, [Mark("A", "2025-01")])
        numbers = {word for word in texts(svg)[2:] if word.isdigit()} - {"2024", "2025", "2026"}
        shown = {str(month.shown) for month in months}
        assert numbers <= shown | {"12"} and {str(month.shown) for month in months if month.new} <= numbers
        assert "A" in texts(svg) and "Latest 12 months" in texts(svg)

    def test_a_hidden_month_breaks_the_line_and_has_its_hatch(self):
        months = [Month(f"2025-{n:02}", "[c]" if n == 6 else 40, False) for n in range(1, 13)]
        svg = charts.trend("trend", WORDS, months)
        assert svg.count("url(#trend-hatch)") == 1

    def test_a_trend_with_nothing_in_it_is_still_a_picture(self):
        months = [Month(f"2025-{n:02}", "[x]", False) for n in range(1, 13)]
        assert 'role="img"' in charts.trend("trend", WORDS, months)


class TestAllOfARelease:
    @pytest.fixture(params=["2026-27-Q1", "2025-26"])
    def made(self, request):
        return whole(request.param)

    def test_each_panel_is_drawn_for_a_desk_and_for_a_phone(self, made):
        _, shown, drawn = made
        expected = {panel.name for panel in panels.PANELS if panel.grid(shown)}
        expected |= {panels.TREND} if "C1" in shown.tables else set()
        assert set(drawn) == expected | {f"{name}-narrow" for name in expected}
        assert all(re.fullmatch(r"[a-z-]{1,60}", name) for name in drawn)

    def test_every_number_in_a_chart_is_shown_in_the_release(self, made):
        cells, _, drawn = made
        shown = {f"{value:,}" for value in cells.values() if isinstance(value, int)}
        for name, svg in drawn.items():
            for text in texts(svg):
                for word in words_of(text):
                    assert word in shown, f"{word} in {name} ({text}) is in no cell"

    def test_every_identifier_is_its_own(self, made):
        *_, drawn = made
        keys = [key for svg in drawn.values() for key in re.findall(r' id="([^"]+)"', svg)]
        assert len(keys) == len(set(keys))


LABELS = re.compile(
    r"\d\d:00|\d\d–\d\d|20\d\d|Right \d+|\d+ to \d+ days|(?:More than|Over) 28 days|24 hours|12 months|\d{4}$|\d Yes"
)


def words_of(text):
    """Give the numbers in a text that belong to no label of a code list and no date."""
    return re.findall(r"\d[\d,.]*\d|\d", LABELS.sub("", text))


class TestSentences:
    def test_nothing_is_said_where_all_is_hidden(self):
        shown = shown_from(
            "2026-27-Q1", {("C2", (code,)): "[c]" for code in ("physical", "spitting", "threat", "verbal", ALL)}
        )
        panel = panels.BY_NAME["kinds"]
        assert panel.says(panel.grid(shown)) == panels.NOTHING

    def test_the_largest_of_those_shown_is_called_so(self):
        cells = {("C7", ("accepted",)): 40, ("C7", (DIMENSIONS["answer"].codes[1].code,)): "[c]", ("C7", (ALL,)): 45}
        panel = panels.BY_NAME["offers"]
        said = panel.says(panel.grid(shown_from("2026-27-Q1", cells)))
        assert said == "Of the numbers shown, the largest is Accepted, or supported already (40 of 45)."

    def test_assaults_and_abuse_are_two_measures_said_apart(self):
        kinds = {
            "assault": 45,
            "physical": 40,
            "spitting": "[c]",
            "abuse": "[c]",
            "threat": "[c]",
            "verbal": 5,
            ALL: 60,
        }
        shown = shown_from("2026-27-Q1", {("C2", (code,)): number for code, number in kinds.items()})
        grid = panels.BY_NAME["kinds"].grid(shown)
        assert panels.BY_NAME["kinds"].says(grid) == (
            "Assaults: 45 of 60. Threats and abuse: hidden, to protect people."
        )
        assert [(line.label, line.depth) for line in grid.parts][:3] == [
            ("Assaults", 0), ("Physical assault", 1), ("Spitting or bodily fluid", 1)
        ]  # fmt: skip

    def test_parts_of_an_area_follow_it(self):
        cells = {("C3", (code["code"],)): 5 for code in codes_of("area", period("2026-27-Q1"))} | {("C3", (ALL,)): 25}
        grid = panels.BY_NAME["areas"].grid(shown_from("2026-27-Q1", cells))
        assert [(line.label, line.depth) for line in grid.parts][:3] == [
            ("North area", 0), ("Hill district", 1), ("Lake district", 1)
        ]  # fmt: skip

    def test_the_trend_goes_on_from_the_quarters_before_and_says_what_is_not_published(self):
        before = shown_from("2025-26-Q4", invented(period("2025-26-Q4"), hidden=0), key=1)
        shown = shown_from("2026-27-Q1", invented(period("2026-27-Q1"), hidden=0), key=2)
        months = panels.trend(shown, [before])
        assert len(months) == 24 and months[-1].label == month_label("2026-06")
        assert [month.new for month in months[-6:]] == [False] * 3 + [True] * 3
        assert {month.figure.shown for month in months[:18]} == {"[x]"}
        assert all(month.figure.is_number for month in months[-6:])
