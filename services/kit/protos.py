"""What every pillar writes into its messages alike."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from services.kit.city import City
from smartcity.types.v1 import place_pb2

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def timestamp(at: datetime | None) -> Timestamp | None:
    """An instant; None stays absent."""
    if at is None:
        return None
    passed = at - _EPOCH  # a third of what the library's own conversion costs
    return Timestamp(seconds=passed.days * 86_400 + passed.seconds, nanos=passed.microseconds * 1_000)


def area(city: City, code: str) -> place_pb2.Area | None:
    """A kelurahan or desa; None when the code is empty or no longer in the profile."""
    found = city.area(code)
    return place_pb2.Area(code=found.code, name=found.name, district=found.district) if found else None
