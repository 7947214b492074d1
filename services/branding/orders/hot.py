"""Ordering, many callers in one commit: orders, lines, seats, events and kept answers in one statement.

Many want the same seats at the same moment: they never compete for the row, they wait for the flush, which locks it
once. What a caller can cause is an answer and never an exception, so that nobody's mistake costs the others.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import NamedTuple

from google.protobuf.message import Message

from services.branding.keys import digests
from services.branding.orders import views, writing
from services.branding.orders.deciding import Asked, Taken
from services.branding.resources import Brought, OrderAnswer, Orders, secret_of
from services.kit import ids
from services.kit.caller import ANONYMOUS
from services.kit.database import Transaction
from services.kit.database.group_commit import GroupCommit
from services.kit.database.idempotency import first_alike, keep, recall, remember
from services.kit.errors import ConcurrentKeyError, DomainError, invalid
from services.kit.runtime import Runtime
from smartcity.branding.v1 import orders_pb2 as pb

_TOGETHER = 128
"""Orders of one commit: a longer one would hold the event loop."""


class _Made(NamedTuple):
    place: int
    taken: Taken
    answer: bytes


@asynccontextmanager
async def ordering(runtime: Runtime) -> AsyncIterator[Orders]:
    """The process' group commit of orders, until the block ends; what waits then is committed."""
    group: Orders = GroupCommit(runtime, flush, most=_TOGETHER)
    group.start()
    try:
        yield group
    finally:
        await group.stop()


async def flush(tx: Transaction, items: Sequence[Brought]) -> list[OrderAnswer]:
    """Takes what can be had, and answers every item in order."""
    claims = [item.claim for item in items]
    again = any(claim.contested for claim in claims)
    known = await recall(tx, claims, kept=again)
    first = first_alike(claims)
    fresh = [place for place, answer in enumerate(known) if answer is None and first[place] == place]
    decided = await _order(tx, items, fresh) if fresh else {}
    answers = [decided[first[place]] if answer is None else answer for place, answer in enumerate(known)]
    return answers if again else await remember(tx, claims, answers)


async def _order(tx: Transaction, items: Sequence[Brought], fresh: Sequence[int]) -> dict[int, OrderAnswer]:
    asked = {place: read(secret_of(tx.runtime), items[place]) for place in fresh}
    good = {place: one for place, one in asked.items() if not isinstance(one, DomainError)}
    decided: dict[int, OrderAnswer] = {place: one for place, one in asked.items() if isinstance(one, DomainError)}
    book = await writing.open_book(tx, list(good.values()))
    made: list[_Made] = []
    for place, wish in good.items():
        taken = book.take(wish)
        if isinstance(taken, DomainError):
            decided[place] = taken
            continue
        taken = writing.named(tx, taken, holder_of(items[place].asked))
        writing.tell(tx, book, taken, items[place].traceparent)
        sale = book.sales[taken.order.sale]
        view = views.placed(tx, taken, sale, book.types, book.seats, gated=sale.id in book.gated)
        made.append(_Made(place, taken, pb.CreateOrderResponse(order=view).SerializeToString()))
    kept = keep([items[one.place].claim for one in made], [one.answer for one in made], permanent=True)
    try:
        await tx.together(kept, *writing.writes(tx, book, [one.taken for one in made]), tx.events())
    except ConcurrentKeyError:
        for one in made:
            items[one.place].claim.contested = True
        raise
    return decided | {one.place: one.answer for one in made}


def read(secret: bytes, item: Brought) -> Asked | DomainError:
    """What somebody orders."""
    request = item.asked
    assert isinstance(request, pb.CreateOrderRequest)
    try:
        day = date.fromisoformat(request.day) if request.day else None
    except ValueError:
        return invalid("DAY_INVALID", "There is no such day. Give it as 2026-12-24.", field="day")
    wishes = [(ids.parse(one.type), one.quantity) for one in request.wishes]
    buyer = "" if item.caller.subject == ANONYMOUS.subject else item.caller.subject
    sale = ids.parse(request.sale)
    by = digests.counted(secret, buyer, request.origin.network, sale) if sale is not None else None
    agency = item.caller.agency if item.caller.has("officer") else ""
    return Asked(sale, wishes, day, buyer, counted_by=by, agency=agency)


def holder_of(request: Message) -> str:
    """The name that the tickets are for."""
    assert isinstance(request, pb.CreateOrderRequest)
    return " ".join(request.holder.split())
