"""A city with payments for tests, in words for what people do."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from services.economy.captures import actions as captures
from services.economy.captures.model import Notice, Outcome
from services.economy.ledger import actions as ledger
from services.economy.ledger.model import city_account
from services.economy.payments import timers as payment_timers
from services.economy.presentation import timers as presentation_timers
from services.economy.refunds import timers as refund_timers
from services.economy.resources import resources
from services.kit.caller import Caller
from smartcity.economy.v1 import payments_pb2 as pb
from smartcity.economy.v1 import wallets_pb2
from smartcity.types.v1.money_pb2 import Money
from tests.economy.conftest import CITIZEN, MARKETS, TREASURER, Economy, request_id
from tests.economy.ledger.cases import adds_up, books
from tests.economy.merchants import cases as merchants
from tests.economy.payments.bank import Bank

__all__ = ["NMID", "Bank", "City", "city", "freeze", "rupiah", "set_status", "state"]

NMID = "ID0000000000101"
"""The NMID of the counter of the markets."""


@dataclass
class City:
    """The pillar, its bank, and what people do with it."""

    economy: Economy
    bank: Bank

    async def counter(self, agency: str = "disdag") -> str:
        """Identifier of an agency's counter."""
        return str((await merchants.counter(self.economy, agency)).id)

    async def business(self) -> str:
        """Identifier of OWNER's business, taken on."""
        return str((await merchants.active(self.economy)).id)

    async def ask(self, amount: int = 50_000, caller: Caller = MARKETS, **fields: Any) -> pb.Payment:
        """A payment, to the counter of the markets unless told otherwise."""
        fields.setdefault("merchant", await self.counter())
        request = pb.CreatePaymentRequest(request_id=request_id(), amount=rupiah(amount), **fields)
        return await self._payment("CreatePayment", request, caller)

    async def get(self, id_: str, caller: Caller = CITIZEN) -> pb.Payment:
        """Reads a payment."""
        return await self._payment("GetPayment", pb.GetPaymentRequest(id=id_), caller)

    async def present(self, id_: str, caller: Caller = CITIZEN) -> pb.Payment:
        """Asks for the QRIS of a payment."""
        return await self._payment("PresentQr", pb.PresentQrRequest(id=id_), caller)

    async def shown(self, amount: int = 50_000, **fields: Any) -> pb.Payment:
        """A payment whose QRIS is shown."""
        return await self.present((await self.ask(amount, **fields)).code)

    async def pay(self, id_: str, caller: Caller = CITIZEN, key: str = "") -> pb.Payment:
        """Pays from the caller's wallet."""
        request = pb.PayFromWalletRequest(request_id=key or request_id(), id=id_)
        return await self._payment("PayFromWallet", request, caller)

    async def cash(self, id_: str, caller: Caller = MARKETS, key: str = "") -> pb.Payment:
        """Records cash."""
        request = pb.RecordCashRequest(request_id=key or request_id(), id=id_)
        return await self._payment("RecordCash", request, caller)

    async def cancel(self, payment: pb.Payment, caller: Caller = MARKETS, key: str = "") -> pb.Payment:
        """Cancels a payment."""
        request = pb.CancelPaymentRequest(request_id=key or request_id(), id=payment.id, etag=payment.etag)
        return await self._payment("CancelPayment", request, caller)

    async def notice(self, notice: Notice) -> Outcome:
        """The bank tells."""
        async with self.economy.runtime.transaction() as tx:
            return await captures.capture(tx, notice)

    async def paid(self, amount: int = 50_000, **fields: Any) -> pb.Payment:
        """A payment that was paid by QRIS."""
        shown = await self.shown(amount, **fields)
        assert await self.notice(self.bank.pay(shown.code)) is Outcome.CAPTURED
        return await self.get(shown.id)

    async def wallet(self, amount: int = 0, caller: Caller = CITIZEN) -> UUID:
        """The account of the caller's wallet, with so much on it more than before."""
        answer = await self.economy.call(
            "WalletService.CreateWallet", wallets_pb2.CreateWalletRequest(request_id=request_id()), caller
        )
        if amount:
            await self.cash((await self.top_up(amount, caller)).id, TREASURER)
        return UUID(answer.wallet.account)

    async def top_up(self, amount: int, caller: Caller = CITIZEN) -> pb.Payment:
        """A payment into the caller's wallet."""
        request = wallets_pb2.TopUpWalletRequest(request_id=request_id(), amount=rupiah(amount))
        answer = await self.economy.call("WalletService.TopUpWallet", request, caller)
        made: pb.Payment = answer.payment
        return made

    async def check(self, payment: str, amount: int = 0, caller: Caller = MARKETS) -> pb.CheckRefundResponse:
        """Asks about a refund."""
        request = pb.CheckRefundRequest(payment=payment, amount=rupiah(amount) if amount else None)
        answer: pb.CheckRefundResponse = await self.economy.call("PaymentService.CheckRefund", request, caller)
        return answer

    async def refund(self, payment: str, amount: int = 0, caller: Caller = MARKETS, key: str = "") -> pb.Refund:
        """Asks for a refund."""
        request = pb.CreateRefundRequest(
            request_id=key or request_id(),
            payment=payment,
            amount=rupiah(amount) if amount else None,
            reason="Dibayar dua kali",
        )
        answer = await self.economy.call("PaymentService.CreateRefund", request, caller)
        made: pb.Refund = answer.refund
        return made

    async def approve(self, refund: pb.Refund, caller: Caller = TREASURER) -> pb.Refund:
        """Approves a refund."""
        request = pb.ApproveRefundRequest(request_id=request_id(), id=refund.id, etag=refund.etag)
        answer = await self.economy.call("PaymentService.ApproveRefund", request, caller)
        made: pb.Refund = answer.refund
        return made

    async def reject(self, refund: pb.Refund, caller: Caller = TREASURER) -> pb.Refund:
        """Rejects a refund."""
        request = pb.RejectRefundRequest(
            request_id=request_id(), id=refund.id, etag=refund.etag, reason="Bukan salah kami"
        )
        answer = await self.economy.call("PaymentService.RejectRefund", request, caller)
        made: pb.Refund = answer.refund
        return made

    async def refunds(self, *states: Any, caller: Caller = TREASURER, **fields: Any) -> list[pb.Refund]:
        """Lists refunds."""
        request = pb.ListRefundsRequest(states=states, **fields)
        return list((await self.economy.call("PaymentService.ListRefunds", request, caller)).refunds)

    async def suspense(self, *states: Any, caller: Caller = TREASURER) -> list[pb.SuspenseItem]:
        """Lists money in suspense."""
        request = pb.ListSuspenseRequest(states=states)
        return list((await self.economy.call("PaymentService.ListSuspense", request, caller)).items)

    async def propose(
        self, item: pb.SuspenseItem, target: str = "", caller: Caller = TREASURER, *, never_came: bool = False
    ) -> pb.SuspenseItem:
        """Proposes where money belongs."""
        request = pb.ProposeReleaseRequest(
            request_id=request_id(),
            id=item.id,
            etag=item.etag,
            target=target,
            note="Kata bank milik pasar",
            never_came=never_came,
        )
        answer = await self.economy.call("PaymentService.ProposeRelease", request, caller)
        proposed: pb.SuspenseItem = answer.item
        return proposed

    async def release(self, item: pb.SuspenseItem, caller: Caller = TREASURER) -> pb.SuspenseItem:
        """Approves where money belongs."""
        request = pb.ApproveReleaseRequest(request_id=request_id(), id=item.id, etag=item.etag)
        answer = await self.economy.call("PaymentService.ApproveRelease", request, caller)
        approved: pb.SuspenseItem = answer.item
        return approved

    async def tick(self, **later: float) -> None:
        """Time passes, and what is due happens."""
        self.economy.pass_time(**later)
        for timer in (payment_timers.expire, presentation_timers.ask, refund_timers.send):
            await timer(self.economy.runtime)

    async def balance(self, account: UUID | str) -> int:
        """What is on an account, by id or kind of the city's own."""
        id_ = account if isinstance(account, UUID) else city_account(account, "IDR")
        units: int = await self.economy.runtime.pool.fetchval("SELECT balance FROM account WHERE id = $1", id_)
        return units

    async def takings(self, merchant: str = "") -> int:
        """What is on the account of a merchant, the counter of the markets unless told otherwise."""
        sql = "SELECT balance FROM account JOIN merchant m ON m.account = account.id WHERE m.id = $1"
        units: int = await self.economy.runtime.pool.fetchval(sql, UUID(merchant or await self.counter()))
        return units

    async def adds_up(self) -> bool:
        """Whether the ledger does."""
        return adds_up(await books(self.economy.served.admin))

    async def events(self, about: str = "") -> list[str]:
        """Names of the events so far, of one aggregate if told, oldest first; with checks of their order."""
        rows = [row for row in await self.economy.outbox() if about in ("", row["aggregate"])]
        versions = [row["version"] for row in rows]
        assert not about or versions == sorted(set(versions)), "the versions of an aggregate grow"
        return [row["type"].rpartition(".")[2] for row in rows]

    async def _payment(self, rpc: str, request: Any, caller: Caller) -> pb.Payment:
        answer = await self.economy.call(f"PaymentService.{rpc}", request, caller)
        payment: pb.Payment = answer.payment
        return payment


def rupiah(units: int) -> Money:
    """An amount."""
    return Money(currency="IDR", units=units)


def state(thing: pb.Payment | pb.Refund | pb.SuspenseItem) -> str:
    """The state's name in lower case."""
    kind = thing.DESCRIPTOR.fields_by_name["state"].enum_type
    assert kind is not None
    return str(kind.values_by_number[thing.state].name).partition("_STATE_")[2].lower()


@pytest.fixture
async def city(economy: Economy) -> AsyncIterator[City]:
    """The pillar with a bank in memory."""
    bank = Bank()
    resources(economy.runtime).provider = bank
    yield City(economy, bank)
    resources(economy.runtime).provider = None


async def freeze(city: City, merchant: str) -> None:
    """Freezes a merchant's account."""
    pool = city.economy.runtime.pool
    account = await pool.fetchval("SELECT account FROM merchant WHERE id = $1", UUID(merchant))
    await set_status(city, account, "frozen")


async def set_status(city: City, account: UUID, status: str) -> None:
    """Freezes an account ("frozen") or opens it ("open")."""
    async with city.economy.runtime.transaction() as tx:
        found = await ledger.account(tx, account)
        await ledger.set_status(tx, account, str(found.version), status)
