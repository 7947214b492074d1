"""How a reading is answered, here and in a list of its own."""

from services.environment.datastreams.model import LATE, OUT_OF_RANGE, Reading
from services.kit.rpc import protos
from smartcity.environment.v1 import datastreams_pb2 as pb


def reading(one: Reading) -> pb.Reading:
    """A reading as it is shown."""
    return pb.Reading(
        time=protos.timestamp(one.at),
        value=one.value,
        arrival=protos.timestamp(one.received),
        out_of_range=bool(one.flags & OUT_OF_RANGE),
        late=bool(one.flags & LATE),
    )
