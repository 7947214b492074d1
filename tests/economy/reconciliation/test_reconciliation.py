"""The bank's report against our books: each difference found once, what can be mended mended."""

from dataclasses import replace
from datetime import date

import pytest

from services.economy.captures.model import Notice
from services.economy.ledger.model import city_account
from services.economy.reconciliation import timers
from services.economy.resources import resources
from smartcity.economy.v1 import events_pb2
from tests.economy.conftest import MARKETS, OWNER, refused, request_id
from tests.economy.merchants.cases import NMID
from tests.economy.payments.cases import set_status
from tests.economy.payments.cases import state as payment_state
from tests.economy.settlement.cases import TODAY, Treasury, kind


async def test_equal_books_have_no_differences(treasury: Treasury) -> None:
    paid = [await treasury.city.paid(amount) for amount in (50_000, 20_000)]
    treasury.reports(*(treasury.line(one.code, one.amount.units) for one in paid))
    treasury.at(1, 0)
    assert await treasury.reconcile() == (2, 2, 0)
    assert await treasury.differences() == []


async def test_money_that_only_the_bank_knows_of_is_captured(treasury: Treasury) -> None:
    shown = await treasury.city.shown()
    treasury.bank.pay(shown.code)
    treasury.reports(treasury.line(shown.code))
    treasury.at(0, 5)
    assert await treasury.reconcile() == (1, 0, 0)
    (found,) = await treasury.differences()
    assert (kind(found), found.mended, found.payment_code) == ("only_bank", True, shown.code)
    assert (found.bank.units, found.HasField("here"), found.day) == (50_000, False, TODAY)
    assert payment_state(await treasury.city.get(shown.id)) == "captured"
    assert await treasury.reconcile() == (1, 1, 0)
    # Captured on the 25th, and in the report of the 24th: not missing there.
    treasury.at(1, 0, 26)
    assert await treasury.reconcile("2026-11-25") == (0, 0, 0)


async def test_money_that_came_too_late_is_in_suspense_and_stays_open(treasury: Treasury) -> None:
    shown = await treasury.city.shown()
    await treasury.city.cancel(shown)
    treasury.reports(treasury.line(shown.code), treasury.line("", provider_reference="STATIC-1", amount=7_000))
    treasury.at(1, 0)
    assert await treasury.reconcile() == (2, 0, 2)
    assert {(kind(one), one.mended, one.bank.units) for one in await treasury.differences()} == {
        ("only_bank", False, 50_000),
        ("only_bank", False, 7_000),
    }
    assert {item.amount.units for item in await treasury.city.suspense()} == {50_000, 7_000}
    assert await treasury.city.adds_up()


@pytest.mark.parametrize("kept", ["suspense", "clearing"])
async def test_money_that_cannot_be_taken_now_is_found_again_when_it_can(treasury: Treasury, kept: str) -> None:
    city = treasury.city
    shown = await city.shown(20_000)
    treasury.bank.pay(shown.code)
    treasury.reports(
        treasury.line("", provider_reference="STATIC-1", amount=7_000), treasury.line(shown.code, amount=20_000)
    )
    treasury.at(0, 5)
    await set_status(city, city_account(kept, "IDR"), "frozen")
    taken = 0 if kept == "clearing" else 1
    assert await treasury.reconcile() == (2, 0, 2 - taken)
    assert await city.suspense() == []
    await set_status(city, city_account(kept, "IDR"), "open")
    assert await treasury.reconcile() == (2, taken, 1)
    (item,) = await city.suspense()
    assert (item.provider_reference, item.amount.units, await city.balance("suspense")) == ("STATIC-1", 7_000, 7_000)
    assert payment_state(await city.get(shown.id)) == "captured"
    assert await treasury.reconcile() == (2, 2, 1)
    assert await city.adds_up()


async def test_a_difference_is_listed_and_told_once(treasury: Treasury) -> None:
    paid = await treasury.city.paid()
    treasury.reports(treasury.line(paid.code, 40_000))
    treasury.at(1, 0)
    for _ in range(2):
        assert await treasury.reconcile() == (1, 0, 1)
    (found,) = await treasury.differences()
    assert (kind(found), found.bank.units, found.here.units, found.mended) == ("amount", 40_000, 50_000, False)
    (row,) = [row for row in await treasury.economy.outbox() if row["type"].endswith("DifferenceFound")]
    told = events_pb2.DifferenceFound.FromString(row["payload"])
    assert (told.id, told.day, row["correlation"]) == (found.id, TODAY, "reconciliation-2026-11-24")


async def test_what_differs_no_more_when_the_day_is_compared_again_is_put_right(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    missing, less = [await treasury.city.paid(50_000, caller=OWNER, merchant=shop) for _ in range(2)]
    treasury.reports(treasury.line(less.code, 40_000))
    treasury.at(1, 0)
    assert await treasury.reconcile() == (1, 0, 2)
    assert {(one.payment_code, bool(one.merchant_name)) for one in await treasury.differences()} == {
        (missing.code, True),
        (less.code, True),
    }
    treasury.reports(treasury.line(missing.code), treasury.line(less.code, 45_000))
    assert await treasury.reconcile() == (2, 1, 1)
    treasury.reports(treasury.line(missing.code), treasury.line(less.code))
    assert await treasury.reconcile() == (2, 2, 0)
    assert all(one.mended for one in await treasury.differences())


async def test_a_difference_that_comes_back_is_open_again_and_told_no_second_time(treasury: Treasury) -> None:
    paid = await treasury.city.paid()
    treasury.at(1, 0)
    for amount, open_now in ((40_000, 1), (50_000, 0), (45_000, 1)):
        treasury.reports(treasury.line(paid.code, amount))
        assert (await treasury.reconcile())[2] == open_now
    (found,) = await treasury.differences()
    assert (kind(found), found.bank.units, found.here.units, found.mended) == ("amount", 45_000, 50_000, False)
    assert len([row for row in await treasury.economy.outbox() if row["type"].endswith("DifferenceFound")]) == 1


async def test_what_the_bank_does_not_have_is_found(treasury: Treasury) -> None:
    paid = await treasury.city.paid()
    treasury.at(1, 0)
    assert await treasury.reconcile() == (0, 0, 1)
    (found,) = await treasury.differences(day=TODAY)
    assert (kind(found), found.payment_code, found.here.units) == ("only_here", paid.code, 50_000)
    assert not found.HasField("bank")


@pytest.mark.parametrize("amount", [50_000, 5_000])
async def test_what_was_given_back_under_a_payments_reference_does_not_say_that_the_bank_has_it(
    treasury: Treasury, amount: int
) -> None:
    paid = await treasury.city.paid()
    treasury.at(1, 0)
    await treasury.reconcile()
    treasury.reports(treasury.line("", provider_reference=f"REF-{paid.code}", kind="refund", amount=amount))
    assert (await treasury.reconcile())[2] == 2
    here = [one for one in await treasury.differences() if kind(one) == "only_here"]
    assert [(one.payment_code, one.mended) for one in here] == [(paid.code, False)]


async def test_what_the_bank_booked_before_midnight_and_we_after_is_no_difference(treasury: Treasury) -> None:
    shown = await treasury.city.shown()
    notice = treasury.bank.pay(shown.code)
    treasury.at(0, 1)
    await treasury.city.notice(notice)
    treasury.reports(treasury.line(shown.code))
    treasury.at(1, 0)
    assert await treasury.reconcile() == (1, 1, 0)
    treasury.at(1, 0, 26)
    assert await treasury.reconcile("2026-11-25") == (0, 0, 0)


async def test_a_payment_that_we_heard_of_days_later_is_no_difference(treasury: Treasury) -> None:
    shown = await treasury.city.shown()
    treasury.bank.pay(shown.code)
    treasury.reports(treasury.line(shown.code))
    treasury.at(9, 0, 26)
    await treasury.city.tick(seconds=1)
    assert payment_state(await treasury.city.get(shown.id)) == "captured"
    treasury.at(1, 0, 27)
    assert await treasury.reconcile("2026-11-26") == (0, 0, 0)


async def test_a_refund_that_we_heard_of_days_later_is_no_difference_on_either_day(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    paid = await treasury.city.paid(100_000, caller=OWNER, merchant=shop)
    treasury.bank.away = {"refund late"}
    refund = await treasury.city.refund(paid.id, 30_000, OWNER)
    back = treasury.line(paid.code, 30_000, kind="refund", provider_reference=f"BACK-{refund.id}")
    treasury.reports(treasury.line(paid.code, 100_000), back)
    treasury.at(1, 0)
    assert await treasury.reconcile() == (2, 1, 1)
    treasury.at(9, 0, 26)
    treasury.bank.away = set()
    await treasury.city.tick(seconds=1)
    treasury.at(1, 0, 27)
    assert await treasury.reconcile("2026-11-26") == (0, 0, 0)
    assert [one.mended for one in await treasury.differences()] == [True]


async def test_a_day_waits_for_the_report_of_the_day_before_that_may_have_what_it_has_not(treasury: Treasury) -> None:
    treasury.at(23, 57, 24)
    shown = await treasury.city.shown()
    await treasury.city.notice(treasury.bank.pay(shown.code))
    treasury.bank.books[date(2026, 11, 24)] = None
    treasury.at(1, 0, 26)
    with refused("REPORT_NOT_YET"):
        await treasury.reconcile("2026-11-25")
    treasury.reports(treasury.line(shown.code))
    assert await treasury.reconcile("2026-11-25") == (0, 0, 0)
    assert await treasury.differences() == []


async def test_the_first_day_waits_for_no_report_of_before(treasury: Treasury) -> None:
    paid = await treasury.city.paid()
    treasury.bank.books[date(2026, 11, 23)] = None
    treasury.at(1, 0)
    await timers.compare(treasury.economy.runtime)
    (found,) = await treasury.differences()
    assert (kind(found), found.payment_code) == ("only_here", paid.code)


async def test_an_old_report_that_the_bank_gives_no_more_holds_nothing_up(treasury: Treasury) -> None:
    await treasury.city.business()
    await treasury.city.notice(Notice("S-1", "", 20_000, "IDR", NMID, static=True))
    treasury.bank.refuses.add(date(2026, 11, 20))
    treasury.at(1, 0)
    assert await treasury.reconcile() == (0, 0, 1)


@pytest.mark.parametrize("paid_otherwise", [False, True])
async def test_an_amount_that_was_told_wrongly_is_put_right_by_the_report(
    treasury: Treasury, paid_otherwise: bool
) -> None:
    city = treasury.city
    shown = await city.shown(50_000)
    await city.notice(replace(treasury.bank.pay(shown.code), amount=500_000))
    if paid_otherwise:
        await city.cash(shown.id)
    treasury.reports(treasury.line(shown.code))
    treasury.at(1, 0)
    assert await treasury.reconcile() == (1, 0, 0)
    (found,) = await treasury.differences()
    assert (kind(found), found.bank.units, found.here.units, found.mended) == ("amount", 50_000, 500_000, True)
    assert [item.amount.units for item in await city.suspense()] == ([50_000] if paid_otherwise else [])
    assert (payment_state(await city.get(shown.id)), await city.adds_up()) == ("captured", True)
    assert await treasury.reconcile() == (1, 1, 0)


async def test_nobody_gets_money_of_which_the_bank_claims_another_amount_twice(treasury: Treasury) -> None:
    city = treasury.city
    await city.notice(Notice("REF-1", "", 70_000, "IDR"))
    (item,) = await city.suspense()
    treasury.reports(*[treasury.line("", 70_000, provider_reference="REF-1")] * 2)
    treasury.at(1, 0)
    assert await treasury.reconcile() == (2, 0, 1)
    assert (await city.suspense())[0].amount.units == 70_000
    with refused("BANK_DIFFERS"):
        await city.propose(item, await city.business())


async def test_cash_and_wallets_are_not_the_banks(treasury: Treasury) -> None:
    await treasury.city.cash((await treasury.city.ask()).id)
    treasury.at(1, 0)
    assert await treasury.reconcile() == (0, 0, 0)


async def test_a_report_that_lists_a_payment_twice_differs(treasury: Treasury) -> None:
    paid = await treasury.city.paid()
    treasury.reports(treasury.line(paid.code), treasury.line(paid.code))
    treasury.at(1, 0)
    assert await treasury.reconcile() == (2, 0, 1)
    (found,) = await treasury.differences()
    assert (kind(found), found.bank.units) == ("amount", 100_000)


async def test_nonsense_of_the_bank_is_listed_and_moves_nothing(treasury: Treasury) -> None:
    treasury.reports(
        treasury.line("", 0, provider_reference="ZERO"),
        treasury.line("", 5, provider_reference="OTHER", currency="USD"),
        treasury.line("no code of ours \x00", 5, provider_reference="CODE"),
    )
    treasury.at(1, 0)
    lines, equal, _ = await treasury.reconcile()
    assert (lines, equal) == (3, 0)
    assert {one.provider_reference for one in await treasury.differences()} == {"ZERO", "OTHER", "CODE"}
    assert await treasury.city.adds_up()


async def test_without_bank_report_or_past_day_nothing_is_compared(treasury: Treasury) -> None:
    with refused("DAY_NOT_OVER"):
        await treasury.reconcile()
    with refused("DAY_INVALID"):
        await treasury.reconcile("kemarin")
    treasury.at(1, 0)
    treasury.bank.books[date(2026, 11, 24)] = None
    with refused("REPORT_NOT_YET"):
        await treasury.reconcile()
    treasury.bank.away.add("report")
    key = request_id()
    with refused("PROVIDER_AWAY"):
        await treasury.reconcile(key=key)
    treasury.bank.away.clear()
    treasury.reports()
    assert await treasury.reconcile(key=key) == (0, 0, 0)
    treasury.bank.away.add("report")
    assert await treasury.reconcile(key=key) == (0, 0, 0)
    with refused("TREASURY_ONLY"):
        await treasury.reconcile(caller=MARKETS)
    with refused("TREASURY_ONLY"):
        await treasury.differences(MARKETS)
    resources(treasury.economy.runtime).provider = None
    with refused("NO_PROVIDER"):
        await treasury.reconcile()
