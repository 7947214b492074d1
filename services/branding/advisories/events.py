"""Builds the event messages of advisories: how grave, where from and about what; nothing that people wrote."""

from services.branding.advisories.model import Advisory
from services.kit.city import City
from services.kit.rpc import protos
from smartcity.branding.v1 import destinations_pb2 as pb
from smartcity.branding.v1 import events_pb2


def given(one: Advisory, city: City) -> events_pb2.AdvisoryGiven:
    """Visitors are told it."""
    return events_pb2.AdvisoryGiven(
        id=str(one.id),
        origin=protos.number(pb.AdvisoryOrigin, one.origin),
        level=protos.number(pb.AdvisoryLevel, one.level),
        destination=str(one.destination) if one.destination else "",
        areas=protos.areas(city, one.areas),
    )


def ended(one: Advisory) -> events_pb2.AdvisoryEnded:
    """They are told so no more."""
    return events_pb2.AdvisoryEnded(id=str(one.id), origin=protos.number(pb.AdvisoryOrigin, one.origin))
