"""What can be done with rides: take taps, ask again for what was refused, give up, add up."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
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
from services.living.cards.model import Card, Owing
from services.living.concessions import access
from services.living.concessions import actions as concessions
from services.living.concessions import store as concession_store
from services.living.fares import terms
from services.living.fares.terms import Terms
from services.living.rides import events, judging, model, store
from services.living.rides.judging import Book, Judged
from services.living.rides.model import Answer, Refund, Ride, State, Tap
from services.living.rides.store import Takings

STEP = 200
"""So many taps are judged at a stretch."""
FREED = 200
"""Cards that are judged again at once."""


class _Held(NamedTuple):
    """Rides that are locked, and their cards with all that the owners of these use or owe for."""

    cards: Mapping[UUID, Card]
    rides: Mapping[UUID, Ride]


async def upload(tx: Transaction, taps: Sequence[Tap], *, offline: bool) -> tuple[list[Judged], int]:
    """Takes taps; a verdict for each, in their order, and how many are new rides.

    Cards are locked first, in the order of their ids, so that two uploads of the same taps come one after the other and
    the second knows them all; with them what else their owners use or owe for: who owes rides with none of their cards.
    The list of denied cards is held before them; only taps without a connection can change it.
    Errors: RIDES_OFF, NOT_YOURS.
    """
    known = terms.required(tx.runtime.city)
    access.require_office(tx, known)
    return await take(tx, known, taps, tx.caller.subject, offline=offline)


async def take(
    tx: Transaction, known: Terms, taps: Sequence[Tap], by: str, *, offline: bool
) -> tuple[list[Judged], int]:
    """The same, whoever it is that may: ``by`` is by whom the taps are known with their validators and sequences."""
    zone, prefix = tx.runtime.city.timezone, card_model.prefix(tx.runtime.city.code_prefix)
    taps = [tap._replace(card=codes.parse(prefix, tap.card) or "") for tap in taps]
    await card_store.hold_list(tx, shared=not offline)
    numbers = {tap.card for tap in taps} - {""}
    held = await card_store.lock_numbers(tx, numbers)
    ids_ = {one.id for one in held.values() if one.number in numbers}
    late_days = known.settings.late_days
    first, last = judging.days(taps, zone, tx.now, late_days, offline=offline)
    book = Book(
        terms=known,
        zone=zone,
        now=tx.now,
        by=by,
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
    unanswered = await store.unanswered(tx, card.id, tx.now - card_model.UNANSWERED)
    if not refused and not unanswered:
        message = "Nothing of this card is unpaid, or it is asked for already; look again in a minute."
        raise precondition("NOTHING_OWED", message)
    again = [model.ask_again(ride, tx.now) for ride in refused]
    reminded = [model.remind(ride, tx.now) for ride in unanswered]
    await store.save_all(tx, [*again, *reminded])
    for ride in again:
        events.ask(tx, ride, known)
    for ride in reminded:
        # Under an aggregate of its own: one that is parked behind a dead letter would wait with it.
        events.ask(tx, ride, known, aggregate=f"{ride.id}.{ride.version}")
    return card


async def answered(tx: Transaction, answers: Sequence[Answer]) -> None:
    """Economy has answered, many at once and in this order: what is paid is owed no longer, a card with something that
    could not be paid comes to the list of denied cards. What is no ride's any more, or came before, changes nothing.
    """
    held = await _hold(tx, {one.ride for one in answers})
    settled = dict(held.rides)
    for one in answers:
        if (ride := settled.get(one.ride)) is not None:
            settled[one.ride] = model.settle(ride, one, tx.now)
    await _save(tx, held, settled.values())


async def refunded(tx: Transaction, told: Refund) -> None:
    """Economy has given back what was paid for a ride; nothing is owed for it. What is nobody's ride any more stays."""
    held = await _hold(tx, {told.ride})
    await _save(tx, held, [model.refund(ride, told, tx.now) for ride in held.rides.values()])


async def write_off(tx: Transaction, id_: str, etag: str, note: str) -> Ride:
    """Gives up on a ride. Errors: as ``get``, NOT_YOURS, OWN_MATTER, ETAG_REQUIRED, STALE_ETAG, INVALID_TRANSITION."""
    known = terms.required(tx.runtime.city)
    found = await _seen(tx, id_, known)
    access.require_office(tx, known)
    require_disinterested(tx.caller, found.owner)
    held = await _hold(tx, {found.id})
    ride = held.rides.get(found.id)
    if ride is None:
        raise _missing()
    etags.require(etag, ride.version)
    done = model.write_off(ride, note, tx.caller.subject, tx.now)
    await _save(tx, held, [done])
    return done


async def give_up(tx: Transaction, rides: Collection[UUID]) -> None:
    """Gives up on rides that could not be paid for so long that nobody will pay them."""
    held = await _hold(tx, rides)
    refused = [ride for ride in held.rides.values() if ride.state is State.REFUSED]
    await _save(tx, held, [model.write_off(ride, "", tx.caller.subject, tx.now) for ride in refused])


async def free(tx: Transaction) -> bool:
    """Takes cards from the list of denied ones whose owners owe nothing. Whether there are more.

    Answers judge all cards of an owner, so there are none; but a pod of before looks at the card of the ride alone.
    All that is owed is looked through, mostly for nothing: the list is held, and taps wait, only to look again.
    """
    known = terms.required(tx.runtime.city)
    if not await card_store.left_denied(tx, FREED):
        return False
    await card_store.hold_list(tx)
    held = await card_store.lock_all(tx, await card_store.left_denied(tx, FREED))
    freed = card_model.owing(list(held.values()), {}, known.settings.most_owed, tx.now)
    await card_store.save(tx, held, freed)
    return len(freed) >= FREED


async def takings(tx: Transaction, day: str) -> tuple[date, list[Takings]]:
    """A day's rides by line; today's where no day is given. Errors: RIDES_OFF, NOT_YOURS, DAY_INVALID."""
    access.require_office(tx, terms.required(tx.runtime.city))
    try:
        wanted = date.fromisoformat(day) if day else concessions.day_of(tx)
    except ValueError as error:
        raise invalid("DAY_INVALID", "There is no such day. Give it as 2026-11-24.", field="day") from error
    return wanted, await store.takings(tx, wanted)


async def _hold(tx: Transaction, rides: Collection[UUID]) -> _Held:
    """Rides and their cards, all locked, the cards first as everywhere, and the list of denied cards before them; only
    those of whom somebody needs to know whose they were.
    """
    await card_store.hold_list(tx)
    cards = await card_store.lock_all(tx, await store.cards_of(tx, rides))
    return _Held(cards, await store.lock_all(tx, rides))


async def _save(tx: Transaction, held: _Held, rides: Iterable[Ride]) -> None:
    """Writes what has become of rides, and what their cards owe more or less: once for each card, so that it stays on
    the list of denied cards where one ride takes the place of another.
    """
    moved = [ride for ride in rides if ride is not held.rides[ride.id]]
    if not moved:
        return
    most = terms.required(tx.runtime.city).settings.most_owed
    sums: dict[UUID, Owing] = {}
    for ride in moved:
        assert ride.card is not None, "it is held"
        before, after = held.rides[ride.id].owes, ride.owes
        due, refused = sums.get(ride.card, Owing())
        sums[ride.card] = Owing(due + after.due - before.due, refused + after.refused - before.refused)
    await store.save_all(tx, moved)
    more = {id_: owes for id_, owes in sums.items() if any(owes)}
    await card_store.save(tx, held.cards, card_model.owing(list(held.cards.values()), more, most, tx.now))


async def _seen(tx: Transaction, id_: str, known: Terms) -> Ride:
    parsed = ids.parse(id_)
    found = await store.get(tx, parsed) if parsed else None
    if found is None or not access.may_see(tx, known, found.owner):
        raise _missing()
    return found


def _missing() -> DomainError:
    return not_found("RIDE_NOT_FOUND", "There is no such ride for you.", field="id")
