"""The entities of SensorThings 1.1: what each is called, has, and leads to. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from gateway.sta.faults import QueryFault

IDS = ("id", "@iot.id")
SELF_LINK = "@iot.selfLink"
MOST_SEGMENTS = 6
"""Of a path in an expression."""
OBSERVATIONS = "Observations"
"""The one kind that is never held in memory."""


FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Span(NamedTuple):
    """A time: from ``start`` until before ``end``."""

    start: datetime = FIRST
    end: datetime = LAST


ALWAYS = Span()


class Link(NamedTuple):
    """What a navigation property leads to: one entity, or many."""

    kind: str
    many: bool


@dataclass(frozen=True)
class Kind:
    """A kind of entity."""

    name: str
    """Of its collection."""
    properties: tuple[str, ...]
    links: Mapping[str, Link]
    free: tuple[str, ...] = ()
    """Properties that hold others of any name."""

    def check(self, parts: Sequence[str], *, reaches: bool = True) -> None:
        """Whether a path leads to a property. Raises QueryFault that says what there is."""
        if len(parts) > MOST_SEGMENTS:
            raise QueryFault(f"has a path of more than {MOST_SEGMENTS} parts; ask for less at a time")
        first, rest = parts[0], parts[1:]
        if first in IDS or first in self.properties:
            if rest and first not in self.free:
                raise QueryFault(f"{self.name} have {first!r}, but nothing below it")
            return
        link = self.links.get(first)
        if link is None:
            known = ", ".join((IDS[0], *self.properties, *self.links))
            raise QueryFault(f"{self.name} have no {first!r}; they have {known}")
        if not reaches or link.kind == OBSERVATIONS:
            raise QueryFault(f"nothing reaches through {first!r} here; ask for {link.kind} themselves")
        if not rest:
            raise QueryFault(f"{first!r} is an entity; name one of its properties, such as {first}/id")
        KINDS[link.kind].check(rest)


@dataclass(eq=False)
class Entity:
    """One of them. ``links`` hold what it leads to, but observations; those are of the time ``during``."""

    kind: str
    id: str
    values: Mapping[str, Any]
    links: dict[str, list[Entity]] = field(default_factory=dict)
    during: Span = ALWAYS

    def reach(self, parts: tuple[str, ...], step: Callable[[], None]) -> Iterator[Any]:
        """The values of a path from here; ``step`` is called for each entity on the way, even to nowhere."""
        step()
        first, rest = parts[0], parts[1:]
        if first in IDS:
            yield self.id
        elif first in self.values:
            value = self.values[first]
            for part in rest:
                value = value.get(part) if isinstance(value, dict) else None
            yield value
        else:
            for other in self.links.get(first, ()):
                yield from other.reach(rest, step)


def _one(kind: str) -> Link:
    return Link(kind, many=False)


def _many(kind: str) -> Link:
    return Link(kind, many=True)


_PLACED = ("name", "description", "encodingType")
KINDS: Mapping[str, Kind] = {
    one.name: one
    for one in (
        Kind(
            "Things",
            ("name", "description", "properties"),
            {
                "Locations": _many("Locations"),
                "HistoricalLocations": _many("HistoricalLocations"),
                "Datastreams": _many("Datastreams"),
            },
            free=("properties",),
        ),
        Kind(
            "Locations",
            (*_PLACED, "location", "properties"),
            {"Things": _many("Things"), "HistoricalLocations": _many("HistoricalLocations")},
            free=("location", "properties"),
        ),
        Kind("HistoricalLocations", ("time",), {"Thing": _one("Things"), "Locations": _many("Locations")}),
        Kind(
            "Datastreams",
            ("name", "description", "observationType", "unitOfMeasurement", "observedArea", "properties"),
            {
                "Thing": _one("Things"),
                "Sensor": _one("Sensors"),
                "ObservedProperty": _one("ObservedProperties"),
                OBSERVATIONS: _many(OBSERVATIONS),
            },
            free=("unitOfMeasurement", "observedArea", "properties"),
        ),
        Kind("Sensors", (*_PLACED, "metadata"), {"Datastreams": _many("Datastreams")}),
        Kind("ObservedProperties", ("name", "definition", "description"), {"Datastreams": _many("Datastreams")}),
        Kind(
            OBSERVATIONS,
            ("phenomenonTime", "resultTime", "result", "parameters"),
            {"Datastream": _one("Datastreams"), "FeatureOfInterest": _one("FeaturesOfInterest")},
            free=("parameters",),
        ),
        Kind("FeaturesOfInterest", (*_PLACED, "feature"), {OBSERVATIONS: _many(OBSERVATIONS)}, free=("feature",)),
    )
}
"""All kinds, by the names of their collections."""
