"""Public codes of a city's cases, bills and payments, such as SMG-7K4P-92: random characters and one check character.

The prefix tells the city and what it is: that of complaints is the city's own, the others add a letter. A code of one
kind is never one of another: with the letter taken for its first character, the check of the rest fails.

The alphabet is Crockford's base 32 (no I, L, O, U). A code is valid when the sum of its characters, each weighted with
a power of a primitive element of GF(32), is zero. All weights differ and none is zero, so *every* wrong character and
*every* swap of two different characters is found, wherever it happens (a Reed-Solomon code with one check symbol; for
lengths up to 31). What is read aloud or scribbled is forgiven: case, spaces, hyphens, O for 0, I and L for 1.
"""

import re
import secrets
from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SHORT = 6
"""Characters of a code, the check character included; 33.5 million codes."""
LONGEST = 10
"""Codes grow by a character when the shorter ones collide too often."""

_POLYNOMIAL = 0b110111  # x^5 + x^4 + x^2 + x + 1, primitive over GF(2)
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_CHARACTERS = bytes(ord(ALPHABET[value % 32]) for value in range(256))
"""Of each byte its character: every one of eight bytes, so that all are as likely."""
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})


def _powers() -> list[int]:
    powers, value = [], 1
    for _ in range(31):
        powers.append(value)
        value <<= 1
        if value & 32:
            value ^= _POLYNOMIAL
    return powers


_POWER = _powers()
_LOGARITHM = {value: exponent for exponent, value in enumerate(_POWER)}


def _times_power(value: int, exponent: int) -> int:
    return _POWER[(_LOGARITHM[value] + exponent) % 31] if value else 0


def check_character(data: str) -> str:
    """The check character that belongs to these characters of the alphabet."""
    total = 0
    for place, character in enumerate(reversed(data), start=1):
        total ^= _times_power(_VALUE[character], place)
    return ALPHABET[total]


def is_valid(body: str) -> bool:
    """Whether these characters, the last being the check character, make a code."""
    return check_character(body[:-1]) == body[-1]


def new(prefix: str, length: int = SHORT, draw: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """A random code of a prefix; `length` counts the check character. All that is random of it is drawn at once."""
    data = draw(length - 1).translate(_CHARACTERS).decode()
    return written(prefix, data + check_character(data))


def written(prefix: str, body: str) -> str:
    """The code as it is shown: prefix, body, and its last two characters apart."""
    return f"{prefix}-{body[:-2]}-{body[-2:]}"


def parse(prefix: str, text: str) -> str | None:
    """The code that somebody typed, as it is shown; None when it is not a code of this prefix."""
    plain = re.sub(r"[\s\-‐‑–_.]", "", text).upper()
    if not plain.startswith(prefix):
        return None
    body = plain[len(prefix) :].translate(_ALIKE)
    if not SHORT <= len(body) <= LONGEST or any(character not in _VALUE for character in body):
        return None
    return written(prefix, body) if is_valid(body) else None
