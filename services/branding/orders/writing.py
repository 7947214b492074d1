"""Writes orders that were decided together: orders, lines, seats, and the tickets of what costs nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.branding.keys import sealing
from services.branding.orders import events, model, store
from services.branding.orders.deciding import Asked, Book, Taken
from services.branding.orders.model import Line, Order
from services.branding.resources import secret_of
from services.branding.sales import actions as selling
from services.branding.sales import store as sales
from services.branding.sales.model import Sale, Seats, TicketType
from services.branding.terms.profile import required
from services.branding.tickets import model as tickets
from services.branding.tickets import store as ticket_store
from services.branding.tickets.model import Ticket
from services.kit.database import Transaction
from services.kit.database.transaction import Write
from services.kit.errors import DomainError


async def open_book(tx: Transaction, asked: Sequence[Asked]) -> Book:
    """All that is needed to decide these, their seats locked in the order of their ids, then their sales.

    Errors: TICKETS_OFF.
    """
    known = required(tx.runtime.city)
    prefix = tx.runtime.city.code_prefix
    book = Book(
        calendar=tx.runtime.city.calendar,
        now=tx.now,
        hold=timedelta(minutes=known.hold_minutes),
        sales=await sales.by_ids(tx, {one.sale for one in asked if one.sale}),
        types=await sales.types_by_ids(tx, {name for one in asked for name, _ in one.wishes if name}),
        seats={},
        code=lambda: model.new_code(prefix),
    )
    book.places = await selling.places_of(tx, book.sales.values())
    needed, sold = _needed(book, asked)
    await _begin_days(tx, book, needed)
    # Before the lock is all that may be: whoever wants these seats waits for each round trip after it.
    book.gated = await sales.with_gates(tx, sold)
    book.seats = await sales.lock_seats(tx, needed)
    # As they are now: whoever waited for seats may have waited while a sale was called off or put off.
    book.know(await sales.selling(tx, sold))
    # After the lock: whoever orders the same elsewhere at this moment is counted.
    book.counted = await store.counted(tx, {one.counted_by for one in asked if one.counted_by is not None})
    return book


async def _begin_days(tx: Transaction, book: Book, needed: Mapping[UUID, Seats]) -> None:
    """Makes the seats of a destination's days that nobody has ordered for yet; dates have theirs.

    Before any is locked: it waits for whoever changes their type, who waits for seats.
    """
    of_days = {id_ for id_, one in needed.items() if book.sales[book.types[one.type].sale].destination}
    there = await sales.seats(tx, of_days)
    if new := [needed[id_] for id_ in of_days if id_ not in there]:
        await sales.make_seats(tx, new)


def _needed(book: Book, asked: Sequence[Asked]) -> tuple[dict[UUID, Seats], set[UUID]]:
    """The seats that are wanted, as if they were new, and the sales that they are of."""
    needed: dict[UUID, Seats] = {}
    sold: set[UUID] = set()
    for one in asked:
        wanted = book.wanted(one)
        if one.sale is not None and not isinstance(wanted, DomainError):
            needed |= {seats.id: seats for seats in wanted}
            sold.add(one.sale)
    return needed, sold


def named(tx: Transaction, taken: Taken, holder: str) -> Taken:
    """With the name of who its tickets are for."""
    if not holder:
        return taken
    sealed = sealing.seal(secret_of(tx.runtime), taken.order.id, holder)
    return taken._replace(order=replace(taken.order, sealed=sealed))


def writes(tx: Transaction, book: Book, taken: Sequence[Taken]) -> list[Write]:
    """What is written of the orders that were taken; none of it depends on the rest."""
    made = [
        ticket
        for one in taken
        if not one.order.amount
        for ticket in issue(tx, one.order, one.lines, book.sales[one.order.sale], book.types, book.seats)
    ]
    return [*store.added(taken), sales.written(book.moved.values()), ticket_store.added(made)]


def tell(tx: Transaction, book: Book, taken: Taken, traceparent: str | None = None) -> None:
    """Emits the events of an order that was taken."""
    sale = book.sales[taken.order.sale]
    pays = required(tx.runtime.city).pays
    until = model.pay_until(taken.order, taken.lines, sale, book.seats, book.zone, pays)
    events.placed(tx, taken.order, sale, until, traceparent)


def issue(
    tx: Transaction,
    order: Order,
    lines: Sequence[Line],
    sale: Sale,
    types: Mapping[UUID, TicketType],
    seats: Mapping[UUID, Seats],
) -> list[Ticket]:
    """The tickets of an order that is paid, each with the name of the order."""
    secret, zone, prefix = secret_of(tx.runtime), tx.runtime.city.timezone, tx.runtime.city.code_prefix
    name = sealing.unseal(secret, order.id, order.sealed)
    made = []
    for line in lines:
        for _ in range(line.quantity):
            code, request = tickets.new_code(prefix), order.request
            one = tickets.issue(
                code, sale, types[line.type], seats[line.seats], order.id, order.buyer, request, zone,
                order.created_at, tx.now,
            )  # fmt: skip
            made.append(replace(one, price=line.price, sealed=sealing.seal(secret, one.id, name)))
    return made
