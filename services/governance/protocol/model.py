"""The protocol of 112: ``emergency_protocol.toml`` of the city's profile, which may lack it.

Without the file the city has no emergency number here: every call and incident is refused.
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Annotated, TypeVar

from msgspec import Meta, Struct

from services.kit.city import City
from services.kit.city.emergency import has_number
from services.kit.city.files import Fault, read_optional
from services.kit.city.model import Identifier, Text
from services.kit.errors import DomainError, invalid, precondition

FILE = "emergency_protocol.toml"
LEVELS = ("waspada", "siaga", "awas")
"""How grave the city's warnings are, the least first."""

Minutes = Annotated[int, Meta(ge=1, le=1440)]
Level = Annotated[int, Meta(ge=1, le=9)]


class Priority(Struct, frozen=True, forbid_unknown_fields=True):
    """How urgent, and within how many minutes a unit should be there."""

    level: Level
    minutes: Minutes
    name_id: Text
    name_en: Text


class Service(Struct, frozen=True, forbid_unknown_fields=True):
    """A service that has units, and whose it is."""

    id: Identifier
    agency: Identifier
    name_id: Text
    name_en: Text


class Party(Struct, frozen=True, forbid_unknown_fields=True):
    """Who is no unit of the city, and how soon they should acknowledge."""

    id: Identifier
    name_id: Text
    name_en: Text
    minutes: Minutes
    phone: str = ""


class Kind(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of incident with its run card."""

    id: Identifier
    priority: Level
    services: Annotated[tuple[Identifier, ...], Meta(min_length=1)]
    name_id: Text
    name_en: Text
    steps_id: tuple[Text, ...]
    steps_en: tuple[Text, ...]


class Flood(Struct, frozen=True, forbid_unknown_fields=True):
    """From which level on a warning opens an incident, and of which kind."""

    level: Identifier
    kind: Identifier
    complaints: tuple[Identifier, ...] = ()
    """Categories of complaints that belong to a flood where the city warns of it, of whatever level."""

    def opens(self, level: str) -> bool:
        """Whether a warning of that level is grave enough for an incident."""
        return as_grave(level, self.level)


def as_grave(level: str, other: str) -> bool:
    """Whether a warning of a level is as grave as one of the other, or graver."""
    return level in LEVELS[LEVELS.index(other) :]


class Protocol(Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    version: Text
    source: Text
    made_up: bool
    keep_days: Annotated[int, Meta(ge=1, le=365)]
    fresh_seconds: Annotated[int, Meta(ge=30, le=3600)]
    silent_minutes: Minutes
    answer_minutes: Minutes
    similar_metres: Annotated[int, Meta(ge=10, le=10_000)]
    similar_minutes: Minutes
    priorities: tuple[Priority, ...]
    services: tuple[Service, ...]
    parties: tuple[Party, ...]
    kinds: tuple[Kind, ...]
    flood: Flood | None = None
    source_en: str = ""

    def kind(self, name: str) -> Kind:
        """A kind by its name. Errors: INCIDENT_KIND_UNKNOWN."""
        return _named(self.kinds, name, "INCIDENT_KIND_UNKNOWN", "kind")

    def service(self, name: str) -> Service:
        """A service by its name. Errors: EMERGENCY_SERVICE_UNKNOWN."""
        return _named(self.services, name, "EMERGENCY_SERVICE_UNKNOWN", "service")

    def party(self, name: str) -> Party:
        """A party by its name. Errors: PARTY_UNKNOWN."""
        return _named(self.parties, name, "PARTY_UNKNOWN", "party")

    def priority(self, level: int) -> Priority:
        """A priority by its level. Errors: PRIORITY_UNKNOWN."""
        found = next((one for one in self.priorities if one.level == level), None)
        if found is None:
            known = ", ".join(str(one.level) for one in self.priorities)
            raise invalid("PRIORITY_UNKNOWN", f"Name one of the protocol's priorities: {known}.", field="priority")
        return found

    def target(self, level: int) -> timedelta:
        """How soon a unit should be there. What is of a level that was taken out is no less urgent than it was: that of
        the next more urgent one, or of the most urgent there is.
        """
        known = {one.level for one in self.priorities}
        nearest = max((one for one in known if one <= level), default=min(known, default=level))
        return timedelta(minutes=self.priority(nearest).minutes)


N = TypeVar("N", "Kind", "Service", "Party")


def _named(known: tuple[N, ...], name: str, reason: str, field: str) -> N:
    found = next((one for one in known if one.id == name), None)
    if found is None:
        names = ", ".join(one.id for one in known)
        raise invalid(reason, f"Name one of the protocol's: {names}.", field=field)
    return found


@lru_cache(maxsize=8)
def found_of(city: City) -> Protocol | None:
    """The protocol of a city; None where it has none. Raises CityError that lists all that is wrong."""
    return read_optional(city.folder, FILE, Protocol, lambda given: _faults(given, city))


def protocol_of(city: City) -> Protocol:
    """The protocol of a city. Errors: NO_EMERGENCY_NUMBER where it has none."""
    found = found_of(city)
    if found is None:
        raise none_here()
    return found


def none_here() -> DomainError:
    """This city has no protocol."""
    return precondition("NO_EMERGENCY_NUMBER", "This city runs no emergency number here: its profile has no protocol.")


def _faults(given: Protocol, city: City) -> Iterator[Fault]:
    yield from _unnumbered(city)
    for number, service in enumerate(given.services):
        if service.agency not in city.agencies:
            yield (
                (f"services[{number}]", "agency"),
                f'agency "{service.agency}" is unknown',
                "name one of agencies.csv",
            )
    if given.flood is not None:
        yield from _of_floods(given.flood, [one.id for one in given.kinds], city)
    levels, services = {one.level for one in given.priorities}, {one.id for one in given.services}
    for number, kind in enumerate(given.kinds):
        where = f"kinds[{number}]"
        if kind.priority not in levels:
            yield ((where, "priority"), f"priority {kind.priority} is unknown", "name one of the priorities")
        for name in kind.services:
            if name not in services:
                yield ((where, "services"), f'service "{name}" is unknown', "name one of the services")
        if len(kind.steps_id) != len(kind.steps_en):
            yield ((where, "steps_en"), "its run card has other steps in English", "write as many")


def _of_floods(flood: Flood, kinds: list[str], city: City) -> Iterator[Fault]:
    """What would keep a warning from opening its incident."""
    if flood.level not in LEVELS:
        yield (("flood", "level"), f'"{flood.level}" is no level of a warning', f"name one of {', '.join(LEVELS)}")
    if flood.kind not in kinds:
        yield (("flood", "kind"), f'kind "{flood.kind}" is unknown', "name the id of one of the [[kinds]]")
    for name in flood.complaints:
        if city.category(name) is None:
            yield (("flood", "complaints"), f'category "{name}" is unknown', "name some of categories.csv")


def _unnumbered(city: City) -> Iterator[Fault]:
    """A number that is run and nobody knows."""
    if not has_number(city.all_channels, city.timezone):
        message = "the number that is run here is unknown: no channel of kind emergency has a phone"
        yield (("version",), message, "add one with its phone, and without until, to profile.toml")
