"""Builds the event messages of permits: whose they are is in none of them."""

from google.protobuf.message import Message

from services.economy.permit_kinds.profile import Kind
from services.economy.permits.model import Permit, State
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.rpc import protos
from smartcity.economy.v1 import events_pb2, permits_pb2
from smartcity.types.v1 import payments_pb2 as types
from smartcity.types.v1.money_pb2 import Money

REQUESTER, PURPOSE = "economy", "permit"
NOT_WAITED_FOR = "Izin tidak lagi menunggu pembayaran ini"


def advanced(tx: Transaction, before: State, one: Permit, *, begins: bool) -> None:
    """It has moved; everybody is told of one that begins to hold."""
    told = events_pb2.PermitAdvanced(
        code=one.code, kind=one.kind, agency=one.agency, area=protos.area(tx.runtime.city, one.area),
        state=protos.number(permits_pb2.PermitState, one.state),
        from_state=protos.number(permits_pb2.PermitState, before), deemed=one.deemed,
        apply_time=protos.timestamp(one.submitted_at), due_time=protos.timestamp(one.due(tx.runtime.city.calendar)),
        checker=one.checker,
    )  # fmt: skip
    emit(tx, one, told)
    if begins:
        emit(tx, one, _granted(tx.runtime.city, one))


def asked_to_pay(tx: Transaction, one: Permit, kind: Kind) -> None:
    """Economy is asked for the money, as any pillar asks for it."""
    asked = types.PaymentRequested(
        request=request(one), amount=Money(currency=tx.runtime.city.currency, units=kind.fee or 0), purpose=PURPOSE,
        description=f"{kind.name_id}, {one.code}"[:140], description_en=f"{kind.name_en}, {one.code}"[:140],
        agency=one.agency, payer="", area=one.area,
    )  # fmt: skip
    emit(tx, one, asked)


def asked_as(request: str) -> int:
    """The how manieth time its fee was asked for that a payment answers."""
    return int(request.rpartition("/")[2])


def is_fee(requester: str, purpose: str) -> bool:
    """Whether a payment is the fee of a permit."""
    return (requester, purpose) == (REQUESTER, PURPOSE)


def code_of(request: str) -> str:
    """The number of the permit that a payment is of."""
    return request.partition("/")[0]


def request(one: Permit) -> str:
    """By what its payment is known: its number, and how often its fee was asked for."""
    return f"{one.code}/{one.payments}"


def emit(tx: Transaction, one: Permit, message: Message) -> None:
    """Tells something of it, under its number."""
    tx.emit(message, aggregate=str(one.id), version=one.version, correlation=one.code)


def _granted(city: City, one: Permit) -> events_pb2.PermitGranted:
    return events_pb2.PermitGranted(
        kind=one.kind, agency=one.agency, area=protos.area(city, one.area), deemed=one.deemed,
        first_day=str(one.first_day or ""), last_day=str(one.last_day or ""),
    )  # fmt: skip
