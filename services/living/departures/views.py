"""Departures as the contract has them."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from services.kit.rpc import protos
from services.living.departures.model import Departure
from smartcity.living.v1 import departures_pb2 as pb

_ACCESS = (pb.TRANSIT_ACCESS_UNKNOWN, pb.TRANSIT_ACCESS_YES, pb.TRANSIT_ACCESS_NO)
_BOARDING = {2: pb.BOARDING_RULE_PHONE, 3: pb.BOARDING_RULE_DRIVER}


def view(one: Departure) -> pb.Departure:
    """A departure."""
    return pb.Departure(
        basis=protos.number(pb.DepartureBasis, one.basis),
        time=stamp(one.time),
        headway_seconds=one.headway,
        first_time=stamp(one.first) if one.headway else None,
        last_time=stamp(one.last) if one.headway else None,
        stop=one.stop,
        platform=one.platform,
        route=one.route,
        line=one.line,
        line_name=one.line_name,
        color=one.color,
        vehicle_kind=one.kind,
        headsign=one.headsign,
        trip_headsign=one.trip_headsign,
        trip=one.trip,
        boarding=boarding(one.arrange),
        accessible=access(one.wheelchair),
        scheduled_time=stamp(one.planned) if one.planned else None,
        position_time=stamp(one.told) if one.told else None,
        uncertainty_seconds=one.uncertainty,
        vehicle=one.vehicle,
        simulated=one.simulated,
    )


def stamp(seconds: int) -> Timestamp | None:
    """A moment of so many seconds since 1970."""
    return protos.timestamp(datetime.fromtimestamp(seconds, UTC))


def access(wheelchair: int) -> pb.TransitAccess.ValueType:
    """Whether a wheelchair can, as GTFS numbers it."""
    return _ACCESS[wheelchair] if 0 <= wheelchair < len(_ACCESS) else pb.TRANSIT_ACCESS_UNKNOWN


def boarding(how: int) -> pb.BoardingRule.ValueType:
    """How one gets on or off, as GTFS numbers it."""
    return _BOARDING.get(how, pb.BOARDING_RULE_REGULAR)
