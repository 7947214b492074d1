"""The local platform as faults reach it: its processes, its database, its NATS, its bank, its flags."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.local.plan import DATABASE
from deploy.local.postgres import in_database
from deploy.operate.access import Access, AccessError, bus, database, find
from deploy.operate.restart import service_of

if TYPE_CHECKING:
    import asyncpg
    from nats.aio.client import Client

FLAGS = "flags"


@dataclass(frozen=True)
class Place:
    """One home. What needs the running platform raises AccessError when it is not there."""

    home: Path

    @cached_property
    def access(self) -> Access:
        """The administrator's way in; read anew by each command."""
        found = find({**os.environ, "SMARTCITY_HOME": str(self.home)})
        if not found.run:
            raise AccessError("faults are for a local platform: start one with `smartcity up`")
        return found

    def pids(self, service: str) -> list[int]:
        """Processes of a component and its replicas that run now."""
        named = [each for each in self.access.run["components"] if service in (each["name"], service_of(each["name"]))]
        return [each["pid"] for each in named if each["pid"]]

    def signal(self, pids: list[int], number: signal.Signals) -> None:
        """Sends a signal to those that are still there."""
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def flag(self, name: str) -> Path:
        """The file that is a flag."""
        folder = self.home / FLAGS
        folder.mkdir(exist_ok=True)
        return folder / name

    @asynccontextmanager
    async def sql(self, name: str = DATABASE) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
        """A database as the administrator."""
        url = in_database(self.access.postgres_url, name)
        async with database(replace(self.access, postgres_url=url)) as connection:
            yield connection

    @asynccontextmanager
    async def nats(self) -> AsyncIterator[Client]:
        """NATS as the administrator."""
        async with bus(self.access) as client:
            yield client

    async def ask_nats(self, call: str, request: dict[str, Any]) -> dict[str, Any]:
        """One call of JetStream's API. AccessError when it refuses."""
        async with self.nats() as client:
            message = await client.request(f"$JS.API.{call}", json.dumps(request).encode(), timeout=5)
        answer: dict[str, Any] = json.loads(message.data)
        if "error" in answer:
            raise AccessError(f"JetStream refused {call}: {answer['error'].get('description')}")
        return answer

    async def whim(self, kind: str, value: float | None) -> None:
        """Has the bank misbehave until further notice; an empty kind: behave."""
        import httpx

        try:
            async with httpx.AsyncClient(base_url=self.access.run["urls"]["bank"], timeout=5) as client:
                if kind:
                    answer = await client.post("/api/whims", json={"kind": kind, "times": 0, "value": value})
                else:
                    answer = await client.delete("/api/whims")
        except httpx.HTTPError as error:
            raise AccessError(f"the bank does not answer ({error!r}): see `smartcity status`") from error
        if answer.is_error:
            raise AccessError(f"the bank answered {answer.status_code}: {answer.text[:200]}")
