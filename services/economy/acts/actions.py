"""Writes down who did what with money, in the transaction in which it is done, and lists a day."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
    made = replace(
        _act(tx, what, about, amount, asker=asker, exercise=exercise),
        doer=tx.caller.subject,
        agency=tx.caller.agency,
        merchant=merchant,
        to_payer=to_payer,
    )
    await store.add(tx, made)


async def answered(
    tx: Transaction, what: What, about: str, amount: int, *, asker: str, to_payer: bool = False
) -> None:  # fmt: skip
    """Writes down what the bank did of what somebody of the city had asked for; ``to_payer`` of money in suspense."""
    await store.add(tx, replace(_act(tx, what, about, amount, asker=asker, exercise=False), to_payer=to_payer))


def _act(tx: Transaction, what: What, about: str, amount: int | None, *, asker: str, exercise: bool) -> Act:
    city = tx.runtime.city
    return Act(
        id=ids.uuid7(),
        day=tx.now.astimezone(city.timezone).date(),
        at=tx.now,
        what=what.value,
        asker=asker,
        about=about,
        currency=city.currency,
        amount=amount,
        exercise=exercise,
    )


async def page(tx: Transaction, day: date, size: int, token: str) -> Page[Act]:
    """A day's lines, oldest first. Errors: TREASURY_ONLY, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    access.require_treasury(tx)
    return await store.page(tx, day, size, token)


async def merchants(tx: Transaction, acts: Sequence[Act]) -> Mapping[UUID | None, str]:
    """Names of the merchants that acts concerned, by their identifiers."""
    return await store.merchants(tx, sorted({each.merchant for each in acts if each.merchant}))
