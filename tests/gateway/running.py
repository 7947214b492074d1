"""A gateway at work in this process: real uvicorn in front, governance behind, the real provider beside."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from deploy.local.process import Command, Process, free_ports
from deploy.local.secrets import Secrets
from gateway.app import create_app
from gateway.calls import pillars
from gateway.edge.server import Server, configured
from gateway.gateway import Gateway
from gateway.portal.city import finding
from gateway.portal.kit import crowds
from gateway.settings import GatewaySettings

MAIL_KEY = "bWFpbCBrZXkgb2YgdGhlIHRlc3RzLCAzMiBieXRlcyE="
"""Signs links in mails, so that tests can mail some."""
T = TypeVar("T")
PILLARS = ("governance", "economy", "living", "environment", "society", "branding")


# A busy machine answers late, and that says nothing about it; a pillar that is not here is told at once all the same.
finding.PATIENCE_S = 20.0
# What a test changes it sees at once; `test_alike.py` and `test_crowds.py` are about what is read and made for many.
pillars.ALIKE_S = crowds.SECONDS = 0.0


class InProcessServer(Server):
    """A server that leaves the signals of the test run alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield


@dataclass
class Provider:
    """The local identity provider as a process, with its signing key at hand."""

    issuer: str
    client_secret: str
    password: str
    key: dict[str, Any]
    process: Process

    async def token(self, login: str) -> str:
        """A bearer token of a demo user."""
        form = {"grant_type": "password", "username": login, "password": self.password}
        async with httpx.AsyncClient() as client:
            answer = await client.post(
                f"{self.issuer}/oauth/token",
                auth=("gateway", self.client_secret),
                data=form | {"scope": "openid profile groups"},
            )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def sign(self, **changes: Any) -> str:
        """A token signed with the provider's own key, right in all but the changes."""
        return sign(RSAKey.import_key(self.key), self.issuer, **changes)


def sign(key: Any, issuer: str, algorithm: str = "RS256", typ: str = "at+jwt", **changes: Any) -> str:
    """An access token that speaks of an administrator."""
    now = int(time.time())
    claims = {"iss": issuer, "aud": "gateway", "sub": "admin", "groups": ["admin"], "iat": now, "exp": now + 300}
    return jwt.encode({"alg": algorithm, "kid": key.kid, "typ": typ}, claims | changes, key, algorithms=[algorithm])


@dataclass
class Stand:
    """The running gateway and how to reach it."""

    url: str
    app: FastAPI
    settings: GatewaySettings
    provider: Provider | None = None
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def gateway(self) -> Gateway:
        """Its parts."""
        gateway: Gateway = self.app.state.gateway
        return gateway

    def client(self, **more: Any) -> httpx.AsyncClient:
        """A browser or program that does not follow redirects."""
        return httpx.AsyncClient(base_url=self.url, timeout=30, **more)

    async def bearer(self, login: str) -> dict[str, str]:
        """Headers of a demo user; the token is fetched once."""
        assert self.provider is not None
        if login not in self.tokens:
            self.tokens[login] = await self.provider.token(login)
        return {"authorization": f"Bearer {self.tokens[login]}"}


AT_ONCE = 12
"""So many requests of one test are under way together."""


async def at_once(requests: Iterable[Awaitable[T]]) -> list[T]:
    """Sends all: where a pillar is not here each would wait for it a while, one after another."""
    few = asyncio.Semaphore(AT_ONCE)

    async def sent(request: Awaitable[T]) -> T:
        async with few:
            return await request

    return await asyncio.gather(*map(sent, requests))


@contextlib.asynccontextmanager
async def serving(settings: GatewaySettings, provider: Provider | None = None) -> AsyncIterator[Stand]:
    """Serves a gateway with these settings until the block ends."""
    app = create_app(settings)
    config = configured(app, settings, loop="none")
    server = InProcessServer(config, app, settings)
    task = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(90):  # a busy machine makes it late, and says nothing about it
            while not server.started:
                assert not task.done(), "the gateway ended at start"
                await asyncio.sleep(0.01)
        yield Stand(f"http://127.0.0.1:{settings.port}", app, settings, provider)
    finally:
        server.should_exit = True
        await task


def gateway_settings(
    database: str, assertion_key: dict[str, Any], files: Path, targets: dict[str, str], **more: Any
) -> GatewaySettings:
    """Settings of a gateway on a free port; pillars without a target are dead."""
    port = free_ports(1)[0]
    nobody = free_ports(1)[0]
    values: dict[str, Any] = {
        "mode": "local",
        "port": port,
        "public_url": f"http://127.0.0.1:{port}",
        "postgres_url": database,
        "targets": dict.fromkeys(PILLARS, f"ipv4:127.0.0.1:{nobody}") | targets,
        "assertion_key": json.dumps(assertion_key),
        "session_secret": secrets.token_urlsafe(32),
        "files_url": files.as_uri(),
        "read_rate": 10_000,
        "write_rate": 10_000,
        "anonymous_write_rate": 10_000,
        "correction_rate": 10_000,
        "sensor_rate": 10_000,
        "journey_rate": 10_000,
        "provider_rate": 10_000,
        **more,
    }
    return GatewaySettings.model_validate(values)


async def start_provider(home: Path, public_url: str) -> Provider:
    """Starts the local provider for a portal at that address."""
    kept = Secrets(home)
    issuer = f"http://127.0.0.1:{free_ports(1)[0]}"
    key = kept.signing_key("signing", "RSA")
    env = {
        "SMARTCITY_CITY": "semarang",
        "SMARTCITY_PUBLIC_URL": public_url,
        "SMARTCITY_OIDC_ISSUER": issuer,
        "SMARTCITY_OIDC_CLIENT_ID": "gateway",
        "SMARTCITY_OIDC_CLIENT_SECRET": kept.text("client"),
        "SMARTCITY_OIDC_SESSION_SECRET": kept.text("session"),
        "SMARTCITY_OIDC_SIGNING_KEY": json.dumps(key),
        "SMARTCITY_DEMO_PASSWORD": kept.text("password"),
    }
    process = Process(Command((sys.executable, "-m", "deploy.local.oidc"), env), home / "oidc.log")

    def ready() -> bool:
        try:
            return httpx.get(f"{issuer}/.well-known/openid-configuration").status_code == 200
        except httpx.TransportError:
            return False

    await asyncio.to_thread(process.wait_ready, ready, 60)
    return Provider(issuer, kept.text("client"), kept.text("password"), key, process)


def public_set(*keys: dict[str, Any]) -> str:
    """The public halves of keys as a JWK set."""
    return json.dumps(KeySet.import_key_set({"keys": list(keys)}).as_dict(private=False))
