"""Builds the event messages of things."""

from services.environment.things.model import Thing
from services.kit.city import City
from services.kit.rpc import protos
from smartcity.environment.v1 import events_pb2, things_pb2


def registered(thing: Thing, city: City) -> events_pb2.ThingRegistered:
    """A thing measures from now on."""
    return events_pb2.ThingRegistered(
        id=str(thing.id),
        code=thing.code,
        kind=protos.number(things_pb2.ThingKind, thing.kind),
        area=protos.area(city, thing.area),
        location=protos.point(thing.lon, thing.lat),
    )


def moved(thing: Thing, city: City) -> events_pb2.ThingMoved:
    """A thing stands elsewhere."""
    return events_pb2.ThingMoved(
        id=str(thing.id),
        code=thing.code,
        area=protos.area(city, thing.area),
        location=protos.point(thing.lon, thing.lat),
    )


def retired(thing: Thing) -> events_pb2.ThingRetired:
    """A thing measures no more."""
    return events_pb2.ThingRetired(id=str(thing.id), code=thing.code)
