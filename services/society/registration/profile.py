"""What a city's profile says of residents: ``residents.toml``. A mistake is named with its file and line.

A city without the file verifies nobody.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from services.kit.city import City
from services.kit.city.files import Fault, read_optional
from services.kit.city.model import Identifier, Text
from services.kit.errors import precondition

FILE = "residents.toml"


class Purpose(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people are asked consent for."""

    id: Identifier
    text_id: Text
    text_en: Text


class Office(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``residents.toml``."""

    agency: Identifier
    """Whose officers see the cards."""
    waiting_days: Annotated[int, Meta(ge=1, le=365)]
    """After how long a declaration that nobody came with is erased."""
    kept_days: Annotated[int, Meta(ge=1, le=3_650)]
    """For how long it is known that one ended."""
    purposes: tuple[Purpose, ...] = ()
    made_up: tuple[str, ...] = ()
    """What of it nobody decided: names of the settings above."""

    def purpose(self, name: str) -> Purpose | None:
        """The purpose of that name."""
        return next((one for one in self.purposes if one.id == name), None)


def office_of(city: City) -> Office | None:
    """The terms of a city; None where nobody is verified. Raises CityError that lists all that is wrong."""
    return _read(city.folder, frozenset(city.agencies))


def required(city: City) -> Office:
    """The terms of a city that verifies residents. Errors: RESIDENTS_OFF."""
    found = office_of(city)
    if found is None:
        raise precondition("RESIDENTS_OFF", "This city verifies no residents.")
    return found


@lru_cache
def _read(folder: Path, agencies: frozenset[str]) -> Office | None:
    return read_optional(folder, FILE, Office, lambda given: _faults(given, agencies))


def _faults(given: Office, agencies: frozenset[str]) -> Iterator[Fault]:
    if given.agency not in agencies:
        yield (("agency",), f'agency "{given.agency}" is unknown', "name one of agencies.csv")
    names = [one.id for one in given.purposes]
    for place, name in enumerate(names):
        if name in names[:place]:
            yield ((f"purposes[{place}]", "id"), f'"{name}" stands twice', "keep one of them")
    for name in given.made_up:
        if name not in Office.__struct_fields__:
            yield (("made_up",), f'"{name}" is no setting', "name settings of this file")
