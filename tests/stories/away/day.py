"""People of a city of two million on a usual day: they look, pay and complain as often as docs/operate.md says."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import psutil  # type: ignore[import-untyped]

from deploy.operate.visitor import StoryError, Visitor
from tests.faults.visitors import Visitor as Looker
from tests.fixtures.house import House

A_DAY = {"looks": 40_000_000, "payments": 2_000_000, "complaints": 2_700}
"""Of docs/operate.md."""
SECONDS_A_DAY = 86_400
LOOKERS, PAYERS = 300, 12
PRICE, TOP_UP = 40, 2_000_000
_SAMPLE_S = 10.0
"""Between two looks at the memory of all processes, which takes some tenths of a second of the processor."""


@dataclass
class Day:
    """What was done, and what went wrong."""

    house: House
    visitor: Visitor
    seconds: float
    merchant: str = ""
    looked: list[tuple[float, str]] = field(default_factory=list)
    paid: int = 0
    resolved: int = 0
    failures: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    """Looks that were not answered as they should be."""
    memory: list[int] = field(default_factory=list)
    _acting: set[asyncio.Future[None]] = field(default_factory=set)

    async def open(self) -> None:
        """Finds the business of the demo history, and fills a wallet."""
        mine = await self.visitor.get("/v1/merchants", "pedagang")
        self.merchant = next(each["id"] for each in mine["merchants"] if each["state"] == "active")
        await self.visitor.post("/v1/wallets", {}, "warga")
        amount = {"amount": {"currency": "IDR", "units": TOP_UP}}
        payment = await self.visitor.post("/v1/wallets/me/top-ups", amount, "warga")
        await self.visitor.post(f"/v1/payments/{payment['id']}/cash", {}, "petugas-bpkad")

    @asynccontextmanager
    async def people(self) -> AsyncIterator[None]:
        """Everybody, until the block ends."""
        ports = [urlsplit(one).port or 0 for one in self.house.gateway_urls()]
        every = LOOKERS / _rate("looks")
        crowd = [
            Looker(ports[number % len(ports)], number, self.looked, self.unanswered, every).stay()
            for number in range(LOOKERS)
        ]
        crowd += [self._again(self._pay, PAYERS / _rate("payments")) for _ in range(PAYERS)]
        crowd += [self._again(self._complain, 1 / _rate("complaints")), self._weigh()]
        tasks = [asyncio.ensure_future(each) for each in crowd]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            self.failures += [repr(one) for one in await asyncio.gather(*self._acting, return_exceptions=True) if one]
        broken = [each for each in ended if not isinstance(each, asyncio.CancelledError)]
        assert not broken, broken[:3]

    async def _again(self, act: Callable[[], Awaitable[None]], every: float) -> None:
        """Acts so often, whatever one takes; what comes late is not made up for."""
        due = time.monotonic() + random.random() * every
        while True:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            due = max(due + every, time.monotonic())
            try:
                await asyncio.shield(self._finished(act()))
            except StoryError as error:
                self.failures.append(str(error))

    def _finished(self, act: Awaitable[None]) -> asyncio.Future[None]:
        """What was begun is finished, also at the end of the day: else nobody knows what became of it."""
        acting = asyncio.ensure_future(act)
        self._acting.add(acting)
        acting.add_done_callback(self._acting.discard)
        return acting

    async def _pay(self) -> None:
        wanted = {"merchant": self.merchant, "amount": {"currency": "IDR", "units": PRICE}}
        payment = await self.visitor.post("/v1/payments", wanted, "pedagang")
        await self.visitor.post(f"/v1/payments/{payment['id']}/wallet-payment", {}, "warga")
        self.paid += 1

    async def _complain(self) -> None:
        """A complaint that is verified, taken up and answered."""
        visitor = self.visitor
        where = {"lon": 110.40 + random.random() * 0.02, "lat": -6.99 + random.random() * 0.01}
        body = {"text": f"Lampu jalan mati di depan gang nomor {random.randrange(10**9)}", "location": where}
        one = await visitor.post("/v1/complaints", {**body, "category": "pju-mati"})
        path, officer = f"/v1/complaints/{one['code']}", ""
        for move, note in (("verify", ""), ("start", ""), ("resolve", "Sudah diperiksa, lampu menyala kembali.")):
            wish = {"transition": move, "note": note, "refusal": move == "resolve"}
            one = await visitor.post(f"{path}/transitions", wish, officer or "verifikator", one["etag"])
            officer = f"petugas-{one['agency']['id']}"
        self.resolved += 1

    async def _weigh(self) -> None:
        while True:
            self.memory.append(sum(map(_memory, self.house.components().values())))
            await asyncio.sleep(_SAMPLE_S)


def _rate(what: str) -> float:
    """How many a second."""
    return A_DAY[what] / SECONDS_A_DAY


def wanted(what: str, seconds: float) -> float:
    """How many of them so many seconds of a day hold."""
    return _rate(what) * seconds


def _memory(component: dict[str, Any]) -> int:
    """Bytes that a component and its children have for themselves."""
    total = 0
    with suppress(psutil.Error):
        process = psutil.Process(component["pid"])
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                total += each.memory_full_info().uss
    return total
