"""What can be done with a ticket: read it, and what it can be changed for."""

from datetime import datetime
from typing import NamedTuple

from services.branding.sales import actions as selling
from services.branding.sales import store as sales
from services.branding.sales.model import Sale, TicketType, unsellable
from services.branding.tickets import hands, model, store
from services.branding.tickets.model import State, Ticket
from services.kit.database import Transaction


class Held(NamedTuple):
    """A ticket with what it is for, and whether the caller has it in hand."""

    ticket: Ticket
    sale: Sale
    type: TicketType
    own: bool
    order: str = ""
    """Code of the order that it was bought with, for who has not had it from somebody else."""
    offered: bool = False
    """Whether the caller may take it over."""
    passed_on: bool = False
    """Whether the caller passed it on, and nobody has taken it over yet."""
    shut: bool = False
    """Whether its place lets nobody in on its day, as somebody has said since."""
    gone: bool = False
    """Whether that is so of all days: there is none to change it for."""
    gates_from: datetime | None = None
    """When people are awaited with it at gates, and it stays as it is; None where there are none."""


async def get(tx: Transaction, code: str, link_key: str) -> Held:
    """A ticket for who has it in hand, may take it over or back, and for the agency that sells it. Errors:
    TICKET_NOT_FOUND, also for what is somebody else's; TICKET_RECALLED, TICKET_CODE_MISTYPED.
    """
    held = await awaited(tx, await find(tx, code, link_key))
    if not (held.own or held.passed_on) or not held.ticket.ordered:
        return held
    return held._replace(order=await store.order_code(tx, held.ticket))


def gates_from(tx: Transaction, ticket: Ticket, sale: Sale, *, gates: bool, shut: bool) -> datetime | None:
    """When people are awaited with it at gates: one without a connection hears of nothing that is done with it since. A
    gate that opens sooner that day binds nobody who may still be kept from coming: what it lets in without a connection
    is judged by what the ticket was. None where there are no gates, and of a place that is ``shut``; what was put off
    is given back until it begins, as was promised.
    """
    if shut or not gates:
        return None
    return selling.gates_from(tx, sale, ticket.first_day, moved=model.put_off(ticket, sale))


async def awaited(tx: Transaction, held: Held) -> Held:
    """It as it is now, with when people are awaited with it at gates."""
    gates = held.sale.id in await sales.with_gates(tx, [held.sale.id])
    return held._replace(gates_from=gates_from(tx, held.ticket, held.sale, gates=gates, shut=held.shut))


def at_gates(tx: Transaction, held: Held) -> bool:
    """Whether it is awaited at gates now, by when people are."""
    since, over = held.gates_from, held.sale.over(held.ticket.first_day, tx.runtime.city.timezone)
    return since is not None and since <= tx.now < over


async def changes(tx: Transaction, held: Held) -> list[TicketType]:
    """The types of its sale that a ticket can be changed for now, for who has it in hand; of a date not its own."""
    ticket, sale, zone = held.ticket, held.sale, tx.runtime.city.timezone
    usable = held.own and ticket.state is State.VALID and not model.used(ticket, sale, zone)
    if not usable or at_gates(tx, held) or unsellable(sale, tx.now):
        return []
    if not model.changeable(ticket, sale, held.type, zone, tx.now, shut=held.shut, gone=held.gone):
        return []
    return [
        one
        for one in (await sales.types_of(tx, [sale.id]))[sale.id]
        if one.open
        and (sale.by_day or one.id != ticket.type)
        and model.change_refused(ticket, sale, held.type, sale, one) is None
    ]


async def find(tx: Transaction, code: str, link_key: str, *, lock: bool = False) -> Held:
    """As ``get``; its row locked where it is to be changed."""
    parsed = model.parse(tx.runtime.city.code_prefix, code)
    if parsed is None:
        raise model.mistyped()
    found = await store.by_code(tx, parsed, lock=lock)
    sale = await sales.get(tx, found.sale) if found else None
    type_ = await sales.get_type(tx, found.type) if found else None
    if found is None or sale is None or type_ is None:
        raise model.unknown()
    own = hands.has_ticket(tx, found, link_key)
    offered = hands.is_offered(tx, found, link_key)
    passed_on = found.offered and hands.has_passed_on(tx, found, await store.buyer(tx, found), link_key)
    if not own and not offered and not passed_on and not tx.allows(sale.agency):
        raise model.recalled() if hands.was_recalled(tx, found, link_key) else model.unknown()
    place = (await selling.places_of(tx, [sale])).get(sale.destination)
    shut = model.shut_out(found, sale, place, tx.runtime.city.timezone, tx.now)
    gone = shut and place is not None and place.closed
    return Held(found, sale, type_, own, offered=offered, passed_on=passed_on, shut=shut, gone=gone)
