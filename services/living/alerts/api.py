"""AlertService over gRPC: proto -> action -> proto."""

from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from services.living.alerts import actions, realtime, views
from services.living.alerts.actions import Shown
from services.living.alerts.model import State
from services.living.alerts.resolving import Resolved
from smartcity.living.v1 import alerts_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetServiceAlertRequest) -> pb.GetServiceAlertResponse:
    """Reads an alert."""
    found = await actions.get(tx, request.id)
    touched = actions.named(tx, found.touched, request.language)
    return pb.GetServiceAlertResponse(alert=views.view(tx, found._replace(touched=touched), whole=True))


@rpc
async def told(tx: Transaction, request: pb.ListServiceAlertsRequest) -> pb.ListServiceAlertsResponse:
    """Lists the alerts that hold or will."""
    found = await actions.told(tx, request.route, request.stop)
    return pb.ListServiceAlertsResponse(alerts=[views.view(tx, one) for one in found])


@rpc
async def records(
    tx: Transaction, request: pb.ListServiceAlertRecordsRequest
) -> pb.ListServiceAlertRecordsResponse:  # fmt: skip
    """Lists all alerts."""
    state = protos.member(pb.ServiceAlertState, request.state, State) if request.state else None
    found = await actions.records(tx, state, request.page_size, request.page_token)
    shown = [views.view(tx, Shown(one, Resolved())) for one in found.rows]
    return pb.ListServiceAlertRecordsResponse(alerts=shown, next_page_token=found.token)


@rpc
async def create(tx: Transaction, request: pb.CreateServiceAlertRequest) -> pb.CreateServiceAlertResponse:
    """Writes a draft."""
    made = await actions.create(tx, views.content(request))
    return pb.CreateServiceAlertResponse(alert=views.view(tx, made, whole=True))


@rpc
async def update(tx: Transaction, request: pb.UpdateServiceAlertRequest) -> pb.UpdateServiceAlertResponse:
    """Writes an alert anew."""
    done = await actions.update(tx, request.id, request.etag, views.content(request), request.reason)
    return pb.UpdateServiceAlertResponse(alert=views.view(tx, done, whole=True))


@rpc
async def publish(tx: Transaction, request: pb.PublishServiceAlertRequest) -> pb.PublishServiceAlertResponse:
    """Publishes a draft."""
    done = await actions.publish(tx, request.id, request.etag)
    return pb.PublishServiceAlertResponse(alert=views.view(tx, done, whole=True))


@rpc
async def end(tx: Transaction, request: pb.EndServiceAlertRequest) -> pb.EndServiceAlertResponse:
    """Ends an alert."""
    done = await actions.end(tx, request.id, request.etag, request.reason)
    return pb.EndServiceAlertResponse(alert=views.view(tx, done, whole=True))


@rpc
async def feed(tx: Transaction, request: pb.GetServiceAlertFeedRequest) -> pb.GetServiceAlertFeedResponse:
    """Reads the feed message."""
    content = realtime.feed_message(await actions.told(tx), tx.now).SerializeToString()
    return pb.GetServiceAlertFeedResponse(content=content)
