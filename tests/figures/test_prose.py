"""Words for readers: dates, names and figures that are shown may stand in them, and no other number."""

import pytest

from figures.prose import strange_numbers


@pytest.mark.parametrize(
    "text",
    [
        "A month was left out.",
        "On 13 May 2026 at 07:00 two areas were mixed up.",
        "From 1 April on, and on 1st Jan.",
        "2025-26-Q1.2 came in place of 2025-26-Q1, in 2025-26, Q1, edition 2.",
        "C12 and Right 4 were touched.",
        "It said 1,250, which is 21.9 for every thousand.",
    ],
)
def test_what_may_be_named(text):
    assert strange_numbers(text, {"1250", "21.9"}) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("There were 3.", ["3"]),
        ("Of 1,203 one.", ["1,203"]),
        ("13 assaults in May.", ["13"]),
        ("3% and 40", ["3"]),
        ("In May 3 were left out", ["3"]),
    ],
)
def test_what_may_not(text, numbers):
    assert strange_numbers(text, {"40"}) == numbers
