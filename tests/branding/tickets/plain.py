"""What should become of orders, money, tickets and scans, counted plainly: no database, no batches, no codes.

Amounts are whole units; times are the pillar's. What is refused is named by its reason; ``""`` says that it is done.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Jakarta")
HOLD = timedelta(minutes=15)
PAYABLE = timedelta(days=1)
KEPT = timedelta(days=7)
"""How late a scan is taken."""
EARLY = timedelta(hours=3)
"""How long before the begin tickets stay as they are."""


@dataclass
class Sale:
    """A date that is sold for."""

    id: str
    event: str
    occasion: str
    begins: datetime
    ends: datetime
    off_at: datetime | None = None
    """When it was called off."""

    @property
    def off(self) -> bool:
        """Whether it was called off."""
        return self.off_at is not None

    @property
    def days(self) -> list[date]:
        """Those on which it takes place."""
        first, last = self.begins.astimezone(ZONE).date(), self.ends.astimezone(ZONE).date()
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]

    def day(self, at: datetime) -> date:
        """That a moment counts for: until five in the morning it is the evening before."""
        here = at.astimezone(ZONE)
        night = here.date() in self.days[1:] and here.hour < 5
        return here.date() - timedelta(days=night)


@dataclass
class Sort:
    """A type of tickets of a sale."""

    id: str
    sale: Sale
    price: int
    quota: int
    percent: int
    hours: int
    daily: bool = False
    again: bool = False
    """Whether who went out may come in again that day."""


@dataclass
class Order:
    """What somebody wants."""

    code: str
    id: str
    sort: Sort
    count: int
    made: datetime
    state: str
    received: int = 0
    back: int = 0
    """What goes back of it, in all."""


@dataclass
class Move:
    """Somebody came in or went out."""

    at: datetime
    day: date
    leaving: bool
    wrong: bool


@dataclass
class Ticket:
    """One that was made."""

    code: str
    order: Order
    sort: Sort
    key: str
    tokens: list[str]
    """What was shown of it; the last one holds."""
    valid: bool = True
    moves: dict[str, Move] = field(default_factory=dict)
    """By what the gate calls them."""
    was: dict[str, tuple[datetime, Sort]] = field(default_factory=dict)
    """Until when each of those before the last held, and of what type it was; of the last, until it was taken back."""
    strange: set[str] = field(default_factory=set)
    """Scans that let in what is of another sale, or too long ago to be a move."""

    def go_on(self, token: str, now: datetime, was: Sort) -> None:
        """From now on another code of it holds."""
        self.was[self.tokens[-1]] = (now, was)
        self.tokens.append(token)

    def right(self, at: datetime, day: date) -> bool:
        """Whether it lets in now, by what is known."""
        tried = {**self.moves, "now": Move(at, day, leaving=False, wrong=False)}
        return "now" not in self._amiss(tried)

    @property
    def amiss(self) -> set[str]:
        """Scans that should not have happened."""
        return self._amiss(self.moves) | self.strange

    def _amiss(self, moves: dict[str, Move]) -> set[str]:
        """Each day's moves by themselves: what one day allows, and whether that day is one that the ticket opens."""
        found = {name for name, one in moves.items() if one.wrong}
        opened: date | None = None
        inside = False
        for name, one in sorted(moves.items(), key=lambda each: each[1].at):
            fresh = opened is None or (self.sort.daily and one.day > opened)
            back = one.day == opened and self.sort.again and not inside
            if not one.leaving and not (fresh or back):
                found.add(name)
            if not one.leaving and fresh:
                opened = one.day
            inside = not one.leaving
        return found


@dataclass
class Town:
    """All that there is."""

    now: datetime
    sorts: list[Sort] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)

    @property
    def back(self) -> int:
        """What goes back in all."""
        return sum(one.back for one in self.orders)

    def taken(self, sort: Sort) -> tuple[int, int]:
        """How many of a type are held and sold."""
        held = sum(one.count for one in self.orders if one.sort is sort and one.state == "held")
        return held, sum(one.valid for one in self.tickets if one.sort is sort)

    def left(self, sort: Sort) -> int:
        """How many can be had."""
        return sort.quota - sum(self.taken(sort))

    def unsellable(self, sale: Sale) -> str:
        """Why nothing of it can be had any more."""
        return "SALE_CANCELLED" if sale.off else "SALE_OVER" if self.now >= sale.ends else ""

    def order(self, sort: Sort, count: int) -> str:
        """Whether it can be ordered."""
        return self.unsellable(sort.sale) or ("SOLD_OUT" if count > self.left(sort) else "")

    def pay(self, order: Order) -> bool:
        """Money comes for an order, once. Whether tickets are made."""
        order.received = order.count * order.sort.price
        free = order.state == "held" or order.count <= self.left(order.sort)
        kept = order.state in ("held", "expired") and free and not self.unsellable(order.sort.sale)
        order.state = "paid" if kept else "returned"
        order.back = 0 if kept else order.received
        return kept

    def expire(self) -> None:
        """Holds end."""
        for one in self.orders:
            if one.state == "held" and one.made + HOLD < self.now:
                one.state = "expired"

    def usable(self, ticket: Ticket) -> str:
        """Why its holder can do nothing with it."""
        if not ticket.valid:
            return "TICKET_CANCELLED"
        if any(not one.leaving for one in ticket.moves.values()):
            return "TICKET_USED"
        sale = ticket.sort.sale
        if sale.off:
            return "SALE_CANCELLED"
        return "TICKET_AT_GATES" if sale.begins - EARLY <= self.now < sale.ends else ""

    def closed(self, sort: Sort) -> bool:
        """Whether it is too late for what holders may do with one."""
        if sort.price == 0:
            return self.now >= sort.sale.begins
        return sort.percent == 0 or self.now > sort.sale.begins - timedelta(hours=sort.hours)

    def give_back(self, ticket: Ticket) -> str:
        """Its holder wants the money."""
        if refusal := self.usable(ticket) or ("RETURN_TOO_LATE" if self.closed(ticket.sort) else ""):
            return refusal
        ticket.valid = False
        ticket.order.back += ticket.sort.price * ticket.sort.percent // 100
        return ""

    def change(self, ticket: Ticket, wanted: Sort) -> str:
        """Its holder wants another type."""
        refusal = self.usable(ticket) or self.unsellable(wanted.sale) or self._worse(ticket.sort, wanted)
        if not refusal and wanted is ticket.sort:
            refusal = "SAME_TICKET"
        if not refusal and self.closed(ticket.sort):
            refusal = "CHANGE_TOO_LATE"
        if not refusal and self.left(wanted) < 1:
            refusal = "SOLD_OUT"
        if refusal:
            return refusal
        ticket.order.back += (ticket.sort.price - wanted.price) * ticket.sort.percent // 100
        ticket.sort = wanted
        return ""

    def _worse(self, mine: Sort, wanted: Sort) -> str:
        if wanted.price > mine.price:
            return "PRICE_HIGHER"
        better = wanted.percent > mine.percent or (wanted.percent > 0 and wanted.hours < mine.hours)
        return "RETURNS_MORE" if wanted.price and better else ""

    def take_back(self, sale: Sale) -> None:
        """It does not take place: all that holds goes back as a whole, and what is not paid is over."""
        for order in self.orders:
            recent = order.state == "expired" and order.made > self.now - PAYABLE
            if order.sort.sale is sale and (order.state == "held" or recent):
                order.state = "cancelled"
        for one in self.tickets:
            if one.valid and one.sort.sale is sale:
                one.valid = False
                one.was[one.tokens[-1]] = (self.now, one.sort)
                one.order.back += one.sort.price

    def judge(
        self, ticket: Ticket, sale: Sale, token: str, at: datetime, leaving: bool, *, offline: bool = False
    ) -> str:
        """What a gate of a sale says now of what was shown at a time; ``offline``: by what held then."""
        day = sale.day(at)
        until, was = ticket.was.get(token, (at, ticket.sort))
        held = offline and at < until
        off = sale.off_at is not None and not (offline and at < sale.off_at)
        if at < self.now - KEPT:
            return "time_invalid"
        if ticket.sort.sale is not sale or (held and was.sale is not sale):
            return "elsewhere"
        if not (ticket.valid or held) or off:
            return "cancelled"
        if token != ticket.tokens[-1] and not held:
            return "superseded"
        if day not in sale.days:
            return "other_day"
        if leaving:
            return "left"
        if not ticket.right(at, day):
            return "used"
        return "readmitted" if day in {one.day for one in ticket.moves.values() if not one.leaving} else "admitted"
