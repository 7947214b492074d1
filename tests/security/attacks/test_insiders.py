"""Nobody decides on what is their own: every decision of staff, tried by whom it concerns.

That no decision is forgotten is derived from the contracts: each RPC by which staff change something stands below, with
a matter of the caller's own or with the reason why nobody can own it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import grpc
import pytest

from deploy.pillars import pillars
from services.economy.captures.model import Notice
from services.economy.terms import terms_of
from services.kit.caller import Caller
from services.kit.rpc.contract import rpcs_of
from smartcity.economy.v1 import ledger_pb2, levies_pb2, merchants_pb2, payments_pb2, settlement_pb2
from tests.economy.conftest import (
    MARKETS,
    TREASURER_2,
    Economy,
    RefusedError,
    refused,
    request_id,
)
from tests.economy.merchants import cases as merchants
from tests.economy.payments.cases import Bank, City, state
from tests.fixtures.nouns import found

INSIDER = Caller("treasurer-1", frozenset({"officer", "citizen"}), "bpkad")
"""Somebody of the treasury who has a wallet and a business as well."""
OFFICER_OF_BUSINESSES = Caller("officer-dinkop-um", frozenset({"officer", "citizen"}), "dinkop-um")
ROAD_OFFICER = Caller("officer-dpu", frozenset({"officer", "citizen"}), "dpu")
VERIFIER = Caller("verifier-1", frozenset({"verifier", "citizen"}))
DAY = "2026-11-24"

Matter = Callable[[City], Awaitable[tuple[Any, Caller]]]
"""Makes a request about a matter of the caller's own."""


@pytest.fixture
def city(economy: Economy) -> City:
    """The pillar without a bank."""
    return City(economy, Bank())


async def _bought(city: City, amount: int, who: Caller = INSIDER) -> payments_pb2.Payment:
    """Something that they bought at the markets' counter, out of their wallet that a colleague filled."""
    top_up = await city.top_up(amount, who) if await city.wallet(0, who) else None
    assert top_up is not None
    await city.cash(top_up.id, TREASURER_2)
    return await city.pay((await city.ask(amount)).id, who)


async def _business(city: City, owner: Caller = INSIDER) -> merchants_pb2.Merchant:
    return await merchants.active(city.economy, owner)


async def _sale(city: City, amount: int = 600_000, owner: Caller = INSIDER) -> payments_pb2.Payment:
    """Something that a citizen bought at their business."""
    business = await _business(city, owner)
    await city.wallet(amount)
    return await city.pay((await city.ask(amount, owner, merchant=business.id)).id)


async def _cash(city: City) -> tuple[Any, Caller]:
    await city.wallet(0, INSIDER)
    made = await city.top_up(1_900_000, INSIDER)
    return payments_pb2.RecordCashRequest(request_id=request_id(), id=made.id), INSIDER


async def _refund(city: City) -> tuple[Any, Caller]:
    bought = await _bought(city, 400_000)
    return payments_pb2.CreateRefundRequest(
        request_id=request_id(), payment=bought.id, reason="Salah beli, kembalikan"
    ), INSIDER


async def _approval_of(city: City, request: Any, **more: Any) -> tuple[Any, Caller]:
    sold = await _sale(city)
    asked = await city.refund(sold.id, caller=TREASURER_2)
    assert state(asked) == "requested"
    return request(request_id=request_id(), id=asked.id, etag=asked.etag, **more), INSIDER


async def _approve(city: City) -> tuple[Any, Caller]:
    return await _approval_of(city, payments_pb2.ApproveRefundRequest)


async def _reject(city: City) -> tuple[Any, Caller]:
    return await _approval_of(city, payments_pb2.RejectRefundRequest, reason="Uangnya tidak dikembalikan")


async def _propose(city: City) -> tuple[Any, Caller]:
    await city.notice(Notice("REF-LOST", "", 5_000, "IDR"))
    (item,) = await city.suspense()
    target = (await _business(city)).id
    return payments_pb2.ProposeReleaseRequest(
        request_id=request_id(), id=item.id, etag=item.etag, target=target, note="Ini uang usaha saya"
    ), INSIDER


async def _release(city: City) -> tuple[Any, Caller]:
    await city.notice(Notice("REF-LOST", "", 5_000, "IDR"))
    (item,) = await city.suspense()
    item = await city.propose(item, (await _business(city)).id, TREASURER_2)
    return payments_pb2.ApproveReleaseRequest(request_id=request_id(), id=item.id, etag=item.etag), INSIDER


async def _payout(city: City) -> tuple[Any, Caller]:
    await _sale(city)
    closing = settlement_pb2.CloseDayRequest(request_id=request_id(), day=DAY, early=True)
    await city.economy.call("SettlementService.CloseDay", closing, TREASURER_2)
    listed = await city.economy.call("SettlementService.ListBatches", settlement_pb2.ListBatchesRequest(), TREASURER_2)
    (batch,) = [each for each in listed.batches if each.state == settlement_pb2.BATCH_STATE_CLOSED]
    return settlement_pb2.ConfirmPayoutRequest(request_id=request_id(), id=batch.id, etag=batch.etag), INSIDER


async def _account(city: City) -> tuple[Any, Caller]:
    wallet = str(await city.wallet(0, INSIDER))
    found = await city.economy.call("LedgerService.GetAccount", ledger_pb2.GetAccountRequest(id=wallet), INSIDER)
    status = ledger_pb2.ACCOUNT_STATUS_OPEN
    return ledger_pb2.SetAccountStatusRequest(
        request_id=request_id(), id=wallet, etag=found.account.etag, status=status
    ), INSIDER


async def _activation(city: City) -> tuple[Any, Caller]:
    applied = await merchants.applied(city.economy, OFFICER_OF_BUSINESSES)
    return merchants_pb2.ActivateMerchantRequest(
        request_id=request_id(), id=applied.id, etag=applied.etag, nmid=merchants.NMID, pan=merchants.PAN
    ), OFFICER_OF_BUSINESSES


async def _suspension(city: City) -> tuple[Any, Caller]:
    applied = await merchants.applied(city.economy, OFFICER_OF_BUSINESSES)
    return merchants_pb2.SuspendMerchantRequest(
        request_id=request_id(), id=applied.id, etag=applied.etag, reason=merchants.REASON
    ), OFFICER_OF_BUSINESSES


OWN: dict[str, Matter] = {
    "PaymentService.RecordCash": _cash,
    "PaymentService.CreateRefund": _refund,
    "PaymentService.ApproveRefund": _approve,
    "PaymentService.RejectRefund": _reject,
    "PaymentService.ProposeRelease": _propose,
    "PaymentService.ApproveRelease": _release,
    "SettlementService.ConfirmPayout": _payout,
    "LedgerService.SetAccountStatus": _account,
    "MerchantService.ActivateMerchant": _activation,
    "MerchantService.SuspendMerchant": _suspension,
}
"""Economy's decisions, each with a matter of one's own."""
OF_CASES = {
    "ComplaintService.TransitionComplaint",
    "ComplaintService.ReleaseComplaint",
    "ComplaintService.ReviewEvidence",
    "ComplaintService.CorrectComplaint",
    "ComplaintService.RateComplaint",
    "RedactionService.ApproveRedaction",
}
"""Governance's decisions, tried below."""
NOBODY_OWNS = {
    "ComplaintService.CreateComplaint": "reporting is everybody's right",
    "ComplaintService.JoinComplaint": "reporting is everybody's right",
    "ComplaintService.ReopenComplaint": "the reporter's own right; it decides nothing for the city",
    "ComplaintService.ReplyComplaint": "the reporter's own right",
    "ComplaintService.WithdrawComplaint": "the reporter's own right",
    "RedactionService.RedactComplaint": "one's own words are one's own to take out; staff need a second person",
    "RedactionService.ForgetErasedFiles": "takes note that files are gone",
    "MailService.ConfirmAddress": "whoever holds the link",
    "MailService.Unsubscribe": "whoever holds the link",
    "MailService.ReportBounce": "takes note of what the mail server says",
    "MailService.RequestConfirmation": "whoever holds the link key",
    "MailService.CorrectAddress": "whoever holds the link key",
    "MailService.RequestMailLink": "whoever holds the link key",
    "MailService.RequestMyLinks": "sends to a confirmed address alone",
    "MailService.RecoverLinkKey": "whoever holds the link",
    "MailService.EndMailLinks": "whoever holds the link",
    "ContactService.GetContact": "reads; one's own contact is one's own to read",
    "ContactService.EraseContact": "erasing one's own contact is a right",
    "PhotoService.CreatePhoto": "no evidence of their own, test_nobody_closes_their_own_report_by_way_of_the_cleanup",
    "LevyService.CreateBill": "a bill names a stall or lot, never a person, and can only cost its payer",
    "LevyService.PayBill": "paying is everybody's right",
    "LevyService.CancelBill": "a bill names no person: who will pay it is not known before it is paid",
    "MerchantService.CloseMerchant": "ending one's own business is the owner's right; its account must be empty",
    "MerchantService.CreateTerminal": "the owner's own tills",
    "PaymentService.CreatePayment": "asks for money, gives none",
    "PaymentService.PresentQr": "shows how to pay",
    "PaymentService.CancelPayment": "only what nobody has paid",
    "SettlementService.CloseDay": "businesses of the caller's own wait for the night: tried below",
    "SettlementService.ReconcileDay": "what the bank's report says is not the caller's to choose",
    **found("rows", "NOBODY_OWNS"),
}
"""What staff may change, and why it is no decision on a matter of somebody's own; newer nouns say it with their own
tests."""


def test_every_change_by_staff_is_tried_by_whom_it_concerns_or_says_why_it_concerns_nobody() -> None:
    staff = {"officer", "verifier", "admin"}
    changes = {
        f"{service.name}.{one.method.name}"
        for pillar in pillars().values()
        for service in pillar.served()
        for one in rpcs_of(service)
        if (one.is_write or one.leaves_record) and staff & one.scopes().keys()
    }
    assert changes == {*OWN, *OF_CASES, *NOBODY_OWNS}, "give each decision a matter of the caller's own"


@pytest.mark.parametrize("rpc", OWN)
async def test_nobody_of_the_city_decides_on_their_own_money(city: City, rpc: str) -> None:
    request, caller = await OWN[rpc](city)
    before = await _balances(city)
    with pytest.raises(RefusedError) as caught:
        await city.economy.call(rpc, request, caller)
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.PERMISSION_DENIED, "OWN_MATTER")
    assert "somebody else" in caught.value.message
    assert await _balances(city) == before


async def test_an_administrator_is_no_exception(city: City) -> None:
    admin = Caller("admin-1", frozenset({"admin", "citizen"}))
    await city.wallet(0, admin)
    with refused("OWN_MATTER"):
        await city.cash((await city.top_up(1_000, admin)).id, admin)


async def test_a_colleague_may_do_what_the_insider_may_not(city: City) -> None:
    await city.wallet(0, INSIDER)
    await city.cash((await city.top_up(1_900_000, INSIDER)).id, TREASURER_2)
    bought = await city.pay((await city.ask(400_000)).id, INSIDER)
    assert state(await city.refund(bought.id, caller=MARKETS)) == "done"


async def test_a_refund_of_one_s_own_is_not_said_to_be_possible(city: City) -> None:
    bought = await _bought(city, 400_000)
    verdict = await city.check(bought.id, caller=INSIDER)
    assert (verdict.possible, verdict.reason, verdict.most.units) == (False, "OWN_MATTER", 0)


async def test_a_refund_of_one_s_own_is_offered_to_a_colleague_alone(city: City) -> None:
    bought = await _bought(city, 900_000)
    await city.refund(bought.id, caller=MARKETS)
    for caller, own in ((INSIDER, True), (TREASURER_2, False)):
        assert [each.own for each in await city.refunds(caller=caller)] == [own]


async def test_an_owner_gives_back_to_customers_and_not_to_the_own_wallet(city: City) -> None:
    sold = await _sale(city, 10_000)
    assert state(await city.refund(sold.id, 4_000, INSIDER)) == "done"
    await city.wallet(0, INSIDER)
    await city.cash((await city.top_up(10_000, INSIDER)).id, TREASURER_2)
    own = await city.ask(10_000, INSIDER, merchant=sold.merchant)
    with refused("OWN_MATTER"):
        await city.refund((await city.pay(own.id, INSIDER)).id, caller=INSIDER)


async def test_nobody_hurries_the_payout_of_the_own_business(city: City) -> None:
    sold = await _sale(city)
    request = settlement_pb2.CloseDayRequest(request_id=request_id(), day=DAY, early=True)
    closed = await city.economy.call("SettlementService.CloseDay", request, INSIDER)
    assert closed.batches == 0
    request = settlement_pb2.CloseDayRequest(request_id=request_id(), day=DAY, early=True)
    closed = await city.economy.call("SettlementService.CloseDay", request, TREASURER_2)
    assert (closed.batches, closed.net.units) == (1, sold.amount.units)


# Many small refunds.


async def test_the_parts_of_one_bill_count_together_against_the_limit(city: City) -> None:
    limit = terms_of(city.economy.runtime.city).refund_alone
    bill = await city.economy.call(
        "LevyService.CreateBill",
        levies_pb2.CreateBillRequest(
            request_id=request_id(), tariff="pasar-kios", object="Pasar Johar, kios B-12", period="2026-11",
            quantity=2400, area="33.74.01.1010",
        ),
        MARKETS,
    )  # fmt: skip
    asked = await city.economy.call(
        "LevyService.PayBill", levies_pb2.PayBillRequest(request_id=request_id(), number=bill.bill.number), MARKETS
    )
    assert asked.payment.amount.units > 2 * limit
    await city.cash(asked.payment.id)
    assert state(await city.refund(asked.payment.id, limit // 2)) == "done"
    assert state(await city.refund(asked.payment.id, limit // 2)) == "done"
    third = await city.refund(asked.payment.id, 1)
    assert state(third) == "requested"


async def _paid(city: City, amount: int, many: int) -> list[str]:
    return [(await city.cash((await city.ask(amount)).id)).id for _ in range(many)]


async def test_what_an_officer_gives_back_alone_on_one_day_has_a_cap(city: City) -> None:
    terms = terms_of(city.economy.runtime.city)
    many = terms.refund_alone_day // terms.refund_alone
    for paid in await _paid(city, terms.refund_alone, many):
        assert state(await city.refund(paid)) == "done"
    (more, other) = await _paid(city, 1_000, 2)
    assert (await city.check(more)).needs_approval
    assert state(await city.refund(more)) == "requested"
    assert state(await city.refund(other, caller=Caller("officer-2", MARKETS.roles, MARKETS.agency))) == "done"
    city.economy.pass_time(hours=15)  # midnight in the city has passed
    (next_day,) = await _paid(city, 1_000, 1)
    assert state(await city.refund(next_day)) == "done"


async def test_refunds_at_the_same_moment_do_not_pass_the_cap_together(city: City) -> None:
    terms = terms_of(city.economy.runtime.city)
    fits = terms.refund_alone_day // terms.refund_alone
    payments = await _paid(city, terms.refund_alone, fits + 4)
    made = await asyncio.gather(*(city.refund(each) for each in payments))
    assert sorted(map(state, made)) == ["done"] * fits + ["requested"] * 4


async def test_an_owner_s_own_money_has_no_daily_cap(city: City) -> None:
    terms = terms_of(city.economy.runtime.city)
    business = await _business(city)
    for _ in range(terms.refund_alone_day // terms.refund_alone + 1):
        await city.wallet(terms.refund_alone)
        sold = await city.pay((await city.ask(terms.refund_alone, INSIDER, merchant=business.id)).id)
        assert state(await city.refund(sold.id, caller=INSIDER)) == "done"
        await city.pay((await city.ask(terms.refund_alone)).id)


async def _balances(city: City) -> dict[UUID, int]:
    rows = await city.economy.runtime.pool.fetch("SELECT id, balance FROM account")
    return {row["id"]: row["balance"] for row in rows}
