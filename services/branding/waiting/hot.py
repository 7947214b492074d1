"""Taking places, many callers in one commit: a room's row is locked once for all of them; numbers have no gaps."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.branding.destinations.model import Destination
from services.branding.keys import digests, sealing
from services.branding.orders import deciding
from services.branding.orders.deciding import Asked
from services.branding.resources import Brought, OrderAnswer, Orders, secret_of
from services.branding.sales import actions as selling
from services.branding.sales import model as sale_model
from services.branding.sales import store as sales
from services.branding.sales.model import Sale, TicketType
from services.branding.waiting import model, store, views
from services.branding.waiting.model import Place, State
from services.kit import ids
from services.kit.caller import ANONYMOUS
from services.kit.database import Transaction
from services.kit.database.group_commit import GroupCommit
from services.kit.database.idempotency import first_alike, keep, recall, remember
from services.kit.errors import ConcurrentKeyError, DomainError, invalid
from services.kit.runtime import Runtime
from smartcity.branding.v1 import waiting_pb2 as pb

_TOGETHER = 256


@asynccontextmanager
async def queueing(runtime: Runtime) -> AsyncIterator[Orders]:
    """The process' group commit of places, until the block ends; what waits then is committed."""
    group: Orders = GroupCommit(runtime, flush, most=_TOGETHER)
    group.start()
    try:
        yield group
    finally:
        await group.stop()


async def flush(tx: Transaction, items: Sequence[Brought]) -> list[OrderAnswer]:
    """Gives places, and answers every item in order."""
    claims = [item.claim for item in items]
    again = any(claim.contested for claim in claims)
    known = await recall(tx, claims, kept=again)
    first = first_alike(claims)
    fresh = [place for place, answer in enumerate(known) if answer is None and first[place] == place]
    decided = await _take(tx, items, fresh) if fresh else {}
    answers = [decided[first[place]] if answer is None else answer for place, answer in enumerate(known)]
    return answers if again else await remember(tx, claims, answers)


async def _take(tx: Transaction, items: Sequence[Brought], fresh: Sequence[int]) -> dict[int, OrderAnswer]:
    of = await sales.by_ids(tx, {id_ for place in fresh if (id_ := _sale(items[place])) is not None})
    types = {one.id: one for each in (await sales.types_of(tx, list(of))).values() for one in each}
    places = await selling.places_of(tx, of.values())
    decided: dict[int, OrderAnswer] = {}
    made: dict[int, Place] = {}
    for place in fresh:
        found = _read(tx, items[place], of, types, places)
        if isinstance(found, DomainError):
            decided[place] = found
        else:
            made[place] = found
    counts = Counter(one.sale for one in made.values())
    opens = {id_: one.opens_at for id_, one in of.items()}
    last = await store.give(tx, counts, opens) if made else {}
    for place, one in made.items():
        made[place] = replace(one, number=last[one.sale] - counts[one.sale] + 1)
        counts[one.sale] -= 1
    answers = {
        place: pb.TakeWaitingPlaceResponse(place=views.view(one, of[one.sale], None)).SerializeToString()
        for place, one in made.items()
    }
    kept = keep([items[place].claim for place in made], list(answers.values()), permanent=False)
    try:
        await tx.together(kept, store.added(list(made.values())))
    except ConcurrentKeyError:
        for place in made:
            items[place].claim.contested = True
        raise
    return decided | answers


def _sale(item: Brought) -> UUID | None:
    assert isinstance(item.asked, pb.TakeWaitingPlaceRequest)
    return ids.parse(item.asked.sale)


def _read(
    tx: Transaction, item: Brought, of: Mapping[UUID, Sale], types: Mapping[UUID, TicketType],
    places: Mapping[str, Destination],
) -> Place | DomainError:  # fmt: skip
    """The place that somebody wants, without its number. Nobody waits for what no turn could give."""
    request = item.asked
    assert isinstance(request, pb.TakeWaitingPlaceRequest)
    named = _sale(item)
    sale = of.get(named) if named else None
    refusal = model.unenterable(sale, tx.now)
    if refusal is not None or sale is None:
        return refusal or model.unknown()
    wishes = [(ids.parse(one.type), one.quantity) for one in request.wishes]
    try:
        day = date.fromisoformat(request.day) if request.day else None
    except ValueError:
        return invalid("DAY_INVALID", "There is no such day. Give it as 2026-12-24.", field="day")
    shown = sale_model.sold_on(sale, day, places.get(sale.destination), tx.now, tx.runtime.city.calendar)
    if isinstance(shown, DomainError):
        return shown
    never = deciding.seats_of(sale, types, Asked(sale.id, wishes, day, ""), shown)
    if isinstance(never, DomainError):
        return never
    id_, secret = ids.uuid7(), secret_of(tx.runtime)
    buyer = "" if item.caller.subject == ANONYMOUS.subject else item.caller.subject
    return Place(
        id=id_,
        sale=sale.id,
        number=0,
        state=State.WAITING,
        types=tuple(name for name, _ in wishes if name is not None),
        counts=tuple(count for _, count in wishes),
        day=day,
        buyer=buyer,
        counted_by=digests.counted(secret, buyer, request.origin.network, sale.id),
        sealed=sealing.seal(secret, id_, " ".join(request.holder.split())),
        reason="",
        created_at=tx.now,
        decided_at=None,
    )
