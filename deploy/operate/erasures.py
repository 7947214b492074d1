"""Erasures after a restore: what a citizen had erased stays erased, whichever database came back older.

A contact is readable only while its key exists, and keys live in a database of their own. After a restore the two may
speak of different times: rows may be back whose key was destroyed, and keys may be back whose contact is erased.
The address of who is mailed of something (warnings, proposals, courses, permits) is erased with its row alone, so of
these the list tells. Who called 112 is erased by its age, row and key: a call without its caller tells.

Nothing brings a key back, and the database in hand may be a rehearsal, an empty one, or one that somebody restores once
more to a later moment. So that one database does not know what the other has is no erasure: such keys are counted, and
destroyed only for who says how many, and what was sealed after the newest key is left as it is.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from deploy.local.plan import KEYSTORE
from deploy.local.postgres import in_database
from deploy.operate.access import Access, AccessError, database

_CONTACTS = "SELECT subject, create_time, erase_time FROM governance.contact ORDER BY erase_time, subject"
_ERASE = """
UPDATE governance.contact c
   SET ciphertext = '', has_email = false, address = NULL, mailbox = NULL, erase_time = e.at
  FROM unnest($1::uuid[], $2::timestamptz[]) AS e (subject, at)
 WHERE c.subject = e.subject AND c.erase_time IS NULL
"""
_SUBSCRIPTIONS = "environment.warning_subscription"
# Whoever is mailed of something stands in a table of a pillar's with these columns (``services.kit.mail.follower``).
_TABLES = """
SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.columns
 WHERE column_name IN ('language', 'address', 'sealed', 'confirmed_at', 'ended_at', 'why')
 GROUP BY table_schema, table_name HAVING count(*) = 6 ORDER BY 1
"""
_FOLLOWERS = "SELECT id, ended_at FROM {table}"
_END = """
UPDATE {table} s SET state = 'ended', address = NULL, sealed = '', ended_at = e.at, why = 'over'
  FROM unnest($1::uuid[], $2::timestamptz[]) AS e (id, at)
 WHERE s.id = e.id AND s.state <> 'ended'
"""
_END_SUBSCRIPTIONS = """
WITH gone AS (
    UPDATE environment.warning_subscription s
       SET state = 'ended', areas = '{}', address = NULL, sealed = '', ended_at = e.at, why = 'erased'
      FROM unnest($1::uuid[], $2::timestamptz[]) AS e (id, at)
     WHERE s.id = e.id AND s.state <> 'ended' RETURNING s.id
)
DELETE FROM environment.warning_subscriber WHERE subscription IN (SELECT id FROM gone)
"""
# A call is written together with its caller: where only the call is, nobody was kept, or they were erased.
_CALLS = """
SELECT c.id, k.created_at AS sealed FROM governance.emergency_call c
  LEFT JOIN governance.emergency_caller k ON k.call = c.id
"""
_DROP = "DELETE FROM governance.emergency_caller WHERE call = ANY($1::uuid[])"
# A key is made a moment before what it opens.
_KEYS = "SELECT subject, created_at, created_at < now() - interval '1 hour' AS settled FROM wrapped_key"
_WRAPPED = "SELECT key_id, count(*) FROM wrapped_key GROUP BY key_id ORDER BY max(created_at) DESC, key_id"
_DESTROY = "DELETE FROM wrapped_key WHERE subject = ANY($1::uuid[])"
_APART = timedelta(minutes=1)
"""A key is made while what it opens is being written, by the clock of another server."""

Erasures = dict[UUID, datetime]


@dataclass(frozen=True)
class Outstanding:
    """What has to be erased again: ``contacts`` and ``followers`` (of warnings, too) with the time of their erasure,
    subjects of ``keys``, and ``callers`` by their calls, whose keys are gone.
    """

    contacts: Erasures
    keys: tuple[UUID, ...]
    followers: Erasures
    callers: tuple[UUID, ...]
    unknown_keys: tuple[UUID, ...]
    """Of nobody whom the database knows: it may be older than they are."""
    newer_than_keys: int
    """Contacts and callers without a key, newer than every key: the key store may be older than they are."""
    knows_keys: bool
    """Whether the database knows any of the keys."""

    def json(self) -> dict[str, Any]:
        """How many, as a program reads it."""
        return {
            "contacts": len(self.contacts),
            "keys": len(self.keys),
            "followers": len(self.followers),
            "callers": len(self.callers),
            "unknown_keys": len(self.unknown_keys),
            "newer_than_keys": self.newer_than_keys,
        }

    def with_unknown(self, many: int) -> Outstanding:
        """The same with the unknown keys to be destroyed. AccessError unless they are as many as was said."""
        if many != len(self.unknown_keys):
            raise AccessError(f"{len(self.unknown_keys)} keys are unknown, not {many}: nothing was destroyed")
        if self.unknown_keys and not self.knows_keys:
            raise AccessError("this database knows none of the keys: is it the right one? Nothing was destroyed")
        return replace(self, keys=(*self.keys, *self.unknown_keys), unknown_keys=())


async def known(access: Access) -> Erasures:
    """Every contact and follower that is erased, by its identifier, which names nobody."""
    async with database(access) as connection:
        found = {row["subject"]: row["erase_time"] for row in await connection.fetch(_CONTACTS)}
        found |= await _followers(connection)
    return {subject: at for subject, at in found.items() if at}


async def outstanding(access: Access, listed: Erasures) -> Outstanding:
    """What was erased, by either database or by a list that was kept elsewhere, and is not erased everywhere.

    AccessError when the two do not belong together, or one of them is not restored yet: the key store holds none of the
    keys, or the database knows nobody.
    """
    # Keys are made before what they open, so what is read first and without a key now has lost it.
    async with database(access) as connection:
        rows = await connection.fetch(_CONTACTS)
        followers = await _followers(connection)
        calls = {row["id"]: row["sealed"] for row in await connection.fetch(_CALLS)}
    contacts = {row["subject"]: row["erase_time"] for row in rows}
    readable = {row["subject"]: row["create_time"] for row in rows if row["erase_time"] is None}
    callers = {call: at for call, at in calls.items() if at is not None}
    found = await _keys(access)
    keys = {row["subject"]: row["created_at"] for row in found}
    unlisted = readable.keys() - listed.keys()
    if unlisted and not readable.keys() & keys.keys():
        raise AccessError(
            f"the key store has no key of {len(unlisted)} contacts that no list has: "
            "is SMARTCITY_KEYSTORE_URL the right one?"
        )
    if keys and not contacts and not calls:
        raise AccessError(
            f"this database knows neither a contact nor a call, and there are {len(keys)} keys: is it restored yet?"
        )
    newest = max(keys.values(), default=None)
    lost = {subject: at for subject, at in (readable | callers).items() if subject not in keys}
    destroyed = {subject for subject, at in lost.items() if newest is not None and at < newest - _APART}
    now = datetime.now(UTC)
    again = {subject: listed.get(subject, now) for subject in readable if subject in listed or subject in destroyed}
    erased = {subject for subject, at in contacts.items() if at is not None} | (calls.keys() - callers.keys())
    unheard = {row["subject"] for row in found if row["settled"]} - contacts.keys() - calls.keys() - listed.keys()
    return Outstanding(
        contacts=again,
        keys=tuple(sorted(keys.keys() & (erased | listed.keys() | again.keys()))),
        followers={subject: listed[subject] for subject, at in followers.items() if at is None and subject in listed},
        callers=tuple(sorted(callers.keys() & destroyed)),
        unknown_keys=tuple(sorted(unheard)),
        newer_than_keys=len(lost.keys() - destroyed - again.keys()),
        knows_keys=not keys.keys().isdisjoint(contacts.keys() | calls.keys()),
    )


async def replay(access: Access, found: Outstanding) -> None:
    """Destroys these keys, then empties these contacts, followers and callers. Again is harmless."""
    async with database(_keystore(access)) as connection:
        await connection.execute(_DESTROY, list(found.keys))
    async with database(access) as connection:
        await connection.execute(_ERASE, list(found.contacts), list(found.contacts.values()))
        await connection.execute(_DROP, list(found.callers))
        for table in await tables(connection) if found.followers else ():
            sql = _END_SUBSCRIPTIONS if table == _SUBSCRIPTIONS else _END.format(table=table)
            await connection.execute(sql, list(found.followers), list(found.followers.values()))


def read(kept: Mapping[str, str]) -> Erasures:
    """A list as ``erasures list -o json`` printed it. AccessError when it is none."""
    try:
        return {UUID(subject): datetime.fromisoformat(at) for subject, at in kept.items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise AccessError(f"this is no list of erasures ({error}): give what `erasures list -o json` printed") from None


async def wrapped(access: Access) -> dict[str, int]:
    """By which data key, as its fingerprint, how many keys of contacts are wrapped; AccessError without a key store."""
    async with _keys_of(access) as connection:
        return {row["key_id"]: row["count"] for row in await connection.fetch(_WRAPPED)}


async def tables(connection: Any) -> list[str]:
    """The tables of who is mailed, of all pillars."""
    return [row["name"] for row in await connection.fetch(_TABLES)]


async def _followers(connection: Any) -> dict[UUID, datetime | None]:
    """Who is mailed, and when that ended."""
    found: dict[UUID, datetime | None] = {}
    for table in await tables(connection):
        found |= {row["id"]: row["ended_at"] for row in await connection.fetch(_FOLLOWERS.format(table=table))}
    return found


async def _keys(access: Access) -> list[Any]:
    """Whose keys there are, since when, and whether what each opens has been there for long."""
    async with _keys_of(access) as connection:
        found: list[Any] = await connection.fetch(_KEYS)
        return found


@asynccontextmanager
async def _keys_of(access: Access) -> AsyncIterator[Any]:
    """A connection to the key store. AccessError where there is none."""
    async with database(_keystore(access)) as connection:
        if await connection.fetchval("SELECT to_regclass('wrapped_key')") is None:
            raise AccessError("SMARTCITY_KEYSTORE_URL is no key store: it has no table wrapped_key")
        yield connection


def _keystore(access: Access) -> Access:
    """The key store: that of SMARTCITY_KEYSTORE_URL, or the one beside the local platform's database."""
    url = os.environ.get("SMARTCITY_KEYSTORE_URL", "")
    if not url and not access.run:
        raise AccessError("set SMARTCITY_KEYSTORE_URL: the database of contacts' keys, as governance")
    return replace(access, postgres_url=url or in_database(access.postgres_url, KEYSTORE))
