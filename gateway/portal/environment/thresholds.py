"""The thresholds that levels are drawn against: rules of the datastreams from a value upwards."""

from __future__ import annotations

import grpc.aio
from starlette.requests import Request

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.environment.charts import Threshold
from smartcity.environment.v1 import rules_pb2 as pb

_MOST = 200


async def thresholds(request: Request, thing: str = "") -> dict[str, list[Threshold]]:
    """The thresholds of a thing's datastreams, or of all, by the datastream's id; the lowest first.

    A level is worth showing without them too: none are found where they cannot be read.
    """
    asked = pb.ListRulesRequest(thing=thing, page_size=_MOST)
    try:
        answer = await current_gateway(request).pillars.call(asked, current_caller(request), retry=False)
    except grpc.aio.AioRpcError:
        return {}
    found: dict[str, list[Threshold]] = {}
    for rule in answer.rules:
        if rule.kind == pb.RULE_KIND_THRESHOLD and not rule.terms.below and not rule.paused:
            found.setdefault(rule.datastream, []).append(Threshold(rule.terms.limit, rule.name, rule.made_up))
    return {datastream: sorted(each) for datastream, each in found.items()}
