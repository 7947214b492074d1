"""Permits in a browser: the pages of who applies, who checks and decides, and of anybody, on a phone and at a desk."""

import pytest
from playwright.async_api import Browser as Chromium

from tests.economy.permits.applying import LURAH, MARKETS, SRI, Applying
from tests.economy.permits.reminding import Reminding, token_of
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.governance.mails import catching
from tests.society.browsing import DESK, PHONE, look

pytestmark = [*IN_A_BROWSER, pytest.mark.timeout(180)]
__all__ = ["chromium"]


async def test_axe_finds_nothing_on_the_pages_of_permits(chromium: Chromium, applying: Applying) -> None:
    granted = await applying.granted(name="Warung Dua")
    async with catching(applying.served.runtime) as catcher:
        reminding = Reminding(applying, catcher)
        await reminding.ask(granted)
        (mail,) = await reminding.mails()
        await reminding.confirm(mail)
        await applying.due(days=701)
        (told,) = await reminding.mails()
    draft = await applying.begun()
    asked = await applying.move(await applying.sent(name="Warung Tiga"), "ask", LURAH)
    refused = await applying.move(await applying.deciding(name="Warung Empat"), "refuse", MARKETS)
    suspended = await applying.move(await applying.granted(name="Warung Lima"), "suspend", MARKETS)
    checking, deciding = await applying.sent(name="Warung Enam"), await applying.deciding(name="Warung Tujuh")
    async with stand_before(applying.served) as stand:
        await look(chromium, stand, None, (
            "/izin", "/izin/jenis/kios-pasar", "/izin/jenis/bongkar-muat", "/izin/cek", f"/izin/cek/{granted.code}",
            f"/izin/cek/{suspended.code}", f"/surat/izin/berhenti/{token_of(told, 'berhenti')}",
            f"/surat/izin/perpanjang/{token_of(told, 'perpanjang')}",
        ))  # fmt: skip
        own = [f"/izin/saya/{one.code}" for one in (draft, granted, asked, refused, suspended)]
        forms = (
            "/izin/jenis/kios-pasar/ajukan", f"/izin/jenis/kios-pasar/ajukan?perpanjang={granted.code}",
            f"/izin/saya/{draft.code}/ubah",
        )  # fmt: skip
        await look(chromium, stand, SRI, ("/izin/saya", *own, *forms), (PHONE,))
        await look(chromium, stand, SRI, own[:2], (DESK,), language="en")
        for officer, one in ((LURAH, checking), (MARKETS, deciding)):
            await look(chromium, stand, officer, ("/petugas/izin", f"/petugas/izin/{one.code}"))
