"""SatisfactionService over gRPC, as far as invitations go: proto -> action -> proto."""

from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from services.society.inviting import actions
from services.society.inviting.model import Kind
from services.society.questionnaires import model as questionnaires
from services.society.satisfaction.profile import required
from services.society.surveys import views
from smartcity.society.v1 import satisfaction_pb2 as pb


@rpc
async def offer(tx: Transaction, request: pb.OfferInvitationRequest) -> pb.OfferInvitationResponse:
    """The code of what has ended."""
    kind = protos.member(pb.EndedKind, request.kind, Kind)
    found = await actions.offer(tx, kind, request.code)
    return pb.OfferInvitationResponse(link_key=found.code, used=found.used)


@rpc
async def read(tx: Transaction, request: pb.GetInvitationRequest) -> pb.GetInvitationResponse:
    """What an invitation asks."""
    found = await actions.get(tx, request.link_key)
    asked = questionnaires.of_elements(required(tx.runtime.city).elements)
    shown = pb.Invitation(
        agency=protos.agency(tx.runtime.city, found.agency),
        used=found.is_used,
        until=str(found.until),
        questions=views.questions(asked),
    )
    return pb.GetInvitationResponse(invitation=shown)
