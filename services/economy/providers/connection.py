"""Calls to an acquirer's SNAP API: token, signatures, and what its answers mean.

Secrets, tokens and bodies are never logged or traced. The path that is signed begins after the base URL.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx
import msgspec

from observability import semconv
from observability.telemetry import Span, SpanKind, span
from services.economy.providers.credentials import Credentials
from services.economy.providers.model import ProviderAwayError, ProviderRefusedError, ReportUnclearError
from services.economy.providers.signature import call_text, sign_asymmetric, sign_symmetric, token_text
from services.economy.providers.wire import timestamp
from services.kit.http import bodies, trust

TOKEN_PATH = "/v1.0/access-token/b2b"  # noqa: S105 - an address
TOKEN_SPARE = timedelta(seconds=30)
"""A token is renewed this long before it expires, so that none expires on the way."""
MOST_BYTES = 16 << 20
"""The largest answer that is read: a day's report."""
EXTERNAL_ID_DIGITS = 32


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    until: datetime


def external_id(*parts: str) -> str:
    """The X-EXTERNAL-ID of a logical request: numeric, and the same each time it is made of the same parts."""
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    return str(int.from_bytes(digest, "big"))[-EXTERNAL_ID_DIGITS:].zfill(EXTERNAL_ID_DIGITS)


def new_external_id() -> str:
    """An X-EXTERNAL-ID for a request that may be made as often as one likes."""
    return f"{secrets.randbelow(10**EXTERNAL_ID_DIGITS):0{EXTERNAL_ID_DIGITS}d}"


class Connection:
    """One acquirer's API. Raises ProviderAwayError and ProviderRefusedError only."""

    def __init__(
        self, url: str, credentials: Credentials, timeout: float, zone: ZoneInfo, clock: Callable[[], datetime]
    ) -> None:
        """``url`` is the base, ``timeout`` the seconds one call may take, ``zone`` that of the timestamps."""
        self._url = url.rstrip("/")
        self._us = credentials
        self._zone = zone
        self._clock = clock
        self._seconds = timeout
        self._client = httpx.AsyncClient(
            verify=trust.authorities(), timeout=timeout, follow_redirects=False, headers=bodies.AS_IT_IS
        )
        self._token: _Token | None = None
        self._renewing = asyncio.Lock()

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def post(self, path: str, service: str, content: dict[str, Any], external: str) -> dict[str, Any]:
        """Calls a service by its code, such as "47", and answers with the JSON of a success."""
        body = msgspec.json.encode(content)
        with span(f"snap {path.rpartition('/')[2]}", SpanKind.CLIENT, self._attributes("POST", path)) as current:
            answer = await self._send("POST", f"{self._url}{path}", path, body, external, current)
            return _understood(answer, service, current)

    async def get(self, url: str) -> bytes | None:
        """Reads what lies at a URL; None when there is nothing. Signed like any call, with an empty body."""
        path = url.removeprefix(self._url) if url.startswith(f"{self._url}/") else urlsplit(url).path
        with span("snap report", SpanKind.CLIENT, self._attributes("GET", "")) as current:
            answer = await self._send("GET", url, path, b"", new_external_id(), current)
            if answer.status_code == 404:
                return None
            if answer.status_code != 200:
                current.fail(str(answer.status_code))
                raise ReportUnclearError(f"the report was answered with HTTP {answer.status_code}")
            return answer.content

    async def _send(
        self, method: str, url: str, path: str, body: bytes, external: str, current: Span
    ) -> httpx.Response:
        """Sends with a token; one that is refused is replaced once (the acquirer may have forgotten it)."""
        token = await self._valid_token()
        answer = await self._request(method, url, body, self._signed(method, path, token, body, external), current)
        if answer.status_code == 401:
            token = await self._valid_token(refused=token)
            answer = await self._request(method, url, body, self._signed(method, path, token, body, external), current)
        if answer.status_code == 401:
            current.fail("401")
            raise ProviderAwayError("the acquirer does not accept our signature: check the keys and the clock")
        return answer

    def _signed(self, method: str, path: str, token: str, body: bytes, external: str) -> dict[str, str]:
        now = timestamp(self._clock(), self._zone)
        text = call_text(method, path, token, body, now)
        return {
            "authorization": f"Bearer {token}",
            "content-type": "application/json",
            "x-timestamp": now,
            "x-signature": sign_symmetric(self._us.secret, text, self._us.encoding),
            "x-partner-id": self._us.client_id,
            "x-external-id": external,
            "channel-id": self._us.channel_id,
        }

    async def _valid_token(self, refused: str = "") -> str:
        """The token in use, or a new one; whoever comes while one is fetched waits for the same."""
        async with self._renewing:
            known = self._token
            if known is None or known.value == refused or known.until <= self._clock():
                with span("snap token", SpanKind.CLIENT, self._attributes("POST", TOKEN_PATH)) as current:
                    known = self._token = await self._new_token(current)
            return known.value

    async def _new_token(self, current: Span) -> _Token:
        asked = self._clock()
        now = timestamp(asked, self._zone)
        text = token_text(self._us.client_id, now)
        headers = {
            "content-type": "application/json",
            "x-timestamp": now,
            "x-client-key": self._us.client_id,
            "x-signature": sign_asymmetric(self._us.private_key, text, self._us.encoding),
        }
        body = msgspec.json.encode({"grantType": "client_credentials"})
        answer = await self._request("POST", f"{self._url}{TOKEN_PATH}", body, headers, current)
        try:
            found = _understood(answer, "73", current)
            value, seconds = found["accessToken"], int(found["expiresIn"])
        except ProviderRefusedError as error:  # says nothing of the call that the token was for
            raise ProviderAwayError(f"the acquirer gives us no token: {error}") from error
        except (KeyError, TypeError, ValueError) as error:
            raise ProviderAwayError("the acquirer's token is not understood") from error
        if not isinstance(value, str) or not value:
            raise ProviderAwayError("the acquirer's token is not understood")
        return _Token(value, asked + timedelta(seconds=seconds) - min(TOKEN_SPARE, timedelta(seconds=seconds) / 2))

    async def _request(
        self, method: str, url: str, body: bytes, headers: dict[str, str], current: Span
    ) -> httpx.Response:
        """One exchange, within the seconds as a whole: httpx counts each step of its own."""
        try:
            async with (
                asyncio.timeout(self._seconds),
                self._client.stream(method, url, content=body, headers=headers) as answer,
            ):
                content = await bodies.read(answer, MOST_BYTES)
        except bodies.BodyError as error:
            raise ProviderAwayError(f"of the acquirer: {error}") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise ProviderAwayError(f"the acquirer does not answer ({type(error).__name__})") from error
        current.set(semconv.HTTP_RESPONSE_STATUS_CODE, answer.status_code)
        return httpx.Response(answer.status_code, content=content)

    def _attributes(self, method: str, path: str) -> dict[str, str]:
        host = urlsplit(self._url).hostname or ""
        return {semconv.HTTP_REQUEST_METHOD: method, semconv.SERVER_ADDRESS: host, semconv.HTTP_ROUTE: path}


def _understood(answer: httpx.Response, service: str, current: Span) -> dict[str, Any]:
    """The JSON of a success; what is not SNAP's, of another service or at odds with its HTTP status counts as away."""
    status = answer.status_code
    try:
        found = msgspec.json.decode(answer.content)
        code, message = found["responseCode"], str(found.get("responseMessage", ""))[:200]
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, TypeError, AttributeError):
        found, code, message = {}, "", ""
    if status >= 500 or not isinstance(code, str) or len(code) != 7 or code[3:5] != service:
        current.fail(str(code or status))
        raise ProviderAwayError(f"HTTP {status}, responseCode {str(code)[:10] or 'none'}")
    if code[0] == "4" and code[:3] not in ("401", "408", "429"):
        current.fail(code)
        raise ProviderRefusedError(code, message)
    if code[0] != "2" or status >= 300:
        current.fail(code)
        raise ProviderAwayError(f"HTTP {status}, responseCode {code}")
    return dict(found)
