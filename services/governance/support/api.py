"""ComplaintService over gRPC: joining a case."""

from uuid import UUID

from services.governance.contacts.model import Contact
from services.governance.keys import link
from services.governance.resources import resources
from services.governance.support import actions
from services.governance.support.model import Origin
from services.kit.database import Transaction
from services.kit.rpc import Call, after, rpc
from smartcity.governance.v1 import complaints_pb2 as pb


@rpc
async def join(tx: Transaction, request: pb.JoinComplaintRequest) -> pb.JoinComplaintResponse:
    """Somebody has the same trouble. Errors: those of `actions.join`."""
    given = Contact(request.contact.name, request.contact.email, request.contact.phone)
    said = request.origin
    joined = await actions.join(tx, request.code, given, Origin(said.session, said.network, said.own_address))
    return pb.JoinComplaintResponse(
        code=joined.code,
        supporters=joined.supporters,
        counted=joined.counted,
        supporter=str(joined.supporter or ""),
    )


@after(join)
async def with_link_key(call: Call, answer: pb.JoinComplaintResponse) -> pb.JoinComplaintResponse:
    """Adds the supporter's own key, which the stored answer does not hold: it is derived anew each time."""
    if answer.supporter:
        answer.link_key = link.derive(resources(call.runtime).link_secret, UUID(answer.supporter))
    return answer
