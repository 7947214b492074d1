"""Mails of governance: a real SMTP server that catches them, and what their readers do."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from services.governance.notifications import timers
from services.kit.runtime import Runtime
from smartcity.governance.v1 import mail_pb2
from tests.governance.calls import Records
from tests.governance.conftest import Governance, request_id


class Catcher:
    """Catches mails; refuses with `answer` when it is set."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.senders: list[str] = []
        """Of the envelopes, where bounces go."""
        self.answer = ""
        self.greeting = ""
        self.hangs_up = False
        """After a refusal, as servers do that have had enough."""

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to an address, oldest first."""
        return [mail for mail in self.mails if mail["To"] == address]

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Takes a sender, or not."""
        envelope.mail_from = address
        return self.greeting or "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Takes a recipient, or not."""
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user"
        if address.startswith("blocked@"):
            return "550 5.7.1 your server is on a list"
        if address.startswith("denied@"):
            return "550 relay not permitted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_RSET(self, server: Any, session: Any, envelope: Any) -> str:
        """What a client says after a refusal."""
        if self.hangs_up:
            server.transport.close()
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Takes a mail, or not."""
        if self.answer:
            return self.answer
        self.senders.append(envelope.mail_from)
        self.mails.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default))
        return "250 OK"


@asynccontextmanager
async def catching(runtime: Runtime) -> AsyncIterator[Catcher]:
    """A real SMTP server in this loop, which a pillar is told of."""
    handler = Catcher()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(handler), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    changes = {"smtp_url": f"smtp://127.0.0.1:{port}", "public_url": "https://lapor.example"}
    runtime.settings = runtime.settings.model_copy(update=changes)
    yield handler
    server.close()
    await server.wait_closed()


@pytest.fixture
async def catcher(governance: Governance) -> AsyncIterator[Catcher]:
    """The server, which governance is told of."""
    async with catching(governance.runtime) as handler:
        yield handler


def is_confirmation(mail: EmailMessage) -> bool:
    """Whether a mail asks whether the address is theirs."""
    return "/surat/konfirmasi/" in mail.get_content()


def token_of(mail: EmailMessage, kind: str) -> str:
    """The token of a link in a mail: `konfirmasi` or `berhenti`."""
    found = re.search(rf"/surat/{kind}/([A-Za-z0-9_-]+)", mail.get_content())
    assert found is not None, mail.get_content()
    return found[1]


async def follow(records: Records, rpc: str, token: str) -> Any:
    """Does what a link is for: `ConfirmAddress`, `Unsubscribe`, `ReportBounce`."""
    request = getattr(mail_pb2, f"{rpc}Request")(request_id=request_id(), token=token)
    return await records.governance.call(f"MailService.{rpc}", request)


async def confirm(records: Records, catcher: Catcher) -> None:
    """Sends what is due; everybody who is asked confirms their address; sends what is due then."""
    before = len(catcher.mails)
    await timers.send_due(records.runtime)
    for mail in catcher.mails[before:]:
        if is_confirmation(mail):
            await follow(records, "ConfirmAddress", token_of(mail, "konfirmasi"))
    await timers.send_due(records.runtime)
