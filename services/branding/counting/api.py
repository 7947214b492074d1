"""CountVisits of VisitService over gRPC: proto -> group commit -> proto."""

import asyncio
from itertools import chain
from uuid import UUID

from services.branding.city_events.profile import terms_of
from services.branding.counting.hot import TOGETHER
from services.branding.resources import resources
from services.branding.visits.model import Channel, Counted, Origin
from services.kit.caller import Scope
from services.kit.errors import forbidden
from services.kit.rpc import Call, protos, rpc
from smartcity.branding.v1 import visits_pb2 as pb


@rpc
async def count(call: Call, request: pb.CountVisitsRequest) -> pb.CountVisitsResponse:
    """Takes counts, in one commit with whoever counts at the same time. Errors: EVENT_OFFICE_ONLY."""
    office = terms_of(call.runtime.city).agency
    if call.scope is not Scope.ANY and not (call.caller.agency == office != ""):
        message = "Only the office that answers for destinations, and its gates, count visitors (events.toml)."
        raise forbidden("EVENT_OFFICE_ONLY", message)
    told = [_counted(one) for one in request.counts]
    parts = [tuple(told[begin : begin + TOGETHER]) for begin in range(0, len(told), TOGETHER)]
    group = resources(call.runtime).counts
    assert group is not None, "preparing.py opens it"
    outcomes = chain.from_iterable(await asyncio.gather(*map(group.submit, parts)))
    return pb.CountVisitsResponse(outcomes=[protos.number(pb.VisitOutcome, one) for one in outcomes])


def _counted(one: pb.VisitCount) -> Counted:
    return Counted(
        UUID(one.id),
        one.destination,
        protos.instant(one.time) if one.HasField("time") else None,
        protos.member(pb.VisitOrigin, one.origin, Origin) if one.origin else Origin.UNKNOWN,
        protos.member(pb.VisitChannel, one.channel, Channel) if one.channel else Channel.COUNTER,
        one.visits,
    )
