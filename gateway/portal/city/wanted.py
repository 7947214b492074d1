"""What was typed, as words that are looked for, and what fits them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import lru_cache

from services.kit.city.text import words
from services.kit.rpc.text import clean, piled

LETTERS = 100
"""Of what was typed; the rest is cut off."""
MOST_WORDS = 10
MOST_SLIPS = 3
"""Words that are compared with all of their first letter: a few milliseconds each."""
ALIKE = 0.75
"""How much of two words' letters has to be the same, in the same order, for one to be a slip for the other."""
_KEPT = 16_384
"""Texts whose words are kept: more than are looked through in two languages, else each search begins anew."""


def letters(typed: str) -> str:
    """What was typed, as it is looked for and shown again."""
    plain = unicodedata.normalize("NFKC", clean(typed[: 4 * LETTERS]))  # a letter can stand for eighteen
    plain = " ".join(plain.split())[:LETTERS]
    return "" if piled(plain) else plain


def wanted_of(typed: str) -> Sequence[str]:
    """The words that are looked for, worked out once for all that may fit."""
    return words(typed)[:MOST_WORDS]


def fits(wanted: Sequence[str], among: Iterable[str]) -> bool:
    """Whether each of these words begins one of those; without a word nothing does."""
    return bool(wanted) and len(had(wanted, " ".join(among))) == len(wanted)


def had(wanted: Sequence[str], text: str) -> list[str]:
    """Those of the words that begin one of a text's."""
    there = _words(text)
    return [word for word in wanted if f" {word}" in there]


def whole(wanted: Sequence[str], name: str) -> bool:
    """Whether each of the words stands in a name as it is."""
    there = _words(name)
    return all(f" {word} " in there for word in wanted)


def meant(wanted: Sequence[str], texts: Iterable[str]) -> str:
    """The words with the nearest of the texts' for each that begins none; empty where that changes nothing.

    A slip in its first letter is not looked for: with it, all words would have to be compared with all.
    Example: ambulnas hebta -> ambulans hebat
    """
    first = {word[0] for word in wanted}
    there = sorted({word for text in texts for word in _words(text).split() if word[0] in first})
    slips = [word for word in wanted if not any(one.startswith(word) for one in there)]
    if not slips or len(slips) > MOST_SLIPS:
        return ""
    nearest = {slip: get_close_matches(slip, [one for one in there if one[0] == slip[0]], 1, ALIKE) for slip in slips}
    return " ".join(nearest.get(word, [word])[0] for word in wanted) if all(nearest.values()) else ""


@lru_cache(maxsize=_KEPT)
def _words(text: str) -> str:
    """A text's words with a space on either side: a search within one string takes a tenth of one word by word."""
    return f" {' '.join(words(text))} "
