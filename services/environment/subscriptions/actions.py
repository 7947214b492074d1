"""What can be done with subscriptions to warnings."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.environment.subscriptions import keys, model, queue, store
from services.environment.subscriptions.model import State, Subscription, Tally, Why
from services.environment.warnings import actions as told
from services.environment.warnings import store as warnings
from services.kit.database import Transaction
from services.kit.errors import DomainError, invalid, not_found, precondition
from services.kit.ids import uuid7
from services.kit.mail import addresses
from services.kit.mail.keys import Purpose

BATCH = 500
"""Subscriptions that a message is queued for in one transaction."""


async def subscribe(tx: Transaction, email: str, language: str, areas: Sequence[str]) -> Subscription:
    """Asks the owner of an address whether they want warnings of these kelurahan, as often as it may be asked.

    The answer is the same where it may not, and nothing is kept then. Errors: SUBSCRIPTIONS_CLOSED, EMAIL_INVALID,
    AREA_UNKNOWN.
    """
    known = keys.of(tx.runtime)
    if not tx.runtime.settings.warnings_by_mail:
        raise keys.closed()
    addresses.require_valid(email)
    wanted = _known(tx, areas)
    id_, address = uuid7(), known.digest(email)
    made = Subscription(id_, State.WAITING, language, wanted, address, known.seal(id_, email), tx.now)
    if await store.ASKED.ask(tx, address):
        await store.add(tx, made)
        await queue.confirm(tx, id_)
    return made


async def linked(tx: Transaction, purpose: Purpose, token: str) -> Subscription:
    """The subscription that a link is about. Errors: SUBSCRIPTIONS_CLOSED, SUBSCRIPTION_LINK_UNKNOWN."""
    known = keys.of(tx.runtime).reader_of(purpose, token)
    found = await store.get(tx, known) if known else None
    if found is not None and found.joined is not None:
        found = await store.get(tx, found.joined)
    if found is None:
        raise _unknown()
    return found


async def confirm(tx: Transaction, token: str) -> Subscription:
    """The owner of an address wants its mails: warnings go there, those in force at once. Again is harmless.

    Errors: SUBSCRIPTIONS_CLOSED, SUBSCRIPTION_LINK_UNKNOWN, SUBSCRIPTION_LINK_EXPIRED.
    """
    one = await _locked(tx, await linked(tx, Purpose.CONFIRM, token))
    if one.state is State.CONFIRMED:
        return one
    if one.address is None or not one.fresh(tx.now):
        days = model.LINK_LIFE.days
        message = f"This subscription has ended, or its link is older than {days} days. Subscribe again."
        raise precondition("SUBSCRIPTION_LINK_EXPIRED", message)
    await store.ASKED.forget(tx, one.address)
    before = await store.of_address(tx, one.address)
    if before is None:
        done = replace(one, state=State.CONFIRMED, confirmed_at=tx.now)
    else:
        await store.save(tx, replace(_over(tx, one, Why.JOINED), joined=before.id))
        done = replace(before, areas=one.areas, language=one.language)
    await store.save(tx, done)
    await store.hear(tx, done.id, done.areas)
    await _catch_up(tx, done, [code for code in done.areas if before is None or code not in before.areas])
    return done


async def end(tx: Transaction, token: str) -> Subscription:
    """Whoever reads the mails wants no more: the address is erased. Again is harmless.

    Errors: SUBSCRIPTIONS_CLOSED, SUBSCRIPTION_LINK_UNKNOWN.
    """
    return await stop(tx, await linked(tx, Purpose.END, token), Why.UNSUBSCRIBED)


async def stop(tx: Transaction, one: Subscription, why: Why) -> Subscription:
    """Ends a subscription, and erases its address. Its address is asked no more for a while."""
    one = await _locked(tx, one)
    if one.address is None:
        return one
    await store.ASKED.stop(tx, one.address)
    done = _over(tx, one, why)
    await store.save(tx, done)
    await store.hear(tx, done.id, ())
    return done


async def progress(tx: Transaction, id_: str) -> Tally:
    """How far the newest message of a warning has come. Errors: WARNING_AGENCY_ONLY, WARNING_NOT_FOUND."""
    warning = (await told.get_for_officers(tx, id_)).warning
    return await queue.tally(tx, warning.id, warning.messages)


async def tell(tx: Transaction, warning: UUID, number: int, areas: Sequence[str]) -> None:
    """A message of a warning sets out to its subscribers. Again is harmless."""
    await queue.begin(tx, warning, number, areas)


async def pass_on(tx: Transaction) -> bool:
    """Queues the message that is the longest on its way for some more subscribers. Whether there was one."""
    telling = await queue.next_telling(tx)
    if telling is None:
        return False
    found = await queue.subscribers(tx, telling.areas[telling.place], telling.after, BATCH)
    await queue.tell(tx, telling.warning, telling.number, found)
    await queue.advance(tx, model.further(telling, found, BATCH), telling)
    return True


async def _catch_up(tx: Transaction, one: Subscription, fresh: Sequence[str]) -> None:
    """Who begins to hear of a kelurahan hears what holds there now, also who heard of it for another one."""
    for warning in await warnings.in_force(tx):
        if not warning.exercise and model.concerned(fresh, warning):
            await queue.forget(tx, warning.id, warning.messages, one.id)
            await queue.tell(tx, warning.id, warning.messages, [one.id])


async def _locked(tx: Transaction, one: Subscription) -> Subscription:
    """As it is now, locked, its address first: as everybody locks them."""
    if one.address is not None:
        await store.ASKED.lock(tx, one.address)
    found = await store.get(tx, one.id, lock=True)
    if found is None:  # nobody confirmed it, and it was taken away just now
        raise _unknown()
    return found


def _over(tx: Transaction, one: Subscription, why: Why) -> Subscription:
    return replace(one, state=State.ENDED, areas=(), address=None, sealed=b"", ended_at=tx.now, why=why.value)


def _known(tx: Transaction, areas: Sequence[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(areas))
    for code in wanted:
        area = tx.runtime.city.area(code)
        if area is None or not area.is_lowest:
            raise invalid("AREA_UNKNOWN", "Name kelurahan or desa by their Kemendagri codes.", field="areas")
    return wanted


def _unknown() -> DomainError:
    message = "This link is not whole, or too old. Subscribe again at /lingkungan/peringatan/langganan."
    return not_found("SUBSCRIPTION_LINK_UNKNOWN", message)
