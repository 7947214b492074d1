"""All lines of the timetable, page after page: for lists to choose from."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from gateway.callers.session import current_caller
from gateway.calls.pages import every
from gateway.gateway import current_gateway
from smartcity.living.v1 import routes_pb2, routes_views

PAGE, MOST_PAGES = 200, 10
"""Of more than 2,000 lines nobody chooses one from a list."""


async def all_lines(
    request: Request, language: str = "", *, within: float | None = None, retry: bool = True
) -> list[routes_views.Route]:
    """Lines in the timetable's order, in a language where one is given.

    ``within`` are seconds for all pages together, TimeoutError afterwards; without ``retry`` a pillar that is not there
    is not tried again.
    """
    pillars, caller = current_gateway(request).pillars, current_caller(request)

    asked = routes_pb2.ListRoutesRequest(page_size=PAGE, language=language)
    async with asyncio.timeout(within):
        found = await every(
            lambda more: pillars.send(more, caller, within=within, retry=retry), asked, "routes", MOST_PAGES
        )
    return [routes_views.route(one) for one in found]
