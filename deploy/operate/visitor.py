"""A demo user of the local platform at the API, as an app developer's program would call it."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from deploy.local.plan import OIDC_CLIENT
from deploy.local.secrets import Secrets
from deploy.local.settings import home_of
from deploy.operate.access import Access, AccessError

PATIENCE_S = 15.0


class StoryError(Exception):
    """A step of a story was answered otherwise than it should; the message says what came."""


class MissingError(StoryError):
    """Nobody knows what was asked for, or not yet."""


@dataclass
class Visitor:
    """Calls the API as any of the demo users, or as nobody. ``traces`` are those of the answers, oldest first."""

    urls: Mapping[str, str]
    client: httpx.AsyncClient
    secrets: Secrets
    traces: list[str] = field(default_factory=list)
    _tokens: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, user: str = "", **query: object) -> Any:
        """The JSON behind an address. Raises StoryError."""
        return await self._ask("GET", path, user, params=query)

    async def post(self, path: str, body: object = None, user: str = "", etag: str = "") -> Any:
        """The JSON that a write answers with. Raises StoryError."""
        head = {"Idempotency-Key": str(uuid.uuid4()), **({"If-Match": f'"{etag}"'} if etag else {})}
        return await self._ask("POST", path, user, json=body if body is not None else {}, headers=head)

    async def put(self, path: str, body: object, user: str, etag: str) -> Any:
        """The JSON that writing something anew answers with. Raises StoryError."""
        head = {"Idempotency-Key": str(uuid.uuid4()), "If-Match": f'"{etag}"'}
        return await self._ask("PUT", path, user, json=body, headers=head)

    async def send(self, path: str, content: bytes, kind: str, user: str) -> Any:
        """The JSON that a file sent is answered with. Raises StoryError."""
        head = {"Idempotency-Key": str(uuid.uuid4()), "Content-Type": kind}
        return await self._ask("POST", path, user, content=content, headers=head)

    async def follow(
        self, path: str, enough: Callable[[list[dict[str, Any]]], bool], within: float = 5.0
    ) -> list[dict[str, Any]]:
        """What server-sent events tell until that is enough, or for so many seconds."""
        found: list[dict[str, Any]] = []
        with suppress(TimeoutError, httpx.TransportError):
            async with (
                asyncio.timeout(within),
                self.client.stream("GET", path, headers={"Accept": "text/event-stream"}) as answer,
            ):
                if answer.status_code != 200:
                    return found
                async for line in answer.aiter_lines():
                    if line.startswith("data:"):
                        found.append(json.loads(line.removeprefix("data:")))
                        if enough(found):
                            break
        return found

    async def _ask(self, method: str, path: str, user: str, **more: Any) -> Any:
        head = dict(more.pop("headers", {}))
        if user:
            head["Authorization"] = f"Bearer {await self._token(user)}"
        answer = await self.client.request(method, path, headers=head, **more)
        if trace := answer.headers.get("traceresponse", ""):
            self.traces.append(trace.split("-")[1])
        if answer.status_code >= 400:
            error = MissingError if answer.status_code == 404 else StoryError
            raise error(f"{method} {path} answered {answer.status_code}: {answer.text[:500]}")
        return answer.json()

    async def _token(self, user: str) -> str:
        if user not in self._tokens:
            password = self.secrets.text("demo-password", 9)
            form = {"grant_type": "password", "username": user, "password": password, "scope": "openid profile groups"}
            address = f"{self.urls['login'].rstrip('/')}/oauth/token"
            answer = await self.client.post(address, data=form, auth=(OIDC_CLIENT, self.secrets.text("oidc-client")))
            if answer.status_code != 200:
                raise StoryError(f"{user} cannot log in: {answer.text[:300]}")
            self._tokens[user] = str(answer.json()["access_token"])
        return self._tokens[user]


@asynccontextmanager
async def visitor(access: Access) -> AsyncIterator[Visitor]:
    """A visitor of the local platform. Raises AccessError when it is not a local one, StoryError when it goes away."""
    if not access.run:
        raise AccessError("stories are told on a local platform: start one with `smartcity up`")
    urls = access.run["urls"]
    portal = urlsplit(urls["portal"])
    async with httpx.AsyncClient(base_url=urlunsplit(portal._replace(path="")), timeout=PATIENCE_S) as client:
        try:
            yield Visitor(urls, client, Secrets(home_of()))
        except httpx.TransportError as error:
            where = error.request.url.copy_with(query=None)
            raise StoryError(f"{where} does not answer ({type(error).__name__}): see `smartcity status`") from error
