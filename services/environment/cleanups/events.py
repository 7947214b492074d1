"""Builds the event messages of clean-ups."""

from services.environment.cleanups.model import Cleanup
from services.kit.city import City
from services.kit.rpc import protos
from smartcity.environment.v1 import events_pb2


def opened(cleanup: Cleanup, city: City) -> events_pb2.CleanupOpened:
    """A clean-up waits for a crew."""
    return events_pb2.CleanupOpened(
        id=str(cleanup.id),
        complaint=cleanup.complaint,
        area=protos.area(city, cleanup.area),
        due=protos.timestamp(cleanup.due_at),
    )


def dispatched(cleanup: Cleanup) -> events_pb2.CleanupDispatched:
    """A crew is on its way."""
    return events_pb2.CleanupDispatched(id=str(cleanup.id), complaint=cleanup.complaint, agency=cleanup.agency)


def completed(cleanup: Cleanup) -> events_pb2.CleanupCompleted:
    """A crew has cleaned up."""
    return events_pb2.CleanupCompleted(
        id=str(cleanup.id),
        complaint=cleanup.complaint,
        note=cleanup.note,
        photos=cleanup.photos,
        agency=cleanup.agency,
    )


def abandoned(cleanup: Cleanup) -> events_pb2.CleanupAbandoned:
    """A clean-up was given back."""
    return events_pb2.CleanupAbandoned(id=str(cleanup.id), complaint=cleanup.complaint, reason=cleanup.note)
