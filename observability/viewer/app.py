"""The viewer as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from observability.viewer.api import Api, RefusedExportError, refuse
from observability.viewer.pages import Pages
from observability.viewer.series import SeriesBoard
from observability.viewer.settings import ViewerSettings
from observability.viewer.store import Store


def create_app(settings: ViewerSettings) -> Starlette:
    """Opens the store and puts receiver, JSON and pages over it; the store closes with the application."""
    store = Store(settings.database, settings.viewer_spans)
    board = SeriesBoard()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        store.close()

    return Starlette(
        routes=[*Api(store, board).routes(), *Pages(store, board, settings.codes_url).routes()],
        exception_handlers={RefusedExportError: refuse},
        lifespan=lifespan,
    )
