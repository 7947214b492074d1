"""Builds the event messages of clean-ups."""

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from services.environment.cleanups.model import Cleanup
from services.kit.city import City
from smartcity.environment.v1 import events_pb2
from smartcity.types.v1 import place_pb2


def timestamp(at: datetime | None) -> Timestamp | None:
    """An instant as the contract writes it."""
    if at is None:
        return None
    message = Timestamp()
    message.FromDatetime(at)
    return message


def area(city: City, code: str) -> place_pb2.Area | None:
    """A kelurahan or desa; None when the code is empty or no longer in the profile."""
    found = city.area(code)
    return place_pb2.Area(code=found.code, name=found.name, district=found.district) if found else None


def opened(cleanup: Cleanup, city: City) -> events_pb2.CleanupOpened:
    """A clean-up waits for a crew."""
    return events_pb2.CleanupOpened(
        id=str(cleanup.id),
        complaint=cleanup.complaint,
        area=area(city, cleanup.area),
        due=timestamp(cleanup.due_at),
    )


def dispatched(cleanup: Cleanup) -> events_pb2.CleanupDispatched:
    """A crew is on its way."""
    return events_pb2.CleanupDispatched(id=str(cleanup.id), complaint=cleanup.complaint)


def completed(cleanup: Cleanup) -> events_pb2.CleanupCompleted:
    """A crew has cleaned up."""
    return events_pb2.CleanupCompleted(
        id=str(cleanup.id), complaint=cleanup.complaint, note=cleanup.note, photos=cleanup.photos
    )


def abandoned(cleanup: Cleanup) -> events_pb2.CleanupAbandoned:
    """A clean-up was given back."""
    return events_pb2.CleanupAbandoned(id=str(cleanup.id), complaint=cleanup.complaint, reason=cleanup.note)
