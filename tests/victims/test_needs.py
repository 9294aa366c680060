"""Which routes to enhanced rights the facts suggest, and what the assessment asks: without a database."""

import pytest

from victims import needs
from victims.needs import Facts, Route, Suggestion, suggest

GRAVEST, TARGETED, VULNERABLE = Route.GRAVEST, Route.TARGETED, Route.VULNERABLE

GOLDEN = [
    ({}, {}, []),
    ({"conducts": ["punch", "kick", "spit"]}, {}, []),
    ({"strands": ["race"]}, {}, [(GRAVEST, "Hate crime: the report names what it was about")]),
    ({"strands": ["none"]}, {}, []),
    ({"strands": ["unsure"]}, {}, []),
    ({"strands": ["race", "sex"]}, {}, [(GRAVEST, "Hate crime: the report names what it was about")]),
    ({"conducts": ["discriminatory-abuse"]}, {}, [(GRAVEST, "Hate crime: abuse about who they are")]),
    ({"offences": ["8P"]}, {}, [(GRAVEST, "Hate crime: recorded as racially or religiously aggravated")]),
    ({"conducts": ["sexual-touching"]}, {}, [(GRAVEST, "A sexual assault")]),
    ({"conducts": ["strangle"]}, {}, [(GRAVEST, "Strangled or choked")]),
    ({"injuries": ["strangulation"]}, {}, [(GRAVEST, "Signs of strangulation")]),
    ({"conducts": ["weapon"], "weapons": ["blade"]}, {},
     [(GRAVEST, "A weapon was used"), (GRAVEST, "A knife or blade")]),
    ({"weapons": ["glass"]}, {}, []),
    ({"injuries": ["bruise", "scratch"]}, {}, []),
    ({"injuries": ["fracture"]}, {}, [(GRAVEST, "A broken bone")]),
    ({"injuries": ["unconscious"]}, {}, [(GRAVEST, "Knocked out")]),
    ({"offences": ["2"]}, {}, [(GRAVEST, "Attempted murder")]),
    ({"offences": ["5D"]}, {}, [(GRAVEST, "Assault with intent to cause serious harm")]),
    ({"offences": ["8S"]}, {}, []),
    ({"assaults": 2}, {}, []),
    ({"assaults": 3}, {}, [(TARGETED, "Assaulted 3 times within twelve months")]),
    ({"same_suspect": 1}, {}, [(TARGETED, "The same suspect again")]),
    ({"same_suspect": 2, "assaults": 5}, {},
     [(TARGETED, "The same suspect again"), (TARGETED, "Assaulted 5 times within twelve months")]),
    ({"conducts": ["threat-to-family"]}, {}, [(VULNERABLE, "A threat to family or home")]),
    ({"conducts": ["online-abuse"]}, {}, [(VULNERABLE, "Abuse online, or private details published")]),
    ({"conducts": ["stalking-harassment"]}, {},
     [(VULNERABLE, "Followed, watched or contacted again and again")]),
    ({"conducts": ["threat-to-kill"]}, {}, [(VULNERABLE, "A threat to kill")]),
    ({"targeted_off_duty": True}, {}, [(VULNERABLE, "Targeted off duty because of the job")]),
    ({}, {"safety": "urgent"}, [(VULNERABLE, "They are not safe now")]),
    ({}, {"safety": "some"}, []),
    ({}, {"court": "urgent"}, [(VULNERABLE, "They fear to give evidence, or to meet the suspect")]),
    ({}, {"vulnerable": ["none"]}, []),
    ({}, {"vulnerable": ["mental-health"]}, [(VULNERABLE, "They said: a mental health condition")]),
    ({"strands": ["religion"], "conducts": ["threat-to-family"], "assaults": 4}, {"feelings": "urgent"},
     [(GRAVEST, "Hate crime: the report names what it was about"),
      (TARGETED, "Assaulted 4 times within twelve months"), (VULNERABLE, "A threat to family or home")]),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "answers", "expected"), GOLDEN)
def test_the_facts_suggest_and_say_why(facts, answers, expected):
    assert suggest(Facts(**facts), answers) == [Suggestion(route, because) for route, because in expected]


def test_every_area_has_three_levels_in_words_of_their_own():
    assert len(needs.AREAS) == 9
    for area in needs.AREAS:
        assert len({*area.levels}) == 3
        assert [area.words(level) for level in needs.LEVELS] == list(area.levels)
        assert area.words(needs.NOT_ASKED) == area.words("nonsense") == "Not asked"


@pytest.mark.parametrize(
    ("answers", "fits"),
    [
        ({}, True),
        ({"safety": "well", "money": "not-asked"}, True),
        ({"vulnerable": ["none"]}, True),
        ({"vulnerable": ["none", "learning"]}, False),
        ({"vulnerable": "none"}, False),
        ({"safety": "terrible"}, False),
        ({"weather": "well"}, False),
    ],
)
def test_answers_are_those_of_the_lists(answers, fits):
    assert (needs.problems(answers) == []) is fits


def test_the_worst_answer_is_that_of_an_area():
    assert needs.worst({}) == "well"
    assert needs.worst({"safety": "not-asked", "money": "some", "vulnerable": ["learning"]}) == "some"
    assert needs.worst({"safety": "urgent", "money": "some"}) == "urgent"


def test_codes_are_those_of_the_reference_data():
    """Nothing is suggested from a code that no report can hold."""
    import csv
    from pathlib import Path

    def codes(name):
        path = Path(__file__).parents[2] / "seeds" / f"reports.{name}.csv"
        with path.open(newline="") as opened:
            return {row["code"] for row in csv.DictReader(opened)}

    conducts = {*needs.GRAVEST_CONDUCTS, *needs.HATE_CONDUCTS, *needs.INTIMIDATING_CONDUCTS}
    assert conducts <= codes("conducttype")
    assert {*needs.GRAVEST_INJURIES} <= codes("injurytype")
    assert {*needs.GRAVEST_WEAPONS} <= codes("weapontype")
    assert {*needs.GRAVEST_OFFENCES, *needs.HATE_OFFENCES} <= codes("offenceclass")
    assert needs.NO_STRAND - {""} <= codes("hatestrand")
