"""Tickets at work in this process, for the tests of several rooms: a seller, buyers, economy."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc.aio
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from services.branding.cancellations import reactions as cancelling
from services.branding.destinations import timers
from services.branding.orders import reactions
from services.branding.refunds import reactions as refund_reactions
from services.branding.sales import actions as selling
from services.kit.caller import ANONYMOUS, Caller
from services.kit.events import Event
from services.kit.ids import uuid7
from smartcity.branding.v1 import (
    city_events_pb2,
    gates_pb2,
    orders_pb2,
    ticket_sales_pb2,
    ticket_settlements_pb2,
    tickets_pb2,
    waiting_pb2,
)
from smartcity.branding.v1.gates_pb2_grpc import GateServiceStub
from smartcity.branding.v1.orders_pb2_grpc import OrderServiceStub
from smartcity.branding.v1.ticket_sales_pb2_grpc import TicketSaleServiceStub
from smartcity.branding.v1.ticket_settlements_pb2_grpc import TicketSettlementServiceStub
from smartcity.branding.v1.tickets_pb2_grpc import TicketServiceStub
from smartcity.branding.v1.waiting_pb2_grpc import WaitingRoomServiceStub
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1.payments_pb2 import PaymentSummary
from smartcity.types.v1.payments_pb2 import PaymentRequested
from smartcity.types.v1.refunds_pb2 import PaymentRefundRequested
from tests.branding.city_events.stage import Stage
from tests.fixtures.pillars import Served
from tests.governance.conftest import RefusedError, officer, request_id

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""A Tuesday, 09:00 in Semarang."""
SITI, BUDI = (Caller(f"citizen-{name}", frozenset({"citizen"})) for name in ("siti", "budi"))
SELLER, DLH = officer("disbudpar"), officer("dlh")
NOBODY = ANONYMOUS
PRICE = 25_000
_STUBS: dict[str, Any] = {
    gates_pb2.DESCRIPTOR.name: GateServiceStub,
    orders_pb2.DESCRIPTOR.name: OrderServiceStub,
    ticket_sales_pb2.DESCRIPTOR.name: TicketSaleServiceStub,
    ticket_settlements_pb2.DESCRIPTOR.name: TicketSettlementServiceStub,
    tickets_pb2.DESCRIPTOR.name: TicketServiceStub,
    waiting_pb2.DESCRIPTOR.name: WaitingRoomServiceStub,
}


@dataclass
class Ticketing:
    """The running pillar."""

    served: Served
    answered: set[str] = field(default_factory=set)
    """Requests that economy has answered."""

    async def call(self, request: Any, caller: Caller = SITI) -> Any:
        """Calls the RPC of a request. Raises RefusedError."""
        name = type(request).__name__.removesuffix("Request")
        if "request_id" in request.DESCRIPTOR.fields_by_name and not request.request_id:
            request.request_id = request_id()
        try:
            return await self.served.call(_STUBS[request.DESCRIPTOR.file.name], name, request, caller)
        except grpc.aio.AioRpcError as error:
            raise RefusedError(error) from error

    async def event(self, days: float = 30, hours: float | None = 4) -> city_events_pb2.CityEvent:
        """A published event with one date in so many days, of so many hours; None where they are not known."""
        zone = self.served.runtime.city.timezone
        start = (self.served.now + timedelta(days=days)).astimezone(zone)
        times = {"start": start.strftime("%Y-%m-%d")}
        if hours is not None:
            ends = start + timedelta(hours=hours)
            times = {"start": start.strftime("%Y-%m-%dT%H:%M"), "end": ends.strftime("%Y-%m-%dT%H:%M")}
        schedule = city_events_pb2.EventSchedule(dates=[city_events_pb2.EventDate(**times)])
        said = {"name": "Pasar Semawis", "name_en": "Semawis night market", "venue": "Gang Warung"}
        return await Stage(self.served).published(schedule=schedule, **said)

    async def sale(
        self, *, destination: str = "", days: float = 30, hours: float | None = 4, **fields: Any
    ) -> ticket_sales_pb2.TicketSale:
        """A new sale, of a date of an event in so many days unless a destination is named."""
        if destination:
            await timers.enter_profile(self.served.runtime)
        occasion = "" if destination else (await self.event(days, hours)).occasions[0].id
        what: dict[str, Any] = {"destination": destination, "occasion": occasion, **fields}
        found: ticket_sales_pb2.TicketSale = (
            await self.call(ticket_sales_pb2.CreateTicketSaleRequest(**what), SELLER)
        ).ticket_sale
        return found

    async def put_off(self, **amount: float) -> None:
        """All dates are held so much later, and their sales go along."""
        sql = "UPDATE branding.occasion SET starts_at = starts_at + $1, ends_at = ends_at + $1"
        await self.served.admin.execute(sql, timedelta(**amount))
        for row in await self.served.admin.fetch("SELECT DISTINCT event FROM branding.ticket_sale"):
            async with self.served.runtime.transaction() as tx:
                await selling.follow(tx, row["event"])

    async def sort(self, sale: str, **fields: Any) -> str:
        """The id of a new type of a sale."""
        good = {"name_id": "Dewasa", "name_en": "Adults", "price": PRICE, "quota": 10, "most": 6, "refund_percent": 90}
        request = ticket_sales_pb2.CreateTicketTypeRequest(sale=sale, **{**good, "refund_hours": 24, **fields})
        (*_, last) = (await self.call(request, SELLER)).ticket_sale.types
        id_: str = last.id
        return id_

    async def on_sale(self, **fields: Any) -> tuple[str, str]:
        """A sale with one type: their ids."""
        sale = (await self.sale()).id
        return sale, await self.sort(sale, **fields)

    async def order(self, sale: str, type_: str, quantity: int = 1, caller: Caller = SITI, **fields: Any) -> Any:
        """A new order, with its link key beside it."""
        wishes = [orders_pb2.OrderWish(type=type_, quantity=quantity)]
        good = {"sale": sale, "wishes": wishes, "holder": "Siti Rahma"}
        return await self.call(orders_pb2.CreateOrderRequest(**{**good, **fields}), caller)

    async def place(self, sale: str, type_: str, quantity: int = 1, caller: Caller = NOBODY, **fields: Any) -> Any:
        """A new place in a waiting room, with its link key beside it."""
        wishes = [orders_pb2.OrderWish(type=type_, quantity=quantity)]
        good = {"sale": sale, "wishes": wishes, "holder": "Siti Rahma"}
        return await self.call(waiting_pb2.TakeWaitingPlaceRequest(**{**good, **fields}), caller)

    async def paid(self, sale: str, type_: str, quantity: int = 1, caller: Caller = SITI) -> orders_pb2.Order:
        """An order that was paid."""
        code = (await self.order(sale, type_, quantity, caller)).order.code
        await self.pay()
        return await self.read(code, caller)

    async def read(self, code: str, caller: Caller = SITI, key: str = "") -> orders_pb2.Order:
        """An order."""
        found: orders_pb2.Order = (await self.call(orders_pb2.GetOrderRequest(code=code, link_key=key), caller)).order
        return found

    async def ticket(self, code: str, caller: Caller = SITI, key: str = "") -> tickets_pb2.Ticket:
        """A ticket."""
        found: tickets_pb2.Ticket = (
            await self.call(tickets_pb2.GetTicketRequest(code=code, link_key=key), caller)
        ).ticket
        return found

    async def told(self, type_: type[Message]) -> list[Any]:
        """What was emitted of a type, the oldest first."""
        sql = "SELECT payload FROM branding.outbox WHERE type LIKE '%' || $1 ORDER BY position"
        rows = await self.served.admin.fetch(sql, f".{type_.DESCRIPTOR.name}")
        return [type_.FromString(row["payload"]) for row in rows]

    async def pay(self, *, twice: bool = False) -> None:
        """Economy takes the money of what it was not asked before."""
        for asked in await self.told(PaymentRequested):
            if asked.request not in self.answered:
                self.answered.add(asked.request)
                for _ in range(1 + twice):
                    await self.capture(asked)

    async def capture(self, asked: PaymentRequested) -> None:
        """One payment has come."""
        summary = PaymentSummary(
            requester="branding", request=asked.request, amount=asked.amount, code="SMGP-7K4P2M8-92"
        )
        event = self._event(events_pb2.PaymentCaptured(payment=summary))
        async with self.served.runtime.transaction() as tx:
            await reactions.before_payments_captured(tx, [event])
            await reactions.on_payment_captured(tx, event)

    def today(self) -> None:
        """The pillar goes by today's calendar, as pages do."""
        self.served.now = datetime.now(UTC)

    async def cancelled(self, asked: PaymentRequested, reason: str = "AGENCY_UNKNOWN") -> None:
        """Economy cannot take it."""
        summary = PaymentSummary(requester="branding", request=asked.request, amount=asked.amount)
        async with self.served.runtime.transaction() as tx:
            event = self._event(events_pb2.PaymentCancelled(payment=summary, reason=reason))
            await reactions.on_payment_cancelled(tx, event)

    async def give_back(
        self, reason: str = "", *, twice: bool = False, so_far: int = 0
    ) -> list[PaymentRefundRequested]:
        """Economy gives back what it was not asked before, or refuses for a reason; so much has gone back so far."""
        new = [one for one in await self.told(PaymentRefundRequested) if one.refund not in self.answered]
        for asked in new:
            for _ in range(1 + twice):
                await self.answer(asked, reason, so_far=so_far)
        return new

    async def answer(self, asked: PaymentRefundRequested, reason: str = "", *, so_far: int = 0) -> None:
        """Economy gives one back, or refuses for a reason, when so much has gone back."""
        self.answered.add(asked.refund)
        summary = PaymentSummary(requester="branding", request=asked.request)
        async with self.served.runtime.transaction() as tx:
            if reason:
                no = events_pb2.RefundRejected(payment=summary, reference=asked.refund, reason=reason)
                no.refunded.units = so_far
                await cancelling.before_refunds_rejected(tx, [self._event(no)])
                await cancelling.on_refund_rejected(tx, self._event(no))
                await refund_reactions.on_refund_rejected(tx, self._event(no))
            else:
                yes = events_pb2.PaymentRefunded(payment=summary, reference=asked.refund)
                await refund_reactions.on_payment_refunded(tx, self._event(yes))

    async def by_hand(self, order: str, units: int, so_far: int = 0) -> None:
        """An officer gives back something of what was paid for an order, at the money desk; so much was before."""
        summary = PaymentSummary(requester="branding", request=order)
        told = events_pb2.PaymentRefunded(payment=summary, refund=str(uuid7()))
        told.amount.units, told.refunded.units = units, so_far + units
        event = self._event(told)
        async with self.served.runtime.transaction() as tx:
            await cancelling.before_payments_refunded(tx, [event])
            await refund_reactions.on_payment_refunded(tx, event)
            await cancelling.on_payment_refunded(tx, event)

    async def ready(self, *, twice: bool = False) -> None:
        """Economy has the cash of what it was asked for ready at the counter."""
        for asked in await self.told(PaymentRefundRequested):
            summary = PaymentSummary(requester="branding", request=asked.request)
            told = events_pb2.RefundRequested(payment=summary, reference=asked.refund)
            for _ in range(1 + twice):
                async with self.served.runtime.transaction() as tx:
                    await refund_reactions.on_refund_requested(tx, self._event(told))

    def _event(self, message: Any) -> Event[Any]:
        return Event(
            id=uuid7(),
            type=message.DESCRIPTOR.full_name,
            source="/smartcity/semarang/economy",
            time=self.served.now,
            aggregate="payment",
            version=1,
            correlation="order",
            causation=None,
            exercise=False,
            traceparent=None,
            message=message,
        )


def stamp(at: datetime) -> Timestamp:
    """An instant as a message."""
    made = Timestamp()
    made.FromDatetime(at)
    return made


def word(enum: Any, number: int) -> str:
    """A value of a contract's enum in the model's words."""
    name: str = enum.Name(number)
    first: str = enum.Name(0).removesuffix("UNSPECIFIED")
    return name.removeprefix(first).lower()


def state(order: orders_pb2.Order) -> str:
    """Where an order stands."""
    return word(orders_pb2.OrderState, order.state)


async def left(office: Ticketing, sale: str) -> int:
    """How many tickets of a sale's first type can be had."""
    found = await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale), NOBODY)
    count: int = found.ticket_sale.types[0].left
    return count
