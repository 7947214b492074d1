"""What holds at the real pillar whatever happens: seats, money, tickets and admissions are as a plain model says."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant

from services.branding.refunds import timers as refunds
from services.branding.settlements import timers as settlements
from smartcity.branding.v1 import ticket_settlements_pb2 as settled
from smartcity.types.v1.payments_pb2 import PaymentRequested
from smartcity.types.v1.refunds_pb2 import PaymentRefundRequested
from tests.branding.tickets.plain import Sale, Ticket, Town
from tests.branding.tickets.ticketing import NOBODY, SELLER, Ticketing
from tests.governance.conftest import RefusedError

SEATS = "SELECT held, sold, quota FROM branding.ticket_seats WHERE type = $1::text::uuid"
ORDERS = """
SELECT state, (SELECT coalesce(sum(amount), 0) FROM branding.ticket_refund WHERE order_id = o.id)::bigint AS back
  FROM unnest($1::text[]) WITH ORDINALITY AS asked (code, place) JOIN branding.ticket_order o USING (code)
 ORDER BY place
"""
TICKETS = """
SELECT code, state, admissions FROM branding.ticket JOIN unnest($1::text[]) WITH ORDINALITY AS asked (code, place)
 USING (code) ORDER BY place
"""
AMISS = "SELECT scan FROM branding.ticket_scan WHERE amiss AND sale = ANY($1::text[]::uuid[])"


class Agreeing(RuleBasedStateMachine):
    """The pillar beside the model, which agree after every step and once all is settled."""

    office: Ticketing
    loop: asyncio.AbstractEventLoop
    town: Town
    sales: list[Sale]

    def do(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Waits for what runs where the pillar does."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def tried(self, request: Any, caller: Any = None) -> tuple[Any, str]:
        """The answer, or the reason for a refusal."""
        try:
            return self.do(self.office.call(request, *([caller] if caller else []))), ""
        except RefusedError as error:
            return None, error.reason

    @invariant()
    def as_the_model_says(self) -> None:
        """Capacity, money, tickets and admissions."""
        if self.town.orders:
            self.do(self._agree())

    async def _agree(self) -> None:
        admin, town = self.office.served.admin, self.town
        for sort in town.sorts:
            row = await admin.fetchrow(SEATS, sort.id)
            assert row is not None
            assert (row["held"], row["sold"], row["quota"]) == (*town.taken(sort), sort.quota)
            assert row["held"] + row["sold"] <= row["quota"], "never oversold"
        rows = await admin.fetch(ORDERS, [one.code for one in town.orders])
        assert [tuple(row) for row in rows] == [(one.state, one.back) for one in town.orders]
        rows = await admin.fetch(TICKETS, [one.code for one in town.tickets])
        entries = [sum(not each.leaving for each in one.moves.values()) for one in town.tickets]
        assert [(row["state"] == "valid", row["admissions"]) for row in rows] == [
            (one.valid, count) for one, count in zip(town.tickets, entries, strict=True)
        ]
        listed = {row["scan"] for row in await admin.fetch(AMISS, [one.id for one in self.sales])}
        assert listed == {scan for one in town.tickets for scan in one.amiss}

    def teardown(self) -> None:
        """In the end economy has given back all, and settlements say what it captured and gave back."""
        if getattr(self, "town", None) is not None and self.town.orders:
            self.do(self._settle())

    async def _settle(self) -> None:
        self._pass(timedelta(hours=7))
        await refunds.ask_again(self.office.served.runtime)
        await self.office.give_back()
        await settlements.fold_counters(self.office.served.runtime)
        await self._agree()
        mine = {one.id: one for one in self.town.orders}
        asked = Counter[str]()
        for one in await self.office.told(PaymentRequested):
            asked[one.request] += one.amount.units
        assert {id_: asked[id_] for id_ in mine} == {id_: one.count * one.sort.price for id_, one in mine.items()}
        back = {one.refund.partition(".")[0]: one for one in await self.office.told(PaymentRefundRequested)}
        total = sum(one.amount.units for one in back.values() if one.request in mine)
        assert total == sum(one.back for one in mine.values()), "all that goes back was asked for, each once"
        kept = 0
        for sale in self.sales:
            listed = await self.office.call(settled.ListTicketSettlementsRequest(sale=sale.id), SELLER)
            (found,) = listed.settlements
            of_sale = [one for one in mine.values() if one.sort.sale is sale]
            assert found.captured.units == sum(one.received for one in of_sale)
            assert found.open.units == 0
            assert found.tickets - found.taken_back == sum(
                one.valid for one in self.town.tickets if one.sort.sale is sale
            )
            assert found.kept.units >= 0
            kept += found.kept.units
        assert kept == sum(one.received - one.back for one in mine.values())

    def _pass(self, time: timedelta) -> None:
        self.town.now += time
        self.office.served.now = self.town.now

    @staticmethod
    def _pick(among: Sequence[Any], which: int) -> Any:
        return among[which % len(among)]

    def _etag(self, ticket: Ticket) -> str:
        etag: str = self.do(self.office.ticket(ticket.code, NOBODY, ticket.key)).etag
        return etag

    def _token(self, ticket: Ticket) -> str:
        token: str = self.do(self.office.ticket(ticket.code, NOBODY, ticket.key)).token
        return token
