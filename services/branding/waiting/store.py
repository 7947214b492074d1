"""SQL of waiting rooms."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.branding.waiting.model import Place, Room, State
from services.kit.database import Transaction
from services.kit.database.table import Table
from services.kit.database.transaction import Write

PLACES = Table(Place, "waiting_place", fixed=("sale", "number", "types", "counts", "day", "created_at"))
get = PLACES.get
AT_ONCE = 256
"""Places that have their turn in one transaction: more would hold the event loop."""
FORGOTTEN = 1_000
"""Places that one statement takes away."""

_GIVE = """
INSERT INTO waiting_room (sale, given, turn, due_at)
SELECT sale, more, 0, opens FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) AS new (sale, more, opens)
ON CONFLICT (sale) DO UPDATE
   SET given = waiting_room.given + excluded.given, due_at = least(waiting_room.due_at, excluded.due_at)
RETURNING sale, given
"""
_ADD = """
INSERT INTO waiting_place (id, sale, number, state, types, counts, day, buyer, counted_by, sealed, reason, created_at)
SELECT id, sale, number, 'waiting', string_to_array(types, ',')::uuid[], string_to_array(counts, ',')::integer[], day,
       buyer, counted_by, sealed, '', $10
  FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::date[], $7::text[], $8::bytea[],
              $9::bytea[]) AS new (id, sale, number, types, counts, day, buyer, counted_by, sealed)
"""
_NEXT = """
SELECT sale, given, turn FROM waiting_room WHERE due_at <= $1 ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_DECIDE = """
UPDATE waiting_place SET state = new.state, reason = new.reason, decided_at = $4, counted_by = NULL, sealed = NULL
  FROM unnest($1::uuid[], $2::text[], $3::text[]) AS new (id, state, reason)
 WHERE waiting_place.id = new.id AND waiting_place.state = 'waiting'
"""
_TURN = """
UPDATE waiting_room SET turn = $2, due_at = CASE WHEN given > $2 THEN due_at END WHERE sale = $1 AND turn < $2
"""
_FORGET = """
DELETE FROM waiting_place WHERE id IN (
    SELECT id FROM waiting_place WHERE decided_at < $1 ORDER BY decided_at LIMIT $2 FOR UPDATE SKIP LOCKED
)
"""


async def give(tx: Transaction, counts: Mapping[UUID, int], opens: Mapping[UUID, datetime]) -> dict[UUID, int]:
    """So many more places in each room, locked in the order of their sales; the last number of each."""
    sales = sorted(counts)
    rows = await tx.fetch(_GIVE, sales, [counts[one] for one in sales], [opens[one] for one in sales])
    return {row["sale"]: row["given"] for row in rows}


def added(places: Sequence[Place]) -> Write:
    """The write of new places."""
    if not places:
        return Write(_ADD, ())
    columns: tuple[list[Any], ...] = (
        [one.id for one in places], [one.sale for one in places], [one.number for one in places],
        [",".join(map(str, one.types)) for one in places], [",".join(map(str, one.counts)) for one in places],
        [one.day for one in places], [one.buyer for one in places], [one.counted_by for one in places],
        [one.sealed for one in places],
    )  # fmt: skip
    return Write(_ADD, (*columns, places[0].created_at), rows=len(places))


async def next_room(tx: Transaction) -> Room | None:
    """The room that is due the longest, where somebody waits; locked."""
    row = await tx.fetchrow(_NEXT, tx.now)
    return Room(*row) if row else None


async def in_turn(tx: Transaction, room: Room) -> list[Place]:
    """The next places of a locked room, in the order of their numbers."""
    return await PLACES.every(tx, "sale = $1 AND number > $2 ORDER BY number LIMIT $3", room.sale, room.turn, AT_ONCE)


def decided(places: Sequence[Place], reasons: Sequence[str], now: object) -> Write:
    """The write of what became of places; each has its turn once."""
    states = [(State.REFUSED if reason else State.SERVED).value for reason in reasons]
    return Write(_DECIDE, ([one.id for one in places], states, list(reasons), now), rows=len(places))


def turned(room: Room, number: int) -> Write:
    """The write of how far a room has come."""
    return Write(_TURN, (room.sale, number), rows=1)


async def put_off(tx: Transaction, room: Room, until: datetime) -> None:
    """Nobody there has a turn before."""
    await tx.execute("UPDATE waiting_room SET due_at = $2 WHERE sale = $1", room.sale, until)


async def room(tx: Transaction, sale: UUID) -> Room | None:
    """The room of a sale."""
    row = await tx.fetchrow("SELECT sale, given, turn FROM waiting_room WHERE sale = $1", sale)
    return Room(*row) if row else None


async def forget(tx: Transaction, before: date) -> bool:
    """Takes away places that had their turn before a day. Whether there are more."""
    return await tx.execute(_FORGET, before, FORGOTTEN) == f"DELETE {FORGOTTEN}"
