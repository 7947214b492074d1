"""A list of a pillar, page after page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any


async def pages(ask: Callable[[Any], Awaitable[Any]], request: Any, most: int) -> AsyncIterator[Any]:
    """The answers to a request for a list, at most so many. Others have their turn between two."""
    for _ in range(most):
        page = await ask(request)
        yield page
        request.page_token = page.next_page_token
        if not request.page_token:
            return


async def every(ask: Callable[[Any], Awaitable[Any]], request: Any, field: str, most: int) -> list[Any]:
    """All that the answers list in a field, of at most so many pages."""
    return [one async for page in pages(ask, request, most) for one in getattr(page, field)]
