"""Settlement for tests: a bank that gives reports, and short words for what the treasury does."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest

from services.economy.providers.model import ProviderAwayError, ProviderRefusedError, ReportLine, ReportUnclearError
from services.economy.resources import resources
from services.kit.caller import Caller
from smartcity.economy.v1 import settlement_pb2 as pb
from tests.economy.conftest import OWNER, TREASURER, Economy, request_id
from tests.economy.payments.cases import Bank, City

TODAY = "2026-11-24"


@dataclass
class ReportingBank(Bank):
    """A bank in memory that reports what a test writes into its books; None: it has no report. It ``refuses`` days, and
    ``garbles`` the reports of others.
    """

    reports: bool = True
    books: dict[date, list[ReportLine] | None] = field(default_factory=dict)
    refuses: set[date] = field(default_factory=set)
    garbles: set[date] = field(default_factory=set)

    async def report(self, day: date) -> list[ReportLine] | None:
        """The lines of a day."""
        if "report" in self.away:
            raise ProviderAwayError("report")
        if day in self.refuses:
            raise ProviderRefusedError("4040000", str(day))
        if day in self.garbles:
            raise ReportUnclearError(str(day))
        return self.books.get(day, [])


@dataclass
class Treasury:
    """The pillar with its bank, and what the treasury does."""

    city: City
    bank: ReportingBank

    @property
    def economy(self) -> Economy:
        """The running pillar."""
        return self.city.economy

    async def call(self, rpc: str, request: Any, caller: Caller = TREASURER) -> Any:
        """Calls an RPC of settlement."""
        return await self.economy.call(f"SettlementService.{rpc}", request, caller)

    async def close(self, day: str = TODAY, *, early: bool = False, key: str = "", caller: Caller = TREASURER) -> Any:
        """Closes a day."""
        request = pb.CloseDayRequest(request_id=key or request_id(), day=day, early=early)
        return await self.call("CloseDay", request, caller)

    async def batches(self, caller: Caller = TREASURER, **fields: Any) -> list[pb.Batch]:
        """Lists batches, newest first."""
        return list((await self.call("ListBatches", pb.ListBatchesRequest(**fields), caller)).batches)

    async def get(self, id_: str, caller: Caller = TREASURER) -> pb.GetBatchResponse:
        """Reads a batch."""
        answer: pb.GetBatchResponse = await self.call("GetBatch", pb.GetBatchRequest(id=id_), caller)
        return answer

    async def confirm(
        self, batch: pb.Batch, caller: Caller = TREASURER, key: str = "", *, to_former: bool = False, despite: str = ""
    ) -> pb.Batch:
        """Says that a batch was paid out; ``to_former``: to the account that held before the one that it shows;
        ``despite``: why in spite of its differences.
        """
        request = pb.ConfirmPayoutRequest(
            request_id=key or request_id(), id=batch.id, etag=batch.etag, to_former_account=to_former, despite=despite
        )
        made: pb.Batch = (await self.call("ConfirmPayout", request, caller)).batch
        return made

    async def reconcile(self, day: str = TODAY, key: str = "", caller: Caller = TREASURER) -> Any:
        """Compares a day; answers with lines, equal ones, and open differences."""
        request = pb.ReconcileDayRequest(request_id=key or request_id(), day=day)
        found = await self.call("ReconcileDay", request, caller)
        return found.lines, found.equal, found.differences

    async def differences(self, caller: Caller = TREASURER, **fields: Any) -> list[pb.Difference]:
        """Lists differences, newest first."""
        return list((await self.call("ListDifferences", pb.ListDifferencesRequest(**fields), caller)).differences)

    def reports(self, *lines: ReportLine, day: str = TODAY) -> None:
        """Writes the bank's report of a day."""
        self.bank.books[date.fromisoformat(day)] = list(lines)

    def line(self, code: str, amount: int = 50_000, **fields: Any) -> ReportLine:
        """A line for a payment."""
        good = {
            "provider_reference": f"REF-{code}",
            "code": code,
            "kind": "payment",
            "amount": amount,
            "currency": "IDR",
            "at": self.economy.now,
        }
        return ReportLine(**{**good, **fields})

    async def later(self, **amount: float) -> None:
        """Time passes."""
        self.economy.pass_time(**amount)

    def at(self, hour: int, minute: int, day: int = 25) -> None:
        """Sets the city's clock to a time in November 2026."""
        zone = self.economy.runtime.city.timezone
        self.economy.served.now = datetime(2026, 11, day, hour, minute, tzinfo=zone)


def state(batch: pb.Batch) -> str:
    """The state's name in lower case."""
    return pb.BatchState.Name(batch.state).removeprefix("BATCH_STATE_").lower()


def kind(difference: pb.Difference) -> str:
    """The kind's name in lower case."""
    return pb.DifferenceKind.Name(difference.kind).removeprefix("DIFFERENCE_KIND_").lower()


@pytest.fixture
def treasury(economy: Economy) -> Treasury:
    """The pillar with a bank that reports."""
    bank = ReportingBank()
    resources(economy.runtime).provider = bank
    return Treasury(City(economy, bank), bank)


async def closed_and_compared(treasury: Treasury) -> None:
    """The day is over, and was compared."""
    treasury.at(1, 0)
    await treasury.close()
    await treasury.reconcile()


async def differing(treasury: Treasury, amount: int = 77_000) -> pb.Batch:
    """A batch that waits, with a payment that the bank's report does not have."""
    await a_sale(treasury, amount, await treasury.city.business())
    await closed_and_compared(treasury)
    (batch,) = await treasury.batches()
    return batch


async def a_sale(treasury: Treasury, amount: int, merchant: str) -> str:
    """A sale of OWNER's business, paid by QRIS; the payment's id."""
    return (await treasury.city.paid(amount, caller=OWNER, merchant=merchant)).id
