"""Names and texts in the language that was asked for, where the feed has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from services.kit.database import Transaction
from services.living.feeds import store
from services.living.feeds.model import Feed, Route, Stop

T = TypeVar("T", Stop, Route)

_STOPS = {"stop_name": "name", "stop_desc": "description"}
_ROUTES = {"route_short_name": "short_name", "route_long_name": "long_name", "route_desc": "description"}


@dataclass(frozen=True)
class Words:
    """Translations of a table into one language: by field and id, and by field and text."""

    by_record: Mapping[tuple[str, str], str]
    by_value: Mapping[tuple[str, str], str]

    def of(self, field: str, record: str, text: str) -> str:
        """A text of a row, translated where there is a translation; that of the very row goes before."""
        return self.by_record.get((field, record)) or self.by_value.get((field, text)) or text


NONE = Words({}, {})


async def stops(tx: Transaction, feed: Feed, language: str, found: Sequence[Stop]) -> list[Stop]:
    """Stops in a language."""
    return await _translated(tx, feed, language, "stops", _STOPS, found)


async def routes(tx: Transaction, feed: Feed, language: str, found: Sequence[Route]) -> list[Route]:
    """Routes in a language."""
    return await _translated(tx, feed, language, "routes", _ROUTES, found)


async def headsigns(tx: Transaction, feed: Feed, language: str, texts: Sequence[str]) -> Words:
    """Where trips say they go, in a language."""
    if not _wanted(feed, language):
        return NONE
    return translated(language, await store.words(tx, feed.number, "trips", [], texts))


async def _translated(
    tx: Transaction, feed: Feed, language: str, about: str, names: Mapping[str, str], found: Sequence[T]
) -> list[T]:
    if not found or not _wanted(feed, language):
        return list(found)
    texts = {getattr(one, name) for one in found for name in names.values()} - {""}
    words = translated(language, await store.words(tx, feed.number, about, [one.id for one in found], texts))

    def of(one: T) -> T:
        changed: Any = {name: words.of(field, one.id, getattr(one, name)) for field, name in names.items()}
        return replace(one, **changed)

    return [of(one) for one in found]


def _wanted(feed: Feed, language: str) -> bool:
    return bool(language) and language.casefold() != feed.language.casefold()


def translated(language: str, rows: Sequence[tuple[str, str, str, str, str]]) -> Words:
    """Of a table's rows (field, language, translation, record, value) those of the language itself; of its family where
    there are none of its own: ``en`` does for ``en-GB``, and that for ``en-US`` where there is no ``en``.
    """
    wanted = language.casefold()
    family = wanted.partition("-")[0]
    near = [row for row in rows if row[1].casefold().partition("-")[0] == family]
    near.sort(key=lambda row: (row[1].casefold() == wanted, row[1].casefold() == family))  # the last one is kept
    by_record: dict[tuple[str, str], str] = {}
    by_value: dict[tuple[str, str], str] = {}
    for field, _, translation, record, value in near:
        into, key = (by_record, record) if record else (by_value, value)
        into[field, key] = translation
    return Words(by_record, by_value)
