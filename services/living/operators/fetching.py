"""One GET from an operator: bounded in bytes and time, without redirects, and not repeated where nothing changed."""

import asyncio
import ssl
from functools import cache
from typing import NamedTuple

import httpx

from services.kit.http import bodies
from services.living.operators.model import UnreadableError

SECONDS = 10.0
"""One answer may take so long as a whole."""
MOST_BYTES = 4 << 20
"""The largest answer that is read: some five thousand trips with all their stops."""


class Answer(NamedTuple):
    """What came, and by what to ask whether it has changed."""

    content: bytes
    etag: str = ""
    modified: str = ""


_trusted = cache(ssl.create_default_context)
"""Reads the certificates of all authorities, which takes some 50 ms, once."""


async def client() -> httpx.AsyncClient:
    """Connections to operators."""
    return httpx.AsyncClient(
        verify=await asyncio.to_thread(_trusted),
        timeout=SECONDS,
        follow_redirects=False,
        headers={"user-agent": "smartcity-gtfs-rt"} | bodies.AS_IT_IS,
    )


async def fetch(of: httpx.AsyncClient, url: str, etag: str = "", modified: str = "") -> Answer | None:
    """What lies at a URL; None where it is what it was. Raises UnreadableError."""
    asked = {"if-none-match": etag, "if-modified-since": modified}
    try:
        async with (
            asyncio.timeout(SECONDS),
            of.stream("GET", url, headers={name: value for name, value in asked.items() if value}) as answer,
        ):
            if answer.status_code == 304 and (etag or modified):
                return None
            if answer.status_code != 200:
                raise UnreadableError(f"it was answered with HTTP {answer.status_code}")
            content = await bodies.read(answer, MOST_BYTES)
    except bodies.BodyError as error:
        raise UnreadableError(str(error)) from error
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise UnreadableError(f"there is no answer ({type(error).__name__})") from error
    return Answer(content, answer.headers.get("etag", "")[:200], answer.headers.get("last-modified", "")[:100])
