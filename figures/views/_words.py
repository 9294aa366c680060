"""What the pages say of the tables and of the method: the dictionary, the symbols, what is not collected."""

from figures.cubes import BLOCKS, CUBES, DIMENSIONS

SYMBOLS = (
    {
        "symbol": "[c]",
        "kind": "c",
        "name": "Hidden",
        "words": "Not shown, to protect people. Nearly always it stands for 0 to 4, and now and then for more. "
        "It is not nought, and it is not bad news.",
    },
    {"symbol": "[z]", "kind": "z", "name": "Cannot be", "words": "No such thing can happen, so there is no number."},
    {
        "symbol": "[x]",
        "kind": "x",
        "name": "Not collected",
        "words": "Nobody counted it, that period has not been published, or it would be a share of fewer than 50.",
    },
)

NOT_COLLECTED = (
    (
        "Age, disability, ethnicity, religion, sex and sexual orientation",
        "No figure is given by them: the groups would be small enough to recognise people.",
    ),
    ("Names, teams and stations", "No figure is given for an area smaller than a local policing area."),
    ("Who assaulted", "Figures count people assaulted. Suspects are not counted here."),
    ("What was not reported", "Figures count what was reported. How much is not, no record can say."),
)
"""What a reader may look for and not find, and why."""

_UNITS = {"clocks": "Things owed"}
"""Units whose own word would say nothing to a reader."""


def dictionary(*audiences: str) -> dict:
    """Give every table that these readers are shown, and every dimension, as they are counted now."""
    tables = [cube for cube in CUBES.values() if cube.audience in audiences]
    used = {name for cube in tables for name in cube.dimensions}
    return {
        "tables": [_table(cube) for cube in tables],
        "dimensions": [
            {
                "label": dimension.label,
                "note": dimension.note,
                "codes": [_with_parts(code, dimension) for code in dimension.codes if not code.parent],
            }
            for dimension in DIMENSIONS.values()
            if dimension.name in used
        ],
        "not_collected": NOT_COLLECTED,
        "symbols": SYMBOLS,
    }


def _with_parts(code, dimension):
    """Give the words of a code, and of what it is made up of."""
    parts = [part.label for part in dimension.codes if part.parent == code.code]
    return f"{code.label}: {', '.join(part[:1].lower() + part[1:] for part in parts)}" if parts else code.label


def _table(cube):
    level = BLOCKS[cube.block].level
    rows = (
        ("What a number counts", cube.counts),
        ("Definition", cube.definition),
        ("Whose", cube.scope),
        ("By", ", ".join(DIMENSIONS[name].label for name in cube.dimensions) or "One number alone"),
        ("How often", "Every quarter" if level == "quarter" else "Every year"),
        ("Day", _day_rule(cube)),
        ("Nought", _nought(cube)),
        ("Who may read it", "Everybody" if cube.audience == "public" else "The Commissioner’s office"),
        ("Version", str(cube.version)),
    )
    return {
        "code": cube.code,
        "title": cube.title,
        "unit": _UNITS.get(BLOCKS[cube.block].unit, BLOCKS[cube.block].unit),
        "rows": [{"key": key, "value": value} for key, value in rows],
    }


def _day_rule(cube):
    if "day" in cube.dimensions:
        return "By policing day: from 07:00 to 07:00. The year is by the London date of the incident."
    return "By the London date on which the incident happened. Policing days are not used."


def _nought(cube):
    if cube.zero_shown:
        return "A nought of the whole force may be shown as 0."
    return "A nought is hidden as [c], like 1 to 4."
