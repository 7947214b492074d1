"""The portal: the pages of citizens, merchants and officers, rendered on the server, usable without JavaScript.

Pages are found by themselves: each module ``routes_*`` of this folder has a ``router``.
"""

import importlib
import pkgutil

from fastapi import APIRouter, FastAPI
from starlette.routing import Route

from gateway.portal.page import problem_page


def mount(app: FastAPI) -> None:
    """Adds the pages, and makes problems of other pages readable for people."""
    pages = APIRouter(include_in_schema=False)
    pages.routes.extend(pages_in_order())
    app.include_router(pages)
    app.state.error_page = problem_page


def pages_in_order() -> list[Route]:
    """Every page, the narrower address first: of two that fit a request the first is served."""
    names = sorted(each.name for each in pkgutil.iter_modules(__path__) if each.name.startswith("routes_"))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    found: list[Route] = [route for module in modules for route in module.router.routes]
    return sorted(found, key=lambda one: [_width(part) for part in one.path.split("/")])


def _width(part: str) -> int:
    """How much a part of an address fits: a word itself, ``{payment}.png`` some, ``{payment}`` any."""
    return ("{" in part) + (part.startswith("{") and part.endswith("}"))
