"""What can be done with who is mailed: an address is asked, confirmed by its owner, and erased.

A noun says where its own are kept, and how its links are refused:

    FOLLOWING = Following(store.FOLLOWERS, keys.of, queue.ask, _unknown, _expired)
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic
from uuid import UUID

from services.kit.context import Context
from services.kit.database import Transaction
from services.kit.errors import DomainError
from services.kit.ids import uuid7
from services.kit.mail import addresses
from services.kit.mail.follower import State, Why
from services.kit.mail.followers import F, Followers
from services.kit.mail.keys import AddressKeys, Purpose
from services.kit.runtime import Runtime

Step = Callable[[Transaction], Awaitable[bool]]
"""Takes something away, some at once. Whether there is more."""


@dataclass(frozen=True)
class Following(Generic[F]):
    """Of those who are mailed of one thing."""

    rows: Followers[F]
    keys: Callable[[Context], AddressKeys]
    """Errors: what says that the city has no secret."""
    confirmation: Callable[[Transaction, UUID], Awaitable[None]]
    """Queues the mail that asks an address."""
    unknown: Callable[[], DomainError]
    """What a link is refused with that leads nowhere."""
    expired: Callable[[], DomainError]
    """What the link of a confirmation is refused with that is too old."""
    ended: Callable[[Transaction, F], Awaitable[None]] | None = None
    """What else becomes of one that is stopped."""

    def made(self, tx: Transaction, email: str, language: str, make: Callable[..., F]) -> F:
        """Who is to be asked, kept by nobody yet; ``make`` is the noun's own dataclass with what it is about.

        They are mailed in the city's first language where it does not offer the given one. Errors: EMAIL_INVALID.
        """
        addresses.require_valid(email)
        offered = tx.runtime.city.languages
        language = language if language in offered else offered[0]
        id_, known = uuid7(), self.keys(tx.runtime)
        address, sealed = known.digest(email), known.seal(id_, email)
        return make(id=id_, language=language, address=address, sealed=sealed, created_at=tx.now)

    async def may_ask(self, tx: Transaction, one: F) -> bool:
        """Notes that an address is asked once more. Whether it may be; who gave it is not told."""
        return one.address is not None and await self.rows.asked.ask(tx, one.address)

    async def ask(self, tx: Transaction, one: F, before: F | None = None) -> None:
        """Asks the owner of an address, who may be asked, in place of who was asked ``before`` and has not answered."""
        if before is not None:
            await self.rows.save(tx, before.join(one, tx.now))
        await self.rows.add(tx, one)
        await self.confirmation(tx, one.id)

    async def linked(self, tx: Transaction, purpose: Purpose, token: str) -> F:
        """Who reads the mail of a link. Errors: ``unknown``."""
        known = self.keys(tx.runtime).reader_of(purpose, token)
        found = await self.rows.get(tx, known) if known else None
        while found is not None and found.joined is not None:
            found = await self.rows.get(tx, found.joined)
        if found is None:
            raise self.unknown()
        return found

    async def to_confirm(self, tx: Transaction, one: F) -> tuple[F, bytes | None]:
        """As it is now, locked, and its address, which may be confirmed; None where that was done before.

        Errors: ``unknown``, ``expired``.
        """
        one = await self._locked(tx, one)
        if one.state is State.CONFIRMED:
            return one, None
        if one.address is None or not one.fresh(tx.now):
            raise self.expired()
        await self.rows.asked.forget(tx, one.address)
        return one, one.address

    async def confirm(self, tx: Transaction, one: F, before: F | None = None) -> F:
        """It gets mails from now on, and who got them before in its place gets no more."""
        if before is not None:
            await self.rows.save(tx, before.join(one, tx.now))
        done = one.confirmed(tx.now)
        await self.rows.save(tx, done)
        return done

    async def stop(self, tx: Transaction, one: F, why: Why) -> F:
        """Ends it, and erases the address, which is asked no more for a while. Errors: ``unknown``."""
        one = await self._locked(tx, one)
        if one.address is None:
            return one
        await self.rows.asked.stop(tx, one.address)
        done = one.over(why, tx.now)
        await self.rows.save(tx, done)
        if self.ended is not None:
            await self.ended(tx, done)
        return done

    async def undeliverable(self, tx: Transaction, reader: UUID) -> None:
        """Nobody has this address: it is erased."""
        one = await self.rows.get(tx, reader)
        if one is not None:
            await self.stop(tx, one, Why.UNDELIVERABLE)

    async def _locked(self, tx: Transaction, one: F) -> F:
        """As it is now, locked, its address first: as everybody locks them."""
        if one.address is not None:
            await self.rows.asked.lock(tx, one.address)
        found = await self.rows.get(tx, one.id, lock=True)
        if found is None:  # nobody confirmed it, and it was taken away just now
            raise self.unknown()
        return found


async def prune(runtime: Runtime, *steps: Step) -> None:
    """Takes away what is over, some of each in a transaction, until there is no more."""
    more = True
    while more:
        async with runtime.transaction() as tx:
            more = any([await step(tx) for step in steps])
