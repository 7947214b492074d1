"""ComplaintService over gRPC, what citizens bring."""

from uuid import UUID

from services.governance.cases.model import Channel
from services.governance.contacts.model import Contact
from services.governance.filing import actions
from services.governance.filing.model import Filing
from services.governance.keys import link
from services.governance.records import views
from services.governance.resources import resources
from services.kit.database import Transaction
from services.kit.rpc import Call, after, protos, rpc
from smartcity.governance.v1 import complaints_pb2 as pb


@rpc
async def create(tx: Transaction, request: pb.CreateComplaintRequest) -> pb.CreateComplaintResponse:
    """Errors: those of `actions.file`."""
    filed = await actions.file(tx, _filing(request))
    return pb.CreateComplaintResponse(complaint=views.complaint(filed, tx.runtime.city))


@after(create)
async def with_link_key(call: Call, answer: pb.CreateComplaintResponse) -> pb.CreateComplaintResponse:
    """Adds the link key, which the stored answer does not hold: it is derived anew each time."""
    answer.link_key = link.derive(resources(call.runtime).link_secret, UUID(answer.complaint.correlation_id))
    return answer


def _filing(request: pb.CreateComplaintRequest) -> Filing:
    return Filing(
        text=request.text,
        category=request.category,
        position=(request.location.lon, request.location.lat) if request.HasField("location") else None,
        area_code=request.area_code,
        landmark=request.landmark,
        contact=_contact(request.contact),
        anonymous=request.anonymous,
        secret=request.secret,
        channel=protos.member(pb.ChannelKind, request.channel or pb.CHANNEL_KIND_API, Channel),
        exercise=request.exercise,
    )


def _contact(message: pb.Contact) -> Contact:
    return Contact(message.name, message.email, message.phone)
