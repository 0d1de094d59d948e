"""Codes on paper: written by hand, read aloud, typed on a phone. Pure."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No letter that looks like another or like a digit."""
LENGTH = 12
"""58 bits: at 300 guesses a second for the 30 days that a code lives, one of a school's 2,000 codes is found with a
chance of 3 in a million, so no throttle has to refuse a code that is right."""


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def as_printed(code: str) -> str:
    """ABCD-EFGH-JKMN"""
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def as_typed(text: str) -> str:
    """The code that somebody meant, however they wrote it; anything else stays something that is no code."""
    return "".join(letter for letter in text.upper() if letter.isalnum())
