"""What a random life of payments needs: the plain model of one, and the rooms on a loop of their own."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from services.economy.ledger import actions as ledger
from services.economy.merchants import actions as merchants
from services.economy.payments import actions
from services.economy.payments import api as payments
from services.economy.payments.hot import paying
from services.economy.presentation import api as presentation
from services.economy.refunds import api as refunds
from services.economy.resources import Resources
from services.economy.signatories.model import Simulated
from services.economy.suspense import api as suspense
from services.economy.topups import actions as topups
from services.economy.wallets import actions as wallets
from services.kit.caller import Caller, Scope, authorise
from services.kit.errors import DomainError
from services.kit.rpc import server
from services.kit.rpc.serving import served
from services.kit.runtime import Runtime
from services.kit.signing import Signer
from tests.economy.conftest import CITIZEN, NOW, RECEIPT_KEY, TREASURER
from tests.economy.ledger.processes import open_runtime, role_url
from tests.economy.payments.bank import Bank

T = TypeVar("T")
(_RPCS,) = served([payments, presentation, refunds, suspense]).values()
RPCS = {one.rpc.method.name: one for one in _RPCS}
PAID = ("captured", "partly_refunded", "refunded")


@dataclass
class Plain:
    """One payment, in the plainest way. ``money`` is what the bank has for it: not told of, or told of."""

    amount: int
    until: datetime
    state: str = "created"
    method: str = ""
    refunded: int = 0
    money: int = 0
    told: bool = False

    def open(self, now: datetime) -> bool:
        return self.state in ("created", "pending") and now < self.until


@dataclass
class PlainRefund:
    payment: str
    amount: int
    state: str
    approved: bool = False


class PlainCity:
    """What must be, in the plainest way: payments by code, refunds by id, and what is on each account."""

    def __init__(self) -> None:
        self.plain: dict[str, Plain] = {}
        self.back: dict[str, PlainRefund] = {}
        self.wallet, self.cash, self.counter = 700_000, -700_000, 0
        self.clearing = self.suspended = 0

    def hears(self, plain: Plain) -> None:
        """The bank's money for a payment is told of, or found by asking."""
        if not plain.money or plain.told:
            return
        plain.told = True
        self.clearing -= plain.money
        if plain.state in ("created", "pending") and plain.money == plain.amount:
            self.take(plain, "qris")
        else:
            self.suspended += plain.money

    def take(self, plain: Plain, method: str) -> None:
        plain.state, plain.method = "captured", method
        self.counter += plain.amount

    def goes_back(self, refund: PlainRefund, mood: str) -> None:
        plain = self.plain[refund.payment]
        if plain.method != "qris" or not mood:
            self.done(refund)
        else:
            refund.state = "failed" if mood == "refuses" else "processing"

    def done(self, refund: PlainRefund) -> None:
        plain = self.plain[refund.payment]
        refund.state = "done"
        plain.refunded += refund.amount
        plain.state = "refunded" if plain.refunded == plain.amount else "partly_refunded"
        self.counter -= refund.amount
        if plain.method == "qris":
            self.clearing += refund.amount
        elif plain.method == "cash":
            self.cash += refund.amount
        else:
            self.wallet += refund.amount

    def live(self, code: str) -> int:
        states = ("requested", "processing", "done")
        return sum(each.amount for each in self.back.values() if each.payment == code and each.state in states)

    def held(self) -> int:
        return sum(each.amount for each in self.back.values() if each.state in ("requested", "processing"))

    def refusal(self, plain: Plain) -> str:
        if plain.state in PAID:
            return "PAYMENT_ALREADY_PAID"
        return "PAYMENT_CANCELLED" if plain.state == "cancelled" else "PAYMENT_EXPIRED"


@dataclass
class Ground:
    """The rooms on a loop of their own, with a bank in memory and a clock in the hand."""

    loop: asyncio.AbstractEventLoop
    runtime: Runtime
    admin: Any
    now: datetime = NOW
    bank: Bank = field(default_factory=Bank)
    counter: Any = None
    wallet: Any = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def call(self, rpc: str, caller: Caller, **fields: Any) -> Any:
        """An RPC as somebody; answers with the reason if it is refused."""

        async def work() -> Any:
            one = RPCS[rpc]
            scope = authorise({rpc: one.rpc.scopes()}, rpc, caller)
            token = server._admitted.set(server.Admitted(caller, scope))
            try:
                return await one.handler(self.runtime)(one.rpc.request(**fields), None)
            except DomainError as error:
                return error.reason
            finally:
                server._admitted.reset(token)

        return self.run(work())

    async def clear(self) -> None:
        """Empty tables, a counter, and a wallet with some money on it."""
        names = "payment, refund, suspense, wallet, account, transfer, hold, merchant, outbox, idempotency_key"
        await self.admin.execute(f"TRUNCATE {', '.join(f'economy.{name}' for name in names.split(', '))} CASCADE")
        self.now, self.bank = NOW, Bank()
        self.runtime.extra.provider = self.bank
        async with self.runtime.transaction() as tx:
            await ledger.ensure_city_accounts(tx)
            await merchants.ensure_counters(tx)
        self.counter = await self.admin.fetchrow("SELECT id, account FROM economy.merchant WHERE agency = 'disdag'")
        async with self.runtime.transaction(CITIZEN, Scope.OWN) as tx:
            self.wallet = (await wallets.open_wallet(tx))[0].account
            top_up = await topups.top_up(tx, 700_000)
        async with self.runtime.transaction(TREASURER, Scope.OWN_AGENCY) as tx:
            await actions.capture_cash(tx, top_up)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Runtime]:
    runtime = await open_runtime(role_url(url))
    async with paying(runtime) as group:
        runtime.extra = Resources(Signer.load(RECEIPT_KEY), Simulated(Signer.load(RECEIPT_KEY)), group)
        yield runtime
    await runtime.pool.close()
