"""Random histories at the real pillar against a plain model: orders, holds, money, tickets, call-offs and gates.

Whatever happens in whatever order: no more is sold than there is, money and tickets agree, gates admit as the rules
say, and each refusal has the reason that the model names.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from services.branding.cancellations import store as cancelling
from services.branding.cancellations import timers as cancellations
from services.branding.orders import timers as orders
from services.branding.sales import actions as selling
from smartcity.branding.v1 import gates_pb2, orders_pb2, ticket_sales_pb2, tickets_pb2
from smartcity.types.v1.payments_pb2 import PaymentRequested
from tests.branding.city_events.stage import Stage
from tests.branding.tickets.agreeing import Agreeing
from tests.branding.tickets.plain import Move, Order, Sale, Sort, Ticket, Town
from tests.branding.tickets.ticketing import NOBODY, NOW, SELLER, Ticketing, stamp, word

ANY = st.integers(0, 99)
"""Which of those that there are."""


class Histories(Agreeing):
    """What people, the bank, the clock, the organiser and phones at gates do, in any order."""

    @initialize(quotas=st.tuples(*[st.integers(2, 6)] * 4), late=st.booleans())
    def begin(self, quotas: Sequence[int], late: bool) -> None:
        """Two sales: one of types with different rules, one that lets in daily. Some histories begin at the gates."""
        self.office.served.now = NOW
        self.town = Town(NOW)
        self.queues: dict[str, list[tuple[str, Ticket, str, datetime, bool]]] = {}
        self.sales = []
        self.gates: list[tuple[str, Sale]] = []
        self.uploaded: dict[str, str] = {}
        self.scans = self.answered = self.nights = 0
        self.do(self._open(quotas))
        if late:
            for sort in (1, 3):
                self.order(sort, 1)
                self.pay(0, late=False, twice=False)
            self.doors(4)

    async def _open(self, quotas: Sequence[int]) -> None:
        once, exits = ticket_sales_pb2.TICKET_ADMISSION_ONCE, ticket_sales_pb2.TICKET_REENTRY_AFTER_EXIT
        daily = ticket_sales_pb2.TICKET_ADMISSION_DAILY
        offered: tuple[tuple[int, int, int, int, dict[str, Any]], ...] = (
            (0, 25_000, 90, 24, {"admission": once}),
            (0, 20_000, 50, 0, {"admission": once, "reentry": exits}),
            (0, 0, 0, 0, {"admission": once}),
            (1, 20_000, 50, 24, {"admission": daily, "reentry": exits}),
        )
        for _ in range(2):
            one = await self.office.sale(hours=34)
            begins, ends = (at.ToDatetime(UTC) for at in (one.start_time, one.end_time))
            self.sales.append(Sale(one.id, one.event, one.occasion, begins, ends))
        for number, gate in ((0, "A"), (0, "B"), (1, "C")):
            asked = gates_pb2.CreateGateRequest(sale=self.sales[number].id, name=gate)
            self.gates.append(((await self.office.call(asked, SELLER)).gate.id, self.sales[number]))
        for (number, price, percent, hours, rules), quota in zip(offered, quotas, strict=True):
            sale = self.sales[number]
            terms = {"price": price, "quota": quota, "refund_percent": percent, "refund_hours": hours}
            id_ = await self.office.sort(sale.id, **terms, **rules)
            daily_, again = rules["admission"] == daily, "reentry" in rules
            self.town.sorts.append(Sort(id_, sale, price, quota, percent, hours, daily_, again))

    @rule(sort=ANY, count=st.integers(1, 4))
    def order(self, sort: int, count: int) -> None:
        """Somebody orders."""
        wanted = self.town.sorts[sort % len(self.town.sorts)]
        wishes = [orders_pb2.OrderWish(type=wanted.id, quantity=count)]
        asked = orders_pb2.CreateOrderRequest(sale=wanted.sale.id, wishes=wishes, holder="Siti Rahma")
        expected = self.town.order(wanted, count)
        answer, refusal = self.tried(asked)
        assert refusal == expected
        if not refusal:
            state = "held" if wanted.price else "paid"
            made = Order(answer.order.code, answer.order.id, wanted, count, self.town.now, state)
            self.town.orders.append(made)
            self._issued(made, answer.order.tickets)

    @precondition(lambda self: self._unpaid())
    @rule(which=ANY, late=st.booleans(), twice=st.booleans())
    def pay(self, which: int, late: bool, twice: bool) -> None:
        """The bank tells of money, once or twice; in time, after the hold, or for what was given up."""
        if late:
            self.wait(16, ends=True)
        order = self._pick(self._unpaid(), which)
        asked = PaymentRequested(request=order.id)
        asked.amount.units = order.count * order.sort.price
        for _ in range(1 + twice):
            self.do(self.office.capture(asked))
        if self.town.pay(order):
            self._issued(order, self.do(self.office.read(order.code)).tickets)

    def _unpaid(self) -> list[Order]:
        return [one for one in self.town.orders if one.sort.price and not one.received]

    def _issued(self, order: Order, tickets: Sequence[tickets_pb2.Ticket]) -> None:
        assert len(tickets) == (order.count if order.state == "paid" else 0)
        self.town.tickets += [Ticket(one.code, order, order.sort, one.link_key, [one.token]) for one in tickets]

    @precondition(lambda self: self._unpaid())
    @rule(which=ANY)
    def give_up(self, which: int) -> None:
        """A buyer wants an order no more."""
        order = self._pick(self._unpaid(), which)
        etag = self.do(self.office.read(order.code)).etag
        _, refusal = self.tried(orders_pb2.CancelOrderRequest(code=order.code, etag=etag))
        assert refusal == ("" if order.state == "held" else "ORDER_NOT_OPEN")
        order.state = "cancelled" if order.state == "held" else order.state

    @precondition(lambda self: any(one.state == "held" for one in self.town.orders))
    @rule(minutes=st.sampled_from([1, 16, 16, 60]), ends=st.booleans())
    def wait(self, minutes: int, ends: bool) -> None:
        """Time passes, and the timer of holds comes round or not."""
        self._pass(timedelta(minutes=minutes))
        if ends:
            self.do(orders.expire(self.office.served.runtime))
            self.town.expire()

    @precondition(lambda self: any(one.valid for one in self.town.tickets))
    @rule(which=ANY)
    def give_back(self, which: int) -> None:
        """A holder wants the money back."""
        ticket = self._pick(self.town.tickets, which)
        asked = tickets_pb2.CancelTicketRequest(code=ticket.code, etag=self._etag(ticket), link_key=ticket.key)
        _, refusal = self.tried(asked, NOBODY)
        assert refusal == self.town.give_back(ticket)

    @precondition(lambda self: self.town.tickets)
    @rule(which=ANY, sort=ANY)
    def change(self, which: int, sort: int) -> None:
        """A holder wants another type."""
        ticket, wanted = self._pick(self.town.tickets, which), self._pick(self.town.sorts, sort)
        asked = tickets_pb2.ChangeTicketRequest(
            code=ticket.code, etag=self._etag(ticket), link_key=ticket.key, type=wanted.id
        )
        was = ticket.sort
        answer, refusal = self.tried(asked, NOBODY)
        assert refusal == self.town.change(ticket, wanted)
        if answer:
            ticket.go_on(self._token(ticket), self.town.now, was)

    @precondition(lambda self: self.town.tickets)
    @rule(which=ANY, back=st.booleans())
    def transfer(self, which: int, back: bool) -> None:
        """A holder passes it on to who takes it over, or takes it back; the code that was is kept by who had it."""
        ticket = self._pick(self.town.tickets, which)
        asked = tickets_pb2.TransferTicketRequest(
            code=ticket.code, etag=self._etag(ticket), link_key=ticket.key, holder="Budi"
        )
        answer, refusal = self.tried(asked, NOBODY)
        assert refusal == self.town.usable(ticket)
        if answer:
            about = {"code": ticket.code, "etag": answer.ticket.etag}
            if back:
                recalling = tickets_pb2.RecallTicketRequest(**about, link_key=ticket.key)
                self.do(self.office.call(recalling, NOBODY))
            else:
                taking = tickets_pb2.TakeTicketOverRequest(**about, link_key=answer.link_key)
                ticket.key = self.do(self.office.call(taking, NOBODY)).link_key
            ticket.go_on(self._token(ticket), self.town.now, ticket.sort)

    @precondition(lambda self: len(self.town.orders) > 3)
    @rule(which=ANY, more=st.integers(-3, 3))
    def resize(self, which: int, more: int) -> None:
        """The organiser makes room, or wants fewer: never fewer than are taken."""
        sort = self._pick(self.town.sorts, which)
        quota = max(1, sort.quota + more)
        seen = self.do(self.office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sort.sale.id))).ticket_sale
        etag = next(one.etag for one in seen.types if one.id == sort.id)
        asked = ticket_sales_pb2.ChangeTicketTypeRequest(id=sort.id, etag=etag, quota=quota, open=True)
        _, refusal = self.tried(asked, SELLER)
        fewer = quota != sort.quota and quota < sum(self.town.taken(sort))
        assert refusal == ("SALE_CANCELLED" if sort.sale.off else "QUOTA_BELOW_SOLD" if fewer else "")
        sort.quota = sort.quota if refusal else quota

    @precondition(lambda self: len(self.town.tickets) > 3)
    @rule(which=ANY, date=st.booleans())
    def call_off(self, which: int, date: bool) -> None:
        """It does not take place: the sale is called off, or its date, which takes the sale along."""
        sale = self.sales[which % 2]
        if not sale.off and self.town.now < sale.begins:
            self.do(self._date_off(sale) if date else self._sale_off(sale))
            sale.off_at = self.town.now

    async def _sale_off(self, sale: Sale) -> None:
        seen = (await self.office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale.id))).ticket_sale
        await self.office.call(
            ticket_sales_pb2.CancelTicketSaleRequest(id=sale.id, etag=seen.etag, note="Jembatan menuju lokasi putus."),
            SELLER,
        )

    async def _date_off(self, sale: Sale) -> None:
        stage = Stage(self.office.served)
        one = await stage.cancel_date(await stage.read(sale.event), sale.occasion)
        for _ in range(2):
            async with self.office.served.runtime.transaction() as tx:
                await selling.follow(tx, UUID(one.id))

    @precondition(lambda self: any(one.off for one in self.sales))
    @rule()
    def take_back(self) -> None:
        """The timer ends what is not paid of what was called off, and takes back its tickets."""
        self.do(cancellations.take_back(self.office.served.runtime))
        for sale in self.sales:
            if sale.off:
                self.town.take_back(sale)

    @precondition(lambda self: self.town.back > self.answered)
    @rule(reason=st.sampled_from(["", "", "INSUFFICIENT_FUNDS"]), twice=st.booleans())
    def economy(self, reason: str, twice: bool) -> None:
        """Economy gives back what it was asked for, or cannot."""
        self.do(self.office.give_back(reason, twice=twice))
        self.answered = self.town.back

    @precondition(lambda self: self.town.tickets and self.town.now < self.sales[0].begins - timedelta(hours=4))
    @rule(hours=st.sampled_from([1, 4]))
    def doors(self, hours: int) -> None:
        """The day comes: an hour before it begins, or when holders can still do something with their tickets."""
        self._pass(self.sales[0].begins - timedelta(hours=hours) - self.town.now)

    @precondition(lambda self: self._open_now() and self.scans > 2 * self.nights)
    @rule(hours=st.sampled_from([18, 22]))
    def next_day(self, hours: int) -> None:
        """The night, or the next day of what takes two."""
        self.nights += 1
        self._pass(timedelta(hours=hours))

    @precondition(lambda self: self._open_now())
    @rule(which=ANY, gate=ANY, old=st.booleans(), leaving=st.booleans())
    def show(self, which: int, gate: int, old: bool, leaving: bool) -> None:
        """A ticket, or what it was before it was passed on, is shown at a gate with a connection."""
        self._pass(timedelta(seconds=1))
        ticket, (id_, sale) = self._pick(self.town.tickets[-3:], which), self._pick(self.gates, gate)
        token, now = ticket.tokens[0 if old else -1], self.town.now
        at = max([now, *(one.at + timedelta(microseconds=1) for one in ticket.moves.values())])
        expected = self.town.judge(ticket, sale, token, at, leaving)
        self.scans += 1
        scan = f"{id_[-8:]}-{self.scans:06}"
        assert self._upload(id_, [(scan, ticket, token, now, leaving)], offline=False) == [expected]
        if expected in ("admitted", "readmitted", "left"):
            ticket.moves[scan] = Move(at, sale.day(at), leaving, wrong=False)

    @precondition(lambda self: self._open_now())
    @rule(which=ANY, gate=ANY, old=st.booleans(), leaving=st.booleans())
    def show_offline(self, which: int, gate: int, old: bool, leaving: bool) -> None:
        """The same without a connection: whatever should be, it happens, and the phone keeps it."""
        self._pass(timedelta(seconds=1))
        ticket, (id_, _) = self._pick(self.town.tickets[-3:], which), self._pick(self.gates, gate)
        self.scans += 1
        token, scan = ticket.tokens[0 if old else -1], f"{id_[-8:]}-{self.scans:06}"
        self.queues.setdefault(id_, []).append((scan, ticket, token, self.town.now, leaving))

    @precondition(lambda self: any(self.queues.values()))
    @rule(which=ANY, most=st.integers(1, 5), lost=st.booleans())
    def merge(self, which: int, most: int, lost: bool) -> None:
        """A phone uploads some of what it kept; where the answer is lost, it does so again later."""
        id_, queue = self._pick([one for one in self.queues.items() if one[1]], which)
        sale = next(of for name, of in self.gates if name == id_)
        part = queue[-most:]
        self._upload(id_, part, offline=True)
        self.queues[id_] = queue if lost else queue[:-most]
        for scan, ticket, token, at, leaving in part:
            if scan in self.uploaded:
                continue
            verdict = self.uploaded[scan] = self.town.judge(ticket, sale, token, at, leaving, offline=True)
            if verdict not in ("elsewhere", "time_invalid"):
                wrong = verdict in ("cancelled", "superseded", "other_day")
                ticket.moves[scan] = Move(at, sale.day(at), leaving, wrong)
            else:
                ticket.strange.add(scan)

    def _upload(
        self, gate: str, shown: Sequence[tuple[str, Ticket, str, datetime, bool]], *, offline: bool
    ) -> list[str]:
        scans = [
            gates_pb2.Scan(scan=scan, shown=token, time=stamp(at), exit=leaving)
            for scan, _, token, at, leaving in shown
        ]
        asked = gates_pb2.UploadScansRequest(id=gate, scans=scans, offline=offline)
        results = self.do(self.office.call(asked, SELLER)).results
        return [word(gates_pb2.ScanVerdict, one.verdict) for one in results]

    def _open_now(self) -> bool:
        """Whether somebody could stand at a gate."""
        sale = self.sales[0]
        return bool(self.town.tickets) and self.town.now >= sale.begins - timedelta(hours=4)


async def test_whatever_happens_seats_money_and_admissions_are_as_a_plain_model_says(
    office: Ticketing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cancelling, "AT_ONCE", 2)
    Histories.office, Histories.loop = office, asyncio.get_running_loop()
    few = settings(max_examples=8, stateful_step_count=40, phases=[Phase.generate])
    await asyncio.to_thread(run_state_machine_as_test, Histories, settings=few)
