"""What measures in the city, as entities of SensorThings: few enough to be held, read from the pillar when it is asked
for and is older than ``KEPT``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import zip_longest
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from google.protobuf.message import Message

from gateway.calls.kept import Kept
from gateway.calls.pages import pages
from gateway.calls.pillars import Pillars
from gateway.sta.model import ALWAYS, FIRST, LAST, Entity, Span
from services.kit.caller import ANONYMOUS
from smartcity.environment.v1 import datastreams_pb2, things_pb2
from smartcity.environment.v1 import datastreams_views as stream_views
from smartcity.environment.v1 import things_views as thing_views

KEPT, LONGEST = 10.0, 300.0
"""Seconds that it is used for, and at most while nothing newer can be read."""
SECONDS = 8.0
"""Of a page of a list; the answer that waits for it has its own time."""
MOST_PAGES = 150
"""Of a list."""
PAGE = 200
GEOJSON = "application/geo+json"
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


class Catalogue:
    """All entities but observations, by their kinds, each in the order of its collection."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, Entity]] = {}

    def add(
        self, kind: str, identity: str, values: Mapping[str, Any], during: Span = ALWAYS, **links: Entity
    ) -> Entity:
        """A new entity, linked to others and they to it; one that is there already gets the links."""
        made = self._of.setdefault(kind, {}).setdefault(identity, Entity(kind, identity, values, during=during))
        for name, other in links.items():
            made.links.setdefault(name, []).append(other)
            other.links.setdefault(kind, []).append(made)
        return made

    def all(self, kind: str) -> Sequence[Entity]:
        """The entities of a kind."""
        return list(self._of.get(kind, {}).values())

    def get(self, kind: str, identity: str) -> Entity | None:
        """One of them."""
        return self._of.get(kind, {}).get(identity)


class Catalogues:
    """The catalogue as it is now; many who ask at once wait for one reading, which ends though they give up."""

    def __init__(self) -> None:
        self._kept: Kept[Catalogue] | None = None

    async def now(self, pillars: Pillars) -> Catalogue:
        """Raises AioRpcError where the pillar does not answer, and there is none of a while ago."""
        if self._kept is None:
            self._kept = Kept(partial(_read, pillars), KEPT, LONGEST)
        return await self._kept.now()


async def _read(pillars: Pillars) -> Catalogue:
    made = Catalogue()

    def ask(request: Message) -> Awaitable[Any]:
        return pillars.send(request, ANONYMOUS, within=SECONDS)

    for retired in (False, True):
        async for page in pages(ask, things_pb2.ListThingsRequest(retired=retired, page_size=PAGE), MOST_PAGES):
            for each in page.things:
                _thing(made, thing_views.thing(each))
    async for page in pages(ask, things_pb2.ListThingLocationsRequest(page_size=PAGE), MOST_PAGES):
        for where in page.locations:
            _location(made, thing_views.thing_location(where))
    _stand(made)
    defined = await pillars.call(datastreams_pb2.ListObservedPropertiesRequest(), ANONYMOUS)
    for one in defined.properties:
        _property(made, stream_views.defined_property(one))
    async for page in pages(ask, datastreams_pb2.ListDatastreamsRequest(page_size=PAGE), MOST_PAGES):
        for stream in page.datastreams:
            _datastream(made, stream_views.datastream(stream))
    return made


def _thing(made: Catalogue, one: thing_views.Thing) -> None:
    about: dict[str, Any] = {"code": one.code, "kind": one.kind, "agency": one.agency, "madeUp": one.made_up}
    if one.area:
        about |= {"areaCode": one.area.code, "area": one.area.name, "district": one.area.district}
    if one.source:
        about["source"] = one.source
    if one.retire_time:
        about |= {"retired": True, "retireTime": one.retire_time}
    made.add("Things", one.id, {"name": one.name, "description": one.description or one.name, "properties": about})


def _location(made: Catalogue, one: thing_views.ThingLocation) -> None:
    thing = made.get("Things", one.thing)
    if thing is None or one.location is None or one.since is None:
        return  # registered since the things were read
    identity = f"{one.thing}.{micros(one.since)}"
    area = one.area.name if one.area else ""
    values = {
        "name": f"{thing.values['name']}, {area}" if area else thing.values["name"],
        "description": one.note or f"Where {thing.values['name']} stands since {one.since:%Y-%m-%d}.",
        "encodingType": GEOJSON,
        "location": {"type": "Point", "coordinates": [one.location.lon, one.location.lat]},
        "properties": {"areaCode": one.area.code, "area": area} if one.area else {},
    }
    location = made.add("Locations", identity, values)
    past = made.add("HistoricalLocations", identity, {"time": one.since}, Thing=thing)
    past.links["Locations"] = [location]
    location.links["HistoricalLocations"] = [past]


def _stand(made: Catalogue) -> None:
    """Each thing stands where it was put last."""
    for thing in made.all("Things"):
        past = thing.links.get("HistoricalLocations", [])
        if past:
            newest = max(past, key=lambda one: one.values["time"])
            thing.links["Locations"] = newest.links["Locations"]
            newest.links["Locations"][0].links["Things"] = [thing]


def _property(made: Catalogue, one: stream_views.DefinedProperty) -> None:
    values = {"name": one.name, "definition": one.definition, "description": f"{one.name}, in {one.unit}."}
    entity = made.add("ObservedProperties", str(one.property), values)
    entity.links.setdefault("Datastreams", [])


def _datastream(made: Catalogue, one: stream_views.Datastream) -> None:
    thing, measured = made.get("Things", one.thing), made.get("ObservedProperties", str(one.property))
    if thing is None or measured is None:
        return
    sensor = {"name": one.sensor, "description": one.sensor, "encodingType": "text/plain", "metadata": one.sensor}
    procedure = made.add("Sensors", _named("sensor", one.sensor), sensor)
    values = {
        "name": f"{thing.values['name']}: {measured.values['name']}",
        "description": f"{measured.values['name']}: {one.feature_of_interest}",
        "observationType": MEASUREMENT,
        "unitOfMeasurement": {"name": one.unit, "symbol": one.unit, "definition": f"https://ucum.org/ucum#{one.unit}"},
        "observedArea": _point(thing),
        "properties": {
            "name": one.name,
            "thingCode": one.thing_code,
            "least": one.least,
            "most": one.most,
            "periodSeconds": one.period_seconds,
            "madeUp": one.made_up or thing.values["properties"]["madeUp"],
        },
    }
    made.add("Datastreams", one.id, values, Thing=thing, Sensor=procedure, ObservedProperty=measured)
    stream = made.get("Datastreams", one.id)
    assert stream is not None
    # No link of the standard's: observations have theirs from here.
    features = stream.links["FeatureOfInterest"] = _features(made, thing, one.feature_of_interest)
    for feature in features:
        feature.links.setdefault("Datastreams", []).append(stream)


def _features(made: Catalogue, thing: Entity, name: str) -> list[Entity]:
    """What is looked at from a thing: one for each place where it stood. At the first it stood ever since."""
    past = sorted(thing.links.get("HistoricalLocations", []), key=lambda one: one.values["time"])
    moves: list[datetime] = [one.values["time"] for one in past[1:]]
    found = []
    for place, start, end in zip_longest(past, [FIRST, *moves], [*moves, LAST]):
        words = [name] if start == FIRST else [name, str(micros(start))]
        point = place.links["Locations"][0].values["location"] if place else None
        values = {"name": name, "description": name, "encodingType": GEOJSON, "feature": point}
        identity = _named("feature", thing.id, *words)
        found.append(made.add("FeaturesOfInterest", identity, values, Span(start, end)))
    return found


def _point(thing: Entity) -> Any:
    standing = thing.links.get("Locations", [])
    return standing[0].values["location"] if standing else None


def _named(*words: str) -> str:
    return str(uuid5(NAMESPACE_URL, "smartcity:" + ":".join(words)))


def micros(at: datetime) -> int:
    """Microseconds since 1970: what ids of things that have a time of their own end with."""
    passed = at - datetime(1970, 1, 1, tzinfo=UTC)
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
