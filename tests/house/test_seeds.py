"""The seed files by themselves: no database, so that a fault shows before anything is loaded."""

import csv
import re
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from campion.bank_holidays import NATIONS, bank_holidays

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
FILES = sorted(path.name for path in SEEDS.glob("*.csv"))
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
OFFICIAL_CODES = {"reports.district.csv": r"[EW]0[67]\d{6}", "reports.offenceclass.csv": r"\d{1,3}[A-Z]?"}
KNOWN_BY = {
    "campion.unit.csv": ["force", "code"],
    "campion.bankholiday.csv": ["nation", "on"],
    "reports.districtarea.csv": ["district"],
    "victims.entitlement.csv": ["edition", "code"],
    "figures.workforce.csv": ["force", "on", "worker_type"],
}
OWN_WORDS = (
    "Campion's own list", "The force as a whole", "Usual provision of a police force", "Usual referral routes",
    "Depends on the force's contract", "First-aid practice", "Forensic swab and clothing practice",
    "No national timetable is published",
)  # fmt: skip
KINDS = {"sexual", "physical", "spitting", "threat", "verbal", "online"}
WORKER_TYPES = {
    "police-officer", "student-officer", "special-constable", "pcso", "detention-officer", "designated",
    "police-staff", "control-room", "volunteer", "contractor", "agency", "other-emergency-worker",
}  # fmt: skip


def rows_of(name):
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def codes_of(name):
    return {row["code"] for row in rows_of(name)}


def in_force(rows, on):
    return [row for row in rows if row["from_on"] <= on and (not row["until_on"] or on <= row["until_on"])]


def test_there_are_seeds():
    assert len(FILES) >= 18


@pytest.mark.parametrize("name", FILES)
class TestEachFile:
    def test_is_plain(self, name):
        raw = (SEEDS / name).read_bytes()
        raw.decode("utf-8")
        assert b"\r" not in raw and b"\0" not in raw and not raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b"\n")
        header, *rows = csv.reader(raw.decode().splitlines(), strict=True)
        assert len(header) == len(set(header))
        assert {len(row) for row in rows} == {len(header)}
        assert all(cell == cell.strip() for row in rows for cell in row)

    def test_every_row_is_dated_and_sourced(self, name):
        for row in rows_of(name):
            assert len(row["source"]) > 12, row
            starts = date.fromisoformat(row["on"] if "on" in row else row["from_on"])
            if row.get("until_on"):
                assert date.fromisoformat(row["until_on"]) >= starts, row

    def test_what_is_to_be_verified_is_not_called_checked(self, name):
        for row in rows_of(name):
            if "verif" in row["source"] or "to be given by the force" in row["source"]:
                assert row["checked"] == "no", row

    def test_every_source_is_on_the_page_of_sources(self, name):
        lines = (SEEDS.parent / "docs" / "sources.md").read_text(encoding="utf-8").splitlines()
        known = [line.split(" | ")[1] for line in lines if re.match(r"\| \d+ \|", line)]
        assert len(known) > 40
        for source in {row["source"] for row in rows_of(name)}:
            assert source.startswith(OWN_WORDS) or any(words in source for words in known), source

    def test_answers_are_yes_or_no(self, name):
        flags = ["checked", "dwelling", "contact", "exposure", "injury_possible", "constable_only", "with_injury"]
        flags += ["independent", "round_the_clock", "specified", "needs_yes"]
        if name == "victims.supportservice.csv":
            flags += ["family"]
        assert {row[flag] for row in rows_of(name) for flag in flags if flag in row} <= {"yes", "no"}

    def test_codes_are_stable_words(self, name):
        shape = re.compile(OFFICIAL_CODES.get(name, CODE.pattern))
        assert all(shape.fullmatch(row["code"]) for row in rows_of(name) if "code" in row)

    def test_a_code_means_one_thing_at_a_time(self, name):
        periods = defaultdict(list)
        for row in rows_of(name):
            known_by = tuple(row[column] for column in KNOWN_BY.get(name, ["code"]))
            starts = row["on"] if "on" in row else row["from_on"]
            periods[known_by].append((starts, row.get("until_on", starts) or "9999-12-31"))
        for known_by, spans in periods.items():
            for (_, until), (starts, _) in pairwise(sorted(spans)):
                assert until < starts, known_by

    def test_the_order_of_a_list_is_one_order(self, name):
        orders = [(row.get("audience"), row["order"]) for row in rows_of(name) if "order" in row]
        assert len(orders) == len(set(orders))


def test_references_resolve():
    forces, districts = codes_of("campion.force.csv"), codes_of("reports.district.csv")
    units = {f"{row['force']}/{row['code']}" for row in rows_of("campion.unit.csv")}
    for row in rows_of("campion.unit.csv"):
        assert row["force"] in forces
        assert not row["parent"] or f"{row['force']}/{row['parent']}" in units
    assert {row["force"] for row in rows_of("reports.district.csv")} <= forces
    for row in rows_of("reports.districtarea.csv"):
        assert row["district"] in districts
        assert row["area"] in units


def test_all_territorial_forces_with_their_codes():
    codes = [row["ons_code"] for row in rows_of("campion.force.csv") if row["ons_code"]]
    assert sorted(codes) == [f"E230000{n:02}" for n in range(1, 40)] + [f"W1500000{n}" for n in range(1, 5)]


def test_every_force_is_the_root_of_its_own_tree():
    roots = {(row["force"], row["code"]) for row in rows_of("campion.unit.csv") if row["kind"] == "force"}
    assert roots == {(code, code) for code in codes_of("campion.force.csv")}
    assert all(bool(row["parent"]) == (row["kind"] != "force") for row in rows_of("campion.unit.csv"))


@pytest.mark.parametrize(("on", "count"), [("2026-01-18", 5), ("2026-01-19", 2)])
def test_five_policing_areas_became_two(on, count):
    areas = {
        row["code"]: row
        for row in in_force(rows_of("campion.unit.csv"), on)
        if row["force"] == "west-mercia" and row["kind"] == "area"
    }
    lies_in = [row["area"].removeprefix("west-mercia/") for row in in_force(rows_of("reports.districtarea.csv"), on)]
    assert len(areas) == count
    assert set(lies_in) == set(areas)
    assert len(lies_in) == len(rows_of("reports.district.csv"))


def test_no_day_between_old_and_new_areas():
    rows = rows_of("reports.districtarea.csv")
    for district in codes_of("reports.district.csv"):
        old, new = sorted((row for row in rows if row["district"] == district), key=lambda row: row["from_on"])
        assert date.fromisoformat(old["until_on"]) + timedelta(days=1) == date.fromisoformat(new["from_on"])
        assert not new["until_on"]


def test_conduct_is_of_a_known_kind():
    rows = rows_of("reports.conducttype.csv")
    assert {row["kind"] for row in rows} == KINDS
    for row in rows:
        if row["kind"] in ("threat", "verbal", "online"):
            assert row["contact"] == row["exposure"] == "no", row["code"]


def test_every_exposure_has_first_aid():
    exposing = {row["code"] for row in rows_of("reports.conducttype.csv") if row["exposure"] == "yes"}
    assert exposing == {"bite", "spit", "throw-fluid", "needle-stick"}
    advice = [row for row in rows_of("reports.advice.csv") if row["audience"] == "exposure" and not row["until_on"]]
    text = " ".join(row["text"].lower() for row in sorted(advice, key=lambda row: int(row["order"])))
    for route in ("eyes", "mouth", "broken", "needle", "bite", "spit", "occupational health", "a&e", "72 hours"):
        assert route in text
    assert text.index("rinse") < text.index("occupational health"), "first aid comes before anybody is told"


def test_a_hand_on_the_throat_has_first_aid_too():
    assert "strangle" in codes_of("reports.conducttype.csv")
    assert [row for row in rows_of("reports.advice.csv") if row["audience"] == "strangulation"]


def test_advice_is_short():
    assert all(len(row["text"]) <= 200 for row in rows_of("reports.advice.csv"))


def test_us_codes_are_known():
    assert {row["nibrs_25a"] for row in rows_of("reports.activity.csv")} <= {f"{n:02}" for n in range(1, 12)}
    assert {row["leoka"] for row in rows_of("reports.weapontype.csv")} == {"unarmed", "gun", "knife", "oth_weap"}


def test_outcomes_run_from_1_to_22():
    assert [int(row["number"]) for row in rows_of("reports.outcome.csv")] == list(range(1, 23))


def test_constable_classes_begin_where_the_law_does():
    classes = {row["code"]: row for row in rows_of("reports.offenceclass.csv")}
    assert classes["8S"]["from_on"] == "2017-04-01"
    assert {code for code, row in classes.items() if row["constable_only"] == "yes"} == {"8S", "104"}


def test_support_is_offered_within_two_working_days():
    (row,) = [row for row in rows_of("victims.entitlement.csv") if row["code"] == "referral"]
    limit = (row["trigger"], row["limit_unit"], row["limit"], row["edition"])
    assert limit == ("police-told", "working-days", "2", "code-2021")


def test_the_code_has_twelve_rights_and_the_plan_seven_points():
    numbers = defaultdict(set)
    for row in rows_of("victims.entitlement.csv"):
        if row["right_number"]:
            numbers[row["edition"]].add(int(row["right_number"]))
    assert numbers == {"code-2021": set(range(1, 13)), "assault-plan-1": set(range(1, 8))}


def test_every_limit_is_an_amount_of_a_unit():
    for row in rows_of("victims.entitlement.csv"):
        assert row["limit_unit"] in {"working-days", "days", "hours", "months", "duty"}, row["code"]
        assert row["limit_unit"] == "days" or int(row["limit"]) >= 1, row["code"]
        if row["limit_enhanced"]:
            assert 1 <= int(row["limit_enhanced"]) <= int(row["limit"]), row["code"]
            assert row["family"] == "code", "enhanced rights are the Code's alone"


def test_each_family_has_its_own_edition():
    families = defaultdict(set)
    for row in rows_of("victims.entitlement.csv"):
        families[row["family"]].add(row["edition"])
    assert families == {
        "code": {"code-2021"}, "plan": {"assault-plan-1"}, "check-in": {"check-ins-1"}, "exposure": {"exposure-1"},
    }  # fmt: skip


def test_services_name_worker_types_that_exist():
    for row in rows_of("victims.supportservice.csv"):
        assert row["eligible"], row["code"]
        assert set(row["eligible"].split()) <= WORKER_TYPES
        assert not row["website"] or row["website"].startswith("https://")
        assert not row["phone"] or re.fullmatch(r"[\d ]+", row["phone"])


def test_a_programme_that_ended_is_not_offered():
    services = {row["code"]: row for row in rows_of("victims.supportservice.csv")}
    assert services["mind-blue-light"]["until_on"] == "2019-03-31"
    now = {row["code"] for row in in_force(services.values(), "2026-11-22")}
    assert "mind-blue-light" not in now
    assert {"victim-support", "victim-advice-line", "samaritans", "npws-crisis-line"} <= now


@pytest.mark.parametrize("worker_type", sorted(WORKER_TYPES))
def test_everybody_has_an_independent_service_and_one_at_night(worker_type):
    open_to = [
        row
        for row in in_force(rows_of("victims.supportservice.csv"), "2026-11-22")
        if worker_type in row["eligible"].split()
    ]
    assert any(row["independent"] == "yes" and row["phone"] for row in open_to)
    assert any(row["round_the_clock"] == "yes" and row["phone"] for row in open_to)


class TestBankHolidays:
    """The file against the package that filled it, and against GOV.UK's own list (its cached copy)."""

    AFTER_THE_ORACLE = {"scotland": {date(2026, 6, 15)}}
    """Proclaimed for Scotland after the oracle's copy was made."""

    def days(self, nation):
        return {date.fromisoformat(row["on"]) for row in rows_of("campion.bankholiday.csv") if row["nation"] == nation}

    @pytest.mark.parametrize("nation", NATIONS)
    def test_equals_what_fills_it(self, nation):
        rows = [row for row in rows_of("campion.bankholiday.csv") if row["nation"] == nation]
        filled = bank_holidays(nation, 2015, 2036)
        assert {date.fromisoformat(row["on"]): row["name"] for row in rows} == filled

    @pytest.mark.parametrize("nation", NATIONS)
    def test_equals_gov_uk_on_weekdays(self, nation):
        from govuk_bank_holidays.bank_holidays import BankHolidays

        oracle = {day["date"] for day in BankHolidays(use_cached_holidays=True).get_holidays(division=nation)}
        oracle = {day for day in oracle if day.weekday() < 5 and day.year >= 2015}
        assert len(oracle) > 100
        ours = {day for day in self.days(nation) if day <= max(oracle)}
        assert ours - self.AFTER_THE_ORACLE.get(nation, set()) == oracle

    def test_one_off_days_are_in(self):
        days = self.days("england-and-wales")
        moved_from, spring_2022 = date(2020, 5, 4), date(2022, 5, 30)
        assert not {moved_from, spring_2022} & days
        assert {
            date(2020, 5, 8), date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8),
        } <= days  # fmt: skip
        assert all(day.weekday() < 5 for day in days)

    def test_reaches_ten_years_ahead(self):
        assert max(self.days("england-and-wales")).year == 2036
