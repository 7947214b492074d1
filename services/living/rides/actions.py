"""What can be done with rides: take taps, ask again for what was refused, give up, add up."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import asyncpg

from services.kit import codes, ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError, invalid, not_found, precondition
from services.kit.interest import require_disinterested
from services.kit.rpc import etag as etags
from services.living.cards import actions as cards
from services.living.cards import model as card_model
from services.living.cards import store as card_store
from services.living.cards.model import Card
from services.living.concessions import access
from services.living.concessions import actions as concessions
from services.living.concessions import store as concession_store
from services.living.fares import terms
from services.living.fares.terms import Terms
from services.living.rides import events, judging, model, store
from services.living.rides.judging import Book, Judged
from services.living.rides.model import Ride, State, Tap
from services.living.rides.store import Takings

STEP = 200
"""So many taps are judged at a stretch."""


async def upload(tx: Transaction, taps: Sequence[Tap], *, offline: bool) -> tuple[list[Judged], int]:
    """Takes taps; a verdict for each, in their order, and how many are new rides.

    Cards are locked first, in the order of their ids, so that two uploads of the same taps come one after the other and
    the second knows them all; the list of denied cards before them: only taps without a connection can change it.
    Errors: RIDES_OFF, NOT_YOURS.
    """
    known = terms.required(tx.runtime.city)
    access.require_office(tx, known)
    zone, prefix = tx.runtime.city.timezone, card_model.prefix(tx.runtime.city.code_prefix)
    taps = [tap._replace(card=codes.parse(prefix, tap.card) or "") for tap in taps]
    await card_store.hold_list(tx, shared=not offline)
    held = await card_store.lock_numbers(tx, {tap.card for tap in taps} - {""})
    ids_ = {one.id for one in held.values()}
    late_days = known.settings.late_days
    first, last = judging.days(taps, zone, tx.now, late_days, offline=offline)
    book = Book(
        terms=known,
        zone=zone,
        now=tx.now,
        by=tx.caller.subject,
        offline=offline,
        cards=dict(held),
        known=await store.known(tx, taps),
        concessions=await concession_store.of_owners(tx, {one.owner for one in held.values()}, first),
        ridden=await store.ridden(tx, ids_, first, last),
        denials=await card_store.spells(tx, ids_, tx.now - timedelta(days=late_days)) if offline else {},
    )
    verdicts = await _judged(book, taps)
    if await store.add_all(tx, book.rides) != len(book.rides):
        # A validator's number went to two cards at this moment: next time it is known.
        raise asyncpg.SerializationError("a tap was uploaded meanwhile")
    before = {one.id: one for one in held.values()}
    await card_store.save(tx, before, [one for one in book.cards.values() if one is not before[one.id]])
    for ride in book.rides:
        if ride.state is State.DUE:
            events.ask(tx, ride, known)
    return verdicts, len(book.rides)


async def _judged(book: Book, taps: Sequence[Tap]) -> list[Judged]:
    """A verdict for each, in their order; the earliest are judged first, and others are served between."""
    order = sorted(range(len(taps)), key=lambda place: taps[place].at)
    found: dict[int, Judged] = {}
    for start in range(0, len(order), STEP):
        places = order[start : start + STEP]
        found.update(zip(places, book.judge([taps[place] for place in places]), strict=True))
        await asyncio.sleep(0)
    return [found[place] for place in range(len(taps))]


async def get(tx: Transaction, id_: str) -> Ride:
    """One that the caller may see. Errors: RIDES_OFF, RIDE_NOT_FOUND, also for what is somebody else's."""
    return await _seen(tx, id_, terms.required(tx.runtime.city))


async def page(tx: Transaction, state: State | None, size: int, token: str, *, own: bool = False) -> Page[Ride]:
    """For the transport agency those of all that are unpaid; else, or where they are asked for, the caller's own.

    Errors: RIDES_OFF, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    if access.is_office(tx, terms.required(tx.runtime.city)) and not own:
        return await store.page(tx, size, token, state=state or State.REFUSED)
    return await store.page(tx, size, token, owner=tx.caller.subject)


async def settle(tx: Transaction, number: str) -> Card:
    """Asks once more for rides of a card that could not be paid, or that were not answered for an hour; what is left
    over, by the next call.

    Errors: RIDES_OFF, CARD_NOT_FOUND, NOTHING_OWED.
    """
    known = terms.required(tx.runtime.city)
    card = await cards.seen(tx, number, known, lock=True)
    refused = await store.refused(tx, card.id)
    unanswered = await store.unanswered(tx, card.id, tx.now - model.UNANSWERED)
    if not refused and not unanswered:
        message = "Nothing of this card is unpaid, or it is asked for already; look again in a minute."
        raise precondition("NOTHING_OWED", message)
    for ride in refused:
        again = model.ask_again(ride, tx.now)
        await store.save(tx, again)
        events.ask(tx, again, known)
    for ride in unanswered:
        again = model.remind(ride, tx.now)
        await store.save(tx, again)
        # Under an aggregate of its own: one that is parked behind a dead letter would wait with it.
        events.ask(tx, again, known, aggregate=f"{ride.id}.{again.version}")
    return card


async def write_off(tx: Transaction, id_: str, etag: str, note: str) -> Ride:
    """Gives up on a ride. Errors: as ``get``, NOT_YOURS, OWN_MATTER, ETAG_REQUIRED, STALE_ETAG, INVALID_TRANSITION."""
    known = terms.required(tx.runtime.city)
    found = await _seen(tx, id_, known)
    access.require_office(tx, known)
    require_disinterested(tx.caller, found.owner)
    locked = await lock(tx, found.id)
    if locked is None:
        raise _missing()
    card, ride = locked
    etags.require(etag, ride.version)
    done = model.write_off(ride, note, tx.caller.subject, tx.now)
    await store.save(tx, done)
    await owe(tx, card, known, refused=-ride.fare)
    return done


async def give_up(tx: Transaction, id_: UUID, known: Terms) -> None:
    """Gives up on a ride that could not be paid for so long that nobody will pay it."""
    locked = await lock(tx, id_)
    if locked is not None and locked[1].state is State.REFUSED:
        card, ride = locked
        await store.save(tx, model.write_off(ride, "", tx.caller.subject, tx.now))
        await owe(tx, card, known, refused=-ride.fare)


async def takings(tx: Transaction, day: str) -> tuple[date, list[Takings]]:
    """A day's rides by line; today's where no day is given. Errors: RIDES_OFF, NOT_YOURS, DAY_INVALID."""
    access.require_office(tx, terms.required(tx.runtime.city))
    try:
        wanted = date.fromisoformat(day) if day else concessions.day_of(tx)
    except ValueError as error:
        raise invalid("DAY_INVALID", "There is no such day. Give it as 2026-11-24.", field="day") from error
    return wanted, await store.takings(tx, wanted)


async def lock(tx: Transaction, id_: UUID) -> tuple[Card, Ride] | None:
    """A ride and its card, both locked, the card first as everywhere, and the list of denied cards before it; None once
    nobody needs to know whose it was.
    """
    await card_store.hold_list(tx)
    found = await store.get(tx, id_)
    card = await card_store.lock(tx, found.card) if found and found.card else None
    ride = await store.get(tx, id_, lock=True)
    return (card, ride) if card is not None and ride is not None else None


async def owe(tx: Transaction, card: Card, known: Terms, *, due: int = 0, refused: int = 0) -> None:
    """Writes what a locked card owes more or less."""
    moved = card_model.owing(card, known.settings.most_owed, tx.now, due=due, refused=refused)
    await card_store.save(tx, {card.id: card}, [moved])


async def _seen(tx: Transaction, id_: str, known: Terms) -> Ride:
    parsed = ids.parse(id_)
    found = await store.get(tx, parsed) if parsed else None
    if found is None or not access.may_see(tx, known, found.owner):
        raise _missing()
    return found


def _missing() -> DomainError:
    return not_found("RIDE_NOT_FOUND", "There is no such ride for you.", field="id")
