"""What the bank books on another day than we, or puts right meanwhile, and days whose report is gone."""

from dataclasses import replace
from datetime import date

import pytest

from services.economy.captures import actions as captures
from services.economy.captures.model import Notice, Outcome
from services.economy.reconciliation import actions, timers
from services.economy.reconciliation.model import Finding
from services.kit.database import Transaction
from tests.economy.conftest import TREASURER_2
from tests.economy.payments.cases import state as payment_state
from tests.economy.settlement.cases import Treasury


async def test_money_in_suspense_that_the_bank_books_a_day_later_can_be_released(treasury: Treasury) -> None:
    city = treasury.city
    treasury.at(22, 0, 24)
    await city.notice(Notice("REF-NEXT", "", 70_000, "IDR"))
    treasury.at(1, 0, 26)
    assert await treasury.reconcile() == (0, 0, 1)
    treasury.reports(treasury.line("", 70_000, provider_reference="REF-NEXT"), day="2026-11-25")
    assert await treasury.reconcile("2026-11-25") == (1, 1, 0)
    assert [one.mended for one in await treasury.differences()] == [True]
    (item,) = await city.suspense()
    proposed = await city.propose(item, await city.business())
    assert payment_state(await city.release(proposed, TREASURER_2)) == "released"


async def test_a_day_that_is_compared_again_finds_what_the_bank_booked_on_the_next(treasury: Treasury) -> None:
    treasury.at(22, 0, 24)
    await treasury.city.notice(Notice("REF-NEXT", "", 70_000, "IDR"))
    treasury.at(1, 0, 26)
    await treasury.reconcile()
    treasury.reports(treasury.line("", 70_000, provider_reference="REF-NEXT"), day="2026-11-25")
    await treasury.reconcile("2026-11-25")
    assert await treasury.reconcile() == (0, 0, 0)


async def test_a_refund_that_the_bank_books_a_day_later_is_no_difference_any_more(treasury: Treasury) -> None:
    paid = await treasury.city.paid(100_000)
    treasury.reports(treasury.line(paid.code, 100_000))
    refund = await treasury.city.refund(paid.id, 30_000)
    treasury.at(1, 0, 26)
    assert await treasury.reconcile() == (1, 1, 1)
    back = treasury.line(paid.code, 30_000, kind="refund", provider_reference=f"BACK-{refund.id}")
    treasury.reports(back, day="2026-11-25")
    assert await treasury.reconcile("2026-11-25") == (1, 1, 0)
    assert [one.mended for one in await treasury.differences()] == [True]


async def test_a_refund_that_the_bank_books_later_with_another_amount_stays_a_difference(treasury: Treasury) -> None:
    paid = await treasury.city.paid(100_000)
    treasury.reports(treasury.line(paid.code, 100_000))
    refund = await treasury.city.refund(paid.id, 30_000)
    treasury.at(1, 0)
    assert await treasury.reconcile() == (1, 1, 1)
    back = treasury.line(paid.code, 20_000, kind="refund", provider_reference=f"BACK-{refund.id}")
    treasury.reports(treasury.line(paid.code, 100_000), back)
    assert await treasury.reconcile() == (2, 1, 1)
    (found,) = await treasury.differences()
    assert (found.mended, found.bank.units, found.here.units) == (False, 20_000, 30_000)


async def test_an_amount_that_is_put_right_while_the_report_is_looked_through_is_no_difference_any_more(
    treasury: Treasury, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, mend = treasury.city, actions.mend
    told = Notice("REF-1", "", 70_000, "IDR")
    await city.notice(told)
    treasury.reports(treasury.line("", 60_000, provider_reference="REF-1"))
    treasury.at(1, 0)

    async def put_right_before(tx: Transaction, finding: Finding) -> Outcome | None:
        async with treasury.economy.runtime.transaction() as other:
            await captures.capture(other, replace(told, amount=60_000, checked=True))
        return await mend(tx, finding)

    monkeypatch.setattr(actions, "mend", put_right_before)
    assert await treasury.reconcile() == (1, 0, 0)
    assert [one.mended for one in await treasury.differences()] == [True]
    (item,) = await city.suspense()
    assert payment_state(await city.propose(item, await city.business())) == "proposed"


async def test_money_missing_on_one_day_and_of_another_amount_on_the_next_is_put_right_on_both(
    treasury: Treasury,
) -> None:
    treasury.at(22, 0, 24)
    await treasury.city.notice(Notice("REF-NEXT", "", 70_000, "IDR"))
    treasury.at(1, 0, 26)
    await treasury.reconcile()
    treasury.reports(treasury.line("", 60_000, provider_reference="REF-NEXT"), day="2026-11-25")
    assert await treasury.reconcile("2026-11-25") == (1, 0, 0)
    assert [one.mended for one in await treasury.differences()] == [True, True]


def gone(treasury: Treasury, why: str) -> None:
    """The bank keeps the report of the 24th no more."""
    day = date(2026, 11, 24)
    {"refused": treasury.bank.refuses, "not understood": treasury.bank.garbles}.get(why, set()).add(day)
    if why == "not there":
        treasury.bank.books[day] = None


WHY = pytest.mark.parametrize("why", ["not there", "refused", "not understood"])


@WHY
async def test_a_day_that_was_noted_as_done_without_a_report_holds_up_no_other(treasury: Treasury, why: str) -> None:
    treasury.at(0, 30)
    gone(treasury, why)
    await timers.compare(treasury.economy.runtime)
    shown = await treasury.city.shown()
    await treasury.city.notice(treasury.bank.pay(shown.code))
    sql = "INSERT INTO economy.reconciliation (provider, day, lines, equal, done_at) VALUES ($1, $2, 0, 0, now())"
    await treasury.economy.served.admin.execute(sql, treasury.bank.name, date(2026, 11, 24))
    treasury.at(0, 30, 27)
    await timers.compare(treasury.economy.runtime)
    rows = await treasury.economy.runtime.pool.fetch("SELECT day FROM reconciliation ORDER BY day")
    assert [row["day"].day for row in rows] == [24, 25, 26]


@WHY
async def test_a_day_is_compared_again_when_the_report_of_the_day_before_is_kept_no_more(
    treasury: Treasury, why: str
) -> None:
    treasury.at(0, 1)
    shown = await treasury.city.shown()
    await treasury.city.notice(treasury.bank.pay(shown.code))
    treasury.at(1, 0, 26)
    await treasury.reconcile()
    assert await treasury.reconcile("2026-11-25") == (0, 0, 1)
    gone(treasury, why)
    treasury.reports(treasury.line(shown.code), day="2026-11-25")
    assert await treasury.reconcile("2026-11-25") == (1, 1, 0)
    treasury.reports(day="2026-11-25")
    assert await treasury.reconcile("2026-11-25") == (0, 0, 1)
