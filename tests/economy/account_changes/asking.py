"""Changes of accounts for tests: who asks, and what the office does."""

from dataclasses import dataclass
from typing import Any

from services.economy.merchants import actions as selling
from services.kit.caller import Caller, Scope
from smartcity.economy.v1 import account_changes_pb2 as pb
from smartcity.economy.v1 import merchants_pb2
from tests.economy.conftest import BUSINESS_OFFICE, OWNER, Economy
from tests.economy.merchants.cases import application
from tests.economy.payments.cases import City
from tests.economy.settlement.cases import ReportingBank, Treasury
from tests.fixtures.pillars import Served
from tests.society.taking_part import Society

NUMBER = "2460012345678"
WHY = "Nama pemilik rekening tidak sama dengan pemilik usaha."


@dataclass
class Asking:
    """The running pillar."""

    served: Served

    async def call(self, request: Any, caller: Caller = OWNER) -> Any:
        """Calls the RPC of a request. Raises RefusedError."""
        return await Society(self.served).call(request, caller)

    async def applied(self, owner: Caller = OWNER) -> merchants_pb2.Merchant:
        """A business that applied."""
        made: merchants_pb2.Merchant = (await self.call(application(), owner)).merchant
        return made

    async def asked(
        self, merchant: merchants_pb2.Merchant, caller: Caller = OWNER, bank: str = "014", number: str = NUMBER
    ) -> pb.AccountChange:
        """Another account of it."""
        account = merchants_pb2.SettlementAccount(bank=bank, number=number)
        request = pb.CreateAccountChangeRequest(merchant=merchant.id, settlement_account=account)
        made: pb.AccountChange = (await self.call(request, caller)).account_change
        return made

    async def approve(self, change: pb.AccountChange, caller: Caller = BUSINESS_OFFICE) -> pb.AccountChange:
        """It holds."""
        request = pb.ApproveAccountChangeRequest(id=change.id, etag=change.etag)
        made: pb.AccountChange = (await self.call(request, caller)).account_change
        return made

    async def reject(self, change: pb.AccountChange, caller: Caller = BUSINESS_OFFICE) -> pb.AccountChange:
        """It is refused."""
        request = pb.RejectAccountChangeRequest(id=change.id, etag=change.etag, reason=WHY)
        made: pb.AccountChange = (await self.call(request, caller)).account_change
        return made

    async def cancel(self, change: pb.AccountChange, caller: Caller = OWNER) -> pb.AccountChange:
        """It is taken back."""
        request = pb.CancelAccountChangeRequest(id=change.id, etag=change.etag)
        made: pb.AccountChange = (await self.call(request, caller)).account_change
        return made

    async def listed(self, caller: Caller = OWNER, **fields: Any) -> list[pb.AccountChange]:
        """Changes, newest first."""
        found = await self.call(pb.ListAccountChangesRequest(**fields), caller)
        return list(found.account_changes)

    async def account(self, merchant: merchants_pb2.Merchant) -> tuple[str, str]:
        """Where its takings are paid out to, as its owner sees it."""
        found = (await self.call(merchants_pb2.GetMerchantRequest(id=merchant.id))).merchant.settlement_account
        return found.bank, found.number


async def with_takings(
    economy: Economy, asking: Asking, *, changed: bool = False
) -> tuple[Treasury, merchants_pb2.Merchant]:
    """A business whose takings wait to be paid out, to another account where that was ``changed`` before."""
    bank = ReportingBank()
    treasury = Treasury(City(economy, bank), bank)
    business = await asking.applied()
    async with economy.runtime.transaction(BUSINESS_OFFICE, Scope.OWN_AGENCY) as tx:
        await selling.activate(tx, business.id, business.etag, "ID1020304050607", "9360000001234567896")
    await treasury.city.wallet(100_000)
    await treasury.city.pay((await treasury.city.ask(50_000, OWNER, merchant=business.id)).id)
    if changed:
        await asking.approve(await asking.asked(business))
        economy.pass_time(seconds=1)
    await treasury.close(early=True)
    return treasury, business
