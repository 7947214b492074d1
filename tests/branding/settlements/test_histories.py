"""Random histories of two sales at the real pillar: settlements always say what economy captured and gave back."""

from collections import Counter
from contextlib import suppress
from random import Random

import pytest

from services.branding.cancellations import timers as cancellations
from services.branding.orders import timers as orders
from services.branding.settlements import timers
from smartcity.branding.v1 import orders_pb2, ticket_sales_pb2, tickets_pb2
from smartcity.branding.v1 import ticket_settlements_pb2 as pb
from smartcity.types.v1.payments_pb2 import PaymentRequested
from smartcity.types.v1.refunds_pb2 import PaymentRefundRequested
from tests.branding.tickets.ticketing import SELLER, Ticketing
from tests.governance.conftest import RefusedError

STEPS = 60


@pytest.mark.parametrize("seed", [1, 2])
async def test_settlements_agree_with_economy_after_any_history(office: Ticketing, seed: int) -> None:
    chance, served = Random(seed), office.served
    kinds: dict[str, list[str]] = {}
    for _ in range(2):
        sale, dear = await office.on_sale(quota=6)
        kinds[sale] = [dear, await office.sort(sale, price=20_000, quota=6, refund_percent=50)]
    known: list[orders_pb2.Order] = []
    for number in range(STEPS):
        with suppress(RefusedError):
            await _step(office, chance, kinds, known, late=number > STEPS // 2)
        if chance.random() < 0.2:
            await timers.fold_counters(served.runtime)
    await _agree(office, kinds)
    await cancellations.take_back(served.runtime)
    await office.pay()
    await office.give_back()
    await _agree(office, kinds)


async def _step(
    office: Ticketing, chance: Random, kinds: dict[str, list[str]], known: list[orders_pb2.Order], *, late: bool
) -> None:
    """One thing happens: to an order or a ticket that there is, to the money, or to time."""
    sale = chance.choice(list(kinds))
    doing = chance.choice(["order", "order", "pay", "expire", "return", "change", "back", "refuse", *["off"] * late])
    if doing == "order":
        known.append((await office.order(sale, chance.choice(kinds[sale]), chance.randint(1, 3))).order)
    elif doing == "pay":
        await office.pay(twice=chance.random() < 0.3)
    elif doing == "expire":
        office.served.pass_time(minutes=chance.choice([5, 20]))
        await orders.expire(office.served.runtime)
    elif doing in ("return", "change") and known:
        ticket = chance.choice((await office.read(chance.choice(known).code)).tickets or [None])
        if ticket is not None and doing == "return":
            await office.call(tickets_pb2.CancelTicketRequest(code=ticket.code, etag=ticket.etag))
        elif ticket is not None:
            wanted = chance.choice(kinds[sale])
            await office.call(tickets_pb2.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=wanted))
    elif doing in ("back", "refuse"):
        await office.give_back("INSUFFICIENT_FUNDS" if doing == "refuse" else "", twice=chance.random() < 0.3)
    elif doing == "off" and chance.random() < 0.2:
        found = (await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale), SELLER)).ticket_sale
        asked = ticket_sales_pb2.CancelTicketSaleRequest(id=sale, etag=found.etag, note="Jembatan menuju lokasi putus.")
        await office.call(asked, SELLER)


async def _agree(office: Ticketing, kinds: dict[str, list[str]]) -> None:
    """Each sum is what economy was asked for and did, and all of it is what tickets cost and what was kept of them."""
    admin = office.served.admin
    of_order = {row["id"]: str(row["sale"]) for row in await admin.fetch("SELECT id, sale FROM branding.ticket_order")}
    captured: Counter[str] = Counter()
    for asked in await office.told(PaymentRequested):
        if asked.request in office.answered:
            captured[next(sale for id_, sale in of_order.items() if str(id_) == asked.request)] += asked.amount.units
    owed: Counter[str] = Counter()
    done: Counter[str] = Counter()
    for row in await admin.fetch("SELECT sale, state, amount FROM branding.ticket_refund"):
        owed[str(row["sale"])] += row["amount"]
        done[str(row["sale"])] += row["amount"] if row["state"] == "done" else 0
    asked_for = {one.refund.partition(".")[0]: one.amount.units for one in await office.told(PaymentRefundRequested)}
    assert sum(asked_for.values()) == sum(owed.values()), "all that goes back was asked for, each once"
    moved = 0
    for sale in kinds:
        found = (await office.call(pb.ListTicketSettlementsRequest(sale=sale), SELLER)).settlements[0]
        assert found.captured.units == captured[sale]
        assert (found.refunded.units, found.open.units) == (done[sale], owed[sale] - done[sale])
        assert found.kept.units == captured[sale] + found.moved.units - owed[sale] >= 0
        holds = (
            "SELECT count(*) FILTER (WHERE state = 'valid'), count(*) FROM branding.ticket WHERE sale = $1::text::uuid"
        )
        counts = await admin.fetchrow(holds, sale)
        assert counts is not None
        valid, there = counts
        assert (found.tickets, found.tickets - found.taken_back) == (there, valid)
        moved += found.moved.units
    assert moved == 0, "what went from one sale came to the other"
