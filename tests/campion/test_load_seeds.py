"""Reference data gets into the database whole or not at all, and never leaves it."""

import contextlib
import os
import time
from datetime import date
from io import StringIO
from pathlib import Path

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from campion import seeds
from campion.models import BankHoliday, Force, Unit
from reports.models import ConductType, DistrictArea
from victims.models import Entitlement

SEEDS = Path(seeds.__file__).resolve().parent.parent / "seeds"
FORCE = "code,name,ons_code,country,from_on,until_on,source,checked"
UNIT = "force,code,parent,kind,name,from_on,until_on,source"
TEST_FORCE = "testshire,Testshire Police,,England,1974-04-01,,Made up for a test,yes"

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    """A folder of seed files to write: `folder(force=[...])` writes a file of Force rows."""

    def write(**files):
        for name, (header, *rows) in files.items():
            path = tmp_path / f"{name.replace('__', '.')}.csv"
            path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        return tmp_path

    return write


def load(folder, **options):
    out = StringIO()
    call_command("load_seeds", folder=folder, stdout=out, **options)
    return out.getvalue()


def faults(folder):
    with pytest.raises(seeds.SeedsRefused) as refused:
        list(seeds.load(folder))
    return [str(fault) for fault in refused.value.faults]


class TestTheRealSeeds:
    def test_load_and_then_there_is_nothing_left_to_do(self):
        load(SEEDS)
        before = time.monotonic()
        lines = load(SEEDS).splitlines()
        assert time.monotonic() - before < 3
        assert len(lines) == len(list(SEEDS.glob("*.csv")))
        assert all("0 new, 0 changed, 0 retired" in line for line in lines), lines

    def test_come_in_the_order_that_references_need(self):
        names = [line.split(":")[0] for line in load(SEEDS).splitlines()]
        assert (
            names.index("campion.force.csv") < names.index("campion.unit.csv") < names.index("reports.districtarea.csv")
        )
        assert names.index("reports.district.csv") < names.index("reports.districtarea.csv")

    def test_are_what_they_say(self):
        load(SEEDS)
        assert Force.objects.exclude(ons_code="").count() == 43
        assert ConductType.objects.get(code="spit").exposure
        day = date(2026, 1, 18), date(2026, 1, 19)
        areas = [DistrictArea.objects.in_force(on).filter(district__name="Shropshire").get().area.name for on in day]
        assert areas == ["Shropshire", "Shropshire & Telford"]
        referral = Entitlement.objects.in_force(date(2026, 11, 22)).get(code="referral")
        assert (referral.trigger, referral.limit, referral.limit_unit) == ("police-told", 2, "working-days")

    def test_areas_hang_below_their_force(self):
        load(SEEDS)
        root = Unit.objects.get(force__code="west-mercia", code="west-mercia")
        assert root.parent is None
        below = Unit.objects.filter(parent=root, kind="area", force__code="west-mercia")
        assert below.count() >= 7
        assert all(unit.path.startswith(root.path) and unit.path != root.path for unit in below)


class TestLoading:
    def test_new_rows_are_told_and_made(self, folder):
        files = folder(campion__force=[FORCE, TEST_FORCE])
        assert "campion.force.csv: 1 rows, 1 new, 0 changed, 0 retired" in load(files)
        assert Force.objects.get(code="testshire").name == "Testshire Police"

    def test_a_change_is_made_in_place(self, folder):
        load(folder(campion__force=[FORCE, TEST_FORCE]))
        before = Force.objects.get(code="testshire").pk
        assert "0 new, 1 changed" in load(folder(campion__force=[FORCE, TEST_FORCE.replace("England", "Wales")]))
        after = Force.objects.get(code="testshire")
        assert (after.pk, after.country) == (before, "Wales")

    def test_an_end_date_retires(self, folder):
        load(folder(campion__force=[FORCE, TEST_FORCE]))
        ended = TEST_FORCE.replace("1974-04-01,", "1974-04-01,2020-03-31")
        assert "0 new, 0 changed, 1 retired" in load(folder(campion__force=[FORCE, ended]))
        assert not Force.objects.in_force(date(2020, 4, 1)).filter(code="testshire").exists()
        assert Force.objects.filter(code="testshire").exists()

    def test_a_row_that_leaves_the_file_stays_in_the_table(self, folder):
        load(folder(campion__force=[FORCE, TEST_FORCE]))
        count = Force.objects.count()
        assert f"{count} in the table alone" in load(folder(campion__force=[FORCE]))
        assert Force.objects.count() == count

    def test_columns_that_a_file_does_not_have_keep_their_values(self, folder):
        load(folder(campion__force=[FORCE, TEST_FORCE]))
        Force.objects.filter(code="testshire").update(is_demo=True)
        load(folder(campion__force=[FORCE, TEST_FORCE.replace("England", "Wales")]))
        assert Force.objects.get(code="testshire").is_demo

    def test_a_parent_may_stand_below_its_child(self, folder):
        files = folder(
            campion__force=[FORCE, TEST_FORCE],
            campion__unit=[
                UNIT,
                "testshire,night,north,team,Night,2000-01-01,,Made up",
                "testshire,north,testshire,area,North,2000-01-01,,Made up",
                "testshire,testshire,,force,Testshire,2000-01-01,,Made up",
            ],
        )
        load(files)
        assert Unit.objects.get(force__code="testshire", code="night").parent.parent.code == "testshire"
        assert "0 new, 0 changed" in load(files)

    def test_check_writes_nothing(self, folder):
        files = folder(campion__force=[FORCE, TEST_FORCE])
        said = load(files, check=True)
        assert "1 new" in said and "Nothing was written" in said
        assert not Force.objects.filter(code="testshire").exists()


class TestRefusing:
    def test_every_fault_is_told_at_once_and_nothing_changes(self, folder):
        files = folder(
            campion__force=[
                FORCE,
                "goodshire,Goodshire Police,,England,1974-04-01,,Made up,yes",
                "Bad Shire,Badshire Police,,England,1974-04-01,,Made up,maybe",
                "lateshire,Lateshire Police,,England,2020-01-01,2019-01-01,Made up,yes",
                "dateshire,Dateshire Police,,England,1/4/1974,,Made up,yes",
                "goodshire,Again Police,,England,1974-04-01,,Made up,yes",
                "nameless,,,England,,,Made up,yes",
                "short,row",
            ]
        )
        assert faults(files) == [
            "campion.force.csv, line 3, checked: “maybe” is not yes or no",
            "campion.force.csv, line 4, until_on: ends on 2019-01-01, before it starts on 2020-01-01",
            "campion.force.csv, line 5, from_on: “1/4/1974” is not a date written 2026-01-19",
            "campion.force.csv, line 6: has the same code as line 2",
            "campion.force.csv, line 7, from_on: is empty, and must not be",
            "campion.force.csv, line 8: has 2 cells where the header has 8",
        ]
        with pytest.raises(CommandError, match="6 faults in the seed files; nothing was changed"):
            load(files)
        assert not Force.objects.filter(code="goodshire").exists()

    def test_a_fault_in_the_last_file_stops_the_first(self, folder):
        files = folder(
            campion__force=[FORCE, TEST_FORCE],
            campion__unit=[UNIT, "testshire,testshire,nowhere,club,Testshire,2000-01-01,,Made up"],
        )
        told = faults(files)
        assert told[0] == "campion.unit.csv, line 2, parent: “nowhere” names no unit"
        assert not Force.objects.filter(code="testshire").exists()

    def test_a_header_that_is_wrong_hides_no_other_fault_and_makes_none(self, folder):
        files = folder(
            campion__force=["code,colour", "testshire,red"],
            campion__unit=[UNIT, "testshire,testshire,,force,Testshire,2000-01-01,,Made up"],
            reports__placetype=["code,label,from_on,until_on,source", "moon,The Moon,some day,,Made up"],
        )
        told = faults(files)
        assert "campion.force.csv, line 1, colour: is not a field of Force" in told
        assert "reports.placetype.csv, line 2, from_on: “some day” is not a date written 2026-01-19" in told
        assert not [fault for fault in told if "unit" in fault]

    def test_what_the_model_refuses(self, folder):
        files = folder(
            campion__force=[FORCE, TEST_FORCE, "Not A Code,Name,,England,2000-01-01,,Made up,yes"],
            campion__unit=[UNIT, "testshire,testshire,,club,Testshire,2000-01-01,,Made up"],
        )
        told = faults(files)
        assert told[0].startswith("campion.force.csv, line 3, code: ")
        assert told[1] == "campion.unit.csv, line 2, kind: Value 'club' is not a valid choice."

    @pytest.mark.parametrize(
        ("name", "text", "problem"),
        [
            ("campion.nothing.csv", "code\nx\n", "is not named <app>.<model>.csv"),
            ("campion.Force.csv", "code\nx\n", "is not named <app>.<model>.csv"),
            ("force.csv", "code\nx\n", "is not named <app>.<model>.csv"),
            ("campion.user.csv", "email\nx\n", "has no NATURAL fields"),
            ("campion.force.csv", "name\nx\n", "code: is missing"),
            ("campion.force.csv", "code\nx\n", "from_on: is missing, and every row is dated"),
            ("campion.force.csv", "code,colour\nx,red\n", "colour: is not a field of Force"),
            ("campion.force.csv", "code,code\nx,x\n", "code: stands twice"),
            ("campion.force.csv", "code\r\nx\r\n", "Windows line ends"),
            ("campion.force.csv", '\ufeffcode\n"x"\n', "byte order mark"),
            ("campion.force.csv", f'{FORCE}\n"x\n', "cannot be read as UTF-8 CSV"),
            ("campion.force.csv", "", "code: is missing"),
        ],
    )
    def test_what_cannot_be_read(self, tmp_path, name, text, problem):
        (tmp_path / name).write_bytes(text.encode())
        assert problem in "\n".join(faults(tmp_path))

    def test_what_is_not_utf8(self, tmp_path):
        (tmp_path / "campion.force.csv").write_bytes(b"code\n\xff\n")
        assert "cannot be read as UTF-8 CSV" in faults(tmp_path)[0]

    def test_an_empty_folder(self, tmp_path):
        assert "there is no seed file" in faults(tmp_path)[0]

    def test_overlapping_periods(self, folder):
        load(SEEDS)
        header = "district,area,from_on,until_on,source"
        again = "E07000234,west-mercia/shropshire-and-telford,2026-06-01,,Made up"
        told = faults(folder(reports__districtarea=[header, again]))
        assert told == [
            "reports.districtarea.csv, line 2, from_on: overlaps a row of the same district: "
            "one applies from 2026-01-19 until further notice, and the next from 2026-06-01"
        ]

    def test_what_must_be_unique(self, folder):
        load(SEEDS)
        header = "district,area,from_on,until_on,source"
        again = "E07000234,west-mercia/shropshire-and-telford,2026-01-19,,Made up"
        told = faults(folder(reports__districtarea=[header, again]))
        assert told == ["reports.districtarea.csv, line 2, from_on: another row has the same district and from_on"]

    def test_what_only_the_database_knows(self, folder, monkeypatch):
        load(SEEDS)
        monkeypatch.setattr(seeds.Check, "_once", lambda *_: None)
        again = "E07000234,west-mercia/shropshire-and-telford,2026-01-19,,Made up"
        files = folder(
            campion__force=[FORCE, TEST_FORCE],
            reports__districtarea=["district,area,from_on,until_on,source", again],
        )
        with pytest.raises(CommandError, match=r"districtarea.csv, line 2: the database refused it .*before it are"):
            load(files)
        assert Force.objects.filter(code="testshire").exists()

    def test_rows_that_are_each_others_parent(self, folder):
        files = folder(
            campion__force=[FORCE, TEST_FORCE],
            campion__unit=[
                UNIT,
                "testshire,a,b,area,A,2000-01-01,,Made up",
                "testshire,b,a,area,B,2000-01-01,,Made up",
            ],
        )
        assert any("leads back to itself" in fault for fault in faults(files))


class TestBesideOthers:
    def test_the_lock_is_given_back(self, folder):
        load(folder(campion__force=[FORCE, TEST_FORCE]))
        faults(folder(campion__force=["code", "x,y"]))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s", [seeds.LOCK])
            assert cursor.fetchone() == (0,)

    @pytest.mark.django_db(transaction=True)
    def test_a_second_run_waits_and_then_gives_up_with_a_sentence(self, folder, monkeypatch):
        monkeypatch.setattr(seeds, "WAIT", "50ms")
        with contextlib.closing(psycopg2.connect(os.environ["DATABASE_URL"])) as other:
            other.cursor().execute("SELECT pg_advisory_lock(%s)", [seeds.LOCK])
            with pytest.raises(CommandError, match="being loaded elsewhere"):
                load(folder(campion__force=[FORCE, TEST_FORCE]))
        assert "1 new" in load(folder(campion__force=[FORCE, TEST_FORCE]))

    @pytest.mark.django_db(transaction=True)
    def test_each_file_is_kept_as_soon_as_it_is_whole(self, folder):
        load(folder(campion__force=[FORCE, TEST_FORCE]))
        with contextlib.closing(psycopg2.connect(os.environ["DATABASE_OWNER_URL"])) as other, other.cursor() as cursor:
            cursor.execute("SELECT name FROM campion_force WHERE code = 'testshire'")
            assert cursor.fetchone() == ("Testshire Police",)


class TestFillingBankHolidays:
    def fill(self, **options):
        out = StringIO()
        call_command("fill_bank_holidays", stdout=out, **options)
        return out.getvalue()

    def test_reaches_ahead_and_adds_once(self):
        BankHoliday.objects.filter(on__year__gte=2035).delete()
        first = self.fill(years=20)
        assert "england-and-wales" in first and " 0 added" not in first
        count = BankHoliday.objects.count()
        assert self.fill(years=20).count(" 0 added") == 3
        assert BankHoliday.objects.count() == count

    def test_leaves_alone_what_somebody_put_there(self):
        BankHoliday.objects.filter(nation="scotland").delete()
        BankHoliday.objects.create(nation="scotland", on=date(2030, 7, 1), name="A day of its own", source="A test")
        BankHoliday.objects.create(nation="scotland", on=date(2030, 12, 25), name="Yule", source="A test")
        self.fill()
        rows = BankHoliday.objects.filter(nation="scotland", on__year=2030)
        assert rows.get(on=date(2030, 7, 1)).source == "A test"
        assert rows.get(on=date(2030, 12, 25)).name == "Yule"
        assert rows.count() > 8

    def test_wants_a_sensible_number(self):
        with pytest.raises(CommandError, match="from 1 to 50"):
            self.fill(years=1000)
