"""What can be done with money that goes back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
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
    paid: int
    """What was paid for the order."""
    amount: int
    cause: Cause


async def give_back(tx: Transaction, dues: Sequence[Due]) -> int:
    """Writes down what goes back, one due an order, and asks economy for it; what is nothing goes nowhere. No more than
    is left where something was given back by hand. How much that is in all.
    """
    left = await store.left(tx, {one.order for one in dues if one.amount}, lock=True)
    wanted = [one._replace(amount=min(one.amount, left.get(one.order, one.amount))) for one in dues]
    made = [_new(tx, one) for one in wanted if one.amount > 0]
    await store.add_all(tx, made)
    await _ask(tx, made)
    return sum(one.amount for one in made)


async def count_by_hand(tx: Transaction, due: Due, paid: Mapping[UUID, int], *, refused: str = "") -> None:
    """Writes down what was given back by hand, if it was not before: so much of the order has gone back in all. What
    was asked for is done with it, or is less, where more than was paid would go back. The rest goes from the sales that
    have what was ``paid``. ``refused`` is the reference of the refusal that tells it, where one does.
    """
    known = await store.lock_of_order(tx, due.order)
    counted = model.by_hand(known, due.paid, due.amount, tx.now, refused=refused)
    for one in counted.changed:
        await store.save(tx, one)
    left = Counter(paid)
    for one in ({each.id: each for each in known} | {each.id: each for each in counted.changed}).values():
        left[one.sale] -= one.amount
    new = [
        replace(_new(tx, due._replace(sale=sale, amount=amount)), state=State.DONE, settled_at=tx.now, by_hand=True)
        for sale, amount in model.shares(counted.rest, due.sale, left).items()
    ]
    if new:
        await store.add_all(tx, new)


async def ask_again(tx: Transaction, id_: UUID) -> Refund | None:
    """Asks once more for what was refused; None where it was not. Errors: INVALID_TRANSITION."""
    found = await store.get(tx, id_, lock=True)
    if found is None or found.state is not State.REFUSED:
        return None
    again = model.ask_again(found, tx.now)
    await store.save(tx, again)
    await _ask(tx, [again])
    return again


async def _ask(tx: Transaction, refunds: Sequence[Refund]) -> None:
    known = await store.orders(tx, {one.order_id for one in refunds})
    for one in refunds:
        events.ask(tx, one, *known[one.order_id])


def _new(tx: Transaction, due: Due) -> Refund:
    return Refund(
        id=ids.uuid7(),
        version=1,
        state=State.ASKED,
        cause=due.cause,
        sale=due.sale,
        order_id=due.order,
        order_code=due.code,
        request=due.request,
        amount=due.amount,
        attempt=1,
        reason="",
        created_at=tx.now,
        updated_at=tx.now,
        asked_at=tx.now,
    )
