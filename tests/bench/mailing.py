"""A city of subscribers and a mail server: what a warning by mail is measured with."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import islice
from typing import Any
from uuid import UUID

import aiosmtplib

from services.environment.pillar import PILLAR
from services.environment.subscriptions import actions, composing, keys, store, timers
from services.environment.subscriptions.model import Mail
from services.environment.warnings import store as warnings
from services.kit.ids import uuid7
from services.kit.mail import delivering
from tests.environment.warnings.warning import AWAS, Warnings
from tests.fixtures.pillars import Served, own_database, serving

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
MOST_AREAS = 60
"""Kelurahan of one warning, as the contract has it."""
PAGE = 10_000


@dataclass
class Sink:
    """The mail server."""

    port: int

    async def stat(self) -> tuple[int, int]:
        """Mails that it has taken, and those of them that it had before."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        await reader.readline()
        writer.write(b"STAT\r\n")
        _, taken, twice = (await reader.readline()).split()
        writer.close()
        return int(taken), int(twice)


@dataclass
class Mailing:
    """Subscribers of the first 60 kelurahan, all of them of the first, and a mail server."""

    served: Served
    sink: Sink
    areas: Sequence[str]
    longest: float = 0.0
    """Seconds of the longest transaction that queued mails, and of the loop's longest pause while mails were sent."""
    pauses: list[float] = field(default_factory=list)

    async def warning(self, areas: Sequence[str]) -> Any:
        """A warning in force whose message sets out."""
        made = Warnings(self.served)
        raised = await made.in_force(areas=areas, level=AWAS)
        async with self.served.runtime.transaction() as tx:
            await actions.tell(tx, UUID(raised.id), 1, areas)
        return raised

    async def pass_on(self) -> float:
        """Queues its mails. Seconds."""
        began, self.longest = time.perf_counter(), 0.0
        more = True
        while more:
            begun = time.perf_counter()
            async with self.served.runtime.transaction() as tx:
                more = await actions.pass_on(tx)
            self.longest = max(self.longest, time.perf_counter() - begun)
        return time.perf_counter() - began

    async def deliver(self, mails: int) -> float:
        """Sends so many, and is told to stop then. Mails a second."""
        before, _ = await self.sink.stat()
        ticking = asyncio.create_task(self._tick())
        began = time.perf_counter()
        task = asyncio.create_task(timers.deliver(self.served.runtime))
        while not task.done() and (await self.sink.stat())[0] - before < mails:
            await asyncio.sleep(0.2)
        for one in (task, ticking):
            one.cancel()
            with suppress(asyncio.CancelledError):
                await one
        return ((await self.sink.stat())[0] - before) / (time.perf_counter() - began)

    async def bare(self, mails: int, lanes: int = delivering.CONNECTIONS) -> float:
        """The same mails, written before, over as many connections by the client alone. Mails a second."""
        ready = await self._written(mails)

        async def lane(part: Sequence[EmailMessage]) -> None:
            async with aiosmtplib.SMTP(hostname="127.0.0.1", port=self.sink.port, start_tls=False) as server:
                for one in part:
                    await server.send_message(one, sender="kota@example.org")

        began = time.perf_counter()
        await asyncio.gather(*(lane(ready[each::lanes]) for each in range(lanes)))
        return mails / (time.perf_counter() - began)

    async def _written(self, mails: int) -> list[EmailMessage]:
        made: list[EmailMessage] = []
        async with self.served.runtime.transaction() as tx:
            sql = "SELECT * FROM warning_mail WHERE state = 'waiting' ORDER BY id LIMIT $1"
            rows = await tx.fetch(sql, mails)
            of = await store.SUBSCRIPTIONS.by_ids(tx, {row["subscription"] for row in rows})
            told = await warnings.by_ids(tx, {row["warning"] for row in rows})
        for row in rows:  # ids of their own, so that the sink does not know them
            mail = Mail(uuid7(), row["subscription"], row["warning"], row["number"], 1, row["created_at"])
            written = composing.composed(tx, mail, of[mail.subscription], told[row["warning"]])
            assert isinstance(written, EmailMessage)
            made.append(written)
        return made

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await asyncio.sleep(0.005)
            self.pauses.append(loop.time() - began - 0.005)

    async def states(self) -> dict[str, int]:
        """Mails by their states."""
        rows = await self.served.admin.fetch("SELECT state, count(*) FROM environment.warning_mail GROUP BY state")
        return {row["state"]: row["count"] for row in rows}


@asynccontextmanager
async def mailing(postgres: str, subscribers: int) -> AsyncIterator[Mailing]:
    """The city, its subscribers and the server."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.sink", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    try:
        async with serving(PILLAR, await own_database(postgres, PILLAR), NOW) as served:
            changes = {"smtp_url": f"smtp://127.0.0.1:{port}", "public_url": "https://lapor.example"}
            served.runtime.settings = served.runtime.settings.model_copy(update=changes)
            areas = [one.code for one in served.runtime.city.areas.values() if one.is_lowest][:MOST_AREAS]
            await _seed(served, subscribers, areas)
            yield Mailing(served, Sink(port), areas)
    finally:
        process.terminate()
        await process.wait()


async def _seed(served: Served, count: int, areas: Sequence[str]) -> None:
    """Confirmed subscriptions, by COPY: each hears of the first kelurahan and of two others."""
    known = keys.of(served.runtime)
    columns = ("id", "state", "language", "areas", "address", "sealed", "created_at", "confirmed_at")

    def made() -> Any:
        for place in range(count):
            id_, email = uuid7(), f"warga{place}@contoh.example"
            wanted = [areas[0], areas[1 + place % (MOST_AREAS - 1)], areas[1 + (place + 7) % (MOST_AREAS - 1)]]
            sealed = known.seal(id_, email)
            language = "en" if place % 5 == 0 else "id"
            yield id_, "confirmed", language, wanted, known.digest(email), sealed, NOW, NOW

    rows = made()
    copy: Callable[..., Any] = served.admin.copy_records_to_table
    while page := list(islice(rows, PAGE)):
        await copy("warning_subscription", schema_name="environment", columns=columns, records=page)
        await asyncio.sleep(0)
    await served.admin.execute(
        "INSERT INTO environment.warning_subscriber (area, subscription)"
        " SELECT area, id FROM environment.warning_subscription, unnest(areas) AS area"
    )
    await served.admin.execute("ANALYZE environment.warning_subscription, environment.warning_subscriber")
