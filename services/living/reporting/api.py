"""ReportPositions of VehicleService over gRPC: proto -> group commit -> proto."""

import asyncio
from itertools import chain

from services.kit.caller import Scope
from services.kit.rpc import Call, protos, rpc
from services.living.positions.model import Reported
from services.living.reporting.hot import TOGETHER
from services.living.resources import resources
from smartcity.living.v1 import vehicles_pb2 as pb

_NOBODY = "-"
"""Agency of who names none: no vehicle has it."""
_KMH = 3.6


@rpc
async def report(call: Call, request: pb.ReportPositionsRequest) -> pb.ReportPositionsResponse:
    """Takes positions, in one commit with whoever reports at the same time. The caller's clock is not ours."""
    agency = "" if call.scope is Scope.ANY else call.caller.agency or _NOBODY
    group = resources(call.runtime).positions
    told = [_reported(one, agency) for one in request.positions]
    parts = [tuple(told[begin : begin + TOGETHER]) for begin in range(0, len(told), TOGETHER)]
    outcomes = chain.from_iterable(await asyncio.gather(*map(group.submit, parts)))
    return pb.ReportPositionsResponse(
        answers=[
            pb.PositionAnswer(vehicle=one.vehicle, outcome=protos.number(pb.PositionOutcome, outcome))
            for one, outcome in zip(request.positions, outcomes, strict=True)
        ]
    )


def _reported(one: pb.VehiclePosition, agency: str) -> Reported:
    return Reported(
        vehicle=one.vehicle,
        at=protos.instant(one.time),
        lat=one.lat,
        lon=one.lon,
        bearing=one.bearing if one.HasField("bearing") else None,
        speed=one.speed_kmh / _KMH if one.HasField("speed_kmh") else None,
        route=one.route,
        trip=one.trip,
        agency=agency,
    )
