"""SQL of rides."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.living.fares.model import Basis, Ridden
from services.living.rides.judging import Known
from services.living.rides.model import Ride, State, Tap

RIDES = Table(
    Ride, "ride",
    fixed=("validator", "sequence", "route", "tapped_at", "day", "offline", "rider", "fare", "basis", "created_at"),
)  # fmt: skip
_NEWEST: Keyset[Ride] = Keyset(
    {"tapped_at": datetime, "id": UUID}, of=lambda one: (one.tapped_at, one.id), descending=True
)
_OLDEST: Keyset[Ride] = Keyset({"id": UUID}, of=lambda one: (one.id,))
get = RIDES.get

SETTLED_AT_ONCE = 100
"""Rides of a card that are asked for again by one request."""
FORGOTTEN = 1_000
"""Rides whose riders are forgotten by one statement."""

_KNOWN = """
SELECT r.validator, r.sequence, r.id, r.card, r.tapped_at, r.fare, r.taken_by
  FROM unnest($1::text[], $2::bigint[]) AS tap (validator, sequence)
  JOIN ride r ON r.validator = tap.validator AND r.sequence = tap.sequence
"""
_RIDDEN = """
SELECT r.card, r.tapped_at, r.day, r.fare, r.basis, r.route, r.validator, r.offline, r.id
  FROM unnest($1::uuid[]) AS wanted (card)
  JOIN ride r ON r.card = wanted.card AND r.day BETWEEN $2 AND $3
"""
_SAVE = """
UPDATE ride r
   SET version = n.version, state = n.state, attempt = n.attempt, reason = n.reason, payment = n.payment,
       note = n.note, decided_by = n.decided_by, asked_at = n.asked_at, settled_at = n.settled_at,
       updated_at = n.updated_at, refunded = n.refunded
  FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[],
              $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::bigint[])
       AS n (id, version, state, attempt, reason, payment, note, decided_by, asked_at, settled_at, updated_at,
             refunded)
 WHERE r.id = n.id
"""
_CARDS = "SELECT DISTINCT card FROM ride WHERE id = ANY($1::uuid[]) AND card IS NOT NULL"
_FORGET = """
UPDATE ride
   SET id = gen_random_uuid(), card = NULL, owner = '', stop = '', payment = '',
       tapped_at = date_trunc('hour', tapped_at), asked_at = date_trunc('day', asked_at),
       settled_at = date_trunc('day', settled_at),
       created_at = date_trunc('day', created_at), updated_at = date_trunc('day', updated_at)
 WHERE id IN (SELECT id FROM ride WHERE settled_at < $1 AND owner <> '' ORDER BY settled_at LIMIT $2
                 FOR NO KEY UPDATE SKIP LOCKED)
"""
_TAKINGS = """
SELECT route, sum(rides)::integer AS rides, sum(fares)::bigint AS fares, sum(paid)::bigint AS paid,
       sum(refused)::bigint AS refused, sum(refunded)::bigint AS refunded,
       sum(written_off)::bigint AS written_off
  FROM ride_tally WHERE day = $1 GROUP BY route ORDER BY route
"""


class Takings(NamedTuple):
    """A line's rides of a day; amounts are whole units."""

    route: str
    rides: int
    fares: int
    paid: int
    refused: int
    refunded: int
    written_off: int

    @property
    def due(self) -> int:
        """What is being asked for."""
        return self.fares - self.paid - self.refused - self.written_off


async def add_all(tx: Transaction, rides: Sequence[Ride]) -> int:
    """Writes new ones in one statement; answers how many were not known by their validator and sequence."""
    return len(await RIDES.add_all(tx, rides))


async def save_all(tx: Transaction, rides: Sequence[Ride]) -> None:
    """Writes changed ones, whose cards the caller has locked, in one statement."""
    if not rides:
        return
    columns = zip(
        *(
            (one.id, one.version, one.state.value, one.attempt, one.reason, one.payment, one.note, one.decided_by,
             one.asked_at, one.settled_at, one.updated_at, one.refunded)
            for one in rides
        ),
        strict=True,
    )  # fmt: skip
    await tx.execute(_SAVE, *(list(each) for each in columns))


async def cards_of(tx: Transaction, rides: Collection[UUID]) -> list[UUID]:
    """The cards of rides, as far as it is known whose they were."""
    return [row["card"] for row in await tx.fetch(_CARDS, list(rides))]


async def lock_all(tx: Transaction, rides: Collection[UUID]) -> dict[UUID, Ride]:
    """Rides whose cards the caller has locked, and are known; locked in the order of their ids."""
    tail = "id = ANY($1::uuid[]) AND card IS NOT NULL ORDER BY id FOR NO KEY UPDATE"
    return {one.id: one for one in await RIDES.every(tx, tail, list(rides))}


async def known(tx: Transaction, taps: Collection[Tap]) -> dict[tuple[str, int], list[Known]]:
    """The rides that have the validators and sequences of taps, whoever uploaded them."""
    keys = sorted({tap.key for tap in taps})
    found: dict[tuple[str, int], list[Known]] = {}
    for row in await tx.fetch(_KNOWN, [key[0] for key in keys], [key[1] for key in keys]):
        found.setdefault((row["validator"], row["sequence"]), []).append(Known(*row[2:]))
    return found


async def ridden(tx: Transaction, cards: Collection[UUID], first: date, last: date) -> dict[UUID, list[Ridden]]:
    """The rides of each card on these days."""
    found: dict[UUID, list[Ridden]] = {}
    for row in await tx.fetch(_RIDDEN, sorted(cards), first, last):
        one = Ridden(row["tapped_at"], row["day"], row["fare"], Basis(row["basis"]), *row[5:])
        found.setdefault(row["card"], []).append(one)
    return found


async def page(tx: Transaction, size: int, token: str, *, owner: str = "", state: State | None = None) -> Page[Ride]:
    """Those of an owner, the newest first; or those in a state, the oldest first."""
    if owner:
        return await RIDES.page(tx, _NEWEST, size, token, owner=owner)
    return await RIDES.page(tx, _OLDEST, size, token, state=state)


async def refused(tx: Transaction, card: UUID) -> list[Ride]:
    """Rides of a card that could not be paid, the oldest first; their card is locked by the caller."""
    return await RIDES.every(tx, "card = $1 AND state = 'refused' ORDER BY id LIMIT $2", card, SETTLED_AT_ONCE)


async def given_up(tx: Transaction, before: datetime) -> list[UUID]:
    """Some rides that were made before and could not be paid since."""
    sql = "SELECT id FROM ride WHERE state = 'refused' AND created_at < $1 ORDER BY created_at LIMIT $2"
    return [row["id"] for row in await tx.fetch(sql, before, SETTLED_AT_ONCE)]


async def unanswered(tx: Transaction, card: UUID, before: datetime) -> list[Ride]:
    """Rides of a card that were asked for before and not answered; their card is locked by the caller."""
    tail = "card = $1 AND state = 'due' AND asked_at < $2 ORDER BY asked_at LIMIT $3"
    return await RIDES.every(tx, tail, card, before, SETTLED_AT_ONCE)


async def takings(tx: Transaction, day: date) -> list[Takings]:
    """A day's rides by line."""
    return [Takings(*row) for row in await tx.fetch(_TAKINGS, day)]


async def due_since(tx: Transaction) -> datetime | None:
    """Since when the ride is asked for that has waited the longest."""
    found: datetime | None = await tx.fetchval(
        "SELECT asked_at FROM ride WHERE state = 'due' ORDER BY asked_at LIMIT 1"
    )
    return found


async def forget(tx: Transaction, before: datetime) -> bool:
    """Takes away who took rides that were settled before, and what joins them with their payments: economy keeps who
    paid, by the ride's id. Whether there are more.
    """
    return await tx.execute(_FORGET, before, FORGOTTEN) == f"UPDATE {FORGOTTEN}"
