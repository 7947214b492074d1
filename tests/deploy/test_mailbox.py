"""The mail catcher, as a process of its own."""

import asyncio
import sys
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx
import pytest

from deploy.local.mailbox import Mailbox
from deploy.local.process import Command, Process, free_ports


@pytest.fixture
async def mailbox(tmp_path: Path) -> AsyncIterator[tuple[int, httpx.AsyncClient]]:
    smtp, page = free_ports(2)
    ports = {"SMARTCITY_SMTP_PORT": str(smtp), "SMARTCITY_MAILBOX_PORT": str(page)}
    process = Process(Command((sys.executable, "-m", "deploy.local.mailbox"), ports), tmp_path / "mailbox.log")

    def ready() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{page}/").status_code == 200
        except httpx.TransportError:
            return False

    await asyncio.to_thread(process.wait_ready, ready, 20)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{page}") as client:
        yield smtp, client
    await asyncio.to_thread(process.stop)


async def test_a_mail_is_shown_with_its_link_and_without_its_markup(mailbox: tuple[int, httpx.AsyncClient]) -> None:
    port, client = mailbox
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "kota@example.org", "warga@example.org", "Laporan é <b>"
    mail.set_content("Lihat http://localhost:8080/lapor/SMG-7K4P-92 <script>")
    await aiosmtplib.send(mail, hostname="127.0.0.1", port=port)
    page = (await client.get("/")).text
    assert '<a href="http://localhost:8080/lapor/SMG-7K4P-92"' in page
    assert "<script>" not in page
    found = (await client.get("/api/messages", params={"to": "warga@example.org"})).json()["messages"]
    assert [message["subject"] for message in found] == ["Laporan é <b>"]
    assert (await client.get("/api/messages", params={"to": "x@example.org"})).json()["messages"] == []


async def test_old_mails_make_room() -> None:
    mailbox = Mailbox()
    for number in range(12):
        mailbox.add("a", ("b",), str(number), "x" * (1 << 20))
    assert [message.subject for message in mailbox.newest()] == [str(number) for number in range(11, 3, -1)]
