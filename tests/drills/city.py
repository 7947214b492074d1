"""People at work in front of two gateways: each request is sent once, to a gateway that says that it is ready."""

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.fixtures.house import House, new_key

LOOK_S = 0.2
"""How often the balancer asks each gateway; Kubernetes does it less often, and waits longer before it ends one."""
ENV = {
    "SMARTCITY_READ_RATE": "10000",
    "SMARTCITY_WRITE_RATE": "10000",
    "SMARTCITY_ANONYMOUS_WRITE_RATE": "10000",
    "SMARTCITY_TRACE_RATIO": "0.01",
    "SMARTCITY_DRAIN_SECONDS": "1.5",
}
TOP_UP = 2_000_000
PRICE = 500


class RefusedError(Exception):
    """A request that was not answered as it should; it is in ``Balancer.failures``."""


@dataclass
class Balancer:
    """A load balancer without retries. ``failures`` holds every request that went wrong, and when."""

    house: House
    client: httpx.AsyncClient
    ready: list[str] = field(default_factory=list)
    answered: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0
    _turns: Any = field(default_factory=itertools.count)

    async def look(self) -> None:
        """Asks the gateways who is ready, until cancelled."""
        while True:
            await self.look_once()
            await asyncio.sleep(LOOK_S)

    async def look_once(self) -> None:
        """Asks each gateway once."""
        urls = self.house.gateway_urls()
        answers = await asyncio.gather(*map(self._is_ready, urls))
        self.ready = [url for url, is_ready in zip(urls, answers, strict=True) if is_ready]

    async def _is_ready(self, url: str) -> bool:
        try:
            return (await self.client.get(f"{url}/readyz", timeout=2)).status_code == 200
        except httpx.TransportError:
            return False

    async def send(self, what: str, method: str, path: str, **more: Any) -> Any:
        """The answer to one request, sent once. Raises RefusedError unless it is a success."""
        began = time.monotonic()
        try:
            url = self.ready[next(self._turns) % len(self.ready)]
            answer = await self.client.request(method, f"{url}{path}", **more)
            wrong = "" if answer.is_success else f"{answer.status_code} {answer.text[:300]}"
        except (httpx.TransportError, ZeroDivisionError) as error:
            wrong = repr(error)
        took = time.monotonic() - began
        self.slowest = max(self.slowest, took)
        if wrong:
            self.failures.append(f"{time.strftime('%H:%M:%S')} {what} after {took:.1f} s: {wrong}")
            raise RefusedError(wrong)
        self.answered[what] += 1
        return answer.json() if "json" in answer.headers.get("content-type", "") else answer.text


@dataclass
class City:
    """Citizens who look, file with a contact, and pay; a verifier who verifies. What was acknowledged is kept."""

    balancer: Balancer
    tokens: dict[str, str]
    merchant: str = ""
    filed: dict[str, dict[str, Any]] = field(default_factory=dict)
    verified: set[str] = field(default_factory=set)
    paid: dict[str, int] = field(default_factory=dict)

    async def look(self) -> None:
        """Pages and reads that everybody makes."""
        code = random.choice(list(self.filed)) if self.filed else ""
        path = random.choice(["/", "/v1/city", "/v1/levies/tariffs", "/v1/receipts/seals", "/v1/indicators"])
        await self.balancer.send("look", "GET", f"/v1/complaints/{code}" if code and random.random() < 0.5 else path)

    async def file(self) -> dict[str, Any]:
        """Files a complaint with a contact, and has it verified."""
        body = {
            "text": f"Sampah menumpuk di depan pasar, {random.randrange(10**9)}",
            "category": "sampah-menumpuk",
            "location": {"lon": 110.40 + random.random() * 0.02, "lat": -6.99 + random.random() * 0.01},
            "contact": {"name": "Warga Uji", "email": "warga-uji@example.org"},
        }
        filed: dict[str, Any] = await self._post("file", "/v1/complaints", body)
        self.filed[filed["code"]] = filed
        path = f"/v1/complaints/{filed['code']}/transitions"
        await self._post("verify", path, {"transition": "verify"}, "verifikator", filed["etag"])
        self.verified.add(filed["code"])
        return filed

    async def pay(self) -> None:
        """A payment to a business, from a wallet."""
        wanted = {"merchant": self.merchant, "amount": {"currency": "IDR", "units": PRICE}}
        payment = await self._post("ask", "/v1/payments", wanted, "pedagang")
        await self._post("pay", f"/v1/payments/{payment['id']}/wallet-payment", {}, "warga")
        self.paid[payment["id"]] = PRICE

    async def erase(self, code: str) -> None:
        """A reporter has the contact erased."""
        await self.balancer.send(
            "erase",
            "DELETE",
            f"/v1/complaints/{code}/contact",
            headers={"Idempotency-Key": new_key(), "X-Link-Key": self.filed[code]["link_key"]},
        )

    async def reading(self, filed: dict[str, Any]) -> Any:
        """A reporter reads the contact that they gave."""
        path = f"/v1/complaints/{filed['code']}/contact/readings"
        return await self.balancer.send("reading", "POST", path, headers={"X-Link-Key": filed["link_key"]})

    async def open(self) -> None:
        """Finds the business of the demo history, and fills a wallet."""
        mine = await self.get("/v1/merchants", "pedagang")
        self.merchant = next(each["id"] for each in mine["merchants"] if each["state"] == "active")
        await self._post("wallet", "/v1/wallets", {}, "warga")
        top_up = {"amount": {"currency": "IDR", "units": TOP_UP}}
        payment = await self._post("top up", "/v1/wallets/me/top-ups", top_up, "warga")
        await self._post("cash", f"/v1/payments/{payment['id']}/cash", {}, "petugas-bpkad")

    async def get(self, path: str, user: str = "", **more: Any) -> Any:
        """A read by somebody."""
        head = {"Authorization": f"Bearer {self.tokens[user]}"} if user else {}
        return await self.balancer.send("read", "GET", path, headers={**head, **more.pop("headers", {})}, **more)

    async def check_ledger(self) -> Any:
        """What the treasury's check of the whole ledger says."""
        return await self._post("check", "/v1/ledger/check", {}, "petugas-bpkad")

    async def _post(self, what: str, path: str, body: dict[str, Any], user: str = "", etag: str = "") -> Any:
        head = {"Idempotency-Key": new_key()}
        head |= {"Authorization": f"Bearer {self.tokens[user]}"} if user else {}
        head |= {"If-Match": f'"{etag}"'} if etag else {}
        return await self.balancer.send(what, "POST", path, json=body, headers=head)


@asynccontextmanager
async def visited(house: House) -> AsyncIterator[City]:
    """A city of whom nobody is at work yet."""
    users = ("warga", "pedagang", "verifikator", "petugas-bpkad", "admin")
    tokens = dict(zip(users, await asyncio.gather(*map(house.token, users)), strict=True))
    async with httpx.AsyncClient(timeout=15) as client:
        balancer = Balancer(house, client)
        await balancer.look_once()
        looking = asyncio.create_task(balancer.look())
        try:
            yield City(balancer, tokens)
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)


@asynccontextmanager
async def at_work(city: City, pause: float = 0.15) -> AsyncIterator[None]:
    """Has people look, file and pay until the block ends, and lets the last of them finish."""
    over = asyncio.Event()

    async def again(act: Callable[[], Awaitable[object]]) -> None:
        while not over.is_set():
            with suppress(RefusedError):  # kept; the next one comes all the same
                await act()
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))

    people = [asyncio.create_task(again(act)) for act in (city.look, city.look, city.file, city.pay)]
    try:
        yield
    finally:
        over.set()
        await asyncio.gather(*people)
