"""What every pillar writes into its messages alike."""

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from services.kit.city import City
from smartcity.types.v1 import place_pb2


def timestamp(at: datetime | None) -> Timestamp | None:
    """An instant; None stays absent."""
    if at is None:
        return None
    message = Timestamp()
    message.FromDatetime(at)
    return message


def area(city: City, code: str) -> place_pb2.Area | None:
    """A kelurahan or desa; None when the code is empty or no longer in the profile."""
    found = city.area(code)
    return place_pb2.Area(code=found.code, name=found.name, district=found.district) if found else None
