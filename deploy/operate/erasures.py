"""Erasures after a restore: what a citizen had erased stays erased, whichever database came back older.

A contact is readable only while its key exists, and keys live in a database of their own. After a restore the two may
speak of different times: rows may be back whose key was destroyed, and keys may be back whose contact is erased.
The address of who is mailed of something (warnings, proposals, courses, permits) is erased with its row alone, so of
these the list tells. Who called 112 is erased again by its age; a key that opens nothing is left by a key store that
came back alone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from deploy.local.plan import KEYSTORE
from deploy.local.postgres import in_database
from deploy.operate.access import Access, AccessError, database

_CONTACTS = "SELECT subject, erase_time FROM governance.contact ORDER BY erase_time, subject"
_ERASE = """
UPDATE governance.contact c SET ciphertext = '', has_email = false, address = NULL, erase_time = e.at
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
_CALLERS = "SELECT call FROM governance.emergency_caller"
_DROP = "DELETE FROM governance.emergency_caller WHERE call = ANY($1::uuid[])"
# A key is made a moment before what it opens.
_KEYS = "SELECT subject, created_at < now() - interval '1 hour' AS settled FROM wrapped_key"
_DESTROY = "DELETE FROM wrapped_key WHERE subject = ANY($1::uuid[])"

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

    def json(self) -> dict[str, Any]:
        """How many, as a program reads it."""
        return {
            "contacts": len(self.contacts),
            "keys": len(self.keys),
            "followers": len(self.followers),
            "callers": len(self.callers),
        }


async def known(access: Access) -> Erasures:
    """Every contact and follower that is erased, by its identifier, which names nobody."""
    async with database(access) as connection:
        found = {row["subject"]: row["erase_time"] for row in await connection.fetch(_CONTACTS)}
        found |= await _followers(connection)
    return {subject: at for subject, at in found.items() if at}


async def outstanding(access: Access, listed: Erasures) -> Outstanding:
    """What was erased, by either database or by a list that was kept elsewhere, and is not erased everywhere.

    AccessError when the key store holds none of the keys: it is the wrong one, or not restored yet.
    """
    # Keys are made before their contacts, so a contact read first and without a key now has lost it.
    async with database(access) as connection:
        contacts = {row["subject"]: row["erase_time"] for row in await connection.fetch(_CONTACTS)}
        followers = await _followers(connection)
        calls = {row["call"] for row in await connection.fetch(_CALLERS)}
    found = await _keys(access)
    keys = found.keys()
    readable = {subject for subject, erased in contacts.items() if erased is None}
    if readable and not readable & keys:
        raise AccessError(
            f"the key store has no key of {len(readable)} contacts: is SMARTCITY_KEYSTORE_URL the right one?"
        )
    now = datetime.now(UTC)
    again = {subject: listed.get(subject, now) for subject in readable if subject in listed or subject not in keys}
    erased = {subject for subject, at in contacts.items() if at is not None} | listed.keys()
    opens_nothing = {subject for subject, settled in found.items() if settled} - contacts.keys() - calls
    ended = {subject: listed[subject] for subject, at in followers.items() if at is None and subject in listed}
    gone = keys & (erased | again.keys() | opens_nothing)
    return Outstanding(again, tuple(sorted(gone)), ended, tuple(sorted(calls - keys)))


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


async def tables(connection: Any) -> list[str]:
    """The tables of who is mailed, of all pillars."""
    return [row["name"] for row in await connection.fetch(_TABLES)]


async def _followers(connection: Any) -> dict[UUID, datetime | None]:
    """Who is mailed, and when that ended."""
    found: dict[UUID, datetime | None] = {}
    for table in await tables(connection):
        found |= {row["id"]: row["ended_at"] for row in await connection.fetch(_FOLLOWERS.format(table=table))}
    return found


async def _keys(access: Access) -> dict[UUID, bool]:
    """The subjects of keys, and whether what each opens has been there for long."""
    async with database(_keystore(access)) as connection:
        if await connection.fetchval("SELECT to_regclass('wrapped_key')") is None:
            raise AccessError("SMARTCITY_KEYSTORE_URL is no key store: it has no table wrapped_key")
        return {row["subject"]: row["settled"] for row in await connection.fetch(_KEYS)}


def _keystore(access: Access) -> Access:
    """The key store: that of SMARTCITY_KEYSTORE_URL, or the one beside the local platform's database."""
    url = os.environ.get("SMARTCITY_KEYSTORE_URL", "")
    if not url and not access.run:
        raise AccessError("set SMARTCITY_KEYSTORE_URL: the database of contacts' keys, as governance")
    return replace(access, postgres_url=url or in_database(access.postgres_url, KEYSTORE))
