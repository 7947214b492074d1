"""Orders over the real server: seats are held, paid, freed; what comes late; who may see what."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from services.branding.orders import timers
from services.branding.pillar import PILLAR
from services.kit.caller import Caller
from services.kit.ids import uuid7
from smartcity.branding.v1 import orders_pb2, ticket_events_pb2, ticket_sales_pb2
from smartcity.types.v1.origin_pb2 import Origin
from smartcity.types.v1.payments_pb2 import PaymentRequested
from tests.branding.tickets.ticketing import NOBODY, PRICE, SELLER, SITI, Ticketing, left, state
from tests.fixtures.pillars import answered_elsewhere
from tests.governance.conftest import RefusedError, refused, request_id


async def test_seats_are_held_economy_is_asked_and_the_tickets_are_there_when_it_is_paid(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    order = (await office.order(sale, adult, 2)).order
    assert (state(order), order.amount.units, await left(office, sale)) == ("held", 2 * PRICE, 8)
    (asked,) = await office.told(PaymentRequested)
    assert (asked.amount.units, asked.agency) == (2 * PRICE, "disbudpar")
    assert (asked.description, asked.description_en) == ("2 tiket, Pasar Semawis", "2 tickets, Semawis night market")
    await office.pay(twice=True)
    order = await office.read(order.code)
    assert (state(order), order.payment, len(order.tickets)) == ("paid", "SMGP-7K4P2M8-92", 2)
    assert await left(office, sale) == 8
    assert {one.holder for one in order.tickets} == {"Siti Rahma"}
    assert all(one.token.startswith("SCT1.") for one in order.tickets)
    assert len(await office.told(ticket_events_pb2.TicketsIssued)) == 1


async def test_economy_is_told_whose_login_ordered_and_that_anybody_may_pay(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    for caller in (SITI, NOBODY):
        await office.order(sale, adult, 1, caller)
    told = [(one.buyer, one.payer) for one in await office.told(PaymentRequested)]
    assert told == [(SITI.subject, ""), ("", "")]


async def test_what_costs_nothing_is_there_at_once(office: Ticketing) -> None:
    sale, free = await office.on_sale(price=0)
    order = (await office.order(sale, free, 3)).order
    assert (state(order), len(order.tickets), await left(office, sale)) == ("paid", 3, 7)
    assert await office.told(PaymentRequested) == []


async def test_a_hold_ends_by_itself_and_its_seats_are_free(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    order = (await office.order(sale, adult, 4)).order
    office.served.pass_time(minutes=16)
    await timers.expire(office.served.runtime)
    assert (state(await office.read(order.code)), await left(office, sale)) == ("expired", 10)


async def test_an_order_says_whether_money_for_it_may_still_come(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    order = (await office.order(sale, adult)).order
    said = [order.payable]
    for minutes in (16, 30):  # for as long as the city says
        office.served.pass_time(minutes=minutes)
        await timers.expire(office.served.runtime)
        said.append((await office.read(order.code)).payable)
    assert said == [True, True, False]


async def test_two_hundred_buyers_of_the_last_ten_seats_get_ten(office: Ticketing) -> None:
    sale, adult = await office.on_sale(quota=10)

    async def buy() -> str:
        try:
            return state((await office.order(sale, adult, caller=NOBODY)).order)
        except RefusedError as error:
            return error.reason

    outcomes = await asyncio.gather(*(buy() for _ in range(200)))
    assert {one: outcomes.count(one) for one in set(outcomes)} == {"held": 10, "SOLD_OUT": 190}
    assert len(await office.told(PaymentRequested)) == 10
    row = await office.served.admin.fetchrow("SELECT held, sold, quota FROM branding.ticket_seats")
    assert row is not None
    assert tuple(row) == (10, 0, 10)


async def test_the_same_key_orders_once_and_answers_with_the_same_link(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    key = request_id()
    both = await asyncio.gather(*(office.order(sale, adult, 2, NOBODY, request_id=key) for _ in range(2)))
    await answered_elsewhere(PILLAR, office.served.runtime)
    again = await office.order(sale, adult, 2, NOBODY, request_id=key)
    assert len({(one.order.code, one.link_key) for one in (*both, again)}) == 1
    assert await left(office, sale) == 8
    with refused("IDEMPOTENCY_KEY_REUSED"):
        await office.order(sale, adult, 3, NOBODY, request_id=key)
    with refused("IDEMPOTENCY_KEY_REUSED"):
        await office.order(sale, adult, 2, NOBODY, request_id=key, holder="Siti Rahmi")


async def test_an_order_is_read_by_who_made_it_or_has_its_link_and_by_nobody_else(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    made = await office.order(sale, adult, caller=NOBODY)
    await office.pay()
    code, key = made.order.code, made.link_key
    (ticket,) = (await office.read(code, NOBODY, key)).tickets
    assert (await office.ticket(ticket.code, NOBODY, key.lower())).own
    for caller in (NOBODY, SITI, SELLER):
        with refused("ORDER_NOT_FOUND"):
            await office.read(code, caller, key[:-1] + ("A" if key[-1] != "A" else "B"))
    for caller in (NOBODY, SITI):
        with refused("TICKET_NOT_FOUND"):
            await office.ticket(ticket.code, caller)
    seen = await office.ticket(ticket.code, SELLER)
    assert (seen.own, seen.token, seen.holder) == (False, "", ""), "the agency sees that it holds, not whose it is"
    mine = (await office.order(sale, adult, caller=SITI)).order.code
    listed = await office.call(orders_pb2.ListOrdersRequest(), SITI)
    assert [one.code for one in listed.orders] == [mine]
    with refused("TICKET_CODE_MISTYPED"):
        await office.ticket(ticket.code[:-1] + ("2" if ticket.code[-1] != "2" else "3"), NOBODY, key)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"sale": "no id"}, "SALE_NOT_FOUND"),
        ({"sale": str(uuid7())}, "SALE_NOT_FOUND"),
        ({"wishes": [orders_pb2.OrderWish(type=str(uuid7()), quantity=1)]}, "TICKET_TYPE_UNKNOWN"),
        ({"day": "2026-02-30"}, "DAY_INVALID"),
        ({"wishes": []}, "TOO_MANY_TICKETS"),
    ],
)
async def test_a_wish_that_cannot_be_is_refused(office: Ticketing, fields: dict[str, Any], reason: str) -> None:
    sale, adult = await office.on_sale()
    with refused(reason):
        await office.order(**{"sale": sale, "type_": adult, **fields})


async def test_more_than_an_order_may_have_is_refused_and_a_type_is_named_once(office: Ticketing) -> None:
    sale, adult = await office.on_sale(most=4)
    with refused("TOO_MANY_TICKETS"):
        await office.order(sale, adult, 5)
    twice = [orders_pb2.OrderWish(type=adult, quantity=1)] * 2
    with refused("TICKET_TYPE_TWICE"):
        await office.order(sale, adult, wishes=twice)


async def test_a_destination_has_its_quota_on_each_day(office: Ticketing) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    adult = await office.sort(sale, quota=2)
    for day in ("2026-11-24", "2026-12-25"):
        await office.order(sale, adult, 2, day=day)
        with refused("SOLD_OUT"):
            await office.order(sale, adult, 1, day=day)
    for day, reason in (("", "DAY_INVALID"), ("2026-11-23", "SALE_DAY_OVER"), ("2027-11-24", "SALE_DAY_TOO_FAR")):
        with refused(reason):
            await office.order(sale, adult, 1, day=day)
    seen = await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale, day="2026-11-25"), NOBODY)
    assert seen.ticket_sale.types[0].left == 2


async def test_no_event_and_no_plain_column_holds_the_name(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    await office.paid(sale, adult)
    for table in ("outbox", "ticket_order", "ticket", "idempotency_key"):
        for row in await office.served.admin.fetch(f"SELECT * FROM branding.{table}"):
            assert "Rahma" not in repr(dict(row))


async def test_nobody_holds_a_house_that_they_do_not_pay_for(office: Ticketing) -> None:
    sale, adult = await office.on_sale(quota=300, most=10)
    free = await office.sort(sale, price=0, quota=300, most=10)

    async def take(times: int, caller: Caller, network: str = "", type_: str = adult) -> list[str]:
        origin = Origin(network=network)
        return [(await office.order(sale, type_, 10, caller, origin=origin)).order.code for _ in range(times)]

    await take(6, NOBODY, "one")
    with refused("TOO_MANY_UNPAID") as nobody:
        await take(1, NOBODY, "one")
    assert "With a login those of others do not count" in nobody.value.message
    await take(1, NOBODY, "another")
    await take(2, SITI, "one")
    assert len(await take(1, SITI, "one", free)) == 1, "a login has a bound of its own"
    for type_ in (adult, free):
        with refused("TOO_MANY_UNPAID") as somebody:
            await take(1, SITI, "two", type_)
        assert "login" not in somebody.value.message.lower()
        assert somebody.value.metadata == {"named": "30"}
    await take(4, SELLER)
    validator = replace(SELLER, subject="validator-disbudpar", roles=frozenset({"citizen", "operator"}))
    await take(3, validator)
    with refused("TOO_MANY_UNPAID"):
        await take(1, validator)
    await office.pay()
    await take(2, SITI)
    office.served.pass_time(minutes=20)
    await timers.expire(office.served.runtime)
    await take(2, SITI)
    with refused("TOO_MANY_UNPAID"):
        await take(1, SITI)
    office.served.pass_time(days=1, minutes=1)
    await timers.expire(office.served.runtime)
    await timers.forget_counted(office.served.runtime)
    sql = "SELECT count(*) FROM branding.ticket_order WHERE counted_by IS NOT NULL"
    assert await office.served.admin.fetchval(sql) == 0, "it is forgotten with the hold"
