"""Writes down who did what with money, in the transaction in which it is done, and lists a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from services.economy import access
from services.economy.acts import store
from services.economy.acts.model import Act, What
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page


async def note(
    tx: Transaction, what: What, about: str, amount: int | None = None, *, asker: str = "", exercise: bool = False,
    merchant: UUID | None = None, to_payer: bool = False,
) -> None:  # fmt: skip
    """Writes down what the caller does, if they do it for the city; ``asker`` had asked for it, ``merchant`` is whom it
    concerned, unless money was to go back to its payer.
    """
    if not access.is_staff(tx):
        return
    city = tx.runtime.city
    made = Act(
        id=ids.uuid7(),
        day=tx.now.astimezone(city.timezone).date(),
        at=tx.now,
        what=what,
        doer=tx.caller.subject,
        agency=tx.caller.agency,
        asker=asker,
        about=about,
        currency=city.currency,
        amount=amount,
        exercise=exercise,
        merchant=merchant,
        to_payer=to_payer,
    )
    await store.add(tx, made)


async def page(tx: Transaction, day: date, size: int, token: str) -> Page[Act]:
    """A day's lines, oldest first. Errors: TREASURY_ONLY, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    access.require_treasury(tx)
    return await store.page(tx, day, size, token)


async def merchants(tx: Transaction, acts: Sequence[Act]) -> Mapping[UUID | None, str]:
    """Names of the merchants that acts concerned, by their identifiers."""
    return await store.merchants(tx, sorted({each.merchant for each in acts if each.merchant}))
