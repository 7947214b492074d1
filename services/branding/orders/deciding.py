"""What becomes of orders that come together: one after the other, each with what it holds or why not. Pure.

Seats go on with each, so the last one is sold once whoever asks for it at the same moment.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple
from uuid import UUID

from services.branding.orders.model import Line, Order, State
from services.branding.sales import model as sales
from services.branding.sales.model import Sale, Seats, TicketType
from services.kit import ids
from services.kit.errors import DomainError, invalid, not_found, precondition

MOST = 10
"""Tickets of one order."""


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


class Taken(NamedTuple):
    """What an order holds."""

    order: Order
    lines: list[Line]


@dataclass
class Book:
    """What is known when orders come in; ``seats`` go on with each."""

    zone: tzinfo
    now: datetime
    hold: timedelta
    sales: Mapping[UUID, Sale]
    types: Mapping[UUID, TicketType]
    seats: dict[UUID, Seats]
    code: Callable[[], str]
    """Makes the code of a new order."""
    moved: dict[UUID, Seats] = field(default_factory=dict)
    """Those that are not as they were."""

    def wanted(self, asked: Asked) -> list[Seats] | DomainError:
        """The seats that an order needs, new ones where nobody has wanted them yet; or why it cannot be."""
        sale = self.sales.get(asked.sale) if asked.sale else None
        if sale is None:
            return not_found("SALE_NOT_FOUND", "There is no such sale of tickets.", field="sale")
        refusal = sales.unsellable(sale, self.now)
        if refusal is not None:
            return refusal
        if sale.waiting_room and not asked.queued:
            message = "Orders of this sale go through its waiting room: take a place there."
            return precondition("WAITING_ROOM_ONLY", message)
        day = sales.day_of(sale, asked.day, self.zone, self.now)
        if isinstance(day, DomainError):
            return day
        return self._seats(sale, asked, day)

    def _seats(self, sale: Sale, asked: Asked, day: date) -> list[Seats] | DomainError:
        found = []
        for name, quantity in asked.wishes:
            type_ = self.types.get(name) if name else None
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

    def take(self, asked: Asked) -> Taken | DomainError:
        """Holds all that an order wants, or nothing."""
        wanted = self.wanted(asked)
        if isinstance(wanted, DomainError):
            return wanted
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
        return Taken(self._order(asked, lines, amount, wanted[0].day), lines)

    def _order(self, asked: Asked, lines: Sequence[Line], amount: int, day: date) -> Order:
        assert asked.sale is not None
        last_day = (self.sales[asked.sale].days(self.zone) or (day, day))[1]
        return Order(
            id=asked.id or ids.uuid7(),
            version=1,
            code=self.code(),
            state=State.HELD if amount else State.PAID,
            sale=asked.sale,
            buyer=asked.buyer,
            sealed=None,
            quantity=sum(line.quantity for line in lines),
            amount=amount,
            payment="",
            reason="",
            hold_until=self.now + self.hold if amount else None,
            last_day=last_day,
            created_at=self.now,
            updated_at=self.now,
        )


def _too_many(most: int) -> DomainError:
    return invalid("TOO_MANY_TICKETS", f"At most {most} at once; order the rest separately.", field="wishes")
