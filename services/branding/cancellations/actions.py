"""Ends what is not paid of what does not take place, takes back its tickets, or what was given back by hand, and shows
what goes back. Lock order: orders, tickets, seats, refunds.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from uuid import UUID

from services.branding.cancellations import store
from services.branding.exchanges import events
from services.branding.orders import actions as ordering
from services.branding.orders import store as orders
from services.branding.orders.model import State as OrderState
from services.branding.refunds import actions as refunds
from services.branding.refunds import store as refund_store
from services.branding.refunds.actions import Due
from services.branding.refunds.model import Cause, Refund, State
from services.branding.sales import actions as selling
from services.branding.sales import store as sales
from services.branding.terms import access
from services.branding.terms.profile import MOST_PAY
from services.branding.tickets import store as tickets
from services.branding.tickets.model import State as Holding
from services.branding.tickets.model import Ticket
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import not_found

OPEN = (State.ASKED, State.REFUSED)
PAID = (OrderState.PAID, OrderState.RETURNED)


async def take_back(tx: Transaction) -> bool:
    """Ends some orders of the sale that was cancelled first that are not paid; once there are none, takes back some of
    its tickets, whoever was let in; of a destination those of the day of the calling off and later. Whether there was
    anything.
    """
    going = await store.next_(tx)
    if going is None:
        return False
    unpaid = await orders.unpaid(tx, going.sale, tx.now - MOST_PAY, store.AT_ONCE)
    if unpaid:
        await ordering.withdraw(tx, unpaid, "SALE_CANCELLED")
        return True
    found = await store.holding(tx, going, going.since.astimezone(tx.runtime.city.timezone).date())
    if found:
        await _cancel(tx, found)
        of = await orders.by_ids(tx, {one.order_id for one in found})
        owed: Counter[tuple[UUID, str]] = Counter()
        for one in found:
            owed[one.order_id, one.request] += one.price
        dues = [
            Due(going.sale, order, of[order].code, request, of[order].amount, amount, Cause.CANCELLED)
            for (order, request), amount in owed.items()
        ]
        total = await refunds.give_back(tx, dues)
        events.refunded(tx, going.sale, f"{going.sale}.{found[-1].id}", len(found), total, Cause.CANCELLED)
        going = going._replace(last=found[-1].id)
    await store.advance(tx, going, done=len(found) < store.AT_ONCE)
    return True


async def hold(tx: Transaction, wanted: Collection[UUID]) -> None:
    """Locks orders, then their tickets, then their seats: nothing is given back of them meanwhile."""
    found = await orders.lock(tx, wanted)
    held = await tickets.of_orders(tx, found) if found else ()
    await sales.lock_seats(tx, {one.seats for one in held})


async def given_by_hand(tx: Transaction, id_: UUID, back: int, *, refused: str = "") -> None:
    """Something of what was paid for an order was given back at the money desk, so much in all: it is counted. Its
    tickets hold no more once that is all of it, whoever was let in. ``refused`` is the reference of the refusal that
    tells it, where one does.
    """
    await hold(tx, [id_])
    order = await orders.get(tx, id_)
    if order is None or order.state not in PAID:
        return
    due = Due(order.sale, id_, order.code, order.request, order.amount, back, Cause.GIVEN_BACK)
    bought = await tickets.of_orders(tx, [id_])
    paid = Counter({order.sale: order.amount})
    for one in bought:
        paid[order.sale] -= one.price
        paid[one.sale] += one.price
    await refunds.count_by_hand(tx, due, paid, refused=refused)
    held = [one for one in bought if one.state is Holding.VALID]
    if held and back >= order.amount:
        await _cancel(tx, held)
        for sale in sorted({one.sale for one in held}):
            its = [one for one in held if one.sale == sale]
            total = sum(one.price for one in its)
            events.refunded(tx, sale, f"{id_}.{its[-1].id}", len(its), total, Cause.BY_HAND)


async def _cancel(tx: Transaction, held: Sequence[Ticket]) -> None:
    """Tickets hold no more, and their seats are free."""
    counts = Counter(one.seats for one in held)
    seats = await sales.lock_seats(tx, counts.keys())
    await tx.together(sales.written([seats[id_].take_back(count) for id_, count in counts.items()]))
    await tickets.remember(tx, [one.id for one in held])
    await store.cancel(tx, [one.id for one in held])


async def page(tx: Transaction, sale: str, states: Sequence[State], size: int, token: str) -> tuple[Page[Refund], bool]:
    """What goes back of a sale in these states (none: what is open), and whether more of it comes by itself.

    Errors: SALE_NOT_FOUND, NOT_YOURS, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    found = await selling.known(tx, sale)
    access.require_seller(tx, found.agency)
    rows = await refund_store.page(tx, found.id, tuple(states) or OPEN, size, token)
    return rows, await store.under_way(tx, found.id)


async def retry(tx: Transaction, id_: str) -> Refund:
    """Asks once more for what could not be given back. What is asked for or done stays as it is.

    Errors: TICKET_REFUND_NOT_FOUND.
    """
    parsed = ids.parse(id_)
    found = await refund_store.by_id(tx, parsed) if parsed else None
    sale = await sales.get(tx, found.sale) if found else None
    if found is None or sale is None or not tx.allows(sale.agency):
        raise not_found("TICKET_REFUND_NOT_FOUND", "There is no such refund of your agency.", field="id")
    return await refunds.ask_again(tx, found.id) or found
