"""All translations of a feed in memory, by language, for answers that come from memory too. Pure."""

from collections.abc import Iterable
from functools import lru_cache

from services.living.feeds.words import NONE, Words, translated

MOST = 100_000
"""Translations that are kept of a feed; beyond them it speaks its own language."""


class Wordbook:
    """What a feed says in other languages than its own."""

    def __init__(self, language: str = "", rows: Iterable[tuple[str, str, str, str, str, str]] = ()) -> None:
        """``language`` is the feed's own; rows have table, field, language, translation, record and value."""
        self._own = language.casefold()
        self._rows: dict[str, list[tuple[str, str, str, str, str, str]]] = {}
        for row in rows:
            self._rows.setdefault(row[2].casefold().partition("-")[0], []).append(row)
        self._in = lru_cache(maxsize=16)(self._made)

    def of(self, about: str, language: str) -> Words:
        """The words of a table in a language; none where it is the feed's own, or there are none."""
        language = language.casefold()
        known = bool(language) and language != self._own and language.partition("-")[0] in self._rows
        return self._in(about, language) if known else NONE

    def _made(self, about: str, language: str) -> Words:
        rows = self._rows[language.partition("-")[0]]
        return translated(language, [row[1:] for row in rows if row[0] == about])
