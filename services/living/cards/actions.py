"""What can be done with cards: one function per use case."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple

from services.kit import codes, ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError, conflict, not_found, precondition
from services.kit.interest import require_disinterested
from services.kit.rpc import etag as etags
from services.living.cards import model, store
from services.living.cards.model import Block, Card
from services.living.cards.store import Change
from services.living.concessions import access
from services.living.fares import terms
from services.living.fares.terms import Terms

MOST_CHANGES = 1_000


class Denied(NamedTuple):
    """The list of denied cards, or a part of it, and what to ask for next."""

    changes: list[Change]
    version: int
    more: bool
    whole: bool


async def create(tx: Transaction) -> Card:
    """The caller's card. Errors: RIDES_OFF, CARD_EXISTS, CARD_OWES, CARD_MISUSED."""
    terms.required(tx.runtime.city)
    owner = tx.caller.subject
    await tx.one_at_a_time(f"cards of {owner}")
    held = await store.of_owner(tx, owner)
    if any(not one.blocked for one in held):
        raise _held()
    if any(one.due or one.refused for one in held):
        message = "Rides with your card are unpaid, or asked for this moment. Settle it first, then open another."
        raise precondition("CARD_OWES", message)
    if any(one.block is Block.MISUSED for one in held):
        message = (
            "Your card was blocked since it was misused. Ask the transport agency, which can let it be used again."
        )
        raise precondition("CARD_MISUSED", message)
    made = Card(
        id=ids.uuid7(),
        version=1,
        number=model.new_number(tx.runtime.city.code_prefix),
        owner=owner,
        due=0,
        refused=0,
        blocked=False,
        denied=False,
        denied_at=None,
        change=0,
        created_at=tx.now,
        updated_at=tx.now,
    )
    if not await store.add(tx, made):
        raise _held()
    return made


async def get(tx: Transaction, number: str) -> Card:
    """One that the caller may see. Errors: RIDES_OFF, CARD_NOT_FOUND, also for what is somebody else's."""
    return await seen(tx, number, terms.required(tx.runtime.city))


async def page(tx: Transaction, size: int, token: str) -> Page[Card]:
    """The caller's own. Errors: RIDES_OFF, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    terms.required(tx.runtime.city)
    return await store.page(tx, tx.caller.subject, size, token)


async def block(tx: Transaction, number: str, etag: str, why: Block) -> Card:
    """It is not to be taken any more; only the agency says of a card of somebody else's that it was misused.

    Errors: as ``get``, NOT_YOURS, OWN_MATTER, ETAG_REQUIRED, STALE_ETAG, CARD_BLOCKED.
    """
    known = terms.required(tx.runtime.city)
    card = await seen(tx, number, known, lock=True)
    if why is Block.MISUSED:
        access.require_office(tx, known)
        require_disinterested(tx.caller, card.owner)
    return await _moved(tx, card, etag, known, partial(model.block, why=why))


async def unblock(tx: Transaction, number: str, etag: str) -> Card:
    """It may be taken again. Errors: as ``get``, NOT_YOURS, OWN_MATTER, ETAG_REQUIRED, STALE_ETAG, CARD_NOT_BLOCKED,
    CARD_EXISTS.
    """
    known = terms.required(tx.runtime.city)
    card = await seen(tx, number, known, lock=True)
    access.require_office(tx, known)
    require_disinterested(tx.caller, card.owner)
    await tx.one_at_a_time(f"cards of {card.owner}")
    held = await store.of_owner(tx, card.owner)
    if card.blocked and any(not one.blocked for one in held):
        raise conflict("CARD_EXISTS", "Its owner has another card that can be used; only one can be.")
    return await _moved(tx, card, etag, known, partial(model.unblock, owes=model.owed(held)))


async def denied(tx: Transaction, since: int) -> Denied:
    """What no validator may take. Errors: RIDES_OFF, NOT_YOURS."""
    access.require_office(tx, terms.required(tx.runtime.city))
    version = await store.list_version(tx)
    # A version that is ahead is of a database that was restored to before: what came since would never be told.
    whole = not 0 < since <= version
    most = MOST_CHANGES + 1
    changes = await store.denied(tx, most) if whole else await store.changed(tx, since, most)
    if len(changes) <= MOST_CHANGES:
        return Denied(changes, version, more=False, whole=whole)
    return Denied(changes[:MOST_CHANGES], changes[MOST_CHANGES - 1].version, more=True, whole=whole)


async def seen(tx: Transaction, number: str, known: Terms, *, lock: bool = False) -> Card:
    """A card that the caller may see, by its number or its id. Errors: CARD_NOT_FOUND."""
    written, identity = codes.parse(model.prefix(tx.runtime.city.code_prefix), number), ids.parse(number)
    if lock:
        await store.hold_list(tx)
    found = await store.by_number(tx, written, lock=lock) if written else None
    if identity is not None:
        found = await store.get(tx, identity, lock=lock)
    if found is None or not found.owner or not access.may_see(tx, known, found.owner):
        raise not_found("CARD_NOT_FOUND", "There is no such card for you. Check its number.", field="number")
    return found


def _held() -> DomainError:
    return conflict("CARD_EXISTS", "You have a card. Block it if it is lost, then open another.")


async def _moved(
    tx: Transaction, card: Card, etag: str, known: Terms, move: Callable[[Card, int, datetime], Card]
) -> Card:
    etags.require(etag, card.version)
    moved = move(card, known.settings.most_owed, tx.now)
    (saved,) = await store.save(tx, {card.id: card}, [moved])
    return saved
