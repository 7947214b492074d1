"""Builds the event messages of the air index."""

from services.environment.air import views
from services.environment.air.ispu import Category
from services.environment.air.model import Hour
from services.environment.things.model import Thing
from services.kit.city import City
from services.kit.rpc import protos
from smartcity.environment.v1 import air_pb2, events_pb2


def changed(thing: Thing, city: City, hour: Hour, before: Category | None) -> events_pb2.AirIndexChanged:
    """The air at a station is of another category."""
    return events_pb2.AirIndexChanged(
        thing=str(thing.id),
        thing_code=thing.code,
        area=protos.area(city, thing.area),
        time=protos.timestamp(hour.at),
        index=views.index(hour),
        before=protos.number(air_pb2.AirCategory, before) if before else air_pb2.AIR_CATEGORY_UNSPECIFIED,
    )
