"""A unit as a message."""

from collections.abc import Mapping

from services.governance.units.model import Position, Unit
from services.kit.rpc import etag, protos
from smartcity.governance.v1 import units_pb2 as pb


def unit(one: Unit, at: Mapping[str, Position]) -> pb.Unit:
    """It, and where it was last."""
    told = at.get(one.code)
    return pb.Unit(
        code=one.code,
        name=one.name,
        service=one.service,
        agency=one.agency,
        state=protos.number(pb.UnitState, one.state),
        location=protos.point(told.lon, told.lat) if told else None,
        position_time=protos.timestamp(told.at if told else None),
        incident=str(one.incident) if one.incident else "",
        crewed=bool(one.crew),
        check_time=protos.timestamp(one.asked_at),
        escalated=one.escalated,
        moves=[protos.number(pb.UnitState, each) for each in one.moves],
        move_time=protos.timestamp(one.moved_at),
        hear_time=protos.timestamp(max(filter(None, (one.heard, told and told.received)), default=None)),
        made_up=one.made_up,
        etag=etag.of(one.version),
        crew_mark=one.crew_mark,
    )
