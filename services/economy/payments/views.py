"""Payments as messages of the API."""

from datetime import datetime

from services.economy import money
from services.economy.merchants.model import Merchant
from services.economy.payments import actions, store
from services.economy.payments.events import METHODS
from services.economy.payments.model import Payment, PutAside, State
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.rpc import etag as etags
from services.kit.rpc import protos
from smartcity.economy.v1 import payments_pb2 as pb

_STATES = {state: protos.number(pb.PaymentState, state) for state in State}


def payment(
    found: Payment, merchant_name: str, city: City, now: datetime, *, inside: bool, own: bool = False,
    stopped: bool = False,
) -> pb.Payment:  # fmt: skip
    """A payment; ``inside`` adds what only payer, payee and treasury see: fee and correlation. While its merchant is
    ``stopped`` it asks for no money.
    """
    stopped = stopped and found.state in (State.CREATED, State.PENDING)
    shown = found.state is State.PENDING and not found.is_over(now) and not stopped
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
        description_en=found.description_en,
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
        own=own,
        payee_stopped=stopped,
    )


async def told(tx: Transaction, found: Payment) -> pb.Payment:
    """A payment as its caller may see it, with the money that came for it and did not count; no QRIS so used up."""
    made, aside = await seen(tx, found), await store.put_aside(tx, found.id)
    made.put_aside.extend(_put_aside(each, found.currency) for each in aside)
    if any(each.by_qris for each in aside):
        made.qr = ""
    return made


def _put_aside(one: PutAside, currency: str) -> pb.PutAside:
    return pb.PutAside(
        amount=money.to_proto(one.amount, currency),
        reason=pb.SuspenseReason.Value(f"SUSPENSE_REASON_{one.reason.upper()}"),
        state=pb.SuspenseState.Value(f"SUSPENSE_STATE_{one.state.upper()}"),
        returned=one.returned,
        target_name=one.target_name,
        create_time=protos.timestamp(one.created_at),
        by_qris=one.by_qris,
    )


async def seen(tx: Transaction, found: Payment) -> pb.Payment:
    """A payment as its caller may see it."""
    return seen_at(tx, found, await actions.merchant_of(tx, found))


def seen_at(tx: Transaction, found: Payment, merchant: Merchant | None) -> pb.Payment:
    """A payment to that merchant (None: a top-up) as its caller may see it."""
    inside, own = actions.is_inside(tx, found, merchant), actions.is_payer(tx, found)
    name, stopped = (merchant.name, not merchant.is_payable) if merchant else ("", False)
    return payment(found, name, tx.runtime.city, tx.now, inside=inside, own=own, stopped=stopped)
