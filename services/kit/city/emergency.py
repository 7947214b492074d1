"""Words by which somebody may be telling of danger to life: then they are shown whom to call, before anything else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from services.kit.city.files import Problems, line_of, read_settings
from services.kit.city.model import Category, Channel, Identifier, Text
from services.kit.city.text import words

_FILE = "emergency.toml"

Words = Annotated[tuple[Text, ...], Meta(min_length=1)]


class Kind(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of danger, and how people tell of it."""

    id: Identifier
    words: Mapping[str, Words]
    """Words and phrases by language code."""


class _EmergencyFile(Struct, frozen=True, forbid_unknown_fields=True):
    kinds: tuple[Kind, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Emergency:
    """What tells of danger in this city; nothing where the city says nothing."""

    phrases: tuple[str, ...] = ()
    """Words and phrases as they are compared: plain words with a blank between them."""
    categories: frozenset[str] = frozenset()
    """Ids of categories that are dangers by themselves."""

    def concerns(self, text: str, category: str = "") -> bool:
        """Whether a text, or the category that was chosen for it, tells of danger."""
        if category in self.categories:
            return True
        plain = f" {' '.join(words(text))} "
        return any(f" {phrase} " in plain for phrase in self.phrases)


def has_number(channels: Iterable[Channel], zone: ZoneInfo) -> bool:
    """Whether the city has a number to call in danger, and from its today on always has: one that ends has a successor
    from the next day on.

    So a profile that is sound today is sound tomorrow.
    """
    known = datetime.now(zone).date()  # the first day of which it is not known yet
    for each in sorted((one for one in channels if one.kind == "emergency" and one.phone), key=lambda one: one.from_):
        if each.from_ <= known and each.until is None:
            return True
        if each.until is not None and each.from_ <= known <= each.until:
            known = each.until + timedelta(days=1)
    return False


def read_emergency(
    folder: Path, categories: Mapping[str, Category], channels: Iterable[Channel], zone: ZoneInfo, problems: Problems
) -> Emergency:
    """Read emergency.toml where there is one; its categories must be the city's, and whom to call must be known."""
    if not (folder / _FILE).exists():
        return Emergency()
    read = read_settings(folder / _FILE, _EmergencyFile, problems)
    if read is None:
        return Emergency()
    found, text = read
    if not has_number(channels, zone):
        message = f"{_FILE} tells who is in danger, and no channel of kind emergency has a phone to call"
        problems.add("profile.toml", 1, message, "add one with its phone, and without until, to profile.toml")
    for name in found.categories:
        if name not in categories:
            problems.add(_FILE, line_of(text, "categories"), f'"{name}" is no category', "use an id of categories.csv")
    for number, kind in enumerate(found.kinds):
        if empty := [each for given in kind.words.values() for each in given if not words(each)]:
            line = line_of(text, f"kinds[{number}]", "words")
            problems.add(_FILE, line, f'"{empty[0]}" has no letters', "write a word or a few")
    given = {" ".join(words(each)) for kind in found.kinds for each in sum(kind.words.values(), ())}
    return Emergency(tuple(sorted(given)), frozenset(found.categories))
