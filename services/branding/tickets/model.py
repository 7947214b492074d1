"""A ticket: whom it lets in, when, and until it is given back. Pure rules; amounts are whole units."""

from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from services.branding.destinations.model import Destination
from services.branding.sales.model import Sale, Seats, TicketType
from services.branding.sales.model import State as SaleState
from services.kit import codes, ids
from services.kit.errors import DomainError, not_found, precondition

CODE_LENGTH = 9
"""Characters of a code after its prefix, the check character included."""


class State(Enum):
    """Where it stands."""

    VALID = "valid"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Ticket:
    """One of them. Times are UTC, days the city's."""

    id: UUID
    version: int
    code: str
    state: State
    order_id: UUID
    sale: UUID
    type: UUID
    seats: UUID
    first_day: date
    """As it was made; ``days`` are those that hold."""
    last_day: date
    price: int
    request: str
    """Under what economy was asked for its price; empty where it cost nothing."""
    generation: int
    """Of its QR code: each time that it changes hands or is changed the one before is worth nothing."""
    hands: int
    """How many had it so far; each has a link key of their own."""
    holder: str
    """Subject of who has it; empty for who has no login."""
    sealed: bytes | None
    """The name that it is for."""
    admissions: int
    admitted_day: date | None
    inside: bool
    """Whether its holder came in and has not left since, as far as gates have told."""
    created_at: datetime
    updated_at: datetime
    returned: int = 0
    """What goes back of its price, of one that was taken back."""
    offered: bool = False
    """Whether it was passed on and nobody has taken it over yet."""
    recalls: int = 0
    """How often it was taken back before anybody took it over."""
    ordered_at: datetime | None = None
    """When its order was made, which may have been paid later; None where a process of the version before made it."""

    @property
    def transferred(self) -> bool:
        """Whether somebody else has it than who ordered it."""
        return self.hands > 1

    @property
    def ordered(self) -> bool:
        """Whether it has been in no other hands than of who ordered it, if it is offered now."""
        return self.hands - self.offered == 1

    def days(self, sale: Sale, zone: tzinfo) -> tuple[date, date]:
        """First and last day that it is for: those of its sale where that has a begin, which may have been put off."""
        return sale.days(zone) or (self.first_day, self.last_day)


class Before(NamedTuple):
    """What a ticket was while a QR code of it was good, ``until`` it changed hands, was changed or taken back."""

    ticket: UUID
    generation: int
    until: datetime
    sale: UUID
    type: UUID
    seats: UUID
    first_day: date
    last_day: date

    def of(self, ticket: Ticket) -> Ticket:
        """The ticket as it was."""
        return replace(
            ticket, state=State.VALID, generation=self.generation, sale=self.sale, type=self.type, seats=self.seats,
            first_day=self.first_day, last_day=self.last_day,
        )  # fmt: skip


def issue(
    code: str, sale: Sale, type_: TicketType, seats: Seats, order: UUID, holder: str, request: str, zone: tzinfo,
    ordered_at: datetime, now: datetime,
) -> Ticket:  # fmt: skip
    """A new one."""
    first, last = sale.days(zone) or (seats.day, seats.day)
    return Ticket(
        id=ids.uuid7(),
        version=1,
        code=code,
        state=State.VALID,
        order_id=order,
        sale=sale.id,
        type=type_.id,
        seats=seats.id,
        first_day=first,
        last_day=last,
        price=type_.price,
        request=request if type_.price else "",
        generation=1,
        hands=1,
        holder=holder,
        sealed=None,
        admissions=0,
        admitted_day=None,
        inside=False,
        created_at=now,
        updated_at=now,
        ordered_at=ordered_at,
    )


def shut_out(ticket: Ticket, sale: Sale, place: Destination | None, zone: tzinfo, now: datetime) -> bool:
    """Whether somebody has said since it was made that its place lets nobody in on its day, which is not over."""
    return place is not None and place.said.shut(ticket.first_day) and now < sale.over(ticket.first_day, zone)


def refundable(ticket: Ticket, sale: Sale, type_: TicketType, zone: tzinfo, now: datetime, *, shut: bool) -> int | None:
    """What is given back of it now; None where it cannot be given back. Who stands before a place that is ``shut``
    has all of it back.
    """
    if ticket.state is not State.VALID or used(ticket, sale, zone) or sale.state is SaleState.CANCELLED:
        return None
    if shut:
        return ticket.price
    return type_.refund(ticket.price, sale.begins(ticket.first_day, zone), now, moved=put_off(ticket, sale))


def refundable_until(
    ticket: Ticket, sale: Sale, type_: TicketType, zone: tzinfo, *, shut: bool, gates_from: datetime | None = None
) -> datetime | None:
    """Until when it can be given back, past or to come: not once gates let it in; None where it cannot be at all."""
    if ticket.state is not State.VALID or used(ticket, sale, zone) or sale.state is SaleState.CANCELLED:
        return None
    if shut:
        return sale.over(ticket.first_day, zone)
    begins, moved = sale.begins(ticket.first_day, zone), put_off(ticket, sale)
    return type_.refund_until(ticket.price, begins, moved=moved, gates_from=gates_from)


def changeable(
    ticket: Ticket, sale: Sale, type_: TicketType, zone: tzinfo, now: datetime, *, shut: bool, gone: bool
) -> bool:
    """Whether there is time to change it: as long as to give it back; what is not taken back, until it begins.

    Of a place that is ``gone`` for good it can be given back alone.
    """
    if gone:
        return False
    if type_.refund_percent and ticket.price:
        return refundable(ticket, sale, type_, zone, now, shut=shut) is not None
    return shut or now < sale.begins(ticket.first_day, zone)


def returned_by_change(ticket: Ticket, sale: Sale, type_: TicketType, price: int, *, shut: bool) -> int:
    """What goes back of it where it is changed for one of another price, which must not be higher."""
    less = ticket.price - price
    return less if shut or put_off(ticket, sale) else less * type_.refund_percent // 100


def change_refused(ticket: Ticket, held: Sale, type_: TicketType, sale: Sale, wanted: TicketType) -> DomainError | None:
    """Why it cannot be changed for another type, which may be of another sale; None where it can."""
    if sale.waiting_room:
        return precondition("WAITING_ROOM_ONLY", "Tickets of this sale go through its waiting room.")
    if wanted.price > ticket.price:
        message = "It costs more than this ticket. Order it, and give this one back."
        return precondition("PRICE_HIGHER", message)
    if _returns_more(held, type_, sale, wanted):
        message = "It is given back on better terms than this ticket. Order it instead."
        return precondition("RETURNS_MORE", message)
    return None


def _returns_more(held: Sale, type_: TicketType, sale: Sale, wanted: TicketType) -> bool:
    """Whether a ticket could be turned into money by changing it first."""
    if wanted.price == 0:
        return False
    if sale.id != held.id and sale.moved:
        return True
    longer = wanted.refund_percent > 0 and wanted.refund_hours < type_.refund_hours
    return wanted.refund_percent > type_.refund_percent or longer


def put_off(ticket: Ticket, sale: Sale) -> bool:
    """Whether its sale was put to another time after it was ordered, paid by then or not."""
    return sale.moved_at is not None and (ticket.ordered_at or ticket.created_at) < sale.moved_at


def used(ticket: Ticket, sale: Sale, zone: tzinfo) -> bool:
    """Whether it let somebody in to what it is for: who came on a day from which that was put off has not seen it."""
    days = sale.days(zone)
    if not ticket.admissions or days is None or ticket.admitted_day is None or not put_off(ticket, sale):
        return ticket.admissions > 0
    return ticket.admitted_day >= days[0]


def require_unused(ticket: Ticket, sale: Sale, zone: tzinfo) -> None:
    """Only what holds and let nobody in can be given back, changed or passed on. Errors: TICKET_CANCELLED,
    TICKET_USED.
    """
    _require_valid(ticket)
    if used(ticket, sale, zone):
        raise precondition("TICKET_USED", "This ticket has let somebody in already; it stays as it is.")


def cancel(ticket: Ticket, returned: int, now: datetime) -> Ticket:
    """It lets nobody in any more, and so much of its price goes back. Errors: TICKET_CANCELLED."""
    _require_valid(ticket)
    return replace(ticket, state=State.CANCELLED, returned=returned, version=ticket.version + 1, updated_at=now)


def take_over(ticket: Ticket, now: datetime) -> Ticket:
    """Who was handed it has it alone. Errors: TICKET_CANCELLED."""
    _require_valid(ticket)
    return replace(ticket, offered=False, version=ticket.version + 1, updated_at=now)


def recall(ticket: Ticket, holder: str, sealed: bytes | None, now: datetime) -> Ticket:
    """Who passed it on has it again, with the QR code that is new since then and that nobody was shown: gates without a
    connection know it already. Errors: TICKET_NOT_PASSED_ON, TICKET_CANCELLED.
    """
    if not ticket.offered:
        raise precondition("TICKET_NOT_PASSED_ON", "This ticket is with you; there is nothing to take back.")
    _require_valid(ticket)
    return replace(
        ticket,
        hands=ticket.hands - 1,
        recalls=ticket.recalls + 1,
        offered=False,
        holder=holder,
        sealed=sealed,
        version=ticket.version + 1,
        updated_at=now,
    )


def _require_valid(ticket: Ticket) -> None:
    if ticket.state is not State.VALID:
        raise precondition("TICKET_CANCELLED", "This ticket was given back and holds no more.")


def prefix(city_prefix: str) -> str:
    """What the codes of a city's tickets begin with."""
    return f"{city_prefix}E"


def new_code(city_prefix: str) -> str:
    """A random code of a new ticket."""
    return codes.new(prefix(city_prefix), CODE_LENGTH)


def parse(city_prefix: str, text: str) -> str | None:
    """The code that somebody typed, as it is shown; None when it is mistyped or none of a ticket's."""
    return codes.parse(prefix(city_prefix), text)


def unknown() -> DomainError:
    """There is no such ticket for the caller."""
    message = (
        "There is no such ticket for you. Open it by its link (its key as X-Link-Key), or log in as who ordered it."
    )
    return not_found("TICKET_NOT_FOUND", message, field="code")


def recalled() -> DomainError:
    """It was handed to the caller, and taken back before anybody took it over."""
    message = "Who passed this ticket on took it back before anybody took it over. Ask them for a new link."
    return not_found("TICKET_RECALLED", message, field="code")


def not_taken_over() -> DomainError:
    """It was handed to the caller, who does not have it yet."""
    return precondition("TICKET_NOT_TAKEN_OVER", "This ticket was passed on to you. Take it over first.")


def at_gates() -> DomainError:
    """Gates let in what it is for, with a connection or without."""
    message = (
        "The gates let in, and one without a connection would not hear of it: so the ticket stays as it is until it is"
        " over. It lets in whoever shows its QR code; if nobody can come, ask the agency that sells it."
    )
    return precondition("TICKET_AT_GATES", message)


def passed_on() -> DomainError:
    """The caller handed it on already."""
    message = "You passed this ticket on, and nobody has taken it over yet. Take it back first."
    return precondition("TICKET_PASSED_ON", message)


def mistyped() -> DomainError:
    """Its check character does not fit."""
    message = "This is no code of a ticket: a character is wrong or missing. Read it once more."
    return not_found("TICKET_CODE_MISTYPED", message, field="code")
