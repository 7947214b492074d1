"""The viewer as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

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

    # A page of another name that was made to lead here (DNS rebinding) would read the traces as if they were its own.
    ours = Middleware(TrustedHostMiddleware, allowed_hosts=settings.viewer_names, www_redirect=False)
    return Starlette(
        routes=[
            *Api(store, board, settings.viewer_token.get_secret_value()).routes(),
            *Pages(store, board, settings.codes_url, settings.zone).routes(),
        ],
        middleware=[ours],
        exception_handlers={RefusedExportError: refuse},
        lifespan=lifespan,
    )
