"""Nothing is sold of what is called off that is not taken back, however long somebody waited for its seats."""

import asyncio
from collections.abc import Awaitable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.branding.cancellations import actions as cancellations
from services.branding.cancellations import timers
from services.branding.orders import actions, writing
from services.branding.orders.deciding import Asked
from smartcity.branding.v1 import ticket_sales_pb2
from smartcity.branding.v1 import tickets_pb2 as pb
from smartcity.types.v1.payments_pb2 import PaymentRequested, PaymentRequestWithdrawn
from smartcity.types.v1.refunds_pb2 import PaymentRefundRequested
from tests.branding.cancellations.test_cancellations import call_off
from tests.branding.tickets.ticketing import PRICE, SELLER, Ticketing, left, state, word
from tests.governance.conftest import refused
from tests.kit.conftest import within

_SEATS = "SELECT FROM ticket_seats WHERE type = $1::uuid FOR UPDATE"


async def begun(office: Ticketing, does: Awaitable[Any]) -> asyncio.Future[Any]:
    """What somebody else does and waits in for what is locked."""
    task = asyncio.ensure_future(does)
    pool = office.served.runtime.pool
    await within(lambda: pool.fetch("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
    return task


async def called_off_meanwhile(office: Ticketing, sale: str, type_: str, does: Awaitable[Any]) -> asyncio.Future[Any]:
    """What somebody does who waits for seats while their sale is called off and all of it is taken back."""
    async with office.served.runtime.transaction() as tx:
        await tx.fetch(_SEATS, type_)
        task = await begun(office, does)
        await call_off(office, sale)
        await timers.take_back(office.served.runtime)
    await asyncio.wait([task])
    return task


async def test_no_order_is_taken_that_waited_while_its_sale_was_called_off(office: Ticketing) -> None:
    sale, free = await office.on_sale(price=0)
    order = await called_off_meanwhile(office, sale, free, office.order(sale, free))
    with refused("SALE_CANCELLED"):
        order.result()
    assert await left(office, sale) == 10


async def test_no_ticket_is_changed_into_what_was_called_off_while_it_waited(office: Ticketing) -> None:
    ticket = (await office.paid(*await office.on_sale())).tickets[0]
    sale, other = await office.on_sale()
    asked = pb.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=other)
    change = await called_off_meanwhile(office, sale, other, office.call(asked))
    with refused("SALE_CANCELLED"):
        change.result()
    assert (await office.ticket(ticket.code)).sale == ticket.sale


async def test_whoever_calls_a_sale_off_waits_for_an_order_that_is_taken(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    async with office.served.runtime.transaction() as tx:
        await writing.open_book(tx, [Asked(UUID(sale), [(UUID(adult), 1)], None, "")])
        other = await begun(office, call_off(office, sale))
    await other


async def test_a_day_whose_first_order_comes_while_there_become_fewer_has_as_few(office: Ticketing) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    adult = await office.sort(sale, quota=10)
    async with office.served.runtime.transaction() as tx:
        await tx.execute("UPDATE ticket_type SET quota = 2, version = 2 WHERE id = $1::uuid", adult)
        order = await begun(office, office.order(sale, adult, 3, day="2026-11-25"))
    await asyncio.wait([order])
    with refused("SOLD_OUT"):
        order.result()


async def test_whoever_makes_fewer_waits_for_the_first_order_of_a_day(office: Ticketing) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    adult = await office.sort(sale, quota=10)
    fewer = ticket_sales_pb2.ChangeTicketTypeRequest(id=adult, etag="1", quota=2, open=True)
    async with office.served.runtime.transaction() as tx:
        await writing.open_book(tx, [Asked(UUID(sale), [(UUID(adult), 1)], date(2026, 11, 25), "")])
        other = await begun(office, office.call(fewer, SELLER))
    await other
    with refused("SOLD_OUT"):
        await office.order(sale, adult, 3, day="2026-11-25")


async def test_a_first_order_of_a_day_that_waits_for_its_type_holds_no_seats_of_other_days(office: Ticketing) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    adult = await office.sort(sale)
    await office.order(sale, adult, day="2026-11-25")

    async def order_for_both() -> None:
        async with office.served.runtime.transaction() as other:
            days = (date(2026, 11, 25), date(2026, 11, 26))
            await writing.open_book(other, [Asked(UUID(sale), [(UUID(adult), 1)], day, "") for day in days])

    async with office.served.runtime.transaction() as tx:
        await tx.execute("UPDATE ticket_type SET version = version WHERE id = $1::uuid", adult)
        orders = await begun(office, order_for_both())
        await tx.fetch(f"{_SEATS} NOWAIT", adult)  # who changes a type waits for its seats next
    await orders


async def test_no_ticket_is_given_back_that_waited_while_its_order_was_given_back_by_hand(office: Ticketing) -> None:
    order = await office.paid(*await office.on_sale(), quantity=2)
    ticket = order.tickets[0]
    async with office.served.runtime.transaction() as tx:
        await cancellations.given_by_hand(tx, UUID(order.id), 2 * PRICE)
        other = await begun(office, office.call(pb.CancelTicketRequest(code=ticket.code, etag=ticket.etag)))
    await asyncio.wait([other])
    with refused("STALE_ETAG"):
        other.result()
    assert await office.told(PaymentRefundRequested) == []


@pytest.mark.parametrize("paid_first", [True, False])
async def test_what_is_paid_while_its_order_ends_goes_back_once_and_frees_its_seat_once(
    office: Ticketing, paid_first: bool
) -> None:
    sale, adult = await office.on_sale()
    order = (await office.order(sale, adult)).order
    (asked,) = await office.told(PaymentRequested)
    await call_off(office, sale)
    runtime, pays = office.served.runtime, office.capture(asked)
    async with runtime.transaction() as tx:
        if paid_first:
            await actions.capture(tx, UUID(order.id), "SMGP-7K4P2M8-92")
            other = await begun(office, timers.take_back(runtime))
        else:
            await cancellations.take_back(tx)
            other = await begun(office, pays)
    await other
    await timers.take_back(runtime)
    if paid_first:
        await pays
    found = await office.read(order.code)
    assert (state(found), found.reason, await left(office, sale)) == ("returned", "SALE_CANCELLED", 10)
    assert [one.amount.units for one in await office.told(PaymentRefundRequested)] == [PRICE]
    assert len(await office.told(PaymentRequestWithdrawn)) == (0 if paid_first else 1)


async def test_what_is_paid_just_before_its_sale_is_called_off_is_taken_back_too(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    order = (await office.order(sale, adult)).order
    async with office.served.runtime.transaction() as tx:
        await actions.capture(tx, UUID(order.id), "SMGP-7K4P2M8-92")
        other = await begun(office, call_off(office, sale))
    await other
    await timers.take_back(office.served.runtime)
    (ticket,) = (await office.read(order.code)).tickets
    assert word(pb.TicketState, ticket.state) == "cancelled"
    assert [one.amount.units for one in await office.told(PaymentRefundRequested)] == [PRICE]
