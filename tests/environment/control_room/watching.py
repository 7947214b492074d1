"""Officers on duty, as tests use the control room: a login each, the page, and its stream."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from gateway.callers.identity import Session
from gateway.callers.session import SESSION_COOKIE
from services.kit.caller import Caller
from tests.environment.conftest import DPU
from tests.environment.watching.watched import Watched
from tests.gateway.running import Stand

PATH = "/petugas/ruang-kendali"


@dataclass
class Duty:
    """A gateway and a gauge that it watches, held to `siaga` at 1.7 m."""

    stand: Stand
    watched: Watched

    async def login(self, caller: Caller = DPU) -> tuple[dict[str, str], Session]:
        """A session's cookie, and the session."""
        gateway = self.stand.gateway
        token, session = await gateway.sessions.create(caller, "Siti", "")
        return {"cookie": f"{gateway.settings.cookie(SESSION_COOKIE)}={token}"}, session

    async def page(self, caller: Caller | None = DPU, language: str = "en") -> httpx.Response:
        """The page as a browser without JavaScript has it."""
        headers = (await self.login(caller))[0] if caller else {}
        async with self.stand.client(headers={"accept-language": language, "accept": "text/html", **headers}) as client:
            return await client.get(PATH)

    @asynccontextmanager
    async def following(self, headers: dict[str, str], seen: str = "") -> AsyncIterator["Told"]:
        """The stream of a desk."""
        headers = {"accept-language": "en", **headers}
        async with (
            self.stand.client() as client,
            client.stream("GET", f"{PATH}/events", params={"seen": seen}, headers=headers) as answer,
        ):
            assert answer.status_code == 200, await answer.aread()
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield Told(_blocks(answer))


@dataclass
class Told:
    """What a desk is told."""

    blocks: AsyncIterator[dict[str, str]]
    id: str = ""
    """Of the latest part."""

    async def part(self, name: str, holds: str = "") -> str:
        """A part, once it comes and holds some words."""
        async for block in self.blocks:
            if block.get("event") == "part":
                self.id = block["id"]
                told = json.loads(block["data"])
                if told["part"] == name and holds in told["html"]:
                    return str(told["html"])
        raise AssertionError(f"the stream ended without {holds} in {name}")

    async def until(self, event: str) -> list[str]:
        """The names of the parts that come before an event."""
        parts: list[str] = []
        async for block in self.blocks:
            if block.get("event") == event:
                return parts
            if block.get("event") == "part":
                parts.append(json.loads(block["data"])["part"])
        raise AssertionError(f"the stream ended without {event}")


async def _blocks(answer: httpx.Response) -> AsyncIterator[dict[str, str]]:
    block: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            block[name] = value
        elif block:
            yield block
            block = {}
