"""Warnings by mail, as people have them: a form, links that work in a fresh browser without scripts, and one button."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage

import httpx
import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import ViewportSize

from services.environment.subscriptions import timers
from tests.environment.subscriptions.subscribing import SITI, Subscribers
from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.gateway.running import Stand

pytestmark = IN_A_BROWSER
PHONE: ViewportSize = {"width": 360, "height": 780}


@pytest.fixture
async def stand(subscribers: Subscribers) -> AsyncIterator[Stand]:
    """A gateway in front of the pillar; time is now, since pages look at the clock."""
    served = subscribers.served
    served.now = datetime.now(UTC)
    async with stand_before(served) as made:
        yield made


def _path(mail: EmailMessage, kind: str) -> str:
    """The path of a mail's link: `konfirmasi` or `berhenti`."""
    found = re.search(rf"https://lapor.example(/surat/peringatan/{kind}/\S+)", mail.get_content())
    assert found is not None
    return found[1]


async def test_somebody_subscribes_confirms_hears_and_stops(
    chromium: Chromium, stand: Stand, subscribers: Subscribers
) -> None:
    plain = await chromium.new_context(
        base_url=stand.url, java_script_enabled=False, viewport=PHONE, locale="id"
    )  # fmt: skip
    tab = await plain.new_page()
    await tab.goto("/lingkungan/peringatan")
    await tab.get_by_role("link", name="Terima peringatan lewat e-mail").click()
    await tab.get_by_role("button", name="Kirim konfirmasi").click()
    await tab.fill("#email", SITI)
    await tab.get_by_role("button", name="Kirim konfirmasi").click()
    await tab.get_by_text("Pilih satu sampai sepuluh kelurahan.").first.wait_for()
    await tab.get_by_text("Semarang Utara", exact=True).click()
    await tab.check("text=Tanjung Mas")
    await tab.get_by_role("button", name="Kirim konfirmasi").click()
    await tab.get_by_text("Periksa e-mail Anda.").first.wait_for()
    await plain.close()
    await timers.deliver(subscribers.runtime)
    (mail,) = subscribers.to(SITI)
    fresh = await chromium.new_context(base_url=stand.url, java_script_enabled=False, viewport=PHONE, locale="id")
    tab = await fresh.new_page()
    await tab.goto(_path(mail, "konfirmasi"))
    await tab.get_by_role("button", name="Ya, kirim peringatan").click()
    await tab.get_by_text("Peringatan dikirim ke alamat ini mulai sekarang.").first.wait_for()
    await fresh.close()
    await subscribers.warnings.in_force()
    (news,) = await subscribers.told()
    async with httpx.AsyncClient(base_url=stand.url) as program:  # RFC 8058: one click in the mail program
        answer = await program.post(
            news["List-Unsubscribe"].strip("<>").removeprefix("https://lapor.example"),
            content="List-Unsubscribe=One-Click",
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
    assert answer.status_code == 200
    assert "alamatnya dihapus" in answer.text


async def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(
    chromium: Chromium, stand: Stand, subscribers: Subscribers
) -> None:
    confirmation = await subscribers.subscribed()
    context = await chromium.new_context(base_url=stand.url, viewport=PHONE)
    tab = await context.new_page()
    for path in (
        "/lingkungan/peringatan/langganan?area=33.74.02.1008",
        _path(confirmation, "konfirmasi"),
        _path(confirmation, "berhenti"),
    ):
        await tab.goto(path)
        assert await faults(tab) == []
    await context.close()


__all__ = ["chromium"]
