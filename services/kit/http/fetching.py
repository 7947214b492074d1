"""One GET from a service of others: bounded in bytes and time, no redirects, not repeated where nothing changed."""

import asyncio
from typing import NamedTuple

import httpx

from services.kit.http import bodies, trust
from services.kit.http.errors import UnreadableError

SECONDS = 10.0
"""One answer may take so long as a whole."""


class Answer(NamedTuple):
    """What came, and by what to ask whether it has changed."""

    content: bytes
    etag: str = ""
    modified: str = ""


async def client(agent: str) -> httpx.AsyncClient:
    """Connections of a program that calls itself ``agent``."""
    return httpx.AsyncClient(
        verify=await asyncio.to_thread(trust.authorities),
        timeout=SECONDS,
        follow_redirects=False,
        headers={"user-agent": agent} | bodies.AS_IT_IS,
    )


async def fetch(of: httpx.AsyncClient, url: str, most: int, etag: str = "", modified: str = "") -> Answer | None:
    """What lies at a URL, of at most so many bytes; None where it is what it was. Raises UnreadableError."""
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
            content = await bodies.read(answer, most)
    except bodies.BodyError as error:
        raise UnreadableError(str(error)) from error
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise UnreadableError(f"there is no answer ({type(error).__name__})") from error
    return Answer(content, answer.headers.get("etag", "")[:200], answer.headers.get("last-modified", "")[:100])
