"""SettlementService over gRPC, who did what on a day: proto -> action -> proto."""

from services.economy.acts import actions
from services.economy.acts.model import Act, What
from services.economy.days import read_day
from services.economy.money import to_proto
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.economy.v1 import settlement_pb2 as pb

_KINDS = frozenset(What)


@rpc
async def page(tx: Transaction, request: pb.ListActsRequest) -> pb.ListActsResponse:
    """Lists who did what with money on a day, oldest first."""
    found, token = await actions.page(tx, read_day(request.day), request.page_size, request.page_token)
    names = await actions.merchants(tx, found)
    return pb.ListActsResponse(acts=[_act(each, names.get(each.merchant, "")) for each in found], next_page_token=token)


def _act(found: Act, merchant_name: str) -> pb.Act:
    return pb.Act(
        time=protos.timestamp(found.at),
        what=protos.number(pb.ActKind, found.what) if found.what in _KINDS else pb.ACT_KIND_UNSPECIFIED,
        doer=found.doer,
        agency=found.agency,
        asker=found.asker,
        about=found.about,
        amount=to_proto(found.amount, found.currency) if found.amount is not None else None,
        exercise=found.exercise,
        merchant=str(found.merchant or ""),
        merchant_name=merchant_name,
        to_payer=found.to_payer,
    )
