"""Levies for tests: bills, and short words for what people do with them."""

from dataclasses import dataclass
from typing import Any

import pytest

from services.economy.captures.model import Outcome
from services.kit.caller import Caller
from smartcity.economy.v1 import levies_pb2 as pb
from smartcity.economy.v1 import payments_pb2
from tests.economy.conftest import ANONYMOUS, CITIZEN, MARKETS, Economy, request_id
from tests.economy.payments.cases import City

KAUMAN = "33.74.01.1010"


@dataclass
class Office:
    """The pillar with its bank, and what people do with bills."""

    city: City

    @property
    def economy(self) -> Economy:
        """The running pillar."""
        return self.city.economy

    async def call(self, rpc: str, request: Any, caller: Caller = CITIZEN) -> Any:
        """Calls an RPC of levies."""
        return await self.economy.call(f"LevyService.{rpc}", request, caller)

    async def bill(self, caller: Caller = MARKETS, key: str = "", **fields: Any) -> pb.Bill:
        """Issues a bill, of a kiosk unless told otherwise."""
        good = {
            "request_id": key or request_id(),
            "tariff": "pasar-kios",
            "object": "Pasar Johar, kios B-12",
            "period": "2026-11",
            "quantity": 6,
            "area": KAUMAN,
        }
        answer = await self.call("CreateBill", pb.CreateBillRequest(**{**good, **fields}), caller)
        made: pb.Bill = answer.bill
        return made

    async def get(self, number: str, caller: Caller = ANONYMOUS) -> pb.Bill:
        """Reads a bill."""
        found: pb.Bill = (await self.call("GetBill", pb.GetBillRequest(number=number), caller)).bill
        return found

    async def bills(self, *states: Any, caller: Caller = MARKETS, **fields: Any) -> list[str]:
        """Numbers of a list."""
        request = pb.ListBillsRequest(states=states, **fields)
        return [bill.number for bill in (await self.call("ListBills", request, caller)).bills]

    async def ask(self, number: str, caller: Caller = ANONYMOUS, key: str = "") -> payments_pb2.Payment:
        """The payment of a bill."""
        request = pb.PayBillRequest(request_id=key or request_id(), number=number)
        made: payments_pb2.Payment = (await self.call("PayBill", request, caller)).payment
        return made

    async def pay(self, number: str) -> payments_pb2.Payment:
        """Pays a bill by QRIS, a drill at the counter; its event is still on the way."""
        if (await self.get(number)).exercise:
            return await self.city.cash((await self.ask(number)).id)
        shown = await self.city.present((await self.ask(number)).code)
        assert await self.city.notice(self.city.bank.pay(shown.code)) is Outcome.CAPTURED
        return await self.city.get(shown.id)

    async def paid(self, **fields: Any) -> pb.Bill:
        """A bill that was paid, with its receipt."""
        bill = await self.bill(**fields)
        await self.pay(bill.number)
        await self.economy.settle_events()
        return await self.get(bill.number)

    async def cancel(self, bill: pb.Bill, caller: Caller = MARKETS) -> pb.Bill:
        """Cancels a bill."""
        request = pb.CancelBillRequest(request_id=request_id(), number=bill.number, etag=bill.etag)
        made: pb.Bill = (await self.call("CancelBill", request, caller)).bill
        return made

    async def receipt(self, number: str, seal: str = "", caller: Caller = ANONYMOUS) -> pb.Receipt:
        """Reads a receipt, by its bill's number or by its own with its seal."""
        request = pb.GetReceiptRequest(number=number, seal=seal)
        found: pb.Receipt = (await self.call("GetReceipt", request, caller)).receipt
        return found

    async def check(self, number: str, units: int, seal: str) -> pb.CheckReceiptResponse:
        """Checks what somebody holds."""
        request = pb.CheckReceiptRequest(number=number, units=units, seal=seal)
        answer: pb.CheckReceiptResponse = await self.call("CheckReceipt", request, ANONYMOUS)
        return answer


def state(bill: pb.Bill) -> str:
    """The state's name in lower case."""
    return pb.BillState.Name(bill.state).removeprefix("BILL_STATE_").lower()


@pytest.fixture
def office(city: City) -> Office:
    """The pillar with a bank in memory."""
    return Office(city)
