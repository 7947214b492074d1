"""Streams and consumers, made from what the pillars declare: one stream per pillar, one durable consumer per reader."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

from nats.aio.client import Client

from services.kit.database.maintenance import STREAM_AGE
from services.kit.pillar import Pillar

ACK_WAIT_S = 5
MOST_ACK_PENDING = 5_000
DUPLICATE_WINDOW_S = 120
ANSWER_S = 10.0
_NOT_FOUND, _NO_STORE = 10059, 10049
_ATTEMPTS, _PAUSE_S = 10, 0.2
STARTING = (10005, 10008)
"""Codes of a server that is still starting: no peer to place a stream on, JetStream temporarily unavailable."""


class StreamError(Exception):
    """JetStream refused; the message is its own."""


async def ensure(
    bus: Client, pillars: Iterable[Pillar], *, replicas: int | None = None, ack_wait_s: float = ACK_WAIT_S
) -> list[str]:
    """Makes or updates every stream and consumer; answers with the names of those that were missing.

    ``replicas``: on how many servers each stream is kept. Whoever mends by hand may not know, and must not take copies
    away: without it each stream keeps what it has, and a missing one is made like the others.
    ``ack_wait_s``: how long an event may be in a reader's hands before the next one gets it.
    """
    known = list(pillars)
    telling = [pillar for pillar in known if pillar.publishes]
    copies = {} if replicas else await _copies(bus, [pillar.name for pillar in telling])
    usual = replicas or max(copies.values(), default=1)
    made = [one.name for one in telling if await _ensure_stream(bus, one, copies.get(one.name, usual))]
    for pillar in known:
        for stream, subjects in pillar.subjects_in(known).items():
            await _ask(
                bus, f"CONSUMER.CREATE.{stream}.{pillar.name}", _consumer(pillar.name, stream, subjects, ack_wait_s)
            )
    return made


async def _copies(bus: Client, names: Iterable[str]) -> dict[str, int]:
    """On how many servers each of these streams is kept, of those that are there."""
    found: dict[str, int] = {}
    for name in names:
        try:
            found[name] = int((await _ask(bus, f"STREAM.INFO.{name}", {}))["config"]["num_replicas"])
        except StreamError as error:
            if error.args[1] != _NOT_FOUND:
                raise
    return found


async def _ensure_stream(bus: Client, pillar: Pillar, replicas: int) -> bool:
    config = _stream(pillar, replicas)
    try:
        await _ask(bus, f"STREAM.UPDATE.{pillar.name}", config)
    except StreamError as error:
        if error.args[1] != _NOT_FOUND:
            raise
        await _create_stream(bus, pillar.name, config)
        return True
    return False


async def _create_stream(bus: Client, name: str, config: dict[str, Any]) -> None:
    """Creates a stream; again while the server still clears away a former one of that name."""
    for left in reversed(range(_ATTEMPTS)):
        try:
            await _ask(bus, f"STREAM.CREATE.{name}", config)
            return
        except StreamError as error:
            if error.args[1] != _NO_STORE or not left:
                raise
            await asyncio.sleep(_PAUSE_S)


def _stream(pillar: Pillar, replicas: int) -> dict[str, Any]:
    return {
        "name": pillar.name,
        "subjects": pillar.stream_subjects(),
        "storage": "file",
        "retention": "limits",
        "discard": "old",
        "max_age": int(STREAM_AGE.total_seconds() * 1e9),
        "duplicate_window": int(DUPLICATE_WINDOW_S * 1e9),
        "num_replicas": replicas,
        "allow_direct": True,
        "allow_atomic": True,
        "deny_delete": True,
    }


def _consumer(durable: str, stream: str, subjects: list[str], ack_wait_s: float) -> dict[str, Any]:
    return {
        "stream_name": stream,
        "action": "",
        "config": {
            "durable_name": durable,
            "name": durable,
            "ack_policy": "explicit",
            "ack_wait": int(ack_wait_s * 1e9),
            "max_ack_pending": MOST_ACK_PENDING,
            "max_deliver": -1,
            "deliver_policy": "all",
            "replay_policy": "instant",
            "filter_subjects": subjects,
        },
    }


async def _ask(bus: Client, call: str, request: dict[str, Any]) -> dict[str, Any]:
    message = await bus.request(f"$JS.API.{call}", json.dumps(request).encode(), timeout=ANSWER_S)
    answer: dict[str, Any] = json.loads(message.data)
    if "error" in answer:
        raise StreamError(f"{call}: {answer['error'].get('description')}", answer["error"].get("err_code"))
    return answer
