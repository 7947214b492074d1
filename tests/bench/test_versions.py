"""What a call costs now against the version before, both platforms whole and in one run: CPU of all their processes."""

import json
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from deploy.local.plan import GATEWAY, replicas
from deploy.pillars import NAMES
from tests.bench import load
from tests.bench.report import Report, medians
from tests.drills.two_versions import ROOT, checkout, let_run_old, previous
from tests.fixtures.house import House, new_key

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

FILINGS, READS, PAYMENTS, CLIENTS = 320, 640, 240, 8
SERVICES = [each for name in (*NAMES, GATEWAY) for each in replicas(name, 1)]
ENV = {
    "SMARTCITY_TRACE_RATIO": "0.1",
    **{f"SMARTCITY_{name}": "1000000" for name in ("READ_RATE", "WRITE_RATE", "ANONYMOUS_WRITE_RATE")},
}
COMPLAINT = {
    "text": "Sampah menumpuk di depan pasar sejak tiga hari.",
    "category": "sampah-menumpuk",
    "location": {"lon": 110.4105, "lat": -6.9837},
    "exercise": False,
}


@dataclass
class Platform:
    """A whole platform under load."""

    house: House
    code: str = ""
    payer: str = ""
    payee: str = ""
    merchant: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.house.port}"

    def cpu(self) -> float:
        """CPU seconds of all its processes so far, those that servers have begun included."""
        pids = {each["pid"] for each in self.house.components().values() if each["pid"]}
        found = {process.pid: process for pid in pids for process in _tree(pid)}
        return sum(map(_spent, found.values()))

    async def prepare(self) -> None:
        """Files what is read, and fills a wallet."""
        async with httpx.AsyncClient(base_url=self.url, timeout=30) as client:
            filed = await client.post("/v1/complaints", json=COMPLAINT, headers={"Idempotency-Key": new_key()})
            self.code = filed.json()["code"]
            self.payer, self.payee, counter = [
                await self.house.token(name) for name in ("warga", "pedagang", "petugas-bpkad")
            ]

            async def post(path: str, token: str, body: Mapping[str, object]) -> dict[str, str]:
                headers = {"Idempotency-Key": new_key(), "Authorization": f"Bearer {token}"}
                answer = await client.post(path, json=body, headers=headers)
                assert answer.is_success, answer.text
                made: dict[str, str] = answer.json()
                return made

            own = await client.get("/v1/merchants", headers={"Authorization": f"Bearer {self.payee}"})
            self.merchant = next(each["id"] for each in own.json()["merchants"] if each["state"] == "active")
            await post("/v1/wallets", self.payer, {})
            top_up = {"amount": {"currency": "IDR", "units": 1_900_000}}
            payment = await post("/v1/wallets/me/top-ups", self.payer, top_up)
            await post(f"/v1/payments/{payment['id']}/cash", counter, {})

    async def file(self) -> float:
        """CPU seconds of filing a complaint."""
        body = json.dumps(COMPLAINT).encode()
        return await self._cost([load.post("/v1/complaints", body, new_key()) for _ in range(FILINGS)], 201)

    async def read(self) -> float:
        """CPU seconds of reading one as the public does."""
        return await self._cost([load.get(f"/v1/complaints/{self.code}")] * READS, 200)

    async def pay(self) -> float:
        """CPU seconds of a payment from a wallet that is there already."""
        async with httpx.AsyncClient(base_url=self.url, timeout=30) as client:
            wanted = {"merchant": self.merchant, "amount": {"currency": "IDR", "units": 100}}
            ids = []
            for _ in range(PAYMENTS):
                headers = {"Idempotency-Key": new_key(), "Authorization": f"Bearer {self.payee}"}
                ids.append((await client.post("/v1/payments", json=wanted, headers=headers)).json()["id"])
        requests = [
            _with_token(load.post(f"/v1/payments/{each}/wallet-payment", b"{}", new_key()), self.payer) for each in ids
        ]
        return await self._cost(requests, 200)

    async def _cost(self, requests: list[bytes], status: int) -> float:
        count, before = len(requests), self.cpu()
        await load.send(self.url, requests, connections=CLIENTS, status=status)
        return (self.cpu() - before) / count


def _with_token(request: bytes, token: str) -> bytes:
    head, _, rest = request.partition(b"\r\n")
    return head + b"\r\nauthorization: Bearer " + token.encode() + b"\r\n" + rest


def _spent(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:  # connections of the database come and go; what they used is their parent's then
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


def _tree(pid: int) -> list[psutil.Process]:
    try:
        top = psutil.Process(pid)
        return [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


@contextmanager
def _running(old: list[str], before: Path) -> Iterator[Platform]:
    with tempfile.TemporaryDirectory(prefix="smartcity-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        let_run_old(home, old, before)
        house = House(home, env=ENV, module="tests.drills.two_versions")
        try:
            house.start(240)
            yield Platform(house)
        finally:
            house.stop()


@pytest.fixture(scope="module")
async def versions(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Platform, Platform]]:
    """This version and the one before, side by side."""
    commit = previous()
    if not commit:
        pytest.skip("no git history here, so there is no version before")
    with ExitStack() as stack:
        before = stack.enter_context(checkout(commit, tmp_path_factory.mktemp("before") / "checkout"))
        assert before != ROOT
        now, then = stack.enter_context(_running([], before)), stack.enter_context(_running(SERVICES, before))
        for each in (now, then):
            await each.prepare()
        yield now, then


async def _compare(
    versions: tuple[Platform, Platform], act: Callable[[Platform], Callable[[], Awaitable[float]]]
) -> tuple[float, float]:
    now, then = versions
    cost = await medians({"now": act(now), "then": act(then)}, rounds=5)
    return cost["now"], cost["then"]


async def test_filing_costs_less_than_in_the_version_before(
    versions: tuple[Platform, Platform], report: Report
) -> None:
    now, then = await _compare(versions, lambda each: each.file)
    report.dearer("filing, all processes", now, then, "version before", most=0.6)


async def test_a_public_read_costs_less_than_in_the_version_before(
    versions: tuple[Platform, Platform], report: Report
) -> None:
    now, then = await _compare(versions, lambda each: each.read)
    report.dearer("public read, all processes", now, then, "version before", most=0.55)


async def test_a_wallet_payment_costs_less_than_in_the_version_before(
    versions: tuple[Platform, Platform], report: Report
) -> None:
    now, then = await _compare(versions, lambda each: each.pay)
    report.dearer("wallet payment, all processes", now, then, "version before", most=0.6)
