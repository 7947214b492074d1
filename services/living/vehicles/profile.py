"""Whose officers keep vehicles: ``operators`` in ``transit.toml`` of the city's profile."""

from functools import lru_cache
from pathlib import Path

from services.kit.city import City
from services.kit.city.files import read_optional
from services.living.making.profile import FILE, Settings


def operators(city: City) -> frozenset[str]:
    """Agencies that run vehicles of public transport, by their ids. Raises CityError."""
    return _operators(city.folder)


@lru_cache(maxsize=8)
def _operators(folder: Path) -> frozenset[str]:
    settings = read_optional(folder, FILE, Settings, lambda _: ())
    return frozenset(settings.operators) if settings else frozenset()
