"""NowcastService over gRPC: proto -> action -> proto."""

from services.environment.nowcasts import actions
from services.environment.nowcasts.model import Nowcast
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.environment.v1 import nowcasts_pb2 as pb


@rpc
async def page(tx: Transaction, _: pb.ListNowcastsRequest) -> pb.ListNowcastsResponse:
    """Lists the nowcasts that hold; none are shown where none are read any more."""
    url = tx.runtime.settings.nowcast_url
    if not url:
        return pb.ListNowcastsResponse()
    found, feed = await actions.holding(tx)
    return pb.ListNowcastsResponse(
        read=True,
        nowcasts=[_view(tx.runtime.city, one) for one in found],
        read_time=protos.timestamp(feed.read_at) if feed else None,
        failing=feed is not None and bool(feed.problem),
        feed=url,
    )


def _view(city: City, one: Nowcast) -> pb.Nowcast:
    return pb.Nowcast(
        identifier=one.identifier,
        sender=one.sender,
        sender_name=one.sender_name,
        sent_time=protos.timestamp(one.sent_at),
        language=one.language,
        event=one.event,
        headline=one.headline,
        description=one.description,
        severity=one.severity,
        urgency=one.urgency,
        certainty=one.certainty,
        effective_time=protos.timestamp(one.effective_at),
        expire_time=protos.timestamp(one.expires_at),
        area=one.area,
        areas=protos.areas(city, one.areas),
        web=one.web,
        message=one.link,
    )
