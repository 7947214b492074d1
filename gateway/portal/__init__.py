"""The portal: the pages of citizens, merchants and officers, rendered on the server, usable without JavaScript.

A folder per pillar holds its pages, their templates and their words, ``city`` those of the city as a whole; what all of
them share is the ``kit``. Pages are found by themselves: whatever module of such a folder has a ``router``.
"""

import importlib
import pkgutil
from collections.abc import Iterator

from fastapi import APIRouter, FastAPI
from starlette.routing import Route

from gateway.portal.kit.page import problem_page


def mount(app: FastAPI) -> None:
    """Adds the pages, and makes problems of other pages readable for people."""
    pages = APIRouter(include_in_schema=False)
    pages.routes.extend(pages_in_order())
    app.include_router(pages)
    app.state.error_page = problem_page


def pages_in_order() -> list[Route]:
    """Every page, the narrower address first: of two that fit a request the first is served."""
    found: list[Route] = [route for router in _routers() for route in router.routes if isinstance(route, Route)]
    return sorted(found, key=lambda one: [_width(part) for part in one.path.split("/")])


def _routers() -> Iterator[APIRouter]:
    for each in pkgutil.walk_packages(__path__, f"{__name__}."):
        router = getattr(importlib.import_module(each.name), "router", None)
        if router is not None:
            yield router


def _width(part: str) -> int:
    """How much a part of an address fits: a word itself, ``{payment}.png`` some, ``{payment}`` any."""
    return ("{" in part) + (part.startswith("{") and part.endswith("}"))
