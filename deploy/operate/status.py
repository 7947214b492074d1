"""How a platform is: its processes, and for each pillar its revisions, outbox, consumers and dead letters."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from deploy.local.ready import Ready, grpc_serving, http_ok
from deploy.operate.access import Access, AccessError, bus, database
from deploy.pillars import NAMES

if TYPE_CHECKING:
    import asyncpg

OLDEST_UNSENT_S = 60.0
"""An event that waits longer than this for its stream needs somebody's attention."""

_PATHS = {
    "nats": ("monitor", "/healthz?js-enabled-only=true"),
    "oidc": ("http", "/.well-known/openid-configuration"),
    "mailbox": ("http", "/"),
    "bank": ("http", "/"),
    "viewer": ("http", "/readyz"),
    "gateway": ("http", "/readyz"),
}

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


async def status(access: Access) -> dict[str, Any]:
    """The whole state as plain values; `attention` names in words what is not as it should be."""
    components, pillars = await asyncio.gather(_components(access), _pillars(access))
    attention = [f"{each['name']} is {each['state']}; log: {each['log']}" for each in components if not each["ok"]]
    for pillar in pillars:
        attention += _concerns(pillar)
    return {
        "healthy": not attention,
        "attention": attention,
        "version": access.run.get("version"),
        "city": access.run.get("city"),
        "urls": access.run.get("urls", {}),
        "components": components,
        "pillars": pillars,
    }


def _concerns(pillar: dict[str, Any]) -> list[str]:
    name = pillar["name"]
    found = [f"{name}: {pillar['error']}"] if pillar.get("error") else []
    if (pillar.get("oldest_unsent_s") or 0) > OLDEST_UNSENT_S:
        found.append(f"{name}: {pillar['unsent']} events unsent, the oldest for {pillar['oldest_unsent_s']:.0f} s")
    if pillar.get("dead_letters"):
        count = pillar["dead_letters"]
        found.append(f"{name}: {count} dead letters; see `smartcity dead-letters list --pillar {name}`")
    return found


async def _components(access: Access) -> list[dict[str, Any]]:
    return list(await asyncio.gather(*(_component(access, dict(each)) for each in access.run.get("components", ()))))


async def _component(access: Access, known: dict[str, Any]) -> dict[str, Any]:
    """What the supervisor wrote, and what the process itself answers now."""
    check = _check(known)
    answers = check is not None and known["state"] == "ready" and await check()
    known["ok"] = known["state"] == "done" or answers
    if known["state"] == "ready" and not answers:
        known["state"] = "silent"
    known["version"] = access.run.get("version")
    return known


def _check(component: dict[str, Any]) -> Ready | None:
    name, ports = component["name"], component["ports"]
    if "health" in ports:
        return grpc_serving(ports["health"])
    kind = name.partition("-")[0]
    if kind in _PATHS:
        port, path = _PATHS[kind]
        return http_ok(ports[port], path)
    return _accepts(ports["sql"]) if "sql" in ports else None


def _accepts(port: int) -> Ready:
    async def check() -> bool:
        try:
            async with asyncio.timeout(2):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True

    return check


async def _pillars(access: Access) -> list[dict[str, Any]]:
    records, lags = await asyncio.gather(_records(access), _lags(access))
    return [{"name": name, **records[name], "consumers": lags.get(name, {})} for name in NAMES]


async def _records(access: Access) -> dict[str, dict[str, Any]]:
    try:
        async with database(access) as connection:
            return {name: await _record(connection, name) for name in NAMES}
    except AccessError as error:
        return {name: {"error": str(error)} for name in NAMES}


async def _record(connection: asyncpg.Connection[asyncpg.Record], schema: str) -> dict[str, Any]:
    import asyncpg

    try:
        row = await connection.fetchrow(_PILLAR.format(schema=schema))
    except asyncpg.UndefinedTableError:
        return {"error": "is not migrated: run `smartcity migrate`"}
    return dict(row or {})


async def _lags(access: Access) -> dict[str, dict[str, int]]:
    """Events each pillar has still to handle, by the stream they are in."""
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
    except (AccessError, Error, TimeoutError):
        return {}
    return found


def age(moment: datetime | float | None) -> str:
    """How long ago, in one unit."""
    if moment is None:
        return "–"
    at = moment if isinstance(moment, datetime) else datetime.fromtimestamp(moment, UTC)
    seconds = max(0.0, (datetime.now(UTC) - at).total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
