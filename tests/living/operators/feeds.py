"""A feed of another operator on this machine, and the pillar that reads it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from google.transit import gtfs_realtime_pb2 as rt

from services.living.operators import timers
from tests.fixtures.pillars import Served

PATH = "/gtfs-rt"


def trip(id_: str, *, delay: int | None = None, day: str = "", **more: Any) -> rt.FeedEntity:
    """What is told of a trip; a delay of the whole of it, where one is given."""
    made = rt.FeedEntity(id=id_)
    made.trip_update.trip.trip_id = id_
    made.trip_update.trip.start_date = day
    for name, value in more.items():
        setattr(made.trip_update.trip, name, value)
    if delay is not None:
        made.trip_update.delay = delay
    return made


@dataclass
class Operator:
    """Its server; ``asked`` are whether each request brought what it has already."""

    served: Served
    message: rt.FeedMessage = field(default_factory=rt.FeedMessage)
    content: bytes | None = None
    """Instead of the message."""
    status: int = 200
    asked: list[bool] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        body = self.message.SerializeToString() if self.content is None else self.content
        etag = f'"{hash(body)}"'
        same = f"if-none-match: {etag}" in head
        self.asked.append(same)
        status = 304 if same and self.status == 200 else self.status
        body = body if status == 200 else b""
        writer.write(f"HTTP/1.1 {status} X\r\netag: {etag}\r\ncontent-length: {len(body)}\r\n".encode())
        writer.write(b"connection: close\r\n\r\n" + body)
        writer.close()

    def tells(self, id_: str, text: str, effect: Any = rt.Alert.NO_SERVICE, **about: str) -> None:
        """An alert about a line or stop."""
        made = self.message.entity.add(id=id_)
        made.alert.effect = effect
        made.alert.informed_entity.add(**{f"{name}_id": value for name, value in about.items()})
        made.alert.header_text.translation.add(text=text, language="id")

    def stamp(self) -> None:
        """It is of now."""
        self.message.header.gtfs_realtime_version = "2.0"
        self.message.header.timestamp = int(self.served.now.timestamp())

    async def read(self) -> None:
        """The pillar reads what it tells now."""
        self.stamp()
        await timers.read(self.served.runtime)


@asynccontextmanager
async def operator(served: Served) -> AsyncIterator[Operator]:
    """A server that tells nothing yet, and the pillar that reads it."""
    made = Operator(served)
    before = served.runtime.settings
    async with await asyncio.start_server(made.answer, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{PATH}"
        served.runtime.settings = before.model_copy(update={"operator_feeds": f"other=A@{url}"})
        try:
            yield made
        finally:
            served.runtime.settings = before
