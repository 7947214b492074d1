"""Erasures after a restore: what a citizen had erased stays erased, whichever database came back older.

A contact is readable only while its key exists, and keys live in a database of their own. After a restore the two may
speak of different times: rows may be back whose key was destroyed, and keys may be back whose contact is erased.
The address of a subscriber to warnings is erased with its row alone, so of these the list tells.
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
_SUBSCRIPTIONS = "SELECT id, ended_at FROM environment.warning_subscription"
_END = """
WITH gone AS (
    UPDATE environment.warning_subscription s
       SET state = 'ended', areas = '{}', address = NULL, sealed = '', ended_at = e.at, why = 'erased'
      FROM unnest($1::uuid[], $2::timestamptz[]) AS e (id, at)
     WHERE s.id = e.id AND s.state <> 'ended' RETURNING s.id
)
DELETE FROM environment.warning_subscriber WHERE subscription IN (SELECT id FROM gone)
"""
_KEYS = "SELECT subject FROM wrapped_key"
_DESTROY = "DELETE FROM wrapped_key WHERE subject = ANY($1::uuid[])"

Erasures = dict[UUID, datetime]


@dataclass(frozen=True)
class Outstanding:
    """What has to be erased again: ``contacts`` and ``subscriptions`` with the time of their erasure, and subjects of
    ``keys``.
    """

    contacts: Erasures
    keys: tuple[UUID, ...]
    subscriptions: Erasures

    def json(self) -> dict[str, Any]:
        """How many, as a program reads it."""
        return {"contacts": len(self.contacts), "keys": len(self.keys), "subscriptions": len(self.subscriptions)}


async def known(access: Access) -> Erasures:
    """Every contact and subscription that is erased, by its identifier, which names nobody."""
    async with database(access) as connection:
        found = {row["subject"]: row["erase_time"] for row in await connection.fetch(_CONTACTS)}
        found |= await _subscriptions(connection)
    return {subject: at for subject, at in found.items() if at}


async def outstanding(access: Access, listed: Erasures) -> Outstanding:
    """What was erased, by either database or by a list that was kept elsewhere, and is not erased everywhere.

    AccessError when the key store holds none of the keys: it is the wrong one, or not restored yet.
    """
    # Keys are made before their contacts, so a contact read first and without a key now has lost it.
    async with database(access) as connection:
        contacts = {row["subject"]: row["erase_time"] for row in await connection.fetch(_CONTACTS)}
        subscriptions = await _subscriptions(connection)
    keys = await _keys(access)
    readable = {subject for subject, erased in contacts.items() if erased is None}
    if readable and not readable & keys:
        raise AccessError(
            f"the key store has no key of {len(readable)} contacts: is SMARTCITY_KEYSTORE_URL the right one?"
        )
    now = datetime.now(UTC)
    again = {subject: listed.get(subject, now) for subject in readable if subject in listed or subject not in keys}
    erased = {subject for subject, at in contacts.items() if at is not None} | listed.keys()
    ended = {subject: listed[subject] for subject, at in subscriptions.items() if at is None and subject in listed}
    return Outstanding(again, tuple(sorted(keys & (erased | again.keys()))), ended)


async def replay(access: Access, found: Outstanding) -> None:
    """Destroys these keys, then empties these contacts and subscriptions. Again is harmless."""
    async with database(_keystore(access)) as connection:
        await connection.execute(_DESTROY, list(found.keys))
    async with database(access) as connection:
        await connection.execute(_ERASE, list(found.contacts), list(found.contacts.values()))
        if found.subscriptions:
            await connection.execute(_END, list(found.subscriptions), list(found.subscriptions.values()))


def read(kept: Mapping[str, str]) -> Erasures:
    """A list as ``erasures list -o json`` printed it. AccessError when it is none."""
    try:
        return {UUID(subject): datetime.fromisoformat(at) for subject, at in kept.items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise AccessError(f"this is no list of erasures ({error}): give what `erasures list -o json` printed") from None


async def _subscriptions(connection: Any) -> dict[UUID, datetime | None]:
    """Subscriptions to warnings, and when they ended; none of a version before there were any."""
    if await connection.fetchval("SELECT to_regclass('environment.warning_subscription')") is None:
        return {}
    return {row["id"]: row["ended_at"] for row in await connection.fetch(_SUBSCRIPTIONS)}


async def _keys(access: Access) -> set[UUID]:
    async with database(_keystore(access)) as connection:
        if await connection.fetchval("SELECT to_regclass('wrapped_key')") is None:
            raise AccessError("SMARTCITY_KEYSTORE_URL is no key store: it has no table wrapped_key")
        return {row["subject"] for row in await connection.fetch(_KEYS)}


def _keystore(access: Access) -> Access:
    """The key store: that of SMARTCITY_KEYSTORE_URL, or the one beside the local platform's database."""
    url = os.environ.get("SMARTCITY_KEYSTORE_URL", "")
    if not url and not access.run:
        raise AccessError("set SMARTCITY_KEYSTORE_URL: the database of contacts' keys, as governance")
    return replace(access, postgres_url=url or in_database(access.postgres_url, KEYSTORE))
