"""What can be done with what was paid for nothing."""

from services.economy.returns import events, model, store
from services.economy.returns.model import Return
from services.kit.database import Transaction
from smartcity.economy.v1.payments_pb2 import PaymentSummary


async def ask_back(
    tx: Transaction, paid: PaymentSummary, why: str, correlation: str, *, exercise: bool = False
) -> None:
    """Asks for a payment that we asked for ourselves to be given back, once. ``why`` is for the treasury."""
    one = model.begun(paid.request, paid.amount.units, why, correlation, tx.now, exercise=exercise)
    if await store.add(tx, one):
        events.ask(tx, one)


async def ask_again(tx: Transaction, one: Return) -> None:
    """Asks once more for what was refused, which is locked."""
    again = model.asked_again(one, tx.now)
    await store.save(tx, again)
    events.ask(tx, again)
