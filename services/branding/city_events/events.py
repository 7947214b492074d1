"""Builds the event messages of events: what and where by codes, and which dates; nothing that people wrote."""

from collections.abc import Sequence

from services.branding.city_events.model import TOLD, CityEvent, Occasion
from services.kit.city import City
from services.kit.rpc import protos
from smartcity.branding.v1 import city_events_pb2 as pb
from smartcity.branding.v1 import events_pb2

Told = events_pb2.EventPublished | events_pb2.EventRescheduled


def told(it: CityEvent, occasions: Sequence[Occasion], city: City, *, first: bool) -> Told:
    """It was published, or says something else now."""
    said = it.said
    make = events_pb2.EventPublished if first else events_pb2.EventRescheduled
    return make(  # the two have the same fields
        id=str(it.id),
        code=it.code,
        kind=protos.number(pb.CityEventKind, it.kind),
        areas=protos.areas(city, said.areas),
        location=protos.point(said.lon, said.lat),
        occasions=[_time(one) for one in occasions[:TOLD]],
        expected=said.expected,
        extra_service=said.extra_service,
        waste_round=said.waste_round,
    )


def cancelled(it: CityEvent, occasions: Sequence[Occasion]) -> events_pb2.EventCancelled:
    """It was called off."""
    return events_pb2.EventCancelled(id=str(it.id), code=it.code, occasions=[_time(one) for one in occasions[:TOLD]])


def _time(one: Occasion) -> pb.OccasionTime:
    return pb.OccasionTime(
        id=str(one.id),
        starts_at=protos.timestamp(one.starts_at),
        ends_at=protos.timestamp(one.ends_at),
        state=protos.number(pb.OccasionState, one.state),
    )
