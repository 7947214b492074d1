"""Merchants, wallets and payers at the economy pillar itself, each insisting with one key until the answer comes."""

import asyncio
import itertools
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio

from services.kit.caller import Caller, Minter
from smartcity.economy.v1 import (
    merchants_pb2,
    merchants_pb2_grpc,
    payments_pb2,
    payments_pb2_grpc,
    wallets_pb2,
    wallets_pb2_grpc,
)
from smartcity.types.v1 import money_pb2
from tests.fixtures.house import House, new_key

OWNER = Caller("fault-owner", frozenset({"citizen"}))
BUSINESS_OFFICE = Caller("fault-business", frozenset({"officer"}), "dinkop-um")
TREASURER = Caller("fault-treasurer", frozenset({"officer"}), "bpkad")
AGAIN = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.INTERNAL,
)
PATIENCE_S = 180.0
TOP_UP = 1_000_000


def money(units: int) -> money_pb2.Money:
    """Rupiah."""
    return money_pb2.Money(currency="IDR", units=units)


@dataclass
class Payers:
    """Talks to every economy process in turn. ``paid`` holds what was acknowledged: payment -> payer and amount."""

    house: House
    merchant: str = ""
    account: str = ""
    wallets: list[Caller] = field(default_factory=list)
    paid: dict[str, tuple[str, int]] = field(default_factory=dict)
    attempts: int = 0
    _channels: list[grpc.aio.Channel] = field(default_factory=list)
    _turns: Any = None
    _minter: Minter | None = None

    async def open(self, wallets: int) -> None:
        """Takes a merchant on, and opens and fills wallets through the counter of the treasury."""
        names = [name for name in self.house.components() if name.startswith("economy")]
        ports = [self.house.components()[name]["ports"]["grpc"] for name in names]
        self._channels = [grpc.aio.insecure_channel(f"127.0.0.1:{port}") for port in ports]
        self._turns = itertools.cycle(self._channels)
        self._minter = Minter(json.dumps(self.house.secrets.signing_key("assertion")))
        applied = await self.insist(
            merchants_pb2_grpc.MerchantServiceStub,
            "CreateMerchant",
            merchants_pb2.CreateMerchantRequest(
                request_id=new_key(),
                name="Lumpia Uji",
                mcc="5814",
                sector="food",
                size=merchants_pb2.BUSINESS_SIZE_UMI,
                area="33.74.01.1007",
                settlement_account=merchants_pb2.SettlementAccount(bank="008", number="1234567890"),
            ),
            OWNER,
        )
        taken = await self.insist(
            merchants_pb2_grpc.MerchantServiceStub,
            "ActivateMerchant",
            merchants_pb2.ActivateMerchantRequest(
                request_id=new_key(),
                id=applied.merchant.id,
                etag=applied.merchant.etag,
                nmid="ID0000000000999",
                pan="9360000000000000991",
            ),
            BUSINESS_OFFICE,
        )
        self.merchant, self.account = taken.merchant.id, taken.merchant.account
        self.wallets = [Caller(f"fault-citizen-{number}", frozenset({"citizen"})) for number in range(wallets)]
        await asyncio.gather(*(self._fill(each) for each in self.wallets))

    async def close(self) -> None:
        """Closes the connections."""
        for channel in self._channels:
            await channel.close()

    async def create(self, units: int) -> payments_pb2.Payment:
        """A payment to the merchant."""
        request = payments_pb2.CreatePaymentRequest(
            request_id=new_key(), merchant=self.merchant, amount=money(units), purpose="sale", seconds=3600
        )
        answer = await self.insist(payments_pb2_grpc.PaymentServiceStub, "CreatePayment", request, OWNER)
        made: payments_pb2.Payment = answer.payment
        return made

    async def pay(self, payment: payments_pb2.Payment, payer: Caller, at_once: int) -> None:
        """So many callers pay the same payment with the same key at the same time; all get the same answer."""
        request = payments_pb2.PayFromWalletRequest(request_id=f"pay-{payment.id}", id=payment.id)
        stub = payments_pb2_grpc.PaymentServiceStub
        answers = await asyncio.gather(*(self.insist(stub, "PayFromWallet", request, payer) for _ in range(at_once)))
        assert len({answer.SerializeToString(deterministic=True) for answer in answers}) == 1
        assert answers[0].payment.state == payments_pb2.PAYMENT_STATE_CAPTURED
        self.paid[payment.id] = (payer.subject, payment.amount.units)

    async def present(self, payment: payments_pb2.Payment) -> payments_pb2.Payment:
        """Has a QRIS made for a payment, however often that takes."""
        request = payments_pb2.PresentQrRequest(id=payment.id)
        answer = await self.insist(payments_pb2_grpc.PaymentServiceStub, "PresentQr", request, OWNER)
        shown: payments_pb2.Payment = answer.payment
        return shown

    async def insist(self, stub: Any, rpc: str, request: Any, caller: Caller) -> Any:
        """The answer to a call, repeated while it is not known what became of it."""
        assert self._minter is not None
        async with asyncio.timeout(PATIENCE_S):
            while True:
                self.attempts += 1
                metadata = (("authorization", f"Bearer {self._minter.mint(caller, 'economy')}"),)
                try:
                    return await getattr(stub(next(self._turns)), rpc)(request, metadata=metadata, timeout=10)
                except grpc.aio.AioRpcError as error:
                    if error.code() not in AGAIN and not _in_flight(error):
                        raise
                await asyncio.sleep(0.05 + random.random() * 0.1)

    async def _fill(self, citizen: Caller) -> None:
        stub = wallets_pb2_grpc.WalletServiceStub
        await self.insist(stub, "CreateWallet", wallets_pb2.CreateWalletRequest(request_id=new_key()), citizen)
        wanted = wallets_pb2.TopUpWalletRequest(request_id=new_key(), amount=money(TOP_UP))
        top_up = (await self.insist(stub, "TopUpWallet", wanted, citizen)).payment
        cash = payments_pb2.RecordCashRequest(request_id=new_key(), id=top_up.id)
        await self.insist(payments_pb2_grpc.PaymentServiceStub, "RecordCash", cash, TREASURER)


def _in_flight(error: grpc.aio.AioRpcError) -> bool:
    return error.code() is grpc.StatusCode.ABORTED and "still being handled" in str(error.details())


def spread(payers: Sequence[Caller], number: int) -> Caller:
    """The payer of the payment with that number."""
    return payers[number % len(payers)]
