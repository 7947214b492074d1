"""MerchantService over gRPC, whole account numbers: proto -> action -> proto."""

from services.economy.account_reading import actions
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.economy.v1 import merchants_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.ReadSettlementAccountRequest) -> pb.ReadSettlementAccountResponse:
    """Reads whole numbers."""
    merchant, change, reads = await actions.read(tx, request.id)
    return pb.ReadSettlementAccountResponse(
        settlement_account=pb.SettlementAccount(bank=merchant.bank, number=merchant.bank_number),
        asked_for=pb.SettlementAccount(bank=change.bank, number=change.bank_number) if change else None,
        reads=[pb.SettlementAccountRead(time=protos.timestamp(one.at), agency=one.agency) for one in reads],
    )
