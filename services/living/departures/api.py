"""DepartureService over gRPC: proto -> action -> proto."""

from services.kit.rpc import Call, protos, rpc
from services.living.departures import actions, views
from smartcity.living.v1 import departures_pb2 as pb


@rpc
async def upcoming(call: Call, request: pb.ListDeparturesRequest) -> pb.ListDeparturesResponse:
    """Lists what leaves next at a stop."""
    runtime = call.runtime
    at = protos.instant(request.start_time) if request.HasField("start_time") else runtime.clock()
    feed, answer, found = await actions.upcoming(
        runtime,
        request.stop,
        at,
        request.minutes,
        request.page_size,
        request.language,
        timetable_only=request.timetable_only,
    )
    return pb.ListDeparturesResponse(
        departures=map(views.view, found),
        start_time=protos.timestamp(at.replace(microsecond=0)),
        made_up=feed.made_up,
        source=feed.source,
        imported_time=protos.timestamp(feed.imported_at),
        service_day=answer.runs,
    )
