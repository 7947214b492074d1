"""All facilities of the city, page after page: for lists to look things up in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from starlette.requests import Request

from gateway.callers.session import current_caller
from gateway.calls.pages import every
from gateway.gateway import current_gateway
from smartcity.living.v1 import facilities_pb2 as pb

PAGE, MOST_PAGES = 200, 5
"""A city has fewer than a thousand."""


async def all_facilities(request: Request, within: float) -> Sequence[pb.Facility]:
    """Facilities in use by their names, within so many seconds for all pages together, TimeoutError afterwards.

    A pillar that is not there is not tried again.
    """
    pillars, caller = current_gateway(request).pillars, current_caller(request)

    asked = pb.ListFacilitiesRequest(page_size=PAGE)
    async with asyncio.timeout(within):
        return await every(
            lambda more: pillars.send(more, caller, within=within, retry=False), asked, "facilities", MOST_PAGES
        )
