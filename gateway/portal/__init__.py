"""The portal: the pages of citizens, merchants and officers, rendered on the server, usable without JavaScript.

A folder per pillar holds its pages, their templates and their words, ``city`` those of the city as a whole; what all of
them share is the ``kit``. Pages are found by themselves: whatever module of such a folder has a ``router``.
A page that opens a kind of public codes says so as ``OPENS``, for the search; one of what is there only for who has its
link or its login says as ``KEYED`` by which reason it is not found, for the way to the login and to all of its kind.
One that shows what is one's own says so as ``OWN_PAGE``.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from functools import cache
from types import ModuleType

from fastapi import APIRouter, FastAPI
from starlette.routing import Route

from gateway.edge.routing import Routes
from gateway.portal.kit.crowds import crowds
from gateway.portal.kit.own_page import OwnPage
from gateway.portal.kit.page import problem_page
from services.kit import codes


def mount(app: FastAPI) -> None:
    """Adds the pages, and makes problems of other pages readable for people."""
    app.router.routes.append(_routes())
    opened()  # once, before anybody searches
    own_pages()
    app.state.keyed = keyed()
    app.state.parts = {}
    app.state.crowds = crowds()
    app.state.error_page = problem_page


@cache
def pages_in_order() -> Sequence[Route]:
    """Every page, the narrower address first: of two that fit a request the first is served."""
    found: list[Route] = [route for router in _routers() for route in router.routes if isinstance(route, Route)]
    return sorted(found, key=lambda one: [_width(part) for part in one.path.split("/")])


@cache
def _routes() -> Routes:
    """The pages as they are: included, each one's signature is read once more per app."""
    return Routes(pages_in_order())


@cache
def opened() -> dict[str, str]:
    """Where public codes are opened, by the letter after the city's own: modules say it as ``OPENS``."""
    return {letter: path for each in _modules() for letter, path in getattr(each, "OPENS", {}).items()}


def opening(prefix: str, typed: str) -> Iterator[tuple[str, str, str]]:
    """What was typed as a code of the city with that prefix: its letter, itself, and the page that opens it."""
    for letter, path in opened().items():
        if (code := codes.parse(f"{prefix}{letter}", typed)) is not None:
            yield letter, code, f"{path}/{code}"


@cache
def keyed() -> dict[str, tuple[str, str]]:
    """Where to go on from what is not found without its link or its login, and the text of that way, by the reason."""
    return {reason: onward for each in _modules() for reason, onward in getattr(each, "KEYED", {}).items()}


@cache
def own_pages() -> Sequence[OwnPage]:
    """Pages of what is one's own: modules say theirs as ``OWN_PAGE``."""
    return [each.OWN_PAGE for each in _modules() if hasattr(each, "OWN_PAGE")]


def _routers() -> Iterator[APIRouter]:
    for each in _modules():
        router = getattr(each, "router", None)
        if router is not None:
            yield router


def _modules() -> Iterator[ModuleType]:
    for each in pkgutil.walk_packages(__path__, f"{__name__}."):
        yield importlib.import_module(each.name)


def _width(part: str) -> int:
    """How much a part of an address fits: a word itself, ``{payment}.png`` some, ``{payment}`` any."""
    return ("{" in part) + (part.startswith("{") and part.endswith("}"))
