"""MailService over gRPC: one's own cases, their keys again, the end of mailed links."""

from uuid import UUID

from services.governance.keys import link
from services.governance.mine import actions
from services.governance.mine.model import MyCase
from services.governance.records import events, views
from services.governance.resources import resources
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.rpc import Call, after, protos, rpc
from smartcity.governance.v1 import mail_pb2 as pb


@rpc
async def listed(tx: Transaction, request: pb.ListMyComplaintsRequest) -> pb.ListMyComplaintsResponse:
    """Errors: those of `actions.listed`."""
    found = await actions.listed(tx, request.token, request.page_size, request.page_token)
    complaints = [_mine(one, tx.runtime.city) for one in found.cases]
    return pb.ListMyComplaintsResponse(complaints=complaints, next_page_token=found.token)


@rpc
async def again(tx: Transaction, request: pb.RecoverLinkKeyRequest) -> pb.RecoverLinkKeyResponse:
    """Errors: those of `actions.again`."""
    found = await actions.again(tx, request.token, request.code)
    return pb.RecoverLinkKeyResponse(code=found.code, holder=str(found.id))


@after(again)
async def with_link_key(call: Call, answer: pb.RecoverLinkKeyResponse) -> pb.RecoverLinkKeyResponse:
    """Adds the key, which the stored answer does not hold: it is derived anew each time."""
    answer.link_key = link.derive(resources(call.runtime).link_secret, UUID(answer.holder))
    return answer


@rpc
async def end(tx: Transaction, request: pb.EndMailLinksRequest) -> pb.EndMailLinksResponse:
    """Errors: those of `actions.proven`."""
    await actions.end(tx, request.token)
    return pb.EndMailLinksResponse()


def _mine(one: MyCase, city: City) -> pb.MyComplaint:
    return pb.MyComplaint(
        code=one.code,
        category=views.category(city, one.category),
        area=protos.area(city, one.area),
        state=events.state(one.state),
        create_time=protos.timestamp(one.created_at),
        resolution_time=protos.timestamp(one.resolution),
        supporter=one.supporter,
    )
