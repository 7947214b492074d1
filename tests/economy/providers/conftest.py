"""The economy pillar with the simulated bank as its acquirer."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.economy.pillar import PILLAR
from services.economy.providers.model import Provider
from services.economy.resources import resources
from smartcity.economy.v1 import snap_pb2
from tests.economy.conftest import ANONYMOUS, NOW, RECEIPT_KEY, Economy
from tests.fixtures.bank import BankAtWork, bank_at_work
from tests.fixtures.pillars import serving


@dataclass(kw_only=True)
class Town(Economy):
    """The pillar and its bank."""

    bank: BankAtWork = field(repr=False)

    @property
    def provider(self) -> Provider:
        """The bank as the pillar sees it."""
        found = resources(self.runtime).provider
        assert found is not None
        return found

    async def snap(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """A request of the bank, as the gateway hands it on."""
        named = [snap_pb2.SnapHeader(name=name, value=value) for name, value in headers.items()]
        request = snap_pb2.HandleSnapRequestRequest(method=method, path=path, headers=named, body=body)
        answer = await self.call("SnapService.HandleSnapRequest", request, ANONYMOUS)
        return int(answer.status), bytes(answer.body)


@pytest.fixture
async def town(economy_database: str, tmp_path: Path) -> AsyncIterator[Town]:
    """Both at work, in the same time."""
    made: list[Town] = []

    async def deliver(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        if not made:  # the pillar is gone, and gRPC crashes the process that calls over a closed channel
            return 503, b"{}"
        return await made[0].snap(method, path, headers, body)

    async with bank_at_work(tmp_path, lambda: made[0].now if made else NOW, deliver) as bank:
        settings = {"receipt_key": RECEIPT_KEY, **bank.settings}
        async with serving(PILLAR, economy_database, NOW, settings) as served:
            made.append(Town(served, bank=bank))
            yield made[0]
            made.clear()
