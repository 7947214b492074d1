"""Random histories of orders against a model that counts with its fingers: seats, money and tickets always agree."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from services.branding.orders import model
from services.branding.orders.deciding import Asked, Book
from services.branding.orders.model import Line, Order, State
from services.branding.sales.model import Admission, Reentry, Sale, Seats, TicketType, seats_id, seats_of
from services.branding.sales.model import State as SaleState
from services.kit import codes
from services.kit.errors import DomainError

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PRICE = 25_000


def sale_of(**fields: object) -> Sale:
    """A sale of something in a month."""
    good: dict[str, object] = {
        "id": uuid4(), "version": 1, "state": SaleState.OPEN, "agency": "disbudpar", "occasion": uuid4(),
        "event": uuid4(), "event_code": "semawis", "day": (NOW + timedelta(days=30)).date(), "moved_at": None,
        "destination": "", "title_id": "Semawis", "title_en": "Semawis", "venue": "", "waiting_room": False, "note": "",
        "starts_at": NOW + timedelta(days=30), "ends_at": NOW + timedelta(days=30, hours=4), "opens_at": NOW,
        "opened_by": "officer", "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip
    return Sale(**{**good, **fields})  # type: ignore[arg-type]


def type_of(sale: Sale, quota: int, **fields: object) -> TicketType:
    """A type of it."""
    good: dict[str, object] = {
        "id": uuid4(), "version": 1, "sale": sale.id, "name_id": "Dewasa", "name_en": "Adults", "price": PRICE,
        "quota": quota, "most": 6, "open": True, "admission": Admission.ONCE, "reentry": Reentry.NONE, "gates": (),
        "refund_hours": 24, "refund_percent": 90, "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip
    return TicketType(**{**good, **fields})  # type: ignore[arg-type]


class Histories(RuleBasedStateMachine):
    """What people, the bank and the clock do to the seats of two types, in any order."""

    orders = Bundle("orders")

    @initialize(quotas=st.tuples(st.integers(1, 8), st.integers(1, 8)))
    def begin(self, quotas: tuple[int, int]) -> None:
        """Opens a sale."""
        self.sale = sale_of()
        self.types = {one.id: one for one in (type_of(self.sale, quota) for quota in quotas)}
        day = (NOW + timedelta(days=30)).date()
        self.seats: dict[UUID, Seats] = {seats_id(one.id, day): seats_of(one, day) for one in self.types.values()}
        self.known: dict[UUID, tuple[Order, list[Line]]] = {}
        self.received: dict[UUID, int] = {}
        self.returned: dict[UUID, int] = {}
        self.tickets: dict[UUID, dict[UUID, int]] = {}
        """By order and seats, those that hold."""

    @rule(target=orders, first=st.integers(0, 4), second=st.integers(0, 4))
    def order(self, first: int, second: int) -> UUID:
        """Somebody orders; an order of nothing is none."""
        counts = [(type_, count) for type_, count in zip(self.types, (first, second), strict=True) if count]
        book = Book(
            zone=UTC, now=NOW, hold=timedelta(minutes=15), sales={self.sale.id: self.sale}, types=self.types,
            seats=dict(self.seats), code=lambda: codes.new("SMGB"),
        )  # fmt: skip
        free = {self.seats[seats_id(type_, self.day)].left >= count for type_, count in counts}
        taken = book.take(Asked(self.sale.id, counts, None, "")) if counts else None
        if taken is None or isinstance(taken, DomainError):
            assert not counts or False in free or self.sale.state is not SaleState.OPEN
            return uuid4()
        assert free == {True}, "all of it or nothing"
        self.seats = book.seats
        self.known[taken.order.id] = (taken.order, taken.lines)
        return taken.order.id

    @rule(order=orders)
    def pay(self, order: UUID) -> None:
        """The bank tells of money; of the same money again it may, but economy tells once."""
        if order not in self.known:
            return
        now, lines = self.known[order]
        before = self.received.get(order, 0)
        self.received[order] = now.amount
        gone = "SALE_CANCELLED" if self.sale.state is SaleState.CANCELLED else ""
        moved = model.capture(now, lines, self.seats, NOW, gone)
        self._take(moved.order, lines, dict(moved.seats))
        if moved.returns:
            self.returned[order] = self.returned.get(order, 0) + now.amount
        if moved.issues:
            self.tickets[order] = {line.seats: line.quantity for line in lines}
        assert not before or moved.order is now, "money that was told before changes nothing"

    @rule(order=orders, why=st.sampled_from([State.EXPIRED, State.CANCELLED]))
    def over(self, order: UUID, why: State) -> None:
        """Its hold ends, or it is given up."""
        if order in self.known:
            now, lines = self.known[order]
            moved = model.end(now, lines, self.seats, why, why.value, NOW)
            self._take(moved.order, lines, dict(moved.seats))

    @rule(order=consumes(orders))
    def give_back(self, order: UUID) -> None:
        """One of its tickets is given back in time."""
        held = self.tickets.get(order, {})
        for seats, count in held.items():
            if count:
                held[seats] -= 1
                self.seats[seats] = self.seats[seats].take_back(1)
                back = self.types[self.seats[seats].type].refund(PRICE, NOW + timedelta(days=30), NOW)
                assert back == PRICE * 90 // 100
                self.returned[order] = self.returned.get(order, 0) + back
                return

    @rule(more=st.integers(-3, 3))
    def resize(self, more: int) -> None:
        """The organiser makes room, or wants fewer: never fewer than are taken."""
        for id_, one in self.seats.items():
            with suppress(DomainError):
                self.seats[id_] = one.resize(max(1, one.quota + more))

    @rule()
    def cancel(self) -> None:
        """It does not take place: nothing more is sold, and later money goes back."""
        if len(self.known) > 3:
            self.sale = replace(self.sale, state=SaleState.CANCELLED)

    @property
    def day(self) -> date:
        """The day of the seats."""
        return next(iter(self.seats.values())).day

    def _take(self, order: Order, lines: list[Line], seats: dict[UUID, Seats]) -> None:
        self.known[order.id] = (order, lines)
        self.seats |= seats

    @invariant()
    def never_oversold(self) -> None:
        """Capacity, and what is said of it, is what orders and tickets make."""
        for id_, one in getattr(self, "seats", {}).items():
            held = sum(
                line.quantity
                for order, lines in self.known.values()
                if order.state is State.HELD
                for line in lines
                if line.seats == id_
            )
            sold = sum(of.get(id_, 0) for of in self.tickets.values())
            assert (one.held, one.sold) == (held, sold)
            assert one.left >= 0

    @invariant()
    def money_and_tickets_agree(self) -> None:
        """What was received and not returned is what tickets cost, less what is kept of those given back."""
        for order, received in getattr(self, "received", {}).items():
            now, lines = self.known[order]
            holds = sum(self.tickets.get(order, {}).values())
            kept = received - self.returned.get(order, 0)
            if now.state is State.RETURNED:
                assert (kept, holds) == (0, 0)
            else:
                given_back = sum(line.quantity for line in lines) - holds
                assert kept == holds * PRICE + given_back * (PRICE - PRICE * 90 // 100)


Histories.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestHistories = Histories.TestCase
