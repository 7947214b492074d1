"""Reads the streams as an administrator: an ordered consumer per stream that leaves nothing behind."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from deploy.operate.access import Access, AccessError, bus, why
from deploy.pillars import NAMES, pillar
from services.kit.subjects import event_subject

if TYPE_CHECKING:
    from google.protobuf.message import Message
    from nats.aio.client import Client
    from nats.aio.msg import Msg
    from nats.js import JetStreamContext

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class UnknownEventError(Exception):
    """No pillar publishes an event of that name."""


def types_of(names: Sequence[str] = NAMES) -> dict[str, type[Message]]:
    """Message classes of the events that these pillars publish, by full name."""
    from google.protobuf.message_factory import GetMessageClass

    return {
        message.full_name: GetMessageClass(message)
        for name in names
        for file in pillar(name).publishes
        for message in file.message_types_by_name.values()
    }


def subjects(types: Sequence[str], wanted: str | None) -> list[str]:
    """Full names that `wanted` means: a full name, or its last word in any case. UnknownEventError if there is none."""
    found = [name for name in types if wanted is None or wanted.lower() in (name.lower(), name.lower().split(".")[-1])]
    if not found:
        known = ", ".join(sorted(types)) or "none: these pillars publish nothing"
        raise UnknownEventError(f"no event is called {wanted or 'anything'}. Known: {known}")
    return found


async def tail(access: Access, pillar_name: str | None, wanted: str | None, last: int) -> AsyncIterator[dict[str, Any]]:
    """Events as they are stored, after the `last` ones of each stream (of each type if one is wanted); never ends.

    AccessError where a stream is not there.
    """
    names = NAMES if pillar_name is None else (pillar_name,)
    types = types_of(names)
    chosen = subjects(list(types), wanted)
    arrived: asyncio.Queue[Msg] = asyncio.Queue()
    async with bus(access) as client:
        for one in (pillar(name) for name in names):
            told = [event_subject(name, one.name) for name in one.types_out() if name in chosen]
            with _stream_of(one.name):
                for subject in one.stream_subjects() if told and wanted is None else told:
                    await _follow(client, one.name, subject, last, arrived)
        while True:
            yield read(await _next(client, arrived), types)


@contextmanager
def _stream_of(name: str) -> Iterator[None]:
    """AccessError where the stream is not there, or JetStream does not answer."""
    from nats.errors import Error
    from nats.js.errors import NotFoundError

    try:
        yield
    except NotFoundError as error:
        raise AccessError(f"the stream of {name} is not there: run `smartcity migrate`") from error
    except (Error, TimeoutError) as error:
        raise AccessError(f"the stream of {name} cannot be read ({why(error)}): see `smartcity status`") from error


async def _next(client: Client, arrived: asyncio.Queue[Msg]) -> Msg:
    """The next message; AccessError when the connection is gone for good."""
    while True:
        try:
            async with asyncio.timeout(1.0):
                return await arrived.get()
        except TimeoutError:
            if not client.is_connected:
                raise AccessError("NATS has gone away; run the command again") from None


async def _follow(client: Client, stream: str, subject: str, last: int, arrived: asyncio.Queue[Msg]) -> None:
    """Put what is stored under `subject` into the queue, from the `last` ones on."""
    from nats.js.api import ConsumerConfig, DeliverPolicy

    jetstream: JetStreamContext = client.jetstream()
    config, to_skip = ConsumerConfig(deliver_policy=DeliverPolicy.NEW), 0
    if last > 0:
        begin, to_skip = await _begin(jetstream, stream, subject, last)
        config = ConsumerConfig(deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=begin)

    async def take(message: Msg) -> None:
        nonlocal to_skip
        if to_skip > 0:
            to_skip -= 1
        else:
            arrived.put_nowait(message)

    await jetstream.subscribe(subject, stream=stream, cb=take, ordered_consumer=True, config=config)


async def _begin(jetstream: JetStreamContext, stream: str, subject: str, last: int) -> tuple[int, int]:
    """A place from which there are the `last` messages under `subject`, and how many more of them.

    It is looked for from the end: a stream has a week of events, and would be read whole for a few of them.
    """
    state = (await jetstream.stream_info(stream)).state
    first, back = max(1, state.first_seq), last
    while True:
        begin = max(first, state.last_seq + 1 - back)
        found = await _from(jetstream, stream, subject, begin)
        if found >= last or begin == first:
            return begin, max(0, found - last)
        back *= 4


async def _from(jetstream: JetStreamContext, stream: str, subject: str, begin: int) -> int:
    """How many messages there are under `subject` from a place on, none of which is read."""
    from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

    made = await jetstream.add_consumer(
        stream,
        ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=begin,
            filter_subject=subject,
            ack_policy=AckPolicy.NONE,
            inactive_threshold=10.0,
            mem_storage=True,
        ),
    )
    await jetstream.delete_consumer(stream, made.name)
    return made.num_pending or 0


def read(message: Msg, types: dict[str, type[Message]]) -> dict[str, Any]:
    """An event with its envelope; the data as REST answers and webhooks show it."""
    head = dict(message.headers or {})
    event: dict[str, Any] = {
        "id": head.get("ce-id"),
        "type": head.get("ce-type", message.subject),
        "time": head.get("ce-time"),
        "aggregate": head.get("ce-subject"),
        "version": int(head["ce-sequence"]) if head.get("ce-sequence", "").isdigit() else None,
        "correlation": head.get("ce-correlationid"),
        "exercise": head.get("ce-exercise") == "true",
        "traceparent": head.get("traceparent"),
    }
    return {**event, "data": data(event["type"], message.data, types)}


def data(type_name: str, payload: bytes, types: dict[str, type[Message]]) -> Any:
    """The payload as plain values; None if it is not a message of ours."""
    import msgspec
    from google.protobuf.message import DecodeError

    if type_name not in types:
        return None
    try:
        decoded = types[type_name].FromString(payload)
    except DecodeError:
        return None
    descriptor = types[type_name].DESCRIPTOR
    views = import_module(descriptor.file.name.removesuffix(".proto").replace("/", ".") + "_views")
    view = getattr(views, _WORD.sub("_", descriptor.name).lower())
    return msgspec.to_builtins(view(decoded))
