"""LevyService over gRPC, receipts: proto -> action -> proto."""

from services.economy.money import to_proto
from services.economy.receipts import actions
from services.economy.receipts.store import Issued
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.economy.v1 import levies_pb2 as pb
from smartcity.economy.v1 import payments_pb2


@rpc
async def receipt(tx: Transaction, request: pb.GetReceiptRequest) -> pb.GetReceiptResponse:
    """Reads a receipt by its bill's number, or its own with its seal."""
    return pb.GetReceiptResponse(receipt=_receipt(await actions.find(tx, request.number, request.seal)))


@rpc
async def check(tx: Transaction, request: pb.CheckReceiptRequest) -> pb.CheckReceiptResponse:
    """Checks what somebody holds; a forged one is an answer, not an error."""
    found = await actions.check(tx, request.number, request.units, request.seal)
    issued = _receipt(found.issued) if found.issued else None
    return pb.CheckReceiptResponse(genuine=issued is not None, reason=found.reason, receipt=issued)


def _receipt(issued: Issued) -> pb.Receipt:
    made, facts = issued.receipt, issued.facts
    return pb.Receipt(
        number=made.number,
        bill=made.bill,
        object=facts.object,
        tariff_name_id=issued.tariff_name_id,
        tariff_name_en=issued.tariff_name_en,
        period=facts.period,
        amount=to_proto(facts.amount, facts.currency),
        method=protos.number(payments_pb2.PaymentMethod, facts.method),
        payment_code=facts.payment_code,
        agency=facts.agency,
        paid_time=protos.timestamp(facts.paid_at),
        seal=made.seal,
        text=made.text,
        signature=made.signature,
        key_id=made.key_id,
        keys=actions.keys(issued),
        refunded=to_proto(issued.refunded, facts.currency) if issued.refunded else None,
        exercise=facts.exercise,
    )
