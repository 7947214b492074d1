"""Who keeps the timetable: ``importers`` in ``transit.toml`` of the city's profile, and administrators."""

from functools import lru_cache

from services.kit.city import City
from services.kit.city.files import read_optional
from services.kit.database import Transaction
from services.kit.errors import forbidden
from services.living.making.profile import FILE, Settings, strange


@lru_cache(maxsize=8)
def importers(city: City) -> frozenset[str]:
    """Agencies whose officers import timetables, by their ids. Raises CityError."""
    settings = read_optional(city.folder, FILE, Settings, lambda given: strange("importers", given.importers, city))
    return frozenset(settings.importers) if settings else frozenset()


def require_office(tx: Transaction) -> None:
    """Lets only who keeps the timetable pass. Errors: FORBIDDEN NOT_YOURS."""
    if tx.agency == "" or any(tx.allows(each) for each in importers(tx.runtime.city)):
        return
    raise forbidden("NOT_YOURS", "Only the agencies that keep the city's timetable can do this.")
