"""Where the links of mails lead: whether an address is theirs who gave it, and whether the mails shall end.

Looking at a link's page changes nothing, since scanners open links. The links are signed and stand for their reader, so
these forms carry no token of the browser's: mail programs send that of ``List-Unsubscribe`` by themselves (RFC 8058).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import Response

from gateway.bodies.body import body_of
from gateway.bodies.kinds import NOTHING
from gateway.gateway import current_gateway
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.own_values import new_key
from services.kit.caller import ANONYMOUS

Page = Callable[[Request, str, str], Awaitable[Response]]
"""What is shown of a link: ``confirm`` or ``end``, and its token."""
Write = Callable[[str, str], Message]
"""What is asked of the pillar, with an idempotency key and the token."""


def serve(router: APIRouter, path: str, page: Page, *, confirm: Write, end: Write) -> None:
    """Adds both pages below a path; each asks, and does what it asked about once its button is pressed."""
    _serve(router, f"{path}/konfirmasi/{{token}}", page, "confirm", confirm)
    _serve(router, f"{path}/berhenti/{{token}}", page, "end", end)


def _serve(router: APIRouter, path: str, page: Page, what: str, write: Write) -> None:
    @router.get(path)
    async def ask(request: Request, token: Identifier) -> Response:
        """Asks."""
        return await page(request, what, token)

    @router.post(path)
    async def act(request: Request, token: Identifier) -> Response:
        """Does it. The body that RFC 8058 asks for says no more than the address does, so it stays unread."""
        body_of(request).take(NOTHING)
        await current_gateway(request).pillars.send(write(new_key(), token), ANONYMOUS)
        return await page(request, what, token)
