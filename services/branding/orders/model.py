"""An order: its states, and what money does to it that comes in time, late, or not at all. Pure rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from services.branding.sales.model import Sale, Seats
from services.kit import codes, ids
from services.kit.errors import DomainError, not_found, precondition

CODE_LENGTH = 9
"""Characters of a code after its prefix, the check character included."""


class State(Enum):
    """Where it stands."""

    HELD = "held"
    PAID = "paid"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class Line(NamedTuple):
    """Tickets of one type."""

    type: UUID
    seats: UUID
    quantity: int
    price: int


@dataclass(frozen=True)
class Order:
    """One of them. Times are UTC; amounts are whole units."""

    id: UUID
    version: int
    code: str
    state: State
    sale: UUID
    buyer: str
    """Subject; empty for who has no login, or once it is forgotten."""
    sealed: bytes | None
    """The name that its tickets are for."""
    quantity: int
    amount: int
    payment: str
    """Code of the payment, once economy has told it."""
    reason: str
    hold_until: datetime | None
    """None once nothing is held."""
    last_day: date
    """The last day of its tickets: some time after, who made it is forgotten."""
    created_at: datetime
    updated_at: datetime
    counted_by: bytes | None = None
    """Keyed digest of the sale and of whose it is: the login, or the network and the day. None once it is paid or over,
    and a day after what cost nothing was ordered."""

    @property
    def request(self) -> str:
        """Under what economy is asked for its money."""
        return str(self.id)

    def payable(self, until: datetime, now: datetime) -> bool:
        """Whether money for it may still come: what comes after its hold is honoured while seats remain."""
        return self.state in (State.HELD, State.EXPIRED) and now < until

    def paid_by(self, payment: str) -> "Order":
        """With the code of its payment."""
        return replace(self, payment=payment)


class Moved(NamedTuple):
    """An order after something happened to it, with its seats as they are then."""

    order: Order
    seats: Mapping[UUID, Seats]
    returns: bool = False
    """Whether what was paid must go back."""
    issues: bool = False
    """Whether its tickets are made now."""


def capture(order: Order, lines: Sequence[Line], seats: Mapping[UUID, Seats], now: datetime, gone: str = "") -> Moved:
    """It was paid. In time it has its seats; later it gets them while there are enough, else the money goes back.

    ``gone`` is why nobody can use its tickets any more; empty while somebody can. Money that comes again changes
    nothing here: economy takes none.
    """
    if order.state in (State.PAID, State.RETURNED):
        return Moved(order, {})
    held = order.state is State.HELD
    if order.state is State.CANCELLED or gone:
        # That its hold was over is not why money goes back: it could be paid still.
        reason = order.reason if order.state is State.CANCELLED else gone
        freed = _all(lines, seats, lambda one, count: one.free(count)) if held else {}
        return Moved(_over(order, State.RETURNED, reason, now), freed, returns=True)
    try:
        sold = _all(lines, seats, lambda one, count: one.sell(count, held=held))
    except DomainError as refusal:
        return Moved(_over(order, State.RETURNED, refusal.reason, now), {}, returns=True)
    return Moved(_over(order, State.PAID, "", now), sold, issues=True)


def end(
    order: Order, lines: Sequence[Line], seats: Mapping[UUID, Seats], state: State, reason: str, now: datetime
) -> Moved:
    """It is not paid: its hold is over, or its buyer gives it up. Nothing happens to one that holds nothing."""
    if order.state is not State.HELD:
        return Moved(order, {})
    return Moved(_over(order, state, reason, now), _all(lines, seats, lambda one, count: one.free(count)))


def withdraw(order: Order, lines: Sequence[Line], seats: Mapping[UUID, Seats], reason: str, now: datetime) -> Moved:
    """It need not be paid any more: also one whose hold is over could be, and be honoured. Nothing happens to one that
    is paid, or was withdrawn before.
    """
    if order.state is State.EXPIRED:
        return Moved(_over(order, State.CANCELLED, reason, now), {})
    return end(order, lines, seats, State.CANCELLED, reason, now)


def with_payment(order: Order, payment: str, now: datetime) -> Order:
    """Where it is paid is known."""
    return replace(order, payment=payment, version=order.version + 1, updated_at=now)


def pay_until(
    order: Order, lines: Sequence[Line], sale: Sale, seats: Mapping[UUID, Seats], zone: tzinfo, pays: timedelta
) -> datetime:  # fmt: skip
    """Until when it can be paid: for as long as the city says, and no longer than its tickets are worth something."""
    over = min(sale.over(seats[one.seats].day, zone) for one in lines)
    return min(over, order.created_at + pays)


def require_held(order: Order) -> None:
    """Errors: ORDER_NOT_OPEN."""
    if order.state is not State.HELD:
        message = "This order is paid or over; there is nothing to give up. A ticket is given back on its own page."
        raise precondition("ORDER_NOT_OPEN", message, state=order.state.value)


def _all(
    lines: Sequence[Line], seats: Mapping[UUID, Seats], change: Callable[[Seats, int], Seats]
) -> dict[UUID, Seats]:
    found: dict[UUID, Seats] = {}
    for line in lines:
        found[line.seats] = change(found.get(line.seats, seats[line.seats]), line.quantity)
    return found


def _over(order: Order, state: State, reason: str, now: datetime) -> Order:
    over = replace(order, state=state, reason=reason, hold_until=None, counted_by=None)
    return replace(over, version=order.version + 1, updated_at=now)


def prefix(city_prefix: str) -> str:
    """What the codes of a city's orders begin with."""
    return f"{city_prefix}B"


def new_code(city_prefix: str) -> str:
    """A random code of a new order."""
    return codes.new(prefix(city_prefix), CODE_LENGTH)


def parse(city_prefix: str, text: str) -> str | None:
    """The code that somebody typed, as it is shown; None when it is none of an order's."""
    return codes.parse(prefix(city_prefix), text)


def read_request(text: str) -> UUID | None:
    """The order of a request; None for what is none of ours."""
    return ids.parse(text)


def unknown() -> DomainError:
    """There is no such order for the caller."""
    message = "There is no such order for you. Open it by its link (its key as X-Link-Key), or log in as who made it."
    return not_found("ORDER_NOT_FOUND", message, field="code")
