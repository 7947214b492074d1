"""What holders can do with a ticket that let nobody in: pass it on, take it over or back, change it, give it back.

Lock order: ticket, seats, sale, refunds.
"""

from dataclasses import replace
from datetime import date

from services.branding.exchanges import events
from services.branding.keys import sealing
from services.branding.orders import store as orders
from services.branding.refunds import actions as refunds
from services.branding.refunds.actions import Due
from services.branding.refunds.model import Cause
from services.branding.resources import secret_of
from services.branding.sales import actions as selling
from services.branding.sales import model as sale_model
from services.branding.sales import store as sales
from services.branding.sales.model import Sale, Seats, TicketType
from services.branding.tickets import actions as tickets
from services.branding.tickets import model, store
from services.branding.tickets.actions import Held
from services.branding.tickets.model import Ticket
from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import DomainError, invalid, precondition
from services.kit.rpc import etag as etags


async def transfer(tx: Transaction, code: str, link_key: str, etag: str, holder: str) -> Held:
    """Passes it on: whoever had it cannot use it any more, nobody else can before it is taken over. Errors: those of
    ``_usable``.
    """
    held = await _usable(tx, code, link_key, etag)
    ticket = held.ticket
    done = replace(
        _next(tx, ticket),
        hands=ticket.hands + 1,
        offered=True,
        holder="",
        sealed=sealing.seal(secret_of(tx.runtime), ticket.id, " ".join(holder.split())),
    )
    await _save(tx, done)
    return held._replace(ticket=done, own=False, passed_on=True)


async def recall(tx: Transaction, code: str, link_key: str, etag: str) -> Held:
    """Whoever passed it on has it again, with the name of the order where it never was in other hands. Errors:
    TICKET_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG, TICKET_NOT_PASSED_ON, TICKET_CANCELLED.
    """
    held = await tickets.find(tx, code, link_key, lock=True)
    if not held.own and not held.passed_on:
        raise model.unknown()
    etags.require(etag, held.ticket.version)
    order = await orders.get(tx, held.ticket.order_id) if held.ticket.ordered else None
    secret, holder, name = secret_of(tx.runtime), "", ""
    if order is not None:
        holder, name = order.buyer, sealing.unseal(secret, order.id, order.sealed)
    done = model.recall(held.ticket, holder, sealing.seal(secret, held.ticket.id, name), tx.now)
    await store.save(tx, done)
    return held._replace(ticket=done, own=True, passed_on=False)


async def take_over(tx: Transaction, code: str, link_key: str, etag: str) -> Held:
    """Whoever it was passed on to has it alone from now on. Errors: TICKET_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG,
    TICKET_CANCELLED.
    """
    held = await tickets.find(tx, code, link_key, lock=True)
    if not held.offered:
        raise model.unknown()
    etags.require(etag, held.ticket.version)
    done = model.take_over(held.ticket, tx.now)
    await store.save(tx, done)
    return held._replace(ticket=done, own=True, offered=False, passed_on=False)


async def cancel(tx: Transaction, code: str, link_key: str, etag: str) -> Held:
    """Gives it back; the money goes to who paid. Errors: those of ``_usable``, RETURN_TOO_LATE."""
    held = await _usable(tx, code, link_key, etag)
    ticket = held.ticket
    amount = _refund(tx, held)
    if amount is None:
        message = "By the rules of this ticket it cannot be given back any more. Pass it on instead."
        raise precondition("RETURN_TOO_LATE", message)
    seats = await sales.lock_seats(tx, [ticket.seats])
    await tx.together(sales.written([seats[ticket.seats].take_back(1)]))
    back = await _give_back(tx, ticket, amount, Cause.GIVEN_BACK)
    events.refunded(tx, ticket.sale, str(ticket.id), 1, back, Cause.GIVEN_BACK)
    done = model.cancel(ticket, back, tx.now)
    # What it was is not kept: whom a gate let in before without a connection is listed, since the money has gone back.
    await store.save(tx, done)
    return held._replace(ticket=done)


async def change(tx: Transaction, code: str, link_key: str, etag: str, type_: str, day: date | None) -> Held:
    """Another type, date or day for it. Errors: those of ``_usable`` and of ``_sold``, TICKET_TYPE_UNKNOWN,
    SALE_DAY_CLOSED, CHANGE_TOO_LATE, SOLD_OUT.
    """
    held = await _usable(tx, code, link_key, etag)
    ticket = held.ticket
    sale, wanted = await _wanted(tx, held, type_)
    seats = _sold(tx, held, sale, wanted, day)
    place = (await selling.places_of(tx, [sale])).get(sale.destination)
    shut = sale_model.shut(place, seats.day, tx.now, tx.runtime.city.calendar)
    if shut is not None:
        raise shut
    zone = tx.runtime.city.timezone
    if not model.changeable(ticket, held.sale, held.type, zone, tx.now, shut=held.shut, gone=held.gone):
        raise precondition(
            "CHANGE_TOO_LATE", "By the rules of this ticket it is too late to change it. Pass it on instead."
        )
    if not await sales.seats(tx, [seats.id]):
        await sales.make_seats(tx, [seats])
    locked = await sales.lock_seats(tx, {ticket.seats, seats.id})
    # As it is now: whoever waited for seats may have waited while it was called off.
    sale = await selling.as_its_date(tx, (await sales.alive(tx, [sale.id]))[sale.id])
    _sold(tx, held, sale, wanted, day)
    moved = [locked[ticket.seats].take_back(1), locked[seats.id].sell(1, held=False)]
    await tx.together(sales.written(moved))
    first, last = sale.days(zone) or (seats.day, seats.day)
    done = replace(
        _next(tx, ticket),
        type=wanted.id,
        seats=seats.id,
        sale=sale.id,
        first_day=first,
        last_day=last,
        price=wanted.price,
        admissions=0,  # what it let in to before that was put off
        admitted_day=None,
        inside=False,
    )
    await _save(tx, done)
    less = model.returned_by_change(ticket, held.sale, held.type, wanted.price, shut=held.shut)
    await _give_back(tx, ticket, less, Cause.CHANGED)
    return Held(done, sale, wanted, True)


def _refund(tx: Transaction, held: Held) -> int | None:
    return model.refundable(held.ticket, held.sale, held.type, tx.runtime.city.timezone, tx.now, shut=held.shut)


async def _usable(tx: Transaction, code: str, link_key: str, etag: str) -> Held:
    """A ticket that the caller has in hand and that let nobody in, locked. Errors: TICKET_NOT_FOUND,
    TICKET_NOT_TAKEN_OVER, TICKET_PASSED_ON, ETAG_REQUIRED, STALE_ETAG, TICKET_USED, TICKET_CANCELLED, SALE_CANCELLED,
    TICKET_AT_GATES.
    """
    held = await tickets.find(tx, code, link_key, lock=True)
    if not held.own and not held.passed_on:
        raise model.not_taken_over() if held.offered else model.unknown()
    etags.require(etag, held.ticket.version)
    if not held.own:
        raise model.passed_on()
    # A sale follows its date a moment later; by then who gave a ticket back first would have had less for good.
    sale = await selling.as_its_date(tx, held.sale)
    model.require_unused(held.ticket, sale, tx.runtime.city.timezone)
    sale_model.require_alive(sale)
    held = await tickets.awaited(tx, held._replace(sale=sale))
    if tickets.at_gates(tx, held):
        raise model.at_gates()
    return held


async def _wanted(tx: Transaction, held: Held, type_: str) -> tuple[Sale, TicketType]:
    """What a ticket is to be. Errors: TICKET_TYPE_UNKNOWN."""
    parsed = ids.parse(type_)
    wanted = await sales.get_type(tx, parsed) if parsed else None
    sale = await sales.get(tx, wanted.sale) if wanted else None
    if wanted is None or sale is None or not wanted.open or sale.agency != held.sale.agency:
        raise selling.type_unknown()
    # As its date is, too: into what was called off or put off who gets nothing back would change it for all of it.
    return await selling.as_its_date(tx, sale), wanted


def _sold(tx: Transaction, held: Held, sale: Sale, wanted: TicketType, day: date | None) -> Seats:
    """The seats of what a ticket is to be. Errors: SAME_TICKET, SALE_OVER, those of ``day_of``, ``unsellable`` and
    ``change_refused``.
    """
    refusal = sale_model.unsellable(sale, tx.now)
    found = sale_model.day_of(sale, day, tx.runtime.city.timezone, tx.now)
    if refusal is not None:
        raise refusal
    if isinstance(found, DomainError):
        raise found
    refusal = model.change_refused(held.ticket, held.sale, held.type, sale, wanted)
    if refusal is not None:
        raise refusal
    seats = sale_model.seats_of(wanted, found)
    if seats.id == held.ticket.seats:
        raise invalid("SAME_TICKET", "This is what the ticket is for already.", field="type")
    return seats


async def _give_back(tx: Transaction, ticket: Ticket, amount: int, cause: Cause) -> int:
    """Asks for it. What goes back of it, where something was given back by hand."""
    if not amount:
        return 0
    order = await orders.get(tx, ticket.order_id)
    assert order is not None, "orders stay"
    due = Due(ticket.sale, order.id, order.code, ticket.request, order.amount, amount, cause)
    return await refunds.give_back(tx, [due])


async def _save(tx: Transaction, ticket: Ticket) -> None:
    """It with another QR code, and what it was until now."""
    await store.remember(tx, [ticket.id])
    await store.save(tx, ticket)


def _next(tx: Transaction, ticket: Ticket) -> Ticket:
    """It with a new QR code."""
    return replace(ticket, generation=ticket.generation + 1, version=ticket.version + 1, updated_at=tx.now)
