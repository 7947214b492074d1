"""Payments, refunds and money in suspense as messages of the API."""

from datetime import datetime

from services.economy import money
from services.economy.payments import suspense_model
from services.economy.payments.events import METHODS
from services.economy.payments.model import Payment, State
from services.economy.payments.refund_model import Refund, Way
from services.kit.city import City
from services.kit.rpc import etag as etags
from services.kit.rpc import protos
from smartcity.economy.v1 import payments_pb2 as pb

_STATES = {state: protos.number(pb.PaymentState, state) for state in State}
WAYS = {
    Way.NONE: pb.REFUND_WAY_UNSPECIFIED,
    Way.BANK: pb.REFUND_WAY_BANK,
    Way.WALLET: pb.REFUND_WAY_WALLET,
    Way.CASH: pb.REFUND_WAY_CASH,
}


def payment(found: Payment, merchant_name: str, city: City, now: datetime, *, inside: bool) -> pb.Payment:
    """A payment; ``inside`` adds what only payer, payee and treasury see: fee and story."""
    shown = found.state is State.PENDING and not found.is_over(now)
    return pb.Payment(
        id=str(found.id),
        code=found.code,
        state=_STATES[found.state],
        method=METHODS[found.method],
        amount=money.to_proto(found.amount, found.currency),
        refunded=money.to_proto(found.refunded, found.currency),
        fee=money.to_proto(found.fee, found.currency) if inside else None,
        purpose=found.purpose,
        description=found.description,
        merchant=str(found.merchant or ""),
        merchant_name=merchant_name,
        terminal=found.terminal,
        bill=found.bill,
        area=protos.area(city, found.area),
        sector=found.sector,
        qr=found.qr if shown else "",
        create_time=protos.timestamp(found.created_at),
        expire_time=protos.timestamp(found.expires_at),
        capture_time=protos.timestamp(found.captured_at),
        correlation=found.correlation if inside else "",
        exercise=found.exercise,
        etag=etags.of(found.version),
    )


def refund(found: Refund, code: str, currency: str) -> pb.Refund:
    """A refund; code and currency are its payment's."""
    return pb.Refund(
        id=str(found.id),
        payment=str(found.payment),
        payment_code=code,
        state=protos.number(pb.RefundState, found.state),
        way=WAYS[found.way],
        amount=money.to_proto(found.amount, currency),
        reason=found.reason,
        refusal=found.refusal,
        create_time=protos.timestamp(found.created_at),
        update_time=protos.timestamp(found.updated_at),
        etag=etags.of(found.version),
    )


def suspense(found: suspense_model.Item) -> pb.SuspenseItem:
    """Money in suspense."""
    return pb.SuspenseItem(
        id=str(found.id),
        state=protos.number(pb.SuspenseState, found.state),
        reason=protos.number(pb.SuspenseReason, found.reason),
        amount=money.to_proto(found.amount, found.currency),
        provider_reference=found.provider_reference,
        payment=str(found.payment or ""),
        target=str(found.target or ""),
        note=found.note,
        create_time=protos.timestamp(found.created_at),
        etag=etags.of(found.version),
    )
