"""The simulated bank as a process of its own: it keeps money over a restart, and people can use its pages."""

import asyncio
import re
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psutil  # type: ignore[import-untyped]
import pytest
import qriskit
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.bank import emvco
from deploy.local.bank.whims import KINDS, Whims
from deploy.local.process import Command, Process, free_ports
from deploy.local.secrets import Secrets
from services.economy.providers.credentials import load
from services.economy.providers.model import Provider, QrRequest
from services.economy.providers.snap import open_provider
from services.economy.settings import EconomySettings

MERCHANT, PAN = "ID0000000000101", "9360000000000001017"


class RealBank:
    """The process and what belongs to it."""

    def __init__(self, home: Path, notify_url: str, zone: str = "Asia/Jakarta") -> None:
        kept = Secrets(home)
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self.home = home
        self._env = {
            "SMARTCITY_HOME": str(home),
            "SMARTCITY_CITY": "semarang",
            "SMARTCITY_BANK_PORT": str(self.port),
            "SMARTCITY_BANK_ZONE": zone,
            "SMARTCITY_BANK_ID": "bank-contoh",
            "SMARTCITY_BANK_CLIENT_ID": "kota",
            "SMARTCITY_BANK_CLIENT_SECRET": kept.text("bank-client"),
            "SMARTCITY_BANK_PRIVATE_KEY": kept.rsa("bank-signing")[0],
            "SMARTCITY_BANK_CLIENT_PUBLIC_KEY": kept.rsa("snap-signing")[1],
            "SMARTCITY_BANK_NOTIFY_URL": notify_url,
        }
        self.process: Process | None = None

    def start(self) -> None:
        command = Command((sys.executable, "-m", "deploy.local.bank"), self._env)
        self.process = Process(command, self.home / "bank.log")
        self.process.wait_ready(self._ready, 30)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/").status_code == 200
        except httpx.TransportError:
            return False

    @asynccontextmanager
    async def provider(self) -> AsyncIterator[Provider]:
        kept = Secrets(self.home)
        settings = EconomySettings.model_validate(
            {
                **dict.fromkeys(("postgres_url", "nats_url", "nats_seed", "assertion_keys", "receipt_key"), "unused"),
                "mode": "local",
                "grpc_port": 0,
                "health_port": 0,
                "snap_url": self.url,
                "snap_client_id": "kota",
                "snap_client_secret": kept.text("bank-client"),
                "snap_private_key": kept.rsa("snap-signing")[0],
                "snap_public_key": kept.rsa("bank-signing")[1],
                "snap_partner_id": "bank-contoh",
            }
        )
        credentials = load(settings)
        assert credentials is not None
        zone = ZoneInfo("Asia/Jakarta")
        async with open_provider(settings, credentials, "IDR", zone, lambda: datetime.now(UTC)) as provider:
            yield provider


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealBank]:
    (nobody,) = free_ports(1)
    made = RealBank(tmp_path_factory.mktemp("bank"), f"http://127.0.0.1:{nobody}")
    made.start()
    yield made
    assert made.process is not None
    made.process.stop()


def order(code: str) -> QrRequest:
    expires_at = datetime.now(UTC) + timedelta(minutes=15)
    return QrRequest(code, 4000, "IDR", MERCHANT, PAN, "PEMKOT RETRIBUSI PASAR", "A01", expires_at)


async def test_money_and_news_outlive_a_kill(bank: RealBank) -> None:
    async with bank.provider() as provider, httpx.AsyncClient(base_url=bank.url, timeout=20) as client:
        qr = await provider.generate(order("SMGP-1"))
        assert (await client.post("/api/pay", json={"qr": qr.payload})).status_code == 200
        await asyncio.to_thread(bank.kill)
        await asyncio.to_thread(bank.start)
        status = await provider.query("SMGP-1", qr.provider_reference, datetime.now(UTC))
        assert (status.state, status.amount) == ("paid", 4000)

        async def tried() -> dict[str, Any]:
            (notice,) = (await client.get("/api/notices")).json()["notices"]
            return dict(notice)

        async with asyncio.timeout(20):
            while (notice := await tried())["attempts"] < 2:
                await asyncio.sleep(0.05)
        assert notice["state"] == "waiting"  # nobody listens at the city's address


async def test_the_bank_lives_by_the_clock_that_it_is_given(tmp_path: Path) -> None:
    eastern = RealBank(tmp_path, "http://127.0.0.1:9", "Asia/Jayapura")
    eastern.start()
    try:
        async with eastern.provider() as provider, httpx.AsyncClient(base_url=eastern.url, timeout=20) as client:
            qr = await provider.generate(order("SMGP-9"))
            assert (await client.post("/api/pay", json={"qr": qr.payload})).status_code == 200
        with sqlite3.connect(tmp_path / "bank.sqlite3") as book:
            ((paid_at,),) = book.execute("SELECT paid_at FROM deal").fetchall()
    finally:
        assert eastern.process is not None
        eastern.process.stop()
    assert paid_at.endswith("+09:00")


async def test_a_person_pays_with_the_pages_alone(bank: RealBank) -> None:
    async with bank.provider() as provider, httpx.AsyncClient(base_url=bank.url, follow_redirects=True) as browser:
        qr = await provider.generate(order("SMGP-2"))
        page = await browser.get("/pay", params={"qr": qr.payload})
        assert page.status_code == 200
        assert "Bayar kepada PEMKOT RETRIBUSI PASAR" in page.text
        assert "Rp4.000" in page.text
        (hidden,) = re.findall(r'name="qr" value="([^"]+)"', page.text)
        paid = await browser.post("/pay?lang=en", data={"qr": hidden})
        assert (paid.status_code, paid.url.path) == (200, f"/paid/{qr.provider_reference}")
        assert "✓ Paid" in paid.text
        again = await browser.post("/pay", data={"qr": hidden})
        assert (again.status_code, "sudah dibayar" in again.text) == (422, True)


async def test_a_printed_qris_asks_for_the_amount(bank: RealBank) -> None:
    printed = emvco.write(emvco.Qris(MERCHANT, "WARUNG <B>", "", None, static=True), PAN, "SEMARANG", "1" * 15)
    async with httpx.AsyncClient(base_url=bank.url, follow_redirects=True) as browser:
        page = await browser.get("/pay", params={"qr": printed, "lang": "en"})
        assert "Amount in rupiah" in page.text
        assert "WARUNG &lt;B&gt;" in page.text
        for wrong in ("", "0", "-5", "12,5", "banyak", "10000001", "٣"):
            refused = await browser.post("/pay?lang=en", data={"qr": printed, "amount": wrong})
            assert (refused.status_code, "Give an amount" in refused.text) == (422, True), wrong
        paid = await browser.post("/pay", data={"qr": printed, "amount": "12.500"})
        assert "Rp12.500" in paid.text


async def test_pages_need_no_script_and_no_other_site_can_press_their_buttons(bank: RealBank) -> None:
    async with httpx.AsyncClient(base_url=bank.url) as browser:
        for path in ("/", "/whims", "/?lang=en", "/whims?lang=en"):
            page = await browser.get(path)
            assert "<script" not in page.text
            assert "default-src 'none'" in page.headers["content-security-policy"]
            assert len(re.findall("<h1", page.text)) == 1
            labelled = set(re.findall(r'<label for="([^"]+)"', page.text))
            fields = re.findall(r'<(?:input|select|textarea) id="([^"]+)"', page.text)
            assert set(fields) == labelled
        for path in ("/pay", "/whims", "/api/pay", "/api/whims"):
            foreign = await browser.post(path, data={}, headers={"sec-fetch-site": "cross-site"})
            assert foreign.status_code == 403


async def test_nonsense_is_no_qris(bank: RealBank) -> None:
    async with httpx.AsyncClient(base_url=bank.url) as browser:
        for nonsense in ("", "hello", "000201" * 200, "é" * 40, "00020101021163040000"):
            page = await browser.get("/pay", params={"qr": nonsense})
            assert (page.status_code, "bukan QRIS" in page.text) == (422, True), nonsense


async def test_whims_are_set_and_ended_on_the_page(bank: RealBank) -> None:
    async with httpx.AsyncClient(base_url=bank.url, follow_redirects=True) as browser:
        page = await browser.post("/whims?lang=en", data={"kind": "late", "times": "2", "value": "3"})
        assert "tells late" in page.text
        assert "× 2" in page.text
        wrong = await browser.post("/whims", data={"kind": "late", "times": "many"})
        assert wrong.status_code == 422
        page = await browser.post("/whims?lang=en", data={"reset": "1"})
        assert "behaves well" in page.text
        assert (await browser.get("/api/whims")).json()["whims"] == []
        assert (await browser.post("/api/whims", json={"kind": "theft"})).status_code == 422


async def test_a_stranger_is_refused(bank: RealBank) -> None:
    async with httpx.AsyncClient(base_url=bank.url) as client:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        headers = {"x-client-key": "kota", "x-timestamp": now, "x-signature": "c2ln"}
        refused = await client.post("/v1.0/access-token/b2b", json={"grantType": "client_credentials"}, headers=headers)
        assert (refused.status_code, refused.json()["responseCode"]) == (401, "4017300")
        refused = await client.post("/v1.0/qr/qr-mpm-query", json={}, headers={**headers, "x-external-id": "1"})
        assert (refused.status_code, refused.json()["responseCode"]) == (400, "4005102")


def test_the_bank_is_light(bank: RealBank) -> None:
    assert bank.process is not None
    used = psutil.Process(bank.process.pid).memory_full_info()
    assert used.uss < 45 << 20, f"{used.uss >> 20} MB"


def test_the_book_can_be_read_as_it_is(bank: RealBank) -> None:
    with sqlite3.connect(bank.home / "bank.sqlite3") as book:
        assert book.execute("SELECT count(*) FROM deal WHERE state = 'paid'").fetchone()[0] >= 2
    book.close()


@given(
    merchant=st.from_regex(r"ID[0-9]{13}", fullmatch=True),
    name=st.from_regex(r"[A-Z][A-Z ]{1,22}[A-Z]", fullmatch=True),
    terminal=st.from_regex(r"[A-Z0-9]{0,8}", fullmatch=True),
    amount=st.integers(1, 10_000_000),
)
def test_what_the_bank_writes_it_reads_and_so_does_another_reader(
    merchant: str, name: str, terminal: str, amount: int
) -> None:
    qris = emvco.Qris(merchant, name, terminal, amount, static=False)
    text = emvco.write(qris, PAN, "SEMARANG", "1" * 20)
    assert emvco.read(text) == qris
    assert [each for each in qriskit.validate(text) if each.severity == "error"] == []


def test_a_whim_ends_after_its_times_or_with_the_reset() -> None:
    whims = Whims()
    whims.set("late", 2, 3)
    assert [whims.take("late") is not None for _ in range(3)] == [True, True, False]
    for kind in KINDS:
        whims.set(kind)
    assert all(whims.take(kind) for kind in KINDS for _ in range(3))
    whims.reset()
    assert whims.all() == []
