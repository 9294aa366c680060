"""How long a bar is, without a database."""

from campion.bars import length, lines


def test_the_longest_bar_is_whole_and_nothing_has_none():
    assert [(line.text, line.number, line.length) for line in lines([("a", 4), ("b", 0), ("c", 1)])] == [
        ("a", 4, 100), ("b", 0, 0), ("c", 1, 25),
    ]  # fmt: skip
    assert lines([]) == [] and [line.length for line in lines([("a", 0)])] == [0]


def test_one_of_very_many_is_still_to_be_seen():
    assert length(1, 100_000) == 1
