"""A unit as a message."""

from collections.abc import Sequence

from services.governance.units import store
from services.governance.units.model import Position, Unit
from services.kit.database import Transaction
from services.kit.rpc import etag, protos
from smartcity.governance.v1 import units_pb2 as pb


async def several(tx: Transaction, units: Sequence[Unit]) -> list[pb.Unit]:
    """They, where they were last, and whether they are in a drill."""
    codes = [one.code for one in units]
    at, drills = await store.positions(tx, codes), await store.in_drills(tx, codes)
    return [_unit(one, at.get(one.code), exercise=one.code in drills) for one in units]


def _unit(one: Unit, told: Position | None, *, exercise: bool) -> pb.Unit:
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
        exercise=exercise,
        crew_hear_time=protos.timestamp(one.heard),
    )
