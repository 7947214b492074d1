"""What becomes of orders that come together: one after the other, each with what it holds or why not. Pure.

Seats go on with each, so the last one is sold once whoever asks for it at the same moment.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple
from uuid import UUID

from services.branding.destinations.model import Destination
from services.branding.orders.model import Line, Order, State
from services.branding.sales import model as sales
from services.branding.sales.model import Sale, Seats, TicketType
from services.kit import ids
from services.kit.city.working_days import Calendar
from services.kit.errors import DomainError, invalid, not_found, precondition

MOST = 10
"""Tickets of one order."""
MOST_OF_LOGIN, MOST_OF_NETWORK, MOST_IN_TURN = 30, 60, 240
"""Tickets of one sale that are not paid or cost nothing: of a login, and of a network from which people order without
one, whom a family's address or a carrier's joins; in turn of such a network more, since whoever has waited is not sent
away for a few others. Whoever pays is counted no more."""
COUNTED = timedelta(days=1)
"""For how long an order that cost nothing is counted."""


class Asked(NamedTuple):
    """What somebody orders; ids are none where they are no ids."""

    sale: UUID | None
    wishes: Sequence[tuple[UUID | None, int]]
    day: date | None
    buyer: str
    queued: bool = False
    """Whether it waited for its turn in the waiting room."""
    id: UUID | None = None
    """That it gets, where it has one already."""
    counted_by: bytes | None = None
    """By what it is told how many they have; None where nobody counts: without an origin."""
    agency: str = ""
    """Whose officer orders: the agency that sells gives out as many as it will."""
    sealed: bytes | None = None
    """The name that its tickets are for, where it is sealed already."""

    @property
    def tickets(self) -> int:
        """How many it wants in all."""
        return sum(quantity for _, quantity in self.wishes)

    @property
    def alike(self) -> tuple[object, ...]:
        """What says which seats it needs: most of those who want something at the same moment want the same."""
        return self.sale, tuple(self.wishes), self.day, self.queued


class Taken(NamedTuple):
    """What an order holds."""

    order: Order
    lines: list[Line]


@dataclass
class Book:
    """What is known when orders come in; ``seats`` go on with each."""

    calendar: Calendar
    now: datetime
    hold: timedelta
    sales: Mapping[UUID, Sale]
    types: Mapping[UUID, TicketType]
    seats: dict[UUID, Seats]
    code: Callable[[], str]
    """Makes the code of a new order."""
    places: Mapping[str, Destination] = field(default_factory=dict)
    """The places whose days are sold, by their codes."""
    gated: Set[UUID] = frozenset()
    """Sales of which gates were opened."""
    counted: dict[bytes, int] = field(default_factory=dict)
    """Tickets that each of who orders has already, as far as they count; they go on with each order."""
    moved: dict[UUID, Seats] = field(default_factory=dict)
    """Those that are not as they were."""
    _needed: dict[tuple[object, ...], list[Seats]] = field(default_factory=dict)
    """What ``wanted`` found, by what is alike: a refusal is made for everybody anew."""
    _last: dict[UUID, date | None] = field(default_factory=dict)
    """The last day of sales that have one."""

    @property
    def zone(self) -> tzinfo:
        """The city's."""
        return self.calendar.timezone

    def wanted(self, asked: Asked) -> list[Seats] | DomainError:
        """The seats that an order needs, new ones where nobody has wanted them yet; or why it cannot be."""
        alike = asked.alike
        known = self._needed.get(alike)
        if known is not None:
            return known
        found = self._wanted(asked)
        if not isinstance(found, DomainError):
            self._needed[alike] = found
        return found

    def know(self, sales: Mapping[UUID, Sale]) -> None:
        """Sales as they are now: what is wanted of them is found anew. Those of which nothing was stay as they were."""
        self.sales = {**self.sales, **sales}
        self._needed.clear()

    def _wanted(self, asked: Asked) -> list[Seats] | DomainError:
        sale = self.sales.get(asked.sale) if asked.sale else None
        if sale is None:
            return not_found("SALE_NOT_FOUND", "There is no such sale of tickets.", field="sale")
        refusal = sales.unsellable(sale, self.now)
        if refusal is not None:
            return refusal
        if sale.waiting_room and not asked.queued:
            message = "Orders of this sale go through its waiting room: take a place there."
            return precondition("WAITING_ROOM_ONLY", message)
        day = sales.sold_on(sale, asked.day, self.places.get(sale.destination), self.now, self.calendar)
        return day if isinstance(day, DomainError) else seats_of(sale, self.types, asked, day)

    def take(self, asked: Asked) -> Taken | DomainError:
        """Holds all that an order wants, or nothing."""
        wanted = self.wanted(asked)
        if isinstance(wanted, DomainError):
            return wanted
        if (refusal := self._too_many_held(asked)) is not None:
            return refusal
        lines, held = [], []
        for one, (_, quantity) in zip(wanted, asked.wishes, strict=True):
            seats = self.seats.get(one.id, one)
            if quantity > seats.left:
                return sales.sold_out(max(0, seats.left))
            held.append(seats.hold(quantity))
            lines.append(Line(one.type, one.id, quantity, self.types[one.type].price))
        amount = sum(line.quantity * line.price for line in lines)
        if amount == 0:
            held = [one.sell(line.quantity, held=True) for one, line in zip(held, lines, strict=True)]
        for one in held:
            self.seats[one.id] = self.moved[one.id] = one
        if asked.counted_by is not None:
            self.counted[asked.counted_by] = self.counted.get(asked.counted_by, 0) + asked.tickets
        return Taken(self._order(asked, lines, amount, wanted[0].day), lines)

    def _too_many_held(self, asked: Asked) -> DomainError | None:
        """Why somebody may hold no more: seats that one visitor holds cost nothing, and nobody else can have them."""
        sale = self.sales[asked.sale] if asked.sale else None
        if asked.counted_by is None or (sale is not None and sale.agency == asked.agency):
            return None
        most = MOST_OF_LOGIN if asked.buyer else MOST_IN_TURN if asked.queued else MOST_OF_NETWORK
        if self.counted.get(asked.counted_by, 0) + asked.tickets <= most:
            return None
        message = f"At most {most} tickets of a sale may be unpaid at once: pay or give up what you have."
        if asked.buyer:
            return precondition("TOO_MANY_UNPAID", message, named=str(most))
        return precondition("TOO_MANY_UNPAID", f"{message} With a login those of others do not count.")

    def _order(self, asked: Asked, lines: Sequence[Line], amount: int, day: date) -> Order:
        assert asked.sale is not None
        if asked.sale not in self._last:
            days = self.sales[asked.sale].days(self.zone)
            self._last[asked.sale] = days[1] if days else None
        return Order(
            id=asked.id or ids.uuid7(),
            version=1,
            code=self.code(),
            state=State.HELD if amount else State.PAID,
            sale=asked.sale,
            buyer=asked.buyer,
            sealed=asked.sealed,
            quantity=sum(line.quantity for line in lines),
            amount=amount,
            payment="",
            reason="",
            hold_until=self.now + self.hold if amount else None,
            last_day=self._last[asked.sale] or day,
            created_at=self.now,
            updated_at=self.now,
            counted_by=asked.counted_by,
        )


def seats_of(
    sale: Sale, types: Mapping[UUID, TicketType], asked: Asked, day: date
) -> list[Seats] | DomainError:  # fmt: skip
    """The seats of what is wished on a day, as if nobody had wanted any yet; or why it can never be had at once."""
    found = []
    for name, quantity in asked.wishes:
        type_ = types.get(name) if name else None
        if type_ is None or type_.sale != sale.id or not type_.open:
            message = "There is no such type of tickets on sale here."
            return not_found("TICKET_TYPE_UNKNOWN", message, field="type")
        if quantity > type_.most:
            return _too_many(type_.most)
        found.append(sales.seats_of(type_, day))
    if sum(quantity for _, quantity in asked.wishes) > MOST:
        return _too_many(MOST)
    if len({one.id for one in found}) < len(found):
        return invalid("TICKET_TYPE_TWICE", "Name each type of tickets once.", field="wishes")
    return found


def _too_many(most: int) -> DomainError:
    return invalid("TOO_MANY_TICKETS", f"At most {most} at once; order the rest separately.", field="wishes")
