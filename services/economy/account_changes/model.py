"""Another account of a business: what becomes of the asking. Pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from services.economy.merchants.model import Merchant
from services.kit.errors import invalid, precondition


class State(Enum):
    """Where it stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """Another account that the owner of a business asked for. Times are UTC.

    Once it holds, the one before was in force until ``updated_at``, and what was paid out by then went there. Both are
    personal data, as of the merchant: in no event and no log,
    and whole only in the answer to who may read it.
    """

    id: UUID
    version: int = 1
    state: State = State.REQUESTED
    merchant: UUID
    bank: str
    bank_number: str
    former_bank: str
    former_number: str
    refusal: str = ""
    created_at: datetime
    updated_at: datetime


def ask(merchant: Merchant, id_: UUID, bank: str, number: str, now: datetime) -> AccountChange:
    """Another account for a business. Errors: ACCOUNT_SAME."""
    if (bank, number) == (merchant.bank, merchant.bank_number):
        message = "The takings are paid out to this account already."
        raise invalid("ACCOUNT_SAME", message, field="settlement_account.number")
    return AccountChange(
        id=id_,
        merchant=merchant.id,
        bank=bank,
        bank_number=number,
        former_bank=merchant.bank,
        former_number=merchant.bank_number,
        created_at=now,
        updated_at=now,
    )


def approve(change: AccountChange, now: datetime) -> AccountChange:
    """It holds. Errors: ACCOUNT_CHANGE_OVER."""
    return _ended(change, State.APPROVED, now)


def reject(change: AccountChange, why: str, now: datetime) -> AccountChange:
    """It is refused. Errors: ACCOUNT_CHANGE_OVER."""
    return replace(_ended(change, State.REJECTED, now), refusal=why)


def cancel(change: AccountChange, now: datetime) -> AccountChange:
    """Its owner takes it back. Errors: ACCOUNT_CHANGE_OVER."""
    return _ended(change, State.CANCELLED, now)


def in_force(merchant: Merchant, approved: Sequence[AccountChange], at: datetime) -> tuple[str, str]:
    """Bank and number that the takings of a business went to at some time, for a batch that does not say so itself;
    ``approved`` are its changes that hold or did, the oldest first.
    """
    later = next((each for each in approved if each.updated_at > at), None)
    return (later.former_bank, later.former_number) if later else (merchant.bank, merchant.bank_number)


def former(merchant: Merchant, approved: Sequence[AccountChange], since: datetime) -> tuple[str, str] | None:
    """The first bank and number that were in force since some time and are no longer; None where there are none.
    ``approved`` are the business' changes that hold or did, the oldest first.
    """
    known = ((each.former_bank, each.former_number) for each in approved if each.updated_at > since)
    return next((each for each in known if each != (merchant.bank, merchant.bank_number)), None)


def _ended(change: AccountChange, state: State, now: datetime) -> AccountChange:
    if change.state is not State.REQUESTED:
        raise precondition("ACCOUNT_CHANGE_OVER", "This was decided on or taken back. Ask again if it is still wanted.")
    return replace(change, state=state, version=change.version + 1, updated_at=now)
