"""References to quote on the telephone: random, with a check letter (P7). A sequence would tell the total."""

import re
import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"  # 31 letters, a prime; without 0 O, 1 I and U
_SHAPE = re.compile(rf"([A-Z]{{2}})-([{ALPHABET}]{{4}})-([{ALPHABET}]{{4}})")


def make(prefix: str) -> str:
    """Make a reference such as AR-7K3M-92QF: seven random letters and one that checks them.

    :param prefix: two capital letters that say what is referred to
    """
    letters = "".join(secrets.choice(ALPHABET) for _ in range(7))
    letters += check_letter(letters)
    return f"{prefix}-{letters[:4]}-{letters[4:]}"


def check_letter(letters: str) -> str:
    """Give the letter that finds any one mistyped letter and any two neighbours swapped (weights 2, 3 … mod 31)."""
    return ALPHABET[sum(weight * ALPHABET.index(letter) for weight, letter in enumerate(letters, 2)) % len(ALPHABET)]


def read(text: str) -> str | None:
    """Give the reference as it is written, from what a person typed or said; None if it cannot be one.

    Case and spaces do not matter, nor do missing hyphens.
    """
    letters = re.sub(r"[\s-]", "", text).upper()
    match = _SHAPE.fullmatch(f"{letters[:2]}-{letters[2:6]}-{letters[6:]}")
    if not match or check_letter(match[2] + match[3][:3]) != match[3][3]:
        return None
    return match[0]
