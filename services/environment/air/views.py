"""How an index is answered and told."""

from services.environment.air.model import Hour
from services.kit.rpc import protos
from smartcity.environment.v1 import air_pb2 as pb
from smartcity.environment.v1 import datastreams_pb2


def index(hour: Hour) -> pb.AirIndex | None:
    """The index of an hour; None where there is none."""
    if hour.value is None or hour.category is None or hour.worst is None:
        return None
    return pb.AirIndex(
        value=hour.value,
        category=protos.number(pb.AirCategory, hour.category),
        worst=protos.number(datastreams_pb2.ObservedProperty, hour.worst),
    )
