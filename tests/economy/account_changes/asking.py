"""Changes of accounts for tests: who asks, and what the office does."""

from dataclasses import dataclass
from typing import Any

from services.kit.caller import Caller
from smartcity.economy.v1 import account_changes_pb2 as pb
from smartcity.economy.v1 import merchants_pb2
from tests.economy.conftest import BUSINESS_OFFICE, OWNER
from tests.economy.merchants.cases import application
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
