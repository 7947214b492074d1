"""Waiting rooms over the real server: everybody gets a place, and turns come in order, each once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.branding.waiting import actions, store, timers
from smartcity.branding.v1 import orders_pb2, ticket_sales_pb2
from smartcity.branding.v1 import waiting_pb2 as pb
from smartcity.types.v1.origin_pb2 import Origin
from smartcity.types.v1.payments_pb2 import PaymentRequested
from tests.branding.tickets.ticketing import NOBODY, SELLER, SITI, Ticketing, stamp, state, word
from tests.governance.conftest import refused, request_id


async def room(office: Ticketing, quota: int = 10, opens: float = 1, **fields: Any) -> tuple[str, str]:
    """A sale with a waiting room that opens in so many minutes, and its type."""
    opening = stamp(office.served.now + timedelta(minutes=opens))
    sale = (await office.sale(waiting_room=True, open_time=opening)).id
    return sale, await office.sort(sale, quota=quota, **fields)


async def read(office: Ticketing, taken: pb.TakeWaitingPlaceResponse) -> pb.WaitingPlace:
    """A place, as who took it sees it."""
    request = pb.GetWaitingPlaceRequest(id=taken.place.id, link_key=taken.link_key)
    found: pb.WaitingPlace = (await office.call(request, NOBODY)).place
    return found


async def test_places_have_their_turn_in_order_when_the_sale_opens_and_one_key_opens_place_and_order(
    office: Ticketing,
) -> None:
    sale, adult = await room(office, quota=5)
    taken = [await office.place(sale, adult, count) for count in (2, 2, 2, 1)]
    assert [(one.place.number, one.place.before) for one in taken] == [(1, 0), (2, 1), (3, 2), (4, 3)]
    await timers.serve(office.served.runtime)
    assert (await read(office, taken[3])).before == 3, "before it opens nobody has a turn"
    office.served.pass_time(minutes=2)
    await timers.serve(office.served.runtime)
    seen = [await read(office, one) for one in taken]
    assert [word(pb.WaitingPlaceState, one.state) for one in seen] == ["served", "served", "refused", "served"]
    assert seen[2].reason == "SOLD_OUT", "what is left is for who wants no more than that"
    order = await office.read(seen[0].order, NOBODY, taken[0].link_key)
    assert (state(order), order.holder) == ("held", "Siti Rahma")
    assert len(await office.told(PaymentRequested)) == 3
    await office.pay()
    assert len((await office.read(seen[0].order, NOBODY, taken[0].link_key)).tickets) == 2


async def test_many_at_once_get_numbers_without_gaps_and_are_served_once_whoever_decides(
    office: Ticketing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "AT_ONCE", 7)
    sale, adult = await room(office, quota=40)
    taken = await asyncio.gather(*(office.place(sale, adult) for _ in range(60)))
    assert sorted(one.place.number for one in taken) == list(range(1, 61))
    office.served.pass_time(minutes=2)

    async def decide() -> None:
        served = 1
        while served:
            async with office.served.runtime.transaction() as tx:
                served = await actions.next_turn(tx)

    await asyncio.gather(*(decide() for _ in range(3)))
    rows = await office.served.admin.fetch("SELECT number, state FROM branding.waiting_place ORDER BY number")
    assert [row["state"] for row in rows] == ["served"] * 40 + ["refused"] * 20
    orders = await office.served.admin.fetchval("SELECT count(*) FROM branding.ticket_order")
    held = await office.served.admin.fetchval("SELECT held FROM branding.ticket_seats")
    assert (orders, held) == (40, 40)


async def test_nobody_waits_for_what_no_turn_could_give(office: Ticketing) -> None:
    sale, adult = await room(office, most=2)
    with refused("TOO_MANY_TICKETS"):
        await office.place(sale, adult, 3)
    with refused("TICKET_TYPE_TWICE"):
        await office.place(sale, adult, wishes=[orders_pb2.OrderWish(type=adult, quantity=1)] * 2)
    assert (await office.place(sale, adult, 2)).place.number == 1


async def test_a_place_is_taken_once_for_a_key_and_read_by_nobody_else(office: Ticketing) -> None:
    sale, adult = await room(office)
    key = request_id()
    both = await asyncio.gather(*(office.place(sale, adult, request_id=key) for _ in range(2)))
    assert len({(one.place.id, one.link_key) for one in both}) == 1
    for caller in (NOBODY, SITI, SELLER):
        with refused("WAITING_PLACE_NOT_FOUND"):
            await office.call(pb.GetWaitingPlaceRequest(id=both[0].place.id), caller)


async def test_a_place_that_is_asked_for_again_is_there_whatever_became_of_the_sale_meanwhile(
    office: Ticketing,
) -> None:
    sale, adult = await room(office)
    key = request_id()
    taken = await office.place(sale, adult, request_id=key)
    await stop(office, sale, "1")
    again = await office.place(sale, adult, request_id=key)
    assert (again.place.id, again.link_key) == (taken.place.id, taken.link_key), "else nobody could read it any more"
    with refused("SALE_STOPPED"):
        await office.place(sale, adult)


async def test_a_login_holds_no_more_unpaid_seats_by_waiting_than_by_ordering(office: Ticketing) -> None:
    sale, adult = await room(office, quota=100, most=10)
    taken = [await office.place(sale, adult, 10, SITI) for _ in range(4)]
    office.served.pass_time(minutes=2)
    await timers.serve(office.served.runtime)
    rows = await office.served.admin.fetch("SELECT state, reason FROM branding.waiting_place ORDER BY number")
    assert len(taken) == 4
    assert [tuple(row) for row in rows] == [*[("served", "")] * 3, ("refused", "TOO_MANY_UNPAID")]


async def test_nobody_holds_a_house_without_a_login_by_waiting_and_a_network_is_forgotten_with_the_turn(
    office: Ticketing,
) -> None:
    sale, adult = await room(office, quota=1_000, most=10)
    for network in ("one", "another"):
        for _ in range(25):
            await office.place(sale, adult, 10, origin=Origin(network=network))
    office.served.pass_time(minutes=2)
    await timers.serve(office.served.runtime)
    told = "SELECT state, reason, count(*), count(counted_by) FROM branding.waiting_place GROUP BY 1, 2 ORDER BY 1"
    rows = [tuple(row) for row in await office.served.admin.fetch(told)]
    assert rows == [("refused", "TOO_MANY_UNPAID", 2, 0), ("served", "", 48, 0)]


async def test_who_goes_round_the_room_is_sent_there_and_a_sale_without_one_has_none(office: Ticketing) -> None:
    sale, adult = await room(office, opens=-1)
    with refused("WAITING_ROOM_ONLY"):
        await office.order(sale, adult)
    plain, other = await office.on_sale()
    with refused("NO_WAITING_ROOM"):
        await office.place(plain, other)
    with refused("TICKET_TYPE_UNKNOWN"):
        await office.place(sale, other)
    row = await office.served.admin.fetchval("SELECT count(*) FROM branding.waiting_place")
    assert row == 0


async def stop(office: Ticketing, sale: str, etag: str, *, open_: bool = False) -> None:
    """The agency stops a sale, or lets it go on."""
    await office.call(ticket_sales_pb2.StopTicketSaleRequest(id=sale, etag=etag, open=open_), SELLER)


async def test_who_waits_for_a_stopped_sale_is_refused_and_forgotten_when_it_is_over(office: Ticketing) -> None:
    sale, adult = await room(office)
    taken = [await office.place(sale, adult) for _ in range(2)]
    await stop(office, sale, "1")
    office.served.pass_time(days=30)
    await timers.serve(office.served.runtime)
    assert (await read(office, taken[0])).before == 0, "it may go on"
    office.served.pass_time(hours=4)
    await timers.serve(office.served.runtime)
    seen = [await read(office, one) for one in taken]
    assert [(word(pb.WaitingPlaceState, one.state), one.reason) for one in seen] == [("refused", "SALE_OVER")] * 2
    office.served.pass_time(days=32)
    await timers.forget(office.served.runtime)
    assert await office.served.admin.fetchval("SELECT count(*) FROM branding.waiting_place") == 0


async def test_who_waits_for_a_day_of_a_stopped_sale_is_refused_when_that_is_over_and_others_wait_on(
    office: Ticketing,
) -> None:
    sale = (await office.sale(destination="lawang-sewu", waiting_room=True)).id
    entry = await office.sort(sale, price=0)
    days = ("2026-11-24", "2026-11-25", "2026-12-01")
    taken = [await office.place(sale, entry, day=day) for day in days]
    await stop(office, sale, "1")
    office.served.pass_time(days=2)
    await timers.serve(office.served.runtime)
    seen = [await read(office, one) for one in taken]
    assert [(word(pb.WaitingPlaceState, one.state), one.reason) for one in seen] == [
        ("refused", "SALE_DAY_OVER"), ("refused", "SALE_DAY_OVER"), ("waiting", ""),
    ]  # fmt: skip
    await stop(office, sale, "2", open_=True)
    office.served.pass_time(seconds=6)
    await timers.serve(office.served.runtime)
    assert word(pb.WaitingPlaceState, (await read(office, taken[2])).state) == "served"


async def test_names_wait_sealed_and_places_are_forgotten(office: Ticketing) -> None:
    sale, adult = await room(office, opens=-1)
    await office.place(sale, adult)
    for table in ("waiting_place", "idempotency_key", "outbox"):
        for one in await office.served.admin.fetch(f"SELECT * FROM branding.{table}"):
            assert "Rahma" not in repr(dict(one))
    await timers.serve(office.served.runtime)
    office.served.pass_time(days=32)
    await timers.forget(office.served.runtime)
    assert await office.served.admin.fetchval("SELECT count(*) FROM branding.waiting_place") == 0


async def test_who_waits_has_their_turn_sooner_where_tickets_are_on_sale_sooner(office: Ticketing) -> None:
    sale, adult = await room(office, opens=600)
    taken = await office.place(sale, adult)
    opening = stamp(office.served.now + timedelta(minutes=10))
    sooner = ticket_sales_pb2.StopTicketSaleRequest(id=sale, etag="1", open=True, open_time=opening)
    await office.call(sooner, SELLER)
    for minutes, expected in ((9, "waiting"), (2, "served")):
        office.served.pass_time(minutes=minutes)
        await timers.serve(office.served.runtime)
        assert word(pb.WaitingPlaceState, (await read(office, taken)).state) == expected
