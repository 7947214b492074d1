"""GetResponseTimes of IncidentService over gRPC."""

from datetime import timedelta

from services.governance.responses import store
from services.kit.database import Transaction
from services.kit.rpc import one_statement, rpc
from smartcity.governance.v1 import incidents_pb2 as pb

DAYS = 30


@rpc
@one_statement
async def read(tx: Transaction, request: pb.GetResponseTimesRequest) -> pb.GetResponseTimesResponse:
    """Reads how fast units were there in the last days."""
    last = tx.now.astimezone(tx.runtime.city.timezone).date()
    first = last - timedelta(days=DAYS - 1)
    times = [
        pb.ResponseTime(
            service=one.service, priority=one.priority, arrived=one.arrived, on_time=one.on_time,
            mean_seconds=one.mean_seconds, target_seconds=one.target_seconds,
        )
        for one in await store.between(tx, first, last)
    ]  # fmt: skip
    return pb.GetResponseTimesResponse(times=times, first_day=first.isoformat(), last_day=last.isoformat())
