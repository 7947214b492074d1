"""SQL of what devices send: who they are, which of their messages came, how they behave."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from services.environment.datastreams.store import DATASTREAMS
from services.environment.ingest.model import Run, Sender
from services.kit.database import Transaction

RunKey = tuple[str, int]
"""A device, and which of its starts."""

_EDITION = "SELECT edition FROM registry"
_DEVICES = f"""
SELECT device.id, device.revoked_at IS NULL AND NOT thing.retired AS allowed,
       {DATASTREAMS.nested("thing = device.thing")} AS datastreams
  FROM device JOIN thing ON thing.id = device.thing WHERE device.id = ANY($1)
"""
_RUNS = """
SELECT device, boot, came::text FROM device_run
 WHERE (device, boot) IN (SELECT * FROM unnest($1::text[], $2::bigint[]))
"""
_SAVE_RUNS = """
INSERT INTO device_run (device, boot, came, updated_at)
SELECT device, boot, came::int8multirange, $4
  FROM unnest($1::text[], $2::bigint[], $3::text[]) AS run (device, boot, came) ORDER BY device, boot
ON CONFLICT (device, boot) DO UPDATE SET came = excluded.came, updated_at = excluded.updated_at
"""
# What a message that nobody can read does not tell stays as it was. Whoever owns the lease is alone in writing it.
_SAVE_HEALTH = """
INSERT INTO device_health AS health (device, arrived_at, skew, missing, refused, refusal)
SELECT device, told.arrived_at, coalesce(told.skew, known.skew, 0), coalesce(told.missing, known.missing, 0),
       told.refused, told.refusal
  FROM unnest($1::text[], $2::timestamptz[], $3::double precision[], $4::bigint[], $5::bigint[], $6::text[])
    AS told (device, arrived_at, skew, missing, refused, refusal) LEFT JOIN device_health AS known USING (device)
 ORDER BY device
ON CONFLICT (device) DO UPDATE
   SET arrived_at = excluded.arrived_at, skew = excluded.skew, missing = excluded.missing,
       refused = health.refused + excluded.refused,
       refusal = CASE WHEN excluded.refused > 0 THEN excluded.refusal ELSE health.refusal END
"""
# Both bounds, so that a plan for any time takes it for the short stretch of the index that it is.
_PRUNE = """
DELETE FROM device_run AS old WHERE updated_at > '-infinity' AND updated_at < $1
   AND boot < (SELECT max(boot) FROM device_run AS newer WHERE newer.device = old.device)
"""


class Told(NamedTuple):
    """What a batch tells of a device; None: nothing."""

    arrived: datetime
    skew: float | None
    missing: int | None
    refused: int
    refusal: str


async def edition(tx: Transaction) -> int:
    """Grows with each change of a thing, a datastream, a correction or a device."""
    return await tx.fetchval(_EDITION) or 0


async def senders(tx: Transaction, devices: Collection[str]) -> dict[str, Sender]:
    """Devices by their ids, those that there are."""
    rows = await tx.fetch(_DEVICES, list(devices))
    return {
        row["id"]: Sender(row["allowed"], {one.name: one for one in DATASTREAMS.unnested(row["datastreams"])})
        for row in rows
    }


async def runs(tx: Transaction, keys: Collection[RunKey]) -> dict[RunKey, Run]:
    """Runs of devices, those that something is known of."""
    rows = await tx.fetch(_RUNS, [device for device, _ in keys], [boot for _, boot in keys])
    return {(row["device"], row["boot"]): _run(row["came"]) for row in rows}


async def save_runs(tx: Transaction, found: Mapping[RunKey, Run]) -> None:
    """Writes which messages have come."""
    if found:
        devices, boots = zip(*found, strict=True)
        await tx.execute(_SAVE_RUNS, list(devices), list(boots), [str(run) for run in found.values()], tx.now)


async def save_health(tx: Transaction, told: Mapping[str, Told]) -> None:
    """Writes how devices behave."""
    if told:
        columns = zip(*told.values(), strict=True)
        await tx.execute(_SAVE_HEALTH, list(told), *map(list, columns))


async def prune_runs(tx: Transaction, before: datetime) -> None:
    """Forgets runs that ended long ago; a device's newest one stays."""
    await tx.execute(_PRUNE, before)


def _run(text: str) -> Run:
    ranges = [part.strip("[)").split(",") for part in text.strip("{}").split("),") if part]
    return Run([int(start) for start, _ in ranges], [int(end) for _, end in ranges])
