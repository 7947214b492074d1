"""ComplaintService over gRPC: proto -> action -> proto."""

from uuid import UUID

from services.governance.complaints import actions, filing, link, listing, views
from services.governance.complaints.filing import Filing
from services.governance.complaints.model import Channel, Move, State
from services.governance.complaints.store import Filter
from services.governance.complaints.story import Story
from services.governance.contacts.model import Contact
from services.governance.resources import resources
from services.kit.database import Transaction
from services.kit.rpc import Call, after, protos, rpc
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.types.v1 import place_pb2


@rpc
async def create(tx: Transaction, request: pb.CreateComplaintRequest) -> pb.CreateComplaintResponse:
    """Files a complaint."""
    filed = await filing.file(tx, _filing(request))
    return pb.CreateComplaintResponse(complaint=_view(tx, filed))


@after(create)
async def with_link_key(call: Call, answer: pb.CreateComplaintResponse) -> pb.CreateComplaintResponse:
    """Adds the link key, which the stored answer does not hold: it is derived anew each time."""
    answer.link_key = link.derive(resources(call.runtime).link_secret, UUID(answer.complaint.correlation_id))
    return answer


@rpc
async def read(tx: Transaction, request: pb.GetComplaintRequest) -> pb.GetComplaintResponse:
    """Reads one complaint."""
    return pb.GetComplaintResponse(complaint=_view(tx, await actions.get(tx, request.code, request.link_key)))


@rpc
async def page(tx: Transaction, request: pb.ListComplaintsRequest) -> pb.ListComplaintsResponse:
    """Lists complaints, most urgent first."""
    wanted = Filter(
        states=protos.members(pb.ComplaintState, request.states, State),
        agency=request.agency,
        category=request.category,
        area=request.area_code,
        overdue=request.overdue,
        code=request.code,
    )
    stories, token = await listing.page(tx, wanted, request.page_size, request.page_token)
    return pb.ListComplaintsResponse(complaints=[_view(tx, story) for story in stories], next_page_token=token)


@rpc
async def similar(tx: Transaction, request: pb.ListSimilarComplaintsRequest) -> pb.ListSimilarComplaintsResponse:
    """Lists open complaints that look like the given one."""
    position = _position(request.location) if request.HasField("location") else None
    found = await filing.similar(tx, request.text, request.category, position, request.area_code)
    return pb.ListSimilarComplaintsResponse(complaints=[views.similar(one, tx.runtime.city) for one in found])


@rpc
async def transition(tx: Transaction, request: pb.TransitionComplaintRequest) -> pb.TransitionComplaintResponse:
    """Moves a complaint along one edge of the state table."""
    wanted = actions.Transition(
        move=protos.member(pb.Transition, request.transition, Move),
        etag=request.etag,
        note=request.note,
        agency=request.agency,
        duplicate_of=request.duplicate_of,
        photos=tuple(request.photos),
        refusal=request.refusal,
    )
    moved = await actions.transition(tx, request.code, wanted)
    return pb.TransitionComplaintResponse(complaint=_view(tx, moved))


@rpc
async def release(tx: Transaction, request: pb.ReleaseComplaintRequest) -> pb.ReleaseComplaintResponse:
    """Makes words and photos public."""
    released = await actions.release(tx, request.code, request.etag, request.public_text, request.photos)
    return pb.ReleaseComplaintResponse(complaint=_view(tx, released))


@rpc
async def correct(tx: Transaction, request: pb.CorrectComplaintRequest) -> pb.CorrectComplaintResponse:
    """Corrects category or place."""
    corrected = await actions.correct(tx, request.code, request.etag, request.category, request.area_code)
    return pb.CorrectComplaintResponse(complaint=_view(tx, corrected))


@rpc
async def rate(tx: Transaction, request: pb.RateComplaintRequest) -> pb.RateComplaintResponse:
    """Rates a resolution."""
    rated = await actions.rate(tx, request.code, request.link_key, request.rating, request.note)
    return pb.RateComplaintResponse(complaint=_view(tx, rated))


@rpc
async def reopen(tx: Transaction, request: pb.ReopenComplaintRequest) -> pb.ReopenComplaintResponse:
    """Reopens a resolved complaint."""
    reopened = await actions.reopen(tx, request.code, request.link_key, request.note)
    return pb.ReopenComplaintResponse(complaint=_view(tx, reopened))


@rpc
async def reply(tx: Transaction, request: pb.ReplyComplaintRequest) -> pb.ReplyComplaintResponse:
    """Answers a question."""
    replied = await actions.reply(tx, request.code, request.link_key, request.note)
    return pb.ReplyComplaintResponse(complaint=_view(tx, replied))


@rpc
async def withdraw(tx: Transaction, request: pb.WithdrawComplaintRequest) -> pb.WithdrawComplaintResponse:
    """Takes a complaint back."""
    withdrawn = await actions.withdraw(tx, request.code, request.link_key)
    return pb.WithdrawComplaintResponse(complaint=_view(tx, withdrawn))


@rpc
async def join(tx: Transaction, request: pb.JoinComplaintRequest) -> pb.JoinComplaintResponse:
    """Adds a supporter."""
    code, supporters = await filing.join(tx, request.code, _contact(request.contact))
    return pb.JoinComplaintResponse(code=code, supporters=supporters)


def _view(tx: Transaction, story: Story) -> pb.Complaint:
    return views.complaint(story, tx.runtime.city)


def _filing(request: pb.CreateComplaintRequest) -> Filing:
    return Filing(
        text=request.text,
        category=request.category,
        position=_position(request.location) if request.HasField("location") else None,
        area_code=request.area_code,
        landmark=request.landmark,
        contact=_contact(request.contact),
        anonymous=request.anonymous,
        secret=request.secret,
        channel=protos.member(pb.ChannelKind, request.channel or pb.CHANNEL_KIND_API, Channel),
        exercise=request.exercise,
    )


def _position(point: place_pb2.Point) -> tuple[float, float]:
    return point.lon, point.lat


def _contact(message: pb.Contact) -> Contact:
    return Contact(message.name, message.email, message.phone)
