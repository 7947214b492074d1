"""Whose officers keep vehicles, and whose lines those drive: ``transit.toml`` of the city's profile."""

from collections.abc import Iterator
from functools import lru_cache

from services.kit.city import City
from services.kit.city.files import Fault, read_optional
from services.living.making.profile import FILE, Settings, strange


def operators(city: City) -> frozenset[str]:
    """Agencies that run vehicles of public transport, by their ids. Raises CityError."""
    settings = _settings(city)
    return frozenset(settings.operators) if settings else frozenset()


def driven(city: City, operator: str) -> tuple[str, ...]:
    """Agencies of the timetable whose lines an operator's vehicles drive, by the ids there. Raises CityError."""
    settings = _settings(city)
    return settings.runs.get(operator, (settings.agency.id,)) if settings else ()


@lru_cache(maxsize=8)
def _settings(city: City) -> Settings | None:
    return read_optional(city.folder, FILE, Settings, lambda given: _faults(given, city))


def _faults(given: Settings, city: City) -> Iterator[Fault]:
    yield from strange("operators", given.operators, city)
    for name in given.runs:
        if name not in given.operators:
            yield (("runs", name), f'"{name}" is none of the operators', "name one of operators, or take the line out")
