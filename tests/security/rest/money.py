"""Money to ask for: what the operations of economy need, made over the API and at the simulated bank."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
from stdnum import luhn

from deploy.local.bank import emvco
from tests.fixtures.house import new_key, until
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds

APPEARS_S = 20.0
"""How long the bank's word, or an event, may take on a busy machine."""
MERCHANTS_KEPT = 15
"""Open merchants of one owner; older ones are closed, since the city sets a limit."""


def rupiah(units: int) -> dict[str, Any]:
    """An amount in a body."""
    return {"currency": "IDR", "units": units}


class Money:
    """Makes payments, merchants, bills and money in suspense. The officer is a cashier of a counter of the city."""

    def __init__(self, seeds: Seeds, bank: str) -> None:
        """``bank`` is the simulated bank's address."""
        self._seeds = seeds
        self._bank = bank
        self._counter: dict[str, Any] = {}
        self._open: list[str] = []
        self._days = 0

    async def counter(self) -> dict[str, Any]:
        """The officer's counter, a merchant."""
        if not self._counter:
            found = await self._done("listMerchants", "officer")
            self._counter = found["merchants"][0]
        return self._counter

    async def business(self, *, active: bool = True) -> dict[str, Any]:
        """A new business of the citizen's."""
        while len(self._open) >= MERCHANTS_KEPT:
            oldest = await self._done("getMerchant", "citizen", path={"id": self._open.pop(0)})
            call = Call("closeMerchant", "citizen", path={"id": oldest["id"]}, version=oldest["etag"])
            await self._seeds.api.send(call, **{"Idempotency-Key": new_key()})  # one with money on its account stays
        made = await self._done("createMerchant", "citizen", body=self._example("createMerchant"))
        self._open.append(made["id"])
        if not active:
            return made
        call = Call("activateMerchant", "office", path={"id": made["id"]}, body=acquired(), version=made["etag"])
        return await self._seeds.done(call)

    async def payment(self, units: int = 12_000, merchant: str = "", role: str = "officer") -> dict[str, Any]:
        """A new payment, to the counter unless a merchant is named."""
        body = {"merchant": merchant or (await self.counter())["id"], "amount": rupiah(units)}
        return await self._done("createPayment", role, body=body)

    async def presented(self) -> dict[str, Any]:
        """A payment whose QRIS is shown."""
        payment = await self.payment()
        return await self._done("presentQr", path={"id": payment["id"]})

    async def paid(self, units: int = 12_000) -> dict[str, Any]:
        """A payment that was paid in cash."""
        payment = await self.payment(units)
        return await self._done("recordCash", "officer", path={"id": payment["id"]})

    async def refund(self) -> dict[str, Any]:
        """A refund that waits for a second person."""
        payment = await self.paid(900_000)
        body = {"reason": "Acara dibatalkan panitia."}
        return await self._done("createRefund", "officer", path={"id": payment["id"]}, body=body)

    async def wallet(self) -> dict[str, Any]:
        """The citizen's wallet, with something on it."""
        wallet = await self._done("createWallet", "citizen")
        if wallet["available"]["units"] < 100_000:
            top_up = await self._done("topUpWallet", "citizen", body={"amount": rupiah(500_000)})
            await self._done("recordCash", "treasurer", path={"id": top_up["id"]})
        return wallet

    async def bill(self) -> dict[str, Any]:
        """A bill of the officer's agency."""
        return await self._done("createBill", "officer", body=self.levied())

    def levied(self) -> dict[str, Any]:
        """The body of a bill by a tariff of the officer's agency, of a household that has none yet."""
        return {
            **self._example("createBill"),
            "tariff": "sampah-rumah",
            "object": f"Rumah di Sekayu {secrets.token_hex(4)}",
            "period": datetime.now(UTC).strftime("%Y-%m"),
            "quantity": 1,
        }

    async def receipted(self) -> dict[str, Any]:
        """A bill that was paid in cash and has its receipt."""
        bill = await self.bill()
        payment = await self._done("payBill", path={"number": bill["number"]})
        await self._done("recordCash", "officer", path={"id": payment["id"]})

        async def there() -> Any:
            found = await self._done("getBill", path={"number": bill["number"]})
            return found if found["receipt"] else None

        found: dict[str, Any] = await until(there, APPEARS_S, f"a receipt for {bill['number']}")
        return found

    async def suspended(self) -> dict[str, Any]:
        """Money that came in for a merchant whom the city does not know."""
        units, number = 1_000 + secrets.randbelow(1_000_000), f"{secrets.randbelow(10**13):013}"
        stranger = emvco.Qris(merchant=f"ID{number}", name="TOKO LAIN", terminal="", amount=units, static=True)
        text = emvco.write(stranger, f"936000{number}", "SEMARANG", secrets.token_hex(8))
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{self._bank.rstrip('/')}/pay", data={"qr": text})
        assert answer.status_code < 400, answer.text

        async def there() -> Any:
            found = (await self._done("listSuspense", "treasurer", query={"state": "open"}))["items"]
            return next((each for each in found if each["amount"]["units"] == units), None)

        found: dict[str, Any] = await until(there, APPEARS_S, "money in suspense")
        return found

    async def batch(self) -> dict[str, Any]:
        """A batch of the officer's counter."""
        await self.paid()
        return await self._closed((await self.counter())["id"])

    async def payable(self) -> dict[str, Any]:
        """A batch of a business, which waits to be paid out."""
        await self.wallet()
        merchant = await self.business()
        payment = await self.payment(3_000, merchant["id"], "citizen")
        await self._done("payFromWallet", "citizen", path={"id": payment["id"]})
        return await self._closed(merchant["id"])

    def past_day(self) -> str:
        """A day that is over, another one each time."""
        self._days += 1
        return (datetime.now(UTC) - timedelta(days=1 + self._days)).date().isoformat()

    async def _closed(self, merchant: str) -> dict[str, Any]:
        takings = await self._done("listTakings", "treasurer", path={"id": merchant})
        path = {"day": takings["days"][0]["day"]}
        await self._done("closeDay", "treasurer", path=path, body={"early": True})
        found = await self._done("listBatches", "treasurer", query={"merchant": merchant})
        batch: dict[str, Any] = found["batches"][0]
        return batch

    async def _done(self, operation: str, role: str = "anonymous", **more: Any) -> dict[str, Any]:
        return await self._seeds.done(Call(operation, role, **more))

    def _example(self, operation: str) -> dict[str, Any]:
        return self._seeds.api.example(operation)


def acquired() -> dict[str, str]:
    """What an acquirer gives a new merchant."""
    number = secrets.randbelow(10**12)
    pan = f"936000{number:012}"
    return {"nmid": f"ID2{number:012}", "pan": pan + luhn.calc_check_digit(pan)}


def _on(
    make: Callable[[Money], Awaitable[dict[str, Any]]], operation: str, role: str = "anonymous", *, key: str = "id",
    name: str = "id", body: Any = None, example: bool = False, guarded: bool = False, **more: Any,
) -> Seed:  # fmt: skip
    """A seed about a thing: its field ``key`` goes into the path's ``name``; ``guarded`` sends its version."""

    async def seed(seeds: Seeds) -> Call:
        thing = await make(seeds.money)
        full = {**(seeds.api.example(operation) if example else {}), **(body or {})} or None
        return Call(
            operation, role, path={name: thing[key]}, body=full, version=thing["etag"] if guarded else "", **more
        )

    return seed


def _list(operation: str, role: str = "anonymous", **query: str) -> Seed:
    async def seed(seeds: Seeds) -> Call:
        return Call(operation, role, query=query)

    return seed


async def _create_payment(seeds: Seeds) -> Call:
    body = {**seeds.api.example("createPayment"), "merchant": (await seeds.money.counter())["id"]}
    return Call("createPayment", "officer", body=body)


async def _list_payments(seeds: Seeds) -> Call:
    await seeds.money.payment()
    return Call("listPayments", "officer", query={"merchant": (await seeds.money.counter())["id"], "page_size": "5"})


async def _pay_from_wallet(seeds: Seeds) -> Call:
    await seeds.money.wallet()
    return Call("payFromWallet", "citizen", path={"id": (await seeds.money.payment(1_000))["id"]})


async def _propose_release(seeds: Seeds) -> Call:
    item = await seeds.money.suspended()
    body = {**seeds.api.example("proposeRelease"), "target": (await seeds.money.counter())["id"]}
    return Call("proposeRelease", "treasurer", path={"id": item["id"]}, body=body, version=item["etag"])


async def _approve_release(seeds: Seeds) -> Call:
    item = await seeds.done(await _propose_release(seeds))
    return Call("approveRelease", "admin", path={"id": item["id"]}, version=item["etag"])


async def _create_bill(seeds: Seeds) -> Call:
    return Call("createBill", "officer", body=seeds.money.levied())


async def _levy_receipt(seeds: Seeds) -> Call:
    bill = await seeds.money.receipted()
    found = await seeds.done(Call("getBillReceipt", path={"number": bill["number"]}))
    return Call("getLevyReceipt", path={"number": found["number"]}, query={"seal": found["seal"]})


async def _check_receipt(seeds: Seeds) -> Call:
    return Call("checkLevyReceipt", body=seeds.api.example("checkLevyReceipt"))


async def _create_merchant(seeds: Seeds) -> Call:
    await seeds.money.business(active=False)  # makes room, too
    return Call("createMerchant", "citizen", body=seeds.api.example("createMerchant"))


async def _activate(seeds: Seeds) -> Call:
    merchant = await seeds.money.business(active=False)
    return Call("activateMerchant", "office", path={"id": merchant["id"]}, body=acquired(), version=merchant["etag"])


async def _wallet(seeds: Seeds) -> Call:
    await seeds.money.wallet()
    return Call("getWallet", "citizen")


async def _top_up(seeds: Seeds) -> Call:
    await seeds.money.wallet()
    return Call("topUpWallet", "citizen", body=seeds.api.example("topUpWallet"))


async def _freeze(seeds: Seeds) -> Call:
    account = (await seeds.money.business())["account"]
    found = await seeds.done(Call("getAccount", "treasurer", path={"id": account}))
    body = seeds.api.example("setAccountStatus")
    return Call("setAccountStatus", "treasurer", path={"id": account}, body=body, version=found["etag"])


async def _close_day(seeds: Seeds) -> Call:
    return Call("closeDay", "treasurer", path={"day": seeds.money.past_day()}, body=seeds.api.example("closeDay"))


def _acts(operation: str) -> Seed:
    """Who did what on a day that is over."""

    async def make(seeds: Seeds) -> Call:
        return Call(operation, "treasurer", path={"day": seeds.money.past_day()})

    return make


async def _reconcile(seeds: Seeds) -> Call:
    return Call("reconcileDay", "treasurer", path={"day": seeds.money.past_day()})


def _plain(operation: str, role: str) -> Seed:
    return _list(operation, role)


MONEY_SEEDS: dict[str, Seed] = {
    "createPayment": _create_payment,
    "listPayments": _list_payments,
    "getPayment": _on(Money.payment, "getPayment"),
    "presentQr": _on(Money.payment, "presentQr"),
    "getPaymentQrSvg": _on(Money.presented, "getPaymentQrSvg"),
    "getPaymentQrPng": _on(Money.presented, "getPaymentQrPng"),
    "followPayment": _on(Money.paid, "followPayment"),  # over, so that the stream ends
    "payFromWallet": _pay_from_wallet,
    "recordCash": _on(Money.payment, "recordCash", "officer"),
    "cancelPayment": _on(Money.payment, "cancelPayment", "officer", guarded=True),
    "checkRefund": _on(Money.paid, "checkRefund", "officer", query={"units": "3000"}),
    "createRefund": _on(Money.paid, "createRefund", "officer", example=True),
    "listRefunds": _list("listRefunds", "treasurer", page_size="5"),
    "approveRefund": _on(Money.refund, "approveRefund", "treasurer", guarded=True),
    "rejectRefund": _on(Money.refund, "rejectRefund", "treasurer", example=True, guarded=True),
    "listSuspense": _list("listSuspense", "treasurer", page_size="5"),
    "proposeRelease": _propose_release,
    "approveRelease": _approve_release,
    "listTariffs": _list("listTariffs"),
    "createBill": _create_bill,
    "listBills": _list("listBills", "officer", page_size="5"),
    "getBill": _on(Money.bill, "getBill", key="number", name="number"),
    "payBill": _on(Money.bill, "payBill", key="number", name="number"),
    "cancelBill": _on(Money.bill, "cancelBill", "officer", key="number", name="number", guarded=True),
    "getBillReceipt": _on(Money.receipted, "getBillReceipt", key="number", name="number"),
    "getLevyReceipt": _levy_receipt,
    "checkLevyReceipt": _check_receipt,
    "createMerchant": _create_merchant,
    "listMerchants": _list("listMerchants", "citizen", mine="true"),
    "getMerchant": _on(Money.counter, "getMerchant", "officer"),
    "activateMerchant": _activate,
    "suspendMerchant": _on(Money.business, "suspendMerchant", "office", example=True, guarded=True),
    "closeMerchant": _on(Money.business, "closeMerchant", "citizen", guarded=True),
    "createTerminal": _on(Money.business, "createTerminal", "citizen", example=True),
    "listTakings": _on(Money.counter, "listTakings", "officer"),
    "getTakingsCsv": _on(Money.counter, "getTakingsCsv", "officer"),
    "getMerchantQrSvg": _on(Money.counter, "getMerchantQrSvg", "officer"),
    "getMerchantQrPng": _on(Money.counter, "getMerchantQrPng", "officer"),
    "createWallet": _plain("createWallet", "citizen"),
    "getWallet": _wallet,
    "topUpWallet": _top_up,
    "listAccounts": _list("listAccounts", "treasurer", page_size="5"),
    "getAccount": _on(Money.counter, "getAccount", "officer", key="account"),
    "listEntries": _on(Money.counter, "listEntries", "officer", key="account"),
    "getStatementCsv": _on(Money.counter, "getStatementCsv", "officer", key="account"),
    "setAccountStatus": _freeze,
    "checkLedger": _plain("checkLedger", "treasurer"),
    "listBatches": _list("listBatches", "treasurer", page_size="5"),
    "getBatch": _on(Money.batch, "getBatch", "officer"),
    "getBatchCsv": _on(Money.batch, "getBatchCsv", "officer"),
    "confirmPayout": _on(Money.payable, "confirmPayout", "treasurer", guarded=True),
    "closeDay": _close_day,
    "reconcileDay": _reconcile,
    "listDifferences": _list("listDifferences", "treasurer"),
    "listActs": _acts("listActs"),
    "getActsCsv": _acts("getActsCsv"),
    "listIndicators": _list("listIndicators", group="sector"),
}
"""One for each operation of economy."""
