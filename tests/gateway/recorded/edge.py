"""The gateway with the recording pillars behind it, and requests played on it."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from joserfc.jwk import OKPKey

from deploy.migrate import GATEWAY_MIGRATIONS
from observability import telemetry
from services.kit.database import migrate
from tests.gateway.recorded.pillars import PHOTO_PATH, PILLARS, Pillars, message_of, method_of
from tests.gateway.recorded.recording import Call, Case, Recording
from tests.gateway.running import Stand, gateway_settings, public_set, serving, start_provider

LOGINS = {
    "citizen": "warga",
    "officer": "petugas-dlh",
    "treasurer": "petugas-bpkad",
    "verifier": "verifikator",
    "admin": "admin",
}
"""Who calls, besides somebody without a login, and the demo user they are."""
PUBLIC_URL = "http://edge.test:8080"
"""What the gateway is told of its own address; it stands in the document, where a free port would change each time."""
PROVIDER_MARK = "http://provider.test"
"""Stands for the provider's address in recordings."""
TRACE_MARK, MADE_UP_MARK, TIME_MARK = "<trace>", "<made up>", "<time>"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
"""The canned photo: a PNG of one pixel."""
_AT_ONCE, _STREAMS_AT_ONCE = 12, 4
_HEADERS = (
    "allow",
    "cache-control",
    "content-disposition",
    "content-type",
    "etag",
    "link",
    "location",
    "retry-after",
    "vary",
    "www-authenticate",
)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_AS_OF = re.compile(rb'"as_of":"[^"]+"')


@dataclass
class Edge:
    """The gateway at work."""

    stand: Stand
    pillars: Pillars
    issuer: str
    tokens: dict[str, str] = field(repr=False)

    async def play(self, cases: Sequence[Case]) -> list[Recording]:
        """Sends every case, some at a time, and answers with what came of each, in their order."""
        place, stream_place = asyncio.Semaphore(_AT_ONCE), asyncio.Semaphore(_STREAMS_AT_ONCE)
        limits = httpx.Limits(max_connections=_AT_ONCE + _STREAMS_AT_ONCE)
        async with httpx.AsyncClient(timeout=60, limits=limits, trust_env=False) as client:

            async def one(case: Case) -> Recording:
                async with stream_place if case.is_stream else place:
                    return await self._one(client, case)

            return list(await asyncio.gather(*(one(each) for each in cases)))

    async def document(self) -> dict[str, Any]:
        """The OpenAPI document, without what is another at each start."""
        async with self.stand.client() as client:
            text = (await client.get("/openapi.json")).text
        found: dict[str, Any] = json.loads(text.replace(self.issuer, PROVIDER_MARK))
        return found

    async def _one(self, client: httpx.AsyncClient, case: Case) -> Recording:
        headers = [(b"accept-encoding", b"identity"), *((k.encode(), v.encode("latin-1")) for k, v in case.headers)]
        if case.role in self.tokens:
            headers.append((b"authorization", f"Bearer {self.tokens[case.role]}".encode()))
        url = httpx.URL(self.stand.url).copy_with(raw_path=case.path.encode())
        request = client.build_request(case.method, url, headers=headers, content=case.body)
        if case.body is None:
            request.headers.pop("content-type", None)
        answer = await client.send(request, stream=True)
        streamed = answer.headers.get("content-type", "").startswith("text/event-stream")
        try:
            body = await (_first_event(answer) if streamed else answer.aread())
        finally:
            await answer.aclose()
        trace = answer.headers.get("x-trace-id", "")
        calls = self.pillars.taken(trace)[: 1 if streamed else None]  # a stream looks again by itself
        shown = {name: answer.headers[name] for name in _HEADERS if name in answer.headers}
        shown["ratelimit-policy"] = "yes" if "ratelimit-policy" in answer.headers else "no"
        if trace:
            body = body.replace(trace.encode(), TRACE_MARK.encode())
        body = _AS_OF.sub(b'"as_of":"%b"' % TIME_MARK.encode(), body)
        return Recording(answer.status_code, shown, body, [_seen(each, case) for each in calls])


async def _first_event(answer: httpx.Response) -> bytes:
    """A stream up to the end of its first event."""
    body = b""
    async for chunk in answer.aiter_raw():
        body += chunk
        if b"\n\n" in body:
            return body[: body.index(b"\n\n") + 2]
    return body


def _seen(call: Any, case: Case) -> Call:
    """A call as it is recorded: the request in its deterministic form, without what the gateway made up."""
    message: Any = message_of(method_of(call.rpc).input_type, call.request)
    if "request_id" in message.DESCRIPTOR.fields_by_name and not case.header("idempotency-key"):
        assert _UUID.fullmatch(message.request_id), f"{case.name}: a made-up key that is no UUID: {message.request_id}"
        message.request_id = MADE_UP_MARK
        if call.rpc.endswith("/CreatePhoto"):  # the photo's id is made of the key
            message.photo.id = MADE_UP_MARK
            message.path = _UUID.sub(MADE_UP_MARK, message.path)
    caller = {"subject": call.caller.subject, "roles": sorted(call.caller.roles), "agency": call.caller.agency}
    return Call(call.rpc, caller, message.SerializeToString(deterministic=True))


@asynccontextmanager
async def edge_at_work(postgres: str, home: Path) -> AsyncIterator[Edge]:
    """The gateway with the provider beside it and the recording pillars behind it, until the block ends."""
    key = dict(OKPKey.generate_key("Ed25519", {"kid": "edge"}, auto_kid=False).as_dict(private=True))
    files = home / "files"
    photo = files / PHOTO_PATH
    photo.parent.mkdir(parents=True, exist_ok=True)
    photo.write_bytes(PIXEL)
    pillars = Pillars(public_set(key))
    telemetry.configure("gateway", "recorded", "recorded", "", 1.0)  # calls are told apart by their trace
    provider = await start_provider(home, PUBLIC_URL)
    try:
        async with pillars.serving() as target:
            settings = gateway_settings(
                await _database(postgres),
                key,
                files,
                dict.fromkeys(PILLARS, target),
                public_url=PUBLIC_URL,
                oidc_issuer=provider.issuer,
                oidc_client_id="gateway",
                oidc_client_secret=provider.client_secret,
                bank_rate=10_000,
                # A slow machine must not turn an answer into a timeout.
                read_seconds=60,
                write_seconds=60,
                request_seconds=120,
            )
            async with serving(settings, provider) as stand:
                await _ready(stand)
                tokens = {role: await provider.token(login) for role, login in LOGINS.items()}
                yield Edge(stand, pillars, provider.issuer, tokens)
    finally:
        provider.process.stop()
        telemetry.shutdown()


async def _ready(stand: Stand) -> None:
    """Waits until each section of the home was fetched."""
    async with asyncio.timeout(30), stand.client() as client:
        while (await client.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.05)


async def _database(postgres: str) -> str:
    """URL of a new database with the gateway's schema."""
    admin = await asyncpg.connect(postgres)
    name = f"recorded_{secrets.token_hex(4)}"
    await admin.execute(f'CREATE DATABASE "{name}"')
    await admin.close()
    url = f"{postgres.rsplit('/', 1)[0]}/{name}"
    owner = await asyncpg.connect(url)
    await migrate.prepare_schema(owner, "gateway", None)
    await owner.close()
    await migrate.upgrade(url, "gateway", [GATEWAY_MIGRATIONS])
    return url
