"""What can be done with money that goes back."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from services.branding.refunds import events, model, store
from services.branding.refunds.model import Cause, Refund, State
from services.kit import ids
from services.kit.database import Transaction


class Due(NamedTuple):
    """What is to go back of an order."""

    sale: UUID
    order: UUID
    code: str
    request: str
    amount: int
    cause: Cause


async def give_back(tx: Transaction, dues: Sequence[Due]) -> list[Refund]:
    """Writes down what goes back, and asks economy for it; what is nothing goes nowhere."""
    made = [
        Refund(
            id=ids.uuid7(),
            version=1,
            state=State.ASKED,
            cause=one.cause,
            sale=one.sale,
            order_id=one.order,
            order_code=one.code,
            request=one.request,
            amount=one.amount,
            attempt=1,
            reason="",
            created_at=tx.now,
            updated_at=tx.now,
            asked_at=tx.now,
        )
        for one in dues
        if one.amount
    ]
    await store.add_all(tx, made)
    for refund in made:
        events.ask(tx, refund)
    return made


async def ask_again(tx: Transaction, id_: UUID) -> Refund | None:
    """Asks once more for what was refused; None where it was not. Errors: INVALID_TRANSITION."""
    found = await store.get(tx, id_, lock=True)
    if found is None or found.state is not State.REFUSED:
        return None
    again = model.ask_again(found, tx.now)
    await store.save(tx, again)
    events.ask(tx, again)
    return again
