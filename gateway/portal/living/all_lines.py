"""All lines of the timetable, page after page: for lists to choose from."""

from __future__ import annotations

from starlette.requests import Request

from gateway.callers.session import current_caller
from gateway.calls.pages import pages
from gateway.gateway import current_gateway
from smartcity.living.v1 import routes_pb2, routes_views

PAGE, MOST_PAGES = 200, 10
"""Of more than 2,000 lines nobody chooses one from a list."""


async def all_lines(request: Request, language: str = "") -> list[routes_views.Route]:
    """Lines in the timetable's order, in a language where one is given."""
    pillars, caller = current_gateway(request).pillars, current_caller(request)

    async def ask(asked: routes_pb2.ListRoutesRequest) -> routes_pb2.ListRoutesResponse:
        return await pillars.call(asked, caller)

    asked = routes_pb2.ListRoutesRequest(page_size=PAGE, language=language)
    return [routes_views.route(one) async for page in pages(ask, asked, MOST_PAGES) for one in page.routes]
