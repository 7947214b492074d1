"""What can be done with subscriptions to warnings."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

from services.environment.criteria.profile import criteria_of
from services.environment.subscriptions import keys, model, queue, store
from services.environment.subscriptions.model import Subscription, Tally
from services.environment.warnings import actions as told
from services.environment.warnings import store as warnings
from services.kit.database import Transaction
from services.kit.errors import DomainError, invalid, not_found, precondition
from services.kit.mail.follower import LINK_LIFE, Why
from services.kit.mail.following import Following
from services.kit.mail.keys import Purpose

BATCH = 500
"""Subscriptions that a message is queued for in one transaction."""


async def subscribe(tx: Transaction, email: str, language: str, areas: Sequence[str]) -> Subscription:
    """Asks the owner of an address whether they want warnings of these kelurahan, as often as it may be asked.

    The answer is the same where it may not, and nothing is kept then. Errors: NO_WARNINGS_HERE, SUBSCRIPTIONS_CLOSED,
    EMAIL_INVALID, AREA_UNKNOWN.
    """
    if not criteria_of(tx.runtime.city).warns:
        message = "This city gives no warnings here: who follows them would wait for what never comes."
        raise precondition("NO_WARNINGS_HERE", message)
    if not (tx.runtime.settings.warnings_by_mail and keys.is_open(tx.runtime)):
        raise keys.closed()
    made = FOLLOWING.made(tx, email, language, partial(Subscription, areas=_known(tx, areas)))
    if await FOLLOWING.may_ask(tx, made):
        await FOLLOWING.ask(tx, made)
    return made


async def linked(tx: Transaction, purpose: Purpose, token: str) -> Subscription:
    """The subscription that a link is about. Errors: SUBSCRIPTIONS_CLOSED, SUBSCRIPTION_LINK_UNKNOWN."""
    return await FOLLOWING.linked(tx, purpose, token)


async def confirm(tx: Transaction, token: str) -> Subscription:
    """The owner of an address wants its mails: warnings go there, those in force at once. Again is harmless.

    Errors: SUBSCRIPTIONS_CLOSED, SUBSCRIPTION_LINK_UNKNOWN, SUBSCRIPTION_LINK_EXPIRED.
    """
    one, address = await FOLLOWING.to_confirm(tx, await linked(tx, Purpose.CONFIRM, token))
    if address is None:
        return one
    before = await store.of_address(tx, address)
    if before is None:
        done = await FOLLOWING.confirm(tx, one)
    else:
        await store.SUBSCRIPTIONS.save(tx, one.join(before, tx.now))
        done = replace(before, areas=one.areas, language=one.language)
        await store.SUBSCRIPTIONS.save(tx, done)
    await store.hear(tx, done.id, done.areas)
    await _catch_up(tx, done, [code for code in done.areas if before is None or code not in before.areas])
    return done


async def end(tx: Transaction, token: str) -> Subscription:
    """Whoever reads the mails wants no more: the address is erased. Again is harmless.

    Errors: SUBSCRIPTIONS_CLOSED, SUBSCRIPTION_LINK_UNKNOWN.
    """
    return await FOLLOWING.stop(tx, await linked(tx, Purpose.END, token), Why.UNSUBSCRIBED)


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


async def _hears_no_more(tx: Transaction, one: Subscription) -> None:
    await store.hear(tx, one.id, ())


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


def _expired() -> DomainError:
    message = f"This subscription has ended, or its link is older than {LINK_LIFE.days} days. Subscribe again."
    return precondition("SUBSCRIPTION_LINK_EXPIRED", message)


FOLLOWING = Following(store.SUBSCRIPTIONS, keys.of, queue.ask, _unknown, _expired, _hears_no_more)
