"""The mail catcher of a local platform: takes every mail by SMTP, shows it on a page, sends nothing on.

Run by the supervisor as `python -m deploy.local.mailbox`. Mails live in memory, the oldest make room.
"""

from __future__ import annotations

import asyncio
import email
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

HOST = "127.0.0.1"
_MOST_MESSAGES = 500
_MOST_BYTES = 8 << 20
_LARGEST_MESSAGE = 1 << 20


@dataclass(frozen=True)
class Message:
    """One mail; `at` is when it arrived (RFC 3339, UTC)."""

    number: int
    at: str
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str


class Mailbox:
    """The latest mails, bounded by number and size."""

    def __init__(self) -> None:
        """Empty."""
        self._messages: deque[Message] = deque(maxlen=_MOST_MESSAGES)
        self._count = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Take one mail."""
        content = envelope.content or b""
        mail = email.message_from_bytes(content if isinstance(content, bytes) else content.encode(), policy=default)
        body = mail.get_body(("plain", "html"))
        text = body.get_content() if isinstance(body, EmailMessage) else ""
        self.add(envelope.mail_from or "", tuple(envelope.rcpt_tos), str(mail.get("subject", "")), str(text))
        return "250 OK"

    def add(self, sender: str, to: tuple[str, ...], subject: str, text: str) -> None:
        """Keep one mail, and forget the oldest while they are too many bytes together."""
        self._count += 1
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        self._messages.append(Message(self._count, now, sender, to, subject, text))
        while sum(len(each.text) for each in self._messages) > _MOST_BYTES:
            self._messages.popleft()

    def newest(self, to: str | None = None) -> Iterator[Message]:
        """Mails, the newest first; only those `to` an address if it is given."""
        return (each for each in reversed(self._messages) if to is None or to in each.to)

    def clear(self) -> None:
        """Forget all."""
        self._messages.clear()


def application(mailbox: Mailbox) -> Starlette:
    """The page and its JSON."""
    templates = Jinja2Templates(directory=Path(__file__).parent / "templates")

    async def page(request: Request) -> Response:
        return templates.TemplateResponse(request, "messages.html", {"messages": list(mailbox.newest())})

    async def messages(request: Request) -> Response:
        if request.method == "DELETE":
            mailbox.clear()
            return Response(status_code=204)
        found = mailbox.newest(request.query_params.get("to"))
        return JSONResponse({"messages": [vars(message) for message in found]})

    # A page of another name that was made to lead here (DNS rebinding) would read the mails as if they were its own.
    ours = Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", HOST], www_redirect=False)
    routes = [Route("/", page), Route("/api/messages", messages, methods=["GET", "DELETE"])]
    return Starlette(routes=routes, middleware=[ours])


async def serve(smtp_port: int, page_port: int) -> None:
    """Take mail and show it until SIGTERM."""
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    smtp = await loop.create_server(
        lambda: SMTP(mailbox, data_size_limit=_LARGEST_MESSAGE, enable_SMTPUTF8=True, loop=loop), HOST, smtp_port
    )
    config = uvicorn.Config(
        application(mailbox), HOST, page_port, log_level="warning", access_log=False, timeout_graceful_shutdown=1
    )
    async with smtp:
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(serve(int(os.environ["SMARTCITY_SMTP_PORT"]), int(os.environ["SMARTCITY_MAILBOX_PORT"])))
