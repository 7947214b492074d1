"""The bank's report against our books: each difference found once, what can be mended mended."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from observability import semconv
from services.economy.captures.model import Notice
from services.economy.ledger.model import city_account
from services.economy.providers.model import ProviderAwayError
from services.economy.reconciliation import gauges, timers
from services.economy.resources import resources
from smartcity.economy.v1 import events_pb2, settlement_pb2
from tests.economy.conftest import MARKETS, OWNER, TREASURER_2, refused, request_id
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


async def test_refunds_are_compared_as_well(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    paid = await treasury.city.paid(100_000, caller=OWNER, merchant=shop)
    refund = await treasury.city.refund(paid.id, 30_000, OWNER)
    payment = treasury.line(paid.code, 100_000)
    back = treasury.line(paid.code, 30_000, kind="refund", provider_reference=f"BACK-{refund.id}")
    treasury.reports(payment, back)
    treasury.at(1, 0)
    assert await treasury.reconcile() == (2, 2, 0)
    treasury.reports(payment)
    assert await treasury.reconcile() == (1, 1, 1)
    treasury.reports(payment, back, treasury.line(paid.code, 5_000, kind="refund", provider_reference="BACK-X"))
    assert await treasury.reconcile() == (3, 2, 0)
    assert {(kind(one), one.bank.units, one.here.units, one.mended) for one in await treasury.differences()} == {
        ("refund", 0, 30_000, True),
        ("refund", 5_000, 0, True),
    }
    assert (await treasury.city.get(paid.id)).refunded.units == 35_000


async def test_a_refund_that_only_the_bank_has_is_booked_so_that_the_payee_is_not_paid_out_its_money(
    treasury: Treasury,
) -> None:
    shop = await treasury.city.business()
    paid = await treasury.city.paid(100_000, caller=OWNER, merchant=shop)
    lost = treasury.line(paid.code, 100_000, kind="refund", provider_reference="BACK-LOST")
    treasury.reports(lost, treasury.line(paid.code, 100_000))
    treasury.at(1, 0, 28)
    assert await treasury.reconcile() == (2, 1, 0)
    assert payment_state(await treasury.city.get(paid.id)) == "refunded"
    assert (await treasury.city.takings(shop), await treasury.city.adds_up()) == (0, True)
    assert [(kind(one), one.mended) for one in await treasury.differences()] == [("refund", True)]
    assert await treasury.reconcile() == (2, 2, 0)
    treasury.at(1, 0, 29)
    assert await treasury.reconcile("2026-11-28") == (0, 0, 0), "booked then, and in the report of an earlier day"


async def test_a_refund_that_only_the_bank_has_is_owed_until_the_payee_holds_the_money(treasury: Treasury) -> None:
    shop = await treasury.city.business()
    paid = await treasury.city.paid(100_000, caller=OWNER, merchant=shop)
    lost = treasury.line(paid.code, 100_000, kind="refund", provider_reference="BACK-LOST")
    treasury.reports(treasury.line(paid.code, 100_000), lost)
    treasury.at(0, 10)
    await treasury.close()
    treasury.at(1, 0)
    assert await treasury.reconcile() == (2, 1, 1)
    (owed,) = await treasury.differences()
    assert (owed.payment_code, owed.bank.units, owed.mended) == (paid.code, 100_000, False)
    await treasury.city.paid(150_000, caller=OWNER, merchant=shop)
    assert await treasury.reconcile() == (2, 1, 0)
    assert await treasury.city.takings(shop) == 50_000


async def test_what_may_be_money_in_suspense_that_the_bank_sent_back_is_not_booked_as_a_refund(
    treasury: Treasury,
) -> None:
    paid = await treasury.city.paid()
    await treasury.city.notice(Notice("REF-TWICE", paid.code, 50_000, "IDR"))
    lost = treasury.line(paid.code, kind="refund", provider_reference="BACK-LOST")
    treasury.reports(treasury.line(paid.code), treasury.line(paid.code, provider_reference="REF-TWICE"), lost)
    treasury.at(1, 0)
    assert await treasury.reconcile() == (3, 2, 1)
    assert payment_state(await treasury.city.get(paid.id)) == "captured"


async def test_money_sent_back_out_of_suspense_is_known(treasury: Treasury) -> None:
    shown = await treasury.city.shown()
    await treasury.city.cancel(shown)
    await treasury.city.notice(treasury.bank.pay(shown.code))
    (item,) = await treasury.city.suspense()
    proposed = await treasury.city.propose(item)
    await treasury.city.release(proposed, TREASURER_2)
    back = treasury.line(shown.code, kind="refund", provider_reference=f"BACK-{item.id}")
    treasury.reports(treasury.line(shown.code), back)
    treasury.at(1, 0)
    assert await treasury.reconcile() == (2, 2, 0)
    treasury.reports(treasury.line(shown.code), back, treasury.line(shown.code, kind="refund", provider_reference="B2"))
    assert await treasury.reconcile() == (3, 2, 1)


async def test_money_in_suspense_that_the_bank_does_not_have_is_found_and_goes_to_nobody(treasury: Treasury) -> None:
    city = treasury.city
    await city.notice(Notice("REF-GHOST", "", 70_000, "IDR"))
    (item,) = await city.suspense()
    proposed = await city.propose(item, await city.business())
    treasury.at(1, 0)
    assert await treasury.reconcile() == (0, 0, 1)
    (found,) = await treasury.differences()
    assert (kind(found), found.here.units, found.HasField("bank")) == ("only_here", 70_000, False)
    for act in (city.propose, city.release):
        with refused("BANK_DIFFERS"):
            await act(proposed, caller=TREASURER_2)
    treasury.reports(treasury.line("", 70_000, provider_reference="REF-GHOST"))
    assert await treasury.reconcile() == (1, 1, 0)
    assert payment_state(await city.release(proposed, TREASURER_2)) == "released"


async def test_money_that_a_report_brought_into_suspense_is_not_missing_in_that_of_the_day_it_was_brought(
    treasury: Treasury,
) -> None:
    treasury.reports(treasury.line("", 7_000, provider_reference="STATIC-1"))
    treasury.at(1, 0)
    await treasury.reconcile()
    treasury.at(1, 0, 26)
    assert await treasury.reconcile("2026-11-25") == (0, 0, 0)


async def test_money_sent_back_out_of_suspense_that_the_bank_does_not_have_is_found(treasury: Treasury) -> None:
    shown = await treasury.city.shown()
    await treasury.city.cancel(shown)
    await treasury.city.notice(treasury.bank.pay(shown.code))
    (item,) = await treasury.city.suspense()
    await treasury.city.release(await treasury.city.propose(item), TREASURER_2)
    treasury.reports(treasury.line(shown.code))
    treasury.at(1, 0)
    assert await treasury.reconcile() == (1, 1, 1)
    (found,) = await treasury.differences()
    assert (kind(found), found.here.units, found.payment_code) == ("refund", 50_000, shown.code)


async def test_a_refund_of_the_banks_own_does_not_pass_for_our_return_of_the_same_amount(treasury: Treasury) -> None:
    city = treasury.city
    await city.business()
    await city.notice(Notice("S-1", "", 20_000, "IDR", NMID, static=True))
    await city.notice(Notice("S-2", "", 20_000, "IDR", "ID9999999999999", static=True))
    (item,) = await city.suspense()
    await city.release(await city.propose(item), TREASURER_2)
    treasury.reports(
        treasury.line("", 20_000, provider_reference="S-1"),
        treasury.line("", 20_000, provider_reference="S-2"),
        treasury.line("", 20_000, kind="refund", provider_reference="TOOK-BACK-S-1"),
    )
    treasury.at(1, 0)
    assert await treasury.reconcile() == (3, 2, 2)
    assert {
        (kind(one), one.provider_reference, one.bank.units, one.here.units) for one in await treasury.differences()
    } == {
        ("refund", "TOOK-BACK-S-1", 20_000, 0),
        ("refund", f"BACK-{item.id}", 0, 20_000),
    }


async def test_money_that_we_sent_back_days_after_the_bank_booked_it_is_no_difference(treasury: Treasury) -> None:
    city = treasury.city
    shown = await city.shown()
    await city.cancel(shown)
    await city.notice(treasury.bank.pay(shown.code))
    (item,) = await city.suspense()
    treasury.bank.away = {"refund late"}
    await city.release(await city.propose(item), TREASURER_2)
    back = treasury.line(shown.code, kind="refund", provider_reference=f"BACK-{item.id}")
    treasury.reports(treasury.line(shown.code), back)
    treasury.at(9, 0, 27)
    treasury.bank.away = set()
    await city.tick(seconds=1)
    assert await treasury.reconcile() == (2, 2, 0)


async def test_money_sent_back_under_no_known_reference_is_known_by_code_and_amount(treasury: Treasury) -> None:
    city = treasury.city
    shown = await city.shown()
    await city.cancel(shown)
    await city.notice(treasury.bank.pay(shown.code))
    (item,) = await city.suspense()
    await city.release(await city.propose(item), TREASURER_2)
    await treasury.economy.served.admin.execute("UPDATE economy.suspense SET return_reference = ''")
    back = treasury.line(shown.code, kind="refund", provider_reference="BACK-1")
    treasury.reports(treasury.line(shown.code), back)
    treasury.at(1, 0)
    assert await treasury.reconcile() == (2, 2, 0)


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


async def test_the_night_compares_yesterday_and_what_was_missed(treasury: Treasury) -> None:
    runtime = treasury.economy.runtime
    treasury.at(0, 29)
    await timers.compare(runtime)
    treasury.at(0, 30)
    treasury.bank.away.add("report")
    await timers.compare(runtime)
    assert await _compared(treasury) == [date(2026, 11, 23)]
    treasury.bank.away.clear()
    treasury.at(0, 30, 28)
    treasury.bank.books[date(2026, 11, 27)] = None
    await timers.compare(runtime)
    assert await _compared(treasury) == [date(2026, 11, day) for day in (23, 24, 25, 26)]
    resources(runtime).provider = None
    await timers.compare(runtime)


async def test_a_day_whose_report_is_late_is_compared_also_when_the_treasury_has_compared_a_later_one(
    treasury: Treasury,
) -> None:
    treasury.at(0, 30)
    await timers.compare(treasury.economy.runtime)
    treasury.at(0, 30, 26)
    treasury.bank.books[date(2026, 11, 25)] = None
    await timers.compare(treasury.economy.runtime)
    treasury.at(9, 0, 27)
    await treasury.reconcile("2026-11-26")
    treasury.bank.books[date(2026, 11, 25)] = []
    await timers.compare(treasury.economy.runtime)
    assert await _compared(treasury) == [date(2026, 11, day) for day in (24, 25, 26)]


@pytest.mark.parametrize("why", ["not yet", "refused", "not understood"])
async def test_a_day_without_a_report_holds_up_the_day_after_it_alone(treasury: Treasury, why: str) -> None:
    treasury.at(0, 30)
    await timers.compare(treasury.economy.runtime)
    if why == "refused":
        treasury.bank.refuses.add(date(2026, 11, 25))
    elif why == "not understood":
        treasury.bank.garbles.add(date(2026, 11, 25))
    else:
        treasury.bank.books[date(2026, 11, 25)] = None
    treasury.at(0, 30, 29)
    await timers.compare(treasury.economy.runtime)
    assert await _compared(treasury) == [date(2026, 11, day) for day in (24, 27, 28)]


async def test_every_day_that_was_missed_is_compared_however_long_ago(treasury: Treasury) -> None:
    treasury.at(0, 30)
    await timers.compare(treasury.economy.runtime)
    treasury.reports(treasury.line("", 7_000, provider_reference="STATIC-1"), day="2026-11-25")
    treasury.economy.pass_time(days=12)
    for _ in range(3):
        await timers.compare(treasury.economy.runtime)
        treasury.economy.pass_time(minutes=1)
    assert await _compared(treasury) == [date(2026, 11, 24) + timedelta(days=more) for more in range(13)]
    assert [item.amount.units for item in await treasury.city.suspense()] == [7_000]


async def test_days_before_the_first_that_could_be_compared_are_compared_later(treasury: Treasury) -> None:
    treasury.at(0, 30)
    treasury.bank.garbles.add(date(2026, 11, 24))
    await timers.compare(treasury.economy.runtime)
    treasury.at(0, 30, 27)
    await timers.compare(treasury.economy.runtime)
    assert await _compared(treasury) == [date(2026, 11, 26)]
    treasury.bank.garbles.clear()
    await timers.compare(treasury.economy.runtime)
    assert await _compared(treasury) == [date(2026, 11, day) for day in (24, 25, 26)]


async def test_the_oldest_day_that_was_not_compared_is_told_with_its_age(treasury: Treasury) -> None:
    treasury.at(0, 30)
    treasury.bank.books[date(2026, 11, 24)] = None
    await timers.compare(treasury.economy.runtime)
    treasury.economy.pass_time(days=12)
    await timers.compare(treasury.economy.runtime)
    assert await _age(treasury) == timedelta(days=12, minutes=30).total_seconds()
    answer = await treasury.call("ListDifferences", settlement_pb2.ListDifferencesRequest())
    assert list(answer.missed_days)[:2] == ["2026-11-24", "2026-11-25"]
    treasury.bank.reports = False
    assert await _age(treasury) == 0


async def test_the_bank_is_never_asked_within_a_transaction(
    treasury: Treasury, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, asked = treasury.economy.runtime.pool, []

    async def report(day: date) -> None:
        async with asyncio.timeout(10):
            while pool.get_size() > pool.get_idle_size():  # the process's jobs let go
                await asyncio.sleep(0.01)
        asked.append(day)
        raise ProviderAwayError(str(day))

    monkeypatch.setattr(treasury.bank, "report", report)
    treasury.at(1, 0)
    with refused("PROVIDER_AWAY"):
        await treasury.reconcile()
    assert asked == [date(2026, 11, 24)]


async def _age(treasury: Treasury) -> float:
    ((age, _),) = (await gauges.read(treasury.economy.runtime))[semconv.RECONCILIATION_AGE]
    return age


async def _compared(treasury: Treasury) -> list[date]:
    rows = await treasury.economy.runtime.pool.fetch("SELECT day FROM reconciliation ORDER BY day")
    return [row["day"] for row in rows]
