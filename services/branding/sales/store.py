"""SQL of sales, types and seats."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date, datetime
from uuid import UUID

from services.branding.sales.model import Sale, Seats, TicketType
from services.kit.database import Transaction, paging
from services.kit.database.table import Keyset, Page, Table
from services.kit.database.transaction import Write

SALES = Table(
    Sale,
    "ticket_sale",
    fixed=("agency", "occasion", "event", "destination", "day", "opened_by", "created_at", "own_words"),
)
TYPES = Table(TicketType, "ticket_type", fixed=("sale", "price", "admission", "reentry", "created_at"))
SEATS = Table(Seats, "ticket_seats", fixed=("type", "day"))
_NEWEST: Keyset[Sale] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
_ENDS = "coalesce(ends_at, 'infinity'::timestamptz)"
_SOONEST: Keyset[Sale] = Keyset({_ENDS: datetime, "id": UUID}, of=lambda one: (one.ends_at, one.id))
get, save = SALES.get, SALES.save
get_type, save_type = TYPES.get, TYPES.save

_COUNTED = 1_000
_OPEN = f"""
SELECT count(*)::integer FROM (
    SELECT FROM ticket_sale WHERE state = 'open' AND {_ENDS} > $1 LIMIT $2) AS part
"""
# By the indexes of each: what EXISTS asks for would be hashed, and all that was ever sold be read for it.
_OF_PLACE = """
destination = $1 AND id IS DISTINCT FROM $3 AND (state = 'open' OR state = 'stopped' AND (
    SELECT true FROM ticket_type AS sort, LATERAL (
        SELECT FROM ticket_seats WHERE type = sort.id AND day >= $2 AND held + sold > 0 LIMIT 1) AS taken
     WHERE sort.sale = ticket_sale.id LIMIT 1))
"""
_IN_USE = "(SELECT closed FROM destination WHERE code = ticket_sale.destination) IS NOT TRUE"
_LOCK = "id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
_MAKE = """
INSERT INTO ticket_seats (id, type, day, quota, held, sold)
SELECT new.id, type.id, new.day, type.quota, 0, 0
  FROM unnest($1::uuid[], $2::uuid[], $3::date[]) AS new (id, type, day) JOIN ticket_type AS type ON type.id = new.type
 ORDER BY new.id FOR SHARE OF type
    ON CONFLICT DO NOTHING
"""
_WRITE = """
UPDATE ticket_seats SET quota = new.quota, held = new.held, sold = new.sold
  FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[]) AS new (id, quota, held, sold)
 WHERE ticket_seats.id = new.id
"""
_SELLING = f"""
SELECT {", ".join(f"sale.{each.name}" for each in fields(Sale) if each.name != "state")},
       CASE WHEN date.state = 'cancelled' THEN 'cancelled'
            WHEN date.starts_at <> sale.starts_at AND sale.state = 'open' THEN 'stopped'
            ELSE sale.state END AS state
  FROM ticket_sale AS sale LEFT JOIN occasion AS date ON date.id = sale.occasion
 WHERE sale.id = ANY($1::uuid[]) ORDER BY sale.id FOR SHARE OF sale
"""
_WITH_GATES = """
SELECT sale FROM unnest($1::uuid[]) AS wanted (sale)
 WHERE EXISTS (SELECT FROM ticket_gate AS gate WHERE gate.sale = wanted.sale)
"""


async def page(tx: Transaction, size: int, token: str, **wanted: object) -> Page[Sale]:
    """Sales, the newest first: of a date of an event, of all of its dates, of a destination, or all."""
    return await SALES.page(tx, _NEWEST, size, token, **wanted)


async def for_sale(tx: Transaction, size: int, token: str, **wanted: object) -> Page[Sale]:
    """Sales that are open of what is not over, nor closed for good, by when it is over. Errors: PAGE_SIZE_INVALID,
    PAGE_TOKEN_INVALID.
    """
    given = {name: value for name, value in wanted.items() if value}
    listed, most = ("for sale", given), paging.page_size(size)
    after = _SOONEST.after(token, listed)
    conditions = [
        "state = 'open'",
        f"{_ENDS} > $1",
        _IN_USE,
        *(f"{name} = ${place}" for place, name in enumerate(given, 2)),
    ]
    if after is not None:
        conditions.append(_SOONEST.sql(len(given) + 2))
    tail = f"{' AND '.join(conditions)} ORDER BY {_SOONEST.order} LIMIT {most + 1}"
    return _SOONEST.cut(await SALES.every(tx, tail, tx.now, *given.values(), *(after or ())), most, listed)


async def of_occasion(tx: Transaction, occasion: UUID) -> Sale | None:
    """The sale of a date of an event that was not called off."""
    return await SALES.first(tx, "occasion = $1 AND state <> 'cancelled'", occasion)


async def of_destination(tx: Transaction, destination: str, today: date, but: UUID | None) -> Sale | None:
    """A sale of a destination ``but`` one that is open, or stopped and has sold or holds seats of today or later."""
    return await SALES.first(tx, _OF_PLACE, destination, today, but)


async def of_event(tx: Transaction, event: UUID) -> list[Sale]:
    """The sales of an event's dates, locked in the order of their ids."""
    return await SALES.every(tx, "event = $1 ORDER BY id FOR NO KEY UPDATE", event)


async def begin_taking_back(tx: Transaction, sale: UUID) -> None:
    """From now on the timer takes back what was sold."""
    sql = "INSERT INTO ticket_cancellation (sale, last, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
    await tx.execute(sql, sale, UUID(int=0), tx.now)


async def let_in_from(tx: Transaction, sale: UUID, at: datetime) -> None:
    """Who waits for a sale has their turn from then on, if it was later."""
    await tx.execute("UPDATE waiting_room SET due_at = $2 WHERE sale = $1 AND due_at > $2", sale, at)


async def by_ids(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Sale]:
    """Sales by their ids."""
    return {one.id: one for one in await SALES.every(tx, "id = ANY($1::uuid[])", list(wanted))} if wanted else {}


async def alive(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Sale]:
    """Sales by their ids as they are until the end of the transaction, for who sells: whoever calls one off waits, so
    that nothing is sold of it that its taking back does not see. To be asked for after the seats: of those who sell the
    same, one at a time has the sale then, and whoever stops it comes in between.
    """
    tail = "id = ANY($1::uuid[]) ORDER BY id FOR SHARE"
    return {one.id: one for one in await SALES.every(tx, tail, sorted(wanted))} if wanted else {}


async def selling(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Sale]:
    """As ``alive``, but called off where their date was, which they follow a moment later, and stopped until then where
    it was put off: who buys what it was would have a wrong day, or all of the price back whatever the terms. In one
    statement, since all who want the same seats wait for it.
    """
    rows = await tx.fetch(_SELLING, sorted(wanted)) if wanted else ()
    return {row["id"]: SALES.entity(row) for row in rows}


async def types_of(tx: Transaction, sales: Collection[UUID]) -> dict[UUID, list[TicketType]]:
    """The types of sales, in the order in which they were made."""
    found: dict[UUID, list[TicketType]] = {sale: [] for sale in sales}
    for one in await TYPES.every(tx, "sale = ANY($1::uuid[]) ORDER BY id", list(sales)):
        found[one.sale].append(one)
    return found


async def types_by_ids(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, TicketType]:
    """Types by their ids."""
    return {one.id: one for one in await TYPES.every(tx, "id = ANY($1::uuid[])", list(wanted))} if wanted else {}


async def seats(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Seats]:
    """Seats by their ids, as they are."""
    return {one.id: one for one in await SEATS.every(tx, "id = ANY($1::uuid[])", list(wanted))} if wanted else {}


async def lock_seats(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Seats]:
    """Seats by their ids, locked in the order of those."""
    if not wanted:
        return {}
    return {one.id: one for one in await SEATS.every(tx, _LOCK, sorted(wanted))}


async def make_seats(tx: Transaction, new: Sequence[Seats]) -> None:
    """Makes seats that are not there yet, as many as there are of their types: whoever changes that waits, or is waited
    for, so that no day is left out.
    """
    await tx.execute(_MAKE, [one.id for one in new], [one.type for one in new], [one.day for one in new])


def written(moved: Collection[Seats]) -> Write:
    """The write of seats that the caller has locked."""
    if not moved:
        return Write(_WRITE, ())
    columns = ([one.id for one in moved], [one.quota for one in moved], [one.held for one in moved])
    return Write(_WRITE, (*columns, [one.sold for one in moved]), rows=len(moved))


async def other_days(tx: Transaction, type_: UUID, since: date, quota: int) -> list[UUID]:
    """The seats of a type from a day on that are not so many."""
    sql = "SELECT id FROM ticket_seats WHERE type = $1 AND day >= $2 AND quota <> $3 ORDER BY id"
    return [row["id"] for row in await tx.fetch(sql, type_, since, quota)]


async def gates_of(tx: Transaction, sale: UUID) -> list[str]:
    """Names of the gates that were opened of a sale."""
    return [row["name"] for row in await tx.fetch("SELECT name FROM ticket_gate WHERE sale = $1 ORDER BY name", sale)]


async def with_gates(tx: Transaction, wanted: Collection[UUID]) -> set[UUID]:
    """Those of some sales of which gates were opened."""
    rows = await tx.fetch(_WITH_GATES, list(wanted)) if wanted else ()
    return {row["sale"] for row in rows}


async def open_now(tx: Transaction) -> int:
    """How many sales are open of what is not over, up to a thousand."""
    found: int = await tx.fetchval(_OPEN, tx.now, _COUNTED)
    return found
