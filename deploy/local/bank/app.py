"""The bank as ASGI application: SNAP, pages, control; the courier runs beside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from deploy.local.bank.api import Api
from deploy.local.bank.bank import Bank
from deploy.local.bank.book import Book
from deploy.local.bank.courier import Courier
from deploy.local.bank.pages import Pages
from deploy.local.bank.settings import BankSettings
from deploy.local.bank.signing import Keys
from deploy.local.bank.whims import Whims


def application(settings: BankSettings, clock: Callable[[], datetime]) -> Starlette:
    """The whole bank. Raises ValueError when a key is no key."""
    keys, book = Keys(settings.private_key, settings.client_public_key, settings.client_secret), Book(settings.file)
    bank = Bank(settings, book, Whims(), clock)
    courier = Courier(settings, keys, bank)
    bank.told = courier.wake

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        carrying = asyncio.create_task(courier.run())
        try:
            yield
        finally:
            carrying.cancel()
            with suppress(asyncio.CancelledError):
                await carrying
            book.close()

    # A page of another name that was made to lead here (DNS rebinding) would be let in as our own.
    ours = Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1"], www_redirect=False)
    routes = [*Api(settings, keys, bank).routes(), *Pages(bank).routes()]
    return Starlette(routes=routes, middleware=[ours], lifespan=lifespan)
