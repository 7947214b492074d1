"""Suggests categories for a text by their keywords: whole words, longest match first."""

from collections import defaultdict
from collections.abc import Iterable

from services.kit.city.model import Category
from services.kit.city.text import words

_MOST_WORDS = 400
_WINDOW = 6  # words; "jalan di depan rumah rusak" still says "jalan rusak"

Phrase = tuple[str, ...]


class Suggester:
    """Finds keywords in texts. A keyword that several categories share counts for each in part."""

    def __init__(self, categories: Iterable[Category]) -> None:
        """Index the keywords."""
        self._owners: dict[Phrase, list[Category]] = defaultdict(list)
        for category in categories:
            for phrase in {tuple(words(keyword)) for keyword in category.keywords}:
                self._owners[phrase].append(category)
        self._longest = max(map(len, self._owners), default=0)

    def suggest(self, text: str, limit: int) -> list[tuple[Category, float]]:
        """Return up to `limit` categories with their share (0 to 1) of all that was found, best first."""
        tokens = words(text)[:_MOST_WORDS]
        scores: dict[Category, float] = defaultdict(float)
        for phrase, weight in self._found(tokens).items():
            owners = self._owners[phrase]
            for category in owners:
                scores[category] += weight * len(phrase) * sum(map(len, phrase)) / len(owners)
        total = sum(scores.values())
        ranked = sorted(scores.items(), key=lambda item: -item[1])
        return [(category, score / total) for category, score in ranked[:limit]]

    def _found(self, tokens: list[str]) -> dict[Phrase, float]:
        """Return the phrases in the text: 1 for one word after the other, 0.5 for words near each other."""
        found: dict[Phrase, float] = {}
        at = 0
        while at < len(tokens):
            phrase = self._longest_at(tokens, at)
            if phrase:
                found[phrase] = 1.0
            at += len(phrase) or 1
        places: dict[str, list[int]] = defaultdict(list)
        for index, token in enumerate(tokens):
            places[token].append(index)
        for phrase in self._owners:
            if (
                len(phrase) > 1
                and phrase not in found
                and all(word in places for word in phrase)
                and _near(phrase, places)
            ):
                found[phrase] = 0.5
        return found

    def _longest_at(self, tokens: list[str], at: int) -> Phrase:
        for length in range(self._longest, 0, -1):
            phrase = tuple(tokens[at : at + length])
            if len(phrase) == length and phrase in self._owners:
                return phrase
        return ()


def _near(phrase: Phrase, places: dict[str, list[int]]) -> bool:
    """Say whether the words of the phrase stand within a few words of its first one."""
    return any(
        all(any(abs(other - first) < _WINDOW for other in places[word]) for word in phrase[1:])
        for first in places[phrase[0]]
    )
