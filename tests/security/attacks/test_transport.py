"""What leaves the house leaves it sealed: mails and the acquirer's calls, outside the one machine of a developer."""

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import ValidationError

from services.economy.settings import EconomySettings
from services.governance.settings import GovernanceSettings
from services.kit.mail import sending

BASE = {
    **dict.fromkeys(("postgres_url", "nats_url", "nats_seed", "assertion_keys", "receipt_key"), "unused"),
    "grpc_port": 0,
    "health_port": 0,
}
GOVERNANCE = {**BASE, **dict.fromkeys(("keystore_url", "data_key", "link_secret"), "unused")}
SNAP = ("snap_url", "snap_report_url")


class PlainServer:
    """A mail server without STARTTLS, as one that somebody in between makes of a good one."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Takes one mail."""
        self.taken.append(envelope)
        return "250 OK"


@pytest.fixture
async def plain() -> AsyncIterator[tuple[PlainServer, int]]:
    """The server and its port."""
    made, loop = PlainServer(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(made, loop=loop), "127.0.0.1", 0)
    async with server:
        yield made, server.sockets[0].getsockname()[1]


def _mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "kota@example.org", "warga@example.org", "Laporan"
    mail.set_content("https://kota.example.org/lapor/SMG-7K4P-92?k=secret")
    return mail


async def _sent(url: str, mode: str) -> None:
    settings: Any = SimpleNamespace(smtp_url=url, mode=mode)
    server = sending.connection(settings)
    await sending.opened(server)
    async with server:
        await server.send_message(_mail(), sender="kota@example.org")


@pytest.mark.parametrize("scheme", ["smtp", "smtp+starttls"])
async def test_a_server_that_offers_no_tls_gets_no_mail(plain: tuple[PlainServer, int], scheme: str) -> None:
    server, port = plain
    with pytest.raises(sending.AwayError):
        await _sent(f"{scheme}://127.0.0.1:{port}", "production")
    assert server.taken == []


async def test_on_one_machine_the_mailbox_gets_them_in_clear(plain: tuple[PlainServer, int]) -> None:
    server, port = plain
    await _sent(f"smtp://127.0.0.1:{port}", "local")
    assert len(server.taken) == 1


@pytest.mark.parametrize("url", ["http://mail.example.org", "mail.example.org:25", "//mail.example.org", "smtp:"])
def test_a_mail_server_by_another_protocol_is_refused_at_start_and_its_password_is_not_shown(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        GovernanceSettings.model_validate({**GOVERNANCE, "smtp_url": f"{url}?password=rahasia"})
    assert "smtp_url" in str(caught.value)
    assert "rahasia" not in str(caught.value)


@pytest.mark.parametrize("name", SNAP)
@pytest.mark.parametrize(
    "url", ["http://bank.example.org", "HTTP://bank.example.org", "bank.example.org", "ftp://bank"]
)
def test_an_acquirer_without_tls_is_refused_at_start(name: str, url: str) -> None:
    wrong: dict[str, Any] = {**BASE, name: url}
    with pytest.raises(ValidationError, match=f"SMARTCITY_{name.upper()} must begin with https://"):
        EconomySettings.model_validate(wrong)
    EconomySettings.model_validate({**wrong, "mode": "local"})
    EconomySettings.model_validate({**BASE, name: "https://bank.example.org/{day}"})
