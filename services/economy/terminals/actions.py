"""What can be done with tills: one function per use case."""

from services.economy import access
from services.economy.merchants import actions as merchants
from services.economy.merchants import store
from services.economy.merchants.model import Merchant, State, Terminal, over
from services.economy.terminals import model
from services.kit.database import Transaction
from services.kit.errors import forbidden


async def add(tx: Transaction, merchant_id: str, wanted: Terminal) -> Merchant:
    """Adds a till. Errors: MERCHANT_NOT_FOUND, NOT_YOURS, MERCHANT_CLOSED and those of the model."""
    merchant, known = await _kept(tx, merchant_id)
    await store.add_terminal(tx, merchant.id, model.add(wanted, known))
    return merchant


async def change(tx: Transaction, merchant_id: str, label: str, wanted: Terminal) -> Merchant:
    """Calls a till otherwise, or says anew where it stands. Payments keep the label that they were made with.

    Errors: MERCHANT_NOT_FOUND, NOT_YOURS, MERCHANT_CLOSED and those of the model.
    """
    merchant, known = await _kept(tx, merchant_id)
    await store.change_terminal(tx, merchant.id, label, model.change(label, wanted, known))
    return merchant


async def _kept(tx: Transaction, merchant_id: str) -> tuple[Merchant, list[Terminal]]:
    """A merchant, locked, whose tills the caller keeps, and those."""
    merchant = await merchants.locked(tx, merchant_id)
    if not access.may_act_for(tx, merchant):
        raise forbidden("NOT_YOURS", "Only the merchant itself keeps its tills.")
    if merchant.state is State.CLOSED:
        raise over()
    return merchant, await store.terminals(tx, merchant.id)
