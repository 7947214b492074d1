"""What can be done with gates: open them, take their lists along, judge what is shown."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from services.branding.gates import events, listing, model, store
from services.branding.gates.judging import Book, Judged, Shown
from services.branding.gates.model import Gate, Scan
from services.branding.resources import signer_of
from services.branding.sales import actions as selling
from services.branding.sales import store as sales
from services.branding.sales.model import Sale, require_alive
from services.branding.terms import access
from services.branding.terms.profile import of_sold
from services.branding.tickets import store as ticket_store
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import conflict, not_found, precondition
from services.kit.impersonal import require_impersonal

STEP = 100
"""So many scans are judged at a stretch."""


class Listed(NamedTuple):
    """A page of a gate's list: what is signed, its signature, and where to go on."""

    text: str
    signature: str
    token: str


async def create(tx: Transaction, sale: str, name: str) -> tuple[Gate, Sale]:
    """Opens a gate of a sale. Errors: SALE_NOT_FOUND, NOT_YOURS, SALE_CANCELLED, WORDS_PERSONAL, GATE_EXISTS,
    TOO_MANY_GATES.
    """
    found = await selling.known(tx, sale, lock=True)
    access.require_seller(tx, found.agency)
    require_alive(found)
    require_impersonal(name, "name")
    there = await store.of_sale(tx, found.id)
    if any(one.name.casefold() == name.casefold() for one in there):
        raise conflict("GATE_EXISTS", "There is a gate of that name.", field="name")
    if len(there) >= model.MOST_GATES:
        raise precondition("TOO_MANY_GATES", f"A sale has at most {model.MOST_GATES} gates.")
    made = Gate(ids.uuid7(), found.id, found.agency, name, tx.caller.subject, tx.now)
    await store.save(tx, made)
    return made, found


async def get(tx: Transaction, id_: str) -> tuple[Gate, Sale, int]:
    """A gate of the caller's agency, its sale, and how many it let in today. Errors: GATE_NOT_FOUND."""
    gate, sale = await _own(tx, id_)
    return gate, sale, await store.today(tx, gate.id, _today(tx, sale))


async def of_sale(tx: Transaction, sale: str) -> tuple[list[Gate], Sale]:
    """The gates of a sale. Errors: SALE_NOT_FOUND, NOT_YOURS."""
    found = await selling.known(tx, sale)
    access.require_seller(tx, found.agency)
    return await store.of_sale(tx, found.id), found


async def amiss(tx: Transaction, sale: str, size: int, token: str) -> tuple[Page[Scan], dict[str, str]]:
    """Scans that should not have happened, and the names of the gates. Errors: as ``of_sale``, PAGE_SIZE_INVALID,
    PAGE_TOKEN_INVALID.
    """
    gates, found = await of_sale(tx, sale)
    return await store.amiss(tx, found.id, size, token), {str(one.id): one.name for one in gates}


async def list_page(tx: Transaction, id_: str, day: date | None, token: str) -> Listed:
    """A page of the list that a gate takes along. Errors: GATE_NOT_FOUND, PAGE_TOKEN_INVALID."""
    gate, sale = await _own(tx, id_)
    zone = tx.runtime.city.timezone
    wanted = None if sale.day is not None else (day or _today(tx, sale))
    found = await store.listed(tx, sale.id, wanted, token)
    types = [one for one in (await sales.types_of(tx, [sale.id]))[sale.id] if one.lets_in_at(gate.name)]
    moves = await store.of_tickets(tx, {one.id for one in found.rows})
    scans = {ticket: model.counted(told, sale, zone) for ticket, told in moves.items()}
    days = sale.days(zone) or (wanted or _today(tx, sale),) * 2
    early = sale.begins(days[0], zone) - (_early(tx) if sale.starts_at else timedelta(0))
    text = listing.text(gate, days, early, model.night_of(sale), tx.now, types, found.rows, scans)
    return Listed(text, signer_of(tx.runtime).signer.sign(text.encode()), found.token)


async def upload(tx: Transaction, id_: str, shown: Sequence[Shown], *, offline: bool) -> tuple[list[Judged], Book]:
    """Takes scans; a verdict for each, in their order. Tickets are locked first, in the order of their ids.

    Errors: GATE_NOT_FOUND.
    """
    gate, sale = await _own(tx, id_)
    tickets = await store.lock_tickets(tx, {one.code for one in shown if one.code})
    before = await ticket_store.before(tx, [one.id for one in tickets.values()]) if offline else {}
    wanted = {one.type for one in tickets.values()} | {one.type for one in before.values()}
    types = await sales.types_by_ids(tx, wanted)
    book = Book(
        gate=gate,
        sale=sale,
        zone=tx.runtime.city.timezone,
        now=tx.now,
        early=_early(tx),
        by=tx.caller.subject,
        offline=offline,
        tickets=dict(tickets),
        types=types,
        scans=await store.of_tickets(tx, {one.id for one in tickets.values()}),
        known=await store.known(tx, gate.id, {one.scan for one in shown}),
        before=before,
    )
    judged = await _judged(book, shown)
    await store.add_all(tx, [book.changed.get(one.id, one) for one in book.new])
    new = {one.id for one in book.new}
    changed = [one for one in book.changed.values() if one.id not in new]
    moved = [one for code, one in book.tickets.items() if one is not tickets[code]]
    await tx.together(store.seen(changed), store.moved(moved, tx.now))
    by_id = {one.id: one for one in book.tickets.values()}
    for scan in book.first:
        assert scan.ticket is not None
        events.admitted(tx, scan, by_id[scan.ticket], sale, gate)
    return judged, book


async def _judged(book: Book, shown: Sequence[Shown]) -> list[Judged]:
    """A verdict for each, in their order; the earliest are judged first, and others are served between."""
    order = sorted(range(len(shown)), key=lambda place: shown[place].at)
    found: dict[int, Judged] = {}
    for start in range(0, len(order), STEP):
        found.update((place, book.judge(shown[place])) for place in order[start : start + STEP])
        await asyncio.sleep(0)
    book.settle()
    return [book.seen(found[place]) for place in range(len(shown))]


async def _own(tx: Transaction, id_: str) -> tuple[Gate, Sale]:
    parsed = ids.parse(id_)
    gate = await store.get(tx, parsed) if parsed else None
    sale = await sales.get(tx, gate.sale) if gate else None
    if gate is None or sale is None or not tx.allows(gate.agency):
        raise not_found("GATE_NOT_FOUND", "There is no such gate of your agency.", field="id")
    return gate, sale


def _today(tx: Transaction, sale: Sale) -> date:
    return model.day_of(tx.now, sale, tx.runtime.city.timezone, _early(tx))


def _early(tx: Transaction) -> timedelta:
    return timedelta(hours=of_sold(tx.runtime.city).early_hours)
