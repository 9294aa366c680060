"""References that can be read over the telephone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campion.references import ALPHABET, check_letter, make, read

LETTERS = st.sampled_from(ALPHABET)
SEVEN = st.text(LETTERS, min_size=7, max_size=7)


def spelled(letters):
    letters += check_letter(letters)
    return f"AR-{letters[:4]}-{letters[4:]}"


def test_no_letter_can_be_taken_for_another():
    assert set("01IOU").isdisjoint(ALPHABET)


def test_one_that_is_made_is_one_that_is_read():
    assert read(reference := make("AR")) == reference


@given(SEVEN, st.sampled_from([3, 4, 5, 6, 8, 9, 10, 11]), LETTERS)
def test_one_mistyped_letter_is_found(letters, place, letter):
    reference = spelled(letters)
    mistyped = reference[:place] + letter + reference[place + 1 :]
    assert mistyped == reference or read(mistyped) is None


@given(SEVEN, st.sampled_from([3, 4, 5, 8, 9, 10]))
def test_two_neighbours_swapped_are_found(letters, place):
    reference = spelled(letters)
    swapped = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
    assert swapped == reference or read(swapped) is None


def test_it_is_read_as_people_say_it():
    reference = make("AR")
    assert read(reference.lower().replace("-", " ")) == reference
    assert read(reference.replace("-", "")) == reference


@pytest.mark.parametrize("text", ["", "AR", "AR-0000-0000", "AR-7K3M-92Q", "\x00", "😀" * 10, "A" * 10_000])
def test_what_cannot_be_a_reference_is_none(text):
    assert read(text) is None
