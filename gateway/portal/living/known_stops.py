"""The stop that somebody means who writes its id."""

from __future__ import annotations

import asyncio

import grpc.aio
from starlette.requests import Request

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from smartcity.living.v1 import stops_pb2

_NONE = (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT)


async def stop_with(
    request: Request, typed: str, *, within: float | None = None, retry: bool = True
) -> stops_pb2.Stop | None:  # fmt: skip
    """The stop whose id was typed, as it is rather than in capitals; None where there is none.

    ``within`` are seconds; without ``retry`` a pillar that is not there is not tried again.
    """
    pillars, caller = current_gateway(request).pillars, current_caller(request)

    async def ask(id_: str) -> stops_pb2.Stop | None:
        try:
            answer = await pillars.send(stops_pb2.GetStopRequest(id=id_), caller, within=within, retry=retry)
        except grpc.aio.AioRpcError as error:
            if error.code() not in _NONE:
                raise
            return None
        assert isinstance(answer, stops_pb2.GetStopResponse)
        return answer.stop

    found = await asyncio.gather(*map(ask, dict.fromkeys((typed, typed.upper()))))
    return next((one for one in found if one is not None), None)
