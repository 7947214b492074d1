"""What is known of each pillar wherever it runs: revisions, outbox, dead letters, last event, and who lags behind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from deploy.operate.access import Access, AccessError, bus, database
from deploy.pillars import NAMES, pillar

if TYPE_CHECKING:
    import asyncpg
    from nats.js import JetStreamContext

    from services.kit.pillar import Pillar

T = TypeVar("T")
OLDEST_UNSENT_S = 60.0
"""An event that waits longer than this for its stream needs somebody's attention."""

_MIGRATE = "run `smartcity migrate`"
_NOT_MIGRATED = f"is not migrated: {_MIGRATE}"
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
    known = [pillar(name) for name in NAMES]  # not beside what waits: what this imports holds the loop
    records, streams = await asyncio.gather(_records(access), _streams(access, known))
    found = []
    for name in NAMES:
        lags, errors = streams[name]
        each = {"name": name, "errors": [], **records[name], "consumers": lags}
        is_migrated = _NOT_MIGRATED not in each["errors"]  # else the same command, which is told of, makes its streams
        each["errors"] += [error for error in errors if is_migrated or not error.endswith(_MIGRATE)]
        found.append(each)
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
        return {"errors": [_NOT_MIGRATED]}
    return dict(row or {})


async def _streams(access: Access, known: Sequence[Pillar]) -> dict[str, tuple[dict[str, int], list[str]]]:
    """Events each pillar has still to handle, by the stream they are in; and what is wrong with its own stream and its
    consumers, of those that it declares.
    """
    try:
        async with bus(access) as client:
            asking = client.jetstream()
            said = await asyncio.gather(*(_answer(asking.stream_info(one.name), "its stream") for one in known))
            wrong = {one.name: answer for one, answer in zip(known, said, strict=True) if isinstance(answer, str)}
            lags = await asyncio.gather(*(_lags(asking, one, known, wrong) for one in known))
    except AccessError as error:
        return {one.name: ({}, [str(error)]) for one in known}
    return {one.name: found for one, found in zip(known, lags, strict=True)}


async def _lags(
    asking: JetStreamContext, one: Pillar, known: Sequence[Pillar], wrong: Mapping[str, str]
) -> tuple[dict[str, int], list[str]]:
    """Of one pillar. A stream that is ``wrong`` is not asked about its consumers: its own pillar says so."""
    read = [stream for stream in one.subjects_in(known) if stream not in wrong]
    questions = (_answer(asking.consumer_info(each, one.name), f"its consumer of {each}") for each in read)
    answers = dict(zip(read, await asyncio.gather(*questions), strict=True))
    errors = [wrong.get(one.name), *(each for each in answers.values() if isinstance(each, str))]
    lags = {
        stream: (each.num_pending or 0) + (each.num_ack_pending or 0)
        for stream, each in answers.items()
        if not isinstance(each, str)
    }
    return lags, list(dict.fromkeys(filter(None, errors)))


async def _answer(question: Awaitable[T], about: str) -> T | str:
    """What JetStream answers, or in words why it does not."""
    from nats.errors import Error
    from nats.js.errors import NotFoundError

    try:
        return await question
    except NotFoundError:
        return f"{about} is not there: {_MIGRATE}"
    except (Error, TimeoutError) as error:
        return str(error) or "NATS does not answer in time"
