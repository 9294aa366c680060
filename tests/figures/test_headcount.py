"""Headcounts: the file that they come in, the seeds, and what rates are made with."""

import csv
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from campion.models import AuditEvent, Force, WorkerType
from figures import headcount
from figures.cubes import CUBES, DIMENSIONS
from figures.models import Workforce
from reports.counts import ROLES

HEADER = "as_at_31_march,force,worker_type,headcount,fte"
FILE = f"""# Police workforce as at 31 March
{HEADER}
2024,West Mercia,Police Officer,2500,2480.5
2024,West Mercia,Police Staff,1800,1650
2024,West Mercia,Special Constable,70,
# a comment in between
2024,"London, City of",Police Officer,900,890
2024,British Moon Police,Police Officer,3,3
"""
SOURCE = "Home Office, Police workforce open data table, release of July 2024"


# The layout ----------------------------------------------------------------------------------------------------------


def test_comments_are_skipped_and_lines_keep_their_number():
    lines = headcount.read(FILE)
    assert [(line.force, line.worker_type, line.headcount, line.fte, line.line) for line in lines[:3]] == [
        ("West Mercia", "police-officer", 2500, Decimal("2480.5"), 3),
        ("West Mercia", "police-staff", 1800, Decimal(1650), 4),
        ("West Mercia", "special-constable", 70, None, 5),
    ]
    assert {line.on for line in lines} == {date(2024, 3, 31)} and lines[3].line == 7


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "they are none"),
        ("a,b\n", "The columns must be"),
        (f"{HEADER}\n2024,West Mercia,Police Officer,2500\n", "Line 2 has 4 cells"),
        (f"{HEADER}\n2024,West Mercia,Wizard,1,\n", "“Wizard” is no worker type"),
        (f"{HEADER}\nx,West Mercia,Police Officer,1,\n", "is no number"),
        (f"{HEADER}\n2024,West Mercia,Police Officer,1.5,\n", "is no number"),
        (f"{HEADER}\n2024,West Mercia,Police Officer,1,many\n", "is no number"),
        (f"{HEADER}\n2024,West Mercia,Police Officer,-1,\n", "out of range"),
        (f"{HEADER}\n1066,West Mercia,Police Officer,1,\n", "out of range"),
        (f"{HEADER}\n2024,West Mercia,Police Officer,1,NaN\n", "out of range"),
        (f"{HEADER}\n2024,West Mercia,Police Officer,1,1E+999999\n", "out of range"),
        (f'{HEADER}\n2024,"West Mercia,Police Officer,1,\n', "no CSV file"),
    ],
)
def test_what_is_not_in_the_layout_is_named(text, words):
    with pytest.raises(headcount.Unreadable, match=words):
        headcount.read(text)


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Devon & Cornwall", "devon and cornwall"), ("Devon and Cornwall Police", "devon and cornwall"),
     ("West Mercia Police", "west mercia"), ("Metropolitan Police Service", "metropolitan"),
     ("London, City of", "city of london")],
)  # fmt: skip
def test_names_of_forces_are_compared_plainly(name, plain):
    assert headcount.plain(name) == plain


# The bases -----------------------------------------------------------------------------------------------------------


def row(on, worker_type, heads, source="A table"):
    return {"on": date(on, 3, 31), "worker_type": worker_type, "headcount": heads, "source": source}


def bases(*rows, until=date(2026, 3, 31)):
    return {base["type"]: base for base in headcount.bases(rows, until=until)}


def test_the_last_headcount_before_the_end_of_the_period_rounded_to_ten():
    rows = [row(2024, "police-staff", 1000), row(2025, "police-staff", 1994), row(2027, "police-staff", 3000)]
    assert bases(*rows)["staff"] == {
        "type": "staff", "label": "Police staff and PCSOs", "on": "2025-03-31", "headcount": 1990,
        "counts": "headcount", "source": "A table",
    }  # fmt: skip
    assert bases(*rows, until=date(2024, 12, 31))["staff"]["headcount"] == 1000
    assert bases(*rows, until=date(2023, 12, 31)) == {}


def test_a_sum_is_of_one_day_and_never_without_its_main_parts():
    rows = [row(2024, "police-officer", 1000), row(2024, "police-staff", 500), row(2024, "pcso", 104),
            row(2024, "volunteer", 400), row(2024, "special-constable", 63),
            row(2025, "police-officer", 1100)]  # fmt: skip
    found = bases(*rows)
    assert (found["all"]["on"], found["all"]["headcount"]) == ("2024-03-31", 1670)
    assert (found["constable"]["on"], found["constable"]["headcount"]) == ("2024-03-31", 1060)
    assert found["staff"]["headcount"] == 600


def test_no_base_under_a_hundred():
    assert "staff" not in bases(row(2025, "police-staff", 94))
    assert bases(row(2025, "police-staff", 95))["staff"]["headcount"] == 100


# The groups ----------------------------------------------------------------------------------------------------------

SEEDS = [settings.ROOT / "seeds" / folder / "figures.workforce.csv" for folder in ("", "demo")]


@pytest.mark.parametrize("file", SEEDS, ids=["seeds", "demo"])
def test_no_group_that_is_shown_is_of_a_hundred_people_nor_shows_its_existence_under_three_hundred(file):
    """Security.md 4.3 and 4.6, held to the last headcount that knows all of a group."""
    with file.open() as given:
        rows = [line | {"on": date.fromisoformat(line["on"]), "headcount": int(line["headcount"])}
                for line in csv.DictReader(given)]  # fmt: skip
    for force in {line["force"] for line in rows}:
        known = {base["type"]: base["headcount"] for base in headcount.bases(
            [line for line in rows if line["force"] == force], until=date.max)}  # fmt: skip
        for code in DIMENSIONS["role"].codes:
            assert known.get(code.code, 0) >= 100, f"{code.label} of {force}"
            for cube in CUBES.values():
                assert "role" not in cube.dimensions or known[code.code] >= 300 or cube.sensitive, cube.code


def test_each_headcount_is_in_the_base_of_the_group_that_its_people_are_counted_with():
    for worker_type in set(headcount.TYPES.values()) & set(WorkerType.values) - {"volunteer"}:
        assert worker_type in headcount.BASES[ROLES[worker_type]][1]
    assert {code.code for code in DIMENSIONS["role"].codes} == set(headcount.BASES) - {"all"}


# The rows ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "workforce.csv"
    path.write_text(FILE)
    return path


@pytest.mark.django_db
class TestImport:
    def test_loads_what_it_knows_and_names_the_rest(self, file, capsys):
        call_command("import_workforce", file, source=SOURCE)
        said = capsys.readouterr().out
        assert "4 lines of 2 forces: 4 new or changed." in said and "British Moon Police" in said
        kept = Workforce.objects.get(force__code="west-mercia", on="2024-03-31", worker_type="police-officer")
        assert (kept.headcount, kept.fte, kept.source) == (2500, Decimal("2480.50"), SOURCE)
        assert AuditEvent.objects.filter(action="load_workforce").exists()

    def test_again_changes_nothing_and_another_number_replaces(self, file, capsys):
        call_command("import_workforce", file, source=SOURCE)
        call_command("import_workforce", file, source=SOURCE)
        assert ": 0 new or changed." in capsys.readouterr().out
        file.write_text(FILE.replace("2500", "2505"))
        call_command("import_workforce", file, source=SOURCE, only="west-mercia")
        assert "3 lines of 1 forces: 1 new or changed." in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("text", "given", "words"),
        [
            (FILE, {"source": "x"}, "where and when"),
            (FILE, {"source": SOURCE, "only": "moonshire"}, "No force has the code"),
            (FILE + "2024,West Mercia,Police Staff,1,\n", {"source": SOURCE}, "Line 9 says again"),
            ("\x00", {"source": SOURCE}, "columns must be"),
        ],
    )
    def test_refuses_and_changes_nothing(self, file, text, given, words):
        file.write_text(text)
        before = Workforce.objects.count()
        with pytest.raises(CommandError, match=words):
            call_command("import_workforce", file, **given)
        assert Workforce.objects.count() == before

    def test_a_file_that_is_none(self, tmp_path):
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("import_workforce", tmp_path / "none.csv", source=SOURCE)


@pytest.mark.django_db
def test_the_seeds_have_both_ways_of_counting_and_say_where_they_are_from():
    rows = Workforce.objects.filter(force__code="west-mercia")
    officers = rows.get(on="2023-03-31", worker_type="police-officer")
    assert (officers.headcount, officers.fte) == (2494, Decimal("2478.94"))
    assert all(row.source for row in rows)
    values = rows.values("on", "worker_type", "headcount", "source")
    found = {base["type"]: base for base in headcount.bases(values, until=date(2026, 3, 31))}
    assert (found["all"]["headcount"], found["all"]["on"]) == (4560, "2023-03-31")
    assert (found["constable"]["headcount"], found["constable"]["on"]) == (2560, "2023-03-31")


@pytest.mark.django_db
def test_one_number_a_day_and_type():
    force = Force.objects.get(code="west-mercia")
    with pytest.raises(IntegrityError, match="workforce_once_a_day"), transaction.atomic():
        Workforce.objects.create(force=force, on="2023-03-31", worker_type="police-officer", headcount=1, source="Me")
