"""HEAD asks for what GET would tell, without the content (RFC 9110, 9.3.2): every address that is read takes it."""

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Heads:
    """Asks as GET whatever serves the address (pure ASGI); stands around the routes alone.

    What comes in parts, such as a stream of events, is broken off once its head is told: nobody reads on.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        asked = {**scope, "method": "GET"}

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                scope["route"] = asked.get("route")  # names the span
            parts = message.get("more_body", False)
            await send({**message, "more_body": False, "body": b""} if parts else message)
            if parts:
                raise ClientDisconnect

        await self._app(asked, receive, send_head)
