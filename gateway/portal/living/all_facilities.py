"""All facilities of the city, page after page: for lists to look things up in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from starlette.requests import Request

from gateway.callers.session import current_caller
from gateway.calls.pages import pages
from gateway.gateway import current_gateway
from smartcity.living.v1 import facilities_pb2 as pb

PAGE, MOST_PAGES = 200, 5
"""A city has fewer than a thousand."""


async def all_facilities(request: Request, within: float) -> Sequence[pb.Facility]:
    """Facilities in use by their names, within so many seconds for all pages together, TimeoutError afterwards.

    A pillar that is not there is not tried again.
    """
    pillars, caller = current_gateway(request).pillars, current_caller(request)

    async def ask(asked: pb.ListFacilitiesRequest) -> pb.ListFacilitiesResponse:
        answer = await pillars.send(asked, caller, within=within, retry=False)
        assert isinstance(answer, pb.ListFacilitiesResponse)
        return answer

    asked = pb.ListFacilitiesRequest(page_size=PAGE)
    async with asyncio.timeout(within):
        return [one async for page in pages(ask, asked, MOST_PAGES) for one in page.facilities]
