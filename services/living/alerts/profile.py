"""Whose officers write alerts, and what warnings do: ``alerts.toml`` of the city's profile, which may lack it.

Without the file nobody writes alerts, and warnings do nothing to public transport.
"""

from collections.abc import Iterator
from enum import Enum
from functools import lru_cache

from msgspec import Struct

from services.kit.city import City
from services.kit.city.files import Fault, read_optional
from services.kit.city.model import Identifier

FILE = "alerts.toml"


class Level(Enum):
    """How grave a warning is, the least first."""

    WASPADA = "waspada"
    SIAGA = "siaga"
    AWAS = "awas"

    @property
    def rank(self) -> int:
        """For comparing, never for showing."""
        return list(Level).index(self)


class OfWarnings(Struct, frozen=True, forbid_unknown_fields=True):
    """From which level on a warning tells of lines, and closes stops and stretches."""

    informs: Level
    closes: Level


class Rules(Struct, frozen=True, forbid_unknown_fields=True):
    """What the city has decided."""

    agencies: tuple[Identifier, ...] = ()
    warnings: OfWarnings | None = None


NONE = Rules()


@lru_cache(maxsize=8)
def rules_of(city: City) -> Rules:
    """The rules of a city. Raises CityError that lists all that is wrong."""
    return read_optional(city.folder, FILE, Rules, lambda given: _faults(given, city)) or NONE


def _faults(given: Rules, city: City) -> Iterator[Fault]:
    for agency in given.agencies:
        if agency not in city.agencies:
            yield (("agencies",), f'agency "{agency}" is unknown', "name one of agencies.csv")
    if given.warnings is not None and given.warnings.closes.rank < given.warnings.informs.rank:
        yield (
            ("warnings", "closes"),
            "it closes what it does not tell of",
            "name the same level as informs, or a graver",
        )
