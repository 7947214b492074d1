"""What happens in waiting rooms: places have their turn, some in a commit, each once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from services.branding.orders import store as orders
from services.branding.orders import writing
from services.branding.orders.deciding import Taken
from services.branding.sales import store as sales
from services.branding.sales.model import Sale
from services.branding.sales.model import State as SaleState
from services.branding.terms.profile import terms_of
from services.branding.tickets import hands
from services.branding.waiting import model, store
from services.branding.waiting.model import Place, Room, State
from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import DomainError

STOPPED = timedelta(seconds=5)
"""How often it is looked whether a stopped sale goes on, or is over, and whether terms that are gone are back."""


class Shown(NamedTuple):
    """A place with its room, and the order that it became."""

    place: Place
    sale: Sale
    room: Room | None
    order: str


async def get(tx: Transaction, id_: str, link_key: str) -> Shown:
    """A place for who took it. Errors: WAITING_PLACE_NOT_FOUND, also for what is somebody else's."""
    parsed = ids.parse(id_)
    found = await store.get(tx, parsed) if parsed else None
    if found is None or not hands.has_order(tx, found.id, found.buyer, link_key):
        raise model.unknown()
    sale = await sales.get(tx, found.sale)
    assert sale is not None, "sales stay"
    order = await orders.get(tx, found.id) if found.state is State.SERVED else None
    return Shown(found, sale, await store.room(tx, found.sale), order.code if order else "")


async def next_turn(tx: Transaction) -> int:
    """Lets the next places of a room have their turn; how many.

    The room is locked, so nobody is served twice or out of turn, whatever processes there are.
    """
    room = await store.next_room(tx)
    if room is None:
        return 0
    sale, places = await sales.get(tx, room.sale), await store.in_turn(tx, room)
    assert sale is not None, "sales stay"
    zone = tx.runtime.city.timezone
    if terms_of(tx.runtime.city) is None:
        return await _wait(tx, room, sale, model.given_up(places, sale, tx.now))
    if sale.state is SaleState.STOPPED or tx.now < sale.opens_at:
        return await _wait(tx, room, sale, model.too_late(places, sale, zone, tx.now))
    wished = [place.asked for place in places]
    book = await writing.open_book(tx, wished)
    now = book.sales.get(room.sale)
    if now is not None and now.state is SaleState.STOPPED:  # meanwhile, or until it has heard that its date was put off
        return await _wait(tx, room, now, model.too_late(places, now, zone, tx.now))
    taken: list[Taken] = []
    reasons = []
    for asked in wished:
        one = book.take(asked)
        if isinstance(one, DomainError):
            reasons.append(one.reason)
            continue
        reasons.append("")
        taken.append(one)
        writing.tell(tx, book, one)
    await tx.together(
        store.decided(places, reasons, tx.now),
        store.turned(room, places[-1].number),
        *writing.writes(tx, book, taken),
        tx.events(),
    )
    return len(places)


async def _wait(tx: Transaction, room: Room, sale: Sale, late: Mapping[Place, str]) -> int:
    """Nothing is sold for now: nobody has a turn but those who wait in vain by now, so that they are told and no
    place is kept for ever.
    """
    if not late:
        await store.put_off(tx, room, max(sale.opens_at, tx.now + STOPPED))
        return 1
    refused = list(late)
    await tx.together(store.decided(refused, list(late.values()), tx.now), store.turned(room, refused[-1].number))
    return len(refused)
