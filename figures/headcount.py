"""Headcounts: the layout in which they come, and what rates are made with. Pure.

Rates are made with heads, never with full-time equivalents, and say so. A base is rounded to 10, and none under 100 is
used (security.md 4.4).
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

COLUMNS = ("as_at_31_march", "force", "worker_type", "headcount", "fte")
TYPES = {
    "police officer": "police-officer",
    "police staff": "police-staff",
    "police community support officer": "pcso",
    "designated officer": "designated",
    "special constable": "special-constable",
    "police support volunteer": "volunteer",
}
"""The worker types of the Home Office's table, in small letters, and ours."""
BASES = {
    "all": ("Officers, staff, PCSOs and special constables",
            ("police-officer", "police-staff", "pcso", "designated", "special-constable")),
    "constable": ("Police officers and special constables", ("police-officer", "special-constable")),
    "staff": ("Police staff and PCSOs", ("police-staff", "pcso", "designated")),
}  # fmt: skip
"""What a rate is made with: its words, and the worker types that it adds up. Volunteers are in none."""
NEEDED = {"all": {"police-officer", "police-staff"}, "staff": {"police-staff"},
          "constable": {"police-officer", "special-constable"}}  # fmt: skip
"""Without these types a sum would be of something else."""
LEAST = 100
RENAMED = {"hampshire": "hampshire and isle of wight"}
"""Forces that the table knows by the name that they had."""


@dataclass(frozen=True)
class Heads:
    """One line: how many people of one type a force had on one day; full-time equivalents where they are given."""

    force: str
    on: date
    worker_type: str
    headcount: int
    fte: Decimal | None
    line: int = 0


class Unreadable(ValueError):
    """The file is not in the layout; the message names the line."""


def plain(name: str) -> str:
    """Give a force's name as it can be compared: "Devon & Cornwall Police" is "devon and cornwall".

    What stands behind a comma is put first: "London, City of".
    """
    words = " ".join(reversed(name.split(","))).lower().replace("&", " and ").split()
    found = " ".join(word for word in words if word not in ("police", "constabulary", "service", "the"))
    return RENAMED.get(found, found)


def read(text: str) -> list[Heads]:
    """Read the layout: lines that begin with # are comments, then a header, then one line a force, day and type.

    :raises Unreadable: with the first line that does not fit
    """
    kept = [(number, line) for number, line in enumerate(io.StringIO(text), 1) if not line.startswith("#")]
    rows = csv.reader((line for _, line in kept), strict=True)
    try:
        header = next(rows, [])
        if tuple(header) != COLUMNS:
            raise Unreadable(f"The columns must be {', '.join(COLUMNS)}; they are {', '.join(header) or 'none'}.")
        return [_line(kept[place][0], cells) for place, cells in enumerate(rows, 1) if cells]
    except csv.Error as problem:
        raise Unreadable(f"This is no CSV file: {problem}.") from problem


def _line(number, cells):
    if len(cells) != len(COLUMNS):
        raise Unreadable(f"Line {number} has {len(cells)} cells where there should be {len(COLUMNS)}.")
    year, force, worker_type, headcount, fte = (cell.strip() for cell in cells)
    if worker_type.lower() not in TYPES:
        raise Unreadable(f"Line {number}: “{worker_type}” is no worker type that is known.")
    try:
        on = date(int(year), 3, 31)
        heads, equivalents = int(headcount), Decimal(fte) if fte else None
    except (ValueError, InvalidOperation) as problem:
        raise Unreadable(f"Line {number}: a year, a headcount or an FTE is no number.") from problem
    if not 1990 <= on.year <= 2100 or not 0 <= heads < 1_000_000:
        raise Unreadable(f"Line {number}: a year or a headcount is out of range.")
    if equivalents is not None and (not equivalents.is_finite() or not 0 <= equivalents < 1_000_000):
        raise Unreadable(f"Line {number}: an FTE is out of range.")
    return Heads(force, on, TYPES[worker_type.lower()], heads, equivalents, number)


def rounded(heads: int) -> int:
    """Round to the nearest 10, halves up."""
    return (heads + 5) // 10 * 10


def bases(rows: Iterable[Mapping], *, until: date) -> list[dict]:
    """Give what rates of a period are made with: the last headcounts of one day up to its end, rounded to 10.

    :param rows: {on, worker_type, headcount, source}, of one force
    :param until: the last day of the period
    """
    known: dict[date, dict[str, Mapping]] = {}
    for row in rows:
        if row["on"] <= until:
            known.setdefault(row["on"], {})[row["worker_type"]] = row
    found = []
    for name, (label, types) in BASES.items():
        days = [day for day, given in known.items() if set(given) >= NEEDED[name]]
        if not days:
            continue
        given = known[max(days)]
        heads = rounded(sum(given[each]["headcount"] for each in types if each in given))
        if heads >= LEAST:
            sources = dict.fromkeys(given[each]["source"] for each in types if each in given)
            found.append(
                {"type": name, "label": label, "on": max(days).isoformat(), "headcount": heads, "counts": "headcount",
                 "source": "; ".join(sources)}
            )  # fmt: skip
    return found
