"""Wallets: one each, filled by QRIS or in cash, never beyond the limit, and off where a city has none."""

import asyncio
from datetime import UTC
from typing import Any

import pytest

from services.economy.captures.model import Outcome
from services.kit.caller import Caller
from services.kit.city import load_city
from smartcity.economy.v1 import ledger_pb2
from smartcity.economy.v1 import wallets_pb2 as pb
from smartcity.types.v1.money_pb2 import Money
from tests.economy.conftest import ADMIN, ANONYMOUS, CITIZEN, MARKETS, OWNER, TREASURER, refused, request_id
from tests.economy.ledger.test_reading import entries
from tests.economy.payments.cases import City, rupiah, state


async def get(city: City, caller: Caller = CITIZEN) -> pb.Wallet:
    """Reads the caller's wallet."""
    answer = await city.economy.call("WalletService.GetWallet", pb.GetWalletRequest(), caller)
    wallet: pb.Wallet = answer.wallet
    return wallet


async def test_a_citizen_opens_one_wallet_however_often_it_is_asked_for(city: City) -> None:
    first = await city.wallet()
    assert set(await asyncio.gather(*(city.wallet() for _ in range(10)))) == {first}
    assert await city.wallet(caller=OWNER) != first
    assert await city.economy.runtime.pool.fetchval("SELECT count(*) FROM account WHERE kind = 'wallet'") == 2


async def test_many_who_open_the_first_wallet_at_once_get_the_same(city: City) -> None:
    assert len(set(await asyncio.gather(*(city.wallet() for _ in range(10))))) == 1


async def test_a_wallet_shows_what_is_on_it_and_the_most_there_may_be(city: City) -> None:
    account = await city.wallet(30_000)
    wallet = await get(city)
    assert (wallet.account, wallet.balance, wallet.available) == (str(account), rupiah(30_000), rupiah(30_000))
    assert (wallet.limit, wallet.frozen) == (rupiah(2_000_000), False)


async def test_a_wallet_tells_which_top_ups_wait_for_their_money(city: City) -> None:
    await city.wallet(30_000)
    waits = await city.top_up(12_500)
    await city.cancel(await city.top_up(9_000), CITIZEN)
    (one,) = (await get(city)).waiting
    assert (one.payment, one.code, one.amount) == (waits.id, waits.code, rupiah(12_500))
    assert one.expire_time == waits.expire_time


async def test_nobody_is_told_what_waits_for_the_wallet_of_another(city: City) -> None:
    await city.wallet()
    await city.top_up(12_500)
    await city.wallet(caller=OWNER)
    assert list((await get(city, OWNER)).waiting) == []


async def test_a_top_up_whose_time_is_over_waits_no_more(city: City) -> None:
    await city.wallet()
    made = await city.top_up(12_500)
    city.economy.served.now = made.expire_time.ToDatetime(UTC)
    assert list((await get(city)).waiting) == []


async def test_a_statement_says_what_was_paid_for_to_whose_wallet_it_is_and_to_nobody_else(city: City) -> None:
    account = str(await city.wallet(100_000))
    await city.pay((await city.ask(12_000, description="2 lumpia")).id)
    for caller, told in ((CITIZEN, [("sale", "2 lumpia"), ("top-up", "")]), (TREASURER, [("", "")] * 2)):
        found = await entries(city.economy, caller, account=account)
        assert [(one.purpose, one.description) for one in found.entries] == told


async def test_who_has_none_is_told_so(city: City) -> None:
    with refused("WALLET_NOT_FOUND"):
        await get(city)
    with refused("WALLET_NOT_FOUND"):
        await city.top_up(10_000)


@pytest.mark.parametrize(("caller", "reason"), [(ANONYMOUS, "LOGIN_REQUIRED"), (MARKETS, "ROLE_NOT_ALLOWED")])
async def test_only_citizens_have_wallets(city: City, caller: Caller, reason: str) -> None:
    with refused(reason):
        await city.wallet(caller=caller)


async def test_a_top_up_in_cash_is_taken_by_the_treasury_alone(city: City) -> None:
    account = await city.wallet()
    payment = await city.top_up(50_000)
    assert (payment.merchant, payment.purpose, payment.merchant_name) == ("", "top-up", "")
    with refused("TREASURY_ONLY"):
        await city.cash(payment.id, MARKETS)
    assert state(await city.cash(payment.id, TREASURER)) == "captured"
    assert (await city.balance(account), await city.balance("cash")) == (50_000, -50_000)
    assert await city.adds_up()


async def test_a_top_up_may_not_exceed_the_limit(city: City) -> None:
    account = await city.wallet(1_500_000)
    with refused("LIMIT_EXCEEDED"):
        await city.top_up(500_001)
    first, second = await city.top_up(500_000), await city.top_up(1)
    await city.cash(first.id, TREASURER)
    with refused("LIMIT_EXCEEDED"):
        await city.cash(second.id, TREASURER)
    assert await city.balance(account) == 2_000_000


async def test_its_holder_cancels_a_top_up(city: City) -> None:
    await city.wallet()
    payment = await city.top_up(1_000)
    with refused("PAYMENT_OF_OTHERS"):
        await city.cancel(payment, OWNER)
    assert state(await city.cancel(payment, CITIZEN)) == "cancelled"


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (None, "AMOUNT_MISSING"),
        (Money(), "CURRENCY_UNKNOWN"),
        (Money(currency="idr", units=5), "CURRENCY_UNKNOWN"),
        (Money(currency="IDR"), "AMOUNT_INVALID"),
        (rupiah(-5), "AMOUNT_INVALID"),
        (Money(currency="EUR", units=5), "CURRENCY_UNKNOWN"),
        (rupiah(10**13), "AMOUNT_TOO_LARGE"),
    ],
)
async def test_a_bad_amount_is_refused_for_its_own_reason(city: City, amount: Any, reason: str) -> None:
    await city.wallet()
    with refused(reason):
        request = pb.TopUpWalletRequest(request_id=request_id(), amount=amount)
        await city.economy.call("WalletService.TopUpWallet", request, CITIZEN)


async def test_a_frozen_wallet_is_neither_filled_nor_used(city: City) -> None:
    account = await city.wallet(50_000)
    waiting, payment = await city.top_up(1_000), await city.ask(1_000)
    found = await city.economy.call("LedgerService.GetAccount", ledger_pb2.GetAccountRequest(id=str(account)), ADMIN)
    request = ledger_pb2.SetAccountStatusRequest(
        request_id=request_id(), id=str(account), etag=found.account.etag, status=ledger_pb2.ACCOUNT_STATUS_FROZEN
    )
    await city.economy.call("LedgerService.SetAccountStatus", request, TREASURER)
    assert (await get(city)).frozen
    with refused("ACCOUNT_FROZEN"):
        await city.top_up(1_000)
    with refused("ACCOUNT_FROZEN"):
        await city.cash(waiting.id, TREASURER)
    with refused("ACCOUNT_FROZEN"):
        await city.pay(payment.id)
    shown = await city.present(waiting.id)
    assert await city.notice(city.bank.pay(shown.code)) is Outcome.SUSPENDED
    assert await city.balance(account) == 50_000


async def test_a_city_without_wallets_says_so_everywhere(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    await city.wallet(50_000)
    payment = await city.ask(1_000)
    with monkeypatch.context() as there:
        there.setattr(city.economy.runtime, "city", load_city("kabupaten-semarang"))
        await _is_off(city, payment.id)
    assert state(await city.pay(payment.id)) == "captured"


async def _is_off(city: City, payment: str) -> None:
    with refused("WALLETS_OFF"):
        await city.wallet()
    with refused("WALLETS_OFF"):
        await get(city)
    with refused("WALLETS_OFF"):
        await city.top_up(1_000)
    with refused("WALLETS_OFF"):
        await city.pay(payment)
