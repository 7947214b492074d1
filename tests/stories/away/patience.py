"""Somebody who tells a story and does not give up: each request is sent again, with its key, until it is answered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle
from urllib.parse import urlsplit

import httpx

from deploy.operate.visitor import Visitor
from tests.fixtures.house import House

_AGAIN_S = 0.5
_BUSY = frozenset({429, 500, 502, 503, 504})


class Patience(httpx.AsyncHTTPTransport):
    """Sends again what was not answered, by the next gateway; a refusal is an answer."""

    def __init__(self, house: House, seconds: float) -> None:
        super().__init__()
        self._portal = urlsplit(house.url).port
        self._gateways = cycle([urlsplit(each).port for each in house.gateway_urls()])
        self._seconds = seconds
        self.failed = 0
        """Answers that did not come, or said that something is away."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The first answer that is one; the last failure when there was none in time."""
        ours = request.url.port == self._portal
        ends = asyncio.get_running_loop().time() + self._seconds
        while True:
            if ours:
                request.url = request.url.copy_with(port=next(self._gateways))
            late = asyncio.get_running_loop().time() > ends
            try:
                answer = await super().handle_async_request(request)
            except httpx.TransportError:
                if late:
                    raise
            else:
                if answer.status_code not in _BUSY and not await _in_flight(answer):
                    return answer
                if late:
                    return answer
                await answer.aread()
            self.failed += 1
            await asyncio.sleep(_AGAIN_S)


async def _in_flight(answer: httpx.Response) -> bool:
    """Whether the same request, sent before, is still under way."""
    return answer.status_code == 409 and b"REQUEST_IN_FLIGHT" in await answer.aread()


@asynccontextmanager
async def patient(house: House, seconds: float) -> AsyncIterator[tuple[Visitor, Patience]]:
    """A visitor of the platform's demo users who waits so long for each answer."""
    transport = Patience(house, seconds)
    async with httpx.AsyncClient(base_url=house.url, timeout=15, transport=transport) as client:
        yield Visitor(house.about["urls"], client, house.secrets), transport
