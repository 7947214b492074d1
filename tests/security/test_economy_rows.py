"""Who may act on whose money: every RPC of economy that is narrower than "anybody", as whom it concerns and as others.

That no RPC is forgotten is derived from the pillar's tables.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import grpc
import pytest

from services.economy.captures.model import Notice
from services.economy.pillar import PILLAR
from services.economy.resources import resources
from services.kit.caller import Caller, Scope
from services.kit.rpc.contract import rpcs_of
from smartcity.economy.v1 import ledger_pb2, levies_pb2, merchants_pb2, payments_pb2, settlement_pb2
from tests.economy.conftest import (
    ADMIN,
    BUSINESS_OFFICE,
    MARKETS,
    OWNER,
    TREASURER,
    TREASURER_2,
    Economy,
    RefusedError,
    officer,
    request_id,
)
from tests.economy.merchants import cases as merchants
from tests.economy.payments.cases import Bank, City, rupiah
from tests.economy.permits.applying import Applying
from tests.economy.settlement.cases import ReportingBank, Treasury, differing
from tests.fixtures.nouns import found

BUDI, DPU = Caller("citizen-budi", frozenset({"citizen"})), officer("dpu")
VERIFIER = Caller("verifier-1", frozenset({"verifier"}))
KEPT_OUT = {grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNAUTHENTICATED}
DAY = "2026-11-24"

Make = Callable[[City], Awaitable[Any]]


@dataclass(frozen=True)
class Row:
    """A good request, whom it concerns, and others who must be kept out besides a citizen and an unrelated agency."""

    make: Make
    concerned: Caller
    others: tuple[Caller, ...] = ()


async def _payment(city: City) -> Any:
    return await city.ask(900_000)


async def _paid(city: City) -> Any:
    return await city.cash((await city.ask(900_000)).id)


async def _refund(city: City) -> Any:
    return await city.refund((await _paid(city)).id)


async def _suspended(city: City) -> Any:
    await city.notice(Notice("REF-LOST", "", 5_000, "IDR"))
    return (await city.suspense())[0]


async def _business(city: City) -> Any:
    return await merchants.active(city.economy)


async def _account(city: City) -> str:
    return str((await _business(city)).account)


async def _sold(city: City) -> str:
    """The business's id, after a sale and the end of the day."""
    business = await city.business()
    await city.wallet(100_000)
    await city.pay((await city.ask(50_000, OWNER, merchant=business)).id)
    request = settlement_pb2.CloseDayRequest(request_id=request_id(), day=DAY, early=True)
    await city.economy.call("SettlementService.CloseDay", request, TREASURER)
    return business


async def _batch(city: City) -> Any:
    request = settlement_pb2.ListBatchesRequest(merchant=await _sold(city))
    return (await city.economy.call("SettlementService.ListBatches", request, TREASURER)).batches[0]


async def _bill(city: City) -> Any:
    request = levies_pb2.CreateBillRequest(request_id=request_id(), **_A_BILL)
    return (await city.economy.call("LevyService.CreateBill", request, MARKETS)).bill


_A_BILL: dict[str, Any] = {
    "tariff": "pasar-kios",
    "object": "Pasar Johar, kios B-12",
    "period": "2026-11",
    "quantity": 6,
    "area": "33.74.01.1010",
}


def on(request: Any, thing: Callable[[City], Awaitable[Any]] | None = None, name: str = "id", **fields: Any) -> Make:
    """Makes the request about a thing: its id, or itself if it is text, in the field ``name``; its version beside."""

    async def make(city: City) -> Any:
        known = request.DESCRIPTOR.fields_by_name
        values = dict(fields)
        if "request_id" in known:
            values["request_id"] = request_id()
        if thing is not None:
            found = await thing(city)
            values[name] = found if isinstance(found, str) else found.number if name == "number" else found.id
            if "etag" in known:
                values["etag"] = "1" if isinstance(found, str) else found.etag
        return request(**values)

    return make


async def _release(city: City) -> Any:
    item = await city.propose(await _suspended(city), await city.counter())
    return payments_pb2.ApproveReleaseRequest(request_id=request_id(), id=item.id, etag=item.etag)


async def _proposal(city: City) -> Any:
    item = await _suspended(city)
    return payments_pb2.ProposeReleaseRequest(
        request_id=request_id(), id=item.id, etag=item.etag, target=await city.counter(), note="Kata bank milik pasar"
    )


async def _new_payment(city: City) -> Any:
    counter = await city.counter()
    return payments_pb2.CreatePaymentRequest(request_id=request_id(), merchant=counter, amount=rupiah(1_000))


async def _resting(city: City) -> Any:
    business = await _business(city)
    permit = await Applying(city.economy.served).granted(caller=OWNER)
    return merchants_pb2.UpdateMerchantPermitRequest(
        request_id=request_id(), id=business.id, etag=business.etag, permit=permit.code
    )


async def _applied(city: City) -> Any:
    return await merchants.applied(city.economy)


def _counter(city: City) -> Awaitable[str]:
    return city.counter()


def _own_business(city: City) -> Awaitable[str]:
    return city.business()


_P, _M, _L, _S = payments_pb2, merchants_pb2, ledger_pb2, settlement_pb2
_OFFICES = (TREASURER, BUSINESS_OFFICE)
_NO_TREASURY = (MARKETS, OWNER, BUSINESS_OFFICE)
_WHY = {"reason": "Alamat usaha tidak sesuai."}
ROWS: dict[str, Row] = {
    "PaymentService.CreatePayment": Row(_new_payment, MARKETS, (OWNER, *_OFFICES)),
    "PaymentService.ListPayments": Row(on(_P.ListPaymentsRequest, _counter, "merchant"), MARKETS, (OWNER,)),
    "PaymentService.RecordCash": Row(on(_P.RecordCashRequest, _payment), MARKETS, (OWNER, *_OFFICES)),
    "PaymentService.CancelPayment": Row(on(_P.CancelPaymentRequest, _payment), MARKETS, (OWNER, *_OFFICES)),
    "PaymentService.CheckRefund": Row(on(_P.CheckRefundRequest, _paid, "payment"), MARKETS, (OWNER,)),
    "PaymentService.CreateRefund": Row(on(_P.CreateRefundRequest, _paid, "payment", **_WHY), MARKETS, (OWNER,)),
    "PaymentService.ApproveRefund": Row(on(_P.ApproveRefundRequest, _refund), TREASURER, (OWNER, BUSINESS_OFFICE)),
    "PaymentService.RejectRefund": Row(on(_P.RejectRefundRequest, _refund, **_WHY), TREASURER, (BUSINESS_OFFICE,)),
    "PaymentService.ProposeRelease": Row(_proposal, TREASURER, _NO_TREASURY),
    "PaymentService.ApproveRelease": Row(_release, TREASURER_2, _NO_TREASURY),
    "MerchantService.GetMerchant": Row(on(_M.GetMerchantRequest, _business), OWNER, (MARKETS,)),
    "MerchantService.ActivateMerchant": Row(
        on(_M.ActivateMerchantRequest, _applied, nmid="ID1020304050607", pan="9360000812345678905"),
        BUSINESS_OFFICE, (OWNER, MARKETS, TREASURER),
    ),
    "MerchantService.SuspendMerchant": Row(
        on(_M.SuspendMerchantRequest, _business, **_WHY), BUSINESS_OFFICE, (OWNER, MARKETS, TREASURER)
    ),
    "MerchantService.CloseMerchant": Row(on(_M.CloseMerchantRequest, _business), OWNER, (MARKETS,)),
    "MerchantService.UpdateMerchantPermit": Row(_resting, OWNER, (MARKETS, BUSINESS_OFFICE)),
    "MerchantService.CreateTerminal": Row(
        on(_M.CreateTerminalRequest, _business, "merchant", terminal=_M.Terminal(label="T9")), OWNER, (MARKETS,)
    ),
    "MerchantService.ListTakings": Row(on(_M.ListTakingsRequest, _own_business, "merchant"), OWNER, (MARKETS,)),
    "MerchantService.GetStaticQr": Row(on(_M.GetStaticQrRequest, _own_business, "merchant"), OWNER, (MARKETS,)),
    "LedgerService.GetAccount": Row(on(_L.GetAccountRequest, _account), OWNER, (MARKETS,)),
    "LedgerService.ListEntries": Row(on(_L.ListEntriesRequest, _account, "account"), OWNER, (MARKETS,)),
    "LedgerService.SetAccountStatus": Row(
        on(_L.SetAccountStatusRequest, _account, status=_L.ACCOUNT_STATUS_FROZEN), TREASURER, _NO_TREASURY
    ),
    "LedgerService.CheckLedger": Row(on(_L.CheckLedgerRequest), TREASURER, _NO_TREASURY),
    "LevyService.CreateBill": Row(on(levies_pb2.CreateBillRequest, **_A_BILL), MARKETS, _OFFICES),
    "LevyService.CancelBill": Row(on(levies_pb2.CancelBillRequest, _bill, "number"), MARKETS, (BUSINESS_OFFICE,)),
    "SettlementService.GetBatch": Row(on(_S.GetBatchRequest, _batch), OWNER, (MARKETS,)),
    "SettlementService.ConfirmPayout": Row(on(_S.ConfirmPayoutRequest, _batch), TREASURER, _NO_TREASURY),
    "SettlementService.CloseDay": Row(on(_S.CloseDayRequest, day="2026-11-23"), TREASURER, _NO_TREASURY),
    "SettlementService.ReconcileDay": Row(on(_S.ReconcileDayRequest, day="2026-11-23"), TREASURER, _NO_TREASURY),
}  # fmt: skip
"""Every RPC that names somebody's money, with whom it concerns."""
LISTS: dict[str, tuple[Callable[[], Any], Callable[[City], Awaitable[Any]], Caller]] = {
    "MerchantService.ListMerchants": (_M.ListMerchantsRequest, _sold, OWNER),
    "PaymentService.ListRefunds": (_P.ListRefundsRequest, _refund, TREASURER),
    "PaymentService.CheckRefunds": (_P.CheckRefundsRequest, _paid, MARKETS),
    "SettlementService.ListActs": (partial(_S.ListActsRequest, day=DAY), _paid, TREASURER),
    "PaymentService.ListSuspense": (_P.ListSuspenseRequest, _suspended, TREASURER),
    "LedgerService.ListAccounts": (_L.ListAccountsRequest, _sold, TREASURER),
    "LevyService.ListBills": (levies_pb2.ListBillsRequest, _bill, MARKETS),
    "SettlementService.ListBatches": (_S.ListBatchesRequest, _sold, OWNER),
    "SettlementService.ListDifferences": (_S.ListDifferencesRequest, _sold, TREASURER),
}
OWN = {
    *("MerchantService.CreateMerchant", "PaymentService.PayFromWallet"),
    *("WalletService.CreateWallet", "WalletService.GetWallet", "WalletService.TopUpWallet"),
}
"""What everybody does with their own: there is no other's to name."""
SEEN_BY_ALL = {"PaymentService.GetPayment", "PaymentService.PresentQr"}
"""For whoever has the id or code; how much they see is tested with the payments."""


@pytest.fixture
def city(economy: Economy) -> City:
    """The pillar without a bank."""
    return City(economy, Bank())


def test_the_walk_covers_every_row_that_is_narrower_than_any() -> None:
    narrow = {
        f"{service.name}.{one.method.name}"
        for service in PILLAR.served()
        for one in rpcs_of(service)
        if set(one.scopes().values()) - {Scope.ANY}
    }
    nouns = found("rows", "ROWS", "economy")
    assert narrow == {*ROWS, *LISTS, *OWN, *SEEN_BY_ALL, *nouns}, "give each row a test"


async def _told(city: City, rpc: str, request: Any, caller: Caller) -> tuple[Any, str]:
    try:
        await city.economy.call(rpc, request, caller)
    except RefusedError as error:
        return error.code, error.reason
    return grpc.StatusCode.OK, ""


@pytest.mark.parametrize("rpc", ROWS)
async def test_others_are_kept_out_and_whom_it_concerns_is_let_in(city: City, rpc: str) -> None:
    row = ROWS[rpc]
    request = await row.make(city)
    for other in (BUDI, DPU, VERIFIER, *row.others):
        code, reason = await _told(city, rpc, request, other)
        assert code in KEPT_OUT, f"{other.subject} of {other.agency or 'no agency'}: {code} {reason}"
    assert await _told(city, rpc, request, row.concerned) == (grpc.StatusCode.OK, "") or rpc in _NEEDS_A_BANK


_NEEDS_A_BANK = {"SettlementService.ReconcileDay"}
"""Let in, and then told that no bank is connected."""


async def _seen(city: City, rpc: str, request: Any, caller: Caller) -> Any:
    """The answer; for who is kept out, an empty request, in which nothing stands."""
    try:
        return await city.economy.call(rpc, request, caller)
    except RefusedError as error:
        if error.code not in KEPT_OUT:
            raise
        return type(request)()


@pytest.mark.parametrize("rpc", LISTS)
async def test_a_list_holds_nothing_of_others(city: City, rpc: str) -> None:
    request, make, concerned = LISTS[rpc]
    await make(city)
    for other in (BUDI, DPU):
        found = await _seen(city, rpc, request(), other)
        assert not any(value for _, value in found.ListFields()), f"{other.subject} sees {found}"
    for who in (concerned, ADMIN):
        code, reason = await _told(city, rpc, request(), who)
        assert code is grpc.StatusCode.OK, reason


async def _despite(city: City) -> Any:
    """A payout in spite of differences that an administrator asked for."""
    economy, bank = city.economy, ReportingBank()
    resources(economy.runtime).provider = bank
    try:
        treasury = Treasury(City(economy, bank), bank)
        asked = await treasury.confirm(await differing(treasury), ADMIN, despite=_WHY["reason"])
    finally:
        resources(economy.runtime).provider = None
    request = _S.ConfirmPayoutRequest(request_id=request_id(), id=asked.id, etag=asked.etag)
    request.despite = asked.despite.reason
    return request


@pytest.mark.parametrize(
    "rpc", ["PaymentService.ApproveRefund", "PaymentService.ApproveRelease", "SettlementService.ConfirmPayout"]
)
async def test_nobody_is_their_own_second_person(city: City, rpc: str) -> None:
    if rpc.endswith("Release"):
        request, first = await _release(city), TREASURER
    elif rpc.endswith("Payout"):
        request, first = await _despite(city), ADMIN
    else:
        paid = await city.cash((await city.ask(900_000)).id)
        refund = await city.refund(paid.id, caller=ADMIN)
        request, first = (
            payments_pb2.ApproveRefundRequest(request_id=request_id(), id=refund.id, etag=refund.etag),
            ADMIN,
        )
    code, reason = await _told(city, rpc, request, first)
    assert (code, reason) == (grpc.StatusCode.PERMISSION_DENIED, "SECOND_PERSON_REQUIRED")
