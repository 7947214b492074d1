"""The thresholds that levels are drawn against: rules of the datastreams from a value upwards."""

from __future__ import annotations

import grpc.aio
from starlette.requests import Request

from gateway.gateway import current_gateway
from gateway.portal.environment.charts import Threshold


async def thresholds(request: Request) -> dict[str, list[Threshold]]:
    """The thresholds of all datastreams by their ids, the lowest first: from memory.

    A level is worth showing without them too: none are found where they cannot be read.
    """
    try:
        found = await current_gateway(request).measuring.limits.now()
    except grpc.aio.AioRpcError:
        return {}
    return {datastream: [Threshold(*one) for one in each] for datastream, each in found.items()}
