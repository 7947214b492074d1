"""What is known of each pillar wherever it runs: revisions, outbox, dead letters, last event, and who lags behind."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from deploy.operate.access import Access, AccessError, bus, database
from deploy.pillars import NAMES

if TYPE_CHECKING:
    import asyncpg

OLDEST_UNSENT_S = 60.0
"""An event that waits longer than this for its stream needs somebody's attention."""

_PILLAR = """
SELECT (SELECT count(*) FROM {schema}.outbox WHERE published_at IS NULL) AS unsent,
       (SELECT extract(epoch FROM clock_timestamp() - min(recorded_at))::float8
          FROM {schema}.outbox WHERE published_at IS NULL) AS oldest_unsent_s,
       (SELECT count(*) FROM {schema}.dead_letter WHERE replayed_at IS NULL) AS dead_letters,
       (SELECT array_agg(version_num ORDER BY version_num) FROM {schema}.alembic_version) AS revisions,
       last.type AS last_event, last.recorded_at AS last_event_at
  FROM (SELECT 1) AS one LEFT JOIN LATERAL
       (SELECT type, recorded_at FROM {schema}.outbox ORDER BY position DESC LIMIT 1) AS last ON true
"""


async def pillars(access: Access) -> list[dict[str, Any]]:
    """One entry per pillar; what could not be read is said under `errors`."""
    records, (lags, silent) = await asyncio.gather(_records(access), _lags(access))
    found = [{"name": name, "errors": [], **records[name], "consumers": lags.get(name, {})} for name in NAMES]
    if silent:  # nobody is without lag because nobody could be asked
        for each in found:
            each["errors"].append(silent)
    return found


def concerns(found: Sequence[dict[str, Any]]) -> list[str]:
    """What needs attention, in words; what is so of every pillar once."""
    of_all = [error for error in found[0]["errors"] if all(error in each["errors"] for each in found)] if found else []
    lines = [f"all pillars: {error}" for error in of_all]
    return lines + [line for each in found for line in _concerns(each, of_all)]


def _concerns(pillar: dict[str, Any], told: Sequence[str]) -> list[str]:
    name = pillar["name"]
    found = [f"{name}: {error}" for error in pillar["errors"] if error not in told]
    if (pillar.get("oldest_unsent_s") or 0) > OLDEST_UNSENT_S:
        found.append(f"{name}: {pillar['unsent']} events unsent, the oldest for {pillar['oldest_unsent_s']:.0f} s")
    if pillar.get("dead_letters"):
        count = pillar["dead_letters"]
        found.append(f"{name}: {count} dead letters; see `smartcity dead-letters list --pillar {name}`")
    return found


async def _records(access: Access) -> dict[str, dict[str, Any]]:
    try:
        async with database(access) as connection:
            return {name: await _record(connection, name) for name in NAMES}
    except (AccessError, TimeoutError) as error:
        return {name: {"errors": [str(error) or "PostgreSQL does not answer in time"]} for name in NAMES}


async def _record(connection: asyncpg.Connection[asyncpg.Record], schema: str) -> dict[str, Any]:
    import asyncpg

    try:
        row = await connection.fetchrow(_PILLAR.format(schema=schema))
    except asyncpg.UndefinedTableError:
        return {"errors": ["is not migrated: run `smartcity migrate`"]}
    return dict(row or {})


async def _lags(access: Access) -> tuple[dict[str, dict[str, int]], str]:
    """Events each pillar has still to handle, by the stream they are in; and why that cannot be said."""
    from nats.errors import Error

    found: dict[str, dict[str, int]] = {}
    try:
        async with bus(access) as client:
            streams = client.jetstream()
            for info in await streams.streams_info():
                stream = info.config.name or ""
                for consumer in await streams.consumers_info(stream):
                    waiting = (consumer.num_pending or 0) + (consumer.num_ack_pending or 0)
                    found.setdefault(consumer.name, {})[stream] = waiting
    except (AccessError, Error, TimeoutError) as error:
        return {}, str(error) or "NATS does not answer in time"
    return found, ""
