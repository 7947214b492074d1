"""Builds the event messages of pumps. Nobody's name and no reason is in them."""

from services.environment.pumps.model import Command
from services.environment.things.model import Thing
from services.kit.city import City
from services.kit.rpc import protos
from smartcity.environment.v1 import events_pb2


def switched(command: Command, thing: Thing, city: City) -> events_pb2.PumpSwitched:
    """A station did what it was told."""
    return events_pb2.PumpSwitched(
        id=str(command.id),
        thing=str(thing.id),
        thing_code=thing.code,
        area=protos.area(city, thing.area),
        pumps=command.pumps,
        time=protos.timestamp(command.answered_at),
    )
