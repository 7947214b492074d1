"""SQL of cards, and of the list of those that no validator may take.

That list has one version, which its row gives out: who changes the list holds it until the commit, so that versions
become visible in their order and who asks for what came after one misses nothing. It is taken before any card
(``hold_list``).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.living.cards.model import Card, Denial

CARDS = Table(Card, "travel_card", fixed=("number", "owner", "created_at"))
get = CARDS.get
_NEWEST: Keyset[Card] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
_NEXT = """
INSERT INTO denied_cards (one, version) VALUES (true, $1)
ON CONFLICT (one) DO UPDATE SET version = denied_cards.version + $1 RETURNING version
"""
_VERSION = "SELECT coalesce(max(version), 0)::bigint FROM denied_cards"
_SAVE = """
UPDATE travel_card c
   SET version = n.version, due = n.due, refused = n.refused, blocked = n.blocked, denied = n.denied,
       denied_at = n.denied_at, change = n.change, block = n.block, updated_at = $10
  FROM unnest($1::uuid[], $2::integer[], $3::bigint[], $4::bigint[], $5::boolean[], $6::boolean[], $7::timestamptz[],
              $8::bigint[], $9::text[]) AS n (id, version, due, refused, blocked, denied, denied_at, change, block)
 WHERE c.id = n.id
"""
_DENIED = "SELECT number, denied, change FROM travel_card WHERE denied AND change > 0 ORDER BY change LIMIT $1"
_CHANGED = """
SELECT number, denied, change FROM travel_card WHERE change > $2 AND change > 0 ORDER BY change LIMIT $1
"""
_OVER = """
INSERT INTO card_denial (card, since, until) SELECT card, since, $3 FROM unnest($1::uuid[], $2::timestamptz[])
    AS spell (card, since)
"""
_SPELLS = "SELECT card, since, until FROM card_denial WHERE card = ANY($1::uuid[]) AND until > $2"
_FORGET_SPELLS = """
DELETE FROM card_denial
 WHERE ctid = ANY(ARRAY(SELECT ctid FROM card_denial WHERE until < $1 ORDER BY until LIMIT $2))
"""
_FORGET = """
UPDATE travel_card SET owner = ''
 WHERE id IN (SELECT id FROM travel_card WHERE blocked AND owner <> '' AND due + refused = 0 AND updated_at < $1
               ORDER BY updated_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)
"""
# Of each by itself, so that any plan takes the index of the owner's cards.
_LEFT_DENIED = """
SELECT id FROM travel_card one
 WHERE denied AND NOT blocked AND due + refused = 0
   AND NOT EXISTS (SELECT FROM travel_card other WHERE other.owner = one.owner AND other.due + other.refused > 0
                   OFFSET 0)
 ORDER BY id LIMIT $1
"""
_WITH_OTHERS = """
id = ANY(ARRAY(
    SELECT id FROM travel_card WHERE {named}
     UNION
    SELECT other.id FROM travel_card named, LATERAL (
           SELECT id FROM travel_card WHERE owner = named.owner AND (NOT blocked OR due + refused > 0)
            ORDER BY blocked, refused DESC, due DESC LIMIT 20) other
     WHERE named.{named} AND named.owner <> ''))
 ORDER BY id FOR NO KEY UPDATE
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('denied cards', 0))"
_LOCK_SHARED = "SELECT pg_advisory_xact_lock_shared(hashtextextended('denied cards', 0))"

FORGOTTEN = 1_000
"""Rows that one statement forgets."""


_PAYABLE = """
SELECT card FROM ride WHERE card = ANY($1::uuid[]) AND state = 'refused'
 UNION
SELECT card FROM ride WHERE card = ANY($1::uuid[]) AND state = 'due' AND asked_at < $2
"""


class Change(NamedTuple):
    """A card on the list, or one that has left it, and the list's version since."""

    number: str
    denied: bool
    version: int


async def add(tx: Transaction, card: Card) -> bool:
    """Writes a new one; False where its owner has one, or the number is taken."""
    return bool(await CARDS.add_all(tx, [card]))


async def any_card(tx: Transaction) -> bool:
    """Whether there is one."""
    found: bool = await tx.fetchval("SELECT EXISTS (SELECT FROM travel_card)")
    return found


async def by_number(tx: Transaction, number: str, *, lock: bool = False) -> Card | None:
    """The card of that number, written as it is shown."""
    return await CARDS.first(tx, "number = $1", number, lock=lock)


async def payable(tx: Transaction, cards: Collection[UUID], before: datetime) -> set[UUID]:
    """Those with a ride that could not be paid, or that was asked for before and not answered since."""
    return {row["card"] for row in await tx.fetch(_PAYABLE, sorted(cards), before)} if cards else set()


async def of_owner(tx: Transaction, owner: str) -> list[Card]:
    """The owner's cards, as far as they can be used, something is owed for them, or they were misused."""
    of = "owner = $1 AND (NOT blocked OR due + refused > 0 OR block = 'misused') LIMIT 20"
    return await CARDS.every(tx, of, owner)


async def page(tx: Transaction, owner: str, size: int, token: str) -> Page[Card]:
    """The owner's cards, the newest first."""
    return await CARDS.page(tx, _NEWEST, size, token, owner=owner)


async def hold_list(tx: Transaction, *, shared: bool = False) -> None:
    """Waits for the list of denied cards, and keeps it until the commit. Whoever locks cards holds it before the first
    of them, so that nobody waits in a circle; ``shared`` for who locks them in the order of their ids and changes
    nothing about the list.
    """
    await tx.execute(_LOCK_SHARED if shared else _LOCK)


async def spells(tx: Transaction, cards: Collection[UUID], since: datetime) -> dict[UUID, list[Denial]]:
    """When cards were on the list before, as far as that ended after ``since``."""
    found: dict[UUID, list[Denial]] = {}
    for row in await tx.fetch(_SPELLS, sorted(cards), since):
        found.setdefault(row["card"], []).append(Denial(row["since"], row["until"]))
    return found


async def forget_spells(tx: Transaction, before: datetime) -> bool:
    """Takes away spells on the list that ended before. Whether there are more."""
    return await tx.execute(_FORGET_SPELLS, before, FORGOTTEN) == f"DELETE {FORGOTTEN}"


async def forget(tx: Transaction, before: datetime) -> bool:
    """Takes away whose blocked cards were for which nothing is owed; their numbers stay denied. Whether there are
    more.
    """
    return await tx.execute(_FORGET, before, FORGOTTEN) == f"UPDATE {FORGOTTEN}"


async def left_denied(tx: Transaction, most: int) -> list[UUID]:
    """Cards that are denied although their owners owe nothing, the oldest first."""
    return [row["id"] for row in await tx.fetch(_LEFT_DENIED, most)]


async def lock_numbers(tx: Transaction, numbers: Collection[str]) -> dict[str, Card]:
    """Cards by their numbers, with what else their owners use or owe for; locked in the order of their ids."""
    tail = _WITH_OTHERS.format(named="number = ANY($1::text[])")
    return {one.number: one for one in await CARDS.every(tx, tail, sorted(numbers))}


async def lock_all(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Card]:
    """Cards by their ids, with what else their owners use or owe for; locked in that order."""
    tail = _WITH_OTHERS.format(named="id = ANY($1::uuid[])")
    return {one.id: one for one in await CARDS.every(tx, tail, list(ids))}


async def numbers(tx: Transaction, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """The numbers of cards."""
    sql = "SELECT id, number FROM travel_card WHERE id = ANY($1::uuid[])"
    return {row["id"]: row["number"] for row in await tx.fetch(sql, sorted(ids))}


async def save(tx: Transaction, before: Mapping[UUID, Card], after: Sequence[Card]) -> list[Card]:
    """Writes changed cards, which the caller has locked, in one statement; the list's version goes on by those that
    came there or left it.
    """
    changed = [one for one in after if one.denied != before[one.id].denied]
    if changed:
        last: int = await tx.fetchval(_NEXT, len(changed))
        places = {one.id: last - place for place, one in enumerate(reversed(changed))}
        after = [replace(one, change=places.get(one.id, one.change)) for one in after]
    columns = (
        [one.id for one in after],
        [one.version for one in after],
        [one.due for one in after],
        [one.refused for one in after],
        [one.blocked for one in after],
        [one.denied for one in after],
        [one.denied_at for one in after],
        [one.change for one in after],
        [one.block.value for one in after],
    )
    if after:
        await tx.execute(_SAVE, *columns, tx.now)
    over = [before[one.id] for one in changed if not one.denied]
    if over:
        await tx.execute(_OVER, [one.id for one in over], [one.denied_at for one in over], tx.now)
    return list(after)


async def list_version(tx: Transaction) -> int:
    """The version of the list now."""
    version: int = await tx.fetchval(_VERSION)
    return version


async def denied(tx: Transaction, most: int) -> list[Change]:
    """What the list holds."""
    return [Change(*row) for row in await tx.fetch(_DENIED, most)]


async def changed(tx: Transaction, since: int, most: int) -> list[Change]:
    """How the list has changed since a version."""
    return [Change(*row) for row in await tx.fetch(_CHANGED, most, since)]
