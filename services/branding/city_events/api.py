"""CityEventService over gRPC: proto -> action -> proto."""

from services.branding.city_events import actions, feed, views
from services.branding.city_events.model import Kind, State
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.branding.v1 import city_events_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetCityEventRequest) -> pb.GetCityEventResponse:
    """Reads one."""
    return pb.GetCityEventResponse(event=views.view(tx, await actions.get(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListCityEventsRequest) -> pb.ListCityEventsResponse:
    """Lists published ones."""
    kind = protos.member(pb.CityEventKind, request.kind, Kind) if request.kind else None
    found = await actions.page(tx, kind, request.page_size, request.page_token)
    return pb.ListCityEventsResponse(events=views.views(tx, found.rows), next_page_token=found.token)


@rpc
async def occasions(tx: Transaction, request: pb.ListOccasionsRequest) -> pb.ListOccasionsResponse:
    """Lists dates."""
    found, of = await actions.calendar(tx, request.since, request.page_size, request.page_token)
    shown = [views.named(one, of[one.event_id]) for one in found.rows]
    return pb.ListOccasionsResponse(occasions=shown, next_page_token=found.token)


@rpc
async def calendar(tx: Transaction, request: pb.GetEventCalendarRequest) -> pb.GetEventCalendarResponse:
    """Reads the iCalendar stream."""
    return pb.GetEventCalendarResponse(content=await feed.read(tx, request.site, request.event, request.language))


@rpc
async def records(tx: Transaction, request: pb.ListCityEventRecordsRequest) -> pb.ListCityEventRecordsResponse:
    """Lists events in all states."""
    state = protos.member(pb.CityEventState, request.state, State) if request.state else None
    found = await actions.records(tx, state, request.page_size, request.page_token, waiting=request.waiting)
    return pb.ListCityEventRecordsResponse(events=views.views(tx, found.rows), next_page_token=found.token)


@rpc
async def create(tx: Transaction, request: pb.CreateCityEventRequest) -> pb.CreateCityEventResponse:
    """Writes a draft."""
    made = await actions.create(tx, views.content_of(request.content))
    return pb.CreateCityEventResponse(event=views.view(tx, made))


@rpc
async def update(tx: Transaction, request: pb.UpdateCityEventRequest) -> pb.UpdateCityEventResponse:
    """Writes an event anew."""
    done = await actions.update(tx, request.id, request.etag, views.content_of(request.content))
    return pb.UpdateCityEventResponse(event=views.view(tx, done))


@rpc
async def publish(tx: Transaction, request: pb.PublishCityEventRequest) -> pb.PublishCityEventResponse:
    """Publishes what was written."""
    return pb.PublishCityEventResponse(event=views.view(tx, await actions.publish(tx, request.id, request.etag)))


@rpc
async def cancel(tx: Transaction, request: pb.CancelCityEventRequest) -> pb.CancelCityEventResponse:
    """Calls an event off."""
    done = await actions.cancel(tx, request.id, request.etag, request.reason)
    return pb.CancelCityEventResponse(event=views.view(tx, done))


@rpc
async def cancel_occasion(tx: Transaction, request: pb.CancelOccasionRequest) -> pb.CancelOccasionResponse:
    """Calls a date off."""
    done = await actions.cancel_occasion(tx, request.id, request.etag, request.reason)
    return pb.CancelOccasionResponse(event=views.view(tx, done))
