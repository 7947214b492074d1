"""What can be done with orders: read them, give them up, and what money that came does to them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from services.branding.keys import links
from services.branding.orders import events, model, store, writing
from services.branding.orders.model import Line, Moved, Order, State
from services.branding.refunds import actions as refunds
from services.branding.refunds import store as refund_store
from services.branding.refunds.actions import Due
from services.branding.refunds.model import Cause, Refund
from services.branding.resources import secret_of
from services.branding.sales import actions as selling
from services.branding.sales import store as sales
from services.branding.sales.model import Sale, Seats, TicketType
from services.branding.sales.model import State as SaleState
from services.branding.tickets import actions as ticketing
from services.branding.tickets import hands
from services.branding.tickets import store as tickets
from services.branding.tickets.actions import Held
from services.branding.tickets.model import Ticket, shut_out
from services.kit.database import Transaction
from services.kit.rpc import etag as etags


class Shown(NamedTuple):
    """An order with all that its page shows."""

    order: Order
    lines: Sequence[Line]
    sale: Sale
    types: Mapping[UUID, TicketType]
    seats: Mapping[UUID, Seats]
    gated: bool
    """Whether gates of its sale were opened."""
    tickets: Sequence[Held] = ()
    refunds: Sequence[Refund] = ()
    left: Mapping[UUID, int] = MappingProxyType({})
    """What can still go back of it, where something was given back by hand."""


async def get(tx: Transaction, code: str, link_key: str) -> Shown:
    """An order for who made it. Errors: ORDER_NOT_FOUND, also for what is somebody else's."""
    return await shown(tx, await _own(tx, code, link_key))


async def page(tx: Transaction, size: int, token: str) -> tuple[list[Shown], str]:
    """The caller's own, the newest first, without their tickets. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    found = await store.page(tx, tx.caller.subject, size, token)
    lines = await store.lines_of(tx, [one.id for one in found.rows])
    of = await sales.by_ids(tx, {one.sale for one in found.rows})
    types, seats = await _particulars(tx, [line for each in lines.values() for line in each])
    gated = await sales.with_gates(tx, of)
    shown = [Shown(one, lines[one.id], of[one.sale], types, seats, one.sale in gated) for one in found.rows]
    return shown, found.token


async def cancel(tx: Transaction, code: str, link_key: str, etag: str) -> Shown:
    """Gives up an order that is not paid. Errors: as ``get``, ETAG_REQUIRED, STALE_ETAG, ORDER_NOT_OPEN."""
    order = await _own(tx, code, link_key, lock=True)
    etags.require(etag, order.version)
    model.require_held(order)
    await withdraw(tx, [order.id], "GIVEN_UP")
    return await get(tx, code, link_key)


async def capture(tx: Transaction, id_: UUID, payment: str) -> None:
    """It was paid: its tickets are made, or the money goes back."""
    order = (await store.lock(tx, [id_])).get(id_)
    if order is None:
        return
    lines = (await store.lines_of(tx, [id_]))[id_]
    seats = await sales.lock_seats(tx, {line.seats for line in lines})
    sale = (await sales.alive(tx, [order.sale]))[order.sale]
    moved = model.capture(order, lines, seats, tx.now, _gone(tx, sale, seats.values()))
    if moved.order is order:
        return
    await _write(tx, moved, payment)
    if moved.returns:
        events.ended(tx, moved.order)
        late = Cause.CANCELLED if moved.order.reason == "SALE_CANCELLED" else Cause.LATE
        await refunds.give_back(tx, [Due(sale.id, id_, order.code, order.request, order.amount, order.amount, late)])
    if moved.issues:
        types = await sales.types_by_ids(tx, {line.type for line in lines})
        await tx.together(tickets.added(writing.issue(tx, moved.order, lines, sale, types, seats)))
        events.issued(tx, moved.order)


async def end(tx: Transaction, ids: Collection[UUID], state: State, reason: str) -> None:
    """Orders are over that are not paid: their seats are free."""
    await _end(tx, ids, lambda order, lines, seats: model.end(order, lines, seats, state, reason, tx.now))


async def withdraw(tx: Transaction, ids: Collection[UUID], reason: str) -> None:
    """Orders need not be paid any more: economy is told, and takes nothing for what nobody has paid yet."""
    for order in await refuse(tx, ids, reason):
        events.withdrawn(tx, order)


async def refuse(tx: Transaction, ids: Collection[UUID], reason: str) -> list[Order]:
    """Orders cannot be paid any more, nor after their hold. Those that it changed."""
    return await _end(tx, ids, lambda order, lines, seats: model.withdraw(order, lines, seats, reason, tx.now))


async def _end(
    tx: Transaction, ids: Collection[UUID], move: Callable[[Order, Sequence[Line], Mapping[UUID, Seats]], Moved]
) -> list[Order]:
    """Moves orders that are over, and frees their seats. Those that it changed."""
    orders = await store.lock(tx, ids)
    lines = await store.lines_of(tx, orders)
    seats = await sales.lock_seats(tx, {line.seats for each in lines.values() for line in each})
    ended: list[Order] = []
    changed: dict[UUID, Seats] = {}
    for order in orders.values():
        moved = move(order, lines[order.id], {**seats, **changed})
        if moved.order is not order:
            changed |= moved.seats
            ended.append(moved.order)
            await store.save(tx, moved.order)
            events.ended(tx, moved.order)
    await tx.together(sales.written(changed.values()))
    return ended


async def note_payment(tx: Transaction, id_: UUID, payment: str) -> None:
    """Economy has made the payment: its code leads to where it is paid."""
    order = (await store.lock(tx, [id_])).get(id_)
    if order is not None and not order.payment:
        await store.save(tx, model.with_payment(order, payment, tx.now))


async def shown(tx: Transaction, order: Order) -> Shown:
    """An order with its tickets and what goes back."""
    lines = (await store.lines_of(tx, [order.id]))[order.id]
    made = await tickets.of_order(tx, order.id)
    of = await sales.by_ids(tx, {order.sale, *(one.sale for one in made)})
    types, seats = await _particulars(tx, lines)
    types = {**types, **await sales.types_by_ids(tx, {one.type for one in made} - types.keys())}
    back = await refund_store.of_order(tx, order.id)
    left = await refund_store.left(tx, [order.id] if back else [])
    gated = await sales.with_gates(tx, of)
    held = await _held(tx, order, made, of, types, gated)
    return Shown(order, lines, of[order.sale], types, seats, order.sale in gated, held, back, left)


async def _held(
    tx: Transaction, order: Order, made: Sequence[Ticket], of: Mapping[UUID, Sale], types: Mapping[UUID, TicketType],
    gated: Collection[UUID],
) -> list[Held]:  # fmt: skip
    """Its tickets for who made it, each with what it is for now: it may have been changed for another date since."""
    zone, key = tx.runtime.city.timezone, links.of_order(secret_of(tx.runtime), order.id)
    places = await selling.places_of(tx, of.values())
    found = []
    for one in made:
        sale, place = of[one.sale], places.get(of[one.sale].destination)
        shut = shut_out(one, sale, place, zone, tx.now)
        own, passed_on = hands.has_ticket(tx, one, key), hands.has_passed_on(tx, one, order.buyer, key)
        since = ticketing.gates_from(tx, one, sale, gates=sale.id in gated, shut=shut)
        gone = shut and place is not None and place.closed
        held = Held(one, sale, types[one.type], own, passed_on=passed_on, shut=shut, gone=gone, gates_from=since)
        found.append(held)
    return found


def _gone(tx: Transaction, sale: Sale, seats: Collection[Seats]) -> str:
    """Why nobody can use the tickets of an order any more: it does not take place, or is over. Empty while they can."""
    if sale.state is SaleState.CANCELLED:
        return "SALE_CANCELLED"
    zone = tx.runtime.city.timezone
    return "SALE_OVER" if any(sale.over(one.day, zone) <= tx.now for one in seats) else ""


async def _particulars(tx: Transaction, lines: Sequence[Line]) -> tuple[dict[UUID, TicketType], dict[UUID, Seats]]:
    types = await sales.types_by_ids(tx, {line.type for line in lines})
    return types, await sales.seats(tx, {line.seats for line in lines})


async def _write(tx: Transaction, moved: Moved, payment: str) -> None:
    order = moved.order if moved.order.payment else moved.order.paid_by(payment)
    await store.save(tx, order)
    await tx.together(sales.written(moved.seats.values()))


async def _own(tx: Transaction, code: str, link_key: str, *, lock: bool = False) -> Order:
    parsed = model.parse(tx.runtime.city.code_prefix, code)
    found = await store.by_code(tx, parsed, lock=lock) if parsed else None
    if found is None or not hands.has_order(tx, found.id, found.buyer, link_key):
        raise model.unknown()
    return found
