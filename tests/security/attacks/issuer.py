"""An identity provider in memory, that does what a test wants, and a gateway as in production that trusts it."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey

from deploy.migrate import GATEWAY_MIGRATIONS
from gateway.app import create_app
from gateway.callers.subjects import subject_of
from gateway.callers.tokens import LOGOUT_EVENT
from gateway.gateway import Gateway
from services.kit.database import migrate
from tests.gateway.running import gateway_settings

ISSUER = "https://login.test"
CITY = "https://kota.test"
PLACES = {
    "token_endpoint": "/token",
    "userinfo_endpoint": "/userinfo",
    "introspection_endpoint": "/introspect",
    "jwks_uri": "/keys",
    "authorization_endpoint": "/authorize",
    "end_session_endpoint": "/end",
}


def counted_from_now(claims: dict[str, Any]) -> dict[str, Any]:
    """The claims with seconds since the epoch for those that say how long from now."""
    now = int(time.time())
    return {
        name: now + int(value.total_seconds()) if isinstance(value, timedelta) else value
        for name, value in claims.items()
    }


@dataclass
class Issuer:
    """The provider; ``people`` says who is in which groups now."""

    people: dict[str, list[str]]
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "k1"}, auto_kid=False))
    down: bool = False
    refused: set[str] = field(default_factory=set)
    """Who is not renewed any more."""
    fails_userinfo: int = 0
    """The status of what ``userinfo`` refuses everybody with; 0: it answers."""
    tells_groups: bool = True
    """Whether ID tokens have the groups."""
    gives_id_tokens: bool = False
    """Whether a refresh brings one."""
    slow_keys: float = 0.0
    """Seconds after which the keys are told."""
    slow_answers: float = 0.0
    """Seconds that the answer with tokens is on its way."""
    gives_refresh_tokens: bool = True
    answers_for: str = ""
    """Whoever a refresh speaks of instead of the one it should."""
    opaque: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What introspection knows."""
    refreshes: int = 0
    _codes: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    _refresh_tokens: dict[str, str] = field(default_factory=dict)
    _access: dict[str, str] = field(default_factory=dict)

    def sign(self, typ: str | None, key: ECKey | None = None, **changes: Any) -> str:
        """A token with this type; right in all but the changes, of which None leaves a claim out."""
        claims = {"iss": ISSUER, "aud": "gateway", "iat": timedelta(), "exp": timedelta(minutes=5)} | changes
        header = {"alg": "ES256", "kid": (key or self.key).kid} | ({"typ": typ} if typ else {})
        claims = {name: value for name, value in counted_from_now(claims).items() if value is not None}
        return jwt.encode(header, claims, key or self.key, algorithms=["ES256"])

    def id_token(self, login: str, **more: Any) -> str:
        """An ID token."""
        return self.sign("JWT", sub=login, groups=self.people[login] if self.tells_groups else None, **more)

    def access_token(self, login: str, **changes: Any) -> str:
        """An access token as RFC 9068 wants it."""
        return self.sign(
            "at+jwt",
            **{"sub": login, "groups": self.people[login], "client_id": "app", "jti": secrets.token_hex(8)} | changes,
        )

    def logout_token(self, typ: str | None = "logout+jwt", key: ECKey | None = None, **changes: Any) -> str:
        """A logout token; ``sub`` or ``sid`` are given by the test."""
        return self.sign(typ, key, **{"jti": secrets.token_hex(8), "events": {LOGOUT_EVENT: {}}} | changes)

    def code(self, login: str, location: str, sid: str = "") -> dict[str, str]:
        """What the provider sends the browser back with, after a login that was begun with ``location``."""
        query = parse_qs(urlsplit(location).query)
        code = secrets.token_hex(8)
        self._codes[code] = (login, query["nonce"][0], sid)
        return {"code": code, "state": query["state"][0], "iss": ISSUER}

    async def answer_in_time(self, request: httpx.Request) -> httpx.Response:
        """One request to the provider, as soon as it answers."""
        if request.url.path == "/keys":
            await asyncio.sleep(self.slow_keys)
        answer = self.answer(request)
        if request.url.path == "/token":
            await asyncio.sleep(self.slow_answers)
        return answer

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One request to the provider."""
        if self.down:
            raise httpx.ConnectError("nobody there", request=request)
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        match request.url.path:
            case "/.well-known/openid-configuration":
                found: dict[str, Any] = {name: f"{ISSUER}{path}" for name, path in PLACES.items()}
                return httpx.Response(
                    200, json=found | {"issuer": ISSUER, "authorization_response_iss_parameter_supported": True}
                )
            case "/keys":
                return httpx.Response(200, json=KeySet([self.key]).as_dict(private=False))
            case "/token" if form["grant_type"] == "authorization_code" and form["code"] not in self._codes:
                return httpx.Response(400, json={"error": "invalid_grant"})
            case "/token" if form["grant_type"] == "authorization_code":
                login, nonce, sid = self._codes.pop(form["code"])
                return self._granted(login, id_token=self.id_token(login, nonce=nonce, sid=sid or None))
            case "/token":
                return self._refreshed(form["refresh_token"])
            case "/userinfo":
                return self._userinfo(request.headers["authorization"].removeprefix("Bearer "))
            case "/introspect":
                return httpx.Response(200, json=self.opaque.get(form["token"], {"active": False}))
        return httpx.Response(404)

    def _refreshed(self, refresh_token: str) -> httpx.Response:
        self.refreshes += 1
        login = self._refresh_tokens.pop(refresh_token, "")
        if not login or login in self.refused:
            return httpx.Response(400, json={"error": "invalid_grant"})
        login = self.answers_for or login
        return self._granted(login, **({"id_token": self.id_token(login)} if self.gives_id_tokens else {}))

    def _granted(self, login: str, **more: str) -> httpx.Response:
        access, refresh = secrets.token_hex(8), secrets.token_hex(8)
        self._access[access] = login
        if self.gives_refresh_tokens:
            self._refresh_tokens[refresh] = login
            more["refresh_token"] = refresh
        return httpx.Response(200, json={"access_token": access, "token_type": "Bearer", **more})

    def _userinfo(self, access_token: str) -> httpx.Response:
        if self.fails_userinfo:
            return httpx.Response(self.fails_userinfo)
        login = self._access.get(access_token, "")
        return httpx.Response(200, json={"sub": login, "groups": self.people[login]}) if login else httpx.Response(401)


@dataclass
class Desk:
    """Two gateways on one database, and the provider that they trust."""

    issuer: Issuer
    database: asyncpg.Connection[Any]
    apps: list[FastAPI]

    def gateway(self, number: int = 0) -> Gateway:
        """The parts of one of them."""
        found: Gateway = self.apps[number].state.gateway
        return found

    def browser(self, number: int = 0) -> httpx.AsyncClient:
        """A browser at one of the gateways."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.apps[number]), base_url=CITY)

    async def log_in(self, browser: httpx.AsyncClient, login: str, sid: str = "") -> httpx.Response:
        """Logs somebody in; the answer that brings the session."""
        begun = await browser.get("/auth/login")
        answer = await browser.get("/auth/callback", params=self.issuer.code(login, begun.headers["location"], sid))
        assert answer.status_code == 303, answer.text
        return answer

    async def age(self, login: str, **ago: int) -> None:
        """Moves the provider's last word about somebody into the past."""
        parts = ", ".join(f"{unit} => {count}" for unit, count in ago.items())
        await self.database.execute(
            f"UPDATE session SET confirm_time = now() - make_interval({parts}), try_time = NULL WHERE subject = $1",
            subject_of(login),
        )

    async def logout(self, token: str, number: int = 0) -> httpx.Response:
        """The provider tells of a logout."""
        async with self.browser(number) as provider:
            return await provider.post("/auth/backchannel-logout", data={"logout_token": token})

    async def asked(self) -> None:
        """Waits until no gateway asks the provider."""
        tasks = {task for app in self.apps for task in app.state.gateway.renewals._asking.values()}
        if tasks:
            await asyncio.wait(tasks, timeout=10)


async def roles(browser: httpx.AsyncClient) -> list[str]:
    """What the browser's session may do."""
    answer = await browser.get("/v1/me")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["roles"])


def client_of(answer: Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]) -> httpx.AsyncClient:
    """A client that is answered so, with bodies that come as over a wire: not read yet."""

    async def streamed(request: httpx.Request) -> httpx.Response:
        made = answer(request)
        whole = made if isinstance(made, httpx.Response) else await made
        if not whole.is_stream_consumed:
            return whole
        return httpx.Response(whole.status_code, headers=whole.headers, stream=httpx.ByteStream(whole.content))

    return httpx.AsyncClient(transport=httpx.MockTransport(streamed))


@asynccontextmanager
async def desk_at_work(postgres: str, files: Path, issuer: Issuer) -> AsyncIterator[Desk]:
    """A database of its own, two gateways on it, and the provider."""
    name = f"desk_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(postgres)
    await admin.execute(f'CREATE DATABASE "{name}"')
    await admin.close()
    url = f"{postgres.rsplit('/', 1)[0]}/{name}"
    database = await asyncpg.connect(url, server_settings={"search_path": "gateway,public"})
    await migrate.prepare_schema(database, "gateway", None)
    await migrate.upgrade(url, "gateway", [GATEWAY_MIGRATIONS])
    key = dict(OKPKey.generate_key("Ed25519", {"kid": "desk"}, auto_kid=False).as_dict(private=True))
    settings = gateway_settings(
        url, key, files, {}, mode="production", public_url=CITY,
        oidc_issuer=ISSUER, oidc_client_id="gateway", oidc_client_secret="secret", postgres_pool=2,
    )  # fmt: skip
    async with AsyncExitStack() as stack:
        apps = [create_app(settings) for _ in range(2)]
        for app in apps:
            await stack.enter_async_context(app.router.lifespan_context(app))
            provider = app.state.gateway.provider
            await provider._client.aclose()
            provider._client = client_of(issuer.answer_in_time)
        yield Desk(issuer, database, apps)
    await database.close()
