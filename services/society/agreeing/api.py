"""ConsentService over gRPC: proto -> action -> proto."""

from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from services.society.agreeing import actions
from services.society.agreeing.actions import Answered
from smartcity.society.v1 import consents_pb2 as pb


@rpc
async def listed(tx: Transaction, request: pb.ListConsentsRequest) -> pb.ListConsentsResponse:
    """Lists purposes."""
    return pb.ListConsentsResponse(consents=map(_view, await actions.listed(tx)))


@rpc
async def give(tx: Transaction, request: pb.GiveConsentRequest) -> pb.GiveConsentResponse:
    """Agrees to one."""
    return pb.GiveConsentResponse(consent=_view(await actions.give(tx, request.purpose)))


@rpc
async def withdraw(tx: Transaction, request: pb.WithdrawConsentRequest) -> pb.WithdrawConsentResponse:
    """Withdraws consent."""
    return pb.WithdrawConsentResponse(consent=_view(await actions.withdraw(tx, request.purpose)))


def _view(one: Answered) -> pb.Consent:
    purpose, last = one
    return pb.Consent(
        purpose=purpose.id,
        text_id=purpose.text_id,
        text_en=purpose.text_en,
        given=last is not None and last.withdrawn_at is None,
        give_time=protos.timestamp(last.given_at) if last else None,
        withdraw_time=protos.timestamp(last.withdrawn_at) if last else None,
    )
