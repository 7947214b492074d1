"""Whose officers keep vehicles, and whose lines those drive: ``transit.toml`` of the city's profile."""

from functools import lru_cache
from pathlib import Path

from services.kit.city import City
from services.kit.city.files import read_optional
from services.living.making.profile import FILE, Settings


def operators(city: City) -> frozenset[str]:
    """Agencies that run vehicles of public transport, by their ids. Raises CityError."""
    settings = _settings(city.folder)
    return frozenset(settings.operators) if settings else frozenset()


def driven(city: City, operator: str) -> tuple[str, ...]:
    """Agencies of the timetable whose lines an operator's vehicles drive, by the ids there. Raises CityError."""
    settings = _settings(city.folder)
    return settings.runs.get(operator, (settings.agency.id,)) if settings else ()


@lru_cache(maxsize=8)
def _settings(folder: Path) -> Settings | None:
    return read_optional(folder, FILE, Settings, lambda _: ())
