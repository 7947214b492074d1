"""What can be done with who is reminded of their permit by mail."""

from functools import partial
from typing import NamedTuple

from services.economy.permit_following import keys
from services.economy.permit_mails import model, queue, store
from services.economy.permit_mails.model import Follower
from services.economy.permits import access, kinds
from services.economy.permits import store as permits
from services.economy.permits.model import HOLDING, Permit
from services.kit.database import Transaction
from services.kit.errors import DomainError, exhausted, not_found, precondition
from services.kit.mail.follower import LINK_LIFE, Why
from services.kit.mail.following import Following
from services.kit.mail.keys import Purpose


class Followed(NamedTuple):
    """Who is reminded, and of which permit."""

    follower: Follower
    permit: Permit


async def follow(tx: Transaction, code: str, email: str, language: str) -> Followed:
    """Asks the owner of an address whether they want to be reminded, as often as it may be asked.

    The answer is the same where it may not. Errors: those of ``CreatePermitFollower``.
    """
    if not (tx.runtime.settings.smtp_url and keys.is_open(tx.runtime)):
        raise keys.closed()
    permit = await access.known(tx, code, lock=True)
    if permit.owner != tx.caller.subject:
        raise access.unknown()
    _require_reminded(tx, permit)
    wait = await store.FOLLOWERS.wait(tx, model.MOST_A_DAY, permit=permit.id)
    if wait is not None:
        message = f"An address was given {model.MOST_A_DAY} times within a day; give another tomorrow."
        raise exhausted("PERMIT_FOLLOWERS_FULL", message, wait=wait)
    made = FOLLOWING.made(tx, email, language, partial(Follower, permit=permit.id))
    if await FOLLOWING.may_ask(tx, made):
        await FOLLOWING.ask(tx, made, await store.waiting(tx, permit.id))  # the last address that was given counts
    return Followed(made, permit)


async def linked(tx: Transaction, purpose: Purpose, token: str) -> Followed:
    """What a link is about. Errors: PERMIT_MAILS_CLOSED, PERMIT_LINK_UNKNOWN."""
    one = await FOLLOWING.linked(tx, purpose, token)
    permit = await permits.get(tx, one.permit)
    if permit is None:
        raise _unknown()
    return Followed(one, permit)


async def confirm(tx: Transaction, token: str) -> Followed:
    """The owner of an address wants the reminder; the one whose time has come already goes at once. Again is harmless.

    Errors: PERMIT_MAILS_CLOSED, PERMIT_LINK_UNKNOWN, PERMIT_LINK_EXPIRED.
    """
    found = await linked(tx, Purpose.CONFIRM, token)
    permit = await permits.get(tx, found.permit.id, lock=True)
    one, address = await FOLLOWING.to_confirm(tx, found.follower)
    if address is None:
        return Followed(one, found.permit)
    done = await FOLLOWING.confirm(tx, one, await store.of_permit(tx, one.permit))
    if permit is not None and permit.reminded:
        await queue.remind(tx, permit.id)
    return Followed(done, found.permit)


async def end(tx: Transaction, token: str) -> Followed:
    """Whoever reads the mails wants no more: the address is erased. Again is harmless.

    Errors: PERMIT_MAILS_CLOSED, PERMIT_LINK_UNKNOWN.
    """
    found = await linked(tx, Purpose.END, token)
    return Followed(await FOLLOWING.stop(tx, found.follower, Why.UNSUBSCRIBED), found.permit)


async def addresses_of(tx: Transaction, owner: str, most: int) -> list[dict[str, object]]:
    """Where reminders of somebody's permits go, for whose they are."""
    if not keys.is_open(tx.runtime):
        return []
    about = await permits.by_ids(tx, await permits.newest_of(tx, owner, most))
    found = sorted(await store.live(tx, list(about)), key=lambda one: one.id, reverse=True)
    return [
        {
            "permit": about[one.permit].code, "state": one.state.value,
            "email": keys.of(tx.runtime).known(one.id, one.sealed), "created_at": one.created_at,
        }
        for one in found
    ]  # fmt: skip


def _require_reminded(tx: Transaction, one: Permit) -> None:
    """Lets only permits pass that are reminded of: of an application mails would go to whom its applicant likes.

    Errors: INVALID_TRANSITION, PERMIT_NOT_EXTENDABLE.
    """
    if kinds.of_extension(tx, one) is None:
        message = "A permit of this kind is not extended, so nobody is reminded of its end."
        raise precondition("PERMIT_NOT_EXTENDABLE", message)
    if one.state not in HOLDING and not one.suspended:
        raise precondition("INVALID_TRANSITION", f"It is {one.state.value}.", state=one.state.value)


def _unknown() -> DomainError:
    message = "This link is not whole, or too old. Ask for the reminder again on the page of your permit."
    return not_found("PERMIT_LINK_UNKNOWN", message)


def _expired() -> DomainError:
    message = f"It has ended, or its link is older than {LINK_LIFE.days} days. Ask for it again."
    return precondition("PERMIT_LINK_EXPIRED", message)


FOLLOWING = Following(store.FOLLOWERS, keys.of, queue.ask, _unknown, _expired)
